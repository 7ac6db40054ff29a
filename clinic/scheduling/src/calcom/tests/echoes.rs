//! Echoes and late news: what we asked for ourselves says nothing of our calendar, and what is heard first need not have
//! happened first.

use serde_json::{Value, json};

use super::Connected;
use super::peer::Mood;
use super::telling::ours;
use crate::testing::at;

#[tokio::test]
async fn echoes_of_our_own_bookings_change_nothing() {
    let it = Connected::start().await;
    let visit = it.book("09:00").await;
    let echo = |message: Value| ours(&visit, message);
    // one that comes before our own call has its answer
    it.peer.will([Mood::LoseAnswer]);
    it.clinic.server.settle().await;
    let created = echo(it.created("bk_1", "09:00"));
    it.told(&[created]).await;
    assert_eq!((it.state(&visit).await.0.as_str(), it.peer.bookings().len()), ("synced", 1));
    // and one that comes after the visit was moved on
    let moved = it.shift(&visit, "10:00").await;
    it.work().await;
    it.told(&[echo(it.rescheduled("bk_2", "bk_1", "10:00"))]).await;
    let late = it.shift(&moved, "11:00").await;
    it.work().await;
    let before = it.peer.requests().len();
    it.told(&[echo(it.created("bk_1", "09:00"))]).await;
    assert_eq!((it.visits().await, it.patients().await), (vec!["11:00".to_owned()], 1));
    assert_eq!(it.known(&late).await["uid"], "bk_3");
    assert_eq!(it.peer.requests().len(), before, "nothing goes round in circles");
    it.cancel(&late).await;
    it.work().await;
    it.told(&[echo(it.cancelled("bk_3"))]).await;
    assert_eq!(it.state(&visit).await.0, "cancelled");
}

/// Somebody has decided that it stands here alone; then it is cancelled there, by us or by whoever booked.
#[tokio::test]
async fn what_stands_here_alone_is_not_cancelled_by_what_is_cancelled_there() {
    let it = Connected::start().await;
    // told before our call, while its outcome is unknown, and after it
    for (time, mood, is_early) in
        [("08:00", None, false), ("10:00", Some(Mood::LoseAnswer), true), ("14:00", Some(Mood::LoseRequest), true)]
    {
        let visit = it.book(time).await;
        it.work().await;
        let uid = it.known(&visit).await["uid"].as_str().expect("a uid").to_owned();
        it.peer.will([Mood::Taken]);
        let visit = it.shift(&visit, &time.replace(":00", ":30")).await;
        it.work().await;
        let need = it.known(&visit).await;
        assert_eq!(need["state"], "needs_attention");
        it.peer.will(mood.clone());
        it.resolve(&need, "keep_ours").await.expect(200);
        if is_early {
            it.clinic.server.settle().await;
            it.peer.cancel(&uid);
            it.tell(&ours(&visit, it.cancelled(&uid))).await.expect(200);
            it.clinic.server.settle().await;
            assert!(it.visits().await.contains(&time.replace(":00", ":30")), "{mood:?}");
        }
        it.work().await;
        assert_eq!(it.state(&visit).await.0, "ours_only", "{mood:?}");
        it.told(&[ours(&visit, it.cancelled(&uid))]).await;
        assert_eq!(it.state(&visit).await.0, "ours_only", "{mood:?}");
        assert!(it.visits().await.contains(&time.replace(":00", ":30")), "{mood:?}");
        assert!(it.peer.standing().is_empty(), "{mood:?}");
    }
}

/// And what is moved there, after somebody has decided so, does not move it here.
#[tokio::test]
async fn what_stands_here_alone_is_not_moved_either() {
    let it = Connected::start().await;
    let visit = it.book("09:00").await;
    it.work().await;
    it.peer.will([Mood::Taken]);
    let visit = it.shift(&visit, "10:00").await;
    it.work().await;
    // our cancelling does not arrive, and whoever booked moves it
    it.peer.will([Mood::LoseRequest]);
    it.resolve(&it.known(&visit).await, "keep_ours").await.expect(200);
    it.clinic.server.settle().await;
    let moved = it.peer.shift("bk_1", &at("14:00"));
    assert_eq!(moved["uid"], "bk_2");
    it.told(&[ours(&visit, it.rescheduled("bk_2", "bk_1", "14:00"))]).await;
    assert_eq!((it.visits().await, it.state(&visit).await.0.as_str()), (vec!["10:00".to_owned()], "ours_only"));
    assert!(it.peer.standing().is_empty(), "taken back there");
}

/// A visit that becomes another event type is cancelled and booked anew there.
#[tokio::test]
async fn cancelling_for_another_event_type_does_not_cancel_the_visit() {
    let it = Connected::start().await;
    let own = it.mapping(8, Some(it.clinic.doctor(1)));
    it.map(&[it.mapping(7, None), own]).await;
    // the echo comes after our call was answered and before the next one is, or before either is
    for (time, moods) in [("09:00", vec![Mood::Fine, Mood::LoseRequest]), ("11:00", vec![Mood::LoseAnswer])] {
        let visit = it.book(time).await;
        it.work().await;
        let uid = it.known(&visit).await["uid"].as_str().expect("a uid").to_owned();
        it.peer.will(moods.clone());
        let to = json!({ "version": visit["version"], "providerIds": [it.clinic.doctor(1)] });
        let visit = it.post(&visit, "move", &to).await;
        it.clinic.server.settle().await;
        it.tell(&ours(&visit, it.cancelled(&uid))).await.expect(200);
        it.clinic.server.settle().await;
        assert!(it.visits().await.contains(&time.to_owned()), "{moods:?}");
        it.work().await;
        assert_eq!(it.state(&visit).await.0, "synced", "{moods:?}");
        let of_it = |booking: &Value| booking["metadata"][calcom::OUR_ID] == visit["id"];
        assert_eq!(it.peer.standing().into_iter().filter(of_it).count(), 1, "{moods:?}");
        // told again at last, of what is over
        it.told(&[ours(&visit, it.created(&uid, time))]).await;
        assert_eq!(it.state(&visit).await.0, "synced", "{moods:?}");
    }
}

#[tokio::test]
async fn of_two_bookings_there_the_spare_one_can_be_cancelled() {
    let it = Connected::start().await;
    let visit = it.book("09:00").await;
    it.work().await;
    it.told(&[ours(&visit, it.created("bk_spare", "10:00"))]).await;
    assert_eq!(it.state(&visit).await, ("needs_attention".to_owned(), "twice_there".to_owned()));
    it.told(&[ours(&visit, it.cancelled("bk_spare"))]).await;
    assert_eq!(it.visits().await, ["09:00"], "the other one stands");
    assert_eq!(it.state(&visit).await, ("synced".to_owned(), String::new()), "and there are not two any more");
    assert_eq!(it.known(&visit).await["uid"], "bk_1");
    it.told(&[ours(&visit, it.cancelled("bk_1"))]).await;
    assert!(it.visits().await.is_empty());
}

/// What took the place of a booking of ours is cancelled, and the two are told in either order.
#[tokio::test]
async fn a_booking_of_ours_that_is_moved_and_cancelled_there_is_cancelled_here() {
    for cancelled_first in [false, true] {
        let it = Connected::start().await;
        let visit = it.book("09:00").await;
        it.work().await;
        let mut told =
            vec![ours(&visit, it.rescheduled("bk_next", "bk_1", "10:00")), ours(&visit, it.cancelled("bk_next"))];
        if cancelled_first {
            told.reverse();
        }
        it.told(&told).await;
        assert!(it.visits().await.is_empty(), "{cancelled_first}");
        assert_eq!(it.state(&visit).await.0, "cancelled", "{cancelled_first}");
    }
}

/// While our call is under way, whoever booked moves the booking on; its webhook is there before our answer.
#[tokio::test]
async fn a_late_answer_does_not_take_the_place_of_newer_news() {
    let it = Connected::start().await;
    let visit = it.book("09:00").await;
    it.work().await;
    it.peer.hold_answers();
    let visit = it.shift(&visit, "10:00").await;
    let meanwhile = async {
        while it.peer.bookings().len() < 2 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        it.peer.shift("bk_2", &at("11:00"));
        it.tell(&ours(&visit, it.rescheduled("bk_3", "bk_2", "11:00"))).await.expect(200);
        it.clinic.server.settle().await;
        assert_eq!(it.known(&visit).await["uid"], "bk_3", "what is told is known at once");
        it.peer.give_answers();
    };
    tokio::join!(it.clinic.server.settle(), meanwhile);
    it.work().await;
    let known = it.known(&visit).await;
    assert_eq!(
        (&known["state"], &known["uid"], it.visits().await),
        (&json!("synced"), &json!("bk_3"), vec!["11:00".to_owned()])
    );
    let standing = it.peer.standing();
    assert_eq!(standing.len(), 1, "{standing:?}");
    assert_eq!(standing[0]["uid"], "bk_3");
}

/// While our call is under way it is cancelled there, and then our call is refused.
#[tokio::test]
async fn a_late_refusal_of_what_is_over_troubles_nobody() {
    let it = Connected::start().await;
    let visit = it.book("09:00").await;
    it.work().await;
    it.peer.hold_answers();
    it.peer.will([Mood::Refused]);
    let visit = it.shift(&visit, "10:00").await;
    let asked = it.peer.requests().len();
    let meanwhile = async {
        while it.peer.requests().len() == asked {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        it.peer.cancel("bk_1");
        it.tell(&ours(&visit, it.cancelled("bk_1"))).await.expect(200);
        it.clinic.server.settle().await;
        assert!(it.visits().await.is_empty());
        it.peer.give_answers();
    };
    tokio::join!(it.clinic.server.settle(), meanwhile);
    it.work().await;
    assert_eq!(it.state(&visit).await, ("cancelled".to_owned(), String::new()));
    assert!(it.needs().await.is_empty());
}
