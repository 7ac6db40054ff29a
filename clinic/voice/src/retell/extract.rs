//! What a call found out: what its agent was set up to find, where it differs from what is known. A person accepts it into
//! the record, or not; nothing is written there by itself.

use dialogue::{Schema, Values};
use platform::Result;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use platform::record::Change;
use retell::Analysis;
use serde_json::{Value, json};
use sqlx::types::Json;

use super::course::Course;
use crate::CallId;

/// What is no field of anybody: what came of the call.
const OUTCOME: &str = "outcome";

/// Keeps what differs from the record; answers whether anything does that nobody has decided on.
///
/// # Errors
/// 503 when the database is away.
pub async fn extract(tx: &mut TenantTx, call: &Course, analysis: &Analysis) -> Result<bool> {
    let mut open = false;
    for (key, value) in &analysis.fields {
        let is_said = !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty());
        if key == OUTCOME || key.is_empty() || key.len() > 60 || !is_said {
            continue;
        }
        if let Some((target, value)) = differing(tx, call, key, value).await? {
            open |= keep(tx, call.id, target, key, &value).await?;
        }
    }
    Ok(open)
}

/// Of what it is a field, and the value as it would be kept there; nothing when it is there already, or would not fit.
async fn differing(
    tx: &mut TenantTx,
    call: &Course,
    key: &str,
    value: &Value,
) -> Result<Option<(&'static str, Value)>> {
    if let Some((schema, fields)) = case(tx, call).await?
        && let Some(field) = schema.field(key)
    {
        let alone = Schema { fields: vec![field.clone()] };
        let tidy = alone.tidied(&Values::from_iter([(key.to_owned(), value.clone())]));
        let Some(value) = tidy.ok().and_then(|mut values| values.remove(key)) else { return Ok(None) };
        return Ok(Some(("case", value)).filter(|(_, value)| fields.get(key) != Some(value)));
    }
    let Some(patient) = call.patient_id else { return Ok(None) };
    let known = of_patient(tx, patient, key).await?;
    let value = value.as_str().map_or_else(|| value.clone(), |text| Value::from(text.trim()));
    Ok(known.filter(|known| *known != value).map(|_| ("patient", value)))
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

/// Keeps it once; what somebody has decided on stays decided.
async fn keep(tx: &mut TenantTx, call: CallId, target: &'static str, key: &str, value: &Value) -> Result<bool> {
    let place = Place { table: "voice.finding", column: "private", row: call.uuid() };
    let sealed = tx.seal(place, json!({ "value": value }).to_string().as_bytes()).await?;
    let practice = tx.practice();
    let kept = sqlx::query!(
        "insert into voice.finding (practice_id, call_id, target, key, private, state) values ($1, $2, $3, $4, $5, 'open')
             on conflict do nothing",
        practice,
        call.uuid(),
        target,
        key,
        sealed,
    )
    .execute(tx.conn())
    .await?;
    if kept.rows_affected() == 0 {
        return Ok(false);
    }
    tx.record(Change::done("find", "call", call.uuid()).with(json!({ "target": target, "field": key }))).await?;
    Ok(true)
}

/// How the case of a call stands with its calls.
///
/// # Errors
/// 503 when the database is away.
pub async fn tell_case(tx: &mut TenantTx, call: &Course) -> Result<()> {
    let Some(case) = call.case_id else { return Ok(()) };
    let is_over = call.state == "ended";
    let status = match (is_over, call.answered_at.is_some(), call.error_code.is_some()) {
        (false, ..) => "in_call",
        (true, true, _) => "completed",
        (true, false, true) => "failed",
        (true, false, false) => "not_reached",
    };
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let version = sqlx::query_scalar!(
        "update voice.case
            set call_status = $3, calls = calls + $4, last_call_at = $5, version = version + 1, updated_at = $5
          where practice_id = $1 and id = $2 returning version",
        practice,
        case.uuid(),
        status,
        i32::from(is_over),
        now as _,
    );
    let version = version.fetch_optional(tx.conn()).await?.ok_or_else(Error::not_found)?;
    let change = Change::done("call", "case", case.uuid()).with(json!({ "callStatus": status }));
    tx.record(change.event("case.changed", version)).await
}
