//! Calls: <https://www.twilio.com/docs/voice/api/call-resource>.

use jiff::Timestamp;
use platform::egress::Url;
use platform::phi::Phi;
use serde::{Deserialize, Deserializer};

use crate::client::Client;
use crate::failure::Failure;
use crate::message::instant;
use crate::twiml::{Keys, Twiml};

/// Longest that a phone may ring, in seconds.
pub const LONGEST_RINGING: u32 = 600;

/// A call to be made.
#[derive(Clone, Debug)]
pub struct NewCall {
    /// To whom, E.164.
    pub to: Phi<String>,
    /// From whom: a number of the account's, or one that was proved to it.
    pub from: String,
    /// What happens when somebody answers.
    pub twiml: Twiml,
    /// What is pressed when somebody answers, before anything else: an extension.
    pub keys: Option<Keys>,
    /// Where Twilio tells how it goes, at every step.
    pub status_callback: Option<Url>,
    /// Seconds that it rings, 1 to [`LONGEST_RINGING`].
    pub rings: u32,
    /// Longest in seconds.
    pub longest: Option<u32>,
}

/// Steps of a call that are told.
const STEPS: [&str; 4] = ["initiated", "ringing", "answered", "completed"];

impl NewCall {
    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("To", self.to.expose().clone()),
            ("From", self.from.clone()),
            ("Twiml", self.twiml.to_xml()),
            ("Timeout", self.rings.clamp(1, LONGEST_RINGING).to_string()),
        ];
        fields.extend(self.keys.as_ref().map(|keys| ("SendDigits", keys.expose().to_owned())));
        fields.extend(self.longest.map(|seconds| ("TimeLimit", seconds.to_string())));
        if let Some(url) = &self.status_callback {
            fields.push(("StatusCallback", url.to_string()));
            fields.extend(STEPS.map(|step| ("StatusCallbackEvent", step.to_owned())));
        }
        fields
    }
}

/// How a call stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallStatus {
    /// Waits its turn.
    Queued,
    /// Is being dialled.
    Initiated,
    /// It rings.
    Ringing,
    /// Somebody has answered.
    InProgress,
    /// Is over, and somebody had answered.
    Completed,
    /// The line was busy.
    Busy,
    /// It could not be put through; often there is no such number.
    Failed,
    /// Nobody answered.
    NoAnswer,
    /// It was ended before somebody answered.
    Canceled,
    /// Something else, in Twilio's word.
    Other(String),
}

impl CallStatus {
    /// From Twilio's word. Of somebody who was put through, `answered` says that they answered.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "queued" => Self::Queued,
            "initiated" => Self::Initiated,
            "ringing" => Self::Ringing,
            "in-progress" | "answered" => Self::InProgress,
            "completed" => Self::Completed,
            "busy" => Self::Busy,
            "failed" => Self::Failed,
            "no-answer" => Self::NoAnswer,
            "canceled" => Self::Canceled,
            other => Self::Other(other.chars().take(40).collect()),
        }
    }

    /// Whether nothing comes after it.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Completed | Self::Busy | Self::Failed | Self::NoAnswer | Self::Canceled)
    }
}

impl<'de> Deserialize<'de> for CallStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|word| Self::of(&word))
    }
}

/// A call that Twilio has.
#[derive(Clone, Debug, Deserialize)]
pub struct Call {
    /// Its id: `CA…`
    pub sid: String,
    /// How it stands.
    pub status: CallStatus,
    /// To whom.
    pub to: Option<Phi<String>>,
    /// From whom.
    pub from: Option<Phi<String>>,
    /// Whose doing it is: `outbound-api` of what was made by us, `inbound`.
    pub direction: Option<String>,
    /// Seconds, once it is over.
    #[serde(default, deserialize_with = "seconds")]
    pub duration: Option<u32>,
    /// When it was taken, to the second.
    #[serde(default, deserialize_with = "instant")]
    pub date_created: Option<Timestamp>,
    /// When somebody answered; when it was dialled where nobody did.
    #[serde(default, deserialize_with = "instant")]
    pub start_time: Option<Timestamp>,
    /// When it was over.
    #[serde(default, deserialize_with = "instant")]
    pub end_time: Option<Timestamp>,
}

impl Call {
    /// Whether it may be what came of making this: one from the same number to the same one, made by a program. Who calls
    /// the same number twice leaves out those whose ids they know.
    #[must_use]
    pub fn may_be(&self, new: &NewCall) -> bool {
        self.direction.as_deref() == Some("outbound-api")
            && self.to.as_ref() == Some(&new.to)
            && self.from.as_ref().is_some_and(|from| *from.expose() == new.from)
    }
}

/// A number in words, as calls have it.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.and_then(|text| text.parse().ok()))
}

/// Whether this is the id of a call. (The description has 32 digits behind its letters, the guides also fewer.)
pub(crate) fn is_sid(text: &str) -> bool {
    let digits = text.strip_prefix("CA");
    digits.is_some_and(|digits| (1..=32).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Calls.
impl Client {
    /// Makes a call, once. Only what is refused or for later may be made again: see [`Failure`].
    ///
    /// # Errors
    /// When it was not taken, or nobody knows.
    pub async fn create_call(&self, new: &NewCall) -> Result<Call, Failure> {
        self.post(&self.account_url(&["Calls.json"])?, &new.fields()).await
    }

    /// A call.
    ///
    /// # Errors
    /// When there is no such call or answer.
    pub async fn fetch_call(&self, sid: &str) -> Result<Call, Failure> {
        self.get(&self.call_url(sid)?).await
    }

    /// Gives a call that goes on another document, which begins at once; a stream that was connected ends, a copy that was
    /// started goes on. May be done again.
    ///
    /// # Errors
    /// [`crate::Reason::Over`] when the call is; when there is no such call or answer.
    pub async fn redirect_call(&self, sid: &str, twiml: &Twiml) -> Result<Call, Failure> {
        self.post(&self.call_url(sid)?, &[("Twiml", twiml.to_xml())]).await
    }

    /// Ends a call, whether somebody has answered or not. May be done again.
    ///
    /// # Errors
    /// [`crate::Reason::Over`] or [`crate::Reason::Missing`] when it is over already; when there is no such answer.
    pub async fn end_call(&self, sid: &str) -> Result<Call, Failure> {
        self.post(&self.call_url(sid)?, &[("Status", "completed".to_owned())]).await
    }

    /// Calls to a number that Twilio took at this instant or later: whether one is there whose making was not answered. See
    /// [`Client::sent_to`].
    ///
    /// # Errors
    /// When there is no such answer; [`Failure::Unknown`] also when there are more than are looked through.
    pub async fn calls_to(&self, to: &Phi<String>, since: Timestamp) -> Result<Vec<Call>, Failure> {
        let calls: Vec<Call> = self.all_to(self.account_url(&["Calls.json"])?, to).await?;
        Ok(calls.into_iter().filter(|call| call.date_created.is_none_or(|at| at >= since)).collect())
    }

    fn call_url(&self, sid: &str) -> Result<Url, Failure> {
        self.account_url(&["Calls", &format!("{sid}.json")])
    }
}
