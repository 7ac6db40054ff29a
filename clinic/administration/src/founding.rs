//! Founding a practice on somebody's behalf. Its owner, and whoever comes with them, are invited by mail and make their
//! accounts themselves; until the owner has accepted, the practice waits for them.

use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use garde::Validate;
use identity::{Guest, email_address, invite_by_platform, person_name};
use platform::administrator::Admin;
use platform::crypto::sha256;
use platform::db::TenantTx;
use platform::error::{Error, OnConstraint as _, Result};
use platform::extract::Body;
use platform::id::PracticeId;
use platform::idempotency::IdempotencyKey;
use platform::language::Language;
use platform::permission::Role;
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::practices::{Practice, after_change};

/// The route of founding.
pub fn routes() -> Routes {
    Routes::new().route(route!(found))
}

/// A practice to be founded.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewPractice {
    #[garde(length(chars, max = 120), custom(validate::line))]
    name: String,
    /// Its address: the sub-domain.
    #[garde(custom(validate::slug))]
    slug: String,
    /// ISO 3166-1 alpha-2.
    #[garde(custom(validate::country))]
    country: String,
    /// IANA time zone.
    #[garde(custom(validate::time_zone))]
    time_zone: String,
    /// ISO 4217.
    #[garde(custom(validate::currency))]
    currency: String,
    /// Of the practice and of the mails to its people.
    #[garde(skip)]
    language: Language,
    #[garde(dive)]
    owner: NewOwner,
    /// People who come with the owner, at most 50.
    #[garde(length(max = 50), dive)]
    #[serde(default)]
    staff: Vec<NewStaff>,
}

/// Who is to own a practice.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOwner {
    /// The person has the last word on it.
    #[garde(custom(person_name))]
    pub name: Phi<String>,
    /// Where the invitation goes.
    #[garde(custom(email_address))]
    pub email: Phi<String>,
}

/// Somebody who comes with the owner.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStaff {
    #[garde(custom(person_name))]
    name: Phi<String>,
    #[garde(custom(email_address))]
    email: Phi<String>,
    #[garde(skip)]
    role: Role,
}

impl NewOwner {
    /// The owner as somebody to be invited.
    pub fn guest(self) -> Guest {
        Guest { email: self.email, name: Some(self.name), role: Role::Owner }
    }
}

/// Found a practice. Its owner and its people get invitations by mail.
#[utoipa::path(post, path = "/api/v1/admin/practices", tag = "administration", request_body = NewPractice,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Practice)))]
async fn found(who: Admin, key: IdempotencyKey, Body(asked): Body<NewPractice>) -> Result<Response> {
    each_once(&asked)?;
    let hash = sha256(&serde_json::to_vec(&asked).map_err(Error::internal)?);
    if let Some(practice) = founded(&who, key, &hash).await? {
        return answer(&who, practice, true).await;
    }
    let practice = PracticeId::new();
    match carry_out(&who, practice, key, hash.clone(), asked).await {
        Ok(()) => answer(&who, practice, false).await,
        // the same request may have come twice at once
        Err(error) => match founded(&who, key, &hash).await? {
            Some(practice) => answer(&who, practice, true).await,
            None => Err(error),
        },
    }
}

async fn answer(who: &Admin, practice: PracticeId, replayed: bool) -> Result<Response> {
    let Json(practice) = after_change(who, practice).await?;
    let mut response = (StatusCode::CREATED, Json(practice)).into_response();
    if replayed {
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// One address, one invitation.
fn each_once(asked: &NewPractice) -> Result<()> {
    let address = |email: &Phi<String>| email.expose().trim().to_lowercase();
    let mut seen = vec![address(&asked.owner.email)];
    for (at, staff) in asked.staff.iter().enumerate() {
        let email = address(&staff.email);
        if seen.contains(&email) {
            let pointer = format!("/staff/{at}/email");
            return Err(Error::invalid(Vec::new()).at(&pointer, "repeated", "This e-mail is above already."));
        }
        seen.push(email);
    }
    Ok(())
}

/// The practice that was founded under this key before.
async fn founded(who: &Admin, key: IdempotencyKey, hash: &[u8]) -> Result<Option<PracticeId>> {
    let mut tx = who.app().db().platform_unrecorded().await?;
    let row = sqlx::query!(
        "select practice, request_hash from administration.founding where administrator = $1 and key = $2",
        who.id.uuid(),
        key.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    match row {
        Some(row) if row.request_hash != hash => Err(platform::idempotency::reused()),
        row => Ok(row.map(|row| PracticeId(row.practice))),
    }
}

async fn carry_out(
    who: &Admin,
    practice: PracticeId,
    key: IdempotencyKey,
    hash: Vec<u8>,
    asked: NewPractice,
) -> Result<()> {
    let origin = who.app().config.public_origin();
    let invite_hours = i32::try_from(who.app().config.invite_expiry_hours.clamp(1, 720)).unwrap_or(72);
    let administrator = who.id.uuid();
    who.found(practice, "practices.create", async move |tx| {
        sqlx::query!(
            "select administration.found($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            administrator,
            key.uuid(),
            hash,
            asked.slug,
            asked.name.trim(),
            asked.language as Language,
            asked.country,
            asked.time_zone,
            asked.currency,
            invite_hours,
        )
        .execute(tx.conn())
        .await
        .on_constraint("practice_slug_key", slug_taken)?;
        tx.create_data_key().await?;
        let profile = json!({ "name": asked.name.trim(), "slug": asked.slug, "timeZone": asked.time_zone,
                              "currency": asked.currency, "country": asked.country });
        tx.record(Change::created("practice", practice.uuid(), &profile).event("practice.founded", 1)).await?;
        invite_all(tx, &asked, &origin).await
    })
    .await
}

fn slug_taken() -> Error {
    let error = Error::conflict("practice.slug_taken", "Another practice has this address.");
    error.at("/slug", "taken", "Choose another address.")
}

async fn invite_all(tx: &mut TenantTx, asked: &NewPractice, origin: &str) -> Result<()> {
    invite_by_platform(tx, &asked.owner.clone().guest(), origin).await?;
    for staff in &asked.staff {
        let guest = Guest { email: staff.email.clone(), name: Some(staff.name.clone()), role: staff.role };
        invite_by_platform(tx, &guest, origin).await?;
    }
    Ok(())
}
