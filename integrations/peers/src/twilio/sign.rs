//! Twilio's signature: the address and then each field's name and value, in the order of names, under HMAC-SHA1
//! (<https://www.twilio.com/docs/usage/webhooks/webhooks-security>).

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What the header `X-Twilio-Signature` says.
pub fn sign(token: &str, url: &str, fields: &[(&str, &str)]) -> String {
    let mut fields = fields.to_vec();
    fields.sort_unstable();
    let text = fields.iter().fold(url.to_owned(), |text, (name, value)| text + name + value);
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
    STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_twilio_s_own_library_hold() {
        let Some(text) = crate::text("signature-vectors.json") else { return };
        let vectors: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let of = &vectors["twilio"];
        let word = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
        let mut seen = 0;
        for case in of["cases"].as_array().expect("cases") {
            let fields = case["params"].as_object().expect("fields").iter();
            let Some(fields) =
                fields.map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect::<Option<Vec<_>>>()
            else {
                continue;
            };
            assert_eq!(sign(&word(&of["auth_token"]), &word(&case["signed_url"]), &fields), word(&case["signature"]));
            seen += 1;
        }
        assert!(seen > 2, "{seen}");
    }
}
