//! The one error type: a status, a stable code, and nothing of the inside.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What every fallible function of the product answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Something that did not work, said so that the caller knows what to do. Becomes a [`Problem`] on the wire.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    errors: Vec<FieldError>,
    current: Option<Value>,
    retry_after: Option<Duration>,
    /// Worth running the whole transaction again (serialisation failure, deadlock).
    transient: bool,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// An error as JSON, RFC 9457 `application/problem+json`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// `https://vantage.example/problems/` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, in English; programs and the interface go by the code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable name of the problem, such as `service.name_taken`.
    pub code: String,
    /// Names this request in the logs.
    pub request_id: String,
    /// Which fields are at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
    /// The resource as it stands now, when somebody else changed it first; what is taken and what is free, when an
    /// appointment cannot be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Value>,
}

/// One field at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the body, or `?name` for a query parameter.
    pub pointer: String,
    /// Stable name of the fault, such as `too_long`.
    pub code: String,
    /// What would be right, in English.
    pub message: String,
}

impl FieldError {
    /// A fault at `pointer`.
    pub fn new(pointer: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.into(), message: message.into() }
    }
}

impl Error {
    /// An error with this status, stable code and English title.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self(Box::new(Inner {
            status,
            code,
            title,
            errors: Vec::new(),
            current: None,
            retry_after: None,
            transient: false,
            source: None,
        }))
    }

    /// 404. Also for what exists but belongs to somebody else: the two must not differ.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here, or it is not yours.")
    }

    /// 409: the request is right but the state of things is against it.
    #[must_use]
    pub fn conflict(code: &'static str, title: &'static str) -> Self {
        Self::new(StatusCode::CONFLICT, code, title)
    }

    /// 409 for a stale version, with the resource as it is now.
    pub fn stale(current: &impl Serialize) -> Self {
        Self::conflict("version.stale", "Somebody else changed this first; look at its current state.").showing(current)
    }

    /// The same, with the state of things that is against it.
    #[must_use]
    pub fn showing(mut self, current: &impl Serialize) -> Self {
        self.0.current = serde_json::to_value(current).ok();
        self
    }

    /// The state of things that it shows.
    #[must_use]
    pub fn shown(&self) -> Option<&Value> {
        self.0.current.as_ref()
    }

    /// 422 with the fields at fault.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation.failed", "Some fields are not right.");
        error.0.errors = errors;
        error
    }

    /// Without the faults of other fields than these; none when nothing is left of a 422.
    pub(crate) fn only_at(mut self, told: impl Fn(&str) -> bool) -> Option<Self> {
        let had = self.0.errors.len();
        self.0.errors.retain(|fault| told(&fault.pointer));
        if had > 0 && self.0.errors.is_empty() { None } else { Some(self) }
    }

    /// The fields at fault, to be told together with others.
    #[must_use]
    pub fn into_faults(self) -> Vec<FieldError> {
        self.0.errors
    }

    /// 401.
    #[must_use]
    pub fn unauthorized(code: &'static str, title: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, title)
    }

    /// 403: signed in, but this role may not.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "auth.forbidden", "Your role does not allow this.")
    }

    /// 403 for a reason of its own: the right is there, but does not reach this far.
    #[must_use]
    pub fn forbidden_as(code: &'static str, title: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, title)
    }

    /// 503: try again later.
    #[must_use]
    pub fn unavailable(code: &'static str, title: &'static str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, title).retry_after(Duration::from_secs(2))
    }

    /// 500. The cause goes to the log, not to the caller.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let mut error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side.");
        error.0.source = Some(source.into());
        error
    }

    /// The same faults, said of query parameters: `?filter` for `/filter/all/0`.
    #[must_use]
    pub fn in_query(mut self) -> Self {
        for fault in &mut self.0.errors {
            let name = fault.pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
            fault.pointer = format!("?{name}");
        }
        self
    }

    /// The same faults, said of members of a body: `/sort` for `?sort`.
    #[must_use]
    pub fn in_body(mut self) -> Self {
        for fault in &mut self.0.errors {
            if let Some(name) = fault.pointer.strip_prefix('?') {
                fault.pointer = format!("/{name}");
            }
        }
        self
    }

    /// The same faults, of what stands within `place` of something larger.
    #[must_use]
    pub(crate) fn within(mut self, place: &str) -> Self {
        for fault in &mut self.0.errors {
            fault.pointer.insert_str(0, place);
        }
        self
    }

    /// Adds a field at fault.
    #[must_use]
    pub fn at(mut self, pointer: &str, code: &str, message: &str) -> Self {
        self.0.errors.push(FieldError::new(pointer, code, message));
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// The same error once more, without its cause, which belongs to the log of where it arose.
    #[must_use]
    pub fn again(&self) -> Self {
        let inner = &self.0;
        Self(Box::new(Inner {
            status: inner.status,
            code: inner.code,
            title: inner.title,
            errors: inner.errors.clone(),
            current: inner.current.clone(),
            retry_after: inner.retry_after,
            transient: inner.transient,
            source: None,
        }))
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What happened, in English; says nothing of values.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.0.title
    }

    /// The fields at fault.
    #[must_use]
    pub fn faults(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Whether running the whole transaction again may succeed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.0.transient
    }

    /// Whether the database could not be reached, which says nothing about what was asked of it.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.0.code == AWAY
    }

    /// When the caller may try again.
    #[must_use]
    pub fn after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What goes over the wire.
    pub(crate) fn problem(&self, request_id: &str) -> Problem {
        Problem {
            kind: format!("https://vantage.example/problems/{}", self.0.code),
            title: self.0.title.to_owned(),
            status: self.0.status.as_u16(),
            code: self.0.code.to_owned(),
            request_id: request_id.to_owned(),
            errors: self.0.errors.clone(),
            current: self.0.current.clone(),
        }
    }

    /// The cause in a form fit for logs. A database error's own words can repeat a value ("Key (email)=(…)"), so only
    /// its code, constraint and table are told.
    pub(crate) fn cause(&self) -> Option<String> {
        let source = self.0.source.as_deref()?;
        let Some(sqlx::Error::Database(database)) = source.downcast_ref::<sqlx::Error>() else {
            return Some(source.to_string());
        };
        Some(format!(
            "sqlstate {} constraint {} table {}",
            database.code().unwrap_or_default(),
            database.constraint().unwrap_or("-"),
            database.table().unwrap_or("-")
        ))
    }

    fn transient(source: sqlx::Error) -> Self {
        let mut error = Self::unavailable("db.busy", "Too many changes at once; try again.");
        error.0.transient = true;
        error.0.source = Some(Box::new(source));
        error
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.cause() {
            // what keeps a command from running is told to the person at the terminal
            Some(cause) if self.0.code == "internal" => f.write_str(&cause),
            Some(cause) => write!(f, "{}: {cause}", self.0.code),
            None => f.write_str(self.0.code),
        }
    }
}

impl std::error::Error for Error {}

/// SQLSTATE classes: PostgreSQL manual, appendix A. `VT…` are raised by our own functions in `migrations/`.
impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let state = match &error {
            sqlx::Error::Database(database) => database.code().unwrap_or_default().into_owned(),
            sqlx::Error::RowNotFound => return Self::not_found(),
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                return Self::gone(error);
            }
            sqlx::Error::Protocol(_) | sqlx::Error::BeginFailed => return Self::gone(error),
            _ => return Self::internal(error),
        };
        match state.as_str() {
            "40001" | "40P01" => Self::transient(error),
            "VT003" => only_reads(),
            "VT401" => session_ended(),
            "VT403" => practice_suspended(),
            "VT404" => Self::not_found(),
            "VT408" => idle(),
            "VT409" => token_expired(),
            "VT410" => key_refused(),
            "VT411" => support_access_ended(),
            "VT412" => link_refused(),
            "VT413" => staff_limit(),
            "53100" => storage_full(),
            // text that PostgreSQL cannot hold: a zero byte
            "22021" => {
                Self::invalid(vec![FieldError::new("", "invalid", "A text has a character that cannot be stored.")])
            }
            "55P03" => Self::unavailable("db.busy", "Somebody else is changing this right now; try again."),
            "57014" => Self::unavailable("db.timeout", "This took too long and was stopped; ask for less at once."),
            // connection, operator intervention (shutdown, crash recovery), too many connections
            state if state.starts_with("08") || state.starts_with("57P") || state.starts_with("53") => {
                Self::gone(error)
            }
            _ => Self::internal(error),
        }
    }
}

/// Code of what a database that is away makes impossible.
const AWAY: &str = "db.unavailable";

impl Error {
    fn gone(source: sqlx::Error) -> Self {
        let mut error = Self::unavailable(AWAY, "The database cannot be reached right now; try again in a moment.");
        error.0.source = Some(Box::new(source));
        error
    }
}

/// 401 for a session that is over.
#[must_use]
pub fn session_ended() -> Error {
    Error::unauthorized("auth.session_ended", "The session has ended; sign in again.")
}

/// 401 for a session that nobody has touched for longer than the practice allows. Signing in opens it again.
#[must_use]
pub fn idle() -> Error {
    Error::unauthorized("auth.idle", "Nobody was here for a while; sign in again to go on.")
}

/// 401 for an access token that has run out, or that says other rights than its holder has by now.
#[must_use]
pub fn token_expired() -> Error {
    Error::unauthorized("auth.token_expired", "The access token has run out; refresh the session.")
}

/// 401 for an API key that is unknown, revoked or has run out; which of them is nobody's business.
#[must_use]
pub fn key_refused() -> Error {
    Error::unauthorized("api_key.refused", "This API key does not serve (any more); make a new one in the settings.")
}

/// 401 for a patient's link that is unknown, forged, revoked or over; which of them is nobody's business.
#[must_use]
pub fn link_refused() -> Error {
    Error::unauthorized("patient_link.refused", "This link does not serve (any more); ask the practice for a new one.")
}

/// 403 for everybody of a practice that the platform has suspended.
#[must_use]
pub fn practice_suspended() -> Error {
    Error::new(
        StatusCode::FORBIDDEN,
        "practice.suspended",
        "This practice is suspended. Nothing is lost; its owner can ask Vantage's support to open it again.",
    )
}

/// 403 for an administrator of the platform who looks into a practice and would change something.
fn only_reads() -> Error {
    Error::new(
        StatusCode::FORBIDDEN,
        "support_access.only_reads",
        "Support may look at what the practice has, and change nothing of it.",
    )
}

/// 403 for an administrator of the platform whose access to a practice has run out or was ended.
#[must_use]
pub fn support_access_ended() -> Error {
    Error::new(
        StatusCode::FORBIDDEN,
        "support_access.ended",
        "This access has run out, or the practice has ended it; open another one if there is still a reason.",
    )
}

/// 403 for an administrator of the platform without an open access to the practice.
#[must_use]
pub fn support_access_required() -> Error {
    Error::new(
        StatusCode::FORBIDDEN,
        "support_access.required",
        "Administrators see nothing of a practice without an access that was opened for a reason.",
    )
}

/// 409 when a practice has all the people that the platform's limit for it allows.
#[must_use]
pub fn staff_limit() -> Error {
    Error::conflict(
        "practice.staff_limit",
        "The practice has as many people as its limit allows; remove somebody, or ask Vantage's support for more.",
    )
}

/// 507 when there is no room for changes.
#[must_use]
pub fn storage_full() -> Error {
    Error::new(
        StatusCode::INSUFFICIENT_STORAGE,
        "storage.full",
        "The server has no storage left for changes; reading still works. The administrator must make room.",
    )
    .retry_after(Duration::from_secs(30))
}

/// Turns the violation of a named constraint into the error that its area has for it.
pub trait OnConstraint<T> {
    /// `error()` when exactly this constraint was violated; other errors pass.
    ///
    /// # Errors
    /// Whatever the statement failed with.
    fn on_constraint(self, constraint: &str, error: impl FnOnce() -> Error) -> Result<T>;
}

impl<T, E: Into<Error>> OnConstraint<T> for Result<T, E> {
    fn on_constraint(self, constraint: &str, error: impl FnOnce() -> Error) -> Result<T> {
        self.map_err(|failed| {
            let failed: Error = failed.into();
            let violated = failed.0.source.as_deref().and_then(|s| s.downcast_ref::<sqlx::Error>()).is_some_and(
                |e| matches!(e, sqlx::Error::Database(database) if database.constraint() == Some(constraint)),
            );
            if violated { error() } else { failed }
        })
    }
}

impl IntoResponse for Error {
    /// Only the status and the error itself; the outermost layer, which knows the request id, writes the body.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(std::sync::Arc::new(self));
        response
    }
}
