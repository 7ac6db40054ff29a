//! The family of a patient: who belongs to them, who decides for them, who is called in an emergency. Relatives are
//! patients of the practice, then each is shown with the other, or somebody else.

mod row;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use garde::Validate;
use jiff::Timestamp;
use platform::change::Change as FieldsChange;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, FieldError};
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::id::PatientId;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::patients as may;
use platform::record::{Change, Look};
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{Result, route, undisclosed, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::duplicates::merge;
use crate::list::{self, PatientItem};
use crate::{record, terms};

platform::id!(
    /// A relative of a patient.
    RelativeId
);

/// The routes of the family.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(relatives))
        .route(route!(add_relative))
        .route(route!(change_relative))
        .route(route!(delete_relative))
        .route(route!(restore_relative))
}

/// Relatives of a patient at most.
pub const MOST: usize = 40;

/// What somebody is to a patient; a part of HL7's vocabulary `v3-RoleCode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Relationship {
    /// The mother.
    Mother,
    /// The father.
    Father,
    /// Either parent.
    Parent,
    /// Husband or wife.
    Spouse,
    /// Son or daughter.
    Child,
    /// Brother or sister.
    Sibling,
    /// Grandmother or grandfather.
    Grandparent,
    /// Grandson or granddaughter.
    Grandchild,
    /// Decides for the patient without being a parent.
    Guardian,
    /// The patient is the guardian.
    Ward,
    /// Of the family, without saying how.
    Relative,
    /// A friend.
    Friend,
    /// Anybody else.
    #[default]
    Other,
}

impl Relationship {
    /// What the patient is to them.
    fn inverse(self) -> Self {
        match self {
            Self::Mother | Self::Father | Self::Parent => Self::Child,
            Self::Child => Self::Parent,
            Self::Grandparent => Self::Grandchild,
            Self::Grandchild => Self::Grandparent,
            Self::Guardian => Self::Ward,
            Self::Ward => Self::Guardian,
            same => same,
        }
    }
}

/// What is entered about a relative. Name, number, address and note are encrypted.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RelativeFields {
    /// Where to write.
    #[garde(inner(length(chars, max = 254), custom(validate::email)))]
    pub email: Option<String>,
    /// Is called in an emergency.
    #[garde(skip)]
    pub emergency: bool,
    /// Decides for the patient, and is told what the patient would be.
    #[garde(skip)]
    pub guardian: bool,
    /// The name, unless they are a patient.
    #[garde(inner(length(chars, max = 200), custom(validate::line)))]
    pub name: Option<String>,
    /// What else is to be known.
    #[garde(inner(length(chars, max = 500), custom(validate::text)))]
    pub note: Option<String>,
    /// The number, kept in E.164; the patient is found by it as well.
    #[garde(inner(length(chars, min = 3, max = 40)))]
    pub phone: Option<String>,
    /// The patient of this practice that they are.
    #[garde(skip)]
    pub related_id: Option<PatientId>,
    /// What they are to the patient.
    #[garde(skip)]
    #[schema(required)]
    pub relationship: Relationship,
}

/// A relative.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Relative {
    /// Its id.
    pub id: RelativeId,
    /// Whose relative it is.
    pub patient_id: PatientId,
    /// What was entered.
    #[serde(flatten)]
    pub fields: RelativeFields,
    /// Since when it is deleted.
    #[schema(required)]
    pub deleted_at: Option<Timestamp>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A relative as a patient's page shows it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FamilyMember {
    /// What was entered, with either of the two.
    pub relative: Relative,
    /// What they are to the patient who was asked for; where it was entered with the other one, the inverse.
    pub seen_as: Relationship,
    /// The other one, where they are a patient.
    #[schema(required)]
    pub person: Option<PatientItem>,
}

/// The family of a patient, as it was entered.
#[derive(Serialize, ToSchema)]
struct Family {
    items: Vec<FamilyMember>,
}

undisclosed!(RelativeFields, Relative, FamilyMember, Family);

/// The relatives of a patient, from both sides: those entered with it, and patients whose relative it is.
#[utoipa::path(get, path = "/api/v1/patients/{id}/relatives", tag = "patients",
    params(("id" = Uuid, Path, description = "The patient")), responses((status = 200, body = Family)))]
async fn relatives(who: Can<may::Read>, Path(id): Path<PatientId>) -> Result<Json<Family>> {
    who.read_recorded(async move |tx| {
        record::must_be(tx, id).await?;
        let items = family(tx, id).await?;
        let seen: Vec<PatientId> = items.iter().filter_map(|member| Some(member.person.as_ref()?.id)).collect();
        tx.record_read(Look::at("relatives", id.uuid()).of_patient(Some(id)).of_patients(&seen)).await?;
        Ok(Json(Family { items }))
    })
    .await
}

/// The relatives of a patient, from both sides.
///
/// # Errors
/// 503 when the database is away.
pub async fn family(tx: &mut TenantTx, id: PatientId) -> Result<Vec<FamilyMember>> {
    // who was merged into the patient is the patient
    let own: HashSet<Uuid> = merge::all_of(tx, id).await?.into_iter().collect();
    let found = row::around(tx, &own.iter().copied().collect::<Vec<_>>()).await?;
    let is_own = |relative: &Relative| own.contains(&relative.patient_id.uuid());
    let other = |relative: &Relative| {
        if is_own(relative) { relative.fields.related_id } else { Some(relative.patient_id) }.map(PatientId::uuid)
    };
    let others: Vec<Uuid> = found.iter().filter_map(other).collect();
    let kept = merge::kept(tx, &others).await?;
    let present: Vec<Uuid> = kept.values().copied().collect();
    let people: HashMap<Uuid, PatientItem> =
        list::items(tx, &present).await?.into_iter().map(|item| (item.id.uuid(), item)).collect();
    let member = |relative: Relative| {
        let person = other(&relative).and_then(|id| people.get(kept.get(&id)?)).cloned();
        let entered = relative.fields.relationship;
        let seen_as = if is_own(&relative) { entered } else { entered.inverse() };
        FamilyMember { relative, seen_as, person }
    };
    Ok(found.into_iter().map(member).collect())
}

/// Enter a relative of a patient.
#[utoipa::path(post, path = "/api/v1/patients/{id}/relatives", tag = "patients", request_body = RelativeFields,
    params(("id" = Uuid, Path, description = "The patient"),
           ("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Relative)))]
async fn add_relative(
    who: Can<may::Write>,
    Path(id): Path<PatientId>,
    key: IdempotencyKey,
    Body(new): Body<RelativeFields>,
) -> Result<Once> {
    let request = key.of("relative.create", &(id, &new))?;
    who.create_once(request, async move |tx| add(tx, id, &new).await).await
}

/// Change a relative.
#[utoipa::path(patch, path = "/api/v1/relatives/{id}", tag = "patients", request_body = FieldsChange<RelativeFields>,
    params(("id" = Uuid, Path, description = "The relative")), responses((status = 200, body = Relative)))]
async fn change_relative(
    who: Can<may::Write>,
    Path(id): Path<RelativeId>,
    change: FieldsChange<RelativeFields>,
) -> Result<Json<Relative>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, change.version).await?;
        let fields = tidied(tx, before.patient_id, change.apply(&before.fields)?).await?;
        save(tx, &before, Relative { fields, ..before.clone() }, "relative.changed").await.map(Json)
    })
    .await
}

/// Delete a relative.
#[utoipa::path(post, path = "/api/v1/relatives/{id}/delete", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The relative")), responses((status = 200, body = Relative)))]
async fn delete_relative(
    who: Can<may::Write>,
    Path(id): Path<RelativeId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<Relative>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        let after = Relative { deleted_at: Some(tx.now()), ..before.clone() };
        save(tx, &before, after, "relative.deleted").await.map(Json)
    })
    .await
}

/// Restore a deleted relative.
#[utoipa::path(post, path = "/api/v1/relatives/{id}/restore", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The relative")), responses((status = 200, body = Relative)))]
async fn restore_relative(
    who: Can<may::Write>,
    Path(id): Path<RelativeId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<Relative>> {
    who.write(async move |tx| {
        let before = row::find(tx, id).await?;
        check_version(at.version, before.version, &before)?;
        if before.deleted_at.is_none() {
            return Ok(Json(before));
        }
        let after = Relative { deleted_at: None, ..before.clone() };
        save(tx, &before, after, "relative.restored").await.map(Json)
    })
    .await
}

/// Enters a relative of a patient, with its audit entry, timeline entry and event.
///
/// # Errors
/// 404 when there is no such patient; 422 for what is not right; 409 where there is no place for it.
pub async fn add(tx: &mut TenantTx, patient: PatientId, new: &RelativeFields) -> Result<Relative> {
    record::must_be(tx, patient).await?;
    let fields = tidied(tx, patient, new.clone()).await?;
    if row::around(tx, &[patient.uuid()]).await?.len() >= MOST {
        return Err(Error::conflict("relative.too_many", "A patient has at most 40 relatives; delete some first."));
    }
    let now = tx.now();
    let id = RelativeId::new();
    let relative =
        Relative { id, patient_id: patient, fields, deleted_at: None, version: 1, created_at: now, updated_at: now };
    row::save(tx, &relative).await?;
    save_terms(tx, patient).await?;
    let change = Change::created("relative", id.uuid(), &relative);
    tx.record(change.on_timeline(patient, "relative.created").event("relative.created", 1)).await?;
    Ok(relative)
}

async fn save(tx: &mut TenantTx, before: &Relative, after: Relative, event: &'static str) -> Result<Relative> {
    let after = Relative { version: before.version + 1, updated_at: tx.now(), ..after };
    row::save(tx, &after).await?;
    save_terms(tx, after.patient_id).await?;
    let change = Change::updated("relative", after.id.uuid(), before, &after);
    tx.record(change.on_timeline(after.patient_id, event).event(event, after.version)).await?;
    Ok(after)
}

/// The relative at this version, locked until the end of the transaction; one that is deleted is not there.
async fn find_at(tx: &mut TenantTx, id: RelativeId, version: i32) -> Result<Relative> {
    let relative = row::find(tx, id).await?;
    if relative.deleted_at.is_some() {
        return Err(Error::not_found());
    }
    check_version(version, relative.version, &relative)?;
    Ok(relative)
}

/// Has the patient found by the numbers of relatives, those of whoever was merged into it too.
///
/// # Errors
/// 503 when the database is away.
pub async fn save_terms(tx: &mut TenantTx, patient: PatientId) -> Result<()> {
    let own = merge::all_of(tx, patient).await?;
    let found = row::around(tx, &own).await?;
    let of_own = found.iter().filter(|relative| own.contains(&relative.patient_id.uuid()));
    let numbers = of_own.filter_map(|relative| Some(terms::last_first(relative.fields.phone.as_ref()?))).collect();
    terms::save_kin(tx, patient, &numbers).await
}

/// What is kept of what was typed.
async fn tidied(tx: &mut TenantTx, patient: PatientId, mut fields: RelativeFields) -> Result<RelativeFields> {
    for text in [&mut fields.name, &mut fields.note, &mut fields.email] {
        *text = text.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    }
    let fault = |field: &str, code, message: &str| Err(Error::invalid(vec![FieldError::new(field, code, message)]));
    match fields.related_id {
        None if fields.name.is_none() => return fault("/name", "required", "Enter a name, or choose a patient."),
        None => {}
        Some(other) if other == patient => return fault("/relatedId", "invalid", "Choose another patient."),
        Some(_) if fields.name.is_some() || fields.phone.is_some() || fields.email.is_some() => {
            return fault("/relatedId", "exclusive", "Name, number and address of a patient are in their own record.");
        }
        Some(other) if !record::is_present(tx, other).await? => {
            return fault("/relatedId", "unknown", "There is no such patient; choose one of the list.");
        }
        Some(_) => {}
    }
    if let Some(phone) = &mut fields.phone {
        *phone = validate::phone(phone, &record::fields::country(tx).await?, "/phone")?;
    }
    Ok(fields)
}
