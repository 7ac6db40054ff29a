//! What of this area has served its time.

use std::time::Duration;

use platform::app::App;
use platform::error::Result;
use platform::jobs::Schedule;

/// The area's recurring work.
#[must_use]
pub fn schedules() -> Vec<Schedule> {
    vec![Schedule { name: "identity.sweep", every: Duration::from_secs(3600), run: |app| Box::pin(sweep(app)) }]
}

/// Links are kept for a week beyond their end, so that whoever comes late is told so; a seed that no code has confirmed
/// for a day; a browser as long as its cookie.
async fn sweep(app: App) -> Result<()> {
    let mut tx = app.db().auth().await?;
    for query in [
        sqlx::query!("delete from auth.password_reset where expires_at < now() - interval '7 days'"),
        sqlx::query!("delete from auth.challenge where expires_at < now() - interval '1 day'"),
        sqlx::query!("delete from auth.totp where confirmed_at is null and created_at < now() - interval '1 day'"),
        sqlx::query!("delete from auth.device where last_seen_at < now() - interval '400 days'"),
    ] {
        query.execute(tx.conn()).await?;
    }
    tx.commit().await
}
