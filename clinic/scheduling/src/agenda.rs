//! What somebody's working time looks like from outside: in pieces of the practice's rhythm, each free or taken. Other
//! systems read it so; nobody learns who comes, or why.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::UserId;
use practice::Span;

use crate::appointment::occupy::{LONGEST, Rooms};
use crate::settings;
use crate::slots::Question;

/// How a piece of somebody's working time stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Something could be booked.
    Free,
    /// A slot is held for somebody who is deciding.
    Held,
    /// Taken, or over.
    Taken,
}

/// A piece of somebody's working time, as long as the practice's rhythm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// From when until when.
    pub span: Span,
    /// Whether something could be booked.
    pub standing: Standing,
}

/// The pieces of a bookable provider's working time that begin in a window, in order, at all locations where they work.
///
/// # Errors
/// 404 when there is no such provider with whom appointments can be made.
pub async fn agenda(tx: &mut TenantTx, provider: UserId, window: Span) -> Result<Vec<Piece>> {
    let all = practice::providers(tx).await?;
    let one = all.iter().find(|one| one.id == provider && one.bookable).ok_or_else(Error::not_found)?;
    let step = settings::find(tx).await?.rules.slot_minutes;
    // which local days these are depends on the zone, which comes with the answer: a day more on either side
    let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    let first = day(window.start).yesterday().map_err(Error::internal)?;
    let last = day(window.end).tomorrow().map_err(Error::internal)?;
    let mut spans = BTreeMap::new();
    for location in practice::locations(tx).await?.into_iter().filter(|location| one.works_at(location.id)) {
        let working = practice::working(tx, location.id, &[provider], first, last).await?;
        for slot in rhythm(working.time_zone()?, working, window, step).slots() {
            spans.insert(slot.start, slot.end);
        }
    }
    let (now, taken) = (tx.now(), taken(tx, provider, window).await?);
    let piece = |(start, end)| {
        let span = Span { start, end };
        Piece { span, standing: standing(span, &taken, now) }
    };
    Ok(spans.into_iter().map(piece).collect())
}

/// Working time as if nobody came.
fn rhythm(zone: TimeZone, working: practice::Working, window: Span, step: i32) -> Question {
    Question {
        zone,
        hours: working.hours,
        rooms: Rooms::FirstOf(Vec::new()),
        taken: std::collections::HashMap::new(),
        elsewhere: Vec::new(),
        length: SignedDuration::from_mins(step.into()),
        before: SignedDuration::ZERO,
        after: SignedDuration::ZERO,
        step,
        earliest: window.start,
        latest: window.end,
        part: None,
    }
}

/// What has begun cannot be booked any more.
fn standing(span: Span, taken: &[(Span, bool)], now: Timestamp) -> Standing {
    let over: Vec<bool> = taken
        .iter()
        .filter(|(other, _)| other.start < span.end && span.start < other.end)
        .map(|(_, held)| *held)
        .collect();
    match over[..] {
        [] if span.start >= now => Standing::Free,
        [_, ..] if over.iter().all(|held| *held) => Standing::Held,
        _ => Standing::Taken,
    }
}

/// When the provider is taken, with what is kept free around it; and whether that is by a hold.
async fn taken(tx: &mut TenantTx, provider: UserId, window: Span) -> Result<Vec<(Span, bool)>> {
    let (practice, at) = (tx.practice(), jiff_sqlx::Timestamp::from);
    let now = at(tx.now());
    let rows = sqlx::query!(
        r#"select starts_at as "starts_at: jiff_sqlx::Timestamp", ends_at as "ends_at: jiff_sqlx::Timestamp",
                  expires_at is not null as "held!"
             from scheduling.booked
            where practice_id = $1 and resource_id = $2 and starts_at > $3 and starts_at < $4 and ends_at > $5
              and active and (expires_at is null or expires_at > $6)"#,
        practice,
        provider.uuid(),
        at(window.start - LONGEST) as _,
        at(window.end + LONGEST) as _,
        at(window.start) as _,
        now as _,
    )
    .fetch_all(tx.conn())
    .await?;
    let span =
        |row: (jiff_sqlx::Timestamp, jiff_sqlx::Timestamp)| Span { start: row.0.to_jiff(), end: row.1.to_jiff() };
    Ok(rows.into_iter().map(|row| (span((row.starts_at, row.ends_at)), row.held)).collect())
}
