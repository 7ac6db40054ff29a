//! What the tests of the area share: a practice that has everything that appointments need.

use std::sync::atomic::{AtomicU32, Ordering};

use platform::config::Config;
use platform::http;
use platform::testing::{Answer, Person, TestServer};
use platform::worker::Duties;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// A practice in Riyadh that is open every day from 08:00 to 12:00 and from 13:00 to 17:00, with two doctors, two
/// chairs, and a service of half an hour with five minutes afterwards.
pub(crate) struct Clinic {
    pub server: TestServer,
    pub owner: Person,
    pub doctors: [Person; 2],
    pub location: String,
    pub chairs: [String; 2],
    pub service: String,
    patients: AtomicU32,
}

/// Sunday, 2030-06-02: far from any change of clocks, and in the future.
pub(crate) const DAY: &str = "2030-06-02";

impl Clinic {
    pub async fn start() -> Self {
        Self::on(Self::server().await, "alpha").await
    }

    /// The same at eight in the evening, which is never a day ahead; visitors come from wherever they say, as behind a
    /// proxy.
    pub async fn start_in_the_evening() -> Self {
        let server = Self::server().await;
        let now = server.clock.now().in_tz("Asia/Riyadh").expect("a zone");
        let eight = now.with().time(jiff::civil::time(20, 0, 0, 0)).build().expect("a time");
        let next = if eight < now { eight.tomorrow().expect("a day") } else { eight };
        server.clock.advance(next.timestamp().duration_since(now.timestamp()));
        Self::on(server, "alpha").await
    }

    async fn server() -> TestServer {
        let routes = identity::routes().merge(practice::routes()).merge(patients::routes()).merge(crate::routes());
        let config = Config { trust_forwarded_for: true, ..Config::default() };
        let duties = Duties { subscribers: crate::subscribers(), ..Duties::default() };
        TestServer::with(config, duties, |app| http::surround(routes.split().0, app)).await
    }

    /// On a server that is there already.
    pub async fn on(server: TestServer, slug: &str) -> Self {
        let owner = server.owner_of(slug).await;
        let location = made(&owner, "/api/v1/locations", &json!({ "name": "Olaya" })).await;
        let room = async |name: &str, sort: i32| {
            let room = json!({ "locationId": location, "name": name, "kind": "chair", "colour": "teal", "sort": sort });
            made(&owner, "/api/v1/rooms", &room).await
        };
        let chairs = [room("One", 1).await, room("Two", 2).await];
        let open = json!([{ "from": "08:00", "to": "12:00" }, { "from": "13:00", "to": "17:00" }]);
        let week: Vec<_> = (1..=7).map(|day| json!({ "weekday": day, "intervals": open })).collect();
        put(&owner, "/api/v1/hours", &json!({ "owner": "practice", "version": 0, "week": week })).await.expect(200);
        let doctors = [server.colleague_of(&owner, "provider").await, server.colleague_of(&owner, "provider").await];
        for doctor in &doctors {
            put(&owner, &format!("/api/v1/providers/{}", doctor.user()), &json!({ "version": 0 })).await.expect(200);
        }
        let service = json!({ "nameEn": "Consultation", "durationMinutes": 30, "bufferAfterMinutes": 5,
            "price": { "amountMinor": 10_000, "currency": "SAR" }, "vatCategory": "standard", "colour": "teal" });
        let service = made(&owner, "/api/v1/services", &service).await;
        Self { server, owner, doctors, location, chairs, service, patients: AtomicU32::new(0) }
    }

    /// Somebody new.
    pub async fn patient(&self) -> String {
        let number = self.patients.fetch_add(1, Ordering::Relaxed);
        let patient = json!({ "givenName": format!("Patient {number}"), "familyName": "Test" });
        made(&self.owner, "/api/v1/patients", &patient).await
    }

    /// A visit of somebody who was born on 17 May 1990, and the token of its link.
    pub async fn linked(&self, time: &str) -> (Value, String) {
        let patient = json!({ "givenName": "Noura", "familyName": "Test", "birthDate": "1990-05-17" });
        let patient = made(&self.owner, "/api/v1/patients", &patient).await;
        let visit = self.owner.post("/api/v1/appointments", &self.visit(&patient, time)).await.expect(201);
        let token = token_of(&self.owner, &visit).await;
        (visit, token)
    }

    /// The patient of [`Clinic::linked`] behind the link.
    pub async fn behind(&self, token: &str) -> Person {
        let opened = self.server.stranger().post(OPEN, &json!({ "token": token, "dateOfBirth": "1990-05-17" })).await;
        let token = opened.expect(200)["accessToken"].as_str().expect("a token").to_owned();
        self.bearing(&token)
    }

    /// Whoever has that token.
    pub fn bearing(&self, token: &str) -> Person {
        let mut person = self.server.stranger();
        person.token = Some(token.to_owned());
        person
    }

    pub fn doctor(&self, number: usize) -> Uuid {
        self.doctors[number].user()
    }

    /// A visit of somebody to the first doctor, at a local time of [`DAY`], as it is asked for.
    pub fn visit(&self, patient: &str, time: &str) -> Value {
        json!({ "patientId": patient, "serviceId": self.service, "locationId": self.location,
                "providerIds": [self.doctor(0)], "start": at(time) })
    }

    /// The same, booked.
    pub async fn booked(&self, time: &str) -> Value {
        let visit = self.visit(&self.patient().await, time);
        self.owner.post("/api/v1/appointments", &visit).await.expect(201)
    }

    /// What is free on [`DAY`], as local times.
    pub async fn free(&self, query: &str) -> Vec<String> {
        let path =
            format!("/api/v1/slots?serviceId={}&locationId={}&from={DAY}&to={DAY}{query}", self.service, self.location);
        let slots = self.owner.get(&path).await.expect(200);
        slots["items"].as_array().expect("slots").iter().map(|slot| local(&slot["start"])).collect()
    }
}

/// Where links are opened.
pub(crate) const OPEN: &str = "/api/v1/patient-links/open";

/// The token of the link of a visit.
pub(crate) async fn token_of(person: &Person, visit: &Value) -> String {
    let link = person.post(&format!("/api/v1/appointments/{}/link", id(visit)), &json!({})).await.expect(200);
    link["url"].as_str().expect("an address").split_once("/v#").expect("a token").1.to_owned()
}

/// A local time of [`DAY`] in Riyadh, which is three hours ahead of UTC.
pub(crate) fn at(time: &str) -> String {
    format!("{DAY}T{time}:00+03:00")
}

/// The time in Riyadh.
pub(crate) fn local(instant: &Value) -> String {
    let instant: jiff::Timestamp = instant.as_str().expect("an instant").parse().expect("an instant");
    instant.in_tz("Asia/Riyadh").expect("a zone").strftime("%H:%M").to_string()
}

/// The id of something.
pub(crate) fn id(of: &Value) -> String {
    of["id"].as_str().expect("an id").to_owned()
}

/// The id of something that was just made.
pub(crate) async fn made(person: &Person, path: &str, body: &Value) -> String {
    id(&person.post(path, body).await.expect(201))
}

/// PUT.
pub(crate) async fn put(person: &Person, path: &str, body: &Value) -> Answer {
    Person::send(person.request(Method::PUT, path).json(body)).await
}
