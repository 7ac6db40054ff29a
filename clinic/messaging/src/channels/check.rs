//! Trying a channel: whether the provider answers and takes the key, and a message to an address of one's own.

use garde::Validate;
use platform::extract::Body;
use platform::guard::Can;
use platform::idempotency::{IdempotencyKey, Once};
use platform::language::Language;
use platform::permission::integrations as may;
use platform::routes::{Json, Routes};
use platform::{Result, route, undisclosed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Connected, Provider, connected};
use crate::deliver::{Probe, probe};
use crate::message::queue::{To, Wanted, queue};
use crate::message::{Channel, Source};

/// The routes of trying.
pub fn routes() -> Routes {
    Routes::new().route(route!(check)).route(route!(test))
}

/// Which channel to try.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckMessageChannel {
    /// Which.
    #[garde(skip)]
    channel: Channel,
}

/// What came of it.
#[derive(Debug, Serialize, ToSchema)]
struct MessageChannelCheck {
    /// `ok`, or what was wrong: `sendgrid.key_refused`, `smtp.connection`, `twilio.key_refused` …
    outcome: String,
}

/// A message to try with.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TestMessage {
    /// By which channel.
    #[garde(skip)]
    channel: Channel,
    /// To which address or number.
    #[garde(length(min = 3, max = 254))]
    to: String,
    /// In which language.
    #[garde(skip)]
    language: Language,
}

undisclosed!(TestMessage);

/// Try a channel: whether its provider answers and takes the key. Nothing is sent.
#[utoipa::path(post, path = "/api/v1/message-channels/check", tag = "messaging", request_body = CheckMessageChannel,
    responses((status = 200, body = MessageChannelCheck)))]
async fn check(who: Can<may::Write>, Body(asked): Body<CheckMessageChannel>) -> Result<Json<MessageChannelCheck>> {
    let channel = asked.channel;
    let found: Option<(Connected, _)> = who
        .read(async move |tx| {
            let Some(found) = connected(tx, channel).await? else { return Ok(None) };
            let secret = found.secret(tx).await?;
            Ok(Some((found, secret)))
        })
        .await?;
    let Some((found, secret)) = found else { return Ok(Json(MessageChannelCheck { outcome: "ok".to_owned() })) };
    let outcome = match found.provider {
        Provider::Sandbox => "ok".to_owned(),
        provider => probe(who.app(), &Probe { provider, settings: found.settings, secret }).await?,
    };
    let told = outcome.clone();
    who.write(async move |tx| super::connected::checked(tx, channel, &told).await).await?;
    Ok(Json(MessageChannelCheck { outcome }))
}

/// Send a message to an address of one's own, to try a channel.
#[utoipa::path(post, path = "/api/v1/message-channels/test", tag = "messaging", request_body = TestMessage,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = crate::message::Message)))]
async fn test(who: Can<may::Write>, key: IdempotencyKey, Body(new): Body<TestMessage>) -> Result<Once> {
    let request = key.of("message.test", &new)?;
    who.create_once(request, async move |tx| {
        let address = new.channel.tidied(tx, &new.to, "/to").await?;
        let practice = practice::practice(tx).await?.name;
        let (subject, text) = match new.language {
            Language::En => ("A test message", format!("This is a test message from {practice}.")),
            Language::Ar => ("رسالة تجريبية", format!("هذه رسالة تجريبية من {practice}.")),
        };
        let to = To::Address(address, None);
        let wanted = Wanted {
            subject: (new.channel == Channel::Email).then(|| subject.to_owned()),
            text,
            at_any_hour: true,
            test: true,
            ..Wanted::new(new.channel, (Source::Person, None), to, new.language, Uuid::now_v7())
        };
        queue(tx, &wanted).await
    })
    .await
}
