//! How a practice is connected with Cal.com, or with what stands in for it. Keys and secrets are sealed; of a key its last
//! four characters are shown, of the webhook's secret all of it, once, when it is made.

mod connected;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use calcom::Versions;
use garde::Validate;
use jiff::Timestamp;
use platform::App;
use platform::crypto::random_token;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::egress;
use platform::error::Error;
use platform::extract::Body;
use platform::guard::Can;
use platform::permission::integrations as may;
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{Result, route};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{booking, mapping, resume};

pub use connected::{Connected, connected, is_on, place, standing, tested};
use connected::{save, unconnected};

/// The routes of the connection's settings.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(set)).route(route!(renew_secret))
}

/// Who keeps the bookings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum CalcomProvider {
    /// Cal.com.
    Calcom,
    /// What stands in for it here, to try everything without an account.
    Sandbox,
}

/// The version of the API that is asked for, by group of operations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalcomVersions {
    /// Slots and reservations.
    #[garde(length(max = 20), custom(version))]
    pub slots: String,
    /// Bookings.
    #[garde(length(max = 20), custom(version))]
    pub bookings: String,
    /// Event types.
    #[garde(length(max = 20), custom(version))]
    pub event_types: String,
}

/// How the practice is connected.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalcomSettings {
    /// With whom; what an unconnected practice would begin with.
    pub provider: CalcomProvider,
    /// Whether bookings go there and come from there.
    pub enabled: bool,
    /// The address of the API.
    pub base_url: String,
    /// Addresses that can be chosen here.
    pub base_urls: Vec<String>,
    /// What the key ends with.
    #[schema(required)]
    pub api_key_last_four: Option<String>,
    /// Where webhooks go.
    #[schema(required)]
    pub webhook_url: Option<String>,
    /// What their secret ends with.
    #[schema(required)]
    pub webhook_secret_last_four: Option<String>,
    /// What is asked for.
    pub versions: CalcomVersions,
    /// When the connection was last tried.
    #[schema(required)]
    pub tested_at: Option<Timestamp>,
    /// What came of it.
    #[schema(required)]
    pub test_outcome: Option<String>,
    /// Goes up with each change; 0 when nothing was connected yet.
    pub version: i32,
    /// When it was last changed.
    #[schema(required)]
    pub updated_at: Option<Timestamp>,
}

/// How it is to be connected.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewCalcomSettings {
    /// The version that the change is based on; 0 when nothing was connected yet.
    #[garde(skip)]
    version: i32,
    /// With whom. Another one than before knows none of the bookings; the mapping begins anew.
    #[garde(skip)]
    provider: CalcomProvider,
    /// Whether bookings go there and come from there.
    #[garde(skip)]
    enabled: bool,
    /// One of the addresses that can be chosen; left out, the first.
    #[garde(inner(length(max = 200)))]
    base_url: Option<String>,
    /// A key of the account; left out, the one that there is stays.
    #[garde(skip)]
    api_key: Option<Phi<String>>,
    /// What is asked for; left out, what the product was made for.
    #[garde(dive)]
    versions: Option<CalcomVersions>,
}

/// Where webhooks go, and what they are signed with. This answer is the only place where it can be read.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CalcomWebhook {
    /// The address.
    url: String,
    /// The secret.
    secret: Phi<String>,
    /// The settings' version from now on.
    version: i32,
}

fn version(value: &str, (): &()) -> garde::Result {
    let right = |c: char| c.is_ascii_digit() || c == '-';
    if !value.is_empty() && value.chars().all(right) {
        return Ok(());
    }
    Err(garde::Error::new("invalid: A version is a day, such as 2024-08-13."))
}

/// How the practice is connected with Cal.com.
#[utoipa::path(get, path = "/api/v1/calcom", tag = "scheduling", responses((status = 200, body = CalcomSettings)))]
async fn read(who: Can<may::Read>) -> Result<Json<CalcomSettings>> {
    let found = who.read(async |tx| connected(tx).await).await?;
    Ok(Json(shown(who.app(), who.practice().uuid(), found.as_ref())))
}

/// Connect the practice with Cal.com or with what stands in for it, or change how it is connected.
#[utoipa::path(put, path = "/api/v1/calcom", tag = "scheduling", request_body = NewCalcomSettings,
    responses((status = 200, body = CalcomSettings)))]
async fn set(who: Can<may::Write>, Body(new): Body<NewCalcomSettings>) -> Result<Json<CalcomSettings>> {
    let app = who.app().clone();
    if new.base_url.as_ref().is_some_and(|url| !base_urls(&app).contains(url)) {
        let text = "Choose among the addresses that this installation reaches.";
        return Err(Error::invalid(Vec::new()).at("/baseUrl", "not_found", text));
    }
    if new.api_key.as_ref().is_some_and(|key| !(8..=200).contains(&key.expose().trim().len())) {
        return Err(Error::invalid(Vec::new()).at("/apiKey", "invalid", "A key has between 8 and 200 characters."));
    }
    who.write(async move |tx| decide(tx, &app, &new).await).await.map(Json)
}

/// Make a new secret for webhooks. The one before stops serving at once.
#[utoipa::path(post, path = "/api/v1/calcom/webhook-secret", tag = "scheduling", request_body = AtVersion,
    responses((status = 200, body = CalcomWebhook)))]
async fn renew_secret(who: Can<may::Write>, Body(at): Body<AtVersion>) -> Result<Json<CalcomWebhook>> {
    let app = who.app().clone();
    who.write(async move |tx| {
        let Some(before) = connected(tx).await? else { return Err(off()) };
        let practice = tx.practice();
        check_version(at.version, before.version, &shown(&app, practice, Some(&before)))?;
        let secret = URL_SAFE_NO_PAD.encode(random_token()?);
        let after = Connected {
            webhook_secret: tx.seal(place("webhook_secret", practice), secret.as_bytes()).await?,
            webhook_secret_last_four: last_four(&secret),
            version: before.version + 1,
            ..before.clone()
        };
        save(tx, &after).await?;
        let [old, new] = [&before, &after].map(|row| shown(&app, practice, Some(row)));
        tx.record(Change::updated("calcom", practice, &old, &new).event("calcom.changed", after.version)).await?;
        Ok(Json(CalcomWebhook {
            url: new.webhook_url.unwrap_or_default(),
            secret: Phi::new(secret),
            version: after.version,
        }))
    })
    .await
}

async fn decide(tx: &mut TenantTx, app: &App, new: &NewCalcomSettings) -> Result<CalcomSettings> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    tx.one_by_one().await?;
    let before = connected(tx).await?;
    let old = shown(app, practice, before.as_ref());
    check_version(new.version, old.version, &old)?;
    let mut after = match &before {
        Some(before) => before.clone(),
        None => unconnected(tx).await?,
    };
    if let Some(key) = new.api_key.as_ref().map(|key| key.expose().trim()) {
        after.api_key = Some(tx.seal(place("api_key", practice), key.as_bytes()).await?);
        after.api_key_last_four = Some(last_four(key));
        (after.tested_at, after.test_outcome) = (None, None);
    }
    if new.enabled && new.provider == CalcomProvider::Calcom && after.api_key.is_none() {
        return Err(Error::invalid(Vec::new()).at("/apiKey", "required", "Enter a key of the account at Cal.com."));
    }
    let versions = new.versions.clone();
    after = Connected {
        provider: new.provider,
        enabled: new.enabled,
        base_url: new.base_url.clone(),
        slots_version: versions.as_ref().map(|versions| versions.slots.clone()),
        bookings_version: versions.as_ref().map(|versions| versions.bookings.clone()),
        event_types_version: versions.map(|versions| versions.event_types),
        version: old.version + 1,
        updated_at: now,
        ..after
    };
    if before.as_ref().is_some_and(|before| before.provider != after.provider) {
        (after.tested_at, after.test_outcome) = (None, None);
        mapping::forget_all(tx).await?;
        booking::part(tx).await?;
    }
    save(tx, &after).await?;
    if after.enabled && before.is_some_and(|before| !before.enabled) {
        resume::enqueue(tx).await?;
    }
    let told = shown(app, practice, Some(&after));
    tx.record(Change::updated("calcom", practice, &old, &told).event("calcom.changed", after.version)).await?;
    Ok(told)
}

fn last_four(secret: &str) -> String {
    let from = secret.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    secret[from..].to_owned()
}

/// Addresses of the API that this installation reaches, the usual one first.
pub fn base_urls(app: &App) -> Vec<String> {
    let urls = egress::addresses("calcom_origins", &app.config.calcom_origins).unwrap_or_default();
    urls.into_iter().map(|url| url.as_str().trim_end_matches('/').to_owned()).collect()
}

fn shown(app: &App, practice: Uuid, found: Option<&Connected>) -> CalcomSettings {
    let base_urls = base_urls(app);
    let usual = base_urls.first().cloned().unwrap_or_default();
    let versions = found.map_or_else(Versions::default, Connected::versions);
    CalcomSettings {
        provider: found.map_or(CalcomProvider::Calcom, |row| row.provider),
        enabled: found.is_some_and(|row| row.enabled),
        base_url: found.and_then(|row| row.base_url.clone()).unwrap_or(usual),
        base_urls,
        api_key_last_four: found.and_then(|row| row.api_key_last_four.clone()),
        webhook_url: found.map(|row| {
            format!("{}/hooks/calcom/{}", app.config.public_origin(), address(practice, &row.webhook_token))
        }),
        webhook_secret_last_four: found.map(|row| row.webhook_secret_last_four.clone()),
        versions: CalcomVersions {
            slots: versions.slots,
            bookings: versions.bookings,
            event_types: versions.event_types,
        },
        tested_at: found.and_then(|row| row.tested_at).map(|at| at.to_jiff()),
        test_outcome: found.and_then(|row| row.test_outcome.clone()),
        version: found.map_or(0, |row| row.version),
        updated_at: found.map(|row| row.updated_at.to_jiff()),
    }
}

/// The end of the address of webhooks: which practice, and what nobody can guess.
fn address(practice: Uuid, token: &str) -> String {
    format!("{}.{token}", URL_SAFE_NO_PAD.encode(practice.as_bytes()))
}

/// What such an end says, if it is one.
pub fn read_address(text: &str) -> Option<(Uuid, String)> {
    let (practice, token) = text.split_once('.')?;
    let practice = Uuid::from_slice(&URL_SAFE_NO_PAD.decode(practice).ok()?).ok()?;
    Some((practice, token.to_owned()))
}

/// 409 for what needs a connection that is switched on.
pub fn off() -> Error {
    Error::conflict("calcom.off", "Cal.com is not connected; connect it in the settings first.")
}
