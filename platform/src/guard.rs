//! Who may call a handler, said in its signature.

use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum_extra::extract::CookieJar;
use jiff::Timestamp;

use crate::activity;
use crate::api_key;
use crate::app::App;
use crate::break_glass;
use crate::db::{Actor, Caller, Origin, TenantTx};
use crate::error::{Error, Result};
use crate::id::{PracticeId, SessionId, UserId};
use crate::permission::{BEFORE_ENROLMENT, Permission, Rights};
use crate::phi::Phi;
use crate::token::{self, ACCESS_COOKIE, DEVICE_COOKIE, Holder};

/// First parameter of every handler: who may call it. [`crate::route!`] takes no handler without one.
pub trait Guard {
    /// The permission that the caller needs; `None` for what anybody may call.
    const PERMISSION: Option<&'static str>;
}

/// Somebody who may `P`: a signed-in person by their role, or a program by its key. Opens transactions in the practice
/// that the session or the key belongs to.
#[derive(Debug)]
pub struct Can<P> {
    app: App,
    caller: Caller,
    rights: Rights,
    expires: Timestamp,
    permission: PhantomData<P>,
}

/// Anybody, signed in or not: for sign-in itself. Carries where the request came from.
#[derive(Debug)]
pub struct Anybody {
    /// The server.
    pub app: App,
    /// From where.
    pub origin: Origin,
}

impl<P: Permission> Guard for Can<P> {
    const PERMISSION: Option<&'static str> = Some(P::NAME);
}

impl Guard for Anybody {
    const PERMISSION: Option<&'static str> = None;
}

impl<P: Permission> FromRequestParts<App> for Can<P> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Known { caller, rights, expires, must_enrol } = identify(parts, app).await?;
        if let Actor::User { session, .. } = caller.actor
            && !parts.method.is_safe()
        {
            activity::note(app, session);
        }
        if must_enrol && !BEFORE_ENROLMENT.contains(&P::NAME) {
            return Err(must_enrol_first());
        }
        if !rights.may(P::NAME) {
            let operation = operation(parts);
            app.door.write_regardless(&caller, async move |tx| tx.record_denied(P::NAME, &operation).await).await?;
            return Err(Error::forbidden());
        }
        if let Actor::BreakGlass(grant) = caller.actor {
            let (operation, id) = (operation(parts), break_glass::named_id(parts).await);
            app.door
                .write_regardless(&caller, async move |tx| {
                    tx.record_read_under_grant(grant, P::NAME, &operation, id).await
                })
                .await?;
        }
        Ok(Self { app: app.clone(), caller, rights, expires, permission: PhantomData })
    }
}

/// Method and pattern, never the address itself.
pub(crate) fn operation(parts: &Parts) -> String {
    let path = parts.extensions.get::<MatchedPath>().map_or("", |path| path.as_str());
    format!("{} {path}", parts.method)
}

/// A caller that showed a credential of ours. Whether it still holds is asked by each transaction.
struct Known {
    caller: Caller,
    rights: Rights,
    expires: Timestamp,
    must_enrol: bool,
}

/// Who calls, by the credential that came along: an access token of a session, an API key, or an administrator of the
/// platform with an access. Further kinds of caller are recognised here; see [`Actor`] for what else they need.
async fn identify(parts: &mut Parts, app: &App) -> Result<Known> {
    if let Some(grant) = parts.headers.get(break_glass::HEADER).cloned() {
        let found = break_glass::find(parts, app, &grant).await?;
        return Ok(Known { caller: found.caller, rights: found.rights, expires: found.expires, must_enrol: false });
    }
    let Some(credential) = credential_of(&parts.headers) else { return Err(break_glass::without(parts, app).await) };
    let known = if credential.starts_with(api_key::PREFIX) {
        let found = api_key::find(app, &credential).await?;
        let actor = Actor::ApiKey { key: found.key };
        let caller = Caller { practice: found.practice, actor, origin: origin(parts) };
        Known { caller, rights: found.rights, expires: found.expires, must_enrol: false }
    } else {
        let (holder, expires) = holder_of(parts, app, &credential).await?;
        let caller = Caller { practice: holder.practice, actor: holder.actor(), origin: origin(parts) };
        Known { caller, rights: holder.rights(), expires, must_enrol: holder.must_enrol }
    };
    let Caller { practice, actor, .. } = &known.caller;
    app.limits.check_caller(actor.id().unwrap_or_default(), practice.uuid())?;
    Ok(known)
}

/// Whose token it is: one of ours, or one that another provider signed.
async fn holder_of(parts: &Parts, app: &App, token: &str) -> Result<(Holder, Timestamp)> {
    match app.tokens.read(token) {
        Ok(claims) => {
            let expires = Timestamp::from_second(claims.exp).map_err(Error::internal)?;
            Ok((claims.into(), expires))
        }
        Err(error) if error.code() == token::REQUIRED => {
            let Some(others) = parts.extensions.get::<Others>() else { return Err(error) };
            others.0.identify(app, token, &origin(parts)).await?.ok_or(error)
        }
        Err(error) => Err(error),
    }
}

/// What comes of [`Vouching::identify`].
pub type Identified<'a> = Pin<Box<dyn Future<Output = Result<Option<(Holder, Timestamp)>>> + Send + 'a>>;

/// Knows people by tokens that another provider signed.
pub trait Vouching: Send + Sync {
    /// Whose token it is and until when it serves; `None` for one that is not right, whatever is wrong with it.
    fn identify<'a>(&'a self, app: &'a App, token: &'a str, origin: &'a Origin) -> Identified<'a>;
}

/// The other providers of this installation; a server puts them beside its routes.
#[derive(Clone)]
pub struct Others(pub Arc<dyn Vouching>);

fn must_enrol_first() -> Error {
    Error::new(
        StatusCode::FORBIDDEN,
        "auth.second_factor_enrolment",
        "This practice asks for a second factor; set one up in your account first.",
    )
}

impl<P> Can<P> {
    /// The server.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The practice that the session belongs to.
    #[must_use]
    pub fn practice(&self) -> PracticeId {
        self.caller.practice
    }

    /// Everything that the caller may do there.
    #[must_use]
    pub fn rights(&self) -> &Rights {
        &self.rights
    }

    /// Whether the caller may something else as well, which changes what the answer says and not whether there is one.
    #[must_use]
    pub fn may(&self, permission: &str) -> bool {
        self.rights.may(permission)
    }

    /// The signed-in person, for what is only theirs (see [`crate::permission::OWN`]).
    ///
    /// # Errors
    /// 403 for a program with a key.
    pub fn person(&self) -> Result<(UserId, SessionId)> {
        match self.caller.actor {
            Actor::User { user, session, .. } => Ok((user, session)),
            _ => Err(Error::forbidden()),
        }
    }

    /// When the access token or the key runs out.
    #[must_use]
    pub fn expires(&self) -> Timestamp {
        self.expires
    }

    /// Who calls.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Reads in the caller's practice.
    ///
    /// # Errors
    /// As [`crate::db::tenant::Door::read`].
    pub async fn read<T>(&self, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> Result<T> {
        self.app.door.read(&self.caller, work).await
    }

    /// Reads what every look at must be in the ledger: patients' data, and what the ledger holds of it.
    ///
    /// # Errors
    /// As [`crate::db::tenant::Door::read_recorded`].
    pub async fn read_recorded<T>(&self, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> Result<T> {
        self.app.door.read_recorded(&self.caller, work).await
    }

    /// Changes things in the caller's practice.
    ///
    /// # Errors
    /// As [`crate::db::tenant::Door::write`].
    pub async fn write<T>(&self, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> Result<T> {
        self.app.door.write(&self.caller, work).await
    }
}

/// Who happens to be signed in where anybody may call. Whether the session still lives, a transaction must say.
#[derive(Debug)]
pub struct Visitor(Result<Option<Caller>>);

impl Visitor {
    /// The signed-in person, if there is one.
    ///
    /// # Errors
    /// 401 `auth.token_expired` when there is one whose token must be refreshed first.
    pub fn person(self) -> Result<Option<Caller>> {
        self.0
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Ok(Self(match identify(parts, app).await {
            Ok(known) => Ok(Some(known.caller).filter(|caller| matches!(caller.actor, Actor::User { .. }))),
            Err(error) if error.code() == "auth.token_expired" => Err(error),
            Err(_) => Ok(None),
        }))
    }
}

impl FromRequestParts<App> for Anybody {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Ok(Self { app: app.clone(), origin: origin(parts) })
    }
}

/// What came as bearer, or in the cookie of the access token.
fn credential_of(headers: &HeaderMap) -> Option<String> {
    let cookie = || CookieJar::from_headers(headers).get(ACCESS_COOKIE).map(|cookie| cookie.value().to_owned());
    bearer_of(headers).or_else(cookie)
}

/// What came as bearer.
pub(crate) fn bearer_of(headers: &HeaderMap) -> Option<String> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    bearer.and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned)
}

pub(crate) fn origin(parts: &Parts) -> Origin {
    let device =
        CookieJar::from_headers(&parts.headers).get(DEVICE_COOKIE).map(|cookie| Phi::new(cookie.value().to_owned()));
    Origin { device, ..parts.extensions.get::<Origin>().cloned().unwrap_or_default() }
}

/// Holds for handlers whose first parameter is a guard; used by [`crate::route!`].
pub trait Guarded<Parameters> {
    /// What the guard asks for.
    const PERMISSION: Option<&'static str>;
}

macro_rules! guarded {
    ($($parameter:ident)*) => {
        impl<F, Future, G: Guard, $($parameter),*> Guarded<(G, $($parameter,)*)> for F
        where
            F: Fn(G, $($parameter),*) -> Future,
        {
            const PERMISSION: Option<&'static str> = G::PERMISSION;
        }
    };
}
guarded!();
guarded!(A);
guarded!(A B);
guarded!(A B C);
guarded!(A B C D);
guarded!(A B C D E);
