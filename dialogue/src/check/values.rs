//! What is set, compared and written back: declared, of one type all the way, and proved where it has to be.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use super::Checker;
use crate::Kind;
use crate::flow::{
    Evidence, Exposure, Function, Manner, Node, Outcome, OutcomeType, ParameterType, Setting, Transition,
};

impl Checker<'_> {
    pub(super) fn values(&mut self) {
        self.known();
        let flow = self.flow;
        for (key, outcome) in &flow.outcome {
            self.outcome(key, outcome);
        }
        for (index, key) in flow.after_call.write_back.iter().enumerate() {
            self.written(&format!("after_call.write_back.{index}"), key);
        }
        for (place, functions) in [("functions", &flow.functions), ("global_functions", &flow.global_functions)] {
            for (name, function) in functions {
                self.function(&format!("{place}.{name}"), function);
            }
        }
        for name in flow.functions.keys().filter(|name| flow.global_functions.contains_key(*name)) {
            self.add(
                format!("global_functions.{name}"),
                "duplicate",
                "A function of this name is in `functions` already.",
            );
        }
        for (name, node) in &flow.nodes {
            self.node(&format!("nodes.{name}"), node);
        }
    }

    /// Fields of the case exist and can be said as they shall be.
    fn known(&mut self) {
        for (index, key) in self.flow.context.require.iter().enumerate() {
            if self.schema.field(key).is_none() {
                let message = format!("The cases of this workflow have no field `{key}`.");
                self.add(format!("context.require.{index}"), "field", message);
            }
        }
        for (key, exposure) in &self.flow.context.expose {
            let path = format!("context.expose.{key}");
            match (self.schema.field(key), exposure) {
                (None, _) => self.add(path, "field", format!("The cases of this workflow have no field `{key}`.")),
                (Some(field), Exposure::Show) if field.sensitive => {
                    self.add(path, "sensitive", "What is sensitive is no text for a model: make it a slot.");
                }
                (Some(field), Exposure::Slot(manner)) => {
                    let fits = match manner {
                        Manner::Text | Manner::Spell => true,
                        Manner::Digits => matches!(field.kind, Kind::String | Kind::Phone | Kind::Number),
                        Manner::Date => field.kind == Kind::Date,
                        Manner::Datetime => field.kind == Kind::DateTime,
                    };
                    if !fits {
                        self.add(path, "type", "A field of this type cannot be said like that.");
                    }
                }
                _ => {}
            }
        }
    }

    fn outcome(&mut self, key: &str, outcome: &Outcome) {
        let path = format!("outcome.{key}");
        if (outcome.kind == OutcomeType::Enum) == outcome.values.is_empty() {
            self.add(&path, "choice", "An enum needs `values`, and nothing else has any.");
        }
        if outcome.pattern.as_ref().is_some_and(|pattern| Regex::new(pattern).is_err()) {
            self.add(format!("{path}.pattern"), "pattern", "This is no regular expression.");
        }
        let fits = |value: &Value| match outcome.kind {
            OutcomeType::Boolean => value.is_boolean(),
            OutcomeType::Number => value.is_number(),
            OutcomeType::Enum => value.as_str().is_some_and(|value| outcome.values.iter().any(|known| known == value)),
            OutcomeType::List => false,
            _ => value.is_string(),
        };
        if outcome.default.as_ref().is_some_and(|value| !fits(value)) {
            self.add(format!("{path}.default"), "type", "The default does not fit the type.");
        }
    }

    /// What is written back is a field of the case that can hold it.
    fn written(&mut self, path: &str, key: &str) {
        let Some(outcome) = self.flow.outcome.get(key) else {
            return self.add(path, "undeclared", format!("`{key}` is not in `outcome`."));
        };
        let Some(field) = self.schema.field(key) else {
            return self.add(path, "schema", format!("The cases of this workflow have no field `{key}`."));
        };
        let fits = match outcome.kind {
            OutcomeType::String => matches!(field.kind, Kind::String | Kind::Text),
            OutcomeType::Text | OutcomeType::List => field.kind == Kind::Text,
            OutcomeType::Number => field.kind == Kind::Number,
            OutcomeType::Date => field.kind == Kind::Date,
            OutcomeType::Datetime => field.kind == Kind::DateTime,
            OutcomeType::Phone => field.kind == Kind::Phone,
            OutcomeType::Boolean => field.kind == Kind::Boolean,
            OutcomeType::Enum => match field.kind {
                Kind::Select => {
                    let has = |value: &String| field.options.iter().any(|choice| choice.value == *value);
                    outcome.values.iter().all(has)
                }
                kind => kind == Kind::String,
            },
        };
        if !fits {
            self.add(path, "schema", format!("The field `{key}` cannot hold every value that `outcome` allows."));
        }
    }

    fn function(&mut self, path: &str, function: &Function) {
        for name in function.required.iter().filter(|name| !function.parameters.contains_key(*name)) {
            self.add(format!("{path}.required"), "argument", format!("There is no parameter `{name}`."));
        }
        for (name, parameter) in &function.parameters {
            let is_text = parameter.kind == ParameterType::String;
            if !is_text && (!parameter.choices.is_empty() || parameter.format.is_some()) {
                self.add(format!("{path}.parameters.{name}"), "type", "Only a string has `enum` and `format`.");
            }
        }
        let proved = function.evidence.as_ref().is_none_or(|name| {
            let is_text = function.parameters.get(name).is_some_and(|it| it.kind == ParameterType::String);
            is_text && function.required.contains(name)
        });
        if !proved {
            self.add(format!("{path}.evidence"), "evidence", "Evidence is a required parameter of type string.");
        }
        if !function.when_heard.is_empty() && !function.required.is_empty() {
            self.add(format!("{path}.when_heard"), "argument", "What the runtime calls itself takes no arguments.");
        }
        let compared = function.compare.iter().map(|compare| (&compare.set, "compare.set".to_owned()));
        let set = function.set.keys().map(|key| (key, format!("set.{key}")));
        let appended = function.append.keys().map(|key| (key, format!("append.{key}")));
        for (key, inner) in set.chain(appended).chain(compared) {
            self.is_set(&format!("{path}.{inner}"), key, function.evidence.is_some());
        }
        for (key, setting) in &function.set {
            self.setting(&format!("{path}.set.{key}"), key, setting, function);
        }
        for key in function.append.keys() {
            if self.flow.outcome.get(key).is_some_and(|outcome| outcome.kind != OutcomeType::List) {
                self.add(format!("{path}.append.{key}"), "type", "Only to a list can be appended.");
            }
        }
        if let Some(Transition::By { field, cases, .. }) = &function.transition_to {
            let known: Option<BTreeSet<&String>> = match field.split_once('.') {
                Some(("args", name)) => function.parameters.get(name).map(|it| it.choices.iter().collect()),
                _ => None,
            };
            self.forked(&format!("{path}.transition_to"), field, known, cases.keys());
        }
    }

    /// A key that is set is declared; and what needs evidence is set with evidence only.
    fn is_set(&mut self, path: &str, key: &str, proved: bool) {
        match self.flow.outcome.get(key) {
            None => self.add(path, "undeclared", format!("`{key}` is not in `outcome`.")),
            Some(outcome) if outcome.evidence == Some(Evidence::Required) && !proved => {
                self.add(
                    path,
                    "evidence",
                    format!("`{key}` is set with evidence only: add a parameter for their words."),
                );
            }
            Some(_) => {}
        }
    }

    fn setting(&mut self, path: &str, key: &str, setting: &Setting, function: &Function) {
        let Some(outcome) = self.flow.outcome.get(key) else { return };
        let argument = match setting {
            Setting::Text(text) => text.alone().and_then(|path| function.parameters.get(path.strip_prefix("args.")?)),
            Setting::Value(_) => None,
        };
        let fits = match (setting, argument) {
            (Setting::Value(Value::Bool(_)), _) => outcome.kind == OutcomeType::Boolean,
            (Setting::Value(_), _) => outcome.kind == OutcomeType::Number,
            (_, Some(argument)) => match outcome.kind {
                OutcomeType::Boolean => argument.kind == ParameterType::Boolean,
                OutcomeType::Number => matches!(argument.kind, ParameterType::Number | ParameterType::Integer),
                OutcomeType::Enum => {
                    !argument.choices.is_empty() && argument.choices.iter().all(|it| outcome.values.contains(it))
                }
                OutcomeType::List => false,
                _ => argument.kind == ParameterType::String,
            },
            (Setting::Text(text), None) => match outcome.kind {
                OutcomeType::Enum => {
                    text.variables().next().is_none() && outcome.values.contains(&text.text(&|_| None))
                }
                kind => matches!(kind, OutcomeType::String | OutcomeType::Text),
            },
        };
        if !fits {
            self.add(path, "type", format!("`{key}` cannot hold every value that this may be."));
        }
    }

    fn node(&mut self, path: &str, node: &Node) {
        match node {
            Node::Conversation(node) => {
                for (index, name) in node.functions.iter().enumerate() {
                    if !self.flow.functions.contains_key(name) {
                        self.add(
                            format!("{path}.functions.{index}"),
                            "function",
                            format!("There is no function `{name}`."),
                        );
                    }
                }
            }
            Node::Form(node) => {
                for (index, item) in node.items.iter().enumerate() {
                    let path = format!("{path}.items.{index}");
                    self.is_set(&format!("{path}.key"), &item.key, true);
                    let values = self.flow.outcome.get(&item.key).map(|outcome| &outcome.values);
                    for value in item.words.keys().filter(|value| values.is_some_and(|it| !it.contains(value))) {
                        self.add(format!("{path}.words.{value}"), "choice", "This is none of its values.");
                    }
                }
            }
            Node::Branch(node) => {
                self.forked(path, &node.on, None, node.cases.keys());
            }
            Node::Ivr(node) => {
                for (name, input) in &node.inputs {
                    if self.field(&input.from).is_none() {
                        let message = "What a phone tree is given comes from a field of the case: `patient.…`.";
                        self.add(format!("{path}.inputs.{name}.from"), "field", message);
                    }
                }
            }
            _ => {}
        }
        if let Some((Some(persona), _)) = node.speaking()
            && !self.flow.personas.contains_key(persona)
        {
            self.add(format!("{path}.persona"), "persona", format!("There is no persona `{persona}`."));
        }
    }

    /// The cases of a fork are values that there can be.
    fn forked<'k>(
        &mut self,
        path: &str,
        field: &str,
        known: Option<BTreeSet<&String>>,
        cases: impl Iterator<Item = &'k String>,
    ) {
        let flow = self.flow;
        let outcome = field.strip_prefix("state.").and_then(|key| flow.outcome.get(key));
        let booleans = ["true".to_owned(), "false".to_owned()];
        let known = known.or_else(|| {
            outcome.map(|outcome| match outcome.kind {
                OutcomeType::Boolean => booleans.iter().collect(),
                _ => outcome.values.iter().collect(),
            })
        });
        let Some(known) = known else {
            return self.add(path, "undeclared", format!("`{field}` is neither an argument nor in `outcome`."));
        };
        for case in cases.filter(|case| !known.contains(case)) {
            self.add(format!("{path}.cases.{case}"), "choice", format!("`{field}` is never `{case}`."));
        }
    }
}
