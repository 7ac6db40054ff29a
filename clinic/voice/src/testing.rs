//! What the tests of the area share.

use platform::testing::{Person, TestServer};
use platform::worker::Duties;
use serde_json::{Value, json};

/// The area with everything below it, and the owner of practice `alpha`.
pub(crate) async fn start() -> (TestServer, Person) {
    let below = identity::routes().merge(patients::routes());
    let server =
        TestServer::start(below.merge(crate::routes()), Duties { jobs: crate::jobs(), ..Duties::default() }).await;
    let owner = server.owner_of("alpha").await;
    (server, owner)
}

/// A field of that key, which is also its name, with what else is said of it.
pub(crate) fn field(key: &str, kind: &str, more: &Value) -> Value {
    let mut field = json!({ "key": key, "label": { "en": key }, "type": kind });
    for (member, value) in more.as_object().into_iter().flatten() {
        field[member] = value.clone();
    }
    field
}

/// The fields of a prior authorization.
pub(crate) fn prior_auth() -> Value {
    let options =
        json!([{ "value": "open", "label": { "en": "Open" } }, { "value": "approved", "label": { "en": "Approved" } }]);
    json!([
        field("patient_name", "string", &json!({ "required": true, "displayInList": true })),
        field("member_id", "string", &json!({ "sensitive": true })),
        field("phone", "phone", &json!({ "displayInList": true, "displayOrder": 1 })),
        field("born", "date", &json!({})),
        field("visits", "number", &json!({ "displayInList": true })),
        field("urgent", "boolean", &json!({})),
        field("at", "datetime", &json!({})),
        field("status", "select", &json!({ "options": options, "default": "open" })),
        field("notes", "text", &json!({})),
    ])
}

/// A call workflow with these fields.
pub(crate) async fn workflow(person: &Person, slug: &str, fields: &Value) -> Value {
    let new = json!({ "slug": slug, "name": "Prior authorization", "nameAr": "موافقة مسبقة", "fields": fields });
    person.post("/api/v1/call-workflows", &new).await.expect(201)
}

/// A case of it with these values.
pub(crate) async fn case(person: &Person, workflow: &Value, fields: Value) -> Value {
    let new = json!({ "callWorkflowId": workflow["id"], "fields": fields });
    person.post("/api/v1/cases", &new).await.expect(201)
}

/// The path of something with an id.
pub(crate) fn path(of: &str, made: &Value) -> String {
    format!("/api/v1/{of}/{}", made["id"].as_str().expect("an id"))
}
