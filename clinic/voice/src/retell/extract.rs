//! What a call found out: what its agent was set up to find, where it differs from what is known. A person accepts it into
//! the record, or not; nothing is written there by itself.

use dialogue::{Schema, Values};
use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;
use platform::record::Change;
use retell::Analysis;
use serde_json::{Value, json};
use sqlx::types::Json;

use super::course::Course;
use crate::call::{NewFinding, Target, findings_of, write_findings};
use crate::case::{self, CallStatus};

/// What is no field of anybody: what came of the call.
const OUTCOME: &str = "outcome";

/// Keeps what differs from the record, once; answers whether any of that is new. What somebody has decided on stays decided.
///
/// # Errors
/// 503 when the database is away.
pub async fn extract(tx: &mut TenantTx, call: &Course, analysis: &Analysis) -> Result<bool> {
    let before = findings_of(tx, call.id).await?;
    let mut new = Vec::new();
    for (key, value) in &analysis.fields {
        let is_said = !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty());
        if key == OUTCOME || key.is_empty() || key.len() > 60 || !is_said {
            continue;
        }
        let found = differing(tx, call, key, value).await?;
        let is_new = |found: &NewFinding| !before.iter().any(|one| one.target == found.target && one.key == found.key);
        new.extend(found.filter(is_new));
    }
    if new.is_empty() {
        return Ok(false);
    }
    write_findings(tx, call.id, &new).await?;
    let keys: Vec<_> = new.iter().map(|found| found.key.as_str()).collect();
    tx.record(Change::done("find", "call", call.id.uuid()).with(json!({ "fields": keys }))).await?;
    Ok(true)
}

/// Of what it is a field, with the value as it would be kept there; nothing when it is there already, or would not fit.
async fn differing(tx: &mut TenantTx, call: &Course, key: &str, value: &Value) -> Result<Option<NewFinding>> {
    if let Some((schema, fields)) = case(tx, call).await?
        && let Some(field) = schema.field(key)
    {
        let alone = Schema { fields: vec![field.clone()] };
        let tidy = alone.tidied(&Values::from_iter([(key.to_owned(), value.clone())]));
        let Some(value) = tidy.ok().and_then(|mut values| values.remove(key)) else { return Ok(None) };
        let before = fields.get(key).cloned().unwrap_or_default();
        return Ok((before != value).then(|| found(Target::Case, key, value, before)));
    }
    let Some(patient) = call.patient_id else { return Ok(None) };
    let value = value.as_str().map_or_else(|| value.clone(), |text| Value::from(text.trim()));
    let before = of_patient(tx, patient, key).await?.filter(|before| *before != value);
    Ok(before.map(|before| found(Target::Patient, key, value, before)))
}

fn found(target: Target, key: &str, value: Value, before: Value) -> NewFinding {
    let (key, quote, turn) = (key.to_owned(), None, None);
    NewFinding { target, key, value, before, quote, turn, is_written: false }
}

/// The schema of the call's case, and what is known of it.
async fn case(tx: &mut TenantTx, call: &Course) -> Result<Option<(Schema, Values)>> {
    let Some(case) = call.case_id else { return Ok(None) };
    let practice = tx.practice();
    let row = sqlx::query!(
        r#"select s.fields as "schema: Json<Schema>", c.fields as "fields: Json<Values>"
             from voice.case c
             join voice.schema_version s on s.practice_id = c.practice_id and s.call_workflow_id = c.call_workflow_id
                                        and s.number = c.schema_version
            where c.practice_id = $1 and c.id = $2"#,
        practice,
        case.uuid(),
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(|row| (row.schema.0, row.fields.0)))
}

/// What the record has under a name that agents use; nothing for other names.
async fn of_patient(tx: &mut TenantTx, patient: PatientId, key: &str) -> Result<Option<Value>> {
    let record = patients::lookup::patient(tx, patient).await?.fields;
    Ok(match key {
        "email" => Some(json!(record.email())),
        "phone" | "phone_number" => Some(json!(record.phone())),
        "date_of_birth" => Some(json!(record.birth_date)),
        "first_name" => Some(json!(record.given_name)),
        "last_name" => Some(json!(record.family_name)),
        _ => None,
    })
}

/// How the case of a call stands with its calls.
///
/// # Errors
/// 503 when the database is away.
pub async fn tell_case(tx: &mut TenantTx, call: &Course) -> Result<()> {
    let Some(case) = call.case_id else { return Ok(()) };
    let is_over = call.state == "ended";
    let status = match (is_over, call.answered_at.is_some(), call.error_code.is_some()) {
        (false, ..) => CallStatus::InCall,
        (true, true, _) => CallStatus::Completed,
        (true, false, true) => CallStatus::Failed,
        (true, false, false) => CallStatus::NotReached,
    };
    let now = tx.now();
    case::set_status(tx, case, status, is_over.then_some(now)).await
}
