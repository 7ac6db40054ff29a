//! Operators on lists.

use super::Call;
use super::coerce::to_number;
use super::evaluate::lookup;
use super::item::{Item, List};
use super::operator::Operator;
use crate::budget::Meter;
use crate::fault::{Code, Fault};

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
        let is_there = match lookup(data, &name, meter)? {
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

/// `missing_some`: nothing if enough of the names have a value, else those that have none.
pub(super) fn missing_some<'a>(
    needed: &Item<'a>,
    options: &Item<'a>,
    data: &Item<'a>,
    meter: &mut Meter,
) -> Result<Item<'a>, Fault> {
    let Some(count) = options.as_list().map(List::len) else {
        let message = "`missing_some` takes a number and a list of names; put the names into a list.";
        return Err(Fault::new(Code::Kind, message));
    };
    let missing = missing(std::slice::from_ref(options), data, meter)?;
    let there = count - missing.as_list().map_or(0, List::len);
    #[expect(clippy::cast_precision_loss, reason = "lists are far shorter than 2^53")]
    let enough = there as f64 >= to_number(needed, meter)?;
    if enough { Item::list(Vec::new(), meter) } else { Ok(missing) }
}
