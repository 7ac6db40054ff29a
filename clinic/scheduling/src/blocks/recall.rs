//! A recall, as workflows see one.

use std::collections::HashMap;

use automation::block::{DateOf, DueQuery, Field, FindQuery, Kind, Subject, fields};
use automation::day::{DueDays, beginning};
use futures::future::BoxFuture;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use patients::blocks::{BELOW, known};
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::filter;
use serde_json::{Value, json};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::around::{Around, LOCATION, SERVICE, Wanted};
use super::filter::find as find_by;
use crate::recalls;

const STATUSES: &[&str] = &["due", "contacted", "booked", "done", "dismissed"];
const WHY: &[&str] = &["declined", "elsewhere", "not_needed", "unreachable", "other", "undone", "replaced"];

const OWN: [Field; 7] = [
    Field::new("id", Kind::Ref("recall"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    Field::new("status", Kind::Choice(STATUSES), r#""due""#),
    Field::new("dueOn", Kind::Date, r#""2026-12-01""#),
    Field::new("nextOn", Kind::Date, r#""2026-12-01""#),
    Field::new("attempts", Kind::Number, "0"),
    Field::new("lastAttemptAt", Kind::Instant, "null"),
    Field::new("dismissedFor", Kind::Choice(WHY), "null"),
];

static FIELDS: [Field; OWN.len() + SERVICE.len() + LOCATION.len() + BELOW.len()] =
    fields(&[&OWN, &SERVICE, &LOCATION, &BELOW]);

/// The recall. `nextOn` is the day on which it is due, or to which somebody has put it off.
pub static RECALL: Subject = Subject {
    name: "recall",
    permission: "recalls.read",
    fields: &FIELDS,
    load,
    dates: &[DateOf { field: "nextOn", due }],
    find: Some(find),
    filters: FILTERED,
    patient: Some("patient.id"),
};

fn load<'a>(tx: &'a mut TenantTx, ids: &'a [Uuid]) -> BoxFuture<'a, Result<HashMap<Uuid, Value>>> {
    Box::pin(async move {
        let all = recalls::find_all(tx, ids).await?;
        let patients = known(tx, &all.iter().map(|one| one.patient_id.uuid()).collect::<Vec<_>>()).await?;
        let wanted = Wanted {
            services: all.iter().map(|one| one.service_id).collect(),
            locations: all.iter().map(|one| one.location_id).collect(),
            ..Wanted::default()
        };
        let around = Around::of(tx, &wanted).await?;
        let shown = all.iter().filter_map(|one| {
            let patient = patients.get(&one.patient_id.uuid())?;
            let recall = json!({
                "id": one.id,
                "status": one.status,
                "dueOn": one.due_on,
                "nextOn": one.next_on,
                "attempts": one.attempts,
                "lastAttemptAt": one.last_attempt_at,
                "dismissedFor": one.dismissed_for,
                "service": around.service(one.service_id, patient.language),
                "location": around.location(one.location_id, patient.language),
                "patient": patient.value,
            });
            Some((one.id.uuid(), recall))
        });
        Ok(shown.collect())
    })
}

/// Who is still to be asked on that day.
fn due(tx: &mut TenantTx, asked: DueQuery) -> BoxFuture<'_, Result<Vec<(Timestamp, Uuid)>>> {
    Box::pin(async move {
        let zone = TimeZone::get(&practice::practice(tx).await?.time_zone).map_err(Error::internal)?;
        let Some(days) = DueDays::of(&asked, &zone)? else { return Ok(Vec::new()) };
        let (practice, day) = (tx.practice(), jiff_sqlx::Date::from);
        let rows = sqlx::query!(
            r#"select id, next_on as "next_on: jiff_sqlx::Date" from scheduling.recall
                where practice_id = $1 and status in ('due', 'contacted') and next_on >= $2 and next_on <= $3
                  and ($4::date is null or (next_on, id) > ($4, $5::uuid))
                order by next_on, id limit $6"#,
            practice,
            day(days.first) as _,
            day(days.last) as _,
            days.after.map(|(after, _)| day(after)) as _,
            days.after.map(|(_, id)| id),
            asked.limit,
        )
        .fetch_all(tx.conn())
        .await?;
        rows.into_iter().map(|row| Ok((beginning(row.next_on.to_jiff(), &zone)?, row.id))).collect()
    })
}

const FILTERED: &[filter::Field] = &[
    filter::Field { name: "patient", column: "r.patient_id", kind: filter::Kind::Id },
    filter::Field { name: "service", column: "r.service_id", kind: filter::Kind::Id },
    filter::Field { name: "location", column: "r.location_id", kind: filter::Kind::Id },
    filter::Field { name: "status", column: "r.status", kind: filter::Kind::Choice(STATUSES) },
    filter::Field { name: "dueOn", column: "r.due_on", kind: filter::Kind::Date },
    filter::Field { name: "nextOn", column: "r.next_on", kind: filter::Kind::Date },
    filter::Field { name: "attempts", column: "r.attempts", kind: filter::Kind::Integer },
];

fn find(tx: &mut TenantTx, asked: FindQuery) -> BoxFuture<'_, Result<Vec<Uuid>>> {
    Box::pin(async move {
        let mut query = QueryBuilder::new("select r.id from scheduling.recall r where r.practice_id = ");
        query.push_bind(tx.practice());
        find_by(tx, query, ("r.id", FILTERED), &asked).await
    })
}
