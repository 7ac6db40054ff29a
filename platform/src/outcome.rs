//! Errors of the addresses below `/fhir`, in the words of that standard: an OperationOutcome (hl7.org/fhir/R4) instead of
//! a problem, with the same status and the same stable code.

use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Problem;

/// How FHIR writes JSON, and which release is meant (hl7.org/fhir/R4/http.html#version-parameter).
pub const MEDIA_TYPE: &str = "application/fhir+json; fhirVersion=4.0";

/// The system of our stable codes.
const CODES: &str = "urn:vantage:problem";

/// Whether an address speaks FHIR.
#[must_use]
pub fn is_spoken_at(path: &str) -> bool {
    path == "/fhir" || path.starts_with("/fhir/")
}

/// What did not work, as FHIR says it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperationOutcome {
    /// `OperationOutcome`.
    resource_type: &'static str,
    /// What happened, and then each parameter at fault.
    issue: Vec<OutcomeIssue>,
}

/// Something that did not work.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutcomeIssue {
    /// `error`, or `warning` for what did not keep the request from being answered.
    severity: &'static str,
    /// Of the value set issue-type.
    code: &'static str,
    /// Our stable code, and what happened in English.
    details: OutcomeDetails,
    /// `http.` and the parameter at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    location: Vec<String>,
}

/// A code and what it says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutcomeDetails {
    coding: [OutcomeCode; 1],
    text: String,
}

/// A code of a system.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutcomeCode {
    system: &'static str,
    code: String,
}

impl OperationOutcome {
    /// An error in these words.
    #[must_use]
    pub fn of(problem: Problem) -> Self {
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = issue_type(status);
        let mut issue = vec![OutcomeIssue::new("error", kind, problem.code, problem.title)];
        issue.extend(problem.errors.into_iter().map(|fault| {
            let at = fault.pointer.trim_start_matches(['?', '/']).to_owned();
            OutcomeIssue {
                location: vec![format!("http.{at}")],
                ..OutcomeIssue::new("error", kind, fault.code, fault.message)
            }
        }));
        Self { resource_type: "OperationOutcome", issue }
    }

    /// Parameters that were left out of account, as an answer says that is given all the same.
    #[must_use]
    pub fn ignored(parameters: &[String]) -> Self {
        let warning = |name: &String| OutcomeIssue {
            location: vec![format!("http.{name}")],
            ..OutcomeIssue::new(
                "warning",
                "not-supported",
                "parameter.ignored".to_owned(),
                "This parameter is not supported here and was left out of account.".to_owned(),
            )
        };
        Self { resource_type: "OperationOutcome", issue: parameters.iter().map(warning).collect() }
    }
}

impl OutcomeIssue {
    fn new(severity: &'static str, kind: &'static str, code: String, text: String) -> Self {
        let details = OutcomeDetails { coding: [OutcomeCode { system: CODES, code }], text };
        Self { severity, code: kind, details, location: Vec::new() }
    }
}

/// http://hl7.org/fhir/R4/valueset-issue-type.html
fn issue_type(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "login",
        403 => "forbidden",
        404 => "not-found",
        405 | 406 | 415 => "not-supported",
        409 => "conflict",
        410 => "deleted",
        413 => "too-long",
        429 => "throttled",
        503 => "transient",
        500.. => "exception",
        _ => "invalid",
    }
}
