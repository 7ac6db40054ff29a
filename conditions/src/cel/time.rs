//! Times and durations.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::function::Part;
use super::operate::overflow;
use super::value::Val;
use crate::fault::{Code, Fault};

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
const NANOSECONDS: i64 = 1_000_000_000;

/// A time of the years 1 to 9999, outside of which CEL has none.
fn valid(time: DateTime) -> Result<DateTime, Fault> {
    if (1..=9999).contains(&time.year()) { Ok(time) } else { Err(overflow()) }
}

/// A time, so much later.
pub(super) fn shift<'a>(time: DateTime, nanoseconds: i64) -> Result<Val<'a>, Fault> {
    let shifted = time.checked_add(SignedDuration::from_nanos(nanoseconds)).map_err(|_| overflow())?;
    valid(shifted).map(Val::Timestamp)
}

/// From one time to another.
pub(super) fn between<'a>(end: DateTime, start: DateTime) -> Result<Val<'a>, Fault> {
    let nanoseconds = end.duration_since(start).as_nanos();
    i64::try_from(nanoseconds).map(Val::Duration).map_err(|_| overflow())
}

/// Seconds since 1970.
pub(super) fn seconds(time: DateTime) -> i64 {
    let since = time.duration_since(EPOCH);
    // down to the second before, also before 1970
    since.as_secs() - i64::from(since.subsec_nanos() < 0)
}

/// So many seconds after 1970.
pub(super) fn of_seconds(seconds: i64) -> Result<DateTime, Fault> {
    EPOCH.checked_add(SignedDuration::from_secs(seconds)).map_err(|_| overflow()).and_then(valid)
}

/// A time as RFC 3339 writes it.
///
/// # Errors
/// Another form, or a time that does not exist.
pub(super) fn parse(text: &str) -> Result<DateTime, Fault> {
    let (date, rest) = text.split_once(['T', 't']).ok_or_else(no_time)?;
    let length = rest.find(['Z', 'z', '+', '-']).ok_or_else(no_time)?;
    let (time, offset) = rest.split_at(length);
    let date = parse_date(date)?;
    let local = date.to_datetime(parse_time(time).ok_or_else(no_time)?);
    let offset = match offset {
        "Z" | "z" => 0,
        offset => parse_offset(offset).ok_or_else(no_time)?,
    };
    local.checked_sub(SignedDuration::from_secs(i64::from(offset))).map_err(|_| overflow()).and_then(valid)
}

fn no_time() -> Fault {
    Fault::new(
        Code::Number,
        "A time is written as RFC 3339 has it: `2026-01-31T08:30:00Z`, or with `+03:00` at its end.",
    )
}

/// A number of exactly so many digits.
fn digits<T: std::str::FromStr>(text: &str, count: usize) -> Option<T> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn parse_date(text: &str) -> Result<Date, Fault> {
    let mut parts = text.splitn(3, '-');
    let mut part = |count| parts.next().and_then(|text| digits(text, count));
    let (year, month, day) = (part(4), part(2), part(2));
    let date = || Date::new(year?, i8::try_from(month?).ok()?, i8::try_from(day?).ok()?).ok();
    date().ok_or_else(no_time)
}

fn parse_time(text: &str) -> Option<Time> {
    let (text, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = text.splitn(3, ':');
    let mut part = || digits(parts.next()?, 2);
    let (hour, minute, second) = (part()?, part()?, part()?);
    if fraction.is_empty() || fraction.len() > 9 {
        return None;
    }
    let nanosecond = digits(&format!("{fraction:0<9}"), 9)?;
    Time::new(hour, minute, second, nanosecond).ok()
}

/// Seconds of `+hh:mm`, or of `hh:mm`, which CEL takes as well.
fn parse_offset(text: &str) -> Option<i32> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes) = (digits::<i32>(hours, 2)?, digits::<i32>(minutes, 2)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)
}

/// A time as RFC 3339 writes it.
pub(super) fn write(time: DateTime) -> String {
    format!("{time}Z")
}

/// A duration as seconds: `3.5s`.
pub(super) fn write_duration(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let (whole, fraction) = (nanoseconds.unsigned_abs() / 1_000_000_000, nanoseconds.unsigned_abs() % 1_000_000_000);
    let fraction = format!(".{fraction:09}");
    format!("{sign}{whole}{}s", fraction.trim_end_matches('0').trim_end_matches('.'))
}

/// A duration such as `1h30m`, `-1.5h` or `0`.
pub(super) fn parse_duration(text: &str) -> Result<i64, Fault> {
    let wrong = || {
        let message = "A duration is written in h, m, s, ms, us and ns: `1h30m`, `-1.5h`.";
        Fault::new(Code::Number, message)
    };
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(wrong());
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(wrong)?;
        let (number, tail) = rest.split_at(length);
        // `ms` before `m`, which it begins with
        let units = [("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("s", NANOSECONDS)];
        let units = units.into_iter().chain([("m", 60 * NANOSECONDS), ("h", 3600 * NANOSECONDS)]);
        let (unit, nanoseconds) = units.into_iter().find(|unit| tail.starts_with(unit.0)).ok_or_else(wrong)?;
        total += count(number, i128::from(nanoseconds)).ok_or_else(wrong)?;
        if total > i128::from(i64::MAX) + 1 {
            return Err(overflow());
        }
        rest = &tail[unit.len()..];
    }
    i64::try_from(sign * total).map_err(|_| overflow())
}

/// Nanoseconds of a number of units, which may have a fraction. What is less than a nanosecond is left out.
fn count(number: &str, unit: i128) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    // more digits than these are beyond every duration, or below every nanosecond
    let whole: i128 = if whole.is_empty() { 0 } else { whole.get(..whole.len().min(20))?.parse().ok()? };
    let fraction = format!("{:0<15}", fraction.get(..fraction.len().min(15))?);
    let fraction: i128 = fraction.parse().ok()?;
    Some(whole * unit + fraction * unit / 1_000_000_000_000_000)
}

/// A part of a time, in UTC or in a time zone, or of a duration; nothing, if the arguments are others.
pub(super) fn get<'a>(part: Part, arguments: &[Val<'a>]) -> Result<Option<Val<'a>>, Fault> {
    let number = match arguments {
        [Val::Timestamp(time)] => of_time(part, *time),
        [Val::Timestamp(time), Val::Text(zone)] => of_time(part, local(*time, zone)?),
        [Val::Duration(nanoseconds)] => match of_duration(part, *nanoseconds) {
            Some(number) => number,
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(Val::Int(number)))
}

/// The time that clocks show in a time zone.
fn local(time: DateTime, zone: &str) -> Result<DateTime, Fault> {
    let offset = parse_offset(zone).or_else(|| named_offset(time, zone)).ok_or_else(|| {
        Fault::new(Code::Number, "There is no such time zone; write `Asia/Riyadh`, `UTC` or `+03:00`.")
    })?;
    time.checked_add(SignedDuration::from_secs(i64::from(offset))).map_err(|_| overflow())
}

/// Seconds by which a time zone is before UTC at a time.
fn named_offset(time: DateTime, zone: &str) -> Option<i32> {
    // names of IANA are shorter
    let zone = if zone.len() <= 64 { TimeZone::get(zone).ok()? } else { return None };
    // an instant of jiff ends some hours before times of CEL do; no zone changes in those hours
    let seconds = seconds(time).clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Some(zone.to_offset(Timestamp::from_second(seconds).ok()?).seconds())
}

fn of_time(part: Part, time: DateTime) -> i64 {
    match part {
        Part::Date => i64::from(time.day()),
        Part::DayOfMonth => i64::from(time.day()) - 1,
        Part::DayOfWeek => i64::from(time.weekday().to_sunday_zero_offset()),
        Part::DayOfYear => i64::from(time.day_of_year()) - 1,
        Part::FullYear => i64::from(time.year()),
        Part::Hours => i64::from(time.hour()),
        Part::Milliseconds => i64::from(time.subsec_nanosecond()) / 1_000_000,
        Part::Minutes => i64::from(time.minute()),
        Part::Month => i64::from(time.month()) - 1,
        Part::Seconds => i64::from(time.second()),
    }
}

/// The whole duration in a unit; of milliseconds only those beside the seconds, as the specification has it.
fn of_duration(part: Part, nanoseconds: i64) -> Option<i64> {
    match part {
        Part::Hours => Some(nanoseconds / (3600 * NANOSECONDS)),
        Part::Minutes => Some(nanoseconds / (60 * NANOSECONDS)),
        Part::Seconds => Some(nanoseconds / NANOSECONDS),
        Part::Milliseconds => Some(nanoseconds % NANOSECONDS / 1_000_000),
        _ => None,
    }
}
