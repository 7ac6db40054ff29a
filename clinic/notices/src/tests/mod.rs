//! Notices as workflows make them and people read them.

mod reading;
mod telling;

use automation::testing::Engine;
use platform::testing::{Person, TestServer};
use platform::worker::Duties;
use serde_json::{Value, json};

/// The area with everything below it, and the owner of practice `alpha`.
async fn start() -> (TestServer, Person) {
    let below = identity::routes().merge(practice::routes()).merge(patients::routes()).merge(scheduling::routes());
    let duties = Duties { subscribers: crate::subscribers(), ..Duties::default() };
    let server = TestServer::start(below.merge(crate::routes()), duties).await;
    let owner = server.owner_of("alpha").await;
    (server, owner)
}

fn engine<'a>(server: &'a TestServer, person: &Person) -> Engine<'a> {
    Engine::of(server, person, crate::blocks())
}

async fn patient(person: &Person, name: &str) -> Value {
    person.post("/api/v1/patients", &json!({ "givenName": name, "familyName": "Ali" })).await.expect(201)
}

fn id(of: &Value) -> &str {
    of["id"].as_str().expect("an id")
}

async fn notices(person: &Person, query: &str) -> Vec<Value> {
    let page = person.get(&format!("/api/v1/notices?{query}")).await.expect(200);
    page["items"].as_array().expect("items").clone()
}

fn texts(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["text"].as_str().expect("a text")).collect()
}

async fn unread(person: &Person) -> i64 {
    let count = person.get("/api/v1/notices/count").await.expect(200);
    count["unread"].as_i64().expect("a number")
}

async fn read(person: &Person, body: Value) -> i64 {
    person.post("/api/v1/notices/read", &body).await.expect(200)["unread"].as_i64().expect("a number")
}

/// One column of a query with the practice as its parameter.
async fn column(server: &TestServer, person: &Person, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).bind(person.practice()).fetch_all(&mut server.database.conn().await).await.expect("rows")
}
