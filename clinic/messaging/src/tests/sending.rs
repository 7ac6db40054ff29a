//! Delivery by Twilio as it is in the world: it refuses, is slow, hangs up, and takes what it does not answer. Nothing is
//! sent twice on doubt.

use jiff::SignedDuration;
use platform::config::Config;
use platform::id::PracticeId;
use serde_json::{Value, json};

use super::peer::{Peer, Step};
use crate::deliver::{self, claim_for_tests};
use crate::message::MessageId;
use crate::testing::{Clinic, id};

/// A practice that sends by a peer.
pub async fn by_twilio() -> (Clinic, Peer) {
    // the peer must be known to the settings before the server is there, and knows its clock afterwards
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let config = Config {
        twilio_origins: format!("http://{address}"),
        sendgrid_origins: format!("http://{address}"),
        ..Config::default()
    };
    let clinic = Clinic::with(config).await;
    let peer = Peer::on(listener, clinic.server.clock.clone());
    let settings = json!({ "accountSid": "AC00000000000000000000000000000001", "fromNumber": "+15005550006" });
    clinic.set_channel("sms", "twilio", settings, Some("token-of-the-account")).await;
    (clinic, peer)
}

async fn state(clinic: &Clinic, of: &Value) -> (String, Value) {
    let message = clinic.message(&id(of)).await;
    (message["state"].as_str().expect("a state").to_owned(), message["reason"].clone())
}

#[tokio::test]
async fn twilio_is_given_a_message_once_and_asked_to_tell() {
    let (clinic, peer) = by_twilio().await;
    let (patient, phone) = clinic.patient().await;
    let sent = clinic.text(&patient, "Hello").await;
    clinic.settle().await;
    assert_eq!(state(&clinic, &sent).await, ("sent".to_owned(), Value::Null));
    let has = peer.has();
    assert_eq!((has.len(), has[0]["to"].as_str(), has[0]["body"].as_str()), (1, Some(phone.as_str()), Some("Hello")));
    assert!(has[0]["callback"].as_str().expect("an address").contains("/hooks/twilio/"));
    assert_eq!(peer.counts(), (1, 0));
}

#[tokio::test]
async fn two_workers_send_one_message_once() {
    let (clinic, peer) = by_twilio().await;
    let (patient, _) = clinic.patient().await;
    let sent = clinic.text(&patient, "Hello").await;
    let message: MessageId = id(&sent).parse().map(MessageId).expect("an id");
    let practice = PracticeId(clinic.owner.practice());
    let work = || deliver::send(&clinic.server.app, practice, message);
    let all = futures::future::join_all([work(), work(), work(), work()]).await;
    assert!(all.into_iter().all(|done| done.is_ok()));
    clinic.settle().await;
    assert_eq!(peer.counts(), (1, 0));
    assert_eq!(state(&clinic, &sent).await.0, "sent");
}

#[tokio::test]
async fn after_a_call_without_an_answer_twilio_is_asked_before_anybody_sends_again() {
    let (mut clinic, peer) = by_twilio().await;
    let (patient, _) = clinic.patient().await;
    peer.script(&[Step::TakeAndHangUp]);
    let sent = clinic.text(&patient, "Hello").await;
    clinic.settle().await;
    assert_eq!(state(&clinic, &sent).await, ("sending".to_owned(), json!("no_answer")));
    clinic.later(SignedDuration::from_secs(30)).await;
    assert_eq!(peer.counts(), (1, 0), "not before it must be over there");
    clinic.later(SignedDuration::from_secs(40)).await;
    assert_eq!(state(&clinic, &sent).await.0, "sent");
    assert_eq!((peer.counts(), peer.has().len()), ((1, 1), 1));
}

#[tokio::test]
async fn the_same_text_that_was_sent_before_is_not_taken_for_it() {
    let (mut clinic, peer) = by_twilio().await;
    let (patient, _) = clinic.patient().await;
    let first = clinic.text(&patient, "Hello").await;
    clinic.settle().await;
    peer.script(&[Step::HangUp]);
    let second = clinic.text(&patient, "Hello").await;
    clinic.settle().await;
    clinic.later(SignedDuration::from_secs(61)).await;
    assert_eq!(
        (state(&clinic, &first).await.0, state(&clinic, &second).await.0),
        ("sent".to_owned(), "sent".to_owned())
    );
    assert_eq!((peer.counts(), peer.has().len()), ((3, 1), 2));
}

#[tokio::test]
async fn after_two_doubts_only_a_person_goes_on() {
    let (mut clinic, peer) = by_twilio().await;
    let (patient, _) = clinic.patient().await;
    peer.script(&[Step::HangUp, Step::HangUp]);
    let sent = clinic.text(&patient, "Hello").await;
    clinic.settle().await;
    for _ in 0..6 {
        clinic.later(SignedDuration::from_mins(3)).await;
    }
    assert_eq!(state(&clinic, &sent).await, ("unknown".to_owned(), json!("no_answer")));
    assert_eq!((peer.counts().0, peer.has().len()), (2, 0), "given twice, and never more");
    let message = clinic.message(&id(&sent)).await;
    let path = format!("/api/v1/messages/{}/decide", id(&sent));
    let decision = json!({ "version": message["version"], "decision": "send_again" });
    let again = clinic.owner.post(&path, &decision).await.expect(200);
    assert_eq!(again["retryOfId"], sent["id"]);
    clinic.settle().await;
    assert_eq!(state(&clinic, &again).await.0, "sent");
    assert_eq!(state(&clinic, &sent).await, ("failed".to_owned(), json!("sent_again")));
    assert_eq!(clinic.owner.post(&path, &decision).await.status, 409, "decided once");
}

#[tokio::test]
async fn a_crash_between_call_and_mark_sends_nothing_twice() {
    let (mut clinic, peer) = by_twilio().await;
    let (patient, phone) = clinic.patient().await;
    let sent = clinic.text(&patient, "Hello").await;
    let message: MessageId = id(&sent).parse().map(MessageId).expect("an id");
    let practice = PracticeId(clinic.owner.practice());
    // somebody takes it in hand, calls, and is no more
    claim_for_tests(&clinic.server.app, practice, message).await;
    let form = format!("To={}&From=%2B15005550006&Body=Hello", phone.replace('+', "%2B"));
    let url = format!("{}/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json", peer.origin());
    let call = reqwest::Client::builder()
        .build()
        .expect("a client")
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(call.body(form).send().await.expect("an answer").status(), 201);
    clinic.settle().await;
    assert_eq!(state(&clinic, &sent).await.0, "sending", "it is in somebody's hand");
    clinic.later(SignedDuration::from_mins(3)).await;
    assert_eq!(state(&clinic, &sent).await.0, "sent");
    assert_eq!((peer.counts(), peer.has().len()), ((1, 1), 1));
}

#[tokio::test]
async fn what_is_refused_for_now_is_tried_again_when_twilio_says_and_what_is_refused_is_not() {
    let (mut clinic, peer) = by_twilio().await;
    let (patient, phone) = clinic.patient().await;
    peer.script(&[
        Step::Refuse(429, 20429, Some(600)),
        Step::Take,
        Step::Refuse(400, 21211, None),
        Step::Refuse(400, 21610, None),
    ]);
    let sent = clinic.text(&patient, "Hello").await;
    clinic.settle().await;
    assert_eq!(state(&clinic, &sent).await, ("queued".to_owned(), json!("twilio.later")));
    clinic.later(SignedDuration::from_mins(9)).await;
    assert_eq!(peer.counts().0, 1, "not before Retry-After");
    clinic.later(SignedDuration::from_mins(2)).await;
    assert_eq!(state(&clinic, &sent).await, ("sent".to_owned(), Value::Null));
    let refused = clinic.text(&patient, "Again").await;
    clinic.settle().await;
    assert_eq!(state(&clinic, &refused).await, ("failed".to_owned(), json!("twilio.number_refused")));
    let version = clinic.message(&id(&refused)).await["version"].clone();
    let path = format!("/api/v1/messages/{}/retry", id(&refused));
    let again = clinic.owner.post(&path, &json!({ "version": version })).await.expect(200);
    clinic.settle().await;
    assert_eq!(state(&clinic, &again).await, ("failed".to_owned(), json!("twilio.opted_out")));
    let listed = clinic.owner.get("/api/v1/message-suppressions").await.expect(200);
    assert_eq!(
        (listed["items"][0]["address"].as_str(), listed["items"][0]["reason"].as_str()),
        (Some(phone.as_str()), Some("stop"))
    );
    assert_eq!(peer.counts().0, 4);
}

#[tokio::test]
async fn sendgrid_cannot_be_asked_so_one_doubt_is_a_persons() {
    let (mut clinic, peer) = by_twilio().await;
    let settings = json!({ "fromAddress": "clinic@example.com", "fromName": "Alpha" });
    clinic.set_channel("email", "sendgrid", settings, Some("SG.key-of-the-account")).await;
    let (patient, _) = clinic.patient().await;
    peer.script(&[Step::TakeAndHangUp, Step::Take]);
    let email = json!({ "patientId": patient, "channel": "email", "subject": "S", "text": "Hello" });
    let sent = clinic.owner.post("/api/v1/messages", &email).await.expect(201);
    clinic.settle().await;
    clinic.later(SignedDuration::from_hours(1)).await;
    assert_eq!(state(&clinic, &sent).await, ("unknown".to_owned(), json!("no_answer")));
    assert_eq!(peer.counts().0, 1);
    let version = clinic.message(&id(&sent)).await["version"].clone();
    let path = format!("/api/v1/messages/{}/decide", id(&sent));
    let left = clinic.owner.post(&path, &json!({ "version": version, "decision": "leave" })).await.expect(200);
    assert_eq!((left["state"].as_str(), left["reason"].as_str()), (Some("failed"), Some("left")));
    let other = clinic.owner.post("/api/v1/messages", &email).await.expect(201);
    clinic.settle().await;
    assert_eq!(state(&clinic, &other).await.0, "sent");
    let mail = &peer.mails()[1];
    assert_eq!(mail["from"], json!({ "email": "clinic@example.com", "name": "Alpha" }));
    assert_eq!(mail["personalizations"][0]["custom_args"]["vantage_message"], other["id"]);
    assert!(!mail["personalizations"][0]["custom_args"].to_string().contains("lina"));
}
