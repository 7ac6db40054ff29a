//! Those who wait, with everything that decides whether a time suits them: looked up once for as many openings as are
//! asked about.

use std::collections::{BTreeSet, HashMap};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use patients::Reach;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use practice::{Provider, Service, ServiceId, Span};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::openings::Opening;
use super::rank::{Fit, Vacancy, Waiting, rank};
use super::wishes::row::{COLUMNS, Row};
use super::wishes::{Wish, can_be_moved};
use crate::appointment::Status;
use crate::appointment::occupy::LONGEST;

/// Wishes that are looked at, those that come first.
const MOST: i32 = 1000;

/// Who waits.
pub struct Pool {
    waiting: Vec<Waiting>,
    wishes: HashMap<Uuid, Wish>,
    reach: HashMap<PatientId, Reach>,
    /// Which wishes were offered which opening.
    offered: BTreeSet<(Uuid, Uuid)>,
    now: Timestamp,
}

/// Who fits an opening, and how they can be reached.
pub struct Candidate {
    /// When the visit would be.
    pub fit: Fit,
    /// What they wait for, without the note.
    pub wish: Wish,
    /// How they can be reached.
    pub reach: Reach,
}

impl Pool {
    /// Everybody who waits at the places of these openings.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn around(tx: &mut TenantTx, openings: &[Opening]) -> Result<Self> {
        let places: Vec<Uuid> = openings.iter().map(|opening| opening.location_id.uuid()).collect();
        let wishes = waiting_at(tx, &places).await?;
        let patients: Vec<Uuid> = wishes.iter().map(|wish| wish.fields.patient_id.uuid()).collect();
        let reach = patients::reach_all(tx, &patients).await?;
        let given_up = given_up(tx, &wishes).await?;
        let starts = openings.iter().map(|opening| opening.start);
        let window = starts.clone().min().zip(starts.max()).map(|(start, end)| Span { start, end: end + LONGEST });
        let busy = match window {
            Some(window) if !patients.is_empty() => busy(tx, &patients, window).await?,
            _ => Vec::new(),
        };
        let services = services(tx, &wishes).await?;
        let providers = practice::providers(tx).await?;
        let offered = offered(tx, openings).await?;
        let present = wishes.iter().filter(|wish| reach.contains_key(&wish.fields.patient_id));
        let of = |wish: &Wish| {
            let service = services.get(&wish.fields.service_id)?;
            Some(of(wish, service, &providers, &given_up, &busy))
        };
        let waiting = present.filter_map(of).collect();
        let wishes = wishes.into_iter().map(|wish| (wish.id.uuid(), wish)).collect();
        Ok(Self { waiting, wishes, reach, offered, now: tx.now() })
    }

    /// Who fits an opening and was not offered it yet, in the order in which they are asked.
    ///
    /// # Errors
    /// Never in practice: names of zones are checked when they are written.
    pub fn candidates(&self, opening: &Opening) -> Result<Vec<Candidate>> {
        let vacancy = opening.vacancy()?;
        let new = |fit: &Fit| !self.offered.contains(&(opening.id.uuid(), fit.wish.uuid()));
        let candidate = |fit: Fit| {
            let (wish, reach) = (self.wishes.get(&fit.wish.uuid())?.clone(), self.reach.get(&fit.patient)?.clone());
            Some(Candidate { fit, wish, reach })
        };
        Ok(rank(&vacancy, &self.waiting, self.now).into_iter().filter(new).filter_map(candidate).collect())
    }
}

impl Opening {
    fn vacancy(&self) -> Result<Vacancy> {
        Ok(Vacancy {
            provider: self.provider_id,
            location: self.location_id,
            zone: TimeZone::get(&self.time_zone).map_err(Error::internal)?,
            span: Span { start: self.start, end: self.end },
            free: self.free,
            left_by: self.patient_id,
        })
    }
}

fn of(
    wish: &Wish,
    service: &Service,
    providers: &[Provider],
    given_up: &HashMap<Uuid, Timestamp>,
    busy: &[(Uuid, Uuid, Span)],
) -> Waiting {
    let fields = &wish.fields;
    let minutes = |minutes: i32| SignedDuration::from_mins(minutes.into());
    let does = |provider: &&Provider| {
        provider.bookable
            && provider.does(fields.service_id, fields.location_id)
            && (fields.provider_ids.is_empty() || fields.provider_ids.contains(&provider.id))
    };
    let gives_up = fields.gives_up_id.and_then(|id| given_up.get(&id.uuid()).map(|start| (id.uuid(), *start)));
    let patient = fields.patient_id.uuid();
    let is_in_the_way =
        |(of, holder, _): &&(Uuid, Uuid, Span)| *of == patient && gives_up.is_none_or(|(id, _)| *holder != id);
    Waiting {
        wish: wish.id,
        patient: fields.patient_id,
        since: wish.created_at,
        urgent: fields.urgent,
        location: fields.location_id,
        providers: providers.iter().filter(does).map(|provider| provider.id).collect(),
        windows: fields.windows.clone(),
        earliest: fields.earliest,
        latest: fields.latest,
        notice: minutes(fields.notice_minutes),
        length: minutes(service.duration_minutes),
        before: minutes(service.buffer_before_minutes),
        after: minutes(service.buffer_after_minutes),
        elsewhere: busy.iter().filter(is_in_the_way).map(|(.., span)| *span).collect(),
        gives_up: gives_up.map(|(_, start)| start),
    }
}

async fn waiting_at(tx: &mut TenantTx, places: &[Uuid]) -> Result<Vec<Wish>> {
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from scheduling.wish w where w.status = 'waiting' and w.practice_id = ");
    query.push_bind(tx.practice()).push(" and w.location_id = any(").push_bind(places.to_vec());
    query.push(") order by w.urgent desc, w.created_at, w.id limit ").push_bind(MOST);
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().map(Row::without_note).collect())
}

/// When the appointments begin that could be given up and still can.
async fn given_up(tx: &mut TenantTx, wishes: &[Wish]) -> Result<HashMap<Uuid, Timestamp>> {
    let ids: Vec<Uuid> = wishes.iter().filter_map(|wish| wish.fields.gives_up_id).map(|id| id.uuid()).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select id, starts_at as "starts_at: jiff_sqlx::Timestamp", status as "status: Status"
             from scheduling.appointment where practice_id = $1 and id = any($2)"#,
        practice,
        &ids,
    )
    .fetch_all(tx.conn())
    .await?;
    let still = rows.into_iter().filter(|row| can_be_moved(row.status));
    Ok(still.map(|row| (row.id, row.starts_at.to_jiff())).collect())
}

/// When patients are somewhere else, and by which appointment.
async fn busy(tx: &mut TenantTx, patients: &[Uuid], window: Span) -> Result<Vec<(Uuid, Uuid, Span)>> {
    let (practice, at) = (tx.practice(), jiff_sqlx::Timestamp::from);
    let rows = sqlx::query!(
        r#"select resource_id, holder_id, starts_at as "starts_at: jiff_sqlx::Timestamp",
                  ends_at as "ends_at: jiff_sqlx::Timestamp"
             from scheduling.booked
            where practice_id = $1 and resource_id = any($2) and starts_at > $3 and starts_at < $4 and ends_at > $5
              and active and appointment_id is not null"#,
        practice,
        patients,
        at(window.start - LONGEST) as _,
        at(window.end) as _,
        at(window.start) as _,
    )
    .fetch_all(tx.conn())
    .await?;
    let span =
        |start: jiff_sqlx::Timestamp, end: jiff_sqlx::Timestamp| Span { start: start.to_jiff(), end: end.to_jiff() };
    Ok(rows.into_iter().map(|row| (row.resource_id, row.holder_id, span(row.starts_at, row.ends_at))).collect())
}

/// The services that are waited for and still offered.
async fn services(tx: &mut TenantTx, wishes: &[Wish]) -> Result<HashMap<ServiceId, Service>> {
    let ids: BTreeSet<ServiceId> = wishes.iter().map(|wish| wish.fields.service_id).collect();
    let mut services = HashMap::new();
    for id in ids {
        services.insert(id, practice::service(tx, id).await?);
    }
    services.retain(|_, service| service.archived_at.is_none());
    Ok(services)
}

async fn offered(tx: &mut TenantTx, openings: &[Opening]) -> Result<BTreeSet<(Uuid, Uuid)>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select opening_id, wish_id from scheduling.offer where practice_id = $1 and opening_id = any($2)",
        practice,
        &openings.iter().map(|opening| opening.id.uuid()).collect::<Vec<_>>(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.opening_id, row.wish_id)).collect())
}

/// Who fits one opening and was not offered it yet.
///
/// # Errors
/// 503 when the database is away.
pub async fn candidates(tx: &mut TenantTx, opening: &Opening) -> Result<Vec<Candidate>> {
    Pool::around(tx, std::slice::from_ref(opening)).await?.candidates(opening)
}
