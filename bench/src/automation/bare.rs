//! A runner of durable steps as one writes it by hand on PostgreSQL: a table of jobs that workers take with
//! `for update skip locked`, a table of steps, and nothing else: no tenants, no ledger, no encryption, no events, no retries.
//! It does the same three steps: a condition, an action, an action that writes to the database.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sqlx::PgConnection;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};
use uuid::Uuid;

use super::figures::{Lag, Rate, numbers};
use crate::Result;
use crate::server::{Server, told};

/// Its tables. What asks for a job is a row of its own, which nothing changes: it tells when that was committed.
pub const SCHEMA: &str = "
    create table bench.asked (job uuid primary key, batch uuid not null);
    create table bench.job (id uuid primary key, batch uuid not null, state text not null default 'waiting',
        input jsonb not null, due_at timestamptz not null default now());
    create index job_due on bench.job (due_at) where state = 'waiting';
    create table bench.step (job uuid not null references bench.job, seq int not null, name text not null,
        output jsonb not null, at timestamptz not null default clock_timestamp(), primary key (job, seq));
    create table bench.note (id uuid primary key, job uuid not null, batch uuid not null, text text not null);";

/// Workers at the same time.
const WORKERS: usize = 8;
/// Jobs that are asked for in one transaction, and by how many writers.
const TOGETHER: usize = 200;
const WRITERS: usize = 2;

/// When what a step did is made to last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steps {
    /// Before the next one begins, as engines that know nothing of what steps do must.
    Each,
    /// All three at once, with the taking of the job.
    Together,
}

/// So many jobs, asked for as fast as two writers go, with workers beside them.
pub async fn pour(server: &Server, steps: Steps, many: usize) -> Result<Rate> {
    let (batch, wake) = (Uuid::now_v7(), Arc::new(Notify::new()));
    let mut workers = workers(server, steps, &wake, many).await?;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (mut conn, wake) = (connect(server).await?, Arc::clone(&wake));
        let turns = (0..many / TOGETHER).skip(writer).step_by(WRITERS).count();
        writers.spawn(async move {
            for _ in 0..turns {
                enqueue(&mut conn, batch, TOGETHER).await?;
                wake.notify_waiters();
            }
            Ok::<_, sqlx::Error>(())
        });
    }
    while let Some(done) = writers.join_next().await {
        done??;
    }
    finish(&mut workers).await?;
    let sql = format!(
        "select extract(epoch from max(pg_xact_commit_timestamp(n.xmin)) - min(pg_xact_commit_timestamp(a.xmin))),
                extract(epoch from max(pg_xact_commit_timestamp(a.xmin)) - min(pg_xact_commit_timestamp(a.xmin)))
           from bench.asked a join bench.note n on n.job = a.job where a.batch = '{batch}' having count(*) = {many}"
    );
    let numbers = numbers(&server.database.run(&sql).await?)?;
    let [[seconds, committed]] = numbers.as_slice() else { return Err("jobs by hand that were not done".into()) };
    Ok(Rate { per_second: many as f64 / seconds, seconds: *seconds, committed: *committed })
}

/// So many jobs, one every so often.
pub async fn drip(server: &Server, steps: Steps, every: Duration, many: usize) -> Result<Lag> {
    let (batch, wake) = (Uuid::now_v7(), Arc::new(Notify::new()));
    let mut workers = workers(server, steps, &wake, many).await?;
    let mut conn = connect(server).await?;
    let mut ticks = tokio::time::interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..many {
        ticks.tick().await;
        enqueue(&mut conn, batch, 1).await?;
        wake.notify_one();
    }
    finish(&mut workers).await?;
    let sql = format!(
        "select extract(epoch from pg_xact_commit_timestamp(n.xmin) - pg_xact_commit_timestamp(a.xmin)) * 1000, 0
           from bench.asked a join bench.note n on n.job = a.job where a.batch = '{batch}'"
    );
    let all = numbers(&server.database.run(&sql).await?)?;
    Lag::of(all.into_iter().map(|[lag, _]| lag).collect())
}

async fn connect(server: &Server) -> Result<PgConnection> {
    Ok(platform::db::connect(&server.database.address()?).await.map_err(told)?)
}

async fn enqueue(conn: &mut PgConnection, batch: Uuid, many: usize) -> sqlx::Result<()> {
    let ids: Vec<Uuid> = (0..many).map(|_| Uuid::now_v7()).collect();
    sqlx::query(
        "with job as (insert into bench.job (id, batch, input) select id, $2, $3 from unnest($1::uuid[]) id returning id)
         insert into bench.asked (job, batch) select id, $2 from job",
    )
    .bind(ids)
    .bind(batch)
    .bind(json!({ "number": 7, "name": "Lina" }))
    .execute(conn)
    .await?;
    Ok(())
}

/// Workers that stop when so many jobs are done.
async fn workers(server: &Server, steps: Steps, wake: &Arc<Notify>, many: usize) -> Result<JoinSet<sqlx::Result<()>>> {
    let left = Arc::new(std::sync::atomic::AtomicUsize::new(many));
    let mut workers = JoinSet::new();
    for _ in 0..WORKERS {
        let (mut conn, wake, left) = (connect(server).await?, Arc::clone(wake), Arc::clone(&left));
        workers.spawn(async move {
            use std::sync::atomic::Ordering::Relaxed;
            while left.load(Relaxed) > 0 {
                let woken = wake.notified();
                let did = match steps {
                    Steps::Each => each(&mut conn).await?,
                    Steps::Together => together(&mut conn).await?,
                };
                if did {
                    left.fetch_sub(1, Relaxed);
                } else if left.load(Relaxed) > 0 {
                    let _ = tokio::time::timeout(Duration::from_millis(20), woken).await;
                }
            }
            Ok(())
        });
    }
    Ok(workers)
}

async fn finish(workers: &mut JoinSet<sqlx::Result<()>>) -> Result<()> {
    while let Some(done) = workers.join_next().await {
        done??;
    }
    Ok(())
}

/// Takes a job and does its steps, each of which is committed.
async fn each(conn: &mut PgConnection) -> sqlx::Result<bool> {
    run(conn, "begin").await?;
    let Some((job, batch, input)) = take(conn).await? else {
        run(conn, "rollback").await?;
        return Ok(false);
    };
    let holds = input["number"].as_i64().is_some_and(|number| number > 0);
    step(conn, job, 1, "condition", &json!({ "holds": holds })).await?;
    run(conn, "commit").await?;
    step(conn, job, 2, "set", &json!({ "seen": input["number"] })).await?;
    run(conn, "begin").await?;
    write(conn, job, batch, &input).await?;
    run(conn, "commit").await?;
    Ok(true)
}

/// Takes a job, does its steps and commits all that at once.
async fn together(conn: &mut PgConnection) -> sqlx::Result<bool> {
    run(conn, "begin").await?;
    let Some((job, batch, input)) = take(conn).await? else {
        run(conn, "rollback").await?;
        return Ok(false);
    };
    let holds = input["number"].as_i64().is_some_and(|number| number > 0);
    step(conn, job, 1, "condition", &json!({ "holds": holds })).await?;
    step(conn, job, 2, "set", &json!({ "seen": input["number"] })).await?;
    write(conn, job, batch, &input).await?;
    run(conn, "commit").await?;
    Ok(true)
}

async fn run(conn: &mut PgConnection, sql: &'static str) -> sqlx::Result<()> {
    sqlx::query(sql).execute(conn).await.map(drop)
}

async fn take(conn: &mut PgConnection) -> sqlx::Result<Option<(Uuid, Uuid, Value)>> {
    sqlx::query_as(
        "update bench.job set state = 'running' where id = (
            select id from bench.job where state = 'waiting' order by due_at limit 1 for update skip locked)
         returning id, batch, input",
    )
    .fetch_optional(conn)
    .await
}

async fn step(conn: &mut PgConnection, job: Uuid, seq: i32, name: &str, output: &Value) -> sqlx::Result<()> {
    sqlx::query("insert into bench.step (job, seq, name, output) values ($1, $2, $3, $4)")
        .bind(job)
        .bind(seq)
        .bind(name)
        .bind(output)
        .execute(conn)
        .await
        .map(drop)
}

/// The step that writes, and the end of the job.
async fn write(conn: &mut PgConnection, job: Uuid, batch: Uuid, input: &Value) -> sqlx::Result<()> {
    let note = Uuid::now_v7();
    sqlx::query("insert into bench.note (id, job, batch, text) values ($1, $2, $3, $4)")
        .bind(note)
        .bind(job)
        .bind(batch)
        .bind(format!("Changed, number {}", input["number"]))
        .execute(&mut *conn)
        .await?;
    step(conn, job, 3, "note", &json!({ "note": note })).await?;
    sqlx::query("update bench.job set state = 'done' where id = $1").bind(job).execute(conn).await.map(drop)
}
