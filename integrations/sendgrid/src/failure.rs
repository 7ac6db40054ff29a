//! What can go wrong between us and SendGrid, by what is to be done about it.

use std::time::Duration;

use platform::egress::{self, Answer};
use serde::Deserialize;

/// Why a call did not succeed. After [`egress::Failure::Unknown`] a mail must not be sent again unless somebody says so.
pub type Failure = egress::Failure<Refusal>;

/// What was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why, in our words.
    pub reason: Reason,
    /// The status of the answer.
    pub status: u16,
    /// The field at fault in SendGrid's words, such as `personalizations.0.to.0.email`. What its message says is left there:
    /// it repeats what was sent.
    pub field: Option<String>,
}

/// Why something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The key does not serve.
    KeyRefused,
    /// The key may not do this.
    Forbidden,
    /// The account's plan has no mails left.
    OutOfCredits,
    /// The address of the recipient is none.
    Recipient,
    /// The sender is not one that the account has proved to be its own.
    Sender,
    /// The mail is too large.
    TooLarge,
    /// There is no such thing.
    Missing,
    /// Something else about the request.
    Invalid,
}

impl Reason {
    /// A stable word for it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::KeyRefused => "key_refused",
            Self::Forbidden => "forbidden",
            Self::OutOfCredits => "out_of_credits",
            Self::Recipient => "recipient_refused",
            Self::Sender => "sender_refused",
            Self::TooLarge => "too_large",
            Self::Missing => "missing",
            Self::Invalid => "invalid",
        }
    }
}

impl egress::Refusal for Refusal {
    fn code(&self) -> &'static str {
        self.reason.code()
    }
}

/// From an answer that is not a success.
pub(crate) fn of(answer: &Answer) -> Failure {
    Failure::of(answer, pause(answer), |status| Refusal::of(status, &answer.body))
}

#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    errors: Vec<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    field: Option<String>,
}

impl Refusal {
    fn of(status: u16, body: &[u8]) -> Self {
        let errors = serde_json::from_slice::<Body>(body).unwrap_or_default().errors;
        let field = errors.iter().filter_map(|error| error.field.as_deref()).find_map(path);
        let said = errors.iter().filter_map(|error| error.message.as_deref());
        let reason = match status {
            401 if said.into_iter().any(|message| message.starts_with(NO_CREDITS)) => Reason::OutOfCredits,
            401 => Reason::KeyRefused,
            404 => Reason::Missing,
            413 => Reason::TooLarge,
            400 | 403 if is_of(&field, "from") => Reason::Sender,
            403 => Reason::Forbidden,
            400 if field.as_deref().is_some_and(is_recipient) => Reason::Recipient,
            _ => Reason::Invalid,
        };
        Self { reason, status, field }
    }
}

/// How a 401 begins that is not about the key (<https://github.com/sendgrid/sendgrid-nodejs/issues/1032>).
const NO_CREDITS: &str = "Maximum credits exceeded";

/// Words that paths of fields consist of, besides numbers: those that a mail has.
const WORDS: [&str; 22] = [
    "personalizations",
    "to",
    "from",
    "reply_to",
    "email",
    "name",
    "subject",
    "content",
    "type",
    "value",
    "attachments",
    "filename",
    "disposition",
    "headers",
    "custom_args",
    "mail_settings",
    "sandbox_mode",
    "tracking_settings",
    "click_tracking",
    "open_tracking",
    "subscription_tracking",
    "enabled",
];

/// A path of a field, when it is nothing but that: whatever else might stand there could be what was sent.
fn path(field: &str) -> Option<String> {
    let known = |word: &str| WORDS.contains(&word) || word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    (!field.is_empty() && field.split('.').all(known)).then(|| field.to_owned())
}

fn is_of(field: &Option<String>, word: &str) -> bool {
    field.as_deref().is_some_and(|field| field.split('.').next() == Some(word))
}

fn is_recipient(field: &str) -> bool {
    let mut words = field.split('.');
    words.next() == Some("personalizations") && words.any(|word| word == "to")
}

/// `Retry-After`, or else `X-RateLimit-Reset`, which is an instant in seconds and counted from the answer's own date
/// (<https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/rate-limits>).
fn pause(answer: &Answer) -> Option<Duration> {
    let reset = || {
        let until: i64 = answer.headers.get("x-ratelimit-reset")?.to_str().ok()?.trim().parse().ok()?;
        u64::try_from(until.checked_sub(answer.date()?.as_second())?).ok().map(Duration::from_secs)
    };
    answer.retry_after().or_else(reset)
}

#[cfg(test)]
mod tests {
    use platform::egress::Silence;

    use super::*;

    const PAUSE: Duration = Duration::from_secs(60);
    const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

    fn answered(status: u16, body: &str, headers: &[(&'static str, &str)]) -> Failure {
        of(&peers::answer(status, body, headers))
    }

    fn said(message: &str, field: &str) -> String {
        format!(r#"{{"errors":[{{"message":{message:?},"field":{field:?},"help":{{}}}}]}}"#)
    }

    #[test]
    fn status_and_field_say_what_is_refused() {
        let to = "personalizations.0.to.0.email";
        for (status, body, reason, field) in [
            (400, said("Does not contain a valid address.", to), Reason::Recipient, Some(to)),
            (400, said("Does not contain a valid address.", "from.email"), Reason::Sender, Some("from.email")),
            (400, said("invalid request", "null"), Reason::Invalid, None),
            (400, said("noura@example.com is wrong", "noura@example.com"), Reason::Invalid, None),
            (400, said("too many", "personalizations.1234567890.to"), Reason::Invalid, None),
            (400, "rubbish".to_owned(), Reason::Invalid, None),
            (401, said("authorization required", "null"), Reason::KeyRefused, None),
            (
                401,
                r#"{"errors":[{"message":"Maximum credits exceeded","field":null}]}"#.to_owned(),
                Reason::OutOfCredits,
                None,
            ),
            (403, said("access forbidden", "null"), Reason::Forbidden, None),
            (403, said("The from address does not match", "from"), Reason::Sender, Some("from")),
            (404, said("not found", "null"), Reason::Missing, None),
            (405, said("method not allowed", "null"), Reason::Invalid, None),
            (413, said("content too large", "null"), Reason::TooLarge, None),
        ] {
            let refusal = Refusal { reason, status, field: field.map(str::to_owned) };
            assert_eq!(answered(status, &body, &[]), Failure::Refused(refusal), "{status} {body}");
        }
    }

    #[test]
    fn what_is_said_of_a_refusal_never_holds_what_was_sent() {
        let failure = answered(400, &said("noura@example.com is not valid", "to.noura@example.com"), &[]);
        assert!(!format!("{failure:?}").contains("noura"), "{failure:?}");
    }

    #[test]
    fn only_what_surely_came_to_nothing_is_for_later() {
        for status in [408, 429, 500, 503, 529] {
            assert_eq!(answered(status, "", &[]), Failure::Later(PAUSE), "{status}");
        }
        for status in [301, 302, 502, 504] {
            assert_eq!(answered(status, "", &[]), Failure::Unknown, "{status}");
        }
        assert_eq!(Failure::from(Silence::NotSent), Failure::Later(PAUSE));
        assert_eq!(Failure::from(Silence::Unknown), Failure::Unknown);
    }

    #[test]
    fn nobody_asks_again_before_they_may() {
        let limited = |headers: &[(&'static str, &str)]| match answered(429, "", headers) {
            Failure::Later(pause) => pause.as_secs(),
            failure => panic!("{failure:?}"),
        };
        // 1392815263 is 13:07:43 of that day
        let date = ("date", "Wed, 19 Feb 2014 13:07:26 GMT");
        assert_eq!(limited(&[("retry-after", "5"), date, ("x-ratelimit-reset", "1392815263")]), 5);
        assert_eq!(limited(&[date, ("x-ratelimit-reset", "1392815263")]), 17);
        assert_eq!(limited(&[("x-ratelimit-reset", "1392815263")]), PAUSE.as_secs(), "counted from what?");
        assert_eq!(limited(&[date, ("x-ratelimit-reset", "-9223372036854775808")]), PAUSE.as_secs());
        assert_eq!(limited(&[("retry-after", "86400")]), LONGEST_PAUSE.as_secs());
        assert_eq!(limited(&[("retry-after", "0")]), 1, "nor at once, over and over");
    }
}
