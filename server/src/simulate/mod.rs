//! `vantage simulate`: plays what a service outside would send, to a server that runs.

mod retell;

use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::clock::Clock;
use platform::egress::{self, Egress};
use platform::error::Error;
use serde_json::json;
use uuid::Uuid;

use crate::cli;

/// Bytes of an answer that are looked at.
const LARGEST: usize = 65_536;

/// What to play.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// A signed webhook of Cal.com.
    Calcom(Calcom),
    /// A whole call of Retell: its webhooks, and what its agent asks for.
    Retell(retell::Retell),
}

/// A webhook of Cal.com. The address and the secret are those of the practice's settings.
#[derive(Debug, Args)]
pub struct Calcom {
    /// The practice's address for webhooks, such as http://localhost:7180/hooks/calcom/….
    #[arg(long)]
    to: String,
    /// The secret that they are signed with.
    #[arg(long, env = "VANTAGE_SIMULATE_SECRET", hide_env_values = true)]
    secret: String,
    /// What happened.
    #[arg(long, default_value = "BOOKING_CREATED")]
    event: String,
    /// The booking; a new one unless said.
    #[arg(long)]
    uid: Option<String>,
    /// The booking that it came out of, when it was moved.
    #[arg(long)]
    from: Option<String>,
    /// The event type.
    #[arg(long, default_value_t = 1)]
    event_type: i64,
    /// From when; in a week unless said.
    #[arg(long)]
    start: Option<Timestamp>,
    /// How long, in minutes.
    #[arg(long, default_value_t = 30)]
    minutes: i64,
    /// Who books.
    #[arg(long, default_value = "Test Testson")]
    name: String,
    /// And their address.
    #[arg(long, default_value = "test@example.com")]
    email: String,
}

/// Plays it, and prints what was answered.
///
/// # Errors
/// When there is no answer.
pub async fn run(command: Command) -> Result<()> {
    match command {
        Command::Calcom(what) => what.play().await,
        Command::Retell(what) => what.play().await,
    }
}

impl Calcom {
    async fn play(self) -> Result<()> {
        let now = Clock::System.now();
        let start = self.start.unwrap_or(now + SignedDuration::from_hours(7 * 24));
        let uid = self.uid.unwrap_or_else(|| Uuid::now_v7().simple().to_string());
        let body = json!({ "triggerEvent": self.event, "createdAt": now, "payload": {
            "uid": uid, "rescheduleUid": self.from, "eventTypeId": self.event_type, "startTime": start,
            "endTime": start + SignedDuration::from_mins(self.minutes), "metadata": {},
            "attendees": [{ "name": self.name, "email": self.email, "timeZone": "UTC" }],
        }})
        .to_string();
        let url = egress::address("--to", &self.to)?;
        let request = Egress::to([&url])?.post(&url)?;
        let request = request
            .header("content-type", "application/json")
            .header(calcom::HEADER, calcom::sign(self.secret.as_bytes(), body.as_bytes()));
        let answer = egress::answer(request.body(body), LARGEST).await;
        let answer = answer.map_err(|_| Error::internal(format!("{} does not answer", self.to)))?;
        cli::print(&format!("{} {} {}\n{}\n", self.event, uid, answer.status, String::from_utf8_lossy(&answer.body)))
    }
}
