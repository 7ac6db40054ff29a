//! Calls by telephone: begun when their time has come, one at a time per number, within the hours of whoever is called.

use std::sync::Arc;
use std::time::Duration;

use dialogue::flow::Counterparty;
use dialogue::services::Carrier;
use jiff::{SignedDuration, Timestamp};
use patients::blocks::known as known_patients;
use platform::db::{Caller, TenantTx};
use platform::id::PracticeId;
use platform::record::Change;
use platform::{App, Result};
use tokio::sync::Semaphore;

use super::begin::{self, Known, Ready};
use super::desk;
use super::{sandbox, telephone};
use crate::CallId;
use crate::call::{Call, EndedBy, State, finish, row};

/// How often it is looked for calls that are due.
const EVERY: Duration = Duration::from_secs(1);
/// Calls that this process carries by telephone, and that one look takes up of a practice.
const PLACES: usize = 200;
const EACH: i32 = 5;
/// What cannot begin now, as the number is busy with another call or the practice has as many as it may, is tried again then.
const WHILE_BUSY: SignedDuration = SignedDuration::from_secs(30);
/// A call that was under way for so long has nobody who carries it.
const LOST: SignedDuration = SignedDuration::from_hours(4);
const LOST_AT_ONCE: i32 = 100;

/// Begins calls that are due, until the app stops.
pub async fn run(app: App) {
    let places = Arc::new(Semaphore::new(PLACES));
    while !app.stop.is_cancelled() {
        if let Err(error) = once(&app, &places).await {
            tracing::debug!(%error, "due calls could not be looked for");
        }
        tokio::select! {
            () = app.stop.cancelled() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn once(app: &App, places: &Arc<Semaphore>) -> Result<()> {
    let wanted = i32::try_from(places.available_permits()).unwrap_or(i32::MAX);
    if wanted == 0 {
        return Ok(());
    }
    for (practice, call) in due(app, wanted).await? {
        let Ok(place) = Arc::clone(places).try_acquire_owned() else { return Ok(()) };
        match take_up(app, practice, call).await {
            Ok(Some(ready)) => {
                tokio::spawn(async move {
                    match ready.account() {
                        Some(account) => telephone::call(ready, account).await,
                        None => sandbox::call(ready).await,
                    }
                    drop(place);
                });
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%call, %error, "a call could not be begun"),
        }
    }
    Ok(())
}

async fn due(app: &App, wanted: i32) -> Result<Vec<(PracticeId, CallId)>> {
    let mut tx = app.db().worker().await?;
    let rows =
        sqlx::query!(r#"select practice_id as "practice_id!", id as "id!" from claim.due_calls($1, $2)"#, wanted, EACH)
            .fetch_all(tx.conn())
            .await?;
    tx.commit().await?;
    Ok(rows.into_iter().map(|row| (PracticeId(row.practice_id), CallId(row.id))).collect())
}

/// What becomes of a call whose time has come.
enum Turn {
    /// It rings.
    Begins(Box<Known>),
    /// Not before then.
    Waits(Timestamp),
    /// Never.
    Refused(&'static str),
    /// Somebody else has it, or it is over.
    Gone,
}

/// Takes a call up, if it may be made now; otherwise it waits or is over.
async fn take_up(app: &App, practice: PracticeId, id: CallId) -> Result<Option<Ready>> {
    let Some(place) = desk::begin(practice, id) else { return Ok(None) };
    let own = app.clone();
    let taken = app
        .door
        .write(&Caller::system(practice), async move |tx| {
            let call = row::locked(tx, id).await?;
            match judge(&own, tx, &call).await? {
                Turn::Begins(known) => Ok(Some(begin::mark(tx, *known, State::Dialing).await?)),
                Turn::Waits(until) => {
                    postpone(tx, &call, until).await?;
                    Ok(None)
                }
                Turn::Refused(code) => {
                    finish::without_talk(tx, &call, EndedBy::Refused, Some(code)).await?;
                    Ok(None)
                }
                Turn::Gone => Ok(None),
            }
        })
        .await?;
    Ok(taken.map(|known| Ready::new(app.clone(), practice, known, place)))
}

/// Whether a call may be made now. Nobody is called who has refused to be, outside of the flow's hours, or while they are being
/// called already.
async fn judge(app: &App, tx: &mut TenantTx, call: &Call) -> Result<Turn> {
    let now = tx.now();
    if call.state != State::Queued || call.due_at.is_some_and(|at| at > now) {
        return Ok(Turn::Gone);
    }
    tx.one_by_one().await?;
    let known = match begin::load(app, tx, call.clone()).await {
        Ok(known) => known,
        Err(error) if error.status().is_client_error() => {
            return Ok(Turn::Refused(error.code().trim_start_matches("call.")));
        }
        Err(error) => return Err(error),
    };
    let Some((number, _)) = known.number() else { return Ok(Turn::Refused("no_number")) };
    if known.loaded.flow.counterparty == Counterparty::Patient && has_refused(tx, call).await? {
        return Ok(Turn::Refused("no_consent"));
    }
    // hours are those at which telephones may ring
    let rings = known.loaded.services.telephony.provider != Carrier::Browser;
    if let Some(opens) = known.loaded.opens_at(&number, now, &known.context.zone).filter(|_| rings) {
        return Ok(Turn::Waits(opens));
    }
    let soon = now.checked_add(WHILE_BUSY).unwrap_or(now);
    if begin::within_limit(tx, &known.loaded).await.is_err() || !claim_number(tx, call.id, &number).await? {
        return Ok(Turn::Waits(soon));
    }
    Ok(Turn::Begins(Box::new(known)))
}

/// Whether the patient has said that they want no such calls.
async fn has_refused(tx: &mut TenantTx, call: &Call) -> Result<bool> {
    let Some(patient) = call.patient_id else { return Ok(false) };
    let known = known_patients(tx, &[patient.uuid()]).await?;
    Ok(known.get(&patient.uuid()).is_some_and(|known| known.value["consents"]["calls"] == false))
}

/// Keeps the number of a call, and what stands for it; false while another call with it is under way.
///
/// # Errors
/// 503 when the database is away.
pub async fn claim_number(tx: &mut TenantTx, id: CallId, number: &str) -> Result<bool> {
    let key = tx.blind("voice.call", "number", number).await?;
    let sealed = tx.seal(row::number_place(id), number.as_bytes()).await?;
    let practice = tx.practice();
    let changed = sqlx::query!(
        "update voice.call c set number = $3, number_key = $4
          where c.practice_id = $1 and c.id = $2 and not exists (
                select from voice.call o where o.practice_id = $1 and o.number_key = $4 and o.id <> $2
                   and o.state in ('dialing', 'live'))",
        practice,
        id.uuid(),
        sealed,
        key,
    )
    .execute(tx.conn())
    .await?;
    Ok(changed.rows_affected() == 1)
}

/// It waits for its time.
async fn postpone(tx: &mut TenantTx, before: &Call, until: Timestamp) -> Result<()> {
    let after = Call { due_at: Some(until), version: before.version + 1, updated_at: tx.now(), ..before.clone() };
    row::save(tx, &after).await?;
    let change = Change::updated("call", after.id.uuid(), before, &after).event("call.postponed", after.version);
    tx.record(change).await
}

/// Ends calls whose process is gone without a trace.
///
/// # Errors
/// 503 when the database is away.
pub async fn end_lost(app: App) -> Result<()> {
    let before = app.now().checked_sub(LOST).unwrap_or(Timestamp::MIN);
    let mut tx = app.db().worker().await?;
    let rows = sqlx::query!(
        r#"select practice_id as "practice_id!", id as "id!" from claim.lost_calls($1, $2)"#,
        jiff_sqlx::Timestamp::from(before) as _,
        LOST_AT_ONCE,
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    for row in rows {
        let id = CallId(row.id);
        app.door
            .write(&Caller::system(PracticeId(row.practice_id)), async move |tx| {
                let call = row::locked(tx, id).await?;
                if call.state != State::Ended {
                    finish::without_talk(tx, &call, EndedBy::Interrupted, None).await?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}
