//! The macros: `has`, and those that go through lists and maps.

use super::evaluate::Machine;
use super::operate::no_overload;
use super::tree::{Kind, Macro, MacroKind, Node};
use super::value::{List, Map, Val};
use crate::fault::{Code, Fault};

/// `has(a.b)`
pub(super) fn has(mut arguments: Vec<Node>) -> Result<Kind, Fault> {
    let wrong = || Fault::new(Code::Arguments, "`has` takes one field: `has(a.b)`.");
    let (Some(node), true) = (arguments.pop(), arguments.is_empty()) else { return Err(wrong()) };
    match node.kind {
        Kind::Select(of, field) => Ok(Kind::Has(of, field)),
        Kind::Name(mut name) if name.parts.len() > 1 => {
            name.prefixes.pop();
            let field = name.parts.pop().ok_or_else(wrong)?;
            Ok(Kind::Has(Box::new(Node { kind: Kind::Name(name), ..node }), field))
        }
        _ => Err(wrong()),
    }
}

/// A call whose target and arguments are given back, as it is no macro.
type NoMacro = (Node, Vec<Node>);

/// A call that is a macro. It is one if name and number of arguments fit, as in the other implementations.
pub(super) fn expand(name: &str, target: Node, mut arguments: Vec<Node>) -> Result<Result<Kind, NoMacro>, Fault> {
    let (kind, variables, has_predicate, has_transform) = match (name, arguments.len()) {
        ("all", count @ 2..=3) => (MacroKind::All, count - 1, true, false),
        ("exists", count @ 2..=3) => (MacroKind::Exists, count - 1, true, false),
        ("exists_one" | "existsOne", count @ 2..=3) => (MacroKind::ExistsOne, count - 1, true, false),
        ("filter", 2) => (MacroKind::List, 1, true, false),
        ("map", count @ 2..=3) => (MacroKind::List, 1, count == 3, true),
        ("transformList", count @ 3..=4) => (MacroKind::List, 2, count == 4, true),
        ("transformMap", count @ 3..=4) => (MacroKind::Map, 2, count == 4, true),
        _ => return Ok(Err((target, arguments))),
    };
    let transform = if has_transform { arguments.pop() } else { None };
    let predicate = if has_predicate { arguments.pop() } else { None };
    let variables: Vec<String> = arguments.iter().take(variables).map(variable).collect::<Result<_, _>>()?;
    if matches!(variables.as_slice(), [a, b] if a == b) {
        let message = format!("Both variables of `{name}` have the same name; rename one.");
        return Err(Fault::new(Code::Syntax, message).at(target.at));
    }
    Ok(Ok(Kind::Macro(Box::new(Macro { kind, range: target, variables, predicate, transform }))))
}

fn variable(node: &Node) -> Result<String, Fault> {
    match &node.kind {
        Kind::Name(name) if name.parts.len() == 1 && !name.absolute => Ok(name.full().to_owned()),
        _ => Err(Fault::new(Code::Syntax, "Here stands the name of a variable: `list.all(x, x > 0)`.").at(node.at)),
    }
}

impl<'a> Machine<'a, '_> {
    pub(super) fn go_through(&mut self, of: &'a Macro) -> Result<Val<'a>, Fault> {
        let range = self.eval(&of.range)?;
        let entries: Box<dyn Iterator<Item = (Val<'a>, Val<'a>)>> = match &range {
            // lists are far shorter than 2^63
            Val::List(list) => {
                Box::new(list.iter().enumerate().map(|(at, value)| (Val::Int(i64::try_from(at).unwrap_or(0)), value)))
            }
            Val::Map(map) => Box::new(map.iter()),
            other => {
                let message = format!("A list or a map can be gone through, and this is {}.", other.kind());
                return Err(Fault::new(Code::Kind, message).at(of.range.at));
            }
        };
        let is_list = matches!(range, Val::List(_));
        let entries = entries.map(|(key, value)| Entry { key, value, is_list });
        match of.kind {
            MacroKind::All => self.quantify(of, entries, false),
            MacroKind::Exists => self.quantify(of, entries, true),
            MacroKind::ExistsOne => self.count(of, entries),
            MacroKind::List => self.make_list(of, entries),
            MacroKind::Map => self.make_map(of, entries),
        }
    }

    /// `all` and `exists`: an element that decides makes faults of others not matter.
    fn quantify(
        &mut self,
        of: &'a Macro,
        entries: impl Iterator<Item = Entry<'a>>,
        decides: bool,
    ) -> Result<Val<'a>, Fault> {
        let mut fault = None;
        for entry in entries {
            match self.decide(of, &entry) {
                Ok(answer) if answer == decides => return Ok(Val::Bool(decides)),
                Ok(_) => {}
                Err(last) if last.is_final() => return Err(last),
                Err(other) => fault = fault.or(Some(other)),
            }
        }
        fault.map_or(Ok(Val::Bool(!decides)), Err)
    }

    fn count(&mut self, of: &'a Macro, entries: impl Iterator<Item = Entry<'a>>) -> Result<Val<'a>, Fault> {
        let mut count = 0;
        for entry in entries {
            count += usize::from(self.decide(of, &entry)?);
        }
        Ok(Val::Bool(count == 1))
    }

    fn make_list(&mut self, of: &'a Macro, entries: impl Iterator<Item = Entry<'a>>) -> Result<Val<'a>, Fault> {
        let mut values = Vec::new();
        for entry in entries {
            if self.decide(of, &entry)? {
                self.meter.hold(size_of::<Val>())?;
                values.push(match &of.transform {
                    Some(transform) => self.with(of, &entry, transform)?,
                    None => entry.element().clone(),
                });
            }
        }
        Ok(Val::List(List::Made(values.into())))
    }

    fn make_map(&mut self, of: &'a Macro, entries: impl Iterator<Item = Entry<'a>>) -> Result<Val<'a>, Fault> {
        let mut values = Vec::new();
        for entry in entries {
            if self.decide(of, &entry)? {
                let value = match &of.transform {
                    Some(transform) => self.with(of, &entry, transform)?,
                    None => entry.value,
                };
                values.push((entry.key, value));
            }
        }
        Ok(Val::Map(Map::of(values, self.meter)?))
    }

    /// What the predicate says of an element; without one, yes.
    fn decide(&mut self, of: &'a Macro, entry: &Entry<'a>) -> Result<bool, Fault> {
        let Some(predicate) = &of.predicate else { return Ok(true) };
        match self.with(of, entry, predicate)? {
            Val::Bool(answer) => Ok(answer),
            other => Err(no_overload("a predicate", &[&other]).at(predicate.at)),
        }
    }

    /// The value of a node with the variables of a macro.
    fn with(&mut self, of: &'a Macro, entry: &Entry<'a>, node: &'a Node) -> Result<Val<'a>, Fault> {
        self.meter.steps(1)?;
        let outer = self.locals.len();
        match of.variables.as_slice() {
            [key, value] => {
                self.locals.push((key, entry.key.clone()));
                self.locals.push((value, entry.value.clone()));
            }
            variables => self.locals.extend(variables.iter().map(|name| (name.as_str(), entry.element().clone()))),
        }
        let value = self.eval(node);
        self.locals.truncate(outer);
        value
    }
}

/// An element of a list with its index, or an entry of a map.
struct Entry<'a> {
    key: Val<'a>,
    value: Val<'a>,
    is_list: bool,
}

impl<'a> Entry<'a> {
    /// What a single variable stands for: elements of lists, keys of maps.
    fn element(&self) -> &Val<'a> {
        if self.is_list { &self.value } else { &self.key }
    }
}
