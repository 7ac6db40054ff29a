//! Runs and their history on their way into the tables: many in one statement, sealed with the practice's key.

use jiff::Timestamp;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::{Error, Result};
use platform::id::PatientId;
use platform::record::Change;
use serde_json::json;
use uuid::Uuid;

use super::carry::{Line, Stand, behind, sealed_part};
use super::{Going, Start};
use crate::decide::{Failure, State};

/// How long whoever goes on with a run may take.
pub(crate) const LEASE_SECONDS: i32 = 60;

/// How a run stands, as its row says it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    pub state: &'static str,
    pub due: Option<Timestamp>,
    pub wakes: Option<Timestamp>,
    pub keeps_lease: bool,
    pub ended: bool,
    pub error: Option<Failure>,
}

/// The row that follows from how a run stands.
pub(crate) fn standing(stand: &Stand, now: Timestamp) -> Standing {
    let running = Standing { state: "running", due: Some(now), ..Standing::default() };
    match stand {
        Stand::Due => running,
        Stand::Retry(pause) => {
            let due = behind(now, *pause);
            Standing { due: Some(due), wakes: Some(due), ..running }
        }
        Stand::Crowded(pause) => Standing { due: Some(behind(now, *pause)), ..running },
        Stand::Outside(_) => {
            let due = behind(now, std::time::Duration::from_secs(u64::try_from(LEASE_SECONDS).unwrap_or(60)));
            Standing { due: Some(due), keeps_lease: true, ..running }
        }
        Stand::Waiting(waiting) => {
            Standing { state: "waiting", due: Some(waiting.until), wakes: Some(waiting.until), ..Standing::default() }
        }
        Stand::Done => Standing { state: "done", ended: true, ..Standing::default() },
        Stand::Failed(failure) => {
            Standing { state: "failed", ended: true, error: Some(failure.clone()), ..Standing::default() }
        }
    }
}

/// Where the state of a run is sealed.
#[must_use]
pub fn data_place(run: Uuid) -> Place<'static> {
    Place { table: "automation.run", column: "data", row: run }
}

/// Where a line of the history is sealed: its run and its place together.
#[must_use]
pub fn step_place(run: Uuid, seq: i32) -> Place<'static> {
    let row = Uuid::from_u128(run.as_u128() ^ u128::from(seq.unsigned_abs()));
    Place { table: "automation.step", column: "data", row }
}

/// Nothing is kept of the variables of a run that has ended well.
async fn seal_state(tx: &mut TenantTx, run: Uuid, state: &State, standing: &Standing) -> Result<Vec<u8>> {
    if standing.state == "done" {
        return Ok(Vec::new());
    }
    tx.seal(data_place(run), &serde_json::to_vec(state).map_err(Error::internal)?).await
}

/// A run that begins, with what became of it at once.
pub(crate) struct Begun {
    pub id: Uuid,
    pub start: Start,
    pub state: State,
    pub standing: Standing,
    pub attempts: i32,
}

/// Writes runs that begin, in one order, whoever begins several. Answers those that are new; when one must be new and is not,
/// that is an error.
pub(crate) async fn insert_runs(tx: &mut TenantTx, runs: &[Begun], all_new: bool) -> Result<Vec<Uuid>> {
    let (practice, now) = (tx.practice(), tx.now());
    let at = |at: Option<Timestamp>| at.map(jiff_sqlx::Timestamp::from);
    let mut data = Vec::with_capacity(runs.len());
    for run in runs {
        data.push(seal_state(tx, run.id, &run.state, &run.standing).await?);
    }
    let error = |run: &Begun, of: fn(&Failure) -> Option<String>| run.standing.error.as_ref().and_then(of);
    let chain = |run: &Begun| {
        let ids: Vec<_> = run.start.chain().iter().map(Uuid::to_string).collect();
        format!("{{{}}}", ids.join(","))
    };
    let new = sqlx::query_scalar!(
        "insert into automation.run (practice_id, id, workflow_id, version, cause, subject_type, subject_id, patient_id,
                state, test, chain, data, due_at, wakes_at, attempts, started_at, ended_at, error_code, error_message,
                error_step, created_by)
         select $1, r.id, r.workflow, r.version, r.cause, r.subject_type, r.subject_id, r.patient, r.state, r.test,
                r.chain::uuid[], r.data, r.due, r.wakes, r.attempts, $2::timestamptz, case when r.ended then $2::timestamptz end, r.code, r.message,
                r.step, r.by
           from unnest($3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::uuid[], $9::uuid[], $10::text[],
                       $11::boolean[], $12::text[], $13::bytea[], $14::timestamptz[], $15::timestamptz[], $16::int[],
                       $17::boolean[], $18::text[], $19::text[], $20::text[], $21::uuid[])
                r (id, workflow, version, cause, subject_type, subject_id, patient, state, test, chain, data, due, wakes,
                   attempts, ended, code, message, step, by)
          order by r.workflow, r.cause
         on conflict (practice_id, workflow_id, cause) do nothing
         returning id",
        practice,
        jiff_sqlx::Timestamp::from(now) as _,
        &runs.iter().map(|run| run.id).collect::<Vec<_>>(),
        &runs.iter().map(|run| run.start.workflow).collect::<Vec<_>>(),
        &runs.iter().map(|run| run.start.version).collect::<Vec<_>>(),
        &runs.iter().map(|run| run.start.cause.clone()).collect::<Vec<_>>(),
        &runs.iter().map(|run| run.start.subject.as_ref().map(|(kind, _)| kind.clone())).collect::<Vec<_>>() as _,
        &runs.iter().map(|run| run.start.subject.as_ref().map(|(_, id)| *id)).collect::<Vec<_>>() as _,
        &runs.iter().map(|run| run.start.patient).collect::<Vec<_>>() as _,
        &runs.iter().map(|run| run.standing.state).collect::<Vec<_>>() as _,
        &runs.iter().map(|run| run.start.test).collect::<Vec<_>>(),
        &runs.iter().map(chain).collect::<Vec<_>>(),
        &data,
        &runs.iter().map(|run| at(run.standing.due)).collect::<Vec<_>>() as _,
        &runs.iter().map(|run| at(run.standing.wakes)).collect::<Vec<_>>() as _,
        &runs.iter().map(|run| run.attempts).collect::<Vec<_>>(),
        &runs.iter().map(|run| run.standing.ended).collect::<Vec<_>>(),
        &runs.iter().map(|run| error(run, |e| Some(e.code.clone()))).collect::<Vec<_>>() as _,
        &runs.iter().map(|run| error(run, |e| Some(e.message.clone()))).collect::<Vec<_>>() as _,
        &runs.iter().map(|run| error(run, |e| e.step.clone())).collect::<Vec<_>>() as _,
        &runs.iter().map(|run| run.start.by).collect::<Vec<_>>() as _,
    )
    .fetch_all(tx.conn())
    .await?;
    if all_new && new.len() != runs.len() {
        return Err(Error::internal("a run that was carried out had begun before"));
    }
    Ok(new)
}

/// Writes how runs stand that were gone on with.
pub(crate) async fn update_runs(tx: &mut TenantTx, runs: &[(&Going, Standing)]) -> Result<()> {
    let (practice, now) = (tx.practice(), tx.now());
    let at = |at: Option<Timestamp>| at.map(jiff_sqlx::Timestamp::from);
    let mut data = Vec::with_capacity(runs.len());
    for (going, standing) in runs {
        data.push(seal_state(tx, going.id, &going.state, standing).await?);
    }
    let error = |of: &Standing, what: fn(&Failure) -> Option<String>| of.error.as_ref().and_then(what);
    sqlx::query!(
        "update automation.run r
            set state = n.state, data = n.data, due_at = n.due, wakes_at = n.wakes, attempts = n.attempts,
                lease = case when n.keeps then r.lease end, signalled_at = null,
                ended_at = case when n.ended then $2::timestamptz end, error_code = n.code, error_message = n.message,
                error_step = n.step
           from unnest($3::uuid[], $4::text[], $5::bytea[], $6::timestamptz[], $7::timestamptz[], $8::int[], $9::boolean[],
                       $10::boolean[], $11::text[], $12::text[], $13::text[])
                n (id, state, data, due, wakes, attempts, keeps, ended, code, message, step)
          where r.practice_id = $1 and r.id = n.id",
        practice,
        jiff_sqlx::Timestamp::from(now) as _,
        &runs.iter().map(|(going, _)| going.id).collect::<Vec<_>>(),
        &runs.iter().map(|(_, s)| s.state).collect::<Vec<_>>() as _,
        &data,
        &runs.iter().map(|(_, s)| at(s.due)).collect::<Vec<_>>() as _,
        &runs.iter().map(|(_, s)| at(s.wakes)).collect::<Vec<_>>() as _,
        &runs.iter().map(|(going, _)| going.attempts).collect::<Vec<_>>(),
        &runs.iter().map(|(_, s)| s.keeps_lease).collect::<Vec<_>>(),
        &runs.iter().map(|(_, s)| s.ended).collect::<Vec<_>>(),
        &runs.iter().map(|(_, s)| error(s, |e| Some(e.code.clone()))).collect::<Vec<_>>() as _,
        &runs.iter().map(|(_, s)| error(s, |e| Some(e.message.clone()))).collect::<Vec<_>>() as _,
        &runs.iter().map(|(_, s)| error(s, |e| e.step.clone())).collect::<Vec<_>>() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes the history. A step that was tried before has one line, the newest.
pub(crate) async fn write_lines(tx: &mut TenantTx, lines: &[(Uuid, Line)]) -> Result<()> {
    let newest = newest(lines);
    if newest.is_empty() {
        return Ok(());
    }
    let practice = tx.practice();
    let mut data = Vec::with_capacity(newest.len());
    for (run, line) in &newest {
        let plain = serde_json::to_vec(&sealed_part(&line.entry)).map_err(Error::internal)?;
        data.push(tx.seal(step_place(*run, line.entry.seq), &plain).await?);
    }
    let rounds = |line: &Line| {
        let rounds: Vec<_> = line.entry.iteration.iter().map(i32::to_string).collect();
        format!("{{{}}}", rounds.join(","))
    };
    let error = |line: &Line, what: fn(&(String, String)) -> String| line.entry.error.as_ref().map(what);
    sqlx::query!(
        "insert into automation.step (practice_id, run_id, seq, step_id, iteration, kind, state, attempts, started_at,
                duration_us, error_code, error_message, path, data)
         select $1, s.run, s.seq, s.step, s.iteration::int[], s.kind, s.state, s.attempts, s.started, s.took, s.code,
                s.message, s.path, s.data
           from unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::timestamptz[],
                       $10::bigint[], $11::text[], $12::text[], $13::text[], $14::bytea[])
                s (run, seq, step, iteration, kind, state, attempts, started, took, code, message, path, data)
         on conflict (practice_id, run_id, seq) do update
            set state = excluded.state, attempts = excluded.attempts,
                duration_us = case when automation.step.kind = 'wait'
                                   then (extract(epoch from excluded.started_at - automation.step.started_at) * 1000000)::bigint
                                   else excluded.duration_us end,
                error_code = excluded.error_code, error_message = excluded.error_message, data = excluded.data",
        practice,
        &newest.iter().map(|(run, _)| *run).collect::<Vec<_>>(),
        &newest.iter().map(|(_, line)| line.entry.seq).collect::<Vec<_>>(),
        &newest.iter().map(|(_, line)| line.entry.step.clone()).collect::<Vec<_>>(),
        &newest.iter().map(|(_, line)| rounds(line)).collect::<Vec<_>>(),
        &newest.iter().map(|(_, line)| line.entry.kind).collect::<Vec<_>>() as _,
        &newest.iter().map(|(_, line)| line.entry.state).collect::<Vec<_>>() as _,
        &newest.iter().map(|(_, line)| line.attempts).collect::<Vec<_>>(),
        &newest.iter().map(|(_, line)| jiff_sqlx::Timestamp::from(line.started)).collect::<Vec<_>>() as _,
        &newest.iter().map(|(_, line)| i64::try_from(line.took.as_micros()).unwrap_or(i64::MAX)).collect::<Vec<_>>(),
        &newest.iter().map(|(_, line)| error(line, |e| e.0.clone())).collect::<Vec<_>>() as _,
        &newest.iter().map(|(_, line)| error(line, |e| e.1.clone())).collect::<Vec<_>>() as _,
        &newest.iter().map(|(_, line)| line.entry.path.clone()).collect::<Vec<_>>() as _,
        &data,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A wait that ends in the turn in which it began has two lines of one place.
fn newest(lines: &[(Uuid, Line)]) -> Vec<(Uuid, &Line)> {
    let mut newest: Vec<(Uuid, &Line)> = Vec::with_capacity(lines.len());
    for (run, line) in lines {
        match newest.last_mut().filter(|(last, known)| last == run && known.entry.seq == line.entry.seq) {
            Some(known) => known.1 = line,
            None => newest.push((*run, line)),
        }
    }
    newest
}

/// A run with the record and the patient that it is about.
pub(crate) struct About<'a> {
    pub run: Uuid,
    pub subject: Option<Uuid>,
    pub patient: Option<Uuid>,
    pub stand: &'a Stand,
}

/// Writes what makes waiting runs look again before their time, and takes back what did.
pub(crate) async fn write_waits(tx: &mut TenantTx, runs: &[About<'_>], any_before: bool) -> Result<()> {
    let practice = tx.practice();
    if any_before {
        let ids: Vec<Uuid> = runs.iter().map(|about| about.run).collect();
        sqlx::query!("delete from automation.wait where practice_id = $1 and run_id = any($2)", practice, &ids)
            .execute(tx.conn())
            .await?;
    }
    let waiting: Vec<_> = runs
        .iter()
        .filter_map(|about| match about.stand {
            Stand::Waiting(waiting) if waiting.event.is_some() || waiting.date => Some((about, waiting.event.clone())),
            _ => None,
        })
        .collect();
    if waiting.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into automation.wait (practice_id, run_id, event, subject_id, patient_id)
         select $1, w.run, w.event, w.subject, w.patient
           from unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[]) w (run, event, subject, patient)",
        practice,
        &waiting.iter().map(|(about, _)| about.run).collect::<Vec<_>>(),
        &waiting.iter().map(|(_, event)| event.clone()).collect::<Vec<_>>() as _,
        &waiting.iter().map(|(about, _)| about.subject).collect::<Vec<_>>() as _,
        &waiting.iter().map(|(about, _)| about.patient).collect::<Vec<_>>() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Runs of which windows are told at once; who looks at more sees them when looking again.
const TOLD_AT_ONCE: usize = 200;

/// Tells what became of runs: windows of every change, areas and the ledger of those that failed.
pub(crate) async fn tell(tx: &mut TenantTx, all: &[(Uuid, Option<Uuid>, &Standing)]) -> Result<()> {
    tx.notify_live(all.iter().take(TOLD_AT_ONCE).map(|(run, ..)| ("run", *run, None))).await?;
    let failed = all.iter().filter(|(.., standing)| matches!(standing.state, "failed" | "stopped"));
    let changes: Vec<Change> = failed
        .map(|(run, patient, standing)| {
            let code = standing.error.as_ref().map(|error| &error.code);
            let change = Change::done("fail", "run", *run).event("run.failed", 1).with(json!({ "code": code }));
            change.for_patient(patient.map(PatientId))
        })
        .collect();
    if changes.is_empty() { Ok(()) } else { tx.record_all(&changes).await }
}
