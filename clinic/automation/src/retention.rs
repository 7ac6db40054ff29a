//! The history of runs that have ended is kept for as many days as the practice says; rehearsals for a day.

use std::time::Duration;

use jiff::SignedDuration;
use platform::App;
use platform::db::TenantTx;
use platform::error::Result;
use platform::jobs::Schedule;
use platform::retention::in_all_practices;

use crate::workflow::list::oldest_id;

/// Forgets once an hour.
pub const SCHEDULE: Schedule =
    Schedule { name: "automation.retention", every: Duration::from_secs(3600), run: |app| Box::pin(sweep(app)) };

/// Runs that are forgotten in one transaction.
const AT_ONCE: u64 = 500;

/// Forgets what is not kept any longer, in all practices.
///
/// # Errors
/// 503 when the database is away.
pub async fn sweep(app: App) -> Result<()> {
    in_all_practices(&app, "the history of runs", AT_ONCE, |tx| Box::pin(forget(tx))).await
}

async fn forget(tx: &mut TenantTx) -> Result<u64> {
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
        AT_ONCE.cast_signed(),
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
    Ok(gone.rows_affected())
}
