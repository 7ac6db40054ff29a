//! The practice's profile: what it is called, where it is reached, in which language, zone and currency it works.

#[cfg(test)]
mod tests;
mod unversioned;

use garde::Validate;
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, OnConstraint as _};
use platform::extract::{Body, nullable};
use platform::guard::Can;
use platform::id::PracticeId;
use platform::language::Language;
use platform::permission::practice as may;
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::services;
use platform::shared::{Address, changed};

/// The routes of the profile.
pub fn routes() -> Routes {
    unversioned::routes().route(route!(read)).route(route!(change))
}

/// The practice.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Practice {
    /// Its id.
    pub id: PracticeId,
    /// What it is called.
    pub name: String,
    /// Its address: the sub-domain.
    pub slug: String,
    /// What it is called in contracts and on invoices.
    #[schema(required)]
    pub legal_name: Option<String>,
    /// Its VAT number.
    #[schema(required)]
    pub vat_number: Option<String>,
    /// Where it is.
    #[schema(required)]
    pub address: Option<Address>,
    /// Its telephone, E.164.
    #[schema(required)]
    pub phone: Option<Phi<String>>,
    /// Its e-mail.
    #[schema(required)]
    pub email: Option<Phi<String>>,
    /// Changes with each logo; null without one.
    #[schema(required)]
    pub logo_tag: Option<String>,
    /// Its language.
    pub language: Language,
    /// Country, ISO 3166-1 alpha-2: the default of phone numbers and VAT.
    pub country: String,
    /// IANA time zone: weekly hours are in it.
    pub time_zone: String,
    /// ISO 4217 currency of all prices.
    pub currency: String,
    /// Goes up with each change.
    pub version: i32,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What is to be different about the practice; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PracticeChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    name: Option<String>,
    /// The old address is free for others from now on.
    #[garde(inner(custom(validate::slug)))]
    slug: Option<String>,
    #[garde(inner(inner(length(chars, max = 160), custom(validate::line))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    legal_name: Option<Option<String>>,
    /// In Saudi Arabia 15 digits that begin and end with 3; elsewhere at most 20 characters.
    #[garde(inner(inner(length(chars, max = 20), custom(validate::line))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    vat_number: Option<Option<String>>,
    #[garde(dive)]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Address>)]
    address: Option<Option<Address>>,
    /// As people write it in the practice's country, or international.
    #[garde(inner(inner(custom(phone_length))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    phone: Option<Option<Phi<String>>>,
    #[garde(inner(inner(custom(email_address))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    email: Option<Option<Phi<String>>>,
    #[garde(skip)]
    language: Option<Language>,
    #[garde(inner(custom(validate::country)))]
    country: Option<String>,
    #[garde(inner(custom(validate::time_zone)))]
    time_zone: Option<String>,
    /// Not while services have prices in another one.
    #[garde(inner(custom(validate::currency)))]
    currency: Option<String>,
}

/// The practice's profile.
#[utoipa::path(get, path = "/api/v1/practice", tag = "practice", responses((status = 200, body = Practice)))]
async fn read(who: Can<may::Read>) -> Result<Json<Practice>> {
    who.read(async |tx| find(tx).await).await.map(Json)
}

/// Change the practice's profile.
#[utoipa::path(patch, path = "/api/v1/practice", tag = "practice", request_body = PracticeChange,
    responses((status = 200, body = Practice)))]
async fn change(who: Can<may::Write>, Body(change): Body<PracticeChange>) -> Result<Json<Practice>> {
    who.write(async move |tx| make(tx, change.clone()).await).await.map(Json)
}

async fn make(tx: &mut TenantTx, change: PracticeChange) -> Result<Practice> {
    let before = find_locked(tx).await?;
    check_version(change.version, before.version, &before)?;
    let after = change.apply(&before, tx.now())?;
    check_vat_number(&after)?;
    if after.currency != before.currency && services::priced_otherwise(tx, &after.currency).await? {
        return Err(currency_in_use());
    }
    save(tx, &after).await?;
    tx.record(Change::updated("practice", after.id.uuid(), &before, &after).event("practice.changed", after.version))
        .await?;
    Ok(after)
}

impl PracticeChange {
    fn apply(self, before: &Practice, now: Timestamp) -> Result<Practice> {
        let of = before.clone();
        let country = self.country.unwrap_or(of.country);
        let phone = match self.phone {
            Some(Some(phone)) => Some(Phi::new(validate::phone(phone.expose(), &country, "/phone")?)),
            Some(None) => None,
            None => of.phone,
        };
        let email = self.email.map_or(of.email, |email| email.map(|email| Phi::new(email.expose().trim().to_owned())));
        Ok(Practice {
            name: self.name.map_or(of.name, |name| name.trim().to_owned()),
            slug: self.slug.unwrap_or(of.slug),
            legal_name: changed(self.legal_name, of.legal_name),
            vat_number: changed(self.vat_number, of.vat_number),
            address: self.address.unwrap_or(of.address),
            phone,
            email,
            language: self.language.unwrap_or(of.language),
            country,
            time_zone: self.time_zone.unwrap_or(of.time_zone),
            currency: self.currency.unwrap_or(of.currency),
            version: of.version + 1,
            updated_at: now,
            ..of
        })
    }
}

/// Saudi VAT numbers have 15 digits, the first and the last of them 3 (ZATCA, XML implementation standard, BR-KSA-40).
fn check_vat_number(practice: &Practice) -> Result<()> {
    let Some(number) = practice.vat_number.as_deref().filter(|_| practice.country == "SA") else { return Ok(()) };
    let digits = number.len() == 15 && number.bytes().all(|b| b.is_ascii_digit());
    if digits && number.starts_with('3') && number.ends_with('3') {
        return Ok(());
    }
    Err(Error::invalid(Vec::new()).at(
        "/vatNumber",
        "invalid_vat_number",
        "A Saudi VAT number has 15 digits and begins and ends with 3.",
    ))
}

fn currency_in_use() -> Error {
    Error::conflict("practice.currency_in_use", "Services have prices in the present currency.").at(
        "/currency",
        "in_use",
        "Archive the services that have prices, or keep the currency.",
    )
}

fn email_address(value: &Phi<String>, (): &()) -> garde::Result {
    validate::email(value.expose(), &())
}

/// No telephone number with its spaces is longer; whether it is one is seen with the country.
pub(crate) fn phone_length(value: &Phi<String>, (): &()) -> garde::Result {
    if value.expose().chars().count() <= 40 {
        return Ok(());
    }
    Err(garde::Error::new("too_long: Use at most 40 characters."))
}

/// A telephone number in E.164, read with the country of the address, or the practice's.
pub(crate) async fn read_phone(
    tx: &mut TenantTx,
    phone: Option<Phi<String>>,
    address: Option<&Address>,
) -> Result<Option<Phi<String>>> {
    let Some(phone) = phone else { return Ok(None) };
    let country = match address {
        Some(address) => address.country.clone(),
        None => find(tx).await?.country,
    };
    Ok(Some(Phi::new(validate::phone(phone.expose(), &country, "/phone")?)))
}

struct Row {
    practice_id: uuid::Uuid,
    name: String,
    slug: String,
    legal_name: Option<String>,
    vat_number: Option<String>,
    address: Option<sqlx::types::Json<Address>>,
    phone: Option<String>,
    email: Option<String>,
    logo_tag: Option<String>,
    language: Language,
    country: String,
    time_zone: String,
    currency: String,
    version: i32,
    updated_at: jiff_sqlx::Timestamp,
}

impl From<Row> for Practice {
    fn from(row: Row) -> Self {
        Self {
            id: PracticeId(row.practice_id),
            name: row.name,
            slug: row.slug,
            legal_name: row.legal_name,
            vat_number: row.vat_number,
            address: row.address.map(|address| address.0),
            phone: row.phone.map(Phi::new),
            email: row.email.map(Phi::new),
            logo_tag: row.logo_tag,
            language: row.language,
            country: row.country,
            time_zone: row.time_zone,
            currency: row.currency,
            version: row.version,
            updated_at: row.updated_at.to_jiff(),
        }
    }
}

/// The practice that the transaction is in.
///
/// # Errors
/// 503 when the database is away.
pub async fn find(tx: &mut TenantTx) -> Result<Practice> {
    let practice = tx.practice();
    let row = sqlx::query_as!(
        Row,
        r#"select practice_id, name, slug, legal_name, vat_number, address as "address: _", phone, email, logo_tag,
                  language as "language: Language", country, time_zone, currency, version, updated_at
             from platform.practice where practice_id = $1"#,
        practice,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(row.into())
}

/// The practice, which nobody else changes until the end of the transaction.
pub(crate) async fn find_locked(tx: &mut TenantTx) -> Result<Practice> {
    let practice = tx.practice();
    sqlx::query!("select from platform.practice where practice_id = $1 for update", practice)
        .fetch_one(tx.conn())
        .await?;
    find(tx).await
}

async fn save(tx: &mut TenantTx, practice: &Practice) -> Result<()> {
    sqlx::query!(
        "update platform.practice
            set name = $2, slug = $3, legal_name = $4, vat_number = $5, address = $6, phone = $7, email = $8,
                language = $9, country = $10, time_zone = $11, currency = $12, version = $13, updated_at = $14
          where practice_id = $1",
        practice.id.uuid(),
        practice.name,
        practice.slug,
        practice.legal_name,
        practice.vat_number,
        practice.address.as_ref().map(sqlx::types::Json) as _,
        practice.phone.as_ref().map(Phi::expose),
        practice.email.as_ref().map(Phi::expose),
        practice.language as Language,
        practice.country,
        practice.time_zone,
        practice.currency,
        practice.version,
        jiff_sqlx::Timestamp::from(practice.updated_at) as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("practice_slug_key", || {
        Error::conflict("practice.slug_taken", "Another practice has this address.").at(
            "/slug",
            "taken",
            "Choose another address.",
        )
    })?;
    Ok(())
}
