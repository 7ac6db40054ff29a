//! How practices are connected, as it lies in its table.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::Result;
use platform::crypto::{Place, random_token, sha256};
use platform::db::TenantTx;
use platform::error::Error;
use platform::phi::Secret;
use platform::record::Change;
use uuid::Uuid;

use super::{RetellProvider, last_four};

/// How a practice is connected, as it lies in the table.
#[derive(Clone)]
pub struct Connected {
    /// With whom.
    pub provider: RetellProvider,
    /// Whether it is switched on.
    pub enabled: bool,
    /// The address of the API; none for the first of those that this installation reaches.
    pub base_url: Option<String>,
    /// The key, sealed.
    pub api_key: Vec<u8>,
    /// What the key ends with.
    pub api_key_last_four: String,
    /// What nobody can guess of the addresses to which Retell comes.
    pub webhook_token: String,
    /// The number that is shown, E.164.
    pub from_number: Option<String>,
    /// When the connection was last tried.
    pub tested_at: Option<jiff_sqlx::Timestamp>,
    /// What came of it.
    pub test_outcome: Option<String>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was last changed.
    pub updated_at: jiff_sqlx::Timestamp,
}

/// How a connection begins: with a key that nobody has, which serves what stands in for Retell.
///
/// # Errors
/// When there is no chance to be had from the system, or the database is away.
pub async fn unconnected(tx: &mut TenantTx) -> Result<Connected> {
    let practice = tx.practice();
    let key = URL_SAFE_NO_PAD.encode(random_token()?);
    Ok(Connected {
        provider: RetellProvider::Sandbox,
        enabled: false,
        base_url: None,
        api_key: tx.seal(place(practice), key.as_bytes()).await?,
        api_key_last_four: last_four(&key),
        webhook_token: URL_SAFE_NO_PAD.encode(&random_token()?[..24]),
        from_number: None,
        tested_at: None,
        test_outcome: None,
        version: 0,
        updated_at: tx.now().into(),
    })
}

/// Where a practice's key is sealed.
pub fn place(practice: Uuid) -> Place<'static> {
    Place { table: "voice.retell", column: "api_key", row: practice }
}

/// How the practice is connected, if it is.
///
/// # Errors
/// 503 when the database is away.
pub async fn connected(tx: &mut TenantTx) -> Result<Option<Connected>> {
    let practice = tx.practice();
    Ok(sqlx::query_as!(
        Connected,
        r#"select provider as "provider: RetellProvider", enabled, base_url, api_key, api_key_last_four, webhook_token,
                  from_number, tested_at as "tested_at: jiff_sqlx::Timestamp", test_outcome, version,
                  updated_at as "updated_at: jiff_sqlx::Timestamp"
             from voice.retell where practice_id = $1"#,
        practice,
    )
    .fetch_optional(tx.conn())
    .await?)
}

/// Whether the practice is connected and switched on.
///
/// # Errors
/// 503 when the database is away.
pub async fn is_on(tx: &mut TenantTx) -> Result<bool> {
    let practice = tx.practice();
    let on = sqlx::query_scalar!("select enabled from voice.retell where practice_id = $1", practice);
    Ok(on.fetch_optional(tx.conn()).await? == Some(true))
}

/// The key, opened.
///
/// # Errors
/// 503 when the database is away.
pub async fn key(tx: &mut TenantTx, connected: &Connected) -> Result<Secret> {
    tx.open(place(tx.practice()), &connected.api_key).await.map(Secret::new)
}

/// That a request at this address, with this header, is Retell's: the address names a practice that is connected, and the
/// header proves the body with its key, now.
///
/// # Errors
/// 404 for an address that is none; 401 without proof.
pub async fn prove(tx: &mut TenantTx, token: &str, header: &str, body: &[u8]) -> Result<Connected> {
    let connected = connected(tx).await?.ok_or_else(Error::not_found)?;
    // compared by hashes, whose differences tell nothing of the token
    if sha256(connected.webhook_token.as_bytes()) != sha256(token.as_bytes()) {
        return Err(Error::not_found());
    }
    let key = key(tx, &connected).await?;
    if !retell::verify(key.expose(), header, body, tx.now()) {
        return Err(Error::unauthorized("webhook.unproved", "The signature does not prove this body."));
    }
    Ok(connected)
}

/// Writes how the practice is connected, for the first time or again. The caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn save(tx: &mut TenantTx, row: &Connected) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "insert into voice.retell (practice_id, provider, enabled, base_url, api_key, api_key_last_four, webhook_token,
                from_number, tested_at, test_outcome, version, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (practice_id) do update
            set provider = $2, enabled = $3, base_url = $4, api_key = $5, api_key_last_four = $6, from_number = $8,
                tested_at = $9, test_outcome = $10, version = $11, updated_at = $12",
        practice,
        row.provider as RetellProvider,
        row.enabled,
        row.base_url,
        row.api_key,
        row.api_key_last_four,
        row.webhook_token,
        row.from_number,
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
        "update voice.retell set tested_at = $2, test_outcome = $3 where practice_id = $1",
        practice,
        now as _,
        outcome,
    )
    .execute(tx.conn())
    .await?;
    let told = serde_json::json!({ "outcome": outcome });
    tx.record(Change::done("test", "retell", practice).with(told)).await
}
