//! Operators on texts.

use super::coerce::{strictly_equal, to_number, to_text, write};
use super::item::{Item, List};
use crate::budget::Meter;
use crate::fault::Fault;

/// `in`: part of a text, or element of a list.
pub(super) fn contains(needle: &Item, haystack: &Item, meter: &mut Meter) -> Result<bool, Fault> {
    if let Item::Text(haystack) = haystack {
        let needle = to_text(needle, meter)?;
        meter.read(haystack.len() + needle.len())?;
        // json-logic-js finds nothing in an empty text, not even an empty one
        return Ok(!haystack.is_empty() && haystack.contains(&*needle));
    }
    for element in haystack.as_list().into_iter().flat_map(List::iter) {
        meter.steps(1)?;
        if strictly_equal(needle, &element, meter)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `cat`
pub(super) fn join<'a>(arguments: &[Item<'a>], meter: &mut Meter) -> Result<Item<'a>, Fault> {
    let mut text = String::new();
    for argument in arguments {
        write(argument, &mut text, 0, meter)?;
    }
    Ok(Item::Text(text.into()))
}

/// `substr`: from a position, negative ones from the end; so many characters, or all but so many at the end.
pub(super) fn part<'a>(arguments: &[Item<'a>], meter: &mut Meter) -> Result<Item<'a>, Fault> {
    let [text, start, rest @ ..] = arguments else { return Ok(Item::Null) };
    let text = to_text(text, meter)?;
    // UTF-16 code units, which JavaScript counts
    meter.hold(text.len() * size_of::<u16>())?;
    meter.read(text.len())?;
    let units: Vec<u16> = text.encode_utf16().collect();
    let start = match position(to_number(start, meter)?) {
        start if start < 0 => units.len().saturating_sub(start.unsigned_abs()),
        start => units.len().min(start.unsigned_abs()),
    };
    let left = units.len() - start;
    let length = match rest {
        [] => left,
        [length, ..] => {
            let length = to_number(length, meter)?;
            #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
            let length = if length < 0.0 { left as f64 + length } else { length };
            left.min(usize::try_from(position(length)).unwrap_or(0))
        }
    };
    let part = char::decode_utf16(units[start..start + length].iter().copied()).filter_map(Result::ok);
    let part: String = part.collect();
    meter.hold(part.len())?;
    Ok(Item::Text(part.into()))
}

/// `ToIntegerOrInfinity`, ECMA-262, section 7.1.5, as far as texts are long.
fn position(number: f64) -> isize {
    #[expect(clippy::cast_possible_truncation, reason = "it saturates, and what is no number becomes zero")]
    let position = number as isize;
    position
}
