//! How much of the time that became free was filled.

use jiff::SignedDuration;
use platform::db::TenantTx;
use platform::error::Error;
use platform::guard::Can;
use platform::permission::waitlist as may;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use serde::Serialize;
use utoipa::ToSchema;

/// The days that are counted.
const PERIODS: [i32; 2] = [30, 90];

/// The route of the numbers.
pub fn routes() -> Routes {
    Routes::new().route(route!(read))
}

/// How much was filled.
#[derive(Debug, Serialize, ToSchema)]
struct FillRates {
    /// Of the last 30 days, and of the last 90.
    items: Vec<FillRate>,
}

/// How much of what became free within some days was filled by the waitlist.
#[derive(Debug, Serialize, ToSchema)]
struct FillRate {
    /// The last so many days.
    days: i32,
    /// Times that became free, without those that are still being offered.
    openings: i64,
    /// Those that somebody of the waitlist took.
    filled: i64,
    /// The share of them, in whole percent; null where there were none.
    #[schema(required)]
    percent: Option<i64>,
}

/// How much of the time that became free somebody of the waitlist took.
#[utoipa::path(get, path = "/api/v1/waitlist/fill-rate", tag = "scheduling", responses((status = 200, body = FillRates)))]
async fn read(who: Can<may::Read>) -> Result<Json<FillRates>> {
    who.read(async |tx| {
        let mut items = Vec::with_capacity(PERIODS.len());
        for days in PERIODS {
            items.push(rate(tx, days).await?);
        }
        Ok(Json(FillRates { items }))
    })
    .await
}

async fn rate(tx: &mut TenantTx, days: i32) -> Result<FillRate> {
    let since = tx.now().checked_sub(SignedDuration::from_hours(24 * i64::from(days))).map_err(Error::internal)?;
    let practice = tx.practice();
    let row = sqlx::query!(
        r#"select count(*) as "openings!", count(*) filter (where status = 'filled') as "filled!"
             from scheduling.opening where practice_id = $1 and created_at >= $2 and status <> 'open'"#,
        practice,
        jiff_sqlx::Timestamp::from(since) as _,
    )
    .fetch_one(tx.conn())
    .await?;
    let percent = (row.openings > 0).then(|| (row.filled * 100 + row.openings / 2) / row.openings);
    Ok(FillRate { days, openings: row.openings, filled: row.filled, percent })
}
