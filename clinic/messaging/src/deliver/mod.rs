//! Delivery: what is due is claimed and noted as being sent, sent outside of any transaction, and marked. Nothing is sent
//! twice on doubt: after a call of which nobody knows what came, or a crash in the middle of one, the provider is asked
//! what it has; one that cannot be asked leaves the message `unknown`, and a person decides. Nobody doubts three times.

mod by_twilio;
mod claim;
mod letter;
mod mark;
mod probe;
mod sender;
pub mod smtp;

use std::time::Duration;

use futures::future::BoxFuture;
use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::id::PracticeId;
use platform::jobs::{JobKind, JobRun, Schedule};
use platform::{App, Result};
use serde::{Deserialize, Serialize};

use crate::message::MessageId;
pub use by_twilio::state_of;
use claim::{Turn, claim};
pub use letter::unsubscribing;
pub use probe::{Probe, probe};
pub use sender::Sender;

/// The job that sends a message.
pub const JOB: JobKind = JobKind { name: "messaging.send", max_attempts: 3, run: |job| Box::pin(run(job)) };

/// Looks after messages whose time has come: those that wait for an hour, for another try, or for what came of one.
pub const SCHEDULE: Schedule =
    Schedule { name: "messaging.due", every: Duration::from_secs(5), run: |app| Box::pin(look_after(app)) };

/// Messages of one turn, and of one practice.
const MOST: i32 = 400;
const EACH: i32 = 40;

#[derive(Serialize, Deserialize)]
struct Task {
    message: MessageId,
}

/// Has a message that is due looked after.
///
/// # Errors
/// 503 when the database is away.
pub fn enqueue(tx: &mut TenantTx, message: MessageId) -> BoxFuture<'_, Result<()>> {
    // boxed, as what the job does may enqueue again
    Box::pin(async move { tx.enqueue(&JOB, &Task { message }, None).await.map(drop) })
}

async fn run(job: JobRun) -> Result<()> {
    let Task { message } = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
    send(&job.app, job.practice, message).await
}

/// Sends a message, if it is due and nobody else is at it.
///
/// # Errors
/// 503 when the database is away. A message that cannot be sent is not an error here.
pub async fn send(app: &App, practice: PracticeId, message: MessageId) -> Result<()> {
    let caller = Caller::system(practice);
    let at = app.clone();
    let turn = app.door.write_regardless(&caller, async move |tx| claim(tx, &at, message).await).await?;
    let Some((turn, lease)) = turn else { return Ok(()) };
    let outcome = match &turn {
        Turn::Send(letter) => Sender::of(app, letter)?.send(letter).await,
        Turn::LookUp(letter) => Sender::of(app, letter)?.look_up(letter).await,
    };
    let asked = matches!(turn, Turn::LookUp(_));
    app.door
        .write_regardless(&caller, async move |tx| mark::mark(tx, message, lease, asked, outcome.clone()).await)
        .await
}

async fn look_after(app: App) -> Result<()> {
    let mut tx = app.db().worker().await?;
    let due = sqlx::query!(
        r#"select practice_id as "practice_id!", id as "id!" from claim.due_messages($1, $2, $3)"#,
        jiff_sqlx::Timestamp::from(app.now()) as _,
        MOST,
        EACH,
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    for row in due {
        let caller = Caller::system(PracticeId(row.practice_id));
        let taken = app.door.write_regardless(&caller, async move |tx| take_turn(tx, MessageId(row.id)).await).await;
        if let Err(error) = taken {
            tracing::warn!(practice = %caller.practice, %error, "a message that is due could not be looked after");
        }
    }
    Ok(())
}

/// Puts a message that is due into the queue of jobs, once a minute at most: the turn before may not have come yet.
async fn take_turn(tx: &mut TenantTx, id: MessageId) -> Result<()> {
    let (practice, now) = (tx.practice(), tx.now());
    let next = now.checked_add(jiff::SignedDuration::from_mins(1)).map_err(Error::internal)?;
    let taken = sqlx::query!(
        "update messaging.message set next_at = $4
          where practice_id = $1 and id = $2 and state in ('queued', 'sending') and next_at <= $3",
        practice,
        id.uuid(),
        jiff_sqlx::Timestamp::from(now) as _,
        jiff_sqlx::Timestamp::from(next) as _,
    )
    .execute(tx.conn())
    .await?;
    if taken.rows_affected() == 1 { enqueue(tx, id).await } else { Ok(()) }
}

/// Takes a message in hand and does nothing with it, as somebody who crashes.
#[cfg(test)]
pub async fn claim_for_tests(app: &App, practice: PracticeId, message: MessageId) {
    let at = app.clone();
    let taken =
        app.door.write_regardless(&Caller::system(practice), async move |tx| claim(tx, &at, message).await).await;
    assert!(taken.expect("claims").is_some(), "it was due and free");
}
