//! Receivers that do not take what they are told.

use serde_json::json;
use uuid::Uuid;

use super::receiver::{Call, Do, status};
use super::*;

/// Versions that came about a thing, in their order.
fn versions(calls: &[Call], subject: Uuid) -> Vec<i64> {
    let about = calls.iter().map(Call::about).filter(|(id, _)| *id == subject.to_string());
    about.map(|(_, version)| version).collect()
}

#[tokio::test]
async fn a_lane_waits_for_its_head_and_others_go_on_until_the_last_try() {
    let bad = Uuid::now_v7();
    let receiver = Receiver::start(move |call, _| {
        let (subject, version) = call.about();
        if subject == bad.to_string() && version == 1 { status(422) } else { status(200) }
    })
    .await;
    let (server, owner) = start(&[&receiver]).await;
    let (id, _) = endpoint(&owner, &receiver.url("/"), &["*"]).await;
    let good = Uuid::now_v7();
    for version in 1..=3 {
        for subject in [bad, good] {
            happen(&server.app, owner.practice(), "patient.changed", subject, version).await;
        }
    }
    settle(&server).await;
    assert_eq!((versions(&receiver.calls(), bad), versions(&receiver.calls(), good)), (vec![1], vec![1, 2, 3]));
    for tries in 2..=9 {
        hurry(&server).await;
        settle(&server).await;
        assert_eq!(versions(&receiver.calls(), bad), vec![1; tries]);
    }
    hurry(&server).await;
    settle(&server).await;
    let mut all = vec![1; 10];
    all.extend([2, 3]);
    assert_eq!(versions(&receiver.calls(), bad), all, "after the last try the lane goes on");
    let states: Vec<_> = deliveries(&owner, id).await.iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states.iter().filter(|state| **state == "failed").count(), 1);
    assert_eq!(states.iter().filter(|state| **state == "delivered").count(), 5);
    let failed = owner.get(&format!("/api/v1/webhook-endpoints/{id}/deliveries?state=failed")).await.expect(200);
    assert_eq!((&failed["items"][0]["attempts"], &failed["items"][0]["lastStatus"]), (&json!(10), &json!(422)));
    assert_eq!(seen(&owner, id).await["active"], true);
}

#[tokio::test]
async fn one_that_fails_is_called_one_by_one_until_it_is_well() {
    let receiver = Receiver::start(|call, _| if call.about().1 == 1 { status(500) } else { Do::Hang }).await;
    let (server, owner) = start(&[&receiver]).await;
    let (id, _) = endpoint(&owner, &receiver.url("/"), &["*"]).await;
    happen(&server.app, owner.practice(), "patient.changed", Uuid::now_v7(), 1).await;
    settle(&server).await;
    assert!(seen(&owner, id).await["failingSince"].is_string());
    for _ in 0..6 {
        happen(&server.app, owner.practice(), "patient.changed", Uuid::now_v7(), 2).await;
    }
    server.settle().await;
    let mut under_way = UnderWay::new();
    assert_eq!(take(&server.app, &mut under_way).await.expect("takes"), 1);
    assert_eq!(take(&server.app, &mut under_way).await.expect("takes"), 0);
    receiver.let_go();
    while under_way.join_next().await.is_some() {}
    assert_eq!(seen(&owner, id).await["failingSince"], json!(null));
    assert_eq!(take(&server.app, &mut under_way).await.expect("takes"), 4);
    while under_way.join_next().await.is_some() {}
    deliver(&server.app).await;
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is_left_alone_altogether() {
    let receiver =
        Receiver::start(
            |_, number| if number == 0 { Do::Answer(429, "retry-after: 600\r\n", String::new()) } else { status(200) },
        )
        .await;
    let (server, owner) = start(&[&receiver]).await;
    endpoint(&owner, &receiver.url("/"), &["*"]).await;
    happen(&server.app, owner.practice(), "patient.created", Uuid::now_v7(), 1).await;
    settle(&server).await;
    happen(&server.app, owner.practice(), "patient.created", Uuid::now_v7(), 1).await;
    settle(&server).await;
    assert_eq!(receiver.calls().len(), 1, "nothing else is sent meanwhile either");
    let wait: (f64, f64) = sqlx::query_as(
        "select extract(epoch from (select max(quiet_until) from webhooks.endpoint) - now())::float8,
                extract(epoch from (select max(ready_at) from webhooks.lane) - now())::float8",
    )
    .fetch_one(&mut server.database.conn().await)
    .await
    .expect("a wait");
    assert!((590.0..=600.0).contains(&wait.0) && (590.0..=600.0).contains(&wait.1), "{wait:?}");
    hurry(&server).await;
    settle(&server).await;
    assert_eq!(receiver.calls().len(), 3);
}

#[tokio::test]
async fn one_that_is_gone_is_disabled_and_told_what_waited_when_it_is_back() {
    let receiver = Receiver::start(|_, number| if number == 0 { status(410) } else { status(200) }).await;
    let (server, owner) = start(&[&receiver]).await;
    let (id, _) = endpoint(&owner, &receiver.url("/"), &["*"]).await;
    let subject = Uuid::now_v7();
    happen(&server.app, owner.practice(), "patient.changed", subject, 1).await;
    happen(&server.app, owner.practice(), "patient.changed", subject, 2).await;
    settle(&server).await;
    let disabled = seen(&owner, id).await;
    assert_eq!(
        (&disabled["active"], &disabled["disabledReason"], &disabled["version"]),
        (&json!(false), &json!("gone"), &json!(2))
    );
    // what happens now is not told, also not later
    happen(&server.app, owner.practice(), "patient.changed", subject, 3).await;
    hurry(&server).await;
    settle(&server).await;
    assert_eq!(receiver.calls().len(), 1);
    let told = number(&server, "select count(*) from outbox.event where name = 'webhook_endpoint.disabled'").await;
    assert_eq!(told, 1);
    owner.post(&format!("/api/v1/webhook-endpoints/{id}/enable"), &json!({ "version": 2 })).await.expect(200);
    settle(&server).await;
    assert_eq!(versions(&receiver.calls(), subject), [1, 1, 2]);
}

#[tokio::test]
async fn one_that_fails_for_five_days_is_disabled_with_a_notice() {
    let receiver = Receiver::start(|_, _| status(500)).await;
    let (server, owner) = start(&[&receiver]).await;
    let (id, _) = endpoint(&owner, &receiver.url("/"), &["*"]).await;
    for (since, active) in [("4 days 23 hours", true), ("5 days 1 minute", false)] {
        let query = format!("update webhooks.endpoint set failing_since = now() - interval '{since}'");
        sqlx::query(sqlx::AssertSqlSafe(query)).execute(&mut server.database.conn().await).await.expect("long ago");
        happen(&server.app, owner.practice(), "patient.created", Uuid::now_v7(), 1).await;
        settle(&server).await;
        assert_eq!(seen(&owner, id).await["active"], active, "{since}");
    }
    assert_eq!(seen(&owner, id).await["disabledReason"], "failing");
    let entries = number(&server, "select count(*) from audit.entry where resource_type = 'webhook_endpoint' and action = 'update' and actor_kind = 'system'").await;
    assert_eq!(entries, 1);
}

#[tokio::test]
async fn a_redirect_leads_nowhere() {
    let within = Receiver::willing().await;
    let target = within.url("/secret");
    let receiver = Receiver::start(move |_, _| {
        let head: &'static str = Box::leak(format!("location: {target}\r\n").into_boxed_str());
        Do::Answer(302, head, String::new())
    })
    .await;
    let (server, owner) = start(&[&receiver, &within]).await;
    let (id, _) = endpoint(&owner, &receiver.url("/"), &["*"]).await;
    happen(&server.app, owner.practice(), "patient.created", Uuid::now_v7(), 1).await;
    settle(&server).await;
    let log = deliveries(&owner, id).await;
    assert_eq!(
        (&log[0]["lastStatus"], &log[0]["lastError"], &log[0]["state"]),
        (&json!(302), &json!("status"), &json!("pending"))
    );
    assert!(within.calls().is_empty());
}

/// The one test that waits: for as long as a call may take.
#[tokio::test]
async fn a_receiver_that_says_nothing_is_given_its_time_and_no_more() {
    let receiver = Receiver::start(|_, _| Do::Hang).await;
    let (server, owner) = start(&[&receiver]).await;
    let (id, _) = endpoint(&owner, &receiver.url("/"), &["*"]).await;
    happen(&server.app, owner.practice(), "patient.created", Uuid::now_v7(), 1).await;
    settle(&server).await;
    let log = deliveries(&owner, id).await;
    assert_eq!((&log[0]["lastStatus"], &log[0]["lastError"]), (&json!(null), &json!("timeout")));
    let took = number(&server, "select duration_ms::bigint from webhooks.attempt").await;
    assert!((14_500..20_000).contains(&took), "{took}");
}

#[tokio::test]
async fn an_address_that_is_no_longer_permitted_is_not_called() {
    let receiver = Receiver::willing().await;
    let (server, owner) = start(&[]).await;
    let (id, _) = endpoint(&owner, "https://hooks.example.com/", &["*"]).await;
    sqlx::query("update webhooks.endpoint set url = $1")
        .bind(receiver.url("/"))
        .execute(&mut {
            let mut conn = server.database.conn().await;
            sqlx::raw_sql("set session_replication_role = replica").execute(&mut conn).await.expect("no triggers");
            conn
        })
        .await
        .expect("moved");
    happen(&server.app, owner.practice(), "patient.created", Uuid::now_v7(), 1).await;
    settle(&server).await;
    assert_eq!(deliveries(&owner, id).await[0]["lastError"], "not_https");
    assert!(receiver.calls().is_empty());
}
