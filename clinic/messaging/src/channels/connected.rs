//! By whom a practice sends, as it lies in its table.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::App;
use platform::Result;
use platform::crypto::{Place, equal, random_token, sha256};
use platform::db::TenantTx;
use platform::error::Error;
use platform::phi::Phi;
use platform::record::Change;
use sqlx::types::Json;
use uuid::Uuid;

use super::{ChannelSettings, Provider};
use crate::message::Channel;

/// By whom a practice sends on a channel.
#[derive(Clone)]
pub struct Connected {
    /// On which.
    pub channel: Channel,
    /// By whom.
    pub provider: Provider,
    /// What is no secret.
    pub settings: ChannelSettings,
    /// What is, sealed.
    pub secret: Option<Vec<u8>>,
    /// What that ends with.
    pub secret_last_four: Option<String>,
    /// What nobody can guess of the address to which the provider tells.
    pub hook_token: String,
    /// When it was last checked.
    pub tested_at: Option<jiff_sqlx::Timestamp>,
    /// What came of it.
    pub test_outcome: Option<String>,
    /// Goes up with each change.
    pub version: i32,
}

/// What is sealed of a practice's channel.
pub fn place(practice: Uuid, channel: Channel) -> Place<'static> {
    let column = match channel {
        Channel::Email => "secret.email",
        Channel::Sms => "secret.sms",
    };
    Place { table: "messaging.channel", column, row: practice }
}

/// How a channel begins: kept here.
///
/// # Errors
/// When there is no chance to be had from the system.
pub fn unconnected(channel: Channel) -> Result<Connected> {
    Ok(Connected {
        channel,
        provider: Provider::Sandbox,
        settings: ChannelSettings::default(),
        secret: None,
        secret_last_four: None,
        hook_token: URL_SAFE_NO_PAD.encode(&random_token()?[..24]),
        tested_at: None,
        test_outcome: None,
        version: 0,
    })
}

/// The last four characters, of what is long enough that they tell nothing.
pub fn last_four(secret: &str) -> String {
    let length = secret.chars().count();
    if length < 12 { "••••".to_owned() } else { secret.chars().skip(length - 4).collect() }
}

/// By whom the practice sends on a channel, if that was ever set.
///
/// # Errors
/// 503 when the database is away.
pub async fn connected(tx: &mut TenantTx, channel: Channel) -> Result<Option<Connected>> {
    let practice = tx.practice();
    let row = sqlx::query!(
        r#"select provider as "provider: Provider", settings as "settings: Json<ChannelSettings>", secret, secret_last_four,
                  hook_token, tested_at, test_outcome, version
             from messaging.channel where practice_id = $1 and channel = $2"#,
        practice,
        channel as Channel,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Connected {
        channel,
        provider: row.provider,
        settings: row.settings.0,
        secret: row.secret,
        secret_last_four: row.secret_last_four,
        hook_token: row.hook_token,
        tested_at: row.tested_at,
        test_outcome: row.test_outcome,
        version: row.version,
    }))
}

/// Writes by whom the practice sends. The caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn save(tx: &mut TenantTx, of: &Connected) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "insert into messaging.channel (practice_id, channel, provider, settings, secret, secret_last_four, hook_token,
                tested_at, test_outcome, version, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (practice_id, channel) do update
            set provider = $3, settings = $4, secret = $5, secret_last_four = $6, tested_at = $8, test_outcome = $9,
                version = $10, updated_at = $11",
        practice,
        of.channel as Channel,
        of.provider as Provider,
        serde_json::to_value(&of.settings).map_err(Error::internal)?,
        of.secret,
        of.secret_last_four,
        of.hook_token,
        of.tested_at as _,
        of.test_outcome,
        of.version,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Notes what came of a check.
///
/// # Errors
/// 503 when the database is away.
pub async fn checked(tx: &mut TenantTx, channel: Channel, outcome: &str) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "update messaging.channel set tested_at = $3, test_outcome = $4 where practice_id = $1 and channel = $2",
        practice,
        channel as Channel,
        now as _,
        outcome,
    )
    .execute(tx.conn())
    .await?;
    let told = serde_json::json!({ "channel": channel, "outcome": outcome });
    tx.record(Change::done("check", "message_channel", practice).with(told)).await
}

impl Connected {
    /// The password, key or token; empty where there is none.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn secret(&self, tx: &mut TenantTx) -> Result<Phi<String>> {
        let place = place(tx.practice(), self.channel);
        match &self.secret {
            Some(sealed) => String::from_utf8(tx.open(place, sealed).await?).map(Phi::new).map_err(Error::internal),
            None => Ok(Phi::new(String::new())),
        }
    }
}

/// Where a provider tells what becomes of messages. The practice stands in it, as nothing else of what comes says whose it is.
pub fn address(app: &App, practice: Uuid, of: &Connected) -> String {
    let end = format!("{}.{}", URL_SAFE_NO_PAD.encode(practice.as_bytes()), of.hook_token);
    format!("{}/hooks/{}/{end}", app.config.public_origin(), of.provider.name())
}

/// What the end of such an address says, if it is one.
pub fn read_address(text: &str) -> Option<(Uuid, String)> {
    let (practice, token) = text.split_once('.')?;
    let practice = Uuid::from_slice(&URL_SAFE_NO_PAD.decode(practice).ok()?).ok()?;
    Some((practice, token.to_owned()))
}

/// The channel to which such an address belongs.
///
/// # Errors
/// 404 where it is none, or another provider's.
pub async fn by_token(tx: &mut TenantTx, provider: Provider, channel: Channel, token: &str) -> Result<Connected> {
    let found = connected(tx, channel).await?.filter(|found| found.provider == provider);
    // compared by hashes, whose differences tell nothing of the token
    found
        .filter(|found| equal(&sha256(found.hook_token.as_bytes()), &sha256(token.as_bytes())))
        .ok_or_else(Error::not_found)
}
