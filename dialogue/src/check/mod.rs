//! What must hold for a flow before anybody is called with it. All of it is proved from the file and the schema of the
//! cases, without running anything.

mod graph;
mod privacy;
#[cfg(test)]
mod tests;
mod texts;
mod values;

use crate::flow::{Direction, Flow, Node};
use crate::template::Template;
use crate::{Field, Schema};

#[cfg(test)]
pub(crate) use tests::FLOW;

/// Something that must not be: where, a stable code, what to do.
#[derive(Debug)]
pub(crate) struct Problem {
    pub path: String,
    pub code: &'static str,
    pub message: String,
}

/// What a flow may know of the practice.
pub(crate) const ORG: [&str; 5] = ["name", "phone", "on_call_phone", "address", "hours"];
/// What a flow may know of the call.
pub(crate) const CALL: [&str; 1] = ["summary"];

/// Everything that is wrong.
pub(crate) fn check(flow: &Flow, schema: &Schema) -> Vec<Problem> {
    let mut checker = Checker { flow, schema, problems: Vec::new() };
    checker.frame();
    checker.graph();
    checker.values();
    checker.texts();
    checker.privacy();
    checker.problems
}

struct Checker<'f> {
    flow: &'f Flow,
    schema: &'f Schema,
    problems: Vec<Problem>,
}

impl<'f> Checker<'f> {
    fn add(&mut self, path: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.problems.push(Problem { path: path.into(), code, message: message.into() });
    }

    fn field(&self, path: &str) -> Option<&'f Field> {
        self.schema.field(path.strip_prefix("patient.")?)
    }

    /// Limits, directions and numbers.
    fn frame(&mut self) {
        let limits = self.flow.limits;
        for (key, value, most) in [
            ("max_call_seconds", limits.max_call_seconds, 14_400),
            ("max_talk_seconds", limits.max_talk_seconds, limits.max_call_seconds),
            ("max_llm_turns", limits.max_llm_turns, 500),
        ] {
            if value == 0 || value > most {
                self.add(format!("limits.{key}"), "limit", format!("Take a number from 1 to {most}."));
            }
        }
        if self.flow.direction != Direction::Inbound && self.flow.dial.is_none() {
            self.add("", "dial", "A flow that calls needs `dial.to`.");
        }
        if let Some(dial) = &self.flow.dial {
            self.is_phone("dial.to", &dial.to);
        }
        let is_tag = |tag: &str| tag == "practice" || matches!(tag.split('-').next(), Some("en" | "ar"));
        if !is_tag(&self.flow.locale) {
            self.add("locale", "language", "Write `practice`, or a tag of English or Arabic such as en-US.");
        }
        for (name, node) in &self.flow.nodes {
            self.numbers(&format!("nodes.{name}"), node);
        }
    }

    fn numbers(&mut self, path: &str, node: &Node) {
        let mut within = |key: &str, value: u32, most: u32| {
            if value == 0 || value > most {
                self.add(format!("{path}.{key}"), "limit", format!("Take a number from 1 to {most}."));
            }
        };
        match node {
            Node::Classify(node) => within("listen_seconds", node.listen_seconds, 60),
            Node::Transfer(node) => within("ring_seconds", node.ring_seconds, 120),
            _ => {}
        }
        if let Some(guards) = node.guards() {
            within("guards.max_seconds", guards.max_seconds.unwrap_or(1), 14_400);
            within("guards.max_turns", guards.max_turns.unwrap_or(1), 100);
            within("guards.max_repeats_of_same_menu", guards.max_repeats_of_same_menu.unwrap_or(1), 10);
            if guards.on_exhausted.is_none() {
                self.add(path, "guards", "Say where the call goes when nothing helps: `guards: { on_exhausted: … }`.");
            }
        }
    }

    /// A number that is called comes from a field: nobody can talk us into another one.
    fn is_phone(&mut self, path: &str, number: &Template) {
        let is_phone = number.alone().is_some_and(|variable| match variable {
            "org.phone" | "org.on_call_phone" => true,
            _ => self.field(variable).is_some_and(|field| field.kind == crate::Kind::Phone),
        });
        if !is_phone {
            let message = "A number comes from one field of type phone, `{{ patient.… }}`, or from `{{ org.phone }}` or \
                           `{{ org.on_call_phone }}`.";
            self.add(path, "phone", message);
        }
    }
}
