//! What handlers take from a request. Each answers a problem that names the field at fault.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use garde::Validate;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::app::App;
use crate::error::{Error, FieldError, Result};

/// A JSON body, read strictly and validated.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T> FromRequest<App> for Body<T>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let value = parse(&json(request, app).await?)?;
        check(&value)?;
        Ok(Self(value))
    }
}

/// The bytes of a body that says it is JSON.
pub(crate) async fn json(request: Request, app: &App) -> Result<axum::body::Bytes> {
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    if !is_json {
        return Err(Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "body.media_type", "Send application/json."));
    }
    axum::body::to_bytes(request.into_body(), app.config.body_limit).await.map_err(too_large)
}

fn too_large(_: axum::Error) -> Error {
    Error::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body.too_large",
        "The body is larger than this server takes, or was cut off.",
    )
}

pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        if error.inner().is_data() {
            at_fault(&error)
        } else {
            Error::new(StatusCode::BAD_REQUEST, "body.malformed", "The body is not JSON.")
        }
    })?;
    reader
        .end()
        .map_err(|_| Error::new(StatusCode::BAD_REQUEST, "body.malformed", "The body is more than one JSON value."))?;
    Ok(value)
}

/// Reads a value strictly, and validates it, as if it had been a body.
///
/// # Errors
/// 422 with the field at fault.
pub fn read<T: DeserializeOwned + Validate<Context = ()>>(value: Value) -> Result<T> {
    let value = serde_path_to_error::deserialize(value).map_err(|error| at_fault(&error))?;
    check(&value)?;
    Ok(value)
}

fn at_fault(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    Error::invalid(vec![describe(&pointer(error.path()), &error.inner().to_string())])
}

/// Validates a value by its own rules.
///
/// # Errors
/// 422 with every field at fault.
pub fn check<T: Validate<Context = ()>>(value: &T) -> Result<()> {
    value.validate().map_err(|report| {
        let errors = report.iter().map(|(path, error)| {
            let message = error.message();
            let (code, text) = message.split_once(": ").unwrap_or(("invalid", message));
            let code = if message.contains(": ") { code } else { code_of(message) };
            FieldError::new(json_pointer(&path.to_string()), code, text)
        });
        Error::invalid(errors.collect())
    })
}

/// garde's own rules say in words what is wrong; these are the codes for them.
fn code_of(message: &str) -> &'static str {
    match message {
        m if m.starts_with("length is lower") => "too_short",
        m if m.starts_with("length is greater") => "too_long",
        m if m.starts_with("lower than") || m.starts_with("greater than") => "out_of_range",
        _ => "invalid",
    }
}

/// `address.streetName` or `phones[0].number` as a JSON pointer; garde knows Rust's names, the wire camelCase.
fn json_pointer(path: &str) -> String {
    let mut pointer = String::from("/");
    let mut upper = false;
    for c in path.chars() {
        match c {
            '.' | '[' => pointer.push('/'),
            ']' => {}
            '_' => upper = true,
            c if upper => {
                pointer.extend(c.to_uppercase());
                upper = false;
            }
            c => pointer.push(c),
        }
    }
    pointer
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    let text = path.to_string();
    if text == "." { String::new() } else { format!("/{}", text.replace(['.', '['], "/").replace(']', "")) }
}

/// serde says in words what is wrong and repeats the value; the answer keeps the kind and drops the value.
fn describe(pointer: &str, message: &str) -> FieldError {
    if let Some(name) = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next()) {
        let (parent, leaf) = pointer.rsplit_once('/').unwrap_or(("", ""));
        let parent = if leaf == name { parent } else { pointer };
        return FieldError::new(format!("{parent}/{name}"), "unknown_field", "There is no such field.");
    }
    if let Some(name) = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        return FieldError::new(format!("{pointer}/{name}"), "required", "This field is required.");
    }
    if message.starts_with("unknown variant") {
        let expected =
            message.split("expected ").nth(1).and_then(|rest| rest.split(" at line").next()).unwrap_or("another value");
        return FieldError::new(pointer, "invalid", format!("Expected {expected}."));
    }
    FieldError::new(pointer, "wrong_type", "This is not of the right type or form.")
}

/// For a field of a change that may be left alone (absent), emptied (null) or set: `Option<Option<T>>`.
///
/// # Errors
/// What the value's own reading fails with.
pub fn nullable<'de, T, D>(reader: D) -> std::result::Result<Option<Option<T>>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    serde::Deserialize::deserialize(reader).map(Some)
}

/// Query parameters; an unknown one is an error.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T> FromRequestParts<App> for Query<T>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::Deserializer::new(percent(query));
        let value: T = serde_path_to_error::deserialize(pairs).map_err(|error| {
            let mut fault = describe(&pointer(error.path()), &error.inner().to_string());
            fault.pointer = format!("?{}", fault.pointer.trim_start_matches('/'));
            Error::invalid(vec![fault])
        })?;
        check(&value).map_err(|error| error.in_query())?;
        Ok(Self(value))
    }
}

fn percent(query: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(query.as_bytes())
}

/// A path parameter. What is not of its form cannot exist and answers as what does not exist.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        #[expect(clippy::disallowed_types, reason = "the one place that turns its rejection into a problem")]
        let inner = axum::extract::Path::<T>::from_request_parts(parts, app).await;
        inner.map(|path| Self(path.0)).map_err(|_| Error::not_found())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, Validate)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Thing {
        #[garde(length(chars, min = 1, max = 5))]
        full_name: String,
        #[garde(range(min = 1, max = 9))]
        size: i32,
        #[garde(dive)]
        #[serde(default)]
        parts: Vec<Part>,
    }

    #[derive(Debug, Deserialize, Validate)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Part {
        #[garde(custom(never))]
        phone_number: String,
    }

    fn never(_: &String, (): &()) -> garde::Result {
        Err(garde::Error::new("invalid_phone: Not a phone number."))
    }

    fn faults(body: &str) -> Vec<(String, String)> {
        let error = parse::<Thing>(body.as_bytes()).and_then(|thing| check(&thing)).expect_err("refused");
        error.problem("-").errors.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    fn pair(pointer: &str, code: &str) -> (String, String) {
        (pointer.to_owned(), code.to_owned())
    }

    #[test]
    fn every_fault_names_its_field() {
        assert_eq!(faults(r#"{"fullName":"a","size":1,"colour":2}"#), [pair("/colour", "unknown_field")]);
        assert_eq!(faults(r#"{"size":1}"#), [pair("/fullName", "required")]);
        assert_eq!(faults(r#"{"fullName":"a","size":"1"}"#), [pair("/size", "wrong_type")]);
        assert_eq!(
            faults(r#"{"fullName":"abcdef","size":0}"#),
            [pair("/fullName", "too_long"), pair("/size", "out_of_range")]
        );
        assert_eq!(
            faults(r#"{"fullName":"a","size":1,"parts":[{"phoneNumber":"x"}]}"#),
            [pair("/parts/0/phoneNumber", "invalid_phone")]
        );
        assert_eq!(
            faults(r#"{"fullName":"a","size":1,"parts":[{"phoneNumber":"x","y":1}]}"#),
            [pair("/parts/0/y", "unknown_field")]
        );
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for body in ["", "{", "{}x", "not json", r#"{"fullName":"a","size":1} {}"#] {
            let error = parse::<Thing>(body.as_bytes()).expect_err("refused");
            assert!(matches!(error.code(), "body.malformed" | "validation.failed"), "{body}");
        }
        assert_eq!(parse::<Thing>(b"{").expect_err("refused").status(), StatusCode::BAD_REQUEST);
    }

    #[test]
    fn values_are_not_repeated() {
        let error = parse::<Thing>(br#"{"fullName":"a","size":"Noura"}"#).expect_err("refused");
        assert!(!serde_json::to_string(&error.problem("-")).expect("json").contains("Noura"));
    }
}
