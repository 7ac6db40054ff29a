//! What is answered: a resource, or a bundle of them.

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use platform::app::App;
use platform::error::Error;
use platform::outcome::{MEDIA_TYPE, OperationOutcome};
use platform::undisclosed;
use serde_json::{Value, json};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::asked::Known;

/// A resource of FHIR R4, as that standard describes it.
pub struct Resource {
    body: Value,
    /// Its version, and when that came to be.
    version: Option<(i32, Timestamp)>,
}

undisclosed!(Resource);

impl Resource {
    /// A resource that is read by its address.
    pub fn new(body: Value, version: i32, updated: Timestamp) -> Self {
        Self { body: lean(body), version: Some((version, updated)) }
    }

    /// One that has no version.
    pub fn plain(body: Value) -> Self {
        Self { body: lean(body), version: None }
    }
}

/// The document of the API does not repeat the standard.
impl PartialSchema for Resource {
    fn schema() -> RefOr<Schema> {
        let kind = ObjectBuilder::new().schema_type(Type::String).description(Some("Such as `Patient`"));
        let object = ObjectBuilder::new().property("resourceType", kind).required("resourceType");
        object.description(Some("A resource of FHIR R4: http://hl7.org/fhir/R4")).into()
    }
}

impl ToSchema for Resource {
    fn name() -> Cow<'static, str> {
        "FhirResource".into()
    }
}

impl IntoResponse for Resource {
    fn into_response(self) -> Response {
        let mut response = axum::Json(self.body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some((version, updated)) = self.version {
            let modified = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&updated).unwrap_or_default();
            for (name, value) in [(header::ETAG, format!("W/\"{version}\"")), (header::LAST_MODIFIED, modified)] {
                headers.extend(HeaderValue::from_str(&value).ok().map(|value| (name, value)));
            }
        }
        response
    }
}

/// 410: there was such a thing.
pub fn deleted() -> Error {
    Error::new(StatusCode::GONE, "resource.deleted", "This was here and has been deleted.")
}

/// Where our resources are.
pub fn base(app: &App) -> String {
    format!("{}/fhir/R4", app.config.public_origin())
}

/// What a resource says of its version.
pub fn meta(version: i32, updated: Timestamp) -> Value {
    json!({ "versionId": version.to_string(), "lastUpdated": updated })
}

/// A reference to one of our resources.
pub fn reference(kind: &str, id: impl std::fmt::Display) -> Value {
    json!({ "reference": format!("{kind}/{id}") })
}

/// A concept that is a code of a system.
pub fn concept(system: &str, code: &str) -> Value {
    json!({ "coding": [{ "system": system, "code": code }] })
}

/// Why something is in a bundle.
#[derive(Clone, Copy, Debug)]
pub enum Because {
    /// It was looked for.
    Match,
    /// It belongs to what was looked for.
    Include,
}

/// An entry of a bundle, at the address `base` and its kind and id, or at one that is only a name.
pub fn entry(base: &str, resource: Value, because: Because) -> Value {
    let url = match (resource["resourceType"].as_str(), resource["id"].as_str()) {
        (Some(kind), Some(id)) => format!("{base}/{kind}/{id}"),
        _ => super::sealed::urn(&resource),
    };
    let mode = match because {
        Because::Match => "match",
        Because::Include => "include",
    };
    json!({ "fullUrl": url, "resource": resource, "search": { "mode": mode } })
}

/// A page of what was found. `total` is told where one page has it all.
pub fn page(now: Timestamp, known: &Known, links: Links, mut entries: Vec<Value>) -> Resource {
    let matches = entries.iter().filter(|entry| entry["search"]["mode"] == "match").count();
    let total = (links.next.is_none() && known.cursor.is_none()).then_some(matches);
    if !known.ignored.is_empty() {
        entries.push(json!({ "resource": OperationOutcome::ignored(&known.ignored), "search": { "mode": "outcome" } }));
    }
    let mut link = vec![json!({ "relation": "self", "url": links.this })];
    link.extend(links.next.map(|url| json!({ "relation": "next", "url": url })));
    Resource::plain(json!({ "resourceType": "Bundle", "type": "searchset", "meta": { "lastUpdated": now },
                            "total": total, "link": link, "entry": entries }))
}

/// Addresses of this page and of the next one.
#[derive(Debug)]
pub struct Links {
    /// This page, with what it was searched by.
    pub this: String,
    /// The next one, if there is one.
    pub next: Option<String>,
}

/// Without what is null or empty, which FHIR does not write.
pub fn lean(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept =
                fields.into_iter().map(|(name, value)| (name, lean(value))).filter(|(_, value)| !is_empty(value));
            Value::Object(kept.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(lean).filter(|item| !is_empty(item)).collect()),
        other => other,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}
