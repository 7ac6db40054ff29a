//! Jobs: work that outlives a request, with retries, progress and cancel. Enqueued in the transaction that wants them.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::task::{JoinError, JoinSet};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::crypto::Place;
use crate::db::{Caller, Causation, TenantTx, following};
use crate::error::{Error, Result};
use crate::extract::Path;
use crate::guard::Can;
use crate::id::PracticeId;
use crate::permission::jobs as may;
use crate::routes::{Json, Routes};
use crate::worker::Duties;

crate::id!(
    /// A job.
    JobId
);

const LEASE_SECONDS: i32 = 60;
/// Jobs of a process at the same time, and of one practice taken at once.
const PLACES: usize = 16;
const PLACES_EACH: i32 = 2;

/// The routes of jobs.
#[must_use]
pub fn routes() -> Routes {
    Routes::new().route(crate::route!(read)).route(crate::route!(cancel))
}

/// A kind of job, declared by the area that owns it.
#[derive(Clone, Copy, Debug)]
pub struct JobKind {
    /// Its name, `area.verb`.
    pub name: &'static str,
    /// Tries before it counts as failed.
    pub max_attempts: i32,
    /// The work. It may run more than once: after a crash, a lost lease, a retry. An error that says when to try again is
    /// not tried before.
    pub run: fn(JobRun) -> BoxFuture<'static, Result<()>>,
}

/// One try of a job.
#[derive(Clone, Debug)]
pub struct JobRun {
    /// For transactions and everything else.
    pub app: App,
    /// In which practice.
    pub practice: PracticeId,
    /// Which job.
    pub id: JobId,
    /// What to work on.
    pub payload: Value,
    lease: Uuid,
}

/// Work that recurs for the whole installation. One process of many takes each turn.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// Its name.
    pub name: &'static str,
    /// Time between turns.
    pub every: Duration,
    /// The work.
    pub run: fn(App) -> BoxFuture<'static, Result<()>>,
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waiting for its turn.
    Queued,
    /// Under way.
    Running,
    /// Finished.
    Done,
    /// Given up after the last try.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

/// A job as its progress bar needs it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What it does.
    pub kind: String,
    /// How it stands.
    pub state: JobState,
    /// Steps done.
    pub done: i64,
    /// Steps in all, once known.
    #[schema(required)]
    pub total: Option<i64>,
    /// Tries so far.
    pub attempts: i32,
    /// Code of the last failure.
    #[schema(required)]
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ended.
    #[schema(required)]
    pub finished_at: Option<Timestamp>,
}

/// How far a job is.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "platform", params(("id" = Uuid, Path, description = "The job")),
    responses((status = 200, body = Job)))]
async fn read(who: Can<may::Read>, Path(id): Path<JobId>) -> Result<Json<Job>> {
    who.read(async move |tx| find(tx, id).await).await.map(Json)
}

/// Ask a job to stop. It stops at its next step; what it has done stays done unless it says otherwise.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/cancel", tag = "platform",
    params(("id" = Uuid, Path, description = "The job")), responses((status = 200, body = Job)))]
async fn cancel(who: Can<may::Cancel>, Path(id): Path<JobId>) -> Result<Json<Job>> {
    who.write(async move |tx| {
        tx.cancel_job(id).await?;
        let job = find(tx, id).await?;
        tx.record(crate::record::Change::done("cancel", "job", id.uuid())).await?;
        Ok(job)
    })
    .await
    .map(Json)
}

async fn find(tx: &mut TenantTx, id: JobId) -> Result<Job> {
    let practice = tx.practice();
    let row = sqlx::query!(
        "select kind, state, progress_done, progress_total, attempts, error, created_at, finished_at
           from jobs.job where practice_id = $1 and id = $2",
        practice,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    Ok(Job {
        id,
        kind: row.kind,
        state: serde_json::from_value(Value::String(row.state)).map_err(Error::internal)?,
        done: row.progress_done,
        total: row.progress_total,
        attempts: row.attempts,
        error: row.error,
        created_at: row.created_at.to_jiff(),
        finished_at: row.finished_at.map(|at| at.to_jiff()),
    })
}

impl TenantTx {
    /// Enqueues a job with this transaction. With a `once` key there is at most one unfinished job of that kind and key.
    ///
    /// # Errors
    /// 409 `job.running` when there is one already.
    pub async fn enqueue(&mut self, kind: &JobKind, payload: &impl Serialize, once: Option<&str>) -> Result<JobId> {
        use crate::error::OnConstraint as _;
        let (practice, id) = (self.practice(), JobId::new());
        let place = Place { table: "jobs.job", column: "payload", row: id.uuid() };
        let sealed = self.seal(place, &serde_json::to_vec(payload).map_err(Error::internal)?).await?;
        let user = self.caller().actor.user();
        let cause = self.cause().map(serde_json::to_value).transpose().map_err(Error::internal)?;
        sqlx::query!(
            "insert into jobs.job (practice_id, id, kind, payload, max_attempts, unique_key, created_by, cause)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            practice,
            id.uuid(),
            kind.name,
            sealed,
            kind.max_attempts,
            once,
            user.map(|user| user.uuid()),
            cause,
        )
        .execute(self.conn())
        .await
        .on_constraint("job_once", running)?;
        self.enqueued = true;
        Ok(id)
    }
}

impl TenantTx {
    /// Asks a job to stop: one that waits is cancelled at once, one under way at its next step.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn cancel_job(&mut self, id: JobId) -> Result<()> {
        let practice = self.practice();
        sqlx::query!(
            "update jobs.job set cancel_requested = true, state = case when state = 'queued' then 'cancelled' else state end,
                    finished_at = case when state = 'queued' then now() else finished_at end
              where practice_id = $1 and id = $2 and state in ('queued', 'running')",
            practice,
            id.uuid(),
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

impl TenantTx {
    /// Gives jobs that were given up all their tries again; answers which.
    ///
    /// # Errors
    /// 409 `job.running` when the same is being done meanwhile.
    pub async fn retry_jobs(&mut self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        use crate::error::OnConstraint as _;
        let practice = self.practice();
        let retried = sqlx::query_scalar!(
            "update jobs.job set state = 'queued', attempts = 0, run_at = now(), finished_at = null, error = null
              where practice_id = $1 and id = any($2) and state = 'failed' returning id",
            practice,
            ids,
        )
        .fetch_all(self.conn())
        .await
        .on_constraint("job_once", running)?;
        self.enqueued = true;
        Ok(retried)
    }
}

fn running() -> Error {
    Error::conflict("job.running", "This is being done already.")
}

/// The jobs that this process works on. A long one keeps its place and nobody else's.
#[derive(Debug, Default)]
pub struct UnderWay(JoinSet<Result<()>>);

impl UnderWay {
    /// Takes what is due into the places that are free; answers how many jobs that were.
    ///
    /// # Errors
    /// 503 when the database is away. A failing job is not an error here.
    pub async fn take(&mut self, app: &App, duties: &Arc<Duties>) -> Result<usize> {
        while let Some(outcome) = self.0.try_join_next() {
            notice(outcome);
        }
        let free = i32::try_from(PLACES.saturating_sub(self.0.len())).unwrap_or(0);
        if free == 0 {
            return Ok(0);
        }
        let mut tx = app.door.db.worker().await?;
        let due = sqlx::query!(
            r#"select practice_id as "practice_id!", id as "id!", lease as "lease!" from claim.jobs($1, $2, $3)"#,
            free,
            PLACES_EACH,
            LEASE_SECONDS,
        )
        .fetch_all(tx.conn())
        .await?;
        tx.commit().await?;
        let taken = due.len();
        for job in due {
            self.0.spawn(run_one(
                app.clone(),
                Arc::clone(duties),
                PracticeId(job.practice_id),
                JobId(job.id),
                job.lease,
            ));
        }
        Ok(taken)
    }

    /// Waits for the end of all that was taken.
    pub async fn finish(&mut self) {
        while let Some(outcome) = self.0.join_next().await {
            notice(outcome);
        }
    }
}

/// A job that panicked or could not be marked comes back when its lease ends; the others go on.
fn notice(outcome: Result<Result<()>, JoinError>) {
    if let Err(error) = outcome.map_err(Error::internal).flatten() {
        tracing::error!(%error, "a job could not be finished");
    }
}

async fn run_one(app: App, duties: Arc<Duties>, practice: PracticeId, id: JobId, lease: Uuid) -> Result<()> {
    let loaded = app
        .door
        .write_regardless(&Caller::system(practice), async move |tx| {
            let row = sqlx::query!(
                "select kind, payload, cause from jobs.job where practice_id = $1 and id = $2",
                practice.uuid(),
                id.uuid()
            )
            .fetch_one(tx.conn())
            .await?;
            let place = Place { table: "jobs.job", column: "payload", row: id.uuid() };
            let payload = tx.open(place, &row.payload).await?;
            let cause: Option<Causation> =
                row.cause.map(serde_json::from_value).transpose().map_err(Error::internal)?;
            Ok((row.kind, serde_json::from_slice::<Value>(&payload).map_err(Error::internal)?, cause))
        })
        .await;
    let outcome = match loaded {
        Ok((kind, payload, cause)) => match duties.jobs.iter().find(|known| known.name == kind) {
            Some(kind) => following(cause, JobRun { app: app.clone(), practice, id, payload, lease }.run(kind)).await,
            None => Err(Error::internal(format!("no such kind of job: {kind}"))),
        },
        Err(error) => Err(error),
    };
    if let Err(error) = &outcome {
        tracing::warn!(%practice, job = %id, %error, "a job did not succeed");
    }
    finish(&app, practice, id, lease, outcome).await
}

async fn finish(app: &App, practice: PracticeId, id: JobId, lease: Uuid, outcome: Result<()>) -> Result<()> {
    let (ended, error, after) = match outcome {
        Ok(()) => (Some("done".to_owned()), None, None),
        Err(error) if error.code() == CANCELLED => (Some("cancelled".to_owned()), None, None),
        Err(error) => (None, Some(error.code().to_owned()), error.after()),
    };
    app.door
        .write_regardless(&Caller::system(practice), async move |tx| {
            sqlx::query!(
                "update jobs.job
                    set state = coalesce($4, case when cancel_requested then 'cancelled' when attempts >= max_attempts then 'failed' else 'queued' end),
                        finished_at = case when $4 is not null or cancel_requested or attempts >= max_attempts then now() end,
                        run_at = now() + make_interval(secs =>
                            greatest(least(3600, power(2, attempts)) * (0.5 + random()), $6 * (1 + random() / 4))),
                        error = $5, lease = null
                  where practice_id = $1 and id = $2 and lease = $3",
                practice.uuid(),
                id.uuid(),
                lease,
                ended,
                error,
                after.map_or(0.0, |after| after.as_secs_f64()),
            )
            .execute(tx.conn())
            .await?;
            Ok(())
        })
        .await
}

const CANCELLED: &str = "job.cancelled";

impl JobRun {
    /// Runs, and keeps the lease meanwhile, however long a step takes.
    async fn run(self, kind: &JobKind) -> Result<()> {
        let mut work = (kind.run)(self.clone());
        loop {
            tokio::select! {
                outcome = &mut work => return outcome,
                () = tokio::time::sleep(Duration::from_secs(20)) => self.hold().await?,
            }
        }
    }

    async fn hold(&self) -> Result<()> {
        let (practice, id, lease) = (self.practice, self.id, self.lease);
        let held = self
            .app
            .door
            .write_regardless(&Caller::system(practice), async move |tx| {
                let held = sqlx::query!(
                    "update jobs.job set run_at = now() + make_interval(secs => $4)
                      where practice_id = $1 and id = $2 and lease = $3 and not cancel_requested",
                    practice.uuid(),
                    id.uuid(),
                    lease,
                    f64::from(LEASE_SECONDS),
                )
                .execute(tx.conn())
                .await?;
                Ok(held.rows_affected() == 1)
            })
            .await;
        match held {
            Ok(false) => Err(stopped()),
            // a database that is away says nothing of the lease
            Ok(true) | Err(_) => Ok(()),
        }
    }

    /// Says how far it is, and keeps the lease for another minute.
    ///
    /// # Errors
    /// `job.cancelled` when a person asked it to stop, or another worker has it by now: pass it on and stop.
    pub async fn progress(&self, done: i64, total: Option<i64>) -> Result<()> {
        let (practice, id, lease) = (self.practice, self.id, self.lease);
        let go_on = self
            .app
            .door
            .write_regardless(&Caller::system(practice), async move |tx| {
                let cancel = sqlx::query_scalar!(
                    "update jobs.job set progress_done = $4, progress_total = $5,
                            run_at = now() + make_interval(secs => $6)
                      where practice_id = $1 and id = $2 and lease = $3 returning cancel_requested",
                    practice.uuid(),
                    id.uuid(),
                    lease,
                    done,
                    total,
                    f64::from(LEASE_SECONDS),
                )
                .fetch_optional(tx.conn())
                .await?;
                Ok(cancel == Some(false))
            })
            .await?;
        if go_on { Ok(()) } else { Err(stopped()) }
    }
}

fn stopped() -> Error {
    Error::conflict(CANCELLED, "The job was stopped.")
}

/// Takes the turns that are due.
///
/// # Errors
/// 503 when the database is away. A failing turn is logged, and taken again at the next.
pub async fn run_schedules(app: &App, schedules: &[Schedule]) -> Result<()> {
    for schedule in schedules {
        let every = i32::try_from(schedule.every.as_secs()).unwrap_or(i32::MAX);
        let mut tx = app.door.db.worker().await?;
        let mine = sqlx::query_scalar!("select claim.turn($1, $2)", schedule.name, every).fetch_one(tx.conn()).await?;
        tx.commit().await?;
        if mine == Some(true)
            && let Err(error) = (schedule.run)(app.clone()).await
        {
            tracing::error!(schedule = schedule.name, %error, "a scheduled turn failed");
        }
    }
    Ok(())
}

/// The platform's own recurring work.
#[must_use]
pub fn schedules() -> Vec<Schedule> {
    vec![
        Schedule {
            name: "audit.partitions",
            every: Duration::from_secs(24 * 3600),
            run: |app| {
                Box::pin(async move {
                    let mut tx = app.door.db.worker().await?;
                    sqlx::query!("select audit.extend_partitions()").execute(tx.conn()).await?;
                    tx.commit().await
                })
            },
        },
        Schedule {
            name: "platform.sweep",
            every: Duration::from_secs(3600),
            run: |app| {
                Box::pin(async move {
                    let mut tx = app.door.db.worker().await?;
                    sqlx::query!("select claim.sweep(), auth.sweep()").execute(tx.conn()).await?;
                    tx.commit().await?;
                    crate::mail::sweep(&app).await
                })
            },
        },
    ]
}
