//! The practices of the platform: how each stands, in numbers.

use std::collections::HashMap;
use std::time::Duration;

use garde::Validate;
use jiff::Timestamp;
use platform::administrator::Admin;
use platform::db::PlatformTx;
use platform::error::{Error, Result};
use platform::extract::{Path, Query};
use platform::filter::Kind;
use platform::id::PracticeId;
use platform::jobs::Schedule;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::QueryBuilder;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::limits::Limits;
use crate::queues::{Queues, queues_of};

/// Seconds that an event may wait before its practice counts as behind.
const BEHIND: f64 = 60.0;

/// The routes of the list.
pub fn routes() -> Routes {
    Routes::new().route(route!(list_practices)).route(route!(read_practice))
}

/// Whether a practice is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Standing {
    /// Open.
    Active,
    /// Closed for everybody in it; nothing is lost.
    Suspended,
}

/// How the work behind a practice goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// As it should.
    Ok,
    /// Events have waited for over a minute.
    Behind,
    /// Something was given up and waits for a person.
    Failing,
    /// Its work waits.
    Suspended,
}

/// A practice, as the platform knows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ManagedPractice)]
pub struct Practice {
    pub id: PracticeId,
    pub slug: String,
    pub name: String,
    pub status: Standing,
    /// Why it was suspended.
    #[schema(required)]
    pub suspended_reason: Option<String>,
    #[schema(required)]
    pub suspended_at: Option<Timestamp>,
    pub country: String,
    pub created_at: Timestamp,
    /// People who may sign in.
    pub staff: i64,
    /// Whether it was founded for an owner who has not accepted yet.
    pub waiting_for_owner: bool,
    /// When somebody was last there.
    #[schema(required)]
    pub last_activity_at: Option<Timestamp>,
    /// How much it keeps; null until it was first measured.
    #[schema(required)]
    pub size: Option<Size>,
    pub queues: Queues,
    pub health: Health,
    pub limits: Limits,
}

/// How much a practice keeps, counted within the last hour or so.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Size {
    /// Rows of all its tables.
    pub rows: i64,
    /// Its share of the tables on disk, estimated.
    pub bytes: i64,
    /// Rows by table.
    pub tables: HashMap<String, i64>,
    pub measured_at: Timestamp,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListPractices {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// `name` or `createdAt`, with a hyphen in front for descending.
    #[garde(inner(length(max = 40)))]
    sort: Option<String>,
    /// Only these.
    #[garde(skip)]
    #[param(inline)]
    status: Option<Standing>,
    /// Part of a name or address.
    #[garde(inner(length(chars, max = 120)))]
    q: Option<String>,
}

/// A page of practices.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PracticePage {
    items: Vec<Practice>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

const SORTS: &[Sort] = &[
    Sort { name: "name", column: "lower(p.name)", kind: Kind::Text },
    Sort { name: "createdAt", column: "p.created_at", kind: Kind::Instant },
];

/// Practices, with how each stands.
#[utoipa::path(get, path = "/api/v1/admin/practices", tag = "administration", params(ListPractices),
    responses((status = 200, body = PracticePage)))]
async fn list_practices(who: Admin, Query(asked): Query<ListPractices>) -> Result<Json<PracticePage>> {
    let order = Order::parse(SORTS, asked.sort.as_deref(), asked.cursor.as_deref(), asked.limit)?;
    let mut tx = who.open("practices.list").await?;
    let mut query = QueryBuilder::new(format!("{COLUMNS} where true"));
    if let Some(status) = asked.status {
        query.push(" and p.status = ").push_bind(status);
    }
    if let Some(q) = asked.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        query.push(" and strpos(lower(p.name) || ' ' || p.slug, lower(").push_bind(q.to_owned()).push(")) > 0");
    }
    order.push("p.practice_id", &mut query)?;
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
    let (rows, next_cursor) = order.cut(rows, |row, sort| match sort {
        "createdAt" => (row.created_at.to_jiff().to_string().into(), row.practice_id),
        _ => (row.name_key.clone().into(), row.practice_id),
    })?;
    let items = with_numbers(&mut tx, rows).await?;
    tx.commit().await?;
    Ok(Json(PracticePage { items, next_cursor }))
}

/// One practice, measured anew.
#[utoipa::path(get, path = "/api/v1/admin/practices/{id}", tag = "administration",
    params(("id" = Uuid, Path, description = "The practice")), responses((status = 200, body = Practice)))]
async fn read_practice(who: Admin, Path(id): Path<PracticeId>) -> Result<Json<Practice>> {
    let mut tx = who.open_about("practices.read", Some(id)).await?;
    find(&mut tx, id).await?;
    sqlx::query!("select administration.measure($1)", id.uuid()).execute(tx.conn()).await?;
    let practice = find(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(practice))
}

/// The practice as it stands.
///
/// # Errors
/// 404 when there is none.
pub async fn find(tx: &mut PlatformTx, id: PracticeId) -> Result<Practice> {
    let mut query = QueryBuilder::new(format!("{COLUMNS} where p.practice_id = "));
    query.push_bind(id.uuid());
    let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
    with_numbers(tx, rows).await?.pop().ok_or_else(Error::not_found)
}

/// The same after a change by the administrator who asked.
///
/// # Errors
/// 404 when there is none.
pub async fn after_change(who: &Admin, id: PracticeId) -> Result<Json<Practice>> {
    let mut tx = who.app().db().platform_unrecorded().await?;
    let practice = find(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(practice))
}

const COLUMNS: &str = "select p.practice_id, p.slug, p.name, lower(p.name) as name_key, p.status, p.suspended_reason,
        p.suspended_at, p.country, p.created_at, p.rate_per_second, p.max_staff, p.limits_version,
        s.row_count, s.byte_count, s.tables,
        s.measured_at
   from platform.practice p left join administration.practice_size s on s.practice = p.practice_id";

#[derive(sqlx::FromRow)]
struct Row {
    practice_id: Uuid,
    slug: String,
    name: String,
    name_key: String,
    status: Standing,
    suspended_reason: Option<String>,
    suspended_at: Option<jiff_sqlx::Timestamp>,
    country: String,
    created_at: jiff_sqlx::Timestamp,
    rate_per_second: Option<i32>,
    max_staff: Option<i32>,
    limits_version: i32,
    row_count: Option<i64>,
    byte_count: Option<i64>,
    tables: Option<Value>,
    measured_at: Option<jiff_sqlx::Timestamp>,
}

/// Adds what other tables say, for all rows at once.
async fn with_numbers(tx: &mut PlatformTx, rows: Vec<Row>) -> Result<Vec<Practice>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.practice_id).collect();
    let people = sqlx::query!(
        r#"select practice as "practice!", staff as "staff!", last_activity, has_owner as "has_owner!"
             from administration.people($1)"#,
        &ids,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut people: HashMap<_, _> = people
        .into_iter()
        .map(|row| (row.practice, People { staff: row.staff, last_at: row.last_activity, owned: row.has_owner }))
        .collect();
    let mut queues = queues_of(tx, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let id = row.practice_id;
            practice(row, people.remove(&id).unwrap_or_default(), queues.remove(&id).unwrap_or_default())
        })
        .collect()
}

#[derive(Default)]
struct People {
    staff: i64,
    last_at: Option<jiff_sqlx::Timestamp>,
    owned: bool,
}

fn practice(row: Row, people: People, queues: Queues) -> Result<Practice> {
    let size = match (row.row_count, row.byte_count, row.tables, row.measured_at) {
        (Some(rows), Some(bytes), Some(tables), Some(at)) => {
            let tables = serde_json::from_value(tables).map_err(Error::internal)?;
            Some(Size { rows, bytes, tables, measured_at: at.to_jiff() })
        }
        _ => None,
    };
    Ok(Practice {
        id: PracticeId(row.practice_id),
        slug: row.slug,
        name: row.name,
        status: row.status,
        suspended_reason: row.suspended_reason,
        suspended_at: row.suspended_at.map(|at| at.to_jiff()),
        country: row.country,
        created_at: row.created_at.to_jiff(),
        staff: people.staff,
        waiting_for_owner: !people.owned,
        last_activity_at: people.last_at.map(|at| at.to_jiff()),
        size,
        health: health(row.status, &queues),
        queues,
        limits: Limits { rate_per_second: row.rate_per_second, max_staff: row.max_staff, version: row.limits_version },
    })
}

fn health(status: Standing, queues: &Queues) -> Health {
    if status == Standing::Suspended {
        Health::Suspended
    } else if queues.dead_events > 0 || queues.failed_jobs > 0 {
        Health::Failing
    } else if queues.oldest_event_seconds.is_some_and(|age| age > BEHIND) {
        Health::Behind
    } else {
        Health::Ok
    }
}

/// Measures practices, those first that were measured the longest ago, a few at a time.
pub fn measuring() -> Schedule {
    Schedule {
        name: "administration.measure",
        every: Duration::from_secs(600),
        run: |app| {
            Box::pin(async move {
                while !app.stop.is_cancelled() {
                    let mut tx = app.db().platform_unrecorded().await?;
                    let measured = sqlx::query_scalar!(r#"select administration.measure_stale(10) as "measured!""#)
                        .fetch_one(tx.conn())
                        .await?;
                    tx.commit().await?;
                    if measured < 10 {
                        break;
                    }
                }
                Ok(())
            })
        },
    }
}
