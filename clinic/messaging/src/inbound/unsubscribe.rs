//! Unsubscribing from e-mail with one click (RFC 8058): the address stands in each automatic mail, opens nothing and shows
//! nothing, and is the message with what a key of the practice makes of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::Result;
use platform::crypto::equal;
use platform::db::{Actor, Caller, TenantTx};
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Anybody;
use platform::id::PracticeId;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::judge::Suppressed;
use crate::message::{Channel, MessageId, row};
use crate::suppressions;

/// Of the 64 hexadecimal digits of what the key makes of it so many are in the address (RFC 2104 §5: at least half).
const MAC: usize = 32;

/// The route of unsubscribing.
pub fn routes() -> Routes {
    Routes::new().route(route!(unsubscribe))
}

/// That nothing more comes.
#[derive(Debug, Serialize, ToSchema)]
struct Unsubscribed {
    /// From which practice.
    practice: String,
}

/// The whole address at which whoever got a message unsubscribes.
///
/// # Errors
/// 503 when the database is away.
pub async fn address(tx: &mut TenantTx, of: MessageId) -> Result<String> {
    let mac = mac(tx, of).await?;
    let ids = [tx.practice().as_bytes().as_slice(), of.uuid().as_bytes().as_slice()].concat();
    Ok(format!("{}/u/{}.{mac}", tx.public_origin(), URL_SAFE_NO_PAD.encode(ids)))
}

async fn mac(tx: &mut TenantTx, of: MessageId) -> Result<String> {
    let mut mac = tx.blind("messaging.message", "unsubscribe", &of.to_string()).await?;
    mac.truncate(MAC);
    Ok(mac)
}

fn read(token: &str) -> Option<(Uuid, MessageId, String)> {
    let (ids, mac) = token.split_once('.')?;
    let ids = URL_SAFE_NO_PAD.decode(ids).ok().filter(|ids| ids.len() == 32)?;
    let (practice, message) = ids.split_at(16);
    Some((Uuid::from_slice(practice).ok()?, MessageId(Uuid::from_slice(message).ok()?), mac.to_owned()))
}

/// Get no more e-mails from a practice. Programs for mail call this by themselves when somebody unsubscribes there; what the
/// body says does not matter. Repeated, it changes nothing.
#[utoipa::path(post, path = "/u/{token}", tag = "messaging",
    params(("token" = String, Path, description = "The end of the address in the e-mail")),
    responses((status = 200, body = Unsubscribed)))]
async fn unsubscribe(from: Anybody, Path(token): Path<String>) -> Result<Json<Unsubscribed>> {
    let (practice, message, told) = read(&token).ok_or_else(Error::not_found)?;
    let caller = Caller { practice: PracticeId(practice), actor: Actor::Webhook, origin: from.origin };
    from.app
        .door
        .write_regardless(&caller, async move |tx| {
            if !equal(mac(tx, message).await?.as_bytes(), told.as_bytes()) {
                return Err(Error::not_found());
            }
            let of = row::find(tx, message).await?;
            suppressions::suppress(tx, Channel::Email, &of.address, Suppressed::Unsubscribe, of.patient_id).await?;
            if let Some(patient) = of.patient_id {
                let email = patients::MessageChannel::Email;
                patients::decide_consent(tx, patient, email, false, "unsubscribed").await?;
            }
            Ok(Json(Unsubscribed { practice: practice::practice(tx).await?.name }))
        })
        .await
}
