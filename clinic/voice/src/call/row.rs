//! Calls as they lie in their table.

use platform::Result;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use platform::undisclosed;
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::{Call, Direction, EndedBy, RequestedBy, Review, Runtime, State, Told, Transport};
use crate::{CallId, CallWorkflowId, CaseId, FlowId};

/// What is selected of a call `c`.
pub const COLUMNS: &str = "c.id, c.call_workflow_id, c.case_id, c.patient_id, c.direction, c.runtime, c.transport, c.state,
    c.outcome, c.ended_by, c.error_code, c.flow_id, c.attempt, c.due_at, c.requested_by, c.requested_id, c.started_at,
    c.answered_at, c.ended_at, c.talk_ms, c.hold_ms, c.turns, c.cost_micros, c.costs, c.latency_p50, c.latency_p99, c.review,
    c.reviewed_at, c.reviewed_by, c.number, c.private, c.version, c.created_at, c.updated_at";

/// A row.
#[derive(FromRow)]
pub struct Row {
    id: Uuid,
    call_workflow_id: Option<Uuid>,
    case_id: Option<Uuid>,
    patient_id: Option<Uuid>,
    direction: Direction,
    runtime: Runtime,
    transport: Transport,
    state: State,
    outcome: Option<String>,
    ended_by: Option<EndedBy>,
    error_code: Option<String>,
    flow_id: Option<Uuid>,
    attempt: i32,
    due_at: Option<jiff_sqlx::Timestamp>,
    requested_by: RequestedBy,
    requested_id: Option<Uuid>,
    started_at: Option<jiff_sqlx::Timestamp>,
    answered_at: Option<jiff_sqlx::Timestamp>,
    ended_at: Option<jiff_sqlx::Timestamp>,
    talk_ms: i32,
    hold_ms: i32,
    turns: i32,
    cost_micros: i64,
    costs: serde_json::Value,
    latency_p50: Option<i32>,
    latency_p99: Option<i32>,
    review: Review,
    reviewed_at: Option<jiff_sqlx::Timestamp>,
    reviewed_by: Option<Uuid>,
    number: Option<Vec<u8>>,
    private: Option<Vec<u8>>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

undisclosed!(Row);

/// Where the other side's number is sealed.
pub fn number_place(id: CallId) -> Place<'static> {
    Place { table: "voice.call", column: "number", row: id.uuid() }
}

/// Where [`Told`] is sealed.
pub fn told_place(id: CallId) -> Place<'static> {
    Place { table: "voice.call", column: "private", row: id.uuid() }
}

impl Row {
    /// Without what is sealed.
    pub fn call(&self) -> Call {
        let at = |at: Option<jiff_sqlx::Timestamp>| at.map(jiff_sqlx::Timestamp::to_jiff);
        Call {
            id: CallId(self.id),
            call_workflow_id: self.call_workflow_id.map(CallWorkflowId),
            case_id: self.case_id.map(CaseId),
            patient_id: self.patient_id.map(PatientId),
            direction: self.direction,
            runtime: self.runtime,
            transport: self.transport,
            state: self.state,
            outcome: self.outcome.clone(),
            ended_by: self.ended_by,
            error_code: self.error_code.clone(),
            flow_id: self.flow_id.map(FlowId),
            attempt: self.attempt,
            due_at: at(self.due_at),
            requested_by: self.requested_by,
            requested_id: self.requested_id,
            started_at: at(self.started_at),
            answered_at: at(self.answered_at),
            ended_at: at(self.ended_at),
            talk_ms: self.talk_ms,
            hold_ms: self.hold_ms,
            turns: self.turns,
            cost_micros: self.cost_micros,
            costs: self.costs.clone(),
            latency_p50: self.latency_p50,
            latency_p99: self.latency_p99,
            review: self.review,
            reviewed_at: at(self.reviewed_at),
            reviewed_by: self.reviewed_by,
            version: self.version,
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        }
    }

    /// With the number and what was told.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn open(&self, tx: &mut TenantTx) -> Result<(Call, Option<String>, Told)> {
        let call = self.call();
        let number = match &self.number {
            Some(sealed) => {
                Some(String::from_utf8(tx.open(number_place(call.id), sealed).await?).map_err(Error::internal)?)
            }
            None => None,
        };
        let told = match &self.private {
            Some(sealed) => {
                serde_json::from_slice(&tx.open(told_place(call.id), sealed).await?).map_err(Error::internal)?
            }
            None => Told::default(),
        };
        Ok((call, number, told))
    }
}

/// The call.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: CallId) -> Result<Row> {
    one(tx, id, "").await
}

/// The call, locked until the end of the transaction.
///
/// # Errors
/// 404.
pub async fn locked(tx: &mut TenantTx, id: CallId) -> Result<Call> {
    Ok(one(tx, id, " for update").await?.call())
}

async fn one(tx: &mut TenantTx, id: CallId, lock: &'static str) -> Result<Row> {
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from voice.call c where c.practice_id = ").push_bind(tx.practice());
    query.push(" and c.id = ").push_bind(id.uuid()).push(lock);
    query.build_query_as().fetch_optional(tx.conn()).await?.ok_or_else(Error::not_found)
}

/// Writes how a call stands; numbers and what was told are written where they come from.
///
/// # Errors
/// 503 when the database is away.
pub async fn save(tx: &mut TenantTx, call: &Call) -> Result<()> {
    let practice = tx.practice();
    let at = |at: Option<jiff::Timestamp>| at.map(jiff_sqlx::Timestamp::from);
    sqlx::query!(
        "update voice.call
            set patient_id = $3, case_id = $4, state = $5, outcome = $6, ended_by = $7, error_code = $8, flow_id = $9,
                due_at = $10, started_at = $11, answered_at = $12, ended_at = $13, talk_ms = $14, hold_ms = $15, turns = $16,
                cost_micros = $17, costs = $18, latency_p50 = $19, latency_p99 = $20, review = $21, reviewed_at = $22,
                reviewed_by = $23, version = $24, updated_at = $25
          where practice_id = $1 and id = $2",
        practice,
        call.id.uuid(),
        call.patient_id.map(PatientId::uuid),
        call.case_id.map(CaseId::uuid),
        call.state as State,
        call.outcome,
        call.ended_by as Option<EndedBy>,
        call.error_code,
        call.flow_id.map(FlowId::uuid),
        at(call.due_at) as _,
        at(call.started_at) as _,
        at(call.answered_at) as _,
        at(call.ended_at) as _,
        call.talk_ms,
        call.hold_ms,
        call.turns,
        call.cost_micros,
        call.costs,
        call.latency_p50,
        call.latency_p99,
        call.review as Review,
        at(call.reviewed_at) as _,
        call.reviewed_by,
        call.version,
        jiff_sqlx::Timestamp::from(call.updated_at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
