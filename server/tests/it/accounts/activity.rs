//! What counts as somebody being there.

use platform::testing::{Person, TestServer};
use serde_json::{Value, json};

use super::{ledger, outside};
use crate::product;

/// Half an hour of idleness ends a session here, and twenty minutes have passed.
async fn twenty_idle_minutes() -> (TestServer, Person) {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    owner.patch("/api/v1/security", &json!({ "version": 1, "idleMinutes": 30 })).await.expect(200);
    server.settle().await;
    outside(&server, "update auth.session set active_at = now() - interval '20 minutes'").await;
    (server, owner)
}

async fn idle_for(server: &TestServer) -> i64 {
    server.settle().await;
    sqlx::query_scalar("select (extract(epoch from now() - active_at) / 60)::bigint from auth.session")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("minutes")
}

/// The process remembers that it noted this session; as if a minute had passed.
async fn another_process(server: &TestServer, owner: &Person) -> (TestServer, Person) {
    let database = platform::testing::TestDatabase { options: server.database.options.clone() };
    let config = platform::config::Config::default();
    let other = TestServer::on(database, config, server::routes::duties(), server::routes::api).await;
    let mut person = other.stranger();
    person.token = owner.token.clone();
    person.refresh = owner.refresh.clone();
    person.session = owner.session.clone();
    (other, person)
}

#[tokio::test]
async fn reading_and_refreshing_do_not_count() {
    let (server, mut owner) = twenty_idle_minutes().await;
    owner.get("/api/v1/services").await.expect(200);
    owner.get("/api/v1/auth/session").await.expect(200);
    let refresh = owner.refresh.clone().expect("a token");
    owner.renew(&refresh).await.expect(200);
    assert_eq!(idle_for(&server).await, 20);
}

#[tokio::test]
async fn somebody_who_moves_or_changes_something_is_there() {
    let (server, owner) = twenty_idle_minutes().await;
    let (fresh, owner_there) = another_process(&server, &owner).await;
    assert_eq!(owner_there.post("/api/v1/auth/activity", &Value::Null).await.status, 204);
    assert_eq!(idle_for(&fresh).await, 0);
    outside(&server, "update auth.session set active_at = now() - interval '20 minutes'").await;
    let (fresh, owner_there) = another_process(&server, &owner).await;
    owner_there.patch("/api/v1/security", &json!({ "version": 2, "inviteHours": 48 })).await.expect(200);
    assert_eq!(idle_for(&fresh).await, 0);
}

#[tokio::test]
async fn who_idled_away_comes_back_only_by_signing_in() {
    let (server, owner) = twenty_idle_minutes().await;
    outside(&server, "update auth.session set active_at = now() - interval '31 minutes'").await;
    let (fresh, mut owner) = another_process(&server, &owner).await;
    for answer in [
        owner.get("/api/v1/services").await,
        owner.post("/api/v1/auth/activity", &Value::Null).await,
        owner.patch("/api/v1/security", &json!({ "version": 2, "inviteHours": 48 })).await,
    ] {
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "auth.idle"));
    }
    assert_eq!(idle_for(&fresh).await, 31, "trying does not wake it");
    let refresh = owner.refresh.clone().expect("a token");
    let answer = owner.renew(&refresh).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (401, "auth.idle"));
    assert_eq!(owner.renew(&refresh).await.code(), "auth.session_ended");
    let reason: String = sqlx::query_scalar("select end_reason from auth.session")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a reason");
    assert_eq!(reason, "idle");
    assert!(ledger(&server, &owner).await.contains(&"idle ok".to_owned()));
}
