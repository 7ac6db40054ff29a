//! Calls: conversations with somebody, whoever carries them. What there is of each, how it stands, and what was said.

pub mod ask;
mod findings;
pub mod finish;
mod list;
pub mod row;
mod stats;
mod turns;

use jiff::Timestamp;
use patients::PatientName;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::id::PatientId;
use platform::permission::calls as may;
use platform::record::{Change, Look};
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{CallId, CallWorkflowId, CaseId, FlowId};

pub use findings::{Finding, NewFinding, Target, found_by, of as findings_of, write as write_findings};
pub use turns::{NewTurn, Turn, Who, write as write_turns};

/// The routes of calls.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(read))
        .route(route!(cancel))
        .route(route!(review))
        .merge(ask::routes())
        .merge(list::routes())
        .merge(turns::routes())
        .merge(findings::routes())
        .merge(stats::routes())
}

/// Words of a column, and of the API.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident as $schema:ident { $($(#[$each:meta])* $variant:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, sqlx::Type)]
        #[serde(rename_all = "snake_case")]
        #[sqlx(type_name = "text", rename_all = "snake_case")]
        #[schema(as = $schema)]
        pub enum $name { $($(#[$each])* $variant,)+ }
    };
}

words! {
    /// Who called whom.
    Direction as CallDirection {
        /// The practice called.
        Outbound,
        /// The practice was called.
        Inbound,
    }
}
words! {
    /// Who carries the conversation.
    Runtime as CallRuntime {
        /// This product.
        Native,
        /// Retell.
        Retell,
    }
}
words! {
    /// By what.
    Transport as CallTransport {
        /// By telephone.
        Phone,
        /// In a browser, spoken.
        Web,
        /// In a browser, written.
        Text,
    }
}
words! {
    /// How a call stands.
    State as CallState {
        /// It waits for its time, or for somebody to open it.
        Queued,
        /// It rings.
        Dialing,
        /// It is under way.
        Live,
        /// It is over.
        Ended,
    }
}
words! {
    /// Why it ended.
    EndedBy as CallEndedBy {
        /// The agent had nothing more to say.
        Agent,
        /// The other side hung up.
        Caller,
        /// Somebody of the practice ended it.
        Staff,
        /// It took too long, or cost too much.
        Limit,
        /// Nobody answered.
        NoAnswer,
        /// The line was busy.
        Busy,
        /// It was not allowed to be made.
        Refused,
        /// It was taken back before it began.
        Cancelled,
        /// Something did not work.
        Failed,
        /// The process that carried it died.
        Interrupted,
    }
}
words! {
    /// Whether somebody still has to look at it.
    Review as CallReview {
        /// Nobody has.
        None,
        /// Somebody has.
        Open,
        /// Somebody did.
        Done,
    }
}
words! {
    /// Who asked for it.
    RequestedBy as CallRequestedBy {
        /// Somebody of the practice.
        Person,
        /// An automation.
        Workflow,
        /// A try before it, which reached nobody.
        Retry,
        /// The other side.
        Caller,
        /// A program of the practice.
        Program,
    }
}

/// A call.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Its id.
    pub id: CallId,
    /// What it is about.
    #[schema(required)]
    pub call_workflow_id: Option<CallWorkflowId>,
    /// The case.
    #[schema(required)]
    pub case_id: Option<CaseId>,
    /// The patient, where one is known.
    #[schema(required)]
    pub patient_id: Option<PatientId>,
    /// Who called whom.
    pub direction: Direction,
    /// Who carries it.
    pub runtime: Runtime,
    /// By what.
    pub transport: Transport,
    /// How it stands.
    pub state: State,
    /// What came of it, in a word of its flow.
    #[schema(required)]
    pub outcome: Option<String>,
    /// Why it ended.
    #[schema(required)]
    pub ended_by: Option<EndedBy>,
    /// What did not work.
    #[schema(required)]
    pub error_code: Option<String>,
    /// The version of its conversation.
    #[schema(required)]
    pub flow_id: Option<FlowId>,
    /// Which try of its case it is.
    pub attempt: i32,
    /// Before this instant it does not begin.
    #[schema(required)]
    pub due_at: Option<Timestamp>,
    /// Who asked for it.
    pub requested_by: RequestedBy,
    /// Which person or run that is.
    #[schema(required)]
    pub requested_id: Option<Uuid>,
    /// When it was begun.
    #[schema(required)]
    pub started_at: Option<Timestamp>,
    /// When somebody answered.
    #[schema(required)]
    pub answered_at: Option<Timestamp>,
    /// When it was over.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// Milliseconds in which somebody was there.
    pub talk_ms: i32,
    /// Milliseconds on hold.
    pub hold_ms: i32,
    /// How many lines were said.
    pub turns: i32,
    /// What it cost, in millionths of a dollar.
    pub cost_micros: i64,
    /// What for: seconds, tokens, characters.
    pub costs: Value,
    /// Milliseconds until an answer could be heard: half of them were not slower.
    #[schema(required)]
    pub latency_p50: Option<i32>,
    /// One in a hundred was slower.
    #[schema(required)]
    pub latency_p99: Option<i32>,
    /// Whether somebody still has to look at it.
    pub review: Review,
    /// When somebody did.
    #[schema(required)]
    pub reviewed_at: Option<Timestamp>,
    /// Who did.
    #[schema(required)]
    pub reviewed_by: Option<Uuid>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A call with everything that is known of it but its lines.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallDetail {
    /// The call.
    #[serde(flatten)]
    pub call: Call,
    /// Whom it was with.
    #[schema(required)]
    pub patient: Option<PatientName>,
    /// The other side's number.
    #[schema(required)]
    pub number: Option<String>,
    /// What it was about, and what came of it, in a few sentences.
    #[schema(required)]
    pub summary: Option<String>,
    /// What it found out.
    pub findings: Vec<Finding>,
}

/// What is sealed of a call besides its lines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Told {
    /// In a few sentences.
    pub summary: Option<String>,
    /// What the flow knows at its end.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub state: Value,
}

undisclosed!(Call, CallDetail);

/// That a call was looked at, or is to be looked at again.
#[derive(Clone, Debug, Deserialize, garde::Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReviewChange {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    /// Whether somebody has looked at it.
    #[garde(skip)]
    done: bool,
}

/// A call.
#[utoipa::path(get, path = "/api/v1/calls/{id}", tag = "voice",
    params(("id" = Uuid, Path, description = "The call")), responses((status = 200, body = CallDetail)))]
async fn read(who: Can<may::Read>, Path(id): Path<CallId>) -> Result<Json<CallDetail>> {
    who.read_recorded(async move |tx| {
        let detail = detail(tx, id).await?;
        tx.record_read(Look::at("call", id.uuid()).of_patient(detail.call.patient_id)).await?;
        Ok(Json(detail))
    })
    .await
}

/// Take a call back that has not begun.
#[utoipa::path(post, path = "/api/v1/calls/{id}/cancel", tag = "voice", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The call")), responses((status = 200, body = Call)))]
async fn cancel(who: Can<may::Start>, Path(id): Path<CallId>, Body(at): Body<AtVersion>) -> Result<Json<Call>> {
    who.write(async move |tx| {
        let before = locked_at(tx, id, at.version).await?;
        if before.state != State::Queued {
            return Err(Error::conflict("call.begun", "This call has begun already; it can be ended instead."));
        }
        finish::without_talk(tx, &before, EndedBy::Cancelled, None).await.map(Json)
    })
    .await
}

/// Say that a call was looked at, or is to be looked at again.
#[utoipa::path(post, path = "/api/v1/calls/{id}/review", tag = "voice", request_body = ReviewChange,
    params(("id" = Uuid, Path, description = "The call")), responses((status = 200, body = Call)))]
async fn review(who: Can<may::Review>, Path(id): Path<CallId>, Body(change): Body<ReviewChange>) -> Result<Json<Call>> {
    who.write(async move |tx| {
        let before = locked_at(tx, id, change.version).await?;
        if before.state != State::Ended {
            return Err(Error::conflict("call.not_ended", "This call is not over yet."));
        }
        reviewed(tx, &before, change.done).await.map(Json)
    })
    .await
}

/// Notes whether somebody has looked at a call.
async fn reviewed(tx: &mut TenantTx, before: &Call, done: bool) -> Result<Call> {
    let review = if done { Review::Done } else { Review::Open };
    let (at, by) = if done { (Some(tx.now()), tx.caller().actor.id()) } else { (None, None) };
    let after = Call { review, reviewed_at: at, reviewed_by: by, ..before.clone() };
    save(tx, before, after, "call.reviewed").await
}

/// A call with all that is known of it.
///
/// # Errors
/// 404.
pub async fn detail(tx: &mut TenantTx, id: CallId) -> Result<CallDetail> {
    let row = row::find(tx, id).await?;
    let (call, number, told) = row.open(tx).await?;
    let findings = findings::of(tx, id).await?;
    let ids: Vec<Uuid> = call.patient_id.iter().map(|id| id.uuid()).collect();
    let patient = patients::items_of(tx, &ids).await?.into_iter().next().map(Into::into);
    Ok(CallDetail { call, patient, number, summary: told.summary, findings })
}

/// The call, locked, at that version.
async fn locked_at(tx: &mut TenantTx, id: CallId, version: i32) -> Result<Call> {
    let call = row::locked(tx, id).await?;
    if call.version == version { Ok(call) } else { Err(Error::stale(&call)) }
}

/// Writes a change of a call with its entry in the ledger and its event.
async fn save(tx: &mut TenantTx, before: &Call, after: Call, event: &'static str) -> Result<Call> {
    let after = Call { version: before.version + 1, updated_at: tx.now(), ..after };
    row::save(tx, &after).await?;
    let change = Change::updated("call", after.id.uuid(), before, &after).event(event, after.version);
    tx.record(change.for_patient(after.patient_id)).await?;
    Ok(after)
}
