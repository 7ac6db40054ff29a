//! What comes of a call when the other side says no, is not there, or falls silent, and how a message is found whose sending
//! was not answered, against a server on this machine.

use std::time::Duration;

use jiff::Timestamp;
use peers::{Loopback, Nobody, Reply};
use platform::egress::{self, Egress};
use platform::phi::Phi;
use serde_json::{Value, json};
use twilio::{Client, Connection, Failure, Message, NewMessage, Reason, Refusal, Sender, Status};

fn client(url: &str) -> Client {
    let base = egress::address("test", url).expect("an address");
    let egress = Egress::to([&base]).expect("a client");
    Client::new(Connection { egress, base, account: "AC1".to_owned(), token: Phi::new("token".to_owned()) })
}

fn new() -> NewMessage {
    NewMessage {
        to: Phi::new("+966501234567".to_owned()),
        from: Sender::Number("+15005550006".to_owned()),
        body: Phi::new("Tomorrow at 9 & bring + your card".to_owned()),
        status_callback: Some("https://clinic.example/hooks".parse().expect("an address")),
        validity: Some(99_999),
    }
}

fn taken(sid: &str, rest: Value) -> Value {
    let mut message = json!({
        "sid": sid, "status": "queued", "to": "+966501234567", "from": "+15005550006", "direction": "outbound-api",
        "body": "Tomorrow at 9 & bring + your card", "error_code": null,
        "date_created": "Mon, 05 Jan 2026 08:00:30 +0000", "date_sent": null,
    });
    for (field, value) in rest.as_object().expect("fields") {
        message[field] = value.clone();
    }
    message
}

async fn comes_of(reply: Reply) -> Result<Message, Failure> {
    let server = Loopback::start([reply]).await;
    client(&server.url).send_message(&new()).await
}

#[tokio::test]
async fn a_message_is_sent_once_with_everything_that_it_has() {
    let server = Loopback::start([Reply::of(201, taken("SM1", json!({})).to_string())]).await;
    let sent = client(&server.url).send_message(&new()).await.expect("taken");
    assert_eq!((sent.sid.as_str(), &sent.status, sent.date_sent), ("SM1", &Status::Queued, None));
    assert!(sent.may_be(&new()));

    let requests = server.requests();
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(request.line, "POST /2010-04-01/Accounts/AC1/Messages.json");
    assert_eq!(request.header("authorization"), Some("Basic QUMxOnRva2Vu"));
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(
        request.body,
        "To=%2B966501234567&From=%2B15005550006&Body=Tomorrow+at+9+%26+bring+%2B+your+card\
         &StatusCallback=https%3A%2F%2Fclinic.example%2Fhooks&ValidityPeriod=36000"
    );
}

#[tokio::test]
async fn what_is_refused_says_so_and_not_whom_it_was_for() {
    let body = r#"{"code":21610,"message":"+966501234567 is unsubscribed","more_info":"x","status":400}"#;
    let failure = comes_of(Reply::of(400, body)).await.expect_err("refused");
    assert_eq!(failure, Failure::Refused(Refusal { reason: Reason::OptedOut, status: 400, code: Some(21610) }));
    assert!(!format!("{failure:?}").contains("966"));
}

#[tokio::test]
async fn too_many_and_nobody_there_are_for_later() {
    let limited = Reply::Answer(429, vec![("Retry-After", "17".to_owned())], r#"{"code":20429}"#.to_owned());
    assert_eq!(comes_of(limited).await.map(|_| ()), Err(Failure::Later(Duration::from_secs(17))));
    assert!(matches!(comes_of(Reply::of(503, "")).await, Err(Failure::Later(_))));
    let nobody = Nobody::there();
    assert!(matches!(client(&nobody.url).send_message(&new()).await, Err(Failure::Later(_))));
}

#[tokio::test]
async fn what_was_sent_and_not_answered_is_unknown() {
    for silence in [Reply::HangUp, Reply::Break, Reply::of(504, ""), Reply::of(302, ""), Reply::of(201, "{}")] {
        assert_eq!(comes_of(silence.clone()).await.map(|_| ()), Err(Failure::Unknown), "{silence:?}");
    }
}

/// The first page is full of what is not looked for; what is stands on the second one.
#[tokio::test]
async fn a_message_whose_sending_was_not_answered_is_found() {
    let first = json!({
        "messages": [
            taken("SM1", json!({ "body": "Something else" })),
            taken("SM2", json!({ "date_created": "Mon, 05 Jan 2026 07:59:59 +0000" })),
            taken("SM3", json!({ "direction": "inbound" })),
        ],
        "next_page_uri": "/2010-04-01/Accounts/AC1/Messages.json?To=%2B966501234567&PageSize=100&Page=1&PageToken=PA2",
    });
    let second = json!({ "messages": [taken("SM4", json!({ "status": "sent" }))], "next_page_uri": null });
    let server =
        Loopback::start([Reply::HangUp, Reply::of(200, first.to_string()), Reply::of(200, second.to_string())]).await;
    let twilio = client(&server.url);
    assert_eq!(twilio.send_message(&new()).await.map(|_| ()), Err(Failure::Unknown));

    let since: Timestamp = "2026-01-05T08:00:00Z".parse().expect("an instant");
    let there = twilio.sent_to(&new().to, since).await.expect("messages");
    assert_eq!(there.iter().map(|message| message.sid.as_str()).collect::<Vec<_>>(), ["SM1", "SM3", "SM4"]);
    let ours: Vec<&Message> = there.iter().filter(|message| message.may_be(&new())).collect();
    assert_eq!(ours.iter().map(|message| message.sid.as_str()).collect::<Vec<_>>(), ["SM4"]);

    let requests = server.requests();
    let lines: Vec<&str> = requests.iter().map(|request| request.line.as_str()).skip(1).collect();
    assert_eq!(
        lines,
        [
            "GET /2010-04-01/Accounts/AC1/Messages.json?To=%2B966501234567&PageSize=100",
            "GET /2010-04-01/Accounts/AC1/Messages.json?To=%2B966501234567&PageSize=100&Page=1&PageToken=PA2",
        ]
    );
    assert!(requests.iter().all(|request| request.header("authorization") == Some("Basic QUMxOnRva2Vu")));
}

#[tokio::test]
async fn the_next_page_is_never_at_another_address() {
    let elsewhere = Loopback::start([Reply::of(200, r#"{"messages":[],"next_page_uri":null}"#)]).await;
    let next = format!("{}/2010-04-01/Accounts/AC2/Messages.json?Page=1", elsewhere.url);
    let page = json!({ "messages": [], "next_page_uri": next });
    let server = Loopback::start(
        [page.to_string(), json!({ "messages": [], "next_page_uri": null }).to_string()]
            .map(|body| Reply::of(200, body)),
    )
    .await;
    let found = client(&server.url).sent_to(&new().to, Timestamp::UNIX_EPOCH).await.expect("messages");
    assert!(found.is_empty() && elsewhere.requests().is_empty());
    assert_eq!(server.requests()[1].line, "GET /2010-04-01/Accounts/AC1/Messages.json?Page=1");
}

#[tokio::test]
async fn an_account_is_asked_for_and_its_token_not_kept() {
    let account = json!({ "sid": "AC1", "status": "suspended", "type": "Trial", "auth_token": "secret" });
    let server = Loopback::start([
        Reply::of(200, account.to_string()),
        Reply::of(401, r#"{"code":20003,"message":"Authenticate","status":401}"#),
    ])
    .await;
    let twilio = client(&server.url);
    let account = twilio.account().await.expect("the account");
    assert_eq!((account.status.as_str(), account.kind.as_deref()), ("suspended", Some("Trial")));
    assert!(!format!("{account:?}{twilio:?}").contains("secret") && !format!("{twilio:?}").contains("token\""));
    assert_eq!(server.requests()[0].line, "GET /2010-04-01/Accounts/AC1.json");
    assert_eq!(twilio.account().await.expect_err("refused").code(), "key_refused");
}
