//! Taking a message in hand: it is noted as being sent before anybody is asked to take it, so that after a crash it is
//! known that it may have gone out.

use jiff::SignedDuration;
use platform::db::TenantTx;
use platform::error::Error;
use platform::{App, Result};
use uuid::Uuid;

use super::letter::{self, Letter};
use crate::channels::Provider;
use crate::judge::Verdict;
use crate::message::{self, Message, MessageId, Source, State, queue, row};
use crate::reminders;

/// For how long a message is in somebody's hand: longer than any call takes.
pub const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// Tries before a message counts as failed.
pub const TRIES: i32 = 12;
/// Doubts after which only a person goes on.
pub const DOUBTS: i32 = 2;

/// What is to be done.
pub enum Turn {
    /// Send it.
    Send(Box<Letter>),
    /// Ask what became of it.
    LookUp(Box<Letter>),
}

/// Takes a message in hand, if it is due and nobody else has it.
///
/// # Errors
/// 404 for one that does not exist; 503 when the database is away.
pub async fn claim(tx: &mut TenantTx, app: &App, id: MessageId) -> Result<Option<(Turn, Uuid)>> {
    let before = row::lock(tx, id).await?;
    match before.state {
        State::Queued if before.not_before <= tx.now() => begin(tx, app, before).await,
        State::Sending if !is_held(tx, id).await? => go_on(tx, app, before).await,
        _ => Ok(None),
    }
}

async fn begin(tx: &mut TenantTx, app: &App, before: Message) -> Result<Option<(Turn, Uuid)>> {
    if matches!(before.source, Source::Rule | Source::Workflow)
        && let Some(why) = reminders::outdated(tx, &before).await?
    {
        let after = before.at(State::Cancelled, Some(why), tx.now());
        message::save(tx, &before, after).await?;
        return Ok(None);
    }
    let confirms_stop = answers_stop(tx, &before).await?;
    match queue::again(tx, &before, confirms_stop).await? {
        Verdict::Go => {}
        Verdict::Wait(until, why) => {
            let after = Message { not_before: until, reason: Some(why.code().to_owned()), ..before.clone() };
            message::save(tx, &before, after).await?;
            wait_until(tx, before.id, until).await?;
            return Ok(None);
        }
        Verdict::Never(why) => {
            let after = before.at(State::Suppressed, Some(why.code()), tx.now());
            message::save(tx, &before, after).await?;
            return Ok(None);
        }
    }
    let letter = letter::of(tx, app, &before).await?;
    if let Err(why) = letter.check(&before) {
        let after = before.at(State::Failed, Some(why.code()), tx.now());
        message::save(tx, &before, after).await?;
        return Ok(None);
    }
    let after =
        Message { provider: Some(letter.provider.name().to_owned()), ..before.at(State::Sending, None, tx.now()) };
    let after = message::save(tx, &before, after).await?;
    let lease = take(tx, after.id).await?;
    Ok(Some((Turn::Send(Box::new(letter)), lease)))
}

/// Somebody was at it and is no more, or what came of it is unknown.
async fn go_on(tx: &mut TenantTx, app: &App, before: Message) -> Result<Option<(Turn, Uuid)>> {
    let letter = letter::of(tx, app, &before).await?;
    let unchanged = before.provider.as_deref() == Some(letter.provider.name());
    let turn = match letter.provider {
        // nothing of it ever leaves the house, so nothing of it was sent
        Provider::Sandbox if unchanged => Turn::Send(Box::new(letter)),
        Provider::Twilio if unchanged && before.attempts < TRIES => Turn::LookUp(Box::new(letter)),
        _ => {
            let after = before.at(State::Unknown, Some("no_answer"), tx.now());
            message::save(tx, &before, Message { doubts: (before.doubts + 1).min(DOUBTS), ..after }).await?;
            return Ok(None);
        }
    };
    let lease = take(tx, before.id).await?;
    Ok(Some((turn, lease)))
}

async fn answers_stop(tx: &mut TenantTx, of: &Message) -> Result<bool> {
    let Some(answered) = of.answers_id.filter(|_| of.source == Source::Answer) else { return Ok(false) };
    Ok(row::find(tx, answered).await?.reason.as_deref() == Some("stop"))
}

async fn is_held(tx: &mut TenantTx, id: MessageId) -> Result<bool> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let held = sqlx::query_scalar!(
        r#"select coalesce(lease_until > $3, false) as "held!" from messaging.message where practice_id = $1 and id = $2"#,
        practice,
        id.uuid(),
        now as _,
    );
    Ok(held.fetch_one(tx.conn()).await?)
}

async fn take(tx: &mut TenantTx, id: MessageId) -> Result<Uuid> {
    let (practice, lease) = (tx.practice(), Uuid::now_v7());
    let until = jiff_sqlx::Timestamp::from(tx.now().checked_add(LEASE).map_err(Error::internal)?);
    sqlx::query!(
        "update messaging.message set lease = $3, lease_until = $4, next_at = $4, attempts = attempts + 1
          where practice_id = $1 and id = $2",
        practice,
        id.uuid(),
        lease,
        until as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(lease)
}

/// It is looked after again then.
///
/// # Errors
/// 503 when the database is away.
pub async fn wait_until(tx: &mut TenantTx, id: MessageId, until: jiff::Timestamp) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update messaging.message set next_at = $3, lease = null, lease_until = null where practice_id = $1 and id = $2",
        practice,
        id.uuid(),
        jiff_sqlx::Timestamp::from(until) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
