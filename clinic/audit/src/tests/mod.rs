//! The ledger as it is lived with: written by others, sealed, tampered with, verified.

mod exporting;
mod retiring;
mod sealing;
mod tampering;
mod viewing;

use std::time::Duration;

use platform::record::oldest_unsealed;
use platform::testing::{Person, TestServer};
use platform::worker::Duties;
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection};
use uuid::Uuid;

use crate::sealer::Sealer;
use crate::verify::{self, Report};

async fn start() -> (TestServer, Person) {
    let routes = identity::routes().merge(practice::routes()).merge(crate::routes());
    let server = TestServer::start(routes, Duties::default()).await;
    let owner = server.owner_of("alpha").await;
    (server, owner)
}

/// So many changes, each with its entry.
async fn work(person: &Person, changes: usize) {
    for _ in 0..changes {
        let service = json!({ "nameEn": Uuid::now_v7(), "nameAr": "تنظيف \"الأسنان\"", "durationMinutes": 30, "vatCategory": "standard",
                              "price": { "amountMinor": 100, "currency": "SAR" }, "colour": "teal" });
        person.post("/api/v1/services", &service).await.expect(201);
    }
}

/// Seals until nothing waits. Transactions of other tests on the same PostgreSQL may hold it up for a moment.
async fn seal(server: &TestServer) {
    let mut sealer = Sealer::new(&server.app);
    loop {
        if sealer.catch_up().await.expect("seals") && oldest_unsealed(&server.app).await.expect("an answer") == 0.0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn verified(server: &TestServer) -> Report {
    let file = server.app.config.checkpoint_file();
    verify::verify(&server.app, &[file], Vec::new()).await.expect("verifies")
}

/// A connection that nothing stops: the administrator, with triggers off.
async fn intruder(server: &TestServer) -> PgConnection {
    let mut conn = server.database.conn().await;
    conn.execute("set session_replication_role = replica").await.expect("triggers are off");
    conn
}

async fn run(conn: &mut PgConnection, sql: impl Into<String>) {
    let sql = sql.into();
    conn.execute(AssertSqlSafe(sql.clone())).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

async fn count(server: &TestServer, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut server.database.conn().await).await.expect("a count")
}
