//! Which workflows of a practice are published, remembered by the process. Whoever asks has read the practice's revision
//! in the same transaction, so what is remembered is never older than what the transaction sees.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use platform::db::TenantTx;
use platform::error::{Error, Result};
use uuid::Uuid;

use crate::definition::{Definition, Trigger};
use crate::plan::Plan;
use crate::registry::registry;

/// Practices and versions that are remembered at most; beyond that, all is forgotten and read again.
const MOST: usize = 2_000;

/// The published workflows of a practice.
#[derive(Debug, Default)]
pub struct Published {
    revision: i64,
    /// By event that begins them.
    pub by_event: HashMap<String, Vec<Live>>,
    /// All of them, by id.
    pub all: HashMap<Uuid, Live>,
}

/// A published workflow.
#[derive(Clone, Debug)]
pub struct Live {
    /// Which.
    pub id: Uuid,
    /// In which version.
    pub version: i32,
    /// That version.
    pub plan: Arc<Plan>,
}

static PUBLISHED: LazyLock<Mutex<HashMap<Uuid, Arc<Published>>>> = LazyLock::new(Mutex::default);
/// By practice, workflow and number.
type Plans = HashMap<(Uuid, Uuid, i32), Arc<Plan>>;
static PLANS: LazyLock<Mutex<Plans>> = LazyLock::new(Mutex::default);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The published workflows, as of a revision that was read in this transaction.
///
/// # Errors
/// 503 when the database is away.
pub async fn published(tx: &mut TenantTx, revision: i64) -> Result<Arc<Published>> {
    let practice = tx.practice();
    if let Some(known) = lock(&PUBLISHED).get(&practice).filter(|known| known.revision == revision) {
        return Ok(Arc::clone(known));
    }
    let rows = sqlx::query!(
        "select v.workflow_id, v.number, v.definition from automation.workflow w
           join automation.version v on v.practice_id = w.practice_id and v.workflow_id = w.id and v.number = w.published
          where w.practice_id = $1 and w.status = 'published' and w.deleted_at is null order by w.id",
        practice,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut found = Published { revision, ..Published::default() };
    for row in rows {
        let plan = match remember(practice, row.workflow_id, row.number, row.definition) {
            Ok(plan) => plan,
            Err(error) => {
                tracing::error!(%practice, workflow = %row.workflow_id, %error, "a workflow is left out");
                continue;
            }
        };
        let live = Live { id: row.workflow_id, version: row.number, plan };
        if let Some(Trigger::Event { event, .. }) = &live.plan.definition.trigger {
            found.by_event.entry(event.clone()).or_default().push(live.clone());
        }
        found.all.insert(live.id, live);
    }
    let found = Arc::new(found);
    let mut all = lock(&PUBLISHED);
    if all.len() >= MOST {
        all.clear();
    }
    all.insert(practice, Arc::clone(&found));
    Ok(found)
}

/// A published workflow, if it is one.
///
/// # Errors
/// 503 when the database is away.
pub async fn live(tx: &mut TenantTx, workflow: Uuid) -> Result<Option<Live>> {
    let revision = super::info(tx).await?.revision;
    Ok(published(tx, revision).await?.all.get(&workflow).cloned())
}

/// A version, whether or not it is published.
///
/// # Errors
/// 404; 503 when the database is away.
pub async fn plan_of(tx: &mut TenantTx, workflow: Uuid, version: i32) -> Result<Arc<Plan>> {
    let practice = tx.practice();
    if let Some(known) = lock(&PLANS).get(&(practice, workflow, version)) {
        return Ok(Arc::clone(known));
    }
    let definition = sqlx::query_scalar!(
        "select definition from automation.version where practice_id = $1 and workflow_id = $2 and number = $3",
        practice,
        workflow,
        version,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    remember(practice, workflow, version, definition)
}

/// Versions are never changed, so what was read once stays right. Nobody reads one here in the transaction that makes it.
fn remember(practice: Uuid, workflow: Uuid, version: i32, definition: serde_json::Value) -> Result<Arc<Plan>> {
    if let Some(known) = lock(&PLANS).get(&(practice, workflow, version)) {
        return Ok(Arc::clone(known));
    }
    let definition: Definition = serde_json::from_value(definition).map_err(Error::internal)?;
    let plan = Arc::new(Plan::read(registry(), definition)?);
    let mut plans = lock(&PLANS);
    if plans.len() >= MOST {
        plans.clear();
    }
    plans.insert((practice, workflow, version), Arc::clone(&plan));
    Ok(plan)
}
