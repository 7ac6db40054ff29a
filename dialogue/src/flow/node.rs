//! What may happen in a call: nodes, of ten types.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::template::{Template, Wording};

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// The model speaks with the other side.
    Conversation(Conversation),
    /// The runtime asks one question after the other.
    Form(Form),
    /// Who has answered?
    Classify(Classify),
    /// A phone tree, by rules alone.
    Ivr(Ivr),
    /// Waiting: nothing is recognised that nobody says, no model is asked.
    Hold(Hold),
    /// A line.
    Say(Say),
    /// A fork by what is known.
    Branch(Branch),
    /// Somebody else takes over.
    Transfer(Transfer),
    /// A machine records.
    Voicemail(Voicemail),
    /// The end.
    End(End),
}

/// What bounds a node. Every node has bounds; these replace those that it has of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Guards {
    /// Since the call came here, in seconds.
    pub max_seconds: Option<u32>,
    /// How often the other side may speak.
    pub max_turns: Option<u32>,
    /// How often the same menu may be heard.
    pub max_repeats_of_same_menu: Option<u32>,
    /// Where the call goes on then.
    pub on_exhausted: Option<String>,
}

/// Something that the runtime does by itself.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Says a line.
    Say {
        /// The line.
        text: Wording,
    },
    /// Ends the call.
    EndCall {
        /// With this outcome.
        outcome: String,
    },
}

/// What the other side must be told first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    /// That this is no person.
    Automated,
    /// That the call is recorded.
    Recorded,
}

/// What the model keeps of what was said before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// All of it.
    #[default]
    Append,
    /// Nothing.
    Reset,
    /// What was found out.
    ResetWithSummary,
}

/// The model speaks with the other side.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    /// Who speaks; as before unless told.
    pub persona: Option<String>,
    /// What to do.
    pub task: Wording,
    /// What the runtime says before anything else.
    #[serde(default)]
    pub disclosure: Vec<Disclosure>,
    /// What may be called here.
    pub functions: Vec<String>,
    /// What the model keeps.
    #[serde(default)]
    pub context_strategy: Strategy,
    /// Whether we speak first.
    #[serde(default = "yes")]
    pub respond_immediately: bool,
    /// Whether it may go on before the other side has said something here.
    #[serde(default)]
    pub auto: bool,
    /// Bounds.
    #[serde(default)]
    pub guards: Guards,
    /// Before the model is asked.
    #[serde(default)]
    pub pre_actions: Vec<Action>,
    /// When its first answer has been said.
    #[serde(default)]
    pub post_actions: Vec<Action>,
}

fn yes() -> bool {
    true
}

/// The runtime asks one question after the other. What it cannot read as an answer, the model is asked about.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Who speaks; as before unless told.
    pub persona: Option<String>,
    /// What the runtime says before anything else.
    #[serde(default)]
    pub disclosure: Vec<Disclosure>,
    /// The questions.
    pub items: Vec<Item>,
    /// How often each is asked again.
    #[serde(default = "twice")]
    pub reask: u32,
    /// Where the call goes on.
    pub next: String,
    /// Bounds.
    #[serde(default)]
    pub guards: Guards,
}

fn twice() -> u32 {
    2
}

/// A question of a form. Its type is that of the outcome.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What it finds out.
    pub key: String,
    /// The question.
    pub ask: Wording,
    /// Words that mean a value.
    #[serde(default)]
    pub words: BTreeMap<String, Vec<String>>,
}

/// Who has answered?
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classify {
    /// For how long to listen.
    pub listen_seconds: u32,
    /// Where the call goes on at once when we are called.
    pub inbound: Option<String>,
    /// Where it goes on by who it is.
    pub cases: BTreeMap<Answerer, String>,
    /// When it is not clear.
    pub default: String,
}

/// Who has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answerer {
    /// A phone tree.
    Ivr,
    /// Somebody.
    Human,
    /// A machine that records.
    Voicemail,
    /// A machine that asks who calls.
    Screening,
    /// A queue.
    Hold,
    /// Nobody says anything.
    Silence,
    /// The line is busy.
    Busy,
}

/// A phone tree.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ivr {
    /// What is wanted, for people.
    pub goal: String,
    /// Words of the options that lead there, the best first.
    #[serde(default)]
    pub prefer: Vec<String>,
    /// Words of options that do not.
    #[serde(default)]
    pub avoid: Vec<String>,
    /// What the tree may ask for.
    #[serde(default)]
    pub inputs: BTreeMap<String, Input>,
    /// Keys to press one after the other, whatever is said.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Whether the keys that led through the last time are tried first.
    #[serde(default)]
    pub learned_path: bool,
    /// Where the call goes on.
    pub cases: BTreeMap<IvrCase, String>,
    /// Bounds.
    #[serde(default)]
    pub guards: Guards,
}

/// How a phone tree ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IvrCase {
    /// Somebody speaks.
    Human,
    /// A queue.
    Hold,
    /// It goes in circles.
    Stuck,
    /// They are closed.
    Closed,
    /// A machine records.
    Voicemail,
}

/// What a phone tree may ask for.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// `patient.…`.
    pub from: String,
    /// How it is given.
    pub send: Send,
    /// Words by which the tree asks for it; its own name otherwise.
    #[serde(default)]
    pub asked: Vec<String>,
    /// The key behind it.
    pub terminator: Option<String>,
    /// How a day is written, in the signs of `strftime`.
    pub format: Option<String>,
}

/// How something is given to a phone tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Send {
    /// By keys.
    Dtmf,
    /// Said.
    Speech,
}

/// Waiting.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// Where the call goes on.
    pub cases: BTreeMap<HoldCase, String>,
    /// Bounds.
    #[serde(default)]
    pub guards: Guards,
}

/// How waiting ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldCase {
    /// Somebody speaks.
    Human,
    /// A menu.
    Ivr,
    /// They offer to call back.
    CallbackOffer,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Say {
    /// The line.
    pub text: Wording,
    /// Whether the other side may interrupt it.
    #[serde(default = "yes")]
    pub interruptible: bool,
    /// Where the call goes on.
    pub next: String,
}

/// A fork.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// `state.…`.
    pub on: String,
    /// By value.
    pub cases: BTreeMap<String, String>,
    /// For every other value.
    pub default: String,
}

/// Somebody else takes over.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// Whether they are told first.
    pub mode: Mode,
    /// One field of type phone.
    pub to: Template,
    /// What they are told.
    pub brief: Option<Wording>,
    /// For how long it rings.
    pub ring_seconds: u32,
    /// Where the call goes on.
    pub cases: BTreeMap<TransferCase, String>,
}

/// Whether whoever takes over is told first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// They hear the brief, and then each other.
    Warm,
    /// They hear each other at once.
    Cold,
}

/// How handing over ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferCase {
    /// They speak with each other.
    Bridged,
    /// Nobody has answered.
    NoAnswer,
    /// They did not want to.
    Rejected,
}

/// A machine records.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voicemail {
    /// When to begin.
    #[serde(default)]
    pub wait_for: WaitFor,
    /// What is left on it: nothing about anybody.
    pub text: Wording,
    /// Where the call goes on.
    pub next: String,
}

/// When to begin to speak to a machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitFor {
    /// At its beep.
    Beep,
    /// At its beep, or when it has stopped speaking.
    #[default]
    BeepOrSilence,
}

/// The end.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// What the call came to.
    pub outcome: String,
    /// Whether to try again later.
    #[serde(default)]
    pub retry: bool,
}

impl Node {
    /// Its bounds, where it has any of its own.
    #[must_use]
    pub fn guards(&self) -> Option<&Guards> {
        match self {
            Self::Conversation(node) => Some(&node.guards),
            Self::Form(node) => Some(&node.guards),
            Self::Ivr(node) => Some(&node.guards),
            Self::Hold(node) => Some(&node.guards),
            _ => None,
        }
    }

    /// Where the call may go on from here without the model: the key in the file and the node.
    pub(crate) fn exits(&self) -> Vec<(String, &str)> {
        let mut exits: Vec<(String, &str)> = Vec::new();
        match self {
            Self::Conversation(_) | Self::End(_) => {}
            Self::Form(node) => exits.push(("next".into(), &node.next)),
            Self::Classify(node) => {
                exits.extend(node.cases.iter().map(|(case, to)| (case_key(case), to.as_str())));
                exits.extend(node.inbound.iter().map(|to| ("inbound".into(), to.as_str())));
                exits.push(("default".into(), &node.default));
            }
            Self::Ivr(node) => exits.extend(node.cases.iter().map(|(case, to)| (case_key(case), to.as_str()))),
            Self::Hold(node) => exits.extend(node.cases.iter().map(|(case, to)| (case_key(case), to.as_str()))),
            Self::Say(node) => exits.push(("next".into(), &node.next)),
            Self::Branch(node) => {
                exits.extend(node.cases.iter().map(|(case, to)| (format!("cases.{case}"), to.as_str())));
                exits.push(("default".into(), &node.default));
            }
            Self::Transfer(node) => exits.extend(node.cases.iter().map(|(case, to)| (case_key(case), to.as_str()))),
            Self::Voicemail(node) => exits.push(("next".into(), &node.next)),
        }
        if let Some(to) = self.guards().and_then(|guards| guards.on_exhausted.as_deref()) {
            exits.push(("guards.on_exhausted".into(), to));
        }
        exits
    }

    /// What it has for a conversation with somebody: who speaks, what is told first.
    pub(crate) fn speaking(&self) -> Option<(Option<&str>, &[Disclosure])> {
        match self {
            Self::Conversation(node) => Some((node.persona.as_deref(), &node.disclosure)),
            Self::Form(node) => Some((node.persona.as_deref(), &node.disclosure)),
            _ => None,
        }
    }
}

/// `cases.human`: as the file has it.
fn case_key<T: Serialize>(case: &T) -> String {
    let name = serde_json::to_value(case).ok().and_then(|value| value.as_str().map(str::to_owned));
    format!("cases.{}", name.unwrap_or_default())
}
