//! A task, as workflows see one.

use std::collections::HashMap;

use automation::block::{DateOf, DueQuery, Field, Kind, Subject, fields};
use futures::future::BoxFuture;
use jiff::Timestamp;
use patients::blocks::{BELOW, known};
use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;
use platform::permission::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::assignee::{Assignee, assignable};
use crate::record::{Source, Task, TaskStatus};
use crate::row::{self, Row};

const OWN: [Field; 14] = [
    Field::new("id", Kind::Ref("task"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    Field::new("title", Kind::Text, r#""Call back""#).sensitive(),
    Field::new("text", Kind::LongText, r#""They asked about braces.""#).sensitive(),
    Field::new("status", Kind::Choice(&["open", "done"]), r#""open""#),
    Field::new("priority", Kind::Choice(&["normal", "high"]), r#""normal""#),
    Field::new("dueOn", Kind::Date, r#""2026-11-30""#),
    // when it is too late
    Field::new("due", Kind::Instant, r#""2026-11-30T21:00:00Z""#),
    Field::new("overdue", Kind::Boolean, "false"),
    Field::new("role", Kind::Choice(&Role::NAMES), r#""receptionist""#),
    Field::new("member", Kind::Ref("member"), "null"),
    // of the member, or of the practice's own role
    Field::new("assigneeName", Kind::Text, "null").sensitive(),
    Field::new("source", Kind::Choice(&["person", "workflow"]), r#""person""#),
    Field::new("createdAt", Kind::Instant, r#""2026-11-29T08:00:00Z""#),
    Field::new("doneAt", Kind::Instant, "null"),
];

static FIELDS: [Field; OWN.len() + BELOW.len()] = fields(&[&OWN, &BELOW]);

/// The task. One that was deleted is not seen.
pub static TASK: Subject = Subject {
    name: "task",
    permission: "tasks.read",
    fields: &FIELDS,
    load,
    dates: &[DateOf { field: "due", due }],
    find: None,
    filters: &[],
    patient: Some("patient.id"),
};

fn load<'a>(tx: &'a mut TenantTx, ids: &'a [Uuid]) -> BoxFuture<'a, Result<HashMap<Uuid, Value>>> {
    Box::pin(async move {
        let mut query = row::select(tx);
        query.push(" and t.deleted_at is null and t.id = any(").push_bind(ids.to_vec()).push(")");
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let mut tasks = Vec::with_capacity(rows.len());
        for row in rows {
            tasks.push(row.open(tx).await?);
        }
        let (now, until) = (tx.now(), instants(tx, ids).await?);
        let assignable = assignable(tx).await?;
        let people: Vec<Uuid> = tasks.iter().filter_map(|task| task.fields.patient_id).map(PatientId::uuid).collect();
        let patients = known(tx, &people).await?;
        let shown = tasks.into_iter().map(|task| {
            let whose = task.fields.assignee.filter(|assignee| assignable.has(*assignee));
            let patient = task.fields.patient_id.and_then(|id| patients.get(&id.uuid())).map(|known| &known.value);
            let (id, due) = (task.id.uuid(), until.get(&task.id.uuid()).copied());
            let mut value = shown(&task, due, now, whose);
            value["assigneeName"] = json!(whose.and_then(|whose| assignable.name(whose)));
            value["patient"] = json!(patient);
            (id, value)
        });
        Ok(shown.collect())
    })
}

fn shown(task: &Task, due: Option<Timestamp>, now: Timestamp, whose: Option<Assignee>) -> Value {
    let (member, role, _) = whose.map(Assignee::columns).unwrap_or_default();
    json!({
        "id": task.id,
        "title": task.fields.title,
        "text": task.fields.text,
        "status": task.status,
        "priority": task.fields.priority,
        "dueOn": task.fields.due_on,
        "due": due.map(|due| due.to_string()),
        "overdue": task.status == TaskStatus::Open && due.is_some_and(|due| due <= now),
        "role": role,
        "member": member,
        "source": if task.source == Source::Person { "person" } else { "workflow" },
        "createdAt": task.created_at.to_string(),
        "doneAt": task.done_at.map(|at| at.to_string()),
    })
}

/// When it is too late for each of these that is ever due: what the clocks of the practice show then is `due_key`.
async fn instants(tx: &mut TenantTx, ids: &[Uuid]) -> Result<HashMap<Uuid, Timestamp>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select t.id, t.due_key at time zone p.time_zone as "at!: jiff_sqlx::Timestamp"
             from tasks.task t join platform.practice p on p.practice_id = t.practice_id
            where t.practice_id = $1 and t.id = any($2) and t.due_on is not null"#,
        practice,
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.at.to_jiff())).collect())
}

/// Which open tasks become too late: by the practice's clocks, so what is asked for is widened by a day for the index, and
/// then compared exactly.
fn due(tx: &mut TenantTx, asked: DueQuery) -> BoxFuture<'_, Result<Vec<(Timestamp, Uuid)>>> {
    Box::pin(async move {
        let practice = tx.practice();
        let rows = sqlx::query!(
            r#"with zone as (select time_zone from platform.practice where practice_id = $1),
                 near as (
                    select t.id, t.due_key at time zone zone.time_zone as at
                      from tasks.task t, zone
                     where t.practice_id = $1 and t.status = 'open' and t.deleted_at is null and t.due_on is not null
                       and t.due_key >= ($2::timestamptz at time zone zone.time_zone) - interval '1 day'
                       and t.due_key < ($3::timestamptz at time zone zone.time_zone) + interval '1 day')
               select id, at as "at!: jiff_sqlx::Timestamp" from near
                where at >= $2 and at < $3 and ($4::timestamptz is null or (at, id) > ($4, $5::uuid))
                order by at, id limit $6"#,
            practice,
            jiff_sqlx::Timestamp::from(asked.from) as _,
            jiff_sqlx::Timestamp::from(asked.until) as _,
            asked.after.map(|(at, _)| jiff_sqlx::Timestamp::from(at)) as _,
            asked.after.map(|(_, id)| id),
            asked.limit,
        )
        .fetch_all(tx.conn())
        .await?;
        Ok(rows.into_iter().map(|row| (row.at.to_jiff(), row.id)).collect())
    })
}
