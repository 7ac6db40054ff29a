//! One's own sessions: which there are, ending them, going over to another practice, saying that somebody is here.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use garde::Validate;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::{Error, Result};
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::id::{PracticeId, SessionId};
use platform::permission::{account, session as may};
use platform::phi::Phi;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Session, Signed, open, without_cookies};
use crate::device;
use crate::second_factor::Factor;

/// The most that are shown; a person has a handful.
const MOST: i64 = 200;

/// The routes of one's own sessions.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(sessions))
        .route(route!(end_session))
        .route(route!(logout_everywhere))
        .route(route!(switch))
        .route(route!(activity))
}

/// One's own sessions that live.
#[derive(Debug, Serialize, ToSchema)]
struct OwnSessions {
    items: Vec<OwnSession>,
}

/// A sign-in on some device.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OwnSession {
    id: SessionId,
    /// Whether it is this one.
    current: bool,
    created_at: Timestamp,
    last_active_at: Timestamp,
    #[schema(required)]
    ip: Option<Phi<String>>,
    /// Browser and system, `Firefox · Windows`.
    #[schema(required)]
    device: Option<String>,
    practice: PlaceOfSession,
    second_factor: Factor,
}

/// Where a session is.
#[derive(Debug, Serialize, ToSchema)]
struct PlaceOfSession {
    id: PracticeId,
    name: String,
}

/// Where to go over to.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Switch {
    #[garde(skip)]
    practice_id: Uuid,
}

/// One's own sessions, in every practice, the newest activity first.
#[utoipa::path(get, path = "/api/v1/account/sessions", tag = "identity", responses((status = 200, body = OwnSessions)))]
async fn sessions(who: Can<account::Read>) -> Result<Json<OwnSessions>> {
    let (user, own) = who.person()?;
    // the signature alone does not say that the session lives
    who.read(async |_| Ok(())).await?;
    let mut tx = who.app().db().auth().await?;
    let rows = sqlx::query!(
        "select s.id, s.created_at, s.active_at, s.ip, s.user_agent, s.second_factor, p.practice_id, p.name
           from auth.session s join platform.practice p on p.practice_id = s.practice_id
          where s.user_id = $1 and s.ended_at is null and s.expires_at > now()
            and (p.idle_minutes = 0 or s.active_at > now() - make_interval(mins => p.idle_minutes))
          order by s.active_at desc, s.id limit $2",
        user.uuid(),
        MOST,
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    let items = rows.into_iter().map(|row| OwnSession {
        id: SessionId(row.id),
        current: row.id == own.uuid(),
        created_at: row.created_at.to_jiff(),
        last_active_at: row.active_at.to_jiff(),
        ip: row.ip.map(Phi::new),
        device: device::describe(row.user_agent.as_deref()),
        practice: PlaceOfSession { id: PracticeId(row.practice_id), name: row.name },
        second_factor: Factor::from_name(row.second_factor.as_deref()),
    });
    Ok(Json(OwnSessions { items: items.collect() }))
}

/// End one of one's own sessions.
#[utoipa::path(post, path = "/api/v1/account/sessions/{id}/end", tag = "identity",
    params(("id" = Uuid, Path, description = "The session")), responses((status = 204)))]
async fn end_session(who: Can<account::Write>, Path(id): Path<SessionId>) -> Result<StatusCode> {
    let (_, own) = who.person()?;
    who.write(async move |tx| {
        if !end_one(tx, own, id, "ended_elsewhere").await? {
            return Err(Error::not_found());
        }
        tx.record(Change::done("session_end", "session", id.uuid())).await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one of the caller's sessions with the caller's transaction; false when it is none of theirs, or over.
pub(super) async fn end_one(tx: &mut TenantTx, own: SessionId, id: SessionId, reason: &str) -> Result<bool> {
    let ended =
        sqlx::query_scalar!(r#"select auth.end_session($1, $2, $3) as "ended!""#, own.uuid(), id.uuid(), reason,)
            .fetch_one(tx.conn())
            .await?;
    Ok(ended)
}

/// Sign out on every device, this one included.
#[utoipa::path(post, path = "/api/v1/auth/logout-everywhere", tag = "identity", responses((status = 204)))]
async fn logout_everywhere(who: Can<may::Read>) -> Result<Response> {
    let (user, own) = who.person()?;
    who.app()
        .door
        .write_regardless(who.caller(), async move |tx| {
            sqlx::query!("select auth.end_other_sessions($1, 'ended_elsewhere')", own.uuid())
                .execute(tx.conn())
                .await?;
            end_one(tx, own, own, "signed_out").await?;
            tx.record(Change::done("logout_everywhere", "user", user.uuid())).await
        })
        .await?;
    Ok(without_cookies())
}

/// Go over to another practice where one works. This session ends and one begins there; a second factor that was given
/// counts there as well.
#[utoipa::path(post, path = "/api/v1/auth/switch", tag = "identity", request_body = Switch, responses((status = 200, body = Session)))]
async fn switch(who: Can<may::Read>, Body(to): Body<Switch>) -> Result<Signed> {
    let (user, own) = who.person()?;
    let mut tx = who.app().db().auth().await?;
    let found = sqlx::query!(
        "select s.second_factor, p.slug from auth.session s
           join auth.membership m on m.user_id = s.user_id and m.practice_id = $2 and m.status = 'active'
           join platform.practice p on p.practice_id = m.practice_id and p.status = 'active'
          where s.id = $1",
        own.uuid(),
        to.practice_id,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(Error::not_found)?;
    tx.commit().await?;
    let origin = &who.caller().origin;
    if origin.practice_wanted(Some(&found.slug)) != Some(&found.slug) {
        let text = "This is another practice's own address. Sign in at the address that all practices share.";
        return Err(Error::conflict("auth.other_address", text));
    }
    who.app()
        .door
        .write_regardless(who.caller(), async move |tx| {
            end_one(tx, own, own, "switched").await?;
            tx.record(Change::done("switch", "session", own.uuid())).await
        })
        .await?;
    let factor = Factor::from_name(found.second_factor.as_deref());
    open(who.app(), origin, user, PracticeId(to.practice_id), factor).await
}

/// Say that somebody is here: the pointer moved, a key was pressed. Whatever changes something says so as well; reading
/// and refreshing do not.
#[utoipa::path(post, path = "/api/v1/auth/activity", tag = "identity", responses((status = 204)))]
async fn activity(who: Can<may::Read>) -> Result<Response> {
    who.person()?;
    // the guard has noted it; whether the session still lives is asked by the transaction
    who.read(async |_| Ok(())).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
