//! Carries a run on within a transaction: decides, does what can be done there, decides again, until it waits, ends, or
//! wants something from outside.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use futures::future::BoxFuture;
use jiff::Timestamp;
use platform::crypto::sha256;
use platform::db::TenantTx;
use platform::error::{Error, Result};
use rand::Rng as _;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Going;
use crate::block::{Call, Run};
use crate::check::UNAVAILABLE;
use crate::decide::{Answer, Entry, Failure, Next, Request, Surroundings, Waiting, decide};
use crate::definition::OnError;
use crate::plan::{Act, NodeWork};

/// Steps and actions of a run in one transaction; then others have their turn.
const STEPS_AT_ONCE: usize = 200;
const ACTIONS_AT_ONCE: usize = 20;
/// How long runs of a practice are carried on together; the rest has its turn behind those of other practices.
pub(crate) const LONG_ENOUGH: Duration = Duration::from_millis(250);
/// The first pause before an action is tried again, and the longest one.
const FIRST_PAUSE: f64 = 5.0;
const LONGEST_PAUSE: f64 = 3600.0;

/// An action that is done in the transaction.
type Inside = for<'a> fn(&'a mut TenantTx, &'a Call) -> BoxFuture<'a, Result<Value>>;

/// A line of the history with what it took.
#[derive(Debug)]
pub(crate) struct Line {
    pub entry: Entry,
    pub attempts: i32,
    /// When it began.
    pub started: Timestamp,
    pub took: Duration,
}

/// How a run stands behind it.
#[derive(Debug)]
pub(crate) enum Stand {
    /// There is more to do.
    Due,
    /// It waits.
    Waiting(Waiting),
    /// It has ended well.
    Done,
    /// It has ended, and not well.
    Failed(Failure),
    /// An action outside is next.
    Outside(Request),
    /// It is, and there is no place for it before this pause is over.
    Crowded(Duration),
    /// An action failed and is tried again behind this pause.
    Retry(Duration),
}

/// What to begin with.
#[derive(Debug)]
pub(crate) enum First {
    /// The answer to what it did last.
    Answer(Answer),
    /// What came of the action that it wanted from outside.
    Outside(Request, Box<Result<Value>>, Duration),
}

/// How mistakes of an action are borne.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Together {
    /// Any mistake undoes the whole transaction, which is cheap: others are in it.
    All,
    /// A mistake undoes the action only, and is written down.
    Alone,
}

/// Carries the run on.
pub(crate) async fn carry(
    tx: &mut TenantTx,
    going: &mut Going,
    around: &Surroundings,
    first: First,
    together: Together,
) -> Result<(Vec<Line>, Stand)> {
    let mut lines = Vec::new();
    let mut answer = match first {
        First::Answer(answer) => answer,
        First::Outside(request, result, took) => match note(going, request, *result, (tx.now(), took), &mut lines) {
            Ok(answer) => answer,
            Err(stand) => return Ok((lines, *stand)),
        },
    };
    for _ in 0..ACTIONS_AT_ONCE {
        let plan = std::sync::Arc::clone(&going.plan);
        let (started, begun) = (tx.moment(), Instant::now());
        let turn = decide(&plan, &mut going.state, answer, around, STEPS_AT_ONCE);
        let took = begun.elapsed();
        lines.extend(turn.entries.into_iter().map(|entry| Line { entry, attempts: 1, started, took }));
        let request = match turn.next {
            Next::Act(request) => request,
            Next::Wait(waiting) => return Ok((lines, Stand::Waiting(waiting))),
            Next::Again => return Ok((lines, Stand::Due)),
            Next::Done => return Ok((lines, Stand::Done)),
            Next::Failed(failure) => return Ok((lines, Stand::Failed(failure))),
        };
        let Some(act) = act_of(going, &request.step) else {
            return Err(Error::internal("an action that is none was decided"));
        };
        let call = call(going, &request);
        let (started, begun) = (tx.moment(), Instant::now());
        tx.act_as_workflow(Some(going.cause()))?;
        let result = match (act.action.run, together) {
            (Run::Inside(run), Together::All) => Ok(run(tx, &call).await?),
            (Run::Inside(run), Together::Alone) => alone(tx, run, &call).await?,
            (Run::NotYet(why), _) => Err(Error::conflict(UNAVAILABLE, why)),
            (Run::Outside(_), _) => {
                tx.act_as_workflow(None)?;
                return Ok((lines, Stand::Outside(request)));
            }
        };
        tx.act_as_workflow(None)?;
        match note(going, request, result, (started, begun.elapsed()), &mut lines) {
            Ok(next) => answer = next,
            Err(stand) => return Ok((lines, *stand)),
        }
    }
    let stand = settle(going, answer, around, tx.moment(), &mut lines);
    Ok((lines, stand))
}

/// The last answer of a turn is kept by deciding once more without doing anything.
fn settle(
    going: &mut Going,
    answer: Answer,
    around: &Surroundings,
    started: Timestamp,
    lines: &mut Vec<Line>,
) -> Stand {
    let plan = std::sync::Arc::clone(&going.plan);
    let turn = decide(&plan, &mut going.state, answer, around, STEPS_AT_ONCE);
    lines.extend(turn.entries.into_iter().map(|entry| Line { entry, attempts: 1, started, took: Duration::ZERO }));
    match turn.next {
        Next::Act(_) | Next::Again => Stand::Due,
        Next::Wait(waiting) => Stand::Waiting(waiting),
        Next::Done => Stand::Done,
        Next::Failed(failure) => Stand::Failed(failure),
    }
}

/// Does an action so that a mistake undoes only what it did. The outer result is that of the transaction.
async fn alone(tx: &mut TenantTx, run: Inside, call: &Call) -> Result<Result<Value>> {
    sqlx::query!("savepoint step").execute(tx.conn()).await?;
    match run(tx, call).await {
        Ok(value) => {
            sqlx::query!("release savepoint step").execute(tx.conn()).await?;
            Ok(Ok(value))
        }
        // the whole transaction is run again
        Err(error) if error.is_transient() => Err(error),
        Err(error) => {
            sqlx::query!("rollback to savepoint step").execute(tx.conn()).await?;
            Ok(Err(error))
        }
    }
}

pub(crate) fn act_of<'a>(going: &'a Going, step: &str) -> Option<&'a Act> {
    match &going.plan.node(step)?.work {
        NodeWork::Act(act) => Some(act),
        _ => None,
    }
}

pub(crate) fn call(going: &Going, request: &Request) -> Call {
    Call {
        input: request.input.clone(),
        key: key(going.id, &request.step, &request.iteration),
        workflow: going.workflow,
        run: going.id,
        test: going.test,
        patient: going.patient,
    }
}

/// The same for every try of a step in a round: a UUID of form 8 (RFC 9562 §5.8) over run, step and round.
pub(crate) fn key(run: Uuid, step: &str, iteration: &[i32]) -> Uuid {
    let rounds: Vec<u8> = iteration.iter().flat_map(|round| round.to_be_bytes()).collect();
    let hash = sha256(&[run.as_bytes(), step.as_bytes(), b"\0", &rounds].concat());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Writes down what came of an action; answers how to go on, or how the run stands.
fn note(
    going: &mut Going,
    request: Request,
    result: Result<Value>,
    (started, took): (Timestamp, Duration),
    lines: &mut Vec<Line>,
) -> Result<Answer, Box<Stand>> {
    let attempts = going.attempts + 1;
    let (limit, on_error) = act_of(going, &request.step).map_or((1, OnError::Stop), |act| (act.attempts, act.on_error));
    let mut entry = Entry {
        seq: request.seq,
        step: request.step.clone(),
        iteration: request.iteration,
        kind: "action",
        state: "done",
        input: Value::Object(request.input),
        output: Value::Null,
        path: None,
        error: None,
    };
    let error = match result {
        Ok(output) => {
            going.attempts = 0;
            entry.output = output.clone();
            lines.push(Line { entry, attempts, started, took });
            return Ok(Answer::Gave(output));
        }
        Err(error) => error,
    };
    let (code, message) = (error.code(), told(&error));
    entry.state = "failed";
    entry.error = Some((code.to_owned(), message.clone()));
    lines.push(Line { entry, attempts, started, took });
    if !is_final(&error) && u32::try_from(attempts).is_ok_and(|attempts| attempts < limit) {
        going.attempts = attempts;
        return Err(Box::new(Stand::Retry(pause(attempts, error.after()))));
    }
    going.attempts = 0;
    if on_error == OnError::Continue {
        return Ok(Answer::Missed(code));
    }
    going.state.open = None;
    Err(Box::new(Stand::Failed(Failure { code: code.to_owned(), message, step: Some(request.step) })))
}

/// What the error says, with the fields at fault; it has nothing of their values.
fn told(error: &Error) -> String {
    let faults: Vec<_> = error.faults().iter().map(|fault| format!("{} {}", fault.pointer, fault.message)).collect();
    if faults.is_empty() { error.title().to_owned() } else { format!("{} {}", error.title(), faults.join(" ")) }
}

/// Whether trying again is of no use: what was asked for is refused as such.
fn is_final(error: &Error) -> bool {
    let again = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    error.status().is_client_error() && !again.contains(&error.status())
}

/// Doubles with each try, with jitter; never before whoever refused said.
fn pause(attempts: i32, after: Option<Duration>) -> Duration {
    let base = (FIRST_PAUSE * 2_f64.powi(attempts - 1)).min(LONGEST_PAUSE);
    let pause = Duration::from_secs_f64(base * rand::rng().random_range(0.5..1.5));
    let least = after.map(|after| after.mul_f64(rand::rng().random_range(1.0..1.25)));
    least.map_or(pause, |least| pause.max(least))
}

/// When a pause is over.
pub(crate) fn behind(now: Timestamp, pause: Duration) -> Timestamp {
    now.saturating_add(jiff::SignedDuration::try_from(pause).unwrap_or_default()).unwrap_or(now)
}

/// What is sealed of a line.
pub(crate) fn sealed_part(entry: &Entry) -> Value {
    json!({ "input": entry.input, "output": entry.output })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_step_is_its_own() {
        let run = Uuid::now_v7();
        let all = [
            key(run, "a", &[]),
            key(run, "a", &[0]),
            key(run, "a", &[1]),
            key(run, "b", &[]),
            key(Uuid::now_v7(), "a", &[]),
        ];
        assert_eq!(all[0], key(run, "a", &[]));
        for (i, one) in all.iter().enumerate() {
            assert_eq!(one.get_version_num(), 8);
            assert!(!all[..i].contains(one));
        }
    }

    #[test]
    fn pauses_double_and_respect_what_was_said() {
        for attempts in 1..20 {
            let base = (FIRST_PAUSE * 2_f64.powi(attempts - 1)).min(LONGEST_PAUSE);
            let pause = pause(attempts, None).as_secs_f64();
            assert!((0.5 * base..1.5 * base).contains(&pause), "{attempts}: {pause}");
        }
        assert!(pause(1, Some(Duration::from_secs(600))) >= Duration::from_secs(600));
    }

    #[test]
    fn refusals_are_final_and_troubles_are_not() {
        assert!(
            is_final(&Error::not_found()) && is_final(&Error::invalid(vec![])) && is_final(&Error::conflict("x", "x"))
        );
        assert!(!is_final(&Error::unavailable("x", "x")) && !is_final(&Error::internal("x")));
        assert!(!is_final(&Error::new(StatusCode::TOO_MANY_REQUESTS, "x", "x")));
    }
}
