//! The Umm al-Qura calendar, which Saudi Arabia counts its official days by. It is computed beforehand; feasts follow
//! the sighting of the moon and may be a day off, so whatever comes from here is an estimate.

use std::fmt;

use icu_calendar::cal::Hijri;
use icu_calendar::cal::hijri::UmmAlQura;
use icu_calendar::{Date as IcuDate, Iso};
use jiff::civil::Date;

/// A day of the Hijri calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HijriDate {
    /// Year after the Hijra.
    pub year: i32,
    /// From 1, Muharram, to 12, Dhu al-Hijjah.
    pub month: u8,
    /// From 1 to 30.
    pub day: u8,
}

impl fmt::Display for HijriDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl HijriDate {
    /// What a day is called in it.
    #[must_use]
    pub fn of(day: Date) -> Option<Self> {
        let [month, date] = [day.month(), day.day()].map(|number| u8::try_from(number).ok());
        let iso = IcuDate::try_new_iso(day.year().into(), month?, date?).ok()?;
        let hijri = iso.to_calendar(CALENDAR);
        Some(Self { year: hijri.year().extended_year(), month: hijri.month().ordinal, day: hijri.day_of_month().0 })
    }

    /// Which day it is; the last of the month where the month has no such day.
    #[must_use]
    pub fn day(self) -> Option<Date> {
        let first = IcuDate::try_new_hijri_with_calendar(self.year, self.month, 1, CALENDAR).ok()?;
        let day = self.day.min(first.days_in_month());
        let hijri = IcuDate::try_new_hijri_with_calendar(self.year, self.month, day, CALENDAR).ok()?;
        let iso = hijri.to_calendar(Iso);
        let year = i16::try_from(iso.year().extended_year()).ok()?;
        let [month, day] = [iso.month().ordinal, iso.day_of_month().0].map(|number| i8::try_from(number).ok());
        Date::new(year, month?, day?).ok()
    }
}

const CALENDAR: Hijri<UmmAlQura> = Hijri::new_umm_al_qura();

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Days as they were announced or printed: 29 Ramadan by the Ministry of Human Resources and Social Development
    /// (Saudi Gazette of 2022-04-20 and the ministry's notices of 2024 and 2025), new years by the Umm al-Qura
    /// calendar's own pages, a stamp of the airport of Riyadh, and the feasts of 1447 as the calendar prints them.
    #[test]
    fn days_are_those_that_were_published() {
        for (hijri, day) in [
            ((1428, 7, 10), date(2007, 7, 24)),
            ((1443, 9, 29), date(2022, 4, 30)),
            ((1445, 9, 29), date(2024, 4, 8)),
            ((1446, 1, 1), date(2024, 7, 7)),
            ((1446, 9, 29), date(2025, 3, 29)),
            ((1447, 1, 1), date(2025, 6, 26)),
            ((1447, 10, 1), date(2026, 3, 20)),
            ((1447, 12, 9), date(2026, 5, 26)),
            ((1447, 12, 10), date(2026, 5, 27)),
            ((1448, 1, 1), date(2026, 6, 16)),
        ] {
            let (year, month, number) = hijri;
            let hijri = HijriDate { year, month, day: number };
            assert_eq!((HijriDate::of(day), hijri.day()), (Some(hijri), Some(day)));
        }
        assert_eq!(HijriDate { year: 1448, month: 10, day: 1 }.to_string(), "1448-10-01");
    }

    /// What must hold of any Hijri calendar: months of 29 or 30 days that follow each other, years of 354 or 355.
    #[test]
    fn months_follow_each_other() {
        let mut expected = HijriDate { year: 1420, month: 1, day: 1 }.day().expect("a day");
        for year in 1420..1590 {
            let new_year = expected;
            for month in 1..=12 {
                assert_eq!(HijriDate { year, month, day: 1 }.day(), Some(expected));
                let last = HijriDate { year, month, day: 30 }.day().expect("a day");
                let hijri = HijriDate::of(last).expect("a day");
                assert!((hijri.year, hijri.month) == (year, month) && (29..=30).contains(&hijri.day));
                expected = last.tomorrow().expect("a day");
            }
            assert!([354, 355].contains(&expected.since(new_year).expect("days").get_days()));
        }
    }
}
