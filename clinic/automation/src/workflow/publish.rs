//! Publishing: a draft becomes a version that runs begin with, and stays what it was.

use garde::Validate;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use platform::Result;
use platform::db::TenantTx;
use platform::error::{Error, FieldError};
use platform::extract::{Body, Path, Query};
use platform::guard::Can;
use platform::permission::workflows as may;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::WorkflowId;
use super::row::{Status, Workflow, find, find_at, read, save};
use crate::check::{Severity, check};
use crate::definition::{Definition, Trigger};
use crate::diff::{Difference, diff as compare};
use crate::recurrence::Recurrence;
use crate::registry::registry;

/// The routes of versions.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(publish))
        .route(route!(unpublish))
        .route(route!(versions))
        .route(route!(version))
        .route(route!(diff))
}

/// What was published.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WorkflowVersion {
    /// Its number.
    number: i32,
    /// What it does.
    definition: Definition,
    /// When it was published.
    published_at: Timestamp,
    /// By whom.
    #[schema(required)]
    published_by: Option<Uuid>,
}

/// All versions, the newest first.
#[derive(Debug, Serialize, ToSchema)]
struct WorkflowVersions {
    items: Vec<WorkflowVersion>,
}

/// What differs.
#[derive(Debug, Serialize, ToSchema)]
struct WorkflowDiff {
    changes: Vec<Difference>,
}

/// Which versions are compared.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Between {
    /// The earlier one; without it, what is published.
    #[garde(skip)]
    from: Option<i32>,
    /// The later one; without it, the draft.
    #[garde(skip)]
    to: Option<i32>,
}

/// Publish the draft. Runs under way keep their version. Whoever publishes must be allowed everything that it does.
#[utoipa::path(post, path = "/api/v1/workflows/{id}/publish", tag = "automation", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The workflow")), responses((status = 200, body = Workflow)))]
async fn publish(
    who: Can<may::Publish>,
    Path(id): Path<WorkflowId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<Workflow>> {
    let rights = who.rights().clone();
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        let report = check(registry(), &before.definition);
        if !report.is_publishable() {
            let errors = report.problems.into_iter().filter(|problem| problem.severity == Severity::Error);
            let place = |pointer: &str| format!("/definition{pointer}");
            return Err(Error::invalid(
                errors.map(|p| FieldError::new(place(&p.pointer), p.code, p.message)).collect(),
            ));
        }
        if report.permissions.iter().any(|permission| !rights.may(permission)) {
            let text = "The workflow does what you may not do yourself.";
            return Err(Error::forbidden_as("workflow.beyond_rights", text));
        }
        let number = match (before.published_version, before.has_changes) {
            (Some(number), false) => number,
            _ => add_version(tx, id, &before.definition, true).await?,
        };
        let (now, by) = (tx.now(), tx.caller().actor.user().map(|user| user.uuid()));
        let after = Workflow {
            status: Status::Published,
            published_version: Some(number),
            published_at: Some(now),
            published_by: by,
            has_changes: false,
            version: before.version + 1,
            updated_at: now,
            ..before.clone()
        };
        save(tx, &after).await?;
        set_cursor(tx, id, after.definition.trigger.as_ref()).await?;
        crate::settings::revise(tx).await?;
        let change = Change::updated("workflow", id.uuid(), &before, &after);
        tx.record(change.event("workflow.published", after.version)).await?;
        Ok(Json(after))
    })
    .await
}

/// Take a workflow back: it begins no more runs. Those under way go on.
#[utoipa::path(post, path = "/api/v1/workflows/{id}/unpublish", tag = "automation", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The workflow")), responses((status = 200, body = Workflow)))]
async fn unpublish(
    who: Can<may::Publish>,
    Path(id): Path<WorkflowId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<Workflow>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        if before.status != Status::Published {
            return Ok(Json(before));
        }
        let after =
            Workflow { status: Status::Paused, version: before.version + 1, updated_at: tx.now(), ..before.clone() };
        save(tx, &after).await?;
        set_cursor(tx, id, None).await?;
        crate::settings::revise(tx).await?;
        let change = Change::updated("workflow", id.uuid(), &before, &after);
        tx.record(change.event("workflow.unpublished", after.version)).await?;
        Ok(Json(after))
    })
    .await
}

/// What was published, the newest first.
#[utoipa::path(get, path = "/api/v1/workflows/{id}/versions", tag = "automation",
    params(("id" = Uuid, Path, description = "The workflow")), responses((status = 200, body = WorkflowVersions)))]
async fn versions(who: Can<may::Read>, Path(id): Path<WorkflowId>) -> Result<Json<WorkflowVersions>> {
    who.read(async move |tx| {
        find(tx, id).await?;
        let practice = tx.practice();
        let rows = sqlx::query!(
            r#"select number, definition, published_at as "published_at!", published_by from automation.version
                where practice_id = $1 and workflow_id = $2 and published_at is not null order by number desc limit 200"#,
            practice,
            id.uuid(),
        )
        .fetch_all(tx.conn())
        .await?;
        let items = rows.into_iter().map(|row| {
            Ok(WorkflowVersion {
                number: row.number,
                definition: read(row.definition)?,
                published_at: row.published_at.to_jiff(),
                published_by: row.published_by,
            })
        });
        Ok(Json(WorkflowVersions { items: items.collect::<Result<_>>()? }))
    })
    .await
}

/// A version.
#[utoipa::path(get, path = "/api/v1/workflows/{id}/versions/{number}", tag = "automation",
    params(("id" = Uuid, Path, description = "The workflow"), ("number" = i32, Path, description = "Its number")),
    responses((status = 200, body = WorkflowVersion)))]
async fn version(who: Can<may::Read>, Path((id, number)): Path<(WorkflowId, i32)>) -> Result<Json<WorkflowVersion>> {
    who.read(async move |tx| {
        find(tx, id).await?;
        let practice = tx.practice();
        let row = sqlx::query!(
            r#"select definition, published_at as "published_at!", published_by from automation.version
                where practice_id = $1 and workflow_id = $2 and number = $3 and published_at is not null"#,
            practice,
            id.uuid(),
            number,
        )
        .fetch_optional(tx.conn())
        .await?
        .ok_or_else(Error::not_found)?;
        Ok(Json(WorkflowVersion {
            number,
            definition: read(row.definition)?,
            published_at: row.published_at.to_jiff(),
            published_by: row.published_by,
        }))
    })
    .await
}

/// What differs between two versions; without numbers, what publishing the draft would change.
#[utoipa::path(get, path = "/api/v1/workflows/{id}/diff", tag = "automation",
    params(("id" = Uuid, Path, description = "The workflow"), Between), responses((status = 200, body = WorkflowDiff)))]
async fn diff(
    who: Can<may::Read>,
    Path(id): Path<WorkflowId>,
    Query(between): Query<Between>,
) -> Result<Json<WorkflowDiff>> {
    who.read(async move |tx| {
        let workflow = find(tx, id).await?;
        let from = match between.from.or(workflow.published_version) {
            Some(number) => stored(tx, id, number).await?,
            None => Definition::default(),
        };
        let to = match between.to {
            Some(number) => stored(tx, id, number).await?,
            None => workflow.definition,
        };
        Ok(Json(WorkflowDiff { changes: compare(&from, &to) }))
    })
    .await
}

/// A version's definition.
///
/// # Errors
/// 404.
pub async fn stored(tx: &mut TenantTx, id: WorkflowId, number: i32) -> Result<Definition> {
    let practice = tx.practice();
    let definition = sqlx::query_scalar!(
        "select definition from automation.version where practice_id = $1 and workflow_id = $2 and number = $3",
        practice,
        id.uuid(),
        number,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    read(definition)
}

/// Keeps a definition as the next version of a workflow, whose row is locked; answers its number.
///
/// # Errors
/// 503 when the database is away.
pub async fn add_version(tx: &mut TenantTx, id: WorkflowId, definition: &Definition, public: bool) -> Result<i32> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let by = tx.caller().actor.user().map(|user| user.uuid());
    let number = sqlx::query_scalar!(
        r#"with next as (
            update automation.workflow set latest = latest + 1 where practice_id = $1 and id = $2 returning latest)
         insert into automation.version (practice_id, workflow_id, number, definition, published_by, published_at, created_at)
         select $1, $2, latest, $3, $4, case when $5 then $6::timestamptz end, $6 from next returning number"#,
        practice,
        id.uuid(),
        serde_json::to_value(definition).map_err(Error::internal)?,
        by,
        public,
        now as _,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(number)
}

/// From now on time counts for the workflow, if its trigger goes by time; what is past begins nothing.
async fn set_cursor(tx: &mut TenantTx, id: WorkflowId, trigger: Option<&Trigger>) -> Result<()> {
    let practice = tx.practice();
    let now = tx.now();
    let zone = crate::engine::info(tx).await?.zone();
    let Some(due) = trigger.and_then(|trigger| next_look(trigger, now, &zone)) else {
        sqlx::query!("delete from automation.cursor where practice_id = $1 and workflow_id = $2", practice, id.uuid())
            .execute(tx.conn())
            .await?;
        return Ok(());
    };
    sqlx::query!(
        "insert into automation.cursor (practice_id, workflow_id, upto, due_at) values ($1, $2, $3, $4)
         on conflict (practice_id, workflow_id) do update set upto = excluded.upto, due_at = excluded.due_at",
        practice,
        id.uuid(),
        jiff_sqlx::Timestamp::from(now) as _,
        jiff_sqlx::Timestamp::from(due) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// When the time of a workflow is to be looked at next: dates each minute, a schedule at its turn.
pub fn next_look(trigger: &Trigger, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    match trigger {
        Trigger::Date { .. } => now.checked_add(jiff::SignedDuration::from_mins(1)).ok(),
        Trigger::Schedule { every, at, weekdays, day } => Recurrence::read(*every, at, weekdays, *day)?.next(now, zone),
        Trigger::Event { .. } | Trigger::Webhook {} | Trigger::Hand { .. } => None,
    }
}
