//! Load over HTTP: so many connections, each sending its next request as soon as it has the answer to the last.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hdrhistogram::Histogram;
use platform::clock::Clock;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use crate::Result;
use crate::report::Measured;
use crate::seed::{self, Person, SERVICES};
use crate::server::Server;
use crate::wire::Connection;

/// How long requests run before they count: caches fill and statements get prepared.
pub const WARM_UP: Duration = Duration::from_secs(1);

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person signs in: mostly the password hash.
    SignIn,
    /// The first page of a practice's services.
    List,
    /// One service.
    Read,
    /// One service is changed, with its ledger entry and event.
    Write,
    /// Patients are looked for by a word of their name.
    Search,
    /// Patients are looked for by the last four digits of their number.
    Digits,
    /// The first page of patients with a filter and an order.
    Patients,
    /// One patient's record.
    Patient,
    /// A patient is entered.
    Enter,
    /// Two weeks of what is free for a service.
    Slots,
    /// A day of the calendar.
    Day,
    /// An appointment is booked.
    Book,
}

impl Kind {
    /// Those that are measured when nothing else is asked for, in this order.
    pub const ALL: [Self; 4] = [Self::SignIn, Self::List, Self::Read, Self::Write];

    /// The word for it in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::List => "list",
            Self::Read => "read",
            Self::Write => "write",
            Self::Search => "search",
            Self::Digits => "digits",
            Self::Patients => "patients",
            Self::Patient => "patient",
            Self::Enter => "enter",
            Self::Slots => "slots",
            Self::Day => "day",
            Self::Book => "book",
        }
    }
}

/// One connection and what it asks next.
struct Client {
    connection: Connection,
    kind: Kind,
    /// Whom it asks for: no person is on two connections.
    people: Vec<Person>,
    /// Goes up with every request; where it starts differs between connections.
    turn: usize,
    /// By how much.
    stride: usize,
    /// Version of the service that this connection changes.
    version: i64,
}

/// What one connection saw.
struct Tally {
    /// Microseconds from sending a request to having its answer.
    histogram: Histogram<u64>,
    errors: u64,
}

/// Asks for `seconds` after the warm-up.
pub async fn run(server: &Server, kind: Kind, people: &[Person], connections: usize, seconds: u64) -> Result<Measured> {
    let mut clients = Vec::new();
    for number in 0..connections {
        clients.push(Client::new(server, kind, people, number, connections).await?);
    }
    let from = Instant::now() + WARM_UP;
    let until = from + Duration::from_secs(seconds);
    let mut working: JoinSet<_> = clients.into_iter().map(|client| client.work(from, until)).collect();
    tokio::time::sleep_until(from).await;
    let before = server.cpu();
    tokio::time::sleep_until(until).await;
    let after = server.cpu();

    let mut histogram = histogram()?;
    let mut errors = 0;
    while let Some(tally) = working.join_next().await {
        let tally = tally?.map_err(|error| format!("{}: {error}", kind.name()))?;
        histogram.add(tally.histogram)?;
        errors += tally.errors;
    }
    let requests = histogram.len();
    Ok(Measured {
        per_second: requests as f64 / seconds as f64,
        cpu: after.zip(before).map(|(after, before)| after.per_request(before, requests)),
        latency: Some(histogram),
        errors,
    })
}

impl Client {
    async fn new(server: &Server, kind: Kind, people: &[Person], number: usize, connections: usize) -> Result<Self> {
        let people: Vec<Person> = people.iter().skip(number).step_by(connections).cloned().collect();
        let mut connection = Connection::open(server.address).await?;
        let mut version = 0;
        if kind == Kind::Write {
            connection.send(&request("GET", &service_path(people[0].practice, 1), &people[0].cookie, None)).await?;
            let service: Value = serde_json::from_slice(connection.body())?;
            version = service["version"].as_i64().ok_or("a service without a version")?;
        }
        Ok(Self { connection, kind, people, turn: number, stride: connections, version })
    }

    async fn work(mut self, from: Instant, until: Instant) -> std::result::Result<Tally, String> {
        let mut tally = Tally { histogram: histogram().map_err(|error| error.to_string())?, errors: 0 };
        loop {
            let request = self.next();
            let started = Instant::now();
            if started >= until {
                return Ok(tally);
            }
            let status = self.connection.send(&request).await.map_err(|error| error.to_string())?;
            self.version += i64::from(status == 200);
            if started >= from {
                tally.histogram.saturating_record(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX));
                tally.errors += u64::from(!matches!(status, 200 | 201));
            }
        }
    }

    fn next(&mut self) -> Vec<u8> {
        let turn = self.turn;
        self.turn += self.stride;
        let person = &self.people[turn / self.stride % self.people.len()];
        let number = (turn % SERVICES as usize) as u32 + 1;
        match self.kind {
            Kind::SignIn => request("POST", "/api/v1/auth/login", "", Some(&seed::staff(turn))),
            Kind::List => request("GET", "/api/v1/services?limit=50", &person.cookie, None),
            Kind::Read => request("GET", &service_path(person.practice, number), &person.cookie, None),
            // always the same service, whose version is known
            Kind::Write => {
                let change = serde_json::json!({ "version": self.version, "durationMinutes": 5 + turn % 700 });
                let person = &self.people[0];
                request("PATCH", &service_path(person.practice, 1), &person.cookie, Some(&change))
            }
            Kind::Slots | Kind::Day | Kind::Book => of_appointments(self.kind, person, turn),
            kind => of_patients(kind, person, turn),
        }
    }
}

/// Words of names that are looked for; in `sql/patients.sql` as well.
const WORDS: [&str; 8] = ["qahtani", "ghamdi", "harbi", "zahrani", "dossari", "mansour", "faisal", "noura"];

fn of_patients(kind: Kind, person: &Person, turn: usize) -> Vec<u8> {
    let ask =
        |path: &str, body: Value| request("POST", &format!("/api/v1/patients{path}"), &person.cookie, Some(&body));
    match kind {
        Kind::Search => ask("/search", serde_json::json!({ "q": WORDS[turn % WORDS.len()] })),
        Kind::Digits => ask("/search", serde_json::json!({ "q": format!("{:04}", turn * 37 % 10_000) })),
        Kind::Patients => ask(
            "/query",
            serde_json::json!({ "sort": "-updatedAt", "filter": { "all": [
                { "field": "status", "op": "eq", "value": "active" },
                { "field": "birthDate", "op": "lt", "value": "2000-01-01" }] } }),
        ),
        Kind::Enter => ask(
            "",
            serde_json::json!({ "givenName": "Noura", "familyName": WORDS[turn % WORDS.len()], "birthDate": "1990-05-17",
                                "phones": [{ "number": format!("05{:08}", 30_000_000 + turn % 10_000_000) }] }),
        ),
        _ => {
            let id = seed::patient(person.practice, (turn % 754) as u32 + 1);
            request("GET", &format!("/api/v1/patients/{id}"), &person.cookie, None)
        }
    }
}

/// Appointments that were asked for so far, by anybody.
static BOOKED: AtomicUsize = AtomicUsize::new(0);

fn of_appointments(kind: Kind, person: &Person, turn: usize) -> Vec<u8> {
    let (service, location) = (seed::service(person.practice, 1), seed::location(person.practice));
    // some of the days that `sql/appointments.sql` fills
    let today = Clock::System.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let day = |ahead: usize| (today + jiff::Span::new().days(ahead as i64)).to_string();
    match kind {
        Kind::Slots => {
            let (from, to) = (day(1), day(14));
            let path = format!("/api/v1/slots?serviceId={service}&locationId={location}&from={from}&to={to}");
            request("GET", &path, &person.cookie, None)
        }
        Kind::Day => {
            let day = day(1 + turn % 14);
            let path = format!("/api/v1/calendar?locationId={location}&from={day}&to={day}");
            request("GET", &path, &person.cookie, None)
        }
        _ => {
            // a time of its own for each, years ahead: what is measured is booking, and not being refused
            let turn = BOOKED.fetch_add(1, Ordering::Relaxed);
            let start = jiff::civil::date(2031, 1, 1).at(5, 0, 0, 0).in_tz("UTC").map(|start| start.timestamp());
            let start = start.unwrap_or_default()
                + jiff::SignedDuration::from_hours(24 * (turn / 72) as i64)
                + jiff::SignedDuration::from_mins(45 * (turn / 6 % 12) as i64);
            let provider = seed::provider(person.practice, (turn % 6) as u32 + 1);
            let patient = seed::patient(person.practice, (turn % 754) as u32 + 1);
            let visit = serde_json::json!({ "patientId": patient, "serviceId": service, "locationId": location,
                                            "providerIds": [provider], "start": start });
            request("POST", "/api/v1/appointments", &person.cookie, Some(&visit))
        }
    }
}

fn histogram() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(1, 60_000_000, 3)?)
}

fn service_path(practice: u32, number: u32) -> String {
    format!("/api/v1/services/{}", seed::service(practice, number))
}

pub fn request(method: &str, path: &str, cookie: &str, body: Option<&Value>) -> Vec<u8> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let kind = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
    let length = body.len();
    let key = if method == "POST" { format!("idempotency-key: {}\r\n", Uuid::now_v7()) } else { String::new() };
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n{kind}{key}content-length: {length}\r\n\r\n{body}")
        .into_bytes()
}
