//! What a model may call: declared to the last argument, with what comes of it.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::template::Template;

/// Something that a model may call.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// When to call it.
    pub description: String,
    /// Its arguments.
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
    /// Those that must be there.
    #[serde(default)]
    pub required: Vec<String>,
    /// What is known from then on.
    #[serde(default)]
    pub set: BTreeMap<String, Setting>,
    /// Entries that are added to lists.
    #[serde(default)]
    pub append: BTreeMap<String, BTreeMap<String, Template>>,
    /// A comparison that the runtime makes: the model never sees what it is compared with.
    pub compare: Option<Compare>,
    /// The argument with the other side's own words; the call is refused when they did not say them.
    pub evidence: Option<String>,
    /// What it does outside of the call.
    pub capability: Option<Capability>,
    /// Where the call goes on.
    pub transition_to: Option<Transition>,
    /// Whether words that come between drop it while it waits for its confirmation.
    #[serde(default = "yes")]
    pub cancel_on_interruption: bool,
    /// How often it may be called.
    pub max_calls: Option<u32>,
    /// Words upon which the runtime calls it itself, without the model; it then takes no arguments.
    #[serde(default)]
    pub when_heard: Vec<String>,
}

fn yes() -> bool {
    true
}

/// An argument.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ParameterType,
    /// What to put in.
    pub description: Option<String>,
    /// What it can be.
    #[serde(default, rename = "enum")]
    pub choices: Vec<String>,
    /// How a text is written.
    pub format: Option<Format>,
    /// In characters; 200 unless told.
    pub max_length: Option<usize>,
}

/// What an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterType {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// `2026-05-01`.
    Date,
    /// `2026-05-01T09:30:00+03:00`.
    DateTime,
    /// `+966112345678`.
    Phone,
}

/// A comparison.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// What was said.
    pub left: Template,
    /// What is known.
    pub right: Template,
    /// What is true when they are the same, and false otherwise.
    pub set: String,
}

/// What a call may do outside of itself. The list is closed: a flow cannot add to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Capability {
    /// The patient is not called any more.
    #[serde(rename = "contacts.opt_out")]
    OptOut,
    /// Somebody of the practice has to look at it.
    #[serde(rename = "tasks.create")]
    Task,
    /// Somebody of the practice has to look at it now.
    #[serde(rename = "tasks.create_urgent")]
    UrgentTask,
}

/// What something is set to.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// A text; a template that is one variable keeps the type of its value.
    Text(Template),
    /// Anything else.
    Value(serde_json::Value),
}

/// Where the call goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transition {
    /// There.
    To(String),
    /// By the value of an argument or of something that is known.
    By {
        /// `args.…` or `state.…`.
        field: String,
        /// By value.
        cases: BTreeMap<String, String>,
        /// For every other value.
        default: String,
    },
}

impl Transition {
    /// All places where it may lead, with the key of each in the file.
    pub(crate) fn targets(&self) -> Vec<(String, &str)> {
        match self {
            Self::To(node) => vec![(String::new(), node)],
            Self::By { cases, default, .. } => {
                let cases = cases.iter().map(|(value, node)| (format!(".cases.{value}"), node.as_str()));
                cases.chain([(".default".to_owned(), default.as_str())]).collect()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Setting {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(from)? {
            serde_json::Value::String(text) => Template::parse(&text).map(Self::Text).map_err(D::Error::custom),
            value @ (serde_json::Value::Bool(_) | serde_json::Value::Number(_)) => Ok(Self::Value(value)),
            _ => Err(D::Error::custom("Set it to a text, a number, true or false.")),
        }
    }
}

impl<'de> Deserialize<'de> for Transition {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct By {
            field: String,
            cases: BTreeMap<String, String>,
            default: String,
        }
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Transition;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("the name of a node, or { field, cases, default }")
            }

            fn visit_str<E: serde::de::Error>(self, node: &str) -> Result<Transition, E> {
                Ok(Transition::To(node.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Transition, A::Error> {
                let By { field, cases, default } = By::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(Transition::By { field, cases, default })
            }
        }
        from.deserialize_any(Either)
    }
}
