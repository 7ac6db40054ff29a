//! The end of a call: everything that it leaves behind is written in one transaction, once.

use dialogue::Values;
use jiff::{SignedDuration, Timestamp};
use platform::db::TenantTx;
use platform::error::Error;
use platform::record::Change;
use platform::{Result, undisclosed};
use serde_json::Value;

use super::ask::{NewCall, ask};
use super::findings::{self, NewFinding};
use super::turns::{self, NewTurn, Who};
use super::{Call, Direction, EndedBy, RequestedBy, Review, State, Told, row};
use crate::CallId;
use crate::case::{self, CallStatus};

/// What a call leaves behind.
#[derive(Clone)]
pub struct Finished {
    /// In a word of its flow.
    pub outcome: Option<String>,
    /// Why it ended.
    pub ended_by: EndedBy,
    /// What did not work.
    pub error_code: Option<String>,
    /// When somebody answered.
    pub answered_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Timestamp,
    /// Milliseconds on hold.
    pub hold_ms: i32,
    /// The lines.
    pub turns: Vec<NewTurn>,
    /// What is sealed.
    pub told: Told,
    /// What goes into the case: values by key.
    pub values: Values,
    /// What it found out.
    pub findings: Vec<NewFinding>,
    /// What it cost, and what for.
    pub cost_micros: i64,
    /// Seconds, tokens, characters.
    pub costs: Value,
    /// Milliseconds until an answer could be heard, of each turn.
    pub latencies: Vec<i32>,
    /// When it is to be tried again, if it is.
    pub again_at: Option<Timestamp>,
}

undisclosed!(Finished);

/// Writes what a call leaves behind. One that has ended already stays as it is, so that this may be done twice.
///
/// # Errors
/// 404; 503 when the database is away.
pub async fn finish(tx: &mut TenantTx, id: CallId, finished: &Finished) -> Result<Call> {
    let before = row::locked(tx, id).await?;
    if before.state == State::Ended {
        return Ok(before);
    }
    turns::write(tx, id, &finished.turns).await?;
    findings::write(tx, id, &finished.findings).await?;
    keep_told(tx, id, &finished.told).await?;
    let (p50, p99) = (percentile(&finished.latencies, 50), percentile(&finished.latencies, 99));
    let said = finished.turns.iter().filter(|turn| turn.who == Who::Caller).count();
    let answered_at = finished.answered_at.or(before.answered_at);
    let talk = answered_at.map_or(SignedDuration::ZERO, |at| finished.ended_at.duration_since(at));
    let worth_a_look = said > 0 || !finished.findings.is_empty();
    let after = Call {
        state: State::Ended,
        outcome: finished.outcome.clone(),
        ended_by: Some(finished.ended_by),
        error_code: finished.error_code.clone(),
        answered_at,
        ended_at: Some(finished.ended_at.max(before.created_at)),
        talk_ms: i32::try_from(talk.as_millis().max(0)).unwrap_or(i32::MAX),
        hold_ms: finished.hold_ms,
        turns: i32::try_from(finished.turns.len()).unwrap_or(i32::MAX),
        cost_micros: finished.cost_micros,
        costs: finished.costs.clone(),
        latency_p50: p50,
        latency_p99: p99,
        review: if worth_a_look { Review::Open } else { Review::None },
        ..before.clone()
    };
    let after = ended(tx, &before, after).await?;
    if !finished.findings.is_empty() {
        let change = Change::done("extract", "call", id.uuid()).event("call.extracted", after.version);
        tx.record(change.for_patient(after.patient_id)).await?;
    }
    if let Some(case) = after.case_id {
        if !finished.values.is_empty() {
            case::write_back(tx, case, &finished.values).await?;
        }
        case::set_status(tx, case, status(&after, finished), Some(finished.ended_at)).await?;
        if let Some(again_at) = finished.again_at {
            again(tx, &after, again_at).await?;
        }
    }
    Ok(after)
}

/// Ends a call in which nobody spoke.
///
/// # Errors
/// 503 when the database is away.
pub async fn without_talk(
    tx: &mut TenantTx,
    before: &Call,
    ended_by: EndedBy,
    error_code: Option<&str>,
) -> Result<Call> {
    let now = tx.now();
    let after = Call {
        state: State::Ended,
        ended_by: Some(ended_by),
        error_code: error_code.map(str::to_owned),
        ended_at: Some(now),
        ..before.clone()
    };
    let after = ended(tx, before, after).await?;
    if let Some(case) = after.case_id {
        let status = match ended_by {
            EndedBy::Cancelled => CallStatus::NotStarted,
            EndedBy::NoAnswer | EndedBy::Busy => CallStatus::NotReached,
            _ => CallStatus::Failed,
        };
        case::set_status(tx, case, status, (ended_by != EndedBy::Cancelled).then_some(now)).await?;
    }
    Ok(after)
}

/// Ends a call that nobody answered, and asks for the next try if there is to be one.
///
/// # Errors
/// 503 when the database is away.
pub async fn unanswered(
    tx: &mut TenantTx,
    before: &Call,
    ended_by: EndedBy,
    again_at: Option<Timestamp>,
) -> Result<Call> {
    let after = without_talk(tx, before, ended_by, None).await?;
    if let Some(at) = again_at {
        again(tx, &after, at).await?;
    }
    Ok(after)
}

/// How the case stands behind a call.
fn status(call: &Call, finished: &Finished) -> CallStatus {
    match call.ended_by {
        Some(EndedBy::NoAnswer | EndedBy::Busy) => CallStatus::NotReached,
        Some(EndedBy::Failed | EndedBy::Interrupted | EndedBy::Refused) => CallStatus::Failed,
        _ if finished.again_at.is_some() => CallStatus::NotReached,
        _ if !finished.turns.iter().any(|turn| turn.who == Who::Caller) => CallStatus::NotReached,
        _ => CallStatus::Completed,
    }
}

/// The next try, which waits for its time.
async fn again(tx: &mut TenantTx, call: &Call, at: Timestamp) -> Result<()> {
    let Some(case) = call.case_id else { return Ok(()) };
    let new = NewCall {
        case,
        direction: Direction::Outbound,
        transport: call.transport,
        requested_by: RequestedBy::Retry,
        requested_id: Some(call.id.uuid()),
        key: Some(call.id.uuid()),
        due_at: Some(at),
        attempt: call.attempt + 1,
    };
    match tx.or_nothing(async |tx| ask(tx, new).await).await {
        // switched off meanwhile, deleted, or somebody calls already: then there is nothing to try again
        Err(error) if error.status().is_client_error() => Ok(()),
        other => other.map(drop),
    }
}

/// Writes the end, with its entry in the ledger, on the timeline of the patient and as news.
async fn ended(tx: &mut TenantTx, before: &Call, after: Call) -> Result<Call> {
    let after = Call { version: before.version + 1, updated_at: tx.now(), ..after };
    row::save(tx, &after).await?;
    let ids =
        [("callWorkflow", after.call_workflow_id.map(|id| id.uuid())), ("case", after.case_id.map(|id| id.uuid()))];
    let mut change = Change::updated("call", after.id.uuid(), before, &after).event("call.finished", after.version);
    for (what, id) in ids {
        change = change.naming(what, id);
    }
    tx.record(change.on_timeline(after.patient_id, "call.finished")).await?;
    // somebody called, and nobody spoke with them
    if after.direction == Direction::Inbound && after.answered_at.is_none() {
        let change = Change::done("miss", "call", after.id.uuid()).event("call.missed", after.version);
        tx.record(change.for_patient(after.patient_id)).await?;
    }
    Ok(after)
}

/// Seals what was told.
pub(crate) async fn keep_told(tx: &mut TenantTx, id: CallId, told: &Told) -> Result<()> {
    if *told == Told::default() {
        return Ok(());
    }
    let sealed = tx.seal(row::told_place(id), &serde_json::to_vec(told).map_err(Error::internal)?).await?;
    let practice = tx.practice();
    sqlx::query!("update voice.call set private = $3 where practice_id = $1 and id = $2", practice, id.uuid(), sealed)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The value that so many in a hundred do not exceed, by the nearest rank; none of nothing.
fn percentile(values: &[i32], percent: usize) -> Option<i32> {
    let mut values = values.to_vec();
    values.sort_unstable();
    let rank = (values.len() * percent).div_ceil(100);
    values.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        assert_eq!(percentile(&[], 50), None);
        assert_eq!(percentile(&[7], 99), Some(7));
        let hundred: Vec<i32> = (1..=100).rev().collect();
        assert_eq!((percentile(&hundred, 50), percentile(&hundred, 99)), (Some(50), Some(99)));
        assert_eq!((percentile(&[1, 2, 3], 50), percentile(&[1, 2, 3], 99)), (Some(2), Some(3)));
    }
}
