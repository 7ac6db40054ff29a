//! What SendGrid tells: what became of e-mails, a list of events at a time.

use std::time::Duration;

use axum::extract::Request;
use platform::db::{Actor, Caller};
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Anybody;
use platform::id::PracticeId;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use sendgrid::{Events, PublicKey, SIGNATURE, TIMESTAMP};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::keep::{Told, keep};
use super::twilio_hook::{too_large, unread};
use crate::channels::{self, Provider};
use crate::message::Channel;

/// How far the time that is signed may be from ours: SendGrid tries for a day.
const WINDOW: Duration = Duration::from_secs(25 * 3600);

/// The route of SendGrid.
pub fn routes() -> Routes {
    Routes::new().route(route!(receive_sendgrid))
}

/// That events were taken in.
#[derive(Debug, Serialize, ToSchema)]
struct MessageEventsReceived {
    /// How many were new.
    new: usize,
}

/// What SendGrid tells a practice. The address says which practice, the signature that it is SendGrid.
#[utoipa::path(post, path = "/hooks/sendgrid/{token}", tag = "messaging",
    request_body(content((Vec<u8> = "application/json"))),
    params(("token" = String, Path, description = "The end of the practice's address for SendGrid")),
    responses((status = 200, body = MessageEventsReceived)))]
async fn receive_sendgrid(
    from: Anybody,
    Path(token): Path<String>,
    request: Request,
) -> Result<Json<MessageEventsReceived>> {
    let (practice, token) = channels::read_address(&token).ok_or_else(Error::not_found)?;
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, from.app.config.body_limit).await.map_err(|_| too_large())?;
    let head =
        |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let (signature, timestamp) = (head(SIGNATURE), head(TIMESTAMP));
    let caller = Caller { practice: PracticeId(practice), actor: Actor::Webhook, origin: from.origin };
    let new = from
        .app
        .door
        .write_regardless(&caller, async move |tx| {
            let channel = channels::by_token(tx, Provider::Sendgrid, Channel::Email, &token).await?;
            let key = channel.settings.event_key.as_deref().and_then(PublicKey::read).ok_or_else(unproved)?;
            key.verify(&signature, &timestamp, &body, tx.now(), WINDOW).map_err(|_| unproved())?;
            keep(tx, &events(&body)?).await
        })
        .await?;
    Ok(Json(MessageEventsReceived { new }))
}

fn unproved() -> Error {
    Error::unauthorized("webhook.unproved", "The signature does not prove this body.")
}

/// Each event by itself: one comes again in another list.
fn events(body: &[u8]) -> Result<Vec<Told>> {
    let all: Vec<Value> = serde_json::from_slice(body).map_err(|_| unread())?;
    let mut told = Vec::new();
    for event in all {
        let body = serde_json::to_vec(&[&event]).map_err(Error::internal)?;
        // one that cannot be read is left, as all others would come again with it
        let Some(read) = Events::read(&body).ok().and_then(|mut read| read.events.pop()) else { continue };
        told.push(Told { provider: "sendgrid", dedupe_key: read.id, body });
    }
    Ok(told)
}
