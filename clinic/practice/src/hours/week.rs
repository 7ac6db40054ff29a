//! A week of opening hours: local times, several intervals a day, breaks are the gaps between them.

use garde::Validate;
use platform::error::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const DAY: i32 = 24 * 60;
/// Intervals of one day; nobody has more breaks.
const MOST_INTERVALS: usize = 12;

/// One day of the week as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Day {
    /// Monday is 1, Sunday is 7 (ISO 8601).
    #[garde(range(min = 1, max = 7))]
    #[schema(minimum = 1, maximum = 7)]
    pub weekday: i8,
    /// When it is open; empty when it is closed.
    #[garde(length(max = MOST_INTERVALS))]
    pub intervals: Vec<Interval>,
}

/// From when until when, local time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// `HH:MM`.
    #[schema(example = "08:00")]
    pub from: String,
    /// `HH:MM`, also `24:00`. Earlier than `from`: it ends on the next day.
    #[schema(example = "12:00")]
    pub to: String,
}

/// A week whose intervals are right: they have a length, and no two share a minute, not even across midnight or across
/// the end of the week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Week(Vec<Slot>);

/// One interval, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Monday is 1.
    pub weekday: i8,
    /// Since midnight, before 24:00.
    pub from: i32,
    /// Since the same midnight; beyond 24:00 when it ends on the next day.
    pub to: i32,
}

impl Slot {
    /// Since the beginning of Monday.
    fn in_week(self) -> i32 {
        (i32::from(self.weekday) - 1) * DAY + self.from
    }
}

impl Week {
    /// Reads a week.
    ///
    /// # Errors
    /// Every fault with its place below `/week`, and what to do.
    pub fn read(days: &[Day]) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut slots: Vec<(Slot, String)> = Vec::new();
        for (i, day) in days.iter().enumerate() {
            if days[..i].iter().any(|other| other.weekday == day.weekday) {
                let text = "This day of the week is there already; put its intervals together.";
                faults.push(FieldError::new(format!("/week/{i}/weekday"), "duplicate", text));
            }
            for (j, interval) in day.intervals.iter().enumerate() {
                let place = format!("/week/{i}/intervals/{j}");
                match slot(day.weekday, interval, &place) {
                    Ok(slot) => slots.push((slot, place)),
                    Err(fault) => faults.push(fault),
                }
            }
        }
        slots.sort_by_key(|(slot, _)| slot.in_week());
        // each against the one that begins next; the last one against the first of the week that follows
        for (i, (slot, place)) in slots.iter().enumerate() {
            let (next, _) = &slots[(i + 1) % slots.len()];
            let wrap = if i + 1 == slots.len() { 7 * DAY } else { 0 };
            let free = next.in_week() + wrap - slot.in_week();
            if slot.to - slot.from > free {
                let text =
                    format!("This runs into the interval from {}: end it by then, or join the two.", clock(next.from));
                faults.push(FieldError::new(format!("{place}/to"), "overlap", text));
            }
        }
        if faults.is_empty() { Ok(Self(slots.into_iter().map(|(slot, _)| slot).collect())) } else { Err(faults) }
    }

    /// All seven days in order, as they travel.
    #[must_use]
    pub fn days(&self) -> Vec<Day> {
        let day = |weekday| Day { weekday, intervals: self.on(weekday).map(interval).collect() };
        (1..=7).map(day).collect()
    }

    /// What begins on a day of the week, in order.
    pub fn on(&self, weekday: i8) -> impl Iterator<Item = Slot> {
        self.0.iter().copied().filter(move |slot| slot.weekday == weekday)
    }
}

fn slot(weekday: i8, interval: &Interval, place: &str) -> Result<Slot, FieldError> {
    let from = minutes(&interval.from).filter(|from| *from < DAY).ok_or_else(|| {
        FieldError::new(format!("{place}/from"), "invalid_time", "Use hours and minutes from 00:00 to 23:59.")
    })?;
    let to = minutes(&interval.to).ok_or_else(|| {
        FieldError::new(format!("{place}/to"), "invalid_time", "Use hours and minutes from 00:00 to 24:00.")
    })?;
    if from == to {
        let text =
            "This begins and ends at the same time: change one of them, or leave it out. All day is 00:00 to 24:00.";
        return Err(FieldError::new(format!("{place}/to"), "empty", text));
    }
    Ok(Slot { weekday, from, to: if to < from { to + DAY } else { to } })
}

fn interval(slot: Slot) -> Interval {
    let to = if slot.to > DAY { slot.to - DAY } else { slot.to };
    Interval { from: clock(slot.from), to: clock(to) }
}

fn clock(minutes: i32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Minutes since midnight of `HH:MM`, at most 24:00.
fn minutes(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    let digit = |i: usize| bytes.get(i).filter(|b| b.is_ascii_digit()).map(|b| i32::from(b - b'0'));
    if bytes.len() != 5 || bytes[2] != b':' {
        return None;
    }
    let (hours, minutes) = (digit(0)? * 10 + digit(1)?, digit(3)? * 10 + digit(4)?);
    Some(hours * 60 + minutes).filter(|all| minutes < 60 && *all <= DAY)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(weekday: i8, intervals: &[(&str, &str)]) -> Day {
        let interval = |(from, to): &(&str, &str)| Interval { from: (*from).to_owned(), to: (*to).to_owned() };
        Day { weekday, intervals: intervals.iter().map(interval).collect() }
    }

    fn faults(days: &[Day]) -> Vec<String> {
        let faults = Week::read(days).err().unwrap_or_default();
        faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
    }

    #[test]
    fn a_split_shift_and_a_night() {
        let days = [day(7, &[("16:00", "21:00"), ("08:00", "12:00")]), day(4, &[("20:00", "02:00")]), day(5, &[])];
        let week = Week::read(&days).expect("right");
        let seven = week.days();
        assert_eq!(seven.iter().map(|day| day.weekday).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(seven[6], day(7, &[("08:00", "12:00"), ("16:00", "21:00")]));
        assert_eq!(seven[3], day(4, &[("20:00", "02:00")]));
        assert_eq!(Week::read(&seven).expect("right"), week);
    }

    #[test]
    fn each_fault_has_its_place() {
        assert_eq!(faults(&[day(1, &[("8:00", "12:00")])]), ["/week/0/intervals/0/from invalid_time"]);
        assert_eq!(faults(&[day(1, &[("24:00", "02:00")])]), ["/week/0/intervals/0/from invalid_time"]);
        assert_eq!(faults(&[day(1, &[("08:00", "24:01")])]), ["/week/0/intervals/0/to invalid_time"]);
        assert_eq!(faults(&[day(1, &[("08:00", "٠٨:٠٠")])]), ["/week/0/intervals/0/to invalid_time"]);
        assert_eq!(faults(&[day(1, &[]), day(2, &[("09:00", "09:00")])]), ["/week/1/intervals/0/to empty"]);
        assert_eq!(faults(&[day(1, &[("08:00", "12:00"), ("11:59", "13:00")])]), ["/week/0/intervals/0/to overlap"]);
        assert_eq!(faults(&[day(3, &[]), day(3, &[])]), ["/week/1/weekday duplicate"]);
        // across midnight, and from Sunday into Monday
        assert_eq!(
            faults(&[day(3, &[("01:00", "04:00")]), day(2, &[("22:00", "02:00")])]),
            ["/week/1/intervals/0/to overlap"]
        );
        assert_eq!(
            faults(&[day(1, &[("01:00", "04:00")]), day(7, &[("22:00", "02:00")])]),
            ["/week/1/intervals/0/to overlap"]
        );
        assert_eq!(faults(&[day(1, &[("12:00", "11:00"), ("13:00", "14:00")])]), ["/week/0/intervals/0/to overlap"]);
        // what only touches is fine, and so is the whole week
        assert_eq!(faults(&[day(1, &[("08:00", "12:00"), ("12:00", "16:00")])]), [""; 0]);
        assert_eq!(faults(&(1..=7).map(|weekday| day(weekday, &[("00:00", "24:00")])).collect::<Vec<_>>()), [""; 0]);
        assert_eq!(faults(&[day(1, &[("10:00", "09:00")])]), [""; 0]);
    }

    proptest! {
        /// Against painting the minutes of a week one by one.
        #[test]
        fn a_week_is_taken_exactly_when_no_minute_is_painted_twice(
            slots in proptest::collection::vec((1i8..=7, 0i32..1440, 1i32..=1440), 0..8)
        ) {
            let mut days: Vec<Day> = (1..=7).map(|weekday| day(weekday, &[])).collect();
            let mut painted = vec![0u8; 7 * 1440];
            for (weekday, from, to) in &slots {
                let index = usize::try_from(*weekday).expect("small") - 1;
                days[index].intervals.push(Interval { from: clock(*from), to: clock(*to) });
                let length = if to > from { to - from } else { to - from + 1440 };
                prop_assume!(to != from);
                for minute in 0..length {
                    let at = usize::try_from(*from + minute).expect("small") + index * 1440;
                    painted[at % (7 * 1440)] += 1;
                }
            }
            let twice = painted.iter().any(|times| *times > 1);
            let read = Week::read(&days);
            prop_assert_eq!(read.is_err(), twice);
            if let Ok(week) = read {
                prop_assert_eq!(Week::read(&week.days()), Ok(week.clone()));
            }
        }
    }
}
