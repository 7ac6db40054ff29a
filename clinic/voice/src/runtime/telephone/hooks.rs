//! What Twilio brings to a call that this process carries: its streams, how it goes, and what whoever takes over decides.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::Request;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Anybody;
use platform::routes::Routes;
use platform::{App, Result, route};
use twilio::media::{Said, read};
use twilio::{CallUpdate, Form, HEADER, NotACall, Payload, Twiml, verify};

use super::document::{self, Addresses};
use super::switchboard::{self, Arrival, Expected, Leg};

/// The routes of calls that this process carries.
pub fn routes() -> Routes {
    Routes::new()
        .route(route!(take_status))
        .route(route!(take_supervisor_status))
        .route(route!(take_supervisor_key))
        .route(route!(take_stream))
}

/// The largest message of a stream: 20 ms of sound are some 400 bytes.
const LARGEST: usize = 16 * 1024;
/// Until a stream says what it is.
const PATIENCE: Duration = Duration::from_secs(5);
/// The key that takes a call over.
const TAKES: &str = "1";

/// How a call of ours goes, as Twilio tells it. The signature (`X-Twilio-Signature`) says that it is Twilio.
#[utoipa::path(post, path = "/hooks/calls/{token}/status", tag = "voice",
    request_body(content((Vec<u8> = "application/x-www-form-urlencoded"))),
    params(("token" = String, Path, description = "The secret of the call")),
    responses((status = 200, body = String, content_type = "text/xml", description = "Nothing to say")))]
async fn take_status(from: Anybody, Path(token): Path<String>, request: Request) -> Result<Response> {
    let (call, form) = proved(&from.app, &token, |at| at.status().to_string(), request).await?;
    let update = CallUpdate::read(&form).map_err(|NotACall| unread())?;
    tell(&call, Arrival::Status(update.status)).await
}

/// How the call to whoever is asked to take over goes.
#[utoipa::path(post, path = "/hooks/calls/{token}/supervisor-status", tag = "voice",
    request_body(content((Vec<u8> = "application/x-www-form-urlencoded"))),
    params(("token" = String, Path, description = "The secret of the call")),
    responses((status = 200, body = String, content_type = "text/xml", description = "Nothing to say")))]
async fn take_supervisor_status(from: Anybody, Path(token): Path<String>, request: Request) -> Result<Response> {
    let (call, form) = proved(&from.app, &token, |at| at.supervisor_status().to_string(), request).await?;
    let update = CallUpdate::read(&form).map_err(|NotACall| unread())?;
    tell(&call, Arrival::SupervisorStatus(update.status)).await
}

/// Which key whoever is asked to take over has pressed: 1 takes the call.
#[utoipa::path(post, path = "/hooks/calls/{token}/supervisor", tag = "voice",
    request_body(content((Vec<u8> = "application/x-www-form-urlencoded"))),
    params(("token" = String, Path, description = "The secret of the call")),
    responses((status = 200, body = String, content_type = "text/xml", description = "What happens next")))]
async fn take_supervisor_key(from: Anybody, Path(token): Path<String>, request: Request) -> Result<Response> {
    let (call, form) = proved(&from.app, &token, |at| at.supervisor().to_string(), request).await?;
    let takes = form.get("Digits") == Some(TAKES);
    let _ = tell(&call, Arrival::SupervisorSays(takes)).await?;
    Ok(spoken(&if takes { document::take(&call.conference) } else { Twiml::new().hang_up() }))
}

/// A stream of a call: `ear`, which brings what the other side says, or `mouth`, by which it is spoken to
/// (<https://www.twilio.com/docs/voice/media-streams/websocket-messages>).
#[utoipa::path(get, path = "/hooks/calls/{token}/{leg}", tag = "voice",
    params(("token" = String, Path, description = "The secret of the call"),
           ("leg" = String, Path, description = "`ear` or `mouth`")),
    responses((status = 101, description = "The socket is open")))]
async fn take_stream(
    from: Anybody,
    headers: HeaderMap,
    Path((token, leg)): Path<(String, String)>,
    upgrade: WebSocketUpgrade,
) -> Result<Response> {
    let call = switchboard::find(&token).ok_or_else(Error::not_found)?;
    let arrives = match leg.as_str() {
        "ear" => Arrival::Ear,
        "mouth" => Arrival::Mouth,
        _ => return Err(Error::not_found()),
    };
    let url = Addresses::of(&from.app, &token).stream(&leg);
    let nothing = Form::default();
    if !verify(call.auth.expose(), signature(&headers), url.as_str(), Payload::Form(&nothing)) {
        return Err(unproved());
    }
    Ok(upgrade.max_message_size(LARGEST).max_frame_size(LARGEST).on_upgrade(async move |socket| {
        if let Ok(Some(leg)) = tokio::time::timeout(PATIENCE, begun(socket)).await {
            let _ = call.to.send(arrives(Box::new(leg))).await;
        }
    }))
}

/// A stream once it has said what it is.
async fn begun(mut socket: WebSocket) -> Option<Leg> {
    let mut sound = Vec::new();
    loop {
        let Message::Text(text) = socket.recv().await?.ok()? else { continue };
        match read(text.as_str(), &mut sound).ok()? {
            Said::Start(start) => return Some(Leg { socket, start: *start }),
            Said::Stop => return None,
            _ => {}
        }
    }
}

/// The call that a message belongs to, and its fields, when its signature proves them.
async fn proved(
    app: &App,
    token: &str,
    address: impl FnOnce(&Addresses) -> String,
    request: Request,
) -> Result<(Expected, Form)> {
    let call = switchboard::find(token).ok_or_else(Error::not_found)?;
    let (headers, body) = parts_of(app, request).await?;
    let form = Form::read(&body);
    let url = address(&Addresses::of(app, token));
    if verify(call.auth.expose(), signature(&headers), &url, Payload::Form(&form)) {
        return Ok((call, form));
    }
    Err(unproved())
}

/// Head and body of a message.
///
/// # Errors
/// 413 for a body that is too large.
pub async fn parts_of(app: &App, request: Request) -> Result<(HeaderMap, Bytes)> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, app.config.body_limit).await.map_err(|_| {
        Error::new(
            axum::http::StatusCode::PAYLOAD_TOO_LARGE,
            "body.too_large",
            "The body is larger than this server takes.",
        )
    })?;
    Ok((parts.headers, body))
}

/// What is said to prove a message.
#[must_use]
pub fn signature(headers: &HeaderMap) -> &str {
    headers.get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// 401 for a signature that proves nothing.
pub fn unproved() -> Error {
    Error::unauthorized("webhook.unproved", "The signature does not prove this body.")
}

/// 422 for a body that is not what Twilio sends.
pub fn unread() -> Error {
    Error::invalid(Vec::new()).at("", "invalid", "This says nothing of a call.")
}

/// A document as an answer.
#[must_use]
pub fn spoken(twiml: &Twiml) -> Response {
    ([(header::CONTENT_TYPE, "text/xml")], twiml.to_xml()).into_response()
}

async fn tell(call: &Expected, arrival: Arrival) -> Result<Response> {
    // one that does not listen any more is over
    let _ = call.to.send(arrival).await;
    Ok(spoken(&Twiml::new()))
}
