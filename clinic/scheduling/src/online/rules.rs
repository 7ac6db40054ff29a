//! What a practice lets everybody book: which services, with whom, where, how much of it, and on which websites.

use std::collections::HashSet;

use garde::Validate;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, OnConstraint as _};
use platform::extract::Body;
use platform::guard::Can;
use platform::id::UserId;
use platform::permission::appointments as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, qr, route, validate};
use practice::{LocationId, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The routes of the rules.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(set)).route(route!(address))
}

/// Whether patients are asked for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum AskedFor {
    /// They are not.
    No,
    /// They may leave it out.
    Optional,
    /// They must say it.
    Required,
}

/// A service that can be booked online.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OnlineService {
    /// Which one.
    #[garde(skip)]
    pub service_id: ServiceId,
    /// Its address below the practice's: small letters, digits and single hyphens.
    #[garde(length(max = 60), custom(is_slug))]
    pub slug: String,
    /// What patients read about it, in English.
    #[garde(inner(length(chars, max = 500), custom(validate::text)))]
    #[schema(required)]
    pub text_en: Option<String>,
    /// The same in Arabic.
    #[garde(inner(length(chars, max = 500), custom(validate::text)))]
    #[schema(required)]
    pub text_ar: Option<String>,
    /// Whether somebody may book it whom the practice does not know yet.
    #[garde(skip)]
    pub new_patients: bool,
    /// Whether a deposit is asked for.
    #[garde(skip)]
    pub deposit: bool,
}

/// What a practice lets everybody book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OnlineRules {
    /// Whether anything can be booked online.
    #[garde(skip)]
    pub enabled: bool,
    /// Which services, in the order in which they are shown.
    #[garde(length(max = 60), dive, custom(differ))]
    pub services: Vec<OnlineService>,
    /// With whom; null for everybody with whom appointments can be made.
    #[garde(inner(length(min = 1, max = 200)))]
    #[schema(required)]
    pub provider_ids: Option<Vec<UserId>>,
    /// Where; null for every location in use.
    #[garde(inner(length(min = 1, max = 200)))]
    #[schema(required)]
    pub location_ids: Option<Vec<LocationId>>,
    /// Whether patients may say with whom; otherwise whoever is free first.
    #[garde(skip)]
    pub choose_provider: bool,
    /// Appointments to come that one patient may have booked online.
    #[garde(range(min = 1, max = 20))]
    pub most_open: i32,
    /// Whether an e-mail address is asked for.
    #[garde(skip)]
    pub email: AskedFor,
    /// Whether the reason for the visit is.
    #[garde(skip)]
    pub reason: AskedFor,
    /// Websites that may show the page within theirs, by their origins: `https://clinic.example`.
    #[garde(length(max = 20), inner(custom(is_origin)))]
    pub origins: Vec<String>,
}

/// The rules, and where they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OnlineBooking {
    /// The rules.
    #[serde(flatten)]
    pub rules: OnlineRules,
    /// Goes up with each change; 0 when the practice has not decided anything.
    pub version: i32,
    /// When they were last changed.
    #[schema(required)]
    pub updated_at: Option<Timestamp>,
}

/// Rules in place of those that there are.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOnlineBooking {
    /// The version that the change is based on; 0 when nothing was decided yet.
    #[garde(skip)]
    version: i32,
    #[garde(dive)]
    rules: OnlineRules,
}

impl Default for OnlineRules {
    fn default() -> Self {
        Self {
            enabled: false,
            services: Vec::new(),
            provider_ids: None,
            location_ids: None,
            choose_provider: true,
            most_open: 3,
            email: AskedFor::Optional,
            reason: AskedFor::Optional,
            origins: Vec::new(),
        }
    }
}

fn is_slug(value: &str, (): &()) -> garde::Result {
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if value.split('-').all(plain) {
        return Ok(());
    }
    Err(garde::Error::new("invalid_slug: Use lower-case letters, digits and single hyphens."))
}

fn differ(services: &[OnlineService], (): &()) -> garde::Result {
    let (slugs, ids): (HashSet<_>, HashSet<_>) =
        services.iter().map(|service| (service.slug.as_str(), service.service_id)).unzip();
    if slugs.len() == services.len() && ids.len() == services.len() {
        return Ok(());
    }
    Err(garde::Error::new("duplicate: Name each service once, and give each an address of its own."))
}

/// An origin as browsers write it (RFC 6454): it goes into a header and is compared letter by letter. Without encryption
/// only where somebody tries it out on their own machine.
fn is_origin(value: &str, (): &()) -> garde::Result {
    let authority = value.strip_prefix("https://").or_else(|| {
        value.strip_prefix("http://").filter(|rest| matches!(rest.split(':').next(), Some("localhost" | "127.0.0.1")))
    });
    let right = authority.is_some_and(|authority| {
        let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        host.len() <= 253
            && host.split('.').all(label)
            && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port))
    });
    if right {
        return Ok(());
    }
    Err(garde::Error::new("invalid_origin: Use an address without a path, such as https://clinic.example."))
}

/// What can be booked online.
#[utoipa::path(get, path = "/api/v1/online-booking", tag = "scheduling", responses((status = 200, body = OnlineBooking)))]
async fn read(who: Can<may::Read>) -> Result<Json<OnlineBooking>> {
    who.read(async |tx| find(tx).await).await.map(Json)
}

/// Decide what can be booked online.
#[utoipa::path(put, path = "/api/v1/online-booking", tag = "scheduling", request_body = NewOnlineBooking,
    responses((status = 200, body = OnlineBooking)))]
async fn set(who: Can<may::Configure>, Body(new): Body<NewOnlineBooking>) -> Result<Json<OnlineBooking>> {
    who.write(async move |tx| decide(tx, &new).await).await.map(Json)
}

/// Where the practice's page is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OnlineAddress {
    /// The page; a service's is below it.
    address: String,
    /// The same as a QR code, SVG.
    qr_svg: String,
}

/// Where patients book online, also as a code to be put up.
#[utoipa::path(get, path = "/api/v1/online-booking/address", tag = "scheduling", responses((status = 200, body = OnlineAddress)))]
async fn address(who: Can<may::Read>) -> Result<Json<OnlineAddress>> {
    let slug = who.read(async |tx| Ok(practice::practice(tx).await?.slug)).await?;
    let address = format!("{}/book/{slug}", who.app().config.public_origin());
    let qr_svg = qr::svg(&address)?;
    Ok(Json(OnlineAddress { address, qr_svg }))
}

async fn decide(tx: &mut TenantTx, new: &NewOnlineBooking) -> Result<OnlineBooking> {
    let practice = tx.practice();
    tx.one_by_one().await?;
    let before = find(tx).await?;
    check_version(new.version, before.version, &before)?;
    check(tx, &new.rules).await?;
    save(tx, &new.rules, new.version + 1).await?;
    let after = find(tx).await?;
    let change = Change::updated("online_booking", practice, &before, &after);
    tx.record(change.event("online_booking.changed", after.version)).await?;
    Ok(after)
}

/// That everything named is the practice's.
async fn check(tx: &mut TenantTx, rules: &OnlineRules) -> Result<()> {
    let refuse = |pointer: &str, text: &str| Err(Error::invalid(Vec::new()).at(pointer, "not_found", text));
    let providers = practice::providers(tx).await?;
    if !rules.provider_ids.iter().flatten().all(|id| providers.iter().any(|provider| provider.id == *id)) {
        return refuse("/rules/providerIds", "Choose among those who see patients.");
    }
    let locations = practice::locations(tx).await?;
    if !rules.location_ids.iter().flatten().all(|id| locations.iter().any(|location| location.id == *id)) {
        return refuse("/rules/locationIds", "Choose among the locations in use.");
    }
    Ok(())
}

async fn save(tx: &mut TenantTx, rules: &OnlineRules, version: i32) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let providers: Option<Vec<Uuid>> = rules.provider_ids.as_ref().map(|ids| ids.iter().map(|id| id.uuid()).collect());
    let locations: Option<Vec<Uuid>> = rules.location_ids.as_ref().map(|ids| ids.iter().map(|id| id.uuid()).collect());
    sqlx::query!(
        "insert into scheduling.online (practice_id, enabled, providers, locations, choose_provider, most_open, email,
                reason, origins, version, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (practice_id) do update
            set enabled = $2, providers = $3, locations = $4, choose_provider = $5, most_open = $6, email = $7,
                reason = $8, origins = $9, version = $10, updated_at = $11",
        practice,
        rules.enabled,
        providers as _,
        locations as _,
        rules.choose_provider,
        rules.most_open,
        rules.email as AskedFor,
        rules.reason as AskedFor,
        &rules.origins,
        version,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("delete from scheduling.online_service where practice_id = $1", practice).execute(tx.conn()).await?;
    for (position, service) in (1..).zip(&rules.services) {
        let unknown = || {
            let text = "Choose among the practice's services.";
            Error::invalid(Vec::new()).at("/rules/services", "not_found", text)
        };
        sqlx::query!(
            "insert into scheduling.online_service (practice_id, service_id, position, slug, text_en, text_ar,
                    new_patients, deposit)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            practice,
            service.service_id.uuid(),
            position,
            service.slug,
            service.text_en.as_deref().map(str::trim),
            service.text_ar.as_deref().map(str::trim),
            service.new_patients,
            service.deposit,
        )
        .execute(tx.conn())
        .await
        .on_constraint("online_service_of", unknown)?;
    }
    Ok(())
}

/// What can be booked online: what the practice decided, or nothing.
///
/// # Errors
/// 503 when the database is away.
pub async fn find(tx: &mut TenantTx) -> Result<OnlineBooking> {
    let practice = tx.practice();
    let row = sqlx::query!(
        r#"select enabled, providers, locations, choose_provider, most_open, email as "email: AskedFor",
                  reason as "reason: AskedFor", origins, version, updated_at as "updated_at: jiff_sqlx::Timestamp"
             from scheduling.online where practice_id = $1"#,
        practice,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else {
        return Ok(OnlineBooking { rules: OnlineRules::default(), version: 0, updated_at: None });
    };
    let services = sqlx::query!(
        "select service_id, slug, text_en, text_ar, new_patients, deposit from scheduling.online_service
          where practice_id = $1 order by position",
        practice,
    )
    .fetch_all(tx.conn())
    .await?;
    let services = services.into_iter().map(|row| OnlineService {
        service_id: ServiceId(row.service_id),
        slug: row.slug,
        text_en: row.text_en,
        text_ar: row.text_ar,
        new_patients: row.new_patients,
        deposit: row.deposit,
    });
    let rules = OnlineRules {
        enabled: row.enabled,
        services: services.collect(),
        provider_ids: row.providers.map(|ids| ids.into_iter().map(UserId).collect()),
        location_ids: row.locations.map(|ids| ids.into_iter().map(LocationId).collect()),
        choose_provider: row.choose_provider,
        most_open: row.most_open,
        email: row.email,
        reason: row.reason,
        origins: row.origins,
    };
    Ok(OnlineBooking { rules, version: row.version, updated_at: Some(row.updated_at.to_jiff()) })
}
