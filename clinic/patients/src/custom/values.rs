//! Values of custom fields: what is right for which kind, what is filled in, and how lists filter by them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use platform::Result;
use platform::db::TenantTx;
use platform::error::{Error, FieldError};
use platform::filter::{Field, Kind};
use platform::validate;
use serde_json::Value;

use super::{CustomField, FieldKind, FieldOption, in_use};
use crate::record::fields;

/// What a patient has in the practice's own fields, by their keys.
pub type Values = BTreeMap<String, Value>;

const LONGEST: usize = 2000;
const GREATEST: f64 = 1e15;

/// The one written way of the values: each of its field's kind, empty ones left out. A new patient (`before` is none)
/// gets defaults and must have what is required; of an old one, nothing that is required can be emptied, and what
/// belongs to archived fields stays as it was.
///
/// # Errors
/// The faults, each at `/custom/{key}`.
pub fn tidied(
    fields: &[CustomField],
    given: Values,
    before: Option<&Values>,
    country: &str,
) -> Result<Values, Vec<FieldError>> {
    let mut faults = Vec::new();
    let mut tidy = Values::new();
    for (key, value) in given.into_iter().filter(|(_, value)| !value.is_null()) {
        let Some(field) = fields.iter().find(|field| field.key == key) else {
            faults.push(FieldError::new(pointer(&key), "unknown_field", "The practice keeps no such thing."));
            continue;
        };
        let had = before.and_then(|before| before.get(&key));
        match checked(field, value, had, country) {
            _ if field.archived_at.is_some() => {}
            Ok(value) => tidy.extend(value.map(|value| (key, value))),
            Err((code, message)) => faults.push(FieldError::new(pointer(&key), code, message)),
        }
    }
    for field in fields {
        let had = before.and_then(|before| before.get(&field.key));
        let fallback = match before {
            _ if field.archived_at.is_some() => had,
            None => field.default.as_ref(),
            Some(_) => None,
        };
        if let (false, Some(value)) = (tidy.contains_key(&field.key), fallback) {
            tidy.insert(field.key.clone(), value.clone());
        }
    }
    let missing = in_use(fields).filter(|field| field.required && !tidy.contains_key(&field.key));
    let missing = missing.filter(|field| before.is_none_or(|before| before.contains_key(&field.key)));
    let required = |field: &CustomField| FieldError::new(pointer(&field.key), "required", "This must not be empty.");
    let told: Vec<String> = faults.iter().map(|fault| fault.pointer.clone()).collect();
    faults.extend(missing.map(required).filter(|fault| !told.contains(&fault.pointer)));
    if faults.is_empty() { Ok(tidy) } else { Err(faults) }
}

/// The default of a field in the one written way.
///
/// # Errors
/// 422 at `/default`.
pub async fn default_of(tx: &mut TenantTx, field: &CustomField) -> Result<Option<Value>> {
    let Some(value) = field.default.clone() else { return Ok(None) };
    let country = fields::country(tx).await?;
    checked(field, value, None, &country)
        .map_err(|(code, message)| Error::invalid(vec![FieldError::new("/default", code, message)]))
}

fn pointer(key: &str) -> String {
    format!("/custom/{}", key.replace('~', "~0").replace('/', "~1"))
}

type Fault = (&'static str, &'static str);

/// The value as it is kept; none when it is empty.
fn checked(field: &CustomField, value: Value, had: Option<&Value>, country: &str) -> Result<Option<Value>, Fault> {
    let text = value.as_str().map(str::trim);
    if text == Some("") {
        return Ok(None);
    }
    match field.kind {
        FieldKind::Text => {
            let text = text.ok_or(("wrong_type", "This wants a text."))?;
            if text.chars().count() > LONGEST {
                return Err(("too_long", "At most 2,000 characters."));
            }
            validate::text(text, &()).map_err(|_| ("invalid", "Control characters are not allowed here."))?;
            Ok(Some(text.into()))
        }
        FieldKind::Number => match value.as_f64() {
            Some(number) if number.abs() <= GREATEST => Ok(Some(value)),
            Some(_) => Err(("out_of_range", "A number has at most 15 digits.")),
            None => Err(("wrong_type", "This wants a number.")),
        },
        FieldKind::Date => {
            let date: Option<Date> = text.and_then(|text| text.parse().ok());
            date.map(|date| Some(date.to_string().into())).ok_or(("wrong_type", "This wants a date, as in 2026-03-01."))
        }
        FieldKind::DateTime => {
            let at: Option<Timestamp> = text.and_then(|text| text.parse().ok());
            let fault = ("wrong_type", "This wants an instant, as in 2026-03-01T09:30:00Z.");
            at.map(|at| Some(at.to_string().into())).ok_or(fault)
        }
        FieldKind::Boolean if value.is_boolean() => Ok(Some(value)),
        FieldKind::Boolean => Err(("wrong_type", "This wants true or false.")),
        FieldKind::Phone => {
            let number = text.and_then(|text| validate::phone(text, country, "").ok());
            let fault = ("invalid_phone", "This is not a phone number of that country, nor an international one.");
            number.map(|number| Some(number.into())).ok_or(fault)
        }
        FieldKind::Email => {
            let address = text.filter(|text| validate::email(text, &()).is_ok());
            address.map(|text| Some(text.into())).ok_or(("invalid_email", "This is not an e-mail address."))
        }
        FieldKind::Select => {
            let chosen = text.filter(|key| field.options.iter().any(|option| can_have(option, key, had)));
            chosen.map(|key| Some(key.into())).ok_or(NO_OPTION)
        }
        FieldKind::MultiSelect => chosen(field, &value, had),
    }
}

const NO_OPTION: Fault = ("unknown", "Choose from the options.");

/// Some of the options, in their order, each once.
fn chosen(field: &CustomField, value: &Value, had: Option<&Value>) -> Result<Option<Value>, Fault> {
    let keys = value.as_array().ok_or(("wrong_type", "This wants a list of options."))?;
    let keys: Option<Vec<&str>> = keys.iter().map(Value::as_str).collect();
    let keys = keys.ok_or(NO_OPTION)?;
    if !keys.iter().all(|key| field.options.iter().any(|option| can_have(option, key, had))) {
        return Err(NO_OPTION);
    }
    let chosen = field.options.iter().filter_map(|option| option.key.as_deref()).filter(|key| keys.contains(key));
    let chosen: Vec<Value> = chosen.map(Value::from).collect();
    Ok(if chosen.is_empty() { None } else { Some(chosen.into()) })
}

/// Whether this option is the one of that key and may be chosen: an archived one only by who had it.
fn can_have(option: &FieldOption, key: &str, had: Option<&Value>) -> bool {
    let same = |had: &Value| had == key || had.as_array().is_some_and(|had| had.iter().any(|one| one == key));
    option.key.as_deref() == Some(key) && (!option.archived || had.is_some_and(same))
}

/// A custom field as filters know it: `custom.key`, and the expression for it over a patient `p`.
pub struct Filterable {
    name: String,
    column: String,
    kind: Kind,
}

impl Filterable {
    /// As the grammar wants it.
    pub fn field(&self) -> Field<'_> {
        Field { name: &self.name, column: &self.column, kind: self.kind }
    }
}

/// What lists can filter by: all but the sensitive ones. Keys are plain letters and digits, as the table demands.
pub fn filterable(fields: &[CustomField]) -> Vec<Filterable> {
    let open = fields.iter().filter(|field| !field.sensitive);
    open.map(|CustomField { key, kind, .. }| {
        let (cast, kind) = match kind {
            FieldKind::Text | FieldKind::Select | FieldKind::Phone | FieldKind::Email => ("", Kind::Text),
            FieldKind::Number => ("::numeric", Kind::Number),
            FieldKind::Date => ("::date", Kind::Date),
            FieldKind::DateTime => ("::timestamptz", Kind::Instant),
            FieldKind::Boolean => ("::boolean", Kind::Boolean),
            FieldKind::MultiSelect => ("::jsonb", Kind::Choices),
        };
        Filterable { name: format!("custom.{key}"), column: format!("(p.custom ->> '{key}'){cast}"), kind }
    })
    .collect()
}
