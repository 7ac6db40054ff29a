//! What was told is forgotten after thirty days, whether or not it was ever taken; and how much waits is measured.

use std::time::Duration;

use jiff::SignedDuration;
use platform::error::Error;
use platform::jobs::Schedule;
use platform::{App, Result};

/// How long a delivery is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Deliveries that are forgotten in one transaction.
const AT_ONCE: i32 = 5000;

/// Forgets, in all practices.
pub const SCHEDULE: Schedule =
    Schedule { name: "webhooks.sweep", every: Duration::from_secs(6 * 3600), run: |app| Box::pin(sweep(app)) };

/// Forgets what is not kept any longer.
///
/// # Errors
/// 503 when the database is away.
pub async fn sweep(app: App) -> Result<()> {
    let before = app.now().checked_sub(KEPT).map_err(Error::internal)?;
    loop {
        let mut tx = app.db().worker().await?;
        let forgotten = sqlx::query_scalar!(
            r#"select claim.sweep_webhooks($1, $2) as "forgotten!""#,
            jiff_sqlx::Timestamp::from(before) as _,
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

/// How often it is measured how much waits.
const MEASURED: Duration = Duration::from_secs(15);

/// Measures how much waits, in each process, until the app stops.
pub async fn measure(app: App) {
    while !app.stop.is_cancelled() {
        if let Err(error) = measure_once(&app).await {
            tracing::debug!(%error, "how much waits could not be measured");
        }
        tokio::select! {
            () = app.stop.cancelled() => {}
            () = tokio::time::sleep(MEASURED) => {}
        }
    }
}

async fn measure_once(app: &App) -> Result<()> {
    let mut tx = app.db().worker().await?;
    let backlog = sqlx::query!(
        r#"select waiting as "waiting!", oldest_seconds as "oldest_seconds!" from claim.webhook_backlog()"#
    )
    .fetch_one(tx.conn())
    .await?;
    tx.commit().await?;
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float; counts stay far below 2^52")]
    metrics::gauge!("webhooks_waiting").set(backlog.waiting as f64);
    metrics::gauge!("webhooks_oldest_seconds").set(backlog.oldest_seconds);
    Ok(())
}
