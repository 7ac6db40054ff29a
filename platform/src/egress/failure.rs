//! Why a call that must not happen twice did not succeed, by what is to be done about it.

use std::time::Duration;

use super::{Answer, Silence};

/// How long nobody asks again when the other side does not say.
const PAUSE: Duration = Duration::from_secs(60);
/// Nobody waits longer than this, whatever the answer says.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// Why a call did not succeed; `R` is what its service refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure<R> {
    /// It is not taken, and will not be as it is. Nothing came of it.
    Refused(R),
    /// Nothing came of it yet: there was no connection, there are too many requests, or the other side says that it has a
    /// fault. Ask again after this long.
    Later(Duration),
    /// The request was sent, and whether something came of it is unknown: no answer, a broken one, or one of a machine
    /// between us that had none (502, 504).
    Unknown,
}

/// What a service refuses.
pub trait Refusal {
    /// A stable word for why.
    fn code(&self) -> &'static str;
}

impl<R: Refusal> Failure<R> {
    /// A stable word for it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Later(_) => "later",
            Self::Unknown => "unknown",
        }
    }
}

impl<R> Failure<R> {
    /// There was no connection.
    #[must_use]
    pub fn unreached() -> Self {
        Self::later(None)
    }

    /// For later: after as long as was asked for, within bounds.
    #[must_use]
    pub fn later(asked: Option<Duration>) -> Self {
        Self::Later(asked.unwrap_or(PAUSE).clamp(Duration::from_secs(1), LONGEST_PAUSE))
    }

    /// From an answer that is not a success: how long it asks to be left alone, and what its status refuses.
    pub fn of(answer: &Answer, asked: Option<Duration>, refusal: impl FnOnce(u16) -> R) -> Self {
        match answer.status.as_u16() {
            408 | 429 => Self::later(asked),
            // RFC 9110, 15.6.3 and 15.6.5: a gateway was not answered by whoever it asked, who may have done it
            502 | 504 => Self::Unknown,
            500..=599 => Self::later(asked),
            status @ 400..=499 => Self::Refused(refusal(status)),
            // a redirect is no answer either
            _ => Self::Unknown,
        }
    }
}

impl<R> From<Silence> for Failure<R> {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::NotSent => Self::unreached(),
            Silence::Unknown => Self::Unknown,
        }
    }
}
