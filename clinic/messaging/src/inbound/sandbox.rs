//! The sandbox's other side: what a patient or a server for mail would do, to try everything without either.

use garde::Validate;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Body;
use platform::guard::Can;
use platform::permission::messages as may;
use platform::route;
use platform::routes::{Json, Routes};
use platform::{undisclosed, validate};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::incoming::{Written, take_in};
use crate::channels::{Provider, connected};
use crate::judge::Suppressed;
use crate::message::{self, Channel, Message, MessageId, State, row};
use crate::suppressions;

/// The routes of the sandbox.
pub fn routes() -> Routes {
    Routes::new().route(route!(reply)).route(route!(bounce))
}

/// What a patient would answer.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SandboxReply {
    /// The text message that is answered, which the sandbox has.
    #[garde(skip)]
    message_id: MessageId,
    /// What they write.
    #[garde(length(chars, min = 1, max = 1600), custom(validate::text))]
    text: String,
}

/// A message that would come back.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SandboxBounce {
    /// Which, of those that the sandbox has.
    #[garde(skip)]
    message_id: MessageId,
}

undisclosed!(SandboxReply);

/// Pretend that the patient answers a text message that the sandbox has. Answers what came in.
#[utoipa::path(post, path = "/api/v1/message-sandbox/replies", tag = "messaging", request_body = SandboxReply,
    responses((status = 200, body = Message)))]
async fn reply(who: Can<may::Send>, Body(asked): Body<SandboxReply>) -> Result<Json<Message>> {
    who.write(async move |tx| {
        let of = row::find(tx, asked.message_id).await?;
        let of = kept(tx, of).await?;
        if of.channel != Channel::Sms {
            return Err(Error::conflict("message.not_sms", "Only text messages are answered here.").showing(&of));
        }
        let written = Written {
            provider: Provider::Sandbox,
            provider_id: Uuid::now_v7().to_string(),
            from: of.address,
            text: asked.text.clone(),
            stop: false,
            start: false,
            answered: false,
            media: 0,
        };
        let id = take_in(tx, &written).await?;
        row::find(tx, id).await.map(Json)
    })
    .await
}

/// Pretend that a message that the sandbox has comes back.
#[utoipa::path(post, path = "/api/v1/message-sandbox/bounces", tag = "messaging", request_body = SandboxBounce,
    responses((status = 200, body = Message)))]
async fn bounce(who: Can<may::Send>, Body(asked): Body<SandboxBounce>) -> Result<Json<Message>> {
    who.write(async move |tx| {
        let of = row::lock(tx, asked.message_id).await?;
        let of = kept(tx, of).await?;
        suppressions::suppress(tx, of.channel, &of.address, Suppressed::Bounce, of.patient_id).await?;
        message::hear(tx, of.id, State::Bounced, Some("sandbox.bounce")).await?;
        row::find(tx, of.id).await.map(Json)
    })
    .await
}

/// One that the sandbox has, while its channel still goes there: once a provider is connected, patients speak for themselves.
async fn kept(tx: &mut TenantTx, of: Message) -> Result<Message> {
    let is_there = of.provider.as_deref() == Some(Provider::Sandbox.name()) && of.state.is_out();
    let goes_there = connected(tx, of.channel).await?.is_none_or(|channel| channel.provider == Provider::Sandbox);
    if is_there && goes_there {
        return Ok(of);
    }
    Err(Error::conflict("message.not_in_sandbox", "The sandbox does not have this message.").showing(&of))
}
