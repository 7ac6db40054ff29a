//! What Retell tells: proved by its signature over the bytes as they came, kept as it came, once, and answered; a job makes
//! something of it. While the connection is off it waits; after thirty days it is forgotten.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::StatusCode;
use jiff::SignedDuration;
use platform::App;
use platform::crypto::Place;
use platform::db::{Actor, Caller, TenantTx};
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Anybody;
use platform::id::PracticeId;
use platform::jobs::{JobKind, JobRun, Schedule};
use platform::record::Change;
use platform::retention::in_all_practices;
use platform::routes::Routes;
use platform::{Result, route};
use retell::{Call, Message};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::known::Known;
use super::{apply, settings};

/// The job that makes something of what was told of a call.
pub const JOB: JobKind = JobKind { name: "retell.apply", max_attempts: 20, run: |job| Box::pin(run(job)) };

/// How long it is kept: what people said lies in it, and what it had to say stays with the call.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// What is forgotten in one transaction.
const AT_ONCE: u64 = 1000;
/// Retell gives up after ten seconds; a call's worth of words is some two megabytes.
const LARGEST: usize = 8_388_608;
/// Messages of one call that are looked at: its transcript may be told line by line.
const MOST: i64 = 2000;
/// Calls that get their turn when the connection is switched on.
const MOST_CALLS: i64 = 5000;

/// Forgets what is not kept any longer, in all practices.
pub const SWEEP: Schedule =
    Schedule { name: "voice.sweep_retell", every: Duration::from_secs(24 * 3600), run: |app| Box::pin(sweep(app)) };

/// The route of webhooks.
pub fn routes() -> Routes {
    Routes::new().route(route!(receive_retell))
}

#[derive(Serialize, Deserialize)]
struct Task {
    call: String,
}

/// A request of Retell's, proved by whoever takes it in.
pub struct Delivered {
    /// Which practice, and that it is its webhooks' own door.
    pub caller: Caller,
    /// What nobody can guess of the address.
    pub token: String,
    /// What is said to prove the body, as it stood in the header.
    pub signature: String,
    /// The bytes that it proves.
    pub body: Bytes,
}

impl Delivered {
    /// Reads a request.
    ///
    /// # Errors
    /// 404 for an address that is none; 413 for a body that is too large.
    pub async fn read(from: &Anybody, address: &str, request: Request) -> Result<Self> {
        let (practice, token) = settings::read_address(address).ok_or_else(Error::not_found)?;
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, LARGEST).await.map_err(|_| too_large())?;
        let signature = parts.headers.get(retell::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let caller = Caller { practice: PracticeId(practice), actor: Actor::Webhook, origin: from.origin.clone() };
        Ok(Self { caller, token, signature: signature.to_owned(), body })
    }
}

fn too_large() -> Error {
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "body.too_large", "The body is larger than this server takes.")
}

/// 422 for a body that is not what Retell sends.
pub fn unread() -> Error {
    Error::invalid(Vec::new()).at("", "invalid", "This is not of the form that Retell sends.")
}

/// What Retell tells a practice. The address says which practice, the signature (`x-retell-signature`) that it is Retell.
#[utoipa::path(post, path = "/hooks/retell/{token}", tag = "voice",
    request_body(content((Vec<u8> = "application/octet-stream"))),
    params(("token" = String, Path, description = "The end of the practice's address for Retell")),
    responses((status = 204, description = "Taken")))]
async fn receive_retell(from: Anybody, Path(address): Path<String>, request: Request) -> Result<StatusCode> {
    let delivered = Delivered::read(&from, &address, request).await?;
    let caller = delivered.caller.clone();
    from.app
        .door
        .write(&caller, async move |tx| {
            settings::prove(tx, &delivered.token, &delivered.signature, &delivered.body).await?;
            let message = Message::read(&delivered.body).map_err(|_| unread())?;
            accept(tx, &message, &delivered.body).await
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps what was told, unless it was told before.
///
/// # Errors
/// 503 when the database is away.
pub async fn accept(tx: &mut TenantTx, message: &Message, body: &[u8]) -> Result<()> {
    keep(tx, &message.key(), message, body).await
}

async fn keep(tx: &mut TenantTx, key: &str, message: &Message, body: &[u8]) -> Result<()> {
    let (practice, id) = (tx.practice(), Uuid::now_v7());
    let sealed = tx.seal(place(id), body).await?;
    let kept = sqlx::query!(
        "insert into voice.retell_message (practice_id, id, key, event, external_id, body, state, received_at)
         values ($1, $2, $3, $4, $5, $6, 'received', $7) on conflict on constraint retell_message_once do nothing",
        practice,
        id,
        key,
        message.event.code(),
        message.call.id,
        sealed,
        jiff_sqlx::Timestamp::from(tx.now()) as _,
    )
    .execute(tx.conn())
    .await?;
    if kept.rows_affected() == 0 {
        return Ok(());
    }
    tx.enqueue(&JOB, &Task { call: message.call.id.clone() }, None).await?;
    tx.record(Change::done("receive", "retell_message", id).with(json!({ "event": message.event.code() }))).await
}

/// Keeps what a call was found to be when it was looked up, as if it had been told.
///
/// # Errors
/// 503 when the database is away.
pub async fn found(tx: &mut TenantTx, call: &Call) -> Result<()> {
    let body = json!({ "event": LOOKED_UP, "call": call.told }).to_string();
    let message = Message::read(body.as_bytes()).map_err(|_| Error::internal("a call that was found is none"))?;
    let known = Known::of(&message);
    let key = format!("{}:{LOOKED_UP}:{}", call.id, known.rank());
    keep(tx, &key, &message, body.as_bytes()).await
}

/// The event of what was found and not told.
const LOOKED_UP: &str = "looked_up";

fn place(id: Uuid) -> Place<'static> {
    Place { table: "voice.retell_message", column: "body", row: id }
}

async fn run(job: JobRun) -> Result<()> {
    let Task { call } = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
    let caller = Caller { actor: Actor::Webhook, ..Caller::system(job.practice) };
    job.app
        .door
        .write(&caller, async move |tx| {
            if !settings::is_on(tx).await? {
                // it waits; switching on gives it its turn
                return Ok(());
            }
            let waiting = lock(tx, &call).await?;
            if waiting.is_empty() {
                return Ok(());
            }
            let known = known(tx, &call).await?;
            let reason = apply::apply(tx, &known).await?;
            settle(tx, &waiting, reason).await
        })
        .await
}

/// Those of a call of which nothing was made yet, locked until the end of the transaction: one job at a time works on a call.
async fn lock(tx: &mut TenantTx, call: &str) -> Result<Vec<Uuid>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select id, state from voice.retell_message where practice_id = $1 and external_id = $2 order by id limit $3
            for update",
        practice,
        call,
        MOST,
    );
    let rows = rows.fetch_all(tx.conn()).await?;
    Ok(rows.into_iter().filter(|row| row.state == "received").map(|row| row.id).collect())
}

/// What is known of a call from everything that was told of it.
async fn known(tx: &mut TenantTx, call: &str) -> Result<Known> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select id, body from voice.retell_message where practice_id = $1 and external_id = $2 order by id limit $3",
        practice,
        call,
        MOST,
    );
    let mut known = Known::default();
    for row in rows.fetch_all(tx.conn()).await? {
        let body = tx.open(place(row.id), &row.body).await?;
        let message = Message::read(&body).map_err(|_| Error::internal("a message that was kept is none"))?;
        known = known.merge(&message);
    }
    Ok(known)
}

async fn settle(tx: &mut TenantTx, ids: &[Uuid], reason: Option<&'static str>) -> Result<()> {
    let (practice, state) = (tx.practice(), if reason.is_some() { "ignored" } else { "applied" });
    sqlx::query!(
        "update voice.retell_message set state = $3, reason = $4 where practice_id = $1 and id = any($2)",
        practice,
        ids,
        state,
        reason,
    )
    .execute(tx.conn())
    .await?;
    let told = json!({ "state": state, "reason": reason, "messages": ids.len() });
    tx.record(Change::done("apply", "retell_message", practice).with(told)).await
}

/// Puts the calls of which something was told and nothing made yet into the queue again.
///
/// # Errors
/// 503 when the database is away.
pub async fn again(tx: &mut TenantTx) -> Result<()> {
    let practice = tx.practice();
    let calls = sqlx::query_scalar!(
        "select distinct external_id from voice.retell_message where practice_id = $1 and state = 'received' limit $2",
        practice,
        MOST_CALLS,
    );
    for call in calls.fetch_all(tx.conn()).await? {
        tx.enqueue(&JOB, &Task { call }, None).await?;
    }
    Ok(())
}

async fn sweep(app: App) -> Result<()> {
    in_all_practices(&app, "what Retell told", AT_ONCE, |tx| Box::pin(forget(tx))).await
}

async fn forget(tx: &mut TenantTx) -> Result<u64> {
    let practice = tx.practice();
    let before = tx.now().checked_sub(KEPT).map_err(Error::internal)?;
    let gone = sqlx::query!(
        "delete from voice.retell_message
          where practice_id = $1 and id in (
                select id from voice.retell_message where practice_id = $1 and received_at < $2
                 order by received_at, id limit $3)",
        practice,
        jiff_sqlx::Timestamp::from(before) as _,
        AT_ONCE.cast_signed(),
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if gone > 0 {
        let told = json!({ "messages": gone });
        tx.record(Change::done("forget", "retell_message", practice).with(told)).await?;
    }
    Ok(gone)
}
