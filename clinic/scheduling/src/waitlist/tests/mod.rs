//! The waitlist as patients and the front desk use it: who is asked, when, and that one of all has it.

mod answers;
mod asking;
mod wishes;

use jiff::SignedDuration;
use platform::mail;
use platform::testing::Person;
use serde_json::{Value, json};

use crate::testing::{Clinic, at, id, made, put};

/// A patient who waits.
struct Waiter {
    patient: String,
    email: String,
    wish: String,
}

/// A clinic that offers what becomes free like this.
async fn clinic(mode: &str, wave_size: i32) -> Clinic {
    let clinic = Clinic::start().await;
    offers(&clinic, 0, mode, wave_size).await;
    clinic
}

async fn offers(clinic: &Clinic, version: i32, mode: &str, wave_size: i32) {
    let rules = json!({ "mode": mode, "waveSize": wave_size, "waveMinutes": 30, "lastMinutes": 120 });
    let settings = json!({ "version": version, "rules": rules });
    put(&clinic.owner, "/api/v1/waitlist-settings", &settings).await.expect(200);
}

/// Somebody who was born on 17 May 1990, can be written to, and waits for the service with anybody at any time, unless
/// something else is said.
async fn waiter(clinic: &Clinic, name: &str, wish: Value) -> Waiter {
    let email = format!("{name}@example.com");
    let patient = json!({ "givenName": name, "birthDate": "1990-05-17", "emails": [{ "address": email }] });
    let patient = made(&clinic.owner, "/api/v1/patients", &patient).await;
    let wish = wish_of(clinic, &patient, wish).await;
    Waiter { patient, email, wish: id(&wish) }
}

async fn wish_of(clinic: &Clinic, patient: &str, wish: Value) -> Value {
    let mut asked = json!({ "patientId": patient, "serviceId": clinic.service, "locationId": clinic.location });
    asked.as_object_mut().expect("fields").extend(wish.as_object().cloned().unwrap_or_default());
    clinic.owner.post("/api/v1/wishes", &asked).await.expect(201)
}

/// Cancels an appointment.
async fn cancel(clinic: &Clinic, booked: &Value) {
    let why = json!({ "version": booked["version"], "by": "patient", "reason": "patient_ill" });
    clinic.owner.post(&format!("/api/v1/appointments/{}/cancel", id(booked)), &why).await.expect(200);
}

/// Time of the first doctor that somebody else had and let go, and what the product did about it.
async fn freed(clinic: &Clinic, time: &str) -> Value {
    let booked = clinic.booked(time).await;
    cancel(clinic, &booked).await;
    clinic.server.settle().await;
    opening_at(clinic, time).await
}

/// The opening that begins then, wherever it stands.
async fn opening_at(clinic: &Clinic, time: &str) -> Value {
    let start: jiff::Timestamp = at(time).parse().expect("an instant");
    for status in ["open", "filled", "closed"] {
        let found = clinic.owner.get(&format!("/api/v1/openings?status={status}")).await.expect(200);
        let found =
            found["items"].as_array().expect("openings").iter().find(|item| item["start"] == json!(start)).cloned();
        if let Some(found) = found {
            return found;
        }
    }
    panic!("no opening at {time}")
}

/// Whom an opening was offered to so far, as `name status`, in order.
fn asked(opening: &Value) -> Vec<String> {
    let offers = opening["offers"].as_array().expect("offers").iter();
    offers.map(|offer| format!("{} {}", text(&offer["patient"]["givenName"]), text(&offer["status"]))).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// To whom offers were mailed, in order.
async fn mailed(clinic: &Clinic) -> Vec<String> {
    let mut mails = mail::list(&clinic.server.app, Some("sandbox"), None, 200).await.expect("mails");
    mails.reverse();
    let offers = mails.into_iter().filter(|mail| mail.kind == "offer");
    offers.map(|mail| mail.mail.expect("kept").to.expose().clone()).collect()
}

/// The patient behind the link of the last offer that was mailed to them.
async fn behind(clinic: &Clinic, email: &str) -> Person {
    let mails = mail::list(&clinic.server.app, Some("sandbox"), None, 200).await.expect("mails");
    let offers = mails.into_iter().filter(|mail| mail.kind == "offer").filter_map(|mail| mail.mail);
    let mail = offers.into_iter().find(|mail| mail.to.expose() == email).expect("a mail");
    let (_, token) = mail.text.expose().split_once("/v#").expect("a link");
    let token = token.split_whitespace().next().expect("a token");
    clinic.behind(token).await
}

/// Lets time pass, and the product look after what is due.
async fn pass(clinic: &mut Clinic, minutes: i64) {
    clinic.server.clock.advance(SignedDuration::from_mins(minutes));
    look_after(clinic).await;
    let refresh = clinic.owner.refresh.clone().expect("a refresh token");
    clinic.owner.renew(&refresh).await.expect(200);
}

async fn look_after(clinic: &Clinic) {
    (super::SCHEDULE.run)(clinic.server.app.clone()).await.expect("looked after");
    clinic.server.settle().await;
}
