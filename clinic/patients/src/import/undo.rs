//! Taking an import back: who was entered by it is deleted, who was changed by it is as before; unless something has
//! happened with them since, which the row then says.

use std::collections::HashMap;

use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::{App, Result};
use uuid::Uuid;

use super::store::place;
use super::work::{BATCH, Hears, Work};
use super::{ImportId, RowOutcome};
use crate::custom;
use crate::record::{self, Patient, PatientFields};

/// A row that entered or changed somebody.
struct Row {
    number: i32,
    patient: Uuid,
    version: i32,
    before: Option<Vec<u8>>,
}

/// Takes it back, batch after batch.
///
/// # Errors
/// 503 when the database is away; `job.cancelled`.
pub async fn run(app: &App, caller: &Caller, work: Work, hears: &Hears) -> Result<()> {
    let practice = caller.practice.uuid();
    let total = app
        .door
        .read(caller, async move |tx| {
            let count = sqlx::query_scalar!(
                r#"select count(*) as "count!" from patients.import_row
                    where practice_id = $1 and import_id = $2 and outcome in ('created', 'updated')"#,
                practice,
                work.import.uuid(),
            );
            Ok(count.fetch_one(tx.conn()).await?)
        })
        .await?;
    let mut done = 0;
    hears.progress(0, total).await?;
    loop {
        let rows = app.door.write(caller, async move |tx| batch(tx, work).await).await?;
        if rows == 0 {
            return Ok(());
        }
        done += rows;
        hears.progress(done, total).await?;
    }
}

async fn batch(tx: &mut TenantTx, work: Work) -> Result<i64> {
    let rows = next(tx, work.import).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.patient).collect();
    let patients = record::find_all(tx, &ids, true).await?;
    let busy = touched(tx, &ids).await?;
    let mut there: HashMap<Uuid, Patient> = patients.into_iter().map(|patient| (patient.id.uuid(), patient)).collect();
    let (mut deleted, mut restored) = (Vec::new(), Vec::new());
    let (mut numbers, mut outcomes) = (Vec::new(), Vec::new());
    for row in &rows {
        let unchanged = |patient: &Patient| {
            patient.version == row.version && patient.deleted_at.is_none() && !busy.contains(&row.patient)
        };
        let outcome = match there.remove(&row.patient).filter(unchanged) {
            None => RowOutcome::Kept,
            Some(patient) => {
                let now = tx.now();
                let mut after = Patient { version: patient.version + 1, updated_at: now, ..patient.clone() };
                match &row.before {
                    Some(sealed) => {
                        after.fields = open(tx, work.import, row.number, sealed).await?;
                        restored.push((patient, after));
                    }
                    None => {
                        after.deleted_at = Some(now);
                        deleted.push((patient, after));
                    }
                }
                RowOutcome::Undone
            }
        };
        numbers.push(row.number);
        outcomes.push(outcome.word());
    }
    let own = custom::all(tx).await?;
    for (changed, event) in [(deleted, "patient.deleted"), (restored, "patient.changed")] {
        if !changed.is_empty() {
            record::change_all(tx, &own, &changed, event, work.detail()).await?;
        }
    }
    let practice = tx.practice();
    sqlx::query!(
        "update patients.import_row r set outcome = v.outcome from unnest($3::int[], $4::text[]) v (number, outcome)
          where r.practice_id = $1 and r.import_id = $2 and r.number = v.number",
        practice,
        work.import.uuid(),
        &numbers,
        &outcomes as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(i64::try_from(rows.len()).unwrap_or(0))
}

async fn next(tx: &mut TenantTx, import: ImportId) -> Result<Vec<Row>> {
    let practice = tx.practice();
    Ok(sqlx::query_as!(
        Row,
        r#"select number, patient_id as "patient!", patient_version as "version!", before from patients.import_row
            where practice_id = $1 and import_id = $2 and outcome in ('created', 'updated') order by number limit $3"#,
        practice,
        import.uuid(),
        BATCH,
    )
    .fetch_all(tx.conn())
    .await?)
}

/// Those of these with whom something has happened since their record was last written: a note, a policy, a visit.
async fn touched(tx: &mut TenantTx, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let practice = tx.practice();
    Ok(sqlx::query_scalar!(
        "select p.id from patients.patient p
          where p.practice_id = $1 and p.id = any($2)
            and exists (select from timeline.entry e
                         where e.practice_id = p.practice_id and e.patient_id = p.id and e.at > p.updated_at)",
        practice,
        ids,
    )
    .fetch_all(tx.conn())
    .await?)
}

/// Seals what a patient was before a row changed it.
///
/// # Errors
/// 503 when the database is away.
pub async fn seal(tx: &mut TenantTx, import: ImportId, number: i32, before: &Patient) -> Result<Vec<u8>> {
    let plain = serde_json::to_vec(&before.fields).map_err(Error::internal)?;
    tx.seal(place(import, &format!("before.{number}")), &plain).await
}

async fn open(tx: &mut TenantTx, import: ImportId, number: i32, sealed: &[u8]) -> Result<PatientFields> {
    let plain = tx.open(place(import, &format!("before.{number}")), sealed).await?;
    serde_json::from_slice(&plain).map_err(Error::internal)
}
