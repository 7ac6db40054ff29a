//! How JavaScript compares values of different kinds and makes texts and numbers of them: ECMA-262, chapter 7.

use std::cmp::Ordering;
use std::rc::Rc;

use serde_json::Value;

use super::item::{Item, List};
use crate::budget::{Meter, enter};
use crate::fault::Fault;
use crate::held::Held;
use crate::number;

const OBJECT: &str = "[object Object]";

/// `==`, section 7.2.14.
pub(super) fn loosely_equal(a: &Item, b: &Item, meter: &mut Meter) -> Result<bool, Fault> {
    let is_object = |item: &Item| matches!(item, Item::Json(_) | Item::List(_) | Item::Step(_));
    match (a, b) {
        (Item::Null, _) | (_, Item::Null) => Ok(matches!((a, b), (Item::Null, Item::Null))),
        _ if is_object(a) && is_object(b) => strictly_equal(a, b, meter),
        (Item::Text(_), Item::Text(_)) => strictly_equal(a, b, meter),
        _ => {
            let (a, b) = (primitive(a, meter)?, primitive(b, meter)?);
            match (&a, &b) {
                (Item::Text(_), Item::Text(_)) => strictly_equal(&a, &b, meter),
                #[expect(clippy::float_cmp, reason = "as JavaScript does")]
                _ => Ok(to_number(&a, meter)? == to_number(&b, meter)?),
            }
        }
    }
}

/// `===`, section 7.2.15: lists and objects equal only themselves.
pub(super) fn strictly_equal(a: &Item, b: &Item, meter: &mut Meter) -> Result<bool, Fault> {
    Ok(match (a, b) {
        (Item::Null, Item::Null) => true,
        (Item::Bool(a), Item::Bool(b)) => a == b,
        #[expect(clippy::float_cmp, reason = "as JavaScript does")]
        (Item::Number(a), Item::Number(b)) => a == b,
        (Item::Text(a), Item::Text(b)) => {
            meter.read(a.len().min(b.len()))?;
            **a == **b
        }
        (Item::Json(a), Item::Json(b)) => std::ptr::eq(*a, *b),
        (Item::List(a), Item::List(b)) | (Item::Step(a), Item::Step(b)) => Rc::ptr_eq(a, b),
        _ => false,
    })
}

/// `<` and its kin, section 7.2.13: texts by their UTF-16 code units, everything else as numbers. Nothing, if one of
/// them is not a number.
pub(super) fn order(a: &Item, b: &Item, meter: &mut Meter) -> Result<Option<Ordering>, Fault> {
    let (a, b) = (primitive(a, meter)?, primitive(b, meter)?);
    if let (Item::Text(a), Item::Text(b)) = (&a, &b) {
        meter.read(a.len().min(b.len()))?;
        return Ok(Some(a.encode_utf16().cmp(b.encode_utf16())));
    }
    Ok(to_number(&a, meter)?.partial_cmp(&to_number(&b, meter)?))
}

/// `ToPrimitive`, section 7.1.1: a text for lists and objects, everything else stays.
fn primitive<'a>(item: &Item<'a>, meter: &mut Meter) -> Result<Item<'a>, Fault> {
    match item {
        Item::Json(_) | Item::List(_) | Item::Step(_) => Ok(Item::Text(to_text(item, meter)?)),
        _ => Ok(item.clone()),
    }
}

/// `ToNumber`, section 7.1.4.
pub(super) fn to_number(item: &Item, meter: &mut Meter) -> Result<f64, Fault> {
    Ok(match item {
        Item::Null => 0.0,
        Item::Bool(value) => f64::from(u8::from(*value)),
        Item::Number(number) => *number,
        _ => {
            let text = to_text(item, meter)?;
            meter.read(text.len())?;
            number::read(&text)
        }
    })
}

/// `parseFloat`, section 19.2.4, of anything.
pub(super) fn parse_number(item: &Item, meter: &mut Meter) -> Result<f64, Fault> {
    if let Item::Number(number) = item {
        return Ok(*number);
    }
    let text = to_text(item, meter)?;
    meter.read(text.len())?;
    Ok(number::read_start(&text))
}

/// `ToString`, section 7.1.17.
pub(super) fn to_text<'a>(item: &Item<'a>, meter: &mut Meter) -> Result<Held<'a, str>, Fault> {
    Ok(match item {
        Item::Null => Held::Kept("null"),
        Item::Text(text) => text.clone(),
        Item::Step(_) | Item::Json(Value::Object(_)) => Held::Kept(OBJECT),
        _ => {
            let mut text = String::new();
            write(item, &mut text, 0, meter)?;
            text.into()
        }
    })
}

/// Writes an item as `Array.prototype.join` does, section 23.1.3.18: nothing for null, lists with commas.
pub(super) fn write(item: &Item, text: &mut String, depth: usize, meter: &mut Meter) -> Result<(), Fault> {
    enter(depth)?;
    meter.steps(1)?;
    match item {
        Item::Null => Ok(()),
        Item::Bool(value) => push(if *value { "true" } else { "false" }, text, meter),
        Item::Number(number) => push(&number::write(*number), text, meter),
        Item::Text(part) => push(part, text, meter),
        Item::Json(Value::Object(_)) | Item::Step(_) => push(OBJECT, text, meter),
        Item::Json(_) | Item::List(_) => {
            for (at, element) in item.as_list().into_iter().flat_map(List::iter).enumerate() {
                if at > 0 {
                    push(",", text, meter)?;
                }
                write(&element, text, depth + 1, meter)?;
            }
            Ok(())
        }
    }
}

fn push(part: &str, text: &mut String, meter: &mut Meter) -> Result<(), Fault> {
    meter.hold(part.len())?;
    text.push_str(part);
    Ok(())
}
