//! Sending again what was sent or given up, and sending a test.

use garde::Validate;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::permission::integrations as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{WebhookDelivery, WebhookDeliveryState, find};
use crate::catalog::TEST;
use crate::message::Message;
use crate::{WebhookDeliveryId, WebhookEndpointId, endpoints, tell};

/// Deliveries that one request sends again.
const AT_ONCE: i64 = 5000;

/// The routes of sending again.
pub fn routes() -> Routes {
    Routes::new().route(route!(replay)).route(route!(replay_failed)).route(route!(test))
}

/// Since when what was given up is to be sent again.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WebhooksSince {
    /// What was queued since then; left out, everything that is still kept.
    #[garde(skip)]
    since: Option<Timestamp>,
}

/// What is sent again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WebhooksReplayed {
    /// How many deliveries.
    deliveries: i64,
    /// Whether there are more, for another request.
    more: bool,
}

/// Send a delivery again, under the same id, before whatever waits that happened to the same thing later.
#[utoipa::path(post, path = "/api/v1/webhook-deliveries/{id}/replay", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The delivery")), responses((status = 200, body = WebhookDelivery)))]
async fn replay(who: Can<may::Write>, Path(id): Path<WebhookDeliveryId>) -> Result<Json<WebhookDelivery>> {
    who.write(async move |tx| {
        let before = find(tx, id).await?;
        if before.state == WebhookDeliveryState::Pending {
            return Err(Error::conflict("webhook_delivery.pending", "This delivery waits to be sent already."));
        }
        must_be_active(tx, WebhookEndpointId(before.endpoint_id)).await?;
        if again(tx, WebhookEndpointId(before.endpoint_id), Wanted::One(id)).await? == 0 {
            return Err(Error::conflict("webhook_delivery.pending", "This delivery waits to be sent already."));
        }
        tx.record(Change::done("replay", "webhook_delivery", id.uuid())).await?;
        Ok(Json(find(tx, id).await?.shown()))
    })
    .await
}

/// Send again what was given up, the oldest first, each under the id that it had.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/replay", tag = "webhooks", request_body = WebhooksSince,
    params(("id" = Uuid, Path, description = "The endpoint")), responses((status = 200, body = WebhooksReplayed)))]
async fn replay_failed(
    who: Can<may::Write>,
    Path(id): Path<WebhookEndpointId>,
    Body(which): Body<WebhooksSince>,
) -> Result<Json<WebhooksReplayed>> {
    who.write(async move |tx| {
        must_be_active(tx, id).await?;
        let deliveries = again(tx, id, Wanted::Failed(which.since)).await?;
        let told = json!({ "deliveries": deliveries, "since": which.since });
        tx.record(Change::done("replay", "webhook_endpoint", id.uuid()).with(told)).await?;
        Ok(Json(WebhooksReplayed { deliveries, more: deliveries == AT_ONCE }))
    })
    .await
}

/// Send a test to an endpoint, whatever it is told of: `webhook.test`, about the endpoint itself.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/test", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The endpoint")), responses((status = 200, body = WebhookDelivery)))]
async fn test(who: Can<may::Write>, Path(id): Path<WebhookEndpointId>) -> Result<Json<WebhookDelivery>> {
    who.write(async move |tx| {
        let endpoint = must_be_active(tx, id).await?;
        let message = Message {
            event: TEST.to_owned(),
            at: tx.now(),
            subject_type: "webhook_endpoint".to_owned(),
            subject_id: id.uuid(),
            version: Some(endpoint.version),
            fields: Vec::new(),
        };
        let (practice, event) = (tx.practice(), Uuid::now_v7());
        // each in a lane of its own: a test waits for nothing
        tell::queue(tx, &[id.uuid()], event, &format!("test:{event}"), &message).await?;
        tx.record(Change::done("test", "webhook_endpoint", id.uuid())).await?;
        let delivery = sqlx::query_scalar!(
            "select id from webhooks.delivery where practice_id = $1 and endpoint_id = $2 and event_id = $3",
            practice,
            id.uuid(),
            event,
        )
        .fetch_one(tx.conn())
        .await?;
        Ok(Json(find(tx, WebhookDeliveryId(delivery)).await?.shown()))
    })
    .await
}

async fn must_be_active(tx: &mut TenantTx, id: WebhookEndpointId) -> Result<endpoints::WebhookEndpoint> {
    let endpoint = endpoints::find(tx, id).await?;
    if endpoint.active {
        return Ok(endpoint);
    }
    Err(Error::conflict("webhook_endpoint.disabled", "This endpoint is disabled; enable it first."))
}

/// Which deliveries are to be sent again.
#[derive(Clone, Copy)]
enum Wanted {
    One(WebhookDeliveryId),
    Failed(Option<Timestamp>),
}

/// Puts deliveries back into their lanes, with all their tries; answers how many. One that is in front now does not wait
/// for the next try of those behind it.
async fn again(tx: &mut TenantTx, endpoint: WebhookEndpointId, wanted: Wanted) -> Result<i64> {
    let practice = tx.practice();
    let (one, since) = match wanted {
        Wanted::One(id) => (Some(id.uuid()), None),
        Wanted::Failed(since) => (None, since.map(jiff_sqlx::Timestamp::from)),
    };
    let replayed = sqlx::query_scalar!(
        r#"with wanted as (
            select d.id from webhooks.delivery d
             where d.practice_id = $1 and d.endpoint_id = $2
               and (d.id = $3 and d.state <> 'pending' or $3 is null and d.state = 'failed' and ($4::timestamptz is null or d.created_at >= $4))
             order by d.created_at, d.id limit $5
         ), back as (
            update webhooks.delivery d set state = 'pending', attempts = 0, due_at = now(), finished_at = null
              from wanted where d.practice_id = $1 and d.id = wanted.id and d.state <> 'pending' returning d.lane
         ), filled as (
            update webhooks.lane l set pending = l.pending + b.deliveries,
                   ready_at = case when l.lease is null then now() else l.ready_at end
              from (select lane, count(*)::int as deliveries from back group by lane) b
             where l.practice_id = $1 and l.endpoint_id = $2 and l.lane = b.lane
         )
         select count(*) as "deliveries!" from back"#,
        practice,
        endpoint.uuid(),
        one,
        since as _,
        AT_ONCE,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(replayed)
}
