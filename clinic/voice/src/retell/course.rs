//! A call that Retell carries, as it lies in its table: found, entered, brought on. Whoever changes it holds its row until
//! the end of the transaction.

use jiff::Timestamp;
use platform::Result;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use platform::record::Change;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::known::Known;
use crate::{CallId, CallWorkflowId, CaseId};

/// A call, as far as Retell changes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Course {
    /// Its id here.
    pub id: CallId,
    /// What it is about.
    pub call_workflow_id: Option<CallWorkflowId>,
    /// Whom it is about.
    pub case_id: Option<CaseId>,
    /// With whom, where that is known.
    pub patient_id: Option<PatientId>,
    /// `outbound` or `inbound`.
    pub direction: String,
    /// `phone` or `web`.
    pub transport: String,
    /// `queued`, `dialing`, `live`, `ended`.
    pub state: String,
    /// What came of it, in one word.
    pub outcome: Option<String>,
    /// Who or what ended it.
    pub ended_by: Option<String>,
    /// What went wrong.
    pub error_code: Option<String>,
    /// How Retell names it.
    pub external_id: Option<String>,
    /// When it was begun.
    pub started_at: Option<Timestamp>,
    /// When somebody answered.
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// For how long people spoke, in milliseconds.
    pub talk_ms: i32,
    /// How often the other side spoke.
    pub turns: i32,
    /// Millionths of a dollar.
    pub cost_micros: i64,
    /// `none`, `open`, `done`.
    pub review: String,
    /// Goes up with each change.
    pub version: i32,
}

struct Row {
    id: Uuid,
    call_workflow_id: Option<Uuid>,
    case_id: Option<Uuid>,
    patient_id: Option<Uuid>,
    direction: String,
    transport: String,
    state: String,
    outcome: Option<String>,
    ended_by: Option<String>,
    error_code: Option<String>,
    external_id: Option<String>,
    started_at: Option<jiff_sqlx::Timestamp>,
    answered_at: Option<jiff_sqlx::Timestamp>,
    ended_at: Option<jiff_sqlx::Timestamp>,
    talk_ms: i32,
    turns: i32,
    cost_micros: i64,
    review: String,
    version: i32,
}

impl From<Row> for Course {
    fn from(row: Row) -> Self {
        let at = |at: Option<jiff_sqlx::Timestamp>| at.map(|at| at.to_jiff());
        Self {
            id: CallId(row.id),
            call_workflow_id: row.call_workflow_id.map(CallWorkflowId),
            case_id: row.case_id.map(CaseId),
            patient_id: row.patient_id.map(PatientId),
            direction: row.direction,
            transport: row.transport,
            state: row.state,
            outcome: row.outcome,
            ended_by: row.ended_by,
            error_code: row.error_code,
            external_id: row.external_id,
            started_at: at(row.started_at),
            answered_at: at(row.answered_at),
            ended_at: at(row.ended_at),
            talk_ms: row.talk_ms,
            turns: row.turns,
            cost_micros: row.cost_micros,
            review: row.review,
            version: row.version,
        }
    }
}

/// Which call.
#[derive(Clone, Copy)]
pub enum Which<'a> {
    /// The one that Retell names so.
    External(&'a str),
    /// The one of this id, as long as Retell has not named it otherwise.
    Ours(CallId),
}

/// A call of Retell's, locked until the end of the transaction.
///
/// # Errors
/// 503 when the database is away.
pub async fn lock(tx: &mut TenantTx, which: Which<'_>) -> Result<Option<Course>> {
    let practice = tx.practice();
    let (external, id) = match which {
        Which::External(external) => (Some(external), None),
        Which::Ours(id) => (None, Some(id.uuid())),
    };
    let row = sqlx::query_as!(
        Row,
        r#"select id, call_workflow_id, case_id, patient_id, direction, transport, state, outcome, ended_by, error_code,
                  external_id, started_at as "started_at: jiff_sqlx::Timestamp",
                  answered_at as "answered_at: jiff_sqlx::Timestamp", ended_at as "ended_at: jiff_sqlx::Timestamp",
                  talk_ms, turns, cost_micros, review, version
             from voice.call
            where practice_id = $1 and runtime = 'retell' and (external_id = $2 or id = $3) for update"#,
        practice,
        external,
        id,
    );
    Ok(row.fetch_optional(tx.conn()).await?.map(Course::from))
}

/// The call that this is known of, locked; entered, when it was not begun here.
///
/// # Errors
/// 503 when the database is away.
pub async fn of(tx: &mut TenantTx, known: &Known) -> Result<Course> {
    if let Some(found) = lock(tx, Which::External(known.id())).await? {
        return Ok(found);
    }
    // two may enter the same call at once
    tx.one_by_one().await?;
    if let Some(found) = lock(tx, Which::External(known.id())).await? {
        return Ok(found);
    }
    let own = known.our_id().and_then(|id| id.parse().ok()).map(CallId);
    if let Some(own) = own
        && let Some(found) = lock(tx, Which::Ours(own)).await?
        && found.external_id.is_none()
    {
        return Ok(found);
    }
    let id = match own {
        Some(own) if !is_taken(tx, own).await? => own,
        _ => CallId::new(),
    };
    enter(tx, id, known).await
}

async fn is_taken(tx: &mut TenantTx, id: CallId) -> Result<bool> {
    let practice = tx.practice();
    let taken =
        sqlx::query_scalar!("select id from voice.call where practice_id = $1 and id = $2", practice, id.uuid());
    Ok(taken.fetch_optional(tx.conn()).await?.is_some())
}

/// Enters a call that somebody else began: whoever called, or a person at Retell.
async fn enter(tx: &mut TenantTx, id: CallId, known: &Known) -> Result<Course> {
    let workflow = match known.agent() {
        Some(agent) => super::agents::workflow_of(tx, agent).await?,
        None => None,
    };
    let patient = match known.number() {
        Some(number) => only_one(tx, number).await?,
        None => None,
    };
    let number = match known.number() {
        Some(number) => Some(tx.seal(place("number", id), number.as_bytes()).await?),
        None => None,
    };
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let (direction, by) = if known.is_outbound() { ("outbound", "program") } else { ("inbound", "caller") };
    sqlx::query!(
        "insert into voice.call (practice_id, id, call_workflow_id, patient_id, direction, runtime, transport, state, number,
                                 requested_by, external_id, review, created_at, updated_at)
         values ($1, $2, $3, $4, $5, 'retell', $6, 'dialing', $7, $8, $9, 'none', $10, $10)",
        practice,
        id.uuid(),
        workflow.map(CallWorkflowId::uuid),
        patient.map(PatientId::uuid),
        direction,
        if known.is_web() { "web" } else { "phone" },
        number,
        by,
        known.id(),
        now as _,
    )
    .execute(tx.conn())
    .await?;
    let entered = lock(tx, Which::External(known.id())).await?.ok_or_else(Error::not_found)?;
    let change = Change::created("call", id.uuid(), &entered).for_patient(patient);
    tx.record(change.event("call.created", 1)).await?;
    Ok(entered)
}

/// The patient whom a number leads to, when it leads to one.
///
/// # Errors
/// 503 when the database is away.
pub async fn only_one(tx: &mut TenantTx, number: &str) -> Result<Option<PatientId>> {
    let all = patients::with_phone(tx, number).await?;
    Ok(all.first().copied().filter(|_| all.len() == 1))
}

/// Writes what became of a call, and tells it under this name; nothing where nothing did.
///
/// # Errors
/// 503 when the database is away.
pub async fn save(tx: &mut TenantTx, before: &Course, after: Course, event: &'static str) -> Result<Course> {
    if *before == after {
        return Ok(after);
    }
    let after = Course { version: before.version + 1, ..after };
    let at = |at: Option<Timestamp>| at.map(jiff_sqlx::Timestamp::from);
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "update voice.call
            set patient_id = $3, state = $4, outcome = $5, ended_by = $6, error_code = $7, external_id = $8,
                started_at = $9, answered_at = $10, ended_at = $11, talk_ms = $12, turns = $13, cost_micros = $14,
                costs = $15, review = $16, version = $17, updated_at = $18
          where practice_id = $1 and id = $2",
        practice,
        after.id.uuid(),
        after.patient_id.map(PatientId::uuid),
        after.state,
        after.outcome,
        after.ended_by,
        after.error_code,
        after.external_id,
        at(after.started_at) as _,
        at(after.answered_at) as _,
        at(after.ended_at) as _,
        after.talk_ms,
        after.turns,
        after.cost_micros,
        json!({ "retell": after.cost_micros }),
        after.review,
        after.version,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    let change = Change::updated("call", after.id.uuid(), before, &after)
        .event(event, after.version)
        .naming("callWorkflow", after.call_workflow_id.map(CallWorkflowId::uuid))
        .naming("case", after.case_id.map(CaseId::uuid));
    tx.record(if event == "call.finished" {
        change.on_timeline(after.patient_id, event)
    } else {
        change.for_patient(after.patient_id)
    })
    .await?;
    Ok(after)
}

/// Where something of a call is sealed.
pub fn place(column: &'static str, id: CallId) -> Place<'static> {
    Place { table: "voice.call", column, row: id.uuid() }
}
