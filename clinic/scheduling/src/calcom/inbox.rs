//! What Cal.com tells: proved by its signature over the bytes as they came, kept as it came, once, and answered; a job makes
//! something of it.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use calcom::Message;
use jiff::SignedDuration;
use platform::crypto::{Place, sha256};
use platform::db::{Actor, Caller, TenantTx};
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Anybody;
use platform::id::PracticeId;
use platform::jobs::{JobKind, JobRun};
use platform::record::Change;
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
    pub signature: String,
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
            let body = tx.open(place(id), &row.body).await?;
            let message = Message::read(&body).map_err(|_| Error::internal("a message that was kept is none"))?;
            let fate =
                if settings::is_on(tx).await? { apply::apply(tx, &message).await? } else { Fate::Ignored("off") };
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
