//! Values of cases: as their call workflow's fields say, with telephone numbers as they are written in the practice's
//! country.

use dialogue::{Field, Problem, Schema, Values};
use platform::error::FieldError;
use platform::validate;
use serde_json::Value;

use super::Case;

/// The values of a new case as they are kept.
///
/// # Errors
/// What is wrong with each field: `/fields/phone`.
pub fn of_new(schema: &Schema, given: &Values, country: &str) -> Result<Values, Vec<FieldError>> {
    let dialled = |(key, value): (&String, &Value)| {
        let value = schema.field(key).map_or_else(|| value.clone(), |field| in_country(field, value, country));
        (key.clone(), value)
    };
    let given: Values = given.iter().map(dialled).collect();
    schema.tidied(&given).map_err(|problems| problems.iter().map(fault).collect())
}

/// The values of a case with those that are given, the open ones and the sensitive ones. What is not given stays, whatever
/// the fields say of it by now.
///
/// # Errors
/// What is wrong with each field that is given.
pub fn merged(
    schema: &Schema,
    before: &Case,
    given: &Values,
    country: &str,
) -> Result<(Values, Values), Vec<FieldError>> {
    let (mut fields, mut private) = (before.fields.clone(), before.private.clone());
    let mut faults = Vec::new();
    for (key, value) in given {
        let Some(field) = schema.field(key) else {
            faults.push(fault(&Problem::of_value(key, "unknown", "There is no such field.")));
            continue;
        };
        let side = if field.sensitive { &mut private } else { &mut fields };
        if is_empty(value) {
            if field.required {
                faults.push(fault(&Problem::of_value(key, "required", "This field must be there.")));
            }
            side.remove(key);
            continue;
        }
        match field.tidied(&in_country(field, value, country)) {
            Ok(value) => drop(side.insert(key.clone(), value)),
            Err(problem) => faults.push(fault(&problem)),
        }
    }
    if faults.is_empty() { Ok((fields, private)) } else { Err(faults) }
}

/// Whether the values of that key are kept sealed.
pub fn is_sensitive(schema: &Schema, key: &str) -> bool {
    schema.field(key).is_some_and(|field| field.sensitive)
}

/// Whether it says nothing.
pub fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// A telephone number in E.164, where it is one of the practice's country; what is not is left to the field's own rule.
fn in_country(field: &Field, value: &Value, country: &str) -> Value {
    let number = value.as_str().filter(|_| field.kind == dialogue::Kind::Phone);
    let number = number.and_then(|text| validate::phone(text, country, "").ok());
    number.map_or_else(|| value.clone(), Value::from)
}

fn fault(problem: &Problem) -> FieldError {
    FieldError::new(format!("/fields{}", problem.pointer), problem.code, problem.message)
}
