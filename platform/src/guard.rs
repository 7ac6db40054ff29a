//! Who may call a handler, said in its signature.

use std::marker::PhantomData;

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum_extra::extract::CookieJar;
use jiff::Timestamp;

use crate::app::App;
use crate::db::{Actor, Caller, Origin, TenantTx};
use crate::error::{Error, Result};
use crate::id::PracticeId;
use crate::permission::{Permission, Role};
use crate::token::{self, ACCESS_COOKIE};

/// First parameter of every handler: who may call it. [`crate::route!`] takes no handler without one.
pub trait Guard {
    /// The permission that the caller needs; `None` for what anybody may call.
    const PERMISSION: Option<&'static str>;
}

/// A signed-in person whose role has the permission `P`. Opens transactions in that person's practice.
#[derive(Debug)]
pub struct Can<P> {
    app: App,
    caller: Caller,
    role: Role,
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
        let token = token_of(&parts.headers).ok_or_else(token::required)?;
        let claims = app.tokens.read(&token)?;
        app.limits.check_caller(claims.sub.uuid(), claims.pid.uuid())?;
        let caller = Caller {
            practice: claims.pid,
            actor: Actor::User { user: claims.sub, session: claims.sid, role: claims.role },
            origin: origin(parts),
        };
        if !claims.role.may(P::NAME) {
            let path = parts.extensions.get::<MatchedPath>().map_or("", |path| path.as_str());
            let operation = format!("{} {path}", parts.method);
            app.door.write_regardless(&caller, async move |tx| tx.record_denied(P::NAME, &operation).await).await?;
            return Err(Error::forbidden());
        }
        let expires = Timestamp::from_second(claims.exp).map_err(Error::internal)?;
        Ok(Self { app: app.clone(), caller, role: claims.role, expires, permission: PhantomData })
    }
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

    /// The role in it.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// When the access token runs out.
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

    /// Changes things in the caller's practice.
    ///
    /// # Errors
    /// As [`crate::db::tenant::Door::write`].
    pub async fn write<T>(&self, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> Result<T> {
        self.app.door.write(&self.caller, work).await
    }
}

impl FromRequestParts<App> for Anybody {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Ok(Self { app: app.clone(), origin: origin(parts) })
    }
}

/// The bearer token, or that of the cookie.
fn token_of(headers: &HeaderMap) -> Option<String> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(str::to_owned);
    bearer.or_else(|| CookieJar::from_headers(headers).get(ACCESS_COOKIE).map(|cookie| cookie.value().to_owned()))
}

fn origin(parts: &Parts) -> Origin {
    parts.extensions.get::<Origin>().cloned().unwrap_or_default()
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
