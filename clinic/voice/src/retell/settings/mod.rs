//! How a practice is connected with Retell, or with what stands in for it. The key is sealed; its last four characters are
//! shown. It asks there and proves what comes from there, so it must be the account's key that has the webhook badge.

mod connected;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garde::Validate;
use jiff::Timestamp;
use platform::App;
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
use platform::{Result, route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use connected::unconnected;
pub use connected::{Connected, connected, is_on, key, place, prove, save, tested};

/// The routes of the connection's settings.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(set))
}

/// Who carries calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum RetellProvider {
    /// Retell.
    Retell,
    /// What stands in for it here, to try everything without an account: it plays a call by itself.
    Sandbox,
}

/// How the practice is connected.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RetellSettings {
    /// With whom; what an unconnected practice would begin with.
    pub provider: RetellProvider,
    /// Whether calls go there and come from there.
    pub enabled: bool,
    /// The address of the API.
    pub base_url: String,
    /// Addresses that can be chosen here.
    pub base_urls: Vec<String>,
    /// What the key ends with.
    #[schema(required)]
    pub api_key_last_four: Option<String>,
    /// The number that is shown to whoever is called, E.164: one that the account has.
    #[schema(required)]
    pub from_number: Option<String>,
    /// Where webhooks go.
    #[schema(required)]
    pub webhook_url: Option<String>,
    /// Where agents ask for what they may.
    #[schema(required)]
    pub function_url: Option<String>,
    /// Where a number asks who it is that calls.
    #[schema(required)]
    pub inbound_url: Option<String>,
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
struct NewRetellSettings {
    /// The version that the change is based on; 0 when nothing was connected yet.
    #[garde(skip)]
    version: i32,
    /// With whom. Another one than before has other agents; which of them speaks for what is said anew.
    #[garde(skip)]
    provider: RetellProvider,
    /// Whether calls go there and come from there.
    #[garde(skip)]
    enabled: bool,
    /// One of the addresses that can be chosen; left out, the first.
    #[garde(inner(length(max = 200)))]
    base_url: Option<String>,
    /// The account's key that has the webhook badge; left out, the one that there is stays.
    #[garde(skip)]
    api_key: Option<Phi<String>>,
    /// The number that is shown, as it is dialled in the practice's country or with `+`.
    #[garde(inner(length(max = 40)))]
    from_number: Option<String>,
}

/// How the practice is connected with Retell.
#[utoipa::path(get, path = "/api/v1/retell", tag = "voice", responses((status = 200, body = RetellSettings)))]
async fn read(who: Can<may::Read>) -> Result<Json<RetellSettings>> {
    let found = who.read(async |tx| connected(tx).await).await?;
    Ok(Json(shown(who.app(), who.practice().uuid(), found.as_ref())))
}

/// Connect the practice with Retell or with what stands in for it, or change how it is connected.
#[utoipa::path(put, path = "/api/v1/retell", tag = "voice", request_body = NewRetellSettings,
    responses((status = 200, body = RetellSettings)))]
async fn set(who: Can<may::Write>, Body(new): Body<NewRetellSettings>) -> Result<Json<RetellSettings>> {
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

async fn decide(tx: &mut TenantTx, app: &App, new: &NewRetellSettings) -> Result<RetellSettings> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    tx.one_by_one().await?;
    let before = connected(tx).await?;
    let old = shown(app, practice, before.as_ref());
    check_version(new.version, old.version, &old)?;
    let mut after = match &before {
        Some(before) => before.clone(),
        None => unconnected(tx).await?,
    };
    let is_other = before.as_ref().is_some_and(|before| before.provider != new.provider);
    if let Some(key) = new.api_key.as_ref().map(|key| key.expose().trim()) {
        after.api_key = tx.seal(place(practice), key.as_bytes()).await?;
        after.api_key_last_four = last_four(key);
        (after.tested_at, after.test_outcome) = (None, None);
    } else if new.provider == RetellProvider::Retell && (is_other || before.is_none()) {
        return Err(Error::invalid(Vec::new()).at("/apiKey", "required", "Enter a key of the account at Retell."));
    }
    let country = practice::practice(tx).await?.country;
    let number = |number: &String| validate::phone(number, &country, "/fromNumber");
    after = Connected {
        provider: new.provider,
        enabled: new.enabled,
        base_url: new.base_url.clone(),
        from_number: new.from_number.as_ref().map(number).transpose()?,
        version: old.version + 1,
        updated_at: now,
        ..after
    };
    if is_other {
        (after.tested_at, after.test_outcome) = (None, None);
        super::agents::forget_all(tx).await?;
    }
    save(tx, &after).await?;
    if after.enabled {
        super::inbox::again(tx).await?;
    }
    let told = shown(app, practice, Some(&after));
    tx.record(Change::updated("retell", practice, &old, &told).event("retell.changed", after.version)).await?;
    Ok(told)
}

fn last_four(secret: &str) -> String {
    let from = secret.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    secret[from..].to_owned()
}

/// Addresses of the API that this installation reaches, the usual one first.
pub fn base_urls(app: &App) -> Vec<String> {
    let urls = egress::addresses("retell_origins", &app.config.retell_origins).unwrap_or_default();
    urls.into_iter().map(|url| url.as_str().trim_end_matches('/').to_owned()).collect()
}

fn shown(app: &App, practice: Uuid, found: Option<&Connected>) -> RetellSettings {
    let base_urls = base_urls(app);
    let usual = base_urls.first().cloned().unwrap_or_default();
    let address = |end: &str| {
        found.map(|row| {
            let practice = URL_SAFE_NO_PAD.encode(practice.as_bytes());
            format!("{}/hooks/retell/{practice}.{}{end}", app.config.public_origin(), row.webhook_token)
        })
    };
    RetellSettings {
        provider: found.map_or(RetellProvider::Retell, |row| row.provider),
        enabled: found.is_some_and(|row| row.enabled),
        base_url: found.and_then(|row| row.base_url.clone()).unwrap_or(usual),
        base_urls,
        api_key_last_four: found.map(|row| row.api_key_last_four.clone()),
        from_number: found.and_then(|row| row.from_number.clone()),
        webhook_url: address(""),
        function_url: address("/functions"),
        inbound_url: address("/inbound"),
        tested_at: found.and_then(|row| row.tested_at).map(|at| at.to_jiff()),
        test_outcome: found.and_then(|row| row.test_outcome.clone()),
        version: found.map_or(0, |row| row.version),
        updated_at: found.map(|row| row.updated_at.to_jiff()),
    }
}

/// What the end of such an address says, if it is one: which practice, and what nobody can guess.
pub fn read_address(text: &str) -> Option<(Uuid, String)> {
    let (practice, token) = text.split_once('.')?;
    let practice = Uuid::from_slice(&URL_SAFE_NO_PAD.decode(practice).ok()?).ok()?;
    Some((practice, token.to_owned()))
}

/// 409 for what needs a connection that is switched on.
pub fn off() -> Error {
    Error::conflict("retell.off", "Retell is not connected; connect it in the settings first.")
}
