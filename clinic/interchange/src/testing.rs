//! What the tests of the area share.

use platform::testing::{Person, TestServer};
use platform::worker::Duties;
use serde_json::{Value, json};

/// The area with what it stands on, and the owner of practice `alpha`.
pub(crate) async fn start() -> (TestServer, Person) {
    let routes = identity::routes()
        .merge(practice::routes())
        .merge(patients::routes())
        .merge(scheduling::routes())
        .merge(crate::routes());
    let server = TestServer::start(routes, Duties { jobs: patients::jobs(), ..Duties::default() }).await;
    let owner = server.owner_of("alpha").await;
    (server, owner)
}

/// Enters a patient.
pub(crate) async fn enter(person: &Person, patient: &Value) -> Value {
    person.post("/api/v1/patients", patient).await.expect(201)
}

/// Visits of a patient to somebody who has a profile, at hours from 09:00 UTC on 2030-06-02: each has come as far as it
/// says, and the last one was cancelled.
pub(crate) async fn visits(person: &Person, patient: &Value, statuses: &[&str]) -> Vec<Value> {
    let price = json!({ "amountMinor": 100, "currency": "SAR" });
    let service = json!({ "nameEn": "Consultation", "durationMinutes": 30, "price": price, "vatCategory": "standard", "colour": "teal" });
    let service = person.post("/api/v1/services", &service).await.expect(201);
    let place = person.post("/api/v1/locations", &json!({ "name": "Olaya" })).await.expect(201);
    let mut visits = Vec::new();
    for hour in 0..=statuses.len() {
        let visit = json!({ "patientId": patient["id"], "serviceId": service["id"], "locationId": place["id"],
            "providerIds": [person.user()], "start": format!("2030-06-02T{:02}:00:00Z", 9 + hour), "reason": "Toothache",
            "notes": "Bring the pictures", "overbooking": "No hours yet" });
        let booked = person.post("/api/v1/appointments", &visit).await.expect(201);
        let path = format!("/api/v1/appointments/{}", id(&booked));
        let next = match statuses.get(hour) {
            Some(&"scheduled") => booked,
            Some(status) => {
                person.post(&format!("{path}/status"), &json!({ "version": 1, "status": status })).await.expect(200)
            }
            None => {
                let why = json!({ "version": 1, "by": "patient", "reason": "patient_ill" });
                person.post(&format!("{path}/cancel"), &why).await.expect(200)
            }
        };
        visits.push(next);
    }
    visits
}

/// The id of something.
pub(crate) fn id(made: &Value) -> String {
    made["id"].as_str().expect("an id").to_owned()
}

/// A patient with everything that a record can have.
pub(crate) async fn whole(person: &Person) -> Value {
    let tag = person.post("/api/v1/tags", &json!({ "name": "VIP", "colour": "amber" })).await.expect(201);
    let field = json!({ "name": "Shoe size", "kind": "number" });
    let field = person.post("/api/v1/patient-fields", &field).await.expect(201);
    let key = field["key"].as_str().expect("a key");
    let made = enter(person, &json!({
        "givenName": "نورة", "familyName": "القحطاني", "givenNameOther": "Noura", "familyNameOther": "Al-Qahtani",
        "birthDate": "1990-02-28", "sex": "female", "nationalId": "1098765432", "nationality": "SA", "language": "ar",
        "phones": [{ "number": "0501234567", "preferred": true }, { "number": "+44 20 7946 0018", "kind": "work" },
                   { "number": "0112345678", "kind": "other" }],
        "emails": [{ "address": "Noura@example.com", "kind": "home" }, { "address": "n@example.org" }],
        "address": { "line1": "King Fahd Road 1", "line2": "Olaya", "city": "Riyadh", "region": "Riyadh", "postalCode": "12211", "country": "SA" },
        "contactMethod": "whatsapp", "leadSource": "A friend", "tags": [tag["id"]], "custom": { key: 38.5 },
        "alerts": [{ "kind": "allergy", "text": "Penicillin", "severe": true }, { "kind": "condition", "text": "Diabetes" },
                   { "kind": "medication", "text": "Warfarin", "severe": true }, { "kind": "other", "text": "Pays late" }],
        "medicalHistory": "Epilepsy since 2010.\nWell since.", "notes": "Prefers mornings",
        "consents": { "sms": { "granted": true, "source": "paper" }, "calls": { "granted": false }, "email": { "granted": true } },
    })).await;
    let path = format!("/api/v1/patients/{}", id(&made));
    for policy in [
        json!({ "payer": "Bupa", "memberId": "B-1", "plan": "Gold", "groupId": "G7", "validFrom": "2026-01-01", "validTo": "2026-12-31" }),
        json!({ "payer": "Tawuniya", "memberId": "T-2", "holderName": "Ali Al-Qahtani", "holderPhone": "0559876543" }),
    ] {
        let policy = person.post(&format!("{path}/policies"), &policy).await.expect(201);
        let said = json!({ "version": 1, "eligibility": "active" });
        person.post(&format!("/api/v1/policies/{}/verify", id(&policy)), &said).await.expect(200);
    }
    let daughter =
        enter(person, &json!({ "givenName": "Lama", "familyName": "Ali", "phones": [{ "number": "0551112223" }] }))
            .await;
    for relative in [
        json!({ "relationship": "mother", "name": "Huda Saleh", "phone": "0551234567", "email": "h@example.com", "emergency": true,
                "guardian": true, "note": "Speaks Urdu" }),
        json!({ "relationship": "child", "relatedId": daughter["id"] }),
        json!({ "relationship": "ward", "name": "Omar" }),
    ] {
        person.post(&format!("{path}/relatives"), &relative).await.expect(201);
    }
    person.post(&format!("{path}/notes"), &json!({ "text": "Call back\nafter ten" })).await.expect(201);
    person.get(&path).await.expect(200)
}
