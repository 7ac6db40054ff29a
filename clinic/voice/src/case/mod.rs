//! Cases: whom the practice calls about something, and what is known of them.

mod called;
mod cells;
mod export;
mod import;
mod list;
#[cfg(test)]
mod plans;
mod row;
mod shown;
mod terms;
#[cfg(test)]
mod tests;
mod values;

use dialogue::Values;
use garde::Validate;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::{Error, FieldError};
use platform::extract::{Body, Path, Query, nullable};
use platform::guard::Can;
use platform::id::PatientId;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::cases as may;
use platform::record::{Change, Look};
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::{CallWorkflowId, CaseId, workflow};
pub use called::{of_patient, set_status, write_back};
pub use import::JOB as IMPORT;
pub use row::{find, lock, some};
use shown::CaseItem;
pub use shown::Eyes;

/// The routes of cases.
pub fn routes() -> Routes {
    list::routes()
        .merge(export::routes())
        .merge(import::routes())
        .route(route!(enter))
        .route(route!(read))
        .route(route!(change))
        .route(route!(delete))
        .route(route!(restore))
}

/// How far the calls of a case have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = CaseCallStatus)]
pub enum CallStatus {
    /// Nobody was called.
    #[default]
    NotStarted,
    /// A call waits for its time.
    Queued,
    /// Somebody is talking.
    InCall,
    /// The call did what it was for.
    Completed,
    /// Nobody was reached, and there are no more tries.
    NotReached,
    /// The call broke.
    Failed,
}

/// Somebody in a call workflow.
#[derive(Clone, PartialEq)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// What about.
    pub workflow: CallWorkflowId,
    /// Who it is, where that is known.
    pub patient: Option<PatientId>,
    /// The version of the fields by which it was written last.
    pub schema_version: i32,
    /// Values by key, also of fields that are shown no more, without the sensitive ones.
    pub fields: Values,
    /// The sensitive ones.
    pub private: Values,
    /// How far its calls have come.
    pub call_status: CallStatus,
    /// How many calls there were.
    pub calls: i32,
    /// When the last one began.
    pub last_call_at: Option<Timestamp>,
    /// Since when it is deleted.
    pub deleted_at: Option<Timestamp>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A case to be entered.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewCase {
    /// What about.
    #[garde(skip)]
    pub call_workflow_id: CallWorkflowId,
    /// Who it is, where that is known.
    #[garde(skip)]
    pub patient_id: Option<PatientId>,
    /// Values by the keys of the call workflow's fields.
    #[garde(skip)]
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    pub fields: Values,
}

/// What is to be different about a case; what is left out stays.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CaseChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    /// Who it is; null for nobody who is known.
    #[garde(skip)]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Uuid>)]
    patient_id: Option<Option<PatientId>>,
    /// Values by key; null empties one, and what is left out stays.
    #[garde(skip)]
    #[serde(default)]
    #[schema(required = false, value_type = BTreeMap<String, serde_json::Value>)]
    fields: Values,
}

undisclosed!(Case, NewCase, CaseChange);

/// How much of a case is asked for.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HowMuch {
    /// With the values that are sensitive. That is a look of its own in the ledger.
    #[garde(skip)]
    #[serde(default)]
    sensitive: bool,
}

/// Enter a case.
#[utoipa::path(post, path = "/api/v1/cases", tag = "voice", request_body = NewCase,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = CaseItem)))]
async fn enter(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<NewCase>) -> Result<Once> {
    let request = key.of("case.create", &new)?;
    let eyes = Eyes::of(&who);
    eyes.may_name(new.patient_id)?;
    who.create_once(request, async move |tx| {
        let case = create(tx, new.clone()).await?;
        shown::one(tx, case, eyes, false).await
    })
    .await
}

/// A case.
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "voice",
    params(("id" = Uuid, Path, description = "The case"), HowMuch), responses((status = 200, body = CaseItem)))]
async fn read(who: Can<may::Read>, Path(id): Path<CaseId>, Query(how): Query<HowMuch>) -> Result<Json<CaseItem>> {
    let eyes = Eyes::of(&who);
    who.read_recorded(async move |tx| {
        let case = row::find(tx, id).await?;
        let patient = case.patient;
        let look = if how.sensitive { "case_sensitive" } else { "case" };
        tx.record_read(Look::at(look, id.uuid()).of_patient(patient)).await?;
        shown::one(tx, case, eyes, how.sensitive).await.map(Json)
    })
    .await
}

/// Change a case.
#[utoipa::path(patch, path = "/api/v1/cases/{id}", tag = "voice", request_body = CaseChange,
    params(("id" = Uuid, Path, description = "The case")), responses((status = 200, body = CaseItem)))]
async fn change(
    who: Can<may::Write>,
    Path(id): Path<CaseId>,
    Body(change): Body<CaseChange>,
) -> Result<Json<CaseItem>> {
    let eyes = Eyes::of(&who);
    who.write(async move |tx| {
        let before = find_at(tx, id, change.version, eyes).await?;
        let patient = match change.patient_id {
            Some(patient) if patient != before.patient => {
                eyes.may_name(patient.or(before.patient))?;
                known(tx, patient).await?
            }
            _ => before.patient,
        };
        let after = write(tx, &before, patient, &change.fields).await?;
        shown::one(tx, after, eyes, false).await.map(Json)
    })
    .await
}

/// Delete a case: no list has it any more, and it can be restored.
#[utoipa::path(post, path = "/api/v1/cases/{id}/delete", tag = "voice", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The case")), responses((status = 200, body = CaseItem)))]
async fn delete(who: Can<may::Write>, Path(id): Path<CaseId>, Body(at): Body<AtVersion>) -> Result<Json<CaseItem>> {
    set_deleted(who, id, at.version, true).await
}

/// Restore a deleted case as it was.
#[utoipa::path(post, path = "/api/v1/cases/{id}/restore", tag = "voice", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The case")), responses((status = 200, body = CaseItem)))]
async fn restore(who: Can<may::Write>, Path(id): Path<CaseId>, Body(at): Body<AtVersion>) -> Result<Json<CaseItem>> {
    set_deleted(who, id, at.version, false).await
}

/// Enters a case in the caller's transaction, with audit entry, event, and timeline entry of its patient.
///
/// # Errors
/// 422 with the field at fault: `/callWorkflowId`, `/patientId`, `/fields/phone`.
pub async fn create(tx: &mut TenantTx, new: NewCase) -> Result<Case> {
    let (version, schema) = workflow::schema(tx, new.call_workflow_id, true).await.map_err(no_workflow)?;
    let country = patients::country(tx).await?;
    let values = values::of_new(&schema, &new.fields, &country).map_err(Error::invalid)?;
    let (private, fields) = values.into_iter().partition(|(key, _)| values::is_sensitive(&schema, key));
    let now = tx.now();
    let case = Case {
        id: CaseId::new(),
        workflow: new.call_workflow_id,
        patient: known(tx, new.patient_id).await?,
        schema_version: version,
        fields,
        private,
        call_status: CallStatus::NotStarted,
        calls: 0,
        last_call_at: None,
        deleted_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    enter_all(tx, &schema, std::slice::from_ref(&case), json!({})).await?;
    Ok(case)
}

/// Enters cases of one call workflow whose values are tidied, each with its audit entry and event.
///
/// # Errors
/// 503 when the database is away.
pub(crate) async fn enter_all(
    tx: &mut TenantTx,
    schema: &dialogue::Schema,
    cases: &[Case],
    detail: Value,
) -> Result<()> {
    row::save_all(tx, schema, cases).await?;
    let created = |case: &Case| {
        let change = Change::created("case", case.id.uuid(), &told(case));
        let change = change.with(detail_of(&detail, case.private.keys()));
        change.on_timeline(case.patient, "case.created").event("case.created", 1)
    };
    tx.record_all(&cases.iter().map(created).collect::<Vec<_>>()).await
}

/// Puts values into a case that is locked, by its call workflow's fields as they are now, and says who it is. Only what is
/// given is judged: what a case has from before stays. Nothing is written where all stays as it was.
///
/// # Errors
/// 409 `case.deleted`; 422 with the field at fault.
pub async fn write(tx: &mut TenantTx, before: &Case, patient: Option<PatientId>, given: &Values) -> Result<Case> {
    if before.deleted_at.is_some() {
        return Err(Error::conflict("case.deleted", "This case is deleted; restore it first."));
    }
    let (schema_version, schema) = workflow::schema(tx, before.workflow, true).await?;
    let country = patients::country(tx).await?;
    let (fields, private) = values::merged(&schema, before, given, &country).map_err(Error::invalid)?;
    let after = Case { patient, fields, private, ..before.clone() };
    if after == *before {
        return Ok(after);
    }
    save(tx, &schema, before, Case { schema_version, ..after }, "case.changed").await
}

/// What was named is no call workflow: a fault of the body, and not of the address.
fn no_workflow(error: Error) -> Error {
    if error.status().as_u16() != 404 {
        return error;
    }
    let fault = FieldError::new("/callWorkflowId", "not_found", "Choose a call workflow of the practice.");
    Error::invalid(vec![fault])
}

/// As whom the patient is kept that was named.
async fn known(tx: &mut TenantTx, named: Option<PatientId>) -> Result<Option<PatientId>> {
    let Some(id) = named else { return Ok(None) };
    let kept = patients::kept_as(tx, &[id.uuid()]).await?.get(&id.uuid()).map_or(id, |kept| PatientId(*kept));
    if patients::is_present(tx, kept).await? {
        return Ok(Some(kept));
    }
    Err(Error::invalid(Vec::new()).at("/patientId", "not_found", "Choose a patient of the practice."))
}

async fn set_deleted(who: Can<may::Write>, id: CaseId, version: i32, gone: bool) -> Result<Json<CaseItem>> {
    let eyes = Eyes::of(&who);
    who.write(async move |tx| {
        let before = find_at(tx, id, version, eyes).await?;
        if before.deleted_at.is_some() == gone {
            return shown::one(tx, before, eyes, false).await.map(Json);
        }
        let (_, schema) = workflow::schema(tx, before.workflow, true).await?;
        let (deleted_at, event) = if gone { (Some(tx.now()), "case.deleted") } else { (None, "case.restored") };
        let after = save(tx, &schema, &before, Case { deleted_at, ..before.clone() }, event).await?;
        shown::one(tx, after, eyes, false).await.map(Json)
    })
    .await
}

/// The case at this version, locked until the end of the transaction.
async fn find_at(tx: &mut TenantTx, id: CaseId, version: i32, eyes: Eyes) -> Result<Case> {
    let case = row::lock(tx, id).await?;
    if case.version == version {
        return Ok(case);
    }
    Err(Error::stale(&shown::one(tx, case, eyes, false).await?))
}

/// Writes a change of a case everywhere it belongs.
async fn save(
    tx: &mut TenantTx,
    schema: &dialogue::Schema,
    before: &Case,
    after: Case,
    event: &'static str,
) -> Result<Case> {
    let after = Case { version: before.version + 1, updated_at: tx.now(), ..after };
    row::save_all(tx, schema, std::slice::from_ref(&after)).await?;
    let differs = |key: &&String| before.private.get(*key) != after.private.get(*key);
    let gone = before.private.keys().filter(|key| !after.private.contains_key(*key));
    let sensitive = after.private.keys().chain(gone).filter(differs);
    let change = Change::updated("case", after.id.uuid(), &told(before), &told(&after));
    let change = change.with(detail_of(&json!({}), sensitive));
    tx.record(change.on_timeline(after.patient.or(before.patient), event).event(event, after.version)).await?;
    Ok(after)
}

/// What ledger and timeline keep of a case: all but the values of what is sensitive.
fn told(case: &Case) -> Map<String, Value> {
    let mut told = Map::from_iter([
        ("callWorkflowId".to_owned(), json!(case.workflow)),
        ("patientId".to_owned(), json!(case.patient)),
        ("schemaVersion".to_owned(), json!(case.schema_version)),
        ("callStatus".to_owned(), json!(case.call_status)),
        ("deletedAt".to_owned(), json!(case.deleted_at)),
    ]);
    // each is there, so that one that comes or goes is a change of it
    told.extend(case.fields.iter().map(|(key, value)| (format!("fields.{key}"), value.clone())));
    told
}

/// What else the ledger should know: of which sensitive fields the value was written.
fn detail_of<'a>(detail: &Value, sensitive: impl Iterator<Item = &'a String>) -> Value {
    let mut detail = detail.clone();
    let keys: Vec<&String> = sensitive.collect();
    if !keys.is_empty() {
        detail["sensitive"] = json!(keys);
    }
    detail
}
