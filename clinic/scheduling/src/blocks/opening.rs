//! Time that became free, and whom it was offered to, as workflows see them.

use std::collections::HashMap;

use automation::block::{Field, Kind, Subject, fields};
use futures::future::BoxFuture;
use patients::blocks::{BELOW, known};
use platform::Result;
use platform::db::TenantTx;
use platform::language::Language;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::around::{Around, LOCATION, PROVIDER, SERVICE, Wanted};
use crate::waitlist::offers;
use crate::waitlist::openings::{self, Opening};

const OFFER_STATUSES: &[&str] = &["sent", "accepted", "declined", "expired", "taken", "withdrawn"];
const CLOSED_FOR: &[&str] = &["taken", "late", "nobody", "by_hand"];

const OFFERED: [Field; 5] = [
    Field::new("id", Kind::Ref("offer"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    Field::new("status", Kind::Choice(OFFER_STATUSES), r#""sent""#),
    Field::new("start", Kind::Instant, r#""2026-12-01T06:30:00Z""#),
    Field::new("end", Kind::Instant, r#""2026-12-01T07:00:00Z""#),
    Field::new("expiresAt", Kind::Instant, r#""2026-11-30T12:00:00Z""#),
];

const OPENED: [Field; 7] = [
    Field::new("id", Kind::Ref("opening"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    Field::new("status", Kind::Choice(&["open", "filled", "closed"]), r#""open""#),
    Field::new("cause", Kind::Choice(&["cancelled", "moved"]), r#""cancelled""#),
    Field::new("closedFor", Kind::Choice(CLOSED_FOR), "null"),
    Field::new("wave", Kind::Number, "1"),
    Field::new("start", Kind::Instant, r#""2026-12-01T06:30:00Z""#),
    Field::new("end", Kind::Instant, r#""2026-12-01T07:00:00Z""#),
];

static OFFER_FIELDS: [Field; OFFERED.len() + SERVICE.len() + PROVIDER.len() + LOCATION.len() + BELOW.len()] =
    fields(&[&OFFERED, &SERVICE, &PROVIDER, &LOCATION, &BELOW]);
static OPENING_FIELDS: [Field; OPENED.len() + SERVICE.len() + PROVIDER.len() + LOCATION.len()] =
    fields(&[&OPENED, &SERVICE, &PROVIDER, &LOCATION]);

/// An opening that was offered to somebody.
pub static OFFER: Subject = Subject {
    name: "offer",
    permission: "waitlist.read",
    fields: &OFFER_FIELDS,
    load: load_offers,
    dates: &[],
    find: None,
    filters: &[],
    patient: Some("patient.id"),
};

/// Time that became free. It concerns nobody any more, least of all whose it was.
pub static OPENING: Subject = Subject {
    name: "opening",
    permission: "waitlist.read",
    fields: &OPENING_FIELDS,
    load: load_openings,
    dates: &[],
    find: None,
    filters: &[],
    patient: None,
};

async fn around(tx: &mut TenantTx, all: &[Opening]) -> Result<Around> {
    let wanted = Wanted {
        services: all.iter().map(|one| one.service_id).collect(),
        locations: all.iter().map(|one| one.location_id).collect(),
        providers: all.iter().map(|one| one.provider_id).collect(),
        rooms: Vec::new(),
    };
    Around::of(tx, &wanted).await
}

/// What is the same of both.
fn place(of: &Opening, around: &Around, language: Language) -> Map<String, Value> {
    let parts = [
        ("service", around.service(of.service_id, language)),
        ("provider", around.provider(Some(of.provider_id), language)),
        ("location", around.location(of.location_id, language)),
    ];
    parts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn with(own: Value, others: Map<String, Value>) -> Value {
    match own {
        Value::Object(own) => Value::Object(own.into_iter().chain(others).collect()),
        own => own,
    }
}

fn load_offers<'a>(tx: &'a mut TenantTx, ids: &'a [Uuid]) -> BoxFuture<'a, Result<HashMap<Uuid, Value>>> {
    Box::pin(async move {
        let all = offers::find_all(tx, ids).await?;
        let patients = known(tx, &all.iter().map(|one| one.patient_id.uuid()).collect::<Vec<_>>()).await?;
        let opened = openings::find_all(tx, &all.iter().map(|one| one.opening_id.uuid()).collect::<Vec<_>>()).await?;
        let around = around(tx, &opened).await?;
        let shown = all.iter().filter_map(|one| {
            let patient = patients.get(&one.patient_id.uuid())?;
            let opening = opened.iter().find(|opening| opening.id == one.opening_id)?;
            let own = json!({
                "id": one.id,
                "status": one.status,
                "start": one.start,
                "end": one.end,
                "expiresAt": one.expires_at,
                "patient": patient.value,
            });
            Some((one.id.uuid(), with(own, place(opening, &around, patient.language))))
        });
        Ok(shown.collect())
    })
}

fn load_openings<'a>(tx: &'a mut TenantTx, ids: &'a [Uuid]) -> BoxFuture<'a, Result<HashMap<Uuid, Value>>> {
    Box::pin(async move {
        let language = practice::practice(tx).await?.language;
        let all = openings::find_all(tx, ids).await?;
        let around = around(tx, &all).await?;
        let shown = all.iter().map(|one| {
            let own = json!({
                "id": one.id,
                "status": one.status,
                "cause": one.cause,
                "closedFor": one.closed_for,
                "wave": one.wave,
                "start": one.start,
                "end": one.end,
            });
            (one.id.uuid(), with(own, place(one, &around, language)))
        });
        Ok(shown.collect())
    })
}
