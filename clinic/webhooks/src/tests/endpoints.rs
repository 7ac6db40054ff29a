//! Endpoints through the API.

use jiff::SignedDuration;
use platform::testing::{Person, TestServer};
use serde_json::json;
use uuid::Uuid;

use super::*;

#[tokio::test]
async fn an_endpoint_from_beginning_to_end() {
    let (server, owner) = start(&[]).await;
    let new = json!({ "url": "https://Hooks.example.com:443/in?x=1", "description": " ERP ", "events": ["patients.*", "appointment.booked", "patients.*"] });
    let made = owner.post("/api/v1/webhook-endpoints", &new).await.expect(201);
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    let endpoint = &made["endpoint"];
    assert!(secret.starts_with("whsec_") && secret.len() == 6 + 44);
    assert_eq!(endpoint["url"], "https://hooks.example.com/in?x=1");
    assert_eq!(endpoint["description"], "ERP");
    assert_eq!(endpoint["events"], json!(["appointment.booked", "patients.*"]));
    assert_eq!(endpoint["secretLastFour"], secret[secret.len() - 4..]);
    assert_eq!((&endpoint["active"], &endpoint["version"]), (&json!(true), &json!(1)));
    let path = format!("/api/v1/webhook-endpoints/{}", endpoint["id"].as_str().expect("an id"));
    let read = owner.get(&path).await.expect(200);
    assert_eq!(&read, endpoint);
    assert!(!read.to_string().contains(&secret), "shown once");

    let changed = owner.patch(&path, &json!({ "version": 1, "description": null, "events": ["*"] })).await.expect(200);
    assert_eq!(
        (&changed["description"], &changed["events"], &changed["version"]),
        (&json!(null), &json!(["*"]), &json!(2))
    );
    let stale = owner.patch(&path, &json!({ "version": 1, "events": ["*"] })).await;
    assert_eq!((stale.status.as_u16(), stale.code()), (409, "version.stale"));
    let disabled = owner.post(&format!("{path}/disable"), &json!({ "version": 2 })).await.expect(200);
    assert_eq!((&disabled["active"], &disabled["disabledReason"]), (&json!(false), &json!("by_hand")));
    let tested = owner.post(&format!("{path}/test"), &json!(null)).await;
    assert_eq!((tested.status.as_u16(), tested.code()), (409, "webhook_endpoint.disabled"));
    let enabled = owner.post(&format!("{path}/enable"), &json!({ "version": 3 })).await.expect(200);
    assert_eq!(
        (&enabled["active"], &enabled["disabledReason"], &enabled["disabledAt"]),
        (&json!(true), &json!(null), &json!(null))
    );
    owner.post(&format!("{path}/delete"), &json!({ "version": 4 })).await.expect(200);
    assert_eq!(owner.get(&path).await.status, 404);
    let list = owner.get("/api/v1/webhook-endpoints").await.expect(200);
    assert_eq!(list["items"], json!([]));
    let events = events_of(&server, "webhook_endpoint").await;
    let words = ["created", "changed", "disabled", "enabled", "deleted"].map(|word| format!("webhook_endpoint.{word}"));
    assert_eq!(events, words);
}

async fn events_of(server: &TestServer, subject: &str) -> Vec<String> {
    sqlx::query_scalar("select name from outbox.event where subject_type = $1 order by at, seq")
        .bind(subject)
        .fetch_all(&mut server.database.conn().await)
        .await
        .expect("events")
}

#[tokio::test]
async fn what_cannot_be_called_or_told_is_refused_at_its_field() {
    let (_server, owner) = start(&[]).await;
    let faults = async |url: &str, events: &[&str]| {
        owner.post("/api/v1/webhook-endpoints", &json!({ "url": url, "events": events })).await.faults()
    };
    let good = "https://hooks.example.com/";
    for (url, code) in [
        ("hooks", "invalid"),
        ("http://hooks.example.com/", "not_https"),
        ("https://u:p@hooks.example.com/", "decorated"),
        ("https://hooks.example.com:25/", "port_refused"),
        ("https://127.1/", "not_public"),
        ("https://[::ffff:10.0.0.1]/", "not_public"),
        ("https://0x7f000001/", "not_public"),
        ("https://localhost./", "not_public"),
    ] {
        assert_eq!(faults(url, &["*"]).await, [format!("/url {code}")], "{url}");
    }
    assert_eq!(faults(good, &["*", "patient.*", "hold.created"]).await, ["/events/1 not_found", "/events/2 not_found"]);
    assert_eq!(faults(good, &[]).await.len(), 1);
    let (id, _) = endpoint(&owner, good, &["*"]).await;
    let change = json!({ "version": 1, "url": "https://10.0.0.1" });
    let refused = owner.patch(&format!("/api/v1/webhook-endpoints/{id}"), &change).await;
    assert_eq!(refused.faults(), ["/url not_public"]);
}

#[tokio::test]
async fn a_practice_has_twenty_at_most_and_a_deleted_one_makes_room() {
    let (_server, owner) = start(&[]).await;
    let mut last = Uuid::nil();
    for _ in 0..20 {
        (last, _) = endpoint(&owner, "https://hooks.example.com/", &["*"]).await;
    }
    let new = json!({ "url": "https://hooks.example.com/", "events": ["*"] });
    let refused = owner.post("/api/v1/webhook-endpoints", &new).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "webhook_endpoint.too_many"));
    owner.post(&format!("/api/v1/webhook-endpoints/{last}/delete"), &json!({ "version": 1 })).await.expect(200);
    owner.post("/api/v1/webhook-endpoints", &new).await.expect(201);
}

#[tokio::test]
async fn secrets_lie_sealed_and_only_those_who_run_the_practice_come_near_them() {
    let (server, owner) = start(&[]).await;
    let (id, secret) = endpoint(&owner, "https://hooks.example.com/", &["*"]).await;
    let rotated = owner
        .post(&format!("/api/v1/webhook-endpoints/{id}/rotate-secret"), &json!({ "version": 1 }))
        .await
        .expect(200);
    for secret in [secret.as_str(), rotated["secret"].as_str().expect("a secret")] {
        let found: i64 = sqlx::query_scalar(
            "select (select count(*) from webhooks.endpoint e where position($1::bytea in e.secret || e.old_secret) > 0)
                  + (select count(*) from audit.entry a where a::text like '%' || $2 || '%')
                  + (select count(*) from outbox.event o where o::text like '%' || $2 || '%')",
        )
        .bind(secret.as_bytes())
        .bind(secret)
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a count");
        assert_eq!(found, 0);
    }
    let desk: Person = server.colleague_of(&owner, "receptionist").await;
    assert_eq!(desk.get("/api/v1/webhook-endpoints").await.code(), "auth.forbidden");
}

#[tokio::test]
async fn for_a_day_both_secrets_sign() {
    let receiver = Receiver::willing().await;
    let (server, owner) = start(&[&receiver]).await;
    let (id, first) = endpoint(&owner, &receiver.url("/in"), &["*"]).await;
    let path = format!("/api/v1/webhook-endpoints/{id}");
    let rotated = owner.post(&format!("{path}/rotate-secret"), &json!({ "version": 1 })).await.expect(200);
    let second = rotated["secret"].as_str().expect("a secret");
    assert_eq!(rotated["endpoint"]["version"], 2);
    assert!(rotated["endpoint"]["oldSecretUntil"].is_string());
    let test = format!("{path}/test");
    owner.post(&test, &json!(null)).await.expect(200);
    settle(&server).await;
    server.clock.advance(SignedDuration::from_hours(24));
    owner.post(&test, &json!(null)).await;
    let mut again = owner.clone();
    let credentials = json!({ "email": "owner@alpha.example", "password": "a long test password" });
    again.sign("/api/v1/auth/login", &credentials).await.expect(200);
    again.post(&test, &json!(null)).await.expect(200);
    settle(&server).await;
    let calls = receiver.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!((calls[0].signed_by(second), calls[0].signed_by(&first)), (vec![0], vec![1]));
    assert_eq!((calls[1].signed_by(second), calls[1].signatures.len()), (vec![0], 1));
    assert_eq!(seen(&again, id).await["oldSecretUntil"], json!(null));
}
