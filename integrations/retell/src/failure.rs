//! What can go wrong between us and Retell, by what is to be done about it.

use platform::egress::{self, Answer};

/// Why a request did not succeed. After [`egress::Failure::Unknown`] nobody dials again before they have looked.
pub type Failure = egress::Failure<Refusal>;

/// What was refused. What Retell's message says is left there: it repeats what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why, in our words.
    pub reason: Reason,
    /// The status of the answer.
    pub status: u16,
}

/// Why something is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The key does not serve.
    KeyRefused,
    /// The key may not do this.
    Forbidden,
    /// The account has no credit left.
    OutOfCredits,
    /// There is no such call, agent or number.
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
    Failure::of(answer, answer.retry_after(), |status| {
        let reason = match status {
            401 => Reason::KeyRefused,
            402 => Reason::OutOfCredits,
            403 => Reason::Forbidden,
            404 => Reason::Missing,
            _ => Reason::Invalid,
        };
        Refusal { reason, status }
    })
}

/// From an answer to what must not happen twice. A fault of Retell's own may have come when somebody's telephone rang
/// already, so that nothing is known of the call.
pub(crate) fn of_beginning(answer: &Answer) -> Failure {
    if answer.status.is_server_error() { Failure::Unknown } else { of(answer) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const BODY: &str = r#"{"status":"error","message":"+966501234567 is not a number"}"#;

    #[test]
    fn a_status_says_what_is_refused_and_never_what_was_sent() {
        for (status, reason) in [
            (400, Reason::Invalid),
            (401, Reason::KeyRefused),
            (402, Reason::OutOfCredits),
            (403, Reason::Forbidden),
            (404, Reason::Missing),
            (412, Reason::Invalid),
            (422, Reason::Invalid),
        ] {
            let failure = of(&peers::answer(status, BODY, &[]));
            assert_eq!(failure, Failure::Refused(Refusal { reason, status }), "{status}");
            assert!(!format!("{failure:?}").contains("966"));
            assert_eq!(of_beginning(&peers::answer(status, BODY, &[])), failure);
        }
    }

    #[test]
    fn a_fault_over_there_is_for_later_unless_a_telephone_may_have_rung() {
        for status in [500, 503] {
            assert!(matches!(of(&peers::answer(status, "", &[])), Failure::Later(_)), "{status}");
            assert_eq!(of_beginning(&peers::answer(status, "", &[])), Failure::Unknown, "{status}");
        }
        let limited = peers::answer(429, "", &[("retry-after", "7")]);
        assert_eq!(of_beginning(&limited), Failure::Later(Duration::from_secs(7)));
        for status in [302, 502, 504] {
            assert_eq!(of(&peers::answer(status, "", &[])), Failure::Unknown, "{status}");
        }
    }
}
