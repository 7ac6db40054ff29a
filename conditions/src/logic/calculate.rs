//! Operators that make numbers.

use super::coerce::{parse_number, to_number};
use super::item::Item;
use super::operator::Operator;
use crate::budget::Meter;
use crate::fault::{Code, Fault};

/// What an operator makes of numbers. Something that is no number makes the result none, which is neither above nor
/// below anything, as in JavaScript.
///
/// # Errors
/// Division by zero, and numbers without an end, where JavaScript would go on with infinity.
pub(super) fn number<'a>(operator: Operator, arguments: &[Item<'a>], meter: &mut Meter) -> Result<Item<'a>, Fault> {
    let result = match (operator, arguments) {
        // json-logic-js leaves a single factor as it is
        (Operator::Times, [item]) => return Ok(item.clone()),
        (Operator::Add, _) => all(arguments, parse_number, 0.0, |a, b| a + b, meter)?,
        (Operator::Times, _) => all(arguments, parse_number, 1.0, |a, b| a * b, meter)?,
        (Operator::Min, _) => all(arguments, to_number, f64::INFINITY, least, meter)?,
        (Operator::Max, _) => -all(arguments, to_number, f64::INFINITY, |a, b| least(a, -b), meter)?,
        (Operator::Minus, [a]) => -to_number(a, meter)?,
        (Operator::Minus, [a, b]) => to_number(a, meter)? - to_number(b, meter)?,
        (Operator::Divide, [a, b]) => to_number(a, meter)? / divisor(b, meter)?,
        (Operator::Modulo, [a, b]) => to_number(a, meter)? % divisor(b, meter)?,
        // every other operator has its own place
        _ => f64::NAN,
    };
    if result.is_infinite() {
        return Err(Fault::new(Code::Number, "The result is too large for a number; calculate with smaller ones."));
    }
    Ok(Item::Number(result))
}

fn all(
    arguments: &[Item],
    read: fn(&Item, &mut Meter) -> Result<f64, Fault>,
    start: f64,
    join: fn(f64, f64) -> f64,
    meter: &mut Meter,
) -> Result<f64, Fault> {
    arguments.iter().try_fold(start, |sum, item| Ok(join(sum, read(item, meter)?)))
}

/// The smaller one; none, if one of them is no number, where Rust would take the other.
fn least(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }
}

fn divisor(item: &Item, meter: &mut Meter) -> Result<f64, Fault> {
    let divisor = to_number(item, meter)?;
    if divisor == 0.0 {
        return Err(Fault::new(Code::Number, "Division by zero; test the divisor first, with `if`."));
    }
    Ok(divisor)
}
