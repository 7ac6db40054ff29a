//! The headers of an e-mail that the sandbox has, by which programs for mail act: where answers go, and how one gets no
//! more of it. Whoever tries the product sees there what patients' programs would make of them.

use platform::Result;
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Can;
use platform::permission::messages as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{route, undisclosed};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Channel, Direction, MessageId, row};
use crate::channels::{Provider, connected};
use crate::deliver::unsubscribing;

/// The route of headers.
pub fn routes() -> Routes {
    Routes::new().route(route!(headers))
}

/// A header of an e-mail.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
struct MessageHeader {
    /// Its name: `Reply-To`, `List-Unsubscribe` (RFC 2369), `List-Unsubscribe-Post` (RFC 8058).
    name: &'static str,
    /// What it says.
    value: String,
}

/// Headers by which programs for mail act, in their order.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MessageHeaders {
    /// Those that there are; none of a text message.
    items: Vec<MessageHeader>,
    /// The address that one click calls, of an e-mail that has one. It is the patient's: whoever calls it unsubscribes them.
    #[schema(required)]
    unsubscribe_url: Option<String>,
}

undisclosed!(MessageHeader, MessageHeaders);

/// The headers of an e-mail that the sandbox has: where answers go, and how one gets no more of it. Of what was sent, they
/// are the patient's alone.
#[utoipa::path(get, path = "/api/v1/messages/{id}/headers", tag = "messaging",
    params(("id" = Uuid, Path, description = "The message")), responses((status = 200, body = MessageHeaders)))]
async fn headers(who: Can<may::Read>, Path(id): Path<MessageId>) -> Result<Json<MessageHeaders>> {
    who.read_recorded(async move |tx| {
        let of = row::find(tx, id).await?;
        tx.record_read(Look::at("message", id.uuid()).of_patient(of.patient_id)).await?;
        if of.provider.as_deref() != Some(Provider::Sandbox.name()) || of.direction == Direction::In {
            return Err(Error::conflict("message.not_in_sandbox", "The sandbox does not have this message."));
        }
        if of.channel == Channel::Sms {
            return Ok(Json(MessageHeaders { items: Vec::new(), unsubscribe_url: None }));
        }
        let usual = connected(tx, of.channel).await?.and_then(|channel| channel.settings.reply_to);
        let mut items = Vec::new();
        if let Some(value) = of.reply_to.clone().or(usual) {
            items.push(MessageHeader { name: "Reply-To", value });
        }
        let unsubscribing = unsubscribing(tx, &of).await?;
        for (name, value) in unsubscribing.iter().flat_map(|how| how.headers()) {
            items.push(MessageHeader { name, value });
        }
        Ok(Json(MessageHeaders { items, unsubscribe_url: unsubscribing.map(|how| how.address) }))
    })
    .await
}
