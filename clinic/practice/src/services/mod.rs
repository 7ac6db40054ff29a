//! Services: what the practice does for patients, how long it takes and what it costs.

mod list;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use garde::Validate;
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, OnConstraint as _};
use platform::extract::{Body, Path, nullable};
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::money::Money;
use platform::permission::services as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row as _};
use utoipa::ToSchema;
use uuid::Uuid;

use platform::shared::{AtVersion, Colour, trimmed};

platform::id!(
    /// A service.
    ServiceId
);

/// The routes of services.
#[must_use]
pub fn routes() -> Routes {
    list::routes()
        .route(route!(create))
        .route(route!(read))
        .route(route!(change))
        .route(route!(archive))
        .route(route!(restore))
}

/// Something done for a patient.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Name in English.
    pub name_en: String,
    /// Name in Arabic.
    #[schema(required)]
    pub name_ar: Option<String>,
    /// The practice's own code for it, unique among what is offered.
    #[schema(required)]
    pub code: Option<String>,
    /// What it is listed under.
    #[schema(required)]
    pub category: Option<String>,
    /// How long it takes.
    pub duration_minutes: i32,
    /// Kept free before it.
    pub buffer_before_minutes: i32,
    /// Kept free after it.
    pub buffer_after_minutes: i32,
    /// What it costs without VAT, in the practice's currency.
    pub price: Money,
    /// How VAT applies to it.
    pub vat_category: VatCategory,
    /// Its colour in the calendar.
    pub colour: Colour,
    /// Since when it is no longer offered.
    #[schema(required)]
    pub archived_at: Option<Timestamp>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// How VAT applies (UN/CEFACT 5305, as the Saudi e-invoice uses it: S, Z, E).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum VatCategory {
    /// At the standard rate.
    Standard,
    /// At zero.
    Zero,
    /// Exempt.
    Exempt,
}

/// A service to be offered.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewService {
    #[garde(length(chars, max = 120), custom(validate::line))]
    pub name_en: String,
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    pub name_ar: Option<String>,
    #[garde(inner(length(chars, max = 40), custom(validate::line)))]
    pub code: Option<String>,
    #[garde(inner(length(chars, max = 60), custom(validate::line)))]
    pub category: Option<String>,
    #[garde(range(min = 5, max = 720))]
    pub duration_minutes: i32,
    #[garde(range(min = 0, max = 240))]
    #[serde(default)]
    pub buffer_before_minutes: i32,
    #[garde(range(min = 0, max = 240))]
    #[serde(default)]
    pub buffer_after_minutes: i32,
    #[garde(custom(price_in_bounds))]
    pub price: Money,
    #[garde(skip)]
    pub vat_category: VatCategory,
    #[garde(skip)]
    pub colour: Colour,
}

/// What is to be different about a service; what is left out stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ServiceChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    name_en: Option<String>,
    #[garde(inner(inner(length(chars, max = 120), custom(validate::line))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    name_ar: Option<Option<String>>,
    #[garde(inner(inner(length(chars, max = 40), custom(validate::line))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    code: Option<Option<String>>,
    #[garde(inner(inner(length(chars, max = 60), custom(validate::line))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    category: Option<Option<String>>,
    #[garde(inner(range(min = 5, max = 720)))]
    duration_minutes: Option<i32>,
    #[garde(inner(range(min = 0, max = 240)))]
    buffer_before_minutes: Option<i32>,
    #[garde(inner(range(min = 0, max = 240)))]
    buffer_after_minutes: Option<i32>,
    #[garde(inner(custom(price_in_bounds)))]
    price: Option<Money>,
    #[garde(skip)]
    vat_category: Option<VatCategory>,
    #[garde(skip)]
    colour: Option<Colour>,
}

/// Offer a new service.
#[utoipa::path(post, path = "/api/v1/services", tag = "practice", request_body = NewService,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Service)))]
async fn create(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<NewService>) -> Result<Once> {
    let request = key.of("service.create", &new)?;
    who.create_once(request, async move |tx| offer(tx, &new).await).await
}

/// A service.
#[utoipa::path(get, path = "/api/v1/services/{id}", tag = "practice",
    params(("id" = Uuid, Path, description = "The service")), responses((status = 200, body = Service)))]
async fn read(who: Can<may::Read>, Path(id): Path<ServiceId>) -> Result<Json<Service>> {
    who.read(async move |tx| find(tx, id).await).await.map(Json)
}

/// Change a service.
#[utoipa::path(patch, path = "/api/v1/services/{id}", tag = "practice", request_body = ServiceChange,
    params(("id" = Uuid, Path, description = "The service")), responses((status = 200, body = Service)))]
async fn change(
    who: Can<may::Write>,
    Path(id): Path<ServiceId>,
    Body(change): Body<ServiceChange>,
) -> Result<Json<Service>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, change.version).await?;
        let after = change.clone().apply(&before, tx.now());
        check_currency(tx, after.price).await?;
        save(tx, &after).await?;
        tx.record(Change::updated("service", id.uuid(), &before, &after).event("service.changed", after.version))
            .await?;
        Ok(Json(after))
    })
    .await
}

/// Stop offering a service. Appointments that have it keep it.
#[utoipa::path(post, path = "/api/v1/services/{id}/archive", tag = "practice", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The service")), responses((status = 200, body = Service)))]
async fn archive(who: Can<may::Write>, Path(id): Path<ServiceId>, Body(at): Body<AtVersion>) -> Result<Json<Service>> {
    who.write(async move |tx| set_archived(tx, id, at.version, true).await).await.map(Json)
}

/// Offer an archived service again.
#[utoipa::path(post, path = "/api/v1/services/{id}/restore", tag = "practice", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The service")), responses((status = 200, body = Service)))]
async fn restore(who: Can<may::Write>, Path(id): Path<ServiceId>, Body(at): Body<AtVersion>) -> Result<Json<Service>> {
    who.write(async move |tx| set_archived(tx, id, at.version, false).await).await.map(Json)
}

/// Whether something is offered at a price in another currency than this one.
pub(crate) async fn priced_otherwise(tx: &mut TenantTx, currency: &str) -> Result<bool> {
    let practice = tx.practice();
    let priced = sqlx::query_scalar!(
        r#"select exists (select from practice.service
            where practice_id = $1 and archived_at is null and currency <> $2) as "any!""#,
        practice,
        currency,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(priced)
}

/// Offers a service, with its audit entry and event.
///
/// # Errors
/// 409 `service.name_taken` or `service.code_taken`; 422 when the price is in another currency than the practice's.
pub async fn offer(tx: &mut TenantTx, new: &NewService) -> Result<Service> {
    check_currency(tx, new.price).await?;
    let (practice, id, now) = (tx.practice(), ServiceId::new(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "insert into practice.service (practice_id, id, name_en, name_ar, code, category, duration_minutes,
                buffer_before_minutes, buffer_after_minutes, price_minor, currency, vat_category, colour, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
        practice,
        id.uuid(),
        new.name_en.trim(),
        trimmed(new.name_ar.as_ref()),
        trimmed(new.code.as_ref()),
        trimmed(new.category.as_ref()),
        new.duration_minutes,
        new.buffer_before_minutes,
        new.buffer_after_minutes,
        new.price.amount_minor,
        new.price.currency.code(),
        new.vat_category as VatCategory,
        new.colour as Colour,
        now as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("service_name_key", name_taken)
    .on_constraint("service_code_key", code_taken)?;
    let service = find(tx, id).await?;
    tx.record(Change::created("service", id.uuid(), &service).event("service.created", service.version)).await?;
    Ok(service)
}

async fn set_archived(tx: &mut TenantTx, id: ServiceId, version: i32, archived: bool) -> Result<Service> {
    let before = find_at(tx, id, version).await?;
    if before.archived_at.is_some() == archived {
        return Ok(before);
    }
    if !archived {
        check_currency(tx, before.price).await?;
    }
    let now = tx.now();
    let after =
        Service { archived_at: archived.then_some(now), version: version + 1, updated_at: now, ..before.clone() };
    save(tx, &after).await?;
    let event = if archived { "service.archived" } else { "service.restored" };
    tx.record(Change::updated("service", id.uuid(), &before, &after).event(event, after.version)).await?;
    Ok(after)
}

impl ServiceChange {
    fn apply(self, before: &Service, now: Timestamp) -> Service {
        let before = before.clone();
        Service {
            name_en: self.name_en.map_or(before.name_en, |name| name.trim().to_owned()),
            name_ar: self.name_ar.map_or(before.name_ar, |name| trimmed(name.as_ref()).map(str::to_owned)),
            code: self.code.map_or(before.code, |code| trimmed(code.as_ref()).map(str::to_owned)),
            category: self.category.map_or(before.category, |category| trimmed(category.as_ref()).map(str::to_owned)),
            duration_minutes: self.duration_minutes.unwrap_or(before.duration_minutes),
            buffer_before_minutes: self.buffer_before_minutes.unwrap_or(before.buffer_before_minutes),
            buffer_after_minutes: self.buffer_after_minutes.unwrap_or(before.buffer_after_minutes),
            price: self.price.unwrap_or(before.price),
            vat_category: self.vat_category.unwrap_or(before.vat_category),
            colour: self.colour.unwrap_or(before.colour),
            version: before.version + 1,
            updated_at: now,
            ..before
        }
    }
}

/// At most a thousand million: far above any price, far below what a sum could overflow.
fn price_in_bounds(value: &Money, (): &()) -> garde::Result {
    if (0..=100_000_000_000).contains(&value.amount_minor) {
        return Ok(());
    }
    Err(garde::Error::new("out_of_range: A price is between 0 and 1,000,000,000."))
}

/// The practice's currency stays what it is until the end of the transaction.
async fn check_currency(tx: &mut TenantTx, price: Money) -> Result<()> {
    let practice = tx.practice();
    let currency =
        sqlx::query_scalar!("select currency from platform.practice where practice_id = $1 for share", practice)
            .fetch_one(tx.conn())
            .await?;
    if currency == price.currency.code() {
        return Ok(());
    }
    Err(Error::invalid(Vec::new()).at("/price/currency", "invalid_currency", "Prices are in the practice's currency."))
}

fn name_taken() -> Error {
    Error::conflict("service.name_taken", "There is a service of that name already.").at(
        "/nameEn",
        "taken",
        "Choose another name.",
    )
}

fn code_taken() -> Error {
    Error::conflict("service.code_taken", "There is a service with that code already.").at(
        "/code",
        "taken",
        "Choose another code.",
    )
}

/// A row as it lies in the table.
struct Row {
    id: Uuid,
    name_en: String,
    name_ar: Option<String>,
    name_key: String,
    code: Option<String>,
    category: Option<String>,
    duration_minutes: i32,
    buffer_before_minutes: i32,
    buffer_after_minutes: i32,
    price_minor: i64,
    currency: String,
    vat_category: VatCategory,
    colour: Colour,
    archived_at: Option<jiff_sqlx::Timestamp>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

/// By position, in the order of the fields: a list has hundreds of values, and looking each up by name is a tenth of
/// the work of answering it.
impl FromRow<'_, PgRow> for Row {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get(0)?,
            name_en: row.try_get(1)?,
            name_ar: row.try_get(2)?,
            name_key: row.try_get(3)?,
            code: row.try_get(4)?,
            category: row.try_get(5)?,
            duration_minutes: row.try_get(6)?,
            buffer_before_minutes: row.try_get(7)?,
            buffer_after_minutes: row.try_get(8)?,
            price_minor: row.try_get(9)?,
            currency: row.try_get(10)?,
            vat_category: row.try_get(11)?,
            colour: row.try_get(12)?,
            archived_at: row.try_get(13)?,
            version: row.try_get(14)?,
            created_at: row.try_get(15)?,
            updated_at: row.try_get(16)?,
        })
    }
}

impl TryFrom<Row> for Service {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let currency = row.currency.parse().map_err(|()| Error::internal("a currency that nobody knows"))?;
        Ok(Self {
            id: ServiceId(row.id),
            name_en: row.name_en,
            name_ar: row.name_ar,
            code: row.code,
            category: row.category,
            duration_minutes: row.duration_minutes,
            buffer_before_minutes: row.buffer_before_minutes,
            buffer_after_minutes: row.buffer_after_minutes,
            price: Money { amount_minor: row.price_minor, currency },
            vat_category: row.vat_category,
            colour: row.colour,
            archived_at: row.archived_at.map(|at| at.to_jiff()),
            version: row.version,
            created_at: row.created_at.to_jiff(),
            updated_at: row.updated_at.to_jiff(),
        })
    }
}

/// English names by service.
pub type ServiceNames = HashMap<ServiceId, String>;

/// What all services are called, archived or not. A practice has only so many.
///
/// # Errors
/// 503 when the database is away.
pub async fn names(tx: &mut TenantTx) -> Result<ServiceNames> {
    let practice = tx.practice();
    let rows = sqlx::query!("select id, name_en from practice.service where practice_id = $1 limit 5000", practice)
        .fetch_all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| (ServiceId(row.id), row.name_en)).collect())
}

/// The service, archived or not.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: ServiceId) -> Result<Service> {
    let practice = tx.practice();
    sqlx::query_as!(
        Row,
        r#"select id, name_en, name_ar, name_key, code, category, duration_minutes, buffer_before_minutes,
                  buffer_after_minutes, price_minor, currency, vat_category as "vat_category: VatCategory",
                  colour as "colour: Colour", archived_at, version, created_at, updated_at
             from practice.service where practice_id = $1 and id = $2"#,
        practice,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?
    .try_into()
}

/// Those of these services that are offered, in any order.
///
/// # Errors
/// 503 when the database is away.
pub async fn offered(tx: &mut TenantTx, ids: &[ServiceId]) -> Result<Vec<Service>> {
    let (practice, ids) = (tx.practice(), ids.iter().map(|id| id.uuid()).collect::<Vec<_>>());
    let rows = sqlx::query_as!(
        Row,
        r#"select id, name_en, name_ar, name_key, code, category, duration_minutes, buffer_before_minutes,
                  buffer_after_minutes, price_minor, currency, vat_category as "vat_category: VatCategory",
                  colour as "colour: Colour", archived_at, version, created_at, updated_at
             from practice.service where practice_id = $1 and id = any($2) and archived_at is null"#,
        practice,
        &ids,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(Service::try_from).collect()
}

/// These services, archived or not, in any order.
///
/// # Errors
/// 503 when the database is away.
pub async fn find_all(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Service>> {
    let practice = tx.practice();
    let rows = sqlx::query_as!(
        Row,
        r#"select id, name_en, name_ar, name_key, code, category, duration_minutes, buffer_before_minutes,
                  buffer_after_minutes, price_minor, currency, vat_category as "vat_category: VatCategory",
                  colour as "colour: Colour", archived_at, version, created_at, updated_at
             from practice.service where practice_id = $1 and id = any($2)"#,
        practice,
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(Service::try_from).collect()
}

/// The service, locked, if it is still at that version.
async fn find_at(tx: &mut TenantTx, id: ServiceId, version: i32) -> Result<Service> {
    let practice = tx.practice();
    sqlx::query!("select from practice.service where practice_id = $1 and id = $2 for update", practice, id.uuid())
        .fetch_optional(tx.conn())
        .await?;
    let service = find(tx, id).await?;
    check_version(version, service.version, &service)?;
    Ok(service)
}

async fn save(tx: &mut TenantTx, service: &Service) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update practice.service
            set name_en = $3, name_ar = $4, code = $5, category = $6, duration_minutes = $7, buffer_before_minutes = $8,
                buffer_after_minutes = $9, price_minor = $10, currency = $11, vat_category = $12, colour = $13,
                archived_at = $14, version = $15, updated_at = $16
          where practice_id = $1 and id = $2",
        practice,
        service.id.uuid(),
        service.name_en,
        service.name_ar,
        service.code,
        service.category,
        service.duration_minutes,
        service.buffer_before_minutes,
        service.buffer_after_minutes,
        service.price.amount_minor,
        service.price.currency.code(),
        service.vat_category as VatCategory,
        service.colour as Colour,
        service.archived_at.map(jiff_sqlx::Timestamp::from) as _,
        service.version,
        jiff_sqlx::Timestamp::from(service.updated_at) as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("service_name_key", name_taken)
    .on_constraint("service_code_key", code_taken)?;
    Ok(())
}
