//! What one patient is when two turn out to be one, and what each was when they turn out to be two after all.

use platform::error::{Error, FieldError};
use platform::{Result, extract};
use serde_json::{Map, Value};

use crate::names;
use crate::record::PatientFields;
use crate::record::fields::{Consents, Sex};

const MOST_CONTACTS: usize = 10;
const MOST_ALERTS: usize = 50;

/// The kept one's fields, with what it lacks from the other one; lists of both, texts of both. Of the fields in `take`
/// the other one's value counts alone.
///
/// # Errors
/// 422 at the field of `take` that there is not.
pub fn combined(kept: &PatientFields, other: &PatientFields, take: &[String]) -> Result<PatientFields> {
    let (mut fields, theirs) = (object(&both(kept, other))?, object(other)?);
    for (i, field) in take.iter().enumerate() {
        let value = theirs.get(field).ok_or_else(|| {
            let fault = FieldError::new(format!("/take/{i}"), "unknown_field", "A patient has no such field.");
            Error::invalid(vec![fault])
        })?;
        fields.insert(field.clone(), value.clone());
    }
    extract::read(Value::Object(fields))
}

/// What the kept one was before the merge, with what people have changed since.
///
/// # Errors
/// 500 for what is no record.
pub fn taken_apart(before: &PatientFields, after: &PatientFields, now: &PatientFields) -> Result<PatientFields> {
    let (before, after, mut fields) = (object(before)?, object(after)?, object(now)?);
    for (field, value) in &mut fields {
        if after.get(field) == Some(value) {
            *value = before.get(field).cloned().unwrap_or_default();
        }
    }
    extract::read(Value::Object(fields))
}

fn both(kept: &PatientFields, other: &PatientFields) -> PatientFields {
    let (kept, other) = (kept.clone(), other.clone());
    let (given_name_other, family_name_other) = match kept.given_name_other {
        Some(given) => (Some(given), kept.family_name_other.or(other.family_name_other)),
        None if other.given_name_other.is_some() => (other.given_name_other, other.family_name_other),
        // the same name, entered in the other script
        None if names::is_arabic(&kept.given_name) != names::is_arabic(&other.given_name) => {
            (Some(other.given_name), other.family_name.clone())
        }
        None => (None, kept.family_name_other),
    };
    PatientFields {
        given_name: kept.given_name,
        family_name: kept.family_name.or(other.family_name),
        given_name_other,
        family_name_other,
        birth_date: kept.birth_date.or(other.birth_date),
        sex: if kept.sex == Sex::Unknown { other.sex } else { kept.sex },
        phones: joined(kept.phones, other.phones, MOST_CONTACTS, |a, b| a.number == b.number),
        emails: joined(kept.emails, other.emails, MOST_CONTACTS, |a, b| a.address.eq_ignore_ascii_case(&b.address)),
        address: kept.address.or(other.address),
        contact_method: kept.contact_method.or(other.contact_method),
        language: kept.language.or(other.language),
        national_id: kept.national_id.or(other.national_id),
        nationality: kept.nationality.or(other.nationality),
        alerts: joined(kept.alerts, other.alerts, MOST_ALERTS, |a, b| (a.kind, &a.text) == (b.kind, &b.text)),
        medical_history: texts(kept.medical_history, other.medical_history),
        notes: texts(kept.notes, other.notes),
        lead_source: kept.lead_source.or(other.lead_source),
        status: kept.status,
        consents: Consents {
            calls: kept.consents.calls.or(other.consents.calls),
            email: kept.consents.email.or(other.consents.email),
            sms: kept.consents.sms.or(other.consents.sms),
        },
        tags: kept.tags.into_iter().chain(other.tags).collect(),
        custom: other.custom.into_iter().chain(kept.custom).collect(),
    }
}

fn joined<T>(kept: Vec<T>, other: Vec<T>, most: usize, same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let mut all = kept;
    for item in other {
        if all.len() < most && !all.iter().any(|known| same(known, &item)) {
            all.push(item);
        }
    }
    all
}

fn texts(kept: Option<String>, other: Option<String>) -> Option<String> {
    match (kept, other) {
        (Some(kept), Some(other)) if !kept.contains(&other) => Some(format!("{kept}\n\n{other}")),
        (kept, other) => kept.or(other),
    }
}

fn object(fields: &PatientFields) -> Result<Map<String, Value>> {
    match serde_json::to_value(fields).map_err(Error::internal)? {
        Value::Object(fields) => Ok(fields),
        _ => Ok(Map::new()),
    }
}
