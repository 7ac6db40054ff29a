//! An appointment, as workflows see one.

use std::collections::HashMap;

use automation::block::{DateOf, DueQuery, Field, FindQuery, Kind, Subject, fields};
use futures::future::BoxFuture;
use jiff::Timestamp;
use patients::blocks::{BELOW, Known, known};
use platform::Result;
use platform::db::TenantTx;
use platform::filter;
use serde_json::{Value, json};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::around::{Around, LOCATION, PROVIDER, SERVICE, Wanted};
use super::filter::find as find_by;
use crate::appointment::occupy::LONGEST;
use crate::appointment::row::{COLUMNS, Row, open_all};
use crate::appointment::{Appointment, Status};

const STATUSES: &[&str] = &["scheduled", "confirmed", "arrived", "in_chair", "completed", "cancelled", "no_show"];
const SOURCES: &[&str] = &["staff", "online"];

const OWN: [Field; 13] = [
    Field::new("id", Kind::Ref("appointment"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    Field::new("start", Kind::Instant, r#""2026-12-01T06:30:00Z""#),
    Field::new("end", Kind::Instant, r#""2026-12-01T07:00:00Z""#),
    Field::new("minutes", Kind::Minutes, "30"),
    Field::new("timeZone", Kind::Text, r#""Asia/Riyadh""#),
    Field::new("status", Kind::Choice(STATUSES), r#""scheduled""#),
    Field::new("source", Kind::Choice(SOURCES), r#""staff""#),
    Field::new("confirmed", Kind::Boolean, "false"),
    Field::new("firstVisit", Kind::Boolean, "true"),
    Field::new("reason", Kind::LongText, r#""A tooth hurts""#).sensitive(),
    Field::new("cancelledBy", Kind::Choice(&["patient", "provider", "clinic"]), "null"),
    Field::new("cancelReason", Kind::Text, "null"),
    Field::new("rooms", Kind::Text, r#"["Chair 2"]"#).many(),
];

static FIELDS: [Field; OWN.len() + SERVICE.len() + PROVIDER.len() + LOCATION.len() + BELOW.len()] =
    fields(&[&OWN, &SERVICE, &PROVIDER, &LOCATION, &BELOW]);

/// The appointment. By its dates go only those that take place: neither cancelled nor missed.
pub static APPOINTMENT: Subject = Subject {
    name: "appointment",
    permission: "appointments.read",
    fields: &FIELDS,
    load,
    dates: &[DateOf { field: "start", due: starting }, DateOf { field: "end", due: ending }],
    find: Some(find),
    filters: FILTERED,
    patient: Some("patient.id"),
};

fn load<'a>(tx: &'a mut TenantTx, ids: &'a [Uuid]) -> BoxFuture<'a, Result<HashMap<Uuid, Value>>> {
    Box::pin(async move {
        let mut query = QueryBuilder::new("select ");
        query.push(COLUMNS).push(" from scheduling.appointment a where a.practice_id = ").push_bind(tx.practice());
        query.push(" and a.id = any(").push_bind(ids.to_vec()).push(")");
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let all = open_all(tx, rows).await?;
        let people: Vec<Uuid> = all.iter().map(|one| one.patient_id.uuid()).collect();
        let patients = known(tx, &people).await?;
        let first = first_visits(tx, &patients).await?;
        let around = Around::of(tx, &wanted(&all)).await?;
        let shown = all.iter().filter_map(|one| {
            let patient = patients.get(&one.patient_id.uuid())?;
            let is_first = first.get(&one.patient_id.uuid()).is_none_or(|first| *first >= one.start);
            Some((one.id.uuid(), shown(one, patient, is_first, &around)))
        });
        Ok(shown.collect())
    })
}

fn wanted(all: &[Appointment]) -> Wanted {
    Wanted {
        services: all.iter().map(|one| one.service_id).collect(),
        locations: all.iter().map(|one| one.location_id).collect(),
        providers: all.iter().filter_map(|one| one.provider_ids.first().copied()).collect(),
        rooms: all.iter().flat_map(|one| one.room_ids.iter().copied()).collect(),
    }
}

/// When these patients were here for the first time, themselves or as somebody who was merged into them.
async fn first_visits(tx: &mut TenantTx, patients: &HashMap<Uuid, Known>) -> Result<HashMap<Uuid, Timestamp>> {
    let pairs = patients.iter().flat_map(|(asked, known)| known.ids.iter().map(|id| (*asked, *id)));
    let (practice, (whole, part)): (Uuid, (Vec<Uuid>, Vec<Uuid>)) = (tx.practice(), pairs.unzip());
    let rows = sqlx::query!(
        r#"select n.whole as "whole!", min(a.starts_at) as "first!: jiff_sqlx::Timestamp"
             from unnest($2::uuid[], $3::uuid[]) n (whole, part)
             join scheduling.appointment a on a.practice_id = $1 and a.patient_id = n.part
              and a.status in ('arrived', 'in_chair', 'completed')
            group by n.whole"#,
        practice,
        &whole,
        &part,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.whole, row.first.to_jiff())).collect())
}

fn shown(of: &Appointment, patient: &Known, is_first: bool, around: &Around) -> Value {
    let language = patient.language;
    let cancelled = of.cancellation.as_ref();
    json!({
        "id": of.id,
        "start": of.start,
        "end": of.end,
        "minutes": of.end.duration_since(of.start).as_mins(),
        "timeZone": of.time_zone,
        "status": of.status,
        "source": of.source,
        "confirmed": of.confirmed_at.is_some() && of.status.occupies(),
        "firstVisit": is_first,
        "reason": of.details.reason,
        "cancelledBy": cancelled.map(|cancelled| cancelled.by),
        "cancelReason": cancelled.map(|cancelled| &cancelled.reason),
        "rooms": around.rooms(&of.room_ids, language),
        "service": around.service(of.service_id, language),
        "provider": around.provider(of.provider_ids.first().copied(), language),
        "location": around.location(of.location_id, language),
        "patient": patient.value,
    })
}

fn starting(tx: &mut TenantTx, asked: DueQuery) -> BoxFuture<'_, Result<Vec<(Timestamp, Uuid)>>> {
    Box::pin(async move {
        let (practice, at) = (tx.practice(), jiff_sqlx::Timestamp::from);
        let rows = sqlx::query!(
            r#"select starts_at as "at: jiff_sqlx::Timestamp", id from scheduling.appointment
                where practice_id = $1 and starts_at >= $2 and starts_at < $3 and status not in ('cancelled', 'no_show')
                  and ($4::timestamptz is null or (starts_at, id) > ($4, $5::uuid))
                order by starts_at, id limit $6"#,
            practice,
            at(asked.from) as _,
            at(asked.until) as _,
            asked.after.map(|(after, _)| at(after)) as _,
            asked.after.map(|(_, id)| id),
            asked.limit,
        )
        .fetch_all(tx.conn())
        .await?;
        Ok(rows.into_iter().map(|row| (row.at.to_jiff(), row.id)).collect())
    })
}

fn ending(tx: &mut TenantTx, asked: DueQuery) -> BoxFuture<'_, Result<Vec<(Timestamp, Uuid)>>> {
    Box::pin(async move {
        let (practice, at) = (tx.practice(), jiff_sqlx::Timestamp::from);
        // the index is by beginnings, and nothing is longer than that
        let begun = asked.from.checked_sub(LONGEST).unwrap_or(Timestamp::MIN);
        let rows = sqlx::query!(
            r#"select ends_at as "at: jiff_sqlx::Timestamp", id from scheduling.appointment
                where practice_id = $1 and starts_at > $7 and starts_at < $3 and ends_at >= $2 and ends_at < $3
                  and status not in ('cancelled', 'no_show')
                  and ($4::timestamptz is null or (ends_at, id) > ($4, $5::uuid))
                order by ends_at, id limit $6"#,
            practice,
            at(asked.from) as _,
            at(asked.until) as _,
            asked.after.map(|(after, _)| at(after)) as _,
            asked.after.map(|(_, id)| id),
            asked.limit,
            at(begun) as _,
        )
        .fetch_all(tx.conn())
        .await?;
        Ok(rows.into_iter().map(|row| (row.at.to_jiff(), row.id)).collect())
    })
}

const FILTERED: &[filter::Field] = &[
    filter::Field { name: "patient", column: "a.patient_id", kind: filter::Kind::Id },
    filter::Field { name: "service", column: "a.service_id", kind: filter::Kind::Id },
    filter::Field { name: "location", column: "a.location_id", kind: filter::Kind::Id },
    filter::Field { name: "provider", column: "b.resource_id", kind: filter::Kind::Linked(WITH, &filter::Kind::Id) },
    filter::Field { name: "status", column: "a.status", kind: filter::Kind::Choice(STATUSES) },
    filter::Field { name: "source", column: "a.source", kind: filter::Kind::Choice(SOURCES) },
    filter::Field { name: "start", column: "a.starts_at", kind: filter::Kind::Instant },
    filter::Field { name: "end", column: "a.ends_at", kind: filter::Kind::Instant },
    filter::Field { name: "createdAt", column: "a.created_at", kind: filter::Kind::Instant },
];

/// With whom an appointment is.
const WITH: &str =
    "scheduling.booked b where b.practice_id = a.practice_id and b.holder_id = a.id and b.kind = 'provider'";

fn find(tx: &mut TenantTx, asked: FindQuery) -> BoxFuture<'_, Result<Vec<Uuid>>> {
    Box::pin(async move {
        let mut query = QueryBuilder::new("select a.id from scheduling.appointment a where a.practice_id = ");
        query.push_bind(tx.practice());
        find_by(tx, query, ("a.id", FILTERED), &asked).await
    })
}

/// How far one can be brought by hand: cancelling has reasons, and is an action of its own.
pub const STAGES: &[&str] = &["scheduled", "confirmed", "arrived", "in_chair", "completed", "no_show"];

/// The stage by its word.
pub fn stage(word: &str) -> Option<Status> {
    let word = STAGES.contains(&word).then(|| Value::from(word))?;
    serde_json::from_value(word).ok()
}
