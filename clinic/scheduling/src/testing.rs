//! What the tests of the area share: a practice that has everything that appointments need.

use std::sync::atomic::{AtomicU32, Ordering};

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
        let routes = identity::routes().merge(practice::routes()).merge(patients::routes()).merge(crate::routes());
        Self::on(TestServer::start(routes, Duties::default()).await, "alpha").await
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
