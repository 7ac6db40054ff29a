//! Tasks as they lie in their table.

use jiff::civil::{Date, DateTime};
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::{Error, OnConstraint as _};
use platform::id::PatientId;
use platform::{Result, undisclosed};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::assignee::Assignee;
use crate::due;
use crate::record::{Priority, Source, Task, TaskFields, TaskId, TaskStatus};

/// A row.
#[derive(FromRow)]
pub struct Row {
    id: Uuid,
    private: Vec<u8>,
    patient_id: Option<Uuid>,
    user_id: Option<Uuid>,
    role: Option<String>,
    role_id: Option<Uuid>,
    due_on: Option<jiff_sqlx::Date>,
    due_time: Option<jiff_sqlx::Time>,
    due_key: jiff_sqlx::DateTime,
    priority: Priority,
    status: TaskStatus,
    done_at: Option<jiff_sqlx::Timestamp>,
    done_by: Option<Uuid>,
    source: String,
    source_id: Option<Uuid>,
    created_by: Option<Uuid>,
    deleted_at: Option<jiff_sqlx::Timestamp>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Private {
    title: String,
    text: Option<String>,
}

undisclosed!(Row, Private);

const COLUMNS: &str = "t.id, t.private, t.patient_id, t.user_id, t.role, t.role_id, t.due_on, t.due_time, t.due_key,
    t.priority, t.status, t.done_at, t.done_by, t.source, t.source_id, t.created_by, t.deleted_at, t.version,
    t.created_at, t.updated_at";

fn place(id: Uuid) -> Place<'static> {
    Place { table: "tasks.task", column: "private", row: id }
}

impl Row {
    /// Its id.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// By what it is sorted.
    pub fn sort_value(&self, sort: &str) -> serde_json::Value {
        let instant = |at: jiff_sqlx::Timestamp| at.to_jiff().to_string().into();
        match sort {
            "doneAt" => self.done_at.map_or(serde_json::Value::Null, instant),
            "createdAt" => instant(self.created_at),
            _ => self.due_key.to_jiff().to_string().into(),
        }
    }

    /// The task, with what was sealed.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn open(self, tx: &mut TenantTx) -> Result<Task> {
        let private = tx.open(place(self.id), &self.private).await?;
        let Private { title, text } = serde_json::from_slice(&private).map_err(Error::internal)?;
        let fields = TaskFields {
            title,
            text,
            patient_id: self.patient_id.map(PatientId),
            assignee: Assignee::from_columns(self.user_id, self.role.as_deref(), self.role_id),
            due_on: self.due_on.map(|day| day.to_jiff()),
            due_time: self.due_time.map(|time| due::written(time.to_jiff())),
            priority: self.priority,
        };
        Ok(Task {
            id: TaskId(self.id),
            fields,
            status: self.status,
            done_at: self.done_at.map(|at| at.to_jiff()),
            done_by: self.done_by,
            source: Source::from_columns(&self.source, self.source_id),
            created_by: self.created_by,
            deleted_at: self.deleted_at.map(|at| at.to_jiff()),
            version: self.version,
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        })
    }
}

/// The beginning of a query of tasks `t`.
pub fn select(tx: &TenantTx) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from tasks.task t where t.practice_id = ").push_bind(tx.practice());
    query
}

/// Adds that a task `t` is late by what the practice's clocks show.
pub fn push_late(now: DateTime, query: &mut QueryBuilder<Postgres>) {
    query.push("t.due_key <= ").push_bind(jiff_sqlx::DateTime::from(now));
}

/// Adds that a task `t` is due until a day.
pub fn push_until(day: Date, query: &mut QueryBuilder<Postgres>) {
    query.push("t.due_on <= ").push_bind(jiff_sqlx::Date::from(day));
}

/// The task, deleted or not.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: TaskId) -> Result<Task> {
    one(tx, id, "").await
}

/// The task, which nobody else changes until the end of the transaction.
///
/// # Errors
/// 404.
pub async fn lock(tx: &mut TenantTx, id: TaskId) -> Result<Task> {
    one(tx, id, " for no key update").await
}

async fn one(tx: &mut TenantTx, id: TaskId, lock: &str) -> Result<Task> {
    let mut query = select(tx);
    query.push(" and t.id = ").push_bind(id.uuid()).push(lock);
    let row: Option<Row> = query.build_query_as().fetch_optional(tx.conn()).await?;
    row.ok_or_else(Error::not_found)?.open(tx).await
}

/// Writes the task, for the first time or again.
///
/// # Errors
/// 422 for a patient who does not exist.
pub async fn save(tx: &mut TenantTx, task: &Task) -> Result<()> {
    let of = &task.fields;
    let private = Private { title: of.title.clone(), text: of.text.clone() };
    let private = serde_json::to_vec(&private).map_err(Error::internal)?;
    let private = tx.seal(place(task.id.uuid()), &private).await?;
    let (practice, (user, role, own)) = (tx.practice(), of.assignee.map(Assignee::columns).unwrap_or_default());
    let instant = |at: Option<jiff::Timestamp>| at.map(jiff_sqlx::Timestamp::from);
    sqlx::query!(
        "insert into tasks.task (practice_id, id, private, patient_id, user_id, role, role_id, due_on, due_time, priority,
                status, done_at, done_by, source, source_id, created_by, deleted_at, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
         on conflict (practice_id, id) do update
            set private = $3, patient_id = $4, user_id = $5, role = $6, role_id = $7, due_on = $8, due_time = $9,
                priority = $10, status = $11, done_at = $12, done_by = $13, deleted_at = $17, version = $18,
                updated_at = $20",
        practice,
        task.id.uuid(),
        private,
        of.patient_id.map(PatientId::uuid),
        user,
        role,
        own,
        of.due_on.map(jiff_sqlx::Date::from) as _,
        of.due_time.as_deref().and_then(due::time_of_day).map(jiff_sqlx::Time::from) as _,
        of.priority as Priority,
        task.status as TaskStatus,
        instant(task.done_at) as _,
        task.done_by,
        task.source.columns().0,
        task.source.columns().1,
        task.created_by,
        instant(task.deleted_at) as _,
        task.version,
        jiff_sqlx::Timestamp::from(task.created_at) as _,
        jiff_sqlx::Timestamp::from(task.updated_at) as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("task_of_patient", || {
        Error::invalid(Vec::new()).at("/patientId", "not_found", "Choose a patient of the practice.")
    })?;
    Ok(())
}
