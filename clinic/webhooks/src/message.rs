//! What an endpoint is told: which event, when, of what, and which fields changed. The same bytes at every try.

use jiff::Timestamp;
use platform::error::{Error, Result};
use serde::Serialize;
use uuid::Uuid;

/// By which a receiver knows a message again, however often it comes and at whichever endpoint.
pub fn id_of(event: Uuid) -> String {
    format!("msg_{}", event.simple())
}

/// A message, without its bytes.
#[derive(Clone, Debug)]
pub struct Message {
    /// Name of the event.
    pub event: String,
    /// When it happened.
    pub at: Timestamp,
    /// What it happened to.
    pub subject_type: String,
    /// Which one.
    pub subject_id: Uuid,
    /// Its version after the change.
    pub version: Option<i32>,
    /// Names of the fields that changed.
    pub fields: Vec<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    event: &'a str,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    subject_type: &'a str,
    subject_id: Uuid,
    version: Option<i32>,
    fields: &'a [String],
}

impl Message {
    /// The body, as it is signed and sent.
    ///
    /// # Errors
    /// Never in practice.
    pub fn body(&self) -> Result<String> {
        let Self { event, at, subject_type, subject_id, version, fields } = self;
        let data = Data { subject_type, subject_id: *subject_id, version: *version, fields };
        serde_json::to_string(&Body { event, timestamp: *at, data }).map_err(Error::internal)
    }
}
