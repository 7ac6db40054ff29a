//! How far the sealer is behind, as numbers.

use jiff::Timestamp;
use platform::{App, Result};

/// How far the sealer is behind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lag {
    /// Seconds that the oldest entry has waited for its seal; 0 when none waits.
    pub waiting: f64,
    /// Number of the newest signed checkpoint; none before the first.
    pub checkpoint: Option<i64>,
    /// When it was signed. With nothing written since it may be long ago.
    pub checkpoint_at: Option<Timestamp>,
}

/// How far the sealer is behind.
///
/// # Errors
/// 503 when the database is away.
pub async fn lag(app: &App) -> Result<Lag> {
    let mut tx = app.db().worker().await?;
    let row = sqlx::query!(r#"select waiting as "waiting!", checkpoint, checkpoint_at from claim.seal_state()"#)
        .fetch_one(tx.conn())
        .await?;
    tx.commit().await?;
    let checkpoint_at = row.checkpoint_at.map(|at| at.to_jiff());
    Ok(Lag { waiting: row.waiting, checkpoint: row.checkpoint, checkpoint_at })
}
