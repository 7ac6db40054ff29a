//! What webhooks say: how far a message of ours got, and what somebody writes to us. Twilio adds fields as it likes.
//!
//! <https://www.twilio.com/docs/messaging/guides/webhook-request>,
//! <https://www.twilio.com/docs/messaging/guides/track-outbound-message-status>

use platform::phi::Phi;

use crate::form::Form;
use crate::message::{self, Status};

/// The header that is the same whenever Twilio sends the same webhook again.
pub const IDEMPOTENCY: &str = "i-twilio-idempotency-token";

/// A form that is not of the form that it should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAMessage;

/// How far a message of ours got. They come in any order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusUpdate {
    /// The message.
    pub sid: String,
    /// How it stands.
    pub status: Status,
    /// Why it did not arrive; see [`crate::Undelivered`].
    pub error_code: Option<u32>,
}

impl StatusUpdate {
    /// Reads a form whose signature was verified.
    ///
    /// # Errors
    /// When it names no message or says nothing of it.
    pub fn read(form: &Form) -> Result<Self, NotAMessage> {
        let status = form.get("MessageStatus").or_else(|| form.get("SmsStatus")).ok_or(NotAMessage)?;
        let error_code = form.get("ErrorCode").and_then(|code| code.parse().ok()).filter(|code| *code != 0);
        Ok(Self { sid: sid(form)?, status: Status::of(status), error_code })
    }
}

/// What somebody wrote to a number of ours.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The message.
    pub sid: String,
    /// Who wrote it.
    pub from: Phi<String>,
    /// To which number.
    pub to: Phi<String>,
    /// What they wrote; may be empty.
    pub body: Phi<String>,
    /// What Twilio took it for, where it looks after this (Advanced Opt-Out of a messaging service).
    pub opt_out: Option<OptOut>,
    /// How many pictures and the like came along.
    pub media: u32,
}

/// What Twilio took a message for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptOut {
    /// Nothing more is wanted; Twilio sends nothing more.
    Stop,
    /// Messages are wanted again.
    Start,
    /// Somebody wants to know what this is; Twilio has answered.
    Help,
}

impl Incoming {
    /// Reads a form whose signature was verified.
    ///
    /// # Errors
    /// When it has no id or nobody wrote it.
    pub fn read(form: &Form) -> Result<Self, NotAMessage> {
        let phi = |name: &str| form.get(name).map(|value| Phi::new(value.to_owned()));
        let opt_out = match form.get("OptOutType") {
            Some("STOP") => Some(OptOut::Stop),
            Some("START") => Some(OptOut::Start),
            Some("HELP") => Some(OptOut::Help),
            _ => None,
        };
        Ok(Self {
            sid: sid(form)?,
            from: phi("From").ok_or(NotAMessage)?,
            to: phi("To").ok_or(NotAMessage)?,
            body: phi("Body").unwrap_or_else(|| Phi::new(String::new())),
            opt_out,
            media: form.get("NumMedia").and_then(|count| count.parse().ok()).unwrap_or(0),
        })
    }
}

/// By what a webhook is known when it comes again: the header where there is one, else the message and what is said of it.
/// The header is not signed, so whoever has seen a webhook can send it again under another one: what is made of it must be
/// the same when it is made twice.
#[must_use]
pub fn dedupe_key(header: Option<&str>, sid: &str, what: &str) -> String {
    let plain = |token: &&str| (1..=128).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
    match header.map(str::trim).filter(plain) {
        Some(token) => format!("token:{token}"),
        None => format!("message:{sid}:{what}"),
    }
}

fn sid(form: &Form) -> Result<String, NotAMessage> {
    let sid = form.get("MessageSid").or_else(|| form.get("SmsSid"));
    sid.filter(|sid| message::is_sid(sid)).map(str::to_owned).ok_or(NotAMessage)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SID: &str = "SM0123456789abcdef0123456789abcdef";

    #[test]
    fn how_far_a_message_got_is_read() {
        let read = |rest: &str| StatusUpdate::read(&Form::read(format!("MessageSid={SID}{rest}").as_bytes()));
        let update = |status, error_code| Ok(StatusUpdate { sid: SID.to_owned(), status, error_code });
        assert_eq!(read("&MessageStatus=delivered&To=%2B966501234567"), update(Status::Delivered, None));
        assert_eq!(read("&MessageStatus=undelivered&ErrorCode=30003"), update(Status::Undelivered, Some(30003)));
        assert_eq!(read("&SmsStatus=sent&ErrorCode="), update(Status::Sent, None), "an old name");
        assert_eq!(read("&MessageStatus=teleported"), update(Status::Other("teleported".to_owned()), None));
        assert_eq!(read(""), Err(NotAMessage));
        for sid in ["", "SM1", "CA0123456789abcdef0123456789abcdef", "SM0123456789abcdef0123456789abcdeg"] {
            let form = Form::read(format!("MessageSid={sid}&MessageStatus=sent").as_bytes());
            assert_eq!(StatusUpdate::read(&form), Err(NotAMessage), "{sid}");
        }
    }

    #[test]
    fn what_somebody_writes_is_read_and_not_printed() {
        let body = format!(
            "MessageSid={SID}&From=%2B966501234567&To=%2B15005550006&Body=%D9%86%D8%B9%D9%85+%26+yes&NumMedia=2&OptOutType=STOP"
        );
        let incoming = Incoming::read(&Form::read(body.as_bytes())).expect("a message");
        assert_eq!((incoming.from.expose().as_str(), incoming.to.expose().as_str()), ("+966501234567", "+15005550006"));
        assert_eq!((incoming.body.expose().as_str(), incoming.media), ("نعم & yes", 2));
        assert_eq!((incoming.sid.as_str(), incoming.opt_out), (SID, Some(OptOut::Stop)));
        assert!(!format!("{incoming:?}").contains("966501234567"));
        assert_eq!(format!("{:?}", Form::read(body.as_bytes())), "«redacted»");
        let bare = Form::read(format!("SmsSid={SID}&From=a&To=b&NumMedia=x&OptOutType=stop").as_bytes());
        let bare = Incoming::read(&bare).expect("a message");
        assert_eq!((bare.body.expose().as_str(), bare.media, bare.opt_out), ("", 0, None));
        assert!(Incoming::read(&Form::read(format!("MessageSid={SID}&To=b").as_bytes())).is_err(), "from nobody");
    }

    #[test]
    fn a_webhook_is_known_again() {
        assert_eq!(dedupe_key(Some("c1a2-b3"), SID, "sent"), "token:c1a2-b3");
        for none in [None, Some(""), Some("a b"), Some("é")] {
            assert_eq!(dedupe_key(none, SID, "sent"), format!("message:{SID}:sent"), "{none:?}");
        }
        assert_eq!(dedupe_key(Some(&"x".repeat(129)), SID, "sent"), format!("message:{SID}:sent"));
    }
}
