//! Signing up, in and inviting under short addresses, for programs: the functions of `/api/v1` with fewer words. The
//! access token is in the answer, serves ten minutes, and belongs to a session like any other. The only cookie is the one
//! by which a machine is known.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use garde::Validate;
use jiff::Timestamp;
use platform::crypto::random_token;
use platform::db::Origin;
use platform::error::{Error, Result};
use platform::extract::Body;
use platform::guard::{Anybody, Can, Visitor};
use platform::id::{PracticeId, UserId};
use platform::language::Language;
use platform::permission::{Permission as _, Role, session as own, staff as may};
use platform::phi::Phi;
use platform::routes::{Json, Routes};
use platform::{App, route, validate};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::invites::{self, Accept, NewInvite};
use crate::second_factor::{Factor, SecondFactorNeeded};
use crate::session::sign_in::{self, Arrived, Login, arrive};
use crate::session::{self, Session, Signed};
use crate::signup::{self, SignUp, email_address, person_name};
use crate::{password, staff};

/// More than any clinic employs; the list exists to choose somebody from.
const MOST: usize = 500;

/// The routes under short addresses.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(sign_up))
        .route(route!(log_in))
        .route(route!(invite))
        .route(route!(accept))
        .route(route!(me))
        .route(route!(everybody))
}

/// A session whose access token goes into the header `Authorization: Bearer …`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BearerSession {
    access_token: Phi<String>,
    expires_at: Timestamp,
    user: ClinicUser,
    clinic: SessionClinic,
}

/// The clinic of a session.
#[derive(Debug, Serialize, ToSchema)]
struct SessionClinic {
    id: PracticeId,
    name: String,
    slug: String,
    locale: Language,
    timezone: String,
}

/// Somebody who works in the clinic.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ClinicUser {
    id: UserId,
    name: Phi<String>,
    /// Only of oneself, and for whoever may change staff.
    #[schema(required)]
    email: Option<Phi<String>>,
    role: Role,
    clinic_id: PracticeId,
}

impl From<&Session> for ClinicUser {
    fn from(session: &Session) -> Self {
        let user = session.user.clone();
        Self {
            id: user.id,
            name: user.name,
            email: Some(user.email),
            role: session.role,
            clinic_id: session.practice.id,
        }
    }
}

/// The answer that carries a session in its body.
fn bearer(status: StatusCode, signed: Signed) -> Response {
    let (access_token, session, device) = signed.into_parts();
    let user = ClinicUser::from(&session);
    let practice = session.practice;
    let clinic = SessionClinic {
        id: practice.id,
        name: practice.name,
        slug: practice.slug,
        locale: practice.language,
        timezone: practice.time_zone,
    };
    let body = BearerSession { access_token, expires_at: session.expires_at, user, clinic };
    (status, device.into_iter().fold(CookieJar::new(), CookieJar::add), Json(body)).into_response()
}

/// A clinic and its owner.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClinicSignUp {
    #[garde(length(chars, max = 120), custom(validate::line))]
    clinic_name: String,
    /// Its address; made of the name, when nothing is said.
    #[garde(inner(custom(validate::slug)))]
    slug: Option<String>,
    /// Name of the owner.
    #[garde(custom(person_name))]
    name: Phi<String>,
    #[garde(custom(email_address))]
    email: Phi<String>,
    #[garde(custom(password::check))]
    password: Phi<String>,
    #[garde(skip)]
    #[serde(default = "english")]
    locale: Language,
    #[garde(custom(validate::time_zone))]
    #[serde(default = "riyadh")]
    timezone: String,
    #[garde(custom(validate::country))]
    #[serde(default = "saudi_arabia")]
    country: String,
    #[garde(custom(validate::currency))]
    #[serde(default = "riyal")]
    currency: String,
}

fn english() -> Language {
    Language::En
}

fn riyadh() -> String {
    "Asia/Riyadh".to_owned()
}

fn saudi_arabia() -> String {
    "SA".to_owned()
}

fn riyal() -> String {
    "SAR".to_owned()
}

impl ClinicSignUp {
    fn with(self, slug: String) -> SignUp {
        SignUp {
            practice_name: self.clinic_name,
            slug,
            owner_name: self.name,
            email: self.email,
            password: self.password,
            language: self.locale,
            country: self.country,
            time_zone: self.timezone,
            currency: self.currency,
        }
    }
}

/// Sign a clinic up, and its owner in.
#[utoipa::path(post, path = "/api/auth/signup", tag = "identity", request_body = ClinicSignUp, responses((status = 201, body = BearerSession)))]
async fn sign_up(who: Anybody, Body(asked): Body<ClinicSignUp>) -> Result<Response> {
    let Anybody { app, origin } = who;
    signup::throttle(&app, &origin).await?;
    let (practice, user) = match asked.slug.clone() {
        Some(slug) => signup::sign_up(&app, &origin, asked.with(slug)).await?,
        None => found_somewhere(&app, &origin, asked).await?,
    };
    Ok(bearer(StatusCode::CREATED, session::open(&app, &origin, user, practice, Factor::None).await?))
}

/// At the address that the name makes, or close by when it is another's.
async fn found_somewhere(app: &App, origin: &Origin, asked: ClinicSignUp) -> Result<(PracticeId, UserId)> {
    let slug = slug_of(&asked.clinic_name);
    match signup::sign_up(app, origin, asked.clone().with(slug.clone())).await {
        Err(error) if error.code() == "practice.slug_taken" => {
            let tail: String = random_token()?.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
            signup::sign_up(app, origin, asked.with(format!("{slug}-{tail}"))).await
        }
        outcome => outcome,
    }
}

/// What of a name can stand in an address; a neutral word where nothing can.
fn slug_of(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let words: Vec<_> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let slug: String = words.join("-").trim_start_matches(|c: char| !c.is_ascii_lowercase()).chars().take(30).collect();
    let slug = slug.trim_end_matches('-');
    if validate::slug(slug, &()).is_ok() { slug.to_owned() } else { "clinic".to_owned() }
}

/// E-mail and password.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClinicLogin {
    #[garde(custom(email_address))]
    email: Phi<String>,
    #[garde(custom(password::fits))]
    password: Phi<String>,
    /// Which clinic, for somebody who works in several; without it the one joined first.
    #[garde(inner(length(max = 40)))]
    slug: Option<String>,
}

/// Sign in. An account with a second factor is asked for it, to be answered under /api/v1/auth/second-factor.
#[utoipa::path(post, path = "/api/auth/login", tag = "identity", request_body = ClinicLogin,
    responses((status = 200, body = BearerSession), (status = 202, body = SecondFactorNeeded)))]
async fn log_in(who: Anybody, Body(asked): Body<ClinicLogin>) -> Result<Response> {
    let ClinicLogin { email, password, slug: practice_slug } = asked;
    Ok(match sign_in::sign_in(&who.app, &who.origin, Login { email, password, practice_slug }).await? {
        Arrived::Signed(signed) => bearer(StatusCode::OK, *signed),
        Arrived::Needed(needed) => needed.into_response(),
    })
}

/// Somebody to be invited.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClinicInvite {
    #[garde(custom(email_address))]
    email: Phi<String>,
    /// As what; in capitals too, and `dentist` for `provider`.
    #[garde(skip)]
    #[serde(deserialize_with = "role")]
    #[schema(value_type = Role)]
    role: Role,
    #[garde(inner(custom(person_name)))]
    name: Option<Phi<String>>,
}

fn role<'de, D: Deserializer<'de>>(reader: D) -> std::result::Result<Role, D::Error> {
    let word = String::deserialize(reader)?.to_lowercase();
    let name = if word == "dentist" { "provider" } else { &word };
    Role::from_name(name).ok_or_else(|| serde::de::Error::custom("unknown variant, expected a role"))
}

/// An invitation, as whoever hands it over needs it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct InviteToken {
    /// What accepting takes. It was sent by mail as well.
    token: Phi<String>,
    expires_at: Timestamp,
}

/// Invite somebody. Asked twice it answers 409, as the first invitation is open.
#[utoipa::path(post, path = "/api/auth/invite", tag = "identity", request_body = ClinicInvite, responses((status = 201, body = InviteToken)))]
async fn invite(who: Can<may::Write>, Body(asked): Body<ClinicInvite>) -> Result<Response> {
    invites::throttle(who.app(), who.practice()).await?;
    let ClinicInvite { email, role, name } = asked;
    let new = NewInvite { email, name, role: Some(role), custom_role_id: None, language: None };
    let public = who.app().config.public_origin();
    let made = who.write(async move |tx| invites::invite(tx, &new, &public).await).await?;
    let link = made.link.ok_or_else(|| Error::internal("an invitation without its link"))?;
    let token = link.expose().rsplit('#').next().unwrap_or_default().to_owned();
    let body = InviteToken { token: Phi::new(token), expires_at: made.expires_at };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// Yes to an invitation.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClinicAccept {
    #[garde(skip)]
    token: Phi<String>,
    /// Name of a new account.
    #[garde(inner(custom(person_name)))]
    name: Option<Phi<String>>,
    /// Password of a new account, or that of the one that the e-mail has.
    #[garde(inner(custom(password::fits)))]
    password: Option<Phi<String>>,
}

/// Accept an invitation, and be signed in.
#[utoipa::path(post, path = "/api/auth/accept-invite", tag = "identity", request_body = ClinicAccept,
    responses((status = 200, body = BearerSession), (status = 202, body = SecondFactorNeeded)))]
async fn accept(who: Anybody, visitor: Visitor, Body(asked): Body<ClinicAccept>) -> Result<Response> {
    let Anybody { app, origin } = who;
    let ClinicAccept { token, name, password } = asked;
    let accepted = Accept { token, name, password, language: None };
    let (practice, user) = invites::accept_invite(&app, &origin, visitor, accepted).await?;
    Ok(match arrive(&app, &origin, user, practice).await? {
        Arrived::Signed(signed) => bearer(StatusCode::OK, *signed),
        Arrived::Needed(needed) => needed.into_response(),
    })
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/users/me", tag = "identity", responses((status = 200, body = ClinicUser)))]
async fn me(who: Can<own::Read>) -> Result<Json<ClinicUser>> {
    Ok(Json(ClinicUser::from(&session::of(&who).await?)))
}

/// Who works in the clinic, by name; at most 500.
#[utoipa::path(get, path = "/api/users", tag = "identity", responses((status = 200, body = Vec<ClinicUser>)))]
async fn everybody(who: Can<may::Read>) -> Result<Json<Vec<ClinicUser>>> {
    let (clinic_id, full) = (who.practice(), who.may(may::Write::NAME));
    let members = who.read(async |tx| staff::all(tx, None).await).await?;
    let brief = |row: &staff::Row| {
        let member = row.member()?;
        let email = member.email.filter(|_| full);
        Ok(ClinicUser { id: member.id, name: member.name, email, role: member.role, clinic_id })
    };
    members.iter().take(MOST).map(brief).collect::<Result<_>>().map(Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_addresses() {
        for (name, slug) in [
            ("Alpha Dental Center", "alpha-dental-center"),
            ("  Dr. Sara's -- Clinic! ", "dr-sara-s-clinic"),
            ("3rd Street Dental", "rd-street-dental"),
            ("عيادة بيتا", "clinic"),
            ("عيادة Beta", "beta"),
            ("Admin", "clinic"),
            ("A", "clinic"),
            ("A very long name of a very large dental center", "a-very-long-name-of-a-very-lar"),
        ] {
            assert_eq!(slug_of(name), slug, "{name}");
            assert!(validate::slug(slug, &()).is_ok());
        }
    }
}
