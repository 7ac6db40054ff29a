//! Mail by SMTP (RFC 5321), step by step: what fails before the text was given over came to nothing and may be tried again;
//! when the answer to the text itself is missing, nobody knows.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};
use platform::App;
use platform::egress::Url;
use platform::phi::Phi;
use platform::public_egress::is_public;

use super::letter::Letter;
use super::sender::Outcome;
use crate::channels::{ChannelSettings, Provider, SmtpTls, is_inner, port_is_reached, port_of};

/// For each step before the text is given over.
const STEP: Duration = Duration::from_secs(15);
/// For the text, with its attachments; all together stay below the time for which a message is in hand.
const TEXT: Duration = Duration::from_secs(45);

/// A server for mail.
pub struct Server {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    /// It is the installation's, or one that it has named: it may be within its network.
    inner: bool,
    /// Practices may have it reached at this port.
    port_is_reached: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tls {
    Implicit,
    Starttls,
    /// Where the server has it.
    Opportunistic,
    None,
}

/// Why a step failed.
enum Stop {
    /// The server is not one that is reached.
    NotReached(&'static str),
    Smtp(Box<SmtpError>),
    TimeOut,
}

impl From<SmtpError> for Stop {
    fn from(error: SmtpError) -> Self {
        Self::Smtp(Box::new(error))
    }
}

impl Stop {
    /// A code; the server's own text could repeat an address.
    fn code(&self) -> String {
        match self {
            Self::NotReached(code) => (*code).to_owned(),
            Self::TimeOut => "smtp.timeout".to_owned(),
            Self::Smtp(error) => match error.status() {
                Some(status) => format!("smtp.{status}"),
                None if error.is_tls() => "smtp.tls".to_owned(),
                None if error.is_client() => "smtp.client".to_owned(),
                None => "smtp.connection".to_owned(),
            },
        }
    }

    fn outcome(&self) -> Outcome {
        let code = self.code();
        tracing::warn!(code, "a mail was not taken");
        match self {
            Self::Smtp(error) if error.is_permanent() || error.is_client() => Outcome::refused(code),
            Self::NotReached(_) => Outcome::refused(code),
            _ => Outcome::Later { code, after: None },
        }
    }
}

impl Server {
    /// The installation's own, as its setting describes it.
    fn installation(app: &App) -> Option<Self> {
        let url = Url::parse(&app.config.smtp_url).ok()?;
        let wanted = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let tls = match (url.scheme(), wanted.as_deref()) {
            ("smtps", _) => Tls::Implicit,
            (_, Some("required")) => Tls::Starttls,
            (_, Some("opportunistic")) => Tls::Opportunistic,
            _ => Tls::None,
        };
        let usual = match tls {
            Tls::Implicit => 465,
            Tls::None => 25,
            Tls::Starttls | Tls::Opportunistic => 587,
        };
        let plain = |text: &str| {
            let pair = format!("v={}", text.replace('+', "%2B"));
            form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
        };
        let credentials = url.password().map(|password| Credentials::new(plain(url.username()), plain(password)));
        Some(Self {
            host: url.host_str()?.to_owned(),
            port: url.port().unwrap_or(usual),
            tls,
            credentials,
            inner: true,
            port_is_reached: true,
        })
    }

    fn of(app: &App, settings: &ChannelSettings, secret: &Phi<String>) -> Option<Self> {
        let host = settings.host.clone()?;
        let tls = match settings.tls {
            SmtpTls::Implicit => Tls::Implicit,
            SmtpTls::Starttls => Tls::Starttls,
            SmtpTls::None => Tls::None,
        };
        let port = port_of(settings)?;
        let user = settings.user.clone().filter(|_| !secret.expose().is_empty());
        let credentials = user.map(|user| Credentials::new(user, secret.expose().clone()));
        let inner = is_inner(app, Some(&host));
        let port_is_reached = port_is_reached(app, settings);
        Some(Self { host, port, tls, credentials, inner, port_is_reached })
    }

    /// The address to dial: looked up once, so that what was checked is what is dialled.
    async fn address(&self) -> Result<SocketAddr, Stop> {
        // also of one that was saved when any port could be
        if !self.port_is_reached {
            return Err(Stop::NotReached("smtp.port_refused"));
        }
        let host = self.host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let found = tokio::time::timeout(STEP, tokio::net::lookup_host((host, self.port))).await;
        let found = found.map_err(|_| Stop::TimeOut)?.map_err(|_| Stop::NotReached("smtp.no_such_host"))?;
        let mut refused = "smtp.no_such_host";
        for address in found {
            if self.inner || is_public(address.ip()) {
                return Ok(address);
            }
            refused = "smtp.not_public";
        }
        Err(Stop::NotReached(refused))
    }

    /// Connects, protects the connection, and signs in.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Stop> {
        let address = self.address().await?;
        let tls = || TlsParameters::new(self.host.clone()).map_err(Stop::from);
        let implicit = if self.tls == Tls::Implicit { Some(tls()?) } else { None };
        let hello = ClientId::default();
        let connecting = AsyncSmtpConnection::connect_tokio1(address, Some(STEP), &hello, implicit, None);
        let mut connection = timely(connecting).await?;
        let wanted = match self.tls {
            Tls::Starttls => true,
            Tls::Opportunistic => connection.can_starttls(),
            Tls::Implicit | Tls::None => false,
        };
        if wanted {
            timely(connection.starttls(tls()?, &hello)).await?;
        }
        if let Some(credentials) = &self.credentials {
            timely(connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials)).await?;
        }
        Ok(connection)
    }
}

async fn timely<T>(step: impl Future<Output = Result<T, SmtpError>>) -> Result<T, Stop> {
    tokio::time::timeout(STEP, step).await.map_err(|_| Stop::TimeOut)?.map_err(Stop::from)
}

fn server_of(app: &App, provider: Provider, settings: &ChannelSettings, secret: &Phi<String>) -> Option<Server> {
    match provider {
        Provider::Installation => Server::installation(app),
        _ => Server::of(app, settings, secret),
    }
}

/// Whether the server answers and takes who signs in.
pub async fn check(app: &App, provider: Provider, settings: &ChannelSettings, secret: &Phi<String>) -> String {
    let Some(server) = server_of(app, provider, settings, secret) else { return "smtp.no_server".to_owned() };
    match server.connect().await {
        Ok(mut connection) => {
            connection.abort().await;
            "ok".to_owned()
        }
        Err(stop) => stop.code(),
    }
}

/// Sends a mail.
pub async fn send(app: &App, letter: &Letter) -> Outcome {
    let Some(server) = server_of(app, letter.provider, &letter.settings, &letter.secret) else {
        return Outcome::refused("smtp.no_server");
    };
    let Some(message) = message(app, letter) else { return Outcome::refused("mail.invalid") };
    let mut connection = match server.connect().await {
        Ok(connection) => connection,
        Err(stop) => return stop.outcome(),
    };
    let outcome = give(&mut connection, &message).await;
    connection.abort().await;
    outcome
}

async fn give(connection: &mut AsyncSmtpConnection, message: &Message) -> Outcome {
    let envelope = message.envelope();
    let begun = async {
        timely(connection.command(Mail::new(envelope.from().cloned(), vec![]))).await?;
        for to in envelope.to() {
            timely(connection.command(Rcpt::new(to.clone(), vec![]))).await?;
        }
        timely(connection.command(Data)).await
    };
    if let Err(stop) = begun.await {
        return stop.outcome();
    }
    match tokio::time::timeout(TEXT, connection.message(&message.formatted())).await {
        Ok(Ok(_)) => Outcome::taken(None),
        // an answer is an answer, whatever it says
        Ok(Err(error)) if error.status().is_some() => Stop::from(error).outcome(),
        Ok(Err(_)) | Err(_) => Outcome::Doubt { can_ask: false },
    }
}

fn message(app: &App, letter: &Letter) -> Option<Message> {
    let own: Mailbox = app.config.mail_from.parse().ok()?;
    let from = match letter.provider {
        Provider::Installation => own.email,
        _ => letter.settings.from_address.as_ref()?.parse::<Address>().ok()?,
    };
    let seconds = u64::try_from(letter.at).unwrap_or_default();
    let mut builder = Message::builder()
        .message_id(Some(format!("<{}@{}>", letter.id, from.domain())))
        .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .from(Mailbox::new(Some(letter.sender_name()), from))
        .to(Mailbox::new(None, letter.to.expose().parse().ok()?))
        .subject(letter.subject.clone());
    if let Some(reply_to) = &letter.reply_to {
        builder = builder.reply_to(Mailbox::new(None, reply_to.parse().ok()?));
    }
    if letter.automatic {
        builder = builder.header(AutoSubmitted);
    }
    if let Some(address) = letter.headers.get("List-Unsubscribe") {
        builder = builder.header(ListUnsubscribe(address.clone())).header(ListUnsubscribePost);
    }
    let body = MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone());
    if letter.files.is_empty() {
        return builder.multipart(body).ok();
    }
    let with_files = letter.files.iter().fold(MultiPart::mixed().multipart(body), |parts, file| {
        let kind = ContentType::parse(&file.media_type).unwrap_or(ContentType::TEXT_PLAIN);
        let part: SinglePart = Attachment::new(file.name.clone()).body(file.bytes.clone(), kind);
        parts.singlepart(part)
    });
    builder.multipart(with_files).ok()
}

macro_rules! fixed_header {
    ($(#[$doc:meta])* $name:ident, $header:literal, $value:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        struct $name;
        impl Header for $name {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($header)
            }
            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self)
            }
            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), $value.to_owned())
            }
        }
    };
}

fixed_header!(
    /// Keeps machines from answering (RFC 3834 §5).
    AutoSubmitted,
    "Auto-Submitted",
    "auto-generated"
);
fixed_header!(
    /// Unsubscribing takes one click (RFC 8058).
    ListUnsubscribePost,
    "List-Unsubscribe-Post",
    "List-Unsubscribe=One-Click"
);

/// Where one unsubscribes (RFC 2369).
#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}
