//! Importing cases: a file is given, its columns are matched with the fields, every row is judged at once, and a run enters
//! those that are right. A row is entered as a whole or not at all.

mod judge;
mod rows;
mod store;
#[cfg(test)]
mod tests;
mod upload;
mod work;

use std::collections::BTreeMap;

use garde::Validate;
use jiff::Timestamp;
use patients::files::DateStyle;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::{Error, FieldError};
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::jobs::{JobId, JobKind, JobState};
use platform::permission::cases as may;
use platform::record::{Change, Look};
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{CallWorkflowId, workflow};

platform::id!(
    /// An import of cases.
    CaseImportId
);

/// The routes of imports.
pub fn routes() -> Routes {
    upload::routes().merge(rows::routes()).route(route!(read)).route(route!(change)).route(route!(run))
}

/// The job that enters the rows of an import.
pub const JOB: JobKind = JobKind { name: "voice.import_cases", max_attempts: 3, run: |job| Box::pin(work::run(job)) };

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[schema(as = CaseImportState)]
pub enum ImportState {
    /// Every row is judged; it may be run.
    Checked,
    /// A job enters its rows, or was stopped; run it again then.
    Running,
    /// It has been run.
    Entered,
}

/// What becomes of a row, or became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[schema(as = CaseRowOutcome)]
pub enum RowOutcome {
    /// Something is wrong; it will not be entered.
    Fault,
    /// It will be a new case.
    Create,
    /// It is left out: there is a case, or an earlier row, with the same values of all required fields.
    Duplicate,
    /// It is a new case.
    Created,
}

/// An import of cases.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CaseImport {
    /// Its id.
    id: CaseImportId,
    /// Of which call workflow.
    call_workflow_id: CallWorkflowId,
    /// The file's columns, and which field each of them is.
    columns: Vec<CaseColumn>,
    /// In which order day and month are written.
    dates: DateStyle,
    /// How the text was encoded, such as `windows-1256`.
    #[schema(required)]
    encoding: Option<String>,
    /// What stands between the cells of a CSV file.
    #[schema(required, value_type = Option<String>)]
    delimiter: Option<char>,
    /// How far it is.
    state: ImportState,
    /// The newest job.
    #[schema(required)]
    job: Option<CaseImportJob>,
    /// How many rows there are.
    rows: i32,
    /// How many of each outcome.
    outcomes: BTreeMap<String, i64>,
    /// Goes up with each change.
    version: i32,
    /// When it was given.
    created_at: Timestamp,
    /// When file and report are deleted.
    expires_at: Timestamp,
}

/// A column of the file.
#[derive(Clone, Serialize, ToSchema)]
struct CaseColumn {
    /// Its heading.
    heading: String,
    /// Key of the field that it is; null for none.
    #[schema(required)]
    field: Option<String>,
}

/// How far the job is.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct CaseImportJob {
    /// Its id.
    id: JobId,
    /// How it stands.
    state: JobState,
    /// Rows done.
    done: i64,
    /// Rows in all.
    #[schema(required)]
    total: Option<i64>,
}

undisclosed!(CaseImport, CaseColumn);

/// How an import is to be read; what is left out stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CaseImportChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    /// The field of each column by its key, in the order of the file; null for none.
    #[garde(inner(length(max = 200)))]
    columns: Option<Vec<Option<String>>>,
    /// In which order day and month are written.
    #[garde(skip)]
    dates: Option<DateStyle>,
}

/// An import: which field each column is, what became of its rows.
#[utoipa::path(get, path = "/api/v1/case-imports/{id}", tag = "voice",
    params(("id" = Uuid, Path, description = "The import")), responses((status = 200, body = CaseImport)))]
async fn read(who: Can<may::Import>, Path(id): Path<CaseImportId>) -> Result<Json<CaseImport>> {
    who.read_recorded(async move |tx| {
        let import = store::shown(tx, id).await?;
        tx.record_read(Look::at("case_import", id.uuid())).await?;
        Ok(Json(import))
    })
    .await
}

/// Say which field each column is. Every row is judged anew.
#[utoipa::path(patch, path = "/api/v1/case-imports/{id}", tag = "voice", request_body = CaseImportChange,
    params(("id" = Uuid, Path, description = "The import")), responses((status = 200, body = CaseImport)))]
async fn change(
    who: Can<may::Import>,
    Path(id): Path<CaseImportId>,
    Body(change): Body<CaseImportChange>,
) -> Result<Json<CaseImport>> {
    who.write(async move |tx| {
        let mut import = at(tx, id, change.version).await?;
        if import.state != ImportState::Checked {
            return Err(begun());
        }
        let (_, schema) = workflow::schema(tx, import.workflow, false).await?;
        if let Some(columns) = &change.columns {
            fit(columns, &import, &schema)?;
            import.columns.clone_from(columns);
        }
        import.dates = change.dates.unwrap_or(import.dates);
        import.version += 1;
        store::save(tx, &import).await?;
        let rows = store::all_rows(tx, id).await?;
        let verdicts = judge::judge(tx, &import, &schema, &rows).await?;
        store::save_verdicts(tx, id, &verdicts).await?;
        tx.record(Change::done("check", "case_import", id.uuid())).await?;
        store::shown(tx, id).await.map(Json)
    })
    .await
}

/// Enter the rows that were found right. After a run that was stopped: go on with the rest.
#[utoipa::path(post, path = "/api/v1/case-imports/{id}/run", tag = "voice", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The import")), responses((status = 200, body = CaseImport)))]
async fn run(
    who: Can<may::Import>,
    Path(id): Path<CaseImportId>,
    Body(wanted): Body<AtVersion>,
) -> Result<Json<CaseImport>> {
    who.write(async move |tx| {
        let mut import = at(tx, id, wanted.version).await?;
        if import.state == ImportState::Entered {
            return Err(begun());
        }
        let work = work::Work { import: id, by: tx.caller().actor.id() };
        import.job = Some(tx.enqueue(&JOB, &work, Some(&id.to_string())).await?.uuid());
        import.state = ImportState::Running;
        import.version += 1;
        store::save(tx, &import).await?;
        tx.record(Change::done("run", "case_import", id.uuid()).with(json!({ "rows": import.rows }))).await?;
        store::shown(tx, id).await.map(Json)
    })
    .await
}

/// The import at this version, locked until the end of the transaction.
async fn at(tx: &mut TenantTx, id: CaseImportId, version: i32) -> Result<store::Stored> {
    let import = store::lock(tx, id).await?;
    check_version(version, import.version, &store::shown(tx, id).await?)?;
    Ok(import)
}

/// That there is a field for each column, and no field for two.
fn fit(columns: &[Option<String>], import: &store::Stored, schema: &dialogue::Schema) -> Result<()> {
    if columns.len() != import.about.headings.len() {
        let fault = FieldError::new("/columns", "length", "Say of each column of the file which field it is, or null.");
        return Err(Error::invalid(vec![fault]));
    }
    let wrong = |(place, key): (usize, &Option<String>)| {
        let key = key.as_ref()?;
        let (code, message) = if columns[..place].contains(&Some(key.clone())) {
            ("duplicate", "Another column is this field already.")
        } else if schema.field(key).is_none() {
            ("unknown", "There is no such field.")
        } else {
            return None;
        };
        Some(FieldError::new(format!("/columns/{place}"), code, message))
    };
    let faults: Vec<FieldError> = columns.iter().enumerate().filter_map(wrong).collect();
    if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
}

fn begun() -> Error {
    Error::conflict("case_import.begun", "This import is being entered, or was; give the file anew to change it.")
}
