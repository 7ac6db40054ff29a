//! Cal.com: how it is connected, what goes there, what comes from there.

mod arriving;
mod connecting;
mod echoes;
mod going;
mod listing;
mod peer;
mod sandbox;
mod slots;
mod switching;
mod telling;

use std::sync::Arc;

use jiff::SignedDuration;
use platform::config::Config;
use platform::http;
use platform::testing::{Answer, Person, TestServer};
use platform::worker::Duties;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::testing::{Clinic, at, put};
use peer::Peer;

/// A practice that is connected with the look-alike; its one service is event type 7.
pub struct Connected {
    pub clinic: Clinic,
    pub peer: Peer,
    /// What its webhooks are signed with, and where they go.
    pub secret: String,
    pub hook: String,
}

/// A clinic on a server that reaches this address, with the area's duties.
pub async fn clinic(origin: &str) -> Clinic {
    let routes = identity::routes().merge(practice::routes()).merge(patients::routes()).merge(crate::routes());
    let duties = Duties { subscribers: crate::subscribers(), jobs: crate::jobs(), ..Duties::default() };
    let config = Config { calcom_origins: origin.to_owned(), ..Config::default() };
    let server = TestServer::with(config, duties, |app| http::surround(routes.split().0, app)).await;
    Clinic::on(server, "alpha").await
}

/// Connects a clinic and maps its service.
pub async fn connect(clinic: &Clinic, provider: &str) -> (String, String) {
    let new = json!({ "version": 0, "provider": provider, "enabled": true, "apiKey": "cal_test_key" });
    put(&clinic.owner, "/api/v1/calcom", &new).await.expect(200);
    let event_type = match provider {
        "calcom" => json!(7),
        _ => clinic.owner.get("/api/v1/calcom/event-types").await.expect(200)["items"][0]["id"].clone(),
    };
    let item = json!({ "serviceId": clinic.service, "providerId": null, "locationId": clinic.location, "eventTypeId": event_type,
        "slug": "consultation", "title": "Consultation", "lengthMinutes": 30 });
    let mapped =
        put(&clinic.owner, "/api/v1/calcom/mappings", &json!({ "version": 1, "items": [item] })).await.expect(200);
    let renewed = clinic.owner.post("/api/v1/calcom/webhook-secret", &json!({ "version": mapped["version"] })).await;
    let renewed = renewed.expect(200);
    let text = |name: &str| renewed[name].as_str().expect("a text").to_owned();
    let url = text("url");
    (text("secret"), url[url.find("/hooks/").expect("an address")..].to_owned())
}

impl Connected {
    pub async fn start() -> Self {
        let peer = Peer::start().await;
        let clinic = clinic(&peer.url).await;
        let (secret, hook) = connect(&clinic, "calcom").await;
        Self { clinic, peer, secret, hook }
    }

    /// Both doctors have somebody else then.
    pub async fn everybody_is_busy(&self, time: &str) {
        for doctor in 0..2 {
            let mut visit = self.clinic.visit(&self.clinic.patient().await, time);
            visit["providerIds"] = json!([self.clinic.doctor(doctor)]);
            self.clinic.owner.post("/api/v1/appointments", &visit).await.expect(201);
        }
    }

    /// Somebody with an address.
    pub async fn patient(&self) -> String {
        let patient = json!({ "givenName": "Noura", "familyName": "Test",
            "emails": [{ "address": format!("{}@example.com", uuid::Uuid::now_v7().simple()) }] });
        crate::testing::made(&self.clinic.owner, "/api/v1/patients", &patient).await
    }

    /// That the service is this event type, for everybody or for one provider.
    pub fn mapping(&self, event_type: i64, provider: Option<Uuid>) -> Value {
        json!({ "serviceId": self.clinic.service, "providerId": provider, "locationId": self.clinic.location,
            "eventTypeId": event_type, "slug": "consultation", "title": "Consultation", "lengthMinutes": 30 })
    }

    /// Maps like this instead.
    pub async fn map(&self, items: &[Value]) {
        let version = self.clinic.owner.get("/api/v1/calcom").await.expect(200)["version"].clone();
        let new = json!({ "version": version, "items": items });
        put(&self.clinic.owner, "/api/v1/calcom/mappings", &new).await.expect(200);
    }

    /// Switches the connection on or off.
    pub async fn switch(&self, enabled: bool) {
        let version = self.clinic.owner.get("/api/v1/calcom").await.expect(200)["version"].clone();
        let body = json!({ "version": version, "provider": "calcom", "enabled": enabled });
        put(&self.clinic.owner, "/api/v1/calcom", &body).await.expect(200);
    }

    /// Tells subscribers what has happened, and leaves the jobs that follow from it.
    pub async fn dispatch(&self) {
        let duties = Arc::new(Duties { subscribers: crate::subscribers(), ..Duties::default() });
        self.clinic.server.app.caught_up().await;
        platform::outbox::dispatch(&self.clinic.server.app, &duties).await.expect("told");
    }

    /// Books a visit of somebody at a local time, with the first doctor.
    pub async fn book(&self, time: &str) -> Value {
        let visit = self.clinic.visit(&self.patient().await, time);
        self.clinic.owner.post("/api/v1/appointments", &visit).await.expect(201)
    }

    /// Works off what is due, and what waits for its time as well, as often as it takes.
    pub async fn work(&self) {
        for _ in 0..12 {
            self.clinic.server.settle().await;
            let waiting = sqlx::query("update jobs.job set run_at = now() where state = 'queued'")
                .execute(&mut self.clinic.server.database.conn().await)
                .await
                .expect("brought forward");
            if waiting.rows_affected() == 0 {
                return;
            }
            self.clinic.server.clock.advance(SignedDuration::from_secs(61));
        }
    }

    /// What Cal.com knows of an appointment, as people see it.
    pub async fn known(&self, appointment: &Value) -> Value {
        let path = format!("/api/v1/appointments/{}/calcom", appointment["id"].as_str().expect("an id"));
        self.clinic.owner.get(&path).await.expect(200)["booking"].clone()
    }

    /// State and reason.
    pub async fn state(&self, appointment: &Value) -> (String, String) {
        let known = self.known(appointment).await;
        let text = |name: &str| known[name].as_str().unwrap_or_default().to_owned();
        (text("state"), text("reason"))
    }

    pub async fn post(&self, appointment: &Value, what: &str, body: &Value) -> Value {
        let path = format!("/api/v1/appointments/{}/{what}", appointment["id"].as_str().expect("an id"));
        self.clinic.owner.post(&path, body).await.expect(200)
    }

    pub async fn cancel(&self, appointment: &Value) -> Value {
        let why = json!({ "version": appointment["version"], "by": "patient", "reason": "patient_ill" });
        self.post(appointment, "cancel", &why).await
    }

    pub async fn shift(&self, appointment: &Value, time: &str) -> Value {
        self.post(appointment, "move", &json!({ "version": appointment["version"], "start": at(time) })).await
    }

    /// Delivers a webhook, signed.
    pub async fn tell(&self, body: &Value) -> Answer {
        let body = body.to_string();
        let signature = calcom::sign(self.secret.as_bytes(), body.as_bytes());
        self.deliver(&self.hook, &signature, &body).await
    }

    pub async fn deliver(&self, hook: &str, signature: &str, body: &str) -> Answer {
        let request = self.clinic.server.stranger().request(Method::POST, hook);
        let request = request.header("x-cal-signature-256", signature).header("content-type", "application/json");
        Person::send(request.body(body.to_owned())).await
    }

    /// What needs attention.
    pub async fn needs(&self) -> Vec<Value> {
        let page = self.clinic.owner.get("/api/v1/calcom-bookings?state=needs_attention").await.expect(200);
        page["items"].as_array().expect("items").clone()
    }

    pub async fn resolve(&self, booking: &Value, action: &str) -> Answer {
        let path = format!("/api/v1/calcom-bookings/{}/resolve", booking["id"].as_str().expect("an id"));
        let mut body = json!({ "version": booking["version"], "action": action });
        if action == "book_over" {
            body["overbooking"] = json!("Agreed by telephone");
        }
        self.clinic.owner.post(&path, &body).await
    }

    /// Appointments of the day that take place, as local times.
    pub async fn visits(&self) -> Vec<String> {
        let starts: Vec<String> = sqlx::query_scalar(
            "select to_char(starts_at at time zone 'Asia/Riyadh', 'HH24:MI') from scheduling.appointment
              where status <> 'cancelled' order by starts_at",
        )
        .fetch_all(&mut self.clinic.server.database.conn().await)
        .await
        .expect("visits");
        starts
    }
}
