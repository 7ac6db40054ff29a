//! Proof that a request is Retell's: `x-retell-signature`, an instant and the hexadecimal HMAC-SHA256 of the body as it came
//! and that instant. <https://docs.retellai.com/features/secure-webhook>

use std::time::Duration;

use aws_lc_rs::hmac;
use jiff::Timestamp;

/// The header.
pub const HEADER: &str = "x-retell-signature";

/// How far the instant may be from ours, in either direction.
pub const WINDOW: Duration = Duration::from_secs(300);

/// What Retell writes into the header.
#[must_use]
pub fn sign(key: &[u8], body: &[u8], at: Timestamp) -> String {
    let instant = at.as_millisecond().to_string();
    let digest: String = tag(key, body, &instant).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v={instant},d={digest}")
}

/// Whether the header proves the body now; compared in constant time.
#[must_use]
pub fn verify(key: &[u8], header: &str, body: &[u8], now: Timestamp) -> bool {
    let Some((instant, tag)) = parts(header) else { return false };
    let Some(at) = instant.parse().ok().and_then(|at| Timestamp::from_millisecond(at).ok()) else { return false };
    if key.is_empty() || now.duration_since(at).unsigned_abs() > WINDOW {
        return false;
    }
    let signed = [body, instant.as_bytes()].concat();
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, key), &signed, &tag).is_ok()
}

fn tag(key: &[u8], body: &[u8], instant: &str) -> hmac::Tag {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    context.update(body);
    context.update(instant.as_bytes());
    context.sign()
}

/// `v=<digits>,d=<64 small hexadecimal digits>` and nothing else, as Retell's own libraries have it.
fn parts(header: &str) -> Option<(&str, Vec<u8>)> {
    let (instant, digest) = header.strip_prefix("v=")?.split_once(",d=")?;
    if instant.is_empty() || !instant.bytes().all(|digit| digit.is_ascii_digit()) || digest.len() != 64 {
        return None;
    }
    let half = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let bytes = digest.as_bytes().chunks(2).map(|pair| Some(half(pair[0])? << 4 | half(pair[1])?));
    Some((instant, bytes.collect::<Option<_>>()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).expect("an instant")
    }

    /// Vectors of Retell's own library, where they lie beside the project.
    #[test]
    fn the_vectors_hold_and_nothing_near_them_does() {
        let Some(file) = peers::text("signature-vectors.json") else { return };
        let vectors: Value = serde_json::from_str(&file).expect("json");
        let vector = &vectors["retell"];
        let text = |name: &str| vector[name].as_str().expect("a text").to_owned();
        let instants = |name: &str| -> Vec<Timestamp> {
            let all = vector[name].as_array().expect("instants").iter();
            all.map(|instant| at(instant.as_i64().expect("milliseconds"))).collect()
        };
        let (key, body, header) = (text("key"), text("body"), text("header_value"));
        let signed = at(vector["timestamp_ms"].as_i64().expect("an instant"));
        assert_eq!(sign(key.as_bytes(), body.as_bytes(), signed), header);
        for now in instants("accept_at_ms") {
            assert!(verify(key.as_bytes(), &header, body.as_bytes(), now), "{now}");
        }
        for now in instants("reject_at_ms") {
            assert!(!verify(key.as_bytes(), &header, body.as_bytes(), now), "{now}");
        }
        let rejected = vector["reject_headers"].as_array().expect("headers");
        assert_eq!(rejected.len(), 9);
        for malformed in rejected {
            let malformed = malformed.as_str().expect("a text");
            assert!(!verify(key.as_bytes(), malformed, body.as_bytes(), signed), "{malformed}");
        }
        assert!(!verify(b"another", &header, body.as_bytes(), signed));
        assert!(!verify(key.as_bytes(), &header, b"{}", signed));
    }

    #[test]
    fn without_a_key_nothing_is_proved_and_capitals_are_no_digits() {
        let now = at(1_700_000_000_000);
        assert!(!verify(b"", &sign(b"", b"x", now), b"x", now));
        let header = sign(b"k", b"x", now);
        let (instant, digest) = header.split_once(",d=").expect("two parts");
        assert!(verify(b"k", &header, b"x", now));
        assert!(!verify(b"k", &format!("{instant},d={}", digest.to_uppercase()), b"x", now));
        assert!(!verify(b"k", &format!("v=99999999999999999999,d={digest}"), b"x", now), "no instant");
    }

    proptest! {
        /// Digits of the body cannot wander into the instant, as the instant is in the header too and must be near.
        #[test]
        fn nothing_of_what_is_signed_can_be_changed(
            body in ".{0,40}", other in ".{0,40}", late in -400_000_i64..400_000,
        ) {
            let (signed, now) = (at(1_700_000_000_000), at(1_700_000_000_000 + late));
            let header = sign(b"key", body.as_bytes(), signed);
            prop_assert_eq!(verify(b"key", &header, body.as_bytes(), now), late.abs() <= 300_000);
            prop_assert_eq!(verify(b"key", &header, other.as_bytes(), signed), body == other);
        }
    }
}
