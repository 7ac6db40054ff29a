//! One private PostgreSQL for all tests of a machine, one database for each.

use std::sync::{LazyLock, OnceLock};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use crate::config::RolePasswords;
use crate::crypto::sha256;
use crate::db::migrate;
use crate::postgres::{PrivatePostgres, Settings};

/// Kept from run to run; making a cluster takes seconds, starting one a moment.
static CLUSTER: LazyLock<PrivatePostgres> =
    LazyLock::new(|| cluster("vantage-tests", &["fsync=off", "max_connections=400"]));
static TEMPLATE: OnceLock<String> = OnceLock::new();

/// A database that starts as the migrations leave it.
#[derive(Debug)]
pub struct TestDatabase {
    /// How to connect as administrator.
    pub options: PgConnectOptions,
}

/// A private PostgreSQL in the folder for temporary files, under a name of its own.
///
/// # Panics
/// When there is no PostgreSQL on this machine.
#[must_use]
pub fn cluster(name: &str, options: &[&str]) -> PrivatePostgres {
    // one per checkout: two of them may be at different migrations at the same time
    let checkout: String =
        sha256(env!("CARGO_MANIFEST_DIR").as_bytes()).iter().take(4).map(|b| format!("{b:02x}")).collect();
    let folder = std::env::temp_dir().join(format!("{name}-{checkout}"));
    let settings =
        Settings { folder, programs: String::new(), options: options.iter().map(ToString::to_string).collect() };
    PrivatePostgres::start(&settings).expect("a private PostgreSQL")
}

impl TestDatabase {
    /// Makes one from the template, which the first test makes.
    ///
    /// # Panics
    /// When PostgreSQL does not do what it is asked.
    pub async fn new() -> Self {
        let template = template().await;
        let name = format!("test_{}", uuid::Uuid::now_v7().simple());
        let mut conn = administrator("postgres").await;
        run(&mut conn, format!("create database {name} template {template}")).await;
        Self { options: CLUSTER.options().database(&name) }
    }

    /// Makes one that nothing has been migrated into.
    ///
    /// # Panics
    /// When PostgreSQL does not do what it is asked.
    pub async fn empty() -> Self {
        template().await;
        let name = format!("test_{}", uuid::Uuid::now_v7().simple());
        run(&mut administrator("postgres").await, format!("create database {name}")).await;
        Self { options: CLUSTER.options().database(&name) }
    }

    /// A connection as administrator, who sees everything.
    ///
    /// # Panics
    /// When PostgreSQL is away.
    pub async fn conn(&self) -> PgConnection {
        PgConnection::connect_with(&self.options).await.expect("a connection")
    }

    /// A connection as one of the product's roles.
    ///
    /// # Panics
    /// When PostgreSQL is away.
    pub async fn conn_as(&self, role: &str) -> PgConnection {
        PgConnection::connect_with(&self.options.clone().username(role)).await.expect("a connection")
    }
}

impl TestDatabase {
    /// Takes it away from everybody who is in it, and gives it back.
    ///
    /// # Panics
    /// When PostgreSQL does not do what it is asked.
    pub async fn admit(&self, may: bool) {
        let mut conn = administrator("postgres").await;
        let name = self.options.get_database().unwrap_or_default();
        run(&mut conn, format!("alter database {name} with allow_connections {may}")).await;
        if !may {
            let all = "select pg_terminate_backend(pid) from pg_stat_activity where datname";
            run(&mut conn, format!("{all} = '{name}'")).await;
        }
    }
}

async fn administrator(database: &str) -> PgConnection {
    PgConnection::connect_with(&CLUSTER.options().database(database)).await.expect("a connection")
}

async fn template() -> &'static str {
    if let Some(name) = TEMPLATE.get() {
        return name;
    }
    let all: String = migrate::all().expect("migrations").iter().map(|migration| migration.sha256.clone()).collect();
    let digest: String = sha256(all.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let name = format!("template_{digest}");
    let mut conn = administrator("postgres").await;
    run(&mut conn, "select pg_advisory_lock(1)".to_owned()).await;
    if TEMPLATE.get().is_none() {
        make_template(&mut conn, &name).await;
    }
    run(&mut conn, "select pg_advisory_unlock(1)".to_owned()).await;
    TEMPLATE.get_or_init(|| name)
}

/// Migrates into a database beside, and gives it its name only when that went well. Databases of earlier runs go.
async fn make_template(conn: &mut PgConnection, name: &str) {
    let exists: bool = sqlx::query_scalar("select exists(select from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(&mut *conn)
        .await
        .expect("an answer");
    let stale: Vec<String> = sqlx::query_scalar(
        "select datname::text from pg_database d where (datname like 'test\\_%' or datname like 'half\\_%')
            and not exists (select from pg_stat_activity a where a.datid = d.oid)",
    )
    .fetch_all(&mut *conn)
    .await
    .expect("a list");
    for database in stale {
        // another run may have taken it this moment
        let _ = conn.execute(AssertSqlSafe(format!("drop database if exists {database}"))).await;
    }
    if exists {
        return;
    }
    let half = format!("half_{}", uuid::Uuid::now_v7().simple());
    run(conn, format!("create database {half}")).await;
    migrate::migrate(&CLUSTER.options().database(&half), &RolePasswords::default()).await.expect("migrates");
    run(conn, format!("alter database {half} rename to {name}")).await;
}

async fn run(conn: &mut PgConnection, statement: String) {
    conn.execute(AssertSqlSafe(statement)).await.expect("runs");
}
