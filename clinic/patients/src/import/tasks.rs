//! The steps of an import: dry run, run, cancel, undo; and deleting the file.

use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::jobs::JobId;
use platform::permission::patients as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{Result, route};
use serde_json::json;

use super::store::{self, Stored};
use super::work::Work;
use super::{Import, ImportFormat, ImportId, ImportState, ImportTask, JOB, list};

/// The routes of the steps.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(check))
        .route(route!(run))
        .route(route!(cancel))
        .route(route!(undo))
        .route(route!(delete))
}

/// Look at every row without entering anything: what is wrong with it, and whom the practice has already.
#[utoipa::path(post, path = "/api/v1/imports/{id}/check", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The import")), responses((status = 200, body = Import)))]
async fn check(who: Can<may::Import>, Path(id): Path<ImportId>, Body(at): Body<AtVersion>) -> Result<Json<Import>> {
    who.write(async move |tx| start(tx, id, at.version, ImportTask::Check).await).await.map(Json)
}

/// Enter the rows that were found right by a dry run of the same columns and options. After a run that was cancelled:
/// go on with the rest.
#[utoipa::path(post, path = "/api/v1/imports/{id}/run", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The import")), responses((status = 200, body = Import)))]
async fn run(who: Can<may::Import>, Path(id): Path<ImportId>, Body(at): Body<AtVersion>) -> Result<Json<Import>> {
    who.write(async move |tx| start(tx, id, at.version, ImportTask::Run).await).await.map(Json)
}

/// Take the whole import back: whom it entered is deleted, whom it changed is as before; who was changed since stays, and
/// the row says so. Deleted patients can be restored one by one.
#[utoipa::path(post, path = "/api/v1/imports/{id}/undo", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The import")), responses((status = 200, body = Import)))]
async fn undo(who: Can<may::Import>, Path(id): Path<ImportId>, Body(at): Body<AtVersion>) -> Result<Json<Import>> {
    who.write(async move |tx| start(tx, id, at.version, ImportTask::Undo).await).await.map(Json)
}

/// Stop what is under way, at its next hundred rows. What a run has entered until then stays: run again to go on, or undo
/// to take it back.
#[utoipa::path(post, path = "/api/v1/imports/{id}/cancel", tag = "patients",
    params(("id" = Uuid, Path, description = "The import")), responses((status = 200, body = Import)))]
async fn cancel(who: Can<may::Import>, Path(id): Path<ImportId>) -> Result<Json<Import>> {
    who.write(async move |tx| {
        let import = store::find(tx, id, true).await?;
        if let Some(job) = import.job {
            tx.cancel_job(JobId(job)).await?;
        }
        tx.record(Change::done("cancel", "import", id.uuid())).await?;
        list::find(tx, id).await
    })
    .await
    .map(Json)
}

/// Delete the file and what was said of its rows. Patients that were entered stay; they can no longer be taken back all
/// at once.
#[utoipa::path(post, path = "/api/v1/imports/{id}/delete", tag = "patients", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The import")), responses((status = 200, body = Import)))]
async fn delete(who: Can<may::Import>, Path(id): Path<ImportId>, Body(at): Body<AtVersion>) -> Result<Json<Import>> {
    who.write(async move |tx| {
        let import = store::find(tx, id, true).await?;
        let shown = list::find(tx, id).await?;
        check_version(at.version, import.version, &shown)?;
        is_busy(tx, &import).await?;
        let practice = tx.practice();
        sqlx::query!("delete from patients.import where practice_id = $1 and id = $2", practice, id.uuid())
            .execute(tx.conn())
            .await?;
        tx.record(Change::done("delete", "import", id.uuid()).event("import.deleted", import.version + 1)).await?;
        Ok(Json(shown))
    })
    .await
}

async fn start(tx: &mut TenantTx, id: ImportId, version: i32, task: ImportTask) -> Result<Import> {
    let before = store::find(tx, id, true).await?;
    check_version(version, before.version, &list::find(tx, id).await?)?;
    let after = begin(tx, before, task).await?;
    let work = Work { import: id, task, by: tx.caller().actor.id() };
    let job = tx.enqueue(&JOB, &work, Some(&id.to_string())).await?;
    store::save(tx, &Stored { job: Some(job.uuid()), ..after }).await?;
    list::find(tx, id).await
}

/// Writes that a task begins, where that is the next step.
///
/// # Errors
/// 409 when it is not, 422 when the columns do not say what a patient is called.
pub async fn begin(tx: &mut TenantTx, before: Stored, task: ImportTask) -> Result<Stored> {
    is_busy(tx, &before).await?;
    let run_stopped = before.task == Some(ImportTask::Run);
    match task {
        ImportTask::Check => {
            if before.state == ImportState::Entered {
                return Err(begun());
            }
            must_not_have_begun(tx, before.id).await?;
            must_name(&before)?;
        }
        ImportTask::Run if before.state != ImportState::Checked => {
            return Err(Error::conflict("import.unchecked", "Check the import as it is now before you run it."));
        }
        ImportTask::Undo if before.state != ImportState::Entered && !run_stopped => {
            return Err(Error::conflict(
                "import.not_entered",
                "Nothing of this import was entered, or it is undone already.",
            ));
        }
        ImportTask::Run | ImportTask::Undo => {}
    }
    let state = if task == ImportTask::Check { ImportState::Open } else { before.state };
    // whoever begins to take back a run that had stopped must finish that
    let state = if task == ImportTask::Undo { ImportState::Entered } else { state };
    let after = Stored { state, task: Some(task), version: before.version + 1, ..before };
    store::save(tx, &after).await?;
    let began = Change::done("begin", "import", after.id.uuid()).with(json!({ "task": task }));
    tx.record(began.event("import.changed", after.version)).await?;
    Ok(after)
}

/// A table must say what patients are called.
fn must_name(import: &Stored) -> Result<()> {
    let names = |column: &Option<String>| matches!(column.as_deref(), Some("givenName" | "fullName"));
    if import.format == ImportFormat::Fhir || import.columns.iter().any(names) {
        return Ok(());
    }
    Err(Error::invalid(Vec::new()).at("/columns", "required", "Say which column has the name: givenName or fullName."))
}

/// That no job is at it.
///
/// # Errors
/// 409 `import.busy`.
pub async fn is_busy(tx: &mut TenantTx, import: &Stored) -> Result<()> {
    let practice = tx.practice();
    let job = sqlx::query_scalar!(
        "select 1 from jobs.job where practice_id = $1 and id = $2 and state in ('queued', 'running')",
        practice,
        import.job,
    );
    match job.fetch_optional(tx.conn()).await? {
        Some(_) => Err(Error::conflict("import.busy", "This import is being worked on; wait, or cancel that first.")),
        None => Ok(()),
    }
}

/// That nothing of it is entered.
///
/// # Errors
/// 409 `import.begun`.
pub async fn must_not_have_begun(tx: &mut TenantTx, id: ImportId) -> Result<()> {
    let practice = tx.practice();
    let entered = sqlx::query_scalar!(
        "select 1 from patients.import_row
          where practice_id = $1 and import_id = $2 and outcome in ('created', 'updated') limit 1",
        practice,
        id.uuid(),
    );
    if entered.fetch_optional(tx.conn()).await?.is_some() { Err(begun()) } else { Ok(()) }
}

fn begun() -> Error {
    Error::conflict("import.begun", "Some of this import is entered already; undo it first, or give the file anew.")
}
