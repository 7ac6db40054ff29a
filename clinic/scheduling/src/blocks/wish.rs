//! What a patient waits for, as workflows see it.

use std::collections::HashMap;

use automation::block::{Field, FindQuery, Kind, Subject, fields};
use futures::future::BoxFuture;
use patients::blocks::{BELOW, known};
use platform::Result;
use platform::db::TenantTx;
use platform::filter;
use serde_json::{Value, json};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::around::{Around, LOCATION, SERVICE, Wanted};
use super::filter::find as find_by;
use crate::waitlist::wishes;

const STATUSES: &[&str] = &["waiting", "fulfilled", "withdrawn"];

const OWN: [Field; 7] = [
    Field::new("id", Kind::Ref("wish"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    Field::new("status", Kind::Choice(STATUSES), r#""waiting""#),
    Field::new("earliest", Kind::Date, r#""2026-12-01""#),
    Field::new("latest", Kind::Date, r#""2026-12-31""#),
    Field::new("urgent", Kind::Boolean, "false"),
    Field::new("note", Kind::LongText, r#""Mornings are best""#).sensitive(),
    Field::new("createdAt", Kind::Instant, r#""2026-11-20T08:15:00Z""#),
];

static FIELDS: [Field; OWN.len() + SERVICE.len() + LOCATION.len() + BELOW.len()] =
    fields(&[&OWN, &SERVICE, &LOCATION, &BELOW]);

/// The wish.
pub static WISH: Subject = Subject {
    name: "wish",
    permission: "waitlist.read",
    fields: &FIELDS,
    load,
    dates: &[],
    find: Some(find),
    filters: FILTERED,
    patient: Some("patient.id"),
};

fn load<'a>(tx: &'a mut TenantTx, ids: &'a [Uuid]) -> BoxFuture<'a, Result<HashMap<Uuid, Value>>> {
    Box::pin(async move {
        let all = wishes::find_all(tx, ids).await?;
        let patients = known(tx, &all.iter().map(|one| one.fields.patient_id.uuid()).collect::<Vec<_>>()).await?;
        let wanted = Wanted {
            services: all.iter().map(|one| one.fields.service_id).collect(),
            locations: all.iter().map(|one| one.fields.location_id).collect(),
            ..Wanted::default()
        };
        let around = Around::of(tx, &wanted).await?;
        let shown = all.iter().filter_map(|one| {
            let patient = patients.get(&one.fields.patient_id.uuid())?;
            let wish = json!({
                "id": one.id,
                "status": one.status,
                "earliest": one.fields.earliest,
                "latest": one.fields.latest,
                "urgent": one.fields.urgent,
                "note": one.fields.note,
                "createdAt": one.created_at,
                "service": around.service(one.fields.service_id, patient.language),
                "location": around.location(one.fields.location_id, patient.language),
                "patient": patient.value,
            });
            Some((one.id.uuid(), wish))
        });
        Ok(shown.collect())
    })
}

const FILTERED: &[filter::Field] = &[
    filter::Field { name: "patient", column: "w.patient_id", kind: filter::Kind::Id },
    filter::Field { name: "service", column: "w.service_id", kind: filter::Kind::Id },
    filter::Field { name: "location", column: "w.location_id", kind: filter::Kind::Id },
    filter::Field { name: "status", column: "w.status", kind: filter::Kind::Choice(STATUSES) },
    filter::Field { name: "urgent", column: "w.urgent", kind: filter::Kind::Boolean },
    filter::Field { name: "earliest", column: "w.earliest", kind: filter::Kind::Date },
    filter::Field { name: "latest", column: "w.latest", kind: filter::Kind::Date },
    filter::Field { name: "createdAt", column: "w.created_at", kind: filter::Kind::Instant },
];

fn find(tx: &mut TenantTx, asked: FindQuery) -> BoxFuture<'_, Result<Vec<Uuid>>> {
    Box::pin(async move {
        let mut query = QueryBuilder::new("select w.id from scheduling.wish w where w.practice_id = ");
        query.push_bind(tx.practice());
        find_by(tx, query, ("w.id", FILTERED), &asked).await
    })
}
