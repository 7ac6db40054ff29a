//! The history of runs that have ended is kept for as many days as the practice says; rehearsals for a day.

use std::time::Duration;

use jiff::SignedDuration;
use platform::App;
use platform::db::{Caller, TenantTx};
use platform::error::Result;
use platform::id::PracticeId;
use platform::jobs::Schedule;
use uuid::Uuid;

use crate::workflow::list::oldest_id;

/// Forgets once an hour.
pub const SCHEDULE: Schedule =
    Schedule { name: "automation.retention", every: Duration::from_secs(3600), run: |app| Box::pin(sweep(app)) };

/// Runs that are forgotten in one transaction.
const AT_ONCE: i64 = 500;

/// Forgets what is not kept any longer, in all practices.
///
/// # Errors
/// 503 when the database is away.
pub async fn sweep(app: App) -> Result<()> {
    let mut after: Option<Uuid> = None;
    loop {
        let mut tx = app.db().claims().await?;
        let practices =
            sqlx::query_scalar!(r#"select practice_id as "practice_id!" from claim.practices_with_runs($1)"#, after)
                .fetch_all(tx.conn())
                .await?;
        tx.commit().await?;
        let Some(last) = practices.last().copied() else { return Ok(()) };
        for practice in practices {
            let caller = Caller::system(PracticeId(practice));
            while app.door.write_regardless(&caller, async |tx| forget(tx).await).await? >= AT_ONCE {}
        }
        after = Some(last);
    }
}

async fn forget(tx: &mut TenantTx) -> Result<i64> {
    let (practice, now) = (tx.practice(), tx.now());
    let days = sqlx::query_scalar!("select history_days from automation.settings where practice_id = $1", practice)
        .fetch_optional(tx.conn())
        .await?
        .unwrap_or(90);
    let before = now.saturating_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(now);
    // a run that ended before has begun before, and ids sort by that
    let gone = sqlx::query!(
        "delete from automation.run where practice_id = $1 and id in (
            select id from automation.run where practice_id = $1 and id < $2 and ended_at < $3 order by id limit $4)",
        practice,
        oldest_id(before),
        jiff_sqlx::Timestamp::from(before) as _,
        AT_ONCE,
    )
    .execute(tx.conn())
    .await?;
    let yesterday = now.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    sqlx::query!(
        "delete from automation.rehearsal where practice_id = $1 and created_at < $2",
        practice,
        jiff_sqlx::Timestamp::from(yesterday) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(i64::try_from(gone.rows_affected()).unwrap_or(0))
}
