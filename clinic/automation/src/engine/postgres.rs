//! The orchestrator that lives in PostgreSQL: a run is a row that is due.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::{Error, Result};
use uuid::Uuid;

use super::carry::{First, LONG_ENOUGH, Line, Stand, Together, carry};
use super::rows::{About, Begun, Standing, data_place, insert_runs, standing, tell, write_lines, write_waits};
use super::{Going, Orchestrator, Signal, Start, When, live, plan_of};
use crate::decide::{Answer, State, Surroundings, begin};

/// Runs that are carried out within the transaction in which they begin.
const MOST_NOW: usize = 500;

/// See the module.
#[derive(Clone, Copy, Debug)]
pub struct Postgres;

impl Orchestrator for Postgres {
    fn start<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        starts: Vec<Start>,
        when: When<'a>,
    ) -> BoxFuture<'a, Result<Vec<Uuid>>> {
        Box::pin(start(tx, starts, when))
    }

    fn signal<'a>(&'a self, tx: &'a mut TenantTx, signals: &'a [Signal]) -> BoxFuture<'a, Result<()>> {
        Box::pin(signal(tx, signals))
    }

    fn cancel<'a>(&'a self, tx: &'a mut TenantTx, run: Uuid) -> BoxFuture<'a, Result<()>> {
        Box::pin(cancel(tx, run))
    }

    fn resume<'a>(&'a self, tx: &'a mut TenantTx, run: Uuid, newest: bool) -> BoxFuture<'a, Result<()>> {
        Box::pin(resume(tx, run, newest))
    }
}

async fn start(tx: &mut TenantTx, starts: Vec<Start>, when: When<'_>) -> Result<Vec<Uuid>> {
    if starts.is_empty() {
        return Ok(Vec::new());
    }
    if let (When::Now(around), true) = (when, starts.len() <= MOST_NOW) {
        sqlx::query!("savepoint runs").execute(tx.conn()).await?;
        // an action that panics is no reason for an event not to be told
        let carried = AssertUnwindSafe(carry_out(tx, &starts, around)).catch_unwind().await;
        match carried.unwrap_or_else(|_| Err(Error::internal("an action panicked"))) {
            // the savepoint goes with the transaction
            Ok(new) => return Ok(new),
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => {
                // some have begun before, or it was a mistake of one of them, which the worker finds out run by run
                tracing::debug!(%error, "runs are carried out one by one");
                sqlx::query!("rollback to savepoint runs").execute(tx.conn()).await?;
                tx.act_as_workflow(None)?;
            }
        }
    }
    let now = tx.now();
    let begun: Vec<Begun> = starts.into_iter().map(|start| begun(start, now)).collect();
    let new = insert_runs(tx, &begun, false).await?;
    finish(tx, &begun, &new).await?;
    Ok(new)
}

/// A run that will be carried out by the worker; one that must not begin has ended.
fn begun(start: Start, now: Timestamp) -> Begun {
    let state = begin(&start.plan, start.vars.clone());
    let standing = match &start.failure {
        Some(failure) => {
            let state = if failure.code == crate::listen::CIRCLES { "stopped" } else { "failed" };
            Standing { state, ended: true, error: Some(failure.clone()), ..Standing::default() }
        }
        None => standing(&Stand::Due, now),
    };
    Begun { id: Uuid::now_v7(), start, state, standing, attempts: 0 }
}

/// Carries runs out in this transaction as far as that goes, and writes them as they stand then.
async fn carry_out(tx: &mut TenantTx, starts: &[Start], around: &Surroundings) -> Result<Vec<Uuid>> {
    let now = tx.now();
    let (mut all, mut lines, mut stands) = (Vec::new(), Vec::<(Uuid, Line)>::new(), Vec::new());
    let since = Instant::now();
    for start in starts {
        let mut new = begun(start.clone(), now);
        let mut stand = Stand::Due;
        // what is left then is carried out by the worker
        if start.failure.is_none() && since.elapsed() < LONG_ENOUGH {
            let mut going = Going {
                id: new.id,
                workflow: start.workflow,
                plan: Arc::clone(&start.plan),
                state: std::mem::take(&mut new.state),
                patient: start.patient,
                test: start.test,
                chain: Arc::from(start.chain()),
                attempts: 0,
            };
            let first = First::Answer(Answer::Go);
            let (entries, carried) = carry(tx, &mut going, around, first, Together::All).await?;
            // what is wanted from outside is begun by whoever has a lease
            stand = if let Stand::Outside(_) = carried { Stand::Due } else { carried };
            lines.extend(entries.into_iter().map(|line| (new.id, line)));
            (new.state, new.standing, new.attempts) = (going.state, standing(&stand, now), going.attempts);
        }
        all.push(new);
        stands.push(stand);
    }
    let new = insert_runs(tx, &all, true).await?;
    write_lines(tx, &lines).await?;
    let about: Vec<_> = all
        .iter()
        .zip(&stands)
        .map(|(run, stand)| About {
            run: run.id,
            subject: run.start.subject.as_ref().map(|(_, id)| *id),
            patient: run.start.patient,
            stand,
        })
        .collect();
    write_waits(tx, &about, false).await?;
    finish(tx, &all, &new).await?;
    Ok(new)
}

async fn finish(tx: &mut TenantTx, begun: &[Begun], new: &[Uuid]) -> Result<()> {
    let now = tx.now();
    let new: Vec<&Begun> = begun.iter().filter(|run| new.contains(&run.id)).collect();
    if new.iter().any(|run| run.standing.due.is_some_and(|due| due <= now)) {
        tx.wake_turns();
    }
    let told: Vec<_> = new.iter().map(|run| (run.id, run.start.patient, &run.standing)).collect();
    tell(tx, &told).await
}

async fn signal(tx: &mut TenantTx, signals: &[Signal]) -> Result<()> {
    if signals.is_empty() {
        return Ok(());
    }
    let (practice, now) = (tx.practice(), tx.now());
    // in one order, as whoever takes several up
    let mut signals: Vec<_> = signals.iter().collect();
    signals.sort_by_key(|signal| (signal.run, signal.happened.is_none()));
    signals.dedup_by_key(|signal| signal.run);
    sqlx::query!(
        "with mine as (
            select r.id from automation.run r
             where r.practice_id = $1 and r.id = any($2) and r.state = 'waiting' order by r.id for update)
         update automation.run r set due_at = $4, signalled_at = coalesce(r.signalled_at, n.happened)
           from mine join unnest($2::uuid[], $3::timestamptz[]) n (id, happened) on n.id = mine.id
          where r.practice_id = $1 and r.id = mine.id",
        practice,
        &signals.iter().map(|signal| signal.run).collect::<Vec<_>>(),
        &signals.iter().map(|signal| signal.happened.map(jiff_sqlx::Timestamp::from)).collect::<Vec<_>>() as _,
        jiff_sqlx::Timestamp::from(now) as _,
    )
    .execute(tx.conn())
    .await?;
    tx.wake_turns();
    Ok(())
}

async fn cancel(tx: &mut TenantTx, run: Uuid) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let state = sqlx::query_scalar!(
        "select state from automation.run where practice_id = $1 and id = $2 for update",
        practice,
        run
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    if !["running", "waiting"].contains(&state.as_str()) {
        return Err(Error::conflict("run.ended", "This run has ended already."));
    }
    sqlx::query!(
        "with steps as (
            update automation.step set state = 'cancelled'
             where practice_id = $1 and run_id = $2 and state in ('started', 'waiting')),
         waits as (delete from automation.wait where practice_id = $1 and run_id = $2)
         update automation.run set state = 'cancelled', ended_at = $3, due_at = null, wakes_at = null, lease = null
          where practice_id = $1 and id = $2",
        practice,
        run,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn resume(tx: &mut TenantTx, run: Uuid, newest: bool) -> Result<()> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let row = sqlx::query!(
        "select state, workflow_id, version, data from automation.run where practice_id = $1 and id = $2 for update",
        practice,
        run,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    if row.state != "failed" {
        return Err(Error::conflict("run.not_failed", "Only a run that has failed is resumed."));
    }
    let plain = tx.open(data_place(run), &row.data).await?;
    let state: State = serde_json::from_slice(&plain).map_err(Error::internal)?;
    let version =
        if newest { live(tx, row.workflow_id).await?.ok_or_else(not_published)?.version } else { row.version };
    let plan = plan_of(tx, row.workflow_id, version).await?;
    let at = state.at.as_deref().unwrap_or_default();
    let rounds: Vec<&str> = state.loops.iter().map(|round| round.step.as_str()).collect();
    if plan.node(at).is_none() || plan.loops_around(at) != rounds {
        let text = "The newest version has no such step there; begin a new run instead.";
        return Err(Error::conflict("run.step_gone", text));
    }
    sqlx::query!(
        "update automation.run
            set state = 'running', version = $3, attempts = 0, due_at = $4, wakes_at = null, lease = null, ended_at = null,
                error_code = null, error_message = null, error_step = null
          where practice_id = $1 and id = $2",
        practice,
        run,
        version,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    tx.wake_turns();
    Ok(())
}

fn not_published() -> Error {
    Error::conflict("workflow.not_published", "The workflow is not published; resume with the run's own version.")
}
