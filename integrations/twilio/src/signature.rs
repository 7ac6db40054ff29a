//! Proof that a webhook is Twilio's: `X-Twilio-Signature`, base64 of the HMAC-SHA1 under the account's token, of the address
//! as Twilio called it and the fields of the form. Of a body that is no form the address carries a hash.
//!
//! <https://www.twilio.com/docs/usage/webhooks/webhooks-security>. Which of its headers came is not signed.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::form::Form;

/// The header.
pub const HEADER: &str = "x-twilio-signature";
/// The parameter of an address that holds the hash of a body: hexadecimal SHA-256.
const BODY_HASH: &str = "bodySHA256";

/// What came with a request.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// A form; an empty one of a request without a body.
    Form(&'a Form),
    /// Anything else, such as JSON, as it came.
    Body(&'a [u8]),
}

/// What Twilio writes into the header.
#[must_use]
pub fn sign(token: &str, url: &str, form: &Form) -> String {
    STANDARD.encode(hmac::sign(&key(token), signed(url, form).as_bytes()))
}

/// Whether the header proves the request; compared in constant time. `url` is the address that Twilio was given, with the
/// query that came, and never made of what the request says of its host. Twilio signs it with or without the port.
#[must_use]
pub fn verify(token: &str, header: &str, url: &str, payload: Payload<'_>) -> bool {
    let Ok(tag) = STANDARD.decode(header.trim()) else { return false };
    let nothing = Form::default();
    let form = match payload {
        Payload::Form(form) => form,
        Payload::Body(body) if has_hash_of(url, body) => &nothing,
        Payload::Body(_) => return false,
    };
    let proved = |url: &String| hmac::verify(&key(token), signed(url, form).as_bytes(), &tag).is_ok();
    !token.is_empty() && spellings(url).iter().any(proved)
}

fn key(token: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes())
}

fn signed(url: &str, form: &Form) -> String {
    format!("{url}{}", form.signed())
}

fn has_hash_of(url: &str, body: &[u8]) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or_default());
    let said = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == BODY_HASH).map(|(_, hash)| hash);
    let hash: String =
        digest::digest(&digest::SHA256, body).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    said.is_some_and(|said| verify_slices_are_equal(said.to_lowercase().as_bytes(), hash.as_bytes()).is_ok())
}

/// An address as it is, without its port, and with the one that its scheme has anyhow.
fn spellings(url: &str) -> Vec<String> {
    let mut all = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else { return all };
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let is_port = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match authority.rsplit_once(':').filter(|(_, port)| is_port(port)) {
        Some((host, _)) => all.push(format!("{scheme}://{host}{tail}")),
        None => {
            let port = if matches!(scheme, "https" | "wss") { 443 } else { 80 };
            all.push(format!("{scheme}://{authority}:{port}{tail}"));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn form(params: &Value) -> Form {
        let fields = params.as_object().expect("fields").iter();
        fields
            .flat_map(|(name, value)| match value {
                Value::Array(values) => values.iter().map(|value| (name.clone(), text(value))).collect(),
                value => vec![(name.clone(), text(value))],
            })
            .collect()
    }

    fn text(value: &Value) -> String {
        value.as_str().expect("a text").to_owned()
    }

    /// Vectors of Twilio's own library, where they lie beside the project.
    #[test]
    fn the_vectors_hold_and_nothing_near_them_does() {
        let Some(file) = peers::text("signature-vectors.json") else { return };
        let vectors: Value = serde_json::from_str(&file).expect("json");
        let token = text(&vectors["twilio"]["auth_token"]);
        let cases = vectors["twilio"]["cases"].as_array().expect("cases");
        assert_eq!(cases.len(), 6);
        for case in cases {
            let (url, signature, form) = (text(&case["signed_url"]), text(&case["signature"]), form(&case["params"]));
            let body = case["body"].as_str().map(str::as_bytes);
            let payload = body.map_or(Payload::Form(&form), Payload::Body);
            let name = &case["name"];
            assert_eq!(sign(&token, &url, &form), signature, "{name}");
            assert!(verify(&token, &signature, &url, payload), "{name}");

            assert!(!verify("12346", &signature, &url, payload), "{name}");
            assert!(!verify(&token, &signature, &url.replace("foo=1", "foo=2"), payload), "{name}");
            assert!(!verify(&token, &signature, &url.replace("mycompany", "yourcompany"), payload), "{name}");
            let more: Form = [("Digits", "1235")].into_iter().collect();
            let other = if body.is_some() { Payload::Body(b"{}") } else { Payload::Form(&more) };
            assert!(!verify(&token, &signature, &url, other), "{name}");
            for rubbish in ["", "é", &signature[1..], &format!("{signature}A")] {
                assert!(!verify(&token, rubbish, &url, payload), "{name} {rubbish}");
            }
        }
    }

    #[test]
    fn a_port_that_is_the_usual_one_makes_no_difference() {
        let form: Form = [("MessageSid", "SM1")].into_iter().collect();
        let proved = |signed: &str, known: &str| verify("t", &sign("t", signed, &form), known, Payload::Form(&form));
        for (signed, known) in [
            ("https://a.example/x?y=1", "https://a.example:443/x?y=1"),
            ("https://a.example:443/x", "https://a.example/x"),
            ("http://a.example:80", "http://a.example"),
            ("https://u:p@a.example:443/x", "https://u:p@a.example/x"),
            ("https://[::1]:443/x", "https://[::1]/x"),
            ("https://a.example/x", "https://a.example:8443/x"),
        ] {
            assert!(proved(signed, known), "{signed} {known}");
        }
        for (signed, known) in [
            ("https://a.example:80/x", "https://a.example/x"),
            ("https://a.example:8443/x", "https://a.example/x"),
            ("http://a.example/x", "https://a.example/x"),
            ("https://a.example/x:443", "https://a.example/x"),
        ] {
            assert!(!proved(signed, known), "{signed} {known}");
        }
    }

    #[test]
    fn a_body_without_its_hash_in_the_address_proves_nothing() {
        let nothing = Form::default();
        let url = "https://a.example/x";
        assert!(!verify("t", &sign("t", url, &nothing), url, Payload::Body(b"{}")));
        assert!(verify("t", &sign("t", url, &nothing), url, Payload::Form(&nothing)), "as of a GET");
        assert!(!verify("", &sign("", url, &nothing), url, Payload::Form(&nothing)), "without a token");
    }

    proptest! {
        /// A form says the same in whatever order it came, and how often.
        #[test]
        fn order_and_repetition_are_not_signed(fields in proptest::collection::vec(("[A-D]", "[a-c]{0,2}"), 0..8)) {
            let forwards: Form = fields.iter().cloned().collect();
            let backwards: Form = fields.iter().rev().chain(&fields).cloned().collect();
            let url = "https://a.example/x";
            prop_assert!(verify("t", &sign("t", url, &forwards), url, Payload::Form(&backwards)));
        }

        #[test]
        fn no_value_can_be_changed(value in ".{0,20}", other in ".{0,20}") {
            prop_assume!(value != other);
            let form = |value: &str| [("Body", value)].into_iter().collect::<Form>();
            let url = "https://a.example/x";
            prop_assert!(!verify("t", &sign("t", url, &form(&value)), url, Payload::Form(&form(&other))));
        }
    }
}
