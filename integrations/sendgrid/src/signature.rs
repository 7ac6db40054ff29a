//! Proof that events are SendGrid's: ECDSA over P-256 and SHA-256, of the timestamp in one header and the body as it came,
//! in another header. (Much that is written about it takes it for an HMAC.)
//!
//! <https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features>

use std::time::Duration;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};

/// The header with the signature: base64 of its DER.
pub const SIGNATURE: &str = "x-twilio-email-event-webhook-signature";
/// The header with the timestamp, in seconds.
pub const TIMESTAMP: &str = "x-twilio-email-event-webhook-timestamp";

/// Why something is not taken for SendGrid's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproved {
    /// The signature is not one of this key over this timestamp and body.
    Forged,
    /// It is right, and too long ago or ahead.
    Stale,
}

/// The key of a webhook.
#[derive(Clone, Debug)]
pub struct PublicKey(ParsedPublicKey);

impl PublicKey {
    /// Reads base64 of a `SubjectPublicKeyInfo`, as the API answers it; nothing when it is no key on P-256.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let der = STANDARD.decode(text.trim()).ok()?;
        ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, der).ok().map(Self)
    }

    /// Whether the headers prove the body, and it was sent no longer than `window` before or after `now`. The body is the
    /// bytes as they came, with the line end that they have.
    ///
    /// # Errors
    /// When they do not.
    pub fn verify(
        &self,
        signature: &str,
        timestamp: &str,
        body: &[u8],
        now: Timestamp,
        window: Duration,
    ) -> Result<(), Unproved> {
        let signature = STANDARD.decode(signature).map_err(|_| Unproved::Forged)?;
        let signed = [timestamp.as_bytes(), body].concat();
        self.0.verify_sig(&signed, &signature).map_err(|_| Unproved::Forged)?;
        let sent = seconds(timestamp).ok_or(Unproved::Forged)?;
        let window = SignedDuration::try_from(window).unwrap_or(SignedDuration::MAX);
        if now.duration_since(sent).abs() <= window { Ok(()) } else { Err(Unproved::Stale) }
    }
}

/// Digits alone, so that nothing of the body can be taken for a part of it.
fn seconds(text: &str) -> Option<Timestamp> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    Timestamp::from_second(digits.then(|| text.parse().ok())??).ok()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    const WINDOW: Duration = Duration::from_secs(300);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("an instant")
    }

    struct Signer(EcdsaKeyPair);

    impl Signer {
        fn new() -> Self {
            Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key"))
        }

        fn key(&self) -> PublicKey {
            use aws_lc_rs::encoding::AsDer as _;
            let der = self.0.public_key().as_der().expect("der");
            PublicKey::read(&STANDARD.encode(der.as_ref())).expect("a key")
        }

        fn sign(&self, timestamp: &str, body: &[u8]) -> String {
            let signed = [timestamp.as_bytes(), body].concat();
            STANDARD.encode(self.0.sign(&SystemRandom::new(), &signed).expect("a signature"))
        }
    }

    /// Vectors of SendGrid's own library, where they lie beside the project.
    #[test]
    fn the_vectors_hold_and_nothing_near_them_does() {
        let Some(text) = peers::text("signature-vectors.json") else { return };
        let vectors: Value = serde_json::from_str(&text).expect("json");
        let text = |name: &str| vectors["sendgrid_event_webhook"][name].as_str().expect("a text").to_owned();
        let (signature, timestamp, body) = (text("signature"), text("timestamp"), text("raw_body"));
        let key = PublicKey::read(&text("public_key")).expect("a key");
        let now = at(timestamp.parse().expect("seconds"));
        let verify = |signature: &str, timestamp: &str, body: &str| {
            key.verify(signature, timestamp, body.as_bytes(), now, WINDOW)
        };
        assert_eq!(verify(&signature, &timestamp, &body), Ok(()));
        for (signature, timestamp, body) in [
            (text("bad_signature").as_str(), timestamp.as_str(), body.as_str()),
            (&signature, "1600112503", &body),
            (&signature, &timestamp, body.trim_end()),
            (&signature, &timestamp, &body.replace("dropped", "dropper")),
            (&signature, "", &format!("{timestamp}{body}")),
            ("", &timestamp, &body),
            ("not base64", &timestamp, &body),
        ] {
            assert_eq!(verify(signature, timestamp, body), Err(Unproved::Forged), "{signature} {timestamp}");
        }
        let other = Signer::new().key();
        assert_eq!(other.verify(&signature, &timestamp, body.as_bytes(), now, WINDOW), Err(Unproved::Forged));
    }

    #[test]
    fn what_was_signed_long_ago_or_ahead_is_stale() {
        let signer = Signer::new();
        let signature = signer.sign("1700000000", b"[]");
        let seen = |now: i64| signer.key().verify(&signature, "1700000000", b"[]", at(now), WINDOW);
        assert_eq!((seen(1_700_000_300), seen(1_699_999_700)), (Ok(()), Ok(())));
        assert_eq!((seen(1_700_000_301), seen(1_699_999_699)), (Err(Unproved::Stale), Err(Unproved::Stale)));
        assert_eq!(signer.key().verify(&signature, "1700000000", b"[]", at(0), Duration::MAX), Ok(()), "any time");
    }

    #[test]
    fn a_timestamp_that_is_none_proves_nothing_even_when_signed() {
        let signer = Signer::new();
        for strange in ["", "-5", "+1700000000", "1700000000.5", "99999999999999999999", " 1700000000"] {
            let signature = signer.sign(strange, b"[]");
            let verdict = signer.key().verify(&signature, strange, b"[]", at(1_700_000_000), Duration::MAX);
            assert_eq!(verdict, Err(Unproved::Forged), "{strange}");
        }
    }

    #[test]
    fn what_is_no_key_is_not_read() {
        for rubbish in ["", "123publickeyabc", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE", "é"] {
            assert!(PublicKey::read(rubbish).is_none(), "{rubbish}");
        }
    }

    proptest! {
        #[test]
        fn no_byte_can_be_changed(body in proptest::collection::vec(any::<u8>(), 1..200), at_byte: proptest::sample::Index, flip in 1u8..) {
            let signer = Signer::new();
            let signature = signer.sign("1700000000", &body);
            let verify = |body: &[u8]| signer.key().verify(&signature, "1700000000", body, at(1_700_000_000), WINDOW);
            prop_assert_eq!(verify(&body), Ok(()));
            let mut changed = body.clone();
            changed[at_byte.index(body.len())] ^= flip;
            prop_assert_eq!(verify(&changed), Err(Unproved::Forged));
        }
    }
}
