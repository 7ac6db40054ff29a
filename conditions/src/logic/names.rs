//! The facts that a rule reads.

use serde_json::Value;

use super::operator::Operator;
use super::{Call, Path, Rule, Var};
use crate::names::{Names, each, join};

/// Adds what a rule reads whose data lies at `base`; nothing, if its data is not part of the facts.
pub(crate) fn names(rule: &Rule, base: Option<&str>, names: &mut Names) {
    match rule {
        Rule::Constant(_) => {}
        Rule::List(rules) => rules.iter().for_each(|rule| self::names(rule, base, names)),
        Rule::Var(var) => of_var(var, base, names),
        Rule::Call(call) => of_call(call, base, names),
    }
}

fn of_var(var: &Var, base: Option<&str>, names: &mut Names) {
    match &var.path {
        Path::Fixed(path) => add(&path.join("."), base, names),
        Path::Computed { rule, .. } => {
            names.computed |= base.is_some();
            self::names(rule, base, names);
        }
    }
    if let Some(default) = &var.default {
        self::names(default, base, names);
    }
}

fn add(path: &str, base: Option<&str>, names: &mut Names) {
    if let Some(base) = base {
        names.paths.insert(join(base, path));
    }
}

fn of_call(call: &Call, base: Option<&str>, names: &mut Names) {
    match (call.operator, call.arguments.as_slice()) {
        (Operator::Missing, arguments) => arguments.iter().for_each(|rule| of_keys(rule, base, names)),
        (Operator::MissingSome, [needed, options]) => {
            self::names(needed, base, names);
            of_keys(options, base, names);
        }
        (
            Operator::Filter | Operator::Map | Operator::All | Operator::Some | Operator::None | Operator::Reduce,
            [list, rule, rest @ ..],
        ) => {
            self::names(list, base, names);
            for rule in rest {
                self::names(rule, base, names);
            }
            let element = source(list, base).map(|list| each(&list));
            if call.operator == Operator::Reduce {
                of_step(rule, element.as_deref(), names);
            } else {
                self::names(rule, element.as_deref(), names);
            }
        }
        (_, arguments) => arguments.iter().for_each(|rule| self::names(rule, base, names)),
    }
}

/// The names that `missing` asks for.
fn of_keys(rule: &Rule, base: Option<&str>, names: &mut Names) {
    match rule {
        Rule::Constant(Value::String(key)) => add(key, base, names),
        Rule::Constant(Value::Array(keys)) => {
            keys.iter().filter_map(Value::as_str).for_each(|key| add(key, base, names));
        }
        Rule::Constant(_) => {}
        _ => {
            names.computed |= base.is_some();
            self::names(rule, base, names);
        }
    }
}

/// The rule of a `reduce`: only what it reads of `current` are facts.
fn of_step(rule: &Rule, element: Option<&str>, names: &mut Names) {
    let mut read = Names::default();
    self::names(rule, Some(""), &mut read);
    names.computed |= read.computed;
    for path in read.paths {
        let mut path = path.splitn(2, '.');
        if let (Some("current"), rest) = (path.next(), path.next()) {
            add(rest.unwrap_or_default(), element, names);
        }
    }
}

/// Where the elements of a list come from.
fn source(list: &Rule, base: Option<&str>) -> Option<String> {
    match list {
        Rule::Var(var) => match &var.path {
            Path::Fixed(path) => base.map(|base| join(base, &path.join("."))),
            Path::Computed { .. } => None,
        },
        Rule::Call(Call { operator: Operator::Filter, arguments, .. }) => source(arguments.first()?, base),
        _ => None,
    }
}
