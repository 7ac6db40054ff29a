//! Sessions: what they are, how they begin (`sign_in.rs`), go on (`refresh.rs`) and are looked after by their person
//! (`own.rs`). An access token serves ten minutes, a refresh token once; both travel in `__Host-` cookies that no
//! script can read.

mod own;
mod refresh;
pub mod sign_in;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use jiff::Timestamp;
use platform::app::App;
use platform::db::AuthTx;
use platform::error::{Error, Result, session_ended};
use platform::guard::Can;
use platform::id::{PracticeId, RoleId, SessionId, UserId};
use platform::language::Language;
use platform::permission::{Rights, Role, session as may};
use platform::phi::Phi;
use platform::record::Change;
use platform::route;
use platform::routes::{Json, Routes};
use platform::token::{ACCESS_COOKIE, Holder, OwnRole};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use sign_in::open;

use crate::second_factor::{self, Demand, Factor};

const REFRESH_COOKIE: &str = "__Host-vantage_refresh";
/// Practices that a session names for the switch between them.
const MOST_PRACTICES: i64 = 50;

/// The routes of sessions.
pub fn routes() -> Routes {
    Routes::new()
        .merge(sign_in::routes())
        .merge(refresh::routes())
        .merge(own::routes())
        .route(route!(logout))
        .route(route!(read))
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
    /// With which second factor it began.
    pub second_factor: Factor,
    /// Whether only the routes of the account are open, until a second factor has been set up.
    pub must_enrol: bool,
    /// Until when a second factor has to be set up.
    #[schema(required)]
    pub enrol_by: Option<Timestamp>,
    /// Where else the person works, and here.
    pub memberships: Vec<Membership>,
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
    /// Minutes without a touch after which the session ends; 0 for never.
    pub idle_minutes: i32,
}

/// A role of the practice's own, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomRole {
    pub id: RoleId,
    pub name: String,
}

/// A practice where the person works.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    pub practice_id: PracticeId,
    pub name: String,
    pub slug: String,
    pub role: Role,
}

/// A session together with the cookies that carry it.
pub(crate) struct Signed {
    status: StatusCode,
    session: Session,
    own: Option<OwnRole>,
    access: String,
    refresh: String,
    device: Option<Cookie<'static>>,
    days: u32,
}

impl Signed {
    pub(crate) fn created(self) -> Self {
        Self { status: StatusCode::CREATED, ..self }
    }

    /// The access token, what it is for, and the cookie by which the machine is known from now on.
    pub(crate) fn into_parts(self) -> (Phi<String>, Session, Option<Cookie<'static>>) {
        (Phi::new(self.access), self.session, self.device)
    }

    /// Only the cookies, for an answer that sends the person on.
    pub(crate) fn cookies(&self) -> CookieJar {
        let jar = CookieJar::new().add(cookie(ACCESS_COOKIE, self.access.clone(), self.days)).add(cookie(
            REFRESH_COOKIE,
            self.refresh.clone(),
            self.days,
        ));
        self.device.iter().cloned().fold(jar, CookieJar::add)
    }
}

impl IntoResponse for Signed {
    fn into_response(self) -> Response {
        (self.status, self.cookies(), Json(self.session)).into_response()
    }
}

/// Sign out. The session ends at once, on this device only.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "identity", responses((status = 204)))]
async fn logout(who: Can<may::Read>) -> Result<Response> {
    let (_, session) = who.person()?;
    who.app()
        .door
        .write_regardless(who.caller(), async move |tx| {
            own::end_one(tx, session, session, "signed_out").await?;
            tx.record(Change::done("logout", "session", session.uuid())).await
        })
        .await?;
    Ok(without_cookies())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/auth/session", tag = "identity", responses((status = 200, body = Session)))]
async fn read(who: Can<may::Read>) -> Result<Json<Session>> {
    of(&who).await.map(Json)
}

/// The session of whoever calls.
pub(crate) async fn of<P>(who: &Can<P>) -> Result<Session> {
    let (_, session) = who.person()?;
    let mut tx = who.app().db().auth().await?;
    match describe(who.app(), &mut tx, session, who.expires()).await {
        Ok((session, _)) => {
            tx.commit().await?;
            Ok(session)
        }
        // the practice's door knows why: it may be suspended
        Err(error) => Err(who.read(async |_| Ok(())).await.err().unwrap_or(error)),
    }
}

/// Done, and the browser forgets the session. It stays one that is known.
fn without_cookies() -> Response {
    let gone = |name: &'static str| Cookie::build((name, "")).path("/").secure(true).http_only(true).removal().build();
    let jar = CookieJar::new().add(gone(ACCESS_COOKIE)).add(gone(REFRESH_COOKIE));
    (StatusCode::NO_CONTENT, jar).into_response()
}

/// A cookie that no script can read and no other site sends.
pub(crate) fn cookie(name: &'static str, value: String, days: u32) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict)
        // the token's own end decides; a cookie that is gone could not even be told that it ran out
        .max_age(time::Duration::days(days.into()))
        .build()
}

/// An access token for a session that lives, with all that the interface wants to know of it.
async fn sign(app: &App, tx: &mut AuthTx, session: SessionId, refresh: String) -> Result<Signed> {
    let (described, own) = describe(app, tx, session, app.now()).await?;
    let (access, expires_at) = app.tokens.issue(held_by(session, &described, own.clone()))?;
    let session = Session { expires_at, ..described };
    let days = app.config.session_days;
    Ok(Signed { status: StatusCode::OK, session, own, access, refresh, device: None, days })
}

/// What an access token for this session would say, while it lives.
pub(crate) async fn holder(app: &App, tx: &mut AuthTx, session: SessionId) -> Result<Holder> {
    let (described, own) = describe(app, tx, session, app.now()).await?;
    Ok(held_by(session, &described, own))
}

fn held_by(session: SessionId, described: &Session, own: Option<OwnRole>) -> Holder {
    Holder {
        user: described.user.id,
        practice: described.practice.id,
        session,
        role: described.role,
        own,
        must_enrol: described.must_enrol,
    }
}

/// A session that lives, and the role of the practice's own as the token is to state it.
async fn describe(
    app: &App,
    tx: &mut AuthTx,
    session: SessionId,
    expires_at: Timestamp,
) -> Result<(Session, Option<OwnRole>)> {
    let row = sqlx::query!(
        r#"select u.id as user_id, u.name as user_name, u.email, u.language as "user_language: Language", m.role,
                  r.id as "role_id?", r.name as "role_name?", r.version as "role_version?", r.permissions as "permissions?",
                  p.practice_id, p.name, p.slug, p.language as "language: Language", p.country, p.time_zone, p.currency,
                  p.idle_minutes, p.second_factor as demanded, s.second_factor, m.created_at as joined_at
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
    let role = role_of(&row.role)?;
    let custom_role = row.role_id.zip(row.role_name).map(|(id, name)| CustomRole { id: RoleId(id), name });
    let own = custom_role.as_ref().zip(row.role_version.zip(row.permissions));
    let own = own.map(|(custom, (version, may))| OwnRole { id: custom.id, version, may });
    let rights = own.as_ref().map_or(Rights::Of(role), |own| Rights::listed(&own.may));
    let user = SessionUser {
        id: UserId(row.user_id),
        name: Phi::new(row.user_name),
        email: Phi::new(row.email),
        language: row.user_language,
    };
    let enrol_by = match Demand::from_name(&row.demanded).until(&rights, row.joined_at.to_jiff()) {
        Some(until) if second_factor::methods(tx, user.id).await?.is_empty() => Some(until),
        _ => None,
    };
    let practice = SessionPractice {
        id: PracticeId(row.practice_id),
        name: row.name,
        slug: row.slug,
        language: row.language,
        country: row.country,
        time_zone: row.time_zone,
        currency: row.currency,
        idle_minutes: row.idle_minutes,
    };
    let session = Session {
        practice,
        role,
        custom_role,
        permissions: rights.permissions(),
        second_factor: Factor::from_name(row.second_factor.as_deref()),
        must_enrol: enrol_by.is_some_and(|until| until <= app.now()),
        enrol_by,
        memberships: memberships(tx, user.id).await?,
        user,
        expires_at,
    };
    Ok((session, own))
}

async fn memberships(tx: &mut AuthTx, user: UserId) -> Result<Vec<Membership>> {
    let rows = sqlx::query!(
        "select p.practice_id, p.name, p.slug, m.role
           from auth.membership m join platform.practice p on p.practice_id = m.practice_id
          where m.user_id = $1 and m.status = 'active' and p.status = 'active' order by p.name, p.practice_id limit $2",
        user.uuid(),
        MOST_PRACTICES,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            let role = role_of(&row.role)?;
            Ok(Membership { practice_id: PracticeId(row.practice_id), name: row.name, slug: row.slug, role })
        })
        .collect()
}

fn role_of(name: &str) -> Result<Role> {
    Role::from_name(name).ok_or_else(|| Error::internal("a role that nobody knows"))
}
