//! Forgetting what is not kept any longer, practice by practice and a batch at a time, so that no transaction is long.

use futures::future::BoxFuture;

use crate::app::App;
use crate::db::{Caller, TenantTx};
use crate::error::Result;
use crate::id::PracticeId;

/// Forgets up to a batch of what a practice keeps no longer, the oldest first; answers how much that was.
pub type Forget = for<'a> fn(&'a mut TenantTx) -> BoxFuture<'a, Result<u64>>;

/// Forgets in all practices, until less than a whole batch is left in each. Where that fails the log says so, with `what`,
/// and the next time it is tried again; others are not kept waiting.
///
/// # Errors
/// 503 when the database is away.
pub async fn in_all_practices(app: &App, what: &'static str, batch: u64, forget: Forget) -> Result<()> {
    let mut tx = app.db().auth().await?;
    let practices = sqlx::query_scalar!("select practice_id from platform.practice order by practice_id")
        .fetch_all(tx.conn())
        .await?;
    tx.commit().await?;
    for practice in practices {
        let caller = Caller::system(PracticeId(practice));
        loop {
            match app.door.write_regardless(&caller, async move |tx| forget(tx).await).await {
                Ok(gone) if gone >= batch => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(%practice, what, %error, "what is not kept any longer could not be forgotten");
                    break;
                }
            }
        }
    }
    Ok(())
}
