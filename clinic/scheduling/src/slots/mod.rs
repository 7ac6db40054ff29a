//! Slots: when a service could be had, and from whom.

mod near;
mod rule;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::ops::Range;

use garde::Validate;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use platform::db::{Caller, TenantTx};
use platform::error::{Error, FieldError};
use platform::extract::Query;
use platform::guard::Can;
use platform::id::{PatientId, UserId};
use platform::permission::appointments as may;
use platform::routes::{Json, Routes};
use platform::{App, Result, route};
use practice::{LocationId, Provider, RoomId, ServiceId, Span};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::appointment::AppointmentId;
use crate::appointment::occupy::{LONGEST, Rooms};
use crate::{calcom, settings};
pub use near::{ALTERNATIVES, is_taken, nearest, with_alternatives};
pub use rule::{Part, Question, Slot};

/// Days that can be asked for at once.
pub const MOST_DAYS: i32 = 31;
/// Providers besides the main one, and rooms, that a visit can have.
const MOST_TOGETHER: usize = 4;
const MOST_ROOMS: usize = 5;

/// The route of slots.
pub fn routes() -> Routes {
    Routes::new().route(route!(search))
}

/// Which slots.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichSlots {
    /// What is done.
    #[garde(skip)]
    service_id: ServiceId,
    /// At which location.
    #[garde(skip)]
    location_id: LocationId,
    /// Only with this provider.
    #[garde(skip)]
    provider_id: Option<UserId>,
    /// When all of these are free as well: ids of at most four providers, with commas between them.
    #[garde(inner(length(max = 200)))]
    also_provider_ids: Option<String>,
    /// When all of these are free: ids of at most five rooms or chairs of the location, with commas between them. Left out,
    /// when any of them is.
    #[garde(inner(length(max = 200)))]
    room_ids: Option<String>,
    /// First local day of the location.
    #[garde(skip)]
    from: Date,
    /// Last local day, at most 30 after the first.
    #[garde(skip)]
    to: Date,
    /// How long; left out, as long as the service takes.
    #[garde(inner(range(min = 5, max = 720)))]
    duration_minutes: Option<i32>,
    /// Only in this part of the day.
    #[garde(skip)]
    #[param(inline)]
    part: Option<Part>,
    /// For this patient, who is not in two places.
    #[garde(skip)]
    patient_id: Option<PatientId>,
    /// An appointment that is to be moved, and therefore in nobody's way.
    #[garde(skip)]
    moving: Option<AppointmentId>,
    /// Only the first so many.
    #[garde(inner(range(min = 1, max = 10_000)))]
    limit: Option<u32>,
}

/// What is free.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Slots {
    /// The location's zone, IANA.
    time_zone: String,
    /// When a visit could be, in order.
    items: Vec<Slot>,
    /// The service is booked at Cal.com as well, which does not answer: what is shown is free here, and may be taken there.
    degraded: bool,
}

/// When a service could be had at a location. What lies in the past is left out, and so is, of a service that is booked at
/// Cal.com as well, what is not free there.
#[utoipa::path(get, path = "/api/v1/slots", tag = "scheduling", params(WhichSlots), responses((status = 200, body = Slots)))]
async fn search(who: Can<may::Read>, Query(asked): Query<WhichSlots>) -> Result<Json<Slots>> {
    check_days(asked.from, asked.to, MOST_DAYS)?;
    let together = ids("?alsoProviderIds", asked.also_provider_ids.as_deref(), MOST_TOGETHER)?;
    let rooms = ids("?roomIds", asked.room_ids.as_deref(), MOST_ROOMS)?;
    let limit = asked.limit.map_or(usize::MAX, |limit| limit as usize);
    let wanted = Wanted {
        service: asked.service_id,
        location: asked.location_id,
        only: asked.provider_id.map(|id| vec![id]),
        together: together.into_iter().map(UserId).collect(),
        rooms: rooms.into_iter().map(RoomId).collect(),
        first: asked.from,
        last: asked.to,
        minutes: asked.duration_minutes,
        part: asked.part,
        patient: asked.patient_id,
        ignoring: asked.moving.map(AppointmentId::uuid).into_iter().collect(),
        earliest: who.app().now(),
    };
    let mut slots = free_everywhere(who.app(), who.caller(), wanted).await?;
    slots.items.truncate(limit);
    Ok(Json(slots))
}

/// What is free here, and wherever else the service is booked.
///
/// # Errors
/// As [`find`].
async fn free_everywhere(app: &App, caller: &Caller, wanted: Wanted) -> Result<Slots> {
    let found = app.door.read(caller, async move |tx| {
        let (time_zone, slots) = find(tx, &wanted).await?;
        let during = days(&TimeZone::get(&time_zone).map_err(Error::internal)?, wanted.first, wanted.last)?;
        Ok((time_zone, slots, during, calcom::slots::elsewhere(tx, wanted.service).await?))
    });
    let (time_zone, slots, during, elsewhere) = found.await?;
    let (items, degraded) = calcom::slots::narrow(app, caller.practice, elsewhere, during, slots).await?;
    Ok(Slots { time_zone, items, degraded })
}

/// When a visit of a service could begin at a location, whoever is free.
///
/// # Errors
/// 404.
pub async fn beginnings(
    tx: &mut TenantTx,
    service: ServiceId,
    location: LocationId,
    during: Range<Timestamp>,
) -> Result<Vec<Timestamp>> {
    // which local days these are depends on the zone: a day more on either side
    let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    let wanted = Wanted {
        service,
        location,
        only: None,
        together: Vec::new(),
        rooms: Vec::new(),
        first: day(during.start).yesterday().map_err(Error::internal)?,
        last: day(during.end).tomorrow().map_err(Error::internal)?,
        minutes: None,
        part: None,
        patient: None,
        ignoring: Vec::new(),
        earliest: tx.now().max(during.start),
    };
    let (_, slots) = find(tx, &wanted).await?;
    Ok(slots.into_iter().map(|slot| slot.start).filter(|start| *start < during.end).collect())
}

/// What slots are wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What is done.
    pub service: ServiceId,
    /// Where.
    pub location: LocationId,
    /// Only with these; everybody who does the service there when nothing is said.
    pub only: Option<Vec<UserId>>,
    /// When all of these are free as well.
    pub together: Vec<UserId>,
    /// When all of these are free; any room of the location when nothing is said.
    pub rooms: Vec<RoomId>,
    /// First local day of the location.
    pub first: Date,
    /// Last local day.
    pub last: Date,
    /// How long; as long as the service takes when nothing is said.
    pub minutes: Option<i32>,
    /// Only in this part of the day.
    pub part: Option<Part>,
    /// For whom.
    pub patient: Option<PatientId>,
    /// Appointments and holds that are in nobody's way.
    pub ignoring: Vec<Uuid>,
    /// No slot begins before it.
    pub earliest: Timestamp,
}

/// What is free, in order, and the location's zone.
///
/// # Errors
/// 404 for a service or a location that there is not; 422 at `?roomIds` for rooms that are not there.
pub async fn find(tx: &mut TenantTx, wanted: &Wanted) -> Result<(String, Vec<Slot>)> {
    let service = practice::service(tx, wanted.service).await?;
    let does = |provider: &Provider| {
        provider.bookable
            && provider.does(wanted.service, wanted.location)
            && (wanted.only.as_ref().is_none_or(|only| only.contains(&provider.id))
                || wanted.together.contains(&provider.id))
    };
    let people: Vec<UserId> =
        practice::providers(tx).await?.into_iter().filter(does).map(|provider| provider.id).collect();
    let working = practice::working(tx, wanted.location, &people, wanted.first, wanted.last).await?;
    if !wanted.rooms.iter().all(|room| working.rooms.contains(room)) {
        let text = "Choose among the rooms and chairs of the location.";
        return Err(Error::invalid(vec![FieldError::new("?roomIds", "not_found", text)]));
    }
    let zone = working.time_zone()?;
    let window = days(&zone, wanted.first, wanted.last)?;
    let rooms = working.rooms.iter().map(|id| id.uuid());
    let patient = match wanted.patient {
        Some(patient) => patients::merged_into(tx, patient).await?,
        None => Vec::new(),
    };
    let resources: Vec<Uuid> = people.iter().map(|id| id.uuid()).chain(rooms).chain(patient.iter().copied()).collect();
    let mut taken = taken(tx, &resources, window, &wanted.ignoring).await?;
    let minutes = |minutes: i32| SignedDuration::from_mins(minutes.into());
    let question = Question {
        elsewhere: patient.iter().filter_map(|id| taken.remove(id)).flatten().collect(),
        taken,
        zone,
        hours: working.hours,
        rooms: match wanted.rooms[..] {
            [] => Rooms::FirstOf(working.rooms),
            _ => Rooms::These(wanted.rooms.clone()),
        },
        length: minutes(wanted.minutes.unwrap_or(service.duration_minutes)),
        before: minutes(service.buffer_before_minutes),
        after: minutes(service.buffer_after_minutes),
        step: settings::find(tx).await?.rules.slot_minutes,
        earliest: wanted.earliest,
        latest: window.end,
        part: wanted.part,
    };
    let mut slots = question.slots();
    slots.retain_mut(|slot| {
        let all = wanted.together.iter().all(|id| slot.provider_ids.contains(id));
        slot.provider_ids.retain(|id| !wanted.together.contains(id));
        all && !slot.provider_ids.is_empty()
    });
    Ok((working.zone, slots))
}

/// That these are days in their order, so many of them at most, and in our time.
///
/// # Errors
/// 422 at `?to`.
pub fn check_days(from: Date, to: Date, most: i32) -> Result<()> {
    let count = to.since(from).map_err(Error::internal)?.get_days();
    if (0..most).contains(&count) && (2000..=2200).contains(&from.year()) {
        return Ok(());
    }
    let text = format!("Ask for the first day, or for one of the {} that follow.", most - 1);
    Err(Error::invalid(vec![FieldError::new("?to", "out_of_range", text)]))
}

fn ids(pointer: &str, text: Option<&str>, most: usize) -> Result<Vec<Uuid>> {
    let ids: std::result::Result<Vec<Uuid>, _> =
        text.unwrap_or("").split(',').map(str::trim).filter(|id| !id.is_empty()).map(Uuid::parse_str).collect();
    let fault = |code, text: String| Error::invalid(vec![FieldError::new(pointer, code, text)]);
    let ids = ids.map_err(|_| fault("invalid", "Write ids with commas between them.".to_owned()))?;
    if ids.len() > most { Err(fault("too_many", format!("Name {most} at most."))) } else { Ok(ids) }
}

/// From the first instant of a local day to the last of another.
///
/// # Errors
/// For days that no calendar has.
pub fn days(zone: &TimeZone, first: Date, last: Date) -> Result<Span> {
    let start = first.to_zoned(zone.clone()).map_err(Error::internal)?.timestamp();
    let end = last.tomorrow().and_then(|next| next.to_zoned(zone.clone())).map_err(Error::internal)?.timestamp();
    Ok(Span { start, end })
}

/// When these are taken, with what is kept free around it.
async fn taken(
    tx: &mut TenantTx,
    resources: &[Uuid],
    window: Span,
    ignoring: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Span>>> {
    let (practice, at) = (tx.practice(), jiff_sqlx::Timestamp::from);
    let now = at(tx.now());
    let rows = sqlx::query!(
        r#"select resource_id, starts_at as "starts_at: jiff_sqlx::Timestamp", ends_at as "ends_at: jiff_sqlx::Timestamp"
             from scheduling.booked
            where practice_id = $1 and resource_id = any($2) and starts_at > $3 and starts_at < $4 and ends_at > $5
              and active and (expires_at is null or expires_at > $6) and holder_id <> all($7)"#,
        practice,
        resources,
        at(window.start - LONGEST - LONGEST) as _,
        at(window.end + LONGEST) as _,
        at(window.start - LONGEST) as _,
        now as _,
        ignoring,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut taken: HashMap<Uuid, Vec<Span>> = HashMap::new();
    for row in rows {
        let span = Span { start: row.starts_at.to_jiff(), end: row.ends_at.to_jiff() };
        taken.entry(row.resource_id).or_default().push(span);
    }
    Ok(taken)
}
