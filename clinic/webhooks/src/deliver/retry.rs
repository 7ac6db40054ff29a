//! What follows from a call: the delivery is done, is tried again after a while, or is given up. A pure function.

use std::time::Duration;

use crate::call::Outcome;

/// Seconds between tries, as Standard Webhooks suggests ("Deliverability and reliability"): ten tries within four days.
pub const WAITS: [u64; 9] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

/// Statuses that say when to come back rather than that something is wrong.
const LATER: [u16; 2] = [429, 503];

/// What follows from a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was taken.
    Taken,
    /// It is tried again after this; meanwhile nothing of its lane is sent.
    Again(Duration),
    /// It was the last try: it is set aside, and the lane goes on.
    GivenUp,
}

/// What is written down of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What follows for the delivery.
    pub fate: Fate,
    /// Status of the answer.
    pub status: Option<u16>,
    /// A stable word for what was wrong.
    pub error: Option<&'static str>,
    /// The receiver wants to be left alone altogether, for this long.
    pub quiet: Option<Duration>,
    /// The receiver says that it is gone for good (410).
    pub gone: bool,
}

/// Judges a call, the `tries`th, counted from one. `chance`, between 0 and 1, keeps those that failed together from coming
/// back together: up to a fifth is added to each wait.
///
/// Everything but a success is tried again: what a receiver refuses today it may take tomorrow, when its owner has mended it.
pub fn judge(outcome: &Outcome, tries: usize, chance: f64) -> Verdict {
    let (status, error, asked) = match outcome {
        Outcome::Answered { status, .. } if (200..300).contains(status) => {
            return Verdict { fate: Fate::Taken, status: Some(*status), error: None, quiet: None, gone: false };
        }
        Outcome::Answered { status, retry_after, .. } => (Some(*status), "status", *retry_after),
        Outcome::Refused(refusal) => (None, refusal.code(), None),
        Outcome::Silent { why, .. } => (None, *why, None),
    };
    let fate = match tries.checked_sub(1).and_then(|failed| WAITS.get(failed)) {
        Some(seconds) => {
            let wait = Duration::from_secs(*seconds).mul_f64(1.0 + chance.clamp(0.0, 1.0) / 5.0);
            Fate::Again(wait.max(asked.unwrap_or_default()))
        }
        None => Fate::GivenUp,
    };
    let quiet = asked.filter(|_| status.is_some_and(|status| LATER.contains(&status)));
    Verdict { fate, status, error: Some(error), quiet, gone: status == Some(410) }
}

#[cfg(test)]
mod tests {
    use platform::egress::Silence;
    use platform::public_egress::Refusal;
    use proptest::prelude::*;

    use super::*;

    fn answered(status: u16, retry_after: Option<u64>) -> Outcome {
        Outcome::Answered { status, json: None, retry_after: retry_after.map(Duration::from_secs) }
    }

    #[test]
    fn each_outcome_has_its_word() {
        let silent = Outcome::Silent { silence: Silence::Unknown, why: "timeout" };
        let cases = [
            (answered(200, None), Some(200), None, false),
            (answered(204, Some(60)), Some(204), None, false),
            (answered(302, None), Some(302), Some("status"), false),
            (answered(400, None), Some(400), Some("status"), false),
            (answered(410, None), Some(410), Some("status"), true),
            (answered(500, None), Some(500), Some("status"), false),
            (silent, None, Some("timeout"), false),
            (Outcome::Refused(Refusal::NotPublic), None, Some("not_public"), false),
        ];
        for (outcome, status, error, gone) in cases {
            let verdict = judge(&outcome, 1, 0.0);
            assert_eq!((verdict.status, verdict.error, verdict.gone), (status, error, gone), "{outcome:?}");
            let wait = Fate::Again(Duration::from_secs(5));
            assert_eq!(verdict.fate, if error.is_none() { Fate::Taken } else { wait });
        }
    }

    #[test]
    fn only_who_asks_for_quiet_gets_it() {
        for (status, quiet) in [(429, Some(60)), (503, Some(60)), (500, None), (400, None), (200, None)] {
            let told = judge(&answered(status, Some(60)), 1, 0.0).quiet;
            assert_eq!(told.map(|quiet| quiet.as_secs()), quiet, "{status}");
        }
        assert_eq!(judge(&answered(429, None), 1, 0.0).quiet, None);
    }

    proptest! {
        #[test]
        fn ten_tries_each_later_than_the_one_before(status in prop_oneof![Just(500u16), Just(404), Just(301)], chance in 0.0..1.0f64, asked in proptest::option::of(0u64..86_400)) {
            let mut before = Duration::ZERO;
            for tries in 1..=9 {
                let Fate::Again(wait) = judge(&answered(status, asked), tries, chance).fate else { panic!("given up at {tries}") };
                let usual = Duration::from_secs(WAITS[tries - 1]);
                prop_assert!(wait >= usual && wait >= Duration::from_secs(asked.unwrap_or(0)) && wait >= before);
                prop_assert!(wait <= usual.mul_f64(1.2).max(Duration::from_secs(asked.unwrap_or(0))));
                before = wait;
            }
            prop_assert_eq!(judge(&answered(status, asked), 10, chance).fate, Fate::GivenUp);
        }
    }
}
