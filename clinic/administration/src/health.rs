//! How the installation is: database, clocks, disk, queues.

use platform::administrator::Admin;
use platform::db::PlatformTx;
use platform::error::Result;
use platform::health::MAX_SKEW;
use platform::outbox::{self, Backlog};
use platform::record::oldest_unsealed;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use utoipa::ToSchema;

/// The route of health.
pub fn routes() -> Routes {
    Routes::new().route(route!(read_health))
}

/// The installation, now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PlatformHealth {
    /// Version of the server that answered.
    version: &'static str,
    database: DatabaseHealth,
    /// How far this server's clock is ahead of the database's.
    clock_skew_millis: i64,
    /// A larger one takes the server out of service.
    max_clock_skew_millis: i64,
    storage: StorageHealth,
    backlog: Backlog,
    /// How long the oldest entry of a ledger has waited for its seal, in seconds; about one is usual.
    seal_lag_seconds: f64,
    practices: PracticeCounts,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DatabaseHealth {
    /// `server_version_num`: 150018 is 15.18.
    version: i32,
    /// Name of the newest migration.
    migration: String,
    bytes: i64,
    connections: i64,
    max_connections: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct StorageHealth {
    /// Free disk of the private PostgreSQL; null when the database lies elsewhere.
    #[schema(required)]
    free_megabytes: Option<u64>,
    /// Below this, changes are refused.
    reserve_megabytes: u64,
    /// Whether they are.
    full: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PracticeCounts {
    active: i64,
    suspended: i64,
}

/// How the installation is.
#[utoipa::path(get, path = "/api/v1/admin/health", tag = "administration", responses((status = 200, body = PlatformHealth)))]
async fn read_health(who: Admin) -> Result<Json<PlatformHealth>> {
    let app = who.app();
    let (version, database_now) = app.db().ping().await?;
    let skew = app.now().duration_since(database_now);
    let mut tx = who.open("health.read").await?;
    let database = database(&mut tx, version).await?;
    let practices = sqlx::query_as!(
        PracticeCounts,
        r#"select count(*) filter (where status = 'active') as "active!",
                  count(*) filter (where status = 'suspended') as "suspended!" from platform.practice"#
    )
    .fetch_one(tx.conn())
    .await?;
    tx.commit().await?;
    let storage = StorageHealth {
        free_megabytes: app.db().free_megabytes(),
        reserve_megabytes: app.config.storage_reserve_mb,
        full: app.db().is_full(),
    };
    let millis = |duration: jiff::SignedDuration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Ok(Json(PlatformHealth {
        version: env!("CARGO_PKG_VERSION"),
        database,
        clock_skew_millis: millis(skew),
        max_clock_skew_millis: millis(MAX_SKEW),
        storage,
        backlog: outbox::backlog(app).await?,
        seal_lag_seconds: oldest_unsealed(app).await?,
        practices,
    }))
}

async fn database(tx: &mut PlatformTx, version: i32) -> Result<DatabaseHealth> {
    let row = sqlx::query!(
        r#"select (select name from platform.migration order by version desc limit 1) as "migration!",
                  pg_database_size(current_database()) as "bytes!",
                  (select count(*) from pg_stat_activity where datname = current_database()) as "connections!",
                  current_setting('max_connections')::bigint as "max_connections!""#
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(DatabaseHealth {
        version,
        migration: row.migration,
        bytes: row.bytes,
        connections: row.connections,
        max_connections: row.max_connections,
    })
}
