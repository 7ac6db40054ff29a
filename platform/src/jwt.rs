//! Signed tokens (JWT), ours and those of other providers: how they must look, before and after their signature is
//! checked.
//!
//! Rules: RFC 8725 (best current practice for JWT), RFC 7515 §4.1.11 (`crit`), OpenID Connect Core §3.1.3.7. Whatever is
//! wrong, the answer is `None`: nobody learns which check failed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

/// Bytes of the longest token that is looked at.
pub const LONGEST: usize = 8192;
/// Seconds by which the provider's clock may differ from ours.
const LEEWAY: i64 = 30;

/// What a token says of its own signature, as far as anybody should believe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// By which algorithm it says it is signed.
    pub algorithm: Algorithm,
    /// Name of the key (`kid`).
    pub key: Option<String>,
}

/// Known fields come once or the token is none. Fields that would have us take a key from the token itself, or that
/// must be understood, make it none as well.
#[derive(Deserialize)]
struct RawHead {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    jku: Option<IgnoredAny>,
    jwk: Option<IgnoredAny>,
    x5u: Option<IgnoredAny>,
    x5c: Option<IgnoredAny>,
    crit: Option<IgnoredAny>,
}

/// The head of a token in compact form with three parts, if its algorithm is one that we take.
#[must_use]
pub fn head(token: &str) -> Option<Head> {
    let [head, claims, signature] = token.split('.').collect::<Vec<_>>().try_into().ok()?;
    if token.len() > LONGEST || claims.is_empty() || signature.is_empty() {
        return None;
    }
    let raw: RawHead = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).ok()?).ok()?;
    let tempting = raw.jku.or(raw.jwk).or(raw.x5u).or(raw.x5c).or(raw.crit).is_some();
    let other_type = raw.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT"));
    // exactly these words: names of algorithms are case-sensitive (RFC 7515 §4.1.1)
    let algorithm = match raw.alg.as_str() {
        "HS256" => Algorithm::HS256,
        "RS256" => Algorithm::RS256,
        "RS384" => Algorithm::RS384,
        "RS512" => Algorithm::RS512,
        "PS256" => Algorithm::PS256,
        "ES256" => Algorithm::ES256,
        "ES384" => Algorithm::ES384,
        "EdDSA" => Algorithm::EdDSA,
        _ => return None,
    };
    (!tempting && !other_type).then_some(Head { algorithm, key: raw.kid })
}

/// Whether a token names this issuer, before its signature is checked: decides only whether it is worth looking at.
#[must_use]
pub fn claims_to_be_from(token: &str, issuer: &str) -> bool {
    #[derive(Deserialize)]
    struct From {
        iss: String,
    }
    let claims = token.split('.').nth(1).and_then(|claims| URL_SAFE_NO_PAD.decode(claims).ok());
    claims.and_then(|claims| serde_json::from_slice::<From>(&claims).ok()).is_some_and(|from| from.iss == issuer)
}

/// The claims of a token, if this key signed it with this algorithm. Claims that come twice make it none, when `C` derives its reading.
#[must_use]
pub fn signed<C: DeserializeOwned>(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Option<C> {
    let mut validation = Validation::new(algorithm);
    // all of these against what we expect and our own clock, below
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    jsonwebtoken::decode(token, key, &validation).ok().map(|read| read.claims)
}

/// One recipient, or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// As a text.
    One(String),
    /// As a list.
    Several(Vec<String>),
}

impl Audience {
    /// Whether it is among them.
    #[must_use]
    pub fn names(&self, who: &str) -> bool {
        match self {
            Self::One(one) => one == who,
            Self::Several(several) => several.iter().any(|one| one == who),
        }
    }

    /// Whether there are others.
    #[must_use]
    pub fn is_several(&self) -> bool {
        matches!(self, Self::Several(several) if several.len() > 1)
    }
}

/// Whether a token with these times serves at this instant.
#[must_use]
pub fn serves(now: Timestamp, expires: i64, issued: i64, not_before: Option<i64>) -> bool {
    let now = now.as_second();
    let (early, late) = (now.saturating_sub(LEEWAY), now.saturating_add(LEEWAY));
    expires > early && issued <= late && not_before.is_none_or(|from| from <= late) && issued < expires
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(head: &str) -> String {
        format!("{}.e30.c2ln", URL_SAFE_NO_PAD.encode(head))
    }

    #[test]
    fn heads_are_read_strictly() {
        let read = head(&token(r#"{"alg":"ES256","kid":"a","typ":"JWT","x5t":"ignored"}"#)).expect("a head");
        assert_eq!(read, Head { algorithm: Algorithm::ES256, key: Some("a".to_owned()) });
        for bad in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"nOnE"}"#,
            r#"{"alg":"es256"}"#,
            r#"{"alg":"HS512"}"#,
            r#"{"alg":""}"#,
            r#"{"kid":"a"}"#,
            r#"{"alg":"ES256","alg":"HS256"}"#,
            r#"{"alg":"ES256","kid":"a","kid":"b"}"#,
            r#"{"alg":"ES256","kid":1}"#,
            r#"{"alg":"ES256","typ":"at+jwt"}"#,
            r#"{"alg":"ES256","jku":"https://evil.example/keys"}"#,
            r#"{"alg":"ES256","jwk":{"kty":"EC"}}"#,
            r#"{"alg":"ES256","x5u":"https://evil.example/cert"}"#,
            r#"{"alg":"ES256","x5c":["MII"]}"#,
            r#"{"alg":"ES256","crit":["exp"]}"#,
            r#"["ES256"]"#,
            "",
        ] {
            assert_eq!(head(&token(bad)), None, "{bad}");
        }
        let good = token(r#"{"alg":"ES256"}"#);
        for bad in [
            format!("{good}."),
            format!(" {good}"),
            good.replacen('.', "=.", 1),
            good.rsplit_once('.').expect("parts").0.to_owned(),
            good.replace("c2ln", ""),
            good.replace("e30", ""),
            good + &"A".repeat(LONGEST),
        ] {
            assert_eq!(head(&bad), None, "{bad}");
        }
    }

    #[test]
    fn times_are_checked_with_a_small_leeway() {
        let now: Timestamp = "2026-11-21T08:00:00Z".parse().expect("a time");
        let at = now.as_second();
        assert!(serves(now, at + 1, at, None) && serves(now, at - 29, at - 60, Some(at + 30)));
        assert!(!serves(now, at - 30, at - 60, None), "ran out");
        assert!(!serves(now, at + 100, at + 31, None), "issued in the future");
        assert!(!serves(now, at + 100, at, Some(at + 31)), "not yet");
        assert!(!serves(now, at + 5, at + 5, None), "ends before it begins");
        assert!(!serves(now, i64::MIN, i64::MAX, Some(i64::MIN)));
    }
}
