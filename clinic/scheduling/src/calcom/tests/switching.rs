//! Switching the connection off and on: what happens meanwhile waits, and is lost neither here nor there.

use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Connected;
use crate::calcom::booking::{self, CalcomBookingId};
use crate::calcom::inbox;
use crate::testing::{at, made};
use platform::db::Caller;
use platform::id::PracticeId;

#[tokio::test]
async fn what_happens_while_it_is_off_is_done_when_it_is_on_again() {
    let it = Connected::start().await;
    let (moved, gone) = (it.book("09:00").await, it.book("10:00").await);
    it.work().await;
    let asked = it.peer.requests().len();
    it.switch(false).await;
    it.shift(&moved, "11:00").await;
    it.cancel(&gone).await;
    let made = it.book("14:00").await;
    it.work().await;
    assert_eq!(it.peer.requests().len(), asked, "nothing is asked while it is off");
    it.switch(true).await;
    it.work().await;
    let states = [it.state(&moved).await.0, it.state(&gone).await.0, it.state(&made).await.0];
    assert_eq!(states, ["synced", "cancelled", "synced"]);
    assert_eq!(standing(&it), [at("11:00"), at("14:00")].map(|start| instant(&start)));

    // nothing is asked for what has not changed
    let asked = it.peer.requests().len();
    it.switch(false).await;
    it.switch(true).await;
    it.work().await;
    assert_eq!(it.peer.requests().len(), asked);
}

#[tokio::test]
async fn a_change_that_nobody_heard_of_is_found_when_it_is_switched_on() {
    let it = Connected::start().await;
    let visit = it.book("09:00").await;
    it.work().await;
    it.switch(false).await;
    it.shift(&visit, "11:00").await;
    // its event was set aside
    for statement in ["update outbox.event set state = 'discarded'", "update outbox.lane set pending = 0"] {
        sqlx::query(statement).execute(&mut it.clinic.server.database.conn().await).await.expect("set aside");
    }
    it.switch(true).await;
    it.work().await;
    assert_eq!(standing(&it), [instant(&at("11:00"))]);
}

#[tokio::test]
async fn what_is_told_while_it_is_off_waits_for_a_day() {
    let it = Connected::start().await;
    it.switch(false).await;
    let mut late = it.created("bk_late", "15:00");
    late["createdAt"] = json!(it.now() - SignedDuration::from_hours(24) + SignedDuration::from_secs(60));
    it.told(&[it.created("bk_x", "09:00"), it.rescheduled("bk_y", "bk_x", "10:00"), late]).await;
    assert!(it.visits().await.is_empty(), "nothing is made of it while it is off");
    it.clinic.server.clock.advance(SignedDuration::from_secs(90));
    it.switch(true).await;
    it.work().await;
    assert_eq!(it.visits().await, ["10:00"], "but not of what is more than a day old");
    it.switch(false).await;
    it.switch(true).await;
    it.work().await;
    assert_eq!(it.visits().await, ["10:00"], "and of each of them once");
}

#[tokio::test]
async fn pages_of_what_waits_are_turned() {
    let it = Connected::start().await;
    it.switch(false).await;
    for time in ["08:00", "09:00", "10:00", "11:00", "14:00"] {
        it.book(time).await;
    }
    it.work().await;
    let caller = Caller::system(PracticeId(it.clinic.owner.practice()));
    let page = async |after: Option<CalcomBookingId>| {
        let door = &it.clinic.server.app.door;
        door.read(&caller, async move |tx| booking::unsettled(tx, after, 2).await).await.expect("a page")
    };
    let (mut all, mut last) = (Vec::new(), None);
    loop {
        let page = page(last).await;
        assert!(page.len() <= 2);
        let Some(next) = page.last() else { break };
        last = Some(*next);
        all.extend(page.iter().map(|id| id.uuid()));
    }
    let mut known: Vec<Uuid> = all.clone();
    known.sort_unstable();
    known.dedup();
    assert_eq!((known.len(), &known), (5, &all), "each once, in the order of ids");
}

#[tokio::test]
async fn a_reservation_is_forgotten_with_its_hold_though_it_is_off_by_then() {
    let it = Connected::start().await;
    let new = json!({ "serviceId": it.clinic.service, "locationId": it.clinic.location,
        "providerIds": [it.clinic.doctor(0)], "start": at("10:00") });
    let hold = made(&it.clinic.owner, "/api/v1/holds", &new).await;
    it.work().await;
    it.clinic.owner.post(&format!("/api/v1/holds/{hold}/release"), &Value::Null).await.expect(200);
    it.dispatch().await;
    it.switch(false).await;
    it.work().await;
    let (kept, failed): (i64, i64) = sqlx::query_as(
        "select (select count(*) from scheduling.calcom_reservation),
                (select count(*) from jobs.job where kind = 'calcom.reserve' and state <> 'done')",
    )
    .fetch_one(&mut it.clinic.server.database.conn().await)
    .await
    .expect("counts");
    assert_eq!((kept, failed), (0, 0));
}

/// Names and notes lie in what webhooks say.
#[tokio::test]
async fn what_webhooks_said_is_forgotten_after_thirty_days() {
    let it = Connected::start().await;
    it.told(&[it.created("bk_x", "09:00")]).await;
    let mut foreign = it.created("bk_f", "10:00");
    foreign["payload"]["eventTypeId"] = json!(99);
    it.told(&[foreign]).await;
    let messages = async || {
        (inbox::SWEEP.run)(it.clinic.server.app.clone()).await.expect("swept");
        let counts: (i64, i64) = sqlx::query_as(
            "select (select count(*) from scheduling.calcom_message),
                    (select count(*) from audit.entry where resource_type = 'calcom_message' and action = 'forget')",
        )
        .fetch_one(&mut it.clinic.server.database.conn().await)
        .await
        .expect("counts");
        counts
    };
    it.clinic.server.clock.advance(SignedDuration::from_hours(29 * 24));
    assert_eq!(messages().await, (2, 0));
    it.clinic.server.clock.advance(SignedDuration::from_hours(25));
    assert_eq!(messages().await, (0, 1), "which is written to the ledger");
    assert_eq!(messages().await, (0, 1), "once");
    assert_eq!(it.visits().await, ["09:00"], "what came of it stays");
}

fn instant(text: &str) -> jiff::Timestamp {
    text.parse().expect("an instant")
}

/// When what stands there is, in order.
fn standing(it: &Connected) -> Vec<jiff::Timestamp> {
    let starts = it.peer.standing();
    let mut starts: Vec<_> = starts.iter().map(|one| instant(one["start"].as_str().expect("a start"))).collect();
    starts.sort_unstable();
    starts
}
