//! Custom fields: what a practice keeps about its patients besides what every practice keeps.

mod keys;
mod row;
#[cfg(test)]
mod tests;
mod values;

use garde::Validate;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, FieldError};
use platform::extract::{Body, Path, nullable};
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::patients as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::shared::{AtVersion, changed, in_order, trimmed};
use platform::{Result, route, validate};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

pub use row::all;
pub use values::{Filterable, Values, filterable, tidied};

platform::id!(
    /// A custom field.
    FieldId
);

/// The routes of custom fields.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(list))
        .route(route!(create))
        .route(route!(order))
        .route(route!(change))
        .route(route!(archive))
        .route(route!(restore))
}

/// Something that the practice keeps about its patients.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomField {
    /// Its id.
    pub id: FieldId,
    /// Its name in `custom` of a patient, in filters (`custom.key`) and in files. Never changes.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// What it is called in Arabic.
    #[schema(required)]
    pub name_ar: Option<String>,
    /// What it holds. Never changes.
    pub kind: FieldKind,
    /// What can be chosen.
    pub options: Vec<FieldOption>,
    /// Must be there when a patient is entered, and cannot be emptied.
    pub required: bool,
    /// What a new patient has when nothing else is said.
    #[schema(required)]
    pub default: Option<Value>,
    /// A column of lists from the beginning.
    pub listed: bool,
    /// Sealed, in no list and no filter. Never changes.
    pub sensitive: bool,
    /// Its place in forms: small ones come first.
    pub rank: i32,
    /// Since when it is no longer asked for. What was entered stays.
    #[schema(required)]
    pub archived_at: Option<Timestamp>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What a custom field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "camelCase")]
#[sqlx(type_name = "text", rename_all = "camelCase")]
pub enum FieldKind {
    /// Text of up to 2,000 characters.
    Text,
    /// A number of up to 15 digits.
    Number,
    /// A date.
    Date,
    /// An instant.
    DateTime,
    /// One of the options, by its key.
    Select,
    /// Some of the options, by their keys.
    MultiSelect,
    /// True or false.
    Boolean,
    /// A telephone number, kept in E.164.
    Phone,
    /// An e-mail address.
    Email,
}

impl FieldKind {
    const fn has_options(self) -> bool {
        matches!(self, Self::Select | Self::MultiSelect)
    }
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FieldOption {
    /// What stands for it in values; made from the name when it is left out. Never changes.
    #[garde(inner(custom(keys::plain)))]
    #[serde(default)]
    pub key: Option<String>,
    /// What it is called.
    #[garde(length(chars, max = 80), custom(validate::line))]
    pub name: String,
    /// What it is called in Arabic.
    #[garde(inner(length(chars, max = 80), custom(validate::line)))]
    #[serde(default)]
    pub name_ar: Option<String>,
    /// No longer to be chosen; whoever has it keeps it.
    #[garde(skip)]
    #[serde(default)]
    pub archived: bool,
}

/// All custom fields of the practice.
#[derive(Debug, Serialize, ToSchema)]
struct CustomFields {
    items: Vec<CustomField>,
}

/// A custom field to be made.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewField {
    /// What it is called.
    #[garde(length(chars, max = 80), custom(validate::line))]
    name: String,
    /// What it is called in Arabic.
    #[garde(inner(length(chars, max = 80), custom(validate::line)))]
    name_ar: Option<String>,
    /// Its name in the API; made from the name when it is left out.
    #[garde(inner(custom(keys::plain)))]
    key: Option<String>,
    #[garde(skip)]
    kind: FieldKind,
    /// What can be chosen; of select and multiSelect.
    #[garde(dive)]
    #[serde(default)]
    options: Vec<FieldOption>,
    #[garde(skip)]
    #[serde(default)]
    required: bool,
    #[garde(skip)]
    default: Option<Value>,
    #[garde(skip)]
    #[serde(default)]
    listed: bool,
    #[garde(skip)]
    #[serde(default)]
    sensitive: bool,
}

/// What is to be different about a custom field; what is left out stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FieldChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    #[garde(inner(length(chars, max = 80), custom(validate::line)))]
    name: Option<String>,
    #[garde(inner(inner(length(chars, max = 80), custom(validate::line))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    name_ar: Option<Option<String>>,
    /// All of them: those that there were, archived or not, and new ones.
    #[garde(dive)]
    options: Option<Vec<FieldOption>>,
    #[garde(skip)]
    required: Option<bool>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Value>)]
    default: Option<Option<Value>>,
    #[garde(skip)]
    listed: Option<bool>,
}

/// In which order forms ask.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct FieldOrder {
    /// All that are in use, the first one first.
    #[garde(length(max = 100))]
    ids: Vec<FieldId>,
}

/// The most fields of a practice, archived ones included: a form that asks for more is filled in by nobody.
const MOST: usize = 100;

/// The practice's custom fields in their order, archived ones included.
#[utoipa::path(get, path = "/api/v1/patient-fields", tag = "patients", responses((status = 200, body = CustomFields)))]
async fn list(who: Can<may::Read>) -> Result<Json<CustomFields>> {
    who.read(async |tx| Ok(Json(CustomFields { items: all(tx).await? }))).await
}

/// Make a custom field.
#[utoipa::path(post, path = "/api/v1/patient-fields", tag = "patients", request_body = NewField,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = CustomField)))]
async fn create(who: Can<may::Configure>, key: IdempotencyKey, Body(new): Body<NewField>) -> Result<Once> {
    let request = key.of("patient_field.create", &new)?;
    who.create_once(request, async move |tx| add(tx, new.clone()).await).await
}

/// Put the custom fields into another order.
#[utoipa::path(post, path = "/api/v1/patient-fields/order", tag = "patients", request_body = FieldOrder,
    responses((status = 200, body = CustomFields)))]
async fn order(who: Can<may::Configure>, Body(order): Body<FieldOrder>) -> Result<Json<CustomFields>> {
    who.write(async move |tx| {
        let fields = row::locked(tx).await?;
        let told = order.ids.iter().map(|id| id.uuid());
        let placed = in_order(in_use(&fields), told, |field| field.id.uuid()).ok_or_else(|| {
            Error::conflict("patient_field.others", "There are other fields by now; load them again.")
        })?;
        for (rank, before) in placed {
            row::change(tx, before, CustomField { rank, ..before.clone() }, "patient_field.changed").await?;
        }
        Ok(Json(CustomFields { items: all(tx).await? }))
    })
    .await
}

/// Change a custom field.
#[utoipa::path(patch, path = "/api/v1/patient-fields/{id}", tag = "patients", request_body = FieldChange,
    params(("id" = Uuid, Path, description = "The field")), responses((status = 200, body = CustomField)))]
async fn change(
    who: Can<may::Configure>,
    Path(id): Path<FieldId>,
    Body(change): Body<FieldChange>,
) -> Result<Json<CustomField>> {
    who.write(async move |tx| {
        let (before, change) = (find_at(tx, id, change.version).await?, change.clone());
        let options = match change.options {
            Some(options) => keys::still_there(&before.options, keys::keyed(options)?)?,
            None => before.options.clone(),
        };
        let after = CustomField {
            name: change.name.map_or_else(|| before.name.clone(), |name| name.trim().to_owned()),
            name_ar: changed(change.name_ar, before.name_ar.clone()),
            options,
            required: change.required.unwrap_or(before.required),
            default: change.default.unwrap_or_else(|| before.default.clone()),
            listed: change.listed.unwrap_or(before.listed),
            ..before.clone()
        };
        let after = CustomField { default: values::default_of(tx, &after).await?, ..after };
        coherent(&after)?;
        row::change(tx, &before, after, "patient_field.changed").await.map(Json)
    })
    .await
}

/// Stop asking for a custom field. What was entered stays with the patients, and comes back with the field.
#[utoipa::path(post, path = "/api/v1/patient-fields/{id}/archive", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The field")), responses((status = 200, body = CustomField)))]
async fn archive(
    who: Can<may::Configure>,
    Path(id): Path<FieldId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<CustomField>> {
    who.write(async move |tx| set_archived(tx, id, at.version, true).await).await.map(Json)
}

/// Ask for an archived custom field again.
#[utoipa::path(post, path = "/api/v1/patient-fields/{id}/restore", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The field")), responses((status = 200, body = CustomField)))]
async fn restore(
    who: Can<may::Configure>,
    Path(id): Path<FieldId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<CustomField>> {
    who.write(async move |tx| set_archived(tx, id, at.version, false).await).await.map(Json)
}

async fn set_archived(tx: &mut TenantTx, id: FieldId, version: i32, archived: bool) -> Result<CustomField> {
    let before = find_at(tx, id, version).await?;
    if before.archived_at.is_some() == archived {
        return Ok(before);
    }
    let after = CustomField { archived_at: archived.then_some(tx.now()), ..before.clone() };
    let event = if archived { "patient_field.archived" } else { "patient_field.restored" };
    row::change(tx, &before, after, event).await
}

async fn add(tx: &mut TenantTx, new: NewField) -> Result<CustomField> {
    let others = row::locked(tx).await?;
    if others.len() >= MOST {
        return Err(Error::conflict("patient_field.too_many", "A practice has at most 100 custom fields."));
    }
    let now = tx.now();
    let field = CustomField {
        id: FieldId::new(),
        key: keys::own_key(&others, &new.name, new.key.as_deref())?,
        name: new.name.trim().to_owned(),
        name_ar: trimmed(new.name_ar.as_ref()).map(str::to_owned),
        kind: new.kind,
        options: keys::keyed(new.options)?,
        required: new.required,
        default: new.default,
        listed: new.listed,
        sensitive: new.sensitive,
        rank: others.iter().map(|other| other.rank).max().unwrap_or_default() + 1,
        archived_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let field = CustomField { default: values::default_of(tx, &field).await?, ..field };
    coherent(&field)?;
    row::insert(tx, &field).await?;
    let made = Change::created("patient_field", field.id.uuid(), &field);
    tx.record(made.event("patient_field.created", 1)).await?;
    Ok(field)
}

/// What no field can be, whichever way it got there.
fn coherent(field: &CustomField) -> Result<()> {
    let mut faults = Vec::new();
    if field.kind.has_options() == field.options.is_empty() {
        let (code, message) = match field.kind.has_options() {
            true => ("required", "Say what can be chosen."),
            false => ("invalid", "Only fields to choose from have options."),
        };
        faults.push(FieldError::new("/options", code, message));
    }
    if field.listed && field.sensitive {
        faults.push(FieldError::new("/listed", "invalid", "A sensitive field is in no list."));
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

/// The field at this version, locked until the end of the transaction.
async fn find_at(tx: &mut TenantTx, id: FieldId, version: i32) -> Result<CustomField> {
    let field = row::locked(tx).await?.into_iter().find(|field| field.id == id).ok_or_else(Error::not_found)?;
    check_version(version, field.version, &field)?;
    Ok(field)
}

fn in_use(fields: &[CustomField]) -> impl Iterator<Item = &CustomField> {
    fields.iter().filter(|field| field.archived_at.is_none())
}
