//! Events of this process's own transactions, told at once: a practice is named by whoever has committed there, and what is
//! ready there is locked, told and marked in one transaction, without a lease in between. When that fails, nothing has
//! happened, and the lanes are leased and halved like all others.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{StreamExt as _, TryStreamExt as _};
use tokio::sync::oneshot;

use super::{BATCH, BATCH_OF_ALL, Batch, PRACTICES, mark, pending, tell};
use crate::app::App;
use crate::db::{Caller, TenantTx};
use crate::error::{Error, Result};
use crate::id::PracticeId;
use crate::worker::Duties;

/// Lanes that are told in one transaction, at most and at least.
const MOST: i64 = 256;
const LEAST: i64 = 16;
/// A transaction that takes longer is too large, since others wait for it; one that is shorter could be larger.
const LONG: Duration = Duration::from_millis(150);
const SHORT: Duration = Duration::from_millis(50);

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Near {
    /// Lanes that were served.
    pub lanes: usize,
    /// Some were not.
    pub failed: bool,
}

/// Tells what waits in the practices in which this process has written since the last time.
pub(super) async fn tell_near(app: &App, duties: &Arc<Duties>) -> Result<Near> {
    let practices = app.door.wake.near();
    // more than so many transactions at a time would take the connections that requests need
    let twice = practices.len() * 2 <= PRACTICES;
    let all = practices.into_iter().map(|practice| serve_practice(app, duties, practice, twice));
    let all: Vec<Near> = futures::stream::iter(all).buffer_unordered(PRACTICES).try_collect().await?;
    let add = |sum: Near, one: &Near| Near { lanes: sum.lanes + one.lanes, failed: sum.failed || one.failed };
    Ok(all.iter().fold(Near::default(), add))
}

/// What is ready in a practice, and where that is more than one transaction takes, as much again beside it: while one waits
/// for PostgreSQL, the other has work of its own.
async fn serve_practice(app: &App, duties: &Arc<Duties>, practice: PracticeId, twice: bool) -> Result<Near> {
    let (full, is_full) = oneshot::channel();
    // in tasks of their own, so that a subscriber that panics counts as one that failed
    let first = tokio::spawn(serve(app.clone(), Arc::clone(duties), practice, Some(full)));
    let mut parts = Vec::new();
    if is_full.await.is_ok() {
        app.door.wake.happened(practice);
        if twice {
            parts.push(tokio::spawn(serve(app.clone(), Arc::clone(duties), practice, None)));
        }
    }
    parts.push(first);
    let mut near = Near::default();
    for part in parts {
        match part.await.map_err(Error::internal).flatten() {
            Ok(lanes) => near.lanes += lanes,
            Err(error) => {
                tracing::debug!(%practice, %error, "events are told lane by lane");
                near.failed = true;
            }
        }
    }
    Ok(near)
}

/// Tells in one transaction what is ready; answers how many lanes that were. Says so when there is more.
async fn serve(
    app: App,
    duties: Arc<Duties>,
    practice: PracticeId,
    full: Option<oneshot::Sender<()>>,
) -> Result<usize> {
    let full = std::sync::Mutex::new(full);
    let (wake, begun) = (Arc::clone(&app.door.wake), Instant::now());
    let most = wake.pace(practice).unwrap_or(MOST);
    let lanes = app
        .door
        .write_regardless(&Caller::system(practice), async move |tx| {
            let batch = ready(tx, most).await?;
            let is_full = batch.of.len() as i64 >= most
                || batch.events.len() >= BATCH_OF_ALL as usize
                || batch.of.values().any(|events| i64::from(*events) >= BATCH);
            let full = full.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
            if let (true, Some(full)) = (is_full, full) {
                let _ = full.send(());
            }
            if batch.events.is_empty() {
                return Ok(0);
            }
            tell(tx, &duties, &batch.events).await?;
            let lanes: Vec<String> = batch.of.keys().cloned().collect();
            mark(tx, &lanes, &batch).await?;
            Ok(lanes.len())
        })
        .await?;
    let told = i64::try_from(lanes).unwrap_or(MOST);
    match begun.elapsed() {
        took if took > LONG => wake.set_pace(practice, Some((told / 2).max(LEAST))),
        took if took < SHORT && told >= most => {
            wake.set_pace(practice, Some(most * 2).filter(|lanes| *lanes < MOST));
        }
        _ => {}
    }
    Ok(lanes)
}

/// Locks lanes that are ready, but those that failed before, and reads what waits in them. These are two statements, as one
/// would read the events as they were before it had the locks: those that another transaction has told meanwhile as well.
async fn ready(tx: &mut TenantTx, most: i64) -> Result<Batch> {
    let practice = tx.practice();
    let lanes = sqlx::query_scalar!(
        "select l.lane from outbox.lane l
          where l.practice_id = $1 and l.pending > 0 and l.ready_at <= now() and l.attempts = 0
            and exists (select from platform.practice p where p.practice_id = $1 and p.status = 'active')
          order by l.ready_at limit $2 for update skip locked",
        practice,
        most,
    )
    .fetch_all(tx.conn())
    .await?;
    if lanes.is_empty() { Ok(Batch::default()) } else { pending(tx, &lanes, BATCH).await }
}
