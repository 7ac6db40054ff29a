//! What can go wrong between us and Twilio, and later between Twilio and a phone, by what is to be done about it.
//!
//! Every code N is described at `https://www.twilio.com/docs/api/errors/N`.

use platform::egress::{self, Answer};
use serde::Deserialize;

/// Why a call did not succeed; too many messages that wait are for later as well. After [`egress::Failure::Unknown`] a message
/// is looked up before it is sent again ([`crate::Client::sent_to`]).
pub type Failure = egress::Failure<Refusal>;

/// What was refused. What Twilio's message says is left there: it repeats what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why, in our words.
    pub reason: Reason,
    /// The status of the answer.
    pub status: u16,
    /// Twilio's code.
    pub code: Option<u32>,
}

/// Why something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The token does not serve.
    KeyRefused,
    /// The account is suspended or closed.
    Account,
    /// Whoever it goes to wants no messages from this sender.
    OptedOut,
    /// The number is none, or none that has messages.
    Number,
    /// The account may not send to that country.
    Country,
    /// Nobody goes from this sender to that number.
    Unroutable,
    /// A trial account sends to numbers only that were proved to it.
    Trial,
    /// The sender is not one of the account's, or sends no messages.
    Sender,
    /// The text is empty or too long.
    Body,
    /// There is no such thing.
    Missing,
    /// The call is over, or was never put through.
    Over,
    /// Something else about the request.
    Invalid,
}

impl Reason {
    /// A stable word for it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::KeyRefused => "key_refused",
            Self::Account => "account_suspended",
            Self::OptedOut => "opted_out",
            Self::Number => "number_refused",
            Self::Country => "country_refused",
            Self::Unroutable => "unroutable",
            Self::Trial => "trial_account",
            Self::Sender => "sender_refused",
            Self::Body => "body_refused",
            Self::Missing => "missing",
            Self::Over => "over",
            Self::Invalid => "invalid",
        }
    }

    fn of(status: u16, code: Option<u32>) -> Self {
        let known = REFUSALS.iter().find(|(known, _)| Some(*known) == code).map(|(_, reason)| *reason);
        known.unwrap_or(match status {
            401 => Self::KeyRefused,
            404 => Self::Missing,
            _ => Self::Invalid,
        })
    }
}

/// Codes of refusals.
const REFUSALS: &[(u32, Reason)] = &[
    // Authenticate
    (20003, Reason::KeyRefused),
    // Account not active
    (20005, Reason::Account),
    // The requested resource was not found
    (20404, Reason::Missing),
    // Invalid 'To' Phone Number
    (21211, Reason::Number),
    // Phone number does not appear to be valid
    (21217, Reason::Number),
    // 'To' number cannot be a Short Code
    (21265, Reason::Number),
    // 'To' number is not a valid mobile number
    (21614, Reason::Number),
    // Permission to send an SMS or MMS has not been enabled for the region indicated by the 'To' number
    (21408, Reason::Country),
    // Account not authorized to call
    (21215, Reason::Country),
    // Attempt to send to unsubscribed recipient
    (21610, Reason::OptedOut),
    // Message cannot be sent with the current combination of 'To' and/or 'From' parameters
    (21612, Reason::Unroutable),
    // The 'to' phone number provided is not yet verified for this account
    (21608, Reason::Trial),
    // 'To' phone number not verified
    (21219, Reason::Trial),
    // 'From' phone number not verified
    (21210, Reason::Sender),
    // Invalid 'From' Number
    (21212, Reason::Sender),
    // A 'From' phone number is required
    (21603, Reason::Sender),
    // The 'From' phone number provided is not a valid message-capable Twilio phone number
    (21606, Reason::Sender),
    // 'From' is not a Twilio phone number or Short Code country mismatch
    (21659, Reason::Sender),
    // Mismatch between the 'From' number and the account
    (21660, Reason::Sender),
    // The Messaging Service does not exist
    (21701, Reason::Sender),
    // The Messaging Service contains no phone numbers
    (21703, Reason::Sender),
    // Invalid call state
    (21220, Reason::Over),
    // Message body is required
    (21602, Reason::Body),
    // The concatenated message body exceeds the 1600 character limit
    (21617, Reason::Body),
];

/// Codes that pass: too many requests; too many messages of a sender wait.
const FOR_LATER: [u32; 2] = [20429, 21611];

/// Why a message that was taken did not arrive, by what is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// It may arrive another time: the phone is off, the carrier slow, the queue full, or it waited too long.
    Passing,
    /// The number is none, or none that has messages.
    Number,
    /// Whoever it goes to wants no messages from this sender.
    OptedOut,
    /// The carrier or the phone lets nothing of this sender through.
    Blocked,
    /// The carrier or Twilio does not like the text.
    Filtered,
    /// The sender is not registered as its country wants it.
    Sender,
    /// The account is suspended.
    Account,
    /// Nobody says why.
    Unexplained,
}

impl Undelivered {
    /// From the code of a status.
    #[must_use]
    pub fn of(code: u32) -> Self {
        DELIVERY.iter().find(|(known, _)| *known == code).map_or(Self::Unexplained, |(_, why)| *why)
    }

    /// A stable word for it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Passing => "passing",
            Self::Number => "number_refused",
            Self::OptedOut => "opted_out",
            Self::Blocked => "blocked",
            Self::Filtered => "filtered",
            Self::Sender => "sender_refused",
            Self::Account => "account_suspended",
            Self::Unexplained => "unexplained",
        }
    }
}

/// Codes of messages that did not arrive.
const DELIVERY: &[(u32, Undelivered)] = &[
    // Attempt to send to unsubscribed recipient
    (21610, Undelivered::OptedOut),
    // Queue overflow
    (30001, Undelivered::Passing),
    // Account suspended
    (30002, Undelivered::Account),
    // Unreachable destination handset
    (30003, Undelivered::Passing),
    // Message blocked
    (30004, Undelivered::Blocked),
    // Unknown destination handset
    (30005, Undelivered::Number),
    // Landline or unreachable carrier
    (30006, Undelivered::Number),
    // Message filtered
    (30007, Undelivered::Filtered),
    // Unknown error
    (30008, Undelivered::Unexplained),
    // Toll-free number has not been verified
    (30032, Undelivered::Sender),
    // US A2P 10DLC - message from an unregistered number
    (30034, Undelivered::Sender),
    // Validity period expired
    (30036, Undelivered::Passing),
    // Provider timeout
    (30410, Undelivered::Passing),
];

impl egress::Refusal for Refusal {
    fn code(&self) -> &'static str {
        self.reason.code()
    }
}

/// From an answer that is not a success.
pub(crate) fn of(answer: &Answer) -> Failure {
    let code = serde_json::from_slice::<Body>(&answer.body).ok().and_then(|body| body.code);
    if answer.status.is_client_error() && code.is_some_and(|code| FOR_LATER.contains(&code)) {
        return Failure::later(answer.retry_after());
    }
    let refusal = |status| Refusal { reason: Reason::of(status, code), status, code };
    Failure::of(answer, answer.retry_after(), refusal)
}

#[derive(Deserialize)]
struct Body {
    code: Option<u32>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use platform::egress::Silence;

    use super::*;

    const PAUSE: Duration = Duration::from_secs(60);
    const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

    fn answered(status: u16, body: &str, retry_after: Option<&str>) -> Failure {
        let headers: Vec<_> = retry_after.map(|text| ("retry-after", text)).into_iter().collect();
        of(&peers::answer(status, body, &headers))
    }

    fn said(code: u32) -> String {
        format!(
            r#"{{"code":{code},"message":"The number +966501234567 is wrong","more_info":"https://…","status":400}}"#
        )
    }

    #[test]
    fn a_code_says_what_is_refused_and_else_the_status() {
        for (status, body, reason, code) in [
            (400, said(21610), Reason::OptedOut, Some(21610)),
            (400, said(21211), Reason::Number, Some(21211)),
            (400, said(21614), Reason::Number, Some(21614)),
            (403, said(21408), Reason::Country, Some(21408)),
            (400, said(99999), Reason::Invalid, Some(99999)),
            (401, said(20003), Reason::KeyRefused, Some(20003)),
            (401, String::new(), Reason::KeyRefused, None),
            (404, said(20404), Reason::Missing, Some(20404)),
            (404, "rubbish".to_owned(), Reason::Missing, None),
            (400, r#"{"code":"21610"}"#.to_owned(), Reason::Invalid, None),
        ] {
            let failure = answered(status, &body, None);
            assert_eq!(failure, Failure::Refused(Refusal { reason, status, code }), "{status} {body}");
            assert!(!format!("{failure:?}").contains("966"), "what was sent is not repeated");
        }
    }

    #[test]
    fn only_what_surely_came_to_nothing_is_for_later() {
        for status in [408, 429, 500, 503] {
            assert_eq!(answered(status, "", None), Failure::Later(PAUSE), "{status}");
        }
        for code in FOR_LATER {
            assert_eq!(answered(400, &said(code), None), Failure::Later(PAUSE), "{code}");
        }
        for status in [302, 502, 504] {
            assert_eq!(answered(status, &said(21610), None), Failure::Unknown, "{status}");
        }
        assert_eq!(Failure::from(Silence::NotSent), Failure::Later(PAUSE));
        assert_eq!(Failure::from(Silence::Unknown), Failure::Unknown);
    }

    #[test]
    fn nobody_asks_again_before_they_may() {
        assert_eq!(answered(429, &said(20429), Some("7")), Failure::Later(Duration::from_secs(7)));
        assert_eq!(answered(429, "", Some("86400")), Failure::Later(LONGEST_PAUSE));
        assert_eq!(answered(429, "", Some("0")), Failure::Later(Duration::from_secs(1)));
    }

    #[test]
    fn every_code_is_named_once() {
        let refusals: BTreeSet<u32> = REFUSALS.iter().map(|(code, _)| *code).chain(FOR_LATER).collect();
        assert_eq!(refusals.len(), REFUSALS.len() + FOR_LATER.len());
        let delivery: BTreeSet<u32> = DELIVERY.iter().map(|(code, _)| *code).collect();
        assert_eq!(delivery.len(), DELIVERY.len());
        assert_eq!(Undelivered::of(30003), Undelivered::Passing);
        assert_eq!((Undelivered::of(30005), Undelivered::of(30006)), (Undelivered::Number, Undelivered::Number));
        assert_eq!((Undelivered::of(30007), Undelivered::of(1)), (Undelivered::Filtered, Undelivered::Unexplained));
    }
}
