//! A practice at work: another program is told what happens to its patients, and a workflow does something about each
//! change: a task, and for some of them a call outside with another task behind it.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::Client;

/// Where the receiver is told of events, and where the workflow calls.
pub const EVENTS: &str = "/events";
pub const CALLS: &str = "/calls";
/// The given name of patients whom the workflow is for: the demo has others.
pub const NAME: &str = "Kill";

/// What was set up.
#[derive(Debug)]
pub struct AtWork {
    pub endpoint: Uuid,
    pub secret: String,
    pub workflow: Uuid,
}

impl AtWork {
    /// Sets everything up, with the receiver at this address.
    pub async fn begin(owner: &Client, origin: &str) -> Self {
        let endpoint = async |path: &str, events: &[&str]| {
            let asked = json!({ "url": format!("{origin}{path}"), "events": events });
            owner.made("/api/v1/webhook-endpoints", &asked).await
        };
        let told = endpoint(EVENTS, &["patient.created", "patient.changed"]).await;
        // it is only called
        let called = endpoint(CALLS, &["closing_day.removed"]).await;
        let asked = json!({ "name": "Through kills", "definition": definition(&called["endpoint"]["id"]) });
        let made = owner.made("/api/v1/workflows", &asked).await;
        let publish = format!("/api/v1/workflows/{}/publish", made["id"].as_str().expect("an id"));
        owner.made(&publish, &json!({ "version": made["version"] })).await;
        Self {
            endpoint: id_of(&told["endpoint"]),
            secret: told["secret"].as_str().expect("a secret").to_owned(),
            workflow: id_of(&made),
        }
    }
}

/// A patient whom the workflow is for; it calls outside for women.
pub fn patient(number: usize, is_woman: bool) -> Value {
    let sex = if is_woman { "female" } else { "male" };
    json!({ "givenName": NAME, "familyName": format!("Nine {number}"), "sex": sex })
}

/// The id of what was answered.
pub fn id_of(body: &Value) -> Uuid {
    serde_json::from_value(body["id"].clone()).unwrap_or_else(|_| panic!("no id: {body}"))
}

fn definition(called: &Value) -> Value {
    let task = |id: &str, title: &str| json!({ "kind": "action", "id": id, "action": "task.create", "fields": { "title": title, "role": "receptionist" } });
    let call = json!({ "kind": "action", "id": "outside", "action": "webhook.call", "retry": { "attempts": 20 },
        "fields": { "endpointId": called, "body": "{\"patient\": \"{{ patient.id }}\"}" } });
    let women = json!({ "id": "women", "name": "Women", "condition": { "==": [{ "var": "patient.sex" }, "female"] },
        "steps": [call, task("behind", "Called for {{ patient.givenName }}: {{ outside.status }}")] });
    json!({
        "trigger": { "kind": "event", "event": "patient.changed",
            "condition": { "==": [{ "var": "patient.givenName" }, NAME] } },
        "steps": [task("first", "Look after {{ patient.givenName }}"),
                  { "kind": "branch", "id": "which", "paths": [women], "otherwise": [] }],
    })
}
