//! What happens to a conversation, and what it wants done.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::flow::{Capability, Mode, TransferCase};

/// Something that has happened. Serialisable, so that a call can be played again from its journal.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Somebody or something has answered.
    Connected {
        /// They have called us.
        inbound: bool,
    },
    /// Words of the other side.
    Heard {
        /// What was recognised.
        text: String,
        /// Their turn is over; otherwise more may come, and the text replaces the one before.
        is_final: bool,
    },
    /// The other side begins to make speech-like sound.
    SpeechBegan,
    /// It has ended.
    SpeechEnded,
    /// An utterance was cut off, because of a [`Effect::Stop`] or by the runtime itself; none behind it is played.
    Interrupted {
        /// Its number.
        utterance: u64,
        /// How much of it was heard, in thousandths.
        per_mille: u16,
    },
    /// The model says something.
    ModelText {
        /// Of which question.
        generation: u64,
        /// More text.
        text: String,
    },
    /// The model calls something.
    ModelCall {
        /// Of which question.
        generation: u64,
        /// The call.
        call: ToolCall,
    },
    /// The model has ended.
    ModelDone {
        /// Of which question.
        generation: u64,
        /// Tokens of question and answer.
        tokens: u32,
    },
    /// The model does not answer.
    ModelFailed {
        /// Which question.
        generation: u64,
    },
    /// An utterance was played to its end.
    Said {
        /// Its number.
        utterance: u64,
    },
    /// The other side pressed a key.
    Key {
        /// `0` to `9`, `*`, `#`.
        digit: char,
    },
    /// What the line sounds like now.
    Sound {
        /// That.
        kind: Sound,
    },
    /// What came of a [`Effect::Transfer`].
    TransferResult {
        /// That.
        result: TransferCase,
    },
    /// The line is closed.
    Closed {
        /// By whom.
        by: Party,
    },
    /// Time passes: see [`Conversation::wakes_at`](super::Conversation::wakes_at).
    Tick,
    /// Somebody of the practice speaks in our place.
    TakenOver,
    /// They leave it to us again.
    Released,
    /// Somebody of the practice ends the call.
    HangUpAsked,
}

/// Sounds of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sound {
    /// Music.
    Music,
    /// The beep of a machine.
    Beep,
    /// It rings.
    Ring,
    /// Busy.
    Busy,
    /// Nothing.
    Silence,
    /// A voice.
    Voice,
}

/// Who is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The practice's side.
    Us,
    /// The other side.
    Them,
    /// The network.
    Network,
}

/// Something that is to be done.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Ask the model; any question before is void.
    Ask {
        /// The question's number, greater than all before.
        generation: u64,
        /// Where the call is.
        node: String,
        /// The question.
        question: Question,
    },
    /// Nobody waits for this answer any more.
    CancelAsk {
        /// The question's number.
        generation: u64,
    },
    /// Say this behind everything that is still to be said.
    Say(Utterance),
    /// Stop this utterance, and forget all that come behind it; answer with [`Event::Interrupted`].
    Stop {
        /// Its number.
        utterance: u64,
    },
    /// Press keys.
    Keys {
        /// `0` to `9`, `*`, `#`.
        keys: Secret,
        /// Between them, in milliseconds.
        gap_ms: u32,
    },
    /// While true, nothing is recognised and nobody is asked; sounds are still told.
    Hold(bool),
    /// Hand the call over, and tell what came of it.
    Transfer {
        /// Whether they are told first.
        mode: Mode,
        /// The number.
        to: Secret,
        /// What they are told.
        brief: Secret,
        /// For how long it rings.
        ring_seconds: u32,
    },
    /// Hang up; when the call was handed over, leave it to those who speak.
    HangUp,
    /// The call is here now.
    Node {
        /// The node.
        name: String,
    },
    /// Do this outside of the call, for the patient whom it is about.
    Capability {
        /// What.
        capability: Capability,
        /// The function that was called.
        function: String,
    },
    /// A function was called.
    Called {
        /// The function; what the model made up is no name of ours.
        function: String,
        /// Nothing if it was done, otherwise why it was refused: `unknown`, `unheard`, `too_often`, `arguments`,
        /// `evidence`, `value`.
        refused: Option<Refusal>,
    },
    /// Something was found out.
    Set {
        /// The key.
        key: String,
        /// Its value.
        value: Value,
    },
    /// A line of the transcript.
    Turn(Turn),
    /// It is over; nothing comes behind this.
    Finished,
}

/// Why a call of a function was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// There is no such function here.
    Unknown,
    /// The other side has not said anything since the call came here.
    Unheard,
    /// It was called as often as it may be.
    TooOften,
    /// The arguments are not what was declared.
    Arguments,
    /// The other side has not said that.
    Evidence,
    /// What it would set cannot be that.
    Value,
}

/// Something that is said: one sentence, as a rule.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Utterance {
    /// Greater than all before.
    pub id: u64,
    /// What is said.
    pub parts: Vec<Part>,
    /// Whether the other side may interrupt it.
    pub interruptible: bool,
}

/// A part of an utterance.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Words.
    Words(String),
    /// The value of a slot.
    Value {
        /// The slot.
        name: String,
        /// As it is said.
        spoken: String,
    },
}

impl Utterance {
    /// As it is said.
    #[must_use]
    pub fn spoken(&self) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Words(text) | Part::Value { spoken: text, .. } => text.as_str(),
            })
            .collect()
    }

    /// As it is shown to people who may not see values: `[member_id]` in their place.
    #[must_use]
    pub fn redacted(&self) -> String {
        let part = |part: &Part| match part {
            Part::Words(text) => text.clone(),
            Part::Value { name, .. } => format!("[{name}]"),
        };
        self.parts.iter().map(part).collect()
    }

    /// As a model reads it: `<<member_id>>` in the place of values.
    pub(crate) fn tokens(&self) -> String {
        let part = |part: &Part| match part {
            Part::Words(text) => text.clone(),
            Part::Value { name, .. } => format!("<<{name}>>"),
        };
        self.parts.iter().map(part).collect()
    }
}

/// A line of the transcript.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Who.
    pub who: Party,
    /// What was said; of ours, what of it was heard.
    pub text: String,
    /// The same without values of slots and long numbers.
    pub redacted: String,
    /// When it began, in milliseconds since the beginning.
    pub at_ms: u64,
    /// Where the call was.
    pub node: String,
    /// Not all of it was heard.
    pub is_cut: bool,
}

/// What a model is asked. It never holds the value of a slot.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// The instructions, and what was said.
    pub messages: Vec<Message>,
    /// What it may call.
    pub tools: Vec<Tool>,
    /// The most tokens of an answer.
    pub longest: u32,
}

/// A line of a question.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// Instructions: the flow's words alone.
    System(String),
    /// What the other side said.
    User(String),
    /// What the model said and called.
    Assistant {
        /// What of it was heard.
        text: String,
        /// The calls.
        calls: Vec<ToolCall>,
    },
    /// What came of a call.
    Tool {
        /// Of which one.
        id: String,
        /// The answer.
        text: String,
    },
}

/// Something that a model may call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// When to call it.
    pub description: String,
    /// A JSON schema of its arguments.
    pub parameters: Value,
}

/// That a model calls something.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// By which the answer refers to it.
    pub id: String,
    /// What it calls.
    pub name: String,
    /// The arguments as they came: maybe no JSON at all.
    pub arguments: String,
}

/// A text about a patient that shows itself to those only who ask for it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

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
silent!(Event Effect Utterance Part Turn Question Message ToolCall Secret);
