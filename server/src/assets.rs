//! The web interface: files embedded in the binary, hashed and compressed when it was built.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use platform::{App, http};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../web/dist"]
#[allow_missing = true]
struct Dist;

/// What is shown when the binary was built without the web interface.
const STUB: &str = "<!doctype html><title>Vantage</title><p>This binary was built without the web interface: run <code>./dev build</code>.";

/// Answers with pages and their parts; what belongs to the API goes on to it.
pub async fn pages(State(frames): State<Frames>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_api = ["/api/", "/fhir/", "/hooks/"].iter().any(|prefix| path.starts_with(prefix))
        || matches!(path, "/healthz" | "/readyz" | "/metrics");
    if is_api || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let ancestors = match booked_at(&request, &frames.app) {
        Some(slug) if http::may_ask(&request, &frames.app) => frames.ancestors(&slug).await,
        _ => NOBODY.to_owned(),
    };
    harden(answer(path.trim_start_matches('/'), request.headers(), &ancestors))
}

/// No website may show a page within theirs,
const NOBODY: &str = "'none'";
/// but for a practice's page for booking those that it has named. How long that is believed, and of how many practices.
const FRESH: Duration = Duration::from_secs(20);
const MOST_KNOWN: usize = 10_000;

/// Whose page for booking it is: at a practice's own address its own, else that of the slug in the path.
fn booked_at(request: &Request, app: &App) -> Option<String> {
    let rest = request.uri().path().strip_prefix("/book")?;
    let slug = if rest.is_empty() { "" } else { rest.strip_prefix('/')?.split('/').next().unwrap_or_default() };
    http::practice_at(request, app).or_else(|| Some(slug.to_owned()).filter(|slug| !slug.is_empty()))
}

/// Which websites may show which practice's page for booking.
#[derive(Clone)]
pub struct Frames {
    app: App,
    known: Arc<Mutex<HashMap<String, (Instant, String)>>>,
}

impl Frames {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), known: Arc::default() }
    }

    /// The sources for `frame-ancestors` (CSP level 2). Nobody, where that cannot be found out.
    async fn ancestors(&self, slug: &str) -> String {
        if platform::validate::slug(slug, &()).is_err() {
            return NOBODY.to_owned();
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(slug).cloned();
        if let Some((_, ancestors)) = known.filter(|(at, _)| at.elapsed() < FRESH) {
            return ancestors;
        }
        let Ok(origins) = scheduling::embedding_origins(&self.app, slug).await else { return NOBODY.to_owned() };
        let ancestors = if origins.is_empty() { NOBODY.to_owned() } else { origins.join(" ") };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(slug.to_owned(), (Instant::now(), ancestors.clone()));
        ancestors
    }
}

/// Hashed files never change. An unknown file is 404 and never the page, which a browser would run as a script.
/// Everything else is the page of the application, which knows its own routes.
fn answer(path: &str, headers: &HeaderMap, ancestors: &str) -> Response {
    if path.starts_with("assets/") {
        return serve(path, headers, "public, max-age=31536000, immutable");
    }
    if path.contains('.') {
        return serve(path, headers, "no-cache");
    }
    page(ancestors)
}

fn page(ancestors: &str) -> Response {
    let html = Dist::get("index.html").map_or(Cow::Borrowed(STUB.as_bytes()), |file| file.data);
    let nonce = uuid::Uuid::new_v4().simple().to_string();
    let html = String::from_utf8_lossy(&html).replace("__CSP_NONCE__", &nonce);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; font-src 'self'; \
         connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, html).into_response()
}

fn serve(path: &str, headers: &HeaderMap, caching: &'static str) -> Response {
    let Some(plain) = Dist::get(path) else { return StatusCode::NOT_FOUND.into_response() };
    let (file, encoding) = smallest(path, headers).unwrap_or((plain, None));
    let tag = format!("\"{}\"", hex(&file.metadata.sha256_hash()[..16]));
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|tags| tags.contains(&tag));
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { file.data.into_response() };
    let answer = response.headers_mut();
    if let (Ok(kind), Ok(tag)) = (HeaderValue::from_str(kind.as_ref()), HeaderValue::from_str(&tag)) {
        answer.insert(header::CONTENT_TYPE, kind);
        answer.insert(header::ETAG, tag);
    }
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// The compressed form that the browser takes, if there is one.
fn smallest(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let takes = |name: &str| {
        accepted.split(',').any(|item| item.trim().split(';').next() == Some(name) && !item.ends_with("q=0"))
    };
    [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(name, _)| takes(name))
        .find_map(|(name, ending)| Dist::get(&format!("{path}{ending}")).map(|file| (file, Some(name))))
}

fn harden(mut response: Response) -> Response {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), payment=(), usb=(), microphone=(self)"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
