//! The routes of all areas, their duties, and the document that describes the API.

use std::future::ready;
use std::sync::Arc;

use automation::definition::BranchPath;
use axum::http::{HeaderValue, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use platform::error::{Error, Problem, Result};
use platform::guard::Others;
use platform::outcome::OperationOutcome;
use platform::routes::Routes;
use platform::worker::Duties;
use platform::{App, health, http, jobs, live, telemetry};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;

use crate::assets::{self, Frames};
use crate::blocks;

/// What the document says of itself. Operations and schemas come from the areas.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Vantage", description = "Runs a medical or dental practice. Lists are paged by cursor; errors are RFC 9457 problems with a stable code."),
    components(schemas(BranchPath, OperationOutcome, Problem)),
    tags(
        (name = "identity", description = "Who may come in"),
        (name = "practice", description = "The clinic itself"),
        (name = "patients", description = "Patients: the record, and finding it"),
        (name = "scheduling", description = "What is free, and who comes when"),
        (name = "tasks", description = "What people have to do"),
        (name = "notices", description = "What people are told"),
        (name = "webhooks", description = "Other programs of the practice are told what happened"),
        (name = "messaging", description = "E-mail and text messages to patients, and what they answer"),
        (name = "voice", description = "What the practice calls about, whom, and the calls themselves"),
        (name = "interchange", description = "What leaves the practice whole: FHIR, the printed record, the archive"),
        (name = "automation", description = "What happens by itself: workflows and their runs"),
        (name = "administration", description = "The platform itself: practices, queues, health"),
        (name = "audit", description = "Who did and saw what"),
        (name = "platform", description = "What every area stands on"),
    )
)]
struct Document;

fn areas() -> Routes {
    Routes::new()
        .merge(identity::routes())
        .merge(practice::routes())
        .merge(patients::routes())
        .merge(scheduling::routes())
        .merge(tasks::routes())
        .merge(notices::routes())
        .merge(webhooks::routes())
        .merge(messaging::routes())
        .merge(voice::routes())
        .merge(interchange::routes())
        .merge(automation::routes())
        .merge(administration::routes())
        .merge(::audit::routes())
        .merge(jobs::routes())
        .merge(live::routes())
}

/// What happens without a request.
#[must_use]
pub fn duties() -> Duties {
    // a mistake in the blocks keeps the server from starting, in `surround`
    let _ = blocks::install();
    let schedules = [
        jobs::schedules(),
        identity::schedules(),
        patients::schedules(),
        scheduling::schedules(),
        webhooks::schedules(),
        notices::schedules(),
        messaging::schedules(),
        voice::schedules(),
        automation::schedules(),
        administration::schedules(),
        ::audit::schedules(),
    ]
    .concat();
    let subscribers =
        [practice::subscribers(), scheduling::subscribers(), messaging::subscribers(), notices::subscribers()].concat();
    let listeners = [automation::listeners(), webhooks::listeners(), vec![live::listener()]].concat();
    let jobs =
        [patients::jobs(), scheduling::jobs(), messaging::jobs(), voice::jobs(), automation::jobs(), ::audit::jobs()]
            .concat();
    let loops = [::audit::loops(), webhooks::loops(), voice::loops()].concat();
    Duties { subscribers, listeners, jobs, schedules, loops, turns: automation::turns() }
}

/// Everything that the server answers.
///
/// # Errors
/// When the public address of the settings is not one.
pub fn all(app: &App, telemetry: &telemetry::Telemetry) -> Result<Router> {
    let api = areas().split().0.merge(health::routes(telemetry.metrics.clone()));
    surround(api, app)
}

/// The same without measurement, of which a process has only one: for tests.
///
/// # Errors
/// As [`all`].
pub fn api(app: &App) -> Result<Router> {
    surround(areas().split().0, app)
}

fn surround(api: Router<App>, app: &App) -> Result<Router> {
    blocks::install()?;
    let document = document()?;
    let api = api
        .route("/api/v1/openapi.json", get(async move || ([("content-type", "application/json")], document.clone())));
    let external = identity::External::of(app)?;
    let api = api.layer(Extension(Others(Arc::new(external.clone())))).layer(Extension(external));
    let is_https = app.config.public_origin().starts_with("https://");
    let strict = map_response(move |response: Response| ready(if is_https { only_https(response) } else { response }));
    Ok(http::surround(api, app)?.layer(from_fn_with_state(Frames::new(app), assets::pages)).layer(strict))
}

/// Browsers keep to https for two years, on the practices' sub-domains as well (RFC 6797).
fn only_https(mut response: Response) -> Response {
    let years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
    response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, years);
    response
}

/// The OpenAPI 3.1 document, as pretty JSON.
///
/// # Errors
/// Never in practice.
pub fn document() -> Result<String> {
    let mut document: OpenApi = Document::openapi();
    document.merge(areas().split().1);
    Ok(document.to_pretty_json().map_err(Error::internal)? + "\n")
}
