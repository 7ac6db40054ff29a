//! Scenarios: what the other side does, and what must come of it, in virtual time.
//!
//! ```yaml
//! about: They find the authorization and give its number.
//! patient: { insurance_member_id: "47291" }
//! steps:
//!   - hear: "Provider services, this is Anna."
//!   - expect: { node: introduce, said: ["automated", "recorded"] }
//!   - interrupt: { text: "Wait a moment.", after_ms: 400 }
//!   - expect: { outcome: completed, write_back: { reference_number: "8152" } }
//! ```
//! An `expect` looks at what has happened since the one before, except `state`, `write_back` and `never_asked`, which look
//! at the whole call. In every scenario, without being asked, no slot's value is in a question to the model, nobody waits in
//! silence for longer than ten seconds outside of menus and queues, and nothing is said when the call is over.

mod expect;
mod run;
mod side;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::engine::{Party, Refusal, Sound};
use crate::flow::{Capability, TransferCase};
use crate::yaml::{self, Value, read};
use crate::{Fault, Values};

pub use run::{Failure, Report, run};
pub use side::Side;

/// An invented case, and the practice that calls about it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Case {
    /// Of the practice.
    pub org: Values,
    /// Values of the case.
    pub patient: Values,
    /// `en` or `ar`; English unless told.
    pub language: Option<String>,
    /// Hours from UTC in which times are said.
    pub zone_hours: i8,
}

impl Case {
    /// Reads a case.
    ///
    /// # Errors
    /// As flows are read.
    pub fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let root = yaml::parse(text)?;
        read(&root, "").map_err(|fault| vec![fault])
    }
}

/// A scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its file without the ending.
    pub name: String,
    about: String,
    inbound: bool,
    language: Option<String>,
    patient: Values,
    learned: Vec<String>,
    steps: Vec<(usize, Step)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    about: String,
    #[serde(default)]
    inbound: bool,
    language: Option<String>,
    #[serde(default)]
    patient: Values,
    #[serde(default)]
    learned: Vec<String>,
}

/// A step.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    /// The line rings, plays music, beeps.
    Sound(Sound),
    /// Somebody answers; by itself before the first words otherwise.
    Answer,
    /// They say this when we have ended.
    Hear(String),
    /// They say this into our words.
    Interrupt(Interrupt),
    /// Seconds in which they do nothing.
    Wait(u32),
    /// What came of handing over.
    Transfer(TransferCase),
    /// The line is closed.
    Close(Party),
    /// The model does not answer the next so many questions.
    ModelFails(u32),
    /// Somebody of the practice speaks, or does not any more.
    TakeOver(bool),
    /// Somebody of the practice ends the call.
    HangUp,
    /// What must have come of it.
    Expect(Box<Expect>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Interrupt {
    text: String,
    after_ms: u64,
}

/// What must have come of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Expect {
    node: Option<String>,
    said: Vec<String>,
    not_said: Vec<String>,
    called: Vec<String>,
    refused: Vec<Refusal>,
    keys: Option<String>,
    hold: Option<bool>,
    transfer_to: Option<String>,
    brief: Vec<String>,
    capability: Option<Capability>,
    state: BTreeMap<String, serde_json::Value>,
    write_back: Option<Values>,
    confirmed: Vec<String>,
    evidence: BTreeMap<String, String>,
    outcome: Option<String>,
    retry: Option<bool>,
    hung_up: Option<bool>,
    never_asked: Vec<String>,
    cut: Vec<String>,
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// As flows are read, all faults of the steps.
    pub fn read(name: &str, text: &str) -> Result<Self, Vec<Fault>> {
        let mut root = yaml::parse(text)?;
        let mut written = Vec::new();
        if let Value::Map(entries) = &mut root.value
            && let Some(place) = entries.iter().position(|(key, _)| key.text == "steps")
        {
            let (_, steps) = entries.remove(place);
            let Value::List(steps) = steps.value else {
                return Err(vec![root.fault("", "type", "`steps` is a list.")]);
            };
            written = steps;
        }
        let mut faults = Vec::new();
        if written.is_empty() {
            faults.push(root.fault("", "missing", "`steps` must be given."));
        }
        let head: Option<Head> = read(&root, "").map_err(|fault| faults.push(fault)).ok();
        let mut steps = Vec::new();
        for (index, node) in written.iter().enumerate() {
            match read(node, &format!("steps.{index}")) {
                Ok(step) => steps.push((node.place.line, step)),
                Err(fault) => faults.push(fault),
            }
        }
        match head {
            Some(Head { about, inbound, language, patient, learned }) if faults.is_empty() => {
                Ok(Self { name: name.to_owned(), about, inbound, language, patient, learned, steps })
            }
            _ => Err(faults),
        }
    }

    /// What it is about, for people.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.about
    }
}
