//! Access tokens of a Supabase project: exchanged for a session, or sent along with every request.
//!
//! Source: Supabase Auth, access token claims and signing keys. A project signs with keys of its own, published under
//! `/.well-known/jwks.json`, or with one shared secret (HS256); each kind of key checks its own algorithm only. What a
//! person can edit (`user_metadata`) is never looked at, nor is whether the e-mail was checked, which only stands there:
//! an account is therefore linked by signing in to it, whatever the token says.

use axum::http::StatusCode;
use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey};
use platform::App;
use platform::clock::Clock;
use platform::db::{Caller, Origin};
use platform::egress::{self, Egress, Url};
use platform::error::{Error, Result};
use platform::extract::Body;
use platform::guard::{Anybody, Can};
use platform::jwt::{self, Audience};
use platform::permission::account as may;
use platform::phi::Phi;
use platform::record::Change;
use platform::route;
use platform::routes::Routes;
use platform::token::{self, Holder};
use serde::Deserialize;
use utoipa::ToSchema;

use super::External;
use super::keys::KeySet;
use super::people::{self, Found, Pending};
use crate::second_factor::{self, SecondFactorNeeded};
use crate::session::sign_in::{Arrived, arrive};
use crate::session::{self, Session};

/// Audience and role of whoever has signed in there.
const SIGNED_IN: &str = "authenticated";
/// How long ago somebody may have signed in here to link their account.
const RECENT: SignedDuration = SignedDuration::from_mins(10);

/// The routes of Supabase.
pub fn routes() -> Routes {
    Routes::new().route(route!(supabase)).route(route!(supabase_link))
}

/// The project of this installation.
pub struct Supabase {
    pub issuer: String,
    keys_at: Url,
    keys: KeySet,
    secret: Option<DecodingKey>,
    clock: Clock,
}

/// What is believed of a token.
#[derive(Deserialize)]
pub struct Claims {
    iss: String,
    pub sub: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    role: String,
    is_anonymous: Option<bool>,
    session_id: Option<String>,
    email: Option<Phi<String>>,
    aal: Option<String>,
}

impl Supabase {
    /// The project that the settings name, if they name one.
    ///
    /// # Errors
    /// When a setting cannot be understood.
    pub fn of(app: &App) -> Result<Option<Self>> {
        let config = &app.config;
        if config.supabase_url.is_empty() {
            return Ok(None);
        }
        let base = format!("{}/auth/v1", config.supabase_url.trim_end_matches('/'));
        let keys_at = egress::address("supabase_url", &format!("{base}/.well-known/jwks.json"))?;
        let issuer = if config.supabase_issuer.is_empty() { base } else { config.supabase_issuer.clone() };
        let secret = config.supabase_jwt_secret.as_bytes();
        // what is shorter can be guessed from a token (RFC 7518 §3.2)
        if !secret.is_empty() && secret.len() < 32 {
            return Err(Error::internal("supabase_jwt_secret: a secret for HS256 has at least 32 characters"));
        }
        Ok(Some(Self {
            issuer,
            keys: KeySet::new(Egress::to([&keys_at])?, app.clock().clone()),
            keys_at,
            secret: (!secret.is_empty()).then(|| DecodingKey::from_secret(secret)),
            clock: app.clock().clone(),
        }))
    }

    /// What a token of the project says of somebody who has signed in there; `None` when anything about it is not right.
    pub async fn verify(&self, token: &str) -> Result<Option<Claims>> {
        let Some(head) = jwt::head(token).filter(|_| jwt::claims_to_be_from(token, &self.issuer)) else {
            return Ok(None);
        };
        let key = match head.algorithm {
            Algorithm::HS256 => self.secret.clone(),
            // tokens always name their key (kid)
            _ if head.key.is_some() => self.keys.find(&self.keys_at, &head).await?,
            _ => None,
        };
        let right = |claims: &Claims| {
            claims.iss == self.issuer
                && (1..=255).contains(&claims.sub.len())
                && claims.aud.names(SIGNED_IN)
                && claims.role == SIGNED_IN
                && claims.is_anonymous != Some(true)
                && claims.session_id.as_ref().is_some_and(|id| (1..=255).contains(&id.len()))
                && jwt::serves(self.clock.now(), claims.exp, claims.iat, claims.nbf)
        };
        Ok(key.and_then(|key| jwt::signed::<Claims>(token, &key, head.algorithm)).filter(right))
    }

    /// Whose request it is that came with this token: the person's session here, opened with their first request, while
    /// it lives. `None` when the token is not one of the project's.
    pub async fn identify(&self, app: &App, token: &str, origin: &Origin) -> Result<Option<(Holder, Timestamp)>> {
        let Some(claims) = self.verify(token).await? else { return Ok(None) };
        let external = claims.session_id.as_deref().unwrap_or_default();
        let mut tx = app.db().auth().await?;
        let found = people::find(&mut tx, &self.issuer, &claims.sub, origin.practice_slug.as_deref()).await?;
        let member = match found {
            Found::Member { several: true, .. } if origin.practice_slug.is_none() => return Err(which_practice()),
            Found::Member { member, .. } => member,
            other => return Err(refusal(&other)),
        };
        let name = (self.issuer.as_str(), external);
        let (session, is_new) = match people::session_for(&mut tx, name.0, name.1, member.practice).await? {
            Some(session) => (session, false),
            None => {
                // `aal2`: the project has asked for a second factor itself
                let asked = claims.aal.as_deref() == Some("aal2");
                if !asked && !second_factor::methods(&mut tx, member.user).await?.is_empty() {
                    return Err(second_factor_needed());
                }
                people::note_use(&mut tx, &self.issuer, &claims.sub).await?;
                people::open_session(app, &mut tx, name, &member, origin).await?
            }
        };
        let holder = session::holder(app, &mut tx, session).await?;
        tx.commit().await?;
        if is_new {
            record(app, origin, &holder).await?;
        }
        let until = Timestamp::from_second(claims.exp).map_err(Error::internal)?;
        Ok(Some((holder, until)))
    }
}

/// Writes a sign-in to the practice's ledger.
async fn record(app: &App, origin: &Origin, holder: &Holder) -> Result<()> {
    let (practice, session) = (holder.practice, holder.session);
    let caller = Caller { practice, actor: holder.actor(), origin: origin.clone() };
    app.door
        .write_regardless(&caller, async move |tx| tx.record(Change::done("login", "session", session.uuid())).await)
        .await
}

/// 403 for somebody whom the provider knows and who is nobody here, or nobody in that practice.
fn refusal(found: &Found) -> Error {
    if matches!(found, Found::Nobody) {
        return Error::new(
            StatusCode::FORBIDDEN,
            "auth.external_unknown",
            "Nobody here is linked to this account of the provider. Ask the practice for an invitation, or sign in with \
             your password once and link it.",
        );
    }
    Error::new(StatusCode::FORBIDDEN, "auth.no_practice", "You are not an active member of that practice; ask there.")
}

fn second_factor_needed() -> Error {
    Error::new(
        StatusCode::FORBIDDEN,
        "auth.second_factor_needed",
        "This account has a second factor: open a session with POST /api/v1/auth/supabase, which asks for it.",
    )
}

fn which_practice() -> Error {
    Error::new(
        StatusCode::FORBIDDEN,
        "auth.practice_needed",
        "You work in several practices: use the address of one, or open a session for one with POST /api/v1/auth/supabase.",
    )
}

/// A token of the project.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Exchange {
    /// The access token.
    #[garde(custom(fits))]
    token: Phi<String>,
    /// Which practice, for somebody who works in several; without it the one joined first.
    #[garde(inner(length(max = 40)))]
    practice_slug: Option<String>,
}

/// A token of the project.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkSupabase {
    /// The access token.
    #[garde(custom(fits))]
    token: Phi<String>,
}

fn fits(token: &Phi<String>, (): &()) -> garde::Result {
    if token.expose().len() <= jwt::LONGEST {
        Ok(())
    } else {
        Err(garde::Error::new("too_long: No token is that long."))
    }
}

/// Sign in with an access token of the Supabase project.
#[utoipa::path(post, path = "/api/v1/auth/supabase", tag = "identity", request_body = Exchange,
    responses((status = 200, body = Session), (status = 202, body = SecondFactorNeeded, description = "The token is right; the second factor is needed")))]
async fn supabase(who: Anybody, external: External, Body(asked): Body<Exchange>) -> Result<Arrived> {
    let Anybody { app, origin } = who;
    let project = external.supabase()?;
    super::throttle(&app, &origin).await?;
    let claims = project.verify(asked.token.expose()).await?.ok_or_else(token::required)?;
    let slug = asked.practice_slug.or_else(|| origin.practice_slug.clone());
    let mut tx = app.db().auth().await?;
    let found = people::find(&mut tx, &project.issuer, &claims.sub, slug.as_deref()).await?;
    people::note_use(&mut tx, &project.issuer, &claims.sub).await?;
    tx.commit().await?;
    let Found::Member { member, .. } = found else { return Err(refusal(&found)) };
    arrive(&app, &origin, member.user, member.practice).await
}

/// Link an account of the Supabase project to one's own, within ten minutes of signing in here with one's own password
/// or an invitation. From then on its access tokens are enough.
#[utoipa::path(post, path = "/api/v1/auth/supabase/link", tag = "identity", request_body = LinkSupabase, responses((status = 204)))]
async fn supabase_link(
    who: Can<may::Write>,
    external: External,
    Body(asked): Body<LinkSupabase>,
) -> Result<StatusCode> {
    let (user, session) = who.person()?;
    let project = external.supabase()?;
    let claims = project.verify(asked.token.expose()).await?.ok_or_else(|| {
        Error::invalid(Vec::new()).at(
            "/token",
            "invalid",
            "This is not an access token of the project that serves now.",
        )
    })?;
    let email = claims.email.filter(|email| !email.expose().is_empty()).ok_or_else(|| {
        Error::invalid(Vec::new()).at("/token", "no_email", "This account of the provider has no e-mail.")
    })?;
    let mut tx = who.app().db().auth().await?;
    let at = people::now(&mut tx).await?.checked_sub(RECENT).map_err(Error::internal)?;
    tx.commit().await?;
    let email = Phi::new(email.expose().trim().to_lowercase());
    let pending = Pending { issuer: project.issuer.clone(), subject: claims.sub, email, at };
    who.write(async move |tx| people::link(tx, &pending, user, session).await).await?;
    Ok(StatusCode::NO_CONTENT)
}
