//! Endpoints as they lie in their table.

use jiff::Timestamp;
use platform::Result;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
use platform::phi::Phi;
use uuid::Uuid;

use super::{WebhookDisabledReason, WebhookEndpoint};
use crate::WebhookEndpointId;
use crate::signature::make_secret;

/// What is sealed of an endpoint.
pub fn place(column: &'static str, endpoint: Uuid) -> Place<'static> {
    Place { table: "webhooks.endpoint", column, row: endpoint }
}

struct Row {
    id: Uuid,
    url: String,
    description: Option<String>,
    events: Vec<String>,
    active: bool,
    disabled_reason: Option<WebhookDisabledReason>,
    disabled_at: Option<jiff_sqlx::Timestamp>,
    secret_last_four: Option<String>,
    old_secret_until: Option<jiff_sqlx::Timestamp>,
    failing_since: Option<jiff_sqlx::Timestamp>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

impl Row {
    fn shown(self, now: Timestamp) -> WebhookEndpoint {
        let instant = |at: Option<jiff_sqlx::Timestamp>| at.map(|at| at.to_jiff());
        WebhookEndpoint {
            id: WebhookEndpointId(self.id),
            url: Phi::new(self.url),
            description: self.description,
            events: self.events,
            active: self.active,
            disabled_reason: self.disabled_reason,
            disabled_at: instant(self.disabled_at),
            secret_last_four: self.secret_last_four.unwrap_or_default(),
            old_secret_until: instant(self.old_secret_until).filter(|until| *until > now),
            failing_since: instant(self.failing_since),
            version: self.version,
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        }
    }
}

/// The practice's endpoints, or one of them.
async fn select(tx: &mut TenantTx, only: Option<WebhookEndpointId>) -> Result<Vec<WebhookEndpoint>> {
    let (practice, now) = (tx.practice(), tx.now());
    let rows = sqlx::query_as!(
        Row,
        r#"select id, url, description, events, active, disabled_reason as "disabled_reason: WebhookDisabledReason",
                  disabled_at as "disabled_at: jiff_sqlx::Timestamp", secret_last_four,
                  old_secret_until as "old_secret_until: jiff_sqlx::Timestamp",
                  failing_since as "failing_since: jiff_sqlx::Timestamp", version,
                  created_at as "created_at: jiff_sqlx::Timestamp", updated_at as "updated_at: jiff_sqlx::Timestamp"
             from webhooks.endpoint
            where practice_id = $1 and deleted_at is null and ($2::uuid is null or id = $2) order by id"#,
        practice,
        only.map(WebhookEndpointId::uuid),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| row.shown(now)).collect())
}

/// All of them.
///
/// # Errors
/// 503 when the database is away.
pub async fn all(tx: &mut TenantTx) -> Result<Vec<WebhookEndpoint>> {
    select(tx, None).await
}

/// One of them.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: WebhookEndpointId) -> Result<WebhookEndpoint> {
    select(tx, Some(id)).await?.pop().ok_or_else(Error::not_found)
}

/// One of them, locked. Deliveries may still be queued for it meanwhile.
///
/// # Errors
/// 404.
pub async fn find_locked(tx: &mut TenantTx, id: WebhookEndpointId) -> Result<WebhookEndpoint> {
    let practice = tx.practice();
    sqlx::query!(
        "select from webhooks.endpoint where practice_id = $1 and id = $2 for no key update",
        practice,
        id.uuid()
    )
    .fetch_optional(tx.conn())
    .await?;
    find(tx, id).await
}

/// One of them, locked, if it is still at that version.
///
/// # Errors
/// 404; 409 `version.stale`.
pub async fn find_at(tx: &mut TenantTx, id: WebhookEndpointId, version: i32) -> Result<WebhookEndpoint> {
    let endpoint = find_locked(tx, id).await?;
    check_version(version, endpoint.version, &endpoint)?;
    Ok(endpoint)
}

/// Enters an endpoint with a new secret. The caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn add(
    tx: &mut TenantTx,
    url: Phi<String>,
    description: Option<String>,
    events: Vec<String>,
) -> Result<(WebhookEndpoint, Phi<String>)> {
    let (practice, id, now) = (tx.practice(), WebhookEndpointId::new(), jiff_sqlx::Timestamp::from(tx.now()));
    let secret = make_secret()?;
    let sealed = tx.seal(place("secret", id.uuid()), secret.expose().as_bytes()).await?;
    sqlx::query!(
        "insert into webhooks.endpoint (practice_id, id, url, description, events, active, secret, secret_last_four,
                created_at, updated_at)
         values ($1, $2, $3, $4, $5, true, $6, $7, $8, $8)",
        practice,
        id.uuid(),
        url.expose(),
        description,
        &events,
        sealed,
        last_four(&secret),
        now as _,
    )
    .execute(tx.conn())
    .await?;
    Ok((find(tx, id).await?, secret))
}

/// Writes everything but the secrets. The caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn save(tx: &mut TenantTx, endpoint: &WebhookEndpoint) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update webhooks.endpoint
            set url = $3, description = $4, events = $5, active = $6, disabled_reason = $7, disabled_at = $8,
                failing_since = $9, quiet_until = case when $9::timestamptz is null then null else quiet_until end,
                version = $10, updated_at = $11
          where practice_id = $1 and id = $2",
        practice,
        endpoint.id.uuid(),
        endpoint.url.expose(),
        endpoint.description,
        &endpoint.events,
        endpoint.active,
        endpoint.disabled_reason as Option<WebhookDisabledReason>,
        endpoint.disabled_at.map(jiff_sqlx::Timestamp::from) as _,
        endpoint.failing_since.map(jiff_sqlx::Timestamp::from) as _,
        endpoint.version,
        jiff_sqlx::Timestamp::from(endpoint.updated_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives an endpoint a new secret; the one that it had signs as well until an instant. The caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn renew_secret(tx: &mut TenantTx, id: WebhookEndpointId, until: Timestamp) -> Result<Phi<String>> {
    let practice = tx.practice();
    let sealed = sqlx::query_scalar!(
        r#"select secret as "secret!" from webhooks.endpoint where practice_id = $1 and id = $2"#,
        practice,
        id.uuid(),
    )
    .fetch_one(tx.conn())
    .await?;
    // what is sealed opens only where it lies
    let old = tx.open(place("secret", id.uuid()), &sealed).await?;
    let old = tx.seal(place("old_secret", id.uuid()), &old).await?;
    let secret = make_secret()?;
    let sealed = tx.seal(place("secret", id.uuid()), secret.expose().as_bytes()).await?;
    sqlx::query!(
        "update webhooks.endpoint set secret = $3, secret_last_four = $4, old_secret = $5, old_secret_until = $6
          where practice_id = $1 and id = $2",
        practice,
        id.uuid(),
        sealed,
        last_four(&secret),
        old,
        jiff_sqlx::Timestamp::from(until) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(secret)
}

/// Takes an endpoint away, its secrets at once; the row goes with the last of its deliveries. The caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn bury(tx: &mut TenantTx, id: WebhookEndpointId) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "update webhooks.endpoint
            set deleted_at = $3, secret = null, secret_last_four = null, old_secret = null, old_secret_until = null
          where practice_id = $1 and id = $2",
        practice,
        id.uuid(),
        now as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives what waits for an endpoint all its tries again, from now on.
///
/// # Errors
/// 503 when the database is away.
pub async fn hurry(tx: &mut TenantTx, id: WebhookEndpointId) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "with tried as (
            update webhooks.delivery set attempts = 0, due_at = now()
             where practice_id = $1 and endpoint_id = $2 and state = 'pending' and attempts > 0)
         update webhooks.lane set ready_at = now()
          where practice_id = $1 and endpoint_id = $2 and pending > 0 and lease is null",
        practice,
        id.uuid(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn last_four(secret: &Phi<String>) -> String {
    let text = secret.expose();
    text[text.len() - 4..].to_owned()
}
