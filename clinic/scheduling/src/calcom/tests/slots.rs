//! Slots that both hold to be free, and how often Cal.com is asked for them.

use jiff::SignedDuration;
use serde_json::Value;

use super::Connected;
use super::peer::Mood;
use crate::testing::{DAY, at};

impl Connected {
    /// What is free between two days.
    async fn slots(&self, from: &str, to: &str) -> Value {
        let (service, location) = (&self.clinic.service, &self.clinic.location);
        let path = format!("/api/v1/slots?serviceId={service}&locationId={location}&from={from}&to={to}");
        self.clinic.owner.get(&path).await.expect(200)
    }

    /// How often Cal.com was asked what is free.
    fn asked_for_slots(&self) -> usize {
        self.peer.requests().iter().filter(|request| request.starts_with("GET /v2/slots ")).count()
    }

    fn wait(&self, seconds: i64) {
        self.clinic.server.clock.advance(SignedDuration::from_secs(seconds));
    }
}

fn starts(slots: &Value) -> Vec<String> {
    slots["items"].as_array().expect("slots").iter().map(|slot| crate::testing::local(&slot["start"])).collect()
}

#[tokio::test]
async fn slots_are_what_both_hold_to_be_free_and_without_an_answer_ours() {
    let it = Connected::start().await;
    // 12:30 is nobody's working time here
    it.peer.is_free(&[&at("09:00"), &at("12:30"), &at("14:15")]);
    let both = it.slots(DAY, DAY).await;
    assert_eq!((starts(&both), &both["degraded"]), (vec!["09:00".to_owned(), "14:15".to_owned()], &Value::Bool(false)));
    assert!(it.peer.requests().contains(&"GET /v2/slots 2024-09-04".to_owned()));
    let asked = it.asked_for_slots();
    it.slots(DAY, DAY).await;
    assert_eq!(it.asked_for_slots(), asked, "an answer is believed for a moment");
    it.wait(21);
    it.peer.will([Mood::Answer(500, "")]);
    let ours = it.slots(DAY, DAY).await;
    assert_eq!(ours["degraded"], true);
    assert!(starts(&ours).len() > 20, "ours are shown");
    it.wait(11);
    it.peer.will([Mood::Hang]);
    let ours = it.slots(DAY, DAY).await;
    assert_eq!(ours["degraded"], true, "nobody waits for ever");
    it.wait(11);
    assert_eq!(starts(&it.slots(DAY, DAY).await), ["09:00", "14:15"], "and when it answers again, both");
}

/// A month has two or three blocks; whoever looks into it, however they cut it, asks for these and no others.
#[tokio::test]
async fn whoever_looks_for_a_time_asks_for_the_same_days() {
    let it = Connected::start().await;
    it.peer.is_free(&[&at("09:00")]);
    it.slots("2030-06-01", "2030-07-01").await;
    let asked = it.asked_for_slots();
    assert!((2..=3).contains(&asked), "{asked}");
    for (from, to) in
        [(DAY, DAY), ("2030-06-01", "2030-06-30"), ("2030-06-03", "2030-06-20"), ("2030-06-15", "2030-07-01")]
    {
        let found = it.slots(from, to).await;
        assert_eq!(found["degraded"], false);
    }
    assert_eq!(starts(&it.slots(DAY, DAY).await), ["09:00"]);
    assert_eq!(it.asked_for_slots(), asked, "other days are the same question");
}

#[tokio::test]
async fn what_many_want_to_know_at_once_is_asked_once() {
    let it = Connected::start().await;
    it.peer.is_free(&[&at("09:00")]);
    let found = futures::future::join_all((0..8).map(|_| it.slots(DAY, DAY))).await;
    assert!(found.iter().all(|slots| starts(slots) == ["09:00"]));
    it.wait(21);
    let alone = it.asked_for_slots();
    it.slots(DAY, DAY).await;
    assert_eq!(it.asked_for_slots(), 2 * alone, "as often as for one of them");
}

#[tokio::test]
async fn what_was_refused_is_not_asked_for_again_at_once() {
    let it = Connected::start().await;
    it.peer.is_free(&[&at("09:00")]);
    it.peer.will(std::iter::repeat_n(Mood::Answer(500, ""), 3));
    assert_eq!(it.slots(DAY, DAY).await["degraded"], true);
    let asked = it.asked_for_slots();
    for _ in 0..5 {
        assert_eq!(it.slots(DAY, DAY).await["degraded"], true);
    }
    assert_eq!(it.asked_for_slots(), asked);
}

/// What a key may ask is one number for everything, so what is limited is not asked for other days either.
#[tokio::test]
async fn where_there_are_too_many_requests_nobody_asks_until_they_may() {
    let it = Connected::start().await;
    it.peer.is_free(&[&at("09:00")]);
    it.peer.will([Mood::Answer(429, "x-ratelimit-reset-default: 40\r\n")]);
    assert_eq!(it.slots(DAY, DAY).await["degraded"], true);
    let asked = it.asked_for_slots();
    it.wait(30);
    for from in [DAY, "2030-08-01", "2030-10-01"] {
        assert_eq!(it.slots(from, from).await["degraded"], true, "{from}");
    }
    assert_eq!(it.asked_for_slots(), asked);
    it.wait(11);
    assert_eq!(starts(&it.slots(DAY, DAY).await), ["09:00"]);
}

/// Whoever goes through all days that there are leaves half of what the key may ask to bookings.
#[tokio::test]
async fn looking_for_times_leaves_room_for_bookings() {
    let it = Connected::start().await;
    for month in 1..=12 {
        for year in 2031..=2034 {
            it.slots(&format!("{year}-{month:02}-01"), &format!("{year}-{month:02}-28")).await;
        }
    }
    assert_eq!(it.asked_for_slots(), 60);
    let visit = it.book("09:00").await;
    it.work().await;
    assert_eq!(it.state(&visit).await.0, "synced");
}
