//! Refresh tokens: each serves once. A used one that comes back means that two hold it, so the whole session ends
//! (RFC 9700 §4.14.2), except within ten seconds and before its successor was used: then the answer was lost, or two
//! tabs asked at once. Refreshing does not count as activity, and ends a session that idled away.

use axum_extra::extract::CookieJar;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::app::App;
use platform::crypto::{random_token, sha256};
use platform::db::{AuthTx, Caller, Origin};
use platform::error::{Result, idle, session_ended};
use platform::guard::Anybody;
use platform::id::{PracticeId, SessionId};
use platform::record::Change;
use platform::route;
use platform::routes::Routes;

use super::{REFRESH_COOKIE, Session, Signed, sign};

/// The route of refreshing.
pub fn routes() -> Routes {
    Routes::new().route(route!(refresh))
}

/// Get a new access token. The refresh token is used up by this and replaced.
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "identity", responses((status = 200, body = Session)))]
async fn refresh(who: Anybody, jar: CookieJar) -> Result<Signed> {
    let Anybody { app, origin } = who;
    let token = jar.get(REFRESH_COOKIE).map(|cookie| cookie.value().to_owned()).ok_or_else(session_ended)?;
    let used = URL_SAFE_NO_PAD.decode(token).map_err(|_| session_ended())?;
    let mut tx = app.db().auth().await?;
    match use_up(&mut tx, &sha256(&used)).await? {
        Found::Fresh(session) => {
            let refresh = add_token(&mut tx, session).await?;
            let signed = sign(&app, &mut tx, session, refresh).await?;
            tx.commit().await?;
            Ok(signed)
        }
        Found::Used { session, practice } => {
            tx.commit().await?;
            tracing::warn!(%session, "a refresh token came twice; the session was ended");
            report(&app, origin, practice, session, |session| Change::done("token_reused", "session", session)).await?;
            Err(session_ended())
        }
        Found::Idle { session, practice } => {
            tx.commit().await?;
            report(&app, origin, practice, session, |session| Change::done("idle", "session", session)).await?;
            Err(idle())
        }
        Found::Nothing => Err(session_ended()),
    }
}

/// The session is over, so the ledger entry is the product's own.
async fn report(
    app: &App,
    origin: Origin,
    practice: PracticeId,
    session: SessionId,
    change: fn(uuid::Uuid) -> Change,
) -> Result<()> {
    let caller = Caller { origin, ..Caller::system(practice) };
    app.door.write_regardless(&caller, async move |tx| tx.record(change(session.uuid())).await).await
}

enum Found {
    /// Used for the first time.
    Fresh(SessionId),
    /// Used before: the session has been ended.
    Used { session: SessionId, practice: PracticeId },
    /// Of a session that nobody touched for too long: it has been ended.
    Idle { session: SessionId, practice: PracticeId },
    /// Unknown, or of a session that is over.
    Nothing,
}

async fn use_up(tx: &mut AuthTx, hash: &[u8]) -> Result<Found> {
    let row = sqlx::query!(
        r#"select t.session_id, t.used_at is not null as "used!", s.practice_id,
                  p.idle_minutes > 0 and s.active_at <= now() - make_interval(mins => p.idle_minutes) as "idle!",
                  t.used_at > now() - interval '10 seconds' and not exists (
                      select from auth.refresh_token n
                       where n.session_id = t.session_id and n.created_at >= t.used_at and n.used_at is not null) as again
             from auth.refresh_token t join auth.session s on s.id = t.session_id
             join platform.practice p on p.practice_id = s.practice_id
            where t.hash = $1 and s.ended_at is null and s.expires_at > now() for update of t, s"#,
        hash,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(Found::Nothing) };
    let (session, practice) = (SessionId(row.session_id), PracticeId(row.practice_id));
    // two tabs at once, or an answer that was lost on the way: what came of it has not been used yet
    let again = row.again == Some(true);
    if row.used && !again {
        end(tx, session, "token_reused").await?;
        return Ok(Found::Used { session, practice });
    }
    if row.idle {
        end(tx, session, "idle").await?;
        return Ok(Found::Idle { session, practice });
    }
    if !again {
        sqlx::query!("update auth.refresh_token set used_at = now() where hash = $1", hash).execute(tx.conn()).await?;
        sqlx::query!("update auth.session set last_used_at = now() where id = $1", session.uuid())
            .execute(tx.conn())
            .await?;
    }
    Ok(Found::Fresh(session))
}

/// A refresh token for a session.
pub(super) async fn add_token(tx: &mut AuthTx, session: SessionId) -> Result<String> {
    let token = random_token()?;
    sqlx::query!("insert into auth.refresh_token (hash, session_id) values ($1, $2)", sha256(&token), session.uuid())
        .execute(tx.conn())
        .await?;
    Ok(URL_SAFE_NO_PAD.encode(token))
}

async fn end(tx: &mut AuthTx, session: SessionId, reason: &str) -> Result<()> {
    sqlx::query!(
        "update auth.session set ended_at = now(), end_reason = $2 where id = $1 and ended_at is null",
        session.uuid(),
        reason,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
