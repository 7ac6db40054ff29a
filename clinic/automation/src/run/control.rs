//! What people do with runs: begin them by hand or as a test, cancel them, resume them.

use std::sync::Arc;

use garde::Validate;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::workflows as may;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::RunId;
use super::list::RunLine;
use super::read::find_line;
use crate::check::check;
use crate::definition::Trigger;
use crate::engine::{Live, Start, When, live, load_subjects, orchestrator};
use crate::listen::variables;
use crate::plan::Plan;
use crate::registry::registry;
use crate::workflow::WorkflowId;
use crate::workflow::publish::add_version;
use crate::workflow::row::{find, find_at};

/// Records that a workflow is begun on at once.
const MOST_BY_HAND: usize = 500;

/// The routes by which runs are begun and ended.
pub fn routes() -> Routes {
    Routes::new().route(route!(begin)).route(route!(test)).route(route!(cancel)).route(route!(resume))
}

/// On which records a workflow is to be carried out; none for one that needs none.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ByHand {
    #[garde(length(max = MOST_BY_HAND))]
    #[serde(default)]
    ids: Vec<Uuid>,
}

/// What was begun.
#[derive(Debug, Serialize, ToSchema)]
struct Started {
    /// Runs that were begun.
    started: usize,
    /// Records that are not there.
    skipped: usize,
}

/// Which draft is tried, and on which record.
#[derive(Clone, Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TestOn {
    /// Version of the workflow that the caller saw: what is carried out is the draft that they looked at.
    #[garde(skip)]
    version: i32,
    /// The record; none for a workflow that needs none.
    #[garde(skip)]
    subject_id: Option<Uuid>,
}

/// How a run is resumed.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Resume {
    /// With which version.
    #[garde(skip)]
    #[serde(default)]
    version: ResumeWith,
}

/// With which version a run is resumed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ResumeWith {
    /// Its own.
    #[default]
    Own,
    /// The one that is published, if it has the step there.
    Newest,
}

/// Carry a published workflow out on records now.
#[utoipa::path(post, path = "/api/v1/workflows/{id}/runs", tag = "automation", request_body = ByHand,
    params(("id" = Uuid, Path, description = "The workflow"),
           ("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Started)))]
async fn begin(
    who: Can<may::Run>,
    key: IdempotencyKey,
    Path(id): Path<WorkflowId>,
    Body(by_hand): Body<ByHand>,
) -> Result<Once> {
    let request = key.of("workflow.run", &(id, &by_hand))?;
    who.create_once(request, async move |tx| {
        find(tx, id).await?;
        let live = live(tx, id.uuid()).await?.ok_or_else(not_published)?;
        let Some(Trigger::Hand { subject }) = &live.plan.definition.trigger else {
            let text = "This workflow does not begin by hand.";
            return Err(Error::conflict("workflow.not_by_hand", text));
        };
        let subject = subject.clone();
        let starts =
            starts(tx, &live, subject.as_deref(), &by_hand.ids, &format!("hand:{}", key.uuid()), false).await?;
        let new = orchestrator().start(tx, starts, When::Soon).await?;
        let wanted = if subject.is_some() { by_hand.ids.len() } else { 1 };
        let detail = json!({ "started": new.len() });
        tx.record(Change::done("run", "workflow", id.uuid()).with(detail)).await?;
        Ok(Started { started: new.len(), skipped: wanted.saturating_sub(new.len()) })
    })
    .await
}

async fn starts(
    tx: &mut TenantTx,
    live: &Live,
    subject: Option<&str>,
    ids: &[Uuid],
    cause: &str,
    test: bool,
) -> Result<Vec<Start>> {
    let by = tx.caller().actor.user().map(|user| user.uuid());
    let now = tx.now();
    let start = |subject: Option<(String, Uuid)>, patient, vars, cause| Start {
        workflow: live.id,
        version: live.version,
        plan: Arc::clone(&live.plan),
        cause,
        subject,
        patient,
        vars,
        test,
        before: Vec::new(),
        by,
        failure: None,
    };
    let name = if test { "test" } else { "hand" };
    let Some(kind) = subject.and_then(|kind| registry().subjects.get(kind)) else {
        let vars = variables(&crate::engine::Loaded::default(), None, name, now).unwrap_or_default();
        return Ok(vec![start(None, None, vars, cause.to_owned())]);
    };
    let loaded = load_subjects(tx, ids.iter().map(|id| (kind.name.to_owned(), *id))).await?;
    let mut starts = Vec::new();
    for id in ids {
        if let Some(vars) = variables(&loaded, Some((kind.name, *id)), name, now) {
            let patient = if kind.name == "patient" { Some(*id) } else { loaded.patient(kind, *id) };
            starts.push(start(Some((kind.name.to_owned(), *id)), patient, vars, format!("{cause}:{id}")));
        }
    }
    Ok(starts)
}

/// Carry a draft out on one record, now and in earnest; what it does is marked as a test.
#[utoipa::path(post, path = "/api/v1/workflows/{id}/tests", tag = "automation", request_body = TestOn,
    params(("id" = Uuid, Path, description = "The workflow"),
           ("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = RunLine)))]
async fn test(
    who: Can<may::Run>,
    key: IdempotencyKey,
    Path(id): Path<WorkflowId>,
    Body(on): Body<TestOn>,
) -> Result<Once> {
    let request = key.of("workflow.test", &(id, &on))?;
    let rights = who.rights().clone();
    who.create_once(request, async move |tx| {
        let workflow = find_at(tx, id, on.version).await?;
        let report = check(registry(), &workflow.definition);
        if !report.is_publishable() {
            return Err(Error::conflict("workflow.unfinished", "The draft has problems; see what the check says."));
        }
        if report.permissions.iter().any(|permission| !rights.may(permission)) {
            let text = "The workflow does what you may not do yourself.";
            return Err(Error::forbidden_as("workflow.beyond_rights", text));
        }
        let version = match workflow.published_version.filter(|_| !workflow.has_changes) {
            Some(version) => version,
            None => add_version(tx, id, &workflow.definition, false).await?,
        };
        // not remembered: should this be rolled back, another version will have the number
        let plan = Arc::new(Plan::read(registry(), workflow.definition.clone())?);
        let subject = match &plan.definition.trigger {
            Some(Trigger::Event { event, .. }) => {
                registry().triggers.get(event.as_str()).map(|trigger| trigger.subject)
            }
            Some(Trigger::Date { subject, .. } | Trigger::Hand { subject: Some(subject) }) => Some(subject.as_str()),
            _ => None,
        }
        .map(str::to_owned);
        let ids: Vec<Uuid> = on.subject_id.into_iter().collect();
        if subject.is_some() && ids.is_empty() {
            return Err(Error::invalid(Vec::new()).at("/subjectId", "required", "Choose a record to try it on."));
        }
        let live = Live { id: id.uuid(), version, plan };
        let cause = format!("test:{}", key.uuid());
        let starts = starts(tx, &live, subject.as_deref(), &ids, &cause, true).await?;
        let new = orchestrator().start(tx, starts, When::Soon).await?;
        let Some(run) = new.first().copied() else { return Err(Error::not_found()) };
        tx.record(Change::done("test", "workflow", id.uuid()).with(json!({ "run": run }))).await?;
        find_line(tx, RunId(run)).await
    })
    .await
}

/// End a run. What it did stays done.
#[utoipa::path(post, path = "/api/v1/workflow-runs/{id}/cancel", tag = "automation",
    params(("id" = Uuid, Path, description = "The run")), responses((status = 200, body = RunLine)))]
async fn cancel(who: Can<may::Run>, Path(id): Path<RunId>) -> Result<Json<RunLine>> {
    who.write(async move |tx| {
        orchestrator().cancel(tx, id.uuid()).await?;
        tx.record(Change::done("cancel", "run", id.uuid()).event("run.cancelled", 1)).await?;
        find_line(tx, id).await.map(Json)
    })
    .await
}

/// Go on with a run that failed, at the step where it did.
#[utoipa::path(post, path = "/api/v1/workflow-runs/{id}/resume", tag = "automation", request_body = Resume,
    params(("id" = Uuid, Path, description = "The run")), responses((status = 200, body = RunLine)))]
async fn resume(who: Can<may::Run>, Path(id): Path<RunId>, Body(how): Body<Resume>) -> Result<Json<RunLine>> {
    who.write(async move |tx| {
        orchestrator().resume(tx, id.uuid(), how.version == ResumeWith::Newest).await?;
        tx.record(Change::done("resume", "run", id.uuid()).event("run.resumed", 1)).await?;
        find_line(tx, id).await.map(Json)
    })
    .await
}

fn not_published() -> Error {
    Error::conflict("workflow.not_published", "Publish the workflow first.")
}
