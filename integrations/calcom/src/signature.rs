//! Proof that a webhook is Cal.com's: `X-Cal-Signature-256`, the hexadecimal HMAC-SHA256 of the body as it came.

use aws_lc_rs::hmac;

/// The header.
pub const HEADER: &str = "x-cal-signature-256";
/// What stands in it when the webhook has no secret, which proves nothing.
pub const NO_SECRET: &str = "no-secret-provided";

/// What Cal.com writes into the header.
#[must_use]
pub fn sign(secret: &[u8], body: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), body);
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the header proves the body; compared in constant time.
#[must_use]
pub fn verify(secret: &[u8], header: &str, body: &[u8]) -> bool {
    let Some(tag) = bytes(header) else { return false };
    !secret.is_empty() && hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, secret), body, &tag).is_ok()
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = hex.trim().chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    if digits.len() != 64 {
        return None;
    }
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_proved_and_nothing_else() {
        let body = br#"{"triggerEvent":"PING"}"#;
        let header = sign(b"a secret", body);
        assert!(verify(b"a secret", &header, body) && verify(b"a secret", &header.to_uppercase(), body));
        assert!(!verify(b"another", &header, body));
        assert!(!verify(b"a secret", &header, br#"{"triggerEvent":"PONG"}"#));
        assert!(!verify(b"a secret", &header[..62], body), "a part of it");
        for rubbish in ["", NO_SECRET, "zz", "é"] {
            assert!(!verify(b"a secret", rubbish, body), "{rubbish}");
        }
        assert!(!verify(b"", &sign(b"", body), body), "without a secret nothing is proved");
    }

    /// Vectors that were made apart from this code, where they lie beside the project.
    #[test]
    fn the_vectors_hold() {
        let Some(text) = peers::text("signature-vectors.json") else { return };
        let vectors: serde_json::Value = serde_json::from_str(&text).expect("json");
        let text = |name: &str| vectors["calcom"][name].as_str().expect("a text").to_owned();
        let (secret, body, header) = (text("secret"), text("raw_body"), text("header_value"));
        assert_eq!(sign(secret.as_bytes(), body.as_bytes()), header);
        assert!(verify(secret.as_bytes(), &header, body.as_bytes()));
        assert!(!verify(secret.as_bytes(), &text("no_secret_header_value"), body.as_bytes()));
    }
}
