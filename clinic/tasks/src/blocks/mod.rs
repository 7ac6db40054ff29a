//! What this area offers to workflows: something for people to do, what becomes of it, and when it is due.

mod subject;

use automation::block::{Action, Blocks, Call, Field, Kind, Run, Trigger, missing};
use futures::future::BoxFuture;
use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::{PatientId, UserId};
use platform::permission::Role;
use serde_json::{Value, json};

use crate::assignee::Assignee;
use crate::due;
use crate::record::{NewTask, Priority, Source, TaskFields, TaskId, complete_now, create};

/// Everything.
#[must_use]
pub fn blocks() -> Blocks {
    Blocks {
        subjects: vec![&subject::TASK],
        triggers: TRIGGERS.iter().collect(),
        actions: vec![&CREATE, &COMPLETE],
        ..Blocks::default()
    }
}

/// That one is overdue is the date `due` of it, with no offset.
static TRIGGERS: [Trigger; 4] = [
    Trigger { event: "task.created", subject: "task" },
    Trigger { event: "task.changed", subject: "task" },
    Trigger { event: "task.completed", subject: "task" },
    Trigger { event: "task.reopened", subject: "task" },
];

const DAY: i64 = 24 * 60;
const TEN_YEARS: i64 = 3650 * DAY;

/// A task about the patient of the run, unless it is about somebody else; for a person, else for a role, else nobody's.
static CREATE: Action = Action {
    name: "task.create",
    permission: "tasks.write",
    fields: &[
        Field::new("title", Kind::Text, r#""Call back""#).required().sensitive(),
        Field::new("text", Kind::LongText, r#""They asked about braces.""#).sensitive(),
        Field::new("role", Kind::Choice(&Role::NAMES), r#""receptionist""#),
        Field::new("memberId", Kind::Ref("member"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
        Field::new("dueMinutes", Kind::Minutes, "1440"),
        Field::new("priority", Kind::Choice(&["normal", "high"]), r#""normal""#),
        Field::new("patientId", Kind::Ref("patient"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    ],
    gives: &[
        Field::new("taskId", Kind::Ref("task"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
        Field::new("dueOn", Kind::Date, r#""2026-11-30""#),
    ],
    run: Run::Inside(make),
};

/// One that is done already stays so.
static COMPLETE: Action = Action {
    name: "task.complete",
    permission: "tasks.write",
    fields: &[Field::new("taskId", Kind::Ref("task"), r#""{{ task.id }}""#).required()],
    gives: &[Field::new("changed", Kind::Boolean, "true")],
    run: Run::Inside(complete),
};

fn complete<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let changed =
            complete_now(tx, TaskId(call.id("taskId")?)).await.map_err(|error| match error.status().as_u16() {
                404 => Error::invalid(Vec::new()).at("/taskId", "not_found", "Choose a task of the practice."),
                _ => error,
            })?;
        Ok(json!({ "changed": changed }))
    })
}

fn make<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let minutes = call.input.get("dueMinutes").filter(|minutes| !minutes.is_null());
        let due = match minutes {
            Some(minutes) => Some(until(tx, minutes.as_i64().ok_or_else(|| missing("dueMinutes"))?).await?),
            None => None,
        };
        let mut fields = TaskFields {
            title: call.text("title").unwrap_or_default().to_owned(),
            text: call.text("text").map(str::to_owned),
            patient_id: patient(call)?,
            assignee: assignee(call)?,
            due_on: due.map(|(day, _)| day),
            due_time: due.and_then(|(_, time)| time).map(due::written),
            priority: if call.text("priority") == Some("high") { Priority::High } else { Priority::Normal },
        };
        if call.test {
            fields.title = format!("[Test] {}", fields.title);
        }
        let task = create(tx, NewTask { fields, source: Source::Workflow { reference: Some(call.run) } }).await?;
        Ok(json!({ "taskId": task.id, "dueOn": due.map(|(day, _)| day) }))
    })
}

/// Whom it is about: who was named, else the patient of the run.
fn patient(call: &Call) -> Result<Option<PatientId>> {
    let named = call.text("patientId").map(|_| call.id("patientId")).transpose()?;
    Ok(named.or(call.patient).map(PatientId))
}

fn assignee(call: &Call) -> Result<Option<Assignee>> {
    if call.text("memberId").is_some() {
        return Ok(Some(Assignee::Person { id: UserId(call.id("memberId")?) }));
    }
    let role = call.text("role").map(|name| Role::from_name(name).ok_or_else(|| missing("role"))).transpose()?;
    Ok(role.map(|role| Assignee::Role { role }))
}

/// Until when, by the practice's clocks: what is due within a day has a time, and the rest of a day is enough for what is
/// due later.
async fn until(tx: &mut TenantTx, minutes: i64) -> Result<(Date, Option<Time>)> {
    let far = (0..=TEN_YEARS).contains(&minutes).then_some(minutes).ok_or_else(|| missing("dueMinutes"))?;
    let then = due::local_now(tx).await?.saturating_add(far.minutes());
    Ok((then.date(), (far < DAY).then(|| then.time())))
}
