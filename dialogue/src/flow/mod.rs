//! Flows: how a call of a workflow goes, as data. A flow is complete without code, and there is no place in it for code,
//! addresses or SQL.
//!
//! The names are those of Pipecat's declarative flows (<https://github.com/pipecat-ai/pipecat>, `FlowConfig`) where they
//! mean the same; see `clients/alpha/prior_auth/flow.yaml` for a whole one. Texts that are said may be given per
//! language, `{ en: …, ar: … }`; which of them is used says the flow's `locale`: `practice` for the language in which the
//! call is begun, or a fixed one.

mod function;
mod node;
mod read;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use function::{Capability, Compare, Format, Function, Parameter, ParameterType, Setting, Transition};
pub use node::{
    Action, Answerer, Branch, Classify, Conversation, Disclosure, End, Form, Guards, Hold, HoldCase, Input, Item, Ivr,
    IvrCase, Mode, Node, Say, Send, Strategy, Transfer, TransferCase, Voicemail, WaitFor,
};
pub use read::Source;

use crate::template::{Template, Wording};

/// A flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// SHA-256 of its file, in hexadecimal digits: a call keeps the version it began with.
    pub hash: String,
    /// The call workflow.
    pub workflow: String,
    /// Who calls whom.
    pub direction: Direction,
    /// Who is at the other end.
    pub counterparty: Counterparty,
    /// Whom to call; not of inbound flows.
    pub dial: Option<Dial>,
    /// `practice`, or a language tag such as `en-US`.
    pub locale: String,
    /// What a call may take.
    pub limits: Limits,
    /// What is known at the beginning, and who may know it.
    pub context: Known,
    /// What is found out.
    pub outcome: BTreeMap<String, Outcome>,
    /// Who speaks.
    pub personas: BTreeMap<String, Wording>,
    /// Lines of the runtime that the flow words itself.
    pub lines: Lines,
    /// Where it begins.
    pub initial_node: String,
    /// What may happen, by name.
    pub nodes: BTreeMap<String, Node>,
    /// What the model may call where a node lists it.
    pub functions: BTreeMap<String, Function>,
    /// What the model may call in every conversation.
    pub global_functions: BTreeMap<String, Function>,
    /// What is done when it is over.
    pub after_call: AfterCall,
}

/// Who calls whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// We call.
    Outbound,
    /// We are called.
    Inbound,
    /// Either.
    Both,
}

/// Who is at the other end: consent, quiet hours and retries follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counterparty {
    /// An insurance or another business.
    Payer,
    /// A patient.
    Patient,
}

/// Whom to call.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dial {
    /// One field of type phone.
    pub to: Template,
    /// Digits behind it.
    pub extension: Option<Template>,
}

/// What a call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// From the first ring to the end, in seconds.
    pub max_call_seconds: u32,
    /// Of it outside of menus and holding, in seconds.
    pub max_talk_seconds: u32,
    /// Questions to the model.
    pub max_llm_turns: u32,
    /// What it may cost, in cents of the price table's currency; the runtime counts it.
    pub max_cost_cents: Option<u32>,
}

/// What is known at the beginning of a call.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Known {
    /// Fields of the case without which there is no call.
    pub require: Vec<String>,
    /// Fields that may be spoken of; no other is.
    pub expose: BTreeMap<String, Exposure>,
}

/// How a field may be spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// The model may read it.
    Show,
    /// The model writes `<<name>>`, and the runtime says the value in this manner.
    Slot(Manner),
}

/// How a value is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// As it stands.
    Text,
    /// One character after the other.
    Spell,
    /// One digit after the other.
    Digits,
    /// A day.
    Date,
    /// A day and the time, in the zone of the call.
    Datetime,
}

/// Something that is found out in a call.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: OutcomeType,
    /// What an enum can be.
    #[serde(default)]
    pub values: Vec<String>,
    /// What it is until somebody says otherwise.
    pub default: Option<serde_json::Value>,
    /// The call has not done its work without it.
    #[serde(default)]
    pub required: bool,
    /// A regular expression that the whole text must match.
    pub pattern: Option<String>,
    /// In characters.
    pub max_length: Option<usize>,
    /// Whether words of the other side must prove it.
    pub evidence: Option<Evidence>,
    /// Whether it is repeated to them before it counts.
    pub confirm: Option<Confirm>,
}

/// What something that is found out holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeType {
    /// A line.
    String,
    /// Several lines.
    Text,
    /// A number.
    Number,
    /// A day.
    Date,
    /// An instant with its offset.
    Datetime,
    /// A telephone number in E.164.
    Phone,
    /// One of its values.
    Enum,
    /// True or false.
    Boolean,
    /// Several entries; written back as lines.
    List,
}

/// Whether words of the other side must prove it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// They must.
    Required,
}

/// How something is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirm {
    /// The runtime says it character by character and waits for a yes.
    ReadBack,
}

/// Lines of the runtime that a flow may word itself.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lines {
    /// That this is no person.
    pub automated: Option<Wording>,
    /// That the call is recorded.
    pub recorded: Option<Wording>,
    /// When nothing was understood or no answer came.
    pub again: Option<Wording>,
    /// When nobody says anything.
    pub idle: Option<Wording>,
}

/// What is done when a call is over.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AfterCall {
    /// A summary of what was found out.
    pub summary: Option<Summary>,
    /// What goes into the case.
    pub write_back: Vec<String>,
    /// Events that are told.
    pub emit: Vec<String>,
}

/// How a call is summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Its form.
    pub style: Style,
    /// Its length.
    pub max_words: u32,
}

/// The form of a summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Situation, background, assessment, recommendation.
    Sbar,
    /// Sentences.
    Plain,
}

impl Flow {
    /// The function of that name and whether every conversation has it.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.get(name).or_else(|| self.global_functions.get(name))
    }

    /// How a field is said, if it is a slot.
    #[must_use]
    pub fn slot(&self, name: &str) -> Option<Manner> {
        match self.context.expose.get(name) {
            Some(Exposure::Slot(manner)) => Some(*manner),
            _ => None,
        }
    }
}
