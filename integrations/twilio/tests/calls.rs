//! Calls that are made, changed, ended and looked for, against a server on this machine.

use std::time::Duration;

use jiff::Timestamp;
use peers::{Loopback, Nobody, Reply};
use platform::egress::{self, Egress};
use platform::phi::Phi;
use serde_json::{Value, json};
use twilio::{Call, CallStatus, Client, Connection, Failure, Keys, NewCall, Reason, Refusal, Stream, Tracks, Twiml};

fn client(url: &str) -> Client {
    let base = egress::address("test", url).expect("an address");
    let egress = Egress::to([&base]).expect("a client");
    Client::new(Connection { egress, base, account: "AC1".to_owned(), token: Phi::new("token".to_owned()) })
}

fn twiml() -> Twiml {
    let ear = Stream::to("wss://bot.example/ear".parse().expect("an address"));
    Twiml::new().start_stream(&ear, Tracks::Both).pause(1)
}

fn new() -> NewCall {
    NewCall {
        to: Phi::new("+15550109999".to_owned()),
        from: "+15550100001".to_owned(),
        twiml: twiml(),
        keys: Keys::new("W12#"),
        status_callback: Some("https://clinic.example/hooks?a=1".parse().expect("an address")),
        rings: 9_999,
        longest: Some(3_600),
    }
}

fn call(sid: &str, rest: Value) -> Value {
    let mut call = json!({
        "sid": sid, "status": "queued", "to": "+15550109999", "from": "+15550100001", "direction": "outbound-api",
        "duration": null, "date_created": "Mon, 05 Jan 2026 08:00:30 +0000", "start_time": null, "end_time": null,
    });
    for (field, value) in rest.as_object().expect("fields") {
        call[field] = value.clone();
    }
    call
}

#[tokio::test]
async fn a_call_is_made_once_with_everything_that_it_has() {
    let server = Loopback::start([Reply::of(201, call("CA1", json!({})).to_string())]).await;
    let made = client(&server.url).create_call(&new()).await.expect("taken");
    assert_eq!((made.sid.as_str(), &made.status, made.duration), ("CA1", &CallStatus::Queued, None));
    assert!(made.may_be(&new()) && !made.status.is_final());

    let requests = server.requests();
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!(request.line, "POST /2010-04-01/Accounts/AC1/Calls.json");
    assert_eq!(request.header("authorization"), Some("Basic QUMxOnRva2Vu"));
    assert_eq!(
        request.body,
        "To=%2B15550109999&From=%2B15550100001&Twiml=%3C%3Fxml+version%3D%221.0%22+encoding%3D%22UTF-8%22%3F%3E\
         %3CResponse%3E%3CStart%3E%3CStream+url%3D%22wss%3A%2F%2Fbot.example%2Fear%22+track%3D%22both_tracks%22%2F%3E\
         %3C%2FStart%3E%3CPause+length%3D%221%22%2F%3E%3C%2FResponse%3E&Timeout=600&SendDigits=W12%23&TimeLimit=3600\
         &StatusCallback=https%3A%2F%2Fclinic.example%2Fhooks%3Fa%3D1&StatusCallbackEvent=initiated\
         &StatusCallbackEvent=ringing&StatusCallbackEvent=answered&StatusCallbackEvent=completed"
    );
    assert!(!format!("{:?} {made:?}", new()).contains("555010999"));
}

#[tokio::test]
async fn a_call_is_given_another_document_and_ended() {
    let going = call("CA1", json!({ "status": "in-progress" })).to_string();
    let ended = call("CA1", json!({ "status": "completed", "duration": "17" })).to_string();
    let server = Loopback::start([
        Reply::of(200, going.clone()),
        Reply::of(200, going),
        Reply::of(200, ended),
        Reply::of(400, r#"{"code":21220,"message":"Call is not in-progress. Cannot redirect.","status":400}"#),
        Reply::of(404, r#"{"code":20404,"message":"not found","status":404}"#),
    ])
    .await;
    let twilio = client(&server.url);
    assert_eq!(twilio.fetch_call("CA1").await.expect("a call").status, CallStatus::InProgress);
    let press = Twiml::new().press(&Keys::new("2").expect("a key"));
    assert_eq!(twilio.redirect_call("CA1", &press).await.expect("a call").status, CallStatus::InProgress);
    let over = twilio.end_call("CA1").await.expect("a call");
    assert_eq!((over.status.is_final(), over.duration), (true, Some(17)));
    let refused = |reason, status, code| Failure::Refused(Refusal { reason, status, code: Some(code) });
    assert_eq!(twilio.redirect_call("CA1", &press).await.map(|_| ()), Err(refused(Reason::Over, 400, 21220)));
    assert_eq!(twilio.end_call("CA1").await.map(|_| ()), Err(refused(Reason::Missing, 404, 20404)));

    let requests = server.requests();
    let said: Vec<(&str, &str)> =
        requests.iter().map(|request| (request.line.as_str(), request.body.as_str())).collect();
    assert_eq!(said[0], ("GET /2010-04-01/Accounts/AC1/Calls/CA1.json", ""));
    assert_eq!(said[2], ("POST /2010-04-01/Accounts/AC1/Calls/CA1.json", "Status=completed"));
    assert!(said[1].1.starts_with("Twiml=") && said[1].1.contains("digits%3D%222%22"));
}

#[tokio::test]
async fn nobody_calls_twice_because_an_answer_was_lost() {
    for silence in [Reply::HangUp, Reply::Break, Reply::of(504, ""), Reply::of(201, "{}")] {
        let server = Loopback::start([silence.clone()]).await;
        let made = client(&server.url).create_call(&new()).await;
        assert_eq!(made.map(|_| ()), Err(Failure::Unknown), "{silence:?}");
    }
    let limited = Reply::Answer(429, vec![("Retry-After", "17".to_owned())], r#"{"code":20429}"#.to_owned());
    let server = Loopback::start([limited]).await;
    let later = client(&server.url).create_call(&new()).await.map(|_| ());
    assert_eq!(later, Err(Failure::Later(Duration::from_secs(17))));
    let nobody = Nobody::there();
    assert!(matches!(client(&nobody.url).create_call(&new()).await, Err(Failure::Later(_))));
}

#[tokio::test]
async fn a_call_whose_making_was_not_answered_is_found() {
    let page = json!({
        "calls": [
            call("CA1", json!({ "direction": "inbound" })),
            call("CA2", json!({ "date_created": "Mon, 05 Jan 2026 07:59:59 +0000" })),
            call("CA3", json!({ "status": "ringing" })),
        ],
        "next_page_uri": null,
    });
    let server = Loopback::start([Reply::of(200, page.to_string())]).await;
    let since: Timestamp = "2026-01-05T08:00:00Z".parse().expect("an instant");
    let there = client(&server.url).calls_to(&new().to, since).await.expect("calls");
    let ours: Vec<&Call> = there.iter().filter(|call| call.may_be(&new())).collect();
    assert_eq!(ours.iter().map(|call| call.sid.as_str()).collect::<Vec<_>>(), ["CA3"]);
    assert_eq!(server.requests()[0].line, "GET /2010-04-01/Accounts/AC1/Calls.json?To=%2B15550109999&PageSize=100");
}
