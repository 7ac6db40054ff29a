//! When a schedule's turn comes: a local time of the practice on days of its calendar. A time that clocks skip comes as
//! much later as they are put forward, one that they show twice comes the first time (RFC 5545 §3.3.5).

use jiff::civil::{self, Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::definition::{Every, Weekday};

/// Days that are looked at until a turn is found: more than a month of any kind.
const LOOK_AHEAD: usize = 64;

/// A schedule, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recurrence {
    /// How often.
    pub every: Every,
    /// The local time.
    pub at: Time,
    /// Days of the week; for [`Every::Week`].
    pub weekdays: Vec<Weekday>,
    /// Day of the month; for [`Every::Month`].
    pub day: i8,
}

/// `09:00`
pub fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

impl Recurrence {
    /// Reads a trigger of a schedule.
    pub fn read(every: Every, at: &str, weekdays: &[Weekday], day: Option<i8>) -> Option<Self> {
        Some(Self { every, at: time_of_day(at)?, weekdays: weekdays.to_vec(), day: day.unwrap_or(1) })
    }

    /// The first turn behind an instant.
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        // a day earlier: what clocks skipped on it may come on the next one
        let mut date = after.to_zoned(zone.clone()).date().yesterday().ok()?;
        for _ in 0..LOOK_AHEAD {
            if self.has(date) {
                let turn = date.to_datetime(self.at).to_zoned(zone.clone()).ok()?.timestamp();
                if turn > after {
                    return Some(turn);
                }
            }
            date = date.checked_add(1.day()).ok()?;
        }
        None
    }

    /// The turns in `(after, until]`, at most so many.
    pub fn between(&self, after: Timestamp, until: Timestamp, zone: &TimeZone, most: usize) -> Vec<Timestamp> {
        let mut turns = Vec::new();
        let mut last = after;
        while turns.len() < most {
            match self.next(last, zone) {
                Some(turn) if turn <= until => {
                    turns.push(turn);
                    last = turn;
                }
                _ => break,
            }
        }
        turns
    }

    fn has(&self, date: Date) -> bool {
        match self.every {
            Every::Day => true,
            Every::Week => self.weekdays.iter().any(|day| weekday(*day) == date.weekday()),
            Every::Month => date.day() == self.day.min(date.days_in_month()),
        }
    }
}

fn weekday(day: Weekday) -> civil::Weekday {
    match day {
        Weekday::Mon => civil::Weekday::Monday,
        Weekday::Tue => civil::Weekday::Tuesday,
        Weekday::Wed => civil::Weekday::Wednesday,
        Weekday::Thu => civil::Weekday::Thursday,
        Weekday::Fri => civil::Weekday::Friday,
        Weekday::Sat => civil::Weekday::Saturday,
        Weekday::Sun => civil::Weekday::Sunday,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The oracle: the wall clock, minute by minute. A turn comes when it first shows the time on a day, or, on a day on
    /// which clocks skip it, as many minutes behind the jump as the time lies behind its beginning.
    fn walk(recurrence: &Recurrence, from: Timestamp, minutes: i64, zone: &TimeZone) -> Vec<Timestamp> {
        let (mut turns, mut seen) = (Vec::new(), std::collections::BTreeSet::new());
        let minute = |n: i64| Timestamp::from_second(from.as_second() + 60 * n).expect("in range");
        let local = |at: Timestamp| zone.to_datetime(at);
        for n in -3000..=minutes {
            let (before, now) = (local(minute(n - 1)), local(minute(n)));
            let date = now.date();
            let wanted = date.to_datetime(recurrence.at);
            let skipped = before < wanted && wanted < now && (now.duration_since(before).as_secs() > 60);
            let late = if skipped { wanted.duration_since(before).as_secs() / 60 - 1 } else { 0 };
            if (now == wanted || skipped)
                && recurrence.has(date)
                && seen.insert(date)
                && n + late > 0
                && n + late <= minutes
            {
                turns.push(minute(n + late));
            }
        }
        turns
    }

    const ZONES: [&str; 6] = [
        "Asia/Riyadh",
        "America/New_York",
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
        "Africa/Cairo",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
        #[test]
        fn turns_are_those_of_the_wall_clock(
            zone in 0..ZONES.len(), hour in 0i8..24, minute in 0i8..60, kind in 0..3_usize, day in 1i8..=31,
            year in 2015i64..2036, change in 0..4_usize, offset in 0i64..4000,
        ) {
            let zone = TimeZone::get(ZONES[zone]).expect("a zone");
            let begin = Timestamp::from_second((year - 1970) * 31_556_952).expect("in range");
            // near a change of clocks, where there is one
            let change = zone.following(begin).nth(change).map_or(begin, |change| change.timestamp());
            let from = Timestamp::from_second(change.as_second() / 60 * 60 - 60 * offset).expect("in range");
            let every = [Every::Day, Every::Week, Every::Month][kind];
            let at = Time::new(hour, minute, 0, 0).expect("a time");
            let recurrence = Recurrence { every, at, weekdays: vec![Weekday::Sun, Weekday::Wed], day };
            let until = Timestamp::from_second(from.as_second() + 60 * 6000).expect("in range");
            prop_assert_eq!(recurrence.between(from, until, &zone, 100), walk(&recurrence, from, 6000, &zone));
        }
    }

    #[test]
    fn times_of_day_are_four_digits() {
        assert!(time_of_day("09:00").is_some());
        for bad in ["9:00", "24:00", "09:60", "0900", "+9:00", "09:00:00", ""] {
            assert!(time_of_day(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_month_without_the_day_has_its_last_one() {
        let recurrence = Recurrence::read(Every::Month, "08:00", &[], Some(31)).expect("reads");
        let from = "2026-01-31T06:00:00Z".parse().expect("an instant");
        let next = recurrence.next(from, &TimeZone::get("Asia/Riyadh").expect("a zone")).expect("a turn");
        assert_eq!(next.to_string(), "2026-02-28T05:00:00Z");
    }
}
