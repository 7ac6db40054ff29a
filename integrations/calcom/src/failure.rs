//! What can go wrong between us and Cal.com, by what is to be done about it.

use std::time::Duration;

use platform::egress::{Answer, Silence};
use serde::Deserialize;

/// How long nobody asks again when Cal.com does not say: its own pause.
const PAUSE: Duration = Duration::from_secs(60);
/// Nobody waits longer than this, whatever the answer says.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// Why a call did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The time is taken there, or nobody works then.
    Taken,
    /// The time is too soon, too far ahead, or past, by the rules of the event type.
    OutOfBounds,
    /// There is no such event type or booking.
    Missing,
    /// The key does not serve.
    KeyRefused,
    /// Too many requests; ask again after this long.
    Limited(Duration),
    /// The request is not taken, for another reason. Nothing came of it.
    Refused,
    /// There was no connection. Nothing came of it.
    Unreachable,
    /// The request was sent, and whether something came of it is unknown: no answer, a broken one, or a fault over there.
    Unknown,
}

impl Failure {
    /// A stable word for it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::OutOfBounds => "out_of_bounds",
            Self::Missing => "missing",
            Self::KeyRefused => "key_refused",
            Self::Limited(_) => "rate_limited",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Unknown => "unknown",
        }
    }

    /// From an answer that is not a success. A taken slot is 400, known by its message alone; a full seated one 409; a slot
    /// that cannot be reserved 422.
    pub(crate) fn of(answer: &Answer) -> Self {
        match answer.status.as_u16() {
            400 | 409 | 422 => Self::of_message(answer.status.as_u16(), &message(&answer.body)),
            401 | 403 | 498 => Self::KeyRefused,
            404 => Self::Missing,
            429 => Self::Limited(pause(answer)),
            402..=499 => Self::Refused,
            // a redirect is no answer either
            _ => Self::Unknown,
        }
    }

    fn of_message(status: u16, message: &str) -> Self {
        let begins = |starts: &[&str]| starts.iter().any(|start| message.starts_with(start));
        if begins(TAKEN) || status == 409 || status == 422 {
            Self::Taken
        } else if begins(OUT_OF_BOUNDS) {
            Self::OutOfBounds
        } else {
            Self::Refused
        }
    }
}

impl From<Silence> for Failure {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::NotSent => Self::Unreachable,
            Silence::Unknown => Self::Unknown,
        }
    }
}

/// How messages of a taken slot begin (`ErrorsBookingsService` of Cal.com's API v2).
const TAKEN: &[&str] = &[
    "User either already has booking at this time",
    "One of the hosts either already has booking at this time",
    "no_available_users_found_error",
];

/// And of one that the event type does not give.
const OUT_OF_BOUNDS: &[&str] =
    &["The event type can't be booked at the \"start\" time provided", "Attempting to book a meeting in the past"];

#[derive(Deserialize)]
struct Body {
    error: Option<Detail>,
    message: Option<String>,
}

#[derive(Deserialize)]
struct Detail {
    message: Option<String>,
}

fn message(body: &[u8]) -> String {
    let body = serde_json::from_slice::<Body>(body).unwrap_or(Body { error: None, message: None });
    body.error.and_then(|error| error.message).or(body.message).unwrap_or_default()
}

/// From headers whose names end with the limit's: `X-RateLimit-Reset-Default`, in seconds; `Retry-After` otherwise.
fn pause(answer: &Answer) -> Duration {
    let seconds = |name: &str| {
        let headers = answer.headers.iter();
        headers
            .filter(|(header, _)| header.as_str().starts_with(name))
            .filter_map(|(_, value)| value.to_str().ok()?.trim().parse::<u64>().ok())
            .max()
    };
    let asked = seconds("retry-after").or_else(|| seconds("x-ratelimit-reset"));
    asked.map_or(PAUSE, Duration::from_secs).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, body: &str, headers: &[(&'static str, &str)]) -> Failure {
        Failure::of(&peers::answer(status, body, headers))
    }

    #[test]
    fn a_status_and_how_the_message_begins_say_what_to_do() {
        let said = |text: &str| format!(r#"{{"status":"error","error":{{"code":"x","message":{text:?}}}}}"#);
        let taken = said("User either already has booking at this time or is not available");
        let soon = said("The event type can't be booked at the \"start\" time provided. This could be because");
        for (status, body, failure) in [
            (400, taken.as_str(), Failure::Taken),
            (400, &soon, Failure::OutOfBounds),
            (400, &said("attendee.email must be an email"), Failure::Refused),
            (400, "rubbish", Failure::Refused),
            (409, "", Failure::Taken),
            (422, &said("Slot is already booked"), Failure::Taken),
            (401, &said("Invalid API Key"), Failure::KeyRefused),
            (498, "", Failure::KeyRefused),
            (404, "", Failure::Missing),
            (302, "", Failure::Unknown),
            (500, "", Failure::Unknown),
            (503, "", Failure::Unknown),
        ] {
            assert_eq!(answered(status, body, &[]), failure, "{status} {body}");
        }
    }

    #[test]
    fn nobody_asks_again_before_they_may() {
        let limited = |headers: &[(&'static str, &str)]| answered(429, "", headers);
        assert_eq!(limited(&[("x-ratelimit-reset-default", "17")]), Failure::Limited(Duration::from_secs(17)));
        assert_eq!(limited(&[("retry-after", "5")]), Failure::Limited(Duration::from_secs(5)));
        assert_eq!(limited(&[]), Failure::Limited(PAUSE));
        assert_eq!(limited(&[("retry-after", "86400")]), Failure::Limited(LONGEST_PAUSE));
        assert_eq!(limited(&[("retry-after", "soon")]), Failure::Limited(PAUSE));
    }
}
