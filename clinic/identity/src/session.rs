//! Sessions: sign in, refresh, sign out, and what a session is.
//!
//! An access token serves ten minutes; a refresh token serves once. A used one that comes back means that two hold it,
//! so the whole session ends (RFC 9700 §4.14.2), except within ten seconds and before its successor was used: then the
//! answer was lost, or two tabs asked at once. Both travel in `__Host-` cookies that no script can read.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garde::Validate;
use jiff::Timestamp;
use platform::app::App;
use platform::crypto::{random_token, sha256};
use platform::db::{Actor, AuthTx, Caller, Origin, TenantTx};
use platform::error::{Error, Result, session_ended};
use platform::extract::Body;
use platform::guard::{Anybody, Can};
use platform::id::{PracticeId, RoleId, SessionId, UserId};
use platform::language::Language;
use platform::limit::{SharedBucket, network_of};
use platform::permission::{Rights, Role, session as may};
use platform::phi::Phi;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use platform::token::{ACCESS_COOKIE, Holder, OwnRole};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::password;
use crate::signup::email_address;

const REFRESH_COOKIE: &str = "__Host-vantage_refresh";

/// The routes of sessions.
pub fn routes() -> Routes {
    Routes::new().route(route!(login)).route(route!(refresh)).route(route!(logout)).route(route!(read))
}

/// Who is signed in, where, and what they may do.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The person.
    pub user: SessionUser,
    /// The practice.
    pub practice: SessionPractice,
    /// The role in it; with a role of the practice's own, what that one is based on.
    pub role: Role,
    /// The role of the practice's own.
    #[schema(required)]
    pub custom_role: Option<CustomRole>,
    /// What the person may do; the interface shows nothing else.
    pub permissions: Vec<&'static str>,
    /// When the access token runs out.
    pub expires_at: Timestamp,
}

/// The person of a session.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionUser {
    pub id: UserId,
    pub name: Phi<String>,
    pub email: Phi<String>,
    pub language: Language,
}

/// The practice of a session.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionPractice {
    pub id: PracticeId,
    pub name: String,
    pub slug: String,
    pub language: Language,
    pub country: String,
    pub time_zone: String,
    pub currency: String,
}

/// A role of the practice's own, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomRole {
    pub id: RoleId,
    pub name: String,
}

/// E-mail and password.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Login {
    #[garde(custom(email_address))]
    email: Phi<String>,
    #[garde(custom(password::fits))]
    password: Phi<String>,
    /// Which practice, for somebody who works in several; without it the one joined first.
    #[garde(inner(length(max = 40)))]
    practice_slug: Option<String>,
}

/// A session together with the cookies that carry it.
pub(crate) struct Signed {
    status: StatusCode,
    session: Session,
    own: Option<OwnRole>,
    access: String,
    refresh: String,
    days: u32,
}

impl Signed {
    pub(crate) fn created(self) -> Self {
        Self { status: StatusCode::CREATED, ..self }
    }

    /// Only the cookies, for an answer that sends the person on.
    pub(crate) fn cookies(&self) -> CookieJar {
        CookieJar::new().add(cookie(ACCESS_COOKIE, self.access.clone(), self.days)).add(cookie(
            REFRESH_COOKIE,
            self.refresh.clone(),
            self.days,
        ))
    }
}

impl IntoResponse for Signed {
    fn into_response(self) -> Response {
        (self.status, self.cookies(), Json(self.session)).into_response()
    }
}

/// Sign in.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "identity", request_body = Login, responses((status = 200, body = Session)))]
async fn login(who: Anybody, Body(asked): Body<Login>) -> Result<Signed> {
    let Anybody { app, origin } = who;
    throttle(&app, &origin, asked.email.expose()).await?;
    let account = find_account(&app, asked.email.expose(), asked.practice_slug.as_deref()).await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let right = password::verify(asked.password, hash).await?;
    match account.filter(|_| right) {
        Some(Account { user, practice: Some(practice), .. }) => open(&app, &origin, user, practice).await,
        _ => Err(Error::unauthorized("auth.invalid_credentials", "E-mail, password or practice is not right.")),
    }
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
            let refresh = add_refresh_token(&mut tx, session).await?;
            let signed = sign(&app, &mut tx, session, refresh).await?;
            tx.commit().await?;
            Ok(signed)
        }
        Found::Used { session, practice } => {
            tx.commit().await?;
            report_reuse(&app, origin, session, practice).await?;
            Err(session_ended())
        }
        Found::Nothing => Err(session_ended()),
    }
}

/// Sign out. The session ends at once, on this device only.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "identity", responses((status = 204)))]
async fn logout(who: Can<may::Read>) -> Result<Response> {
    let (_, session) = who.person()?;
    let entry = async move |tx: &mut TenantTx| tx.record(Change::done("logout", "session", session.uuid())).await;
    who.app().door.write_regardless(who.caller(), entry).await?;
    let mut tx = who.app().db().auth().await?;
    end(&mut tx, session, "signed_out").await?;
    tx.commit().await?;
    let gone = |name: &'static str| Cookie::build((name, "")).path("/").secure(true).http_only(true).removal().build();
    let jar = CookieJar::new().add(gone(ACCESS_COOKIE)).add(gone(REFRESH_COOKIE));
    Ok((StatusCode::NO_CONTENT, jar).into_response())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/auth/session", tag = "identity", responses((status = 200, body = Session)))]
async fn read(who: Can<may::Read>) -> Result<Json<Session>> {
    let (_, session) = who.person()?;
    let mut tx = who.app().db().auth().await?;
    let (session, _) = describe(&mut tx, session, who.expires()).await?;
    tx.commit().await?;
    Ok(Json(session))
}

/// Per account *and* network, so that nobody can lock another one out; and per network.
async fn throttle(app: &App, origin: &Origin, email: &str) -> Result<()> {
    let (per_minute, network) = (app.config.sign_ins_per_minute, network_of(origin.ip.as_deref()));
    let account = format!("{}|{network}", email.trim().to_lowercase());
    let buckets = [
        SharedBucket {
            name: "sign_in.address",
            key: &network,
            burst: per_minute,
            per_second: f64::from(per_minute) / 60.0,
        },
        SharedBucket { name: "sign_in.account", key: &account, burst: per_minute.min(10), per_second: 0.1 },
    ];
    let mut tx = app.db().auth().await?;
    let mut taken = Ok(());
    for bucket in buckets {
        taken = taken.and(bucket.take(&mut tx).await);
    }
    tx.commit().await?;
    taken
}

/// Opens a session and writes the sign-in to the practice's ledger.
pub(crate) async fn open(app: &App, origin: &Origin, user: UserId, practice: PracticeId) -> Result<Signed> {
    let session = SessionId::new();
    let mut tx = app.db().auth().await?;
    sqlx::query!(
        "insert into auth.session (id, user_id, practice_id, expires_at, ip, user_agent)
         values ($1, $2, $3, now() + make_interval(days => $4), $5, $6)",
        session.uuid(),
        user.uuid(),
        practice.uuid(),
        i32::try_from(app.config.session_days).unwrap_or(30),
        origin.ip,
        origin.user_agent,
    )
    .execute(tx.conn())
    .await?;
    let refresh = add_refresh_token(&mut tx, session).await?;
    let signed = sign(app, &mut tx, session, refresh).await?;
    tx.commit().await?;
    let own = signed.own.as_ref().map(|own| (own.id, own.version));
    let actor = Actor::User { user, session, role: signed.session.role, own };
    let caller = Caller { practice, actor, origin: origin.clone() };
    app.door
        .write_regardless(&caller, async move |tx| tx.record(Change::done("login", "session", session.uuid())).await)
        .await?;
    Ok(signed)
}

/// An access token for a session that lives, with all that the interface wants to know of it.
async fn sign(app: &App, tx: &mut AuthTx, session: SessionId, refresh: String) -> Result<Signed> {
    let (described, own) = describe(tx, session, app.now()).await?;
    let (access, expires_at) = app.tokens.issue(Holder {
        user: described.user.id,
        practice: described.practice.id,
        session,
        role: described.role,
        own: own.clone(),
        must_enrol: false,
    })?;
    let session = Session { expires_at, ..described };
    Ok(Signed { status: StatusCode::OK, session, own, access, refresh, days: app.config.session_days })
}

/// What an access token for this session would say, while it lives.
pub(crate) async fn holder(app: &App, tx: &mut AuthTx, session: SessionId) -> Result<Holder> {
    let (described, own) = describe(tx, session, app.now()).await?;
    Ok(Holder {
        user: described.user.id,
        practice: described.practice.id,
        session,
        role: described.role,
        own,
        must_enrol: false,
    })
}

async fn report_reuse(app: &App, origin: Origin, session: SessionId, practice: PracticeId) -> Result<()> {
    tracing::warn!(%session, "a refresh token came twice; the session was ended");
    // the session is over, so the ledger entry is the product's own
    let caller = Caller { origin, ..Caller::system(practice) };
    app.door
        .write_regardless(&caller, async move |tx| {
            tx.record(Change::done("token_reused", "session", session.uuid())).await
        })
        .await
}

fn cookie(name: &'static str, value: String, days: u32) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict)
        // the token's own end decides; a cookie that is gone could not even be told that it ran out
        .max_age(time::Duration::days(days.into()))
        .build()
}

struct Account {
    user: UserId,
    /// Nothing for somebody who comes in by other ways only.
    password_hash: Option<String>,
    practice: Option<PracticeId>,
}

async fn find_account(app: &App, email: &str, slug: Option<&str>) -> Result<Option<Account>> {
    let mut tx = app.db().auth().await?;
    let row = sqlx::query!(
        r#"select u.id, u.password_hash, m.practice_id as "practice_id?"
             from auth.user u
             left join (auth.membership m join platform.practice p
                        on p.practice_id = m.practice_id and p.status = 'active' and m.status = 'active'
                           and ($2::text is null or p.slug = $2)) on m.user_id = u.id
            where u.email = $1 order by m.created_at limit 1"#,
        email.trim().to_lowercase(),
        slug,
    )
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(row.map(|row| Account {
        user: UserId(row.id),
        password_hash: row.password_hash,
        practice: row.practice_id.map(PracticeId),
    }))
}

enum Found {
    /// Used for the first time.
    Fresh(SessionId),
    /// Used before: the session has been ended.
    Used { session: SessionId, practice: PracticeId },
    /// Unknown, or of a session that is over.
    Nothing,
}

async fn use_up(tx: &mut AuthTx, hash: &[u8]) -> Result<Found> {
    let row = sqlx::query!(
        r#"select t.session_id, t.used_at is not null as "used!", s.practice_id,
                  t.used_at > now() - interval '10 seconds' and not exists (
                      select from auth.refresh_token n
                       where n.session_id = t.session_id and n.created_at >= t.used_at and n.used_at is not null) as again
             from auth.refresh_token t join auth.session s on s.id = t.session_id
            where t.hash = $1 and s.ended_at is null and s.expires_at > now() for update of t, s"#,
        hash,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(Found::Nothing) };
    let session = SessionId(row.session_id);
    // two tabs at once, or an answer that was lost on the way: what came of it has not been used yet
    if row.again == Some(true) {
        return Ok(Found::Fresh(session));
    }
    if row.used {
        end(tx, session, "token_reused").await?;
        return Ok(Found::Used { session, practice: PracticeId(row.practice_id) });
    }
    sqlx::query!("update auth.refresh_token set used_at = now() where hash = $1", hash).execute(tx.conn()).await?;
    sqlx::query!("update auth.session set last_used_at = now() where id = $1", session.uuid())
        .execute(tx.conn())
        .await?;
    Ok(Found::Fresh(session))
}

async fn add_refresh_token(tx: &mut AuthTx, session: SessionId) -> Result<String> {
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

/// A session that lives, and the role of the practice's own as the token is to state it.
async fn describe(tx: &mut AuthTx, session: SessionId, expires_at: Timestamp) -> Result<(Session, Option<OwnRole>)> {
    let row = sqlx::query!(
        r#"select u.id as user_id, u.name as user_name, u.email, u.language as "user_language: Language", m.role,
                  r.id as "role_id?", r.name as "role_name?", r.version as "role_version?", r.permissions as "permissions?",
                  p.practice_id, p.name, p.slug, p.language as "language: Language", p.country, p.time_zone, p.currency
             from auth.session s
             join auth.user u on u.id = s.user_id
             join auth.membership m on m.user_id = s.user_id and m.practice_id = s.practice_id and m.status = 'active'
             left join auth.role r on r.practice_id = m.practice_id and r.id = m.role_id
             join platform.practice p on p.practice_id = s.practice_id and p.status = 'active'
            where s.id = $1 and s.ended_at is null and s.expires_at > now()"#,
        session.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or_else(session_ended)?;
    let role = Role::from_name(&row.role).ok_or_else(|| Error::internal("a role that nobody knows"))?;
    let custom_role = row.role_id.zip(row.role_name).map(|(id, name)| CustomRole { id: RoleId(id), name });
    let own = custom_role.as_ref().zip(row.role_version.zip(row.permissions));
    let own = own.map(|(custom, (version, may))| OwnRole { id: custom.id, version, may });
    let rights = own.as_ref().map_or(Rights::Of(role), |own| Rights::listed(&own.may));
    let practice = SessionPractice {
        id: PracticeId(row.practice_id),
        name: row.name,
        slug: row.slug,
        language: row.language,
        country: row.country,
        time_zone: row.time_zone,
        currency: row.currency,
    };
    let user = SessionUser {
        id: UserId(row.user_id),
        name: Phi::new(row.user_name),
        email: Phi::new(row.email),
        language: row.user_language,
    };
    Ok((Session { user, practice, role, custom_role, permissions: rights.permissions(), expires_at }, own))
}
