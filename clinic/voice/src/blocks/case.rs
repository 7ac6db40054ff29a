//! A case, as workflows see one.

use std::collections::HashMap;

use automation::block::{Field, Kind, Subject, fields};
use futures::future::BoxFuture;
use patients::blocks::{BELOW, known};
use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::case::{Case, some};

const OWN: [Field; 9] = [
    Field::new("id", Kind::Ref("case"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    Field::new("workflow", Kind::Text, r#""prior_auth""#),
    Field::new("workflowName", Kind::Text, r#""Prior authorization""#),
    Field::new(
        "callStatus",
        Kind::Choice(&["not_started", "queued", "in_call", "completed", "not_reached", "failed"]),
        r#""not_started""#,
    ),
    Field::new("calls", Kind::Number, "0"),
    Field::new("lastCallAt", Kind::Instant, "null"),
    Field::new("schemaVersion", Kind::Number, "1"),
    Field::new("createdAt", Kind::Instant, r#""2026-11-29T08:00:00Z""#),
    // by the keys of the call workflow's fields, without the sensitive ones
    Field::new("fields", Kind::Object, r#"{"cpt_code":"29881"}"#).sensitive(),
];

static FIELDS: [Field; OWN.len() + BELOW.len()] = fields(&[&OWN, &BELOW]);

/// The case. One that was deleted is not seen.
pub static CASE: Subject = Subject {
    name: "case",
    permission: "cases.read",
    fields: &FIELDS,
    load,
    dates: &[],
    find: None,
    filters: &[],
    patient: Some("patient.id"),
};

fn load<'a>(tx: &'a mut TenantTx, ids: &'a [Uuid]) -> BoxFuture<'a, Result<HashMap<Uuid, Value>>> {
    Box::pin(async move {
        let cases: Vec<Case> = some(tx, ids).await?.into_iter().filter(|case| case.deleted_at.is_none()).collect();
        let called = called(tx).await?;
        let people: Vec<Uuid> = cases.iter().filter_map(|case| case.patient).map(PatientId::uuid).collect();
        let patients = known(tx, &people).await?;
        let seen = cases.iter().map(|case| {
            let patient = case.patient.and_then(|id| patients.get(&id.uuid())).map(|known| &known.value);
            (case.id.uuid(), shown(case, called.get(&case.workflow.uuid()), patient))
        });
        Ok(seen.collect())
    })
}

fn shown(case: &Case, called: Option<&(String, String)>, patient: Option<&Value>) -> Value {
    json!({
        "id": case.id,
        "workflow": called.map(|(slug, _)| slug),
        "workflowName": called.map(|(_, name)| name),
        "callStatus": case.call_status,
        "calls": case.calls,
        "lastCallAt": case.last_call_at.map(|at| at.to_string()),
        "schemaVersion": case.schema_version,
        "createdAt": case.created_at.to_string(),
        "fields": case.fields,
        "patient": patient,
    })
}

/// Slug and name of each call workflow. A practice has only so many.
async fn called(tx: &mut TenantTx) -> Result<HashMap<Uuid, (String, String)>> {
    let practice = tx.practice();
    let rows = sqlx::query!("select id, slug, name from voice.call_workflow where practice_id = $1", practice)
        .fetch_all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, (row.slug, row.name))).collect())
}
