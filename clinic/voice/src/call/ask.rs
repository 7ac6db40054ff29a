//! Asking for a call: it is written down, and begins when its time has come or somebody opens it.

use garde::Validate;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::{Error, OnConstraint as _};
use platform::extract::Body;
use platform::guard::Can;
use platform::id::PatientId;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::calls as may;
use platform::record::Change;
use platform::routes::Routes;
use platform::{Result, route};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Call, Direction, RequestedBy, Runtime, Transport, row};
use crate::{CallId, CallWorkflowId, CaseId, FlowId};

/// The route of asking.
pub fn routes() -> Routes {
    Routes::new().route(route!(start))
}

/// A call to be made.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CallRequest {
    /// About which case.
    #[garde(skip)]
    case_id: CaseId,
    /// By what: a call in a browser begins when somebody opens it.
    #[garde(skip)]
    transport: Transport,
}

/// What a call is asked for with.
#[derive(Clone, Debug)]
pub struct NewCall {
    /// About which case.
    pub case: CaseId,
    /// Who called whom.
    pub direction: Direction,
    /// By what.
    pub transport: Transport,
    /// Who asks, and which person or run that is.
    pub requested_by: RequestedBy,
    /// Which one.
    pub requested_id: Option<Uuid>,
    /// Whatever is asked for twice under one key is one call.
    pub key: Option<Uuid>,
    /// Not before.
    pub due_at: Option<Timestamp>,
    /// Which try of its case it is, from 1.
    pub attempt: i32,
}

/// Have a call made about a case.
#[utoipa::path(post, path = "/api/v1/calls", tag = "voice", request_body = CallRequest,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Call)))]
async fn start(who: Can<may::Start>, key: IdempotencyKey, Body(asked): Body<CallRequest>) -> Result<Once> {
    let request = key.of("call.create", &asked)?;
    who.create_once(request, async move |tx| {
        let by = tx.caller().actor.user().map_or(RequestedBy::Program, |_| RequestedBy::Person);
        let new = NewCall {
            case: asked.case_id,
            direction: Direction::Outbound,
            transport: asked.transport,
            requested_by: by,
            requested_id: tx.caller().actor.id(),
            key: None,
            due_at: None,
            attempt: 1,
        };
        ask(tx, new).await
    })
    .await
}

/// Asks for a call in the caller's transaction, with its entries and its event. Under a key that was used before it answers
/// the call that there is.
///
/// # Errors
/// 404 for a case that there is not; 409 `call_workflow.disabled`, `call_workflow.no_flow`, `case.in_call`.
pub async fn ask(tx: &mut TenantTx, new: NewCall) -> Result<Call> {
    if let Some(key) = new.key
        && let Some(id) = asked_before(tx, key).await?
    {
        return Ok(row::find(tx, id).await?.call());
    }
    let about = about(tx, new.case).await?;
    let (practice, id, now) = (tx.practice(), CallId::new(), jiff_sqlx::Timestamp::from(tx.now()));
    sqlx::query!(
        "insert into voice.call (practice_id, id, request_key, call_workflow_id, case_id, patient_id, direction, runtime,
                transport, state, flow_id, attempt, due_at, requested_by, requested_id, review, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', $10, $11, $12, $13, $14, 'none', $15, $15)",
        practice,
        id.uuid(),
        new.key,
        about.call_workflow.uuid(),
        new.case.uuid(),
        about.patient.map(PatientId::uuid),
        new.direction as Direction,
        Runtime::Native as Runtime,
        new.transport as Transport,
        about.flow.uuid(),
        new.attempt,
        new.due_at.map(jiff_sqlx::Timestamp::from) as _,
        new.requested_by as RequestedBy,
        new.requested_id,
        now as _,
    )
    .execute(tx.conn())
    .await
    .on_constraint("call_of_case_at_once", in_call)?;
    let call = row::find(tx, id).await?.call();
    let change = Change::created("call", id.uuid(), &call).event("call.asked", call.version);
    tx.record(change.for_patient(call.patient_id)).await?;
    crate::case::set_status(tx, new.case, crate::case::CallStatus::Queued, None).await?;
    Ok(call)
}

async fn asked_before(tx: &mut TenantTx, key: Uuid) -> Result<Option<CallId>> {
    let practice = tx.practice();
    let id =
        sqlx::query_scalar!("select id from voice.call where practice_id = $1 and request_key = $2", practice, key)
            .fetch_optional(tx.conn())
            .await?;
    Ok(id.map(CallId))
}

/// What a call about a case is about.
struct About {
    call_workflow: CallWorkflowId,
    patient: Option<PatientId>,
    flow: FlowId,
}

async fn about(tx: &mut TenantTx, case: CaseId) -> Result<About> {
    let practice = tx.practice();
    let row = sqlx::query!(
        "select w.id, w.enabled, w.flow_id, c.patient_id from voice.case c
           join voice.call_workflow w on w.practice_id = c.practice_id and w.id = c.call_workflow_id
          where c.practice_id = $1 and c.id = $2 and c.deleted_at is null for update of c",
        practice,
        case.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    if !row.enabled {
        return Err(Error::conflict(
            "call_workflow.disabled",
            "Calls about this are switched off; switch them on first.",
        ));
    }
    let flow = row.flow_id.map(FlowId).ok_or_else(|| {
        Error::conflict("call_workflow.no_flow", "There is no conversation for this yet; put its flow into its folder.")
    })?;
    Ok(About { call_workflow: CallWorkflowId(row.id), patient: row.patient_id.map(PatientId), flow })
}

fn in_call() -> Error {
    Error::conflict("case.in_call", "A call about this case is waiting or under way; end it first.")
}
