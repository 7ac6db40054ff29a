//! Calls that Retell is to make: once, whatever happens on the way.

use platform::testing::Answer;
use serde_json::{Value, json};

use super::peer::Peer;
use super::{Clinic, NUMBER, case, made};

async fn begin(clinic: &Clinic, transport: &str, whom: Value) -> Answer {
    let mut body = json!({ "callWorkflowId": clinic.workflow, "transport": transport });
    body.as_object_mut().expect("an object").extend(whom.as_object().expect("fields").clone());
    clinic.owner.post("/api/v1/retell/calls", &body).await
}

async fn state(clinic: &Clinic, call: &Value) -> Value {
    let path = format!("/api/v1/retell/calls/{}", call["id"].as_str().expect("an id"));
    clinic.owner.get(&path).await.expect(200)
}

#[tokio::test]
async fn the_sandbox_plays_a_whole_call_by_itself() {
    let clinic = Clinic::start().await;
    let case = case(&clinic, "+14155550109").await;
    let call = begin(&clinic, "phone", json!({ "caseId": case })).await.expect(201);
    assert_eq!(begin(&clinic, "phone", json!({ "caseId": case })).await.code(), "call.running");
    clinic.work().await;
    assert_eq!(state(&clinic, &call).await["state"], "ended");
    let row = "select concat_ws(' ', c.outcome, c.ended_by, c.review, c.turns, k.call_status, k.calls,
        (select string_agg(f.key, ',' order by f.key) from voice.finding f))
        from voice.call c join voice.case k on k.id = c.case_id";
    assert_eq!(clinic.text(row).await, "completed agent open 2 completed 1 prior_auth_status,reference_number");
    assert_eq!(clinic.count("select count(*) from voice.retell_message where state = 'applied'").await, 3);
    let tasks = clinic.owner.get("/api/v1/tasks").await.expect(200);
    assert_eq!(tasks["items"].as_array().expect("tasks").len(), 1, "its agent took a message");
}

#[tokio::test]
async fn a_browser_gets_its_token_for_as_long_as_nobody_came() {
    let peer = Peer::start(201, true).await;
    let clinic = Clinic::reaching(&peer.url, "retell").await;
    let patient = clinic.patient("Noura", NUMBER).await;
    let call = begin(&clinic, "web", json!({ "patientId": patient })).await.expect(201);
    assert_eq!(call["accessToken"], Value::Null);
    clinic.server.settle().await;
    let waits = state(&clinic, &call).await;
    assert_eq!((&waits["state"], &waits["accessToken"]), (&json!("dialing"), &json!("token_of_the_browser")));
    let asked = peer.asked().remove(0);
    assert_eq!((asked.0.as_str(), &asked.1["agent_id"]), ("/v2/create-web-call", &json!("agent_1")));
    assert_eq!(asked.1["retell_llm_dynamic_variables"]["first_name"], "Noura");

    let began = clinic.call("made_1", &json!({ "call_type": "web_call" }));
    clinic.deliver("", &json!({ "event": "call_started", "call": began })).await.expect(204);
    clinic.server.settle().await;
    let live = state(&clinic, &call).await;
    assert_eq!((&live["state"], &live["accessToken"]), (&json!("live"), &Value::Null));
    let kept = clinic.text("select string_agg(o::text, '') from voice.retell_order o").await;
    assert!(!kept.contains("token_of") && !kept.contains("Noura"));
}

#[tokio::test]
async fn after_an_unknown_outcome_nobody_dials_before_it_was_looked_up() {
    for (made, dials) in [(true, 1), (false, 2)] {
        let peer = Peer::start(504, made).await;
        let clinic = Clinic::reaching(&peer.url, "retell").await;
        let patient = clinic.patient("Noura", NUMBER).await;
        let call = begin(&clinic, "phone", json!({ "patientId": patient })).await.expect(201);
        clinic.server.settle().await;
        assert_eq!(peer.asked().len(), 1);
        peer.will_answer(201);
        clinic.work().await;
        let paths: Vec<String> = peer.asked().into_iter().map(|(path, _)| path).collect();
        let count = |path: &str| paths.iter().filter(|asked| *asked == path).count();
        assert_eq!((count("/v2/create-phone-call"), paths[1].as_str()), (dials, "/v3/list-calls"), "{paths:?}");
        assert_eq!(state(&clinic, &call).await["state"], "dialing");
        assert_eq!(clinic.count("select count(*) from voice.call where external_id is not null").await, 1);
        let first = &peer.asked()[0].1;
        assert_eq!((&first["to_number"], &first["from_number"]), (&json!(NUMBER), &json!("+14157774444")));
        assert_eq!(first["metadata"], json!({ "vantage_call": call["id"] }), "and nothing else of ours");
    }
}

#[tokio::test]
async fn what_is_refused_is_over_and_what_is_for_later_comes_later() {
    let peer = Peer::start(402, false).await;
    let clinic = Clinic::reaching(&peer.url, "retell").await;
    let patient = clinic.patient("Noura", NUMBER).await;
    let call = begin(&clinic, "phone", json!({ "patientId": patient })).await.expect(201);
    clinic.work().await;
    let over = state(&clinic, &call).await;
    assert_eq!((&over["state"], &over["errorCode"]), (&json!("ended"), &json!("out_of_credits")));

    peer.will_answer(429);
    let call = begin(&clinic, "phone", json!({ "patientId": patient })).await.expect(201);
    clinic.server.settle().await;
    assert_eq!(state(&clinic, &call).await["state"], "queued");
    peer.will_answer(201);
    clinic.work().await;
    assert_eq!(state(&clinic, &call).await["state"], "dialing");

    // one call at a time with a number
    let third = begin(&clinic, "phone", json!({ "patientId": patient })).await.expect(201);
    clinic.server.settle().await;
    assert_eq!(state(&clinic, &third).await["state"], "queued");
}

#[tokio::test]
async fn who_cannot_or_does_not_want_to_be_called_is_not() {
    let clinic = Clinic::start().await;
    let without = made(&clinic.owner, "/api/v1/patients", &json!({ "givenName": "Sara" })).await;
    assert_eq!(begin(&clinic, "phone", json!({ "patientId": without })).await.code(), "call.no_number");
    let no = json!({ "givenName": "Huda", "phones": [{ "number": NUMBER, "kind": "mobile", "preferred": true }],
        "consents": { "calls": { "granted": false } } });
    let unwilling = made(&clinic.owner, "/api/v1/patients", &no).await;
    assert_eq!(begin(&clinic, "phone", json!({ "patientId": unwilling })).await.code(), "call.unwanted");
    let other = begin(&clinic, "phone", json!({ "caseId": uuid::Uuid::now_v7() })).await;
    assert_eq!(other.faults(), ["/caseId not_found"]);
    let accountant = clinic.server.colleague_of(&clinic.owner, "accountant").await;
    assert_eq!(accountant.post("/api/v1/retell/calls", &json!({})).await.status, 403);
}
