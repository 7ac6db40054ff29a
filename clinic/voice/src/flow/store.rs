//! Conversations as they lie in their table, and how one that was read comes there.

use dialogue::Schema;
use platform::Result;
use platform::crypto::sha256;
use platform::db::TenantTx;
use platform::record::Change;
use serde_json::json;
use sqlx::types::Json;

use super::files::Read;
use super::{CallFlowVersion, FlowFault, FlowFile, check};
use crate::workflow::{self, CallWorkflow};
use crate::{CallWorkflowId, FlowId};

/// The files of a version.
///
/// # Errors
/// 503 when the database is away; 500 for a version that does not exist.
pub async fn files_of(tx: &mut TenantTx, id: FlowId) -> Result<Vec<FlowFile>> {
    let practice = tx.practice();
    let files = sqlx::query_scalar!(
        r#"select files as "files: Json<Vec<FlowFile>>" from voice.flow where practice_id = $1 and id = $2"#,
        practice,
        id.uuid(),
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(files.0)
}

/// What is wrong with the files that were looked at last.
///
/// # Errors
/// 503 when the database is away.
pub async fn faults(tx: &mut TenantTx, id: CallWorkflowId) -> Result<Vec<FlowFault>> {
    Ok(seen(tx, id).await?.1)
}

/// All versions, the newest first.
///
/// # Errors
/// 503 when the database is away.
pub async fn versions(tx: &mut TenantTx, id: CallWorkflowId) -> Result<Vec<CallFlowVersion>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select id, number, hash, loaded_at from voice.flow
          where practice_id = $1 and call_workflow_id = $2 order by number desc limit 200",
        practice,
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    let version = rows.into_iter().map(|row| CallFlowVersion {
        id: FlowId(row.id),
        number: row.number,
        hash: row.hash,
        loaded_at: row.loaded_at.to_jiff(),
    });
    Ok(version.collect())
}

/// Puts what was read into use, if nothing is wrong with it, and notes what is. Nothing is written where the same was
/// looked at before.
///
/// # Errors
/// 503 when the database is away.
pub async fn load(tx: &mut TenantTx, slug: &str, read: &Read) -> Result<()> {
    let practice = tx.practice();
    let id =
        sqlx::query_scalar!("select id from voice.call_workflow where practice_id = $1 and slug = $2", practice, slug);
    let Some(id) = id.fetch_optional(tx.conn()).await?.map(CallWorkflowId) else { return Ok(()) };
    let before = workflow::lock(tx, id).await?;
    let (seen_before, faults_before) = seen(tx, id).await?;
    let hash = hash_of(read);
    // what is right depends on the fields of the cases too
    let seen = hex(&sha256(format!("{hash} {}", before.schema_version).as_bytes()));
    if seen_before.as_ref() == Some(&seen) {
        return Ok(());
    }
    let mut faults = read.faults.clone();
    faults.extend(check::faults(&read.files, slug, &Schema { fields: before.fields.clone() }));
    let flow = match (faults.is_empty(), &before.flow) {
        (true, Some(flow)) if flow.hash == hash => Some(flow.id),
        (true, _) => Some(version(tx, id, &hash, &read.files).await?),
        (false, flow) => flow.as_ref().map(|flow| flow.id),
    };
    let is_news = flow != before.flow.as_ref().map(|flow| flow.id) || faults != faults_before;
    let at = if is_news { before.version + 1 } else { before.version };
    sqlx::query!(
        "update voice.call_workflow set flow_id = $3, flow_seen = $4, flow_faults = $5, version = $6, updated_at = $7
          where practice_id = $1 and id = $2",
        practice,
        id.uuid(),
        flow.map(FlowId::uuid),
        seen,
        Json(&faults) as _,
        at,
        jiff_sqlx::Timestamp::from(if is_news { tx.now() } else { before.updated_at }) as _,
    )
    .execute(tx.conn())
    .await?;
    note(tx, &before, is_news, faults.len()).await
}

async fn note(tx: &mut TenantTx, before: &CallWorkflow, is_news: bool, faults: usize) -> Result<()> {
    let after = workflow::find(tx, before.id).await?;
    let detail = json!({ "faults": faults });
    let change = if is_news {
        let change = Change::updated("call_workflow", after.id.uuid(), before, &after).with(detail);
        change.event("call_workflow.changed", after.version)
    } else {
        Change::done("check", "call_workflow", after.id.uuid()).with(detail)
    };
    tx.record(change).await
}

/// What was looked at last, and what was wrong with it.
async fn seen(tx: &mut TenantTx, id: CallWorkflowId) -> Result<(Option<String>, Vec<FlowFault>)> {
    let practice = tx.practice();
    let row = sqlx::query!(
        r#"select flow_seen, flow_faults as "faults: Json<Vec<FlowFault>>" from voice.call_workflow
            where practice_id = $1 and id = $2"#,
        practice,
        id.uuid(),
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((row.flow_seen, row.faults.0))
}

/// The version with these files: the one that there is, or a new one. Nobody else makes one meanwhile, as the call workflow
/// is locked.
async fn version(tx: &mut TenantTx, id: CallWorkflowId, hash: &str, files: &[FlowFile]) -> Result<FlowId> {
    let (practice, new) = (tx.practice(), FlowId::new());
    let there = sqlx::query_scalar!(
        "select id from voice.flow where practice_id = $1 and call_workflow_id = $2 and hash = $3",
        practice,
        id.uuid(),
        hash,
    );
    if let Some(there) = there.fetch_optional(tx.conn()).await? {
        return Ok(FlowId(there));
    }
    sqlx::query!(
        "insert into voice.flow (practice_id, id, call_workflow_id, number, hash, files, loaded_at)
         select $1, $2, $3, coalesce(max(number), 0) + 1, $4, $5, $6 from voice.flow
          where practice_id = $1 and call_workflow_id = $3",
        practice,
        new.uuid(),
        id.uuid(),
        hash,
        Json(files) as _,
        jiff_sqlx::Timestamp::from(tx.now()) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(new)
}

/// What stands for what was read: names and texts, each with its length in front, and what could not be read.
fn hash_of(read: &Read) -> String {
    let mut all = Vec::new();
    let faults = read.faults.iter().flat_map(|fault| [fault.file.as_str(), fault.code.as_str()]);
    for part in read.files.iter().flat_map(|file| [file.name.as_str(), file.text.as_str()]).chain(faults) {
        all.extend((part.len() as u64).to_be_bytes());
        all.extend(part.as_bytes());
    }
    hex(&sha256(&all))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
