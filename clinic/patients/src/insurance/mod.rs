//! Insurance policies: who pays for a patient, and whether somebody has made sure of it.

mod row;
#[cfg(test)]
mod tests;
mod unverified;

use garde::Validate;
use jiff::Timestamp;
use jiff::civil::Date;
use platform::change::Change as FieldsChange;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
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

use crate::record;

pub use row::{find_all, of_patient};

platform::id!(
    /// An insurance policy.
    PolicyId
);

/// The routes of policies.
pub fn routes() -> Routes {
    unverified::routes()
        .route(route!(policies))
        .route(route!(add_policy))
        .route(route!(change_policy))
        .route(route!(verify_policy))
        .route(route!(delete_policy))
        .route(route!(restore_policy))
}

/// What is entered about a policy.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct PolicyFields {
    /// In which order policies pay: 1 is the first. Left out, it comes after those that are there.
    #[garde(inner(range(min = 1, max = 9)))]
    pub rank: Option<i32>,
    /// The insurance company.
    #[garde(length(chars, max = 120), custom(validate::line))]
    #[schema(required)]
    pub payer: String,
    /// The plan.
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    pub plan: Option<String>,
    /// The member's number. Encrypted.
    #[garde(length(chars, max = 60), custom(validate::line))]
    #[schema(required)]
    pub member_id: String,
    /// The group's number. Encrypted.
    #[garde(inner(length(chars, max = 60), custom(validate::line)))]
    pub group_id: Option<String>,
    /// Who holds the policy, when it is not the patient. Encrypted.
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    pub holder_name: Option<String>,
    /// The holder's number, kept in E.164. Encrypted.
    #[garde(inner(length(chars, min = 3, max = 40)))]
    pub holder_phone: Option<String>,
    /// First day.
    #[garde(skip)]
    #[schema(format = Date, value_type = Option<String>)]
    pub valid_from: Option<Date>,
    /// Last day.
    #[garde(skip)]
    #[schema(format = Date, value_type = Option<String>)]
    pub valid_to: Option<Date>,
    /// Pictures of the card.
    #[garde(length(max = 4), dive)]
    pub cards: Vec<CardPicture>,
}

/// What is known of a picture of an insurance card; the picture itself is a file of the patient.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CardPicture {
    /// The file's name.
    #[garde(length(chars, max = 200), custom(validate::line))]
    pub name: String,
    /// Its media type.
    #[garde(length(chars, max = 100), custom(validate::line))]
    pub media_type: String,
    /// Its size.
    #[garde(range(min = 0, max = 100_000_000))]
    pub bytes: i64,
}

/// Whether the company pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Eligibility {
    /// It does.
    Active,
    /// It does not.
    Inactive,
    /// Asked, not answered.
    Pending,
    /// Nobody has asked.
    #[default]
    Unknown,
}

/// A policy.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// Its id.
    pub id: PolicyId,
    /// Whose it is.
    pub patient_id: PatientId,
    /// What was entered.
    #[serde(flatten)]
    pub fields: PolicyFields,
    /// Whether the company pays, as it was last verified.
    pub eligibility: Eligibility,
    /// When that was.
    #[schema(required)]
    pub verified_at: Option<Timestamp>,
    /// Who did.
    #[schema(required)]
    pub verified_by: Option<Uuid>,
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

undisclosed!(PolicyFields, CardPicture, Policy);

/// The policies of a patient, in the order in which they pay.
#[derive(Debug, Serialize, ToSchema)]
struct Policies {
    items: Vec<Policy>,
}

/// What the company said.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Verification {
    /// The version that it is about.
    #[garde(skip)]
    version: i32,
    #[garde(skip)]
    eligibility: Eligibility,
}

/// The policies of a patient.
#[utoipa::path(get, path = "/api/v1/patients/{id}/policies", tag = "patients",
    params(("id" = Uuid, Path, description = "The patient")), responses((status = 200, body = Policies)))]
async fn policies(who: Can<may::Read>, Path(id): Path<PatientId>) -> Result<Json<Policies>> {
    who.read_recorded(async move |tx| {
        record::must_be(tx, id).await?;
        let items = row::of_patient(tx, id).await?;
        tx.record_read(Look::at("policies", id.uuid()).of_patient(Some(id))).await?;
        Ok(Json(Policies { items }))
    })
    .await
}

/// Enter a policy of a patient.
#[utoipa::path(post, path = "/api/v1/patients/{id}/policies", tag = "patients", request_body = PolicyFields,
    params(("id" = Uuid, Path, description = "The patient"),
           ("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Policy)))]
async fn add_policy(
    who: Can<may::Write>,
    Path(id): Path<PatientId>,
    key: IdempotencyKey,
    Body(new): Body<PolicyFields>,
) -> Result<Once> {
    let request = key.of("policy.create", &(id, &new))?;
    who.create_once(request, async move |tx| add(tx, id, &new).await).await
}

/// Change a policy.
#[utoipa::path(patch, path = "/api/v1/policies/{id}", tag = "patients", request_body = FieldsChange<PolicyFields>,
    params(("id" = Uuid, Path, description = "The policy")), responses((status = 200, body = Policy)))]
async fn change_policy(
    who: Can<may::Write>,
    Path(id): Path<PolicyId>,
    change: FieldsChange<PolicyFields>,
) -> Result<Json<Policy>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, change.version).await?;
        let fields = change.apply(&before.fields)?.tidied(tx).await?;
        // what the company said was about another number
        let same = fields.member_id == before.fields.member_id && fields.payer == before.fields.payer;
        let after = Policy {
            fields,
            eligibility: if same { before.eligibility } else { Eligibility::Unknown },
            verified_at: before.verified_at.filter(|_| same),
            verified_by: before.verified_by.filter(|_| same),
            ..before.clone()
        };
        save(tx, &before, after, "policy.changed").await.map(Json)
    })
    .await
}

/// Write down what the company said about a policy.
#[utoipa::path(post, path = "/api/v1/policies/{id}/verify", tag = "patients", request_body = Verification,
    params(("id" = Uuid, Path, description = "The policy")), responses((status = 200, body = Policy)))]
async fn verify_policy(
    who: Can<may::Write>,
    Path(id): Path<PolicyId>,
    Body(said): Body<Verification>,
) -> Result<Json<Policy>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, said.version).await?;
        let after = Policy {
            eligibility: said.eligibility,
            verified_at: Some(tx.now()),
            verified_by: tx.caller().actor.id(),
            ..before.clone()
        };
        save(tx, &before, after, "policy.verified").await.map(Json)
    })
    .await
}

/// Delete a policy that should not have been entered. One that has ended gets a last day instead.
#[utoipa::path(post, path = "/api/v1/policies/{id}/delete", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The policy")), responses((status = 200, body = Policy)))]
async fn delete_policy(
    who: Can<may::Write>,
    Path(id): Path<PolicyId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<Policy>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        let after = Policy { deleted_at: Some(tx.now()), ..before.clone() };
        save(tx, &before, after, "policy.deleted").await.map(Json)
    })
    .await
}

/// Restore a deleted policy: to its place in the order, or behind the others where that is taken.
#[utoipa::path(post, path = "/api/v1/policies/{id}/restore", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The policy")), responses((status = 200, body = Policy)))]
async fn restore_policy(
    who: Can<may::Write>,
    Path(id): Path<PolicyId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<Policy>> {
    who.write(async move |tx| {
        let before = row::find(tx, id).await?;
        check_version(at.version, before.version, &before)?;
        if before.deleted_at.is_none() {
            return Ok(Json(before));
        }
        let mut after = Policy { deleted_at: None, ..before.clone() };
        if row::of_patient(tx, after.patient_id).await?.iter().any(|other| other.fields.rank == after.fields.rank) {
            after.fields.rank = Some(row::next_rank(tx, after.patient_id).await?);
        }
        save(tx, &before, after, "policy.restored").await.map(Json)
    })
    .await
}

/// Enters a policy of a patient, with its audit entry, timeline entry and event.
///
/// # Errors
/// 404 when there is no such patient; 422 for what is not right; 409 where there is no place for it.
pub async fn add(tx: &mut TenantTx, patient: PatientId, new: &PolicyFields) -> Result<Policy> {
    record::must_be(tx, patient).await?;
    let mut fields = new.clone().tidied(tx).await?;
    if fields.rank.is_none() {
        fields.rank = Some(row::next_rank(tx, patient).await?);
    }
    let now = tx.now();
    let policy = Policy {
        id: PolicyId::new(),
        patient_id: patient,
        fields,
        eligibility: Eligibility::Unknown,
        verified_at: None,
        verified_by: None,
        deleted_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    row::save(tx, &policy).await?;
    let change = Change::created("policy", policy.id.uuid(), &policy);
    tx.record(change.on_timeline(patient, "policy.created").event("policy.created", 1)).await?;
    Ok(policy)
}

async fn save(tx: &mut TenantTx, before: &Policy, after: Policy, event: &'static str) -> Result<Policy> {
    let after = Policy { version: before.version + 1, updated_at: tx.now(), ..after };
    row::save(tx, &after).await?;
    let change = Change::updated("policy", after.id.uuid(), before, &after);
    tx.record(change.on_timeline(after.patient_id, event).event(event, after.version)).await?;
    Ok(after)
}

/// A policy that went over to another patient, and the place that it had.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Moved {
    policy: PolicyId,
    rank: Option<i32>,
}

/// Gives all policies of a patient to another one, behind those that it has.
///
/// # Errors
/// 409 `policy.too_many`.
pub async fn take_over(tx: &mut TenantTx, from: PatientId, to: PatientId) -> Result<Vec<Moved>> {
    let mut moved = Vec::new();
    for before in row::of_patient(tx, from).await? {
        moved.push(Moved { policy: before.id, rank: before.fields.rank });
        let rank = Some(row::next_rank(tx, to).await?);
        let fields = PolicyFields { rank, ..before.fields.clone() };
        save(tx, &before, Policy { patient_id: to, fields, ..before.clone() }, "policy.moved").await?;
    }
    Ok(moved)
}

/// Gives policies back to the patient who had them, at their places. One that was deleted meanwhile stays so.
///
/// # Errors
/// 503 when the database is away.
pub async fn give_back(tx: &mut TenantTx, moved: &[Moved], to: PatientId) -> Result<()> {
    for Moved { policy, rank } in moved {
        let before = row::find(tx, *policy).await?;
        let fields = PolicyFields { rank: *rank, ..before.fields.clone() };
        save(tx, &before, Policy { patient_id: to, fields, ..before.clone() }, "policy.moved").await?;
    }
    Ok(())
}

/// The policy at this version, locked until the end of the transaction; one that is deleted is not there.
async fn find_at(tx: &mut TenantTx, id: PolicyId, version: i32) -> Result<Policy> {
    let policy = row::find(tx, id).await?;
    if policy.deleted_at.is_some() {
        return Err(Error::not_found());
    }
    check_version(version, policy.version, &policy)?;
    Ok(policy)
}

impl PolicyFields {
    async fn tidied(mut self, tx: &mut TenantTx) -> Result<Self> {
        for text in [&mut self.payer, &mut self.member_id] {
            *text = text.trim().to_owned();
        }
        for text in [&mut self.plan, &mut self.group_id, &mut self.holder_name].into_iter().flatten() {
            *text = text.trim().to_owned();
        }
        if let Some(phone) = &mut self.holder_phone {
            *phone = validate::phone(phone, &record::fields::country(tx).await?, "/holderPhone")?;
        }
        if self.valid_from.zip(self.valid_to).is_some_and(|(from, to)| to < from) {
            let fault = Error::invalid(Vec::new());
            return Err(fault.at("/validTo", "out_of_range", "The last day is not before the first."));
        }
        Ok(self)
    }
}
