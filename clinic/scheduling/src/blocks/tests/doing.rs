//! Actions.

use automation::testing::{Engine, uuid};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::blocks::blocks;
use crate::testing::{Clinic, DAY, at, id, local, made};

fn engine(clinic: &Clinic) -> Engine<'_> {
    Engine::of(&clinic.server, &clinic.owner, blocks())
}

async fn read(clinic: &Clinic, id: &Value) -> Value {
    clinic.owner.get(&format!("/api/v1/appointments/{}", id.as_str().expect("an id"))).await.expect(200)
}

async fn all(clinic: &Clinic) -> usize {
    clinic.owner.get("/api/v1/appointments").await.expect(200)["items"].as_array().expect("items").len()
}

#[tokio::test]
async fn an_exact_time_is_booked_or_it_is_said_why_not() {
    let clinic = Clinic::start().await;
    let engine = engine(&clinic);
    let (patient, other) = (clinic.patient().await, clinic.patient().await);
    let ask = |time: &str, provider: Value| {
        json!({ "serviceId": clinic.service, "providerId": provider, "start": at(time),
                                                    "reason": "Check-up" })
    };
    let first = json!(clinic.doctor(0));
    let done = engine.run("appointment.book", Some(&patient), ask("09:00", first.clone())).await.expect("booked");
    let booked = read(&clinic, &done["appointmentId"]).await;
    assert_eq!(
        (&booked["patientId"], &booked["source"], &booked["reason"]),
        (&json!(patient), &json!("staff"), &json!("Check-up"))
    );
    assert_eq!((&done["start"], &done["end"], &done["providerId"]), (&booked["start"], &booked["end"], &first));
    let told = clinic.owner.get(&format!("/api/v1/patients/{patient}/timeline")).await.expect(200);
    assert_eq!(
        (&told["items"][0]["kind"], &told["items"][0]["actorKind"]),
        (&json!("appointment.booked"), &json!("system"))
    );

    let busy = engine.refused("appointment.book", Some(&other), ask("09:15", first.clone())).await;
    assert_eq!(busy, "appointment.provider_busy");
    let anybody = engine.run("appointment.book", Some(&other), ask("09:15", Value::Null)).await.expect("booked");
    assert_eq!(anybody["providerId"], json!(clinic.doctor(1)), "the other one is free");
    let third = clinic.patient().await;
    let strange = "01a1fe12-4833-7244-b58d-60b3e8635e4d";
    for (input, refusal) in [
        (ask("09:15", Value::Null), "appointment.provider_busy"),
        (ask("12:15", Value::Null), "appointment.closed"),
        (ask("09:15", json!(strange)), "/providerIds not_found"),
        (json!({ "serviceId": strange, "start": at("15:00") }), "/serviceId not_found"),
        (json!({ "serviceId": strange }), "/serviceId not_found"),
        (json!({ "serviceId": clinic.service, "locationId": strange, "start": at("15:00") }), "/locationId not_found"),
        (json!({ "start": at("15:00") }), "/serviceId step.input"),
        (json!({ "serviceId": clinic.service, "start": "2020-01-01T09:00:00Z" }), "/start past"),
        (json!({ "serviceId": clinic.service, "start": "tomorrow" }), "/start step.input"),
        (json!({ "serviceId": clinic.service, "withinDays": 91 }), "/withinDays out_of_range"),
        (json!({ "serviceId": clinic.service, "start": at("15:00"), "reason": "x".repeat(501) }), "/reason too_long"),
    ] {
        assert_eq!(engine.refused("appointment.book", Some(&third), input.clone()).await, refusal, "{input}");
    }
    assert_eq!(all(&clinic).await, 2, "nothing of a refusal is left");
    made(&clinic.owner, "/api/v1/locations", &json!({ "name": "Malqa" })).await;
    let which = engine.refused("appointment.book", Some(&third), ask("15:00", Value::Null)).await;
    assert_eq!(which, "/locationId step.input", "of two locations one must be named");
}

#[tokio::test]
async fn the_first_free_time_is_booked() {
    let clinic = Clinic::start().await;
    let engine = engine(&clinic);
    for time in ["08:00", "08:35", "09:10"] {
        clinic.booked(time).await;
    }
    let with = |provider: Value, from: &str, days: i32| {
        json!({ "serviceId": clinic.service, "locationId": clinic.location, "providerId": provider, "from": at(from),
                "withinDays": days })
    };
    let first = json!(clinic.doctor(0));
    let patient = clinic.patient().await;
    let done = engine.run("appointment.book", Some(&patient), with(first.clone(), "08:10", 1)).await.expect("booked");
    assert_eq!(local(&done["start"]), "09:45", "half an hour and five minutes each");
    let done = engine.run("appointment.book", Some(&patient), with(Value::Null, "09:40", 1)).await.expect("booked");
    assert_eq!(local(&done["start"]), "10:15", "nobody is in two places");
    let away = json!({ "owner": "practice", "kind": "closed", "from": format!("{DAY}T00:00:00"), "to": "2030-07-20T00:00:00" });
    made(&clinic.owner, "/api/v1/absences", &away).await;
    let none = engine.refused("appointment.book", Some(&patient), with(Value::Null, "11:00", 40)).await;
    assert_eq!(none, "appointment.nothing_free");
    let done = engine.run("appointment.book", Some(&patient), with(first, "11:00", 60)).await.expect("booked");
    assert_eq!(done["start"], json!("2030-07-20T05:00:00Z"), "also far ahead");
}

#[tokio::test]
async fn an_appointment_is_moved_and_stays_where_it_is_already() {
    let clinic = Clinic::start().await;
    let engine = engine(&clinic);
    let visit = clinic.booked("09:00").await;
    clinic.booked("11:00").await;
    let to = |more: Value| {
        let mut input = json!({ "appointmentId": visit["id"] });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        input
    };
    for changed in [true, false] {
        let done = engine.run("appointment.move", None, to(json!({ "start": at("10:00") }))).await.expect("moved");
        assert_eq!((&done["changed"], local(&done["start"])), (&json!(changed), "10:00".to_owned()));
    }
    let refused = engine.refused("appointment.move", None, to(json!({ "start": at("10:45") }))).await;
    assert_eq!(refused, "appointment.provider_busy");
    assert_eq!(local(&read(&clinic, &visit["id"]).await["start"]), "10:00");
    let other = json!({ "start": at("10:45"), "providerId": clinic.doctor(1) });
    let done = engine.run("appointment.move", None, to(other)).await.expect("moved");
    assert_eq!((&done["providerId"], local(&done["start"])), (&json!(clinic.doctor(1)), "10:45".to_owned()));
    let done = engine.run("appointment.move", None, to(json!({ "from": at("10:50") }))).await.expect("moved");
    assert_eq!(local(&done["start"]), "11:00", "its own time is in nobody's way");
    assert_eq!(
        engine.refused("appointment.move", None, to(json!({ "start": "2020-01-01T09:00:00Z" }))).await,
        "/start past"
    );
    let strange = json!({ "appointmentId": "01a1fe12-4833-7244-b58d-60b3e8635e4d", "start": at("15:00") });
    assert_eq!(engine.refused("appointment.move", None, strange).await, "/appointmentId not_found");
    let cancel = json!({ "appointmentId": visit["id"] });
    engine.run("appointment.cancel", None, cancel).await.expect("cancelled");
    assert_eq!(engine.refused("appointment.move", None, to(json!({ "start": at("15:00") }))).await, "appointment.over");
}

#[tokio::test]
async fn an_appointment_goes_its_way() {
    let clinic = Clinic::start().await;
    let engine = engine(&clinic);
    let visit = clinic.booked("09:00").await;
    let set = async |status: &str| {
        engine.run("appointment.set_status", None, json!({ "appointmentId": visit["id"], "status": status })).await
    };
    assert_eq!(set("confirmed").await.expect("done"), json!({ "changed": true }));
    assert_eq!(set("confirmed").await.expect("done"), json!({ "changed": false }));
    let refused = async |status: Value| {
        engine.refused("appointment.set_status", None, json!({ "appointmentId": visit["id"], "status": status })).await
    };
    assert_eq!(refused(json!("no_show")).await, "appointment.not_yet");
    assert_eq!(refused(json!("cancelled")).await, "/status step.input");
    assert_eq!(refused(Value::Null).await, "/status step.input");
    let cancel = |more: Value| {
        let mut input = json!({ "appointmentId": visit["id"], "note": "Did not answer" });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        input
    };
    let wrong = engine.refused("appointment.cancel", None, cancel(json!({ "reason": "nothing" }))).await;
    assert_eq!(wrong, "/reason not_found");
    let why = json!({ "by": "patient", "reason": "patient_ill" });
    assert_eq!(engine.run("appointment.cancel", None, cancel(why)).await.expect("done"), json!({ "changed": true }));
    assert_eq!(
        engine.run("appointment.cancel", None, cancel(json!({}))).await.expect("done"),
        json!({ "changed": false })
    );
    let now = read(&clinic, &visit["id"]).await;
    let told = &now["cancellation"];
    assert_eq!(
        (&told["by"], &told["reason"], &told["note"]),
        (&json!("patient"), &json!("patient_ill"), &json!("Did not answer"))
    );
    let other = clinic.booked("09:00").await;
    assert_eq!(refused(json!("scheduled")).await, "appointment.provider_busy", "somebody else has it now");
    engine.run("appointment.cancel", None, json!({ "appointmentId": other["id"] })).await.expect("done");
    assert_eq!(read(&clinic, &other["id"]).await["cancellation"]["by"], json!("clinic"), "when nothing is said");
    assert_eq!(set("scheduled").await.expect("done"), json!({ "changed": true }));
    clinic.server.clock.advance(SignedDuration::from_hours(24 * 365 * 5));
    assert_eq!(set("no_show").await.expect("done"), json!({ "changed": true }));
}

#[tokio::test]
async fn somebody_is_put_on_the_waitlist() {
    let clinic = Clinic::start().await;
    let engine = engine(&clinic);
    let visit = clinic.booked("09:00").await;
    let patient = visit["patientId"].as_str().expect("an id");
    let wish = json!({ "serviceId": clinic.service, "providerIds": [clinic.doctor(1)], "earliest": "2030-05-01",
                       "latest": "2030-05-31", "urgent": true, "givesUpId": visit["id"], "note": "Mornings" });
    let done = engine.run("waitlist.add", Some(patient), wish.clone()).await.expect("entered");
    let entered = clinic.owner.get(&format!("/api/v1/wishes/{}", uuid(done["wishId"].as_str().expect("an id")))).await;
    let entered = entered.expect(200);
    for (field, value) in wish.as_object().expect("an object") {
        assert_eq!(&entered[field], value, "{field}");
    }
    let other = clinic.patient().await;
    for (change, refusal) in [
        (json!({ "latest": "2030-04-30" }), "/latest out_of_order"),
        (json!({ "providerIds": ["01a1fe12-4833-7244-b58d-60b3e8635e4d"] }), "/providerIds not_found"),
        (json!({ "givesUpId": "01a1fe12-4833-7244-b58d-60b3e8635e4d" }), "/givesUpId not_found"),
        (json!({ "serviceId": "01a1fe12-4833-7244-b58d-60b3e8635e4d" }), "/serviceId not_found"),
        (json!({ "serviceId": "" }), "/serviceId step.input"),
        (json!({ "urgent": "very" }), "/urgent step.input"),
    ] {
        let mut input = json!({ "serviceId": clinic.service, "earliest": "2030-05-01" });
        input.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        assert_eq!(engine.refused("waitlist.add", Some(&other), input).await, refusal, "{change}");
    }
    let waiting = clinic.owner.get("/api/v1/wishes").await.expect(200);
    assert_eq!(waiting["items"].as_array().map(Vec::len), Some(1), "nothing of a refusal is left");
    assert_eq!(id(&waiting["items"][0]), id(&entered));
}
