//! Connecting: the key, trying it, who speaks for what.

use peers::{Loopback, Reply};
use serde_json::{Value, json};

use super::{Clinic, KEY};

#[tokio::test]
async fn a_key_is_kept_and_never_shown_and_what_is_wrong_with_it_is_said() {
    let there = Loopback::start([
        Reply::of(401, r#"{"status":"error","message":"no"}"#),
        Reply::of(200, r#"[{"agent_id":"agent_1","agent_name":"Reception","version":3,"is_published":true}]"#),
        Reply::of(200, "[]"),
        Reply::Answer(429, vec![("Retry-After", "30".to_owned())], String::new()),
    ])
    .await;
    let clinic = Clinic::reaching(&there.url, "retell").await;
    let owner = &clinic.owner;
    let test = async || owner.post("/api/v1/retell/test", &Value::Null).await.expect(200);
    assert_eq!(test().await["outcome"], "key_refused");
    let agents = owner.get("/api/v1/retell/agents").await.expect(200);
    let expected = json!({ "id": "agent_1", "name": "Reception", "version": 3, "published": true, "language": null });
    assert_eq!(agents["items"], json!([expected]));
    assert_eq!(test().await, json!({ "outcome": "ok", "agents": 0, "retryAfterSeconds": null }));
    assert_eq!(test().await["retryAfterSeconds"], 30);

    let shown = owner.get("/api/v1/retell").await.expect(200);
    assert_eq!((&shown["apiKeyLastFour"], &shown["testOutcome"]), (&json!("test"), &json!("later")));
    assert!(shown["functionUrl"].as_str().expect("an address").ends_with("/functions"));
    assert!(!shown.to_string().contains(KEY));
    assert!(there.requests().iter().all(|request| request.header("authorization") == Some("Bearer key_of_the_test")));
    let kept = clinic.text("select r::text || (select string_agg(e::text, '') from audit.entry e) from voice.retell r");
    assert!(!kept.await.contains(KEY));
    for role in ["provider", "receptionist", "accountant", "staff"] {
        let person = clinic.server.colleague_of(owner, role).await;
        assert_eq!(person.get("/api/v1/retell").await.status, 403, "{role}");
        assert_eq!(person.put("/api/v1/retell", &json!({})).await.status, 403, "{role}");
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_the_field_at_fault() {
    let clinic = Clinic::start().await;
    let set = async |fields: Value| {
        let mut body = json!({ "version": 2, "provider": "sandbox", "enabled": true });
        body.as_object_mut().expect("an object").extend(fields.as_object().expect("fields").clone());
        clinic.owner.put("/api/v1/retell", &body).await
    };
    assert_eq!(set(json!({ "baseUrl": "http://10.0.0.1" })).await.faults(), ["/baseUrl not_found"]);
    assert_eq!(set(json!({ "apiKey": "short" })).await.faults(), ["/apiKey invalid"]);
    assert_eq!(set(json!({ "fromNumber": "12" })).await.faults(), ["/fromNumber invalid_phone"]);
    assert_eq!(
        set(json!({ "provider": "retell" })).await.faults(),
        ["/apiKey required"],
        "another one has another key"
    );
    assert_eq!(set(json!({ "version": 1 })).await.code(), "version.stale");
    let told = set(json!({ "fromNumber": "011 234 5678" })).await.expect(200);
    assert_eq!((&told["fromNumber"], &told["apiKeyLastFour"]), (&json!("+966112345678"), &json!("test")));
}

#[tokio::test]
async fn an_agent_speaks_for_one_workflow_and_a_workflow_has_one() {
    let clinic = Clinic::start().await;
    let set = async |version: i32, items: Value| {
        clinic.owner.put("/api/v1/retell/mappings", &json!({ "version": version, "items": items })).await
    };
    let item =
        |workflow: uuid::Uuid, agent: &str| json!({ "callWorkflowId": workflow, "agentId": agent, "agentName": null });
    let one = item(clinic.workflow, "agent_2");
    assert_eq!(set(2, json!([one, one])).await.faults(), ["/items/1/callWorkflowId duplicate"]);
    assert_eq!(set(2, json!([item(uuid::Uuid::now_v7(), "a")])).await.faults(), ["/items/0/callWorkflowId not_found"]);
    assert_eq!(set(1, json!([one])).await.code(), "version.stale");
    let told = set(2, json!([one])).await.expect(200);
    assert_eq!((&told["items"], &told["version"]), (&json!([one]), &json!(3)));
    let agents = clinic.owner.get("/api/v1/retell/agents").await.expect(200);
    assert_eq!(agents["items"][0]["name"], "Prior authorization", "the sandbox has one for each");

    let other = json!({ "version": 3, "provider": "retell", "enabled": false, "apiKey": KEY });
    clinic.owner.put("/api/v1/retell", &other).await.expect(200);
    let left = clinic.owner.get("/api/v1/retell/mappings").await.expect(200);
    assert_eq!(left["items"], json!([]), "whose agents they were is no more");
}
