//! Endpoints: where a practice wants to be told, and of what. Their secrets are sealed, and shown once, when they are made.

mod standing;
mod store;

use garde::Validate;
use jiff::Timestamp;
use platform::App;
use platform::db::TenantTx;
use platform::error::{Error, FieldError};
use platform::extract::{Body, Path, nullable};
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::integrations as may;
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::shared::{changed, trimmed};
use platform::{Result, route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::WebhookEndpointId;
use crate::catalog::can_be_wanted;

pub use standing::disable_by_itself;
use store::find_at;
pub use store::{find, place};

/// The most endpoints of a practice.
const MOST: usize = 20;

/// The routes of endpoints.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(list))
        .route(route!(create))
        .route(route!(read))
        .route(route!(change))
        .merge(standing::routes())
}

/// Why an endpoint is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum WebhookDisabledReason {
    /// Somebody disabled it.
    ByHand,
    /// It answered that it is gone for good (410).
    Gone,
    /// It took nothing for five days.
    Failing,
}

/// Where the practice wants to be told.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookEndpoint {
    /// Its id.
    pub id: WebhookEndpointId,
    /// Where calls go.
    pub url: Phi<String>,
    /// What it is for.
    #[schema(required)]
    pub description: Option<String>,
    /// Of what it is told: names of events, `area.*`, or `*`.
    pub events: Vec<String>,
    /// Whether it is told.
    pub active: bool,
    /// Why it is not.
    #[schema(required)]
    pub disabled_reason: Option<WebhookDisabledReason>,
    /// Since when it is not.
    #[schema(required)]
    pub disabled_at: Option<Timestamp>,
    /// What its secret ends with.
    pub secret_last_four: String,
    /// Until when the secret before signs as well.
    #[schema(required)]
    pub old_secret_until: Option<Timestamp>,
    /// Since when every try has failed.
    #[schema(required)]
    pub failing_since: Option<Timestamp>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Where the practice wants to be told, and by which secret it knows us. This answer is the only place where that can be read.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WebhookEndpointSecret {
    /// The secret: `whsec_…`.
    secret: Phi<String>,
    /// The rest of it.
    endpoint: WebhookEndpoint,
}

/// The practice's endpoints.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookEndpoints {
    items: Vec<WebhookEndpoint>,
}

/// Where the practice wants to be told from now on.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewWebhookEndpoint {
    /// An https address on the public internet.
    #[garde(skip)]
    url: Phi<String>,
    /// What it is for.
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    description: Option<String>,
    /// Of what it is told: names of events, `area.*`, or `*`.
    #[garde(length(min = 1, max = 200))]
    events: Vec<String>,
}

/// What is to be different about an endpoint; what is left out stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WebhookEndpointChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    #[garde(skip)]
    url: Option<Phi<String>>,
    #[garde(inner(inner(length(chars, max = 120), custom(validate::line))))]
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    description: Option<Option<String>>,
    #[garde(inner(length(min = 1, max = 200)))]
    events: Option<Vec<String>>,
}

/// Where the practice wants to be told, the oldest first. There are twenty at most.
#[utoipa::path(get, path = "/api/v1/webhook-endpoints", tag = "webhooks",
    responses((status = 200, body = WebhookEndpoints)))]
async fn list(who: Can<may::Read>) -> Result<Json<WebhookEndpoints>> {
    let items = who.read(async |tx| store::all(tx).await).await?;
    Ok(Json(WebhookEndpoints { items }))
}

/// Be told at an address from now on.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints", tag = "webhooks", request_body = NewWebhookEndpoint,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = WebhookEndpointSecret)))]
async fn create(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<NewWebhookEndpoint>) -> Result<Once> {
    let url = checked_url(who.app(), &new.url)?;
    let events = checked_events(&new.events)?;
    let request = key.of("webhook_endpoint.create", &new)?;
    who.create_once(request, async move |tx| {
        tx.one_by_one().await?;
        if store::all(tx).await?.len() >= MOST {
            return Err(Error::conflict(
                "webhook_endpoint.too_many",
                "There are 20 endpoints already; delete one first.",
            ));
        }
        let description = trimmed(new.description.as_ref()).map(str::to_owned);
        let (endpoint, secret) = store::add(tx, url.clone(), description, events.clone()).await?;
        let change = Change::created("webhook_endpoint", endpoint.id.uuid(), &endpoint);
        tx.record(change.event("webhook_endpoint.created", endpoint.version)).await?;
        Ok(WebhookEndpointSecret { secret, endpoint })
    })
    .await
}

/// An endpoint.
#[utoipa::path(get, path = "/api/v1/webhook-endpoints/{id}", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The endpoint")), responses((status = 200, body = WebhookEndpoint)))]
async fn read(who: Can<may::Read>, Path(id): Path<WebhookEndpointId>) -> Result<Json<WebhookEndpoint>> {
    who.read(async move |tx| find(tx, id).await).await.map(Json)
}

/// Change an endpoint. Deliveries that wait go to the new address.
#[utoipa::path(patch, path = "/api/v1/webhook-endpoints/{id}", tag = "webhooks", request_body = WebhookEndpointChange,
    params(("id" = Uuid, Path, description = "The endpoint")), responses((status = 200, body = WebhookEndpoint)))]
async fn change(
    who: Can<may::Write>,
    Path(id): Path<WebhookEndpointId>,
    Body(change): Body<WebhookEndpointChange>,
) -> Result<Json<WebhookEndpoint>> {
    let url = change.url.as_ref().map(|url| checked_url(who.app(), url)).transpose()?;
    let events = change.events.as_deref().map(checked_events).transpose()?;
    who.write(async move |tx| {
        let before = find_at(tx, id, change.version).await?;
        let mut after = WebhookEndpoint {
            description: changed(change.description.clone(), before.description.clone()),
            events: events.clone().unwrap_or(before.events.clone()),
            ..before.clone()
        };
        // another address starts with a clean slate
        if let Some(url) = url.clone().filter(|url| *url != before.url) {
            after = WebhookEndpoint { url, failing_since: None, ..after };
        }
        save(tx, &before, after, "webhook_endpoint.changed").await.map(Json)
    })
    .await
}

/// Saves an endpoint as its next version, and records what changed.
async fn save(
    tx: &mut TenantTx,
    before: &WebhookEndpoint,
    after: WebhookEndpoint,
    event: &'static str,
) -> Result<WebhookEndpoint> {
    let after = WebhookEndpoint { version: before.version + 1, updated_at: tx.now(), ..after };
    store::save(tx, &after).await?;
    let change = Change::updated("webhook_endpoint", after.id.uuid(), before, &after);
    tx.record(change.event(event, after.version)).await?;
    Ok(after)
}

fn checked_url(app: &App, url: &Phi<String>) -> Result<Phi<String>> {
    match app.public.read(url.expose()) {
        Ok(url) => Ok(Phi::new(url.to_string())),
        Err(refusal) => Err(Error::invalid(Vec::new()).at("/url", refusal.code(), refusal.message())),
    }
}

/// The same events, each once.
fn checked_events(wanted: &[String]) -> Result<Vec<String>> {
    let unknown = wanted.iter().enumerate().filter(|(_, name)| !can_be_wanted(name));
    let faults: Vec<_> = unknown
        .map(|(i, _)| {
            let text = "Choose among the events of GET /api/v1/webhook-events; `area.*` is all of an area, `*` all.";
            FieldError::new(format!("/events/{i}"), "not_found", text)
        })
        .collect();
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let mut events = wanted.to_vec();
    events.sort();
    events.dedup();
    Ok(events)
}
