//! Jobs that were given up, and giving them their tries again.

use jiff::Timestamp;
use platform::administrator::Admin;
use platform::error::Result;
use platform::extract::{Body, Query};
use platform::id::PracticeId;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::dead_events::{Chosen, Done, ListFailures, some};
use crate::newest::{NewestFirst, Page};
use crate::queues::NamedPractice;

/// The routes of failed jobs.
pub fn routes() -> Routes {
    Routes::new().route(route!(list_failed_jobs)).route(route!(retry_jobs))
}

/// A job that was given up.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FailedJob {
    id: Uuid,
    practice: NamedPractice,
    kind: String,
    attempts: i32,
    /// Code of the last failure.
    #[schema(required)]
    error: Option<String>,
    created_at: Timestamp,
    finished_at: Timestamp,
}

/// A page of them, the latest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FailedJobPage {
    items: Vec<FailedJob>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Jobs that were given up, the latest first.
#[utoipa::path(get, path = "/api/v1/admin/failed-jobs", tag = "administration", params(ListFailures),
    responses((status = 200, body = FailedJobPage)))]
async fn list_failed_jobs(who: Admin, Query(asked): Query<ListFailures>) -> Result<Json<FailedJobPage>> {
    let page = NewestFirst::parse(asked.cursor.as_deref(), asked.limit)?;
    let mut tx = who.open_about("failed_jobs.list", asked.practice.map(PracticeId)).await?;
    let rows = sqlx::query!(
        r#"select p.practice_id, p.name, p.slug, j.id as "id!", j.kind as "kind!", j.attempts as "attempts!", j.error,
                  j.created_at as "created_at!", j.finished_at as "finished_at!"
             from claim.failed_jobs($1, $2, $3, $4) j join platform.practice p on p.practice_id = j.practice_id
            order by j.finished_at desc, j.id desc"#,
        asked.practice,
        page.before_at() as _,
        page.before_id(),
        page.rows(),
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    let jobs = rows.into_iter().map(|row| FailedJob {
        id: row.id,
        practice: NamedPractice { id: PracticeId(row.practice_id), name: row.name, slug: row.slug },
        kind: row.kind,
        attempts: row.attempts,
        error: row.error,
        created_at: row.created_at.to_jiff(),
        finished_at: row.finished_at.to_jiff(),
    });
    let Page { items, next_cursor } = page.cut(jobs.collect(), |job| (job.finished_at, job.id))?;
    Ok(Json(FailedJobPage { items, next_cursor }))
}

/// Try jobs again that were given up.
#[utoipa::path(post, path = "/api/v1/admin/failed-jobs/retry", tag = "administration", request_body = Chosen,
    responses((status = 200, body = Done)))]
async fn retry_jobs(who: Admin, Body(asked): Body<Chosen>) -> Result<Json<Done>> {
    let ids = who
        .write(asked.practice, "failed_jobs.retry", "console", async move |tx| {
            let done = tx.retry_jobs(&asked.ids).await?;
            for id in &done {
                tx.record(Change::done("retry", "job", *id)).await?;
            }
            some(done)
        })
        .await?;
    Ok(Json(Done { ids }))
}
