//! What comes of a call when the other side says no, is not there, or falls silent, against a server on this machine.

use std::time::Duration;

use peers::{Loopback, Nobody, Reply};
use platform::egress::{self, Egress};
use platform::phi::Phi;
use retell::{
    CallQuery, Client, Connection, Failure, NewPhoneCall, NewWebCall, OUR_ID, Provider, Reason, Refusal, Status,
    Variables,
};
use serde_json::{Value, json};

const TAKEN: &str =
    r#"{"call_id":"c1","agent_id":"a","agent_version":0,"call_status":"registered","from_number":"+1"}"#;

fn client(url: &str) -> Client {
    let base = egress::address("test", url).expect("an address");
    let egress = Egress::to([&base]).expect("a client");
    Client::new(Connection { egress, base, key: Phi::new("key_test".to_owned()) })
}

fn phone_call() -> NewPhoneCall {
    NewPhoneCall {
        from: "+14157774444".to_owned(),
        to: Phi::new("+12137774445".to_owned()),
        agent: Some("agent_1".to_owned()),
        variables: Variables([("first_name".to_owned(), "Noura".to_owned())].into()),
        our_id: "o1".to_owned(),
    }
}

async fn comes_of(reply: Reply) -> Result<Status, Failure> {
    let server = Loopback::start([reply]).await;
    client(&server.url).dial(&phone_call()).await.map(|call| call.status)
}

#[tokio::test]
async fn a_call_is_dialled_once_with_everything_that_it_has() {
    let server = Loopback::start([Reply::of(201, TAKEN)]).await;
    let call = client(&server.url).dial(&phone_call()).await.expect("dialled");
    assert_eq!((call.id.as_str(), call.status), ("c1", Status::Registered));

    let requests = server.requests();
    let [request] = requests.as_slice() else { panic!("{} requests", requests.len()) };
    assert_eq!(request.line, "POST /v2/create-phone-call");
    assert_eq!(request.header("authorization"), Some("Bearer key_test"));
    let expected = json!({
        "from_number": "+14157774444", "to_number": "+12137774445", "override_agent_id": "agent_1",
        "metadata": { OUR_ID: "o1" }, "retell_llm_dynamic_variables": { "first_name": "Noura" },
    });
    assert_eq!(serde_json::from_str::<Value>(&request.body).expect("json"), expected);
}

#[tokio::test]
async fn a_call_in_a_browser_has_its_token() {
    let opened = r#"{"call_id":"w1","access_token":"secret","call_type":"web_call","metadata":{"vantage_call":"o2"}}"#;
    let server = Loopback::start([Reply::of(201, opened)]).await;
    let new = NewWebCall { agent: "a".to_owned(), variables: Variables::default(), our_id: "o2".to_owned() };
    let web = client(&server.url).open_web(&new).await.expect("opened");
    assert_eq!((web.call.id.as_str(), web.call.our_id.as_deref()), ("w1", Some("o2")));
    assert_eq!(web.access_token.expose(), "secret");
    assert!(!format!("{web:?}").contains("secret"));
}

/// By hand, as `prism` does not look at them: every field is described, and everything that is required is there.
#[tokio::test]
async fn what_begins_calls_fits_the_description() {
    let Some(text) = peers::text("retell/openapi.json") else { return };
    let description: Value = serde_json::from_str(&text).expect("json");
    let web = NewWebCall { agent: "a".to_owned(), variables: Variables::default(), our_id: "o2".to_owned() };
    let server = Loopback::start([Reply::of(201, TAKEN), Reply::of(201, TAKEN)]).await;
    let retell = client(&server.url);
    retell.dial(&phone_call()).await.expect("dialled");
    assert!(retell.open_web(&web).await.is_err(), "without a token nobody comes in");
    for (request, path) in server.requests().iter().zip(["/v2/create-phone-call", "/v2/create-web-call"]) {
        let schema = &description["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"];
        let body: Value = serde_json::from_str(&request.body).expect("json");
        let sent = body.as_object().expect("fields");
        let types = |name: &str| schema["properties"][name]["type"].as_str();
        for (name, value) in sent {
            assert_eq!(types(name), Some(if value.is_object() { "object" } else { "string" }), "{path} {name}");
        }
        let required = schema["required"].as_array().expect("names");
        assert!(required.iter().all(|name| sent.contains_key(name.as_str().expect("a name"))), "{path}");
    }
}

#[tokio::test]
async fn what_is_refused_says_why_and_not_whom_it_was_for() {
    let body = r#"{"status":"error","message":"+12137774445 cannot be dialled"}"#;
    for (status, reason) in
        [(400, Reason::Invalid), (401, Reason::KeyRefused), (402, Reason::OutOfCredits), (422, Reason::Invalid)]
    {
        let failure = comes_of(Reply::of(status, body)).await.expect_err("refused");
        assert_eq!(failure, Failure::Refused(Refusal { reason, status }));
        assert!(!format!("{failure:?}").contains("213777"));
    }
}

#[tokio::test]
async fn too_many_and_nobody_there_are_for_later() {
    let limited = Reply::Answer(429, vec![("Retry-After", "17".to_owned())], String::new());
    assert_eq!(comes_of(limited).await, Err(Failure::Later(Duration::from_secs(17))));
    let nobody = Nobody::there();
    assert!(matches!(client(&nobody.url).dial(&phone_call()).await, Err(Failure::Later(_))));
}

#[tokio::test]
async fn a_call_that_may_have_been_made_is_unknown() {
    let strange = [Reply::of(500, ""), Reply::of(503, ""), Reply::of(504, ""), Reply::of(302, "")];
    for reply in
        [Reply::HangUp, Reply::Break, Reply::of(201, "<html>"), Reply::of(201, "{}")].into_iter().chain(strange)
    {
        assert_eq!(comes_of(reply.clone()).await, Err(Failure::Unknown), "{reply:?}");
    }
}

#[tokio::test]
async fn pages_are_turned_by_what_names_the_next_one() {
    let server = Loopback::start([
        Reply::of(200, r#"{"items":[{"call_id":"c1"},{"nothing":1}],"has_more":true,"pagination_key":"k"}"#),
        Reply::of(200, r#"{"items":[],"has_more":false,"pagination_key":"k2"}"#),
    ])
    .await;
    let retell = client(&server.url);
    let since = "2026-01-01T00:00:00Z".parse().ok();
    let mut query = CallQuery { since, our_id: Some("o1".to_owned()), after: None, limit: 2 };
    let page = retell.list(&query).await.expect("a page");
    assert_eq!((page.calls.len(), page.next.as_deref()), (1, Some("k")));
    query.after = page.next;
    assert_eq!(retell.list(&query).await.expect("a page").next, None, "there is no more, whatever it names");
    let sent: Vec<Value> =
        server.requests().iter().map(|request| serde_json::from_str(&request.body).expect("json")).collect();
    let filter = json!({
        "start_timestamp": { "type": "number", "op": "ge", "value": 1_767_225_600_000_i64 },
        "metadata": [{ "key": OUR_ID, "type": "string", "op": "eq", "value": "o1" }],
    });
    assert_eq!(sent[0], json!({ "filter_criteria": filter, "sort_order": "ascending", "limit": 2 }));
    assert_eq!(sent[1]["pagination_key"], "k");
}

#[tokio::test]
async fn each_agent_is_listed_in_its_newest_version() {
    let answer = r#"[{"agent_id":"b","version":1},{"agent_id":"a","version":0,"agent_name":"old"},{"version":9},
        {"agent_id":"a","version":2,"agent_name":"new","is_published":true,"language":"ar-SA"}]"#;
    let server = Loopback::start([Reply::of(200, answer)]).await;
    let agents = client(&server.url).agents().await.expect("agents");
    let shown: Vec<_> = agents.iter().map(|agent| (agent.id.as_str(), agent.version, agent.published)).collect();
    assert_eq!(shown, [("a", 2, true), ("b", 1, false)]);
    assert_eq!((agents[0].name.as_deref(), agents[0].language.as_deref()), (Some("new"), Some("ar-SA")));
    assert_eq!(server.requests()[0].line, "GET /list-agents?limit=1000&is_latest=true");
}

#[tokio::test]
async fn a_call_that_is_over_cannot_be_ended_and_that_is_no_failure() {
    let replies = [Reply::of(204, ""), Reply::of(404, ""), Reply::of(400, ""), Reply::of(401, "")];
    let server = Loopback::start(replies).await;
    let retell = client(&server.url);
    for _ in 0..3 {
        assert_eq!(retell.stop("c1").await, Ok(()));
    }
    assert_eq!(retell.stop("c1").await.expect_err("refused").code(), "key_refused");
    assert_eq!(server.requests()[0].line, "POST /v2/stop-call/c1");
}
