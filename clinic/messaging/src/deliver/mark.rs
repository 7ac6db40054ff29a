//! Noting what came of a try.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use uuid::Uuid;

use super::claim::{DOUBTS, TRIES, wait_until};
use super::sender::Outcome;
use crate::judge::Suppressed;
use crate::message::{self, Message, MessageId, State, row};
use crate::suppressions;

/// After a call without an answer nobody looks before it must be over there.
const QUIET: SignedDuration = SignedDuration::from_secs(60);
/// Nobody waits longer than this for another try.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// Marks a message. That it was taken counts whoever says it; everything else only from whoever has it in hand.
///
/// # Errors
/// 503 when the database is away.
pub async fn mark(tx: &mut TenantTx, id: MessageId, lease: Uuid, asked: bool, outcome: Outcome) -> Result<()> {
    let before = row::lock(tx, id).await?;
    if let Outcome::Taken { provider_id, state } = outcome {
        let next = before.state.hears(state.unwrap_or(State::Sent));
        let reason = before.reason.clone().filter(|_| next == before.state);
        let after = Message {
            provider_id: provider_id.or(before.provider_id.clone()),
            ..before.at(next, reason.as_deref(), tx.now())
        };
        return message::save(tx, &before, after).await.map(drop);
    }
    if before.state != State::Sending || !is_mine(tx, id, lease).await? {
        return Ok(());
    }
    match outcome {
        Outcome::Taken { .. } => Ok(()),
        Outcome::Refused { code, suppress } => {
            if let Some(reason) = suppress {
                suppressions::suppress(tx, before.channel, &before.address, reason, before.patient_id).await?;
            }
            fail(tx, &before, State::Failed, &code).await
        }
        Outcome::Later { code, .. } if before.attempts >= TRIES => fail(tx, &before, State::Failed, &code).await,
        Outcome::Later { code, after } if asked => {
            // nobody could be asked; it stays in doubt until somebody can
            note(tx, &before, &code).await?;
            let next = next(tx.now(), before.attempts, after, id)?;
            wait_until(tx, id, next).await
        }
        Outcome::Later { code, after } => {
            let next = next(tx.now(), before.attempts, after, id)?;
            let waits = Message { state: State::Queued, reason: Some(code), not_before: next, ..before.clone() };
            message::save(tx, &before, waits).await?;
            wait_until(tx, id, next).await
        }
        Outcome::Doubt { can_ask } => {
            let doubts = (before.doubts + 1).min(DOUBTS);
            if !can_ask {
                let after = Message { doubts, ..before.at(State::Unknown, Some("no_answer"), tx.now()) };
                return message::save(tx, &before, after).await.map(drop);
            }
            let after = Message { doubts, reason: Some("no_answer".to_owned()), ..before.clone() };
            message::save(tx, &before, after).await?;
            let next = tx.now().checked_add(QUIET).map_err(Error::internal)?;
            wait_until(tx, id, next).await
        }
        // it never came there
        Outcome::Missing if before.doubts >= DOUBTS => fail(tx, &before, State::Unknown, "no_answer").await,
        Outcome::Missing => {
            let doubts = before.doubts.max(1);
            let now = tx.now();
            let waits = Message { state: State::Queued, reason: None, doubts, not_before: now, ..before.clone() };
            message::save(tx, &before, waits).await?;
            wait_until(tx, id, now).await?;
            super::enqueue(tx, id).await
        }
    }
}

async fn fail(tx: &mut TenantTx, before: &Message, state: State, code: &str) -> Result<()> {
    let after = before.at(state, Some(code), tx.now());
    message::save(tx, before, after).await.map(drop)
}

async fn note(tx: &mut TenantTx, before: &Message, code: &str) -> Result<()> {
    let after = Message { reason: Some(code.to_owned()), ..before.clone() };
    message::save(tx, before, after).await.map(drop)
}

async fn is_mine(tx: &mut TenantTx, id: MessageId, lease: Uuid) -> Result<bool> {
    let practice = tx.practice();
    let mine = sqlx::query_scalar!(
        r#"select coalesce(lease = $3, false) as "mine!" from messaging.message where practice_id = $1 and id = $2"#,
        practice,
        id.uuid(),
        lease,
    );
    Ok(mine.fetch_one(tx.conn()).await?)
}

/// When to try again: as the provider says, else later each time, spread by the message's own chance.
fn next(now: Timestamp, attempts: i32, after: Option<Duration>, id: MessageId) -> Result<Timestamp> {
    let doubled = 15i64.saturating_mul(1 << attempts.clamp(0, 12));
    let spread = 50 + i64::from(id.uuid().as_bytes()[15]) % 100;
    let own = SignedDuration::from_secs(doubled * spread / 100).min(LONGEST);
    let wait = after.map_or(own, |after| SignedDuration::try_from(after).unwrap_or(LONGEST));
    now.checked_add(wait).map_err(Error::internal)
}

impl Outcome {
    /// Taken under this name.
    pub fn taken(provider_id: Option<String>) -> Self {
        Self::Taken { provider_id, state: None }
    }

    /// Refused for good.
    pub fn refused(code: impl Into<String>) -> Self {
        Self::Refused { code: code.into(), suppress: None }
    }

    /// Refused because of who it is for.
    pub fn unwanted(code: impl Into<String>, why: Suppressed) -> Self {
        Self::Refused { code: code.into(), suppress: Some(why) }
    }
}
