//! Values as JSON, as the specification maps them in its chapter *JSON Data Conversion*.

use serde_json::{Number, Value};

use super::time;
use super::value::{List, Map, Val};
use crate::budget::{Meter, enter};
use crate::fault::{Code, Fault};
use crate::number;

/// The largest whole number that every reader of JSON takes as it is.
const SAFE: u64 = (1 << 53) - 1;

impl Val<'_> {
    /// The value as JSON.
    ///
    /// # Errors
    /// Types, and maps whose keys are no texts, which JSON cannot say; or more than the meter allows.
    pub fn json(&self, depth: usize, meter: &mut Meter) -> Result<Value, Fault> {
        enter(depth)?;
        meter.steps(1)?;
        meter.hold(size_of::<Value>())?;
        Ok(match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(number) if number.unsigned_abs() <= SAFE => Value::from(*number),
            Self::Int(number) => Value::String(number.to_string()),
            Self::Uint(number) if *number <= SAFE => Value::from(*number),
            Self::Uint(number) => Value::String(number.to_string()),
            Self::Double(double) => {
                Number::from_f64(*double).map_or_else(|| Value::String(number::write(*double)), Value::Number)
            }
            Self::Text(text) => {
                meter.hold(text.len())?;
                Value::String(text.to_string())
            }
            Self::Bytes(bytes) => {
                meter.hold(bytes.len().div_ceil(3) * 4)?;
                Value::String(base64(bytes))
            }
            Self::List(list) => list.json(depth, meter)?,
            Self::Map(map) => map.json(depth, meter)?,
            Self::Timestamp(at) => Value::String(time::write(*at)),
            Self::Duration(nanoseconds) => Value::String(time::write_duration(*nanoseconds)),
            Self::Type(_) => {
                return Err(Fault::new(
                    Code::Kind,
                    "The result is a type, which JSON has not; compare it with another.",
                ));
            }
        })
    }
}

impl List<'_> {
    fn json(&self, depth: usize, meter: &mut Meter) -> Result<Value, Fault> {
        Ok(Value::Array(self.iter().map(|value| value.json(depth + 1, meter)).collect::<Result<_, _>>()?))
    }
}

impl Map<'_> {
    fn json(&self, depth: usize, meter: &mut Meter) -> Result<Value, Fault> {
        let members = self.iter().map(|(key, value)| {
            let Val::Text(name) = key else {
                let message = "The result is a map whose keys are no texts, which JSON has not; use texts as keys.";
                return Err(Fault::new(Code::Kind, message));
            };
            meter.hold(name.len())?;
            Ok((name.to_string(), value.json(depth + 1, meter)?))
        });
        Ok(Value::Object(members.collect::<Result<_, _>>()?))
    }
}

/// RFC 4648, section 4.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4_usize {
            if digit > group.len() {
                text.push('=');
            } else {
                text.push(char::from(DIGITS[(bits >> (18 - 6 * digit) & 63) as usize]));
            }
        }
    }
    text
}
