//! Access tokens: short-lived, signed, bound to a session that every transaction checks again. Those of patients are
//! bound to a link instead, and neither serves in place of the other.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Clock;
use crate::db::Actor;
use crate::error::{Error, Result, token_expired};
use crate::id::{PatientId, PatientLinkId, PracticeId, RoleId, SessionId, UserId};
use crate::jwt;
use crate::patient_link::Purpose;
use crate::permission::{Rights, Role};
use crate::phi::Secret;

/// How long an access token serves.
pub const LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// Name of its cookie. `__Host-`: only over a secure connection, only for this host (RFC 6265bis §4.1.3.2).
pub const ACCESS_COOKIE: &str = "__Host-vantage_access";
/// Code of the problem for a request without a usable token.
pub const REQUIRED: &str = "auth.required";
/// Name of the cookie by which a browser is known in which somebody has signed in before.
pub const DEVICE_COOKIE: &str = "__Host-vantage_device";
/// How long the one of a patient serves.
pub const LINK_LIFETIME: SignedDuration = SignedDuration::from_mins(30);
const WHO: &str = "vantage";
/// For whom tokens of patients are.
const PATIENTS: &str = "vantage-patients";

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The person.
    pub sub: UserId,
    /// The practice.
    pub pid: PracticeId,
    /// The session.
    pub sid: SessionId,
    /// The role in the practice, by name.
    pub role: Role,
    /// The practice's own role, where it has made one for this person; then `role` is what that one is based on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnRole>,
    /// The practice demands a second factor that the person has not set up: only the routes of the account are open.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub must_enrol: bool,
    /// Until when, in seconds since 1970.
    pub exp: i64,
    iss: String,
    aud: String,
}

/// A role of the practice's own, as a token states it. The door of every transaction checks id and version, so the
/// list cannot be older than the role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRole {
    /// Which one.
    pub id: RoleId,
    /// Its version when the token was made.
    pub version: i32,
    /// Names of what it may do.
    pub may: Vec<String>,
}

/// Whose token it is, and what it is to say.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The person.
    pub user: UserId,
    /// The practice.
    pub practice: PracticeId,
    /// The session.
    pub session: SessionId,
    /// The role in the practice, or what the practice's own role is based on.
    pub role: Role,
    /// The practice's own role.
    pub own: Option<OwnRole>,
    /// See [`Claims::must_enrol`].
    pub must_enrol: bool,
}

impl Holder {
    /// What the holder may do.
    #[must_use]
    pub fn rights(&self) -> Rights {
        self.own.as_ref().map_or(Rights::Of(self.role), |own| Rights::listed(&own.may))
    }

    /// The holder as who acts.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let own = self.own.as_ref().map(|own| (own.id, own.version));
        Actor::User { user: self.user, session: self.session, role: self.role, own }
    }
}

impl From<Claims> for Holder {
    fn from(Claims { sub: user, pid: practice, sid: session, role, own, must_enrol, .. }: Claims) -> Self {
        Self { user, practice, session, role, own, must_enrol }
    }
}

/// What the token of a patient says, who came by a link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LinkClaims {
    /// The patient.
    pub sub: PatientId,
    /// The practice.
    pub pid: PracticeId,
    /// The link.
    pub lid: PatientLinkId,
    /// What the link is for.
    pub purpose: Purpose,
    /// Which one: the appointment, the offer.
    pub subject: Uuid,
    /// Until when, in seconds since 1970.
    pub exp: i64,
    iss: String,
    aud: String,
}

/// Whose token of a patient it is.
#[derive(Clone, Copy, Debug)]
pub struct LinkHolder {
    /// The patient.
    pub patient: PatientId,
    /// The practice.
    pub practice: PracticeId,
    /// The link.
    pub link: PatientLinkId,
    /// What the link is for.
    pub purpose: Purpose,
    /// Which one.
    pub subject: Uuid,
}

/// Signs and reads access tokens.
#[derive(Clone)]
pub struct Tokens {
    encode: EncodingKey,
    /// While a root key is being changed, tokens of servers with the other one are taken as well.
    decode: Vec<DecodingKey>,
    clock: Clock,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

impl Tokens {
    /// With these keys: the first signs, each of them is good for reading.
    #[must_use]
    pub fn new(keys: &[Secret], clock: Clock) -> Self {
        Self {
            encode: EncodingKey::from_secret(keys.first().map_or(&[], |key| key.expose())),
            decode: keys.iter().map(|key| DecodingKey::from_secret(key.expose())).collect(),
            clock,
        }
    }

    /// A token for a session, and until when it serves.
    ///
    /// # Errors
    /// Never in practice.
    pub fn issue(&self, holder: Holder) -> Result<(String, Timestamp)> {
        let expires = self.clock.now().checked_add(LIFETIME).map_err(Error::internal)?;
        let claims = Claims {
            sub: holder.user,
            pid: holder.practice,
            sid: holder.session,
            role: holder.role,
            own: holder.own,
            must_enrol: holder.must_enrol,
            exp: expires.as_second(),
            iss: WHO.to_owned(),
            aud: WHO.to_owned(),
        };
        Ok((self.sign(&claims)?, expires))
    }

    /// A token for a patient who came by a link and has shown who they are, and until when it serves.
    ///
    /// # Errors
    /// Never in practice.
    pub fn issue_for_link(&self, holder: LinkHolder) -> Result<(String, Timestamp)> {
        let expires = self.clock.now().checked_add(LINK_LIFETIME).map_err(Error::internal)?;
        let claims = LinkClaims {
            sub: holder.patient,
            pid: holder.practice,
            lid: holder.link,
            purpose: holder.purpose,
            subject: holder.subject,
            exp: expires.as_second(),
            iss: WHO.to_owned(),
            aud: PATIENTS.to_owned(),
        };
        Ok((self.sign(&claims)?, expires))
    }

    fn sign(&self, claims: &impl Serialize) -> Result<String> {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.encode).map_err(Error::internal)
    }

    /// What a token says, if it is ours and still serves.
    ///
    /// # Errors
    /// 401 `auth.token_expired` for one of ours that has run out, `auth.required` for anything else.
    pub fn read(&self, token: &str) -> Result<Claims> {
        self.read_as(token, |claims: &Claims| (claims.iss == WHO && claims.aud == WHO).then_some(claims.exp))
    }

    /// What the token of a patient says.
    ///
    /// # Errors
    /// As [`Tokens::read`].
    pub fn read_for_link(&self, token: &str) -> Result<LinkClaims> {
        let ours = |claims: &LinkClaims| (claims.iss == WHO && claims.aud == PATIENTS).then_some(claims.exp);
        self.read_as(token, ours)
    }

    /// `ours` says until when, for a token that is what it should be.
    fn read_as<C: DeserializeOwned>(&self, token: &str, ours: impl Fn(&C) -> Option<i64>) -> Result<C> {
        let head = jwt::head(token).filter(|head| head.algorithm == Algorithm::HS256).ok_or_else(required)?;
        let read = |key: &DecodingKey| jwt::signed::<C>(token, key, head.algorithm);
        let claims = self.decode.iter().find_map(read).ok_or_else(required)?;
        let expires = ours(&claims).ok_or_else(required)?;
        if expires <= self.clock.now().as_second() { Err(token_expired()) } else { Ok(claims) }
    }
}

/// 401 for a request without a usable token.
#[must_use]
pub fn required() -> Error {
    Error::unauthorized(REQUIRED, "Sign in first.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(key: &[u8], clock: &Clock) -> Tokens {
        Tokens::new(&[Secret::new(key.to_vec())], clock.clone())
    }

    fn issue(tokens: &Tokens) -> String {
        issue_for(tokens, Role::Owner, None)
    }

    fn issue_for(tokens: &Tokens, role: Role, own: Option<OwnRole>) -> String {
        let (user, practice, session) = (UserId::new(), PracticeId::new(), SessionId::new());
        tokens.issue(Holder { user, practice, session, role, own, must_enrol: false }).expect("issues").0
    }

    #[test]
    fn a_role_of_the_practices_own_travels_whole_and_fits_a_cookie() {
        let may: Vec<_> = crate::permission::TABLE.iter().map(|row| row.permission.to_owned()).collect();
        let own = OwnRole { id: RoleId::new(), version: 7, may };
        let tokens = tokens(&[1; 32], &Clock::System);
        let token = issue_for(&tokens, Role::Staff, Some(own.clone()));
        // a browser keeps 4096 bytes of name, value and attributes (RFC 6265 §6.1)
        assert!(token.len() < 3900, "{} bytes", token.len());
        let claims = tokens.read(&token).expect("reads");
        assert_eq!(claims.own.as_ref(), Some(&own));
        assert!(Holder::from(claims).rights().may("roles.write") && !Role::Staff.may("roles.write"));
    }

    #[test]
    fn a_token_serves_ten_minutes() {
        let clock = Clock::fixed("2026-11-21T08:00:00Z".parse().expect("time"));
        let tokens = tokens(&[1; 32], &clock);
        let token = issue(&tokens);
        clock.advance(SignedDuration::from_secs(599));
        assert_eq!(tokens.read(&token).expect("serves").role, Role::Owner);
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(tokens.read(&token).expect_err("ran out").code(), "auth.token_expired");
    }

    #[test]
    fn while_keys_change_tokens_of_both_are_taken() {
        let [old, new] = [[1; 32], [2; 32]].map(|key| Secret::new(key.to_vec()));
        let before = issue(&Tokens::new(std::slice::from_ref(&old), Clock::System));
        let both = Tokens::new(&[new.clone(), old.clone()], Clock::System);
        assert!(both.read(&before).is_ok() && both.read(&issue(&both)).is_ok());
        assert!(Tokens::new(&[old], Clock::System).read(&issue(&both)).is_err());
        assert!(Tokens::new(&[new], Clock::System).read(&before).is_err());
    }

    #[test]
    fn tokens_of_patients_are_no_tokens_of_people_and_the_other_way_round() {
        let clock = Clock::fixed("2026-11-21T08:00:00Z".parse().expect("time"));
        let tokens = tokens(&[1; 32], &clock);
        let (patient, practice, link) = (PatientId::new(), PracticeId::new(), PatientLinkId::new());
        let holder = LinkHolder { patient, practice, link, purpose: Purpose::Offer, subject: Uuid::now_v7() };
        let token = tokens.issue_for_link(holder).expect("issues").0;
        assert_eq!(tokens.read(&token).expect_err("no session").code(), "auth.required");
        assert_eq!(tokens.read_for_link(&issue(&tokens)).expect_err("no link").code(), "auth.required");
        clock.advance(SignedDuration::from_secs(1799));
        let claims = tokens.read_for_link(&token).expect("serves");
        assert_eq!((claims.sub, claims.lid, claims.purpose), (patient, link, Purpose::Offer));
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(tokens.read_for_link(&token).expect_err("ran out").code(), "auth.token_expired");
    }

    #[test]
    fn forgeries_teach_nothing() {
        let clock = Clock::System;
        let ours = tokens(&[1; 32], &clock);
        let foreign = issue(&tokens(&[2; 32], &clock));
        let own = issue(&ours);
        let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.", own.split('.').nth(1).expect("claims"));
        let cut = own[..own.len() - 2].to_owned();
        for token in [foreign, unsigned, cut, String::new(), "rubbish".to_owned(), "a.b.c".to_owned()] {
            assert_eq!(ours.read(&token).expect_err("refused").code(), "auth.required");
        }
    }
}
