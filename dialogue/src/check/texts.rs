//! Texts: every variable and slot in them is known, allowed where it stands, and there when the call begins.

use super::{CALL, Checker, ORG};
use crate::flow::{Action, Exposure, Node, OutcomeType, Setting};
use crate::template::{Template, Wording};

/// Who reads a text.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reader {
    /// The model, as instructions.
    Model,
    /// The other side.
    Caller,
    /// Somebody of the practice.
    Staff,
    /// The runtime, in a function: arguments are known.
    Function,
}

impl Checker<'_> {
    pub(super) fn texts(&mut self) {
        let flow = self.flow;
        for (name, persona) in &flow.personas {
            self.wording(&format!("personas.{name}"), persona, Reader::Model);
        }
        let lines = &flow.lines;
        for (name, line) in [
            ("automated", &lines.automated),
            ("recorded", &lines.recorded),
            ("again", &lines.again),
            ("idle", &lines.idle),
        ] {
            if let Some(line) = line {
                self.wording(&format!("lines.{name}"), line, Reader::Caller);
            }
        }
        for (name, node) in &flow.nodes {
            for (key, text, reader) in texts_of(node) {
                self.wording(&format!("nodes.{name}.{key}"), text, reader);
            }
            if let Node::Transfer(node) = node {
                self.is_phone(&format!("nodes.{name}.to"), &node.to);
            }
        }
        for (place, functions) in [("functions", &flow.functions), ("global_functions", &flow.global_functions)] {
            for (name, function) in functions {
                let path = format!("{place}.{name}");
                for (key, setting) in &function.set {
                    if let Setting::Text(text) = setting {
                        self.in_function(&format!("{path}.set.{key}"), text, function);
                    }
                }
                for (key, entry) in &function.append {
                    for (inner, text) in entry {
                        self.in_function(&format!("{path}.append.{key}.{inner}"), text, function);
                    }
                }
                if let Some(compare) = &function.compare {
                    self.in_function(&format!("{path}.compare.left"), &compare.left, function);
                    self.in_function(&format!("{path}.compare.right"), &compare.right, function);
                }
            }
        }
    }

    fn in_function(&mut self, path: &str, text: &Template, function: &crate::flow::Function) {
        for (variable, _) in text.variables() {
            match variable.strip_prefix("args.") {
                Some(name) if !function.parameters.contains_key(name) => {
                    self.add(path, "variable", format!("There is no parameter `{name}`."));
                }
                Some(_) => {}
                None => self.variable(path, variable, true, Reader::Function),
            }
        }
    }

    fn wording(&mut self, path: &str, wording: &Wording, reader: Reader) {
        let locale = self.flow.locale.as_str();
        let needed: &[&str] = match locale.split('-').next() {
            Some("practice") => &["en", "ar"],
            Some("ar") => &["ar"],
            _ => &["en"],
        };
        // instructions are understood in any language
        if reader == Reader::Caller && !needed.iter().all(|language| wording.speaks(language)) {
            let message = format!("Word it in every language that a call may be in: {}.", needed.join(", "));
            self.add(path, "language", message);
        }
        for text in wording.all() {
            for (variable, has_default) in text.variables() {
                self.variable(path, variable, has_default, reader);
            }
            for slot in text.slots() {
                if self.flow.slot(slot).is_none() {
                    self.add(path, "slot", format!("`<<{slot}>>` is no slot: add it to `context.expose`."));
                }
            }
        }
    }

    fn variable(&mut self, path: &str, variable: &str, has_default: bool, reader: Reader) {
        let Some((root, name)) = variable.split_once('.') else { return };
        match root {
            "patient" => self.patient(path, name, has_default, reader),
            "org" if !ORG.contains(&name) => {
                self.add(path, "variable", format!("There is no `{variable}`; there is: {}.", ORG.join(", ")));
            }
            "call" if !CALL.contains(&name) => {
                self.add(path, "variable", format!("There is no `{variable}`; there is: {}.", CALL.join(", ")));
            }
            "args" => self.add(path, "variable", "Arguments are known in functions only."),
            "state" => self.state(path, name, reader),
            _ => {}
        }
        if variable == "call.summary" && reader == Reader::Model {
            self.add(path, "authority", "What was said does not belong into instructions.");
        }
    }

    fn patient(&mut self, path: &str, name: &str, has_default: bool, reader: Reader) {
        if self.schema.field(name).is_none() {
            return self.add(path, "variable", format!("The cases of this workflow have no field `{name}`."));
        }
        if !has_default && !self.flow.context.require.iter().any(|key| key == name) {
            let message = format!("`{name}` may be missing: add it to `context.require`, or give a default.");
            self.add(path, "required", message);
        }
        let is_shown = self.flow.context.expose.get(name) == Some(&Exposure::Show);
        if matches!(reader, Reader::Model | Reader::Caller) && !is_shown {
            let message =
                format!("`{name}` is not shown: add it to `context.expose`, or write `<<{name}>>` for a slot.");
            self.add(path, "exposure", message);
        }
    }

    /// Words of the other side never become instructions: of what is known, only what cannot hold words may.
    fn state(&mut self, path: &str, name: &str, reader: Reader) {
        let Some(outcome) = self.flow.outcome.get(name) else {
            return self.add(path, "undeclared", format!("`{name}` is not in `outcome`."));
        };
        let holds_words = matches!(outcome.kind, OutcomeType::String | OutcomeType::Text | OutcomeType::List);
        if reader == Reader::Model && holds_words {
            self.add(path, "authority", "Words of the other side do not belong into instructions.");
        }
    }
}

/// The texts of a node, with their key and who reads them.
fn texts_of(node: &Node) -> Vec<(String, &Wording, Reader)> {
    let mut texts = Vec::new();
    match node {
        Node::Conversation(node) => {
            texts.push(("task".to_owned(), &node.task, Reader::Model));
            for (key, actions) in [("pre_actions", &node.pre_actions), ("post_actions", &node.post_actions)] {
                for (index, action) in actions.iter().enumerate() {
                    if let Action::Say { text } = action {
                        texts.push((format!("{key}.{index}.text"), text, Reader::Caller));
                    }
                }
            }
        }
        Node::Form(node) => {
            for (index, item) in node.items.iter().enumerate() {
                texts.push((format!("items.{index}.ask"), &item.ask, Reader::Caller));
            }
        }
        Node::Say(node) => texts.push(("text".to_owned(), &node.text, Reader::Caller)),
        Node::Transfer(node) => {
            texts.extend(node.brief.as_ref().map(|brief| ("brief".to_owned(), brief, Reader::Staff)));
        }
        Node::Voicemail(node) => texts.push(("text".to_owned(), &node.text, Reader::Caller)),
        _ => {}
    }
    texts
}
