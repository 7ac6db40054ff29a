//! The ledger of the platform: what administrators did, and what was done on the server itself.

use garde::Validate;
use jiff::Timestamp;
use platform::administrator::Admin;
use platform::error::Result;
use platform::extract::Query;
use platform::id::AdministratorId;
use platform::page::{MAX_LIMIT, default_limit};
use platform::phi::Phi;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::newest::{NewestFirst, Page};

/// The route of the ledger.
pub fn routes() -> Routes {
    Routes::new().route(route!(list_access))
}

/// A line of the ledger. Nobody can change or remove one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AccessLine {
    id: Uuid,
    at: Timestamp,
    /// Who; null for what was done on the server itself.
    #[schema(required)]
    administrator: Option<NamedAdministrator>,
    /// What, `noun.verb`.
    action: String,
    /// To which practice.
    #[schema(required)]
    practice: Option<Uuid>,
    /// Its name today.
    #[schema(required)]
    practice_name: Option<String>,
    reason: String,
    denied: bool,
    #[schema(required)]
    ip: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct NamedAdministrator {
    id: AdministratorId,
    name: Phi<String>,
}

/// A page of lines, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AccessPage {
    items: Vec<AccessLine>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListAccess {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
    /// Only about this practice.
    #[garde(skip)]
    practice: Option<Uuid>,
    /// Only by this administrator.
    #[garde(skip)]
    administrator: Option<Uuid>,
    /// Only this action, `practices.suspend`, or all of one kind, `practices`.
    #[garde(inner(length(max = 60)))]
    action: Option<String>,
    /// Only what was refused.
    #[garde(skip)]
    #[serde(default)]
    denied: bool,
    /// Also what was only looked at: lists and numbers in the console.
    #[garde(skip)]
    #[serde(default)]
    looks: bool,
}

/// What was done across practices, newest first.
#[utoipa::path(get, path = "/api/v1/admin/access", tag = "administration", params(ListAccess),
    responses((status = 200, body = AccessPage)))]
async fn list_access(who: Admin, Query(asked): Query<ListAccess>) -> Result<Json<AccessPage>> {
    let page = NewestFirst::parse(asked.cursor.as_deref(), asked.limit)?;
    let mut tx = who.open("access.list").await?;
    let rows = sqlx::query!(
        r#"select l.id, l.at, l.administrator, a.name as "administrator_name?", l.action, l.practice,
                  p.name as "practice_name?", l.reason, l.outcome = 'denied' as "denied!", l.ip
             from platform.access l
             left join administration.administrator a on a.id = l.administrator
             left join platform.practice p on p.practice_id = l.practice
            where ($1::uuid is null or l.practice = $1) and ($2 or l.action !~ '[.](list|read)$')
              and ($3::timestamptz is null or (l.at, l.id) < ($3, $4))
              and ($6::uuid is null or l.administrator = $6) and (not $7 or l.outcome = 'denied')
              and ($8::text is null or l.action = $8 or split_part(l.action, '.', 1) = $8)
            order by l.at desc, l.id desc limit $5"#,
        asked.practice,
        asked.looks,
        page.before_at() as _,
        page.before_id(),
        i64::from(page.rows()),
        asked.administrator,
        asked.denied,
        asked.action,
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    let lines = rows.into_iter().map(|row| AccessLine {
        id: row.id,
        at: row.at.to_jiff(),
        administrator: row
            .administrator
            .zip(row.administrator_name)
            .map(|(id, name)| NamedAdministrator { id: AdministratorId(id), name: Phi::new(name) }),
        action: row.action,
        practice: row.practice,
        practice_name: row.practice_name,
        reason: row.reason,
        denied: row.denied,
        ip: row.ip,
    });
    let Page { items, next_cursor } = page.cut(lines.collect(), |line| (line.at, line.id))?;
    Ok(Json(AccessPage { items, next_cursor }))
}
