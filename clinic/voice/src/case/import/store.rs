//! Imports and their rows as they lie in their tables.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use patients::files::{DateStyle, Table};
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::Error;
use platform::jobs::JobId;
use platform::{Result, undisclosed};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

use super::judge::Verdict;
use super::{CaseColumn, CaseImport, CaseImportId, CaseImportJob, ImportState, RowOutcome};
use crate::CallWorkflowId;

/// For how long files and reports are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);
/// Rows that are written with one statement.
const AT_ONCE: usize = 1000;

/// An import as its work needs it.
pub struct Stored {
    pub id: CaseImportId,
    pub workflow: CallWorkflowId,
    pub about: Table,
    /// Which field each column is.
    pub columns: Vec<Option<String>>,
    pub dates: DateStyle,
    pub rows: i32,
    pub state: ImportState,
    pub job: Option<Uuid>,
    pub version: i32,
}

/// A row as it was given.
pub struct Row {
    pub number: i32,
    pub cells: Vec<String>,
}

undisclosed!(Stored, Row);

fn place(id: CaseImportId, column: &str) -> Place<'_> {
    Place { table: "voice.case_import", column, row: id.uuid() }
}

/// Keeps a file that was read and judged.
///
/// # Errors
/// 503 when the database is away.
pub async fn add(tx: &mut TenantTx, import: &Stored, verdicts: &[Verdict]) -> Result<()> {
    let (practice, now) = (tx.practice(), tx.now());
    let about = serde_json::to_vec(&import.about).map_err(Error::internal)?;
    let about = tx.seal(place(import.id, "about"), &about).await?;
    sqlx::query!(
        "insert into voice.case_import (practice_id, id, call_workflow_id, about, columns, dates, rows, state, created_by,
                created_at, updated_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)",
        practice,
        import.id.uuid(),
        import.workflow.uuid(),
        about,
        Json(&import.columns) as _,
        word(import.dates),
        import.rows,
        import.state as ImportState,
        tx.caller().actor.id(),
        jiff_sqlx::Timestamp::from(now) as _,
        jiff_sqlx::Timestamp::from(now.saturating_add(KEPT).map_err(Error::internal)?) as _,
    )
    .execute(tx.conn())
    .await?;
    for (rows, verdicts) in import.about.rows.chunks(AT_ONCE).zip(verdicts.chunks(AT_ONCE)) {
        add_rows(tx, import.id, rows, verdicts).await?;
    }
    Ok(())
}

async fn add_rows(
    tx: &mut TenantTx,
    id: CaseImportId,
    rows: &[(i32, Vec<String>)],
    verdicts: &[Verdict],
) -> Result<()> {
    let practice = tx.practice();
    let mut bodies = Vec::with_capacity(rows.len());
    for (number, cells) in rows {
        let plain = serde_json::to_vec(cells).map_err(Error::internal)?;
        bodies.push(tx.seal(place(id, &format!("body.{number}")), &plain).await?);
    }
    let of = Columns::of(verdicts)?;
    sqlx::query!(
        "insert into voice.case_import_row (practice_id, import_id, number, body, outcome, report, case_id)
         select $1, $2, r.number, r.body, r.outcome, r.report, r.found
           from unnest($3::int[], $4::bytea[], $5::text[], $6::jsonb[], $7::uuid[]) r (number, body, outcome, report, found)",
        practice,
        id.uuid(),
        &of.numbers,
        &bodies,
        &of.outcomes as _,
        &of.reports,
        &of.cases as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Verdicts, column by column.
struct Columns {
    numbers: Vec<i32>,
    outcomes: Vec<&'static str>,
    reports: Vec<Value>,
    cases: Vec<Option<Uuid>>,
}

impl Columns {
    fn of(verdicts: &[Verdict]) -> Result<Self> {
        let report = |verdict: &Verdict| serde_json::to_value(&verdict.report).map_err(Error::internal);
        Ok(Self {
            numbers: verdicts.iter().map(|verdict| verdict.number).collect(),
            outcomes: verdicts.iter().map(|verdict| verdict.outcome.word()).collect(),
            reports: verdicts.iter().map(report).collect::<Result<_>>()?,
            cases: verdicts.iter().map(|verdict| verdict.case).collect(),
        })
    }
}

impl RowOutcome {
    /// The word for it in the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fault => "fault",
            Self::Create => "create",
            Self::Duplicate => "duplicate",
            Self::Created => "created",
        }
    }
}

fn word(dates: DateStyle) -> &'static str {
    match dates {
        DateStyle::Dmy => "dmy",
        DateStyle::Mdy => "mdy",
    }
}

/// Writes what was found of rows.
///
/// # Errors
/// 503 when the database is away.
pub async fn save_verdicts(tx: &mut TenantTx, id: CaseImportId, verdicts: &[Verdict]) -> Result<()> {
    let practice = tx.practice();
    let of = Columns::of(verdicts)?;
    sqlx::query!(
        "update voice.case_import_row r set outcome = v.outcome, report = v.report, case_id = v.found
           from unnest($3::int[], $4::text[], $5::jsonb[], $6::uuid[]) v (number, outcome, report, found)
          where r.practice_id = $1 and r.import_id = $2 and r.number = v.number",
        practice,
        id.uuid(),
        &of.numbers,
        &of.outcomes as _,
        &of.reports,
        &of.cases as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The import, which nobody else changes until the end of the transaction.
///
/// # Errors
/// 404, also for one whose days are over.
pub async fn lock(tx: &mut TenantTx, id: CaseImportId) -> Result<Stored> {
    let (practice, now) = (tx.practice(), tx.now());
    let row = sqlx::query!(
        r#"select call_workflow_id, about, columns as "columns: Json<Vec<Option<String>>>", dates, rows,
                  state as "state: ImportState", job_id, version
             from voice.case_import where practice_id = $1 and id = $2 and expires_at > $3 for no key update"#,
        practice,
        id.uuid(),
        jiff_sqlx::Timestamp::from(now) as _,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    let about = serde_json::from_slice(&tx.open(place(id, "about"), &row.about).await?).map_err(Error::internal)?;
    Ok(Stored {
        id,
        workflow: CallWorkflowId(row.call_workflow_id),
        about,
        columns: row.columns.0,
        dates: if row.dates == "mdy" { DateStyle::Mdy } else { DateStyle::Dmy },
        rows: row.rows,
        state: row.state,
        job: row.job_id,
        version: row.version,
    })
}

/// Writes how an import is read and how far it is.
///
/// # Errors
/// 503 when the database is away.
pub async fn save(tx: &mut TenantTx, import: &Stored) -> Result<()> {
    let (practice, now) = (tx.practice(), tx.now());
    sqlx::query!(
        "update voice.case_import set columns = $3, dates = $4, state = $5, job_id = $6, version = $7, updated_at = $8
          where practice_id = $1 and id = $2",
        practice,
        import.id.uuid(),
        Json(&import.columns) as _,
        word(import.dates),
        import.state as ImportState,
        import.job,
        import.version,
        jiff_sqlx::Timestamp::from(now) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// All rows, in their order.
///
/// # Errors
/// 503 when the database is away.
pub async fn all_rows(tx: &mut TenantTx, id: CaseImportId) -> Result<Vec<Row>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select number, body from voice.case_import_row where practice_id = $1 and import_id = $2 order by number",
        practice,
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    let mut opened = Vec::with_capacity(rows.len());
    for row in rows {
        opened.push(open(tx, id, row.number, &row.body).await?);
    }
    Ok(opened)
}

/// The next rows that are to be entered.
///
/// # Errors
/// 503 when the database is away.
pub async fn next_rows(tx: &mut TenantTx, id: CaseImportId, limit: i64) -> Result<Vec<Row>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select number, body from voice.case_import_row
          where practice_id = $1 and import_id = $2 and outcome = 'create' order by number limit $3",
        practice,
        id.uuid(),
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut opened = Vec::with_capacity(rows.len());
    for row in rows {
        opened.push(open(tx, id, row.number, &row.body).await?);
    }
    Ok(opened)
}

/// A row, opened.
///
/// # Errors
/// 503 when the database is away.
pub async fn open(tx: &mut TenantTx, id: CaseImportId, number: i32, sealed: &[u8]) -> Result<Row> {
    let plain = tx.open(place(id, &format!("body.{number}")), sealed).await?;
    Ok(Row { number, cells: serde_json::from_slice(&plain).map_err(Error::internal)? })
}

/// The import as it is shown.
///
/// # Errors
/// 404, also for one whose days are over.
pub async fn shown(tx: &mut TenantTx, id: CaseImportId) -> Result<CaseImport> {
    let (practice, now) = (tx.practice(), tx.now());
    let row = sqlx::query!(
        r#"select i.call_workflow_id, i.about, i.columns as "columns: Json<Vec<Option<String>>>", i.dates, i.rows,
                  i.state as "state: ImportState", i.version, i.created_at, i.expires_at, i.job_id, j.state as "job_state?",
                  j.progress_done as "done?", j.progress_total
             from voice.case_import i left join jobs.job j on j.practice_id = i.practice_id and j.id = i.job_id
            where i.practice_id = $1 and i.id = $2 and i.expires_at > $3"#,
        practice,
        id.uuid(),
        jiff_sqlx::Timestamp::from(now) as _,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    let about: Table =
        serde_json::from_slice(&tx.open(place(id, "about"), &row.about).await?).map_err(Error::internal)?;
    let job = match (row.job_id, row.job_state, row.done) {
        (Some(id), Some(state), Some(done)) => {
            let state = serde_json::from_value(Value::String(state)).map_err(Error::internal)?;
            Some(CaseImportJob { id: JobId(id), state, done, total: row.progress_total })
        }
        _ => None,
    };
    let column = |(heading, field)| CaseColumn { heading, field };
    Ok(CaseImport {
        id,
        call_workflow_id: CallWorkflowId(row.call_workflow_id),
        columns: about.headings.into_iter().zip(row.columns.0).map(column).collect(),
        dates: if row.dates == "mdy" { DateStyle::Mdy } else { DateStyle::Dmy },
        encoding: about.encoding,
        delimiter: about.delimiter,
        state: row.state,
        job,
        rows: row.rows,
        outcomes: outcomes(tx, id).await?,
        version: row.version,
        created_at: row.created_at.to_jiff(),
        expires_at: row.expires_at.to_jiff(),
    })
}

async fn outcomes(tx: &mut TenantTx, id: CaseImportId) -> Result<BTreeMap<String, i64>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select outcome, count(*) as "rows!" from voice.case_import_row
            where practice_id = $1 and import_id = $2 group by outcome"#,
        practice,
        id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.outcome, row.rows)).collect())
}
