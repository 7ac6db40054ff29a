//! What comes from there: proved, once, in any order; patients found or entered, appointments made, moved, cancelled.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Connected;
use super::telling::message;
use crate::testing::{at, made};

#[tokio::test]
async fn only_what_is_proved_is_taken_in_and_only_once() {
    let it = Connected::start().await;
    let body = it.created("bk_x", "09:00").to_string();
    let signature = calcom::sign(it.secret.as_bytes(), body.as_bytes());
    for (wrong, what) in [
        ("", "nothing"),
        (calcom::NO_SECRET, "no secret"),
        (&signature[1..], "a part"),
        (&calcom::sign(b"other", body.as_bytes()), "another secret"),
    ] {
        let answer = it.deliver(&it.hook, wrong, &body).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "webhook.unproved"), "{what}");
    }
    let tampered = body.replace("Testson", "Someone");
    assert_eq!(it.deliver(&it.hook, &signature, &tampered).await.status, 401, "a body that was changed");
    let spaced = format!("{body} ");
    assert_eq!(it.deliver(&it.hook, &signature, &spaced).await.status, 401, "the bytes count, not what they mean");
    for hook in ["/hooks/calcom/x", "/hooks/calcom/AAAA.BBBB", &format!("{}x", it.hook)] {
        assert_eq!(it.deliver(hook, &signature, &body).await.status, 404, "{hook}");
    }
    assert_eq!(it.deliver(&it.hook, &signature, &body).await.expect(200)["new"], true);
    assert_eq!(it.deliver(&it.hook, &signature, &body).await.expect(200)["new"], false, "the same once more");
    it.work().await;
    assert_eq!(it.visits().await, ["09:00"]);

    // what is old may have been played again, even where it is not known any more
    for (age, status) in [(25 * 3600, 422), (23 * 3600, 200), (-600, 422)] {
        let mut late = it.created(&format!("bk_{age}"), "15:00");
        late["createdAt"] = json!(it.now() - SignedDuration::from_secs(age));
        assert_eq!(it.tell(&late).await.status.as_u16(), status, "{age}");
    }
    let rubbish = "{\"triggerEvent\":1}";
    let answer = it.deliver(&it.hook, &calcom::sign(it.secret.as_bytes(), rubbish.as_bytes()), rubbish).await;
    assert_eq!(answer.status, 422);
}

#[tokio::test]
async fn a_neighbours_secret_opens_nothing() {
    let it = Connected::start().await;
    let beta = it.clinic.server.owner_of("beta").await;
    let new = json!({ "version": 0, "provider": "sandbox", "enabled": true });
    crate::testing::put(&beta, "/api/v1/calcom", &new).await.expect(200);
    let renewed = beta.post("/api/v1/calcom/webhook-secret", &json!({ "version": 1 })).await.expect(200);
    let secret = renewed["secret"].as_str().expect("a secret").to_owned();
    let body = it.created("bk_x", "09:00").to_string();
    let answer = it.deliver(&it.hook, &calcom::sign(secret.as_bytes(), body.as_bytes()), &body).await;
    assert_eq!(answer.code(), "webhook.unproved");
    it.work().await;
    assert!(it.visits().await.is_empty());
}

#[tokio::test]
async fn who_books_there_is_found_or_entered_and_has_an_appointment() {
    let it = Connected::start().await;
    let known = json!({ "givenName": "Test", "familyName": "Testson", "emails": [{ "address": "Test@Example.com" }] });
    let known = made(&it.clinic.owner, "/api/v1/patients", &known).await;
    it.told(&[it.created("bk_x", "09:00")]).await;
    let page = it.clinic.owner.get("/api/v1/calcom-bookings").await.expect(200);
    let booking = &page["items"][0];
    assert_eq!(
        (&booking["patientId"], &booking["state"], &booking["fromThere"]),
        (&json!(known), &json!("synced"), &json!(true))
    );
    assert_eq!((it.visits().await, it.patients().await), (vec!["09:00".to_owned()], 1));
    assert!(it.peer.requests().is_empty(), "what came from there is not sent back");

    // the same address and another name is somebody else
    let mut other = it.created("bk_y", "10:00");
    other["payload"]["attendees"][0]["firstName"] = json!("Huda");
    it.told(&[other]).await;
    assert_eq!(it.patients().await, 2);
    // and where it could be two, it is somebody new, of whom is said who they may be
    let twin = json!({ "givenName": "Test", "familyName": "Testson", "phones": [{ "number": "+966501234567" }] });
    made(&it.clinic.owner, "/api/v1/patients", &twin).await;
    it.told(&[it.created("bk_z", "11:00")]).await;
    assert_eq!(it.patients().await, 4);
    let proposed = it.clinic.owner.get("/api/v1/duplicates").await.expect(200);
    let proposed = proposed["items"].as_array().expect("pairs").len();
    assert!(proposed >= 2, "{proposed}");
    // an event type that is nothing here is kept and left alone
    let mut foreign = it.created("bk_f", "14:00");
    foreign["payload"]["eventTypeId"] = json!(99);
    it.told(&[foreign]).await;
    assert_eq!((it.visits().await.len(), it.patients().await), (3, 4));
}

#[tokio::test]
async fn what_happens_there_afterwards_happens_here() {
    let it = Connected::start().await;
    it.told(&[it.created("bk_a", "09:00"), it.rescheduled("bk_b", "bk_a", "10:00")]).await;
    assert_eq!(it.visits().await, ["10:00"]);
    it.told(&[it.cancelled("bk_b")]).await;
    assert!(it.visits().await.is_empty());
    let (by, reason): (String, String) =
        sqlx::query_as("select cancelled_by, cancel_reason from scheduling.appointment")
            .fetch_one(&mut it.clinic.server.database.conn().await)
            .await
            .expect("an appointment");
    assert_eq!((by.as_str(), reason.as_str()), ("patient", "patient_ill"));
    assert!(it.peer.requests().is_empty());

    it.told(&[it.created("bk_c", "11:00")]).await;
    let mut rejected = it.cancelled("bk_c");
    rejected["triggerEvent"] = json!("BOOKING_REJECTED");
    it.told(&[rejected]).await;
    assert!(it.visits().await.is_empty());

    // who did not come
    it.told(&[it.created("bk_d", "14:00")]).await;
    let after: Timestamp = at("15:00").parse().expect("an instant");
    it.clinic.server.clock.advance(after.duration_since(it.now()));
    let missed = json!({ "bookingUid": "bk_d", "attendees": [{ "email": "test@example.com", "noShow": true }] });
    it.told(&[json!({ "triggerEvent": "BOOKING_NO_SHOW_UPDATED", "createdAt": it.now(), "payload": missed })]).await;
    let status: String =
        sqlx::query_scalar("select status from scheduling.appointment order by starts_at desc limit 1")
            .fetch_one(&mut it.clinic.server.database.conn().await)
            .await
            .expect("a status");
    assert_eq!(status, "no_show");
    // and what nobody knows is kept and left alone
    it.told(&[message(it.now(), "MEETING_ENDED", "bk_d", json!({}))]).await;
}

#[tokio::test]
async fn what_our_calendar_is_against_waits_for_a_person_and_is_never_lost() {
    let it = Connected::start().await;
    it.everybody_is_busy("09:00").await;
    it.told(&[it.created("bk_x", "09:00")]).await;
    let waiting =
        |needs: Vec<Value>| needs.into_iter().find(|need| need["fromThere"] == true).expect("the one from there");
    let need = waiting(it.needs().await);
    assert_eq!(
        (&need["reason"], &need["appointmentId"], &need["givenName"]),
        (&json!("provider_busy_here"), &Value::Null, &json!("Test"))
    );
    assert_eq!(it.resolve(&need, "retry").await.code(), "appointment.provider_busy", "it is still taken");
    let settled = it.resolve(&need, "book_over").await.expect(200);
    assert_eq!((&settled["state"], settled["appointmentId"].is_string()), (&json!("synced"), true));
    assert_eq!(it.visits().await, ["09:00", "09:00", "09:00"]);

    // outside of working hours; what is here counts, so it is cancelled there
    let there = it.peer.book("2030-06-02T09:30:00Z");
    it.told(&[it.created(there["uid"].as_str().expect("a uid"), "12:30")]).await;
    let need = waiting(it.needs().await);
    assert_eq!(need["reason"], "closed_here");
    it.resolve(&need, "keep_ours").await.expect(200);
    it.work().await;
    assert!(it.peer.standing().iter().all(|booking| booking["uid"] != there["uid"]));

    // a move there that does not fit here leaves the appointment where it is
    it.told(&[it.created("bk_m", "11:00"), it.rescheduled("bk_n", "bk_m", "12:15")]).await;
    let need = waiting(it.needs().await);
    assert_eq!(need["reason"], "closed_here");
    assert!(it.visits().await.contains(&"11:00".to_owned()));
    it.told(&[it.rescheduled("bk_o", "bk_n", "14:00")]).await;
    assert!(it.needs().await.iter().all(|need| need["fromThere"] != true), "another move settles it");
    assert!(it.visits().await.contains(&"14:00".to_owned()));
}

/// What is asked for here need not be asked for there.
#[tokio::test]
async fn who_books_there_need_not_say_what_the_practice_requires_of_patients() {
    let it = Connected::start().await;
    let field = json!({ "name": "File", "kind": "text", "required": true });
    it.clinic.owner.post("/api/v1/patient-fields", &field).await.expect(201);
    it.told(&[it.created("bk_x", "09:00")]).await;
    assert_eq!((it.visits().await, it.patients().await), (vec!["09:00".to_owned()], 1));
    // what cannot be kept is left out
    let mut strange = it.created("bk_y", "10:00");
    strange["payload"]["attendees"][0]["firstName"] = json!("Huda\u{0}");
    strange["payload"]["attendees"][0]["email"] = json!("hu\u{0}da@example.com");
    it.told(&[strange]).await;
    assert_eq!((it.visits().await, it.patients().await), (vec!["09:00".to_owned(), "10:00".to_owned()], 2));
}

#[tokio::test]
async fn who_cannot_be_entered_waits_for_a_person() {
    let it = Connected::start().await;
    let refuse = "create function patients.refuse() returns trigger language plpgsql as
                    $$ begin raise exception 'no' using errcode = 'VT404'; end $$;
                  create trigger refuse before insert on patients.patient for each row execute function patients.refuse()";
    let mut sql = it.clinic.server.database.conn().await;
    sqlx::raw_sql(refuse).execute(&mut sql).await.expect("a trigger");
    it.told(&[it.created("bk_x", "09:00")]).await;
    let [need] = &it.needs().await[..] else { panic!("somebody is told") };
    assert_eq!(
        (&need["reason"], &need["patientId"], &need["uid"]),
        (&json!("refused_here"), &Value::Null, &json!("bk_x"))
    );
    assert_eq!(it.resolve(need, "retry").await.code(), "not_found", "what is against it is said");
    sqlx::raw_sql("drop trigger refuse on patients.patient").execute(&mut sql).await.expect("dropped");
    let settled = it.resolve(need, "retry").await.expect(200);
    assert_eq!((&settled["state"], &settled["givenName"]), (&json!("synced"), &json!("Test")));
    assert_eq!((it.visits().await, it.patients().await), (vec!["09:00".to_owned()], 1));
}

/// Who has an event type of their own is booked by that one.
#[tokio::test]
async fn who_has_an_event_type_of_their_own_is_not_booked_by_everybodys() {
    for own in 0..2 {
        let it = Connected::start().await;
        it.map(&[it.mapping(7, None), it.mapping(8, Some(it.clinic.doctor(own)))]).await;
        it.told(&[it.created("bk_x", "09:00")]).await;
        let page = it.clinic.owner.get("/api/v1/calcom-bookings").await.expect(200);
        let path = format!("/api/v1/appointments/{}", page["items"][0]["appointmentId"].as_str().expect("a visit"));
        let visit = it.clinic.owner.get(&path).await.expect(200);
        assert_eq!(visit["providerIds"], json!([it.clinic.doctor(1 - own)]));
        assert!(it.peer.requests().is_empty(), "and nothing is to be changed there");
        // nobody else is free then
        it.told(&[it.created("bk_y", "09:00")]).await;
        assert_eq!(it.needs().await[0]["reason"], "provider_busy_here");
    }
}

/// Every order of what can happen to a booking leads to the same end.
#[tokio::test]
async fn in_whatever_order_messages_come_the_end_is_the_same() {
    let it = Connected::start().await;
    let stories: [fn(&Connected, &str) -> Vec<Value>; 4] = [
        |it, k| {
            vec![
                it.created(&format!("{k}a"), "09:00"),
                it.rescheduled(&format!("{k}b"), &format!("{k}a"), "10:00"),
                it.cancelled(&format!("{k}b")),
            ]
        },
        |it, k| vec![it.created(&format!("{k}a"), "09:00"), it.cancelled(&format!("{k}a"))],
        |it, k| {
            vec![
                it.created(&format!("{k}a"), "09:00"),
                it.rescheduled(&format!("{k}b"), &format!("{k}a"), "10:00"),
                it.rescheduled(&format!("{k}c"), &format!("{k}b"), "11:00"),
            ]
        },
        |it, k| {
            vec![it.created(&format!("{k}a"), "09:00"), it.rescheduled(&format!("{k}b"), &format!("{k}a"), "10:00")]
        },
    ];
    for (number, story) in stories.iter().enumerate() {
        let mut ends = Vec::new();
        for order in orders(story(&it, "x").len()) {
            let messages = story(&it, "k");
            let told: Vec<Value> = order.iter().map(|at| messages[*at].clone()).collect();
            // each twice, as deliveries are repeated
            for message in &told {
                it.tell(message).await.expect(200);
                it.tell(message).await.expect(200);
                it.work().await;
            }
            ends.push((order, it.end().await));
            wipe(&it).await;
        }
        for (order, end) in &ends {
            assert_eq!(end, &ends[0].1, "story {number}, order {order:?}");
        }
    }
}

fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let insert = |rest: Vec<usize>| {
        (0..count).map(move |at| {
            let mut order = rest.clone();
            order.insert(at, count - 1);
            order
        })
    };
    orders(count - 1).into_iter().flat_map(insert).collect()
}

/// Begins anew with the same practice.
async fn wipe(it: &Connected) {
    let mut conn = it.clinic.server.database.conn().await;
    for statement in [
        "set session_replication_role = replica",
        "delete from scheduling.calcom_uid",
        "delete from scheduling.calcom_booking",
        "delete from scheduling.calcom_message",
        "delete from scheduling.booked",
        "delete from scheduling.appointment",
    ] {
        sqlx::query(statement).execute(&mut conn).await.expect("wiped");
    }
}
