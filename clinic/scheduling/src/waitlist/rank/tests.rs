//! The rule against an oracle that looks at every minute by itself and takes out the best one after the other.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use platform::id::{PatientId, UserId};
use practice::{LocationId, Span};
use proptest::prelude::*;
use uuid::Uuid;

use super::{Fit, Vacancy, Waiting, rank};
use crate::waitlist::wishes::WishId;
use crate::waitlist::wishes::window::WishWindow;

const fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// Zones whose clocks change by an hour, by half an hour, at midnight, by a whole day, or never; each with an instant
/// near a change.
const NEAR: [(&str, &str); 7] = [
    ("Europe/Berlin", "2026-10-25T00:30:00Z"),
    ("America/New_York", "2027-03-14T06:30:00Z"),
    ("Australia/Lord_Howe", "2027-04-03T14:30:00Z"),
    ("America/Santiago", "2026-09-06T03:30:00Z"),
    ("Africa/Cairo", "2027-04-29T21:30:00Z"),
    ("Pacific/Apia", "2011-12-30T09:30:00Z"),
    ("Asia/Riyadh", "2030-06-02T20:30:00Z"),
];

/// Every minute of the visit, as the wall clock shows it.
fn shown(zone: &TimeZone, span: Span) -> Vec<(Date, i8, i32)> {
    let mut all = Vec::new();
    let mut at = span.start;
    while at < span.end {
        let local = at.to_zoned(zone.clone());
        let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
        all.push((local.date(), local.weekday().to_monday_one_offset(), minute));
        at += minutes(1);
    }
    all
}

fn is_fit(vacancy: &Vacancy, of: &Waiting, now: Timestamp) -> Option<Span> {
    let mut start = vacancy.span.start;
    while start - of.before < vacancy.free.start {
        start += minutes(1);
    }
    let span = Span { start, end: start + of.length };
    let walk = shown(&vacancy.zone, span);
    let number =
        |text: &str| text[..2].parse::<i32>().expect("hours") * 60 + text[3..].parse::<i32>().expect("minutes");
    let window = |window: &WishWindow| {
        walk.iter().all(|(day, weekday, minute)| {
            *day == walk[0].0
                && (window.weekdays.is_empty() || window.weekdays.contains(weekday))
                && (number(&window.from)..number(&window.to)).contains(minute)
        })
    };
    let faults = [
        span.end > vacancy.span.end || span.end + of.after > vacancy.free.end,
        now + of.notice > start,
        of.location != vacancy.location || !of.providers.contains(&vacancy.provider),
        of.patient == vacancy.left_by,
        (0..of.length.as_mins()).any(|minute| {
            let at = start + minutes(minute);
            of.elsewhere.iter().any(|busy| busy.start <= at && at < busy.end)
        }),
        of.gives_up.is_some_and(|at| at <= start),
        of.earliest.is_some_and(|day| walk.iter().any(|(shown, ..)| *shown < day)),
        of.latest.is_some_and(|day| walk.iter().any(|(shown, ..)| *shown > day)),
        !of.windows.is_empty() && !of.windows.iter().any(window),
    ];
    if faults.contains(&true) { None } else { Some(span) }
}

/// Whether the one is asked before the other.
fn is_before(now: Timestamp, one: (&Waiting, Span), other: (&Waiting, Span)) -> bool {
    let days = |of: &Waiting| (now.as_second() - of.since.as_second()) / 86_400;
    let length = |span: Span| span.end.as_second() - span.start.as_second();
    if one.0.urgent != other.0.urgent {
        return one.0.urgent;
    }
    if days(one.0) != days(other.0) {
        return days(one.0) > days(other.0);
    }
    if length(one.1) != length(other.1) {
        return length(one.1) > length(other.1);
    }
    (one.0.since, one.0.wish) < (other.0.since, other.0.wish)
}

/// One after the other, the best of those that are left.
fn oracle(vacancy: &Vacancy, waiting: &[Waiting], now: Timestamp) -> Vec<Fit> {
    let mut left: Vec<_> = waiting.iter().filter_map(|of| Some((of, is_fit(vacancy, of, now)?))).collect();
    let mut ranked = Vec::new();
    while !left.is_empty() {
        let mut best = 0;
        for other in 1..left.len() {
            if is_before(now, left[other], left[best]) {
                best = other;
            }
        }
        let (of, span) = left.remove(best);
        ranked.push(Fit { wish: of.wish, patient: of.patient, span });
    }
    ranked
}

fn windows() -> impl Strategy<Value = Vec<WishWindow>> {
    let clock = |quarter: i32| format!("{:02}:{:02}", quarter / 4, quarter % 4 * 15);
    let window =
        (prop::collection::vec(1..=7_i8, 0..6), 0..88_i32, 2..60_i32).prop_map(move |(weekdays, from, long)| {
            WishWindow { weekdays, from: clock(from), to: clock((from + long).min(96)) }
        });
    prop::collection::vec(window, 0..4)
}

/// Around the vacancy, which begins some minutes after `base`.
fn waiting(base: Timestamp, zone: TimeZone) -> impl Strategy<Value = Waiting> {
    let day = move |offset: i64| base.to_zoned(zone.clone()).date().saturating_add(jiff::Span::new().days(offset));
    let who = (0..40_u128, 0..6_u128, 0..5_i64, 0..1500_i64, any::<bool>(), 0..8_u128);
    let what = (prop::collection::vec(0..3_u128, 0..3), 1..20_i64, 0..3_i64, 0..3_i64, 0..300_i64);
    let when = (windows(), prop::option::of(-1..2_i64), prop::option::of(-1..2_i64), prop::option::of(-200..200_i64));
    let busy = prop::collection::vec((-120..120_i64, 1..60_i64), 0..3);
    (who, what, when, busy).prop_map(move |(who, what, when, busy)| {
        let at = |offset: i64| base + minutes(offset);
        let span = |(from, long): (i64, i64)| Span { start: at(from), end: at(from + long) };
        Waiting {
            wish: WishId(id(100 + who.0)),
            patient: PatientId(id(200 + who.1)),
            since: base - minutes(who.2 * 1440 + who.3 + 400),
            urgent: who.4,
            location: LocationId(id(300 + who.5 / 7)),
            providers: what.0.into_iter().map(|number| UserId(id(400 + number))).collect(),
            windows: when.0,
            earliest: when.1.map(&day),
            latest: when.2.map(&day),
            notice: minutes(what.4),
            length: minutes(what.1 * 5),
            before: minutes(what.2 * 5),
            after: minutes(what.3 * 5),
            elsewhere: busy.into_iter().map(span).collect(),
            gives_up: when.3.map(at),
        }
    })
}

fn question() -> impl Strategy<Value = (Vacancy, Vec<Waiting>, Timestamp)> {
    let near = prop::sample::select(NEAR.to_vec());
    (near, -60..120_i64, 4..24_i64, 0..3_i64, 0..3_i64, 0..240_i64).prop_flat_map(
        |(near, from, long, before, after, ago)| {
            let zone = TimeZone::get(near.0).expect("a zone");
            let base: Timestamp = near.1.parse().expect("an instant");
            let start = base + minutes(from * 5);
            let span = Span { start, end: start + minutes(long * 5) };
            let vacancy = Vacancy {
                provider: UserId(id(400)),
                location: LocationId(id(300)),
                zone: zone.clone(),
                span,
                free: Span { start: span.start - minutes(before * 5), end: span.end + minutes(after * 5) },
                left_by: PatientId(id(200)),
            };
            let now = start - minutes(ago);
            (Just(vacancy), prop::collection::vec(waiting(start, zone), 0..25), Just(now))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn who_fits_and_in_which_order((vacancy, waiting, now) in question()) {
        prop_assert_eq!(rank(&vacancy, &waiting, now), oracle(&vacancy, &waiting, now));
    }
}

fn somebody(number: u128, now: Timestamp) -> Waiting {
    Waiting {
        wish: WishId(id(number)),
        patient: PatientId(id(1000 + number)),
        since: now - minutes(60),
        urgent: false,
        location: LocationId(id(300)),
        providers: vec![UserId(id(400))],
        windows: Vec::new(),
        earliest: None,
        latest: None,
        notice: minutes(0),
        length: minutes(30),
        before: minutes(0),
        after: minutes(5),
        elsewhere: Vec::new(),
        gives_up: None,
    }
}

#[test]
fn who_is_urgent_comes_first_and_then_who_has_waited_longest() {
    let start: Timestamp = "2030-06-02T06:00:00Z".parse().expect("an instant");
    let now = start - minutes(300);
    let span = Span { start, end: start + minutes(45) };
    let vacancy = Vacancy {
        provider: UserId(id(400)),
        location: LocationId(id(300)),
        zone: TimeZone::get("Asia/Riyadh").expect("a zone"),
        span,
        free: Span { start, end: span.end + minutes(5) },
        left_by: PatientId(id(1)),
    };
    let usual = somebody(1, now);
    let long = Waiting { since: now - minutes(3 * 1440), ..somebody(2, now) };
    let urgent = Waiting { urgent: true, ..somebody(3, now) };
    let fills = Waiting { length: minutes(45), ..somebody(4, now) };
    let too_long = Waiting { length: minutes(50), ..somebody(5, now) };
    let too_late = Waiting { notice: minutes(301), ..somebody(6, now) };
    let evening = WishWindow { weekdays: vec![7], from: "17:00".into(), to: "20:00".into() };
    let at_nine = WishWindow { weekdays: vec![7], from: "09:00".into(), to: "09:30".into() };
    let at_night = Waiting { windows: vec![evening], ..somebody(7, now) };
    let sunday = Waiting { windows: vec![at_nine], since: now - minutes(61), ..somebody(8, now) };
    let all = [usual, long, urgent, fills, too_long, too_late, at_night, sunday];
    let order: Vec<_> = rank(&vacancy, &all, now).into_iter().map(|fit| fit.wish.uuid().as_u128()).collect();
    assert_eq!(order, [3, 2, 4, 8, 1]);
}
