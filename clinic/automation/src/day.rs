//! Whole days as workflows count with them: a date is the first instant of that day where the practice is, so that an
//! offset of nine hours is nine in the morning.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use platform::Result;
use platform::error::Error;
use uuid::Uuid;

use crate::block::DueQuery;

/// The first instant of a local day.
///
/// # Errors
/// For days that no calendar has.
pub fn beginning(day: Date, zone: &TimeZone) -> Result<Timestamp> {
    let midnight = day.to_zoned(zone.clone()).and_then(|at| at.start_of_day());
    Ok(midnight.map_err(Error::internal)?.timestamp())
}

/// A [`DueQuery`] in local days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueDays {
    /// The first day that begins within what was asked for.
    pub first: Date,
    /// The last one.
    pub last: Date,
    /// Behind this record of this day.
    pub after: Option<(Date, Uuid)>,
}

impl DueDays {
    /// The days that begin within what was asked for; none where none does.
    ///
    /// # Errors
    /// For days that no calendar has.
    pub fn of(asked: &DueQuery, zone: &TimeZone) -> Result<Option<Self>> {
        let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
        let (mut first, mut last) = (day(asked.from), day(asked.until));
        if beginning(first, zone)? < asked.from {
            first = first.tomorrow().map_err(Error::internal)?;
        }
        if beginning(last, zone)? >= asked.until {
            last = last.yesterday().map_err(Error::internal)?;
        }
        let after = asked.after.map(|(at, id)| (day(at), id));
        Ok((first <= last).then_some(Self { first, last, after }))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use jiff::{SignedDuration, Timestamp};
    use uuid::Uuid;

    use super::{DueDays, beginning};
    use crate::block::DueQuery;

    /// Beirut puts its clocks forward at midnight, so that its days in spring begin at one.
    #[test]
    fn a_day_begins_when_its_date_is_shown_first() {
        for (zone, day, begins) in [
            ("Asia/Riyadh", date(2026, 3, 29), "2026-03-28T21:00:00Z"),
            ("Asia/Beirut", date(2026, 3, 29), "2026-03-28T22:00:00Z"),
            ("America/New_York", date(2026, 11, 1), "2026-11-01T04:00:00Z"),
        ] {
            let zone = TimeZone::get(zone).expect("a zone");
            assert_eq!(beginning(day, &zone).expect("an instant"), begins.parse::<Timestamp>().expect("an instant"));
        }
    }

    /// Whatever hours a year is cut into, each day is asked for once.
    #[test]
    fn each_day_is_asked_for_once() {
        for name in ["Asia/Riyadh", "Asia/Beirut", "America/New_York", "Pacific/Auckland", "Africa/Casablanca"] {
            let zone = TimeZone::get(name).expect("a zone");
            let end: Timestamp = "2027-01-02T00:00:00Z".parse().expect("an instant");
            let mut from: Timestamp = "2026-01-01T17:00:00Z".parse().expect("an instant");
            let (mut days, mut steps) = (Vec::new(), [1, 7, 23, 24, 25, 49].into_iter().cycle());
            while from < end {
                let until = from + SignedDuration::from_hours(steps.next().expect("a step"));
                let asked = DueQuery { from, until, after: Some((from, Uuid::nil())), limit: 1 };
                if let Some(found) = DueDays::of(&asked, &zone).expect("days") {
                    let mut day = found.first;
                    while day <= found.last {
                        assert!((from..until).contains(&beginning(day, &zone).expect("an instant")));
                        days.push(day);
                        day = day.tomorrow().expect("a day");
                    }
                }
                from = until;
            }
            assert!(
                days.len() > 364 && days.windows(2).all(|pair| pair[0].tomorrow().is_ok_and(|next| next == pair[1])),
                "{name}"
            );
        }
    }
}
