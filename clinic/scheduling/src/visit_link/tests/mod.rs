mod changing;
mod opening;
mod rules;

use sqlx::AssertSqlSafe;

use crate::testing::Clinic;

/// Changes the database from outside, past the ledger.
async fn run(clinic: &Clinic, sql: &'static str) {
    sqlx::raw_sql(AssertSqlSafe(format!("set session_replication_role = replica; {sql}")))
        .execute(&mut clinic.server.database.conn().await)
        .await
        .expect("done from outside");
}
