//! What surrounds every handler: request ids, limits, time-outs, security headers, problems, logs and metrics.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::error_handling::HandleErrorLayer;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::{BoxError, ServiceBuilder};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::app::App;
use crate::db::Origin;
use crate::error::{Error, Result};
use crate::outcome::{self, OperationOutcome};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Puts the layers around the routes of the API.
pub fn surround(api: Router<App>, app: &App) -> Result<Router> {
    let csrf = CsrfLayer::new().add_trusted_origin(app.config.public_origin()).map_err(Error::internal)?;
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(app.clone(), identify))
        .layer(from_fn(problems))
        .layer(CatchPanicLayer::custom(|_| Error::internal("a handler panicked").into_response()))
        .layer(from_fn_with_state(app.clone(), limit_address))
        .layer(HandleErrorLayer::new(async |error: BoxError| overloaded(&error)))
        .load_shed()
        .layer(GlobalConcurrencyLimitLayer::new(app.config.concurrent_requests))
        .timeout(Duration::from_secs(app.config.request_timeout))
        .layer(from_fn(csrf_problem))
        .layer(csrf);
    Ok(api
        .fallback(async || Error::not_found())
        .method_not_allowed_fallback(async || {
            Error::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This address does not take that method.")
        })
        .layer(layers)
        .with_state(app.clone()))
}

fn overloaded(error: &BoxError) -> Error {
    if error.is::<tower::timeout::error::Elapsed>() {
        return Error::unavailable("request.timeout", "This took too long and was given up.");
    }
    Error::unavailable("server.busy", "The server is busy; try again in a moment.")
}

/// Gives the request its id and says where it came from; afterwards one log line and one measurement.
async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = Uuid::now_v7();
    let origin = Origin {
        request_id: Some(id),
        ip: address(&app, &request).map(|ip| ip.to_string()),
        user_agent: text(request.headers(), &header::USER_AGENT).map(|agent| agent.chars().take(200).collect()),
        practice_slug: practice_at(&request, &app),
        device: None,
    };
    request.extensions_mut().insert(origin);
    let method = request.method().clone();
    // the pattern, never the address itself: an address can hold what nobody should read in a log
    let route = request.extensions().get::<MatchedPath>().map_or("none", |path| path.as_str()).to_owned();
    let started = Instant::now();
    let span = tracing::info_span!("request", %id, %method, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = started.elapsed();
    let status = response.status().as_u16();
    span.in_scope(|| tracing::info!(status, micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX), "answered"));
    // whatever a client calls its method, the number of measurements stays bounded
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let method = known.into_iter().find(|known| *known == method.as_str()).unwrap_or("other");
    let labels = [("route", route), ("method", method.to_owned()), ("status", status.to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels[..2]).record(took.as_secs_f64());
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Writes the body of every error, as only here the request id is known, and what every API answer carries.
async fn problems(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<Origin>().and_then(|origin| origin.request_id).unwrap_or_default();
    let speaks_fhir = outcome::is_spoken_at(request.uri().path());
    let mut response = next.run(request).await;
    if let Some(error) = response.extensions_mut().remove::<Arc<Error>>() {
        if error.status().is_server_error() {
            tracing::error!(code = error.code(), cause = error.cause(), "a request failed");
        }
        response = render(&error, &id.to_string(), speaks_fhir);
    }
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    );
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn render(error: &Error, id: &str, speaks_fhir: bool) -> Response {
    let problem = error.problem(id);
    let (kind, body) = if speaks_fhir {
        (outcome::MEDIA_TYPE, serde_json::to_vec(&OperationOutcome::of(problem)))
    } else {
        ("application/problem+json", serde_json::to_vec(&problem))
    };
    let mut response = (error.status(), [(header::CONTENT_TYPE, kind)], body.unwrap_or_default()).into_response();
    if let Some(after) = error.after() {
        let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The library refuses a cross-site write in words of its own; here it becomes a problem.
async fn csrf_problem(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.status() == StatusCode::FORBIDDEN && response.extensions().get::<Arc<Error>>().is_none() {
        return Error::new(StatusCode::FORBIDDEN, "origin.refused", "This request came from another site.")
            .into_response();
    }
    response
}

async fn limit_address(State(app): State<App>, request: Request, next: Next) -> Result<Response> {
    if let Some(ip) = address(&app, &request) {
        app.limits.check_address(ip)?;
    }
    Ok(next.run(request).await)
}

/// Whether whoever asks is within the limit of their address, from which this takes: for what is answered outside of the
/// API and looks something up all the same.
#[must_use]
pub fn may_ask(request: &Request, app: &App) -> bool {
    address(app, request).is_none_or(|ip| app.limits.check_address(ip).is_ok())
}

/// The client's address: the connection's, or what our own proxy says. The last entry is the one that it added.
fn address(app: &App, request: &Request) -> Option<IpAddr> {
    let forwarded = app
        .config
        .trust_forwarded_for
        .then(|| request.headers().get_all("x-forwarded-for").iter().next_back()?.to_str().ok())
        .flatten()
        .and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
    let peer = || request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    // an IPv4 client of a socket that serves both looks like ::ffff:192.0.2.1
    forwarded.or_else(peer).map(|ip: IpAddr| ip.to_canonical())
}

/// The host that was asked: of the request line in HTTP/2, of the header before.
fn host(request: &Request) -> Option<String> {
    let authority = request.uri().authority().map(ToString::to_string);
    authority.or_else(|| text(request.headers(), &header::HOST))
}

/// The slug of the practice at whose own address something is asked.
#[must_use]
pub fn practice_at(request: &Request, app: &App) -> Option<String> {
    practice_of(&host(request)?, &app.config.public_origin())
}

/// The slug that a host names, when it lies directly below the public one. Ports do not matter: a proxy may have
/// another. Words that are kept for the product name no practice.
fn practice_of(host: &str, public_origin: &str) -> Option<String> {
    let name = |host: &str| match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name.to_ascii_lowercase(),
        _ => host.to_ascii_lowercase(),
    };
    let public = name(public_origin.split_once("://")?.1);
    let slug = name(host).strip_suffix(&public)?.strip_suffix('.')?.to_owned();
    crate::validate::slug(&slug, &()).is_ok().then_some(slug)
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_names_a_practice_only_directly_below_the_public_one() {
        for (host, public, slug) in [
            ("alpha.localhost:7180", "http://localhost:7180", Some("alpha")),
            ("ALPHA.vantage.example", "https://vantage.example", Some("alpha")),
            ("alpha.vantage.example:8443", "https://vantage.example", Some("alpha")),
            ("vantage.example", "https://vantage.example", None),
            ("www.vantage.example", "https://vantage.example", None),
            ("a.alpha.vantage.example", "https://vantage.example", None),
            ("alpha.evil.example", "https://vantage.example", None),
            ("alphavantage.example", "https://vantage.example", None),
            ("alpha.vantage.example.evil.example", "https://vantage.example", None),
            (".vantage.example", "https://vantage.example", None),
        ] {
            assert_eq!(practice_of(host, public).as_deref(), slug, "{host} of {public}");
        }
    }
}
