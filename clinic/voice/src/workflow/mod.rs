//! Call workflows: purposes of calls, each with what is kept of every case of it.

mod fields;
mod row;
#[cfg(test)]
mod tests;
mod versions;

use dialogue::Field;
use garde::Validate;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::extract::{Body, Path, nullable};
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::call_workflows as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::shared::{changed, trimmed};
use platform::{Result, route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CallWorkflowId, FlowId};

pub use row::{all, by_slug, find, lock, schema, slugs};

/// The routes of call workflows.
pub fn routes() -> Routes {
    versions::routes().route(route!(list)).route(route!(create)).route(route!(read)).route(route!(change))
}

/// A purpose of calls.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallWorkflow {
    /// Its id.
    pub id: CallWorkflowId,
    /// Its name in folders, files and the API. Never changes.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// What it is called in Arabic.
    #[schema(required)]
    pub name_ar: Option<String>,
    /// Whether calls are made for it.
    pub enabled: bool,
    /// Goes up with each change of the fields.
    pub schema_version: i32,
    /// What is kept of each case; `displayOrder` says how it is shown.
    pub fields: Vec<Field>,
    /// Its conversation, when there is one.
    #[schema(required)]
    pub flow: Option<FlowInUse>,
    /// How many cases it has.
    pub cases: i64,
    /// Goes up with each change.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The conversation of a call workflow, as its files were when they were loaded.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlowInUse {
    /// Its id.
    pub id: FlowId,
    /// Which version it is.
    pub number: i32,
    /// SHA-256 of the files, in hexadecimal.
    pub hash: String,
    /// When the files were loaded.
    pub loaded_at: Timestamp,
}

/// What the practice calls about.
#[derive(Debug, Serialize, ToSchema)]
struct CallWorkflows {
    items: Vec<CallWorkflow>,
}

/// A purpose of calls to be made.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewCallWorkflow {
    /// Its name in folders, files and the API: up to 60 lower-case letters, digits and underscores, a letter first.
    #[garde(custom(fields::slug))]
    pub slug: String,
    /// What it is called.
    #[garde(length(chars, max = 80), custom(validate::line))]
    pub name: String,
    /// What it is called in Arabic.
    #[garde(inner(length(chars, max = 80), custom(validate::line)))]
    pub name_ar: Option<String>,
    /// What is kept of each case; at most 60.
    #[garde(skip)]
    pub fields: Vec<Field>,
}

/// What is to be different about a call workflow; what is left out stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CallWorkflowChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    #[garde(inner(length(chars, max = 80), custom(validate::line)))]
    name: Option<String>,
    #[garde(inner(inner(length(chars, max = 80), custom(validate::line))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    name_ar: Option<Option<String>>,
    #[garde(skip)]
    enabled: Option<bool>,
    /// All of them. Those that are left out are shown no more; what cases have of them stays. What a field holds, and
    /// whether it is sensitive, stays as it is while cases have values of it.
    #[garde(skip)]
    fields: Option<Vec<Field>>,
}

/// What the practice calls about.
#[utoipa::path(get, path = "/api/v1/call-workflows", tag = "voice", responses((status = 200, body = CallWorkflows)))]
async fn list(who: Can<may::Read>) -> Result<Json<CallWorkflows>> {
    who.read(async |tx| Ok(Json(CallWorkflows { items: row::all(tx).await? }))).await
}

/// Make a call workflow.
#[utoipa::path(post, path = "/api/v1/call-workflows", tag = "voice", request_body = NewCallWorkflow,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = CallWorkflow)))]
async fn create(who: Can<may::Configure>, key: IdempotencyKey, Body(new): Body<NewCallWorkflow>) -> Result<Once> {
    let request = key.of("call_workflow.create", &new)?;
    who.create_once(request, async move |tx| add(tx, &new).await).await
}

/// A call workflow.
#[utoipa::path(get, path = "/api/v1/call-workflows/{id}", tag = "voice",
    params(("id" = Uuid, Path, description = "The call workflow")), responses((status = 200, body = CallWorkflow)))]
async fn read(who: Can<may::Read>, Path(id): Path<CallWorkflowId>) -> Result<Json<CallWorkflow>> {
    who.read(async move |tx| find(tx, id).await).await.map(Json)
}

/// Change a call workflow. Other fields than before are a new version of its schema.
#[utoipa::path(patch, path = "/api/v1/call-workflows/{id}", tag = "voice", request_body = CallWorkflowChange,
    params(("id" = Uuid, Path, description = "The call workflow")), responses((status = 200, body = CallWorkflow)))]
async fn change(
    who: Can<may::Configure>,
    Path(id): Path<CallWorkflowId>,
    Body(change): Body<CallWorkflowChange>,
) -> Result<Json<CallWorkflow>> {
    who.write(async move |tx| {
        let before = lock(tx, id).await?;
        check_version(change.version, before.version, &before)?;
        let change = change.clone();
        let after = CallWorkflow {
            name: change.name.map_or_else(|| before.name.clone(), |name| name.trim().to_owned()),
            name_ar: changed(change.name_ar, before.name_ar.clone()),
            enabled: change.enabled.unwrap_or(before.enabled),
            fields: change.fields.unwrap_or_else(|| before.fields.clone()),
            ..before.clone()
        };
        save(tx, &before, after).await.map(Json)
    })
    .await
}

/// Makes a call workflow, with its audit entry and event.
///
/// # Errors
/// 422 at a field that cannot be filled in; 409 `call_workflow.slug_taken` or `call_workflow.too_many`.
pub async fn add(tx: &mut TenantTx, new: &NewCallWorkflow) -> Result<CallWorkflow> {
    fields::check(&new.fields)?;
    let now = tx.now();
    let made = CallWorkflow {
        id: CallWorkflowId::new(),
        slug: new.slug.clone(),
        name: new.name.trim().to_owned(),
        name_ar: trimmed(new.name_ar.as_ref()).map(str::to_owned),
        enabled: true,
        schema_version: 1,
        fields: new.fields.clone(),
        flow: None,
        cases: 0,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    row::insert(tx, &made).await?;
    tx.record(Change::created("call_workflow", made.id.uuid(), &made).event("call_workflow.created", 1)).await?;
    Ok(made)
}

async fn save(tx: &mut TenantTx, before: &CallWorkflow, after: CallWorkflow) -> Result<CallWorkflow> {
    if after == *before {
        return Ok(after);
    }
    let mut after = CallWorkflow { version: before.version + 1, updated_at: tx.now(), ..after };
    if after.fields != before.fields {
        fields::check(&after.fields)?;
        fields::check_against(tx, after.id, &after.fields).await?;
        after.schema_version += 1;
        row::insert_schema(tx, &after).await?;
    }
    row::update(tx, &after).await?;
    let change = Change::updated("call_workflow", after.id.uuid(), before, &after);
    tx.record(change.event("call_workflow.changed", after.version)).await?;
    Ok(after)
}
