//! What a practice sees of the platform's support: when somebody looked in, who, why, until when; and ending it.

use garde::Validate;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::{Error, Result};
use platform::extract::{Path, Query};
use platform::guard::Can;
use platform::id::AdministratorId;
use platform::page::{MAX_LIMIT, default_limit};
use platform::permission::support_access as may;
use platform::phi::Phi;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::newest::{NewestFirst, Page};

platform::id!(
    /// An access of the platform's support to a practice.
    SupportAccessId
);

/// The routes of the practice's side.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(end))
}

/// An access of the platform's support to the practice.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SupportAccess {
    id: SupportAccessId,
    administrator: Supporter,
    /// Why, in the administrator's words.
    reason: String,
    opened_at: Timestamp,
    /// An hour later at most.
    expires_at: Timestamp,
    #[schema(required)]
    ended_at: Option<Timestamp>,
    /// Who ended it before its time.
    #[schema(required)]
    ended_by: Option<EndedBy>,
    /// Whether it is open now. What was looked at is in the ledger, under this administrator.
    open: bool,
}

/// Who looks in.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Supporter {
    /// As the ledger names them.
    id: AdministratorId,
    name: Phi<String>,
}

/// Who ended an access before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum EndedBy {
    /// Whoever had opened it.
    Administrator,
    /// The practice.
    Practice,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListSupportAccess {
    /// Rows of a page, at most 200.
    #[garde(range(min = 1, max = MAX_LIMIT))]
    #[serde(default = "default_limit")]
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: u32,
    /// The nextCursor of the page before.
    #[garde(inner(length(max = 2000)))]
    cursor: Option<String>,
}

/// A page of them, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SupportAccessPage {
    items: Vec<SupportAccess>,
    /// For the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// When the platform's support looked into the practice, and why.
#[utoipa::path(get, path = "/api/v1/support-access", tag = "administration", params(ListSupportAccess),
    responses((status = 200, body = SupportAccessPage)))]
async fn list(who: Can<may::Read>, Query(asked): Query<ListSupportAccess>) -> Result<Json<SupportAccessPage>> {
    let page = NewestFirst::parse(asked.cursor.as_deref(), asked.limit)?;
    who.read(async move |tx| {
        let rows = select(tx, &page, None).await?;
        let Page { items, next_cursor } = page.cut(rows, |access| (access.opened_at, access.id.uuid()))?;
        Ok(Json(SupportAccessPage { items, next_cursor }))
    })
    .await
}

/// End an access at once. The next request under it is refused.
#[utoipa::path(post, path = "/api/v1/support-access/{id}/end", tag = "administration",
    params(("id" = Uuid, Path, description = "The access")), responses((status = 200, body = SupportAccess)))]
async fn end(who: Can<may::End>, Path(id): Path<SupportAccessId>) -> Result<Json<SupportAccess>> {
    who.write(async move |tx| {
        find(tx, id).await?;
        close(tx, id, EndedBy::Practice).await?;
        find(tx, id).await.map(Json)
    })
    .await
}

/// Ends an access, in the practice's ledger too.
///
/// # Errors
/// 409 when it is over already.
pub async fn close(tx: &mut TenantTx, id: SupportAccessId, who: EndedBy) -> Result<()> {
    let ended =
        sqlx::query_scalar!(r#"select administration.end_support($1, $2) as "ended!""#, id.uuid(), who as EndedBy)
            .fetch_one(tx.conn())
            .await?;
    if !ended {
        return Err(Error::conflict("support_access.over", "This access is over already."));
    }
    tx.record(Change::done("end", "support_access", id.uuid()).event("support_access.ended", 2)).await
}

/// An access to this practice.
///
/// # Errors
/// 404 when there is none of that id.
pub async fn find(tx: &mut TenantTx, id: SupportAccessId) -> Result<SupportAccess> {
    let all = NewestFirst::parse(None, 1)?;
    select(tx, &all, Some(id)).await?.pop().ok_or_else(Error::not_found)
}

async fn select(tx: &mut TenantTx, page: &NewestFirst, one: Option<SupportAccessId>) -> Result<Vec<SupportAccess>> {
    let rows = sqlx::query!(
        r#"select id as "id!", administrator as "administrator!", administrator_name as "name!", reason as "reason!",
                  opened_at as "opened_at!", expires_at as "expires_at!", ended_at, ended_by as "ended_by: EndedBy",
                  is_open as "is_open!"
             from administration.supports($1, $2, $3, $4)"#,
        page.before_at() as _,
        page.before_id(),
        page.rows(),
        one.map(SupportAccessId::uuid),
    )
    .fetch_all(tx.conn())
    .await?;
    let access = rows.into_iter().map(|row| SupportAccess {
        id: SupportAccessId(row.id),
        administrator: Supporter { id: AdministratorId(row.administrator), name: Phi::new(row.name) },
        reason: row.reason,
        opened_at: row.opened_at.to_jiff(),
        expires_at: row.expires_at.to_jiff(),
        ended_at: row.ended_at.map(|at| at.to_jiff()),
        ended_by: row.ended_by,
        open: row.is_open,
    });
    Ok(access.collect())
}
