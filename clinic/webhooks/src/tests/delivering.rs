//! What receivers are told.

use std::collections::{HashMap, HashSet};

use serde_json::json;
use uuid::Uuid;

use super::receiver::{Do, status};
use super::*;
use crate::{Outcome, post};

#[tokio::test]
async fn a_receiver_is_told_what_happened_and_not_what_it_says() {
    let receiver = Receiver::willing().await;
    let (server, owner) = start(&[&receiver]).await;
    let (id, secret) = endpoint(&owner, &receiver.url("/in?key=1"), &["patient.changed"]).await;
    let patient = Uuid::now_v7();
    happen(&server.app, owner.practice(), "patient.changed", patient, 7).await;
    settle(&server).await;
    let calls = receiver.calls();
    assert_eq!(calls.len(), 1);
    let call = &calls[0];
    assert_eq!((call.path.as_str(), call.content_type.as_str()), ("/in?key=1", "application/json"));
    assert_eq!((call.signatures.len(), call.signed_by(&secret)), (1, vec![0]));
    assert!(call.signed_by("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_empty());
    assert_eq!(call.timestamp, server.app.now().as_second());
    let mut body = call.json();
    let at: jiff::Timestamp = serde_json::from_value(body["timestamp"].take()).expect("an instant");
    assert!(at.duration_since(server.app.now()).abs() < jiff::SignedDuration::from_mins(5));
    let data = json!({ "subjectType": "patient", "subjectId": patient, "version": 7, "fields": ["phone"] });
    assert_eq!(body, json!({ "type": "patient.changed", "timestamp": null, "data": data }));
    assert!(!call.body.contains("966"), "values stay here");

    let log = deliveries(&owner, id).await;
    let path = format!("/api/v1/webhook-deliveries/{}", log[0]["id"].as_str().expect("an id"));
    let detail = owner.get(&path).await.expect(200);
    assert_eq!(
        (&detail["state"], &detail["messageId"], &detail["body"]),
        (&json!("delivered"), &json!(call.id), &json!(call.body))
    );
    assert_eq!((&detail["tries"][0]["status"], &detail["tries"][0]["error"]), (&json!(204), &json!(null)));
    assert!(detail["tries"][0]["durationMs"].is_i64());
}

#[tokio::test]
async fn each_endpoint_is_told_once_of_what_it_wants_and_of_its_own_practice_only() {
    let receiver = Receiver::willing().await;
    let (server, owner) = start(&[&receiver]).await;
    let other = server.owner_of("beta").await;
    endpoint(&owner, &receiver.url("/all"), &["*"]).await;
    endpoint(&owner, &receiver.url("/area"), &["patients.*", "patient.created"]).await;
    endpoint(&owner, &receiver.url("/one"), &["appointment.booked"]).await;
    let (off, _) = endpoint(&owner, &receiver.url("/off"), &["*"]).await;
    owner.post(&format!("/api/v1/webhook-endpoints/{off}/disable"), &json!({ "version": 1 })).await.expect(200);
    let (gone, _) = endpoint(&owner, &receiver.url("/gone"), &["*"]).await;
    owner.post(&format!("/api/v1/webhook-endpoints/{gone}/delete"), &json!({ "version": 1 })).await.expect(200);
    endpoint(&other, &receiver.url("/beta"), &["*"]).await;
    happen(&server.app, owner.practice(), "patient.created", Uuid::now_v7(), 1).await;
    happen(&server.app, owner.practice(), "appointment.booked", Uuid::now_v7(), 1).await;
    // of what is not public nobody hears
    happen(&server.app, owner.practice(), "hold.created", Uuid::now_v7(), 1).await;
    settle(&server).await;
    settle(&server).await;
    let mut told: Vec<_> = receiver
        .calls()
        .iter()
        .map(|call| format!("{} {}", call.path, call.json()["type"].as_str().expect("a type")))
        .collect();
    told.sort();
    assert_eq!(
        told,
        ["/all appointment.booked", "/all patient.created", "/area patient.created", "/one appointment.booked"]
    );
    let ids: HashSet<_> = receiver.calls().iter().map(|call| call.id.clone()).collect();
    assert_eq!(ids.len(), 2, "an event has one id wherever it is told");
}

#[tokio::test]
async fn the_same_event_heard_twice_is_one_delivery() {
    let receiver = Receiver::willing().await;
    let (server, owner) = start(&[&receiver]).await;
    endpoint(&owner, &receiver.url("/"), &["*"]).await;
    let event = Event {
        id: Uuid::now_v7(),
        at: server.app.now(),
        name: "patient.created".to_owned(),
        subject_type: "patient".to_owned(),
        subject_id: Uuid::now_v7(),
        version: Some(1),
        payload: json!({ "fields": ["givenName"] }),
    };
    hear(&server.app, owner.practice(), event.clone()).await;
    deliver(&server.app).await;
    hear(&server.app, owner.practice(), event).await;
    deliver(&server.app).await;
    assert_eq!(receiver.calls().len(), 1);
    assert_eq!(number(&server, "select sum(pending) from webhooks.lane").await, 0);
}

#[tokio::test]
async fn who_hangs_keeps_a_few_places_and_nobody_waits_for_it() {
    let (hanging, willing) = (Receiver::start(|_, _| Do::Hang).await, Receiver::willing().await);
    let (server, owner) = start(&[&hanging, &willing]).await;
    let other = server.owner_of("beta").await;
    endpoint(&owner, &hanging.url("/"), &["*"]).await;
    endpoint(&owner, &willing.url("/same practice"), &["*"]).await;
    endpoint(&other, &willing.url("/other practice"), &["*"]).await;
    for _ in 0..12 {
        for practice in [owner.practice(), other.practice()] {
            happen(&server.app, practice, "patient.created", Uuid::now_v7(), 1).await;
        }
    }
    server.settle().await;
    let app = server.app.clone();
    let under_way = tokio::spawn(async move { deliver(&app).await });
    willing.until_came(24).await;
    hanging.until_came(4).await;
    assert_eq!(hanging.calls().len(), 4, "four at a time, and the others wait");
    assert!(willing.most_at_once() <= 8);
    hanging.let_go();
    under_way.await.expect("done");
    assert_eq!((hanging.calls().len(), hanging.most_at_once()), (12, 4));
    let mut by_path: HashMap<String, usize> = HashMap::new();
    for call in willing.calls() {
        *by_path.entry(call.path).or_default() += 1;
    }
    assert_eq!(by_path.values().copied().collect::<Vec<_>>(), [12, 12]);
}

#[tokio::test]
async fn who_lost_the_lease_is_not_believed() {
    let receiver = Receiver::start(|_, number| if number == 0 { Do::Hang } else { status(500) }).await;
    let (server, owner) = start(&[&receiver]).await;
    let (id, _) = endpoint(&owner, &receiver.url("/"), &["*"]).await;
    happen(&server.app, owner.practice(), "patient.created", Uuid::now_v7(), 1).await;
    server.settle().await;
    let app = server.app.clone();
    let slow = tokio::spawn(async move {
        let mut under_way = UnderWay::new();
        assert_eq!(take(&app, &mut under_way).await.expect("takes"), 1);
        while under_way.join_next().await.is_some() {}
    });
    receiver.until_came(1).await;
    // its lease runs out while it waits, and another process takes over
    let mut conn = server.database.conn().await;
    sqlx::query("update webhooks.lane set ready_at = now()").execute(&mut conn).await.expect("over");
    deliver(&server.app).await;
    receiver.until_came(1).await;
    receiver.let_go();
    slow.await.expect("done");
    let log = deliveries(&owner, id).await;
    assert_eq!(
        (&log[0]["state"], &log[0]["attempts"], &log[0]["lastStatus"]),
        (&json!("pending"), &json!(1), &json!(500))
    );
    let calls = receiver.calls();
    assert_eq!((calls[0].id.as_str(), calls[0].body.as_str()), (calls[1].id.as_str(), calls[1].body.as_str()));
}

#[tokio::test]
async fn an_address_outside_of_a_transaction_is_called_and_answers() {
    let receiver = Receiver::start(|call, _| match call.path.as_str() {
        "/json" => Do::Answer(201, "", json!({ "ok": true }).to_string()),
        "/large" => Do::Answer(200, "", format!("\"{}\"", "x".repeat(65_536))),
        "/text" => Do::Answer(400, "", "no".to_owned()),
        "/later" => Do::Answer(503, "retry-after: 7\r\n", String::new()),
        "/redirect" => Do::Answer(307, "location: /json\r\n", String::new()),
        _ => Do::Drop,
    })
    .await;
    let (server, _) = start(&[&receiver]).await;
    let (app, secret) = (&server.app, crate::signature::make_secret().expect("a secret"));
    let call = async |path: &str| post(app, &receiver.url(path), &secret, "msg_1", b"{}").await.expect("an outcome");
    let answered = |status, json: Option<Value>, retry: Option<u64>| Outcome::Answered {
        status,
        json,
        retry_after: retry.map(std::time::Duration::from_secs),
    };
    assert_eq!(call("/json").await, answered(201, Some(json!({ "ok": true })), None));
    assert_eq!(receiver.calls()[0].signed_by(secret.expose()), [0]);
    assert_eq!(call("/large").await, answered(200, None, None));
    assert_eq!(call("/text").await, answered(400, None, None));
    assert_eq!(call("/later").await, answered(503, None, Some(7)));
    assert_eq!(call("/redirect").await, answered(307, None, None));
    assert_eq!(receiver.calls().len(), 5, "the redirect was not followed");
    let silent = call("/drop").await;
    assert_eq!(silent, Outcome::Silent { silence: platform::egress::Silence::Unknown, why: "broken" });
    let refused = post(app, "https://169.254.169.254/latest", &secret, "msg_1", b"{}").await.expect("an outcome");
    assert_eq!(refused, Outcome::Refused(platform::public_egress::Refusal::NotPublic));
    let wrong = platform::phi::Phi::new("whsec_short".to_owned());
    assert!(post(app, &receiver.url("/json"), &wrong, "msg_1", b"{}").await.is_err());
}
