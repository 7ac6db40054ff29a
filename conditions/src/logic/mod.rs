//! JSONLogic: rules as JSON, one key as the operator and its value as the arguments.
//!
//! Operators: <https://jsonlogic.com/operations.html>. What that page leaves open is as in its implementation,
//! json-logic-js 2.0: numbers are doubles, and values are coerced as in JavaScript; lists and objects equal only
//! themselves. It differs in what would hurt here: unknown operators, a wrong number of arguments, division by zero and
//! numbers without an end are faults; of a character that `substr` cuts in half nothing is left; `var` goes into texts
//! only for their `length`; what `missing` is given is a name and never a rule, even if it comes from the data.

mod calculate;
mod coerce;
mod evaluate;
mod item;
mod lists;
mod names;
mod operator;
mod parse;
mod texts;

pub(crate) use evaluate::evaluate;
pub(crate) use item::Item;
pub(crate) use names::names;
pub(crate) use parse::parse;

use operator::Operator;
use serde_json::Value;

/// A rule that has been read and checked.
#[derive(Clone, Debug)]
pub(crate) enum Rule {
    /// A value without rules inside.
    Constant(Value),
    /// A list with rules inside.
    List(Vec<Rule>),
    Var(Box<Var>),
    Call(Call),
}

/// A fact.
#[derive(Clone, Debug)]
pub(crate) struct Var {
    path: Path,
    /// Instead of a fact that is not there.
    default: Option<Rule>,
}

#[derive(Clone, Debug)]
enum Path {
    /// `a.b`, in its parts; without any it is all of the data.
    Fixed(Vec<String>),
    /// Computed; and whether it stands without a list around it.
    Computed { rule: Rule, bare: bool },
}

/// An operator and its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// As it is written: `if` has two names.
    name: &'static str,
    operator: Operator,
    arguments: Vec<Rule>,
    /// One argument without a list around it, which pointers have to know.
    bare: bool,
}
