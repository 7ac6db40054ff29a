//! What a practice demands of whoever signs in: after how many idle minutes a session ends, of whom a second factor is
//! demanded, for how long an invitation serves.

use garde::Validate;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Result;
use platform::extract::Body;
use platform::guard::Can;
use platform::permission::security as may;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::second_factor::Demand;

/// The routes of security.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(change))
}

/// What the practice demands.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Security {
    /// Minutes without a touch after which a session ends; 0 for never.
    idle_minutes: i32,
    /// Of whom a second factor is demanded.
    require_second_factor: Demand,
    /// Hours for which an invitation serves.
    invite_hours: i32,
    /// Of the practice.
    version: i32,
}

/// What to change of it; what is absent stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SecurityChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    /// 0, or 5 to 480.
    #[garde(inner(custom(minutes)))]
    #[serde(default)]
    idle_minutes: Option<i32>,
    #[garde(skip)]
    #[serde(default)]
    require_second_factor: Option<Demand>,
    /// 1 to 720.
    #[garde(range(min = 1, max = 720))]
    #[serde(default)]
    invite_hours: Option<i32>,
}

fn minutes(value: &i32, (): &()) -> garde::Result {
    match value {
        0 | 5..=480 => Ok(()),
        _ => Err(garde::Error::new("out_of_range: Use 5 to 480 minutes, or 0 for never.")),
    }
}

/// What the practice demands of whoever signs in.
#[utoipa::path(get, path = "/api/v1/security", tag = "identity", responses((status = 200, body = Security)))]
async fn read(who: Can<may::Read>) -> Result<Json<Security>> {
    who.read(async |tx| find(tx).await).await.map(Json)
}

/// Change it. Sessions that live obey at once; a demand for a second factor reaches them when they are renewed next, which
/// is within ten minutes.
#[utoipa::path(patch, path = "/api/v1/security", tag = "identity", request_body = SecurityChange, responses((status = 200, body = Security)))]
async fn change(who: Can<may::Write>, Body(change): Body<SecurityChange>) -> Result<Json<Security>> {
    who.write(async move |tx| {
        let practice = tx.practice();
        tx.one_by_one().await?;
        let before = find(tx).await?;
        check_version(change.version, before.version, &before)?;
        let after = Security {
            idle_minutes: change.idle_minutes.unwrap_or(before.idle_minutes),
            require_second_factor: change.require_second_factor.unwrap_or(before.require_second_factor),
            invite_hours: change.invite_hours.unwrap_or(before.invite_hours),
            version: before.version + 1,
        };
        sqlx::query!(
            "update platform.practice
                set idle_minutes = $2, second_factor = $3, invite_hours = $4, version = $5, updated_at = now()
              where practice_id = $1",
            practice,
            after.idle_minutes,
            after.require_second_factor.name(),
            after.invite_hours,
            after.version,
        )
        .execute(tx.conn())
        .await?;
        tx.record(Change::updated("practice", practice, &before, &after).event("practice.updated", after.version))
            .await?;
        Ok(after)
    })
    .await
    .map(Json)
}

async fn find(tx: &mut TenantTx) -> Result<Security> {
    let practice = tx.practice();
    let row = sqlx::query!(
        "select idle_minutes, second_factor, invite_hours, version from platform.practice where practice_id = $1",
        practice,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Security {
        idle_minutes: row.idle_minutes,
        require_second_factor: Demand::from_name(&row.second_factor),
        invite_hours: row.invite_hours,
        version: row.version,
    })
}
