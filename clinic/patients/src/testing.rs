//! What the tests of the area share.

use platform::testing::{Person, TestServer};
use platform::worker::Duties;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

/// The area with sign-in, and the owner of practice `alpha`.
pub(crate) async fn start() -> (TestServer, Person) {
    let server = TestServer::start(
        identity::routes().merge(crate::routes()),
        Duties { jobs: crate::jobs(), ..Duties::default() },
    )
    .await;
    let owner = server.owner_of("alpha").await;
    (server, owner)
}

/// A patient of that name, as it is entered.
pub(crate) fn patient(given: &str, family: &str) -> Value {
    json!({ "givenName": given, "familyName": family })
}

/// Enters a patient.
pub(crate) async fn enter(person: &Person, patient: &Value) -> Value {
    person.post("/api/v1/patients", patient).await.expect(201)
}

/// The id of something.
pub(crate) fn id(made: &Value) -> String {
    made["id"].as_str().expect("an id").to_owned()
}

/// All rows of a table as whoever has the database and not the key would read them.
pub(crate) async fn raw(server: &TestServer, table: &str) -> String {
    let sql =
        format!("select coalesce(string_agg(encode(convert_to(t::text, 'UTF8'), 'escape'), ' '), '') from {table} t");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut server.database.conn().await).await.expect("a text")
}
