//! What a patient does with a visit: within the practice's rules, and nobody else's visit.

use futures::future::join;
use platform::testing::Person;
use reqwest::Method;
use serde_json::{Value, json};

use super::run;
use crate::testing::{Clinic, at, id, local, made, put};

const VISIT: &str = "/api/v1/visit";

/// The practice with no cut-offs, three moves and a year ahead: [`crate::testing::DAY`] is some years away.
async fn lenient(clinic: &Clinic, change: Value) {
    let settings = clinic.owner.get("/api/v1/scheduling-settings").await.expect(200);
    let mut rules = settings.clone();
    for left_out in ["version", "updatedAt"] {
        rules.as_object_mut().expect("rules").remove(left_out);
    }
    for (name, value) in change.as_object().expect("changes") {
        rules[name] = value.clone();
    }
    let new = json!({ "version": settings["version"], "rules": rules });
    put(&clinic.owner, "/api/v1/scheduling-settings", &new).await.expect(200);
}

/// Brings the clock to the evening before the visits, so that they lie within the horizon.
async fn the_evening_before(clinic: &mut Clinic) {
    let evening: jiff::Timestamp = "2030-06-01T15:00:00Z".parse().expect("an instant");
    clinic.server.clock.advance(evening.duration_since(clinic.server.clock.now()));
    // by then the practice would ask for one
    run(clinic, "update platform.practice set second_factor = 'nobody'").await;
    let refresh = clinic.owner.refresh.clone().expect("a session");
    clinic.owner.renew(&refresh).await.expect(200);
}

async fn visit(patient: &Person) -> Value {
    patient.get(VISIT).await.expect(200)
}

#[tokio::test]
async fn the_visit_shows_what_the_patient_needs_and_nothing_that_staff_wrote() {
    let clinic = Clinic::start().await;
    let (booked, token) = clinic.linked("09:00").await;
    let said = json!({ "version": 1, "reason": "secret reason", "notes": "secret notes" });
    clinic.owner.patch(&format!("/api/v1/appointments/{}", id(&booked)), &said).await.expect(200);
    let profile = json!({ "version": 1, "title": "Dr.", "titleAr": "د." });
    put(&clinic.owner, &format!("/api/v1/providers/{}", clinic.doctor(0)), &profile).await.expect(200);
    let patient = clinic.behind(&token).await;
    let seen = visit(&patient).await;
    assert_eq!(seen["practice"]["name"], "Practice alpha");
    assert_eq!((&seen["serviceEn"], &seen["place"]["name"]), (&json!("Consultation"), &json!("Olaya")));
    assert_eq!(seen["providers"], json!([{ "name": "provider", "title": "Dr.", "titleAr": "د." }]));
    assert_eq!((local(&seen["start"]).as_str(), &seen["timeZone"]), ("09:00", &json!("Asia/Riyadh")));
    assert_eq!((&seen["status"], &seen["language"]), (&json!("scheduled"), &json!("en")));
    assert!(
        seen["reasons"]
            .as_array()
            .expect("reasons")
            .iter()
            .all(|reason| { reason["key"].as_str().expect("a key").starts_with("patient_") })
    );
    assert!(!seen.to_string().contains("secret"));
    // nor when something is against it
    let stale = patient.post(&format!("{VISIT}/cancel"), &json!({ "version": 1, "reason": "patient_ill" })).await;
    assert_eq!((stale.status.as_u16(), stale.code()), (409, "version.stale"));
    assert!(!stale.body.to_string().contains("secret") && stale.body["current"]["version"] == 2);
}

#[tokio::test]
async fn a_patient_confirms_moves_and_cancels_and_everybody_can_read_who_it_was() {
    let mut clinic = Clinic::start().await;
    let (booked, token) = clinic.linked("09:00").await;
    the_evening_before(&mut clinic).await;
    lenient(&clinic, json!({ "cancelCutoffMinutes": 60, "moveCutoffMinutes": 60 })).await;
    let patient = clinic.behind(&token).await;
    let confirmed = patient.post(&format!("{VISIT}/confirm"), &json!({ "version": 1 })).await.expect(200);
    assert_eq!(
        (&confirmed["status"], &confirmed["actions"]["confirm"]["refusal"]),
        (&json!("confirmed"), &json!("done"))
    );

    let free = patient.get(&format!("{VISIT}/slots?from=2030-06-02&to=2030-06-02")).await.expect(200);
    let free: Vec<_> = free["items"].as_array().expect("slots").iter().map(|slot| local(&slot["start"])).collect();
    // half an hour each, offered every quarter; with five minutes kept free after it until noon, and not where it is
    assert!(
        free.contains(&"08:00".to_owned()) && free.contains(&"09:15".to_owned()) && !free.contains(&"09:00".to_owned())
    );
    let moved =
        patient.post(&format!("{VISIT}/move"), &json!({ "version": 2, "start": at("10:00") })).await.expect(200);
    assert_eq!(
        (local(&moved["start"]).as_str(), &moved["status"]),
        ("10:00", &json!("scheduled")),
        "to be confirmed again"
    );
    let now = clinic.owner.get(&format!("/api/v1/appointments/{}", id(&booked))).await.expect(200);
    assert_eq!((&now["moves"], &now["patientMoves"]), (&json!(1), &json!(1)));

    let why = json!({ "version": 3, "reason": "patient_ill", "note": "A cold" });
    let cancelled = patient.post(&format!("{VISIT}/cancel"), &why).await.expect(200);
    assert_eq!(cancelled["status"], "cancelled");
    let now = clinic.owner.get(&format!("/api/v1/appointments/{}", id(&booked))).await.expect(200);
    assert_eq!((&now["cancellation"]["by"], &now["cancellation"]["note"]), (&json!("patient"), &json!("A cold")));

    // nothing of it can be done again
    for (what, body) in [
        ("confirm", json!({ "version": 4 })),
        ("move", json!({ "version": 4, "start": at("11:00") })),
        ("cancel", json!({ "version": 4, "reason": "patient_ill" })),
    ] {
        let again = patient.post(&format!("{VISIT}/{what}"), &body).await;
        assert_eq!((again.status.as_u16(), again.code()), (409, "appointment.over"), "{what}");
    }
    let timeline =
        clinic.owner.get(&format!("/api/v1/patients/{}/timeline", booked["patientId"].as_str().expect("an id"))).await;
    let timeline = timeline.expect(200);
    let by_patient: Vec<_> =
        timeline["items"].as_array().expect("entries").iter().filter(|e| e["actorKind"] == "patient").collect();
    let kinds: Vec<_> = by_patient.iter().map(|entry| entry["kind"].as_str().expect("a kind")).collect();
    assert_eq!(kinds, ["appointment.cancelled", "appointment.moved", "appointment.confirmed"]);
    assert!(by_patient.iter().all(|entry| entry["actorId"] == booked["patientId"]));
    let ledger: Vec<String> = sqlx::query_scalar(
        "select action from audit.entry where actor_kind = 'patient' and resource_type = 'appointment' order by at, id",
    )
    .fetch_all(&mut clinic.server.database.conn().await)
    .await
    .expect("entries");
    assert_eq!(ledger, ["update", "update", "update"]);
}

#[tokio::test]
async fn a_visit_is_moved_within_the_rules_or_not_at_all() {
    let mut clinic = Clinic::start().await;
    let (booked, token) = clinic.linked("09:00").await;
    let said = |answer: platform::testing::Answer| (answer.status.as_u16(), answer.code().to_owned());
    let refused = |code: &str| (409, code.to_owned());
    let ahead = clinic.behind(&token).await;
    let answer = ahead.post(&format!("{VISIT}/move"), &json!({ "version": 1, "start": at("10:00") })).await;
    assert_eq!(said(answer), refused("appointment.too_far"), "some years");
    the_evening_before(&mut clinic).await;
    let patient = clinic.behind(&token).await;
    let to = async |version: i32, start: &str| {
        patient.post(&format!("{VISIT}/move"), &json!({ "version": version, "start": start })).await
    };
    // 18:00 in Riyadh, fifteen hours before it; the practice wants to know a day before
    assert_eq!(said(to(1, &at("10:00")).await), refused("appointment.too_late_to_move"));
    let late = patient.post(&format!("{VISIT}/cancel"), &json!({ "version": 1, "reason": "patient_ill" })).await;
    assert_eq!(said(late), refused("appointment.too_late_to_cancel"));
    let seen = visit(&patient).await;
    assert_eq!(seen["actions"]["move"], json!({ "refusal": "tooLate", "until": "2030-06-01T06:00:00Z" }));
    lenient(&clinic, json!({ "cancelCutoffMinutes": 60, "moveCutoffMinutes": 60, "mostMoves": 1, "noticeMinutes": 960, "horizonDays": 2 })).await;
    assert_eq!(said(to(1, &at("09:45")).await), refused("appointment.too_soon"));
    assert_eq!(said(to(1, "2030-06-04T09:00:00+03:00").await), refused("appointment.too_far"));
    assert_eq!(said(to(1, &at("10:05")).await), refused("appointment.not_offered"));
    assert_eq!(said(to(1, &at("12:30")).await), refused("appointment.closed"));
    // somebody was faster: what is free near that time is told, and nothing of who has it
    let other = clinic.patient().await;
    clinic.owner.post("/api/v1/appointments", &clinic.visit(&other, "10:30")).await.expect(201);
    let taken = to(1, &at("10:30")).await;
    assert_eq!(taken.code(), "appointment.provider_busy");
    let near = taken.body["current"]["alternatives"].as_array().expect("times");
    assert_eq!((near.len(), taken.body["current"].as_object().expect("an object").len()), (3, 1));
    to(1, &at("11:15")).await.expect(200);
    assert_eq!(said(to(2, &at("11:00")).await), refused("appointment.too_many_moves"));
    // what the practice moves does not count against the patient
    lenient(&clinic, json!({ "mostMoves": 2 })).await;
    let path = format!("/api/v1/appointments/{}/move", id(&booked));
    clinic.owner.post(&path, &json!({ "version": 2, "start": at("14:00") })).await.expect(200);
    to(3, &at("15:00")).await.expect(200);
    assert_eq!(said(to(4, &at("16:00")).await), refused("appointment.too_many_moves"));
}

#[tokio::test]
async fn two_confirmations_at_once_are_one() {
    let clinic = Clinic::start().await;
    let (booked, token) = clinic.linked("09:00").await;
    let (one, other) = (clinic.behind(&token).await, clinic.behind(&token).await);
    let (path, body) = (format!("{VISIT}/confirm"), json!({ "version": 1 }));
    let (one, other) = join(one.post(&path, &body), other.post(&path, &body)).await;
    for answer in [one, other] {
        assert_eq!(answer.expect(200)["status"], "confirmed");
    }
    let now = clinic.owner.get(&format!("/api/v1/appointments/{}", id(&booked))).await.expect(200);
    assert_eq!(now["version"], 2);
}

#[tokio::test]
async fn what_was_opened_ends_with_its_link_and_reaches_no_other_visit() {
    let clinic = Clinic::start().await;
    let (booked, token) = clinic.linked("09:00").await;
    let (_, other) = clinic.linked("10:00").await;
    let (patient, neighbour) = (clinic.behind(&token).await, clinic.behind(&other).await);
    assert_eq!(
        (local(&visit(&patient).await["start"]), local(&visit(&neighbour).await["start"])),
        ("09:00".into(), "10:00".into())
    );
    // a token says which visit it is for, and nothing in a request does
    let named = patient.get(&format!("{VISIT}?id={}", id(&booked))).await;
    assert_eq!(named.status, 422);
    let path = format!("/api/v1/appointments/{}/link", id(&booked));
    Person::send(clinic.owner.request(Method::DELETE, &path)).await;
    let gone = patient.get(VISIT).await;
    assert_eq!((gone.status.as_u16(), gone.code()), (401, "patient_link.refused"));
    visit(&neighbour).await;
    clinic.server.clock.advance(jiff::SignedDuration::from_mins(31));
    assert_eq!(neighbour.get(VISIT).await.code(), "auth.token_expired");
}

#[tokio::test]
async fn who_agreed_to_mail_gets_the_link_when_a_visit_is_booked_or_moved() {
    let clinic = Clinic::start().await;
    let who = |granted: bool| {
        json!({ "givenName": "Noura", "birthDate": "1990-05-17", "language": "ar",
                "emails": [{ "address": "noura@example.com" }], "consents": { "email": { "granted": granted } } })
    };
    let noura = made(&clinic.owner, "/api/v1/patients", &who(true)).await;
    let booked = clinic.owner.post("/api/v1/appointments", &clinic.visit(&noura, "09:00")).await.expect(201);
    let path = format!("/api/v1/appointments/{}", id(&booked));
    let to = json!({ "version": 1, "start": at("10:00") });
    clinic.owner.post(&format!("{path}/move"), &to).await.expect(200);
    // as often as somebody asks for it
    assert_eq!(clinic.owner.post(&format!("{path}/link/send"), &json!({})).await.status, 204);
    let refuses = made(&clinic.owner, "/api/v1/patients", &who(false)).await;
    let silent = clinic.owner.post("/api/v1/appointments", &clinic.visit(&refuses, "11:00")).await.expect(201);
    let refused = clinic.owner.post(&format!("/api/v1/appointments/{}/link/send", id(&silent)), &json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "patient_link.no_consent"));
    let unknown = clinic.booked("08:00").await;
    let refused = clinic.owner.post(&format!("/api/v1/appointments/{}/link/send", id(&unknown)), &json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "patient_link.no_email"));
    clinic.server.settle().await;
    let mails = platform::mail::list(&clinic.server.app, None, None, 10).await.expect("mails");
    let kinds: Vec<_> = mails.iter().rev().map(|mail| mail.kind.as_str()).collect();
    assert_eq!(kinds, ["visit_booked", "visit_moved", "visit_booked"]);
    let texts: Vec<_> = mails.iter().map(|mail| mail.mail.as_ref().expect("kept").text.expose().clone()).collect();
    let links: Vec<_> =
        texts.iter().map(|text| text.split("/v#").nth(1).expect("a link").split_whitespace().next()).collect();
    assert!(links.iter().all(|link| *link == links[0]), "the same link each time");
    assert!(texts.iter().all(|text| text.contains("Practice alpha") && !text.contains("Consultation")));
    assert!(texts[1].contains("الأحد 2 يونيو 2030، 10:00"), "{}", texts[1]);
}
