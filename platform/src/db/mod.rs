//! The database and its doors. Nothing outside this module can hold a connection: areas get a [`TenantTx`], sign-in
//! an [`AuthTx`], administration a [`PlatformTx`], workers the claim functions.

pub mod lint;
pub mod migrate;
mod pool;
pub mod tenant;

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{Connection as _, PgConnection};

use crate::administrator::Access;
use crate::config::Config;
use crate::error::{Error, Result};
use pool::{Open, Pool};
pub use tenant::{Actor, Caller, Causation, Origin, TenantTx, following};

/// The oldest PostgreSQL whose behaviour we rely on (`security_invoker` views, 15.0).
pub const OLDEST_POSTGRES: i32 = 150_000;

/// The pools, one per role. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    app: Pool,
    auth: Pool,
    worker: Pool,
    platform: Pool,
    /// Set while there is no storage for changes.
    full: Arc<AtomicBool>,
    /// Free megabytes of the private PostgreSQL's disk.
    free: Arc<AtomicU64>,
}

const UNKNOWN: u64 = u64::MAX;

/// A transaction of sign-in: it sees users, memberships, sessions and the register of practices.
#[derive(Debug)]
#[must_use = "without commit it is rolled back"]
pub struct AuthTx(Open);

/// A transaction across practices, for administration: metadata only. It takes a reason, which is kept.
#[derive(Debug)]
#[must_use = "without commit it is rolled back"]
pub struct PlatformTx(Open);

/// A transaction of the worker: it can call the claim functions, which tell ids and hashes and never contents.
#[derive(Debug)]
#[must_use = "without commit it is rolled back"]
pub struct WorkerTx(Open);

impl Db {
    /// Opens the pools lazily: a database that is away shows in the first use, not here.
    ///
    /// # Errors
    /// When the address cannot be understood.
    pub fn open(config: &Config, base: &PgConnectOptions) -> Result<Self> {
        let pool = |role: &str, password: &str, size: u32| {
            let mut options = base.clone().username(role).application_name("vantage").options([
                ("statement_timeout", "20000"),
                ("lock_timeout", "5000"),
                ("idle_in_transaction_session_timeout", "30000"),
                ("client_min_messages", "error"),
            ]);
            if !password.is_empty() {
                options = options.password(password);
            }
            Pool::new(options, size)
        };
        let passwords = config.database_passwords()?;
        Ok(Self {
            app: pool("vantage_app", &passwords.app, config.database_connections),
            auth: pool("vantage_auth", &passwords.auth, 4.max(config.database_connections / 4)),
            worker: pool("vantage_worker", &passwords.worker, 4),
            platform: pool("vantage_platform", &passwords.platform, 4),
            full: Arc::default(),
            free: Arc::new(AtomicU64::new(UNKNOWN)),
        })
    }

    /// A transaction of sign-in.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn auth(&self) -> Result<AuthTx> {
        Ok(AuthTx(self.auth.begin("begin").await?))
    }

    /// A transaction across practices, for what is done on the server itself. The reason is kept in `platform.access`.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn platform(&self, reason: &str) -> Result<PlatformTx> {
        let mut tx = self.platform_unrecorded().await?;
        let access = Access { administrator: None, action: "maintenance", practice: None, reason, denied: false };
        access.write(&mut tx, &Origin::default()).await?;
        Ok(tx)
    }

    /// The same without a line in the ledger: for looking sessions up, and for whoever writes a better line.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn platform_unrecorded(&self) -> Result<PlatformTx> {
        Ok(PlatformTx(self.platform.begin("begin").await?))
    }

    /// A transaction of the worker.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn worker(&self) -> Result<WorkerTx> {
        Ok(WorkerTx(self.worker.begin("begin").await?))
    }

    /// A transaction that takes leases. Its commit does not wait for the disk: what a crash forgets of a lease is only that
    /// somebody had it, and whoever had it finds that it is no longer theirs.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn claims(&self) -> Result<WorkerTx> {
        Ok(WorkerTx(self.worker.begin("begin; set local synchronous_commit = off").await?))
    }

    /// A listener for notifications, on a connection of its own.
    pub(crate) async fn listener(&self) -> Result<PgListener> {
        let own = PgPoolOptions::new().max_connections(1).connect_lazy_with(self.worker.options().clone());
        Ok(PgListener::connect_with(&own).await?)
    }

    /// Says whether there is storage for changes; while there is not, writing transactions are refused at once.
    pub fn set_full(&self, full: bool) {
        self.full.store(full, Ordering::Relaxed);
    }

    /// Whether changes are refused for want of storage.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// Keeps how much disk the private PostgreSQL has left, for whoever asks.
    pub fn set_free_megabytes(&self, free: u64) {
        self.free.store(free, Ordering::Relaxed);
    }

    /// How much disk the private PostgreSQL has left; none when it was not measured, or the database lies elsewhere.
    #[must_use]
    pub fn free_megabytes(&self) -> Option<u64> {
        Some(self.free.load(Ordering::Relaxed)).filter(|free| *free != UNKNOWN)
    }

    /// Version number of the server, as in `server_version_num`, and its clock.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn ping(&self) -> Result<(i32, jiff::Timestamp)> {
        let mut tx = self.worker().await?;
        let row = sqlx::query!(
            r#"select current_setting('server_version_num')::int as "version!", clock_timestamp() as "now!""#
        )
        .fetch_one(tx.conn())
        .await?;
        tx.commit().await?;
        Ok((row.version, row.now.to_jiff()))
    }

    /// Closes the pools after what is under way.
    pub async fn close(&self) {
        for pool in [&self.app, &self.auth, &self.worker, &self.platform] {
            pool.close().await;
        }
    }
}

macro_rules! transaction {
    ($name:ident, $visibility:vis) => {
        impl $name {
            /// The connection, for queries.
            $visibility fn conn(&mut self) -> &mut PgConnection {
                self.0.conn()
            }
            /// Makes it so. A request that goes away meanwhile does not cancel it.
            ///
            /// # Errors
            /// 503 when the database went away; then it is unknown whether the commit arrived.
            $visibility async fn commit(self) -> Result<()> {
                commit(self.0, String::new()).await
            }
        }
    };
}
transaction!(AuthTx, pub);
transaction!(PlatformTx, pub);
transaction!(WorkerTx, pub);

/// In a task of its own: a request that goes away does not take back what it has asked for.
async fn commit(open: Open, before: String) -> Result<()> {
    tokio::spawn(async move { open.commit(&before).await }).await.map_err(Error::internal)??;
    Ok(())
}

/// Where the database is and how to get in, from an address such as `postgres://user@host/vantage`.
///
/// # Errors
/// When the address cannot be understood.
pub fn parse_address(address: &str) -> Result<PgConnectOptions> {
    PgConnectOptions::from_str(address).map_err(Error::internal)
}

/// A single connection as whoever the address names, for migrations.
///
/// # Errors
/// 503 when the database is away.
pub async fn connect(options: &PgConnectOptions) -> Result<PgConnection> {
    Ok(PgConnection::connect_with(options).await?)
}
