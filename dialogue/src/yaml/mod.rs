//! YAML as flows use it: the core of version 1.2, every value with its place.
//!
//! What makes files say something else than their readers think is refused: keys that are given twice, anchors, aliases,
//! tags, and more than one document. What a plain scalar is, is decided when its type is known ([`read`]).

mod read;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::Fault;

pub(crate) use read::{read, read_typed};

/// The largest file in bytes, and how deep it may be nested.
const LARGEST: usize = 512 * 1024;
const DEEPEST: usize = 32;

/// A place in a file: line and column from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub line: usize,
    pub column: usize,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub place: Place,
    pub value: Value,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// A scalar; what stands without quotes is `plain`.
    Scalar { text: String, plain: bool },
    /// A list.
    List(Vec<Node>),
    /// A mapping in its order.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    pub place: Place,
    pub text: String,
    pub plain: bool,
}

impl Node {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name.text == key).map(|(_, node)| node)
    }

    /// The keys and values of a mapping; of anything else none.
    pub fn entries(&self) -> &[(Key, Self)] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// Where a path leads to, or as far as it goes.
    pub fn place_of(&self, path: &str) -> Place {
        let (mut node, mut place) = (self, self.place);
        for step in path.split('.').filter(|step| !step.is_empty()) {
            let next = match &node.value {
                Value::Map(entries) => {
                    entries.iter().find(|(key, _)| key.text == step).map(|(key, node)| (key.place, node))
                }
                Value::List(items) => {
                    step.parse().ok().and_then(|index: usize| items.get(index)).map(|node| (node.place, node))
                }
                Value::Scalar { .. } => None,
            };
            let Some((at, inner)) = next else { break };
            (place, node) = (at, inner);
        }
        place
    }

    /// A fault at a path of this file.
    pub fn fault(&self, path: &str, code: &'static str, message: impl Into<String>) -> Fault {
        let Place { line, column } = self.place_of(path);
        Fault { line, column, path: path.to_owned(), code, message: message.into() }
    }
}

/// Reads a file.
///
/// # Errors
/// `size`, `syntax`, `depth`, `anchor`, `tag`, `documents`, `duplicate`, `key`: all that were found up to where it cannot
/// be read on.
pub(crate) fn parse(text: &str) -> Result<Node, Vec<Fault>> {
    if text.len() > LARGEST {
        return Err(vec![fault(Place { line: 1, column: 1 }, "size", "A file has at most 512 KiB.")]);
    }
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                if !builder.take(event, place(span)) {
                    break;
                }
            }
            Err(error) => {
                let at = Place { line: error.marker().line(), column: error.marker().col() + 1 };
                let message = format!("This cannot be read as YAML: {}.", error.info());
                builder.faults.push(fault(at, "syntax", message));
                break;
            }
        }
    }
    if builder.faults.is_empty() { Ok(builder.root.unwrap_or_else(empty)) } else { Err(builder.faults) }
}

fn empty() -> Node {
    Node { place: Place { line: 1, column: 1 }, value: Value::Map(Vec::new()) }
}

fn place(span: Span) -> Place {
    Place { line: span.start.line(), column: span.start.col() + 1 }
}

fn fault(at: Place, code: &'static str, message: impl Into<String>) -> Fault {
    Fault { line: at.line, column: at.column, path: String::new(), code, message: message.into() }
}

/// Puts nodes together as the parser tells of them.
#[derive(Default)]
struct Builder {
    root: Option<Node>,
    open: Vec<(Node, Option<Key>)>,
    faults: Vec<Fault>,
}

impl Builder {
    /// Takes what comes next; false when nothing behind it can be read.
    fn take(&mut self, event: Event<'_>, at: Place) -> bool {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.plain(anchor, tag.is_some(), at);
                let plain = style == ScalarStyle::Plain;
                self.add(Node { place: at, value: Value::Scalar { text: text.into_owned(), plain } });
            }
            Event::SequenceStart(anchor, tag) => return self.open(anchor, tag.is_some(), at, Value::List(Vec::new())),
            Event::MappingStart(anchor, tag) => return self.open(anchor, tag.is_some(), at, Value::Map(Vec::new())),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((node, _)) = self.open.pop() {
                    self.add(node);
                }
            }
            Event::Alias(_) => {
                self.faults.push(fault(at, "anchor", "Anchors and aliases are not taken: write the value again."));
                return false;
            }
            Event::DocumentStart(_) if self.root.is_some() => {
                self.faults.push(fault(at, "documents", "A file holds one document."));
                return false;
            }
            Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
        }
        true
    }

    fn plain(&mut self, anchor: usize, tagged: bool, at: Place) {
        if anchor != 0 {
            self.faults.push(fault(at, "anchor", "Anchors and aliases are not taken: write the value again."));
        }
        if tagged {
            self.faults.push(fault(at, "tag", "Tags are not taken: leave out what begins with an exclamation mark."));
        }
    }

    fn open(&mut self, anchor: usize, tagged: bool, at: Place, value: Value) -> bool {
        self.plain(anchor, tagged, at);
        self.open.push((Node { place: at, value }, None));
        let deep = self.open.len() > DEEPEST;
        if deep {
            self.faults.push(fault(at, "depth", "This is nested too deeply: at most 32 levels."));
        }
        !deep
    }

    fn add(&mut self, node: Node) {
        let Some((parent, waiting)) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        match (&mut parent.value, waiting.take(), node) {
            (Value::List(items), _, node) => items.push(node),
            (Value::Map(entries), Some(key), node) => {
                if entries.iter().any(|(other, _)| other.text == key.text) {
                    self.faults.push(fault(key.place, "duplicate", format!("`{}` is given twice here.", key.text)));
                } else {
                    entries.push((key, node));
                }
            }
            (Value::Map(_), None, Node { place, value: Value::Scalar { text, plain } }) => {
                *waiting = Some(Key { place, text, plain });
            }
            (Value::Map(_), None, Node { place, .. }) => {
                self.faults.push(fault(place, "key", "A key is a text, no list and no mapping."));
                *waiting = Some(Key { place, text: String::new(), plain: false });
            }
            (Value::Scalar { .. }, ..) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<(usize, usize, &'static str)> {
        let faults = parse(text).expect_err("refused");
        faults.into_iter().map(|fault| (fault.line, fault.column, fault.code)).collect()
    }

    #[test]
    fn every_value_has_its_place() {
        let node = parse("a: 1\nb:\n  - x\n  - { c: \"y\" }\n").expect("read");
        assert_eq!(node.place_of("b.1.c"), Place { line: 4, column: 7 });
        assert_eq!(node.place_of("b.7.c"), Place { line: 2, column: 1 }, "as far as it leads");
        let c = node.get("b").map(|b| &b.value);
        assert!(matches!(c, Some(Value::List(items)) if items.len() == 2));
    }

    #[test]
    fn what_reads_otherwise_than_it_looks_is_refused() {
        assert_eq!(codes("a: 1\nb: 2\na: 3\n"), [(3, 1, "duplicate")]);
        assert_eq!(codes("a: &x 1\nb: *x\n"), [(1, 4, "anchor"), (2, 4, "anchor")]);
        assert_eq!(codes("a: !!str 1\n"), [(1, 4, "tag")]);
        assert_eq!(codes("a: 1\n---\nb: 2\n"), [(2, 1, "documents")]);
        assert_eq!(codes("? [a]\n: 1\n"), [(1, 3, "key")]);
        assert_eq!(codes("a: [1\nb: 2\n").last().map(|fault| fault.2), Some("syntax"));
        assert_eq!(codes(&"[".repeat(40)), [(1, 33, "depth")]);
        assert_eq!(codes(&"# a\n".repeat(200_000)), [(1, 1, "size")]);
    }
}
