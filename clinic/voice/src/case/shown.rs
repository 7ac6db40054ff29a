//! Cases as people see them: with names, by the fields that are shown now, and without what the one who looks may not see.

use std::collections::{BTreeSet, HashMap};

use dialogue::{Schema, Values};
use jiff::Timestamp;
use patients::PatientName;
use platform::db::TenantTx;
use platform::error::Error;
use platform::guard::Can;
use platform::id::PatientId;
use platform::permission::{Permission as _, patients as may_patients};
use platform::{Result, undisclosed};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{CallStatus, Case};
use crate::{CallWorkflowId, CaseId, workflow};

/// What the one who looks may see of a case.
#[derive(Clone, Copy, Debug)]
pub struct Eyes {
    patients: bool,
}

impl Eyes {
    /// Those of a caller.
    pub fn of<P>(who: &Can<P>) -> Self {
        Self { patients: who.may(may_patients::Read::NAME) }
    }

    /// That they may see patients, where one is named.
    ///
    /// # Errors
    /// 403 `case.patient_hidden`.
    pub fn may_name(self, patient: Option<PatientId>) -> Result<()> {
        if self.patients || patient.is_none() {
            return Ok(());
        }
        let text = "You may not see patients, so leave the patient of the case as it is.";
        Err(Error::forbidden_as("case.patient_hidden", text))
    }
}

/// A case as it is shown.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Case)]
pub struct CaseItem {
    /// Its id.
    pub id: CaseId,
    /// What about.
    pub call_workflow_id: CallWorkflowId,
    /// Who it is, where that is known; null as well for whoever may not see patients.
    #[schema(required)]
    pub patient_id: Option<PatientId>,
    /// How they are called. Who was merged is shown as who was kept.
    #[schema(required)]
    pub patient: Option<PatientName>,
    /// The version of the fields by which it was written last.
    pub schema_version: i32,
    /// Values by the keys of the fields that are shown now; the sensitive ones only where they were asked for.
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    pub fields: Values,
    /// Sensitive fields that have a value.
    pub sensitive_keys: Vec<String>,
    /// How far its calls have come.
    pub call_status: CallStatus,
    /// How many calls there were.
    pub calls: i32,
    /// When the last one began.
    #[schema(required)]
    pub last_call_at: Option<Timestamp>,
    /// Since when it is deleted.
    #[schema(required)]
    pub deleted_at: Option<Timestamp>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

undisclosed!(CaseItem);

/// A case as it is shown to whoever asked for it.
///
/// # Errors
/// 503 when the database is away.
pub async fn one(tx: &mut TenantTx, case: Case, eyes: Eyes, sensitive: bool) -> Result<CaseItem> {
    let (_, schema) = workflow::schema(tx, case.workflow, false).await?;
    let secret = if sensitive { case.private.clone() } else { Values::new() };
    let mut item = CaseItem::of(&schema, case);
    item.fields.extend(secret.into_iter().filter(|(key, _)| schema.field(key).is_some()));
    let mut items = vec![item];
    name(tx, &mut items, eyes).await?;
    items.pop().ok_or_else(Error::not_found)
}

/// Says who they are, asked for all of them at once.
///
/// # Errors
/// 503 when the database is away.
pub async fn name(tx: &mut TenantTx, items: &mut [CaseItem], eyes: Eyes) -> Result<()> {
    if !eyes.patients {
        items.iter_mut().for_each(|item| item.patient_id = None);
        return Ok(());
    }
    let named: BTreeSet<Uuid> = items.iter().filter_map(|item| item.patient_id).map(PatientId::uuid).collect();
    if named.is_empty() {
        return Ok(());
    }
    let kept = patients::kept_as(tx, &named.into_iter().collect::<Vec<_>>()).await?;
    let found = patients::items_of(tx, &kept.values().copied().collect::<Vec<_>>()).await?;
    let names: HashMap<Uuid, PatientName> = found.into_iter().map(|one| (one.id.uuid(), one.into())).collect();
    for item in items {
        let kept = item.patient_id.and_then(|id| kept.get(&id.uuid()));
        item.patient = kept.and_then(|id| names.get(id)).cloned();
        item.patient_id = item.patient.as_ref().map(|patient| patient.id);
    }
    Ok(())
}

impl CaseItem {
    /// The case without what is sensitive, and without a name.
    pub fn of(schema: &Schema, case: Case) -> Self {
        let is_shown = |key: &String| schema.field(key).is_some();
        Self {
            id: case.id,
            call_workflow_id: case.workflow,
            patient_id: case.patient,
            patient: None,
            schema_version: case.schema_version,
            fields: case.fields.into_iter().filter(|(key, _)| is_shown(key)).collect(),
            sensitive_keys: case.private.keys().filter(|key| is_shown(key)).cloned().collect(),
            call_status: case.call_status,
            calls: case.calls,
            last_call_at: case.last_call_at,
            deleted_at: case.deleted_at,
            version: case.version,
            created_at: case.created_at,
            updated_at: case.updated_at,
        }
    }
}
