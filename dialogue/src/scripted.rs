//! A model that answers by rules from a file, so that flows can be tried and shown without one. It always answers alike.
//!
//! ```yaml
//! version: 1
//! everywhere:
//!   - { when: "please hold", call: { name: put_on_hold } }
//! nodes:
//!   greet:
//!     open: "Am I speaking with Ana?"
//!     answers:
//!       - { when: "number is ([a-z0-9 ]+)", say: "Thank you.", call: { name: record, args: { number: "{1|code}", quote: "{0}" } } }
//!     else: "Could you say that again?"
//! ```
//! `when` is a regular expression for what the other side has said last, in any case. In texts and arguments `{0}` is all of
//! it and `{1}` the first group; `{1|code}` is the group as a code, without spaces and with digits for number words, and
//! `{0|date}` the day in it. What is said may be given per language, as in flows.

use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::engine::{DONE_AND_ON, JUST_BEGUN, Message, Question, SPEAK_ARABIC, ToolCall};
use crate::flow::{Exposure, Flow};
use crate::template::Wording;
use crate::yaml::{self, read};
use crate::{Context, Fault, words};

/// Rules by which questions are answered.
#[derive(Clone, Debug, Default)]
pub struct Script {
    everywhere: Vec<Rule>,
    nodes: BTreeMap<String, Lines>,
}

/// What a scripted model answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// It says this.
    Text(String),
    /// It calls this.
    Call(ToolCall),
}

#[derive(Clone, Debug, Default)]
struct Lines {
    open: Option<Wording>,
    answers: Vec<Rule>,
    otherwise: Option<Wording>,
}

#[derive(Clone, Debug)]
struct Rule {
    when: Regex,
    say: Option<Wording>,
    call: Option<Call>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    name: String,
    #[serde(default)]
    args: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    #[serde(default)]
    everywhere: Vec<WrittenRule>,
    #[serde(default)]
    nodes: BTreeMap<String, WrittenLines>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLines {
    open: Option<Wording>,
    #[serde(default)]
    answers: Vec<WrittenRule>,
    #[serde(rename = "else")]
    otherwise: Option<Wording>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    when: String,
    say: Option<Wording>,
    call: Option<Call>,
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// As flows are read; and `pattern` for a regular expression that is none.
    pub fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let root = yaml::parse(text)?;
        let written: Written = read(&root, "").map_err(|fault| vec![fault])?;
        if written.version != 1 {
            return Err(vec![root.fault("version", "value", "There is version 1 only.")]);
        }
        let mut faults = Vec::new();
        let mut compile = |rules: Vec<WrittenRule>, path: &str| -> Vec<Rule> {
            let compiled = rules.into_iter().enumerate().filter_map(|(index, WrittenRule { when, say, call })| {
                let when = RegexBuilder::new(&when).case_insensitive(true).build();
                let path = format!("{path}.{index}.when");
                let fault = |_| faults.push(root.fault(&path, "pattern", "This is no regular expression."));
                when.map_err(fault).ok().map(|when| Rule { when, say, call })
            });
            compiled.collect()
        };
        let everywhere = compile(written.everywhere, "everywhere");
        let mut nodes = BTreeMap::new();
        for (name, WrittenLines { open, answers, otherwise }) in written.nodes {
            let answers = compile(answers, &format!("nodes.{name}.answers"));
            nodes.insert(name, Lines { open, answers, otherwise });
        }
        if faults.is_empty() { Ok(Self { everywhere, nodes }) } else { Err(faults) }
    }

    /// The answer to a question that is asked in this node.
    #[must_use]
    pub fn answer(&self, node: &str, question: &Question) -> Vec<Piece> {
        let empty = Lines::default();
        let lines = self.nodes.get(node).unwrap_or(&empty);
        let Said { text, called, is_new, has_moved } = said(&question.messages);
        let system = if let Some(Message::System(text)) = question.messages.first() { text } else { "" };
        let is_arabic = system.contains(SPEAK_ARABIC);
        let is_first = has_moved || system.contains(JUST_BEGUN);
        let language = if is_arabic { "ar" } else { "en" };
        let worded = |wording: &Wording| wording.of(language).text(&|_| None);
        // nothing came between our last words and the question: we have the word
        let last = question.messages.last();
        let is_opening = matches!(last, Some(Message::System(_)))
            || matches!(last, Some(Message::Assistant { calls, .. }) if calls.is_empty());
        let is_fresh = |rule: &&Rule| rule.call.as_ref().is_none_or(|call| !called.contains(&call.name));
        let rules = self.everywhere.iter().chain(&lines.answers).filter(|rule| !is_opening && is_fresh(rule));
        let found = rules.filter_map(|rule| Some((rule, rule.when.captures(text.as_deref()?)?))).next();
        if let Some((rule, groups)) = found {
            let say = rule.say.as_ref().map(|say| Piece::Text(filled(&worded(say), &groups)));
            let call = rule.call.as_ref().map(|call| {
                let id = format!("call_{}", question.messages.len());
                let arguments = call.args.iter().map(|(name, value)| (name.clone(), given(value, &groups)));
                let arguments = Value::Object(arguments.collect()).to_string();
                Piece::Call(ToolCall { id, name: call.name.clone(), arguments })
            });
            return say.into_iter().chain(call).collect();
        }
        let line = if is_new && !is_first { &lines.otherwise } else { &lines.open };
        let line = line.as_ref().or(lines.otherwise.as_ref()).or(lines.open.as_ref());
        line.map(|line| Piece::Text(worded(line))).into_iter().collect()
    }

    /// The same for a call of this flow: `[[patient_name]]` in a text is that field of its case, if a model may read it.
    #[must_use]
    pub fn answer_for(&self, node: &str, question: &Question, flow: &Flow, context: &Context) -> Vec<Piece> {
        let worded = |piece| match piece {
            Piece::Text(text) => Piece::Text(with_fields(&text, flow, context)),
            call @ Piece::Call(_) => call,
        };
        self.answer(node, question).into_iter().map(worded).collect()
    }

    /// The names of nodes and functions that it speaks of.
    pub(crate) fn names(&self) -> (Vec<&str>, Vec<&str>) {
        let rules = self.everywhere.iter().chain(self.nodes.values().flat_map(|lines| &lines.answers));
        let functions = rules.filter_map(|rule| rule.call.as_ref()).map(|call| call.name.as_str());
        (self.nodes.keys().map(String::as_str).collect(), functions.collect())
    }
}

/// What was said last, what was called for it, whether it has not been answered yet, and whether the call has moved on.
struct Said {
    text: Option<String>,
    called: Vec<String>,
    is_new: bool,
    has_moved: bool,
}

fn said(messages: &[Message]) -> Said {
    let mut said = Said { text: None, called: Vec::new(), is_new: false, has_moved: false };
    for message in messages {
        match message {
            Message::User(text) if text.starts_with("(Known so far") => {}
            Message::User(text) => {
                let text = match said.text.take().filter(|_| said.is_new && said.called.is_empty()) {
                    Some(before) => format!("{before} {text}"),
                    None => text.clone(),
                };
                said = Said { text: Some(text), called: Vec::new(), is_new: true, has_moved: false };
            }
            Message::Assistant { text, calls } => {
                said.called.extend(calls.iter().map(|call| call.name.clone()));
                said.is_new &= text.is_empty();
            }
            Message::Tool { text, .. } => said.has_moved |= text == DONE_AND_ON,
            Message::System(_) => {}
        }
    }
    said
}

fn given(value: &Value, groups: &regex::Captures<'_>) -> Value {
    value.as_str().map_or_else(|| value.clone(), |text| Value::from(filled(text, groups)))
}

/// A text with the groups put in.
fn filled(text: &str, groups: &regex::Captures<'_>) -> String {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, inner)) = rest.split_once('{') {
        filled.push_str(before);
        let (inner, after) = inner.split_once('}').unwrap_or((inner, ""));
        let (number, filter) = inner.split_once('|').unwrap_or((inner, ""));
        let group = number.parse().ok().and_then(|number: usize| groups.get(number)).map_or("", |group| group.as_str());
        filled.push_str(&match filter {
            "code" => words::tokens(group).concat().to_uppercase(),
            "date" => words::date(group).map(|date| date.to_string()).unwrap_or_default(),
            _ => group.trim().to_owned(),
        });
        rest = after;
    }
    filled + rest
}

/// A text with the fields that it names.
fn with_fields(text: &str, flow: &Flow, context: &Context) -> String {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, inner)) = rest.split_once("[[") {
        let (key, after) = inner.split_once("]]").unwrap_or((inner, ""));
        let is_shown = matches!(flow.context.expose.get(key), Some(Exposure::Show));
        filled.push_str(before);
        if let Some(value) = context.patient.get(key).and_then(Value::as_str).filter(|_| is_shown) {
            filled.push_str(value);
        }
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(messages: Vec<Message>) -> Question {
        Question { messages, tools: Vec::new(), longest: 10 }
    }

    #[test]
    fn rules_answer_and_the_same_words_call_once() {
        let script = Script::read(
            "version: 1\nnodes:\n  a:\n    open: \"Hi.\"\n    answers:\n      - { when: \"number is ([a-z0-9 ]+)\", \
             call: { name: f, args: { n: \"{1|code}\", q: \"{0}\" } } }\n    else: \"Pardon?\"\n",
        )
        .expect("read");
        let text = |text: &str| vec![Piece::Text(text.to_owned())];
        assert_eq!(script.answer("a", &question(vec![Message::System(String::new())])), text("Hi."));
        let user = Message::User("The number is a eight one".to_owned());
        let answer = script.answer("a", &question(vec![user.clone()]));
        let [Piece::Call(call)] = answer.as_slice() else { panic!("a call") };
        let arguments: Value = serde_json::from_str(&call.arguments).expect("JSON");
        assert_eq!(arguments, serde_json::json!({ "n": "A81", "q": "number is a eight one" }));
        let called = Message::Assistant { text: String::new(), calls: vec![call.clone()] };
        let result = |text: &str| Message::Tool { id: call.id.clone(), text: text.to_owned() };
        let again = |told: &str| script.answer("a", &question(vec![user.clone(), called.clone(), result(told)]));
        assert_eq!(again("They did not say that."), text("Pardon?"), "the same words do not call again");
        assert_eq!(again(DONE_AND_ON), text("Hi."), "a new task begins with its first line");
    }

    #[test]
    fn a_script_that_is_none_is_refused() {
        let codes =
            |text: &str| Script::read(text).expect_err("refused").into_iter().map(|it| it.code).collect::<Vec<_>>();
        assert_eq!(codes("version: 1\neverywhere:\n  - { when: \"(\" }\n"), ["pattern"]);
        assert_eq!(codes("version: 2\n"), ["value"]);
        assert_eq!(codes("version: 1\nanywhere: []\n"), ["unknown"]);
    }
}
