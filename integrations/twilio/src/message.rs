//! Messages and accounts, as far as we look at them.

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use platform::egress::Url;
use platform::phi::Phi;
use serde::{Deserialize, Deserializer};

/// Longest text in characters that Twilio takes (<https://www.twilio.com/docs/api/errors/21617>).
pub const LONGEST_BODY: usize = 1600;
/// Longest that a message may wait to be sent, in seconds.
pub const LONGEST_VALIDITY: u32 = 36_000;

/// From whom a message comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A number of the account (E.164), a short code, or a name in letters where the country allows one.
    Number(String),
    /// Whichever number of this messaging service suits: `MG…`
    Service(String),
}

/// A message to be sent.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// To whom, E.164.
    pub to: Phi<String>,
    /// From whom.
    pub from: Sender,
    /// What it says.
    pub body: Phi<String>,
    /// Where Twilio tells how far it got.
    pub status_callback: Option<Url>,
    /// Seconds after which it is not worth sending any more, 1 to [`LONGEST_VALIDITY`].
    pub validity: Option<u32>,
}

impl NewMessage {
    pub(crate) fn fields(&self) -> Vec<(&'static str, String)> {
        let from = match &self.from {
            Sender::Number(number) => ("From", number.clone()),
            Sender::Service(sid) => ("MessagingServiceSid", sid.clone()),
        };
        let mut fields = vec![("To", self.to.expose().clone()), from, ("Body", self.body.expose().clone())];
        fields.extend(self.status_callback.as_ref().map(|url| ("StatusCallback", url.to_string())));
        fields.extend(self.validity.map(|seconds| ("ValidityPeriod", seconds.clamp(1, LONGEST_VALIDITY).to_string())));
        fields
    }
}

/// How a message stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Taken; a messaging service looks for a number.
    Accepted,
    /// To be sent at a time.
    Scheduled,
    /// Waits its turn.
    Queued,
    /// On its way to the carrier.
    Sending,
    /// The carrier has it. Where carriers tell nothing, it stays so.
    Sent,
    /// It has arrived.
    Delivered,
    /// The carrier says that it has not.
    Undelivered,
    /// It was not sent.
    Failed,
    /// It was called back before it was sent.
    Canceled,
    /// It was read, where that can be told.
    Read,
    /// Comes in.
    Receiving,
    /// Has come in.
    Received,
    /// Something else, in Twilio's word.
    Other(String),
}

impl Status {
    /// From Twilio's word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "accepted" => Self::Accepted,
            "scheduled" => Self::Scheduled,
            "queued" => Self::Queued,
            "sending" => Self::Sending,
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "undelivered" => Self::Undelivered,
            "failed" => Self::Failed,
            "canceled" => Self::Canceled,
            "read" => Self::Read,
            "receiving" => Self::Receiving,
            "received" => Self::Received,
            other => Self::Other(other.chars().take(40).collect()),
        }
    }

    /// Whether nothing but being read comes after it.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Delivered | Self::Undelivered | Self::Failed | Self::Canceled | Self::Read)
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|word| Self::of(&word))
    }
}

/// A message that Twilio has.
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    /// Its id: `SM…` or `MM…`
    pub sid: String,
    /// How it stands.
    pub status: Status,
    /// To whom.
    pub to: Option<Phi<String>>,
    /// From whom; nobody yet while a messaging service looks for a number.
    pub from: Option<Phi<String>>,
    /// What it says; nothing where the account keeps no texts.
    pub body: Option<Phi<String>>,
    /// Whose doing it is: `outbound-api` of what is sent by us.
    pub direction: Option<String>,
    /// Why it did not arrive; see [`crate::Undelivered`].
    pub error_code: Option<u32>,
    /// When it was taken, to the second.
    #[serde(default, deserialize_with = "instant")]
    pub date_created: Option<Timestamp>,
    /// When it was sent.
    #[serde(default, deserialize_with = "instant")]
    pub date_sent: Option<Timestamp>,
}

impl Message {
    /// Whether it may be what came of sending this: one that Twilio took from a program, to the same number, of the same
    /// text. Twilio keeps nothing of ours with a message, so whoever sends the same text twice leaves out those whose ids
    /// they know.
    #[must_use]
    pub fn may_be(&self, new: &NewMessage) -> bool {
        self.direction.as_deref() == Some("outbound-api")
            && self.to.as_ref() == Some(&new.to)
            && self.body.as_ref() == Some(&new.body)
    }
}

/// Whether this is the id of a message.
pub(crate) fn is_sid(text: &str) -> bool {
    let digits = text.strip_prefix("SM").or_else(|| text.strip_prefix("MM"));
    digits.is_some_and(|digits| digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// An account. (The answer has its token as well, which is not kept.)
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// Its id: `AC…`
    pub sid: String,
    /// `active`, `suspended` or `closed`.
    pub status: String,
    /// `Full`, or `Trial`: that one sends to proved numbers only, and writes that it is one before every text.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// What it is called.
    #[serde(default)]
    pub friendly_name: Option<String>,
}

/// RFC 2822; nothing of what is none.
pub(crate) fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.and_then(|text| rfc2822::DateTimeParser::new().parse_timestamp(&text).ok()))
}
