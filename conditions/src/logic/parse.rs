//! Reading and checking a rule.

use serde_json::{Map, Value};

use super::operator::{Operates, Operator};
use super::{Call, Path, Rule, Var};
use crate::budget::{DEPTH, LARGEST, LEVELS};
use crate::fault::{Code, Fault};
use crate::number;

/// Reads a rule. Objects with no key or with several are values, as in json-logic-js, unless one of the keys is an
/// operator: then somebody has forgotten an `and`.
pub(crate) fn parse(rule: &Value) -> Result<Rule, Fault> {
    measure(rule, 0, &mut 0)?;
    read(rule)
}

/// Size and depth, before anything else looks at the rule.
fn measure(value: &Value, depth: usize, size: &mut usize) -> Result<(), Fault> {
    if depth > LEVELS {
        return Err(Fault::new(
            Code::Depth,
            format!("The rule is nested deeper than {DEPTH} operators; put parts of it into conditions of their own."),
        ));
    }
    *size += match value {
        Value::String(text) => text.len(),
        Value::Object(members) => members.keys().map(String::len).sum(),
        _ => 0,
    } + 2;
    if *size > LARGEST {
        return Err(Fault::new(Code::Size, format!("The rule has more than {LARGEST} bytes; make it shorter.")));
    }
    match value {
        Value::Array(elements) => elements.iter().try_for_each(|element| measure(element, depth + 1, size)),
        Value::Object(members) => members.values().try_for_each(|member| measure(member, depth + 1, size)),
        _ => Ok(()),
    }
}

fn read(value: &Value) -> Result<Rule, Fault> {
    match value {
        Value::Array(elements) => {
            let rules = read_all(elements)?;
            let constant = rules.iter().all(|rule| matches!(rule, Rule::Constant(_)));
            // borrowed as it is when it is evaluated, instead of put together each time
            Ok(if constant { Rule::Constant(value.clone()) } else { Rule::List(rules) })
        }
        Value::Object(members) => match (members.len(), members.iter().next()) {
            (1, Some((name, arguments))) => match Operator::of(name) {
                None if name != "var" => Err(unknown(name)),
                operator => read_call(name, operator, arguments).map_err(|fault| fault.inside(name)),
            },
            _ => read_object(members),
        },
        _ => Ok(Rule::Constant(value.clone())),
    }
}

fn read_all(rules: &[Value]) -> Result<Vec<Rule>, Fault> {
    rules.iter().enumerate().map(|(at, rule)| read(rule).map_err(|fault| fault.inside(&at.to_string()))).collect()
}

fn read_object(members: &Map<String, Value>) -> Result<Rule, Fault> {
    if let Some(name) = members.keys().find(|name| *name == "var" || Operator::of(name).is_some()) {
        return Err(Fault::new(
            Code::Syntax,
            format!("An object has one operator; beside `{name}` there are others. Join them with `and` or `or`."),
        ));
    }
    Ok(Rule::Constant(Value::Object(members.clone())))
}

fn unknown(name: &str) -> Fault {
    let message = format!("There is no operator `{name}`; those there are: https://jsonlogic.com/operations.html.");
    Fault::new(Code::Unknown, message)
}

/// An operator with its arguments; without an operator it is `var`.
fn read_call(name: &str, operator: Option<&'static Operates>, arguments: &Value) -> Result<Rule, Fault> {
    let bare = !arguments.is_array();
    let arguments = match arguments {
        Value::Array(arguments) => read_all(arguments)?,
        argument => vec![read(argument)?],
    };
    let (fewest, most) = operator.map_or((0, 2), |&(.., fewest, most)| (fewest, most));
    if !(fewest..=most).contains(&arguments.len()) {
        return Err(wrong_count(name, fewest, most, arguments.len()));
    }
    Ok(match operator {
        Some(&(name, operator, ..)) => Rule::Call(Call { name, operator, arguments, bare }),
        None => Rule::Var(Box::new(read_var(arguments, bare))),
    })
}

fn wrong_count(name: &str, fewest: usize, most: usize, count: usize) -> Fault {
    let takes = match most {
        _ if fewest == most => format!("{fewest}"),
        usize::MAX => format!("at least {fewest}"),
        _ => format!("{fewest} to {most}"),
    };
    Fault::new(Code::Arguments, format!("`{name}` takes {takes} arguments, and here are {count}."))
}

fn read_var(arguments: Vec<Rule>, bare: bool) -> Var {
    let mut arguments = arguments.into_iter();
    let path = match arguments.next() {
        None | Some(Rule::Constant(Value::Null)) => Path::Fixed(Vec::new()),
        Some(Rule::Constant(Value::String(path))) => fixed(&path),
        Some(Rule::Constant(Value::Number(index))) => fixed(&number::write(index.as_f64().unwrap_or(f64::NAN))),
        Some(rule) => Path::Computed { rule, bare },
    };
    Var { path, default: arguments.next() }
}

/// The parts of `a.b`. The empty path has none: it is all of the data.
fn fixed(path: &str) -> Path {
    Path::Fixed(if path.is_empty() { Vec::new() } else { path.split('.').map(str::to_owned).collect() })
}
