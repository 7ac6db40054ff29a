//! What workflows can do with patients. Each is done in the transaction that records the step, so it happens once; what
//! is the way it should be already stays so, and is no fault. A refusal comes before anything is written.

use automation::block::{Action, Call, Field, Kind, Run, missing};
use futures::future::BoxFuture;
use platform::db::TenantTx;
use platform::error::{Error, FieldError};
use platform::id::PatientId;
use platform::{Result, extract, validate};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::custom::{CustomField, FieldKind};
use crate::duplicates::merge;
use crate::record::fields::{ContactKind, ContactMethod, Email, PatientStatus, Phone, country};
use crate::record::{self, PatientFields};
use crate::tagging::{self, Tagging};
use crate::tags;
use crate::timeline::{self, NewNote};

/// All of them.
pub static ACTIONS: [&Action; 5] = [&UPDATE, &SET_CUSTOM_FIELD, &TAG_ADD, &TAG_REMOVE, &NOTE_ADD];

const PATIENT: Field = Field::new("patientId", Kind::Ref("patient"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#);
const TAG: Field = Field::new("tagId", Kind::Ref("tag"), r#""01a1fe12-4833-7244-b58d-60b3e8635e4d""#).required();
const CHANGED: Field = Field::new("changed", Kind::Boolean, "true");

/// Some fields of the record. What is left empty stays as it is; names, dates of birth and consents are for people.
static UPDATE: Action = Action {
    name: "patient.update",
    permission: "patients.write",
    fields: &[
        PATIENT,
        Field::new("status", Kind::Choice(&["lead", "active", "inactive"]), r#""active""#),
        Field::new("language", Kind::Text, r#""ar""#),
        Field::new("contactMethod", Kind::Choice(&["call", "sms", "whatsapp", "email"]), r#""sms""#),
        Field::new("phone", Kind::Phone, r#""+966501234567""#).sensitive(),
        Field::new("email", Kind::Email, r#""lina@example.com""#).sensitive(),
        Field::new("leadSource", Kind::Text, r#""Instagram""#).sensitive(),
    ],
    gives: &[CHANGED],
    run: Run::Inside(update),
};

/// One of the practice's own fields, by its key. An empty value empties it.
static SET_CUSTOM_FIELD: Action = Action {
    name: "patient.set_custom_field",
    permission: "patients.write",
    fields: &[
        PATIENT,
        Field::new("field", Kind::Ref("patientField"), r#""referredBy""#).required(),
        Field::new("value", Kind::Text, r#""Dr. Salem""#).sensitive(),
    ],
    gives: &[CHANGED],
    run: Run::Inside(set_custom_field),
};

static TAG_ADD: Action = Action {
    name: "tag.add",
    permission: "patients.write",
    fields: &[PATIENT, TAG],
    gives: &[CHANGED],
    run: Run::Inside(add_tag),
};

static TAG_REMOVE: Action = Action {
    name: "tag.remove",
    permission: "patients.write",
    fields: &[PATIENT, TAG],
    gives: &[CHANGED],
    run: Run::Inside(remove_tag),
};

static NOTE_ADD: Action = Action {
    name: "note.add",
    permission: "patients.write",
    fields: &[PATIENT, Field::new("text", Kind::LongText, r#""Asked twice, no answer.""#).required().sensitive()],
    gives: &[Field::new("noteId", Kind::Ref("note"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#)],
    run: Run::Inside(add_note),
};

/// The patient whom an action names in `patientId`, or else the one whom the run is about. Who was merged is who they are
/// kept as.
///
/// # Errors
/// 422 at `/patientId`; 409 `patient.deleted`.
pub async fn whom(tx: &mut TenantTx, call: &Call) -> Result<PatientId> {
    let asked = match (given::<String>(call, "patientId")?, call.patient) {
        (None, Some(patient)) => patient,
        _ => call.id("patientId")?,
    };
    let (kept, is_present) = merge::kept_one(tx, asked).await?.ok_or_else(|| {
        Error::invalid(vec![FieldError::new("/patientId", "not_found", "Choose a patient of the practice.")])
    })?;
    if is_present {
        return Ok(PatientId(kept));
    }
    Err(Error::conflict("patient.deleted", "This patient is deleted; restore it first."))
}

/// What was given under a key; nothing where it was left empty.
///
/// # Errors
/// 422 `step.input` for another form.
pub fn given<T: DeserializeOwned>(call: &Call, key: &str) -> Result<Option<T>> {
    match call.input.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) => serde_json::from_value(text.trim().into()).map_err(|_| missing(key)).map(Some),
        Some(value) => serde_json::from_value(value.clone()).map_err(|_| missing(key)).map(Some),
    }
}

/// What the record is to be.
struct Wanted {
    status: Option<PatientStatus>,
    language: Option<String>,
    contact_method: Option<ContactMethod>,
    phone: Option<String>,
    email: Option<String>,
    lead_source: Option<String>,
}

impl Wanted {
    async fn read(tx: &mut TenantTx, call: &Call) -> Result<Self> {
        let mut wanted = Self {
            status: given(call, "status")?,
            language: given(call, "language")?,
            contact_method: given(call, "contactMethod")?,
            phone: given(call, "phone")?,
            email: given(call, "email")?,
            lead_source: given(call, "leadSource")?,
        };
        if wanted.status == Some(PatientStatus::Deceased) {
            return Err(missing("status"));
        }
        if let Some(number) = wanted.phone.take() {
            wanted.phone = Some(validate::phone(&number, &country(tx).await?, "/phone")?);
        }
        if wanted.email.as_ref().is_some_and(|address| validate::email(address, &()).is_err()) {
            let fault = FieldError::new("/email", "invalid_email", "This is not an e-mail address.");
            return Err(Error::invalid(vec![fault]));
        }
        Ok(wanted)
    }

    /// What is said is so; a number or an address becomes the one to use first, beside those that there are.
    fn apply(self, before: &PatientFields) -> Result<PatientFields> {
        let mut fields = before.clone();
        fields.status = self.status.unwrap_or(fields.status);
        fields.language = self.language.or(fields.language);
        fields.contact_method = self.contact_method.or(fields.contact_method);
        fields.lead_source = self.lead_source.or(fields.lead_source);
        if let Some(number) = self.phone.filter(|number| before.phone() != Some(number)) {
            fields.phones.iter_mut().for_each(|phone| phone.preferred = phone.number == number);
            if !fields.phones.iter().any(|phone| phone.preferred) {
                fields.phones.push(Phone { number, kind: ContactKind::default(), preferred: true });
            }
        }
        if let Some(address) = self.email.filter(|address| before.email() != Some(address)) {
            fields.emails.iter_mut().for_each(|email| email.preferred = email.address == address);
            if !fields.emails.iter().any(|email| email.preferred) {
                fields.emails.push(Email { address, kind: ContactKind::default(), preferred: true });
            }
        }
        extract::check(&fields)?;
        Ok(fields)
    }
}

fn update<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let id = whom(tx, call).await?;
        let wanted = Wanted::read(tx, call).await?;
        let before = record::find(tx, id, true).await?;
        let version = before.version;
        let after = record::alter(tx, before, move |fields, _| wanted.apply(fields)).await?;
        Ok(json!({ "changed": after.version != version }))
    })
}

fn set_custom_field<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let id = whom(tx, call).await?;
        let key: String = given(call, "field")?.ok_or_else(|| missing("field"))?;
        let value = call.input.get("value").cloned().unwrap_or(Value::Null);
        let before = record::find(tx, id, true).await?;
        let version = before.version;
        let after = record::alter(tx, before, move |fields, own| {
            let field = own.iter().find(|field| field.key == key && field.archived_at.is_none());
            let field = field.ok_or_else(|| {
                Error::invalid(vec![FieldError::new("/field", "not_found", "Choose among the practice's own fields.")])
            })?;
            let mut fields = fields.clone();
            match typed(field, value) {
                Value::Null => fields.custom.remove(&key),
                value => fields.custom.insert(key, value),
            };
            Ok(fields)
        });
        let after = after.await.map_err(at_value)?;
        Ok(json!({ "changed": after.version != version }))
    })
}

/// A value that came as text, as the field wants it. What cannot be read stays as it came, and is refused as such.
fn typed(field: &CustomField, value: Value) -> Value {
    let text = match &value {
        Value::String(text) => text.trim(),
        Value::Number(number) if field.kind == FieldKind::Text => return number.to_string().into(),
        _ => return value,
    };
    let read = match field.kind {
        _ if text.is_empty() => Some(Value::Null),
        FieldKind::Number => {
            text.parse::<i64>().ok().map(Value::from).or_else(|| text.parse::<f64>().ok().map(Value::from))
        }
        FieldKind::Boolean => text.parse::<bool>().ok().map(Value::from),
        FieldKind::MultiSelect => Some(text.split(',').map(|key| Value::from(key.trim())).collect()),
        _ => None,
    };
    read.unwrap_or(value)
}

/// Faults of the field's value, where the step knows it.
fn at_value(error: Error) -> Error {
    if error.code() != "validation.failed" {
        return error;
    }
    let faults = error.into_faults().into_iter().map(|fault| match fault.pointer.starts_with("/custom/") {
        true => FieldError { pointer: "/value".to_owned(), ..fault },
        false => fault,
    });
    Error::invalid(faults.collect())
}

fn add_tag<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let tag = call.id("tagId")?;
        if !tags::names(tx).await?.contains_key(&tag) {
            let fault = FieldError::new("/tagId", "not_found", "Choose among the practice's tags.");
            return Err(Error::invalid(vec![fault]));
        }
        let asked = Tagging { ids: vec![whom(tx, call).await?], add: vec![tag], remove: Vec::new() };
        let done = tagging::put(tx, &asked).await.map_err(|error| match error.code() {
            "validation.failed" => {
                Error::conflict("patient.too_many_tags", "A patient has at most 30 tags; take some off first.")
            }
            _ => error,
        })?;
        Ok(json!({ "changed": done.changed > 0 }))
    })
}

/// A tag that is no more is on nobody.
fn remove_tag<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let tag = call.id("tagId")?;
        let asked = Tagging { ids: vec![whom(tx, call).await?], add: Vec::new(), remove: vec![tag] };
        Ok(json!({ "changed": tagging::put(tx, &asked).await?.changed > 0 }))
    })
}

fn add_note<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let id = whom(tx, call).await?;
        let text = given(call, "text")?.ok_or_else(|| missing("text"))?;
        let new = NewNote { text, mentions: Vec::new() };
        extract::check(&new)?;
        Ok(json!({ "noteId": timeline::keep_note(tx, id, &new).await?.id }))
    })
}
