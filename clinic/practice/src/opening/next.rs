//! When the practice opens next: for what waits until somebody is there.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span as Days, Timestamp};
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use uuid::Uuid;

use super::{Rules, Span};
use crate::{locations, profile};

/// Days that are looked at: first what nearly always is enough, then as far as anybody plans.
const REACHES: [i32; 2] = [14, 400];

/// The next instant, from this one on, at which any location in use is open; at which the practice is, where it has no
/// locations. Where nothing opens within four hundred days nobody has said when the practice works, and what waits for
/// that would wait for ever: then it is this instant.
///
/// # Errors
/// 503 when the database is away.
pub async fn next_opening(tx: &mut TenantTx, from: Timestamp) -> Result<Timestamp> {
    let own = profile::find(tx).await?.time_zone;
    let mut places: Vec<(Vec<Uuid>, TimeZone)> = Vec::new();
    for location in locations::in_use(tx).await? {
        let zone = TimeZone::get(location.time_zone.as_deref().unwrap_or(&own)).map_err(Error::internal)?;
        places.push((vec![tx.practice(), location.id.uuid()], zone));
    }
    if places.is_empty() {
        places.push((vec![tx.practice()], TimeZone::get(&own).map_err(Error::internal)?));
    }
    let owners: Vec<Uuid> = places.iter().flat_map(|(line, _)| line.iter().copied()).collect();
    // which local day it is depends on the zone: a day more in front
    let first = from.to_zoned(TimeZone::UTC).date().yesterday().map_err(Error::internal)?;
    for days in REACHES {
        let last = first.saturating_add(Days::new().days(days));
        let rules = Rules::of(tx, &owners, first, last).await?;
        if let Some(next) = earliest(&rules, &places, (first, last), from)? {
            return Ok(next);
        }
    }
    Ok(from)
}

/// The earliest of all places.
fn earliest(
    rules: &Rules,
    places: &[(Vec<Uuid>, TimeZone)],
    (first, last): (Date, Date),
    from: Timestamp,
) -> Result<Option<Timestamp>> {
    let mut next: Option<Timestamp> = None;
    for (line, zone) in places {
        let open = rules.plan(line, zone.clone()).open(first, last)?;
        let here = open.iter().find(|span: &&Span| span.end > from).map(|span| span.start.max(from));
        next = [next, here].into_iter().flatten().min();
    }
    Ok(next)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, DateTime, date};
    use jiff::tz::TimeZone;
    use jiff::{SignedDuration, Timestamp};
    use platform::db::Caller;
    use platform::id::PracticeId;
    use platform::testing::{Person, TestServer, statements};
    use serde_json::{Value, json};

    use super::next_opening;
    use crate::testing::{made, put, start};

    async fn next(server: &TestServer, owner: &Person, from: Timestamp) -> Timestamp {
        let caller = Caller::system(PracticeId(owner.practice()));
        server.app.door.read(&caller, async move |tx| next_opening(tx, from).await).await.expect("an instant")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn week(days: &[(i8, &str, &str)]) -> Value {
        days.iter()
            .map(|(day, from, to)| json!({ "weekday": day, "intervals": [{ "from": from, "to": to }] }))
            .collect()
    }

    async fn hours(owner: &Person, of: &str, days: &[(i8, &str, &str)]) {
        put(owner, "/api/v1/hours", &json!({ "owner": of, "version": 0, "week": week(days) })).await.expect(200);
    }

    const WEEKDAYS: [(i8, &str, &str); 5] = [
        (1, "08:00", "12:00"),
        (2, "08:00", "12:00"),
        (3, "08:00", "12:00"),
        (4, "08:00", "12:00"),
        (7, "08:00", "12:00"),
    ];

    #[tokio::test]
    async fn what_waits_goes_on_when_somebody_is_there() {
        let (server, owner) = start().await;
        let night = at("2026-11-24T20:00:00Z");
        assert_eq!(next(&server, &owner, night).await, night, "nobody has said when the practice works");
        hours(&owner, "practice", &WEEKDAYS).await;
        for (from, to) in [
            ("2026-11-24T20:00:00Z", "2026-11-25T05:00:00Z"),
            ("2026-11-25T05:00:00Z", "2026-11-25T05:00:00Z"),
            ("2026-11-25T08:59:59Z", "2026-11-25T08:59:59Z"),
            // from Thursday noon to Sunday
            ("2026-11-26T09:00:00Z", "2026-11-29T05:00:00Z"),
        ] {
            assert_eq!(next(&server, &owner, at(from)).await, at(to), "{from}");
        }
        let closed = json!({ "name": "Move", "date": "2026-11-29", "repeats": "none" });
        made(&owner, "/api/v1/closing-days", &closed).await;
        assert_eq!(next(&server, &owner, at("2026-11-26T09:00:00Z")).await, at("2026-11-30T05:00:00Z"));
        let away = json!({ "owner": "practice", "kind": "closed", "from": "2026-12-01T00:00:00", "to": "2027-02-01T00:00:00" });
        made(&owner, "/api/v1/absences", &away).await;
        let later = next(&server, &owner, at("2026-12-02T09:00:00Z")).await;
        assert_eq!(later, at("2027-02-01T05:00:00Z"), "also after two months");
    }

    #[tokio::test]
    async fn however_many_locations_there_are_it_is_as_many_statements() {
        let (server, owner) = start().await;
        hours(&owner, "practice", &WEEKDAYS).await;
        let caller = Caller::system(PracticeId(owner.practice()));
        let mut counts = Vec::new();
        for number in 0..4 {
            made(&owner, "/api/v1/locations", &json!({ "name": format!("Branch {number}") })).await;
            let counted = server.app.door.read(&caller, async |tx| {
                let (found, count) = statements(next_opening(tx, at("2026-11-24T20:00:00Z"))).await;
                Ok((found?, count))
            });
            counts.push(counted.await.expect("an instant").1);
        }
        assert!(counts[0] > 2 && counts.iter().all(|count| *count == counts[0]), "{counts:?}");
    }

    /// A zone, and weekdays with from when until when it is open.
    type Place<'a> = (&'a str, &'a [(i8, &'a str, &'a str)]);

    /// Walks through the minutes with a clock on the wall of each place that never goes back, and knows nothing of how
    /// local times become instants.
    fn walk(places: &[Place], closed: Date, from: Timestamp) -> Timestamp {
        let minutes =
            |text: &str| text[..2].parse::<i32>().expect("hours") * 60 + text[3..].parse::<i32>().expect("minutes");
        let zones: Vec<TimeZone> = places.iter().map(|(zone, _)| TimeZone::get(zone).expect("a zone")).collect();
        let mut shown: Vec<DateTime> = zones.iter().map(|_| DateTime::MIN).collect();
        let mut now = from - SignedDuration::from_hours(4);
        loop {
            let mut open = false;
            for (i, (_, week)) in places.iter().enumerate() {
                shown[i] = shown[i].max(zones[i].to_datetime(now));
                let day = shown[i].date();
                let minute = i32::from(shown[i].hour()) * 60 + i32::from(shown[i].minute());
                open |= day != closed
                    && week.iter().any(|(weekday, from, to)| {
                        *weekday == day.weekday().to_monday_one_offset()
                            && (minutes(from)..minutes(to)).contains(&minute)
                    });
            }
            if open && now >= from {
                return now;
            }
            now += SignedDuration::from_mins(1);
        }
    }

    #[tokio::test]
    async fn clocks_that_change_change_nothing() {
        const LONDON: [(i8, &str, &str); 3] = [(7, "01:15", "01:45"), (3, "09:00", "17:00"), (5, "23:00", "23:59")];
        const NEW_YORK: [(i8, &str, &str); 2] = [(7, "01:30", "02:45"), (6, "10:00", "10:30")];
        let (server, owner) = start().await;
        for (name, zone, days) in
            [("London", "Europe/London", &LONDON[..]), ("New York", "America/New_York", &NEW_YORK[..])]
        {
            let place = made(&owner, "/api/v1/locations", &json!({ "name": name, "timeZone": zone })).await;
            hours(&owner, &format!("location:{place}"), days).await;
        }
        let closed = date(2026, 11, 4);
        made(&owner, "/api/v1/closing-days", &json!({ "name": "Move", "date": closed, "repeats": "none" })).await;
        let places = [("Europe/London", &LONDON[..]), ("America/New_York", &NEW_YORK[..])];
        for day in ["2026-03-07", "2026-03-28", "2026-10-24", "2026-10-31", "2026-11-03"] {
            let midnight = at(&format!("{day}T00:00:00Z"));
            for step in 0..40 {
                let from = midnight + SignedDuration::from_mins(step * 77);
                assert_eq!(next(&server, &owner, from).await, walk(&places, closed, from), "from {from}");
            }
        }
    }
}
