//! The rule of opening hours, against examples that people worked out and against a walk through the minutes.

use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::resolve::{Layer, LocalSpan, Plan};
use crate::hours::{Day, Interval, Week};

const ZONES: [&str; 6] =
    ["Asia/Riyadh", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"];

fn week(slots: &[(i8, &str, &str)]) -> Week {
    let day = |weekday| Day {
        weekday,
        intervals: slots
            .iter()
            .filter(|slot| slot.0 == weekday)
            .map(|(_, from, to)| Interval { from: (*from).to_owned(), to: (*to).to_owned() })
            .collect(),
    };
    Week::read(&(1..=7).map(day).collect::<Vec<_>>()).expect("a week")
}

fn every_day(from: &str, to: &str) -> Week {
    week(&(1..=7).map(|weekday| (weekday, from, to)).collect::<Vec<_>>())
}

fn plan(week: Week, zone: &str) -> Plan {
    Plan { week, zone: TimeZone::get(zone).expect("a zone"), closing_days: Vec::new(), layers: Vec::new() }
}

fn local(from: &str, to: &str) -> LocalSpan {
    LocalSpan { from: from.parse().expect("a time"), to: to.parse().expect("a time") }
}

fn open(plan: &Plan, first: Date, last: Date) -> Vec<String> {
    let spans = plan.open(first, last).expect("opens");
    spans.iter().map(|span| format!("{} {}", span.start, span.end)).collect()
}

#[test]
fn a_split_shift_in_riyadh() {
    let plan = plan(week(&[(7, "08:00", "12:00"), (7, "16:00", "21:00")]), "Asia/Riyadh");
    assert_eq!(
        open(&plan, date(2026, 11, 22), date(2026, 11, 23)),
        ["2026-11-22T05:00:00Z 2026-11-22T09:00:00Z", "2026-11-22T13:00:00Z 2026-11-22T18:00:00Z"]
    );
}

#[test]
fn a_night_is_cut_at_the_ends_of_what_was_asked() {
    let plan = plan(every_day("20:00", "02:00"), "Asia/Riyadh");
    assert_eq!(
        open(&plan, date(2026, 11, 22), date(2026, 11, 22)),
        ["2026-11-21T21:00:00Z 2026-11-21T23:00:00Z", "2026-11-22T17:00:00Z 2026-11-22T21:00:00Z"]
    );
}

/// In New York 2026-03-08 has no 02:00 to 03:00, and 2026-11-01 has 01:00 to 02:00 twice (Energy Policy Act of 2005).
#[test]
fn clocks_that_are_put_forward_and_back() {
    let (spring, autumn) = (date(2026, 3, 8), date(2026, 11, 1));
    let at = |from: &str, to: &str, day: Date| open(&plan(every_day(from, to), "America/New_York"), day, day);
    assert_eq!(at("01:00", "04:00", spring), ["2026-03-08T06:00:00Z 2026-03-08T08:00:00Z"], "an hour is missing");
    assert_eq!(at("02:00", "02:45", spring), [""; 0], "what lies in the gap does not happen");
    assert_eq!(at("02:30", "03:15", spring), ["2026-03-08T07:00:00Z 2026-03-08T07:15:00Z"]);
    assert_eq!(at("01:30", "02:30", spring), ["2026-03-08T06:30:00Z 2026-03-08T07:00:00Z"]);
    assert_eq!(at("00:00", "04:00", autumn), ["2026-11-01T04:00:00Z 2026-11-01T09:00:00Z"], "an hour more");
    assert_eq!(at("01:15", "01:45", autumn), ["2026-11-01T05:15:00Z 2026-11-01T05:45:00Z"], "the first time");
    assert_eq!(at("01:30", "03:00", autumn), ["2026-11-01T05:30:00Z 2026-11-01T08:00:00Z"]);
    let shifts = week(&[(7, "02:00", "02:45"), (7, "03:00", "04:00")]);
    assert_eq!(
        open(&plan(shifts, "America/New_York"), spring, spring),
        ["2026-03-08T07:00:00Z 2026-03-08T08:00:00Z"],
        "a shift in the gap does not run into the next one"
    );
}

/// Samoa went from 2011-12-29 to 2011-12-31 (International Date Line Act 2011).
#[test]
fn a_day_that_never_was() {
    let plan = plan(every_day("08:00", "16:00"), "Pacific/Apia");
    assert_eq!(open(&plan, date(2011, 12, 30), date(2011, 12, 30)), [""; 0]);
    assert_eq!(
        open(&plan, date(2011, 12, 29), date(2011, 12, 31)),
        ["2011-12-29T18:00:00Z 2011-12-30T02:00:00Z", "2011-12-30T18:00:00Z 2011-12-31T02:00:00Z"]
    );
}

#[test]
fn what_is_nearer_wins() {
    let day = date(2026, 11, 22);
    let mut plan = plan(every_day("08:00", "16:00"), "Asia/Riyadh");
    plan.closing_days = vec![day];
    assert_eq!(open(&plan, day, day), [""; 0]);
    let practice = Layer {
        closed: vec![local("2026-11-22T00:00", "2026-11-23T00:00")],
        extra: vec![local("2026-11-22T10:00", "2026-11-22T14:00")],
    };
    let person = Layer { closed: vec![local("2026-11-22T11:00", "2026-11-22T12:00")], extra: Vec::new() };
    plan.layers = vec![practice, person];
    assert_eq!(
        open(&plan, day, day),
        ["2026-11-22T07:00:00Z 2026-11-22T08:00:00Z", "2026-11-22T09:00:00Z 2026-11-22T11:00:00Z"]
    );
}

/// Says of each minute whether it is open, by looking at the clock on the wall and remembering the latest time that it
/// has ever shown. Knows nothing of how local times become instants.
fn walk(plan: &Plan, first: Date, last: Date) -> Vec<(Timestamp, bool)> {
    let minute = SignedDuration::from_mins(1);
    let hours = |hours| SignedDuration::from_hours(hours);
    let utc = |day: Date| day.to_zoned(TimeZone::UTC).expect("in range").timestamp();
    let mut now = utc(first) - hours(72);
    let mut shown = DateTime::MIN;
    let mut minutes = Vec::new();
    while now < utc(last) + hours(72) {
        shown = shown.max(plan.zone.to_datetime(now));
        minutes.push((now, (first..=last).contains(&shown.date()) && is_open(plan, shown)));
        now += minute;
    }
    minutes
}

fn is_open(plan: &Plan, shown: DateTime) -> bool {
    let since_midnight = i32::from(shown.hour()) * 60 + i32::from(shown.minute());
    let holds = |day: Date, minute: i32| {
        plan.week.on(day.weekday().to_monday_one_offset()).any(|slot| (slot.from..slot.to).contains(&minute))
    };
    let eve = shown.date().yesterday().expect("in range");
    let mut open = holds(shown.date(), since_midnight) || holds(eve, since_midnight + 1440);
    let within = |spans: &[LocalSpan]| spans.iter().any(|span| span.from <= shown && shown < span.to);
    open &= !plan.closing_days.contains(&shown.date());
    for layer in &plan.layers {
        open = (open && !within(&layer.closed)) || within(&layer.extra);
    }
    open
}

/// A few days around something: half of the time around a change of the clock, which is where mistakes are made.
fn days() -> impl Strategy<Value = (usize, Date)> {
    (0..ZONES.len(), 0..20_i16, 1..=365_i16, 0..40_usize, any::<bool>()).prop_map(|(zone, year, day, change, near)| {
        let start = date(2008 + year, 1, 1);
        let any = start.checked_add(jiff::Span::new().days(day - 1)).expect("in range");
        let tz = TimeZone::get(ZONES[zone]).expect("a zone");
        let from = start.to_zoned(tz.clone()).expect("in range").timestamp();
        let near_one = tz.following(from).nth(change % 3).map(|change| tz.to_datetime(change.timestamp()).date());
        (zone, near_one.filter(|_| near).unwrap_or(any))
    })
}

/// Local times on a raster of five minutes around a day, so that edges meet often.
fn spans(around: Date) -> impl Strategy<Value = Vec<LocalSpan>> {
    let span = (-2 * 288..3 * 288_i64, 1..400_i64).prop_map(move |(from, length)| {
        let at = |steps: i64| around.to_datetime(jiff::civil::Time::midnight()) + SignedDuration::from_mins(5 * steps);
        LocalSpan { from: at(from), to: at(from + length) }
    });
    proptest::collection::vec(span, 0..3)
}

fn weeks() -> impl Strategy<Value = Week> {
    proptest::collection::vec((1i8..=7, 0..288_i32, 1..=288_i32), 0..10).prop_map(|wanted| {
        let clock = |steps: i32| format!("{:02}:{:02}", steps * 5 / 60, steps * 5 % 60);
        let mut days: Vec<Day> = (1..=7).map(|weekday| Day { weekday, intervals: Vec::new() }).collect();
        for (weekday, from, to) in wanted {
            let intervals = usize::try_from(weekday - 1).expect("small");
            days[intervals].intervals.push(Interval { from: clock(from), to: clock(to) });
            if Week::read(&days).is_err() {
                days[intervals].intervals.pop();
            }
        }
        Week::read(&days).expect("only what fits")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn the_rule_is_the_clock_on_the_wall(
        (week, (zone, first), length, (closing, closed, extra, away)) in (weeks(), days(), 0..3_i64).prop_flat_map(|(week, days, length)| {
            let parts = (proptest::collection::vec(-1..4_i64, 0..2), spans(days.1), spans(days.1), spans(days.1));
            (Just(week), Just(days), Just(length), parts)
        })
    ) {
        let after = |days: i64| first.checked_add(jiff::Span::new().days(days)).expect("in range");
        let plan = Plan {
            week,
            zone: TimeZone::get(ZONES[zone]).expect("a zone"),
            closing_days: closing.into_iter().map(after).collect(),
            layers: vec![Layer { closed, extra }, Layer { closed: away, extra: Vec::new() }],
        };
        let last = after(length);
        let spans = plan.open(first, last).expect("opens");
        for span in &spans {
            prop_assert!(span.start < span.end);
        }
        for pair in spans.windows(2) {
            prop_assert!(pair[0].end < pair[1].start);
        }
        for (minute, open) in walk(&plan, first, last) {
            let found = spans.iter().any(|span| span.start <= minute && minute < span.end);
            prop_assert_eq!(found, open, "{} in {}", minute, ZONES[zone]);
        }
    }
}
