//! Until when: a day by the practice's clocks, and maybe a time of it.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;

/// What the practice's clocks show now.
///
/// # Errors
/// 503 when the database is away.
pub async fn local_now(tx: &mut TenantTx) -> Result<DateTime> {
    let zone = practice::practice(tx).await?.time_zone;
    local(tx.now(), &zone)
}

/// What the clocks of a zone show at an instant.
fn local(at: Timestamp, zone: &str) -> Result<DateTime> {
    Ok(at.to_zoned(TimeZone::get(zone).map_err(Error::internal)?).datetime())
}

/// The first moment at which it is too late: the time itself, or the end of the day where none is said. The database
/// holds the same in `due_key`.
pub fn too_late(day: Option<Date>, time: Option<Time>) -> Option<DateTime> {
    let day = day?;
    Some(match time {
        Some(time) => day.to_datetime(time),
        None => day.saturating_add(1.day()).to_datetime(Time::midnight()),
    })
}

/// A time of day, `HH:MM`.
pub fn time_of_day(text: &str) -> Option<Time> {
    let is_written = text.len() == 5 && text.as_bytes()[2] == b':';
    if is_written { Time::strptime("%H:%M", text).ok() } else { None }
}

/// `HH:MM` of a time of day.
pub fn written(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

/// That a text is a time of day.
///
/// # Errors
/// `invalid_time`.
pub fn check(text: &str, (): &()) -> garde::Result {
    match time_of_day(text) {
        Some(_) => Ok(()),
        None => Err(garde::Error::new("invalid_time: Use hours and minutes from 00:00 to 23:59.")),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_hours_and_minutes() {
        for (text, hours, minutes) in [("00:00", 0, 0), ("09:30", 9, 30), ("23:59", 23, 59)] {
            assert_eq!(time_of_day(text), Some(time(hours, minutes, 0, 0)));
            assert_eq!(written(time(hours, minutes, 0, 0)), text);
        }
        for text in ["24:00", "9:30", "09:60", "09:3", "+9:30", "0930", "", "09:30:00", "٠٩:٣٠"] {
            assert_eq!(time_of_day(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_lasts_until_its_end_wherever_the_practice_is() {
        // half past midnight of the third in Riyadh, still the second in London and Lima
        let at: Timestamp = "2030-06-02T21:30:00Z".parse().expect("an instant");
        for (zone, is_late) in [("Asia/Riyadh", true), ("Europe/London", false), ("America/Lima", false)] {
            let end = too_late(Some(date(2030, 6, 2)), None).expect("a day");
            assert_eq!(end <= local(at, zone).expect("a zone"), is_late, "{zone}");
        }
    }

    proptest! {
        /// By minutes counted one by one from the day's beginning: late from the minute that is said, or after all of them.
        #[test]
        fn it_is_late_from_its_minute_on(minute in 0_i16..1440, now in 0_i16..2880, all_day: bool) {
            let day = date(2030, 3, 31);
            let at = |minute: i16| time(i8::try_from(minute / 60 % 24).expect("an hour"), i8::try_from(minute % 60).expect("a minute"), 0, 0);
            let shown = if now < 1440 { day } else { date(2030, 4, 1) }.to_datetime(at(now));
            let said = (!all_day).then(|| at(minute));
            let is_late = too_late(Some(day), said).is_some_and(|end| end <= shown);
            prop_assert_eq!(is_late, now >= if all_day { 1440 } else { minute });
            prop_assert_eq!(too_late(None, None), None);
        }
    }
}
