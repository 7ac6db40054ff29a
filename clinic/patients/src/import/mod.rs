//! Importing patients: a file is given, its columns are matched with a patient's, a dry run says of each row what would
//! become of it, a run enters them, and the whole can be taken back.
//!
//! What is not right is never half-entered: a row is entered as a whole or not at all. A run that is cancelled keeps what
//! it has entered; running it again goes on behind that, and undoing takes it back.

mod change;
mod command;
mod fhir;
mod file;
mod judge;
mod kin;
mod list;
mod rows;
mod store;
mod tasks;
#[cfg(test)]
mod tests;
mod undo;
mod upload;
mod verdicts;
mod work;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use platform::jobs::{JobId, JobKind, JobState, Schedule};
use platform::phi::Phi;
use platform::routes::Routes;
use platform::undisclosed;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::columns::Contacts;
use crate::columns::DateStyle;
pub use command::{FileImport, import_file};
pub use file::{Hints, ImportFormat, Remark, Table, read_table};

platform::id!(
    /// An import.
    ImportId
);

/// The routes of imports.
pub fn routes() -> Routes {
    upload::routes().merge(list::routes()).merge(change::routes()).merge(tasks::routes()).merge(rows::routes())
}

/// The job that works on an import.
pub const JOB: JobKind = JobKind { name: "patients.import", max_attempts: 3, run: |job| Box::pin(work::run(job)) };

/// What was given goes after its days.
pub const SWEEP: Schedule = Schedule {
    name: "patients.sweep_imports",
    every: Duration::from_secs(3600),
    run: |app| {
        Box::pin(async move {
            let mut tx = app.db().worker().await?;
            sqlx::query!("select claim.sweep_imports($1)", jiff_sqlx::Timestamp::from(app.now()) as _)
                .fetch_one(tx.conn())
                .await?;
            tx.commit().await
        })
    },
};

/// What happens to a row that is likely somebody whom the practice has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Duplicates {
    /// It is left out.
    #[default]
    Skip,
    /// It is entered all the same.
    Create,
    /// What it says is put into the record that there is; what it leaves empty stays, and numbers, addresses, alerts and
    /// tags are added.
    Update,
}

/// How the rows of an import are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// What happens with numbers and addresses that are none.
    pub contacts: Contacts,
    /// In which order day and month are written.
    pub dates: DateStyle,
    /// What happens to duplicates.
    pub duplicates: Duplicates,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum ImportState {
    /// It may be matched and checked.
    Open,
    /// A dry run has said what would become of each row; it may be run.
    Checked,
    /// It has been run.
    Entered,
    /// It has been taken back.
    Undone,
}

/// What a job does with an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum ImportTask {
    /// The dry run.
    Check,
    /// Entering.
    Run,
    /// Taking back.
    Undo,
}

/// What becomes of a row, or became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum RowOutcome {
    /// Not looked at yet.
    Waiting,
    /// Something is wrong; it will not be entered.
    Fault,
    /// It will be a new patient.
    Create,
    /// It will change somebody whom the practice has.
    Update,
    /// It will be left out: the practice has this patient.
    Skip,
    /// It is a new patient.
    Created,
    /// It has changed somebody.
    Updated,
    /// It was left out.
    Skipped,
    /// What it had entered was taken back.
    Undone,
    /// What it had entered was changed since, and stays.
    Kept,
}

/// An import.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Import {
    /// Its id.
    id: ImportId,
    /// What kind of file.
    format: ImportFormat,
    /// Names of the files.
    files: Vec<String>,
    /// How the text was encoded, such as `windows-1256`.
    #[schema(required)]
    encoding: Option<String>,
    /// What stands between the cells of a CSV file.
    #[schema(required, value_type = Option<String>)]
    delimiter: Option<char>,
    /// The file's columns, and which one of a patient each of them is. None for FHIR, which says it itself.
    columns: Vec<ImportColumn>,
    /// Names of the patient's columns that may be chosen.
    fields: Vec<String>,
    /// How many resources of FHIR that are none of a patient were left out, by type.
    ignored: BTreeMap<String, u32>,
    /// What somebody should look at.
    remarks: Vec<Remark>,
    /// Within what ids of the other system are unique: a row of a source is entered once.
    source: String,
    /// What happens with numbers and addresses that are none.
    contacts: Contacts,
    /// In which order day and month are written.
    dates: DateStyle,
    /// What happens to duplicates.
    duplicates: Duplicates,
    /// How far it is.
    state: ImportState,
    /// What a job is at; or was at when it stopped, if `job` is not queued and not running.
    #[schema(required)]
    task: Option<ImportTask>,
    /// The newest job.
    #[schema(required)]
    job: Option<ImportJob>,
    /// How many rows there are.
    rows: i32,
    /// How many of each outcome.
    outcomes: BTreeMap<String, i64>,
    /// Who gave the file.
    #[schema(required, value_type = Option<String>)]
    created_by: Option<Phi<String>>,
    /// Goes up with each change.
    version: i32,
    /// When it was given.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
    /// When file and report are deleted; until then it can be undone.
    expires_at: Timestamp,
}

/// A column of the file.
#[derive(Clone, Serialize, ToSchema)]
struct ImportColumn {
    /// Its heading.
    heading: String,
    /// What stands in it in the first rows.
    samples: Vec<String>,
    /// Which column of a patient it is; null for none.
    #[schema(required)]
    field: Option<String>,
}

/// How far the job is.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ImportJob {
    /// Its id.
    id: JobId,
    /// How it stands.
    state: JobState,
    /// Rows done.
    done: i64,
    /// Rows in all.
    #[schema(required)]
    total: Option<i64>,
    /// Code of the last failure.
    #[schema(required)]
    error: Option<String>,
}

undisclosed!(Import, ImportColumn);
