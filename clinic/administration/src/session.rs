//! Sessions of administrators: quarter of an hour without a touch, eight hours at most, in a cookie of their own.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use platform::App;
use platform::administrator::{Access, Admin, COOKIE, IDLE_MINUTES};
use platform::crypto::{random_token, sha256};
use platform::db::{Origin, PlatformTx};
use platform::error::Result;
use platform::id::{AdministratorId, SessionId};
use platform::phi::Phi;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::break_glass::{OpenAccess, open_of};

/// How long a session may last.
const HOURS: i32 = 8;

/// The routes of a session.
pub fn routes() -> Routes {
    Routes::new().route(route!(read_session)).route(route!(note_activity)).route(route!(sign_out))
}

/// Which administrator is signed in, and until when.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminSession {
    administrator: SessionAdministrator,
    /// The end, however busy the session is.
    expires_at: Timestamp,
    /// Minutes without a touch after which it ends before.
    idle_minutes: i32,
    /// Accesses to practices that are open now.
    support_access: Vec<OpenAccess>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SessionAdministrator {
    id: AdministratorId,
    name: Phi<String>,
    email: Phi<String>,
}

/// A session together with the cookie that carries it.
pub struct Opened {
    session: AdminSession,
    token: String,
}

impl IntoResponse for Opened {
    fn into_response(self) -> Response {
        let cookie = Cookie::build((COOKIE, self.token))
            .path("/")
            .secure(true)
            .http_only(true)
            .same_site(SameSite::Strict)
            .max_age(time::Duration::hours(HOURS.into()));
        (CookieJar::new().add(cookie.build()), Json(self.session)).into_response()
    }
}

/// Opens a session for whoever has given both factors. The caller commits.
///
/// # Errors
/// 503 when the database is away.
pub async fn open(tx: &mut PlatformTx, origin: &Origin, id: AdministratorId) -> Result<Opened> {
    let (session, token) = (SessionId::new(), random_token()?);
    let row = sqlx::query!(
        "with opened as (
            insert into administration.session (id, hash, administrator, expires_at, ip, user_agent)
            values ($1, $2, $3, now() + make_interval(hours => $4), $5, $6) returning expires_at)
         select opened.expires_at, a.name, a.email from opened, administration.administrator a where a.id = $3",
        session.uuid(),
        sha256(&token),
        id.uuid(),
        HOURS,
        origin.ip,
        origin.user_agent,
    )
    .fetch_one(tx.conn())
    .await?;
    let access =
        Access { administrator: Some(id), action: "sessions.open", practice: None, reason: "signed in", denied: false };
    access.write(tx, origin).await?;
    let session = AdminSession {
        administrator: SessionAdministrator { id, name: Phi::new(row.name), email: Phi::new(row.email) },
        expires_at: row.expires_at.to_jiff(),
        idle_minutes: IDLE_MINUTES,
        support_access: Vec::new(),
    };
    Ok(Opened { session, token: URL_SAFE_NO_PAD.encode(token) })
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/admin/auth/session", tag = "administration", responses((status = 200, body = AdminSession)))]
async fn read_session(who: Admin) -> Result<Json<AdminSession>> {
    let mut tx = who.app().db().platform_unrecorded().await?;
    let support_access = open_of(&mut tx, who.session).await?;
    tx.commit().await?;
    Ok(Json(AdminSession {
        administrator: SessionAdministrator { id: who.id, name: who.name.clone(), email: who.email.clone() },
        expires_at: who.expires_at,
        idle_minutes: IDLE_MINUTES,
        support_access,
    }))
}

/// Say that somebody is there: what a session's idle time is counted from. Reading does not count, as windows do that
/// by themselves.
#[utoipa::path(post, path = "/api/v1/admin/auth/activity", tag = "administration", responses((status = 204)))]
async fn note_activity(who: Admin) -> Result<StatusCode> {
    let mut tx = who.app().db().platform_unrecorded().await?;
    sqlx::query!("update administration.session set last_active_at = now() where id = $1", who.session.uuid())
        .execute(tx.conn())
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign out. Accesses to practices that were opened end with the session.
#[utoipa::path(post, path = "/api/v1/admin/auth/logout", tag = "administration", responses((status = 204)))]
async fn sign_out(who: Admin) -> Result<Response> {
    let mut tx = who.open("sessions.close").await?;
    end(&mut tx, who.session).await?;
    tx.commit().await?;
    let gone = Cookie::build((COOKIE, "")).path("/").secure(true).http_only(true).removal().build();
    Ok((StatusCode::NO_CONTENT, CookieJar::new().add(gone)).into_response())
}

async fn end(tx: &mut PlatformTx, session: SessionId) -> Result<()> {
    sqlx::query!(
        "update administration.session set ended_at = now() where id = $1 and ended_at is null",
        session.uuid(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A line about somebody who was not let in.
///
/// # Errors
/// 503 when the database is away.
pub async fn refused(app: App, origin: Origin, id: Option<AdministratorId>, reason: &'static str) -> Result<()> {
    let mut tx = app.db().platform_unrecorded().await?;
    let access = Access { administrator: id, action: "sessions.open", practice: None, reason, denied: true };
    access.write(&mut tx, &origin).await?;
    tx.commit().await
}
