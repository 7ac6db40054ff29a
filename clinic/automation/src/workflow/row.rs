//! A workflow as the API shows it, and its row.

use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::WorkflowId;
use crate::definition::Definition;

/// A workflow.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Workflow {
    /// Its id.
    pub id: WorkflowId,
    /// Its name.
    pub name: String,
    /// What it is for.
    #[schema(required)]
    pub description: Option<String>,
    /// Whether it is at work.
    pub status: Status,
    /// The draft: what is being worked on.
    pub definition: Definition,
    /// The version that runs begin with, once there is one.
    #[schema(required)]
    pub published_version: Option<i32>,
    /// Since when.
    #[schema(required)]
    pub published_at: Option<Timestamp>,
    /// By whom.
    #[schema(required)]
    pub published_by: Option<Uuid>,
    /// Whether the draft differs from what is published.
    pub has_changes: bool,
    /// Who made it.
    #[schema(required)]
    pub created_by: Option<Uuid>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Whether a workflow is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = WorkflowStatus)]
pub enum Status {
    /// Never yet.
    Draft,
    /// It is.
    Published,
    /// It was.
    Paused,
}

impl Status {
    /// The word for it in the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Paused => "paused",
        }
    }

    /// The one of that word.
    pub fn of(word: &str) -> Self {
        match word {
            "published" => Self::Published,
            "paused" => Self::Paused,
            _ => Self::Draft,
        }
    }
}

/// The workflow.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: WorkflowId) -> Result<Workflow> {
    let practice = tx.practice();
    let row = sqlx::query!(
        r#"select w.id, w.name, w.description, w.status, w.draft, w.published, w.published_at, w.published_by, w.created_by,
                  w.version, w.created_at, w.updated_at, v.definition is distinct from w.draft as "has_changes!"
             from automation.workflow w left join automation.version v
               on v.practice_id = w.practice_id and v.workflow_id = w.id and v.number = w.published
            where w.practice_id = $1 and w.id = $2 and w.deleted_at is null"#,
        practice,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    Ok(Workflow {
        id: WorkflowId(row.id),
        name: row.name,
        description: row.description,
        status: Status::of(&row.status),
        definition: read(row.draft)?,
        published_version: row.published,
        published_at: row.published_at.map(|at| at.to_jiff()),
        published_by: row.published_by,
        has_changes: row.has_changes,
        created_by: row.created_by,
        version: row.version,
        created_at: row.created_at.to_jiff(),
        updated_at: row.updated_at.to_jiff(),
    })
}

/// A definition that was stored.
///
/// # Errors
/// 500 when it is none.
pub fn read(stored: Value) -> Result<Definition> {
    serde_json::from_value(stored).map_err(Error::internal)
}

/// The workflow, locked, if it is still at that version.
///
/// # Errors
/// 404; 409.
pub async fn find_at(tx: &mut TenantTx, id: WorkflowId, version: i32) -> Result<Workflow> {
    let practice = tx.practice();
    sqlx::query!("select from automation.workflow where practice_id = $1 and id = $2 for update", practice, id.uuid())
        .fetch_optional(tx.conn())
        .await?;
    let workflow = find(tx, id).await?;
    check_version(version, workflow.version, &workflow)?;
    Ok(workflow)
}

/// Writes what can be changed about a workflow.
///
/// # Errors
/// 503 when the database is away.
pub async fn save(tx: &mut TenantTx, workflow: &Workflow) -> Result<()> {
    let practice = tx.practice();
    let at = |at: Timestamp| jiff_sqlx::Timestamp::from(at);
    sqlx::query!(
        "update automation.workflow
            set name = $3, description = $4, draft = $5, status = $6, published = $7,
                latest = greatest(latest, coalesce($7, 0)), published_at = $8, published_by = $9, version = $10,
                updated_at = $11
          where practice_id = $1 and id = $2",
        practice,
        workflow.id.uuid(),
        workflow.name,
        workflow.description,
        serde_json::to_value(&workflow.definition).map_err(Error::internal)?,
        workflow.status.word(),
        workflow.published_version,
        workflow.published_at.map(at) as _,
        workflow.published_by,
        workflow.version,
        at(workflow.updated_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
