//! For whoever watches over the server: is it alive, is it ready, how much does it do.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::SignedDuration;
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;

use crate::app::App;
use crate::db::OLDEST_POSTGRES;
use crate::error::{Error, Result};
use crate::outbox::{self, Backlog};
use crate::record::oldest_unsealed;
use crate::routes::Json;

/// A clock further off than this from the database's makes the server unready: tokens and sessions would be wrong.
pub const MAX_SKEW: SignedDuration = SignedDuration::from_secs(5);

/// The routes of health, outside the API.
pub fn routes(metrics: PrometheusHandle) -> Router<App> {
    let measured = move |State(app): State<App>, request: Request| {
        let (metrics, local) = (metrics.clone(), is_local(&request));
        async move { render(&app, &metrics, local).await }
    };
    let ready = |State(app): State<App>, request: Request| ready(app, is_local(&request));
    Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(ready)).route("/metrics", get(measured))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ready {
    ready: bool,
    database_version: i32,
    clock_skew_millis: i64,
    storage_full: bool,
    backlog: Backlog,
    /// For how long the oldest entry of the ledger has waited to be sealed.
    oldest_unsealed_seconds: f64,
}

async fn ready(app: App, local: bool) -> Result<Response> {
    let (database_version, database_now) = app.db().ping().await?;
    let skew = app.now().duration_since(database_now);
    let fits = database_version >= OLDEST_POSTGRES && skew.abs() <= MAX_SKEW;
    let status = if fits { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    // counting what waits is work, and nobody else's business
    if !local {
        return Ok((status, Json(serde_json::json!({ "ready": fits }))).into_response());
    }
    let ready = Ready {
        ready: fits,
        database_version,
        clock_skew_millis: i64::try_from(skew.as_millis()).unwrap_or(i64::MAX),
        storage_full: app.db().is_full(),
        backlog: outbox::backlog(&app).await?,
        oldest_unsealed_seconds: oldest_unsealed(&app).await?,
    };
    Ok((status, Json(ready)).into_response())
}

/// Only for a collector on this machine: neither from elsewhere nor through the proxy.
fn is_local(request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    peer.is_some_and(|ip| ip.is_loopback()) && !request.headers().contains_key("x-forwarded-for")
}

async fn render(app: &App, metrics: &PrometheusHandle, local: bool) -> Response {
    if !local {
        return Error::not_found().into_response();
    }
    if let Ok(backlog) = outbox::backlog(app).await {
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float; counts stay far below 2^52")]
        for (name, value) in [
            ("outbox_events_waiting", backlog.events as f64),
            ("outbox_oldest_event_seconds", backlog.oldest_event_seconds),
            ("outbox_events_dead", backlog.dead_events as f64),
            ("jobs_due", backlog.jobs as f64),
        ] {
            metrics::gauge!(name).set(value);
        }
    }
    if let Ok(seconds) = oldest_unsealed(app).await {
        metrics::gauge!("audit_oldest_unsealed_seconds").set(seconds);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.render()).into_response()
}
