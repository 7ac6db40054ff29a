//! A message ready to go out: everything that whoever sends it needs, looked up in the transaction that takes it in hand.

use std::collections::BTreeMap;

use platform::db::TenantTx;
use platform::language::Language;
use platform::mail::page_of;
use platform::phi::Phi;
use platform::{App, Result, undisclosed};

use crate::channels::{ChannelSettings, Provider, connected};
use crate::inbound::unsubscribe;
use crate::judge::Purpose;
use crate::message::attachments::{self, File};
use crate::message::sound::{self, Unsound};
use crate::message::{Channel, Message, MessageId, Source, row};

/// A message ready to go out.
pub struct Letter {
    /// Its id.
    pub id: MessageId,
    /// By whom.
    pub provider: Provider,
    /// How.
    pub settings: ChannelSettings,
    /// The password, key or token.
    pub secret: Phi<String>,
    /// To which address or number.
    pub to: Phi<String>,
    /// The practice.
    pub practice: String,
    /// Of an e-mail.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The same as a page.
    pub html: String,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// Files that go along.
    pub files: Vec<File>,
    /// Headers by which programs unsubscribe (RFC 8058).
    pub headers: BTreeMap<String, String>,
    /// Where the provider tells what becomes of it.
    pub hook: Option<String>,
    /// When it was asked for, in seconds.
    pub at: i64,
    /// Nobody wrote it by hand.
    pub automatic: bool,
    /// Messages to the same number that the provider is known to have, by its ids.
    pub known: Vec<String>,
}

undisclosed!(Letter);

/// Looks up what it takes to send a message.
///
/// # Errors
/// 503 when the database is away.
pub async fn of(tx: &mut TenantTx, app: &App, message: &Message) -> Result<Letter> {
    let connected = connected(tx, message.channel).await?;
    let practice = practice::practice(tx).await?;
    let (provider, settings, secret, hook) = match &connected {
        Some(found) => {
            let hook = matches!(found.provider, Provider::Twilio)
                .then(|| crate::channels::address(app, practice.id.uuid(), found));
            (found.provider, found.settings.clone(), found.secret(tx).await?, hook)
        }
        None => (Provider::Sandbox, ChannelSettings::default(), Phi::new(String::new()), None),
    };
    let mut letter = Letter {
        id: message.id,
        provider,
        reply_to: message.reply_to.clone().or_else(|| settings.reply_to.clone()),
        settings,
        secret,
        to: Phi::new(message.address.clone()),
        practice: practice.name.clone(),
        subject: message.subject.clone().unwrap_or_default(),
        text: message.text.clone(),
        html: String::new(),
        files: attachments::files(tx, message.id).await?,
        headers: BTreeMap::new(),
        hook,
        at: message.created_at.as_second(),
        automatic: message.source != Source::Person,
        known: Vec::new(),
    };
    if let (Provider::Twilio, Some(blind)) = (letter.provider, &message.address_blind) {
        letter.known = row::names_to(tx, letter.provider.name(), blind).await?;
    }
    if message.channel == Channel::Email {
        add_foot(tx, message, &mut letter).await?;
    }
    Ok(letter)
}

/// How whoever gets an e-mail gets no more of it.
pub struct Unsubscribing {
    /// The address that one click calls.
    pub address: String,
}

undisclosed!(Unsubscribing);

impl Unsubscribing {
    /// Headers by which programs for mail do it (RFC 2369 §3.2, RFC 8058 §3.1).
    pub fn headers(&self) -> [(&'static str, String); 2] {
        let click = "List-Unsubscribe=One-Click".to_owned();
        [("List-Unsubscribe", format!("<{}>", self.address)), ("List-Unsubscribe-Post", click)]
    }
}

/// How one gets no more of a message: of marketing, and of whatever was not written by hand.
///
/// # Errors
/// 503 when the database is away.
pub async fn unsubscribing(tx: &mut TenantTx, of: &Message) -> Result<Option<Unsubscribing>> {
    if of.channel != Channel::Email || (of.purpose != Purpose::Marketing && of.source == Source::Person) {
        return Ok(None);
    }
    Ok(Some(Unsubscribing { address: unsubscribe::address(tx, of.id).await? }))
}

/// Whoever gets an e-mail reads from whom it is, and how to get no more of it where that can be.
async fn add_foot(tx: &mut TenantTx, message: &Message, letter: &mut Letter) -> Result<()> {
    let mut foot = letter.practice.clone();
    if let Some(how) = unsubscribing(tx, message).await? {
        let words = match message.language {
            Language::En => "To get no more e-mails from us:",
            Language::Ar => "لإيقاف رسائلنا البريدية:",
        };
        foot = format!("{foot} · {words} {}", how.address);
        letter.headers.extend(how.headers().map(|(name, value)| (name.to_owned(), value)));
    }
    letter.html = page_of(message.language, &letter.subject, &letter.text, &foot);
    letter.text = format!("{}\n\n-- \n{foot}\n", letter.text.trim_end());
    Ok(())
}

impl Letter {
    /// Whether it can go out as it is: the practice's settings have had their part in it by now.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self, of: &Message) -> std::result::Result<(), Unsound> {
        sound::check(&sound::Filled {
            channel: of.channel,
            subject: of.subject.as_deref(),
            // without the foot, which is the product's
            text: &of.text,
            reply_to: self.reply_to.as_deref(),
        })
    }

    /// From whom it is, in words, on one line.
    pub fn sender_name(&self) -> String {
        let named = self.settings.from_name.as_deref().map(sound::one_line).filter(|name| !name.is_empty());
        named.unwrap_or_else(|| sound::one_line(&self.practice))
    }

    /// As SendGrid takes it.
    pub fn for_sendgrid(&self) -> sendgrid::Mail {
        let address = |email: String, name: Option<String>| sendgrid::Address {
            email: Phi::new(email),
            name: name.map(Phi::new),
        };
        let from = self.settings.from_address.clone().unwrap_or_default();
        sendgrid::Mail {
            to: address(self.to.expose().clone(), None),
            from: address(from, Some(self.sender_name())),
            reply_to: self.reply_to.clone().map(|email| address(email, None)),
            subject: self.subject.clone(),
            text: self.text.clone(),
            html: Some(self.html.clone()),
            attachments: self.files.iter().map(File::for_sendgrid).collect(),
            headers: self.headers.clone(),
            our_id: self.id.to_string(),
            tracking: sendgrid::Tracking { opens: self.settings.track_opens, clicks: false },
            sandbox: self.settings.sandbox_mode,
        }
    }
}
