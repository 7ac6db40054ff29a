//! Entering what was found right: batch after batch of rows, each in one transaction.

use platform::Result;
use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::jobs::JobRun;
use platform::record::Change;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::judge::{self, Verdict};
use super::{CaseImportId, ImportState, RowOutcome, store};
use crate::case::{CallStatus, Case, enter_all, values};
use crate::{CaseId, workflow};

/// Rows of a batch.
const BATCH: i64 = 200;

/// What a job is to do.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Work {
    /// With which import.
    pub import: CaseImportId,
    /// Who asked for it.
    pub by: Option<Uuid>,
}

impl Work {
    /// What the ledger says of each case.
    fn detail(self) -> Value {
        json!({ "import": self.import, "by": self.by })
    }
}

/// Does the work of a job.
///
/// # Errors
/// 503 when the database is away; `job.cancelled` when it was stopped: what is done stays done.
pub async fn run(job: JobRun) -> Result<()> {
    let work: Work = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
    let caller = Caller::system(job.practice);
    let total = job.app.door.read(&caller, async move |tx| waiting(tx, work.import).await).await?;
    let mut done = 0;
    job.progress(done, Some(total)).await?;
    loop {
        let entered = job.app.door.write(&caller, async move |tx| batch(tx, work).await).await?;
        if entered == 0 {
            return Ok(());
        }
        done += entered;
        job.progress(done, Some(total)).await?;
    }
}

async fn waiting(tx: &mut TenantTx, id: CaseImportId) -> Result<i64> {
    let practice = tx.practice();
    let waiting = sqlx::query_scalar!(
        r#"select count(*) as "rows!" from voice.case_import_row
            where practice_id = $1 and import_id = $2 and outcome = 'create'"#,
        practice,
        id.uuid(),
    );
    Ok(waiting.fetch_one(tx.conn()).await?)
}

/// The next rows, by the fields as they are now; how many those were. Without any, the import is entered.
async fn batch(tx: &mut TenantTx, work: Work) -> Result<i64> {
    let mut import = store::lock(tx, work.import).await?;
    let rows = store::next_rows(tx, work.import, BATCH).await?;
    if rows.is_empty() {
        import.state = ImportState::Entered;
        import.version += 1;
        store::save(tx, &import).await?;
        tx.record(Change::done("finish", "case_import", work.import.uuid()).with(work.detail())).await?;
        return Ok(0);
    }
    let (version, schema) = workflow::schema(tx, import.workflow, true).await?;
    let country = patients::country(tx).await?;
    let (mut cases, mut verdicts) = (Vec::new(), Vec::new());
    for row in &rows {
        let (outcome, report, case) = match judge::said(&import, &schema, row, &country) {
            Err(report) => (RowOutcome::Fault, report, None),
            Ok(said) => {
                let (private, fields) = said.into_iter().partition(|(key, _)| values::is_sensitive(&schema, key));
                let case = Case {
                    id: CaseId::new(),
                    workflow: import.workflow,
                    patient: None,
                    schema_version: version,
                    fields,
                    private,
                    call_status: CallStatus::NotStarted,
                    calls: 0,
                    last_call_at: None,
                    deleted_at: None,
                    version: 1,
                    created_at: tx.now(),
                    updated_at: tx.now(),
                };
                let id = case.id.uuid();
                cases.push(case);
                (RowOutcome::Created, Vec::new(), Some(id))
            }
        };
        verdicts.push(Verdict { number: row.number, outcome, report, case });
    }
    store::save_verdicts(tx, work.import, &verdicts).await?;
    enter_all(tx, &schema, &cases, work.detail()).await?;
    i64::try_from(rows.len()).map_err(Error::internal)
}
