//! Events that were set aside after the last try: which, why, and what to do with them. Ids and codes, never contents.

use garde::Validate;
use jiff::Timestamp;
use platform::administrator::Admin;
use platform::error::{Error, Result};
use platform::extract::{Body, Query};
use platform::id::PracticeId;
use platform::page::{MAX_LIMIT, default_limit};
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{route, validate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::newest::{NewestFirst, Page};
use crate::queues::NamedPractice;

/// The routes of dead events.
pub fn routes() -> Routes {
    Routes::new().route(route!(list_dead_events)).route(route!(replay_events)).route(route!(discard_events))
}

/// An event that was set aside.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeadEvent {
    id: Uuid,
    practice: NamedPractice,
    at: Timestamp,
    /// What happened, `noun.past_participle`.
    name: String,
    subject_type: String,
    subject_id: Uuid,
    /// Code of the last failure.
    #[schema(required)]
    error: Option<String>,
}

/// A page of them, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeadEventPage {
    items: Vec<DeadEvent>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Which to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListFailures {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    pub limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    pub cursor: Option<String>,
    /// Only of this practice.
    #[garde(skip)]
    pub practice: Option<Uuid>,
}

/// Which of a practice's, together.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Chosen {
    /// Whose.
    #[garde(skip)]
    pub practice: PracticeId,
    /// Which, at most 100.
    #[garde(length(min = 1, max = 100))]
    pub ids: Vec<Uuid>,
}

/// Which of a practice's to give up, and why.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GivenUp {
    /// Whose.
    #[garde(skip)]
    practice: PracticeId,
    /// Which, at most 100.
    #[garde(length(min = 1, max = 100))]
    ids: Vec<Uuid>,
    /// For both ledgers, 3 to 500 characters.
    #[garde(length(chars, min = 3, max = 500), custom(validate::line))]
    reason: String,
}

/// Which of them it was done to; what was not dead any more is left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Done {
    /// Their ids.
    pub ids: Vec<Uuid>,
}

/// Events that were set aside, newest first.
#[utoipa::path(get, path = "/api/v1/admin/dead-events", tag = "administration", params(ListFailures),
    responses((status = 200, body = DeadEventPage)))]
async fn list_dead_events(who: Admin, Query(asked): Query<ListFailures>) -> Result<Json<DeadEventPage>> {
    let page = NewestFirst::parse(asked.cursor.as_deref(), asked.limit)?;
    let mut tx = who.open_about("dead_events.list", asked.practice.map(PracticeId)).await?;
    let rows = sqlx::query!(
        r#"select p.practice_id, p.name as practice_name, p.slug, e.id as "id!", e.at as "at!", e.name as "name!",
                  e.subject_type as "subject_type!", e.subject_id as "subject_id!", e.error
             from claim.dead_events($1, $2, $3, $4) e join platform.practice p on p.practice_id = e.practice_id
            order by e.at desc, e.id desc"#,
        asked.practice,
        page.before_at() as _,
        page.before_id(),
        page.rows(),
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    let events = rows.into_iter().map(|row| DeadEvent {
        id: row.id,
        practice: NamedPractice { id: PracticeId(row.practice_id), name: row.practice_name, slug: row.slug },
        at: row.at.to_jiff(),
        name: row.name,
        subject_type: row.subject_type,
        subject_id: row.subject_id,
        error: row.error,
    });
    let Page { items, next_cursor } = page.cut(events.collect(), |event| (event.at, event.id))?;
    Ok(Json(DeadEventPage { items, next_cursor }))
}

/// Tell events again that were set aside.
#[utoipa::path(post, path = "/api/v1/admin/dead-events/replay", tag = "administration", request_body = Chosen,
    responses((status = 200, body = Done)))]
async fn replay_events(who: Admin, Body(asked): Body<Chosen>) -> Result<Json<Done>> {
    let ids = who
        .write(asked.practice, "dead_events.replay", "console", async move |tx| {
            let done = tx.replay_events(&asked.ids).await?;
            for id in &done {
                tx.record(Change::done("replay", "event", *id)).await?;
            }
            some(done)
        })
        .await?;
    Ok(Json(Done { ids }))
}

/// Give events up that were set aside.
#[utoipa::path(post, path = "/api/v1/admin/dead-events/discard", tag = "administration", request_body = GivenUp,
    responses((status = 200, body = Done)))]
async fn discard_events(who: Admin, Body(asked): Body<GivenUp>) -> Result<Json<Done>> {
    let ids = who
        .write(asked.practice, "dead_events.discard", asked.reason.trim(), async move |tx| {
            let done = tx.discard_events(&asked.ids).await?;
            for id in &done {
                tx.record(Change::done("discard", "event", *id)).await?;
            }
            some(done)
        })
        .await?;
    Ok(Json(Done { ids }))
}

/// Nothing done is nothing to write down either.
pub fn some(done: Vec<Uuid>) -> Result<Vec<Uuid>> {
    if done.is_empty() { Err(Error::not_found()) } else { Ok(done) }
}
