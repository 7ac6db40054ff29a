//! What Cal.com tells: proved by its signature over the bytes as they came, kept as it came, once, and answered; a job makes
//! something of it. While the connection is off it waits; after thirty days it is forgotten.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use calcom::Message;
use jiff::SignedDuration;
use platform::App;
use platform::crypto::{Place, sha256};
use platform::db::{Actor, Caller, TenantTx};
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Anybody;
use platform::id::PracticeId;
use platform::jobs::{JobKind, JobRun, Schedule};
use platform::record::Change;
use platform::retention::in_all_practices;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{apply, settings};

/// The job that makes something of a message.
pub const JOB: JobKind = JobKind { name: "calcom.apply", max_attempts: 20, run: |job| Box::pin(run(job)) };

/// Nothing of the time is signed apart from the body, so one that was recorded could be played again: what is older than
/// this is refused, and what is younger is known. Cal.com itself tries for about ten minutes.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);
/// How far the other clock may be ahead.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// How long a webhook is kept after it came in: names, addresses and notes of whoever booked lie in it, and what it had to
/// say was made use of long before, or is too old by then. What came of it stays with the booking.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Webhooks that are forgotten in one transaction.
const FORGOTTEN_AT_ONCE: u64 = 1000;

/// Forgets what is not kept any longer, in all practices.
pub const SWEEP: Schedule = Schedule {
    name: "scheduling.sweep_calcom",
    every: Duration::from_secs(24 * 3600),
    run: |app| Box::pin(sweep(app)),
};

/// The route of webhooks.
pub fn routes() -> Routes {
    Routes::new().route(route!(receive))
}

/// That a message was taken in.
#[derive(Debug, Serialize, ToSchema)]
struct Received {
    /// False for one that was known already.
    new: bool,
}

#[derive(Serialize, Deserialize)]
struct Task {
    message: Uuid,
}

/// What Cal.com tells a practice. The address says which practice, the signature (`X-Cal-Signature-256`) that it is Cal.com.
#[utoipa::path(post, path = "/hooks/calcom/{token}", tag = "scheduling",
    request_body(content((Vec<u8> = "application/octet-stream"))),
    params(("token" = String, Path, description = "The end of the practice's address for webhooks")),
    responses((status = 200, body = Received)))]
async fn receive(from: Anybody, Path(token): Path<String>, request: Request) -> Result<Json<Received>> {
    let (practice, token) = settings::read_address(&token).ok_or_else(Error::not_found)?;
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, from.app.config.body_limit).await.map_err(|_| too_large())?;
    let delivered = Delivered { token, signature: signature(&parts.headers), body: body.to_vec() };
    let caller = Caller { practice: PracticeId(practice), actor: Actor::Webhook, origin: from.origin };
    let new = from.app.door.write(&caller, async move |tx| accept(tx, &delivered).await).await?;
    Ok(Json(Received { new }))
}

fn signature(headers: &HeaderMap) -> String {
    headers.get(calcom::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

fn too_large() -> Error {
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "body.too_large", "The body is larger than this server takes.")
}

/// A webhook as it came.
pub struct Delivered {
    /// What nobody can guess of the address.
    pub token: String,
    /// What is said to prove the body, as it stood in the header.
    pub signature: String,
    /// The bytes that it proves.
    pub body: Vec<u8>,
}

/// Takes a webhook in; answers whether it was new.
///
/// # Errors
/// 404 for an address that is none; 401 without proof; 422 for what is no message, or out of its time.
pub async fn accept(tx: &mut TenantTx, delivered: &Delivered) -> Result<bool> {
    let connected = settings::connected(tx).await?.ok_or_else(Error::not_found)?;
    // compared by hashes, whose differences tell nothing of the token
    if sha256(connected.webhook_token.as_bytes()) != sha256(delivered.token.as_bytes()) {
        return Err(Error::not_found());
    }
    let secret = tx.open(settings::place("webhook_secret", tx.practice()), &connected.webhook_secret).await?;
    if !calcom::verify(&secret, &delivered.signature, &delivered.body) {
        return Err(Error::unauthorized("webhook.unproved", "The signature does not prove this body."));
    }
    let message = Message::read(&delivered.body).map_err(|_| {
        let text = "A webhook says what happened and when: triggerEvent, createdAt.";
        Error::invalid(Vec::new()).at("", "invalid", text)
    })?;
    let age = tx.now().duration_since(message.at);
    if age > OLDEST || age < -AHEAD {
        let text = "This is too old, or from the future; it may have been played again.";
        return Err(Error::invalid(Vec::new()).at("/createdAt", "out_of_range", text));
    }
    keep(tx, &message, &delivered.body).await
}

async fn keep(tx: &mut TenantTx, message: &Message, body: &[u8]) -> Result<bool> {
    let (practice, id) = (tx.practice(), Uuid::now_v7());
    let sealed = tx.seal(place(id), body).await?;
    let at = jiff_sqlx::Timestamp::from;
    let kept = sqlx::query!(
        "insert into scheduling.calcom_message (practice_id, id, trigger, uid, at, body, state, received_at)
         values ($1, $2, $3, $4, $5, $6, 'received', $7) on conflict on constraint calcom_message_once do nothing",
        practice,
        id,
        message.trigger,
        message.uid,
        at(message.at) as _,
        sealed,
        at(tx.now()) as _,
    )
    .execute(tx.conn())
    .await?;
    if kept.rows_affected() == 0 {
        return Ok(false);
    }
    tx.enqueue(&JOB, &Task { message: id }, None).await?;
    tx.record(Change::done("receive", "calcom_message", id).with(json!({ "trigger": message.trigger }))).await?;
    Ok(true)
}

fn place(id: Uuid) -> Place<'static> {
    Place { table: "scheduling.calcom_message", column: "body", row: id }
}

/// What became of a message.
pub enum Fate {
    /// Something was made of it.
    Applied,
    /// Nothing, for this reason.
    Ignored(&'static str),
    /// A person must decide: our calendar is against it.
    Conflict(String),
}

async fn run(job: JobRun) -> Result<()> {
    let Task { message: id } = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
    job.app
        .door
        .write(&Caller { actor: Actor::Webhook, ..Caller::system(job.practice) }, async move |tx| {
            let practice = tx.practice();
            // one after the other: two messages may be about the same booking without either of them saying so
            sqlx::query!("select from scheduling.calcom where practice_id = $1 for update", practice)
                .fetch_optional(tx.conn())
                .await?;
            let row = sqlx::query!(
                "select body, state from scheduling.calcom_message where practice_id = $1 and id = $2 for update",
                practice,
                id,
            )
            .fetch_optional(tx.conn())
            .await?;
            let Some(row) = row.filter(|row| row.state == "received") else { return Ok(()) };
            if !settings::is_on(tx).await? {
                // it waits; switching on gives it its turn
                return Ok(());
            }
            let body = tx.open(place(id), &row.body).await?;
            let message = Message::read(&body).map_err(|_| Error::internal("a message that was kept is none"))?;
            let fate = apply::apply(tx, &message).await?;
            let (state, reason) = match fate {
                Fate::Applied => ("applied", None),
                Fate::Ignored(why) => ("ignored", Some(why.to_owned())),
                Fate::Conflict(why) => ("conflict", Some(why)),
            };
            sqlx::query!(
                "update scheduling.calcom_message set state = $3, reason = $4 where practice_id = $1 and id = $2",
                practice,
                id,
                state,
                reason,
            )
            .execute(tx.conn())
            .await?;
            tx.record(Change::done("apply", "calcom_message", id).with(json!({ "state": state, "reason": reason })))
                .await
        })
        .await?;
    super::slots::forget(job.practice);
    Ok(())
}

/// Puts those that nothing was made of yet into the queue again, in the order of ids, a page of at most `most` behind this
/// one; answers the last one of it. What is too old to be taken in would be too old now, and is left out.
///
/// # Errors
/// 503 when the database is away.
pub async fn again(tx: &mut TenantTx, after: Option<Uuid>, most: i64) -> Result<Option<Uuid>> {
    let practice = tx.practice();
    let oldest = tx.now().checked_sub(OLDEST).map_err(Error::internal)?;
    let page = sqlx::query_scalar!(
        "select id from scheduling.calcom_message
          where practice_id = $1 and state = 'received' and at >= $2 and ($3::uuid is null or id > $3)
          order by id limit $4",
        practice,
        jiff_sqlx::Timestamp::from(oldest) as _,
        after,
        most,
    )
    .fetch_all(tx.conn())
    .await?;
    for id in &page {
        tx.enqueue(&JOB, &Task { message: *id }, None).await?;
    }
    Ok(page.last().copied())
}

/// The latest that was told of a booking that was made or moved, as long as it is kept.
///
/// # Errors
/// 503 when the database is away.
pub async fn latest(tx: &mut TenantTx, uid: &str) -> Result<Option<Message>> {
    let practice = tx.practice();
    let row = sqlx::query!(
        "select id, body from scheduling.calcom_message
          where practice_id = $1 and trigger in ('BOOKING_CREATED', 'BOOKING_RESCHEDULED') and uid = $2
          order by at desc limit 1",
        practice,
        uid,
    );
    let Some(row) = row.fetch_optional(tx.conn()).await? else { return Ok(None) };
    let body = tx.open(place(row.id), &row.body).await?;
    Ok(Message::read(&body).ok())
}

async fn sweep(app: App) -> Result<()> {
    in_all_practices(&app, "what webhooks said", FORGOTTEN_AT_ONCE, |tx| Box::pin(forget(tx))).await
}

/// Forgets what is not kept any longer, the oldest first; answers how many that were.
async fn forget(tx: &mut TenantTx) -> Result<u64> {
    let practice = tx.practice();
    let before = tx.now().checked_sub(KEPT).map_err(Error::internal)?;
    let gone = sqlx::query!(
        "delete from scheduling.calcom_message
          where practice_id = $1 and id in (
                select id from scheduling.calcom_message where practice_id = $1 and received_at < $2
                 order by received_at, id limit $3)",
        practice,
        jiff_sqlx::Timestamp::from(before) as _,
        FORGOTTEN_AT_ONCE.cast_signed(),
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if gone > 0 {
        let told = json!({ "messages": gone });
        tx.record(Change::done("forget", "calcom_message", practice).with(told)).await?;
    }
    Ok(gone)
}
