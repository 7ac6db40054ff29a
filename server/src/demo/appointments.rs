//! Appointments of the demo: a few days behind, a full day today, and the week that follows.

use jiff::civil::Date;
use jiff::{SignedDuration, Span, Timestamp};
use platform::error::{Error, Result};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use super::desk::Desk;

/// Days before and after today that have appointments.
const BEHIND: i64 = 2;
const AHEAD: i64 = 7;
/// Visits to come whose patients were sent their link.
const LINKS: usize = 5;
/// Between two visits, in minutes: the services' five, on the grid of a quarter of an hour.
const GRID: i64 = 15;

const REASONS: [(&str, &str); 5] = [
    ("Pain when biting", "ألم عند المضغ"),
    ("Regular check-up", "فحص دوري"),
    ("A filling has come out", "سقطت حشوة"),
    ("Sensitive to cold", "حساسية من البارد"),
    ("Wants a second opinion", "يريد رأيًا ثانيًا"),
];

/// What the day is made of.
struct Clinic<'a> {
    owner: &'a Desk,
    language: &'a str,
    chance: StdRng,
    services: Vec<Value>,
    patients: Vec<Value>,
    /// Who was booked last: everybody's turn comes.
    turn: usize,
    now: Timestamp,
}

/// Books appointments with everybody who can be booked.
pub async fn enter(owner: &Desk, language: &str, count: usize, now: Timestamp) -> Result<()> {
    let list =
        async |path: &str| Ok::<_, Error>(owner.get(path).await?["items"].as_array().cloned().unwrap_or_default());
    let patients = owner.post("/api/v1/patients/query", json!({ "limit": 200 })).await?;
    let mut clinic = Clinic {
        owner,
        language,
        chance: StdRng::seed_from_u64(count as u64),
        services: list("/api/v1/services?limit=200").await?,
        patients: patients["items"].as_array().cloned().unwrap_or_default(),
        turn: 0,
        now,
    };
    let practice = owner.get("/api/v1/practice").await?;
    let today = now.in_tz(practice["timeZone"].as_str().unwrap_or("UTC")).map_err(Error::internal)?.date();
    let (first, last) = (today.saturating_sub(Span::new().days(BEHIND)), today.saturating_add(Span::new().days(AHEAD)));
    let places = list("/api/v1/locations?limit=200").await?;
    // who treats, where, and when they work
    let mut work = Vec::new();
    for (i, provider) in list("/api/v1/providers?status=bookable").await?.into_iter().enumerate() {
        let id = provider["id"].as_str().unwrap_or_default();
        let open = owner.get(&format!("/api/v1/opening?owner=provider:{id}&from={first}&to={last}")).await?;
        // most of them at the first place
        let place = &places[i / 3 % places.len()];
        for span in open["open"].as_array().into_iter().flatten() {
            work.push((instant(&span["start"])?, instant(&span["end"])?, provider["id"].clone(), place["id"].clone()));
        }
    }
    // day by day, so that nobody's turn comes twice at one time
    work.sort_by_key(|(start, ..)| *start);
    for (start, end, provider, place) in work {
        clinic.fill(today, (start, end), &provider, &place).await?;
    }
    clinic.send_links().await
}

impl Clinic<'_> {
    /// Books one visit after the other, with gaps: fewer where it is not today.
    async fn fill(
        &mut self,
        today: Date,
        (start, end): (Timestamp, Timestamp),
        who: &Value,
        place: &Value,
    ) -> Result<()> {
        let busy = if start.in_tz("UTC").map_err(Error::internal)?.date() == today { 0.85 } else { 0.5 };
        let mut at = start;
        loop {
            let Some(service) = self.services.choose(&mut self.chance).cloned() else { return Ok(()) };
            let minutes = service["durationMinutes"].as_i64().unwrap_or(30);
            let until = at + SignedDuration::from_mins(minutes);
            if until > end {
                return Ok(());
            }
            let taken = (minutes + 5 + GRID - 1) / GRID * GRID;
            if self.chance.random_bool(busy) {
                self.book(at, &service, who, place).await?;
            }
            at += SignedDuration::from_mins(taken);
        }
    }

    async fn book(&mut self, at: Timestamp, service: &Value, who: &Value, place: &Value) -> Result<()> {
        self.turn += 1;
        let patient = &self.patients[self.turn % self.patients.len()]["id"];
        let reason = REASONS.choose(&mut self.chance).filter(|_| self.turn.is_multiple_of(3));
        let reason = reason.map(|(en, ar)| if self.language == "ar" { ar } else { en });
        let new = json!({ "patientId": patient, "serviceId": service["id"], "locationId": place, "providerIds": [who],
                          "start": at, "reason": reason });
        // all chairs are taken: then they sit elsewhere
        let Ok(booked) = self.owner.post("/api/v1/appointments", new).await else { return Ok(()) };
        self.go_on(at, booked).await
    }

    /// Sends the links to some visits that can still be moved and cancelled by themselves.
    async fn send_links(&self) -> Result<()> {
        let from = self.now + SignedDuration::from_hours(48);
        let list = self.owner.get(&format!("/api/v1/appointments?limit=100&status=scheduled&from={from}")).await?;
        let mut sent = 0;
        for visit in list["items"].as_array().into_iter().flatten().filter(|visit| visit["id"].is_string()) {
            let path = format!("/api/v1/appointments/{}/link/send", visit["id"].as_str().unwrap_or_default());
            // not everybody has an address
            sent += usize::from(self.owner.post(&path, Value::Null).await.is_ok());
            if sent == LINKS {
                break;
            }
        }
        Ok(())
    }

    /// What became of it until now.
    async fn go_on(&mut self, at: Timestamp, booked: Value) -> Result<()> {
        let path = format!("/api/v1/appointments/{}", booked["id"].as_str().unwrap_or_default());
        let ended = instant(&booked["end"])? <= self.now;
        let soon = at - SignedDuration::from_mins(15) <= self.now;
        if self.chance.random_bool(0.06) {
            let why = json!({ "version": booked["version"], "by": "patient", "reason": "patient_busy" });
            return self.owner.post(&format!("{path}/cancel"), why).await.map(drop);
        }
        let status = match self.chance.random_range(0..10) {
            0 if ended => "no_show",
            _ if ended => "completed",
            _ if at <= self.now => "in_chair",
            _ if soon => "arrived",
            0..4 => "confirmed",
            _ => return Ok(()),
        };
        let now = json!({ "version": booked["version"], "status": status });
        let now = self.owner.post(&format!("{path}/status"), now).await?;
        if status == "completed" && at < self.now - SignedDuration::from_hours(12) {
            self.owner.post(&format!("{path}/check-out"), json!({ "version": now["version"] })).await?;
        }
        Ok(())
    }
}

fn instant(value: &Value) -> Result<Timestamp> {
    value.as_str().unwrap_or_default().parse().map_err(Error::internal)
}
