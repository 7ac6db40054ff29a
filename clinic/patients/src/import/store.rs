//! Imports and their rows as they lie in their tables.

use jiff::SignedDuration;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::Error;
use platform::record::Change;
use platform::{Result, undisclosed};
use serde_json::json;
use sqlx::types::Json;
use uuid::Uuid;

use super::file::{About, Body, File, ImportFormat, Remark, RemarkCode};
use super::{ImportId, ImportState, ImportTask, Options, Outcome};
use crate::columns::{Columns, DateStyle, cells};

/// For how long files and reports are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);
/// Imports of a practice that are kept at the same time.
const MOST_KEPT: i64 = 50;
/// Rows that are written with one statement.
const AT_ONCE: usize = 1000;

/// An import as its work needs it.
#[derive(Clone)]
pub struct Stored {
    pub id: ImportId,
    pub format: ImportFormat,
    pub about: About,
    pub source: String,
    /// Which column of a patient each column of the file is.
    pub columns: Vec<Option<String>>,
    pub options: Options,
    pub state: ImportState,
    pub task: Option<ImportTask>,
    pub job: Option<Uuid>,
    pub created_by: Option<Uuid>,
    pub version: i32,
}

undisclosed!(Stored, RawRow);

/// A row as it was given.
#[derive(Clone)]
pub struct RawRow {
    pub number: i32,
    pub body: Body,
}

/// Keeps a file that was read, with the columns guessed.
///
/// # Errors
/// 409 `import.too_many`.
pub async fn add(tx: &mut TenantTx, file: &File) -> Result<ImportId> {
    let (practice, now, id) = (tx.practice(), tx.now(), ImportId::new());
    let known = Columns::of(tx, DateStyle::default()).await?;
    let columns = known.guess(&file.about.headings);
    let mut about = file.about.clone();
    let options = Options { dates: dates(file, &columns, &known.rules.country, &mut about), ..Options::default() };
    if file.format != ImportFormat::Fhir && columns.iter().all(Option::is_none) {
        about.remarks.push(Remark::of(RemarkCode::NoKnownHeading));
    }
    let sealed = tx.seal(place(id, "about"), &serde_json::to_vec(&about).map_err(Error::internal)?).await?;
    let made = sqlx::query!(
        "insert into patients.import (practice_id, id, format, about, source, columns, options, rows, state, created_by,
                                      created_at, updated_at, expires_at)
         select $1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $10, $10, $11
          where (select count(*) from patients.import where practice_id = $1 and expires_at > $10) < $12",
        practice,
        id.uuid(),
        file.format as ImportFormat,
        sealed,
        file.source,
        Json(&columns) as _,
        Json(options) as _,
        i32::try_from(file.rows.len()).unwrap_or(i32::MAX),
        tx.caller().actor.id(),
        jiff_sqlx::Timestamp::from(now) as _,
        jiff_sqlx::Timestamp::from(now.saturating_add(KEPT).map_err(Error::internal)?) as _,
        MOST_KEPT,
    )
    .execute(tx.conn())
    .await?;
    if made.rows_affected() == 0 {
        return Err(Error::conflict("import.too_many", "Fifty imports are kept already; delete old ones first."));
    }
    for rows in file.rows.chunks(AT_ONCE) {
        add_rows(tx, id, rows).await?;
    }
    let detail = json!({ "format": file.format, "rows": file.rows.len() });
    tx.record(Change::done("create", "import", id.uuid()).with(detail).event("import.created", 1)).await?;
    Ok(id)
}

async fn add_rows(tx: &mut TenantTx, id: ImportId, rows: &[(i32, Body)]) -> Result<()> {
    let practice = tx.practice();
    let (mut numbers, mut bodies) = (Vec::new(), Vec::new());
    for (number, body) in rows {
        let plain = serde_json::to_vec(body).map_err(Error::internal)?;
        bodies.push(tx.seal(place(id, &column(*number)), &plain).await?);
        numbers.push(*number);
    }
    sqlx::query!(
        "insert into patients.import_row (practice_id, import_id, number, body)
         select $1, $2, r.number, r.body from unnest($3::int[], $4::bytea[]) r (number, body)",
        practice,
        id.uuid(),
        &numbers,
        &bodies,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn column(number: i32) -> String {
    format!("body.{number}")
}

/// Where something of an import lies; its rows have numbers instead of ids.
pub fn place(id: ImportId, column: &str) -> Place<'_> {
    Place { table: "patients.import", column, row: id.uuid() }
}

/// In which order the file's dates of birth are written, as far as they say: one that can only be a day tells.
fn dates(file: &File, columns: &[Option<String>], country: &str, about: &mut About) -> DateStyle {
    let usual = if country == "US" { DateStyle::Mdy } else { DateStyle::Dmy };
    let Some(at) = columns.iter().position(|column| column.as_deref() == Some("birthDate")) else { return usual };
    let (mut day_first, mut month_first, mut either) = (0, 0, 0);
    for (_, body) in &file.rows {
        let Body::Cells(cells) = body else { continue };
        let Some(cell) = cells.get(at) else { continue };
        match (cells::date(cell, DateStyle::Dmy), cells::date(cell, DateStyle::Mdy)) {
            (Ok(one), Ok(other)) if one != other => either += 1,
            (Ok(_), Err(_)) => day_first += 1,
            (Err(_), Ok(_)) => month_first += 1,
            _ => {}
        }
    }
    if day_first > 0 && month_first > 0 {
        about.remarks.push(Remark { code: RemarkCode::DatesMixed, column: u32::try_from(at).ok() });
    } else if day_first + month_first == 0 && either > 0 {
        about.remarks.push(Remark { code: RemarkCode::DatesAmbiguous, column: u32::try_from(at).ok() });
    }
    match day_first.cmp(&month_first) {
        std::cmp::Ordering::Greater => DateStyle::Dmy,
        std::cmp::Ordering::Less => DateStyle::Mdy,
        std::cmp::Ordering::Equal => usual,
    }
}

/// The import, locked until the end of the transaction where that is asked for.
///
/// # Errors
/// 404, also for one whose days are over.
pub async fn find(tx: &mut TenantTx, id: ImportId, lock: bool) -> Result<Stored> {
    let (practice, now) = (tx.practice(), tx.now());
    if lock {
        sqlx::query_scalar!(
            "select 1 from patients.import where practice_id = $1 and id = $2 for update",
            practice,
            id.uuid()
        )
        .fetch_optional(tx.conn())
        .await?;
    }
    let row = sqlx::query!(
        r#"select format as "format: ImportFormat", about, source, columns as "columns: Json<Vec<Option<String>>>",
                  options as "options: Json<Options>", state as "state: ImportState", task as "task: ImportTask",
                  job_id, created_by, version
             from patients.import where practice_id = $1 and id = $2 and expires_at > $3"#,
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
        format: row.format,
        about,
        source: row.source,
        columns: row.columns.0,
        options: row.options.0,
        state: row.state,
        task: row.task,
        job: row.job_id,
        created_by: row.created_by,
        version: row.version,
    })
}

/// Writes how far an import is and how it is read.
///
/// # Errors
/// 503 when the database is away.
pub async fn save(tx: &mut TenantTx, import: &Stored) -> Result<()> {
    let (practice, now) = (tx.practice(), tx.now());
    sqlx::query!(
        "update patients.import set source = $3, columns = $4, options = $5, state = $6, task = $7, job_id = $8,
                version = $9, updated_at = $10, created_by = $11
          where practice_id = $1 and id = $2",
        practice,
        import.id.uuid(),
        import.source,
        Json(&import.columns) as _,
        Json(import.options) as _,
        import.state as ImportState,
        import.task as Option<ImportTask>,
        import.job,
        import.version,
        jiff_sqlx::Timestamp::from(now) as _,
        import.created_by,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The next rows behind a number whose outcome is one of these.
///
/// # Errors
/// 503 when the database is away.
pub async fn next_rows(
    tx: &mut TenantTx,
    id: ImportId,
    after: i32,
    outcomes: &[Outcome],
    limit: i64,
) -> Result<Vec<RawRow>> {
    let practice = tx.practice();
    let words: Vec<&str> = outcomes.iter().map(|outcome| outcome.word()).collect();
    let rows = sqlx::query!(
        "select number, body from patients.import_row
          where practice_id = $1 and import_id = $2 and number > $3 and outcome = any($4)
          order by number limit $5",
        practice,
        id.uuid(),
        after,
        &words as _,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut raw = Vec::with_capacity(rows.len());
    for row in rows {
        raw.push(RawRow { number: row.number, body: open(tx, id, row.number, &row.body).await? });
    }
    Ok(raw)
}

/// A row's body, opened.
///
/// # Errors
/// 503 when the database is away.
pub async fn open(tx: &mut TenantTx, id: ImportId, number: i32, sealed: &[u8]) -> Result<Body> {
    serde_json::from_slice(&tx.open(place(id, &column(number)), sealed).await?).map_err(Error::internal)
}
