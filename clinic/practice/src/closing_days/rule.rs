//! When a closing day is: once, every year of one of two calendars, or by the rule of an official holiday.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::hijri::HijriDate;

/// How a closing day comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Repeats {
    /// It does not.
    None,
    /// On the same day of each Gregorian year; 29 February on the 28th of other years.
    Gregorian,
    /// On the same day of each Hijri year (Umm al-Qura); the 30th on the 29th of a shorter month.
    Hijri,
}

/// A single occurrence that is on another day than the rule says: the moon was sighted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The day that the rule gives.
    pub from: Date,
    /// The day that it really is; null when it is not this time.
    #[schema(required)]
    pub to: Option<Date>,
}

/// When something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Once.
    Once(Date),
    /// Each Gregorian year.
    Gregorian { month: i8, day: i8 },
    /// Each Hijri year, some days after a day.
    Hijri { month: u8, day: u8, plus: i8 },
}

impl Rule {
    /// The rule of a day that comes again.
    #[must_use]
    pub fn of(date: Date, repeats: Repeats) -> Self {
        match (repeats, HijriDate::of(date)) {
            (Repeats::Gregorian, _) => Self::Gregorian { month: date.month(), day: date.day() },
            (Repeats::Hijri, Some(hijri)) => Self::Hijri { month: hijri.month, day: hijri.day, plus: 0 },
            _ => Self::Once(date),
        }
    }

    /// Whether the days that it gives may be one off, as the moon decides.
    #[must_use]
    pub fn is_estimate(self) -> bool {
        matches!(self, Self::Hijri { .. })
    }

    /// All of its days from one to another, in order. A Hijri day can come twice in a Gregorian year.
    #[must_use]
    pub fn days(self, first: Date, last: Date) -> Vec<Date> {
        let within = |day: &Date| (first..=last).contains(day);
        match self {
            Self::Once(day) => Some(day).filter(within).into_iter().collect(),
            Self::Gregorian { month, day } => {
                let of = |year| {
                    let first = Date::new(year, month, 1).ok()?;
                    Date::new(year, month, day.min(first.days_in_month())).ok()
                };
                (first.year()..=last.year()).filter_map(of).filter(within).collect()
            }
            Self::Hijri { month, day, plus } => {
                let [Some(from), Some(to)] = [first, last].map(HijriDate::of) else { return Vec::new() };
                let of = |year| HijriDate { year, month, day }.day()?.checked_add(Span::new().days(plus)).ok();
                (from.year - 1..=to.year).filter_map(of).filter(within).collect()
            }
        }
    }
}

/// An official holiday that a practice can take over.
#[derive(Debug)]
pub struct Holiday {
    /// Its key.
    pub key: &'static str,
    /// Its English name.
    pub name: &'static str,
    /// Its Arabic name.
    pub name_ar: &'static str,
    /// When it is.
    pub rule: Rule,
}

const fn hijri(month: u8, day: u8, plus: i8) -> Rule {
    Rule::Hijri { month, day, plus }
}

/// The holidays of Saudi labour law (implementing regulations, article 24): four days of Eid al-Fitr from the day after
/// 29 Ramadan by the Umm al-Qura calendar, four of Eid al-Adha from the day of Arafah, National Day on the first day of
/// Libra (23 September), Founding Day on 22 February.
pub const SAUDI: [Holiday; 10] = [
    Holiday {
        key: "founding_day",
        name: "Founding Day",
        name_ar: "يوم التأسيس",
        rule: Rule::Gregorian { month: 2, day: 22 },
    },
    Holiday {
        key: "eid_al_fitr_1",
        name: "Eid al-Fitr, first day",
        name_ar: "عيد الفطر، اليوم الأول",
        rule: hijri(9, 29, 1),
    },
    Holiday {
        key: "eid_al_fitr_2",
        name: "Eid al-Fitr, second day",
        name_ar: "عيد الفطر، اليوم الثاني",
        rule: hijri(9, 29, 2),
    },
    Holiday {
        key: "eid_al_fitr_3",
        name: "Eid al-Fitr, third day",
        name_ar: "عيد الفطر، اليوم الثالث",
        rule: hijri(9, 29, 3),
    },
    Holiday {
        key: "eid_al_fitr_4",
        name: "Eid al-Fitr, fourth day",
        name_ar: "عيد الفطر، اليوم الرابع",
        rule: hijri(9, 29, 4),
    },
    Holiday { key: "arafah_day", name: "Day of Arafah", name_ar: "يوم عرفة", rule: hijri(12, 9, 0) },
    Holiday {
        key: "eid_al_adha_1",
        name: "Eid al-Adha, first day",
        name_ar: "عيد الأضحى، اليوم الأول",
        rule: hijri(12, 9, 1),
    },
    Holiday {
        key: "eid_al_adha_2",
        name: "Eid al-Adha, second day",
        name_ar: "عيد الأضحى، اليوم الثاني",
        rule: hijri(12, 9, 2),
    },
    Holiday {
        key: "eid_al_adha_3",
        name: "Eid al-Adha, third day",
        name_ar: "عيد الأضحى، اليوم الثالث",
        rule: hijri(12, 9, 3),
    },
    Holiday {
        key: "national_day",
        name: "National Day",
        name_ar: "اليوم الوطني",
        rule: Rule::Gregorian { month: 9, day: 23 },
    },
];

/// The holiday of that key.
#[must_use]
pub fn holiday(key: &str) -> Option<&'static Holiday> {
    SAUDI.iter().find(|holiday| holiday.key == key)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn in_year(rule: Rule, year: i16) -> Vec<String> {
        rule.days(date(year, 1, 1), date(year, 12, 31)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn days_that_come_again() {
        let leap = Rule::of(date(2024, 2, 29), Repeats::Gregorian);
        assert_eq!(in_year(leap, 2027), ["2027-02-28"]);
        assert_eq!(in_year(leap, 2028), ["2028-02-29"]);
        assert_eq!(in_year(Rule::of(date(2026, 5, 1), Repeats::None), 2027), [""; 0]);
        // 1 Muharram of 1429 and of 1430
        assert_eq!(in_year(hijri(1, 1, 0), 2008), ["2008-01-10", "2008-12-29"]);
        assert_eq!(Rule::of(date(2026, 3, 20), Repeats::Hijri), hijri(10, 1, 0));
    }

    /// Four days off from the end of work on 29 Ramadan: from 2025-03-30 and from 2024-04-09 (notices of the Ministry of
    /// Human Resources and Social Development).
    #[test]
    fn holidays_are_those_of_the_ministry() {
        let of = |key: &str, year| in_year(holiday(key).expect("a holiday").rule, year);
        assert_eq!(
            (of("eid_al_fitr_1", 2025), of("eid_al_fitr_4", 2025)),
            (vec!["2025-03-30".into()], vec!["2025-04-02".into()])
        );
        assert_eq!(of("eid_al_fitr_1", 2024), ["2024-04-09"]);
        assert_eq!(
            (of("arafah_day", 2026), of("eid_al_adha_1", 2026)),
            (vec!["2026-05-26".into()], vec!["2026-05-27".into()])
        );
        assert_eq!(
            (of("founding_day", 2026), of("national_day", 2026)),
            (vec!["2026-02-22".into()], vec!["2026-09-23".into()])
        );
    }

    fn rules() -> impl Strategy<Value = Rule> {
        prop_oneof![
            (0..20_000i32).prop_map(|days| Rule::Once(date(2005, 1, 1) + Span::new().days(days))),
            (1..=12i8, 1..=31i8).prop_map(|(month, day)| Rule::Gregorian { month, day }),
            (1..=12u8, 1..=30u8, -5..=5i8).prop_map(|(month, day, plus)| Rule::Hijri { month, day, plus }),
        ]
    }

    proptest! {
        /// Cutting a stretch of time in two loses nothing and adds nothing.
        #[test]
        fn a_stretch_is_the_sum_of_its_parts(rule in rules(), from in 0..10_000i32, first in 0..900i32, second in 1..900i32) {
            let day = |days: i32| date(2005, 1, 1) + Span::new().days(days);
            let (start, middle, end) = (day(from), day(from + first), day(from + first + second));
            let mut parts = rule.days(start, middle);
            parts.extend(rule.days(middle.tomorrow().expect("a day"), end));
            let whole = rule.days(start, end);
            prop_assert_eq!(&whole, &parts);
            prop_assert!(whole.is_sorted());
        }
    }
}
