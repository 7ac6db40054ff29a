//! Holding and booking: who gets it, who is who, and what is left behind.

use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Open;
use crate::testing::{local, made};

#[tokio::test]
async fn somebody_new_books_a_first_visit() {
    let open = Open::start().await;
    let owner = &open.clinic.owner;
    let mut form = open.form("09:00");
    (form["email"], form["reason"]) = (json!("noura@example.com"), json!("Pain when biting"));
    let booked = open.book(&form).await.expect(201);
    assert_eq!((local(&booked["start"]), local(&booked["end"])), ("09:00".to_owned(), "09:30".to_owned()));
    let all = open.appointments().await;
    let visit = &all[0];
    assert_eq!((all.len(), &visit["source"], &visit["status"]), (1, &json!("online"), &json!("scheduled")));
    let digits = visit["id"].as_str().expect("an id").replace('-', "").to_uppercase();
    assert_eq!(booked["reference"].as_str().expect("one").replace('-', ""), digits[24..]);

    let patient =
        owner.get(&format!("/api/v1/patients/{}", visit["patientId"].as_str().expect("an id"))).await.expect(200);
    assert_eq!((&patient["givenName"], &patient["familyName"]), (&json!("Noura"), &json!("Al-Qahtani")));
    assert_eq!(
        (&patient["phones"][0]["number"], &patient["phones"][0]["kind"]),
        (&json!("+966501234567"), &json!("mobile"))
    );
    assert_eq!((&patient["leadSource"], &patient["language"]), (&json!("online"), &json!("en")));
    for channel in ["sms", "email"] {
        let consent = &patient["consents"][channel];
        assert_eq!((&consent["granted"], &consent["source"]), (&json!(true), &json!("online")), "{channel}");
        assert_eq!(consent["at"], format!("{}T17:00:00Z", open.eve));
    }
    let link = booked["link"].as_str().expect("a link").split_once("/v#").expect("a token").1;
    let opened = json!({ "token": link, "dateOfBirth": "1990-05-17" });
    open.visitor.post(crate::testing::OPEN, &opened).await.expect(200);
    let mut conn = open.clinic.server.database.conn().await;
    let ledger: Vec<(String, String)> = sqlx::query_as(
        "select resource_type, action from audit.entry where actor_kind = 'visitor' order by resource_type",
    )
    .fetch_all(&mut conn)
    .await
    .expect("entries");
    assert_eq!(
        ledger,
        [("appointment", "create"), ("patient", "create"), ("patient_link", "create")]
            .map(|(of, what)| (of.to_owned(), what.to_owned()))
    );
    let news: Value = sqlx::query_scalar("select payload from outbox.event where name = 'appointment.booked'")
        .fetch_one(&mut conn)
        .await
        .expect("an event");
    assert_eq!(news["actor"], "visitor", "how it came");
    let history: i64 = sqlx::query_scalar("select count(*) from timeline.entry where kind = 'appointment.booked'")
        .fetch_one(&mut conn)
        .await
        .expect("a count");
    assert_eq!(history, 1);
    open.clinic.server.settle().await;
    let mails = platform::mail::list(&open.clinic.server.app, Some("sandbox"), None, 10).await.expect("mails");
    let mail = mails
        .iter()
        .find(|mail| mail.kind == "visit_booked_online")
        .and_then(|mail| mail.mail.as_ref())
        .expect("a confirmation");
    let text = mail.text.expose();
    assert_eq!(mail.to.expose(), "noura@example.com");
    assert!(
        text.contains(&open.day.strftime("%A, %-d %B %Y, 09:00").to_string())
            && text.contains("/v#vl_")
            && text.contains(booked["reference"].as_str().expect("one")),
        "{text}"
    );
    assert!(!text.contains("Consultation") && !text.contains("Pain"), "mail is read by others too: {text}");
}

/// Whoever has number, date of birth and name of a patient is that patient; nobody else is, and nobody is told.
#[tokio::test]
async fn who_is_known_is_found_and_not_told() {
    let open = Open::start().await;
    let known = json!({ "givenName": "نورة", "familyName": "القحطاني", "givenNameOther": "Noura", "familyNameOther": "Al-Qahtani",
        "birthDate": "1990-05-17", "phones": [{ "number": "0501234567" }],
        "consents": { "sms": { "granted": false, "source": "paper" } } });
    let known = open.patient(&known).await;
    let mut answers = Vec::new();
    for (time, field, value, is_known) in [
        ("09:00", "givenName", json!("NOURA"), true),
        ("10:00", "givenName", json!("Al-Qahtani Noura"), false),
        ("11:00", "birthDate", json!("1990-05-18"), false),
        ("13:00", "phone", json!("0501234568"), false),
        ("14:00", "givenName", json!("Sara"), false),
    ] {
        let mut form = open.form(time);
        form[field] = value.clone();
        let booked = open.book(&form).await.expect(201);
        let all = open.appointments().await;
        let visit = all.iter().find(|visit| visit["start"] == booked["start"]).expect("it");
        assert_eq!(visit["patientId"] == json!(known), is_known, "{field} {value}");
        answers.push(booked);
    }
    // in its own script, and with the family name first in one field
    for (time, given, family) in [("15:00", "نوره القحطاني", Value::Null), ("16:00", "Al Qahtani Noura", Value::Null)]
    {
        let mut form = open.form(time);
        (form["givenName"], form["familyName"]) = (json!(given), family);
        open.decide(i32::from(time == "16:00") + 1, &json!({ "mostOpen": 9 })).await.expect(200);
        let booked = open.book(&form).await.expect(201);
        let all = open.appointments().await;
        let visit = all.iter().find(|visit| visit["start"] == booked["start"]).expect("it");
        assert_eq!(visit["patientId"], json!(known), "{given}");
        answers.push(booked);
    }
    let shape = |answer: &Value| {
        let fields = answer.as_object().expect("an object").iter();
        fields.map(|(name, value)| (name.clone(), value.is_null())).collect::<Vec<_>>()
    };
    assert!(answers.iter().all(|answer| shape(answer) == shape(&answers[0])), "{answers:?}");
    let patient = open.clinic.owner.get(&format!("/api/v1/patients/{known}")).await.expect(200);
    assert_eq!(patient["consents"]["sms"]["granted"], json!(false), "a stranger does not take back a refusal");

    // who is somewhere else at that time hears what everybody hears
    let mut again = open.form("09:00");
    again["providerId"] = json!(open.clinic.doctor(1));
    let refused = open.book(&again).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "booking.taken"));
    assert!(refused.body["current"].get("busy").is_none(), "{}", refused.body);
}

#[tokio::test]
async fn what_is_for_known_patients_and_how_much() {
    let open = Open::start().await;
    open.patient(&json!({ "givenName": "Sara", "familyName": "Saleh", "birthDate": "1985-01-01", "phones": [{ "number": "0555555555" }] })).await;
    let service = json!([{ "serviceId": open.clinic.service, "slug": "consultation", "textEn": null, "textAr": null,
        "newPatients": false, "deposit": true }]);
    open.decide(1, &json!({ "services": service, "mostOpen": 2 })).await.expect(200);
    let unknown = open.book(&open.form("09:00")).await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (409, "booking.known_only"));
    let mut sara = open.form("09:00");
    (sara["givenName"], sara["familyName"], sara["birthDate"], sara["phone"]) =
        (json!("Sara"), json!("Saleh"), json!("1985-01-01"), json!("+966 55 555 5555"));
    open.book(&sara).await.expect(201);
    assert_eq!(open.appointments().await[0]["deposit"], json!(true));
    sara["start"] = json!(open.at("10:00"));
    open.book(&sara).await.expect(201);
    sara["start"] = json!(open.at("11:00"));
    let refused = open.book(&sara).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "booking.too_many"));
    assert_eq!(open.appointments().await.len(), 2, "nothing is left of it");
    // at the same moment, from two windows
    open.decide(2, &json!({ "services": service, "mostOpen": 3 })).await.expect(200);
    let mut other = sara.clone();
    other["start"] = json!(open.at("13:00"));
    let (one, two) = tokio::join!(open.book(&sara), open.book(&other));
    let mut codes = [one.status.as_u16(), two.status.as_u16()];
    codes.sort_unstable();
    assert_eq!(codes, [201, 409]);
}

#[tokio::test]
async fn a_hold_is_its_holders_alone() {
    let open = Open::start().await;
    let only = json!({ "providerIds": [open.clinic.doctor(0)] });
    open.decide(1, &only).await.expect(200);
    let held = open.hold(&open.slot("09:00")).await.expect(201);
    let mine = json!({ "id": held["id"], "key": held["key"] });
    assert_eq!(held["expiresAt"], format!("{}T17:10:00Z", open.eve));
    let other = open.hold(&open.slot("09:00")).await;
    assert_eq!((other.status.as_u16(), other.code()), (409, "booking.taken"));
    let free: Vec<_> = other.body["current"]["alternatives"]
        .as_array()
        .expect("some")
        .iter()
        .map(|slot| local(&slot["start"]))
        .collect();
    assert_eq!(free, ["08:00", "08:15", "09:45"], "the nearest ones");
    let mut stolen = open.form("09:00");
    stolen["hold"] = json!({ "id": held["id"], "key": Uuid::new_v4() });
    assert_eq!(open.book(&stolen).await.code(), "booking.taken", "an id alone opens nothing");
    let release = |hold: &Value| json!({ "practice": "alpha", "hold": hold });
    let wrong = open.visitor.post("/api/v1/booking/holds/release", &release(&stolen["hold"])).await;
    assert_eq!(wrong.status, 404);

    // another time takes its place
    let mut next = open.slot("10:00");
    next["insteadOf"] = mine.clone();
    let held = open.hold(&next).await.expect(201);
    let mine = json!({ "id": held["id"], "key": held["key"] });
    let mut form = open.form("10:00");
    form["hold"] = mine.clone();
    open.hold(&open.slot("09:00")).await.expect(201);
    open.book(&form).await.expect(201);
    let gone = open.visitor.post("/api/v1/booking/holds/release", &release(&mine)).await;
    assert_eq!(gone.status, 404, "it was booked");

    // one that is over is nobody's, and what it held can be booked without it
    let over = open.hold(&open.slot("14:00")).await.expect(201);
    open.clinic.server.clock.advance(SignedDuration::from_mins(10));
    let mut late = open.form("14:00");
    late["hold"] = json!({ "id": over["id"], "key": over["key"] });
    (late["givenName"], late["phone"]) = (json!("Huda"), json!("0501234560"));
    open.book(&late).await.expect(201);
    let released = open.hold(&open.slot("15:00")).await.expect(201);
    let released = json!({ "id": released["id"], "key": released["key"] });
    open.visitor.post("/api/v1/booking/holds/release", &release(&released)).await.expect(200);
    open.hold(&open.slot("15:00")).await.expect(201);
}

/// Thirty want the same: one gets it, the others hear what is free instead, and nothing breaks.
#[tokio::test]
async fn thirty_at_once() {
    let open = Open::start().await;
    open.decide(1, &json!({ "providerIds": [open.clinic.doctor(0)] })).await.expect(200);
    for (round, path) in ["/api/v1/booking/appointments", "/api/v1/booking/holds"].into_iter().enumerate() {
        let time = ["09:00", "13:00"][round];
        let bodies: Vec<_> = (0..30)
            .map(|i| match round {
                0 => {
                    let mut form = open.form(time);
                    form["phone"] = json!(format!("05012345{i:02}"));
                    form
                }
                _ => open.slot(time),
            })
            .collect();
        let networks: Vec<_> = (0..30).map(|i| format!("203.0.113.{i}")).collect();
        let all = networks.iter().zip(&bodies).map(|(network, body)| open.from(network, path, body));
        let answers = join_all(all).await;
        let count = |status: u16| answers.iter().filter(|answer| answer.status.as_u16() == status).count();
        assert_eq!((count(201), count(409)), (1, 29), "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
        let told = answers
            .iter()
            .filter(|answer| answer.body["current"]["alternatives"].as_array().is_some_and(|free| free.len() == 3));
        assert_eq!(told.count(), 29);
    }
    assert_eq!(open.appointments().await.len(), 1);
    let patients = open.clinic.owner.post("/api/v1/patients/query", &json!({ "limit": 200 })).await.expect(200);
    assert_eq!(patients["items"].as_array().map(Vec::len), Some(1), "who got nothing was not entered");
}

/// With two doctors, "whoever is free" is found for both, and not for a third.
#[tokio::test]
async fn whoever_is_free_is_found() {
    let open = Open::start().await;
    let bodies: Vec<_> = (0..4)
        .map(|i| {
            let mut form = open.form("09:00");
            form["phone"] = json!(format!("05012345{i:02}"));
            form
        })
        .collect();
    let answers = join_all(bodies.iter().map(|body| open.book(body))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 2);
    assert_eq!(answers.iter().filter(|answer| answer.code() == "booking.taken").count(), 2);
    let all = open.appointments().await;
    assert_ne!(all[0]["providerIds"], all[1]["providerIds"]);
    assert_ne!(all[0]["roomIds"], all[1]["roomIds"]);
}

#[tokio::test]
async fn the_same_request_happens_once() {
    let open = Open::start().await;
    let (key, form) = (Uuid::now_v7(), open.form("09:00"));
    let post = || open.visitor.post_under(key, "/api/v1/booking/appointments", &form);
    let (one, two) = tokio::join!(post(), post());
    let again = post().await;
    assert_eq!([one.status.as_u16(), two.status.as_u16(), again.status.as_u16()], [201; 3]);
    assert_eq!((&one.body, &two.body), (&again.body, &again.body));
    assert_eq!(open.appointments().await.len(), 1);
    let mut other = form.clone();
    other["givenName"] = json!("Sara");
    let reused = open.visitor.post_under(key, "/api/v1/booking/appointments", &other).await;
    assert_eq!((reused.status.as_u16(), reused.code()), (422, "idempotency.key_reused"));
    // sent twice with a new key each time: one patient, and the second time is told that it is taken
    let twice = open.form("10:00");
    open.decide(1, &json!({ "providerIds": [open.clinic.doctor(0)] })).await.expect(200);
    let (one, two) = tokio::join!(open.book(&twice), open.book(&twice));
    let mut codes = [one.status.as_u16(), two.status.as_u16()];
    codes.sort_unstable();
    assert_eq!(codes, [201, 409]);
    let patients = open.clinic.owner.post("/api/v1/patients/query", &json!({ "limit": 200 })).await.expect(200);
    assert_eq!(patients["items"].as_array().map(Vec::len), Some(1));
}

/// The practice's own fields that are required do not keep anybody out: nobody has asked for them here.
#[tokio::test]
async fn fields_of_the_practices_own_stay_empty() {
    let open = Open::start().await;
    let field = json!({ "name": "File number", "kind": "text", "required": true });
    made(&open.clinic.owner, "/api/v1/patient-fields", &field).await;
    open.book(&open.form("09:00")).await.expect(201);
}
