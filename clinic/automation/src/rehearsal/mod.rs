//! Rehearsal: a draft beside what happened in the last month, and where it begins by dates of records, beside those of the
//! coming one as well. What it would have done, to whom, is told, and nothing of it is done. Records are seen as they are
//! today.

mod job;
mod occasions;
mod walk;

use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Path, Query};
use platform::guard::Can;
use platform::id::PatientId;
use platform::jobs::{JobId, JobKind};
use platform::page::{MAX_LIMIT, default_limit};
use platform::permission::{Permission as _, patients as may_patients, workflows as may};
use platform::record::{Change, Look};
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::check::check;
use crate::definition::Trigger;
use crate::registry::registry;
use crate::run::Record;
use crate::workflow::WorkflowId;
use crate::workflow::row::find;

platform::id!(
    /// A rehearsal.
    RehearsalId
);

/// The job of a rehearsal.
pub const JOB: JobKind = JobKind { name: "automation.rehearse", max_attempts: 3, run: |job| Box::pin(job::run(job)) };

/// How far back, and how far ahead where dates are known; events are kept for 35 days.
const DAYS: i64 = 30;

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
    /// Events, dates or turns that were looked at.
    events: i32,
    /// Those that would have begun it.
    matched: i32,
    /// What would have been done, the earliest first.
    items: Vec<RehearsalItem>,
    /// Where the next page begins; none behind the last one.
    #[schema(required)]
    next: Option<String>,
}

/// What one of them would have led to.
#[derive(Debug, Serialize, ToSchema)]
struct RehearsalItem {
    /// When it happened, or will.
    at: Timestamp,
    /// What it was about; nothing, where it begins by a schedule.
    #[schema(required)]
    subject: Option<Record>,
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
    let rights = who.rights().clone();
    let begun = who
        .write(async move |tx| {
            tx.one_by_one().await?;
            let workflow = find(tx, id).await?;
            let report = check(registry(), &workflow.definition);
            if !report.is_publishable() {
                return Err(Error::conflict("workflow.unfinished", "The draft has problems; see what the check says."));
            }
            if report.permissions.iter().any(|permission| !rights.may(permission)) || !rights.may(may_patients::Read::NAME) {
                let text = "The rehearsal shows what you may not see, or does what you may not do yourself.";
                return Err(Error::forbidden_as("workflow.beyond_rights", text));
            }
            if is_under_way(tx).await? {
                let text = "Another rehearsal is under way; wait for it, or stop it.";
                return Err(Error::conflict("rehearsal.under_way", text));
            }
            let (practice, now, rehearsal) = (tx.practice(), tx.now(), RehearsalId::new());
            let earliest = now.saturating_sub(SignedDuration::from_hours(24 * DAYS)).unwrap_or(now);
            let since = new.from.unwrap_or(earliest).clamp(earliest, now);
            let until = match &workflow.definition.trigger {
                Some(Trigger::Date { .. }) => now.saturating_add(SignedDuration::from_hours(24 * DAYS)).unwrap_or(now),
                _ => now,
            };
            let by = tx.caller().actor.user().map(|user| user.uuid());
            let at = jiff_sqlx::Timestamp::from;
            let job = tx.enqueue(&JOB, &Task { rehearsal: rehearsal.uuid() }, None).await?;
            sqlx::query!(
                "insert into automation.rehearsal (practice_id, id, workflow_id, definition, state, since, until, job_id,
                        created_by, created_at)
                 values ($1, $2, $3, $4, 'running', $5, $6, $7, $8, $9)",
                practice,
                rehearsal.uuid(),
                id.uuid(),
                serde_json::to_value(&workflow.definition).map_err(Error::internal)?,
                at(since) as _,
                at(until) as _,
                job.uuid(),
                by,
                at(now) as _,
            )
            .execute(tx.conn())
            .await?;
            tx.record(Change::done("rehearse", "workflow", id.uuid())).await?;
            Ok(RehearsalBegun { id: rehearsal, job_id: job })
        })
        .await?;
    Ok((axum::http::StatusCode::ACCEPTED, Json(begun)))
}

/// Whether somebody of the practice rehearses: each takes its time of the server's.
async fn is_under_way(tx: &mut TenantTx) -> Result<bool> {
    let practice = tx.practice();
    let found = sqlx::query_scalar!(
        r#"select exists (
            select from automation.rehearsal r join jobs.job j on j.practice_id = r.practice_id and j.id = r.job_id
             where r.practice_id = $1 and r.state = 'running' and j.state in ('queued', 'running')) as "found!""#,
        practice,
    );
    Ok(found.fetch_one(tx.conn()).await?)
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
    if !who.may(may_patients::Read::NAME) {
        return Err(Error::forbidden_as(
            "workflow.beyond_rights",
            "The rehearsal shows patients, whom you may not see.",
        ));
    }
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
            "select seq, at, subject_type, subject_id, patient_id, data
               from automation.rehearsal_item where practice_id = $1 and rehearsal_id = $2 and seq > $3
              order by seq limit $4",
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
            let subject = row.subject_type.zip(row.subject_id);
            items.push(RehearsalItem {
                at: row.at.to_jiff(),
                subject: subject.map(|(kind, id)| Record { kind, id, label: data.label }),
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
