//! How full the queues are, over all practices and in those that are busy.

use std::collections::HashMap;

use jiff::Timestamp;
use platform::administrator::Admin;
use platform::db::PlatformTx;
use platform::error::Result;
use platform::id::PracticeId;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Practices that the overview names: those with the most in their queues. All of them are in the list of practices.
const BUSY: i32 = 20;
/// Jobs under way that the overview names; more do not run at once on one server, and the oldest come first.
const RUNNING: i32 = 100;

/// The route of the overview.
pub fn routes() -> Routes {
    Routes::new().route(route!(read_queues))
}

/// What waits and what was given up.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Queues {
    /// Events not yet told.
    pub events: i64,
    /// Age of the oldest of them, in seconds.
    #[schema(required)]
    pub oldest_event_seconds: Option<f64>,
    /// Events that were set aside after the last try.
    pub dead_events: i64,
    /// Jobs that are due.
    pub due_jobs: i64,
    /// Jobs under way.
    pub running_jobs: i64,
    /// Jobs that were given up.
    pub failed_jobs: i64,
}

/// The queues of the platform.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Overview {
    /// Practices with anything in their queues, the fullest first, at most 20.
    busy: Vec<Busy>,
    /// Jobs under way, the oldest first, at most 100.
    running: Vec<RunningJob>,
    /// Recurring work of the platform.
    schedules: Vec<Turn>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Busy {
    practice: NamedPractice,
    queues: Queues,
    /// Events told per minute, over the last five.
    events_per_minute: f64,
}

/// A practice by name.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NamedPractice {
    pub id: PracticeId,
    pub name: String,
    pub slug: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RunningJob {
    id: Uuid,
    practice: NamedPractice,
    kind: String,
    attempts: i32,
    done: i64,
    #[schema(required)]
    total: Option<i64>,
    created_at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Turn {
    name: String,
    /// When it last began.
    #[schema(required)]
    last_at: Option<Timestamp>,
    next_at: Timestamp,
}

/// What waits, what runs, what recurs.
#[utoipa::path(get, path = "/api/v1/admin/queues", tag = "administration", responses((status = 200, body = Overview)))]
async fn read_queues(who: Admin) -> Result<Json<Overview>> {
    let mut tx = who.open("queues.read").await?;
    let overview =
        Overview { busy: busy(&mut tx).await?, running: running(&mut tx).await?, schedules: schedules(&mut tx).await? };
    tx.commit().await?;
    Ok(Json(overview))
}

async fn busy(tx: &mut PlatformTx) -> Result<Vec<Busy>> {
    let practices = sqlx::query!(
        r#"select p.practice_id, p.name, p.slug
             from claim.busy($1) with ordinality b (id, place) join platform.practice p on p.practice_id = b.id
            order by b.place"#,
        BUSY,
    )
    .fetch_all(tx.conn())
    .await?;
    let ids: Vec<Uuid> = practices.iter().map(|row| row.practice_id).collect();
    let mut queues = queues_of(tx, &ids).await?;
    let told = sqlx::query!(r#"select practice_id as "practice!", told as "told!" from claim.told($1)"#, &ids)
        .fetch_all(tx.conn())
        .await?;
    let told: HashMap<_, _> = told.into_iter().map(|row| (row.practice, row.told)).collect();
    let per_minute = |practice: &Uuid| {
        let told = told.get(practice).copied().unwrap_or_default();
        f64::from(u32::try_from(told).unwrap_or(u32::MAX)) / 5.0
    };
    let busy = practices.into_iter().map(|row| Busy {
        queues: queues.remove(&row.practice_id).unwrap_or_default(),
        events_per_minute: per_minute(&row.practice_id),
        practice: NamedPractice { id: PracticeId(row.practice_id), name: row.name, slug: row.slug },
    });
    Ok(busy.collect())
}

async fn running(tx: &mut PlatformTx) -> Result<Vec<RunningJob>> {
    let rows = sqlx::query!(
        r#"select p.practice_id, p.name, p.slug, j.id as "id!", j.kind as "kind!", j.attempts as "attempts!",
                  j.progress_done as "done!", j.progress_total as total, j.created_at as "created_at!"
             from claim.running_jobs($1) j join platform.practice p on p.practice_id = j.practice_id
            order by j.created_at, j.id"#,
        RUNNING,
    )
    .fetch_all(tx.conn())
    .await?;
    let job = rows.into_iter().map(|row| RunningJob {
        id: row.id,
        practice: NamedPractice { id: PracticeId(row.practice_id), name: row.name, slug: row.slug },
        kind: row.kind,
        attempts: row.attempts,
        done: row.done,
        total: row.total,
        created_at: row.created_at.to_jiff(),
    });
    Ok(job.collect())
}

async fn schedules(tx: &mut PlatformTx) -> Result<Vec<Turn>> {
    let rows = sqlx::query!(r#"select name as "name!", last_at, next_at as "next_at!" from claim.schedules()"#)
        .fetch_all(tx.conn())
        .await?;
    let turn = rows.into_iter().map(|row| Turn {
        name: row.name,
        last_at: row.last_at.map(|at| at.to_jiff()),
        next_at: row.next_at.to_jiff(),
    });
    Ok(turn.collect())
}

/// How full the queues of these practices are.
///
/// # Errors
/// 503 when the database is away.
pub async fn queues_of(tx: &mut PlatformTx, practices: &[Uuid]) -> Result<HashMap<Uuid, Queues>> {
    let rows = sqlx::query!(
        r#"select practice_id as "practice!", events as "events!", oldest_event_seconds, dead_events as "dead_events!",
                  due_jobs as "due_jobs!", running_jobs as "running_jobs!", failed_jobs as "failed_jobs!"
             from claim.queues($1)"#,
        practices,
    )
    .fetch_all(tx.conn())
    .await?;
    let queues = rows.into_iter().map(|row| {
        let queues = Queues {
            events: row.events,
            oldest_event_seconds: row.oldest_event_seconds,
            dead_events: row.dead_events,
            due_jobs: row.due_jobs,
            running_jobs: row.running_jobs,
            failed_jobs: row.failed_jobs,
        };
        (row.practice, queues)
    });
    Ok(queues.collect())
}
