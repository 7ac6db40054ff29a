//! By whom a practice sends, on each channel: kept here to be looked at, the installation's or the practice's own server
//! for mail, SendGrid, Twilio. Passwords and keys are sealed, and of each the last four characters are shown.

mod check;
mod connected;
mod ports;

use garde::Validate;
use jiff::Timestamp;
use platform::App;
use platform::db::TenantTx;
use platform::db::tenant::check_version;
use platform::egress;
use platform::error::Error;
use platform::extract::Body;
use platform::guard::Can;
use platform::permission::integrations as may;
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, route, validate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::message::Channel;

pub use connected::{Connected, address, by_token, connected, read_address};
use connected::{last_four, save, unconnected};
pub use ports::{port_is_reached, port_of};

/// The routes of channels.
pub fn routes() -> Routes {
    Routes::new().route(route!(list)).route(route!(set)).merge(check::routes())
}

/// By whom messages go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[schema(as = MessageProvider)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Provider {
    /// They are kept here and can be looked at.
    Sandbox,
    /// By the installation's server for mail.
    Installation,
    /// By the practice's own server for mail.
    Smtp,
    /// By SendGrid.
    Sendgrid,
    /// By Twilio.
    Twilio,
}

impl Provider {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Installation => "installation",
            Self::Smtp => "smtp",
            Self::Sendgrid => "sendgrid",
            Self::Twilio => "twilio",
        }
    }

    fn sends(self, channel: Channel) -> bool {
        match self {
            Self::Sandbox => true,
            Self::Twilio => channel == Channel::Sms,
            Self::Installation | Self::Smtp | Self::Sendgrid => channel == Channel::Email,
        }
    }
}

/// How the connection to a server for mail is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    /// From the beginning on (RFC 8314), usually port 465.
    #[default]
    Implicit,
    /// After STARTTLS (RFC 3207), without which nothing is sent; usually port 587.
    Starttls,
    /// Not at all: only within the installation's own network.
    None,
}

/// What is no secret about how messages go out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ChannelSettings {
    /// What e-mails are from.
    #[garde(inner(length(chars, max = 80), custom(validate::line)))]
    pub from_name: Option<String>,
    /// From which address. The provider must take it as the practice's.
    #[garde(inner(custom(validate::email)))]
    pub from_address: Option<String>,
    /// Where answers go.
    #[garde(inner(custom(validate::email)))]
    pub reply_to: Option<String>,
    /// The server for mail.
    #[garde(inner(length(max = 253), custom(validate::line)))]
    pub host: Option<String>,
    /// Its port: 465, 587 or 2525, unless the installation names the server as one of its own network.
    #[garde(inner(range(min = 1, max = 65535)))]
    pub port: Option<i32>,
    /// How the connection is protected.
    #[garde(skip)]
    pub tls: SmtpTls,
    /// As whom to sign in there.
    #[garde(inner(length(max = 254), custom(validate::line)))]
    pub user: Option<String>,
    /// The address of SendGrid's or Twilio's API, one of those that this installation reaches; without it the first.
    #[garde(inner(length(max = 200)))]
    pub base_url: Option<String>,
    /// SendGrid checks what it is given, and sends nothing.
    #[garde(skip)]
    pub sandbox_mode: bool,
    /// SendGrid tells when an e-mail was opened.
    #[garde(skip)]
    pub track_opens: bool,
    /// The public key with which SendGrid signs its events, as its settings show it.
    #[garde(inner(length(max = 300)))]
    pub event_key: Option<String>,
    /// The account at Twilio, `AC…`.
    #[garde(inner(custom(sid)))]
    pub account_sid: Option<String>,
    /// The number that text messages are from, as it is dialled in the practice's country or with `+`.
    #[garde(inner(length(min = 3, max = 40)))]
    pub from_number: Option<String>,
    /// In place of a number, a messaging service at Twilio, `MG…`.
    #[garde(inner(custom(sid)))]
    pub messaging_service_sid: Option<String>,
}

/// How messages go out on a channel.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageChannelSettings {
    /// On which.
    pub channel: Channel,
    /// By whom.
    pub provider: Provider,
    /// What is no secret about it.
    pub settings: ChannelSettings,
    /// What the password, key or token ends with.
    #[schema(required)]
    pub secret_last_four: Option<String>,
    /// Where the provider is to tell what becomes of messages.
    #[schema(required)]
    pub hook_url: Option<String>,
    /// Addresses of APIs that can be chosen here.
    pub base_urls: Vec<String>,
    /// Whether the installation has a server for mail that practices can use.
    pub installation: bool,
    /// When it was last checked.
    #[schema(required)]
    pub tested_at: Option<Timestamp>,
    /// What came of it.
    #[schema(required)]
    pub test_outcome: Option<String>,
    /// Goes up with each change; 0 when nothing was set yet.
    pub version: i32,
}

/// Both channels.
#[derive(Debug, Serialize, ToSchema)]
struct MessageChannels {
    items: Vec<MessageChannelSettings>,
}

/// How messages are to go out on a channel.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewMessageChannel {
    /// On which.
    #[garde(skip)]
    channel: Channel,
    /// The version that the change is based on; 0 when nothing was set yet.
    #[garde(skip)]
    version: i32,
    /// By whom.
    #[garde(skip)]
    provider: Provider,
    /// What is no secret about it.
    #[garde(dive)]
    settings: ChannelSettings,
    /// The password, key or token; left out, the one that there is stays while the provider does.
    #[garde(skip)]
    secret: Option<Phi<String>>,
}

fn sid(value: &str, (): &()) -> garde::Result {
    let right = value.len() == 34 && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if right { Ok(()) } else { Err(garde::Error::new("invalid: An id at Twilio has 34 letters and digits.")) }
}

/// By whom messages go out.
#[utoipa::path(get, path = "/api/v1/message-channels", tag = "messaging", responses((status = 200, body = MessageChannels)))]
async fn list(who: Can<may::Read>) -> Result<Json<MessageChannels>> {
    let app = who.app().clone();
    who.read(async move |tx| {
        let mut items = Vec::new();
        for channel in [Channel::Email, Channel::Sms] {
            let found = connected(tx, channel).await?;
            items.push(shown(&app, tx.practice(), channel, found.as_ref()));
        }
        Ok(Json(MessageChannels { items }))
    })
    .await
}

/// Change by whom messages go out on a channel.
#[utoipa::path(put, path = "/api/v1/message-channels", tag = "messaging", request_body = NewMessageChannel,
    responses((status = 200, body = MessageChannelSettings)))]
async fn set(who: Can<may::Write>, Body(new): Body<NewMessageChannel>) -> Result<Json<MessageChannelSettings>> {
    let app = who.app().clone();
    if new.secret.as_ref().is_some_and(|secret| !(4..=400).contains(&secret.expose().trim().len())) {
        return Err(Error::invalid(Vec::new()).at("/secret", "invalid", "It has between 4 and 400 characters."));
    }
    who.write(async move |tx| {
        tx.one_by_one().await?;
        let practice = tx.practice();
        let before = connected(tx, new.channel).await?;
        let old = shown(&app, practice, new.channel, before.as_ref());
        check_version(new.version, old.version, &old)?;
        let mut after = match &before {
            Some(before) => before.clone(),
            None => unconnected(new.channel)?,
        };
        let settings = tidied(tx, &new.settings).await?;
        // a secret goes only where it was meant for: whoever points the channel elsewhere has to know it
        if after.provider != new.provider || !goes_to_the_same(&after.settings, &settings) {
            (after.secret, after.secret_last_four) = (None, None);
        }
        if let Some(secret) = new.secret.as_ref().map(|secret| secret.expose().trim()) {
            after.secret = Some(tx.seal(connected::place(practice, new.channel), secret.as_bytes()).await?);
            after.secret_last_four = Some(last_four(secret));
        }
        after.provider = new.provider;
        after.settings = settings;
        (after.tested_at, after.test_outcome) = (None, None);
        check_complete(&app, &after)?;
        after.version = old.version + 1;
        save(tx, &after).await?;
        let new = shown(&app, practice, new.channel, Some(&after));
        let change = Change::updated("message_channel", practice, &old, &new);
        tx.record(change.event("message_channel.changed", after.version)).await?;
        Ok(Json(new))
    })
    .await
}

/// Whether messages go to the same account of the same server, over a connection of the same kind.
fn goes_to_the_same(before: &ChannelSettings, after: &ChannelSettings) -> bool {
    let place =
        |of: &ChannelSettings| (of.host.clone(), of.port, of.user.clone(), of.base_url.clone(), of.account_sid.clone());
    place(before) == place(after) && before.tls == after.tls
}

async fn tidied(tx: &mut TenantTx, new: &ChannelSettings) -> Result<ChannelSettings> {
    let mut settings = new.clone();
    let trimmed = |text: &mut Option<String>| {
        *text = text.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    };
    for text in [&mut settings.from_name, &mut settings.from_address, &mut settings.reply_to, &mut settings.host] {
        trimmed(text);
    }
    for text in [&mut settings.user, &mut settings.event_key, &mut settings.base_url, &mut settings.from_number] {
        trimmed(text);
    }
    if let Some(number) = &settings.from_number {
        settings.from_number = Some(Channel::Sms.tidied(tx, number, "/settings/fromNumber").await?);
    }
    Ok(settings)
}

/// What a provider cannot do without.
fn check_complete(app: &App, of: &Connected) -> Result<()> {
    let fault = |pointer: &str, text: &str| Err(Error::invalid(Vec::new()).at(pointer, "required", text));
    if !of.provider.sends(of.channel) {
        let text = "Choose a provider that sends on this channel.";
        return Err(Error::invalid(Vec::new()).at("/provider", "invalid", text));
    }
    let settings = &of.settings;
    match of.provider {
        Provider::Sandbox => Ok(()),
        Provider::Installation if app.config.smtp_url.is_empty() => {
            Err(Error::conflict("channel.no_server", "This installation has no server for outgoing mail."))
        }
        Provider::Installation => Ok(()),
        Provider::Smtp if settings.host.is_none() => fault("/settings/host", "Name the server for mail."),
        Provider::Smtp if settings.from_address.is_none() => {
            fault("/settings/fromAddress", "Say whom e-mails are from.")
        }
        Provider::Smtp if settings.tls == SmtpTls::None && !is_inner(app, settings.host.as_deref()) => {
            let text = "Only a server within the installation's own network is reached without encryption.";
            Err(Error::invalid(Vec::new()).at("/settings/tls", "invalid", text))
        }
        Provider::Smtp if !port_is_reached(app, settings) => Err(ports::refused()),
        Provider::Smtp => Ok(()),
        Provider::Sendgrid if of.secret.is_none() => fault("/secret", "Enter a key of the account."),
        Provider::Sendgrid if settings.from_address.is_none() => {
            fault("/settings/fromAddress", "Say whom e-mails are from.")
        }
        Provider::Sendgrid | Provider::Twilio if !knows_base(app, of) => {
            let text = "Choose among the addresses that this installation reaches.";
            Err(Error::invalid(Vec::new()).at("/settings/baseUrl", "not_found", text))
        }
        Provider::Sendgrid => match &settings.event_key {
            Some(key) if sendgrid::PublicKey::read(key).is_none() => {
                let text = "This is not the public key that SendGrid shows.";
                Err(Error::invalid(Vec::new()).at("/settings/eventKey", "invalid", text))
            }
            _ => Ok(()),
        },
        Provider::Twilio if settings.account_sid.is_none() => fault("/settings/accountSid", "Enter the account's id."),
        Provider::Twilio if of.secret.is_none() => fault("/secret", "Enter the account's token."),
        Provider::Twilio if settings.from_number.is_none() && settings.messaging_service_sid.is_none() => {
            fault("/settings/fromNumber", "Enter the number that text messages are from, or a messaging service.")
        }
        Provider::Twilio => Ok(()),
    }
}

fn knows_base(app: &App, of: &Connected) -> bool {
    of.settings.base_url.as_ref().is_none_or(|url| base_urls(app, of.provider).contains(url))
}

/// Whether a host is one of the installation's own network.
pub fn is_inner(app: &App, host: Option<&str>) -> bool {
    let inner = |known: &str| host.is_some_and(|host| host.eq_ignore_ascii_case(known.trim()));
    app.config.smtp_inner_hosts.split(',').filter(|known| !known.trim().is_empty()).any(inner)
}

/// The addresses of a provider's API that this installation reaches, without a slash at the end.
pub fn base_urls(app: &App, provider: Provider) -> Vec<String> {
    let (name, text) = match provider {
        Provider::Sendgrid => ("sendgrid_origins", &app.config.sendgrid_origins),
        Provider::Twilio => ("twilio_origins", &app.config.twilio_origins),
        _ => return Vec::new(),
    };
    let urls = egress::addresses(name, text).unwrap_or_default();
    urls.into_iter().map(|url| url.as_str().trim_end_matches('/').to_owned()).collect()
}

fn shown(app: &App, practice: Uuid, channel: Channel, found: Option<&Connected>) -> MessageChannelSettings {
    let provider = found.map_or(Provider::Sandbox, |found| found.provider);
    let hook = found.filter(|found| matches!(found.provider, Provider::Sendgrid | Provider::Twilio));
    let of_channel = match channel {
        Channel::Email => Provider::Sendgrid,
        Channel::Sms => Provider::Twilio,
    };
    MessageChannelSettings {
        channel,
        provider,
        settings: found.map(|found| found.settings.clone()).unwrap_or_default(),
        secret_last_four: found.and_then(|found| found.secret_last_four.clone()),
        hook_url: hook.map(|found| address(app, practice, found)),
        base_urls: base_urls(app, of_channel),
        installation: !app.config.smtp_url.is_empty(),
        tested_at: found.and_then(|found| found.tested_at).map(jiff_sqlx::Timestamp::to_jiff),
        test_outcome: found.and_then(|found| found.test_outcome.clone()),
        version: found.map_or(0, |found| found.version),
    }
}
