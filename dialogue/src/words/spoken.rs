//! How values are said.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::flow::Manner;

const MONTHS: [[&str; 12]; 2] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"],
];
const DAYS: [[&str; 7]; 2] = [
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"],
];
const DIGITS: [[&str; 10]; 2] = [
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    ["صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة"],
];

/// A value as it is said: characters with commas between them, at which voices pause. What is no day or instant is said as
/// it stands.
pub(crate) fn spoken(manner: Manner, value: &str, language: &str, zone: &TimeZone) -> String {
    let arabic = usize::from(language == "ar");
    let one_by_one = |keep: fn(&char) -> bool| -> String {
        let pause = [", ", "، "][arabic];
        let names = value.chars().filter(keep).map(|c| match c.to_digit(10) {
            Some(digit) => usize::try_from(digit).map_or("", |digit| DIGITS[arabic][digit]).to_owned(),
            None => c.to_uppercase().collect(),
        });
        names.collect::<Vec<_>>().join(pause)
    };
    match manner {
        Manner::Text => value.to_owned(),
        Manner::Spell => one_by_one(|c| c.is_alphanumeric()),
        Manner::Digits => one_by_one(char::is_ascii_digit),
        Manner::Date => value.parse().map_or_else(|_| value.to_owned(), |date: Date| day(date, arabic)),
        Manner::Datetime => match value.parse::<Timestamp>() {
            Ok(at) => instant(&at.to_zoned(zone.clone()), arabic),
            Err(_) => value.to_owned(),
        },
    }
}

fn place(number: i8) -> usize {
    usize::try_from(number - 1).unwrap_or_default()
}

fn day(date: Date, arabic: usize) -> String {
    let month = MONTHS[arabic][place(date.month())];
    if arabic == 1 {
        format!("{} {month} {}", date.day(), date.year())
    } else {
        format!("{month} {}, {}", date.day(), date.year())
    }
}

fn instant(at: &Zoned, arabic: usize) -> String {
    let weekday = DAYS[arabic][place(at.weekday().to_monday_one_offset())];
    let month = MONTHS[arabic][place(at.month())];
    let hour = if at.hour() % 12 == 0 { 12 } else { at.hour() % 12 };
    let half = [["AM", "PM"], ["صباحًا", "مساءً"]][arabic][usize::from(at.hour() >= 12)];
    if arabic == 1 {
        format!("{weekday} {} {month} الساعة {hour}:{:02} {half}", at.day(), at.minute())
    } else {
        format!("{weekday}, {month} {}, at {hour}:{:02} {half}", at.day(), at.minute())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_said_in_both_languages() {
        let zone = TimeZone::fixed(jiff::tz::offset(3));
        let say = |manner, value: &str, language: &str| spoken(manner, value, language, &zone);
        assert_eq!(say(Manner::Spell, "ab-47", "en"), "A, B, four, seven");
        assert_eq!(say(Manner::Digits, "+1 555", "en"), "one, five, five, five");
        assert_eq!(say(Manner::Digits, "47", "ar"), "أربعة، سبعة");
        assert_eq!(say(Manner::Date, "1985-03-12", "en"), "March 12, 1985");
        assert_eq!(say(Manner::Date, "1985-03-12", "ar"), "12 مارس 1985");
        // 21:30 UTC on the third is half past midnight on the fourth, a Monday, three hours further east
        assert_eq!(say(Manner::Datetime, "2026-05-03T21:30:00Z", "en"), "Monday, May 4, at 12:30 AM");
        assert_eq!(say(Manner::Datetime, "2026-05-04T11:05:00Z", "ar"), "الاثنين 4 مايو الساعة 2:05 مساءً");
        assert_eq!(say(Manner::Date, "soon", "en"), "soon");
    }
}
