//! Loading, finding, and what is due.

use automation::testing::{Engine, uuid};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::blocks::blocks;
use crate::testing::{Clinic, at, id, made, put};

async fn come(clinic: &Clinic, visit: &Value, status: &str) -> Value {
    let new = json!({ "version": visit["version"], "status": status });
    clinic.owner.post(&format!("/api/v1/appointments/{}/status", id(visit)), &new).await.expect(200)
}

async fn merge(clinic: &Clinic, kept: &str, other: &str) {
    let merge = json!({ "version": 1, "other": other, "otherVersion": 1, "take": [] });
    clinic.owner.post(&format!("/api/v1/patients/{kept}/merge"), &merge).await.expect(201);
}

#[tokio::test]
async fn a_workflow_sees_an_appointment_in_the_words_of_the_patient() {
    let clinic = Clinic::start().await;
    let engine = Engine::of(&clinic.server, &clinic.owner, blocks());
    engine.check_declarations();
    let title = json!({ "version": 1, "title": "Dr.", "titleAr": "د." });
    put(&clinic.owner, &format!("/api/v1/providers/{}", clinic.doctor(0)), &title).await.expect(200);
    let place = json!({ "name": "Malqa", "nameAr": "الملقا", "phone": "0112345678",
                        "address": { "line1": "King Fahd Road 12", "line2": null, "city": "Riyadh", "region": null,
                                     "postalCode": null, "country": "SA" } });
    let place = made(&clinic.owner, "/api/v1/locations", &place).await;
    let room =
        json!({ "locationId": place, "name": "Blue", "nameAr": "الأزرق", "kind": "chair", "colour": "teal", "sort": 1 });
    made(&clinic.owner, "/api/v1/rooms", &room).await;
    let service = json!({ "nameEn": "Cleaning", "nameAr": "تنظيف", "category": "Hygiene", "durationMinutes": 45,
        "price": { "amountMinor": 10_000, "currency": "SAR" }, "vatCategory": "standard", "colour": "teal" });
    let service = made(&clinic.owner, "/api/v1/services", &service).await;
    let patient = json!({ "givenName": "Lina", "givenNameOther": "لينا", "language": "ar" });
    let patient = made(&clinic.owner, "/api/v1/patients", &patient).await;
    let visit = json!({ "patientId": patient, "serviceId": service, "locationId": place, "providerIds": [clinic.doctor(0)],
                        "start": at("09:00"), "reason": "A tooth hurts" });
    let visit = clinic.owner.post("/api/v1/appointments", &visit).await.expect(201);
    let seen = engine.one("appointment", &id(&visit)).await;
    engine.check_declared("appointment", &seen);
    let name = seen["provider"]["name"].as_str().expect("a name");
    assert!(name.starts_with("د. ") && name.len() > 5, "{name}");
    for (path, value) in [
        ("/start", json!("2030-06-02T06:00:00Z")),
        ("/minutes", json!(45)),
        ("/confirmed", json!(false)),
        ("/firstVisit", json!(true)),
        ("/reason", json!("A tooth hurts")),
        ("/cancelledBy", Value::Null),
        ("/rooms", json!(["الأزرق"])),
        ("/service/name", json!("تنظيف")),
        ("/service/category", json!("Hygiene")),
        ("/location/name", json!("الملقا")),
        ("/location/phone", json!("+966112345678")),
        ("/location/address", json!("King Fahd Road 12, Riyadh")),
        ("/patient/givenName", json!("لينا")),
        ("/patient/nextVisit", json!("2030-06-02T06:00:00Z")),
    ] {
        assert_eq!(seen.pointer(path), Some(&value), "{path}");
    }
    let plain = engine.one("appointment", &id(&clinic.booked("11:00").await)).await;
    engine.check_declared("appointment", &plain);
    assert_eq!((&plain["service"]["name"], &plain["rooms"]), (&json!("Consultation"), &json!(["One"])));
    let confirmed = engine.one("appointment", &id(&come(&clinic, &visit, "confirmed").await)).await;
    assert_eq!((&confirmed["confirmed"], &confirmed["status"]), (&json!(true), &json!("confirmed")));
    let beta = clinic.server.owner_of("beta").await;
    let stranger = Engine::of(&clinic.server, &beta, blocks());
    assert_eq!(stranger.one("appointment", &id(&visit)).await, Value::Null, "the neighbour's");
}

#[tokio::test]
async fn the_first_visit_is_the_first_of_whoever_was_merged_as_well() {
    let clinic = Clinic::start().await;
    let engine = Engine::of(&clinic.server, &clinic.owner, blocks());
    let (kept, other) = (clinic.patient().await, clinic.patient().await);
    let early = clinic.owner.post("/api/v1/appointments", &clinic.visit(&other, "09:00")).await.expect(201);
    let late = clinic.owner.post("/api/v1/appointments", &clinic.visit(&kept, "11:00")).await.expect(201);
    let first = async |visit: &Value| engine.one("appointment", &id(visit)).await["firstVisit"].clone();
    assert_eq!((first(&early).await, first(&late).await), (json!(true), json!(true)), "nobody has come yet");
    merge(&clinic, &kept, &other).await;
    come(&clinic, &early, "arrived").await;
    assert_eq!((first(&early).await, first(&late).await), (json!(true), json!(false)));
    let seen = engine.one("appointment", &id(&early)).await;
    assert_eq!(seen["patient"]["id"], json!(kept), "booked for somebody who was merged");
    assert_eq!(seen["patient"]["lastVisit"], json!("2030-06-02T06:00:00Z"));
    let of = |patient: &str| json!({ "field": "patient", "op": "eq", "value": patient });
    let both = vec![uuid(&id(&early)), uuid(&id(&late))];
    assert_eq!(engine.find("appointment", of(&kept), 1).await.expect("found"), both);
    let nobody = engine.find("appointment", json!({ "not": of(&kept) }), 5).await.expect("found");
    assert_eq!(nobody, Vec::<Uuid>::new());
    let wrong = json!({ "field": "patient", "op": "eq", "value": "x" });
    assert_eq!(
        engine.find("appointment", wrong, 5).await.expect_err("refused").into_faults()[0].pointer,
        "/filter/value"
    );
}

#[tokio::test]
async fn many_cost_as_many_statements_as_few() {
    let clinic = Clinic::start().await;
    let engine = Engine::of(&clinic.server, &clinic.owner, blocks());
    let (mut visits, mut wishes) = (Vec::new(), Vec::new());
    for time in ["08:00", "08:45", "09:30", "10:15", "11:00", "13:00", "13:45", "14:30"] {
        let mut visit = clinic.visit(&clinic.patient().await, time);
        visit["reason"] = json!("sealed");
        visits.push(uuid(&made(&clinic.owner, "/api/v1/appointments", &visit).await));
        let wish = json!({ "patientId": clinic.patient().await, "serviceId": clinic.service, "locationId": clinic.location,
                           "note": "sealed" });
        wishes.push(uuid(&made(&clinic.owner, "/api/v1/wishes", &wish).await));
    }
    for (subject, ids) in [("appointment", &visits), ("wish", &wishes)] {
        engine.load(subject, ids).await;
        let (few, many) = (engine.load(subject, &ids[..2]).await.1, engine.load(subject, ids).await.1);
        assert!(few == many && (5..20).contains(&few), "{subject}: {few} for two, {many} for eight");
    }
}

#[tokio::test]
async fn what_takes_place_is_due() {
    let clinic = Clinic::start().await;
    let engine = Engine::of(&clinic.server, &clinic.owner, blocks());
    let mut ids = Vec::new();
    for time in ["08:00", "09:00", "10:00", "11:00"] {
        let mut visit = clinic.visit(&clinic.patient().await, time);
        visit["providerIds"] = json!([clinic.doctor(usize::from(!ids.is_empty()))]);
        visit["durationMinutes"] = json!(if ids.is_empty() { 200 } else { 30 });
        ids.push(uuid(&made(&clinic.owner, "/api/v1/appointments", &visit).await));
    }
    let why = json!({ "version": 1, "by": "clinic", "reason": "clinic_mistake" });
    clinic.owner.post(&format!("/api/v1/appointments/{}/cancel", ids[1]), &why).await.expect(200);
    let due = async |field: &str, from: &str, until: &str| {
        let due = engine.due("appointment", field, &at(from), &at(until), 1).await;
        due.into_iter().map(|(instant, id)| (crate::testing::local(&json!(instant)), id)).collect::<Vec<_>>()
    };
    let told = |time: &str, number: usize| (time.to_owned(), ids[number]);
    assert_eq!(due("start", "08:00", "11:00").await, [told("08:00", 0), told("10:00", 2)], "from, and not until");
    assert_eq!(due("start", "08:01", "11:01").await, [told("10:00", 2), told("11:00", 3)]);
    assert_eq!(due("end", "08:00", "12:00").await, [told("10:30", 2), told("11:20", 0), told("11:30", 3)]);
    assert_eq!(due("end", "11:20", "11:30").await, [told("11:20", 0)], "it began long before");
}

#[tokio::test]
async fn recalls_and_wishes_and_what_was_offered() {
    let clinic = Clinic::start().await;
    let engine = Engine::of(&clinic.server, &clinic.owner, blocks());
    let rule = json!({ "version": 0, "months": 6 });
    put(&clinic.owner, &format!("/api/v1/recall-rules/{}", clinic.service), &rule).await.expect(200);
    let visit = clinic.booked("09:00").await;
    come(&clinic, &visit, "completed").await;
    clinic.server.settle().await;
    let recalls =
        engine.find("recall", json!({ "field": "status", "op": "eq", "value": "due" }), 5).await.expect("found");
    let recall = engine.one("recall", &recalls[0].to_string()).await;
    engine.check_declared("recall", &recall);
    assert_eq!((&recall["dueOn"], &recall["patient"]["id"]), (&json!("2030-12-02"), &visit["patientId"]));
    let due = engine.due("recall", "nextOn", "2030-12-01T00:00:00Z", "2030-12-02T00:00:00Z", 1).await;
    assert_eq!(due, [("2030-12-01T21:00:00Z".parse().expect("an instant"), recalls[0])]);

    let waiting =
        json!({ "givenName": "Huda", "birthDate": "1990-05-17", "emails": [{ "address": "huda@example.com" }] });
    let waiting = made(&clinic.owner, "/api/v1/patients", &waiting).await;
    let wish =
        json!({ "patientId": waiting, "serviceId": clinic.service, "locationId": clinic.location, "urgent": true });
    let wish = made(&clinic.owner, "/api/v1/wishes", &wish).await;
    let seen = engine.one("wish", &wish).await;
    engine.check_declared("wish", &seen);
    let urgent = json!({ "all": [{ "field": "urgent", "op": "eq", "value": true },
                                 { "field": "patient", "op": "in", "value": [waiting] }] });
    assert_eq!(engine.find("wish", urgent, 5).await.expect("found"), [uuid(&wish)]);
    let rules = json!({ "mode": "automatic", "waveSize": 3, "waveMinutes": 30, "lastMinutes": 120 });
    let settings = json!({ "version": 0, "rules": rules });
    put(&clinic.owner, "/api/v1/waitlist-settings", &settings).await.expect(200);
    let other = clinic.booked("11:00").await;
    let why = json!({ "version": 1, "by": "patient", "reason": "patient_ill" });
    clinic.owner.post(&format!("/api/v1/appointments/{}/cancel", id(&other)), &why).await.expect(200);
    clinic.server.settle().await;
    let openings = clinic.owner.get("/api/v1/openings").await.expect(200);
    let opening = openings["items"][0].clone();
    let seen = engine.one("opening", &id(&opening)).await;
    engine.check_declared("opening", &seen);
    assert_eq!((&seen["status"], &seen["provider"]["id"]), (&json!("open"), &json!(clinic.doctor(0))));
    let mut conn = clinic.server.database.conn().await;
    let offer: Uuid =
        sqlx::query_scalar("select id from scheduling.offer").fetch_one(&mut conn).await.expect("an offer");
    let seen = engine.one("offer", &offer.to_string()).await;
    engine.check_declared("offer", &seen);
    assert_eq!((&seen["status"], &seen["patient"]["id"]), (&json!("sent"), &json!(waiting)));
}
