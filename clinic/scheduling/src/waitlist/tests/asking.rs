//! Who is asked and when: waves, what staff decide themselves, and what is not offered at all.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{asked, behind, cancel, clinic, freed, look_after, mailed, offers, opening_at, pass, text, waiter};
use crate::testing::{Clinic, DAY, at, id, local};

#[tokio::test]
async fn waves_follow_each_other_by_the_clock() {
    let mut clinic = clinic("automatic", 2).await;
    for (name, urgent) in [("a", false), ("b", false), ("c", true), ("d", false), ("e", false)] {
        waiter(&clinic, name, json!({ "urgent": urgent })).await;
        clinic.server.clock.advance(SignedDuration::from_secs(1));
    }
    let opening = freed(&clinic, "09:00").await;
    assert_eq!((asked(&opening), &opening["wave"]), (vec!["c sent".to_owned(), "a sent".to_owned()], &json!(1)));
    let matches = opening["matches"].as_array().expect("matches").iter();
    let next: Vec<_> = matches.map(|of| text(&of["patient"]["givenName"]).to_owned()).collect();
    assert_eq!(next, ["b", "d", "e"], "who is asked next");
    look_after(&clinic).await;
    assert_eq!(asked(&opening_at(&clinic, "09:00").await).len(), 2, "nobody before the time is over");
    pass(&mut clinic, 31).await;
    let expected = ["c expired", "a expired", "b sent", "d sent"];
    assert_eq!(asked(&opening_at(&clinic, "09:00").await), expected);
    let late = behind(&clinic, "a@example.com").await.post("/api/v1/offer/accept", &Value::Null).await;
    assert_eq!((late.status.as_u16(), late.code()), (409, "offer.expired"));
    pass(&mut clinic, 31).await;
    assert_eq!(asked(&opening_at(&clinic, "09:00").await)[4..], ["e sent"]);
    pass(&mut clinic, 31).await;
    let opening = opening_at(&clinic, "09:00").await;
    assert_eq!((text(&opening["status"]), text(&opening["closedFor"])), ("closed", "nobody"));
    let expected = ["c", "a", "b", "d", "e"].map(|name| format!("{name}@example.com"));
    assert_eq!(mailed(&clinic).await, expected);
}

#[tokio::test]
async fn an_offer_that_ran_out_is_over_before_anybody_has_looked() {
    let clinic = clinic("automatic", 1).await;
    let sara = waiter(&clinic, "sara", json!({})).await;
    freed(&clinic, "09:00").await;
    clinic.server.clock.advance(SignedDuration::from_mins(30));
    let patient = behind(&clinic, &sara.email).await;
    assert_eq!(patient.get("/api/v1/offer").await.expect(200)["status"], "expired");
    assert_eq!(patient.post("/api/v1/offer/accept", &Value::Null).await.code(), "offer.expired");
}

#[tokio::test]
async fn too_late_nothing_is_offered() {
    let clinic = clinic("automatic", 1).await;
    waiter(&clinic, "sara", json!({})).await;
    let opening = freed(&clinic, "10:00").await;
    let until: jiff::Timestamp = at("08:00").parse().expect("an instant");
    clinic.server.clock.advance(until.duration_since(clinic.server.clock.now()));
    look_after(&clinic).await;
    let mut conn = clinic.server.database.conn().await;
    let stands: (String, String, String) = sqlx::query_as(
        "select o.status, o.closed_for, f.status from scheduling.opening o join scheduling.offer f on f.opening_id = o.id",
    )
    .fetch_one(&mut conn)
    .await
    .expect("an opening");
    assert_eq!(stands, ("closed".to_owned(), "late".to_owned(), "expired".to_owned()), "{}", opening["id"]);
}

#[tokio::test]
async fn staff_see_who_fits_and_offer_or_book_themselves() {
    let clinic = clinic("ask_me", 2).await;
    let first = waiter(&clinic, "first", json!({ "urgent": true })).await;
    let second = waiter(&clinic, "second", json!({})).await;
    let unreachable = clinic.patient().await;
    let unreachable = super::wish_of(&clinic, &unreachable, json!({})).await;
    let opening = freed(&clinic, "09:00").await;
    assert_eq!((asked(&opening), mailed(&clinic).await), (vec![], vec![]), "nothing happens by itself");
    let matches = opening["matches"].as_array().expect("matches");
    let fits: Vec<_> = matches.iter().map(|of| (text(&of["wishId"]), of["mayBeOffered"] == true)).collect();
    assert_eq!(fits, [(first.wish.as_str(), true), (second.wish.as_str(), true), (&id(&unreachable), false)]);

    let path = format!("/api/v1/openings/{}", id(&opening));
    let offer = async |wishes: Value| clinic.owner.post(&format!("{path}/offer"), &json!({ "wishIds": wishes })).await;
    assert_eq!(offer(json!([unreachable["id"]])).await.faults(), ["/wishIds unfit"]);
    let offered = offer(json!([second.wish])).await.expect(200);
    assert_eq!((asked(&offered), &offered["wave"]), (vec!["second sent".to_owned()], &json!(1)));
    let offered = clinic.owner.post(&format!("{path}/offer"), &json!({})).await.expect(200);
    assert_eq!(asked(&offered), ["second sent", "first sent"]);
    assert_eq!(clinic.owner.post(&format!("{path}/offer"), &json!({})).await.code(), "opening.nobody");
    clinic.server.settle().await;
    assert_eq!(mailed(&clinic).await.len(), 2);

    let patient = behind(&clinic, &second.email).await;
    let booked = clinic.owner.post(&format!("{path}/book"), &json!({ "wishId": unreachable["id"] })).await.expect(200);
    assert_eq!((local(&booked["start"]), &booked["patientId"]), ("09:00".to_owned(), &unreachable["patientId"]));
    assert_eq!(patient.post("/api/v1/offer/accept", &Value::Null).await.code(), "offer.taken");
    assert_eq!(clinic.owner.post(&format!("{path}/book"), &json!({})).await.code(), "opening.over");
    assert_eq!(asked(&opening_at(&clinic, "09:00").await), ["second taken", "first taken"]);
}

#[tokio::test]
async fn staff_book_whom_they_have_asked_or_who_comes_first() {
    let clinic = clinic("ask_me", 2).await;
    waiter(&clinic, "first", json!({ "urgent": true })).await;
    let second = waiter(&clinic, "second", json!({})).await;
    let opening = freed(&clinic, "09:00").await;
    let path = format!("/api/v1/openings/{}", id(&opening));
    clinic.owner.post(&format!("{path}/offer"), &json!({})).await.expect(200);
    clinic.owner.post(&format!("{path}/book"), &json!({ "wishId": second.wish })).await.expect(200);
    assert_eq!(asked(&opening_at(&clinic, "09:00").await), ["first taken", "second accepted"]);
    let opening = freed(&clinic, "10:00").await;
    clinic.owner.post(&format!("/api/v1/openings/{}/book", id(&opening)), &json!({})).await.expect(200);
    assert_eq!(clinic.owner.get("/api/v1/wishes").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn the_practice_changes_its_mind_and_stops() {
    let clinic = clinic("ask_me", 1).await;
    let sara = waiter(&clinic, "sara", json!({})).await;
    let opening = freed(&clinic, "09:00").await;
    assert_eq!(asked(&opening), [""; 0]);
    offers(&clinic, 1, "automatic", 1).await;
    look_after(&clinic).await;
    assert_eq!(asked(&opening_at(&clinic, "09:00").await), ["sara sent"], "it holds for what is open as well");
    let opening = opening_at(&clinic, "09:00").await;
    let path = format!("/api/v1/openings/{}/close", id(&opening));
    assert_eq!(clinic.owner.post(&path, &json!({ "version": 1 })).await.code(), "version.stale");
    let closed = clinic.owner.post(&path, &json!({ "version": opening["version"] })).await.expect(200);
    assert_eq!((text(&closed["status"]), text(&closed["closedFor"])), ("closed", "by_hand"));
    let patient = behind(&clinic, &sara.email).await;
    assert_eq!(patient.get("/api/v1/offer").await.expect(200)["status"], "withdrawn");
    assert_eq!(patient.post("/api/v1/offer/accept", &Value::Null).await.code(), "offer.over");
}

#[tokio::test]
async fn providers_give_their_own_time_only() {
    let clinic = clinic("ask_me", 1).await;
    waiter(&clinic, "sara", json!({})).await;
    let opening = freed(&clinic, "09:00").await;
    let path = format!("/api/v1/openings/{}/offer", id(&opening));
    assert_eq!(clinic.doctors[1].post(&path, &json!({})).await.status, 403);
    clinic.doctors[0].post(&path, &json!({})).await.expect(200);
}

#[tokio::test]
async fn what_makes_an_opening() {
    let clinic = clinic("automatic", 1).await;
    let visit = clinic.booked("09:00").await;
    let path = format!("/api/v1/appointments/{}/move", id(&visit));
    let to = |version: i32, time: &str| json!({ "version": version, "start": at(time) });
    clinic.owner.post(&path, &to(1, "09:15")).await.expect(200);
    let open = async || {
        let open = clinic.owner.get("/api/v1/openings").await.expect(200);
        open["items"].as_array().expect("openings").len()
    };
    assert_eq!(open().await, 0, "the visit is in its own way");
    clinic.owner.post(&path, &to(2, "11:00")).await.expect(200);
    assert_eq!(open().await, 1);
    let mut other = to(3, "11:00");
    other["providerIds"] = json!([clinic.doctor(1)]);
    clinic.owner.post(&path, &other).await.expect(200);
    assert_eq!(open().await, 2, "the first doctor has time");
    offers(&clinic, 1, "off", 1).await;
    let moved = clinic.owner.get(&format!("/api/v1/appointments/{}", id(&visit))).await.expect(200);
    cancel(&clinic, &moved).await;
    assert_eq!(open().await, 2, "the practice offers nothing");
    let path = format!("/api/v1/openings?locationId={}&sort=-start", clinic.location);
    let listed = clinic.owner.get(&path).await.expect(200);
    assert_eq!(local(&listed["items"][0]["start"]), "11:00", "{DAY}");
}

#[tokio::test]
async fn what_the_practice_cancels_is_offered_by_nobody_but_itself() {
    let clinic = clinic("automatic", 1).await;
    let sara = waiter(&clinic, "sara", json!({})).await;
    let call_off = async |time: &str, by: &str, reason: &str| {
        let booked = clinic.booked(time).await;
        let why = json!({ "version": booked["version"], "by": by, "reason": reason });
        clinic.owner.post(&format!("/api/v1/appointments/{}/cancel", id(&booked)), &why).await.expect(200);
        clinic.server.settle().await;
    };
    call_off("09:00", "provider", "provider_ill").await;
    let openings = clinic.owner.get("/api/v1/openings").await.expect(200);
    assert_eq!(openings["items"], json!([]), "who is ill sees nobody else either");
    call_off("10:00", "clinic", "clinic_mistake").await;
    look_after(&clinic).await;
    let opening = opening_at(&clinic, "10:00").await;
    assert_eq!((text(&opening["status"]), asked(&opening)), ("open", Vec::new()), "a person decides");
    let offer = format!("/api/v1/openings/{}/offer", id(&opening));
    clinic.owner.post(&offer, &json!({})).await.expect(200);
    clinic.server.settle().await;
    behind(&clinic, &sara.email).await.post("/api/v1/offer/accept", &Value::Null).await.expect(200);
}

/// A practice that asks one after the other by itself: first Sara, who came a second before Omar.
async fn two_waiting() -> Clinic {
    let clinic = clinic("automatic", 1).await;
    waiter(&clinic, "sara", json!({})).await;
    clinic.server.clock.advance(SignedDuration::from_secs(1));
    waiter(&clinic, "omar", json!({})).await;
    clinic
}

#[tokio::test]
async fn nobody_is_asked_for_a_time_at_which_nobody_works_any_more() {
    let mut clinic = two_waiting().await;
    assert_eq!(asked(&freed(&clinic, "09:00").await), ["sara sent"]);
    let absence = json!({ "owner": format!("provider:{}", clinic.doctor(0)), "kind": "sick",
                          "from": format!("{DAY}T08:00:00"), "to": format!("{DAY}T12:00:00") });
    clinic.owner.post("/api/v1/absences", &absence).await.expect(201);
    pass(&mut clinic, 31).await;
    let opening = opening_at(&clinic, "09:00").await;
    assert_eq!((text(&opening["status"]), asked(&opening)), ("closed", vec!["sara withdrawn".to_owned()]));
    let booked = clinic.booked("14:00").await;
    let afternoon = json!({ "owner": format!("provider:{}", clinic.doctor(0)), "kind": "sick",
                            "from": format!("{DAY}T13:00:00"), "to": format!("{DAY}T17:00:00") });
    clinic.owner.post("/api/v1/absences", &afternoon).await.expect(201);
    cancel(&clinic, &booked).await;
    clinic.server.settle().await;
    let open = clinic.owner.get("/api/v1/openings").await.expect(200);
    assert_eq!(open["items"], json!([]), "nor does what is let go then become an opening");
}

#[tokio::test]
async fn what_was_moved_away_is_offered_though_the_practice_cancels_it_later() {
    let mut clinic = two_waiting().await;
    let booked = clinic.booked("09:00").await;
    let path = format!("/api/v1/appointments/{}", id(&booked));
    let to = json!({ "version": booked["version"], "start": at("15:00") });
    let moved = clinic.owner.post(&format!("{path}/move"), &to).await.expect(200);
    clinic.server.settle().await;
    assert_eq!(asked(&opening_at(&clinic, "09:00").await), ["sara sent"]);
    let why = json!({ "version": moved["version"], "by": "clinic", "reason": "clinic_mistake" });
    clinic.owner.post(&format!("{path}/cancel"), &why).await.expect(200);
    pass(&mut clinic, 31).await;
    assert_eq!(asked(&opening_at(&clinic, "09:00").await), ["sara expired", "omar sent"]);
}
