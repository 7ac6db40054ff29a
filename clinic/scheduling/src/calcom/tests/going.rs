//! What goes there: booked, moved, cancelled; after lost answers, refusals and pauses; never twice, never silently.

use serde_json::{Value, json};

use super::Connected;
use super::peer::Mood;

#[tokio::test]
async fn a_visit_is_booked_moved_and_cancelled_there_as_well() {
    let it = Connected::start().await;
    let visit = it.book("09:00").await;
    assert_eq!(it.state(&visit).await.0, "", "nothing is asked for before the work is done");
    it.work().await;
    let known = it.known(&visit).await;
    assert_eq!(
        (&known["state"], &known["uid"], &known["fromThere"]),
        (&json!("synced"), &json!("bk_1"), &json!(false))
    );
    let there = it.peer.standing();
    assert_eq!(
        there[0]["metadata"],
        json!({ "vantage_appointment": visit["id"] }),
        "only our id, and nothing of the patient"
    );
    let sent: Value = serde_json::from_str(&it.peer.bodies()[0]).expect("json");
    assert_eq!(sent["attendee"]["name"], "Noura Test");
    assert_eq!(sent["attendee"]["timeZone"], "Asia/Riyadh");
    assert!(sent["attendee"].get("phoneNumber").is_none() && sent.get("bookingFieldsResponses").is_none());

    let moved = it.shift(&visit, "10:00").await;
    it.work().await;
    let known = it.known(&visit).await;
    assert_eq!(
        (&known["state"], &known["uid"], &known["startThere"]),
        (&json!("synced"), &json!("bk_2"), &moved["start"])
    );
    assert_eq!(it.peer.standing().len(), 1);

    it.cancel(&moved).await;
    it.work().await;
    assert_eq!(it.state(&visit).await.0, "cancelled");
    assert!(it.peer.standing().is_empty());
    assert!(
        it.peer
            .requests()
            .iter()
            .filter(|request| request.contains("bookings"))
            .all(|request| request.ends_with("2024-08-13"))
    );
}

#[tokio::test]
async fn what_is_not_mapped_or_past_is_no_matter_of_cal_com() {
    let it = Connected::start().await;
    it.map(&[]).await;
    let visit = it.book("09:00").await;
    it.work().await;
    assert_eq!(it.known(&visit).await, Value::Null);
    assert!(it.peer.requests().is_empty());
}

/// Whatever is lost on the way: exactly one booking there, and both know of it.
#[tokio::test]
async fn after_a_lost_answer_nothing_is_booked_twice() {
    let moods: [&[Mood]; 7] = [
        &[Mood::LoseAnswer],
        &[Mood::LoseRequest],
        &[Mood::Rubbish],
        &[Mood::Answer(500, "")],
        &[Mood::Answer(503, ""), Mood::LoseAnswer],
        &[Mood::Answer(429, "x-ratelimit-reset-default: 30\r\n")],
        &[Mood::Answer(429, ""), Mood::LoseRequest, Mood::LoseAnswer],
    ];
    for moods in moods {
        let it = Connected::start().await;
        // others around it, so that pages must be turned
        for start in ["2030-06-02T06:30:00Z", "2030-06-02T08:00:00Z", "2030-06-02T09:00:00Z"] {
            it.peer.book(start);
        }
        let others = it.peer.standing().len();
        it.peer.will(moods.iter().cloned());
        let visit = it.book("09:45").await;
        it.work().await;
        assert_eq!(it.state(&visit).await, ("synced".to_owned(), String::new()), "{moods:?}");
        assert_eq!(it.peer.standing().len(), others + 1, "{moods:?}");
        let ours = |booking: &Value| booking["metadata"]["vantage_appointment"] == visit["id"];
        assert_eq!(it.peer.bookings().into_iter().filter(ours).count(), 1, "{moods:?}");
    }
}

#[tokio::test]
async fn after_a_lost_answer_nothing_is_moved_or_cancelled_twice() {
    let it = Connected::start().await;
    let visit = it.book("09:00").await;
    it.work().await;
    it.peer.will([Mood::LoseAnswer]);
    let visit = it.shift(&visit, "10:00").await;
    it.work().await;
    assert_eq!(it.state(&visit).await.0, "synced");
    assert_eq!((it.peer.standing().len(), it.peer.bookings().len()), (1, 2));
    it.peer.will([Mood::LoseRequest]);
    let visit = it.shift(&visit, "11:00").await;
    it.work().await;
    assert_eq!((it.peer.standing().len(), it.peer.bookings().len()), (1, 3));
    it.peer.will([Mood::LoseAnswer]);
    it.cancel(&visit).await;
    it.work().await;
    assert_eq!(it.state(&visit).await.0, "cancelled");
    assert!(it.peer.standing().is_empty());
}

#[tokio::test]
async fn a_cancellation_is_never_overtaken() {
    let it = Connected::start().await;
    // the first answer is lost, and while nobody knows what became of it the visit is moved and cancelled
    it.peer.will([Mood::LoseAnswer]);
    let visit = it.book("09:00").await;
    it.clinic.server.settle().await;
    let moved = it.shift(&visit, "10:00").await;
    it.cancel(&moved).await;
    it.work().await;
    assert_eq!(it.state(&visit).await.0, "cancelled");
    assert!(it.peer.standing().is_empty(), "{:?}", it.peer.standing());

    // cancelled before anything was asked: nothing is
    let before = it.peer.bookings().len();
    let visit = it.book("11:00").await;
    it.cancel(&visit).await;
    it.work().await;
    assert_eq!(it.peer.bookings().len(), before);
}

#[tokio::test]
async fn what_cal_com_refuses_needs_attention_until_somebody_decides() {
    let it = Connected::start().await;
    it.peer.book("2030-06-02T06:00:00Z");
    let visit = it.book("09:00").await;
    it.work().await;
    assert_eq!(it.state(&visit).await, ("needs_attention".to_owned(), "taken".to_owned()));
    let [need] = &it.needs().await[..] else { panic!("one") };
    assert_eq!(
        (&need["appointmentId"], &need["givenName"], &need["serviceId"]),
        (&visit["id"], &json!("Noura"), &json!(it.clinic.service))
    );
    let attendant = it.clinic.server.colleague_of(&it.clinic.owner, "assistant").await;
    assert_eq!(
        attendant.get("/api/v1/calcom-bookings?state=needs_attention").await.expect(200)["items"][0]["id"],
        need["id"]
    );

    // trying again does not help
    it.resolve(need, "retry").await.expect(200);
    assert_eq!(it.resolve(need, "retry").await.code(), "version.stale");
    it.work().await;
    let [need] = &it.needs().await[..] else { panic!("still") };
    assert_eq!(it.resolve(need, "book_over").await.code(), "calcom.not_ours");
    // moving does
    it.shift(&visit, "10:00").await;
    it.work().await;
    assert_eq!((it.state(&visit).await.0.as_str(), it.needs().await.len()), ("synced", 0));

    // or keeping it here alone
    it.peer.book("2030-06-02T08:00:00Z");
    let other = it.book("11:00").await;
    it.work().await;
    let [need] = &it.needs().await[..] else { panic!("another") };
    it.resolve(need, "keep_ours").await.expect(200);
    it.work().await;
    assert_eq!(it.state(&other).await.0, "ours_only");
    let known = it.known(&other).await;
    assert_eq!(it.resolve(&known, "retry").await.code(), "calcom.settled");

    // or cancelling
    it.peer.book("2030-06-02T11:00:00Z");
    let last = it.book("14:00").await;
    it.work().await;
    it.cancel(&last).await;
    it.work().await;
    assert_eq!((it.state(&last).await.0.as_str(), it.needs().await.len()), ("cancelled", 0));
}

#[tokio::test]
async fn a_move_that_is_refused_there_stands_here_and_needs_attention() {
    let it = Connected::start().await;
    let visit = it.book("09:00").await;
    it.work().await;
    it.peer.will([Mood::Taken]);
    let moved = it.shift(&visit, "10:00").await;
    it.work().await;
    let known = it.known(&visit).await;
    assert_eq!((&known["state"], &known["startHere"]), (&json!("needs_attention"), &moved["start"]));
    assert_eq!(known["startThere"], visit["start"]);
    it.resolve(&known, "keep_ours").await.expect(200);
    it.work().await;
    assert_eq!(it.state(&visit).await.0, "ours_only");
    assert!(it.peer.standing().is_empty(), "the old time is free there again");
}

#[tokio::test]
async fn what_never_answers_is_told_to_a_person_in_the_end() {
    let it = Connected::start().await;
    it.peer.will(std::iter::repeat_n(Mood::Answer(500, ""), 40));
    let visit = it.book("09:00").await;
    it.work().await;
    assert_eq!(it.state(&visit).await, ("needs_attention".to_owned(), "unknown".to_owned()));
    assert!(it.peer.requests().len() < 20, "and is not asked for ever");

    let nobody = crate::testing::made(&it.clinic.owner, "/api/v1/patients", &json!({ "givenName": "Ali" })).await;
    let visit = it.clinic.owner.post("/api/v1/appointments", &it.clinic.visit(&nobody, "10:00")).await.expect(201);
    it.work().await;
    assert_eq!(it.state(&visit).await, ("needs_attention".to_owned(), "no_contact".to_owned()));
}

#[tokio::test]
async fn a_key_that_serves_no_more_is_said_and_a_connection_that_is_off_waits() {
    let it = Connected::start().await;
    it.peer.will([Mood::Answer(401, "")]);
    let visit = it.book("09:00").await;
    it.work().await;
    assert_eq!(it.state(&visit).await.1, "key_refused");

    let waiting = it.book("10:00").await;
    let asked = it.peer.requests().len();
    // its event is told, and its job finds the connection off
    it.dispatch().await;
    it.switch(false).await;
    it.work().await;
    assert_eq!((it.state(&waiting).await.0.as_str(), it.peer.requests().len()), ("pending", asked));
    it.switch(true).await;
    it.work().await;
    assert_eq!(it.state(&waiting).await.0, "synced");
}

#[tokio::test]
async fn a_cancellation_that_is_not_taken_is_told_to_a_person() {
    let it = Connected::start().await;
    let visit = it.book("09:00").await;
    it.work().await;
    it.peer.will(std::iter::repeat_n(Mood::Refused, 40));
    it.cancel(&visit).await;
    it.work().await;
    assert_eq!(it.state(&visit).await, ("needs_attention".to_owned(), "refused".to_owned()));
    let asked = it.peer.requests().iter().filter(|request| request.contains("/cancel ")).count();
    assert_eq!(asked, 2, "and is not asked for ever");
    let last: Value = serde_json::from_str(it.peer.bodies().last().expect("a body")).expect("json");
    assert_eq!(last, json!({ "cancellationReason": "Cancelled in the practice's own calendar" }), "and nothing else");
}

#[tokio::test]
async fn a_cancellation_that_was_done_already_is_found_out() {
    let it = Connected::start().await;
    let visit = it.book("09:00").await;
    it.work().await;
    it.peer.cancel("bk_1");
    it.cancel(&visit).await;
    it.work().await;
    assert_eq!(it.state(&visit).await, ("cancelled".to_owned(), String::new()));
}
