//! Rehearsal: a draft beside the events of the last month. What it would have done, to whom, is told, and nothing of it is
//! done: actions give their samples, waits are passed over. Records are seen as they are today.

use std::collections::BTreeMap;
use std::sync::Arc;

use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::crypto::Place;
use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::extract::{Body, Path, Query};
use platform::guard::Can;
use platform::id::PatientId;
use platform::jobs::{JobId, JobKind, JobRun};
use platform::page::{MAX_LIMIT, default_limit};
use platform::permission::workflows as may;
use platform::record::{Change, Look};
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::check::check;
use crate::decide::{Answer, Next, Surroundings, begin, decide};
use crate::definition::{Definition, Trigger};
use crate::engine::{Loaded, around, info, load_subjects};
use crate::listen::{holds, variables};
use crate::plan::{NodeWork, Plan};
use crate::registry::registry;
use crate::run::Record;
use crate::workflow::WorkflowId;
use crate::workflow::row::{find, read};

platform::id!(
    /// A rehearsal.
    RehearsalId
);

/// The job of a rehearsal.
pub const JOB: JobKind = JobKind { name: "automation.rehearse", max_attempts: 3, run: |job| Box::pin(run(job)) };

/// How far back; events are kept for 35 days.
const DAYS: i64 = 30;
/// Events in one transaction.
const PAGE: i64 = 200;
/// Steps of one run that are walked, and what it would have done that is told.
const MOST_STEPS: usize = 300;
/// Events that are told at most.
const MOST_ITEMS: i32 = 5_000;

/// The routes of rehearsals.
pub fn routes() -> Routes {
    Routes::new().route(route!(rehearse)).route(route!(read_rehearsal))
}

/// From when on.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRehearsal {
    /// At most 30 days ago; without it, 30 days.
    #[garde(skip)]
    from: Option<Timestamp>,
}

/// A rehearsal under way.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RehearsalBegun {
    /// Its id.
    id: RehearsalId,
    /// The job, for its progress and for stopping it.
    job_id: JobId,
}

/// What a draft would have done.
#[derive(Debug, Serialize, ToSchema)]
struct Rehearsal {
    /// `running`, `done` or `cancelled`.
    state: String,
    /// Events that were looked at.
    events: i32,
    /// Events that would have begun it.
    matched: i32,
    /// What would have been done, the earliest first.
    items: Vec<RehearsalItem>,
    /// Where the next page begins; none behind the last one.
    #[schema(required)]
    next: Option<String>,
}

/// What one event would have led to.
#[derive(Debug, Serialize, ToSchema)]
struct RehearsalItem {
    /// When it happened.
    at: Timestamp,
    /// What it was about.
    subject: Record,
    /// The steps that would have been taken, and how it would have ended.
    path: Vec<String>,
    /// What would have been done.
    actions: Vec<RehearsedAction>,
    /// Why it could not have gone on.
    #[schema(required)]
    error: Option<String>,
}

/// An action that would have been done.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct RehearsedAction {
    /// By which step.
    step: String,
    /// Which.
    action: String,
    /// What it would have been given.
    #[schema(value_type = Object)]
    input: Value,
}

/// Which page.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Rows of the page.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
    /// Where the page before ended.
    #[garde(skip)]
    cursor: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Task {
    rehearsal: Uuid,
}

/// See what the draft would have done in the last month. A job does it; nothing is sent and nothing changed.
#[utoipa::path(post, path = "/api/v1/workflows/{id}/rehearsals", tag = "automation", request_body = NewRehearsal,
    params(("id" = Uuid, Path, description = "The workflow")), responses((status = 202, body = RehearsalBegun)))]
async fn rehearse(
    who: Can<may::Write>,
    Path(id): Path<WorkflowId>,
    Body(new): Body<NewRehearsal>,
) -> Result<(axum::http::StatusCode, Json<RehearsalBegun>)> {
    let begun = who
        .write(async move |tx| {
            let workflow = find(tx, id).await?;
            if !check(registry(), &workflow.definition).is_publishable() {
                return Err(Error::conflict("workflow.unfinished", "The draft has problems; see what the check says."));
            }
            let (practice, now, rehearsal) = (tx.practice(), tx.now(), RehearsalId::new());
            let earliest = now.saturating_sub(SignedDuration::from_hours(24 * DAYS)).unwrap_or(now);
            let since = new.from.unwrap_or(earliest).clamp(earliest, now);
            let by = tx.caller().actor.user().map(|user| user.uuid());
            let at = jiff_sqlx::Timestamp::from;
            let job = tx.enqueue(&JOB, &Task { rehearsal: rehearsal.uuid() }, None).await?;
            sqlx::query!(
                "insert into automation.rehearsal (practice_id, id, workflow_id, definition, state, since, until, job_id,
                        created_by, created_at)
                 values ($1, $2, $3, $4, 'running', $5, $6, $7, $8, $6)",
                practice,
                rehearsal.uuid(),
                id.uuid(),
                serde_json::to_value(&workflow.definition).map_err(Error::internal)?,
                at(since) as _,
                at(now) as _,
                job.uuid(),
                by,
            )
            .execute(tx.conn())
            .await?;
            tx.record(Change::done("rehearse", "workflow", id.uuid())).await?;
            Ok(RehearsalBegun { id: rehearsal, job_id: job })
        })
        .await?;
    Ok((axum::http::StatusCode::ACCEPTED, Json(begun)))
}

/// What the draft would have done. The look is in the ledger.
#[utoipa::path(get, path = "/api/v1/workflow-rehearsals/{id}", tag = "automation",
    params(("id" = Uuid, Path, description = "The rehearsal"), Which), responses((status = 200, body = Rehearsal)))]
async fn read_rehearsal(
    who: Can<may::Write>,
    Path(id): Path<RehearsalId>,
    Query(which): Query<Which>,
) -> Result<Json<Rehearsal>> {
    let stale = || Error::invalid(Vec::new()).at("?cursor", "invalid", "Use the next of an answer before.");
    let after = which.cursor.as_deref().map(|cursor| cursor.parse::<i32>().map_err(|_| stale())).transpose()?;
    who.read_recorded(async move |tx| {
        let practice = tx.practice();
        let row = sqlx::query!(
            "select r.state, r.events, r.matched, j.state as job from automation.rehearsal r
               left join jobs.job j on j.practice_id = r.practice_id and j.id = r.job_id
              where r.practice_id = $1 and r.id = $2",
            practice,
            id.uuid(),
        )
        .fetch_optional(tx.conn())
        .await?
        .ok_or_else(Error::not_found)?;
        let limit = i64::from(which.limit);
        let mut rows = sqlx::query!(
            r#"select seq, at, subject_type as "subject_type!", subject_id as "subject_id!", patient_id, data
                 from automation.rehearsal_item where practice_id = $1 and rehearsal_id = $2 and seq > $3
                order by seq limit $4"#,
            practice,
            id.uuid(),
            after.unwrap_or(0),
            limit + 1,
        )
        .fetch_all(tx.conn())
        .await?;
        let more = i64::try_from(rows.len()).is_ok_and(|found| found > limit);
        rows.truncate(which.limit as usize);
        let next = rows.last().filter(|_| more).map(|row| row.seq.to_string());
        let patients: Vec<PatientId> = rows.iter().filter_map(|row| row.patient_id.map(PatientId)).collect();
        let mut items = Vec::new();
        for row in rows {
            let plain = tx.open(item_place(id.uuid(), row.seq), &row.data).await?;
            let data: Sealed = serde_json::from_slice(&plain).map_err(Error::internal)?;
            items.push(RehearsalItem {
                at: row.at.to_jiff(),
                subject: Record { kind: row.subject_type, id: row.subject_id, label: data.label },
                path: data.path,
                actions: data.actions,
                error: data.error,
            });
        }
        tx.record_read(Look::at("rehearsal", id.uuid()).of_patients(&patients)).await?;
        // a job that a person stopped says so itself
        let state = match row.job.as_deref() {
            Some("cancelled" | "failed") if row.state == "running" => "cancelled".to_owned(),
            _ => row.state,
        };
        Ok(Json(Rehearsal { state, events: row.events, matched: row.matched, items, next }))
    })
    .await
}

/// What is sealed of an item.
#[derive(Serialize, Deserialize)]
struct Sealed {
    label: Option<String>,
    path: Vec<String>,
    actions: Vec<RehearsedAction>,
    error: Option<String>,
}

fn item_place(rehearsal: Uuid, seq: i32) -> Place<'static> {
    let row = Uuid::from_u128(rehearsal.as_u128() ^ u128::from(seq.unsigned_abs()));
    Place { table: "automation.rehearsal_item", column: "data", row }
}

/// Goes through the events page by page; a page and what came of it are one transaction, so a second try goes on behind it.
async fn run(job: JobRun) -> Result<()> {
    let Task { rehearsal } = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
    let mut after = None;
    let mut looked = 0;
    loop {
        let page = async move |tx: &mut TenantTx| page(tx, rehearsal, after).await;
        let (last, count) = job.app.door.write(&Caller::system(job.practice), page).await?;
        looked += count;
        job.progress(looked, None).await?;
        match last {
            Some(last) => after = Some(last),
            None => return Ok(()),
        }
    }
}

type Behind = (jiff_sqlx::Timestamp, Uuid);

/// One page; answers its last event, and how many they were.
async fn page(tx: &mut TenantTx, id: Uuid, after: Option<Behind>) -> Result<(Option<Behind>, i64)> {
    let practice = tx.practice();
    let row = sqlx::query!(
        "select definition, since, until, events, matched from automation.rehearsal
          where practice_id = $1 and id = $2 and state = 'running' for update",
        practice,
        id,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok((None, 0)) };
    let definition: Definition = read(row.definition)?;
    // what begins otherwise has no events to be looked at, and its rehearsal is empty
    let wanted = match &definition.trigger {
        Some(Trigger::Event { event, .. }) => event.clone(),
        _ => String::new(),
    };
    if after.is_none() {
        // a second try begins from the beginning
        sqlx::query!(
            "delete from automation.rehearsal_item where practice_id = $1 and rehearsal_id = $2",
            practice,
            id
        )
        .execute(tx.conn())
        .await?;
    }
    let (after_at, after_id) = after.unzip();
    let events = sqlx::query!(
        "select id, at, name, subject_type, subject_id from outbox.event
          where practice_id = $1 and name = $2 and at >= $3 and at <= $4
            and ($5::timestamptz is null or (at, id) > ($5, $6::uuid)) order by at, id limit $7",
        practice,
        wanted,
        row.since as _,
        row.until as _,
        after_at as _,
        after_id,
        PAGE,
    )
    .fetch_all(tx.conn())
    .await?;
    let plan = Arc::new(Plan::read(registry(), definition)?);
    let info = info(tx).await?;
    let around = around(tx, &info, plan.needs_practice, plan.needs_opening).await?;
    let about: Vec<_> = events.iter().map(|event| (event.subject_type.clone(), event.subject_id)).collect();
    let loaded = load_subjects(tx, about).await?;
    let (before, mut matched) = if after.is_none() { (0, 0) } else { (row.events, row.matched) };
    let mut found = Vec::new();
    for event in &events {
        let (kind, subject) = (event.subject_type.as_str(), event.subject_id);
        let Some(mut vars) = variables(&loaded, Some((kind, subject)), &event.name, event.at.to_jiff()) else {
            continue;
        };
        let error = match holds(&plan, &mut vars, &around) {
            Ok(true) => None,
            Ok(false) => continue,
            Err(failure) => Some(failure.message),
        };
        matched += 1;
        if matched > MOST_ITEMS {
            continue;
        }
        let label = label(&vars);
        let sealed = match error {
            Some(error) => Sealed { label, path: Vec::new(), actions: Vec::new(), error: Some(error) },
            None => Sealed { label, ..walk(&plan, vars, &around) },
        };
        let patient = patient_of(&loaded, kind, subject);
        found.push((matched, event.at, kind.to_owned(), subject, patient, sealed));
    }
    for (seq, at, kind, subject, patient, sealed) in found {
        let data = tx.seal(item_place(id, seq), &serde_json::to_vec(&sealed).map_err(Error::internal)?).await?;
        sqlx::query!(
            "insert into automation.rehearsal_item (practice_id, rehearsal_id, seq, at, subject_type, subject_id,
                    patient_id, data) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            practice,
            id,
            seq,
            at as _,
            kind,
            subject,
            patient,
            data,
        )
        .execute(tx.conn())
        .await?;
    }
    let count = i64::try_from(events.len()).unwrap_or(0);
    let last = events.last().filter(|_| count >= PAGE).map(|event| (event.at, event.id));
    sqlx::query!(
        "update automation.rehearsal set events = $3, matched = $4, state = case when $5 then state else 'done' end
          where practice_id = $1 and id = $2",
        practice,
        id,
        before + i32::try_from(count).unwrap_or(0),
        matched,
        last.is_some(),
    )
    .execute(tx.conn())
    .await?;
    Ok((last, count))
}

fn patient_of(loaded: &Loaded, kind: &str, id: Uuid) -> Option<Uuid> {
    if kind == "patient" {
        return Some(id);
    }
    registry().subjects.get(kind).and_then(|subject| loaded.patient(subject, id))
}

/// What people call what it is about: the patient's name, where there is one.
fn label(vars: &Map<String, Value>) -> Option<String> {
    let patient = vars.get("patient")?;
    let part = |name: &str| patient.get(name).and_then(Value::as_str);
    let whole: Vec<_> = ["givenName", "familyName"].into_iter().filter_map(part).collect();
    part("name").map(str::to_owned).or_else(|| (!whole.is_empty()).then(|| whole.join(" ")))
}

/// Walks the steps without doing anything.
fn walk(plan: &Plan, vars: Map<String, Value>, around: &Surroundings) -> Sealed {
    let mut state = begin(plan, vars);
    let (mut answer, mut around) = (Answer::Go, around.clone());
    let mut sealed = Sealed { label: None, path: Vec::new(), actions: Vec::new(), error: None };
    for _ in 0..MOST_STEPS {
        let turn = decide(plan, &mut state, answer, &around, MOST_STEPS);
        for entry in turn.entries {
            if sealed.path.last() != Some(&entry.step) {
                sealed.path.push(entry.step);
            }
        }
        answer = match turn.next {
            Next::Act(request) => {
                let Some(NodeWork::Act(act)) = plan.node(&request.step).map(|node| &node.work) else { break };
                sealed.path.push(request.step.clone());
                sealed.actions.push(RehearsedAction {
                    step: request.step,
                    action: act.action.name.to_owned(),
                    input: Value::Object(request.input),
                });
                Answer::Gave(samples(act.action))
            }
            Next::Wait(waiting) => {
                around.now = waiting.until;
                around.opening = waiting.until;
                Answer::Woken(None)
            }
            Next::Again => Answer::Go,
            Next::Done => break,
            Next::Failed(failure) => {
                sealed.error = Some(failure.message);
                break;
            }
        };
    }
    sealed
}

/// What an action gives, as its samples say.
fn samples(action: &crate::block::Action) -> Value {
    let given: BTreeMap<&str, Value> =
        action.gives.iter().map(|field| (field.key, serde_json::from_str(field.sample).unwrap_or_default())).collect();
    crate::engine::nest(json!(given))
}
