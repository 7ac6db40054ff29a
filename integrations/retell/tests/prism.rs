//! Every request that the client sends, against the published description of the API as `prism` serves it, which refuses
//! what does not fit. It answers with the description's own examples.

use peers::Prism;
use platform::egress::{self, Egress};
use platform::phi::Phi;
use retell::{CallQuery, Client, Connection, Failure, NewPhoneCall, NewWebCall, Provider, Variables};

fn client(url: &str) -> Client {
    let base = egress::address("test", url).expect("an address");
    Client::new(Connection {
        egress: Egress::to([&base]).expect("a client"),
        base,
        key: Phi::new("key_test".to_owned()),
    })
}

fn variables() -> Variables {
    Variables([("first_name".to_owned(), "نورة".to_owned())].into())
}

fn phone_call(agent: Option<&str>) -> NewPhoneCall {
    NewPhoneCall {
        from: "+14157774444".to_owned(),
        to: Phi::new("+12137774445".to_owned()),
        agent: agent.map(str::to_owned),
        variables: variables(),
        our_id: "0190f8a4-0000-7000-8000-000000000000".to_owned(),
    }
}

/// One test, as the description takes a while to be read.
#[tokio::test]
async fn every_request_fits_the_description_and_every_example_is_understood() {
    let Some(prism) = Prism::serve("retell/openapi.json").await else { return };
    let retell = client(&prism.url);

    let agents = retell.agents().await.expect("agents");
    assert_eq!(agents[0].name.as_deref(), Some("Jarvis"));
    for new in [phone_call(None), phone_call(Some("agent_0123456789abcdef"))] {
        let call = retell.dial(&new).await.expect("dialled");
        assert!(!call.id.is_empty() && call.started.is_some(), "an example");
    }
    let web = NewWebCall { agent: "agent_1".to_owned(), variables: variables(), our_id: "o".to_owned() };
    let opened = retell.open_web(&web).await.expect("opened");
    assert!(!opened.access_token.expose().is_empty());
    let call = retell.get(&opened.call.id).await.expect("the call");
    assert!(call.lines.is_some_and(|lines| !lines.is_empty()) && call.analysis.is_some());

    let since = "2026-01-01T00:00:00Z".parse().ok();
    for query in [
        CallQuery::default(),
        CallQuery { since, our_id: Some("o".to_owned()), limit: 5000, after: Some("behind".to_owned()) },
    ] {
        assert!(!retell.list(&query).await.expect("a page").calls.is_empty());
    }
    retell.stop("call_1").await.expect("ended");
    assert!(matches!(client(&format!("{}/nowhere", prism.url)).agents().await, Err(Failure::Refused(_))));

    refuses_what_does_not_fit(&prism.url).await;
}

/// Or the test above would say nothing. What begins calls is let through by `prism` whatever it is; those bodies are held
/// against the description in `outcomes.rs`.
async fn refuses_what_does_not_fit(url: &str) {
    let http = reqwest::Client::builder().build().expect("a client");
    let list = async |body: &str| {
        let request = http.post(format!("{url}/v3/list-calls")).header("content-type", "application/json");
        request.bearer_auth("x").body(body.to_owned()).send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(list(r#"{"limit":1000}"#).await, 200);
    for wrong in [
        r#"{"limit":1001}"#,
        r#"{"filter_criteria":{"start_timestamp":5}}"#,
        r#"{"filter_criteria":{"metadata":[{"type":"string","op":"eq","value":"x"}]}}"#,
        r#"{"skip":1,"pagination_key":"x"}"#,
    ] {
        assert!(matches!(list(wrong).await, 400 | 422), "{wrong}");
    }
}
