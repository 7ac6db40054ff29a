//! Functions: conversions, sizes, and parts of texts.

use super::function::Function;
use super::operate::overflow;
use super::time;
use super::value::Val;
use crate::budget::Meter;
use crate::fault::{Code, Fault};
use crate::number;

/// The value of a function; nothing, if it does not take such arguments.
pub(super) fn call<'a>(function: Function, arguments: &[Val<'a>], meter: &mut Meter) -> Result<Option<Val<'a>>, Fault> {
    match (function, arguments) {
        (Function::Dyn, [value]) => Ok(Some(value.clone())),
        (Function::Type, [value]) => Ok(Some(Val::Type(value.kind()))),
        (Function::Size, [value]) => size(value, meter),
        (Function::Contains | Function::StartsWith | Function::EndsWith, [Val::Text(text), Val::Text(part)]) => {
            meter.read(text.len() + part.len())?;
            Ok(Some(Val::Bool(match function {
                Function::Contains => text.contains(&**part),
                Function::StartsWith => text.starts_with(&**part),
                _ => text.ends_with(&**part),
            })))
        }
        (function, [value]) => {
            if let Val::Text(text) = value {
                meter.read(text.len())?;
            }
            match function {
                Function::Bool => to_bool(value),
                Function::Bytes => to_bytes(value, meter),
                Function::Double => to_double(value),
                Function::Int => to_int(value),
                Function::Uint => to_uint(value),
                Function::String => to_text(value, meter),
                Function::Timestamp => to_time(value),
                Function::Duration => to_duration(value),
                _ => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

fn size<'a>(value: &Val<'a>, meter: &mut Meter) -> Result<Option<Val<'a>>, Fault> {
    let size = match value {
        Val::Text(text) => {
            meter.read(text.len())?;
            text.chars().count()
        }
        Val::Bytes(bytes) => bytes.len(),
        Val::List(list) => list.len(),
        Val::Map(map) => map.len(),
        _ => return Ok(None),
    };
    i64::try_from(size).map(|size| Some(Val::Int(size))).map_err(|_| overflow())
}

fn unreadable(kind: &str) -> Fault {
    Fault::new(Code::Number, format!("A text cannot be read as {kind}; test it with `matches()` first."))
}

fn to_bool<'a>(value: &Val<'a>) -> Result<Option<Val<'a>>, Fault> {
    match value {
        Val::Bool(_) => Ok(Some(value.clone())),
        Val::Text(text) => match &**text {
            "1" | "t" | "true" | "TRUE" | "True" => Ok(Some(Val::Bool(true))),
            "0" | "f" | "false" | "FALSE" | "False" => Ok(Some(Val::Bool(false))),
            _ => Err(unreadable("bool")),
        },
        _ => Ok(None),
    }
}

fn to_bytes<'a>(value: &Val<'a>, meter: &mut Meter) -> Result<Option<Val<'a>>, Fault> {
    match value {
        Val::Bytes(_) => Ok(Some(value.clone())),
        Val::Text(text) => {
            meter.hold(text.len())?;
            Ok(Some(Val::Bytes(text.as_bytes().to_vec().into())))
        }
        _ => Ok(None),
    }
}

#[expect(clippy::cast_precision_loss, reason = "the nearest double is asked for")]
fn to_double<'a>(value: &Val<'a>) -> Result<Option<Val<'a>>, Fault> {
    Ok(Some(Val::Double(match value {
        Val::Double(number) => *number,
        Val::Int(number) => *number as f64,
        Val::Uint(number) => *number as f64,
        Val::Text(text) => text.parse().map_err(|_| unreadable("double"))?,
        _ => return Ok(None),
    })))
}

fn to_int<'a>(value: &Val<'a>) -> Result<Option<Val<'a>>, Fault> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    Ok(Some(Val::Int(match value {
        Val::Int(number) => *number,
        Val::Uint(number) => i64::try_from(*number).map_err(|_| overflow())?,
        // the ends are out of range, as the specification has it
        #[expect(clippy::cast_possible_truncation, reason = "within the range, and towards zero")]
        Val::Double(number) if number.abs() < LIMIT => *number as i64,
        Val::Double(_) => return Err(overflow()),
        Val::Text(text) => text.parse().map_err(|_| unreadable("int"))?,
        Val::Timestamp(at) => time::seconds(*at),
        _ => return Ok(None),
    })))
}

fn to_uint<'a>(value: &Val<'a>) -> Result<Option<Val<'a>>, Fault> {
    const LIMIT: f64 = 18_446_744_073_709_551_616.0;
    Ok(Some(Val::Uint(match value {
        Val::Uint(number) => *number,
        Val::Int(number) => u64::try_from(*number).map_err(|_| overflow())?,
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "within the range, and towards zero"
        )]
        Val::Double(number) if (0.0..LIMIT).contains(number) => *number as u64,
        Val::Double(_) => return Err(overflow()),
        Val::Text(text) => text.parse().map_err(|_| unreadable("uint"))?,
        _ => return Ok(None),
    })))
}

fn to_text<'a>(value: &Val<'a>, meter: &mut Meter) -> Result<Option<Val<'a>>, Fault> {
    let text = match value {
        Val::Text(_) => return Ok(Some(value.clone())),
        Val::Bool(value) => value.to_string(),
        Val::Int(number) => number.to_string(),
        Val::Uint(number) => number.to_string(),
        Val::Double(number) => number::write(*number),
        Val::Bytes(bytes) => {
            meter.hold(bytes.len())?;
            String::from_utf8(bytes.to_vec()).map_err(|_| unreadable("string"))?
        }
        Val::Timestamp(at) => time::write(*at),
        Val::Duration(nanoseconds) => time::write_duration(*nanoseconds),
        Val::Null | Val::List(_) | Val::Map(_) | Val::Type(_) => return Ok(None),
    };
    meter.hold(text.len())?;
    Ok(Some(Val::Text(text.into())))
}

fn to_time<'a>(value: &Val<'a>) -> Result<Option<Val<'a>>, Fault> {
    match value {
        Val::Timestamp(_) => Ok(Some(value.clone())),
        Val::Text(text) => time::parse(text).map(|at| Some(Val::Timestamp(at))),
        Val::Int(seconds) => time::of_seconds(*seconds).map(|at| Some(Val::Timestamp(at))),
        _ => Ok(None),
    }
}

fn to_duration<'a>(value: &Val<'a>) -> Result<Option<Val<'a>>, Fault> {
    match value {
        Val::Duration(_) => Ok(Some(value.clone())),
        Val::Text(text) => time::parse_duration(text).map(|nanoseconds| Some(Val::Duration(nanoseconds))),
        _ => Ok(None),
    }
}
