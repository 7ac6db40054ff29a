//! How practices are connected, as it lies in its table.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use calcom::Versions;
use platform::Result;
use platform::crypto::{Place, random_token};
use platform::db::TenantTx;
use platform::record::Change;
use uuid::Uuid;

use super::{CalcomProvider, last_four};

/// How a practice is connected, as it lies in the table.
#[derive(Clone)]
pub struct Connected {
    /// With whom.
    pub provider: CalcomProvider,
    /// Whether it is switched on.
    pub enabled: bool,
    /// The address of the API; none for the first of those that this installation reaches.
    pub base_url: Option<String>,
    /// The key, sealed.
    pub api_key: Option<Vec<u8>>,
    /// What the key ends with.
    pub api_key_last_four: Option<String>,
    /// What nobody can guess of the address to which webhooks go.
    pub webhook_token: String,
    /// What webhooks are signed with, sealed.
    pub webhook_secret: Vec<u8>,
    /// What that ends with.
    pub webhook_secret_last_four: String,
    /// The version that is asked for of slots; none for the one that the product was made for.
    pub slots_version: Option<String>,
    /// The same of bookings.
    pub bookings_version: Option<String>,
    /// The same of event types.
    pub event_types_version: Option<String>,
    /// When the connection was last tried.
    pub tested_at: Option<jiff_sqlx::Timestamp>,
    /// What came of it.
    pub test_outcome: Option<String>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was last changed.
    pub updated_at: jiff_sqlx::Timestamp,
}

/// How a connection begins: with an address and a secret for webhooks.
///
/// # Errors
/// When there is no chance to be had from the system, or the database is away.
pub async fn unconnected(tx: &mut TenantTx) -> Result<Connected> {
    let practice = tx.practice();
    let secret = URL_SAFE_NO_PAD.encode(random_token()?);
    Ok(Connected {
        provider: CalcomProvider::Sandbox,
        enabled: false,
        base_url: None,
        api_key: None,
        api_key_last_four: None,
        webhook_token: URL_SAFE_NO_PAD.encode(&random_token()?[..24]),
        webhook_secret: tx.seal(place("webhook_secret", practice), secret.as_bytes()).await?,
        webhook_secret_last_four: last_four(&secret),
        slots_version: None,
        bookings_version: None,
        event_types_version: None,
        tested_at: None,
        test_outcome: None,
        version: 0,
        updated_at: tx.now().into(),
    })
}

/// What is sealed of a practice's connection.
pub fn place(column: &'static str, practice: Uuid) -> Place<'static> {
    Place { table: "scheduling.calcom", column, row: practice }
}

impl Connected {
    /// What is asked for.
    pub fn versions(&self) -> Versions {
        let usual = Versions::default();
        Versions {
            slots: self.slots_version.clone().unwrap_or(usual.slots),
            bookings: self.bookings_version.clone().unwrap_or(usual.bookings),
            event_types: self.event_types_version.clone().unwrap_or(usual.event_types),
        }
    }
}

/// How the practice is connected, if it is.
///
/// # Errors
/// 503 when the database is away.
pub async fn connected(tx: &mut TenantTx) -> Result<Option<Connected>> {
    let practice = tx.practice();
    Ok(sqlx::query_as!(
        Connected,
        r#"select provider as "provider: CalcomProvider", enabled, base_url, api_key, api_key_last_four, webhook_token,
                  webhook_secret, webhook_secret_last_four, slots_version, bookings_version, event_types_version,
                  tested_at as "tested_at: jiff_sqlx::Timestamp", test_outcome, version,
                  updated_at as "updated_at: jiff_sqlx::Timestamp"
             from scheduling.calcom where practice_id = $1"#,
        practice,
    )
    .fetch_optional(tx.conn())
    .await?)
}

/// Whether the practice's connection is switched on, if it has one: the first question of whoever hears of a change.
///
/// # Errors
/// 503 when the database is away.
pub async fn standing(tx: &mut TenantTx) -> Result<Option<bool>> {
    let practice = tx.practice();
    let on = sqlx::query_scalar!("select enabled from scheduling.calcom where practice_id = $1", practice);
    Ok(on.fetch_optional(tx.conn()).await?)
}

/// Whether the practice is connected and switched on.
///
/// # Errors
/// 503 when the database is away.
pub async fn is_on(tx: &mut TenantTx) -> Result<bool> {
    Ok(standing(tx).await? == Some(true))
}

/// Writes how the practice is connected, for the first time or again. The caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn save(tx: &mut TenantTx, row: &Connected) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "insert into scheduling.calcom (practice_id, provider, enabled, base_url, api_key, api_key_last_four, webhook_token,
                webhook_secret, webhook_secret_last_four, slots_version, bookings_version, event_types_version, tested_at,
                test_outcome, version, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
         on conflict (practice_id) do update
            set provider = $2, enabled = $3, base_url = $4, api_key = $5, api_key_last_four = $6, webhook_secret = $8,
                webhook_secret_last_four = $9, slots_version = $10, bookings_version = $11, event_types_version = $12,
                tested_at = $13, test_outcome = $14, version = $15, updated_at = $16",
        practice,
        row.provider as CalcomProvider,
        row.enabled,
        row.base_url,
        row.api_key,
        row.api_key_last_four,
        row.webhook_token,
        row.webhook_secret,
        row.webhook_secret_last_four,
        row.slots_version,
        row.bookings_version,
        row.event_types_version,
        row.tested_at as _,
        row.test_outcome,
        row.version,
        row.updated_at as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Notes what came of trying the connection.
///
/// # Errors
/// 503 when the database is away.
pub async fn tested(tx: &mut TenantTx, outcome: &'static str) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "update scheduling.calcom set tested_at = $2, test_outcome = $3 where practice_id = $1",
        practice,
        now as _,
        outcome,
    )
    .execute(tx.conn())
    .await?;
    let told = serde_json::json!({ "outcome": outcome });
    tx.record(Change::done("test", "calcom", practice).with(told)).await
}
