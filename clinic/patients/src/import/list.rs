//! Imports as they are shown.

use std::collections::{BTreeMap, HashMap};

use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Can;
use platform::jobs::JobId;
use platform::permission::patients as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{people, route};
use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json as Column;
use utoipa::ToSchema;
use uuid::Uuid;

use super::file::About;
use super::{Import, ImportColumn, ImportFormat, ImportId, ImportJob, ImportState, ImportTask, Options, store};
use crate::columns::{Columns, DateStyle};

/// The routes of looking at imports.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(read))
}

/// The imports that are still kept.
#[derive(Debug, Serialize, ToSchema)]
struct Imports {
    /// The newest first; at most fifty are kept, each for thirty days.
    items: Vec<Import>,
}

/// The imports of this practice that are still kept, without what stands in their files.
#[utoipa::path(get, path = "/api/v1/imports", tag = "patients", responses((status = 200, body = Imports)))]
async fn list(who: Can<may::Import>) -> Result<Json<Imports>> {
    who.read(async |tx| {
        let mut items = some(tx, None).await?;
        items.iter_mut().flat_map(|item| &mut item.columns).for_each(|column| column.samples.clear());
        Ok(Json(Imports { items }))
    })
    .await
}

/// An import: what was guessed of the file, how far it is, what became of its rows.
#[utoipa::path(get, path = "/api/v1/imports/{id}", tag = "patients",
    params(("id" = Uuid, Path, description = "The import")), responses((status = 200, body = Import)))]
async fn read(who: Can<may::Import>, Path(id): Path<ImportId>) -> Result<Json<Import>> {
    who.read_recorded(async move |tx| {
        let import = find(tx, id).await?;
        tx.record_read(Look::at("import", id.uuid())).await?;
        Ok(Json(import))
    })
    .await
}

/// The import as it is shown.
///
/// # Errors
/// 404.
pub(super) async fn find(tx: &mut TenantTx, id: ImportId) -> Result<Import> {
    some(tx, Some(id)).await?.pop().ok_or_else(Error::not_found)
}

/// One, or all that are kept.
async fn some(tx: &mut TenantTx, id: Option<ImportId>) -> Result<Vec<Import>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select i.id, i.format as "format: ImportFormat", i.about, i.source,
                  i.columns as "columns: Column<Vec<Option<String>>>", i.options as "options: Column<Options>", i.rows,
                  i.state as "state: ImportState", i.task as "task: ImportTask", i.created_by, i.version, i.created_at,
                  i.updated_at, i.expires_at, i.job_id, j.state as "job_state?", j.progress_done as "done?",
                  j.progress_total, j.error
             from patients.import i left join jobs.job j on j.practice_id = i.practice_id and j.id = i.job_id
            where i.practice_id = $1 and i.expires_at > $2 and ($3::uuid is null or i.id = $3)
            order by i.created_at desc, i.id desc limit 50"#,
        practice,
        jiff_sqlx::Timestamp::from(tx.now()) as _,
        id.map(ImportId::uuid),
    )
    .fetch_all(tx.conn())
    .await?;
    let names = people::names(tx, rows.iter().filter_map(|row| row.created_by)).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut outcomes = outcomes(tx, &ids).await?;
    let known = Columns::of(tx, DateStyle::default()).await?;
    let mut imports = Vec::with_capacity(rows.len());
    for row in rows {
        let id = ImportId(row.id);
        let sealed = tx.open(store::place(id, "about"), &row.about).await?;
        let about: About = serde_json::from_slice(&sealed).map_err(Error::internal)?;
        let job = match (row.job_id, row.job_state, row.done) {
            (Some(id), Some(state), Some(done)) => {
                let state = serde_json::from_value(Value::String(state)).map_err(Error::internal)?;
                Some(ImportJob { id: JobId(id), state, done, total: row.progress_total, error: row.error })
            }
            _ => None,
        };
        let Options { contacts, dates, duplicates } = row.options.0;
        imports.push(Import {
            id,
            format: row.format,
            columns: columns(&about, row.columns.0),
            files: about.files,
            encoding: about.encoding,
            delimiter: about.delimiter,
            fields: known.names().map(str::to_owned).collect(),
            ignored: about.ignored,
            remarks: about.remarks,
            source: row.source,
            contacts,
            dates,
            duplicates,
            state: row.state,
            task: row.task,
            job,
            rows: row.rows,
            outcomes: outcomes.remove(&row.id).unwrap_or_default(),
            created_by: row.created_by.and_then(|id| names.get(&id).cloned()),
            version: row.version,
            created_at: row.created_at.to_jiff(),
            updated_at: row.updated_at.to_jiff(),
            expires_at: row.expires_at.to_jiff(),
        });
    }
    Ok(imports)
}

fn columns(about: &About, fields: Vec<Option<String>>) -> Vec<ImportColumn> {
    let samples = |at: usize| about.samples.iter().map(|row| row.get(at).cloned().unwrap_or_default()).collect();
    let column = |(at, (heading, field)): (usize, (&String, Option<String>))| ImportColumn {
        heading: heading.clone(),
        samples: samples(at),
        field,
    };
    about.headings.iter().zip(fields).enumerate().map(column).collect()
}

/// How many rows of each import have each outcome.
async fn outcomes(tx: &mut TenantTx, ids: &[Uuid]) -> Result<HashMap<Uuid, BTreeMap<String, i64>>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select import_id, outcome, count(*) as "rows!" from patients.import_row
            where practice_id = $1 and import_id = any($2) group by import_id, outcome"#,
        practice,
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut outcomes: HashMap<Uuid, BTreeMap<String, i64>> = HashMap::new();
    for row in rows {
        outcomes.entry(row.import_id).or_default().insert(row.outcome, row.rows);
    }
    Ok(outcomes)
}
