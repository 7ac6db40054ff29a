//! Tasks as people and automations use them.

mod assigning;
mod blocks;
mod course;
mod listing;
mod seeing;

use platform::testing::{Person, TestServer};
use platform::worker::Duties;
use serde_json::{Value, json};
use uuid::Uuid;

/// The area with everything below it, and the owner of practice `alpha`.
async fn start() -> (TestServer, Person) {
    let below = identity::routes().merge(practice::routes()).merge(patients::routes());
    let server = TestServer::start(below.merge(crate::routes()), Duties::default()).await;
    let owner = server.owner_of("alpha").await;
    (server, owner)
}

/// A task that says nothing but that, with these fields besides.
async fn task(person: &Person, title: &str, fields: Value) -> Value {
    let mut body = json!({ "title": title });
    for (field, value) in fields.as_object().into_iter().flatten() {
        body[field] = value.clone();
    }
    person.post("/api/v1/tasks", &body).await.expect(201)
}

async fn patient(person: &Person, name: &str) -> Value {
    person.post("/api/v1/patients", &json!({ "givenName": name, "familyName": "Ali" })).await.expect(201)
}

fn path(task: &Value) -> String {
    format!("/api/v1/tasks/{}", task["id"].as_str().expect("an id"))
}

/// Does something with a task as it is in `task`.
async fn act(person: &Person, task: &Value, action: &str) -> Value {
    let path = format!("{}/{action}", path(task));
    person.post(&path, &json!({ "version": task["version"] })).await.expect(200)
}

async fn titles(person: &Person, query: &str) -> Vec<String> {
    let page = person.get(&format!("/api/v1/tasks?{query}")).await.expect(200);
    let items = page["items"].as_array().expect("items");
    items.iter().map(|item| item["title"].as_str().expect("a title").to_owned()).collect()
}

/// One column of a query with the practice as its parameter.
async fn column(server: &TestServer, person: &Person, sql: &'static str) -> Vec<String> {
    sqlx::query_scalar(sql).bind(person.practice()).fetch_all(&mut server.database.conn().await).await.expect("rows")
}

/// A role of the practice's own.
async fn own_role(owner: &Person, name: &str, permissions: &[&str]) -> Value {
    let role = json!({ "name": name, "basedOn": "receptionist", "permissions": permissions });
    owner.post("/api/v1/roles", &role).await.expect(201)
}

/// A member in a role of the practice's own, signed in.
async fn in_own_role(server: &TestServer, owner: &Person, role: &Value) -> Person {
    let (id, email) = server.member_of(owner, "receptionist").await;
    let change = json!({ "version": 1, "customRoleId": role["id"] });
    owner.patch(&format!("/api/v1/staff/{id}"), &change).await.expect(200);
    let mut person = server.stranger();
    let credentials = json!({ "email": email, "password": "a long test password" });
    person.sign("/api/v1/auth/login", &credentials).await.expect(200);
    person
}

/// Does something with a member.
async fn member(owner: &Person, id: Uuid, action: &str) {
    let staff = owner.get("/api/v1/staff?limit=200").await.expect(200);
    let found = staff["items"].as_array().expect("items").iter().find(|one| one["id"] == json!(id));
    let body = json!({ "version": found.expect("the member")["version"] });
    let answer = owner.post(&format!("/api/v1/staff/{id}/{action}"), &body).await;
    assert!(answer.status.is_success(), "{}", answer.body);
}
