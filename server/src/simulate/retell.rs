//! A call of Retell: somebody calls, is recognised, asks for a visit, leaves a message, and it is over.

use std::collections::BTreeMap;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::clock::Clock;
use platform::egress::{self, Egress};
use platform::error::Error;
use serde_json::{Value, json};
use uuid::Uuid;

use super::LARGEST;
use crate::cli;

/// A call of Retell. The address and the key are those of the practice's settings.
#[derive(Debug, Args)]
pub struct Retell {
    /// The practice's address for webhooks, such as http://localhost:7180/hooks/retell/….
    #[arg(long)]
    to: String,
    /// The key that everything is signed with.
    #[arg(long, env = "VANTAGE_SIMULATE_SECRET", hide_env_values = true)]
    secret: String,
    /// The number that calls.
    #[arg(long, default_value = "+966501234567")]
    from: String,
    /// What the caller is called; left out, only the number says who it is.
    #[arg(long)]
    name: Option<String>,
    /// Their date of birth.
    #[arg(long)]
    born: Option<String>,
    /// What they want done; the only service unless said.
    #[arg(long)]
    service: Option<String>,
    /// Whether a visit is booked at the first time that is free.
    #[arg(long)]
    book: bool,
    /// The agent.
    #[arg(long, default_value = "agent_simulated")]
    agent: String,
}

/// What was said and done so far.
struct Played<'a> {
    with: &'a Retell,
    id: String,
    began: Timestamp,
    lines: Vec<Value>,
    /// Seconds since it began.
    at: i64,
}

impl Retell {
    /// Plays it, and prints what was answered.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn play(self) -> Result<()> {
        let began = Clock::System.now() - SignedDuration::from_secs(60);
        let id = format!("call_{}", Uuid::now_v7().simple());
        let mut played = Played { with: &self, id, began, lines: Vec::new(), at: 0 };
        played.inbound().await?;
        played.tell("call_started").await?;
        played.say("agent", "Hello, how can I help?");
        played.say("user", "I would like to come in.");
        let found = played.ask("find_patient", json!({ "name": self.name, "date_of_birth": self.born })).await?;
        let free = played.ask("get_slots", json!({ "service": self.service })).await?;
        if self.book && found["ok"] == true {
            let args =
                json!({ "patient": found["patient"], "service": self.service, "start": free["slots"][0]["start"] });
            played.ask("book", args).await?;
        }
        let message = json!({ "message": "Please call me back.", "patient": found["patient"], "name": self.name });
        played.ask("take_message", message).await?;
        played.say("agent", "Done. Goodbye!");
        played.tell("call_ended").await?;
        played.tell("call_analyzed").await
    }
}

impl Played<'_> {
    fn say(&mut self, who: &str, text: &str) {
        let word = json!({ "word": text, "start": self.at, "end": self.at + 3 });
        self.lines.push(json!({ "role": who, "content": text, "words": [word] }));
        self.at += 4;
    }

    fn call(&self, event: &str) -> Value {
        let mut call = json!({ "call_id": self.id, "call_type": "phone_call", "direction": "inbound",
            "from_number": self.with.from, "to_number": "+14157774444", "agent_id": self.with.agent,
            "start_timestamp": self.began.as_millisecond(), "call_status": "ongoing" });
        if event == "call_ended" || event == "call_analyzed" {
            let ended = self.began + SignedDuration::from_secs(self.at);
            call["call_status"] = json!("ended");
            call["end_timestamp"] = json!(ended.as_millisecond());
            call["disconnection_reason"] = json!("user_hangup");
            call["transcript_with_tool_calls"] = json!(self.lines);
            call["call_cost"] = json!({ "combined_cost": 14 });
        }
        if event == "call_analyzed" {
            call["call_analysis"] = json!({ "call_summary": "Somebody would like to come in.", "call_successful": true,
                "in_voicemail": false, "user_sentiment": "Positive", "custom_analysis_data": { "outcome": "message_taken" } });
        }
        call
    }

    async fn inbound(&self) -> Result<()> {
        let call = json!({ "agent_id": self.with.agent, "from_number": self.with.from, "to_number": "+14157774444" });
        self.send("/inbound", "call_inbound", &json!({ "event": "call_inbound", "call_inbound": call })).await.map(drop)
    }

    async fn tell(&self, event: &str) -> Result<()> {
        self.send("", event, &json!({ "event": event, "call": self.call(event) })).await.map(drop)
    }

    /// What the agent asks for, and what it is told. What is nothing is left out.
    async fn ask(&mut self, name: &str, args: Value) -> Result<Value> {
        let args: BTreeMap<String, Value> = match args {
            Value::Object(args) => args.into_iter().filter(|(_, value)| !value.is_null()).collect(),
            _ => BTreeMap::new(),
        };
        let body = json!({ "name": name, "call": self.call(name), "args": args });
        let answer = self.send("/functions", name, &body).await?;
        let (id, arguments) = (format!("tool_{}", self.lines.len()), json!(args).to_string());
        self.lines
            .push(json!({ "role": "tool_call_invocation", "tool_call_id": id, "name": name, "arguments": arguments }));
        self.lines.push(json!({ "role": "tool_call_result", "tool_call_id": id, "content": answer.to_string() }));
        Ok(answer)
    }

    /// Sends it signed, and prints what was answered.
    async fn send(&self, end: &str, what: &str, body: &Value) -> Result<Value> {
        let url = egress::address("--to", &format!("{}{end}", self.with.to.trim_end_matches('/')))?;
        let body = body.to_string();
        let signature = retell::sign(self.with.secret.as_bytes(), body.as_bytes(), Clock::System.now());
        let request = Egress::to([&url])?.post(&url)?.header("content-type", "application/json");
        let answer = egress::answer(request.header(retell::HEADER, signature).body(body), LARGEST).await;
        let answer = answer.map_err(|_| Error::internal(format!("{} does not answer", self.with.to)))?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        cli::print(&format!("{what} {} {text}\n", answer.status))?;
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}
