//! Dates and times that are searched by: a prefix and a value as exact as it is written, as ranges
//! (hl7.org/fhir/R4/search.html#date).

use std::ops::Range;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use platform::Result;

use super::asked::{alternatives, unfit};

/// The first day that is searched for, and the one behind the last.
const FIRST: Date = Date::constant(1, 1, 1);
const LAST: Date = Date::constant(9999, 12, 31);

/// Ranges of days, of which one is enough.
///
/// # Errors
/// 400 at the parameter.
pub fn days(name: &str, value: &str) -> Result<Vec<Range<Date>>> {
    let ranges = alternatives(name, value)?.into_iter().map(|one| {
        let (prefix, text) = split(&one);
        let span = text.split('T').next().and_then(span_of_date).ok_or_else(|| no_date(name))?;
        compared(name, prefix, span, FIRST..LAST)
    });
    Ok(ranges.collect::<Result<Vec<_>>>()?.concat())
}

/// Ranges of instants, of which one is enough.
///
/// # Errors
/// 400 at the parameter.
pub fn instants(name: &str, value: &str) -> Result<Vec<Range<Timestamp>>> {
    let all = Timestamp::MIN.max(midnight(FIRST).unwrap_or_default())..Timestamp::MAX;
    let ranges = alternatives(name, value)?.into_iter().map(|one| {
        let (prefix, text) = split(&one);
        compared(name, prefix, span_of_time(text).ok_or_else(|| no_date(name))?, all.clone())
    });
    Ok(ranges.collect::<Result<Vec<_>>>()?.concat())
}

fn no_date(name: &str) -> platform::Error {
    unfit(
        name,
        "Write 2026, 2026-01, 2026-01-05 or 2026-01-05T10:00:00Z, with eq, ne, ge, le, gt, lt, sa or eb in front.",
    )
}

fn split(value: &str) -> (&str, &str) {
    match value.find(|c: char| !c.is_ascii_lowercase()) {
        Some(2) => value.split_at(2),
        _ => ("eq", value),
    }
}

/// What a prefix makes of a span, within all that there is.
fn compared<T: Clone>(name: &str, prefix: &str, span: Range<T>, all: Range<T>) -> Result<Vec<Range<T>>> {
    let (before, after) = (all.start.clone()..span.start.clone(), span.end.clone()..all.end.clone());
    Ok(match prefix {
        "eq" => vec![span],
        "ne" => vec![before, after],
        "gt" | "sa" => vec![after],
        "lt" | "eb" => vec![before],
        "ge" => vec![span.start..all.end],
        "le" => vec![all.start..span.end],
        _ => return Err(unfit(name, "This prefix is not supported here.")),
    })
}

/// A year, a month or a day.
fn span_of_date(text: &str) -> Option<Range<Date>> {
    let parts: Vec<&str> = text.split('-').collect();
    let (first, length) = match parts[..] {
        [year] if year.len() == 4 => (format!("{year}-01-01"), 1.year()),
        [_, month] if month.len() == 2 => (format!("{text}-01"), 1.month()),
        _ => (text.to_owned(), 1.day()),
    };
    let first: Date = first.parse().ok()?;
    Some(first..first.checked_add(length).ok()?)
}

/// A date, or a time as exact as it is written: a minute, a second, a part of one.
fn span_of_time(text: &str) -> Option<Range<Timestamp>> {
    let Some((date, time)) = text.split_once('T') else {
        let span = span_of_date(text)?;
        return Some(midnight(span.start)?..midnight(span.end)?);
    };
    // in a query that is not escaped, + reads as a space
    let time = time.replace(' ', "+");
    let at = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(at);
    let local: DateTime = format!("{date}T{clock}").parse().ok()?;
    let start = match zone {
        "" | "Z" => local.to_zoned(TimeZone::UTC).ok()?.timestamp(),
        _ => format!("{local}{zone}").parse().ok()?,
    };
    let length = match clock.split_once('.') {
        // the database knows microseconds
        Some((_, fraction)) => {
            (10_i64.checked_pow(6_u32.saturating_sub(u32::try_from(fraction.len()).ok()?))?).microseconds()
        }
        None if clock.len() <= 5 => 1.minute(),
        None => 1.second(),
    };
    Some(start..start.checked_add(length).ok()?)
}

fn midnight(date: Date) -> Option<Timestamp> {
    date.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_value_is_as_exact_as_it_is_written() {
        for (value, from, to) in [
            ("1990", date(1990, 1, 1), date(1991, 1, 1)),
            ("1990-02", date(1990, 2, 1), date(1990, 3, 1)),
            ("eq1990-02-28", date(1990, 2, 28), date(1990, 3, 1)),
            ("ge1990-02", date(1990, 2, 1), LAST),
            ("gt1990-02", date(1990, 3, 1), LAST),
            ("le1990-02", FIRST, date(1990, 3, 1)),
            ("lt1990-02", FIRST, date(1990, 2, 1)),
        ] {
            assert_eq!(days("birthdate", value).expect("days"), [from..to], "{value}");
        }
        assert_eq!(days("birthdate", "ne1990,1991").expect("days").len(), 3);
        for bad in ["1990-02-30", "90", "xx1990", "ap1990", "1990-13", "yesterday", "ge"] {
            assert_eq!(days("birthdate", bad).expect_err(bad).status(), 400, "{bad}");
        }
    }

    #[test]
    fn instants_have_a_zone_and_a_fraction() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        for (value, from, to) in [
            ("2026-01-05", "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"),
            ("2026-01-05T10:00", "2026-01-05T10:00:00Z", "2026-01-05T10:01:00Z"),
            ("2026-01-05T10:00:07Z", "2026-01-05T10:00:07Z", "2026-01-05T10:00:08Z"),
            ("2026-01-05T10:00:07+03:00", "2026-01-05T07:00:07Z", "2026-01-05T07:00:08Z"),
            ("2026-01-05T10:00:07 03:00", "2026-01-05T07:00:07Z", "2026-01-05T07:00:08Z"),
            ("2026-01-05T10:00:07.25Z", "2026-01-05T10:00:07.25Z", "2026-01-05T10:00:07.26Z"),
            ("2026-01-05T10:00:07.123456Z", "2026-01-05T10:00:07.123456Z", "2026-01-05T10:00:07.123457Z"),
        ] {
            assert_eq!(instants("_lastUpdated", value).expect("instants"), [at(from)..at(to)], "{value}");
        }
        assert!(instants("_lastUpdated", "2026-01-05T25:00Z").is_err());
    }
}
