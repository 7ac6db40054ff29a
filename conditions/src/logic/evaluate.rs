//! Evaluating a rule.

use std::cmp::Ordering;

use super::coerce::{loosely_equal, order, strictly_equal, to_text};
use super::item::Item;
use super::operator::Operator;
use super::{Call, Path, Rule, Var, calculate, lists, texts};
use crate::budget::Meter;
use crate::fault::Fault;

/// The value of a rule, where `data` is what its `var` reads.
///
/// # Errors
/// Numbers without an end, and what the meter does not allow.
pub(crate) fn evaluate<'a>(rule: &'a Rule, data: &Item<'a>, meter: &mut Meter) -> Result<Item<'a>, Fault> {
    meter.steps(1)?;
    match rule {
        Rule::Constant(value) => Ok(Item::of(value)),
        Rule::List(rules) => {
            let items = rules
                .iter()
                .enumerate()
                .map(|(at, rule)| evaluate(rule, data, meter).map_err(|fault| fault.inside(&at.to_string())));
            let items = items.collect::<Result<_, _>>()?;
            Item::list(items, meter)
        }
        Rule::Var(var) => var.read(data, meter).map_err(|fault| fault.inside("var")),
        Rule::Call(call) => call.evaluate(data, meter).map_err(|fault| fault.inside(call.name)),
    }
}

impl Var {
    fn read<'a>(&'a self, data: &Item<'a>, meter: &mut Meter) -> Result<Item<'a>, Fault> {
        // arguments are evaluated before the operator, also a default that is not needed
        let found = match &self.path {
            Path::Fixed(path) => descend(data, path.iter().map(String::as_str), meter)?,
            Path::Computed { rule, bare } => {
                let path =
                    evaluate(rule, data, meter).map_err(|fault| if *bare { fault } else { fault.inside("0") })?;
                lookup(data, &path, meter)?
            }
        };
        let default = match &self.default {
            Some(rule) => evaluate(rule, data, meter).map_err(|fault| fault.inside("1"))?,
            None => Item::Null,
        };
        Ok(found.unwrap_or(default))
    }
}

/// What lies at a computed path.
pub(super) fn lookup<'a>(data: &Item<'a>, path: &Item<'a>, meter: &mut Meter) -> Result<Option<Item<'a>>, Fault> {
    match path {
        Item::Null => return Ok(Some(data.clone())),
        Item::Text(path) if path.is_empty() => return Ok(Some(data.clone())),
        _ => {}
    }
    let path = to_text(path, meter)?;
    meter.read(path.len())?;
    descend(data, path.split('.'), meter)
}

/// What lies at a path. It ends with the data, however long the path is.
fn descend<'a, 'p>(
    data: &Item<'a>,
    path: impl Iterator<Item = &'p str>,
    meter: &mut Meter,
) -> Result<Option<Item<'a>>, Fault> {
    let mut item = data.clone();
    for name in path {
        match item.property(name, meter)? {
            Some(property) => item = property,
            None => return Ok(None),
        }
    }
    Ok(Some(item))
}

impl Call {
    fn evaluate<'a>(&'a self, data: &Item<'a>, meter: &mut Meter) -> Result<Item<'a>, Fault> {
        match self.operator {
            Operator::If => self.choose(data, meter),
            Operator::And => self.first(false, data, meter),
            Operator::Or => self.first(true, data, meter),
            Operator::Filter | Operator::Map | Operator::Reduce | Operator::All | Operator::Some | Operator::None => {
                lists::each(self, data, meter)
            }
            _ => {
                let count = self.arguments.len();
                let arguments = (0..count).map(|at| self.argument(at, data, meter)).collect::<Result<Vec<_>, _>>()?;
                apply(self.operator, &arguments, data, meter)
            }
        }
    }

    /// The value of an argument, or null where there is none.
    pub(super) fn argument<'a>(&'a self, at: usize, data: &Item<'a>, meter: &mut Meter) -> Result<Item<'a>, Fault> {
        let Some(rule) = self.arguments.get(at) else { return Ok(Item::Null) };
        evaluate(rule, data, meter).map_err(|fault| self.locate(fault, at))
    }

    /// A fault of an argument, with its place.
    pub(super) fn locate(&self, fault: Fault, at: usize) -> Fault {
        if self.bare { fault } else { fault.inside(&at.to_string()) }
    }

    /// `if`: conditions and results in turn, and at the end what else.
    fn choose<'a>(&'a self, data: &Item<'a>, meter: &mut Meter) -> Result<Item<'a>, Fault> {
        let mut at = 0;
        while at + 1 < self.arguments.len() {
            if self.argument(at, data, meter)?.truth() {
                return self.argument(at + 1, data, meter);
            }
            at += 2;
        }
        self.argument(at, data, meter)
    }

    /// `and`, `or`: the first argument that is as true as wanted, or the last.
    fn first<'a>(&'a self, wanted: bool, data: &Item<'a>, meter: &mut Meter) -> Result<Item<'a>, Fault> {
        let mut item = Item::Null;
        for at in 0..self.arguments.len() {
            item = self.argument(at, data, meter)?;
            if item.truth() == wanted {
                break;
            }
        }
        Ok(item)
    }
}

/// An operator whose arguments are values. Their number was checked when the rule was read.
fn apply<'a>(
    operator: Operator,
    arguments: &[Item<'a>],
    data: &Item<'a>,
    meter: &mut Meter,
) -> Result<Item<'a>, Fault> {
    Ok(match (operator, arguments) {
        (Operator::Equal, [a, b]) => Item::Bool(loosely_equal(a, b, meter)?),
        (Operator::Unequal, [a, b]) => Item::Bool(!loosely_equal(a, b, meter)?),
        (Operator::Same, [a, b]) => Item::Bool(strictly_equal(a, b, meter)?),
        (Operator::Different, [a, b]) => Item::Bool(!strictly_equal(a, b, meter)?),
        (Operator::Above, _) => Item::Bool(ordered(arguments, Ordering::is_gt, meter)?),
        (Operator::AtLeast, _) => Item::Bool(ordered(arguments, Ordering::is_ge, meter)?),
        (Operator::Below, _) => Item::Bool(ordered(arguments, Ordering::is_lt, meter)?),
        (Operator::AtMost, _) => Item::Bool(ordered(arguments, Ordering::is_le, meter)?),
        (Operator::Truth, [item]) => Item::Bool(item.truth()),
        (Operator::Not, [item]) => Item::Bool(!item.truth()),
        (Operator::Log, [item]) => item.clone(),
        (Operator::In, [needle, haystack]) => Item::Bool(texts::contains(needle, haystack, meter)?),
        (Operator::Cat, _) => texts::join(arguments, meter)?,
        (Operator::Substr, _) => texts::part(arguments, meter)?,
        (Operator::Merge, _) => lists::merge(arguments, meter)?,
        (Operator::Missing, _) => lists::missing(arguments, data, meter)?,
        (Operator::MissingSome, [needed, options]) => lists::missing_some(needed, options, data, meter)?,
        _ => calculate::number(operator, arguments, meter)?,
    })
}

/// Whether each argument stands to the next as asked.
fn ordered(arguments: &[Item], wanted: fn(Ordering) -> bool, meter: &mut Meter) -> Result<bool, Fault> {
    for pair in arguments.windows(2) {
        let [a, b] = pair else { continue };
        if !order(a, b, meter)?.is_some_and(wanted) {
            return Ok(false);
        }
    }
    Ok(true)
}
