//! One's own notices: what one was told, and that one has read it. There is no way to anybody else's.

use garde::Validate;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::extract::{Body, Query};
use platform::filter::Kind;
use platform::guard::Can;
use platform::id::UserId;
use platform::page::{MAX_LIMIT, Order, Sort, default_limit};
use platform::permission::notices as may;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::shown::{COLUMNS, Eyes, NoticeItem, Row, looked_at};

/// The routes of one's own notices.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(count)).route(route!(mark_read))
}

/// Which notices.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListNotices {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// Only what one has not read.
    #[garde(skip)]
    #[serde(default)]
    unread: bool,
}

/// A page of one's own notices.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NoticePage {
    items: Vec<NoticeItem>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
    /// How many one has not read, on all pages.
    unread: i64,
}

/// How many notices one has not read.
#[derive(Debug, Serialize, ToSchema)]
struct UnreadNotices {
    unread: i64,
}

/// Which notices one has read: all where nothing is said.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReadNotices {
    /// These; what is not one's own is left out.
    #[garde(inner(length(max = 200)))]
    #[serde(default)]
    ids: Option<Vec<Uuid>>,
    /// Those that one was told until then: what came meanwhile was not seen.
    #[garde(skip)]
    #[serde(default)]
    until: Option<Timestamp>,
}

undisclosed!(NoticePage);

const NEWEST: &[Sort] = &[Sort { name: "createdAt", column: "n.created_at", kind: Kind::Instant }];

/// What one was told, newest first. Which of it was looked at is written to the ledger.
#[utoipa::path(get, path = "/api/v1/notices", tag = "notices", params(ListNotices),
    responses((status = 200, body = NoticePage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListNotices>) -> Result<Json<NoticePage>> {
    let order = Order::parse(NEWEST, Some("-createdAt"), asked.cursor.as_deref(), asked.limit)?;
    let (eyes, (user, _)) = (Eyes::of(&who), who.person()?);
    who.read_recorded(async move |tx| {
        let mut query = QueryBuilder::new("select ");
        query.push(COLUMNS).push(" from notices.notice n where n.practice_id = ").push_bind(tx.practice());
        query.push(" and n.user_id = ").push_bind(user.uuid());
        if asked.unread {
            query.push(" and n.read_at is null");
        }
        order.push("n.id", &mut query)?;
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let (rows, next_cursor) = order.cut(rows, |row, _| (row.created_at.to_jiff().to_string().into(), row.id))?;
        let filter: &[&str] = if asked.unread { &["unread"] } else { &[] };
        let items = looked_at(tx, rows, eyes, filter).await?;
        Ok(Json(NoticePage { items, next_cursor, unread: unread(tx, user).await? }))
    })
    .await
}

/// How many notices one has not read.
#[utoipa::path(get, path = "/api/v1/notices/count", tag = "notices", responses((status = 200, body = UnreadNotices)))]
async fn count(who: Can<may::Read>) -> Result<Json<UnreadNotices>> {
    let (user, _) = who.person()?;
    who.read(async move |tx| Ok(Json(UnreadNotices { unread: unread(tx, user).await? }))).await
}

/// Note that one has read notices.
#[utoipa::path(post, path = "/api/v1/notices/read", tag = "notices", request_body = ReadNotices,
    responses((status = 200, body = UnreadNotices)))]
async fn mark_read(who: Can<may::Read>, Body(asked): Body<ReadNotices>) -> Result<Json<UnreadNotices>> {
    let (user, _) = who.person()?;
    who.write(async move |tx| {
        let (practice, now) = (tx.practice(), tx.now());
        let read = sqlx::query_scalar!(
            "update notices.notice set read_at = $3
              where practice_id = $1 and user_id = $2 and read_at is null
                and ($4::uuid[] is null or id = any($4)) and ($5::timestamptz is null or created_at <= $5)
             returning id",
            practice,
            user.uuid(),
            jiff_sqlx::Timestamp::from(now) as _,
            asked.ids.as_deref(),
            asked.until.map(jiff_sqlx::Timestamp::from) as _,
        )
        .fetch_all(tx.conn())
        .await?;
        if !read.is_empty() {
            let done = Change::done("mark_read", "notice", user.uuid()).with(serde_json::json!({ "ids": read }));
            tx.record(done.event("notice.read", 1)).await?;
        }
        Ok(Json(UnreadNotices { unread: unread(tx, user).await? }))
    })
    .await
}

async fn unread(tx: &mut TenantTx, user: UserId) -> Result<i64> {
    let practice = tx.practice();
    let unread = sqlx::query_scalar!(
        r#"select count(*) as "unread!" from notices.notice where practice_id = $1 and user_id = $2 and read_at is null"#,
        practice,
        user.uuid(),
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(unread)
}
