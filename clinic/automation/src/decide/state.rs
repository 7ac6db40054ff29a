//! What a run knows and where it stands: data, which any process can take up.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A run between two decisions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The variables.
    pub vars: Map<String, Value>,
    /// The step where it stands; none, where it has ended.
    pub at: Option<String>,
    /// The loops around that step, the outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loops: Vec<Round>,
    /// Entries of the history so far.
    pub seq: i32,
    /// Steps so far.
    pub steps: u32,
    /// Bytes of what was given to steps and came of them so far.
    #[serde(default)]
    pub bytes: usize,
    /// The entry of a step that has begun and not ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<i32>,
    /// What it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
}

/// A loop under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// Which step.
    pub step: String,
    /// At which element.
    pub index: u32,
    /// All elements, as they were when it began.
    pub items: Vec<Value>,
}

/// What a run waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// For which event.
    pub event: Option<String>,
    /// Whether it is a date of a record, which may be moved meanwhile.
    pub date: bool,
    /// What came of it, when only the hour is waited for any more.
    pub outcome: Option<Value>,
}

impl State {
    /// At which places of the loops around it the run stands.
    #[must_use]
    pub fn iteration(&self) -> Vec<i32> {
        self.loops.iter().map(|round| i32::try_from(round.index).unwrap_or(i32::MAX)).collect()
    }
}
