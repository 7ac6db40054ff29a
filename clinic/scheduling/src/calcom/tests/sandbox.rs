//! The sandbox: the whole flow without an account.

use serde_json::{Value, json};

use super::{Connected, clinic, connect};
use crate::testing::{at, put};

async fn start() -> Connected {
    let clinic = clinic("https://api.cal.com").await;
    let (secret, hook) = connect(&clinic, "sandbox").await;
    Connected { clinic, peer: super::Peer::start().await, secret, hook }
}

#[tokio::test]
async fn everything_can_be_tried_without_an_account() {
    let it = start().await;
    assert_eq!(it.clinic.owner.post("/api/v1/calcom/test", &Value::Null).await.expect(200)["outcome"], "ok");
    let visit = it.book("09:00").await;
    it.work().await;
    assert_eq!(it.state(&visit).await.0, "synced");
    it.clinic.server.clock.advance(jiff::SignedDuration::from_secs(1));
    let moved = it.shift(&visit, "10:00").await;
    it.work().await;
    assert_eq!(it.known(&visit).await["startThere"], moved["start"]);
    let messages: Vec<(String, String)> =
        sqlx::query_as("select trigger, state from scheduling.calcom_message order by at")
            .fetch_all(&mut it.clinic.server.database.conn().await)
            .await
            .expect("messages");
    let told = |what: &str| (what.to_owned(), "applied".to_owned());
    assert_eq!(messages, [told("BOOKING_CREATED"), told("BOOKING_RESCHEDULED")], "it tells of itself by the same door");
    it.cancel(&moved).await;
    it.work().await;
    assert_eq!(it.state(&visit).await.0, "cancelled");
}

#[tokio::test]
async fn a_conflict_can_be_made_seen_and_resolved() {
    let it = start().await;
    let outside = async |start: &str, person: Value| {
        let body = json!({ "serviceId": it.clinic.service, "start": at(start), "person": person });
        it.clinic.owner.post("/api/v1/calcom/sandbox-bookings", &body).await
    };
    let free = it.clinic.free("").await;
    outside("11:00", Value::Null).await.expect(201);
    it.clinic.server.clock.advance(jiff::SignedDuration::from_secs(30));
    let left = it.clinic.free("").await;
    assert!(
        free.contains(&"11:00".to_owned()) && !left.contains(&"11:00".to_owned()),
        "taken there is not offered here"
    );
    let visit = it.book("11:00").await;
    it.work().await;
    assert_eq!(it.state(&visit).await, ("needs_attention".to_owned(), "taken".to_owned()));
    it.shift(&visit, "14:00").await;
    it.work().await;
    assert_eq!(it.state(&visit).await.0, "synced");

    outside("15:00", json!({ "name": "Huda Ali", "email": "huda@example.com" })).await.expect(201);
    it.work().await;
    assert!(it.visits().await.contains(&"15:00".to_owned()), "who books there comes here");
}

#[tokio::test]
async fn another_provider_begins_anew() {
    let it = start().await;
    let visit = it.book("09:00").await;
    it.work().await;
    let version = it.clinic.owner.get("/api/v1/calcom").await.expect(200)["version"].clone();
    let body = json!({ "version": version, "provider": "calcom", "enabled": true, "apiKey": "cal_test_key" });
    put(&it.clinic.owner, "/api/v1/calcom", &body).await.expect(200);
    assert_eq!(it.clinic.owner.get("/api/v1/calcom/mappings").await.expect(200)["items"], json!([]));
    assert_eq!(it.state(&visit).await.0, "ours_only");
}
