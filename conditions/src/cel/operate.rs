//! Operators.

use std::cmp::Ordering;

use super::pattern::Pattern;
use super::time;
use super::tree::Binary;
use super::value::{List, Val, order_numbers};
use crate::budget::Meter;
use crate::fault::{Code, Fault};

/// An operator or function that does not take values of these types: `no_matching_overload` of the specification.
pub(super) fn no_overload(name: &str, values: &[&Val]) -> Fault {
    let kinds: Vec<_> = values.iter().map(|value| value.kind()).collect();
    Fault::new(Code::Kind, format!("`{name}` does not take {}; convert first, as with `int()`.", kinds.join(" and ")))
}

pub(super) fn not<'a>(value: &Val<'a>) -> Result<Val<'a>, Fault> {
    match value {
        Val::Bool(value) => Ok(Val::Bool(!value)),
        other => Err(no_overload("!", &[other])),
    }
}

pub(super) fn minus<'a>(value: &Val<'a>) -> Result<Val<'a>, Fault> {
    match value {
        Val::Int(number) => number.checked_neg().map(Val::Int).ok_or_else(overflow),
        Val::Double(number) => Ok(Val::Double(-number)),
        other => Err(no_overload("-", &[other])),
    }
}

pub(super) fn overflow() -> Fault {
    Fault::new(Code::Number, "The result is outside the range of its type; calculate with smaller values.")
}

fn by_zero() -> Fault {
    Fault::new(Code::Number, "Division by zero; test the divisor first.")
}

pub(super) fn binary<'a>(binary: Binary, a: &Val<'a>, b: &Val<'a>, meter: &mut Meter) -> Result<Val<'a>, Fault> {
    match binary {
        Binary::Equal => Ok(Val::Bool(a.equals(b, 0, meter)?)),
        Binary::Unequal => Ok(Val::Bool(!a.equals(b, 0, meter)?)),
        Binary::Below => ordered("<", a, b, Ordering::is_lt, meter),
        Binary::AtMost => ordered("<=", a, b, Ordering::is_le, meter),
        Binary::Above => ordered(">", a, b, Ordering::is_gt, meter),
        Binary::AtLeast => ordered(">=", a, b, Ordering::is_ge, meter),
        Binary::In => contains(a, b, meter),
        Binary::Add => add(a, b, meter),
        Binary::Subtract => subtract(a, b),
        Binary::Multiply => multiply(a, b),
        Binary::Divide => divide(a, b),
        Binary::Remainder => remainder(a, b),
    }
}

fn ordered<'a>(
    name: &str,
    a: &Val<'a>,
    b: &Val<'a>,
    wanted: fn(Ordering) -> bool,
    meter: &mut Meter,
) -> Result<Val<'a>, Fault> {
    let order = match (a, b) {
        (Val::Bool(a), Val::Bool(b)) => Some(a.cmp(b)),
        // UTF-8 orders as code points do
        (Val::Text(a), Val::Text(b)) => {
            meter.read(a.len().min(b.len()))?;
            Some((**a).cmp(&**b))
        }
        (Val::Bytes(a), Val::Bytes(b)) => {
            meter.read(a.len().min(b.len()))?;
            Some((**a).cmp(&**b))
        }
        (Val::Timestamp(a), Val::Timestamp(b)) => Some(a.cmp(b)),
        (Val::Duration(a), Val::Duration(b)) => Some(a.cmp(b)),
        _ if a.is_number() && b.is_number() => order_numbers(a, b),
        _ => return Err(no_overload(name, &[a, b])),
    };
    Ok(Val::Bool(order.is_some_and(wanted)))
}

fn contains<'a>(a: &Val<'a>, b: &Val<'a>, meter: &mut Meter) -> Result<Val<'a>, Fault> {
    match b {
        Val::List(list) => {
            for element in list.iter() {
                if a.equals(&element, 0, meter)? {
                    return Ok(Val::Bool(true));
                }
            }
            Ok(Val::Bool(false))
        }
        Val::Map(map) => {
            a.read_as_key(meter)?;
            Ok(Val::Bool(map.get(a).is_some()))
        }
        _ => Err(no_overload("in", &[a, b])),
    }
}

fn add<'a>(a: &Val<'a>, b: &Val<'a>, meter: &mut Meter) -> Result<Val<'a>, Fault> {
    match (a, b) {
        (Val::Int(a), Val::Int(b)) => a.checked_add(*b).map(Val::Int).ok_or_else(overflow),
        (Val::Uint(a), Val::Uint(b)) => a.checked_add(*b).map(Val::Uint).ok_or_else(overflow),
        (Val::Double(a), Val::Double(b)) => Ok(Val::Double(a + b)),
        (Val::Text(a), Val::Text(b)) => {
            meter.hold(a.len() + b.len())?;
            Ok(Val::Text(format!("{}{}", &**a, &**b).into()))
        }
        (Val::Bytes(a), Val::Bytes(b)) => {
            meter.hold(a.len() + b.len())?;
            Ok(Val::Bytes([&**a, &**b].concat().into()))
        }
        (Val::List(a), Val::List(b)) => {
            meter.hold((a.len() + b.len()) * size_of::<Val>())?;
            Ok(Val::List(List::Made(a.iter().chain(b.iter()).collect())))
        }
        (Val::Timestamp(time), Val::Duration(span)) | (Val::Duration(span), Val::Timestamp(time)) => {
            time::shift(*time, *span)
        }
        (Val::Duration(a), Val::Duration(b)) => a.checked_add(*b).map(Val::Duration).ok_or_else(overflow),
        _ => Err(no_overload("+", &[a, b])),
    }
}

fn subtract<'a>(a: &Val<'a>, b: &Val<'a>) -> Result<Val<'a>, Fault> {
    match (a, b) {
        (Val::Int(a), Val::Int(b)) => a.checked_sub(*b).map(Val::Int).ok_or_else(overflow),
        (Val::Uint(a), Val::Uint(b)) => a.checked_sub(*b).map(Val::Uint).ok_or_else(overflow),
        (Val::Double(a), Val::Double(b)) => Ok(Val::Double(a - b)),
        (Val::Timestamp(a), Val::Timestamp(b)) => time::between(*a, *b),
        (Val::Timestamp(time), Val::Duration(span)) => {
            span.checked_neg().ok_or_else(overflow).and_then(|span| time::shift(*time, span))
        }
        (Val::Duration(a), Val::Duration(b)) => a.checked_sub(*b).map(Val::Duration).ok_or_else(overflow),
        _ => Err(no_overload("-", &[a, b])),
    }
}

fn multiply<'a>(a: &Val<'a>, b: &Val<'a>) -> Result<Val<'a>, Fault> {
    match (a, b) {
        (Val::Int(a), Val::Int(b)) => a.checked_mul(*b).map(Val::Int).ok_or_else(overflow),
        (Val::Uint(a), Val::Uint(b)) => a.checked_mul(*b).map(Val::Uint).ok_or_else(overflow),
        (Val::Double(a), Val::Double(b)) => Ok(Val::Double(a * b)),
        _ => Err(no_overload("*", &[a, b])),
    }
}

fn divide<'a>(a: &Val<'a>, b: &Val<'a>) -> Result<Val<'a>, Fault> {
    match (a, b) {
        (Val::Int(_), Val::Int(0)) | (Val::Uint(_), Val::Uint(0)) => Err(by_zero()),
        (Val::Int(a), Val::Int(b)) => a.checked_div(*b).map(Val::Int).ok_or_else(overflow),
        (Val::Uint(a), Val::Uint(b)) => a.checked_div(*b).map(Val::Uint).ok_or_else(overflow),
        // infinity, as the specification has it
        (Val::Double(a), Val::Double(b)) => Ok(Val::Double(a / b)),
        _ => Err(no_overload("/", &[a, b])),
    }
}

fn remainder<'a>(a: &Val<'a>, b: &Val<'a>) -> Result<Val<'a>, Fault> {
    match (a, b) {
        (Val::Int(_), Val::Int(0)) | (Val::Uint(_), Val::Uint(0)) => Err(by_zero()),
        (Val::Int(a), Val::Int(b)) => a.checked_rem(*b).map(Val::Int).ok_or_else(overflow),
        (Val::Uint(a), Val::Uint(b)) => a.checked_rem(*b).map(Val::Uint).ok_or_else(overflow),
        _ => Err(no_overload("%", &[a, b])),
    }
}

/// `matches`: whether part of a text matches; nothing, if the arguments are no texts.
pub(super) fn matches<'a>(
    pattern: Option<&Pattern>,
    arguments: &[Val<'a>],
    meter: &mut Meter,
) -> Result<Option<Val<'a>>, Fault> {
    let [Val::Text(text), Val::Text(source)] = arguments else { return Ok(None) };
    let answer = match pattern {
        Some(pattern) => pattern.is_match(text, meter)?,
        None => Pattern::during(source, meter)?.is_match(text, meter)?,
    };
    Ok(Some(Val::Bool(answer)))
}
