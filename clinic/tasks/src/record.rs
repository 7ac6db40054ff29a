//! A task from beginning to end: entered, changed, done, open again, deleted.

use garde::Validate;
use jiff::Timestamp;
use jiff::civil::Date;
use platform::change::Change as FieldsChange;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{self, Body, Path};
use platform::guard::Can;
use platform::id::PatientId;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::tasks as may;
use platform::record::{Change, Look};
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{Result, route, undisclosed, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::assignee::{self, Assignee};
use crate::due;
use crate::row;
use crate::shown::{self, Eyes, TaskItem};

platform::id!(
    /// A task.
    TaskId
);

/// The routes of single tasks.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(enter))
        .route(route!(read))
        .route(route!(change))
        .route(route!(complete))
        .route(route!(reopen))
        .route(route!(delete))
        .route(route!(restore))
}

/// Whether a task is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum TaskStatus {
    /// It is to be done.
    #[default]
    Open,
    /// It is.
    Done,
}

/// How much it matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = TaskPriority)]
pub enum Priority {
    /// As usual.
    #[default]
    Normal,
    /// More than others.
    High,
}

/// What a task comes of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = TaskSource)]
pub enum Source {
    /// Somebody entered it.
    Person,
    /// An automation did.
    Workflow {
        /// The run that did, where it is known.
        #[schema(required)]
        reference: Option<Uuid>,
    },
}

impl Source {
    /// As the columns of a row say it.
    pub(crate) fn from_columns(kind: &str, reference: Option<Uuid>) -> Self {
        if kind == "workflow" { Self::Workflow { reference } } else { Self::Person }
    }

    /// Kind and reference.
    pub(crate) fn columns(self) -> (&'static str, Option<Uuid>) {
        match self {
            Self::Person => ("person", None),
            Self::Workflow { reference } => ("workflow", reference),
        }
    }
}

/// What is entered about a task. Title and text are encrypted.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TaskFields {
    /// What is to be done.
    #[garde(length(chars, max = 200), custom(validate::line))]
    #[schema(required)]
    pub title: String,
    /// What else is to be known for it.
    #[garde(inner(length(chars, max = 5000), custom(validate::text)))]
    #[schema(required)]
    pub text: Option<String>,
    /// Whom it concerns; null as well for whoever may not see patients.
    #[garde(skip)]
    #[schema(required)]
    pub patient_id: Option<PatientId>,
    /// Whose it is; nobody's when null.
    #[garde(skip)]
    #[schema(required)]
    pub assignee: Option<Assignee>,
    /// Until which day, by the practice's clocks.
    #[garde(skip)]
    #[schema(required, format = Date, value_type = Option<String>)]
    pub due_on: Option<Date>,
    /// Until when on that day, `HH:MM`; until its end when null.
    #[garde(inner(custom(due::check)))]
    #[schema(required, example = "14:30")]
    pub due_time: Option<String>,
    /// How much it matters.
    #[garde(skip)]
    #[schema(required)]
    pub priority: Priority,
}

/// A task.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// What was entered about it.
    #[serde(flatten)]
    pub fields: TaskFields,
    /// Whether it is done.
    pub status: TaskStatus,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// Who did it, where a person or a program did.
    pub done_by: Option<Uuid>,
    /// What it comes of.
    pub source: Source,
    /// Who entered it, where a person or a program did.
    pub created_by: Option<Uuid>,
    /// Since when it is deleted.
    pub deleted_at: Option<Timestamp>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A task to be entered.
#[derive(Clone)]
pub struct NewTask {
    /// What it says.
    pub fields: TaskFields,
    /// What it comes of.
    pub source: Source,
}

undisclosed!(TaskFields, Task, NewTask);

/// Enter a task.
#[utoipa::path(post, path = "/api/v1/tasks", tag = "tasks", request_body = TaskFields,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = TaskItem)))]
async fn enter(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<TaskFields>) -> Result<Once> {
    let request = key.of("task.create", &new)?;
    let eyes = Eyes::of(&who);
    eyes.may_name(new.patient_id)?;
    who.create_once(request, async move |tx| {
        let task = create(tx, NewTask { fields: new.clone(), source: Source::Person }).await?;
        shown::one(tx, task, eyes).await
    })
    .await
}

/// A task.
#[utoipa::path(get, path = "/api/v1/tasks/{id}", tag = "tasks",
    params(("id" = Uuid, Path, description = "The task")), responses((status = 200, body = TaskItem)))]
async fn read(who: Can<may::Read>, Path(id): Path<TaskId>) -> Result<Json<TaskItem>> {
    let eyes = Eyes::of(&who);
    who.read_recorded(async move |tx| {
        let task = row::find(tx, id).await?;
        let item = shown::one(tx, task, eyes).await?;
        tx.record_read(Look::at("task", id.uuid()).of_patient(item.fields.patient_id)).await?;
        Ok(Json(item))
    })
    .await
}

/// Change a task.
#[utoipa::path(patch, path = "/api/v1/tasks/{id}", tag = "tasks", request_body = FieldsChange<TaskFields>,
    params(("id" = Uuid, Path, description = "The task")), responses((status = 200, body = TaskItem)))]
async fn change(
    who: Can<may::Write>,
    Path(id): Path<TaskId>,
    change: FieldsChange<TaskFields>,
) -> Result<Json<TaskItem>> {
    let eyes = Eyes::of(&who);
    who.write(async move |tx| {
        let before = find_at(tx, id, change.version, eyes).await?;
        if before.deleted_at.is_some() {
            return Err(deleted());
        }
        let fields = change.apply(&before.fields)?.tidied();
        if fields == before.fields {
            return shown::one(tx, before, eyes).await.map(Json);
        }
        if fields.patient_id != before.fields.patient_id {
            eyes.may_name(fields.patient_id.or(before.fields.patient_id))?;
        }
        let fields = check(tx, fields, Some(&before.fields)).await?;
        let after = Task { fields, ..before.clone() };
        let after = save(tx, &before, after, "task.changed").await?;
        shown::one(tx, after, eyes).await.map(Json)
    })
    .await
}

/// Note that a task is done.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/complete", tag = "tasks", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The task")), responses((status = 200, body = TaskItem)))]
async fn complete(who: Can<may::Write>, Path(id): Path<TaskId>, Body(at): Body<AtVersion>) -> Result<Json<TaskItem>> {
    set_status(who, id, at.version, TaskStatus::Done).await
}

/// Note that a task is to be done after all.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/reopen", tag = "tasks", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The task")), responses((status = 200, body = TaskItem)))]
async fn reopen(who: Can<may::Write>, Path(id): Path<TaskId>, Body(at): Body<AtVersion>) -> Result<Json<TaskItem>> {
    set_status(who, id, at.version, TaskStatus::Open).await
}

/// Delete a task: no list has it any more, and it can be restored.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/delete", tag = "tasks", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The task")), responses((status = 200, body = TaskItem)))]
async fn delete(who: Can<may::Write>, Path(id): Path<TaskId>, Body(at): Body<AtVersion>) -> Result<Json<TaskItem>> {
    set_deleted(who, id, at.version, true).await
}

/// Restore a deleted task as it was.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/restore", tag = "tasks", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The task")), responses((status = 200, body = TaskItem)))]
async fn restore(who: Can<may::Write>, Path(id): Path<TaskId>, Body(at): Body<AtVersion>) -> Result<Json<TaskItem>> {
    set_deleted(who, id, at.version, false).await
}

/// Enters a task in the caller's transaction, with audit entry, event, and timeline entry of its patient. Who was merged
/// counts as who was kept.
///
/// # Errors
/// 422 with the field at fault: as those of `POST /api/v1/tasks`.
pub async fn create(tx: &mut TenantTx, new: NewTask) -> Result<Task> {
    extract::check(&new.fields)?;
    let fields = check(tx, new.fields.tidied(), None).await?;
    let now = tx.now();
    let task = Task {
        id: TaskId::new(),
        fields,
        status: TaskStatus::Open,
        done_at: None,
        done_by: None,
        source: new.source,
        created_by: tx.caller().actor.id(),
        deleted_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    row::save(tx, &task).await?;
    let created = Change::created("task", task.id.uuid(), &task);
    tx.record(created.on_timeline(task.fields.patient_id, "task.created").event("task.created", 1)).await?;
    Ok(task)
}

impl TaskFields {
    /// Without blanks around what was written.
    fn tidied(mut self) -> Self {
        self.title = self.title.trim().to_owned();
        self.text = self.text.map(|text| text.trim().to_owned());
        self
    }
}

/// What a task must fit besides its form: only what was changed, as people leave and patients are deleted meanwhile.
async fn check(tx: &mut TenantTx, mut fields: TaskFields, before: Option<&TaskFields>) -> Result<TaskFields> {
    if fields.due_time.is_some() && fields.due_on.is_none() {
        return Err(Error::invalid(Vec::new()).at("/dueOn", "required", "Choose the day on which that time is."));
    }
    if let Some(id) = fields.patient_id.filter(|_| before.and_then(|before| before.patient_id) != fields.patient_id) {
        let kept = patients::kept_as(tx, &[id.uuid()]).await?.get(&id.uuid()).map_or(id, |kept| PatientId(*kept));
        if !patients::is_present(tx, kept).await? {
            return Err(Error::invalid(Vec::new()).at("/patientId", "not_found", "Choose a patient of the practice."));
        }
        fields.patient_id = Some(kept);
    }
    if let Some(assignee) = fields.assignee.filter(|_| before.and_then(|before| before.assignee) != fields.assignee) {
        assignee::assignable(tx).await?.check(assignee)?;
    }
    Ok(fields)
}

fn deleted() -> Error {
    Error::conflict("task.deleted", "This task is deleted; restore it first.")
}

async fn set_status(who: Can<may::Write>, id: TaskId, version: i32, status: TaskStatus) -> Result<Json<TaskItem>> {
    let eyes = Eyes::of(&who);
    who.write(async move |tx| {
        let before = find_at(tx, id, version, eyes).await?;
        if before.deleted_at.is_some() {
            return Err(deleted());
        }
        if before.status == status {
            return shown::one(tx, before, eyes).await.map(Json);
        }
        let after = put(tx, &before, status).await?;
        shown::one(tx, after, eyes).await.map(Json)
    })
    .await
}

async fn put(tx: &mut TenantTx, before: &Task, status: TaskStatus) -> Result<Task> {
    let (done_at, done_by, event) = match status {
        TaskStatus::Done => (Some(tx.now()), tx.caller().actor.id(), "task.completed"),
        TaskStatus::Open => (None, None, "task.reopened"),
    };
    save(tx, before, Task { status, done_at, done_by, ..before.clone() }, event).await
}

/// Notes that a task is done, in the caller's transaction; answers whether it was open.
///
/// # Errors
/// 404; 409 `task.deleted`.
pub async fn complete_now(tx: &mut TenantTx, id: TaskId) -> Result<bool> {
    let before = row::lock(tx, id).await?;
    if before.deleted_at.is_some() {
        return Err(deleted());
    }
    if before.status == TaskStatus::Done {
        return Ok(false);
    }
    put(tx, &before, TaskStatus::Done).await.map(|_| true)
}

async fn set_deleted(who: Can<may::Write>, id: TaskId, version: i32, gone: bool) -> Result<Json<TaskItem>> {
    let eyes = Eyes::of(&who);
    who.write(async move |tx| {
        let before = find_at(tx, id, version, eyes).await?;
        if before.deleted_at.is_some() == gone {
            return shown::one(tx, before, eyes).await.map(Json);
        }
        let (deleted_at, event) = if gone { (Some(tx.now()), "task.deleted") } else { (None, "task.restored") };
        let after = save(tx, &before, Task { deleted_at, ..before.clone() }, event).await?;
        shown::one(tx, after, eyes).await.map(Json)
    })
    .await
}

/// The task at this version, locked until the end of the transaction.
async fn find_at(tx: &mut TenantTx, id: TaskId, version: i32, eyes: Eyes) -> Result<Task> {
    let task = row::lock(tx, id).await?;
    if task.version == version {
        return Ok(task);
    }
    Err(Error::stale(&shown::one(tx, task, eyes).await?))
}

/// Writes a change of a task everywhere it belongs.
async fn save(tx: &mut TenantTx, before: &Task, after: Task, event: &'static str) -> Result<Task> {
    let after = Task { version: before.version + 1, updated_at: tx.now(), ..after };
    row::save(tx, &after).await?;
    let change = Change::updated("task", after.id.uuid(), before, &after);
    let patient = after.fields.patient_id.or(before.fields.patient_id);
    tx.record(change.on_timeline(patient, event).event(event, after.version)).await?;
    Ok(after)
}
