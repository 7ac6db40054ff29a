//! What the refusals of services outside mean to whoever holds a line. Their words stay there: they repeat what was sent.

use std::time::Duration;

use platform::egress::Answer;
use speech::Trouble;

/// Nobody is told to wait longer than this, whatever an answer says.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// From an answer over HTTP that is no success.
#[must_use]
pub fn of(answer: &Answer) -> Trouble {
    of_status(answer.status.as_u16(), answer.retry_after())
}

/// From a status (RFC 9110, 15; 429: RFC 6585, 4), and how long the other side wants to be left alone.
#[must_use]
pub fn of_status(status: u16, after: Option<Duration>) -> Trouble {
    let code = match status {
        401 | 403 => "auth",
        408 => "timeout",
        429 => "rate_limited",
        400..=499 => "refused",
        500..=599 => "unavailable",
        // neither a redirect nor a success that should have been another one
        _ => "protocol",
    };
    let trouble = Trouble::new(code);
    Trouble { after: after.filter(|_| trouble.is_transient).map(|after| after.min(LONGEST_PAUSE)), ..trouble }
}

/// From the code with which a WebSocket was closed, if there was one (RFC 6455, 7.4.1, and the registry of IANA that it
/// begins).
#[must_use]
pub fn of_close(code: Option<u16>) -> Trouble {
    Trouble::new(match code {
        Some(1002 | 1003 | 1007 | 1009 | 1010) => "protocol",
        // policy violation: what a service says of a request that it does not take
        Some(1008) => "refused",
        // unauthorized, forbidden
        Some(3000 | 3003) => "auth",
        // timeout
        Some(3008) => "timeout",
        _ => "unavailable",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_whether_to_try_again() {
        let told = |status| {
            let trouble = of_status(status, Some(Duration::from_secs(7)));
            (trouble.code, trouble.is_transient, trouble.after.map(|after| after.as_secs()))
        };
        assert_eq!(told(401), ("auth", false, None));
        assert_eq!(told(403), ("auth", false, None));
        assert_eq!(told(400), ("refused", false, None));
        assert_eq!(told(402), ("refused", false, None));
        assert_eq!(told(408), ("timeout", true, Some(7)));
        assert_eq!(told(429), ("rate_limited", true, Some(7)));
        assert_eq!(told(503), ("unavailable", true, Some(7)));
        assert_eq!(told(302), ("protocol", false, None));
        assert_eq!(of_status(429, Some(Duration::from_secs(99_999))).after, Some(LONGEST_PAUSE));
        assert_eq!(of(&peers::answer(429, "words", &[("retry-after", "3")])).after, Some(Duration::from_secs(3)));
    }

    #[test]
    fn a_close_says_why() {
        for (code, trouble) in [
            (None, "unavailable"),
            (Some(1000), "unavailable"),
            (Some(1006), "unavailable"),
            (Some(1011), "unavailable"),
            (Some(1007), "protocol"),
            (Some(1008), "refused"),
            (Some(3000), "auth"),
            (Some(3008), "timeout"),
            (Some(4999), "unavailable"),
        ] {
            assert_eq!(of_close(code), Trouble::new(trouble), "{code:?}");
        }
    }
}
