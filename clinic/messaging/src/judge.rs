//! Whether a message may go out now: one pure function of what is known, so that a preview, the queue and the moment of
//! sending say the same.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a message is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[schema(as = MessagePurpose)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Purpose {
    /// The patient's own care: visits, instructions, answers.
    #[default]
    Transactional,
    /// Anything that the practice would like them to do.
    Marketing,
}

/// Why an address gets nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[schema(as = SuppressionReason)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Suppressed {
    /// Mails to it come back.
    Bounce,
    /// Somebody there said that it was unwanted.
    Complaint,
    /// They have unsubscribed.
    Unsubscribe,
    /// They have answered STOP.
    Stop,
    /// Somebody of the practice entered it.
    ByHand,
}

/// Why a message does not go out, or not yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MessageHindrance)]
pub enum Hindrance {
    /// Nobody of the practice's.
    Unknown,
    /// The patient was deleted.
    Deleted,
    /// The patient has died.
    Deceased,
    /// There is no address or number.
    NoAddress,
    /// They have said no.
    Refused,
    /// For marketing they must have said yes.
    NotAgreed,
    /// Mails to the address come back.
    Bounced,
    /// Somebody there said that it was unwanted.
    Complained,
    /// They have unsubscribed.
    Unsubscribed,
    /// They have answered STOP.
    Stopped,
    /// Somebody of the practice entered the address among those that get nothing.
    SuppressedByHand,
    /// They got as many today as one gets a day.
    DailyCap,
    /// It is quiet now.
    QuietHours,
}

impl Hindrance {
    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Deleted => "deleted",
            Self::Deceased => "deceased",
            Self::NoAddress => "no_address",
            Self::Refused => "refused",
            Self::NotAgreed => "not_agreed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Unsubscribed => "unsubscribed",
            Self::Stopped => "stopped",
            Self::SuppressedByHand => "suppressed_by_hand",
            Self::DailyCap => "daily_cap",
            Self::QuietHours => "quiet_hours",
        }
    }
}

impl From<Suppressed> for Hindrance {
    fn from(why: Suppressed) -> Self {
        match why {
            Suppressed::Bounce => Self::Bounced,
            Suppressed::Complaint => Self::Complained,
            Suppressed::Unsubscribe => Self::Unsubscribed,
            Suppressed::Stop => Self::Stopped,
            Suppressed::ByHand => Self::SuppressedByHand,
        }
    }
}

/// The part of the day in which nothing goes out by itself, as the practice's clocks show it. The same time twice is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// From this time on,
    pub from: Time,
    /// until this one, which may be on the next day.
    pub until: Time,
}

impl Quiet {
    /// Whether it is quiet at this time of the day.
    #[must_use]
    pub fn covers(self, time: Time) -> bool {
        if self.from <= self.until {
            self.from <= time && time < self.until
        } else {
            self.from <= time || time < self.until
        }
    }

    /// The first instant from `now` on at which it is not quiet: now itself, or the next one at which clocks show the end,
    /// or at which they are set to a time that is not in it.
    #[must_use]
    pub fn over(self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let local = now.to_zoned(zone.clone());
        if !self.covers(local.time()) {
            return now;
        }
        let tomorrow = local.date().checked_add(Span::new().days(1)).ok();
        let ends = [Some(local.date()), tomorrow].into_iter().flatten().flat_map(|day| {
            let end = zone.to_ambiguous_timestamp(day.to_datetime(self.until));
            // shown twice where clocks are set back; where they skip it, neither is right, and their change is
            [end.earlier(), end.later()].into_iter().flatten()
        });
        let changes = zone.following(now).map(|change| change.timestamp()).take(2);
        let is_free = |at: &Timestamp| *at > now && !self.covers(at.to_zoned(zone.clone()).time());
        ends.chain(changes).filter(is_free).min().unwrap_or(now)
    }
}

/// Whoever a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A patient.
    Present,
    /// One who was deleted.
    Deleted,
    /// One who has died.
    Deceased,
    /// An address without a patient: somebody who wrote, or a test by a person.
    Nobody,
    /// A patient who does not exist.
    Unknown,
}

/// Everything that decides.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What it is for.
    pub purpose: Purpose,
    /// Who gets it.
    pub standing: Standing,
    /// Whether there is an address.
    pub has_address: bool,
    /// What they said to this way of writing; none where nobody has asked.
    pub consent: Option<bool>,
    /// Why the address gets nothing any more.
    pub suppressed: Option<Suppressed>,
    /// Messages that they got today by themselves, and how many one gets a day.
    pub today: (i64, i64),
    /// Right after the patient's own act, or sent by a person, who knows what time it is: neither hours nor caps hold.
    pub at_any_hour: bool,
    /// The answer to STOP itself, without which nobody knows that it was heard.
    pub confirms_stop: bool,
    /// The quiet hours.
    pub quiet: Quiet,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may go out.
    Go,
    /// Not before that.
    Wait(Timestamp, Hindrance),
    /// Not at all.
    Never(Hindrance),
}

/// Whether a message may go out now. What forbids it for good is said before what only delays it.
#[must_use]
pub fn judge(facts: &Facts, now: Timestamp, zone: &TimeZone) -> Verdict {
    if let Some(why) = forbidden(facts) {
        return Verdict::Never(why);
    }
    if facts.at_any_hour {
        return Verdict::Go;
    }
    if facts.today.0 >= facts.today.1 {
        return Verdict::Never(Hindrance::DailyCap);
    }
    let free = facts.quiet.over(now, zone);
    if free > now { Verdict::Wait(free, Hindrance::QuietHours) } else { Verdict::Go }
}

fn forbidden(facts: &Facts) -> Option<Hindrance> {
    match facts.standing {
        Standing::Unknown => return Some(Hindrance::Unknown),
        Standing::Deleted => return Some(Hindrance::Deleted),
        Standing::Deceased => return Some(Hindrance::Deceased),
        Standing::Present | Standing::Nobody => {}
    }
    if !facts.has_address {
        return Some(Hindrance::NoAddress);
    }
    if facts.confirms_stop {
        return None;
    }
    if let Some(why) = facts.suppressed {
        return Some(why.into());
    }
    match (facts.consent, facts.purpose) {
        (Some(false), _) => Some(Hindrance::Refused),
        (None, Purpose::Marketing) => Some(Hindrance::NotAgreed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn a_time() -> impl Strategy<Value = Time> {
        (0i8..24, 0i8..60).prop_map(|(hour, minute)| time(hour, minute, 0, 0))
    }

    fn facts() -> impl Strategy<Value = Facts> {
        let standing =
            select(vec![Standing::Present, Standing::Deleted, Standing::Deceased, Standing::Nobody, Standing::Unknown]);
        let why = select(vec![
            None,
            Some(Suppressed::Bounce),
            Some(Suppressed::Complaint),
            Some(Suppressed::Unsubscribe),
            Some(Suppressed::Stop),
            Some(Suppressed::ByHand),
        ]);
        let purpose = select(vec![Purpose::Transactional, Purpose::Marketing]);
        let rest = (any::<bool>(), any::<bool>(), any::<bool>(), (0i64..6, 1i64..6), a_time(), a_time());
        (purpose, standing, select(vec![None, Some(true), Some(false)]), why, rest).prop_map(
            |(
                purpose,
                standing,
                consent,
                suppressed,
                (has_address, at_any_hour, confirms_stop, today, from, until),
            )| Facts {
                purpose,
                standing,
                has_address,
                consent,
                suppressed,
                today,
                at_any_hour,
                confirms_stop,
                quiet: Quiet { from, until },
            },
        )
    }

    /// Minutes around two changes of clocks, one midnight that does not exist, and a plain day.
    fn an_instant() -> impl Strategy<Value = (Timestamp, TimeZone)> {
        let places = vec![
            ("Europe/Berlin", "2027-03-27T12:00:00Z"),
            ("Europe/Berlin", "2027-10-30T12:00:00Z"),
            ("America/Sao_Paulo", "2018-11-03T12:00:00Z"),
            ("Africa/Cairo", "2027-04-29T12:00:00Z"),
            ("Asia/Riyadh", "2027-01-10T12:00:00Z"),
        ];
        (select(places), 0i64..2880).prop_map(|((zone, from), minutes)| {
            let from: Timestamp = from.parse().expect("an instant");
            (from + jiff::SignedDuration::from_mins(minutes), TimeZone::get(zone).expect("a zone"))
        })
    }

    proptest! {
        #[test]
        fn nothing_goes_out_that_was_forbidden(facts in facts(), (now, zone) in an_instant()) {
            if judge(&facts, now, &zone) == Verdict::Go {
                prop_assert!(facts.has_address);
                prop_assert!(matches!(facts.standing, Standing::Present | Standing::Nobody));
                prop_assert!(facts.confirms_stop || facts.suppressed.is_none());
                prop_assert!(facts.confirms_stop || facts.consent != Some(false));
                prop_assert!(facts.confirms_stop || facts.purpose != Purpose::Marketing || facts.consent == Some(true));
                prop_assert!(facts.at_any_hour || facts.today.0 < facts.today.1);
                prop_assert!(facts.at_any_hour || !facts.quiet.covers(now.to_zoned(zone.clone()).time()));
            }
        }

        /// Whoever waits until they were told to gets through, and a reason for never does not depend on the hour.
        #[test]
        fn waiting_helps_and_never_is_never(facts in facts(), (now, zone) in an_instant()) {
            match judge(&facts, now, &zone) {
                Verdict::Wait(until, _) => {
                    prop_assert!(until > now);
                    prop_assert_eq!(judge(&facts, until, &zone), Verdict::Go);
                }
                Verdict::Never(why) => {
                    let later = now + jiff::SignedDuration::from_hours(7);
                    prop_assert_eq!(judge(&facts, later, &zone), Verdict::Never(why));
                }
                Verdict::Go => {}
            }
        }

        /// The oracle walks through the minutes and looks at the clock.
        #[test]
        fn quiet_ends_when_a_walk_through_the_minutes_says(from in a_time(), until in a_time(), (now, zone) in an_instant()) {
            let quiet = Quiet { from, until };
            let shows = |at: Timestamp| at.to_zoned(zone.clone()).time();
            let minutes = |time: Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
            let is_quiet = |at: Timestamp| {
                let (from, until, now) = (minutes(from), minutes(until), minutes(shows(at)));
                let length = (until - from).rem_euclid(1440);
                (now - from).rem_euclid(1440) < length
            };
            let mut at = now;
            while is_quiet(at) {
                at += jiff::SignedDuration::from_mins(1);
            }
            let over = quiet.over(now, &zone);
            prop_assert_eq!(over, at);
        }
    }

    #[test]
    fn reasons_are_the_words_of_the_api() {
        for why in [Hindrance::NoAddress, Hindrance::SuppressedByHand, Hindrance::DailyCap, Hindrance::QuietHours] {
            assert_eq!(serde_json::to_value(why).expect("a word"), why.code());
        }
    }
}
