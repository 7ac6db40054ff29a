//! What was read is forgotten after ninety days, what nobody reads after a year.

use std::time::Duration;

use jiff::SignedDuration;
use platform::error::Error;
use platform::jobs::Schedule;
use platform::{App, Result};

/// How long a notice is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(365 * 24);
/// How long it is kept once it was read.
const KEPT_READ: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Notices that are forgotten in one transaction.
const AT_ONCE: i32 = 5000;

/// Forgets, in all practices.
pub const SCHEDULE: Schedule =
    Schedule { name: "notices.sweep", every: Duration::from_secs(6 * 3600), run: |app| Box::pin(sweep(app)) };

/// Forgets what is not kept any longer.
///
/// # Errors
/// 503 when the database is away.
pub async fn sweep(app: App) -> Result<()> {
    let before = |kept| app.now().checked_sub(kept).map(jiff_sqlx::Timestamp::from).map_err(Error::internal);
    let (told, read) = (before(KEPT)?, before(KEPT_READ)?);
    loop {
        let mut tx = app.db().worker().await?;
        let forgotten = sqlx::query_scalar!(
            r#"select claim.sweep_notices($1, $2, $3) as "forgotten!""#,
            told as _,
            read as _,
            AT_ONCE,
        )
        .fetch_one(tx.conn())
        .await?;
        tx.commit().await?;
        if forgotten < i64::from(AT_ONCE) {
            return Ok(());
        }
    }
}
