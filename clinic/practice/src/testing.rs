//! What the tests of the area share.

use platform::testing::{Answer, Person, TestServer};
use platform::worker::Duties;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// The area with sign-in, and the owner of practice `alpha`.
pub(crate) async fn start() -> (TestServer, Person) {
    let server = TestServer::start(identity::routes().merge(crate::routes()), Duties::default()).await;
    let owner = server.owner_of("alpha").await;
    (server, owner)
}

/// One field of each item of a list.
pub(crate) async fn column(person: &Person, path: &str, field: &str) -> Vec<Value> {
    let page = person.get(path).await.expect(200);
    page["items"].as_array().expect("items").iter().map(|item| item[field].clone()).collect()
}

/// The id of something that was just made.
pub(crate) async fn made(person: &Person, path: &str, body: &Value) -> String {
    let made = person.post(path, body).await.expect(201);
    made["id"].as_str().expect("an id").to_owned()
}

/// A location of that name.
pub(crate) async fn location(person: &Person, name: &str) -> String {
    made(person, "/api/v1/locations", &json!({ "name": name })).await
}

/// PUT.
pub(crate) async fn put(person: &Person, path: &str, body: &Value) -> Answer {
    Person::send(person.request(Method::PUT, path).json(body)).await
}

/// Gives a member a first profile.
pub(crate) async fn provider(person: &Person, member: Uuid, body: &Value) {
    put(person, &format!("/api/v1/providers/{member}"), body).await.expect(200);
}
