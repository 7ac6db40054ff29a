//! The log of deliveries: what was told, when, and what came of it. Kept for thirty days.

mod again;

use garde::Validate;
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Path, Query};
use platform::filter::Kind;
use platform::guard::Can;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::integrations as may;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, QueryBuilder};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::message::{self, Message};
use crate::{WebhookDeliveryId, WebhookEndpointId, endpoints};

/// The routes of the log.
pub fn routes() -> Routes {
    Routes::new().route(route!(deliveries)).route(route!(read)).merge(again::routes())
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum WebhookDeliveryState {
    /// Waits for its first try, its next one, or for what happened to the same thing before.
    Pending,
    /// Taken.
    Delivered,
    /// Given up after the last try.
    Failed,
}

/// One event for one endpoint.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDelivery {
    /// Its id.
    pub id: WebhookDeliveryId,
    /// For which endpoint.
    pub endpoint_id: WebhookEndpointId,
    /// Which event.
    pub event: String,
    /// When it happened.
    pub happened_at: Timestamp,
    /// How it stands.
    pub state: WebhookDeliveryState,
    /// Tries since it was queued, or queued again.
    pub attempts: i32,
    /// When it is tried next, if nothing that happened to the same thing before waits as well.
    #[schema(required)]
    pub due_at: Option<Timestamp>,
    /// Status of the last answer.
    #[schema(required)]
    pub last_status: Option<i32>,
    /// What was wrong at the last try: `status`, `timeout`, `connection`, `broken`, or why the address is not called.
    #[schema(required)]
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it was taken or given up.
    #[schema(required)]
    pub finished_at: Option<Timestamp>,
}

/// A try.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WebhookAttempt {
    /// When it ended.
    at: Timestamp,
    /// Status of the answer, if there was one. What it said is not kept.
    #[schema(required)]
    status: Option<i32>,
    /// How long it took.
    duration_ms: i32,
    /// What was wrong; none when it was taken.
    #[schema(required)]
    error: Option<String>,
}

/// A delivery with what was sent, and its tries.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WebhookDeliveryDetail {
    #[serde(flatten)]
    delivery: WebhookDelivery,
    /// By which the receiver knows it again: `webhook-id`.
    message_id: String,
    /// The body, as it is sent.
    body: String,
    /// The last hundred tries, the newest first.
    tries: Vec<WebhookAttempt>,
}

/// Which deliveries.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichDeliveries {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// Only those that stand like this.
    #[garde(skip)]
    #[param(inline)]
    state: Option<WebhookDeliveryState>,
}

/// A page of deliveries.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct WebhookDeliveryPage {
    items: Vec<WebhookDelivery>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

const SORTS: &[Sort] = &[Sort { name: "createdAt", column: "d.created_at", kind: Kind::Instant }];

/// A delivery as it lies in its table, with its last try.
#[derive(FromRow)]
struct Row {
    id: Uuid,
    endpoint_id: Uuid,
    event_id: Uuid,
    event: String,
    happened_at: jiff_sqlx::Timestamp,
    subject_type: String,
    subject_id: Uuid,
    subject_version: Option<i32>,
    fields: Vec<String>,
    state: WebhookDeliveryState,
    attempts: i32,
    due_at: jiff_sqlx::Timestamp,
    created_at: jiff_sqlx::Timestamp,
    finished_at: Option<jiff_sqlx::Timestamp>,
    last_status: Option<i32>,
    last_error: Option<String>,
}

/// The least that there is to a delivery; a list and a single one read the same.
const SELECT: &str = "select d.id, d.endpoint_id, d.event_id, d.event, d.happened_at, d.subject_type, d.subject_id,
        d.subject_version, d.fields, d.state, d.attempts, d.due_at, d.created_at, d.finished_at,
        a.status as last_status, a.error as last_error
   from webhooks.delivery d left join lateral (
        select status, error from webhooks.attempt a
         where a.practice_id = d.practice_id and a.delivery_id = d.id order by a.id desc limit 1) a on true
  where d.practice_id = ";

impl Row {
    fn shown(&self) -> WebhookDelivery {
        WebhookDelivery {
            id: WebhookDeliveryId(self.id),
            endpoint_id: WebhookEndpointId(self.endpoint_id),
            event: self.event.clone(),
            happened_at: self.happened_at.to_jiff(),
            state: self.state,
            attempts: self.attempts,
            due_at: (self.state == WebhookDeliveryState::Pending).then(|| self.due_at.to_jiff()),
            last_status: self.last_status,
            last_error: self.last_error.clone(),
            created_at: self.created_at.to_jiff(),
            finished_at: self.finished_at.map(|at| at.to_jiff()),
        }
    }

    fn body(&self) -> Result<String> {
        let message = Message {
            event: self.event.clone(),
            at: self.happened_at.to_jiff(),
            subject_type: self.subject_type.clone(),
            subject_id: self.subject_id,
            version: self.subject_version,
            fields: self.fields.clone(),
        };
        message.body()
    }
}

/// What an endpoint was told and is to be told, the newest first.
#[utoipa::path(get, path = "/api/v1/webhook-endpoints/{id}/deliveries", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The endpoint"), WhichDeliveries),
    responses((status = 200, body = WebhookDeliveryPage)))]
async fn deliveries(
    who: Can<may::Read>,
    Path(id): Path<WebhookEndpointId>,
    Query(which): Query<WhichDeliveries>,
) -> Result<Json<WebhookDeliveryPage>> {
    let order = Order::parse(SORTS, Some("-createdAt"), which.cursor.as_deref(), which.limit)?;
    who.read(async move |tx| {
        endpoints::find(tx, id).await?;
        let mut query = QueryBuilder::new(SELECT);
        query.push_bind(tx.practice()).push(" and d.endpoint_id = ").push_bind(id.uuid());
        if let Some(state) = which.state {
            query.push(" and d.state = ").push_bind(state);
        }
        order.push("d.id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let (rows, next_cursor) = order.cut(rows, |row, _| (row.created_at.to_jiff().to_string().into(), row.id))?;
        Ok(Json(WebhookDeliveryPage { items: rows.iter().map(Row::shown).collect(), next_cursor }))
    })
    .await
}

/// A delivery, with what is sent and its tries.
#[utoipa::path(get, path = "/api/v1/webhook-deliveries/{id}", tag = "webhooks",
    params(("id" = Uuid, Path, description = "The delivery")), responses((status = 200, body = WebhookDeliveryDetail)))]
async fn read(who: Can<may::Read>, Path(id): Path<WebhookDeliveryId>) -> Result<Json<WebhookDeliveryDetail>> {
    who.read(async move |tx| {
        let row = find(tx, id).await?;
        let tries = tries(tx, id).await?;
        let (message_id, body) = (message::id_of(row.event_id), row.body()?);
        Ok(Json(WebhookDeliveryDetail { delivery: row.shown(), message_id, body, tries }))
    })
    .await
}

/// The delivery, unless its endpoint was deleted.
async fn find(tx: &mut TenantTx, id: WebhookDeliveryId) -> Result<Row> {
    let mut query = QueryBuilder::new(SELECT);
    query.push_bind(tx.practice()).push(" and d.id = ").push_bind(id.uuid());
    let row: Option<Row> = query.build_query_as().fetch_optional(tx.conn()).await?;
    let row = row.ok_or_else(Error::not_found)?;
    endpoints::find(tx, WebhookEndpointId(row.endpoint_id)).await?;
    Ok(row)
}

async fn tries(tx: &mut TenantTx, id: WebhookDeliveryId) -> Result<Vec<WebhookAttempt>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select at, status, duration_ms, error from webhooks.attempt
          where practice_id = $1 and delivery_id = $2 order by id desc limit 100",
        practice,
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    let tries = rows.into_iter().map(|row| WebhookAttempt {
        at: row.at.to_jiff(),
        status: row.status,
        duration_ms: row.duration_ms,
        error: row.error,
    });
    Ok(tries.collect())
}
