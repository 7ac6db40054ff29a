//! Evaluating an expression.

use serde_json::Value;

use super::function::Function;
use super::tree::{Binary, Call, Kind, Literal, Name, Node};
use super::value::{List, Map, TYPES, Val};
use super::{convert, operate, time};
use crate::budget::Meter;
use crate::fault::{Code, Fault};
use crate::held::Held;

/// An evaluation.
pub(crate) struct Machine<'a, 'm> {
    /// The members of the facts, by their names.
    facts: Option<&'a serde_json::Map<String, Value>>,
    /// Variables of macros, the innermost last.
    pub(super) locals: Vec<(&'a str, Val<'a>)>,
    pub(super) meter: &'m mut Meter,
}

impl<'a, 'm> Machine<'a, 'm> {
    pub fn new(facts: &'a Value, meter: &'m mut Meter) -> Self {
        Self { facts: facts.as_object(), locals: Vec::new(), meter }
    }

    /// The value of a node.
    ///
    /// # Errors
    /// Everything that the language calls an error, and what the meter does not allow.
    pub fn eval(&mut self, node: &'a Node) -> Result<Val<'a>, Fault> {
        self.meter.steps(1).and_then(|()| self.kind(&node.kind)).map_err(|fault| fault.at(node.at))
    }

    fn kind(&mut self, kind: &'a Kind) -> Result<Val<'a>, Fault> {
        match kind {
            Kind::Literal(literal) => Ok(literal.value()),
            Kind::Name(name) => self.name(name),
            Kind::List(nodes) => {
                let values = self.all(nodes)?;
                Val::list(values, self.meter)
            }
            Kind::Map(nodes) => self.map(nodes),
            Kind::Select(of, field) => self.eval(of).and_then(|value| select(&value, field)),
            Kind::Has(of, field) => match self.eval(of)? {
                Val::Map(map) => Ok(Val::Bool(map.field(field).is_some())),
                other => Err(no_fields(&other)),
            },
            Kind::Index(nodes) => self.index(nodes),
            Kind::Not(of) => self.eval(of).and_then(|value| operate::not(&value)),
            Kind::Minus(of) => self.eval(of).and_then(|value| operate::minus(&value)),
            Kind::Binary(binary, nodes) => self.binary(*binary, nodes),
            Kind::All(nodes) => self.junction(nodes, false),
            Kind::Any(nodes) => self.junction(nodes, true),
            Kind::Choice(nodes) => self.choice(nodes),
            Kind::Call(call) => self.call(call),
            Kind::Macro(of) => self.go_through(of),
        }
    }

    fn all(&mut self, nodes: &'a [Node]) -> Result<Vec<Val<'a>>, Fault> {
        nodes.iter().map(|node| self.eval(node)).collect()
    }

    /// The longest name that there is, and then fields.
    fn name(&mut self, name: &'a Name) -> Result<Val<'a>, Fault> {
        let local = name.parts.first().filter(|_| !name.absolute);
        let local = local.and_then(|first| self.locals.iter().rev().find(|local| local.0 == first));
        if let Some((_, value)) = local {
            return fields(value.clone(), name.parts.get(1..));
        }
        self.meter.read(name.prefixes.iter().map(String::len).sum())?;
        let facts = self.facts.into_iter();
        let mut found = facts.flat_map(|facts| {
            name.prefixes.iter().enumerate().rev().filter_map(|(at, prefix)| Some((at, facts.get(prefix)?)))
        });
        if let Some((at, value)) = found.next() {
            return fields(Val::of(value), name.parts.get(at + 1..));
        }
        if let Some(of) = TYPES.into_iter().find(|of| *of == name.full()) {
            return Ok(Val::Type(of));
        }
        let first = name.parts.first().map_or("", String::as_str);
        Err(Fault::new(Code::Missing, format!("There is no fact `{first}`; choose one of those that there are.")))
    }

    fn map(&mut self, nodes: &'a [Node]) -> Result<Val<'a>, Fault> {
        let mut entries = Vec::with_capacity(nodes.len() / 2);
        for pair in nodes.chunks_exact(2) {
            let [key, value] = pair else { continue };
            entries.push((self.eval(key)?, self.eval(value)?));
        }
        Map::of(entries, self.meter).map(Val::Map)
    }

    fn index(&mut self, nodes: &'a [Node; 2]) -> Result<Val<'a>, Fault> {
        let [of, index] = nodes;
        match (self.eval(of)?, self.eval(index)?) {
            (Val::List(list), index) => element(&list, &index),
            (Val::Map(map), key) => {
                key.read_as_key(self.meter)?;
                map.get(&key)
                    .ok_or_else(|| Fault::new(Code::Missing, "The map has no such key; test it with `in` first."))
            }
            (of, index) => Err(operate::no_overload("[]", &[&of, &index])),
        }
    }

    fn binary(&mut self, binary: Binary, nodes: &'a [Node; 2]) -> Result<Val<'a>, Fault> {
        let [a, b] = nodes;
        let (a, b) = (self.eval(a)?, self.eval(b)?);
        operate::binary(binary, &a, &b, self.meter)
    }

    /// `&&`, `||`: an operand that decides makes faults of the others not matter.
    fn junction(&mut self, nodes: &'a [Node], decides: bool) -> Result<Val<'a>, Fault> {
        let mut fault = None;
        for node in nodes {
            let answer = match self.eval(node) {
                Ok(Val::Bool(answer)) => Ok(answer),
                Ok(other) => Err(operate::no_overload(if decides { "||" } else { "&&" }, &[&other]).at(node.at)),
                Err(fault) => Err(fault),
            };
            match answer {
                Ok(answer) if answer == decides => return Ok(Val::Bool(decides)),
                Ok(_) => {}
                Err(last) if last.is_final() => return Err(last),
                Err(other) => fault = fault.or(Some(other)),
            }
        }
        fault.map_or(Ok(Val::Bool(!decides)), Err)
    }

    fn choice(&mut self, nodes: &'a [Node; 3]) -> Result<Val<'a>, Fault> {
        let [test, yes, no] = nodes;
        match self.eval(test)? {
            Val::Bool(true) => self.eval(yes),
            Val::Bool(false) => self.eval(no),
            other => Err(operate::no_overload("?:", &[&other])),
        }
    }

    fn call(&mut self, call: &'a Call) -> Result<Val<'a>, Fault> {
        let Some(function) = call.function else {
            return Err(Fault::new(Code::Unknown, format!("There is no function `{}`.", call.name)));
        };
        let arguments = self.all(&call.arguments)?;
        let result = match function {
            Function::Get(part) => time::get(part, &arguments)?,
            Function::Matches => operate::matches(call.pattern.as_ref(), &arguments, self.meter)?,
            _ => convert::call(function, &arguments, self.meter)?,
        };
        result.ok_or_else(|| operate::no_overload(&call.name, &arguments.iter().collect::<Vec<_>>()))
    }
}

impl Literal {
    fn value(&self) -> Val<'_> {
        match self {
            Self::Null => Val::Null,
            Self::Bool(value) => Val::Bool(*value),
            Self::Int(number) => Val::Int(*number),
            Self::Uint(number) => Val::Uint(*number),
            Self::Double(number) => Val::Double(*number),
            Self::Text(text) => Val::Text(Held::Kept(text)),
            Self::Bytes(bytes) => Val::Bytes(Held::Kept(bytes)),
        }
    }
}

fn fields<'a>(value: Val<'a>, names: Option<&'a [String]>) -> Result<Val<'a>, Fault> {
    names.unwrap_or_default().iter().try_fold(value, |value, name| select(&value, name))
}

fn select<'a>(value: &Val<'a>, field: &'a str) -> Result<Val<'a>, Fault> {
    match value {
        Val::Map(map) => map
            .field(field)
            .ok_or_else(|| Fault::new(Code::Missing, format!("There is no `{field}`; test it with `has()` first."))),
        other => Err(no_fields(other)),
    }
}

fn no_fields(value: &Val) -> Fault {
    Fault::new(Code::Kind, format!("A map has fields, and this is {}.", value.kind()))
}

fn element<'a>(list: &List<'a>, index: &Val<'a>) -> Result<Val<'a>, Fault> {
    let at = match index {
        Val::Int(at) => usize::try_from(*at).ok(),
        Val::Uint(at) => usize::try_from(*at).ok(),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, not negative, and small")]
        Val::Double(at) if at.fract() == 0.0 && (0.0..1e15).contains(at) => Some(*at as usize),
        Val::Double(_) => None,
        other => {
            return Err(Fault::new(Code::Kind, format!("An index is a whole number, and this is {}.", other.kind())));
        }
    };
    at.and_then(|at| list.get(at))
        .ok_or_else(|| Fault::new(Code::Missing, "The list has no such element; test its `size()` first."))
}
