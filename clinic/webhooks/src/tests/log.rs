//! The log: looking, sending again, forgetting.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::SignedDuration;
use serde_json::json;
use uuid::Uuid;

use super::receiver::status;
use super::*;

/// A receiver that refuses everything until the switch is turned.
async fn refusing() -> (Receiver, Arc<AtomicBool>) {
    let well = Arc::new(AtomicBool::new(false));
    let is_well = Arc::clone(&well);
    (Receiver::start(move |_, _| status(if is_well.load(Ordering::SeqCst) { 200 } else { 500 })).await, well)
}

/// Tries what waits until it is given up.
async fn exhaust(server: &TestServer) {
    for _ in 0..10 {
        hurry(server).await;
        settle(server).await;
    }
}

#[tokio::test]
async fn what_was_given_up_is_sent_again_under_its_id_and_before_what_came_later() {
    let (receiver, well) = refusing().await;
    let (server, owner) = start(&[&receiver]).await;
    let (id, _) = endpoint(&owner, &receiver.url("/"), &["*"]).await;
    let subject = Uuid::now_v7();
    happen(&server.app, owner.practice(), "patient.changed", subject, 1).await;
    settle(&server).await;
    exhaust(&server).await;
    let failed = deliveries(&owner, id).await[0].clone();
    assert_eq!((&failed["state"], &failed["dueAt"]), (&json!("failed"), &json!(null)));
    happen(&server.app, owner.practice(), "patient.changed", subject, 2).await;
    settle(&server).await;
    let before = receiver.calls().len();
    well.store(true, Ordering::SeqCst);
    let path = format!("/api/v1/webhook-deliveries/{}/replay", failed["id"].as_str().expect("an id"));
    let replayed = owner.post(&path, &json!(null)).await.expect(200);
    assert_eq!((&replayed["state"], &replayed["attempts"]), (&json!("pending"), &json!(0)));
    let twice = owner.post(&path, &json!(null)).await;
    assert_eq!((twice.status.as_u16(), twice.code()), (409, "webhook_delivery.pending"));
    // it does not wait for the next try of the one behind it
    deliver(&server.app).await;
    let calls = receiver.calls();
    assert_eq!(calls[before..].iter().map(|call| call.about().1).collect::<Vec<_>>(), [1]);
    assert_eq!(calls[before].id, calls[0].id);
    hurry(&server).await;
    settle(&server).await;
    assert_eq!(receiver.calls().last().expect("a call").about().1, 2);
    // also what was taken can be sent again
    owner.post(&path, &json!(null)).await.expect(200);
    settle(&server).await;
    assert_eq!(receiver.calls().last().expect("a call").id, calls[0].id);
    let detail = path.strip_suffix("/replay").expect("a path");
    assert_eq!(owner.get(detail).await.expect(200)["tries"].as_array().expect("tries").len(), 12);
}

#[tokio::test]
async fn all_that_was_given_up_since_an_instant_is_sent_again() {
    let (receiver, well) = refusing().await;
    let (server, owner) = start(&[&receiver]).await;
    let (id, _) = endpoint(&owner, &receiver.url("/"), &["*"]).await;
    let path = format!("/api/v1/webhook-endpoints/{id}/replay");
    let mut since = server.app.now();
    for _ in 0..3 {
        since = server.app.now();
        happen(&server.app, owner.practice(), "patient.created", Uuid::now_v7(), 1).await;
        server.settle().await;
        server.clock.advance(SignedDuration::from_secs(60));
    }
    exhaust(&server).await;
    well.store(true, Ordering::SeqCst);
    let calls = receiver.calls().len();
    assert_eq!(
        owner.post(&path, &json!({ "since": since })).await.expect(200),
        json!({ "deliveries": 1, "more": false })
    );
    settle(&server).await;
    assert_eq!(receiver.calls().len(), calls + 1);
    assert_eq!(owner.post(&path, &json!({})).await.expect(200)["deliveries"], 2);
    settle(&server).await;
    assert_eq!(owner.post(&path, &json!({})).await.expect(200)["deliveries"], 0);
    assert!(deliveries(&owner, id).await.iter().all(|one| one["state"] == "delivered"));
    assert_eq!(number(&server, "select sum(pending) from webhooks.lane").await, 0);
}

#[tokio::test]
async fn the_log_comes_in_pages_by_state_and_is_its_endpoints_own() {
    let receiver = Receiver::start(|call, _| status(if call.about().1 == 2 { 500 } else { 200 })).await;
    let (server, owner) = start(&[&receiver]).await;
    let (id, _) = endpoint(&owner, &receiver.url("/"), &["*"]).await;
    let (other, _) = endpoint(&owner, &receiver.url("/other"), &["note.created"]).await;
    for version in 1..=2 {
        for _ in 0..5 {
            happen(&server.app, owner.practice(), "patient.created", Uuid::now_v7(), version).await;
        }
    }
    settle(&server).await;
    let path = format!("/api/v1/webhook-endpoints/{id}/deliveries");
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = owner.get(&format!("{path}?limit=2&state=delivered{cursor}")).await.expect(200);
        found.extend(page["items"].as_array().expect("items").iter().map(|one| one["id"].to_string()));
        let Some(next) = page["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(found.len(), 5);
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 5);
    let waiting = owner.get(&format!("{path}?state=pending")).await.expect(200);
    assert_eq!(waiting["items"].as_array().expect("items").len(), 5);
    assert!(waiting["items"][0]["dueAt"].is_string());
    assert!(deliveries(&owner, other).await.is_empty());
    let beta = server.owner_of("beta").await;
    assert_eq!(beta.get(&path).await.status, 404);
}

#[tokio::test]
async fn a_test_is_sent_whatever_the_endpoint_wants() {
    let receiver = Receiver::willing().await;
    let (server, owner) = start(&[&receiver]).await;
    let (id, secret) = endpoint(&owner, &receiver.url("/"), &["note.created"]).await;
    let queued = owner.post(&format!("/api/v1/webhook-endpoints/{id}/test"), &json!(null)).await.expect(200);
    assert_eq!((&queued["event"], &queued["state"]), (&json!("webhook.test"), &json!("pending")));
    settle(&server).await;
    let calls = receiver.calls();
    assert_eq!((calls[0].json()["type"].as_str(), calls[0].signed_by(&secret)), (Some("webhook.test"), vec![0]));
    assert_eq!(calls[0].about(), (id.to_string(), 1));
}

#[tokio::test]
async fn what_is_thirty_days_old_is_forgotten_with_what_was_deleted() {
    let (receiver, _) = refusing().await;
    let (server, owner) = start(&[&receiver]).await;
    let (kept, _) = endpoint(&owner, &receiver.url("/"), &["*"]).await;
    let (gone, _) = endpoint(&owner, &receiver.url("/gone"), &["*"]).await;
    let subject = Uuid::now_v7();
    happen(&server.app, owner.practice(), "patient.changed", subject, 1).await;
    settle(&server).await;
    owner.post(&format!("/api/v1/webhook-endpoints/{gone}/delete"), &json!({ "version": 1 })).await.expect(200);
    server.clock.advance(SignedDuration::from_hours(29 * 24));
    happen(&server.app, owner.practice(), "patient.changed", subject, 2).await;
    server.settle().await;
    let rows = async || {
        let count =
            "select (select count(*) from webhooks.endpoint) * 1000000 + (select count(*) from webhooks.lane) * 10000
                          + (select count(*) from webhooks.delivery) * 100 + (select count(*) from webhooks.attempt)";
        number(&server, count).await
    };
    crate::sweep::sweep(server.app.clone()).await.expect("sweeps");
    assert_eq!(rows().await, 2_020_302, "nothing is thirty days old");
    server.clock.advance(SignedDuration::from_hours(25));
    crate::sweep::sweep(server.app.clone()).await.expect("sweeps");
    assert_eq!(rows().await, 1_010_100, "what was never taken goes too");
    assert_eq!(number(&server, "select sum(pending) from webhooks.lane").await, 1);
    hurry(&server).await;
    deliver(&server.app).await;
    assert_eq!(receiver.calls().last().expect("a call").about().1, 2, "the lane goes on");
    let still = number(&server, "select count(*) from webhooks.endpoint where deleted_at is null").await;
    assert_eq!((still, kept.is_nil()), (1, false));
}
