//! An administrator's own sessions: where they are signed in, and ending what should not be.

use axum::http::StatusCode;
use jiff::Timestamp;
use platform::administrator::Admin;
use platform::error::{Error, Result};
use platform::extract::Path;
use platform::id::SessionId;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use utoipa::ToSchema;

/// The routes of one's own sessions.
pub fn routes() -> Routes {
    Routes::new().route(route!(list_sessions)).route(route!(end_session))
}

/// A session of one's own that is open.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OwnAdminSession {
    id: SessionId,
    /// Whether it is the one that asks.
    current: bool,
    created_at: Timestamp,
    last_active_at: Timestamp,
    expires_at: Timestamp,
    #[schema(required)]
    ip: Option<String>,
    #[schema(required)]
    user_agent: Option<String>,
}

/// All that are open, the latest first, at most 50: a day has eight hours of each.
#[derive(Debug, Serialize, ToSchema)]
struct OwnAdminSessions {
    items: Vec<OwnAdminSession>,
}

/// Where one is signed in.
#[utoipa::path(get, path = "/api/v1/admin/auth/sessions", tag = "administration", responses((status = 200, body = OwnAdminSessions)))]
async fn list_sessions(who: Admin) -> Result<Json<OwnAdminSessions>> {
    let mut tx = who.open("sessions.list").await?;
    let rows = sqlx::query!(
        "select id, created_at, last_active_at, expires_at, ip, user_agent from administration.session
          where administrator = $1 and ended_at is null and expires_at > now()
            and last_active_at > now() - interval '15 minutes'
          order by created_at desc, id desc limit 50",
        who.id.uuid(),
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    let items = rows.into_iter().map(|row| OwnAdminSession {
        id: SessionId(row.id),
        current: row.id == who.session.uuid(),
        created_at: row.created_at.to_jiff(),
        last_active_at: row.last_active_at.to_jiff(),
        expires_at: row.expires_at.to_jiff(),
        ip: row.ip,
        user_agent: row.user_agent,
    });
    Ok(Json(OwnAdminSessions { items: items.collect() }))
}

/// End one of one's own sessions, with the accesses that were opened on it.
#[utoipa::path(post, path = "/api/v1/admin/auth/sessions/{id}/end", tag = "administration",
    params(("id" = Uuid, Path, description = "The session")), responses((status = 204)))]
async fn end_session(who: Admin, Path(id): Path<SessionId>) -> Result<StatusCode> {
    let mut tx = who.open("sessions.end").await?;
    let ended = sqlx::query!(
        "update administration.session set ended_at = now()
          where id = $1 and administrator = $2 and ended_at is null and expires_at > now()",
        id.uuid(),
        who.id.uuid(),
    )
    .execute(tx.conn())
    .await?;
    if ended.rows_affected() == 0 {
        return Err(Error::not_found());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
