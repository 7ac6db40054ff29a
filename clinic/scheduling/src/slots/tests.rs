//! Slots: as the front desk asks for them, and the rule against a walk through the minutes in every zone.

use std::collections::HashMap;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use platform::id::UserId;
use practice::{RoomId, Span};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::{Part, Question};
use crate::appointment::occupy::Rooms;
use crate::testing::{Clinic, DAY};

#[tokio::test]
async fn when_several_people_and_chairs_are_free_together() {
    let clinic = Clinic::start().await;
    clinic.booked("09:00").await;
    let mut other = clinic.visit(&clinic.patient().await, "10:00");
    (other["providerIds"], other["roomIds"]) = (json!([clinic.doctor(1)]), json!([clinic.chairs[1]]));
    clinic.owner.post("/api/v1/appointments", &other).await.expect(201);
    let together = format!("&providerId={}&alsoProviderIds={}", clinic.doctor(0), clinic.doctor(1));
    let free = clinic.free(&together).await;
    for (time, expected) in [("08:00", true), ("09:00", false), ("10:00", false), ("11:00", true)] {
        assert_eq!(free.contains(&time.to_owned()), expected, "{time}: {free:?}");
    }
    assert!(clinic.free("").await.contains(&"10:00".to_owned()), "one of them is free then");
    let both = format!("&roomIds={},{}", clinic.chairs[0], clinic.chairs[1]);
    let free = clinic.free(&both).await;
    for (time, expected) in [("08:00", true), ("09:00", false), ("10:00", false), ("11:00", true)] {
        assert_eq!(free.contains(&time.to_owned()), expected, "{time}: {free:?}");
    }
    let first = clinic.free(&format!("&roomIds={}", clinic.chairs[0])).await;
    assert!(first.contains(&"10:00".to_owned()) && !first.contains(&"09:00".to_owned()), "{first:?}");

    let path = |query: &str| {
        format!("/api/v1/slots?serviceId={}&locationId={}&from={DAY}&to={DAY}{query}", clinic.service, clinic.location)
    };
    let many = vec![Uuid::now_v7().to_string(); 5].join(",");
    for (query, fault) in [
        ("&roomIds=one".to_owned(), "?roomIds invalid"),
        (format!("&roomIds={}", Uuid::now_v7()), "?roomIds not_found"),
        (format!("&alsoProviderIds={many}"), "?alsoProviderIds too_many"),
    ] {
        let refused = clinic.owner.get(&path(&query)).await;
        assert_eq!((refused.status.as_u16(), refused.faults()), (422, vec![fault.to_owned()]));
    }

    let mut visit = clinic.visit(&clinic.patient().await, "10:00");
    visit["providerIds"] = json!([clinic.doctor(0), clinic.doctor(1)]);
    let refused = clinic.owner.post("/api/v1/appointments", &visit).await;
    let near = refused.body["current"]["alternatives"].as_array().expect("alternatives");
    let near: Vec<_> = near.iter().map(|slot| crate::testing::local(&slot["start"])).collect();
    assert_eq!((refused.code(), near.len()), ("appointment.provider_busy", 3));
    let free = clinic.free(&together).await;
    assert!(near.iter().all(|time| free.contains(time)), "both are free at {near:?}");
}

#[tokio::test]
async fn the_free_times_of_a_day() {
    let clinic = Clinic::start().await;
    let day = clinic.free("").await;
    assert_eq!(day.len(), 30, "from 08:00 to 11:30 and from 13:00 to 16:30");
    assert_eq!(
        (day[0].as_str(), day[14].as_str(), day[15].as_str(), day[29].as_str()),
        ("08:00", "11:30", "13:00", "16:30")
    );
    let only = format!("&providerId={}", clinic.doctor(0));
    clinic.booked("09:00").await;
    let of_the_first = clinic.free(&format!("{only}&part=morning")).await;
    assert_eq!(of_the_first[..4], ["08:00", "08:15", "09:45", "10:00"], "and five minutes after it");
    assert_eq!(clinic.free("&part=morning").await.len(), 15, "the other doctor has all of them");
    assert_eq!(clinic.free("&part=afternoon&limit=1").await, ["13:00"]);
    assert_eq!(clinic.free("&part=evening").await, [""; 0]);
    assert_eq!(clinic.free("&durationMinutes=240").await, ["08:00", "13:00"]);
    let slots = format!("/api/v1/slots?serviceId={}&locationId={}", clinic.service, clinic.location);
    assert_eq!(clinic.owner.get(&format!("{slots}&from={DAY}&to=2030-07-03")).await.faults(), ["?to out_of_range"]);
    let nobody = Uuid::now_v7();
    let strange = format!("/api/v1/slots?serviceId={nobody}&locationId={}&from={DAY}&to={DAY}", clinic.location);
    assert_eq!(clinic.owner.get(&strange).await.status, 404);
}

#[tokio::test]
async fn without_a_free_chair_nobody_is_treated() {
    let clinic = Clinic::start().await;
    for number in 0..2 {
        let mut visit = clinic.visit(&clinic.patient().await, "09:00");
        visit["providerIds"] = json!([clinic.doctor(number)]);
        clinic.owner.post("/api/v1/appointments", &visit).await.expect(201);
    }
    let third = clinic.server.colleague_of(&clinic.owner, "provider").await;
    crate::testing::put(&clinic.owner, &format!("/api/v1/providers/{}", third.user()), &json!({ "version": 0 }))
        .await
        .expect(200);
    let of_the_third = clinic.free(&format!("&providerId={}&part=morning", third.user())).await;
    assert_eq!(of_the_third[..3], ["08:00", "08:15", "09:45"]);
}

#[tokio::test]
async fn a_patient_is_not_in_two_places() {
    let clinic = Clinic::start().await;
    let booked = clinic.booked("09:00").await;
    let patient = booked["patientId"].as_str().expect("a patient");
    let free = clinic.free(&format!("&patientId={patient}&part=morning")).await;
    assert_eq!(free[..4], ["08:00", "08:15", "08:30", "09:30"], "their own time has nothing around it");
    let moving = booked["id"].as_str().expect("an id");
    assert_eq!(clinic.free(&format!("&patientId={patient}&moving={moving}")).await.len(), 30);
}

/// Looks at every minute by itself: what does the clock on the wall show, does each minute of the visit lie in working
/// hours, is none of those around it taken. Knows nothing of how the next beginning is found.
fn walk(question: &Question, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, Vec<UserId>)> {
    let minute = SignedDuration::from_mins(1);
    let minutes = |from: Timestamp, length: SignedDuration| {
        (0..length.as_mins()).map(move |n| from + SignedDuration::from_mins(n)).collect::<Vec<_>>()
    };
    let within = |spans: &[Span], at: Timestamp| spans.iter().any(|span| span.start <= at && at < span.end);
    let mut found = Vec::new();
    let mut at = from;
    while at < to {
        let local: DateTime = question.zone.to_datetime(at);
        let shown = i32::from(local.hour()) * 60 + i32::from(local.minute());
        let part = match local.hour() {
            0..=11 => Part::Morning,
            12..=16 => Part::Afternoon,
            _ => Part::Evening,
        };
        let fits = shown % question.step == 0
            && local.second() == 0
            && (question.earliest..question.latest).contains(&at)
            && question.part.is_none_or(|wanted| wanted == part);
        if fits {
            let around = minutes(at - question.before, question.before + question.length + question.after);
            let untaken = |who: Uuid| {
                let taken = question.taken.get(&who).map(Vec::as_slice).unwrap_or_default();
                around.iter().all(|minute| !within(taken, *minute))
            };
            let visit = minutes(at, question.length);
            let room = match &question.rooms {
                Rooms::These(rooms) => rooms.iter().all(|room| untaken(room.uuid())),
                Rooms::FirstOf(rooms) => rooms.is_empty() || rooms.iter().any(|room| untaken(room.uuid())),
            };
            let here = visit.iter().all(|minute| !within(&question.elsewhere, *minute));
            let mut who: Vec<UserId> = question
                .hours
                .iter()
                .filter(|(_, hours)| hours.iter().any(|open| visit.iter().all(|at| within(&[*open], *at))))
                .map(|(person, _)| *person)
                .filter(|person| room && here && untaken(person.uuid()))
                .collect();
            who.sort();
            if !who.is_empty() {
                found.push((at, who));
            }
        }
        at += minute;
    }
    found
}

fn check(question: &Question, from: Timestamp, to: Timestamp, what: &str) {
    let said: Vec<_> = question.slots().into_iter().map(|slot| (slot.start, slot.provider_ids)).collect();
    assert_eq!(said, walk(question, from, to), "{what}");
}

fn span(base: Timestamp, from: i64, minutes: i64) -> Span {
    let start = base + SignedDuration::from_mins(from);
    Span { start, end: start + SignedDuration::from_mins(minutes) }
}

/// In every zone, around every change of its clock from 2025 to 2037: put forward, put back, by half an hour, by a day.
#[test]
fn around_every_change_of_clocks() {
    let (first, last): (Timestamp, Timestamp) =
        ("2025-01-01T00:00:00Z".parse().expect("an instant"), "2038-01-01T00:00:00Z".parse().expect("an instant"));
    let mut seen = std::collections::HashSet::new();
    let mut changes = 0;
    let (one, other) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
    for name in jiff::tz::db().available() {
        let Ok(zone) = TimeZone::get(name.as_str()) else { continue };
        let of_zone: Vec<_> = zone
            .following(first)
            .take_while(|change| change.timestamp() < last)
            .map(|change| (change.timestamp(), change.offset()))
            .collect();
        // many names mean the same clock
        if !seen.insert((zone.to_offset(first), of_zone.clone())) {
            continue;
        }
        for (i, (change, _)) in of_zone.iter().enumerate() {
            changes += 1;
            let base = *change - SignedDuration::from_hours(5);
            let mut taken = HashMap::new();
            taken.insert(one.uuid(), vec![span(base, 130, 20), span(base, 305, 45)]);
            let question = Question {
                zone: zone.clone(),
                hours: [(one, vec![span(base, 0, 240), span(base, 250, 350)]), (other, vec![span(base, 170, 300)])]
                    .into(),
                rooms: Rooms::FirstOf(Vec::new()),
                taken,
                elsewhere: Vec::new(),
                length: SignedDuration::from_mins(25),
                before: SignedDuration::from_mins(5),
                after: SignedDuration::from_mins(10),
                step: [15, 20, 30, 45, 60][i % 5],
                earliest: base,
                latest: base + SignedDuration::from_hours(10),
                part: None,
            };
            check(&question, base, base + SignedDuration::from_hours(10), name.as_str());
        }
    }
    assert!(changes > 700, "{changes} changes of clocks were looked at");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// Anywhere, at any time: whatever is open, taken, asked for.
    #[test]
    fn what_is_free_is_what_a_walk_finds(
        (zone, day) in (prop::sample::select(vec!["Asia/Riyadh", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
            "Africa/Casablanca", "Pacific/Chatham", "America/St_Johns", "Antarctica/Troll"]), 0_i64..4700),
        hours in prop::collection::vec((0_i64..600, 1_i64..500, 0_i64..400, 1_i64..500), 1..4),
        taken in prop::collection::vec((0_u128..5, 0_i64..1300, 1_i64..200), 0..14),
        (rooms, all_of_them) in (0_u128..3, any::<bool>()),
        (length, before, after) in (5_i64..120, 0_i64..40, 0_i64..40),
        (step, part, skip) in (5_i32..=120, 0..4_usize, 0_i64..300),
    ) {
        let zone = TimeZone::get(zone).expect("a zone");
        let base = Date::constant(2025, 1, 1).to_zoned(zone.clone()).expect("a day").timestamp()
            + SignedDuration::from_hours(24 * day);
        let person = |n: usize| UserId(Uuid::from_u128(n as u128));
        let question = Question {
            hours: hours.iter().enumerate().map(|(n, (from, minutes, gap, more))| {
                let first = span(base, *from, *minutes);
                (person(n), vec![first, span(first.end, gap + 1, *more)])
            }).collect(),
            rooms: {
                let rooms = (0..rooms).map(|n| RoomId(Uuid::from_u128(3 + n))).collect();
                if all_of_them { Rooms::These(rooms) } else { Rooms::FirstOf(rooms) }
            },
            taken: taken.iter().fold(HashMap::new(), |mut all: HashMap<Uuid, Vec<Span>>, (who, from, minutes)| {
                all.entry(Uuid::from_u128(*who)).or_default().push(span(base, *from, *minutes));
                all
            }),
            elsewhere: vec![span(base, 200, 50)],
            length: SignedDuration::from_mins(length),
            before: SignedDuration::from_mins(before),
            after: SignedDuration::from_mins(after),
            step,
            earliest: base + SignedDuration::from_mins(skip),
            latest: base + SignedDuration::from_mins(1200),
            part: [None, Some(Part::Morning), Some(Part::Afternoon), Some(Part::Evening)][part],
            zone,
        };
        check(&question, base, base + SignedDuration::from_hours(48), "");
    }
}
