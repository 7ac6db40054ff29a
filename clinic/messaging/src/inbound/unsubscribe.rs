//! Unsubscribing from e-mail with one click (RFC 8058): the address stands in each automatic mail, opens nothing and shows
//! nothing, and is the message with what a key of the practice makes of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garde::Validate;
use platform::crypto::equal;
use platform::db::{Actor, Caller, TenantTx};
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Anybody;
use platform::id::PracticeId;
use platform::language::Language;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::judge::Suppressed;
use crate::message::{Channel, Message, MessageId, row};
use crate::suppressions;

/// Of the 64 hexadecimal digits of what the key makes of it so many are in the address (RFC 2104 §5: at least half).
const MAC: usize = 32;

/// The route of unsubscribing.
pub fn routes() -> Routes {
    Routes::new().route(route!(unsubscribe)).route(route!(look)).route(route!(undo))
}

/// What somebody with such an address is told, who may be anybody: nothing of the patient.
#[derive(Debug, Serialize, ToSchema)]
struct Unsubscribing {
    /// From which practice the e-mail was.
    practice: String,
    /// The practice's address on the web, to show its logo by.
    slug: String,
    /// In which language it was.
    language: Language,
    /// Whether nothing more comes.
    unsubscribed: bool,
}

/// The end of such an address.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct UnsubscribeToken {
    /// What stands behind `/u/`.
    #[garde(length(max = 200))]
    token: String,
}

undisclosed!(UnsubscribeToken);

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
    responses((status = 200, body = Unsubscribing)))]
async fn unsubscribe(from: Anybody, Path(token): Path<String>) -> Result<Json<Unsubscribing>> {
    decide(from, &token, Some(false)).await
}

/// What an address for unsubscribing is about. Nothing is changed.
#[utoipa::path(post, path = "/api/v1/unsubscribe/look", tag = "messaging", request_body = UnsubscribeToken,
    responses((status = 200, body = Unsubscribing)))]
async fn look(from: Anybody, Body(asked): Body<UnsubscribeToken>) -> Result<Json<Unsubscribing>> {
    decide(from, &asked.token, None).await
}

/// Get e-mails from the practice again, after all.
#[utoipa::path(post, path = "/api/v1/unsubscribe/undo", tag = "messaging", request_body = UnsubscribeToken,
    responses((status = 200, body = Unsubscribing)))]
async fn undo(from: Anybody, Body(asked): Body<UnsubscribeToken>) -> Result<Json<Unsubscribing>> {
    decide(from, &asked.token, Some(true)).await
}

async fn decide(from: Anybody, token: &str, wanted: Option<bool>) -> Result<Json<Unsubscribing>> {
    let (practice, message, told) = read(token).ok_or_else(Error::not_found)?;
    let caller = Caller { practice: PracticeId(practice), actor: Actor::Webhook, origin: from.origin };
    from.app
        .door
        .write_regardless(&caller, async move |tx| {
            // also where there is no such practice, which has no key
            let right = mac(tx, message)
                .await
                .map_err(|error| if error.is_transient() { error } else { Error::not_found() })?;
            if !equal(right.as_bytes(), told.as_bytes()) {
                return Err(Error::not_found());
            }
            let of = row::find(tx, message).await?;
            if let Some(wanted) = wanted {
                set(tx, &of, wanted).await?;
            }
            let blind = Channel::Email.blind(tx, &of.address).await?;
            let suppressed = suppressions::reasons(tx, Channel::Email, std::slice::from_ref(&blind)).await?;
            let practice = practice::practice(tx).await?;
            Ok(Json(Unsubscribing {
                practice: practice.name,
                slug: practice.slug,
                language: of.language,
                unsubscribed: suppressed.contains_key(&blind),
            }))
        })
        .await
}

async fn set(tx: &mut TenantTx, of: &Message, wanted: bool) -> Result<()> {
    if wanted {
        // only what was done by such a link is undone by it: it is no way to agree to anything
        let blind = Channel::Email.blind(tx, &of.address).await?;
        let reasons = suppressions::reasons(tx, Channel::Email, std::slice::from_ref(&blind)).await?;
        if reasons.get(&blind) != Some(&Suppressed::Unsubscribe) {
            return Ok(());
        }
        suppressions::release(tx, Channel::Email, &of.address).await?;
    } else {
        suppressions::suppress(tx, Channel::Email, &of.address, Suppressed::Unsubscribe, of.patient_id).await?;
    }
    match of.patient_id {
        Some(patient) => {
            let email = patients::MessageChannel::Email;
            patients::decide_consent(tx, patient, email, wanted, "link in an e-mail").await
        }
        None => Ok(()),
    }
}
