//! A call, as workflows see one.

use std::collections::HashMap;

use automation::block::{Field, Kind, Subject, fields};
use futures::future::BoxFuture;
use patients::blocks::{BELOW, known};
use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;
use serde_json::{Map, Value, json};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::call::row::{COLUMNS, Row};
use crate::call::{Call, found_by};
use crate::workflow;

const OWN: [Field; 15] = [
    Field::new("id", Kind::Ref("call"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    // what it is about, by its name in folders
    Field::new("workflow", Kind::Text, r#""prior_auth""#),
    Field::new("case", Kind::Ref("case"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    Field::new("direction", Kind::Choice(&["outbound", "inbound"]), r#""outbound""#),
    Field::new("transport", Kind::Choice(&["phone", "web", "text"]), r#""phone""#),
    Field::new("state", Kind::Choice(&["queued", "dialing", "live", "ended"]), r#""ended""#),
    // a word of the flow
    Field::new("outcome", Kind::Text, r#""completed""#),
    Field::new("endedBy", Kind::Choice(&ENDED_BY), r#""agent""#),
    Field::new("answered", Kind::Boolean, "true"),
    Field::new("attempt", Kind::Number, "1"),
    Field::new("minutes", Kind::Minutes, "3"),
    // what it has found out, by field of the case
    Field::new("found", Kind::Object, r#"{"reference_number":"AB-1234"}"#).sensitive(),
    Field::new("foundKeys", Kind::Text, r#""reference_number""#).many(),
    Field::new("startedAt", Kind::Instant, r#""2026-11-29T08:00:00Z""#),
    Field::new("endedAt", Kind::Instant, r#""2026-11-29T08:03:00Z""#),
];

const ENDED_BY: [&str; 10] =
    ["agent", "caller", "staff", "limit", "no_answer", "busy", "refused", "cancelled", "failed", "interrupted"];

static FIELDS: [Field; OWN.len() + BELOW.len()] = fields(&[&OWN, &BELOW]);

/// The call.
pub static CALL: Subject = Subject {
    name: "call",
    permission: "calls.read",
    fields: &FIELDS,
    load,
    dates: &[],
    find: None,
    filters: &[],
    patient: Some("patient.id"),
};

fn load<'a>(tx: &'a mut TenantTx, ids: &'a [Uuid]) -> BoxFuture<'a, Result<HashMap<Uuid, Value>>> {
    Box::pin(async move {
        let mut query = QueryBuilder::new("select ");
        query.push(COLUMNS).push(" from voice.call c where c.practice_id = ").push_bind(tx.practice());
        query.push(" and c.id = any(").push_bind(ids.to_vec()).push(")");
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let calls: Vec<Call> = rows.iter().map(Row::call).collect();
        let people: Vec<Uuid> = calls.iter().filter_map(|call| call.patient_id).map(PatientId::uuid).collect();
        let patients = known(tx, &people).await?;
        let slugs = workflow::slugs(tx).await?;
        let mut found = found_by(tx, ids).await?;
        let shown = calls.into_iter().map(|call| {
            let id = call.id.uuid();
            let patient = call.patient_id.and_then(|id| patients.get(&id.uuid())).map(|known| &known.value);
            let slug = call.call_workflow_id.and_then(|id| slugs.get(&id));
            let mut value = shown(&call, found.remove(&id).unwrap_or_default());
            value["workflow"] = json!(slug);
            value["patient"] = json!(patient);
            (id, value)
        });
        Ok(shown.collect())
    })
}

fn shown(call: &Call, found: Map<String, Value>) -> Value {
    json!({
        "id": call.id,
        "case": call.case_id,
        "direction": call.direction,
        "transport": call.transport,
        "state": call.state,
        "outcome": call.outcome,
        "endedBy": call.ended_by,
        "answered": call.answered_at.is_some(),
        "attempt": call.attempt,
        "minutes": (i64::from(call.talk_ms) + 59_999) / 60_000,
        "foundKeys": found.keys().collect::<Vec<_>>(),
        "found": found,
        "startedAt": call.started_at.map(|at| at.to_string()),
        "endedAt": call.ended_at.map(|at| at.to_string()),
    })
}
