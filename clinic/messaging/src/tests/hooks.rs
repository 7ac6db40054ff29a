//! What providers tell: proved, once, in any order.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use twilio::{Form, sign};
use uuid::Uuid;

use super::sending::by_twilio;
use crate::testing::{Clinic, id, raw, value};

/// Calls the practice as Twilio does; answers the status.
async fn tell(clinic: &Clinic, fields: &[(&str, &str)], token: &str, again: Option<&str>) -> StatusCode {
    let all = clinic.owner.get("/api/v1/message-channels").await.expect(200);
    let url = all["items"][1]["hookUrl"].as_str().expect("an address").to_owned();
    let mut body = String::new();
    for (name, text) in fields {
        let pair = form_urlencoded::Serializer::new(String::new()).append_pair(name, text).finish();
        body = if body.is_empty() { pair } else { format!("{body}&{pair}") };
    }
    let signature = sign(token, &url, &Form::read(body.as_bytes()));
    let path = url.split_once("/hooks/").expect("a path").1;
    let mut request = clinic
        .server
        .stranger()
        .request(Method::POST, &format!("/hooks/{path}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-twilio-signature", signature)
        .body(body);
    if let Some(again) = again {
        request = request.header("i-twilio-idempotency-token", again);
    }
    let status = request.send().await.expect("an answer").status();
    clinic.settle().await;
    status
}

const TOKEN: &str = "token-of-the-account";

#[tokio::test]
async fn how_far_a_message_got_is_told_late_twice_and_in_any_order() {
    let (clinic, _peer) = by_twilio().await;
    let (patient, _) = clinic.patient().await;
    let sent = clinic.text(&patient, "Hello").await;
    clinic.settle().await;
    let sid = format!("SM{:032x}", 1);
    let status = |status: &'static str| [("MessageSid", sid.clone()), ("MessageStatus", status.to_owned())];
    for told in ["delivered", "sent", "delivered", "queued"] {
        let fields = status(told);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        assert_eq!(tell(&clinic, &fields, TOKEN, None).await, 200, "{told}");
        assert_eq!(clinic.message(&id(&sent)).await["state"], "delivered", "{told}");
    }
    let events = value(&clinic.server, "select count(*)::text from outbox.event where name = 'message.delivered'");
    assert_eq!(events.await, "1");
    let kept = value(&clinic.server, "select count(*)::text from messaging.inbox");
    assert_eq!(kept.await, "3", "what comes again is kept once");
    let fields = [("MessageSid", sid.as_str()), ("MessageStatus", "failed")];
    assert_eq!(tell(&clinic, &fields, "another token", None).await, 401);
    assert_eq!(clinic.message(&id(&sent)).await["state"], "delivered");
}

#[tokio::test]
async fn what_somebody_writes_is_taken_in_once_and_of_nobody_into_the_list_of_those() {
    let (clinic, _peer) = by_twilio().await;
    let (patient, phone) = clinic.patient().await;
    let write = async |sid: &str, from: &str, text: &str, again: Option<&str>| {
        let fields = [("MessageSid", sid), ("From", from), ("To", "+15005550006"), ("Body", text)];
        tell(&clinic, &fields, TOKEN, again).await
    };
    let sid = format!("SM{:032x}", 77);
    // the header is not signed: the same message under another one is the same
    for again in [Some("a"), Some("b"), None] {
        assert_eq!(write(&sid, &phone, "Are you open on Friday?", again).await, 200);
    }
    let known = clinic.messages("&direction=in").await;
    assert_eq!((known.len(), known[0]["patientId"].as_str()), (1, Some(patient.as_str())));
    assert_eq!(write(&format!("SM{:032x}", 78), "+966500000001", "هل أنتم مفتوحون؟", None).await, 200);
    let page = clinic.owner.get("/api/v1/message-inbox?unmatched=true").await.expect(200);
    let nobody = &page["items"].as_array().expect("messages")[0];
    assert_eq!((nobody["patientId"].clone(), nobody["language"].as_str()), (Value::Null, Some("ar")));
    let path = format!("/api/v1/messages/{}/assign", id(nobody));
    let assigned = clinic.owner.post(&path, &json!({ "version": 1, "patientId": patient })).await.expect(200);
    assert_eq!(assigned["patientId"], patient.as_str());
    let left = clinic.owner.get("/api/v1/message-inbox?unmatched=true").await.expect(200);
    assert_eq!(left["items"], json!([]));
    let rows = raw(&clinic.server, "messaging.inbox").await;
    assert!(!rows.contains("Friday") && !rows.contains(&phone[1..]));
}

#[tokio::test]
async fn an_address_that_is_none_answers_as_one_that_does_not_exist() {
    let (clinic, _peer) = by_twilio().await;
    let own = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(clinic.owner.practice().as_bytes());
    let stranger = clinic.server.stranger();
    for end in ["x".to_owned(), format!("{own}.guessed"), format!("{own}."), "AAAAAAAAAAAAAAAAAAAAAA.x".to_owned()] {
        for provider in ["twilio", "sendgrid"] {
            let request = stranger.request(Method::POST, &format!("/hooks/{provider}/{end}"));
            let answer = request.body("MessageSid=1").send().await.expect("an answer");
            assert_eq!(answer.status(), 404, "{provider} {end}");
        }
        let request = stranger.request(Method::POST, &format!("/u/{end}"));
        assert_eq!(request.send().await.expect("an answer").status(), 404, "{end}");
    }
}

#[tokio::test]
async fn what_sendgrid_tells_is_proved_and_ends_mails_to_who_does_not_want_them() {
    let (clinic, _peer) = by_twilio().await;
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
    let key = STANDARD.encode(pair.public_key().as_der().expect("der").as_ref());
    let settings = json!({ "fromAddress": "clinic@example.com", "eventKey": key });
    let shown = clinic.set_channel("email", "sendgrid", settings, Some("SG.key-of-the-account")).await;
    let url = shown["hookUrl"].as_str().expect("an address").split_once("/hooks/").expect("a path").1.to_owned();
    let (patient, _) = clinic.patient().await;
    let email = json!({ "patientId": patient, "channel": "email", "subject": "S", "text": "Hello" });
    let sent = clinic.owner.post("/api/v1/messages", &email).await.expect(201);
    clinic.settle().await;
    let tell = async |events: Value, ahead: i64, forged: bool| {
        let body = format!("{events}\r\n");
        let timestamp = (clinic.server.clock.now().as_second() + ahead).to_string();
        let signed = [timestamp.as_bytes(), body.as_bytes()].concat();
        let mut signature = pair.sign(&SystemRandom::new(), &signed).expect("a signature").as_ref().to_vec();
        if forged {
            signature.reverse();
        }
        let request = clinic.server.stranger().request(Method::POST, &format!("/hooks/{url}"));
        let request = request.header("x-twilio-email-event-webhook-signature", STANDARD.encode(signature));
        let request = request.header("x-twilio-email-event-webhook-timestamp", timestamp).body(body);
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let told: Value = answer.json().await.unwrap_or_default();
        clinic.settle().await;
        (status, told["new"].as_i64())
    };
    let event = |kind: &str, name: &str| {
        json!({ "event": kind, "sg_event_id": name, "timestamp": 1_700_000_000, "email": "x@example.com",
                "vantage_message": sent["id"] })
    };
    assert_eq!(tell(json!([event("delivered", "1")]), 0, true).await.0, 401);
    assert_eq!(tell(json!([event("delivered", "1")]), 3 * 24 * 3600, false).await.0, 401, "out of its time");
    assert_eq!(
        tell(json!([event("open", "2"), event("delivered", "1"), { "strange": true }]), 0, false).await,
        (200, Some(2))
    );
    assert_eq!(clinic.message(&id(&sent)).await["state"], "opened");
    assert_eq!(tell(json!([event("delivered", "1"), event("bounce", "3")]), 0, false).await, (200, Some(1)));
    assert_eq!(clinic.message(&id(&sent)).await["state"], "opened", "who opened it had it");
    let refused = clinic.owner.post("/api/v1/messages", &email).await;
    assert_eq!(refused.body["current"]["reason"], "bounced");
    let foreign = json!([{ "event": "bounce", "sg_event_id": "9", "timestamp": 1, "vantage_message": Uuid::now_v7() }]);
    assert_eq!(tell(foreign, 0, false).await, (200, Some(1)), "not ours, and no fault");
    let kept = value(&clinic.server, "select string_agg(state, ',' order by state) from messaging.inbox");
    assert_eq!(kept.await, "applied,applied,applied,ignored");
}
