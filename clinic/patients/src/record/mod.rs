//! A patient's record: entered, read, changed, deleted and restored.

pub mod fields;
mod row;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use platform::change::Change as FieldsChange;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::id::PatientId;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::patients as may;
use platform::record::{Change, Look};
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{Result, route, undisclosed};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::custom::{self, CustomField};
use crate::duplicates;

pub use fields::{PatientFields, Rules};
pub use row::{find, find_all, name_key, national_id_blind};

/// The routes of the record.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(create))
        .route(route!(read))
        .route(route!(change))
        .route(route!(delete))
        .route(route!(restore))
}

/// A patient.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Patient {
    /// Its id.
    pub id: PatientId,
    /// The practice's number for the patient; never given twice.
    pub number: i64,
    /// What was entered.
    #[serde(flatten)]
    pub fields: PatientFields,
    /// Since when it is deleted.
    #[schema(required)]
    pub deleted_at: Option<Timestamp>,
    /// Into whom it was merged; such a patient is deleted.
    #[schema(required)]
    pub merged_into: Option<PatientId>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

undisclosed!(Patient);

/// Enter a patient.
#[utoipa::path(post, path = "/api/v1/patients", tag = "patients", request_body = PatientFields,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Patient)))]
async fn create(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<PatientFields>) -> Result<Once> {
    let request = key.of("patient.create", &new)?;
    who.create_once(request, async move |tx| enter(tx, &new).await).await
}

/// A patient's whole record.
#[utoipa::path(get, path = "/api/v1/patients/{id}", tag = "patients",
    params(("id" = Uuid, Path, description = "The patient")), responses((status = 200, body = Patient)))]
async fn read(who: Can<may::Read>, Path(id): Path<PatientId>) -> Result<Json<Patient>> {
    who.read_recorded(async move |tx| {
        let patient = row::find(tx, id, false).await?;
        tx.record_read(Look::at("patient", id.uuid()).of_patient(Some(id))).await?;
        Ok(Json(patient))
    })
    .await
}

/// Change a patient's record.
#[utoipa::path(patch, path = "/api/v1/patients/{id}", tag = "patients", request_body = FieldsChange<PatientFields>,
    params(("id" = Uuid, Path, description = "The patient")), responses((status = 200, body = Patient)))]
async fn change(
    who: Can<may::Write>,
    Path(id): Path<PatientId>,
    change: FieldsChange<PatientFields>,
) -> Result<Json<Patient>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, change.version).await?;
        alter(tx, before, |fields, _| change.apply(fields)).await.map(Json)
    })
    .await
}

/// Changes the record of a patient, who is locked: what it is to be says `becomes`, who is shown the practice's own
/// fields as well. Nothing is written where it stays as it was.
///
/// # Errors
/// 409 `patient.deleted`; what `becomes` answers; 422 for what is not valid in this practice.
pub async fn alter(
    tx: &mut TenantTx,
    before: Patient,
    becomes: impl FnOnce(&PatientFields, &[CustomField]) -> Result<PatientFields> + Send,
) -> Result<Patient> {
    if before.deleted_at.is_some() {
        return Err(Error::conflict("patient.deleted", "This patient is deleted; restore it first."));
    }
    let rules = Rules::of(tx).await?;
    let fields = becomes(&before.fields, &rules.custom)?.tidied(&rules, Some(&before.fields), tx.now())?;
    if fields == before.fields {
        return Ok(before);
    }
    let after = Patient { fields, version: before.version + 1, updated_at: tx.now(), ..before.clone() };
    change_all(tx, &rules.custom, &[(before, after.clone())], "patient.changed", json!({})).await?;
    Ok(after)
}

/// Delete a patient: nobody finds it any more, its history stays, and it can be restored.
#[utoipa::path(post, path = "/api/v1/patients/{id}/delete", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The patient")), responses((status = 200, body = Patient)))]
async fn delete(who: Can<may::Delete>, Path(id): Path<PatientId>, Body(at): Body<AtVersion>) -> Result<Json<Patient>> {
    who.write(async move |tx| set_deleted(tx, id, at.version, true).await).await.map(Json)
}

/// Restore a deleted patient, with its number and everything that it had.
#[utoipa::path(post, path = "/api/v1/patients/{id}/restore", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The patient")), responses((status = 200, body = Patient)))]
async fn restore(who: Can<may::Delete>, Path(id): Path<PatientId>, Body(at): Body<AtVersion>) -> Result<Json<Patient>> {
    who.write(async move |tx| set_deleted(tx, id, at.version, false).await).await.map(Json)
}

/// Enters a patient, with its number, audit entry, timeline entry and event.
///
/// # Errors
/// 422 for what is not valid in this practice.
pub async fn enter(tx: &mut TenantTx, new: &PatientFields) -> Result<Patient> {
    let rules = Rules::of(tx).await?;
    let tidied = new.clone().tidied(&rules, None, tx.now())?;
    enter_all(tx, &rules.custom, vec![tidied], json!({})).await?.pop().ok_or_else(Error::not_found)
}

/// Enters patients whose fields are tidied, in this order, each with its number, audit entry, timeline entry and event.
/// What else the ledger should know of them goes into `detail`; `own` are the practice's own fields.
///
/// # Errors
/// 422 at the tags that do not exist.
pub async fn enter_all(
    tx: &mut TenantTx,
    own: &[CustomField],
    tidied: Vec<PatientFields>,
    detail: Value,
) -> Result<Vec<Patient>> {
    let now = tx.now();
    let first = row::next_numbers(tx, i64::try_from(tidied.len()).unwrap_or(i64::MAX)).await?;
    let patient = |(fields, number)| Patient {
        id: PatientId::new(),
        number,
        fields,
        deleted_at: None,
        merged_into: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let patients: Vec<Patient> = tidied.into_iter().zip(first..).map(patient).collect();
    row::save_all(tx, own, &patients).await?;
    duplicates::refresh(tx, &patients).await?;
    let created = |patient: &Patient| {
        let change = Change::created("patient", patient.id.uuid(), patient).with(detail.clone());
        told(change, "patient.created", patient)
    };
    tx.record_all(&patients.iter().map(created).collect::<Vec<_>>()).await?;
    Ok(patients)
}

/// Writes patients as they are now, each with its audit entry, timeline entry and `event`; pairs of before and after.
///
/// # Errors
/// 422 at the tags that do not exist.
pub async fn change_all(
    tx: &mut TenantTx,
    own: &[CustomField],
    changed: &[(Patient, Patient)],
    event: &'static str,
    detail: Value,
) -> Result<()> {
    let after: Vec<Patient> = changed.iter().map(|(_, after)| after.clone()).collect();
    row::save_all(tx, own, &after).await?;
    duplicates::refresh(tx, &after).await?;
    let updated = |(before, after): &(Patient, Patient)| {
        let change = Change::updated("patient", after.id.uuid(), before, after).with(detail.clone());
        told(change, event, after)
    };
    tx.record_all(&changed.iter().map(updated).collect::<Vec<_>>()).await
}

async fn set_deleted(tx: &mut TenantTx, id: PatientId, version: i32, deleted: bool) -> Result<Patient> {
    let before = find_at(tx, id, version).await?;
    if before.deleted_at.is_some() == deleted {
        return Ok(before);
    }
    if before.merged_into.is_some() {
        return Err(Error::conflict("patient.merged", "This patient was merged into another one; undo that instead."));
    }
    let now = tx.now();
    let after = Patient { deleted_at: deleted.then_some(now), version: version + 1, updated_at: now, ..before.clone() };
    let event = if deleted { "patient.deleted" } else { "patient.restored" };
    let own = custom::all(tx).await?;
    change_all(tx, &own, &[(before, after.clone())], event, json!({})).await?;
    Ok(after)
}

fn told(change: Change, event: &'static str, patient: &Patient) -> Change {
    change.on_timeline(patient.id, event).event(event, patient.version)
}

/// The patient at this version, locked until the end of the transaction.
async fn find_at(tx: &mut TenantTx, id: PatientId, version: i32) -> Result<Patient> {
    let patient = row::find(tx, id, true).await?;
    check_version(version, patient.version, &patient)?;
    Ok(patient)
}

/// That there is such a patient, deleted or not.
///
/// # Errors
/// 404.
pub async fn must_be(tx: &mut TenantTx, id: PatientId) -> Result<()> {
    let practice = tx.practice();
    sqlx::query_scalar!("select 1 from patients.patient where practice_id = $1 and id = $2", practice, id.uuid())
        .fetch_optional(tx.conn())
        .await?
        .map(drop)
        .ok_or_else(Error::not_found)
}

/// Whether there is such a patient who is not deleted.
///
/// # Errors
/// 503 when the database is away.
pub async fn is_present(tx: &mut TenantTx, id: PatientId) -> Result<bool> {
    let practice = tx.practice();
    let found = sqlx::query_scalar!(
        "select 1 from patients.patient where practice_id = $1 and id = $2 and deleted_at is null",
        practice,
        id.uuid(),
    );
    Ok(found.fetch_optional(tx.conn()).await?.is_some())
}
