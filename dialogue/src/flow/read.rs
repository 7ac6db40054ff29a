//! Reading a flow, as many faults at a time as can be found.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::{Flow, Node};
use crate::yaml::{self, read, read_typed};
use crate::{Fault, Schema};

const KEYS: [&str; 17] = [
    "version",
    "workflow",
    "direction",
    "counterparty",
    "dial",
    "locale",
    "limits",
    "context",
    "outcome",
    "personas",
    "lines",
    "initial_node",
    "nodes",
    "functions",
    "global_functions",
    "after_call",
    "description",
];

const TYPES: &str = "conversation, form, classify, ivr, hold, say, branch, transfer, voicemail, end";

/// A flow and the file it was read from, which knows the places.
#[derive(Clone, Debug)]
pub struct Source {
    /// The flow.
    pub flow: Flow,
    root: yaml::Node,
}

impl Source {
    /// Reads a flow.
    ///
    /// # Errors
    /// All faults of the sections, nodes and functions, the first of each.
    pub fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let root = yaml::parse(text)?;
        let mut reader = Reader { root: &root, faults: Vec::new() };
        reader.keys();
        let flow = reader.flow(text);
        let mut faults = reader.faults;
        faults.sort();
        match flow {
            Some(flow) if faults.is_empty() => Ok(Self { flow, root }),
            _ => Err(faults),
        }
    }

    /// Everything that is wrong with the flow for cases of this schema; nothing, if it may be used.
    #[must_use]
    pub fn check(&self, schema: &Schema) -> Vec<Fault> {
        let problems = crate::check::check(&self.flow, schema);
        let faults = problems.into_iter().map(|problem| self.root.fault(&problem.path, problem.code, problem.message));
        let mut faults: Vec<_> = faults.collect();
        faults.sort();
        faults.dedup();
        faults
    }
}

struct Reader<'n> {
    root: &'n yaml::Node,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn keys(&mut self) {
        for (key, _) in self.root.entries().iter().filter(|(key, _)| !KEYS.contains(&key.text.as_str())) {
            let message = format!("`{}` is not known here; there is: {}.", key.text, KEYS.join(", "));
            self.faults.push(self.root.fault(&key.text, "unknown", message));
        }
    }

    fn flow(&mut self, text: &str) -> Option<Flow> {
        let version: Option<u32> = self.required("version");
        if version.is_some_and(|version| version != 1) {
            self.faults.push(self.root.fault("version", "value", "There is version 1 only."));
        }
        let _described: Option<String> = self.optional("description");
        // everything is read before anything is asked for, so that all faults are found
        let (workflow, direction, counterparty) =
            (self.required("workflow"), self.required("direction"), self.required("counterparty"));
        let (dial, locale): (_, Option<String>) = (self.optional("dial"), self.optional("locale"));
        let (limits, context) = (self.required("limits"), self.optional("context"));
        let (outcome, personas) = (self.each("outcome"), self.each("personas"));
        let (lines, initial_node, nodes) = (self.optional("lines"), self.required("initial_node"), self.nodes());
        let (functions, global_functions) = (self.each("functions"), self.each("global_functions"));
        let after_call = self.optional("after_call");
        Some(Flow {
            hash: hash(text),
            workflow: workflow?,
            direction: direction?,
            counterparty: counterparty?,
            dial,
            locale: locale.unwrap_or_else(|| "practice".to_owned()),
            limits: limits?,
            context: context.unwrap_or_default(),
            outcome,
            personas,
            lines: lines.unwrap_or_default(),
            initial_node: initial_node?,
            nodes,
            functions,
            global_functions,
            after_call: after_call.unwrap_or_default(),
        })
    }

    fn optional<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let node = self.root.get(key)?;
        read(node, key).map_err(|fault| self.faults.push(fault)).ok()
    }

    fn required<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        if self.root.get(key).is_none() {
            self.faults.push(self.root.fault("", "missing", format!("`{key}` must be given.")));
        }
        self.optional(key)
    }

    /// The entries of a mapping, each with its own faults.
    fn each<T: DeserializeOwned>(&mut self, key: &str) -> BTreeMap<String, T> {
        self.entries(key, read)
    }

    fn entries<T>(&mut self, key: &str, read: impl Fn(&yaml::Node, &str) -> Result<T, Fault>) -> BTreeMap<String, T> {
        let Some(node) = self.root.get(key) else { return BTreeMap::new() };
        if !matches!(node.value, yaml::Value::Map(_)) {
            self.faults.push(self.root.fault(key, "type", "This should be a mapping of names."));
        }
        let mut found = BTreeMap::new();
        for (name, node) in node.entries() {
            let path = format!("{key}.{}", name.text);
            if !is_name(&name.text) {
                let message = "A name has lower-case letters, digits and underscores, a letter first, at most 60.";
                self.faults.push(self.root.fault(&path, "name", message));
            }
            match read(node, &path) {
                Ok(value) => drop(found.insert(name.text.clone(), value)),
                Err(fault) => self.faults.push(fault),
            }
        }
        found
    }

    fn nodes(&mut self) -> BTreeMap<String, Node> {
        self.entries("nodes", |node, path| {
            let Some(kind) = node.get("type") else {
                let yaml::Place { line, column } = node.place;
                let message = format!("Give the node a type: {TYPES}.");
                return Err(Fault { line, column, path: path.to_owned(), code: "missing", message });
            };
            let kind_path = format!("{path}.type");
            Ok(match read::<String>(kind, &kind_path)?.as_str() {
                "conversation" => Node::Conversation(read_typed(node, path)?),
                "form" => Node::Form(read_typed(node, path)?),
                "classify" => Node::Classify(read_typed(node, path)?),
                "ivr" => Node::Ivr(read_typed(node, path)?),
                "hold" => Node::Hold(read_typed(node, path)?),
                "say" => Node::Say(read_typed(node, path)?),
                "branch" => Node::Branch(read_typed(node, path)?),
                "transfer" => Node::Transfer(read_typed(node, path)?),
                "voicemail" => Node::Voicemail(read_typed(node, path)?),
                "end" => Node::End(read_typed(node, path)?),
                other => {
                    let yaml::Place { line, column } = kind.place;
                    let message = format!("`{other}` is none of: {TYPES}.");
                    return Err(Fault { line, column, path: kind_path, code: "choice", message });
                }
            })
        })
    }
}

fn is_name(name: &str) -> bool {
    name.len() <= 60
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// SHA-256 in hexadecimal digits.
fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
