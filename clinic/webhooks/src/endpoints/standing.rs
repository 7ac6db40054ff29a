//! How an endpoint stands: enabled or not, with which secret, or gone.

use jiff::SignedDuration;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::permission::integrations as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{Result, route};

use super::{WebhookDisabledReason, WebhookEndpoint, WebhookEndpointSecret, find, find_at, save, store};
use crate::WebhookEndpointId;

/// How long the secret before signs besides, so that a receiver can change over without missing anything.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// The routes of how endpoints stand.
pub fn routes() -> Routes {
    Routes::new().route(route!(disable)).route(route!(enable)).route(route!(rotate_secret)).route(route!(delete))
}

/// Tell an endpoint nothing any more. What waits for it waits; what happens meanwhile is not told.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/disable", tag = "webhooks", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The endpoint")), responses((status = 200, body = WebhookEndpoint)))]
async fn disable(
    who: Can<may::Write>,
    Path(id): Path<WebhookEndpointId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<WebhookEndpoint>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        disabled(tx, before, WebhookDisabledReason::ByHand).await.map(Json)
    })
    .await
}

/// Tell an endpoint again: first what waits, which gets all its tries again, in its order.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/enable", tag = "webhooks", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The endpoint")), responses((status = 200, body = WebhookEndpoint)))]
async fn enable(
    who: Can<may::Write>,
    Path(id): Path<WebhookEndpointId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<WebhookEndpoint>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        if before.active {
            return Ok(Json(before));
        }
        let after = WebhookEndpoint {
            active: true,
            disabled_reason: None,
            disabled_at: None,
            failing_since: None,
            ..before.clone()
        };
        store::hurry(tx, id).await?;
        save(tx, &before, after, "webhook_endpoint.enabled").await.map(Json)
    })
    .await
}

/// Make a new secret. For 24 hours the one before signs as well.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/rotate-secret", tag = "webhooks", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The endpoint")), responses((status = 200, body = WebhookEndpointSecret)))]
async fn rotate_secret(
    who: Can<may::Write>,
    Path(id): Path<WebhookEndpointId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<WebhookEndpointSecret>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        let until = tx.now().checked_add(OVERLAP).map_err(Error::internal)?;
        let secret = store::renew_secret(tx, id, until).await?;
        let renewed = find(tx, id).await?;
        let endpoint = save(tx, &before, renewed, "webhook_endpoint.secret_rotated").await?;
        Ok(Json(WebhookEndpointSecret { secret, endpoint }))
    })
    .await
}

/// Delete an endpoint. What waits for it is never sent.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/delete", tag = "webhooks", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The endpoint")), responses((status = 200, body = WebhookEndpoint)))]
async fn delete(
    who: Can<may::Write>,
    Path(id): Path<WebhookEndpointId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<WebhookEndpoint>> {
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        store::bury(tx, id).await?;
        let change = Change::deleted("webhook_endpoint", id.uuid(), &before);
        tx.record(change.event("webhook_endpoint.deleted", before.version + 1)).await?;
        Ok(Json(before))
    })
    .await
}

/// The product itself disables an endpoint, which is shown with its reason.
///
/// # Errors
/// 503 when the database is away.
pub async fn disable_by_itself(tx: &mut TenantTx, id: WebhookEndpointId, why: WebhookDisabledReason) -> Result<()> {
    let before = store::find_locked(tx, id).await?;
    disabled(tx, before, why).await.map(|_| ())
}

async fn disabled(tx: &mut TenantTx, before: WebhookEndpoint, why: WebhookDisabledReason) -> Result<WebhookEndpoint> {
    if !before.active {
        return Ok(before);
    }
    let now = tx.now();
    let after = WebhookEndpoint { active: false, disabled_reason: Some(why), disabled_at: Some(now), ..before.clone() };
    save(tx, &before, after, "webhook_endpoint.disabled").await
}
