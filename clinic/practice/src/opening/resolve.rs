//! From weekly hours to instants: a pure function, on which the calendar stands.
//!
//! Local times are read on a clock that never goes back. Where the zone's clock jumps ahead, so does it, and what lies
//! in the gap does not happen; where the zone's clock is put back, it stands still until the time that was shown goes
//! on. So an interval begins when its beginning is shown for the first time (RFC 5545 §3.3.5 takes the first as well),
//! intervals that do not overlap locally never do, and none is negative.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::error::Error;
use serde::Serialize;
use utoipa::ToSchema;

use crate::hours::Week;

/// From an instant until another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Span {
    /// Open from here.
    pub start: Timestamp,
    /// Closed from here.
    pub end: Timestamp,
}

/// From a local time until another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalSpan {
    /// From here.
    pub from: DateTime,
    /// Until here.
    pub to: DateTime,
}

/// What differs from the week at one level: the practice, a location, a person.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// Closed, away, ill.
    pub closed: Vec<LocalSpan>,
    /// Open in addition. Wins over what is closed at the same level or above.
    pub extra: Vec<LocalSpan>,
}

/// What hours are made of.
#[derive(Debug)]
pub struct Plan {
    /// The weekly hours.
    pub week: Week,
    /// The zone that all local times are in.
    pub zone: TimeZone,
    /// Days on which everything is closed.
    pub closing_days: Vec<Date>,
    /// From the practice down.
    pub layers: Vec<Layer>,
}

impl Plan {
    /// When it is open on the days from `first` to `last`, in order. Spans that touch are one.
    ///
    /// # Errors
    /// For dates that no calendar reaches.
    pub fn open(&self, first: Date, last: Date) -> Result<Vec<Span>> {
        let mut open = Vec::new();
        // what began on the evening before may still be open
        let mut day = yesterday(first)?;
        while day <= last {
            for slot in self.week.on(day.weekday().to_monday_one_offset()) {
                open.push(self.span(at(day, slot.from)?, at(day, slot.to)?)?);
            }
            day = tomorrow(day)?;
        }
        let mut open = tidy(open);
        let closed = self.closing_days.iter().map(|day| self.days(*day, *day)).collect::<Result<Vec<_>>>()?;
        open = without(&open, &tidy(closed));
        for layer in &self.layers {
            open = without(&open, &tidy(self.spans(&layer.closed)?));
            open.extend(self.spans(&layer.extra)?);
            open = tidy(open);
        }
        let window = self.days(first, last)?;
        let clip = |span: Span| Span { start: span.start.max(window.start), end: span.end.min(window.end) };
        Ok(open.into_iter().map(clip).filter(|span| span.start < span.end).collect())
    }

    fn days(&self, first: Date, last: Date) -> Result<Span> {
        self.span(at(first, 0)?, at(tomorrow(last)?, 0)?)
    }

    fn spans(&self, local: &[LocalSpan]) -> Result<Vec<Span>> {
        local.iter().map(|span| self.span(span.from, span.to)).collect()
    }

    fn span(&self, from: DateTime, to: DateTime) -> Result<Span> {
        Ok(Span { start: self.instant(from)?, end: self.instant(to)? })
    }

    /// When a clock that never goes back first shows this time or a later one.
    fn instant(&self, local: DateTime) -> Result<Timestamp> {
        let offset = match self.zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => offset,
            AmbiguousOffset::Gap { after, .. } => {
                // read with the offset of after the jump it lies before the jump, which is therefore the next one
                let before = after.to_timestamp(local).map_err(Error::internal)?;
                let jump = self.zone.following(before).next();
                return Ok(jump.ok_or_else(|| Error::internal("a gap without its jump"))?.timestamp());
            }
        };
        offset.to_timestamp(local).map_err(Error::internal)
    }
}

/// In order, without what has no length, and with what overlaps or touches joined.
fn tidy(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.start < span.end);
    spans.sort_by_key(|span| span.start);
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

/// What is left of tidy spans when others are taken out.
fn without(spans: &[Span], holes: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    for span in spans {
        let mut start = span.start;
        for hole in holes.iter().filter(|hole| hole.end > span.start && hole.start < span.end) {
            if hole.start > start {
                left.push(Span { start, end: hole.start });
            }
            start = start.max(hole.end);
        }
        if start < span.end {
            left.push(Span { start, end: span.end });
        }
    }
    left
}

/// Minutes after the beginning of a local day.
fn at(day: Date, minutes: i32) -> Result<DateTime> {
    let midnight = day.to_datetime(Time::midnight());
    midnight.checked_add(SignedDuration::from_mins(minutes.into())).map_err(Error::internal)
}

fn tomorrow(day: Date) -> Result<Date> {
    day.tomorrow().map_err(Error::internal)
}

fn yesterday(day: Date) -> Result<Date> {
    day.yesterday().map_err(Error::internal)
}
