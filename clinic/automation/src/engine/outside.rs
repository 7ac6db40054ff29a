//! Actions outside of any transaction: marked as begun, done, marked as done. Whoever dies in between leaves a lease that
//! ends, and the next one does it again under the same key.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use platform::App;
use platform::db::{Caller, Causation, following};
use platform::error::{Error, Result};
use platform::id::PracticeId;
use serde_json::Value;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::Going;
use super::carry::{First, Line, Together, act_of, call, carry};
use super::load::take_up;
use super::rows::LEASE_SECONDS;
use super::turn::{wants, write};
use super::{around, info};
use crate::block::{Call, Run};
use crate::decide::{Entry, Request};

/// Actions of this process that are under way outside.
const PLACES: usize = 64;
static UNDER_WAY: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(PLACES));
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

/// Does errands behind the turn. Those for which there is no place now are given back.
pub(crate) fn send(app: &App, practice: PracticeId, errands: Vec<Errand>) {
    for errand in errands {
        let app_of_it = app.clone();
        app.behind(async move {
            match UNDER_WAY.try_acquire() {
                Ok(_place) => run(app_of_it, practice, errand).await,
                Err(_) => give_back(&app_of_it, practice, &errand).await,
            }
        });
    }
}

async fn run(app: App, practice: PracticeId, first: Errand) -> Result<()> {
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
                if let Ok(false) = hold(app, practice, errand, SignedDuration::from_secs(LEASE_SECONDS.into())).await {
                    work.abort();
                    return None;
                }
            }
        }
    }
}

async fn hold(app: &App, practice: PracticeId, errand: &Errand, long: SignedDuration) -> Result<bool> {
    let (run, lease) = (errand.run, errand.lease);
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

async fn give_back(app: &App, practice: PracticeId, errand: &Errand) -> Result<()> {
    hold(app, practice, errand, SignedDuration::from_secs(1)).await.map(drop)
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
        .write_regardless(&Caller::system(practice), async move |tx| {
            let mut taken = take_up(tx, &[(run, lease)]).await?;
            let Some(one) = taken.first_mut() else { return Ok(None) };
            let info = info(tx).await?;
            let (facts, opening) = wants(std::slice::from_ref(one));
            let around = around(tx, &info, facts, opening).await?;
            let first = First::Outside(request.clone(), Box::new(again(&result)), took);
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
