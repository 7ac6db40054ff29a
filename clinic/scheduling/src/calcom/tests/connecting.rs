//! Connecting: keys and secrets, trying, mapping, slots that both hold to be free.

use serde_json::{Value, json};

use super::peer::Mood;
use super::{Connected, clinic, connect};
use crate::testing::{at, made, put};

#[tokio::test]
async fn a_key_is_kept_and_never_shown_and_what_is_wrong_with_it_is_said() {
    let peer = super::Peer::start().await;
    let clinic = clinic(&peer.url).await;
    let owner = &clinic.owner;
    let nothing = owner.get("/api/v1/calcom").await.expect(200);
    assert_eq!(
        (&nothing["enabled"], &nothing["version"], &nothing["webhookUrl"]),
        (&json!(false), &json!(0), &Value::Null)
    );
    assert_eq!(nothing["baseUrls"], json!([peer.url]));
    assert_eq!(owner.get("/api/v1/calcom/event-types").await.code(), "calcom.off");

    let set = async |version: i32, fields: Value| {
        let mut body = json!({ "version": version, "provider": "calcom", "enabled": true });
        body.as_object_mut().expect("an object").extend(fields.as_object().expect("fields").clone());
        put(owner, "/api/v1/calcom", &body).await
    };
    assert_eq!(set(0, json!({})).await.faults(), ["/apiKey required"]);
    assert_eq!(
        set(0, json!({ "apiKey": "cal_wrong_key", "baseUrl": "http://10.0.0.1" })).await.faults(),
        ["/baseUrl not_found"]
    );
    let told = set(0, json!({ "apiKey": "cal_wrong_key" })).await.expect(200);
    assert_eq!((&told["apiKeyLastFour"], &told["version"]), (&json!("_key"), &json!(1)));
    assert_eq!(set(0, json!({ "apiKey": "cal_wrong_key" })).await.code(), "version.stale");

    let test = async || owner.post("/api/v1/calcom/test", &Value::Null).await.expect(200)["outcome"].clone();
    assert_eq!(test().await, "key_refused");
    assert_eq!(owner.get("/api/v1/calcom/event-types").await.code(), "calcom.key_refused");
    set(1, json!({ "apiKey": "cal_test_key" })).await.expect(200);
    assert_eq!(test().await, "ok");
    peer.will([Mood::Answer(429, "x-ratelimit-reset-default: 30\r\n"), Mood::Answer(503, "")]);
    assert_eq!((test().await, test().await), (json!("rate_limited"), json!("unknown")));
    assert_eq!(owner.get("/api/v1/calcom").await.expect(200)["testOutcome"], "unknown");
    let types = owner.get("/api/v1/calcom/event-types").await.expect(200);
    assert_eq!(
        types["items"][0],
        json!({ "id": 7, "slug": "consultation", "title": "Consultation", "lengthMinutes": 30 })
    );
    assert!(peer.requests().iter().any(|request| request == "GET /v2/event-types 2024-06-14"), "{:?}", peer.requests());

    // versions can be chosen, and then they are sent
    let versions = json!({ "slots": "2024-09-04", "bookings": "2026-02-25", "eventTypes": "2026-06-12" });
    let told = set(2, json!({ "versions": versions })).await.expect(200);
    assert_eq!((&told["versions"], &told["apiKeyLastFour"]), (&versions, &json!("_key")), "the key stays");
    owner.get("/api/v1/calcom/event-types").await.expect(200);
    assert_eq!(peer.requests().last().map(String::as_str), Some("GET /v2/event-types 2026-06-12"));

    for role in ["provider", "receptionist", "accountant", "staff"] {
        let person = clinic.server.colleague_of(owner, role).await;
        assert_eq!(person.get("/api/v1/calcom").await.status, 403, "{role}");
        assert_eq!(put(&person, "/api/v1/calcom", &json!({})).await.status, 403, "{role}");
    }
    let admin = clinic.server.colleague_of(owner, "admin").await;
    let seen = admin.get("/api/v1/calcom").await.expect(200).to_string();
    assert!(!seen.contains("cal_test_key") && !seen.contains("cal_wrong_key"));
    // nor do they lie anywhere in the database
    let text: String = sqlx::query_scalar(
        "select c::text || (select string_agg(e::text, '') from audit.entry e) from scheduling.calcom c",
    )
    .fetch_one(&mut clinic.server.database.conn().await)
    .await
    .expect("a row");
    assert!(!text.contains("cal_test_key") && !text.contains("cal_wrong_key"));
}

#[tokio::test]
async fn what_is_mapped_exists_and_is_mapped_once() {
    let peer = super::Peer::start().await;
    let clinic = clinic(&peer.url).await;
    connect(&clinic, "calcom").await;
    let item = json!({ "serviceId": clinic.service, "providerId": null, "locationId": clinic.location, "eventTypeId": 7,
        "slug": "consultation", "title": "Consultation", "lengthMinutes": 30 });
    let version = clinic.owner.get("/api/v1/calcom").await.expect(200)["version"].clone();
    let set = async |items: Value| {
        put(&clinic.owner, "/api/v1/calcom/mappings", &json!({ "version": version, "items": items })).await
    };
    for (field, value, fault) in [
        ("serviceId", json!(uuid::Uuid::now_v7()), "/items/0/serviceId not_found"),
        ("locationId", json!(uuid::Uuid::now_v7()), "/items/0/locationId not_found"),
        ("providerId", json!(uuid::Uuid::now_v7()), "/items/0/providerId not_found"),
        ("eventTypeId", json!(0), "/items/0/eventTypeId out_of_range"),
    ] {
        let mut wrong = item.clone();
        wrong[field] = value;
        assert_eq!(set(json!([wrong])).await.faults(), [fault]);
    }
    assert_eq!(set(json!([item, item])).await.faults(), ["/items/1/eventTypeId duplicate"]);
    let mut other = item.clone();
    other["eventTypeId"] = json!(8);
    assert_eq!(set(json!([item, other])).await.faults(), ["/items/1/serviceId duplicate"]);
    other["providerId"] = json!(clinic.doctor(1));
    let mapped = set(json!([item, other])).await.expect(200);
    assert_eq!(mapped["items"], json!([item, other]));
    assert_eq!(set(json!([])).await.code(), "version.stale");
}

#[tokio::test]
async fn patients_are_offered_what_both_hold_to_be_free_as_well() {
    let it = Connected::start().await;
    // the days on which a visitor may book begin with the clock of the test
    let now = it.clinic.server.clock.now().in_tz("Asia/Riyadh").expect("a zone");
    let day = now.date().saturating_add(jiff::Span::new().days(3));
    let time = |time: &str| format!("{day}T{time}:00+03:00");
    let starts = |slots: &Value| -> Vec<String> {
        slots["items"].as_array().expect("slots").iter().map(|slot| crate::testing::local(&slot["start"])).collect()
    };
    let online = json!({ "enabled": true, "providerIds": null, "locationIds": null, "chooseProvider": true, "mostOpen": 3,
        "email": "no", "reason": "no", "origins": [], "services": [{ "serviceId": it.clinic.service, "slug": "consultation",
        "textEn": null, "textAr": null, "newPatients": true, "deposit": false }] });
    put(&it.clinic.owner, "/api/v1/online-booking", &json!({ "version": 0, "rules": online })).await.expect(200);
    it.peer.is_free(&[&time("09:00"), &time("14:15")]);
    let path = format!(
        "/api/v1/booking/times?practice=alpha&service=consultation&locationId={}&from={day}&to={day}",
        it.clinic.location
    );
    let visitor = it.clinic.server.stranger();
    assert_eq!(starts(&visitor.get(&path).await.expect(200)), ["09:00", "14:15"]);

    let (_, token) = it.clinic.linked("10:00").await;
    let patient = it.clinic.behind(&token).await;
    let slots = patient.get(&format!("/api/v1/visit/slots?from={day}&to={day}")).await.expect(200);
    assert_eq!(starts(&slots), ["09:00", "14:15"]);
}

#[tokio::test]
async fn while_a_slot_is_held_here_it_is_reserved_there() {
    let it = Connected::start().await;
    let hold = async |time: &str| {
        let new = json!({ "serviceId": it.clinic.service, "locationId": it.clinic.location,
            "providerIds": [it.clinic.doctor(0)], "start": at(time) });
        let hold = made(&it.clinic.owner, "/api/v1/holds", &new).await;
        it.work().await;
        hold
    };
    let held = hold("10:00").await;
    assert_eq!(it.peer.reservations().len(), 1);
    it.clinic.owner.post(&format!("/api/v1/holds/{held}/release"), &Value::Null).await.expect(200);
    it.work().await;
    assert!(it.peer.reservations().is_empty(), "given back with the hold");

    let held = hold("11:00").await;
    assert_eq!(it.peer.reservations().len(), 1);
    let mut visit = it.clinic.visit(&it.patient().await, "11:00");
    visit["holdId"] = json!(held);
    let booked = it.clinic.owner.post("/api/v1/appointments", &visit).await.expect(201);
    it.work().await;
    assert!(it.peer.reservations().is_empty(), "given back before it is booked");
    assert_eq!(it.state(&booked).await.0, "synced");

    it.peer.will([Mood::Answer(422, "")]);
    hold("14:00").await;
    assert!(it.peer.reservations().is_empty(), "what cannot be reserved is still held here");
}
