//! An import from the command line: the same reading, the same dry run, the same entering, without a job.

use std::collections::BTreeMap;

use platform::db::Caller;
use platform::{App, Result};
use uuid::Uuid;

use super::file::{self, Hints};
use super::store::{self, Stored};
use super::work::{self, Hears, Work};
use super::{Duplicates, ImportId, ImportTask, RowOutcome, tasks};

/// What is asked for.
pub struct FileImport {
    /// The file; several files of FHIR one behind the other.
    pub bytes: Vec<u8>,
    /// Names of the files.
    pub names: Vec<String>,
    /// Who asks, for the ledger.
    pub by: Option<Uuid>,
    /// Only to see what would become of it.
    pub dry_run: bool,
    /// What happens to duplicates.
    pub duplicates: Duplicates,
    /// How the text is encoded, where the file does not say it.
    pub encoding: Option<String>,
}

platform::undisclosed!(FileImport);

/// Imports a file, and tells how far it is and what became of its rows.
///
/// # Errors
/// What is wrong with the file as a whole; 503 when the database is away.
pub async fn import_file(app: &App, caller: &Caller, asked: FileImport, print: fn(&str)) -> Result<()> {
    let FileImport { bytes, names, by, dry_run, duplicates, encoding } = asked;
    let mut file = file::read(&bytes, &Hints { encoding, delimiter: None })?;
    file.about.files = names;
    let import = app
        .door
        .write(caller, async move |tx| {
            let id = store::add(tx, &file).await?;
            let mut import = store::find(tx, id, true).await?;
            import.options.duplicates = duplicates;
            import.created_by = by;
            store::save(tx, &import).await?;
            Ok(import)
        })
        .await?;
    let id = import.id;
    tell_columns(&import, print);
    for task in [ImportTask::Check, ImportTask::Run].into_iter().take(if dry_run { 1 } else { 2 }) {
        app.door
            .write(caller, async move |tx| {
                let before = store::find(tx, id, true).await?;
                tasks::begin(tx, before, task).await
            })
            .await?;
        work::go(app.clone(), caller.clone(), Work { import: id, task, by }, Hears::Terminal(print)).await?;
    }
    tell_rows(app, caller, id, print).await
}

fn tell_columns(import: &Stored, print: fn(&str)) {
    for (heading, column) in import.about.headings.iter().zip(&import.columns) {
        print(&format!("{heading} → {}", column.as_deref().unwrap_or("(left out)")));
    }
}

/// How many rows of each outcome, and what is wrong with those that are not entered: never what they say.
async fn tell_rows(app: &App, caller: &Caller, id: ImportId, print: fn(&str)) -> Result<()> {
    let (practice, fault) = (caller.practice.uuid(), RowOutcome::Fault.word());
    let rows = app
        .door
        .read(caller, async move |tx| {
            Ok(sqlx::query!(
                r#"select number, outcome, case when outcome = $3 then report end as "report?" from patients.import_row
                    where practice_id = $1 and import_id = $2 order by number"#,
                practice,
                id.uuid(),
                fault,
            )
            .fetch_all(tx.conn())
            .await?)
        })
        .await?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        for note in row.report.iter().filter_map(|report| report.as_array()).flatten() {
            let word = |name: &str| note[name].as_str().unwrap_or_default().to_owned();
            print(&format!("row {}: {} {}", row.number, word("field"), word("code")));
        }
        *counts.entry(row.outcome).or_default() += 1;
    }
    for (outcome, count) in counts {
        print(&format!("{outcome}: {count}"));
    }
    Ok(())
}
