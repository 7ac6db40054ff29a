//! What a conversation remembers.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::event::{Part, Party, Refusal, ToolCall, Turn, Utterance};
use crate::Values;

/// What is known when a call begins. It does not change afterwards.
#[derive(Clone, Serialize, Deserialize)]
pub struct Context {
    /// The values of the case.
    pub patient: Values,
    /// Of the practice: `name`, `phone`, `on_call_phone`, `address`, `hours`.
    pub org: Values,
    /// The language of the call if the flow leaves it open: `en` or `ar`.
    pub language: String,
    /// In which times are said.
    #[serde(with = "jiff::fmt::serde::tz::required")]
    pub zone: TimeZone,
    /// Keys that led through the phone tree of this number the last time.
    #[serde(default)]
    pub learned: Vec<String>,
}

impl fmt::Debug for Context {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("Context(…)")
    }
}

/// Everything that changes in a call.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct State {
    pub now: u64,
    pub phase: Phase,
    pub connected_at: Option<u64>,

    pub node: String,
    pub node_since: u64,
    pub local: Local,
    /// How often the other side has spoken here.
    pub turns_here: u32,
    /// Questions to the model since they last spoke.
    pub asks_in_a_row: u32,
    /// The model has answered here.
    pub has_answered: bool,
    pub persona: Option<String>,
    pub is_told: bool,

    pub generation: u64,
    pub asked: Option<Asked>,
    pub failures: u32,

    pub utterances: Vec<Spoken>,
    pub queue: VecDeque<u64>,
    /// Since when the first of the queue is heard.
    pub front_since: u64,
    pub their_speech: Option<u64>,
    /// When it became quiet.
    pub quiet_since: u64,
    pub idle_prompts: u32,

    pub history: Vec<Entry>,
    pub history_from: usize,
    pub values: Values,
    pub found: BTreeMap<String, Found>,
    pub read_back: Option<ReadBack>,
    pub calls: BTreeMap<String, u32>,

    pub counts: Counts,
    pub talk_ms: u64,
    pub exhaustions: u32,
    /// How often words have led on in this instant.
    pub led: u32,
    pub nodes: Vec<Passed>,
    pub turns: Vec<Turn>,
    pub pressed: Vec<String>,
    pub ending: Option<Ending>,
    pub closed_by: Option<Party>,
}

/// How far a call is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Phase {
    #[default]
    Dialing,
    Talking,
    TakenOver,
    /// Waiting for the last words.
    Ending,
    /// Waiting for the line to close.
    HungUp,
    Over,
}

/// What a node remembers while the call is there.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) enum Local {
    #[default]
    Nothing,
    Classify {
        until: u64,
        heard: bool,
    },
    Ivr {
        options: Vec<(String, String)>,
        decide_at: Option<u64>,
        menus: BTreeMap<String, u32>,
        next_key: usize,
    },
    Hold {
        listening: bool,
        announcements: Vec<String>,
    },
    Form {
        item: usize,
        asked: u32,
        /// The question was answered.
        is_done: bool,
    },
    /// Until everything is said.
    Line,
    Transfer {
        begun: bool,
    },
    Voicemail {
        speaking: bool,
        speak_at: u64,
    },
}

/// A question that waits for its answer.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Asked {
    pub generation: u64,
    /// When something of it last came.
    pub since: u64,
    pub text: String,
    pub has_said: bool,
    pub calls: Vec<ToolCall>,
    /// It is the second try.
    pub is_retry: bool,
}

/// An utterance and what became of it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Spoken {
    pub utterance: Utterance,
    pub fate: Fate,
    pub at: u64,
    pub node: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Fate {
    Queued,
    /// It is being stopped; so much of it, in thousandths, will have been heard.
    Stopping(u16),
    Said,
    Cut(u16),
}

impl Spoken {
    /// How much of it is heard, in thousandths.
    pub fn per_mille(&self) -> u16 {
        match self.fate {
            Fate::Queued | Fate::Said => 1000,
            Fate::Stopping(heard) | Fate::Cut(heard) => heard,
        }
    }

    /// What of it was heard: whole words, and values only as a whole.
    pub fn heard(&self) -> Utterance {
        let per_mille = usize::from(self.per_mille());
        let all = self.utterance.spoken().chars().count();
        let mut left = all * per_mille / 1000;
        let mut parts = Vec::new();
        for part in &self.utterance.parts {
            match part {
                Part::Words(text) => {
                    let length = text.chars().count();
                    if length <= left {
                        parts.push(part.clone());
                        left -= length;
                        continue;
                    }
                    let cut: String = text.chars().take(left).collect();
                    let whole = cut.rfind(char::is_whitespace).map_or("", |end| &cut[..end]);
                    parts.push(Part::Words(whole.to_owned()));
                    break;
                }
                Part::Value { spoken, .. } => {
                    let length = spoken.chars().count();
                    if length > left {
                        break;
                    }
                    parts.push(part.clone());
                    left -= length;
                }
            }
        }
        Utterance { id: self.utterance.id, parts, interruptible: self.utterance.interruptible }
    }
}

/// What a model is told of the call so far.
#[derive(Clone, Serialize, Deserialize)]
pub(super) enum Entry {
    Heard(String),
    Spoke(u64),
    Called(Vec<ToolCall>),
    Result { id: String, text: String },
}

/// What waits until the other side has confirmed it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct ReadBack {
    pub function: String,
    pub change: Change,
    pub line: Vec<Part>,
    pub asked: u32,
}

/// What a function does.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Change {
    pub set: Vec<(String, Value)>,
    pub append: Vec<(String, Value)>,
    pub evidence: Option<Evidence>,
    pub target: Option<String>,
}

/// Something that was found out.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// What.
    pub value: Value,
    /// What proves it.
    pub evidence: Option<Evidence>,
    /// They have confirmed it when it was repeated to them.
    pub is_confirmed: bool,
}

/// Words of the other side.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The words, as the model quoted them.
    pub quote: String,
    /// The line of the transcript where they end, from 0.
    pub turn: usize,
    /// When that line was said, in milliseconds since the beginning.
    pub at_ms: u64,
}

/// A node that was passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// The node.
    pub node: String,
    /// When, in milliseconds since the beginning.
    pub at_ms: u64,
}

/// How a call has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// The flow's word for it, or one of the engine's: `no_answer`, `busy`, `no_response`, `time_limit`, `talk_limit`,
    /// `model_limit`, `circle`, `closed`, `ended_by_staff`.
    pub outcome: String,
    /// Whether to try again later.
    pub retry: bool,
    /// When, in milliseconds since the beginning.
    pub at_ms: u64,
}

/// What there was how often.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Questions to the model.
    pub questions: u32,
    /// Tokens of them.
    pub tokens: u64,
    /// Answers of the model that were empty or did not come.
    pub empty: u32,
    /// Calls of functions that were done.
    pub calls: u32,
    /// Those that were refused, by reason.
    pub refused: BTreeMap<Refusal, u32>,
    /// How often we were interrupted.
    pub interruptions: u32,
}

/// What came of a call.
#[derive(Clone, Serialize, Deserialize)]
pub struct Outcome {
    /// How it ended; nothing while it goes on.
    pub ending: Option<Ending>,
    /// Who closed the line.
    pub closed_by: Option<Party>,
    /// What was found out.
    pub found: BTreeMap<String, Found>,
    /// What goes into the case: lists as lines.
    pub write_back: Values,
    /// Everything that is known, with defaults.
    pub state: Values,
    /// How often there was what.
    pub counts: Counts,
    /// Where the call was.
    pub nodes: Vec<Passed>,
    /// What was said.
    pub transcript: Vec<Turn>,
    /// Keys that were pressed in menus, one after the other: what to learn, if they led to somebody.
    pub pressed: Vec<String>,
    /// Milliseconds outside of menus and waiting.
    pub talk_ms: u64,
}

/// Types that hold what was said print nothing of it.
macro_rules! silent {
    ($($name:ident)+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}
silent!(State Found Evidence Outcome);
