//! The page as strangers use it, over HTTP.

mod booking;
mod hostile;
mod rules;
mod shown;

use jiff::civil::Date;
use platform::testing::{Answer, Person};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::testing::{Clinic, made, put};

/// A clinic that lets everybody book its consultation, at eight in the evening.
pub struct Open {
    pub clinic: Clinic,
    pub visitor: Person,
    /// Today.
    pub eve: Date,
    /// Tomorrow.
    pub day: Date,
}

impl Open {
    pub async fn start() -> Self {
        let clinic = Clinic::start_in_the_evening().await;
        let eve = clinic.server.clock.now().in_tz("Asia/Riyadh").expect("a zone").date();
        let open = Self { visitor: clinic.server.stranger(), eve, day: eve.tomorrow().expect("a day"), clinic };
        open.decide(0, &json!({})).await.expect(200);
        open
    }

    /// A local time of tomorrow.
    pub fn at(&self, time: &str) -> String {
        format!("{}T{time}:00+03:00", self.day)
    }

    /// The days from now on.
    pub fn in_days(&self, days: i64) -> Date {
        self.eve.saturating_add(jiff::Span::new().days(days))
    }

    /// The rules, with what is to be different about them.
    pub fn rules(&self, but: &Value) -> Value {
        let mut rules = json!({ "enabled": true, "providerIds": null, "locationIds": null, "chooseProvider": true, "mostOpen": 3,
            "email": "optional", "reason": "optional", "origins": [],
            "services": [{ "serviceId": self.clinic.service, "slug": "consultation", "textEn": null, "textAr": null,
                           "newPatients": true, "deposit": false }] });
        for (field, value) in but.as_object().expect("rules") {
            rules[field] = value.clone();
        }
        rules
    }

    pub async fn decide(&self, version: i32, but: &Value) -> Answer {
        put(&self.clinic.owner, "/api/v1/online-booking", &json!({ "version": version, "rules": self.rules(but) }))
            .await
    }

    /// What a form says of somebody.
    pub fn form(&self, time: &str) -> Value {
        json!({ "practice": "alpha", "service": "consultation", "locationId": self.clinic.location, "start": self.at(time),
                "givenName": "Noura", "familyName": "Al-Qahtani", "birthDate": "1990-05-17", "phone": "0501234567",
                "language": "en", "reminders": true })
    }

    pub fn slot(&self, time: &str) -> Value {
        json!({ "practice": "alpha", "service": "consultation", "locationId": self.clinic.location, "start": self.at(time) })
    }

    pub async fn hold(&self, slot: &Value) -> Answer {
        self.visitor.post("/api/v1/booking/holds", slot).await
    }

    pub async fn book(&self, form: &Value) -> Answer {
        self.visitor.post("/api/v1/booking/appointments", form).await
    }

    /// POST from a network.
    pub async fn from(&self, network: &str, path: &str, body: &Value) -> Answer {
        let request = self.visitor.request(Method::POST, path).header("x-forwarded-for", network);
        Person::send(request.header("idempotency-key", Uuid::now_v7().to_string()).json(body)).await
    }

    pub async fn times(&self, query: &str) -> Answer {
        let path = format!(
            "/api/v1/booking/times?practice=alpha&service=consultation&locationId={}{query}",
            self.clinic.location
        );
        self.visitor.get(&path).await
    }

    /// The appointments that staff sees.
    pub async fn appointments(&self) -> Vec<Value> {
        let all = self.clinic.owner.get("/api/v1/appointments?limit=200").await.expect(200);
        all["items"].as_array().expect("appointments").clone()
    }

    pub async fn patient(&self, fields: &Value) -> String {
        made(&self.clinic.owner, "/api/v1/patients", fields).await
    }
}
