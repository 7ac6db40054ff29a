//! Operators on lists.

use super::Call;
use super::coerce::to_number;
use super::evaluate::lookup;
use super::item::{Item, List};
use super::operator::Operator;
use crate::budget::Meter;
use crate::fault::Fault;

/// `filter`, `map`, `reduce`, `all`, `some`, `none`: a rule that is evaluated with each element as its data.
pub(super) fn each<'a>(call: &'a Call, data: &Item<'a>, meter: &mut Meter) -> Result<Item<'a>, Fault> {
    let list = call.argument(0, data, meter)?;
    let list = list.as_list().unwrap_or(List::Made(&[]));
    match call.operator {
        Operator::Reduce => {
            let start = call.argument(2, data, meter)?;
            list.iter().try_fold(start, |sum, element| {
                let step = Item::step(element, sum, meter)?;
                call.argument(1, &step, meter)
            })
        }
        Operator::Map => {
            let items = list.iter().map(|element| call.argument(1, &element, meter)).collect::<Result<_, _>>()?;
            Item::list(items, meter)
        }
        Operator::Filter => {
            let mut items = Vec::new();
            for element in list.iter() {
                if call.argument(1, &element, meter)?.truth() {
                    items.push(element);
                }
            }
            Item::list(items, meter)
        }
        operator => quantify(operator, call, list, meter),
    }
}

/// `all`, `some`, `none`. Of nothing, not even all are.
fn quantify<'a>(operator: Operator, call: &'a Call, list: List<'_, 'a>, meter: &mut Meter) -> Result<Item<'a>, Fault> {
    // what ends the search, and the answer that it gives
    let (ends, answer) = match operator {
        Operator::All => (false, false),
        Operator::Some => (true, true),
        _ => (true, false),
    };
    for element in list.iter() {
        if call.argument(1, &element, meter)?.truth() == ends {
            return Ok(Item::Bool(answer));
        }
    }
    Ok(Item::Bool(!answer && (operator != Operator::All || list.len() > 0)))
}

/// `merge`: lists become one; what is no list becomes an element.
pub(super) fn merge<'a>(arguments: &[Item<'a>], meter: &mut Meter) -> Result<Item<'a>, Fault> {
    let mut items = Vec::new();
    for argument in arguments {
        match argument.as_list() {
            Some(list) => {
                // before it is done: each step of a `reduce` may double a list
                meter.steps(list.len())?;
                items.extend(list.iter());
            }
            None => items.push(argument.clone()),
        }
    }
    Item::list(items, meter)
}

/// `missing`: those names that the data has no value for; as arguments, or as one list of them.
pub(super) fn missing<'a>(arguments: &[Item<'a>], data: &Item<'a>, meter: &mut Meter) -> Result<Item<'a>, Fault> {
    let names = arguments.first().and_then(Item::as_list).unwrap_or(List::Made(arguments));
    let mut missing = Vec::new();
    for name in names.iter() {
        meter.steps(1)?;
        let is_there = match value(&name, data, meter)? {
            None | Some(Item::Null) => false,
            Some(Item::Text(text)) => !text.is_empty(),
            Some(_) => true,
        };
        if !is_there {
            missing.push(name);
        }
    }
    Item::list(missing, meter)
}

/// What `var` makes of a name: a list is a name and what is there without it.
fn value<'a>(name: &Item<'a>, data: &Item<'a>, meter: &mut Meter) -> Result<Option<Item<'a>>, Fault> {
    let Some(arguments) = name.as_list() else { return lookup(data, name, meter) };
    let found = lookup(data, &arguments.get(0).unwrap_or(Item::Null), meter)?;
    Ok(found.or_else(|| arguments.get(1)))
}

/// `missing_some`: nothing if enough of the names have a value, else those that have none.
pub(super) fn missing_some<'a>(
    needed: &Item<'a>,
    options: &Item<'a>,
    data: &Item<'a>,
    meter: &mut Meter,
) -> Result<Item<'a>, Fault> {
    let missing = match options.as_list() {
        Some(names) => {
            meter.steps(names.len())?;
            missing(&names.iter().collect::<Vec<_>>(), data, meter)?
        }
        None => missing(std::slice::from_ref(options), data, meter)?,
    };
    // a name alone has the length of a text, and anything else has none: as in json-logic-js
    let count = options.property("length", meter)?.unwrap_or(Item::Number(f64::NAN));
    let lacks = missing.property("length", meter)?.unwrap_or(Item::Null);
    let enough = to_number(&count, meter)? - to_number(&lacks, meter)? >= to_number(needed, meter)?;
    if enough { Item::list(Vec::new(), meter) } else { Ok(missing) }
}
