//! Signatures of Standard Webhooks, symmetric: `v1,` and the Base64 of the HMAC-SHA256 of `id.timestamp.body`, under a secret
//! that is written `whsec_` and Base64 of 24 to 64 bytes.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use platform::crypto::random_token;
use platform::error::{Error, Result};
use platform::phi::Phi;

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// A new secret.
///
/// # Errors
/// When there is no chance to be had from the system.
pub fn make_secret() -> Result<Phi<String>> {
    Ok(Phi::new(format!("{PREFIX}{}", STANDARD.encode(random_token()?))))
}

/// What stands in `webhook-signature` for this message. Several signatures are separated by a space.
///
/// # Errors
/// When the secret is not of its form.
pub fn sign(secret: &Phi<String>, id: &str, timestamp: Timestamp, body: &[u8]) -> Result<String> {
    let key = secret.expose().strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
    let key = key
        .filter(|key| (24..=64).contains(&key.len()))
        .ok_or_else(|| Error::internal("a secret of webhooks is whsec_ and Base64 of 24 to 64 bytes"))?;
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &key));
    context.update(format!("{id}.{}.", timestamp.as_second()).as_bytes());
    context.update(body);
    Ok(format!("v1,{}", STANDARD.encode(context.sign().as_ref())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("an instant")
    }

    /// The example of the specification's reference libraries
    /// (<https://github.com/standard-webhooks/standard-webhooks/tree/main/libraries>).
    #[test]
    fn the_published_example_holds() {
        let secret = Phi::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        let body = br#"{"test": 2432232314}"#;
        let signature = sign(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at(1_614_265_330), body).expect("signs");
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn every_part_is_signed() {
        let secret = make_secret().expect("a secret");
        let signed = |secret: &Phi<String>, id: &str, second: i64, body: &[u8]| {
            sign(secret, id, at(second), body).expect("signs")
        };
        let all = [
            signed(&secret, "msg_a", 1, b"x"),
            signed(&secret, "msg_b", 1, b"x"),
            signed(&secret, "msg_a", 2, b"x"),
            signed(&secret, "msg_a", 1, b"y"),
            signed(&make_secret().expect("another"), "msg_a", 1, b"x"),
        ];
        assert!(all.iter().enumerate().all(|(i, one)| all[i + 1..].iter().all(|other| one != other)));
        assert_eq!(all[0], signed(&secret, "msg_a", 1, b"x"));
    }

    #[test]
    fn what_is_no_secret_signs_nothing() {
        let short = format!("whsec_{}", STANDARD.encode([1; 23]));
        let long = format!("whsec_{}", STANDARD.encode([1; 65]));
        for secret in ["", "whsec_", "whsec_not base64", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &short, &long] {
            assert!(sign(&Phi::new(secret.to_owned()), "a", at(1), b"").is_err(), "{secret}");
        }
    }
}
