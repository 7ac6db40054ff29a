//! What a practice may use of the platform.

use std::collections::HashMap;
use std::time::Duration;

use garde::Validate;
use platform::App;
use platform::administrator::Admin;
use platform::db::tenant::check_version;
use platform::error::{Error, Result};
use platform::extract::{Body, Path};
use platform::id::PracticeId;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::practices::{Practice, after_change};

/// How often a process looks whether limits were changed elsewhere.
const LOOK: Duration = Duration::from_secs(5);

/// The routes of limits.
pub fn routes() -> Routes {
    Routes::new().route(route!(set_limits))
}

/// Limits of a practice's own; null stands for what everybody has.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Limits {
    /// Requests per second in the long run, and twice as many at once; null for the setting `rate_per_practice`.
    #[garde(inner(range(min = 1, max = 100_000)))]
    #[schema(required)]
    pub rate_per_second: Option<i32>,
    /// Active people; null for as many as there are. Whoever is there already stays.
    #[garde(inner(range(min = 1, max = 100_000)))]
    #[schema(required)]
    pub max_staff: Option<i32>,
    /// The version that a change is based on.
    #[garde(skip)]
    pub version: i32,
}

/// Set a practice's limits.
#[utoipa::path(put, path = "/api/v1/admin/practices/{id}/limits", tag = "administration",
    params(("id" = Uuid, Path, description = "The practice")), request_body = Limits, responses((status = 200, body = Practice)))]
async fn set_limits(who: Admin, Path(id): Path<PracticeId>, Body(wanted): Body<Limits>) -> Result<Json<Practice>> {
    who.write(id, "practices.limits", "console", async move |tx| {
        let practice = tx.practice();
        let before = sqlx::query_as!(
            Limits,
            "select rate_per_second, max_staff, limits_version as version from platform.practice where practice_id = $1
                for no key update",
            practice
        )
        .fetch_optional(tx.conn())
        .await?
        .ok_or_else(Error::not_found)?;
        check_version(wanted.version, before.version, &before)?;
        sqlx::query!("select administration.set_limits($1, $2)", wanted.rate_per_second, wanted.max_staff)
            .execute(tx.conn())
            .await?;
        let after = Limits { version: before.version + 1, ..wanted };
        tx.record(Change::updated("practice", id.uuid(), &before, &after)).await
    })
    .await?;
    who.app().limits.set_own_of(id.uuid(), wanted.rate_per_second.and_then(|rate| u32::try_from(rate).ok()));
    after_change(&who, id).await
}

/// Keeps this process's limits as the database has them, until the app stops.
pub async fn watch(app: App) {
    while !app.stop.is_cancelled() {
        // a database that is away is said by others; the limits stay as they are
        if let Ok(rates) = rates(&app).await {
            app.limits.set_own(&rates);
        }
        tokio::select! {
            () = app.stop.cancelled() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn rates(app: &App) -> Result<HashMap<Uuid, u32>> {
    let mut tx = app.db().platform_unrecorded().await?;
    let rows = sqlx::query!(
        r#"select practice_id, rate_per_second as "rate_per_second!" from platform.practice where rate_per_second is not null"#
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(rows.into_iter().map(|row| (row.practice_id, u32::try_from(row.rate_per_second).unwrap_or(1))).collect())
}
