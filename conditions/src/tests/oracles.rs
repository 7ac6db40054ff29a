//! Arithmetic and time beside calculations that share nothing with the code.

use proptest::prelude::*;
use serde_json::json;

use super::{cel_value, logic_value};
use crate::{Code, number};

/// Year, month and day of a day since 1970, counted year by year and month by month.
fn date(mut days: i64) -> (i64, i64, i64) {
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970;
    while days < 0 {
        year -= 1;
        days += if leap(year) { 366 } else { 365 };
    }
    while days >= if leap(year) { 366 } else { 365 } {
        days -= if leap(year) { 366 } else { 365 };
        year += 1;
    }
    let mut month = 0;
    for length in [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

proptest! {
    #[test]
    fn times_are_taken_apart_as_calendars_do(seconds in -62_135_596_800_i64..=253_402_300_799) {
        let (year, month, day) = date(seconds.div_euclid(86400));
        let clock = seconds.rem_euclid(86400);
        let parts = ["FullYear", "Month", "Date", "Hours", "Minutes", "Seconds", "DayOfWeek"];
        let text = format!("[{}]", parts.map(|part| format!("t.get{part}()")).join(", "));
        let value = cel_value(&format!("[timestamp({seconds})].map(t, {text})[0]"), &json!({}));
        // the first of January of 1970 was a Thursday
        let weekday = (seconds.div_euclid(86400) + 4).rem_euclid(7);
        let parts = json!([year, month, day, clock / 3600, clock / 60 % 60, clock % 60, weekday]);
        prop_assert_eq!(value, Ok(parts));
        let written = format!(
            "{year:04}-{:02}-{day:02}T{:02}:{:02}:{:02}Z", month + 1, clock / 3600, clock / 60 % 60, clock % 60
        );
        prop_assert_eq!(cel_value(&format!("string(timestamp({seconds}))"), &json!({})), Ok(json!(written)));
        let facts = json!({ "at": written });
        prop_assert_eq!(cel_value(&format!("int(timestamp(at)) == {seconds}"), &facts), Ok(json!(true)));
    }

    #[test]
    fn durations_are_nanoseconds(a in any::<i64>(), b in any::<i64>()) {
        let facts = json!({ "a": format!("{a}ns"), "b": format!("{b}ns") });
        let sum = i128::from(a) + i128::from(b);
        let value = cel_value("duration(a) + duration(b)", &facts);
        if i64::try_from(sum).is_ok() {
            let seconds = sum.unsigned_abs() / 1_000_000_000;
            let fraction = format!("{:09}", sum.unsigned_abs() % 1_000_000_000);
            let fraction = fraction.trim_end_matches('0');
            let dot = if fraction.is_empty() { "" } else { "." };
            let sign = if sum < 0 { "-" } else { "" };
            prop_assert_eq!(value, Ok(json!(format!("{sign}{seconds}{dot}{fraction}s"))));
        } else {
            prop_assert_eq!(value.expect_err("overflow").code, Code::Number);
        }
        prop_assert_eq!(cel_value("duration(a) < duration(b)", &facts), Ok(json!(a < b)));
    }

    #[test]
    fn whole_numbers_overflow_with_a_fault(
        a in prop_oneof![any::<i64>(), -10..10_i64, Just(i64::MIN), Just(i64::MAX)],
        b in prop_oneof![any::<i64>(), -10..10_i64, Just(i64::MIN), Just(i64::MAX)],
    ) {
        let facts = json!({ "a": a, "b": b });
        let (x, y) = (i128::from(a), i128::from(b));
        let quotient = |of: i128| (y != 0).then_some(of);
        let divisor = if y == 0 { 1 } else { y };
        // the smallest number has no remainder by -1 either, as with the others
        let remainder = if a == i64::MIN && b == -1 { None } else { quotient(x % divisor) };
        for (operator, result) in [
            ("+", Some(x + y)), ("-", Some(x - y)), ("*", Some(x * y)), ("/", quotient(x / divisor)), ("%", remainder),
        ] {
            let value = cel_value(&format!("string(a {operator} b)"), &facts);
            match result.and_then(|result| i64::try_from(result).ok()) {
                Some(result) => prop_assert_eq!(value, Ok(json!(result.to_string()))),
                None => prop_assert_eq!(value.expect_err("overflow").code, Code::Number),
            }
        }
    }

    #[test]
    fn numbers_are_read_back_as_they_were_written(bits in any::<u64>()) {
        let double = f64::from_bits(bits);
        let read = number::read(&number::write(double));
        prop_assert!(read == double || read.is_nan() && double.is_nan(), "{double:e}");
    }

    #[test]
    fn lists_are_filtered_mapped_and_folded(
        numbers in prop::collection::vec(-100..100_i32, 0..20),
        limit in -100..100_i32,
    ) {
        let facts = json!({ "xs": numbers, "limit": limit });
        let above: Vec<i32> = numbers.iter().copied().filter(|x| *x > 7).collect();
        let is_above = json!({ ">": [{ "var": "" }, 7] });
        prop_assert_eq!(logic_value(&json!({ "filter": [{ "var": "xs" }, is_above] }), &facts), Ok(json!(above)));
        prop_assert_eq!(cel_value("xs.filter(x, x > 7)", &facts), Ok(json!(above)));
        let sum: i32 = numbers.iter().sum();
        let rule = json!({ "reduce": [{ "var": "xs" }, { "+": [{ "var": "current" }, { "var": "accumulator" }] }, 0] });
        prop_assert_eq!(logic_value(&rule, &facts), Ok(json!(sum)));
        let one = numbers.iter().filter(|x| **x > limit).count() == 1;
        prop_assert_eq!(cel_value("xs.exists_one(x, x > limit)", &facts), Ok(json!(one)));
    }
}
