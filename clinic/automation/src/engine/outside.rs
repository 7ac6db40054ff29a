//! Actions outside of any transaction: marked as begun, done, marked as done. Whoever dies in between leaves a lease that
//! ends, and the next one does it again under the same key.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use platform::App;
use platform::db::{Caller, Causation, following};
use platform::error::{Error, Result};
use platform::id::PracticeId;
use rand::Rng as _;
use serde_json::Value;
use uuid::Uuid;

use super::Going;
use super::carry::{First, Line, Together, act_of, call, carry};
use super::load::take_up;
use super::rows::LEASE_SECONDS;
use super::turn::{wants, write};
use super::{around, info};
use crate::block::{Call, Run};
use crate::decide::{Answer, Entry, Request};

/// Actions of this process that are under way outside, and those of one practice: whose programs answer nobody keeps nobody
/// else waiting.
const PLACES: usize = 256;
const PLACES_EACH: usize = 32;
static UNDER_WAY: LazyLock<Mutex<HashMap<PracticeId, usize>>> = LazyLock::new(Mutex::default);
/// How long a run waits that found no place: the longer, the longer it has waited, so that many who wait for a slow program
/// are not looked at all the time.
const SHORTEST_CROWD: f64 = 1.0;
const LONGEST_CROWD: f64 = 30.0;
/// How often a lease is held on to while an action takes its time.
const HOLD: Duration = Duration::from_secs(20);
/// The longest that an action may take.
const LONGEST: Duration = Duration::from_secs(300);

/// An action to be done outside.
#[derive(Debug)]
pub(crate) struct Errand {
    run: Uuid,
    lease: Uuid,
    request: Request,
    call: Call,
    cause: Causation,
    action: fn(App, PracticeId, Call) -> BoxFuture<'static, Result<Value>>,
}

impl Errand {
    pub(crate) fn of(lease: Uuid, going: &Going, request: Request) -> Option<Self> {
        let Run::Outside(action) = act_of(going, &request.step)?.action.run else { return None };
        Some(Self { run: going.id, lease, call: call(going, &request), cause: going.cause(), request, action })
    }
}

/// The line of the history that says that it has begun.
pub(crate) fn begun(going: &Going, request: &Request, started: Timestamp) -> Line {
    let entry = Entry {
        seq: request.seq,
        step: request.step.clone(),
        iteration: request.iteration.clone(),
        kind: "action",
        state: "started",
        input: Value::Object(request.input.clone()),
        output: Value::Null,
        path: None,
        error: None,
    };
    Line { entry, attempts: going.attempts + 1, started, took: Duration::ZERO }
}

/// A place for an action outside; it is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place(PracticeId);

impl Place {
    /// One for the practice, if there is any.
    pub(crate) fn take(practice: PracticeId) -> Option<Self> {
        let mut under_way = under_way();
        let all: usize = under_way.values().sum();
        let of_it = under_way.get(&practice).copied().unwrap_or_default();
        if all >= PLACES || of_it >= PLACES_EACH {
            return None;
        }
        under_way.insert(practice, of_it + 1);
        Some(Self(practice))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut under_way = under_way();
        match under_way.get_mut(&self.0) {
            Some(places) if *places > 1 => *places -= 1,
            _ => drop(under_way.remove(&self.0)),
        }
    }
}

fn under_way() -> MutexGuard<'static, HashMap<PracticeId, usize>> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long a run of that age waits that found no place.
pub(crate) fn crowd(age: SignedDuration) -> Duration {
    let pause = (age.as_secs_f64() / 4.0).clamp(SHORTEST_CROWD, LONGEST_CROWD);
    Duration::from_secs_f64(pause * rand::rng().random_range(0.5..1.5))
}

/// Does errands behind the turn, each in its place.
pub(crate) fn send(app: &App, practice: PracticeId, errands: Vec<(Errand, Place)>) {
    for (errand, place) in errands {
        app.behind(run(app.clone(), practice, errand, place));
    }
}

async fn run(app: App, practice: PracticeId, first: Errand, _place: Place) -> Result<()> {
    let mut next = Some(first);
    while let Some(errand) = next {
        let begun = Instant::now();
        let action = (errand.action)(app.clone(), practice, errand.call.clone());
        let work = tokio::spawn(following(Some(errand.cause.clone()), action));
        let Some(result) = held(&app, practice, &errand, work).await else { return Ok(()) };
        next = finish(&app, practice, errand, result, begun.elapsed()).await?;
    }
    Ok(())
}

/// Waits for the action and keeps the lease meanwhile; none, when somebody else has it by now.
async fn held(
    app: &App,
    practice: PracticeId,
    errand: &Errand,
    mut work: tokio::task::JoinHandle<Result<Value>>,
) -> Option<Result<Value>> {
    let begun = Instant::now();
    loop {
        tokio::select! {
            done = &mut work => return Some(done.map_err(Error::internal).flatten()),
            () = tokio::time::sleep(HOLD) => {
                if begun.elapsed() > LONGEST {
                    work.abort();
                    return Some(Err(Error::unavailable("step.timeout", "The step took longer than five minutes.")));
                }
                // a database that is away says nothing of the lease
                if let Ok(false) = hold(app, practice, errand).await {
                    work.abort();
                    return None;
                }
            }
        }
    }
}

async fn hold(app: &App, practice: PracticeId, errand: &Errand) -> Result<bool> {
    let (run, lease) = (errand.run, errand.lease);
    let long = SignedDuration::from_secs(LEASE_SECONDS.into());
    app.door
        .write_regardless(&Caller::system(practice), async move |tx| {
            let until = tx.now().checked_add(long).map_err(Error::internal)?;
            let held = sqlx::query!(
                "update automation.run set due_at = $4 where practice_id = $1 and id = $2 and lease = $3",
                practice.uuid(),
                run,
                lease,
                jiff_sqlx::Timestamp::from(until) as _,
            )
            .execute(tx.conn())
            .await?;
            Ok(held.rows_affected() == 1)
        })
        .await
}

/// Writes down what came of it and goes on behind it; answers what is wanted from outside next.
async fn finish(
    app: &App,
    practice: PracticeId,
    errand: Errand,
    result: Result<Value>,
    took: Duration,
) -> Result<Option<Errand>> {
    let Errand { run, lease, request, .. } = errand;
    // what came of it can be told once only, and the transaction may run again
    let result = std::sync::Arc::new(result);
    app.door
        .write_patiently(&Caller::system(practice), async move |tx| {
            let mut taken = take_up(tx, &[(run, lease)]).await?;
            let Some(one) = taken.first_mut() else { return Ok(None) };
            let info = info(tx).await?;
            let (facts, opening) = wants(std::slice::from_ref(one));
            let around = around(tx, &info, facts, opening).await?;
            // of a commit whose answer was lost nothing is known: where it was made, the run stands at another step by now
            let first = if one.going.state.open == Some(request.seq) {
                First::Outside(request.clone(), Box::new(again(&result)), took)
            } else {
                First::Answer(Answer::Go)
            };
            let (lines, stand) = carry(tx, &mut one.going, &around, first, Together::Alone).await?;
            let lines = lines.into_iter().map(|line| (run, line)).collect();
            let next = match &stand {
                super::carry::Stand::Outside(request) => Errand::of(lease, &one.going, request.clone()),
                _ => None,
            };
            write(tx, &taken, &[stand], lines).await?;
            Ok(next)
        })
        .await
}

/// The same once more: errors cannot be cloned as they hold their cause, which was logged where it arose.
fn again(result: &Result<Value>) -> Result<Value> {
    match result {
        Ok(value) => Ok(value.clone()),
        Err(error) => Err(error.again()),
    }
}
