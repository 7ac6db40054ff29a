//! What providers told, as it came: each once, sealed, until a job has made something of it; after thirty days forgotten.

use std::time::Duration;

use jiff::SignedDuration;
use platform::crypto::Place;
use platform::db::{Actor, Caller, TenantTx};
use platform::error::Error;
use platform::jobs::{JobKind, JobRun, Schedule};
use platform::record::Change;
use platform::retention::in_all_practices;
use platform::{App, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::apply::{Fate, apply};

/// The job that makes something of what was told.
pub const JOB: JobKind = JobKind { name: "messaging.apply", max_attempts: 20, run: |job| Box::pin(run(job)) };

/// Forgets what is not kept any longer, in all practices.
pub const SWEEP: Schedule =
    Schedule { name: "messaging.sweep", every: Duration::from_secs(24 * 3600), run: |app| Box::pin(sweep(app)) };

/// How long it is kept: numbers and texts of people lie in it, and what it had to say stays with the message.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// What is forgotten in one transaction.
const AT_ONCE: u64 = 1000;

/// Something that was told.
pub struct Told {
    /// By whom.
    pub provider: &'static str,
    /// What it is known by when it comes again.
    pub dedupe_key: String,
    /// What it says.
    pub body: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Task {
    told: Uuid,
}

fn place(id: Uuid) -> Place<'static> {
    Place { table: "messaging.inbox", column: "body", row: id }
}

/// Keeps what was told, all of it in one; answers how much of it was new.
///
/// # Errors
/// 503 when the database is away.
pub async fn keep(tx: &mut TenantTx, all: &[Told]) -> Result<usize> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let (mut ids, mut keys, mut bodies, mut providers) = (vec![], vec![], vec![], vec![]);
    for told in all {
        let id = Uuid::now_v7();
        bodies.push(tx.seal(place(id), &told.body).await?);
        ids.push(id);
        keys.push(told.dedupe_key.as_str());
        providers.push(told.provider);
    }
    let new = sqlx::query_scalar!(
        "insert into messaging.inbox (practice_id, id, provider, dedupe_key, body, state, received_at)
         select $1, n.id, n.provider, n.key, n.body, 'received', $2
           from unnest($3::uuid[], $4::text[], $5::text[], $6::bytea[]) n (id, provider, key, body)
             on conflict on constraint inbox_once do nothing returning id",
        practice,
        now as _,
        &ids,
        &providers as _,
        &keys as _,
        &bodies,
    )
    .fetch_all(tx.conn())
    .await?;
    for id in &new {
        tx.enqueue(&JOB, &Task { told: *id }, None).await?;
    }
    if !new.is_empty() {
        let detail = json!({ "new": new.len() });
        tx.record(Change::done("receive", "message_event", practice).with(detail)).await?;
    }
    Ok(new.len())
}

async fn run(job: JobRun) -> Result<()> {
    let Task { told } = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
    job.app
        .door
        .write(&Caller { actor: Actor::Webhook, ..Caller::system(job.practice) }, async move |tx| {
            let practice = tx.practice();
            let row = sqlx::query!(
                "select provider, body, state, received_at from messaging.inbox
                  where practice_id = $1 and id = $2 for update",
                practice,
                told,
            )
            .fetch_optional(tx.conn())
            .await?;
            let Some(row) = row.filter(|row| row.state == "received") else { return Ok(()) };
            let body = tx.open(place(told), &row.body).await?;
            let age = tx.now().duration_since(row.received_at.to_jiff());
            let fate = apply(tx, &row.provider, &body, age).await?;
            let (state, reason) = match fate {
                Fate::Applied => ("applied", None),
                Fate::Ignored(why) => ("ignored", Some(why)),
            };
            sqlx::query!(
                "update messaging.inbox set state = $3, reason = $4 where practice_id = $1 and id = $2",
                practice,
                told,
                state,
                reason,
            )
            .execute(tx.conn())
            .await?;
            let detail = json!({ "state": state, "reason": reason });
            tx.record(Change::done("apply", "message_event", told).with(detail)).await
        })
        .await
}

async fn sweep(app: App) -> Result<()> {
    in_all_practices(&app, "what providers told", AT_ONCE, |tx| Box::pin(forget(tx))).await
}

async fn forget(tx: &mut TenantTx) -> Result<u64> {
    let practice = tx.practice();
    let before = tx.now().checked_sub(KEPT).map_err(Error::internal)?;
    let gone = sqlx::query!(
        "delete from messaging.inbox
          where practice_id = $1 and id in (
                select id from messaging.inbox where practice_id = $1 and received_at < $2
                 order by received_at, id limit $3)",
        practice,
        jiff_sqlx::Timestamp::from(before) as _,
        AT_ONCE.cast_signed(),
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    if gone > 0 {
        let told = json!({ "events": gone });
        tx.record(Change::done("forget", "message_event", practice).with(told)).await?;
    }
    Ok(gone)
}
