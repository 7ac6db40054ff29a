//! Conversations by text message: with each patient the messages to and fro, and what came from numbers that are nobody's.

use axum::http::StatusCode;
use garde::Validate;
use jiff::SignedDuration;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Path, Query};
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::PatientId;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::messages as may;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::QueryBuilder;
use utoipa::{IntoParams, ToSchema};

use super::list::{MessagePage, page};
use super::row::{COLUMNS, lock};
use super::{Channel, Direction, Message, MessageId, save};

/// The routes of conversations.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(unread))
        .route(route!(counts))
        .route(route!(conversation))
        .route(route!(mark_read))
        .route(route!(mark_all_read))
        .route(route!(assign))
}

/// Which part of a list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Part {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// Only what is nobody's yet.
    #[garde(skip)]
    #[serde(default)]
    unmatched: bool,
}

/// Whose message it is.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AssignMessage {
    /// The version that it is based on.
    #[garde(skip)]
    version: i32,
    /// The patient who wrote it.
    #[garde(skip)]
    patient_id: PatientId,
}

const NEWEST: &[Sort] = &[Sort { name: "createdAt", column: "m.created_at", kind: Kind::Instant }];

/// What came in and nobody has read yet, the newest first.
#[utoipa::path(get, path = "/api/v1/message-inbox", tag = "messaging", params(Part),
    responses((status = 200, body = MessagePage)))]
async fn unread(who: Can<may::Read>, Query(asked): Query<Part>) -> Result<Json<MessagePage>> {
    let order = Order::parse(NEWEST, Some("-createdAt"), asked.cursor.as_deref(), asked.limit)?;
    who.read_recorded(async move |tx| {
        let mut query = QueryBuilder::new("select ");
        query.push(COLUMNS).push(" from messaging.message m where m.practice_id = ").push_bind(tx.practice());
        query.push(" and m.direction = 'in' and m.read_at is null");
        if asked.unmatched {
            query.push(" and m.patient_id is null");
        }
        page(tx, &order, query, vec!["unread"]).await.map(Json)
    })
    .await
}

/// The conversation by text message with a patient, the newest first.
#[utoipa::path(get, path = "/api/v1/patients/{id}/conversation", tag = "messaging",
    params(("id" = Uuid, Path, description = "The patient"), Part), responses((status = 200, body = MessagePage)))]
async fn conversation(
    who: Can<may::Read>,
    Path(id): Path<PatientId>,
    Query(asked): Query<Part>,
) -> Result<Json<MessagePage>> {
    let order = Order::parse(NEWEST, Some("-createdAt"), asked.cursor.as_deref(), asked.limit)?;
    who.read_recorded(async move |tx| {
        if !patients::is_present(tx, id).await? {
            return Err(Error::not_found());
        }
        let all = patients::merged_into(tx, id).await?;
        let mut query = QueryBuilder::new("select ");
        query.push(COLUMNS).push(" from messaging.message m where m.practice_id = ").push_bind(tx.practice());
        query
            .push(" and m.patient_id = any(")
            .push_bind(all)
            .push(") and m.channel = 'sms' and m.state <> 'suppressed'");
        page(tx, &order, query, vec!["conversation"]).await.map(Json)
    })
    .await
}

/// How many messages wait for people.
#[derive(Debug, Serialize, ToSchema)]
struct MessageCounts {
    /// Came in, and nobody has read them.
    unread: i64,
    /// Of these, from numbers that are nobody's.
    unmatched: i64,
    /// Nobody knows whether they went out.
    unknown: i64,
    /// Failed or came back within the last day.
    failed: i64,
}

/// How many messages wait for people.
#[utoipa::path(get, path = "/api/v1/message-counts", tag = "messaging", responses((status = 200, body = MessageCounts)))]
async fn counts(who: Can<may::Read>) -> Result<Json<MessageCounts>> {
    who.read(async |tx| {
        let practice = tx.practice();
        let yesterday = tx.now().checked_sub(SignedDuration::from_hours(24)).map_err(Error::internal)?;
        let counts = sqlx::query_as!(
            MessageCounts,
            r#"select (select count(*) from messaging.message
                        where practice_id = $1 and direction = 'in' and read_at is null) as "unread!",
                      (select count(*) from messaging.message
                        where practice_id = $1 and direction = 'in' and read_at is null and patient_id is null) as "unmatched!",
                      (select count(*) from messaging.message where practice_id = $1 and state = 'unknown') as "unknown!",
                      (select count(*) from messaging.message
                        where practice_id = $1 and state in ('failed', 'bounced') and created_at >= $2) as "failed!""#,
            practice,
            jiff_sqlx::Timestamp::from(yesterday) as _,
        )
        .fetch_one(tx.conn())
        .await?;
        Ok(Json(counts))
    })
    .await
}

/// Note that all messages that came in from a patient were read. Repeated, it changes nothing.
#[utoipa::path(post, path = "/api/v1/patients/{id}/conversation/read", tag = "messaging",
    params(("id" = Uuid, Path, description = "The patient")), responses((status = 204)))]
async fn mark_all_read(who: Can<may::Send>, Path(id): Path<PatientId>) -> Result<StatusCode> {
    who.write(async move |tx| {
        if !patients::is_present(tx, id).await? {
            return Err(Error::not_found());
        }
        let (practice, all) = (tx.practice(), patients::merged_into(tx, id).await?);
        let unread = sqlx::query_scalar!(
            "select id from messaging.message
              where practice_id = $1 and patient_id = any($2) and direction = 'in' and read_at is null limit 1000",
            practice,
            &all,
        )
        .fetch_all(tx.conn())
        .await?;
        for one in unread {
            let before = lock(tx, MessageId(one)).await?;
            let after = Message { read_at: Some(tx.now()), ..before.clone() };
            save(tx, &before, after).await?;
        }
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Note that a message that came in was read. Repeated, it changes nothing.
#[utoipa::path(post, path = "/api/v1/messages/{id}/read", tag = "messaging",
    params(("id" = Uuid, Path, description = "The message")), responses((status = 200, body = Message)))]
async fn mark_read(who: Can<may::Send>, Path(id): Path<MessageId>) -> Result<Json<Message>> {
    who.write(async move |tx| {
        let before = incoming(tx, id).await?;
        if before.read_at.is_some() {
            return Ok(Json(before));
        }
        let after = Message { read_at: Some(tx.now()), ..before.clone() };
        save(tx, &before, after).await.map(Json)
    })
    .await
}

/// Say who wrote a message that is nobody's yet; others from the same number that are nobody's are theirs as well.
#[utoipa::path(post, path = "/api/v1/messages/{id}/assign", tag = "messaging", request_body = AssignMessage,
    params(("id" = Uuid, Path, description = "The message")), responses((status = 200, body = Message)))]
async fn assign(
    who: Can<may::Send>,
    Path(id): Path<MessageId>,
    Body(to): Body<AssignMessage>,
) -> Result<Json<Message>> {
    who.write(async move |tx| {
        let before = incoming(tx, id).await?;
        platform::db::tenant::check_version(to.version, before.version, &before)?;
        if !patients::is_present(tx, to.patient_id).await? {
            return Err(Error::invalid(Vec::new()).at("/patientId", "not_found", "There is no such patient."));
        }
        let kept = patients::kept_as(tx, &[to.patient_id.uuid()]).await?;
        let patient = kept.get(&to.patient_id.uuid()).copied().map_or(to.patient_id, PatientId);
        let (practice, blind) = (tx.practice(), before.address_blind.clone());
        let others = sqlx::query_scalar!(
            "select id from messaging.message
              where practice_id = $1 and channel = $2 and address_blind = $3 and direction = 'in' and patient_id is null
                and id <> $4 order by created_at limit 500",
            practice,
            before.channel as Channel,
            blind,
            id.uuid(),
        )
        .fetch_all(tx.conn())
        .await?;
        for other in others {
            let other = lock(tx, MessageId(other)).await?;
            give(tx, &other, patient).await?;
        }
        give(tx, &before, patient).await.map(Json)
    })
    .await
}

async fn give(tx: &mut TenantTx, before: &Message, patient: PatientId) -> Result<Message> {
    let after = save(tx, before, Message { patient_id: Some(patient), ..before.clone() }).await?;
    let shown = json!({ "channel": after.channel, "text": after.text });
    let change = Change::created("message", after.id.uuid(), &shown).on_timeline(patient, "message.replied");
    tx.record(change).await?;
    Ok(after)
}

async fn incoming(tx: &mut TenantTx, id: MessageId) -> Result<Message> {
    let message = lock(tx, id).await?;
    if message.direction == Direction::In {
        return Ok(message);
    }
    Err(Error::conflict("message.not_incoming", "This is a message of the practice's own.").showing(&message))
}
