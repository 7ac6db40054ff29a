//! The work on an import: batch after batch of its rows, each judged and entered in one transaction.

use std::sync::Arc;

use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::id::PatientId;
use platform::jobs::JobRun;
use platform::record::Change;
use platform::{App, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::judge::{Judge, Judged};
use super::store;
use super::verdicts::{Entered, Verdicts};
use super::{ImportId, ImportState, ImportTask, RowOutcome, undo};
use crate::record::{self, Patient};
use crate::{family, insurance};

/// Rows of a batch: whoever enters a patient meanwhile waits for one.
pub const BATCH: i64 = 100;

/// What a job is to do.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Work {
    /// With which import.
    pub import: ImportId,
    /// What.
    pub task: ImportTask,
    /// Who asked for it.
    pub by: Option<Uuid>,
}

impl Work {
    /// What the ledger says of each patient.
    pub fn detail(&self) -> Value {
        json!({ "import": self.import, "by": self.by })
    }
}

/// Who hears how far it is.
pub enum Hears {
    /// The job, which may be cancelled.
    Job(JobRun),
    /// Whoever started the command.
    Terminal(fn(&str)),
    /// A test: it stops behind so many rows.
    #[cfg(test)]
    Stops(i64),
}

impl Hears {
    /// Says how far it is.
    ///
    /// # Errors
    /// `job.cancelled`.
    pub async fn progress(&self, done: i64, total: i64) -> Result<()> {
        match self {
            Self::Job(job) => job.progress(done, Some(total)).await,
            Self::Terminal(print) => {
                print(&format!("{done} of {total}"));
                Ok(())
            }
            #[cfg(test)]
            Self::Stops(at) if done >= *at => Err(Error::conflict("job.cancelled", "The job was stopped.")),
            #[cfg(test)]
            Self::Stops(_) => Ok(()),
        }
    }
}

/// Does the work of a job.
///
/// # Errors
/// 503 when the database is away; `job.cancelled` when it was stopped: what is done stays done.
pub async fn run(job: JobRun) -> Result<()> {
    let work: Work = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
    let (app, caller) = (job.app.clone(), Caller::system(job.practice));
    go(app, caller, work, Hears::Job(job)).await
}

/// Does the work.
///
/// # Errors
/// As [`run`].
pub async fn go(app: App, caller: Caller, work: Work, hears: Hears) -> Result<()> {
    match work.task {
        ImportTask::Undo => undo::run(&app, &caller, work, &hears).await?,
        ImportTask::Check | ImportTask::Run => rows(&app, &caller, work, &hears).await?,
    }
    app.door.write(&caller, async move |tx| finish(tx, work).await).await
}

async fn rows(app: &App, caller: &Caller, work: Work, hears: &Hears) -> Result<()> {
    let is_check = work.task == ImportTask::Check;
    let (judge, already, total) = app
        .door
        .write(caller, async move |tx| {
            let import = store::find(tx, work.import, false).await?;
            if is_check {
                forget(tx, work.import).await?;
            }
            let (already, total) = counted(tx, work.import, is_check).await?;
            Ok((Judge::new(tx, import).await?, already, total))
        })
        .await?;
    let mut judge = Arc::new(judge);
    let (mut after, mut done) = (0, already);
    hears.progress(done, total).await?;
    loop {
        let asked = Arc::clone(&judge);
        let (judged, entered) = app.door.write(caller, async move |tx| batch(tx, &asked, work, after).await).await?;
        let Some(last) = judged.last() else { return Ok(()) };
        after = last.number;
        done += i64::try_from(judged.len()).unwrap_or(0);
        // the transaction is over, so nobody else holds it
        if let Some(judge) = Arc::get_mut(&mut judge) {
            judge.remember(judged, entered);
        }
        hears.progress(done, total).await?;
    }
}

/// How many rows are done already, and how many there are to be done with them.
async fn counted(tx: &mut TenantTx, import: ImportId, is_check: bool) -> Result<(i64, i64)> {
    let practice = tx.practice();
    let row = sqlx::query!(
        r#"select count(*) filter (where outcome in ('created', 'updated', 'skipped')) as "already!",
                  count(*) filter (where outcome <> 'fault' or $3) as "total!"
             from patients.import_row where practice_id = $1 and import_id = $2"#,
        practice,
        import.uuid(),
        is_check,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((row.already, row.total))
}

/// A dry run begins anew.
async fn forget(tx: &mut TenantTx, import: ImportId) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update patients.import_row set outcome = 'waiting', report = '[]', like_patient = null, like_row = null,
                like_rule = null, patient_id = null, patient_version = null, before = null
          where practice_id = $1 and import_id = $2 and outcome <> 'waiting'",
        practice,
        import.uuid(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The next rows: what they were found to be, and who was entered or changed.
async fn batch(tx: &mut TenantTx, judge: &Judge, work: Work, after: i32) -> Result<(Vec<Judged>, Vec<Uuid>)> {
    let is_check = work.task == ImportTask::Check;
    let wanted: &[RowOutcome] =
        if is_check { &[RowOutcome::Waiting] } else { &[RowOutcome::Create, RowOutcome::Update, RowOutcome::Skip] };
    let rows = store::next_rows(tx, work.import, after, wanted, BATCH).await?;
    if rows.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut judged = judge.judge(tx, &rows, !is_check).await?;
    let mut entered = Vec::new();
    let mut verdicts = Verdicts::default();
    let mut patients = if is_check { Vec::new() } else { enter(tx, judge, work, &mut judged).await? };
    patients.reverse();
    for row in &judged {
        let patient =
            if matches!(row.outcome, RowOutcome::Created | RowOutcome::Updated) { patients.pop() } else { None };
        let as_whom = match patient {
            Some(patient) => {
                entered.push(patient.id.uuid());
                let before = match &row.before {
                    Some(before) => Some(undo::seal(tx, work.import, row.number, before).await?),
                    None => None,
                };
                Some(Entered { patient: patient.id.uuid(), version: patient.version, before })
            }
            None => None,
        };
        verdicts.add(row.number, row.outcome, &row.report, row.like, as_whom);
    }
    verdicts.save(tx, work.import).await?;
    Ok((judged, entered))
}

/// Enters what was judged, and says of each row that it is; the patients in the order of their rows.
async fn enter(tx: &mut TenantTx, judge: &Judge, work: Work, judged: &mut [Judged]) -> Result<Vec<Patient>> {
    let of = |judged: &[Judged], outcome: RowOutcome| judged.iter().filter(|row| row.outcome == outcome).count();
    let (creates, updates) = (of(judged, RowOutcome::Create), of(judged, RowOutcome::Update));
    let mut new = Vec::with_capacity(creates);
    let mut changed = Vec::with_capacity(updates);
    for row in judged.iter() {
        match (row.outcome, &row.fields, &row.before) {
            (RowOutcome::Create, Some(fields), _) => new.push(fields.clone()),
            (RowOutcome::Update, Some(fields), Some(before)) => {
                let after = Patient {
                    fields: fields.clone(),
                    version: before.version + 1,
                    updated_at: tx.now(),
                    ..before.clone()
                };
                changed.push((before.clone(), after));
            }
            _ => {}
        }
    }
    let mut created =
        if new.is_empty() { Vec::new() } else { record::enter_all(tx, judge.own(), new, work.detail()).await? }
            .into_iter();
    if !changed.is_empty() {
        record::change_all(tx, judge.own(), &changed, "patient.changed", work.detail()).await?;
    }
    let mut updated = changed.into_iter().map(|(_, after)| after);
    let mut patients = Vec::with_capacity(creates + updates);
    let mut origins = Vec::new();
    for row in judged.iter_mut() {
        let (outcome, patient) = match row.outcome {
            RowOutcome::Create => (RowOutcome::Created, created.next()),
            RowOutcome::Update => (RowOutcome::Updated, updated.next()),
            RowOutcome::Skip => (RowOutcome::Skipped, None),
            other => (other, None),
        };
        row.outcome = outcome;
        if let Some(patient) = patient {
            origins.extend(row.origin.clone().map(|key| (key, patient.id.uuid())));
            if outcome == RowOutcome::Created {
                bring_along(tx, patient.id, row).await?;
            }
            patients.push(patient);
        }
    }
    save_origins(tx, &judge.import.source, origins).await?;
    Ok(patients)
}

/// Policies and relatives of a new patient: each has few, and most files have none.
async fn bring_along(tx: &mut TenantTx, patient: PatientId, row: &Judged) -> Result<()> {
    for policy in &row.policies {
        insurance::add(tx, patient, policy).await?;
    }
    for relative in &row.relatives {
        family::add(tx, patient, relative).await?;
    }
    Ok(())
}

/// Remembers where patients came from.
async fn save_origins(tx: &mut TenantTx, source: &str, origins: Vec<(String, Uuid)>) -> Result<()> {
    if origins.is_empty() {
        return Ok(());
    }
    let practice = tx.practice();
    // two rows that are entered all the same may be one of their source
    let (keys, patients): (Vec<String>, Vec<Uuid>) =
        origins.into_iter().collect::<std::collections::BTreeMap<_, _>>().into_iter().unzip();
    sqlx::query!(
        "insert into patients.origin (practice_id, source, key, patient_id)
         select $1, $2, o.key, o.patient from unnest($3::text[], $4::uuid[]) o (key, patient)
             on conflict (practice_id, source, key) do update set patient_id = excluded.patient_id",
        practice,
        source,
        &keys,
        &patients,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The task is done.
async fn finish(tx: &mut TenantTx, work: Work) -> Result<()> {
    let before = store::find(tx, work.import, true).await?;
    let state = match work.task {
        ImportTask::Check => ImportState::Checked,
        ImportTask::Run => ImportState::Entered,
        ImportTask::Undo => ImportState::Undone,
    };
    let after = store::Stored { state, task: None, version: before.version + 1, ..before };
    store::save(tx, &after).await?;
    let action = match work.task {
        ImportTask::Check => "check",
        ImportTask::Run => "run",
        ImportTask::Undo => "undo",
    };
    let change = Change::done(action, "import", work.import.uuid()).with(work.detail());
    tx.record(change.event("import.changed", after.version)).await
}
