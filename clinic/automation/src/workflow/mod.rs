//! Workflows: made, named, drafted, copied, deleted. What is published lies in versions, see [`publish`].

pub mod list;
pub mod publish;
pub mod row;

use garde::Validate;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::workflows as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::shared::{AtVersion, changed};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::block::Recipe;
use crate::definition::Definition;
use crate::engine::info;
use crate::registry::registry;
use row::{Workflow, find, find_at};

platform::id!(
    /// A workflow.
    WorkflowId
);

/// The largest definition, in bytes of JSON.
const LARGEST: usize = 256 * 1024;

/// The routes of workflows.
pub fn routes() -> Routes {
    list::routes()
        .merge(publish::routes())
        .route(route!(create))
        .route(route!(read))
        .route(route!(change))
        .route(route!(delete))
        .route(route!(duplicate))
}

/// A workflow to be made: empty, from a definition, or from a recipe.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewWorkflow {
    #[garde(length(chars, max = 120), custom(validate::line))]
    name: String,
    #[garde(inner(length(chars, max = 2000)))]
    description: Option<String>,
    /// What it does; unfinished, if need be.
    #[garde(skip)]
    #[schema(value_type = Option<Definition>)]
    definition: Option<Value>,
    /// Name of a recipe that it is made from.
    #[garde(inner(length(chars, max = 80)))]
    recipe: Option<String>,
}

/// What is to be different about a workflow; what is left out stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WorkflowChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    name: Option<String>,
    #[garde(inner(inner(length(chars, max = 2000))))]
    #[serde(default, deserialize_with = "platform::extract::nullable")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    /// The draft as a whole; unfinished, if need be.
    #[garde(skip)]
    #[schema(value_type = Option<Definition>)]
    definition: Option<Value>,
}

/// Make a workflow. It does nothing before it is published.
#[utoipa::path(post, path = "/api/v1/workflows", tag = "automation", request_body = NewWorkflow,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Workflow)))]
async fn create(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<NewWorkflow>) -> Result<Once> {
    let request = key.of("workflow.create", &new)?;
    let wanted = wanted(&new)?;
    who.create_once(request, async move |tx| {
        let draft = match &wanted {
            Wanted::Definition(definition) => definition.clone(),
            Wanted::Recipe(recipe) => recipe.read_in(&info(tx).await?.language).unwrap_or_default(),
        };
        make(tx, new.name.trim(), new.description.as_deref(), &draft).await
    })
    .await
}

/// A workflow.
#[utoipa::path(get, path = "/api/v1/workflows/{id}", tag = "automation",
    params(("id" = Uuid, Path, description = "The workflow")), responses((status = 200, body = Workflow)))]
async fn read(who: Can<may::Read>, Path(id): Path<WorkflowId>) -> Result<Json<Workflow>> {
    who.read(async move |tx| find(tx, id).await).await.map(Json)
}

/// Change a workflow's name, description or draft. What is published stays as it is.
#[utoipa::path(patch, path = "/api/v1/workflows/{id}", tag = "automation", request_body = WorkflowChange,
    params(("id" = Uuid, Path, description = "The workflow")), responses((status = 200, body = Workflow)))]
async fn change(
    who: Can<may::Write>,
    Path(id): Path<WorkflowId>,
    Body(change): Body<WorkflowChange>,
) -> Result<Json<Workflow>> {
    let draft = change.definition.as_ref().map(sized_draft).transpose()?;
    who.write(async move |tx| {
        let before = find_at(tx, id, change.version).await?;
        let after = Workflow {
            name: change.name.as_ref().map_or_else(|| before.name.clone(), |name| name.trim().to_owned()),
            description: changed(change.description.clone(), before.description.clone()),
            definition: draft.clone().unwrap_or_else(|| before.definition.clone()),
            version: before.version + 1,
            updated_at: tx.now(),
            ..before.clone()
        };
        row::save(tx, &after).await?;
        tx.record(Change::updated("workflow", id.uuid(), &before, &after).event("workflow.changed", after.version))
            .await?;
        find(tx, id).await.map(Json)
    })
    .await
}

/// Delete a workflow. Runs under way are cancelled; what it did stays in their history.
#[utoipa::path(delete, path = "/api/v1/workflows/{id}", tag = "automation", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The workflow")), responses((status = 200, body = Workflow)))]
async fn delete(
    who: Can<may::Publish>,
    Path(id): Path<WorkflowId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<Workflow>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
        sqlx::query!(
            "with cursor as (delete from automation.cursor where practice_id = $1 and workflow_id = $2),
             runs as (
                update automation.run set state = 'cancelled', ended_at = $3, due_at = null, wakes_at = null, lease = null
                 where practice_id = $1 and workflow_id = $2 and state in ('running', 'waiting'))
             update automation.workflow set deleted_at = $3, status = 'draft', updated_at = $3, version = version + 1
              where practice_id = $1 and id = $2",
            practice,
            id.uuid(),
            now as _,
        )
        .execute(tx.conn())
        .await?;
        crate::settings::revise(tx).await?;
        tx.record(Change::deleted("workflow", id.uuid(), &before).event("workflow.deleted", before.version + 1)).await?;
        Ok(Json(before))
    })
    .await
}

/// Make a copy of a workflow's draft.
#[utoipa::path(post, path = "/api/v1/workflows/{id}/duplicate", tag = "automation",
    params(("id" = Uuid, Path, description = "The workflow"),
           ("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Workflow)))]
async fn duplicate(who: Can<may::Write>, key: IdempotencyKey, Path(id): Path<WorkflowId>) -> Result<Once> {
    let request = key.of("workflow.duplicate", &id)?;
    who.create_once(request, async move |tx| {
        let original = find(tx, id).await?;
        let name: String = format!("{} (2)", original.name.chars().take(110).collect::<String>());
        make(tx, &name, original.description.as_deref(), &original.definition).await
    })
    .await
}

/// What a new workflow begins as.
enum Wanted {
    Definition(Definition),
    Recipe(&'static Recipe),
}

fn wanted(new: &NewWorkflow) -> Result<Wanted> {
    match (&new.definition, &new.recipe) {
        (Some(_), Some(_)) => {
            let text = "A workflow is made from a definition or from a recipe.";
            Err(Error::invalid(Vec::new()).at("/recipe", "invalid", text))
        }
        (Some(definition), None) => sized_draft(definition).map(Wanted::Definition),
        (None, Some(name)) => registry()
            .recipes
            .iter()
            .find(|recipe| recipe.name == name)
            .map(|recipe| Wanted::Recipe(recipe))
            .ok_or_else(|| Error::invalid(Vec::new()).at("/recipe", "invalid", "There is no such recipe.")),
        (None, None) => Ok(Wanted::Definition(Definition::default())),
    }
}

/// A draft that came in the member `definition` of a body.
pub fn sized_draft(definition: &Value) -> Result<Definition> {
    let draft = Definition::read(definition, "/definition").map_err(Error::invalid)?;
    if definition.to_string().len() > LARGEST {
        return Err(Error::invalid(Vec::new()).at("/definition", "too_long", "A workflow has at most 256 KiB."));
    }
    Ok(draft)
}

async fn make(tx: &mut TenantTx, name: &str, description: Option<&str>, draft: &Definition) -> Result<Workflow> {
    let (practice, id, now) = (tx.practice(), WorkflowId::new(), jiff_sqlx::Timestamp::from(tx.now()));
    let by = tx.caller().actor.user().map(|user| user.uuid());
    sqlx::query!(
        "insert into automation.workflow (practice_id, id, name, description, status, draft, created_by, created_at, updated_at)
         values ($1, $2, $3, $4, 'draft', $5, $6, $7, $7)",
        practice,
        id.uuid(),
        name,
        description.map(str::trim).filter(|text| !text.is_empty()),
        serde_json::to_value(draft).map_err(Error::internal)?,
        by,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    let workflow = find(tx, id).await?;
    tx.record(Change::created("workflow", id.uuid(), &workflow).event("workflow.created", workflow.version)).await?;
    Ok(workflow)
}
