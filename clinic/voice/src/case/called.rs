//! What calls do to their cases: how far they have come, and what they have found out.

use dialogue::Values;
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;
use platform::record::Change;
use serde_json::{Value, json};

use super::{CallStatus, NewCase, create, row, write};
use crate::{CallWorkflowId, CaseId, workflow};

/// Says how far the calls of a case have come; with when one began, counts it. The calls themselves stand on the patient's
/// timeline, so this does not.
///
/// # Errors
/// 404.
pub async fn set_status(tx: &mut TenantTx, id: CaseId, status: CallStatus, called_at: Option<Timestamp>) -> Result<()> {
    let before = row::lock(tx, id).await?;
    if before.call_status == status && called_at.is_none() {
        return Ok(());
    }
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let called = called_at.map(jiff_sqlx::Timestamp::from);
    let version = sqlx::query_scalar!(
        "update voice.case
            set call_status = $3, calls = calls + $4, last_call_at = coalesce($5, last_call_at), version = version + 1,
                updated_at = $6
          where practice_id = $1 and id = $2 returning version",
        practice,
        id.uuid(),
        status as CallStatus,
        i32::from(called_at.is_some()),
        called as _,
        now as _,
    )
    .fetch_one(tx.conn())
    .await?;
    let state = |status: CallStatus| json!({ "callStatus": status });
    let change = Change::updated("case", id.uuid(), &state(before.call_status), &state(status));
    tx.record(change.for_patient(before.patient).event("case.changed", version)).await
}

/// Puts what a call has found out into its case. What does not fit its field, or has no field any more, is left out: the call
/// keeps it for people to look at.
///
/// # Errors
/// 404.
pub async fn write_back(tx: &mut TenantTx, id: CaseId, values: &Values) -> Result<()> {
    let before = row::lock(tx, id).await?;
    if before.deleted_at.is_some() {
        return Ok(());
    }
    let (_, schema) = workflow::schema(tx, before.workflow, true).await?;
    let fits = |key: &str, value| schema.field(key).is_some_and(|field| field.tidied(value).is_ok());
    let fitting: Values = values
        .iter()
        .filter(|(key, value)| fits(key, value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    write(tx, &before, before.patient, &fitting).await.map(drop)
}

/// The newest case of a patient in a call workflow; a new one where there is none, with what is known of the patient under the
/// names that fields usually have.
///
/// # Errors
/// 404; 422 when the call workflow asks for more than is known of a patient.
pub async fn of_patient(tx: &mut TenantTx, about: CallWorkflowId, patient: PatientId) -> Result<CaseId> {
    let practice = tx.practice();
    let all = patients::merged_into(tx, patient).await?;
    let newest = sqlx::query_scalar!(
        "select id from voice.case
          where practice_id = $1 and call_workflow_id = $2 and patient_id = any($3) and deleted_at is null
          order by created_at desc, id desc limit 1",
        practice,
        about.uuid(),
        &all,
    )
    .fetch_optional(tx.conn())
    .await?;
    if let Some(id) = newest {
        return Ok(CaseId(id));
    }
    let known = patients::blocks::known(tx, &[patient.uuid()]).await?;
    let value = known.get(&patient.uuid()).map(|known| known.value.clone()).unwrap_or(Value::Null);
    let (_, schema) = workflow::schema(tx, about, true).await?;
    let known = KNOWN.iter().filter(|(key, _)| schema.field(key).is_some());
    let fields = known.map(|(key, of)| ((*key).to_owned(), value[of].clone())).collect();
    create(tx, NewCase { call_workflow_id: about, patient_id: Some(patient), fields }).await.map(|case| case.id)
}

/// Names that fields usually have, and what of a patient they are.
const KNOWN: [(&str, &str); 8] = [
    ("patient_name", "fullName"),
    ("full_name", "fullName"),
    ("first_name", "givenName"),
    ("last_name", "familyName"),
    ("date_of_birth", "birthDate"),
    ("phone", "phone"),
    ("email", "email"),
    ("visit_at", "nextVisit"),
];
