//! When people may be disturbed: outside of the practice's quiet hours, which are local times.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

/// Quiet hours: from this time of day until that one, over midnight where the second comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// Their beginning.
    pub from: Time,
    /// Their end.
    pub until: Time,
}

impl Quiet {
    fn has(self, at: Time) -> bool {
        if self.from <= self.until { self.from <= at && at < self.until } else { at >= self.from || at < self.until }
    }

    /// The first instant from this one on that is not quiet.
    #[must_use]
    pub fn end(self, from: Timestamp, zone: &TimeZone) -> Timestamp {
        let local = from.to_zoned(zone.clone());
        if !self.has(local.time()) {
            return from;
        }
        let today = local.date();
        let tomorrow = today.tomorrow().unwrap_or(today);
        let ends = [today, tomorrow].into_iter().filter_map(|date| {
            let end = date.to_datetime(self.until).to_zoned(zone.clone()).ok()?.timestamp();
            (end > from).then_some(end)
        });
        // clocks that are put back may show quiet hours again behind their end; then they are over the second time
        ends.min().unwrap_or(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn time(minutes: i16) -> Time {
        Time::new(i8::try_from(minutes / 60).expect("an hour"), i8::try_from(minutes % 60).expect("a minute"), 0, 0)
            .expect("a time")
    }

    proptest! {
        /// In a zone without changes of clocks the end is found by walking minute by minute.
        #[test]
        fn quiet_hours_end_where_a_walk_ends(from in 0i16..1440, until in 0i16..1440, start in 0i64..4000) {
            let zone = TimeZone::get("Asia/Riyadh").expect("a zone");
            let quiet = Quiet { from: time(from), until: time(until) };
            let begin = Timestamp::from_second(1_780_000_020 / 60 * 60 + start * 60).expect("in range");
            let minutes = |at: Timestamp| { let t = at.to_zoned(zone.clone()).time(); i16::from(t.hour()) * 60 + i16::from(t.minute()) };
            let is_quiet = |m: i16| if from <= until { from <= m && m < until } else { m >= from || m < until };
            let mut at = begin;
            while is_quiet(minutes(at)) {
                at = Timestamp::from_second(at.as_second() + 60).expect("in range");
            }
            prop_assert_eq!(quiet.end(begin, &zone), at);
        }
    }
}
