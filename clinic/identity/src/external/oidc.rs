//! Signing in with the installation's OpenID Connect provider: there, back, and the link to an account the first time.
//!
//! The person is shown pages, not problems: whatever happens, they come back to the sign-in page, which says what
//! happened and what to do.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garde::Validate;
use platform::App;
use platform::crypto::Place;
use platform::db::Origin;
use platform::egress::REFUSED;
use platform::error::{Error, Result};
use platform::extract::Query;
use platform::guard::{Anybody, Can};
use platform::permission::account as may;
use platform::route;
use platform::routes::Routes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

use super::External;
use super::people::{self, Found, Pending};
use super::provider::{Begun, Provider, Vouched};
use crate::session::sign_in::{Arrived, arrive};

/// While the person is at the provider. `Lax`, because they come back from another site.
const BEGUN_COOKIE: &str = "__Host-vantage_external";
/// While a provider's person has to show that the account here is theirs.
const PENDING_COOKIE: &str = "__Host-vantage_link";
/// The page that says what came of it.
const PAGE: &str = "/sign-in";

/// The routes of signing in with the provider.
pub fn routes() -> Routes {
    Routes::new().route(route!(start)).route(route!(callback)).route(route!(link))
}

/// What came of it, as the sign-in page is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// The person refused, or something was not right. Nobody learns what.
    Failed,
    /// It took longer than ten minutes, or was begun in another browser.
    Expired,
    /// The provider does not answer.
    Unavailable,
    /// Nobody here is linked to that person: sign in once with the own password, or take up an invitation.
    Unknown,
    /// The person is known and is no active member of the practice.
    NoPractice,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Unavailable => "unavailable",
            Self::Unknown => "unknown",
            Self::NoPractice => "no_practice",
        }
    }

    fn page(self) -> Redirect {
        Redirect::to(&format!("{PAGE}?external={}", self.word()))
    }
}

/// Where the person wants to.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
struct Start {
    /// Which practice, for somebody who works in several; without it the one joined first.
    #[garde(inner(length(max = 40)))]
    practice_slug: Option<String>,
    /// The page to show afterwards; a path of this site.
    #[garde(inner(length(max = 500), custom(own_path)))]
    next: Option<String>,
}

/// What the provider sends along (RFC 6749 §4.1.2, RFC 9207). It may add what it likes, so others are not refused.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct Callback {
    /// Given back as it was sent.
    #[garde(length(max = 200))]
    state: String,
    /// Stands for the sign-in; serves once.
    #[garde(inner(length(max = 4000)))]
    code: Option<String>,
    /// Why there is no code.
    #[garde(inner(length(max = 200)))]
    error: Option<String>,
    /// Who answers.
    #[garde(inner(length(max = 500)))]
    iss: Option<String>,
}

fn own_path(path: &str, (): &()) -> garde::Result {
    let mut chars = path.chars();
    let local = chars.next() == Some('/') && !matches!(chars.next(), Some('/' | '\\'));
    if local && !path.chars().any(|c| c.is_control() || c == '\\') {
        return Ok(());
    }
    Err(garde::Error::new("invalid: Use a path of this site."))
}

/// Go to the provider.
#[utoipa::path(get, path = "/api/v1/auth/oidc/start", tag = "identity", params(Start), responses((status = 303, description = "To the provider, or to the sign-in page when it does not answer.")))]
async fn start(who: Anybody, external: External, Query(asked): Query<Start>) -> Result<Response> {
    let Anybody { app, origin } = who;
    let provider = external.oidc()?;
    if let Some(slug) = &origin.practice_slug {
        return Ok(at_the_public_address(&app, slug, &asked).into_response());
    }
    super::throttle(&app, &origin).await?;
    let Ok((there, begun)) = provider.begin(asked.practice_slug, asked.next).await else {
        return Ok(Outcome::Unavailable.page().into_response());
    };
    let jar = CookieJar::new().add(sealed(&app, BEGUN_COOKIE, &begun, SameSite::Lax)?);
    Ok((jar, Redirect::to(there.as_str())).into_response())
}

/// The provider knows one address to come back to, and what must come back is kept by the browser for that one.
fn at_the_public_address(app: &App, slug: &str, asked: &Start) -> Redirect {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("practiceSlug", asked.practice_slug.as_deref().unwrap_or(slug));
    if let Some(next) = &asked.next {
        query.append_pair("next", next);
    }
    Redirect::to(&format!("{}/api/v1/auth/oidc/start?{}", app.config.public_origin(), query.finish()))
}

/// Come back from the provider.
#[utoipa::path(get, path = "/api/v1/auth/oidc/callback", tag = "identity", params(Callback), responses((status = 303, description = "Signed in and to the page asked for, or to the sign-in page with what happened.")))]
async fn callback(
    who: Anybody,
    external: External,
    jar: CookieJar,
    Query(answer): Query<Callback>,
) -> Result<Response> {
    let Anybody { app, origin } = who;
    let provider = external.oidc()?;
    super::throttle(&app, &origin).await?;
    let begun: Option<Begun> = opened(&app, BEGUN_COOKIE, &jar);
    // whatever comes of it, this sign-in was begun for one answer
    let over = CookieJar::new().add(gone(BEGUN_COOKIE));
    let Some(begun) = begun.filter(|begun| begun.holds(app.now())) else {
        return Ok((over, Outcome::Expired.page()).into_response());
    };
    if !people::same(&begun.state, &answer.state) {
        return Ok((over, Outcome::Failed.page()).into_response());
    }
    let vouched = match &answer.code {
        Some(code) if answer.error.is_none() => provider.finish(&begun, code, answer.iss.as_deref()).await,
        _ => Ok(None),
    };
    match vouched {
        Ok(Some(vouched)) => Ok((over, enter(&app, &origin, provider, begun, vouched).await?).into_response()),
        Err(error) if error.code() != REFUSED => Ok((over, Outcome::Unavailable.page()).into_response()),
        _ => Ok((over, Outcome::Failed.page()).into_response()),
    }
}

/// Signs a known person in; of an unknown one whose e-mail was checked it is kept who they are, until they sign in.
async fn enter(app: &App, origin: &Origin, provider: &Provider, begun: Begun, vouched: Vouched) -> Result<Response> {
    let (issuer, subject) = (&provider.issuer, &vouched.subject);
    let mut tx = app.db().auth().await?;
    let found = people::find(&mut tx, issuer, subject, begun.practice.as_deref()).await?;
    people::note_use(&mut tx, issuer, subject).await?;
    let at = people::now(&mut tx).await?;
    tx.commit().await?;
    match found {
        Found::Member { member, .. } => {
            return Ok(match arrive(app, origin, member.user, member.practice).await? {
                Arrived::Signed(signed) => {
                    (signed.cookies(), Redirect::to(begun.next.as_deref().unwrap_or("/"))).into_response()
                }
                // behind a #, which browsers send to no server
                Arrived::Needed(needed) => {
                    let next = begun.next.map(|next| {
                        form_urlencoded::Serializer::for_suffix("?".to_owned(), 1).append_pair("next", &next).finish()
                    });
                    let (next, question) = (next.unwrap_or_default(), needed.in_address());
                    Redirect::to(&format!("{PAGE}{next}#{question}")).into_response()
                }
            });
        }
        Found::NoPractice => return Ok(Outcome::NoPractice.page().into_response()),
        Found::Nobody => {}
    }
    let Some(email) = vouched.email else { return Ok(Outcome::Unknown.page().into_response()) };
    let pending = Pending { issuer: issuer.clone(), subject: vouched.subject, email, at };
    let jar = CookieJar::new().add(sealed(app, PENDING_COOKIE, &pending, SameSite::Strict)?);
    Ok((jar, Outcome::Unknown.page()).into_response())
}

/// Link the provider's account to one's own, after coming back from the provider unknown and then signing in here with
/// one's own password or an invitation. From then on the provider is enough.
#[utoipa::path(post, path = "/api/v1/auth/oidc/link", tag = "identity", responses((status = 204)))]
async fn link(who: Can<may::Write>, jar: CookieJar) -> Result<Response> {
    let (user, session) = who.person()?;
    let pending: Option<Pending> = opened(who.app(), PENDING_COOKIE, &jar);
    let pending = pending.ok_or_else(|| {
        Error::conflict("auth.external_nothing", "No provider has vouched for you just now; sign in there first.")
    })?;
    who.write(async move |tx| people::link(tx, &pending, user, session).await).await?;
    Ok((StatusCode::NO_CONTENT, CookieJar::new().add(gone(PENDING_COOKIE))).into_response())
}

fn sealed(app: &App, name: &'static str, value: &impl Serialize, same_site: SameSite) -> Result<Cookie<'static>> {
    let value = serde_json::to_vec(value).map_err(Error::internal)?;
    let text = URL_SAFE_NO_PAD.encode(app.root().seal(place(name), &value)?);
    let mut cookie = cookie(name, text);
    cookie.set_same_site(same_site);
    cookie.set_max_age(time::Duration::minutes(10));
    Ok(cookie)
}

fn opened<T: DeserializeOwned>(app: &App, name: &str, jar: &CookieJar) -> Option<T> {
    let sealed = URL_SAFE_NO_PAD.decode(jar.get(name)?.value()).ok()?;
    serde_json::from_slice(&app.root().open(place(name), &sealed).ok()?).ok()
}

/// A cookie opens only under its own name.
fn place(name: &str) -> Place<'_> {
    Place { table: "cookie", column: name, row: Uuid::nil() }
}

fn gone(name: &'static str) -> Cookie<'static> {
    let mut cookie = cookie(name, String::new());
    cookie.make_removal();
    cookie
}

fn cookie(name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value)).path("/").secure(true).http_only(true).build()
}
