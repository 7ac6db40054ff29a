//! The facts that an expression reads.

use super::tree::{Kind, Literal, Macro, MacroKind, Node};
use super::value::TYPES;
use crate::names::{Names, each, join};

/// Adds what an expression reads.
pub(crate) fn names(node: &Node, names: &mut Names) {
    Reader { names, locals: Vec::new() }.read(node);
}

struct Reader<'n> {
    names: &'n mut Names,
    /// Variables of macros, and the path of what they stand for, where that is part of the facts.
    locals: Vec<(String, Option<String>)>,
}

/// Where something comes from.
enum Source {
    /// This path of the facts.
    Path(String),
    /// Something that was made.
    Made,
}

impl Reader<'_> {
    fn read(&mut self, node: &Node) {
        match (self.source(node), &node.kind) {
            // an element as a whole is no more than what is gone through
            (Some(Source::Path(path)), _) if path.ends_with("[]") => {}
            (Some(Source::Path(path)), _) => {
                self.names.paths.insert(path);
            }
            (Some(Source::Made), _) => {}
            (None, Kind::Macro(of)) => self.read_macro(of),
            (None, kind) => kind.each(&mut |below| self.read(below)),
        }
    }

    /// Where names, fields and elements come from; nothing for other nodes.
    fn source(&self, node: &Node) -> Option<Source> {
        let (of, field) = match &node.kind {
            Kind::Name(name) => {
                let local =
                    self.locals.iter().rev().find(|local| !name.absolute && Some(&local.0) == name.parts.first());
                return Some(match local {
                    Some((_, Some(path))) => Source::Path(join(path, &name.parts[1..].join("."))),
                    Some((_, None)) => Source::Made,
                    None if TYPES.contains(&name.full()) => Source::Made,
                    None => Source::Path(name.full().to_owned()),
                });
            }
            Kind::Select(of, field) | Kind::Has(of, field) => (&**of, field.clone()),
            Kind::Index(nodes) => {
                let [of, index] = &**nodes;
                match &index.kind {
                    Kind::Literal(Literal::Text(key)) => (of, key.clone()),
                    Kind::Literal(Literal::Int(at)) => (of, at.to_string()),
                    _ => return None,
                }
            }
            _ => return None,
        };
        Some(match self.source(of)? {
            Source::Path(path) => Source::Path(join(&path, &field)),
            Source::Made => Source::Made,
        })
    }

    fn read_macro(&mut self, of: &Macro) {
        self.read(&of.range);
        let element = self.elements(&of.range);
        let outer = self.locals.len();
        match of.variables.as_slice() {
            [key, value] => {
                self.locals.push((key.clone(), None));
                self.locals.push((value.clone(), element));
            }
            variables => self.locals.extend(variables.iter().map(|name| (name.clone(), element.clone()))),
        }
        of.predicate.iter().chain(&of.transform).for_each(|node| self.read(node));
        self.locals.truncate(outer);
    }

    /// The path of what is gone through, where that is part of the facts.
    fn elements(&self, range: &Node) -> Option<String> {
        match &range.kind {
            Kind::Macro(of) if of.kind == MacroKind::List && of.transform.is_none() => self.elements(&of.range),
            _ => match self.source(range)? {
                Source::Path(path) => Some(each(&path)),
                Source::Made => None,
            },
        }
    }
}
