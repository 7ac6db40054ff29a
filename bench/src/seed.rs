//! What the database holds while it is measured: practices that signed up like any other, for only the server can make
//! their keys, and everything else straight through SQL.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::Result;
use crate::server::Server;

/// Practices, each with an owner. The number is in `sql/` as well, as are the two below.
pub const PRACTICES: u32 = 200;
/// Services of each practice: a little more than a page of the list.
pub const SERVICES: u32 = 60;
/// Accounts that only sign in: one account may do so ten times in a row and then has to wait.
pub const STAFF: u32 = 2000;

/// Password of everybody in the demo.
const PASSWORD: &str = "vantage-demo-2026";

/// The owner of a practice, signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// Number of the practice, from 1.
    pub practice: u32,
    /// The access token as a request header carries it, `name=value`.
    pub cookie: String,
}

/// Makes all of it.
pub async fn plant(server: &Server) -> Result<()> {
    everybody(server, "signup", |number| {
        json!({ "practiceName": format!("Dental Center {number}"), "slug": format!("bench-{number}"), "ownerName": "Owner",
                "email": owner(number), "password": PASSWORD, "language": "en", "country": "SA",
                "timeZone": "Asia/Riyadh", "currency": "SAR" })
    })
    .await?;
    server.database.run(include_str!("../sql/seed.sql")).await?;
    Ok(())
}

/// Signs every owner in.
pub async fn sign_in(server: &Server) -> Result<Vec<Person>> {
    everybody(server, "login", |number| credentials(&owner(number))).await
}

/// What is sent to sign in the member of staff whose turn it is.
pub fn staff(turn: usize) -> Value {
    credentials(&format!("staff-{}@bench.example", turn % STAFF as usize + 1))
}

/// Id of a service by its number and its practice's, both from 1; as in `sql/seed.sql`.
pub fn service(practice: u32, number: u32) -> Uuid {
    Uuid::from_u64_pair(0x7000, 0x8003_0000_0000_0000 + u64::from(practice * 1000 + number))
}

/// Id of a patient, likewise; as in `sql/patients.sql`. Every practice has at least 754.
pub fn patient(practice: u32, number: u32) -> Uuid {
    Uuid::from_u64_pair(0x7000, 0x8004_0000_0000_0000 + u64::from(practice * 100_000 + number))
}

/// Id of a practice's only location with appointments; as in `sql/appointments.sql`, as are those of its providers.
pub fn location(practice: u32) -> Uuid {
    Uuid::from_u64_pair(0x7000, 0x8006_0000_0000_0000 + u64::from(practice))
}

/// Id of a provider by its number, from 1 to 6, and its practice's.
pub fn provider(practice: u32, number: u32) -> Uuid {
    Uuid::from_u64_pair(0x7000, 0x8005_0000_0000_0000 + u64::from(practice * 10 + number))
}

fn owner(number: u32) -> String {
    format!("owner-{number}@bench.example")
}

fn credentials(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD })
}

/// Has the owner of each practice do something that ends in being signed in.
async fn everybody(server: &Server, what: &str, body: impl Fn(u32) -> Value) -> Result<Vec<Person>> {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(60)).build()?;
    let url = format!("http://{}/api/v1/auth/{what}", server.address);
    let mut asked = JoinSet::new();
    for practice in 1..=PRACTICES {
        let request = client.post(&url).json(&body(practice));
        asked.spawn(async move {
            let answer = request.send().await?.error_for_status()?;
            let cookie = answer.cookies().find(|cookie| cookie.name().ends_with("_access"));
            let cookie = cookie.map(|cookie| format!("{}={}", cookie.name(), cookie.value()));
            Ok::<_, reqwest::Error>(cookie.map(|cookie| Person { practice, cookie }))
        });
    }
    let mut people = Vec::new();
    while let Some(person) = asked.join_next().await {
        people.push(person??.ok_or("signed in without a token")?);
    }
    people.sort_by_key(|person| person.practice);
    Ok(people)
}
