//! Entries leave after their years: whole months, the oldest first.
//!
//! Before a month goes, the ledger of each practice that has entries in it says so in an entry of its own: that
//! everything before an instant leaves, and how many entries that are with all that left earlier. Only when these entries
//! are sealed and under a signed checkpoint is the month's table dropped; the database sees to that itself
//! (`audit.drop_month`). The hashes of what left stay, so everything else is verified as before, and
//! [`crate::check`] knows a month that left from one that somebody took away.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use platform::db::Caller;
use platform::id::PracticeId;
use platform::jobs::Schedule;
use platform::record::Change;
use platform::{App, Error, Result};
use serde_json::json;
use uuid::Uuid;

/// What recurs: a month is announced in one turn and leaves in the next.
pub const SCHEDULE: Schedule = Schedule {
    name: "audit.retention",
    every: Duration::from_secs(3600),
    run: |app| Box::pin(async move { turn(&app).await.map(|_| ()) }),
};

/// So many months later, as the calendar counts them in UTC.
///
/// # Errors
/// Never for times that people live in.
pub fn months_later(at: Timestamp, months: u32) -> Result<Timestamp> {
    let day: Date = at.to_zoned(TimeZone::UTC).date();
    let later = day.checked_add(i64::from(months).months()).map_err(Error::internal)?;
    Ok(later.to_zoned(TimeZone::UTC).map_err(Error::internal)?.timestamp())
}

/// Announces what is past its years, and drops what was announced; answers which months left.
///
/// # Errors
/// 503 when the database is away, or the ledger is too busy to drop anything at the moment.
pub async fn turn(app: &App) -> Result<Vec<Timestamp>> {
    let mut tx = app.db().worker().await?;
    let months = sqlx::query_scalar!(r#"select month as "month!" from claim.months()"#).fetch_all(tx.conn()).await?;
    tx.commit().await?;
    let (mut left, mut next) = (Vec::new(), true);
    for month in months.into_iter().map(|month| month.to_jiff()) {
        let end = months_later(month, 1)?;
        if months_later(end, app.config.audit_retention_months)? > app.now() {
            break;
        }
        // one that cannot leave yet keeps those after it, which are announced meanwhile
        next &= announced(app, month, end).await?;
        if !next {
            continue;
        }
        let mut tx = app.db().worker().await?;
        sqlx::query!("select audit.drop_month($1)", jiff_sqlx::Timestamp::from(month) as _)
            .fetch_one(tx.conn())
            .await?;
        tx.commit().await?;
        tracing::info!(%month, "a month of the ledger has left after its years");
        left.push(month);
    }
    Ok(left)
}

/// Whether every practice's ledger says, under a signed checkpoint, that everything before `end` leaves. Where it does
/// not say so yet, it does after this.
async fn announced(app: &App, month: Timestamp, end: Timestamp) -> Result<bool> {
    let mut tx = app.db().worker().await?;
    let month = jiff_sqlx::Timestamp::from(month);
    let practices =
        sqlx::query_scalar!(r#"select practice_id as "practice_id!" from claim.month_practices($1)"#, month as _)
            .fetch_all(tx.conn())
            .await?;
    tx.commit().await?;
    let mut all = true;
    for practice in practices {
        all &= announced_by(app, practice, end).await?;
    }
    Ok(all)
}

async fn announced_by(app: &App, practice: Uuid, end: Timestamp) -> Result<bool> {
    let mut tx = app.db().worker().await?;
    let stands = sqlx::query!(
        r#"select entries as "entries!", unsealed as "unsealed!", is_written as "is_written!", is_signed as "is_signed!"
             from claim.retirement($1, $2)"#,
        practice,
        jiff_sqlx::Timestamp::from(end) as _,
    )
    .fetch_one(tx.conn())
    .await?;
    tx.commit().await?;
    if stands.unsealed > 0 {
        tracing::warn!(%practice, entries = stands.unsealed, "entries past their years are not sealed; their month stays");
        return Ok(false);
    }
    if !stands.is_written {
        let months = app.config.audit_retention_months;
        let caller = Caller::system(PracticeId(practice));
        let detail = json!({ "before": end, "entries": stands.entries, "months": months });
        app.door
            .write_regardless(&caller, async move |tx| {
                tx.record(Change::done("retire", "ledger", practice).with(detail.clone())).await
            })
            .await?;
    }
    Ok(stands.is_signed)
}
