//! Call workflows as they lie in their tables.

use dialogue::{Field, Schema};
use std::collections::HashMap;

use platform::Result;
use platform::db::TenantTx;
use platform::error::{Error, OnConstraint as _};
use sqlx::types::Json;
use uuid::Uuid;

use super::{CallWorkflow, FlowInUse};
use crate::{CallWorkflowId, FlowId};

/// Call workflows of a practice.
const MOST: i64 = 100;

struct Row {
    id: Uuid,
    slug: String,
    name: String,
    name_ar: Option<String>,
    enabled: bool,
    schema_version: i32,
    fields: Json<Vec<Field>>,
    flow_id: Option<Uuid>,
    flow_number: Option<i32>,
    flow_hash: Option<String>,
    flow_loaded_at: Option<jiff_sqlx::Timestamp>,
    cases: i64,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

impl From<Row> for CallWorkflow {
    fn from(row: Row) -> Self {
        let flow = match (row.flow_id, row.flow_number, row.flow_hash, row.flow_loaded_at) {
            (Some(id), Some(number), Some(hash), Some(at)) => {
                Some(FlowInUse { id: FlowId(id), number, hash, loaded_at: at.to_jiff() })
            }
            _ => None,
        };
        Self {
            id: CallWorkflowId(row.id),
            slug: row.slug,
            name: row.name,
            name_ar: row.name_ar,
            enabled: row.enabled,
            schema_version: row.schema_version,
            fields: row.fields.0,
            flow,
            cases: row.cases,
            version: row.version,
            created_at: row.created_at.to_jiff(),
            updated_at: row.updated_at.to_jiff(),
        }
    }
}

/// All call workflows of the practice, in the order of their slugs.
///
/// # Errors
/// 503 when the database is away.
pub async fn all(tx: &mut TenantTx) -> Result<Vec<CallWorkflow>> {
    some(tx, None).await
}

/// The call workflow.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: CallWorkflowId) -> Result<CallWorkflow> {
    some(tx, Some(id)).await?.pop().ok_or_else(Error::not_found)
}

async fn some(tx: &mut TenantTx, id: Option<CallWorkflowId>) -> Result<Vec<CallWorkflow>> {
    let practice = tx.practice();
    let rows = sqlx::query_as!(
        Row,
        r#"select w.id, w.slug, w.name, w.name_ar, w.enabled, w.schema_version, s.fields as "fields: Json<Vec<Field>>",
                  f.id as "flow_id?", f.number as "flow_number?", f.hash as "flow_hash?", f.loaded_at as "flow_loaded_at?",
                  (select count(*) from voice.case c
                    where c.practice_id = w.practice_id and c.call_workflow_id = w.id and c.deleted_at is null) as "cases!",
                  w.version, w.created_at, w.updated_at
             from voice.call_workflow w
             join voice.schema_version s
               on s.practice_id = w.practice_id and s.call_workflow_id = w.id and s.number = w.schema_version
             left join voice.flow f on f.practice_id = w.practice_id and f.id = w.flow_id
            where w.practice_id = $1 and ($2::uuid is null or w.id = $2) order by w.slug"#,
        practice,
        id.map(CallWorkflowId::uuid),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(CallWorkflow::from).collect())
}

/// The call workflow, which nobody else changes until the end of the transaction, and of which nobody enters a case.
///
/// # Errors
/// 404.
pub async fn lock(tx: &mut TenantTx, id: CallWorkflowId) -> Result<CallWorkflow> {
    let practice = tx.practice();
    sqlx::query!("select from voice.call_workflow where practice_id = $1 and id = $2 for update", practice, id.uuid())
        .fetch_optional(tx.conn())
        .await?;
    find(tx, id).await
}

/// The fields of its cases now, and their version. With `held` they stay what they are until the end of the transaction,
/// as whoever writes a case needs it.
///
/// # Errors
/// 404.
pub async fn schema(tx: &mut TenantTx, id: CallWorkflowId, held: bool) -> Result<(i32, Schema)> {
    let practice = tx.practice();
    if held {
        sqlx::query!(
            "select from voice.call_workflow where practice_id = $1 and id = $2 for share",
            practice,
            id.uuid()
        )
        .fetch_optional(tx.conn())
        .await?;
    }
    let row = sqlx::query!(
        r#"select s.number, s.fields as "fields: Json<Vec<Field>>"
             from voice.call_workflow w join voice.schema_version s
               on s.practice_id = w.practice_id and s.call_workflow_id = w.id and s.number = w.schema_version
            where w.practice_id = $1 and w.id = $2"#,
        practice,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    Ok((row.number, Schema { fields: row.fields.0 }))
}

/// Enters a call workflow with the first version of its fields.
///
/// # Errors
/// 409 `call_workflow.slug_taken` or `call_workflow.too_many`.
pub async fn insert(tx: &mut TenantTx, made: &CallWorkflow) -> Result<()> {
    let practice = tx.practice();
    let entered = sqlx::query!(
        "insert into voice.call_workflow (practice_id, id, slug, name, name_ar, enabled, schema_version, created_at, updated_at)
         select $1, $2, $3, $4, $5, $6, $7, $8, $8
          where (select count(*) from voice.call_workflow where practice_id = $1) < $9",
        practice,
        made.id.uuid(),
        made.slug,
        made.name,
        made.name_ar,
        made.enabled,
        made.schema_version,
        jiff_sqlx::Timestamp::from(made.created_at) as _,
        MOST,
    )
    .execute(tx.conn())
    .await
    .on_constraint("call_workflow_slug_key", || {
        let title = "There is a call workflow of that slug already.";
        Error::conflict("call_workflow.slug_taken", title).at("/slug", "taken", "Choose another slug.")
    })?;
    if entered.rows_affected() == 0 {
        return Err(Error::conflict("call_workflow.too_many", "A practice has at most 100 call workflows."));
    }
    insert_schema(tx, made).await
}

/// Enters its fields as the version that it has.
///
/// # Errors
/// 503 when the database is away.
pub async fn insert_schema(tx: &mut TenantTx, of: &CallWorkflow) -> Result<()> {
    let (practice, by) = (tx.practice(), tx.caller().actor.user());
    sqlx::query!(
        "insert into voice.schema_version (practice_id, call_workflow_id, number, fields, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6)",
        practice,
        of.id.uuid(),
        of.schema_version,
        Json(&of.fields) as _,
        by.map(|user| user.uuid()),
        jiff_sqlx::Timestamp::from(of.updated_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes what is different about a call workflow.
///
/// # Errors
/// 503 when the database is away.
pub async fn update(tx: &mut TenantTx, after: &CallWorkflow) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update voice.call_workflow
            set name = $3, name_ar = $4, enabled = $5, schema_version = $6, version = $7, updated_at = $8
          where practice_id = $1 and id = $2",
        practice,
        after.id.uuid(),
        after.name,
        after.name_ar,
        after.enabled,
        after.schema_version,
        after.version,
        jiff_sqlx::Timestamp::from(after.updated_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The names of all call workflows in folders and files.
///
/// # Errors
/// 503 when the database is away.
pub async fn slugs(tx: &mut TenantTx) -> Result<HashMap<CallWorkflowId, String>> {
    let practice = tx.practice();
    let rows = sqlx::query!("select id, slug from voice.call_workflow where practice_id = $1 limit 200", practice)
        .fetch_all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| (CallWorkflowId(row.id), row.slug)).collect())
}

/// The call workflow of that name.
///
/// # Errors
/// 503 when the database is away.
pub async fn by_slug(tx: &mut TenantTx, slug: &str) -> Result<Option<CallWorkflowId>> {
    let practice = tx.practice();
    let id =
        sqlx::query_scalar!("select id from voice.call_workflow where practice_id = $1 and slug = $2", practice, slug)
            .fetch_optional(tx.conn())
            .await?;
    Ok(id.map(CallWorkflowId))
}
