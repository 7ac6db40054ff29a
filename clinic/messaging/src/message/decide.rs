//! What people decide about a message that was not sent: take it back, try again, or, where nobody knows whether it went
//! out, send it again or leave it. A message never goes back: what is sent again is a new one.

use garde::Validate;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::permission::messages as may;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Deserialize;
use utoipa::ToSchema;

use super::compose::hindered;
use super::queue::{To, Wanted, key_of, queue};
use super::{Direction, Message, MessageId, Source, State, attachments, row, save};
use platform::db::tenant::check_version;
use platform::shared::AtVersion;

/// The routes of decisions.
pub fn routes() -> Routes {
    Routes::new().route(route!(cancel)).route(route!(retry)).route(route!(decide))
}

/// What to do with a message of which nobody knows whether it went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MessageDecision {
    /// Send it again, though it may arrive twice.
    SendAgain,
    /// Leave it, though it may not have arrived.
    Leave,
}

/// A decision about it.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct DecideMessage {
    /// The version that it is based on.
    #[garde(skip)]
    version: i32,
    /// What to do.
    #[garde(skip)]
    decision: MessageDecision,
}

/// Take back a message that waits.
#[utoipa::path(post, path = "/api/v1/messages/{id}/cancel", tag = "messaging", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The message")), responses((status = 200, body = Message)))]
async fn cancel(who: Can<may::Send>, Path(id): Path<MessageId>, Body(at): Body<AtVersion>) -> Result<Json<Message>> {
    who.write(async move |tx| {
        let before = row::lock(tx, id).await?;
        check_version(at.version, before.version, &before)?;
        if before.state != State::Queued {
            let title = "Only a message that waits can be taken back.";
            return Err(Error::conflict("message.not_queued", title).showing(&before));
        }
        let after = before.at(State::Cancelled, Some("by_hand"), tx.now());
        save(tx, &before, after).await.map(Json)
    })
    .await
}

/// Send a message that failed once more, as a new one.
#[utoipa::path(post, path = "/api/v1/messages/{id}/retry", tag = "messaging", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The message")), responses((status = 200, body = Message)))]
async fn retry(who: Can<may::Send>, Path(id): Path<MessageId>, Body(at): Body<AtVersion>) -> Result<Json<Message>> {
    who.write(async move |tx| {
        let before = row::lock(tx, id).await?;
        check_version(at.version, before.version, &before)?;
        if !matches!(before.state, State::Failed | State::Suppressed) || before.direction == Direction::In {
            let title = "Only a message that failed or was held back can be tried again.";
            return Err(Error::conflict("message.not_failed", title).showing(&before));
        }
        again(tx, &before).await.map(Json)
    })
    .await
}

/// Decide about a message of which nobody knows whether it went out. Sent again, it is a new one, which is answered.
#[utoipa::path(post, path = "/api/v1/messages/{id}/decide", tag = "messaging", request_body = DecideMessage,
    params(("id" = Uuid, Path, description = "The message")), responses((status = 200, body = Message)))]
async fn decide(
    who: Can<may::Send>,
    Path(id): Path<MessageId>,
    Body(to): Body<DecideMessage>,
) -> Result<Json<Message>> {
    who.write(async move |tx| {
        let before = row::lock(tx, id).await?;
        check_version(to.version, before.version, &before)?;
        if before.state != State::Unknown {
            let title = "What became of this message is known.";
            return Err(Error::conflict("message.not_unknown", title).showing(&before));
        }
        let (reason, is_again) = match to.decision {
            MessageDecision::SendAgain => ("sent_again", true),
            MessageDecision::Leave => ("left", false),
        };
        let after = before.at(State::Failed, Some(reason), tx.now());
        let after = save(tx, &before, after).await?;
        if is_again { again(tx, &after).await.map(Json) } else { Ok(Json(after)) }
    })
    .await
}

/// The same message once more, under a key that only this repetition has: whoever asks twice gets the same one.
async fn again(tx: &mut TenantTx, of: &Message) -> Result<Message> {
    let visit = match of.appointment_id {
        Some(id) => Some(scheduling::find(tx, id).await?),
        None => None,
    };
    let to = match of.patient_id {
        Some(patient) => To::Patient(patient),
        None => To::Address(of.address.clone(), None),
    };
    let wanted = Wanted {
        purpose: of.purpose,
        about: visit,
        template: of.template_id.zip(of.template_number),
        subject: of.subject.clone(),
        text: of.text.clone(),
        reply_to: of.reply_to.clone(),
        attachments: attachments::copied(tx, of.id).await?,
        at_any_hour: true,
        test: of.test,
        answers: of.answers_id,
        retry_of: Some(of.id),
        ..Wanted::new(of.channel, (Source::Person, None), to, of.language, key_of(&format!("retry:{}", of.id)))
    };
    let message = queue(tx, &wanted).await?;
    if message.state == State::Suppressed {
        return Err(hindered(message.reason.as_deref()));
    }
    Ok(message)
}
