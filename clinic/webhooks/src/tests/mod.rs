//! Webhooks as a practice and its receivers see them.

mod delivering;
mod endpoints;
mod failing;
mod log;
mod receiver;
mod through_crashes;

use platform::App;
use platform::config::Config;
use platform::db::Caller;
use platform::http;
use platform::id::PracticeId;
use platform::outbox::Event;
use platform::record::Change;
use platform::testing::{Person, TestServer};
use platform::worker::Duties;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::deliver::{UnderWay, take};
use receiver::Receiver;

/// A server that reaches these receivers, and the owner of practice `alpha`.
async fn start(receivers: &[&Receiver]) -> (TestServer, Person) {
    let origins: Vec<_> = receivers.iter().map(|receiver| receiver.origin()).collect();
    let config = Config { webhook_origins: origins.join(","), ..Config::default() };
    let duties = Duties { listeners: crate::listeners(), ..Duties::default() };
    let routes = identity::routes().merge(crate::routes());
    let server = TestServer::with(config, duties, |app| http::surround(routes.split().0, app)).await;
    let owner = server.owner_of("alpha").await;
    (server, owner)
}

/// An endpoint at a receiver: its id and secret.
async fn endpoint(owner: &Person, url: &str, events: &[&str]) -> (Uuid, String) {
    let made = owner.post("/api/v1/webhook-endpoints", &json!({ "url": url, "events": events })).await.expect(201);
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    (serde_json::from_value(made["endpoint"]["id"].clone()).expect("an id"), secret)
}

/// Something happens in somebody's practice.
async fn happen(app: &App, practice: Uuid, name: &'static str, subject: Uuid, version: i32) {
    let resource = name.split('.').next().expect("a noun");
    app.door
        .write(&Caller::system(PracticeId(practice)), async move |tx| {
            let before = json!({ "phone": "+966 50 000 0001" });
            let after = json!({ "phone": format!("+966 50 000 {version:04}9") });
            tx.record(Change::updated(resource, subject, &before, &after).event(name, version)).await
        })
        .await
        .expect("happens");
}

/// Sends everything that is due, until nothing is.
async fn deliver(app: &App) {
    let mut under_way = UnderWay::new();
    while take(app, &mut under_way).await.expect("takes") + under_way.len() > 0 {
        under_way.join_next().await;
    }
}

/// Tells what happened, and sends it.
async fn settle(server: &TestServer) {
    server.settle().await;
    deliver(&server.app).await;
}

/// Makes due what waits for its next try, as if its time had come.
async fn hurry(server: &TestServer) {
    let mut conn = server.database.conn().await;
    for statement in [
        "update webhooks.endpoint set quiet_until = null",
        "update webhooks.delivery set due_at = now() where state = 'pending'",
        "update webhooks.lane set ready_at = now() where pending > 0 and lease is null",
    ] {
        sqlx::query(statement).execute(&mut conn).await.expect("hurried");
    }
}

async fn number(server: &TestServer, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(&mut server.database.conn().await).await.expect(query)
}

/// The endpoint as it is now.
async fn seen(owner: &Person, id: Uuid) -> Value {
    owner.get(&format!("/api/v1/webhook-endpoints/{id}")).await.expect(200)
}

/// Its deliveries, the newest first.
async fn deliveries(owner: &Person, id: Uuid) -> Vec<Value> {
    let page = owner.get(&format!("/api/v1/webhook-endpoints/{id}/deliveries?limit=200")).await.expect(200);
    page["items"].as_array().expect("items").clone()
}

/// Hears an event directly, as the outbox would tell it.
async fn hear(app: &App, practice: Uuid, event: Event) {
    let listener = crate::listeners().remove(0);
    app.door
        .write(&Caller::system(PracticeId(practice)), async move |tx| {
            (listener.handle)(tx, std::slice::from_ref(&event)).await
        })
        .await
        .expect("heard");
}
