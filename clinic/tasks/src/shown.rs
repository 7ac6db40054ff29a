//! Tasks as people see them: with names, and without what the one who looks may not see.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::DateTime;
use platform::db::TenantTx;
use platform::error::Error;
use platform::guard::Can;
use platform::id::PatientId;
use platform::permission::{Permission as _, patients as may_patients};
use platform::phi::Phi;
use platform::record::Look;
use platform::{Result, people, undisclosed};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::assignee::{self, Assignable, Assignee};
use crate::due;
use crate::record::{Source, Task, TaskFields, TaskId, TaskStatus};

/// What the one who looks may see of a task.
#[derive(Clone, Copy, Debug)]
pub struct Eyes {
    patients: bool,
}

impl Eyes {
    /// Those of a caller.
    pub fn of<P>(who: &Can<P>) -> Self {
        Self { patients: who.may(may_patients::Read::NAME) }
    }

    /// That they may see patients, where one is named.
    ///
    /// # Errors
    /// 403 `task.patient_hidden`.
    pub fn may_name(self, patient: Option<PatientId>) -> Result<()> {
        if self.patients || patient.is_none() {
            return Ok(());
        }
        let text = "You may not see patients, so leave the patient of the task as it is.";
        Err(Error::forbidden_as("task.patient_hidden", text))
    }
}

/// A task as it is shown.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskItem {
    /// Its id.
    pub id: TaskId,
    /// What was entered about it.
    #[serde(flatten)]
    pub fields: TaskFields,
    /// Whom it concerns; who was merged is shown as who was kept.
    #[schema(required)]
    pub patient: Option<TaskPatient>,
    /// The name of the member, or of the practice's own role, whose it is.
    #[schema(required, value_type = Option<String>)]
    pub assignee_name: Option<Phi<String>>,
    /// Whose it was, where it is nobody's as they cannot come in any more, or their role was archived.
    #[schema(required, value_type = Option<String>)]
    pub was_assigned_to: Option<Phi<String>>,
    /// Whether it is open and too late, by the practice's clocks.
    pub overdue: bool,
    /// Whether it is done.
    pub status: TaskStatus,
    /// When it was done.
    #[schema(required)]
    pub done_at: Option<Timestamp>,
    /// Who did it.
    #[schema(required, value_type = Option<String>)]
    pub done_by: Option<Phi<String>>,
    /// What it comes of.
    pub source: Source,
    /// Who entered it.
    #[schema(required, value_type = Option<String>)]
    pub created_by: Option<Phi<String>>,
    /// Since when it is deleted.
    #[schema(required)]
    pub deleted_at: Option<Timestamp>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A patient whom a task concerns.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskPatient {
    /// Their id.
    pub id: PatientId,
    /// The practice's number for them.
    pub number: i64,
    /// Given names.
    pub given_name: String,
    /// Family name.
    #[schema(required)]
    pub family_name: Option<String>,
    /// Given names in the other script.
    #[schema(required)]
    pub given_name_other: Option<String>,
    /// Family name in the other script.
    #[schema(required)]
    pub family_name_other: Option<String>,
    /// The number to call first.
    #[schema(required)]
    pub phone: Option<String>,
}

undisclosed!(TaskItem, TaskPatient);

/// A task as it is shown to whoever changed it.
///
/// # Errors
/// 503 when the database is away.
pub async fn one(tx: &mut TenantTx, task: Task, eyes: Eyes) -> Result<TaskItem> {
    all(tx, vec![task], eyes).await?.pop().ok_or_else(Error::not_found)
}

/// Tasks as they are shown to whoever looks at them; that, and by what they were filtered, is written to the ledger.
///
/// # Errors
/// 503 when the database is away.
pub async fn looked_at(tx: &mut TenantTx, tasks: Vec<Task>, eyes: Eyes, filter: &[&str]) -> Result<Vec<TaskItem>> {
    let ids: Vec<Uuid> = tasks.iter().map(|task| task.id.uuid()).collect();
    let items = all(tx, tasks, eyes).await?;
    let patients: BTreeSet<PatientId> = items.iter().filter_map(|item| item.fields.patient_id).collect();
    let patients: Vec<PatientId> = patients.into_iter().collect();
    tx.record_read(Look::list("task", &ids, filter).of_patients(&patients)).await?;
    Ok(items)
}

/// What is to be known around tasks, asked for all of them at once.
struct Around {
    now: DateTime,
    assignable: Assignable,
    former: HashMap<Uuid, Phi<String>>,
    people: HashMap<Uuid, Phi<String>>,
    kept: HashMap<Uuid, Uuid>,
    patients: HashMap<Uuid, TaskPatient>,
}

async fn all(tx: &mut TenantTx, tasks: Vec<Task>, eyes: Eyes) -> Result<Vec<TaskItem>> {
    let around = Around::of(tx, &tasks, eyes).await?;
    Ok(tasks.into_iter().map(|task| around.shown(task)).collect())
}

impl Around {
    async fn of(tx: &mut TenantTx, tasks: &[Task], eyes: Eyes) -> Result<Self> {
        let assignable = assignee::assignable(tx).await?;
        let assignees = tasks.iter().filter_map(|task| task.fields.assignee);
        let gone: Vec<Assignee> = assignees.filter(|assignee| !assignable.has(*assignee)).collect();
        let former = assignee::former_names(tx, &gone).await?;
        let acted: Vec<Uuid> = tasks.iter().flat_map(|task| [task.done_by, task.created_by]).flatten().collect();
        let people = people::names(tx, acted.into_iter()).await?;
        let mut around = Self {
            now: due::local_now(tx).await?,
            assignable,
            former,
            people,
            kept: HashMap::new(),
            patients: HashMap::new(),
        };
        let named = tasks.iter().filter_map(|task| task.fields.patient_id).map(PatientId::uuid);
        let named: Vec<Uuid> = named.collect::<BTreeSet<_>>().into_iter().collect();
        if eyes.patients && !named.is_empty() {
            around.kept = patients::kept_as(tx, &named).await?;
            let kept: Vec<Uuid> = around.kept.values().copied().collect();
            let items = patients::items_of(tx, &kept).await?;
            around.patients = items.into_iter().map(|item| (item.id.uuid(), TaskPatient::from(item))).collect();
        }
        Ok(around)
    }

    fn shown(&self, task: Task) -> TaskItem {
        let patient = task.fields.patient_id.and_then(|id| self.patients.get(self.kept.get(&id.uuid())?)).cloned();
        let given_to = task.fields.assignee;
        let assignee = given_to.filter(|assignee| self.assignable.has(*assignee));
        let was = given_to.filter(|_| assignee.is_none());
        let late = due::too_late(task.fields.due_on, task.fields.due_time.as_deref().and_then(due::time_of_day));
        let name = |id: Option<Uuid>| id.and_then(|id| self.people.get(&id).cloned());
        TaskItem {
            id: task.id,
            fields: TaskFields { patient_id: patient.as_ref().map(|patient| patient.id), assignee, ..task.fields },
            patient,
            assignee_name: assignee.and_then(|assignee| self.assignable.name(assignee)),
            was_assigned_to: was.and_then(|was| assignee::former_name(was, &self.former)),
            overdue: task.status == TaskStatus::Open && late.is_some_and(|late| late <= self.now),
            status: task.status,
            done_at: task.done_at,
            done_by: name(task.done_by),
            source: task.source,
            created_by: name(task.created_by),
            deleted_at: task.deleted_at,
            version: task.version,
            created_at: task.created_at,
            updated_at: task.updated_at,
        }
    }
}

impl From<patients::PatientItem> for TaskPatient {
    fn from(of: patients::PatientItem) -> Self {
        Self {
            id: of.id,
            number: of.number,
            given_name: of.given_name,
            family_name: of.family_name,
            given_name_other: of.given_name_other,
            family_name_other: of.family_name_other,
            phone: of.phone,
        }
    }
}
