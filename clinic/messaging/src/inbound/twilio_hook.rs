//! What Twilio tells: how far messages got, and what people write. Both come to one address of the practice.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use platform::db::{Actor, Caller};
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Anybody;
use platform::id::PracticeId;
use platform::routes::Routes;
use platform::{Result, route};
use twilio::{Form, HEADER, IDEMPOTENCY, Incoming, Payload, StatusUpdate, dedupe_key, verify};

use super::keep::{Told, keep};
use crate::channels::{self, Provider};
use crate::message::Channel;

/// The route of Twilio.
pub fn routes() -> Routes {
    Routes::new().route(route!(receive_twilio))
}

/// What Twilio tells a practice. The address says which practice, the signature (`X-Twilio-Signature`) that it is Twilio.
#[utoipa::path(post, path = "/hooks/twilio/{token}", tag = "messaging",
    request_body(content((Vec<u8> = "application/x-www-form-urlencoded"))),
    params(("token" = String, Path, description = "The end of the practice's address for Twilio")),
    responses((status = 200, body = String, content_type = "text/xml", description = "Nothing to say")))]
async fn receive_twilio(from: Anybody, Path(token): Path<String>, request: Request) -> Result<Response> {
    let (practice, token) = channels::read_address(&token).ok_or_else(Error::not_found)?;
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let body = axum::body::to_bytes(body, from.app.config.body_limit).await.map_err(|_| too_large())?;
    let signature = header_of(&parts.headers, HEADER).unwrap_or_default();
    let again = header_of(&parts.headers, IDEMPOTENCY);
    let caller = Caller { practice: PracticeId(practice), actor: Actor::Webhook, origin: from.origin };
    let app = from.app.clone();
    from.app
        .door
        .write_regardless(&caller, async move |tx| {
            let channel = channels::by_token(tx, Provider::Twilio, Channel::Sms, &token).await?;
            let secret = channel.secret(tx).await?;
            let url = format!("{}{query}", channels::address(&app, practice, &channel));
            let form = Form::read(&body);
            if !verify(secret.expose(), &signature, &url, Payload::Form(&form)) {
                return Err(Error::unauthorized("webhook.unproved", "The signature does not prove this body."));
            }
            let (sid, what) = match form.get("MessageStatus") {
                Some(status) => (StatusUpdate::read(&form).map_err(|_| unread())?.sid, status.to_owned()),
                None => (Incoming::read(&form).map_err(|_| unread())?.sid, "received".to_owned()),
            };
            let told =
                Told { provider: "twilio", dedupe_key: dedupe_key(again.as_deref(), &sid, &what), body: body.to_vec() };
            keep(tx, &[told]).await.map(drop)
        })
        .await?;
    Ok(([(header::CONTENT_TYPE, "text/xml")], "<Response/>").into_response())
}

fn header_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// 422 for a body that is not what its provider sends.
pub fn unread() -> Error {
    Error::invalid(Vec::new()).at("", "invalid", "This says nothing of a message.")
}

/// 413 for a body that is too large.
pub fn too_large() -> Error {
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "body.too_large", "The body is larger than this server takes.")
}
