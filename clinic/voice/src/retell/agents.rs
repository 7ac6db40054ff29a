//! Which agent speaks for which call workflow. An agent speaks for one, so that a call that comes in is of one.

use std::collections::HashSet;

use garde::Validate;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
use platform::extract::Body;
use platform::guard::Can;
use platform::permission::integrations as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::settings::{self, Connected};
use crate::CallWorkflowId;

/// The routes of who speaks for what.
pub fn routes() -> Routes {
    Routes::new().route(route!(read_mappings)).route(route!(set_mappings))
}

/// Who speaks for a call workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RetellMapping {
    /// The call workflow.
    #[garde(skip)]
    pub call_workflow_id: CallWorkflowId,
    /// The agent.
    #[garde(length(min = 1, max = 200), custom(validate::line))]
    pub agent_id: String,
    /// What it was called when it was chosen.
    #[garde(inner(length(chars, min = 1, max = 200), custom(validate::line)))]
    pub agent_name: Option<String>,
}

/// Who speaks for what.
#[derive(Debug, Serialize, ToSchema)]
struct RetellMappings {
    items: Vec<RetellMapping>,
    /// The version of the settings.
    version: i32,
}

/// Who is to speak for what, all of it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRetellMappings {
    /// The version of the settings that the change is based on.
    #[garde(skip)]
    version: i32,
    #[garde(length(max = 100), dive)]
    items: Vec<RetellMapping>,
}

/// Which agent speaks for which call workflow.
#[utoipa::path(get, path = "/api/v1/retell/mappings", tag = "voice", responses((status = 200, body = RetellMappings)))]
async fn read_mappings(who: Can<may::Read>) -> Result<Json<RetellMappings>> {
    who.read(async |tx| {
        let version = settings::connected(tx).await?.map_or(0, |connected| connected.version);
        Ok(Json(RetellMappings { items: all(tx).await?, version }))
    })
    .await
}

/// Say which agent speaks for which call workflow, for all of them.
#[utoipa::path(put, path = "/api/v1/retell/mappings", tag = "voice", request_body = NewRetellMappings,
    responses((status = 200, body = RetellMappings)))]
async fn set_mappings(who: Can<may::Write>, Body(new): Body<NewRetellMappings>) -> Result<Json<RetellMappings>> {
    who.write(async move |tx| {
        tx.one_by_one().await?;
        let connected = settings::connected(tx).await?.ok_or_else(settings::off)?;
        let items = all(tx).await?;
        check_version(new.version, connected.version, &RetellMappings { items, version: connected.version })?;
        check(tx, &new.items).await?;
        forget_all(tx).await?;
        for item in &new.items {
            enter(tx, item).await?;
        }
        let after = Connected { version: connected.version + 1, updated_at: tx.now().into(), ..connected };
        settings::save(tx, &after).await?;
        let told = serde_json::json!({ "agents": new.items.len() });
        let change = Change::done("map", "retell", tx.practice()).with(told);
        tx.record(change.event("retell.changed", after.version)).await?;
        Ok(Json(RetellMappings { items: all(tx).await?, version: after.version }))
    })
    .await
}

async fn check(tx: &mut TenantTx, items: &[RetellMapping]) -> Result<()> {
    let practice = tx.practice();
    let known = sqlx::query_scalar!("select id from voice.call_workflow where practice_id = $1", practice);
    let known: HashSet<_> = known.fetch_all(tx.conn()).await?.into_iter().collect();
    let (mut workflows, mut agents) = (HashSet::new(), HashSet::new());
    for (at, item) in items.iter().enumerate() {
        let fault = |field, code, text| Err(Error::invalid(Vec::new()).at(&format!("/items/{at}/{field}"), code, text));
        if !known.contains(&item.call_workflow_id.uuid()) {
            return fault("callWorkflowId", "not_found", "Choose a call workflow of the practice.");
        }
        if !workflows.insert(item.call_workflow_id) {
            return fault("callWorkflowId", "duplicate", "One agent speaks for a call workflow.");
        }
        if !agents.insert(item.agent_id.as_str()) {
            return fault("agentId", "duplicate", "An agent speaks for one call workflow.");
        }
    }
    Ok(())
}

async fn enter(tx: &mut TenantTx, item: &RetellMapping) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "insert into voice.retell_agent (practice_id, call_workflow_id, agent_id, agent_name) values ($1, $2, $3, $4)",
        practice,
        item.call_workflow_id.uuid(),
        item.agent_id,
        item.agent_name,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Nobody speaks for anything any more. The caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn forget_all(tx: &mut TenantTx) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!("delete from voice.retell_agent where practice_id = $1", practice).execute(tx.conn()).await?;
    Ok(())
}

/// Who speaks for what.
///
/// # Errors
/// 503 when the database is away.
pub async fn all(tx: &mut TenantTx) -> Result<Vec<RetellMapping>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select call_workflow_id, agent_id, agent_name from voice.retell_agent where practice_id = $1
          order by call_workflow_id",
        practice,
    )
    .fetch_all(tx.conn())
    .await?;
    let items = rows.into_iter().map(|row| RetellMapping {
        call_workflow_id: CallWorkflowId(row.call_workflow_id),
        agent_id: row.agent_id,
        agent_name: row.agent_name,
    });
    Ok(items.collect())
}

/// Which call workflow an agent speaks for.
///
/// # Errors
/// 503 when the database is away.
pub async fn workflow_of(tx: &mut TenantTx, agent: &str) -> Result<Option<CallWorkflowId>> {
    let practice = tx.practice();
    let id = sqlx::query_scalar!(
        "select call_workflow_id from voice.retell_agent where practice_id = $1 and agent_id = $2",
        practice,
        agent,
    );
    Ok(id.fetch_optional(tx.conn()).await?.map(CallWorkflowId))
}

/// Who speaks for a call workflow.
///
/// # Errors
/// 503 when the database is away.
pub async fn of_workflow(tx: &mut TenantTx, workflow: CallWorkflowId) -> Result<Option<String>> {
    let practice = tx.practice();
    let id = sqlx::query_scalar!(
        "select agent_id from voice.retell_agent where practice_id = $1 and call_workflow_id = $2",
        practice,
        workflow.uuid(),
    );
    Ok(id.fetch_optional(tx.conn()).await?)
}
