//! What webhooks say of calls: how one of ours goes, that somebody calls, and how putting through went.
//!
//! <https://www.twilio.com/docs/voice/api/call-resource#statuscallback>, <https://www.twilio.com/docs/voice/twiml#request-parameters>

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use platform::phi::Phi;

use crate::call::{self, CallStatus};
use crate::form::Form;

/// A form that says nothing of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACall;

/// How a call goes. They come in any order; the one with the highest number is the latest.
#[derive(Clone, Debug)]
pub struct CallUpdate {
    /// The call.
    pub sid: String,
    /// How it stands.
    pub status: CallStatus,
    /// Whether somebody calls us.
    pub is_inbound: bool,
    /// To whom.
    pub to: Phi<String>,
    /// From whom; nobody says when they do not want to be known.
    pub from: Option<Phi<String>>,
    /// Seconds, once it is over.
    pub duration: Option<u32>,
    /// Which one of its updates this is, from 0; only of those at every step.
    pub sequence: Option<u32>,
    /// When it happened, to the second.
    pub at: Option<Timestamp>,
    /// How the carrier answered (RFC 3261, 21), once it is over: 404 of a number that there is not, 486 busy, 603 declined.
    pub sip: Option<u16>,
}

impl CallUpdate {
    /// Reads a form whose signature was verified.
    ///
    /// # Errors
    /// When it names no call, or says nothing of it.
    pub fn read(form: &Form) -> Result<Self, NotACall> {
        let phi = |name: &str| form.get(name).map(|value| Phi::new(value.to_owned()));
        let at = form.get("Timestamp").and_then(|at| rfc2822::DateTimeParser::new().parse_timestamp(at).ok());
        Ok(Self {
            sid: sid(form, "CallSid")?,
            status: form.get("CallStatus").map(CallStatus::of).ok_or(NotACall)?,
            is_inbound: form.get("Direction") == Some("inbound"),
            to: phi("To").ok_or(NotACall)?,
            from: phi("From"),
            duration: number(form, "CallDuration"),
            sequence: number(form, "SequenceNumber"),
            at,
            sip: number(form, "SipResponseCode"),
        })
    }
}

/// How putting through went, told to the action of a [`crate::Dial`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialUpdate {
    /// The call that was put through.
    pub sid: String,
    /// How the other one stands.
    pub status: CallStatus,
    /// The other one, when there was one.
    pub other: Option<String>,
    /// Its seconds.
    pub duration: Option<u32>,
}

impl DialUpdate {
    /// Reads a form whose signature was verified.
    ///
    /// # Errors
    /// When nobody was put through.
    pub fn read(form: &Form) -> Result<Self, NotACall> {
        Ok(Self {
            sid: sid(form, "CallSid")?,
            status: form.get("DialCallStatus").map(CallStatus::of).ok_or(NotACall)?,
            other: sid(form, "DialCallSid").ok(),
            duration: number(form, "DialCallDuration"),
        })
    }
}

fn sid(form: &Form, name: &str) -> Result<String, NotACall> {
    form.get(name).filter(|sid| call::is_sid(sid)).map(str::to_owned).ok_or(NotACall)
}

fn number<T: std::str::FromStr>(form: &Form, name: &str) -> Option<T> {
    form.get(name)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_example_is_read_and_nobody_printed() {
        let Some(text) = peers::text("twilio/media-streams.examples.json") else { return };
        let examples: Value = serde_json::from_str(&text).expect("JSON");
        let fields = examples["call_status_callback_form"].as_object().expect("fields");
        let form: Form = fields.iter().map(|(name, value)| (name.as_str(), value.as_str().expect("text"))).collect();
        let update = CallUpdate::read(&form).expect("a call");
        assert_eq!((update.sid.as_str(), &update.status), ("CA1234567890ABCDE", &CallStatus::Completed));
        assert_eq!((update.is_inbound, update.duration, update.sequence), (false, Some(16), Some(3)));
        assert_eq!(update.at.map(|at| at.to_string()).as_deref(), Some("2026-01-05T09:00:16Z"));
        assert_eq!((update.to.expose().as_str(), update.sip), ("+15005550006", None));
        assert!(!format!("{update:?}").contains("1500555"));
    }

    #[test]
    fn somebody_calls() {
        let form = Form::read(b"CallSid=CA1&CallStatus=ringing&Direction=inbound&To=%2B15550100001&From=");
        let update = CallUpdate::read(&form).expect("a call");
        assert_eq!((update.is_inbound, update.status, update.from), (true, CallStatus::Ringing, None));
        for wrong in [
            "CallStatus=ringing&To=x",
            "CallSid=SM1&CallStatus=ringing&To=x",
            "CallSid=CA1&To=x",
            "CallSid=CA1&CallStatus=busy",
        ] {
            assert_eq!(CallUpdate::read(&Form::read(wrong.as_bytes())).map(|_| ()), Err(NotACall), "{wrong}");
        }
    }

    #[test]
    fn how_putting_through_went_is_read() {
        let read = |rest: &str| DialUpdate::read(&Form::read(format!("CallSid=CA1{rest}").as_bytes()));
        let update = |status, other: Option<&str>, duration| {
            Ok(DialUpdate { sid: "CA1".to_owned(), status, other: other.map(str::to_owned), duration })
        };
        let spoken = read("&DialCallStatus=answered&DialCallSid=CA2&DialCallDuration=7");
        assert_eq!(spoken, update(CallStatus::InProgress, Some("CA2"), Some(7)));
        assert_eq!(read("&DialCallStatus=no-answer"), update(CallStatus::NoAnswer, None, None));
        assert_eq!(read(""), Err(NotACall));
    }
}
