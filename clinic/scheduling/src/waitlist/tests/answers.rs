//! What patients answer, many at once and one after the other.

use futures::future::join_all;
use serde_json::{Value, json};

use super::{asked, behind, cancel, clinic, freed, look_after, mailed, offers, opening_at, text, waiter, wish_of};
use crate::testing::{at, id, local, made};

#[tokio::test]
async fn of_twenty_who_accept_at_once_one_has_it() {
    let clinic = clinic("automatic", 20).await;
    for number in 0..20 {
        waiter(&clinic, &format!("p{number}"), json!({})).await;
    }
    for (round, time) in ["09:00", "10:00", "11:00"].into_iter().enumerate() {
        let opening = freed(&clinic, time).await;
        assert_eq!(asked(&opening).len(), 20 - round, "{opening}");
        let emails: Vec<_> = asked(&opening).iter().map(|who| who.replace(" sent", "@example.com")).collect();
        let patients = join_all(emails.iter().map(|email| behind(&clinic, email))).await;
        let answers = join_all(patients.iter().map(|patient| patient.post("/api/v1/offer/accept", &Value::Null))).await;
        let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(won.len(), 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        assert_eq!((local(&won[0].body["start"]), text(&won[0].body["status"])), (time.to_owned(), "accepted"));
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!((answer.status.as_u16(), answer.code()), (409, "offer.taken"), "{}", answer.body);
        }
        for (patient, answer) in patients.iter().zip(&answers) {
            let seen = patient.get("/api/v1/offer").await.expect(200);
            let expected = if answer.status == 200 { "accepted" } else { "taken" };
            assert_eq!(seen["status"], expected);
            let again = patient.post("/api/v1/offer/accept", &Value::Null).await;
            assert_eq!(again.status, answer.status, "the same answer again");
        }
        clinic.server.settle().await;
        let opening = opening_at(&clinic, time).await;
        assert_eq!((text(&opening["status"]), asked(&opening).len()), ("filled", 20 - round));
        let there = clinic.owner.get("/api/v1/appointments?status=scheduled").await.expect(200);
        assert_eq!(there["items"].as_array().map(Vec::len), Some(round + 1), "one visit each");
    }
    let rates = clinic.owner.get("/api/v1/waitlist/fill-rate").await.expect(200);
    let rate = |days: i32| json!({ "days": days, "openings": 3, "filled": 3, "percent": 100 });
    assert_eq!(rates["items"], json!([rate(30), rate(90)]));
}

#[tokio::test]
async fn an_offer_says_what_where_and_until_when() {
    let clinic = clinic("automatic", 1).await;
    let sara = waiter(&clinic, "sara", json!({})).await;
    freed(&clinic, "09:00").await;
    let patient = behind(&clinic, &sara.email).await;
    let offer = patient.get("/api/v1/offer").await.expect(200);
    assert_eq!(
        (
            text(&offer["serviceEn"]),
            text(&offer["place"]["name"]),
            text(&offer["practice"]["name"]),
            text(&offer["timeZone"])
        ),
        ("Consultation", "Olaya", "Practice alpha", "Asia/Riyadh")
    );
    assert_eq!((local(&offer["start"]), local(&offer["end"])), ("09:00".to_owned(), "09:30".to_owned()));
    assert_eq!((text(&offer["providers"][0]["name"]), text(&offer["status"])), ("provider", "sent"));
    assert_eq!(clinic.owner.get("/api/v1/offer").await.status, 401, "staff have no link");
    assert_eq!(patient.get("/api/v1/wishes").await.status, 401, "and a link opens nothing else");
}

#[tokio::test]
async fn who_declines_makes_room_for_the_next_at_once_and_stays_on_the_list() {
    let clinic = clinic("automatic", 1).await;
    let first = waiter(&clinic, "first", json!({ "urgent": true })).await;
    let second = waiter(&clinic, "second", json!({})).await;
    assert_eq!(asked(&freed(&clinic, "09:00").await), ["first sent"]);
    let patient = behind(&clinic, &first.email).await;
    assert_eq!(patient.post("/api/v1/offer/decline", &Value::Null).await.expect(200)["status"], "declined");
    assert_eq!(patient.post("/api/v1/offer/accept", &Value::Null).await.code(), "offer.declined");
    clinic.server.settle().await;
    assert_eq!(asked(&opening_at(&clinic, "09:00").await), ["first declined", "second sent"]);
    let patient = behind(&clinic, &second.email).await;
    patient.post("/api/v1/offer/decline", &Value::Null).await.expect(200);
    clinic.server.settle().await;
    let opening = opening_at(&clinic, "09:00").await;
    assert_eq!((text(&opening["status"]), text(&opening["closedFor"])), ("closed", "nobody"));
    let waiting = clinic.owner.get("/api/v1/wishes").await.expect(200);
    assert_eq!(waiting["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(asked(&freed(&clinic, "10:00").await), ["first sent"], "and is asked again for another time");
}

#[tokio::test]
async fn what_was_booked_meanwhile_is_nobodys_any_more() {
    let clinic = clinic("automatic", 2).await;
    let (first, second) = (waiter(&clinic, "first", json!({})).await, waiter(&clinic, "second", json!({})).await);
    for (time, heard) in [("09:00", false), ("10:00", true)] {
        freed(&clinic, time).await;
        let [one, other] = [behind(&clinic, &first.email).await, behind(&clinic, &second.email).await];
        clinic.booked(time).await;
        if heard {
            clinic.server.settle().await;
            assert_eq!(opening_at(&clinic, time).await["closedFor"], "taken");
        }
        for patient in [one, other] {
            let refused = patient.post("/api/v1/offer/accept", &Value::Null).await;
            assert_eq!((refused.status.as_u16(), refused.code()), (409, "offer.taken"));
            assert_eq!(patient.get("/api/v1/offer").await.expect(200)["status"], "taken");
        }
        let opening = opening_at(&clinic, time).await;
        assert_eq!((text(&opening["status"]), text(&opening["closedFor"])), ("closed", "taken"));
    }
}

#[tokio::test]
async fn who_gives_up_a_later_time_frees_it_for_the_next() {
    let clinic = clinic("automatic", 5).await;
    let late = json!({ "windows": [{ "weekdays": [7], "from": "15:00", "to": "16:00" }] });
    let other = waiter(&clinic, "other", late).await;
    let patient =
        json!({ "givenName": "mover", "birthDate": "1990-05-17", "emails": [{ "address": "mover@example.com" }] });
    let patient = clinic.owner.post("/api/v1/patients", &patient).await.expect(201);
    let visit = clinic.owner.post("/api/v1/appointments", &clinic.visit(&id(&patient), "15:00")).await.expect(201);
    wish_of(&clinic, &id(&patient), json!({ "givesUpId": visit["id"] })).await;

    assert_eq!(asked(&freed(&clinic, "16:00").await), [""; 0], "it is not earlier, nor when the other one can come");
    assert_eq!(asked(&freed(&clinic, "09:00").await), ["mover sent"]);
    let mover = behind(&clinic, "mover@example.com").await;
    let seen = mover.get("/api/v1/offer").await.expect(200);
    assert_eq!(local(&seen["insteadOf"]), "15:00");
    mover.post("/api/v1/offer/accept", &Value::Null).await.expect(200);
    clinic.server.settle().await;
    let moved = clinic.owner.get(&format!("/api/v1/appointments/{}", id(&visit))).await.expect(200);
    assert_eq!((local(&moved["start"]), &moved["moves"]), ("09:00".to_owned(), &json!(1)));
    assert_eq!(moved["patientMoves"], 0, "what the practice offers is no move of the patient's own");
    let chained = opening_at(&clinic, "15:00").await;
    assert_eq!((text(&chained["cause"]), asked(&chained)), ("moved", vec!["other sent".to_owned()]));
    behind(&clinic, &other.email).await.post("/api/v1/offer/accept", &Value::Null).await.expect(200);
    clinic.server.settle().await;
    assert_eq!(opening_at(&clinic, "15:00").await["status"], "filled");
    let waiting = clinic.owner.get("/api/v1/wishes").await.expect(200);
    assert_eq!(waiting["items"], json!([]), "both have what they waited for");
}

#[tokio::test]
async fn one_wish_is_fulfilled_once() {
    let clinic = clinic("automatic", 5).await;
    let sara = waiter(&clinic, "sara", json!({})).await;
    freed(&clinic, "09:00").await;
    let first = behind(&clinic, &sara.email).await;
    freed(&clinic, "10:00").await;
    let second = behind(&clinic, &sara.email).await;
    let both = [&first, &second].map(|patient| patient.post("/api/v1/offer/accept", &Value::Null));
    let answers = join_all(both).await;
    let mut answers: Vec<_> = answers.iter().map(|answer| (answer.status.as_u16(), answer.code())).collect();
    answers.sort_unstable();
    assert_eq!(answers, [(200, ""), (409, "offer.over")]);
    let wish = clinic.owner.get(&format!("/api/v1/wishes/{}", sara.wish)).await.expect(200);
    assert_eq!(wish["status"], "fulfilled");
}

#[tokio::test]
async fn nothing_is_sent_twice_and_nothing_by_halves() {
    let clinic = clinic("automatic", 2).await;
    waiter(&clinic, "first", json!({})).await;
    waiter(&clinic, "second", json!({})).await;
    let booked = clinic.booked("09:00").await;
    cancel(&clinic, &booked).await;
    // the process dies before it has heard of it, and several look after it afterwards
    let turns = (0..4).map(|_| look_after(&clinic));
    join_all(turns).await;
    look_after(&clinic).await;
    let mut sent = mailed(&clinic).await;
    sent.sort();
    assert_eq!(sent, ["first@example.com", "second@example.com"]);
    offers(&clinic, 1, "automatic", 5).await;
    look_after(&clinic).await;
    assert_eq!(mailed(&clinic).await.len(), 2, "the wave is under way");
}

#[tokio::test]
async fn a_patient_who_is_elsewhere_is_told_so() {
    let clinic = clinic("automatic", 1).await;
    let sara = waiter(&clinic, "sara", json!({})).await;
    freed(&clinic, "09:00").await;
    let mut elsewhere = clinic.visit(&sara.patient, "09:00");
    elsewhere["providerIds"] = json!([clinic.doctor(1)]);
    elsewhere["start"] = json!(at("09:15"));
    clinic.owner.post("/api/v1/appointments", &elsewhere).await.expect(201);
    let refused = behind(&clinic, &sara.email).await.post("/api/v1/offer/accept", &Value::Null).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "appointment.patient_busy"));
    assert_eq!(opening_at(&clinic, "09:00").await["status"], "open");
}

#[tokio::test]
async fn who_is_only_choosing_a_time_does_not_end_an_offer_of_it() {
    let clinic = clinic("automatic", 1).await;
    let sara = waiter(&clinic, "sara", json!({})).await;
    freed(&clinic, "09:00").await;
    let hold = json!({ "serviceId": clinic.service, "locationId": clinic.location, "providerIds": [clinic.doctor(0)],
                       "start": at("09:00") });
    let hold = made(&clinic.owner, "/api/v1/holds", &hold).await;
    let patient = behind(&clinic, &sara.email).await;
    let refused = patient.post("/api/v1/offer/accept", &Value::Null).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "offer.held"));
    assert_eq!(opening_at(&clinic, "09:00").await["status"], "open");
    clinic.owner.post(&format!("/api/v1/holds/{hold}/release"), &Value::Null).await.expect(200);
    patient.post("/api/v1/offer/accept", &Value::Null).await.expect(200);
}

#[tokio::test]
async fn a_wish_of_somebody_who_was_merged_is_the_kept_ones() {
    let clinic = clinic("ask_me", 1).await;
    let kept = json!({ "givenName": "kept", "birthDate": "1990-05-17", "emails": [{ "address": "kept@example.com" }] });
    let kept = clinic.owner.post("/api/v1/patients", &kept).await.expect(201);
    let other = waiter(&clinic, "other", json!({})).await;
    let two = clinic.owner.get(&format!("/api/v1/patients/{}", other.patient)).await.expect(200);
    let merge =
        json!({ "version": kept["version"], "other": other.patient, "otherVersion": two["version"], "take": [] });
    clinic.owner.post(&format!("/api/v1/patients/{}/merge", id(&kept)), &merge).await.expect(201);
    offers(&clinic, 1, "automatic", 1).await;
    let opening = freed(&clinic, "09:00").await;
    assert_eq!(mailed(&clinic).await, ["kept@example.com"], "where they are reached now");
    behind(&clinic, "kept@example.com").await.post("/api/v1/offer/accept", &Value::Null).await.expect(200);
    let filled = opening_at(&clinic, "09:00").await["filledBy"].clone();
    let visit = clinic.owner.get(&format!("/api/v1/appointments/{}", text(&filled))).await.expect(200);
    assert_eq!(visit["patientId"], kept["id"], "{}", opening["id"]);
}

#[tokio::test]
async fn an_offer_for_which_no_chair_is_left_is_over() {
    let clinic = clinic("automatic", 1).await;
    let sara = waiter(&clinic, "sara", json!({})).await;
    freed(&clinic, "09:00").await;
    let mut other = clinic.visit(&clinic.patient().await, "09:00");
    (other["providerIds"], other["roomIds"]) = (json!([clinic.doctor(1)]), json!(clinic.chairs));
    clinic.owner.post("/api/v1/appointments", &other).await.expect(201);
    let patient = behind(&clinic, &sara.email).await;
    let refused = patient.post("/api/v1/offer/accept", &Value::Null).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "offer.taken"));
    let opening = opening_at(&clinic, "09:00").await;
    assert_eq!((text(&opening["status"]), text(&opening["closedFor"])), ("closed", "taken"));
}
