//! From working hours and what is taken to what is free: a pure function.
//!
//! Slots begin at times that the wall clock of the place shows in the practice's rhythm, counted from local midnight.
//! Where clocks are put back such a time comes twice, and is offered twice where people work then; where they jump it
//! does not come, and is not offered.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use platform::id::UserId;
use practice::{RoomId, Span};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::appointment::occupy::Rooms;

/// A part of the local day, by when a visit begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Before 12:00.
    Morning,
    /// Before 17:00.
    Afternoon,
    /// From 17:00.
    Evening,
}

impl Part {
    fn of(local: DateTime) -> Self {
        match local.hour() {
            ..12 => Self::Morning,
            12..17 => Self::Afternoon,
            17.. => Self::Evening,
        }
    }
}

/// Everything that slots follow from.
#[derive(Debug)]
pub struct Question {
    /// Of the place.
    pub zone: TimeZone,
    /// When each provider works, in order and without overlaps.
    pub hours: HashMap<UserId, Vec<Span>>,
    /// Rooms that must be free: all of these, or one of them where there are any.
    pub rooms: Rooms,
    /// When somebody or something is taken, with what is kept free around it; in any order.
    pub taken: HashMap<Uuid, Vec<Span>>,
    /// When the patient is somewhere else.
    pub elsewhere: Vec<Span>,
    /// How long a visit lasts.
    pub length: SignedDuration,
    /// Kept free before it.
    pub before: SignedDuration,
    /// Kept free after it.
    pub after: SignedDuration,
    /// Minutes from one beginning to the next.
    pub step: i32,
    /// No visit begins before it.
    pub earliest: Timestamp,
    /// Nor from here on.
    pub latest: Timestamp,
    /// Only in this part of the day.
    pub part: Option<Part>,
}

/// When a visit could be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Slot {
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// Who would be free: any of them.
    pub provider_ids: Vec<UserId>,
}

impl Question {
    /// All slots, in order.
    #[must_use]
    pub fn slots(&self) -> Vec<Slot> {
        let mut free: BTreeMap<Timestamp, Vec<UserId>> = BTreeMap::new();
        let mut with_room: HashMap<Timestamp, bool> = HashMap::new();
        let mut people: Vec<_> = self.hours.iter().collect();
        people.sort_by_key(|(person, _)| **person);
        for (person, hours) in people {
            for open in hours {
                for start in self.beginnings(*open) {
                    let is_free = self.is_free(person.uuid(), start)
                        && self.elsewhere.iter().all(|at| at.end <= start || start + self.length <= at.start)
                        && *with_room.entry(start).or_insert_with(|| self.has_room(start));
                    if is_free {
                        free.entry(start).or_default().push(*person);
                    }
                }
            }
        }
        let slot = |(start, provider_ids)| Slot { start, end: start + self.length, provider_ids };
        free.into_iter().map(slot).collect()
    }

    /// Beginnings of visits that fit into a stretch of work.
    fn beginnings(&self, open: Span) -> impl Iterator<Item = Timestamp> {
        let last = open.end.checked_sub(self.length).unwrap_or(Timestamp::MIN);
        let mut next = self.aligned(open.start.max(self.earliest));
        std::iter::from_fn(move || {
            let start = next.filter(|start| *start <= last && *start < self.latest)?;
            next = start.checked_add(SignedDuration::from_mins(1)).ok().and_then(|after| self.aligned(after));
            Some(start)
        })
        .filter(|start| self.part.is_none_or(|part| part == Part::of(self.zone.to_datetime(*start))))
    }

    /// The first instant from here on at which the wall clock shows a multiple of the step.
    fn aligned(&self, from: Timestamp) -> Option<Timestamp> {
        let mut at = from;
        loop {
            let local = self.zone.to_datetime(at);
            let seconds = i64::from(local.hour()) * 3600 + i64::from(local.minute()) * 60 + i64::from(local.second());
            let over = SignedDuration::new(seconds % (i64::from(self.step) * 60), local.subsec_nanosecond());
            if over.is_zero() {
                return Some(at);
            }
            let step = SignedDuration::from_mins(self.step.into());
            // not beyond local midnight, where the count begins anew, nor beyond a change of the clock
            let midnight = SignedDuration::from_hours(24) - SignedDuration::new(seconds, local.subsec_nanosecond());
            let next = at.checked_add((step - over).min(midnight)).ok()?;
            at = match self.zone.following(at).next() {
                Some(change) if change.timestamp() < next => change.timestamp(),
                _ => next,
            };
        }
    }

    fn has_room(&self, start: Timestamp) -> bool {
        let is_free = |room: &RoomId| self.is_free(room.uuid(), start);
        match &self.rooms {
            Rooms::These(rooms) => rooms.iter().all(is_free),
            Rooms::FirstOf(rooms) => rooms.is_empty() || rooms.iter().any(is_free),
        }
    }

    fn is_free(&self, who: Uuid, start: Timestamp) -> bool {
        let (from, to) = (start - self.before, start + self.length + self.after);
        self.taken.get(&who).is_none_or(|taken| taken.iter().all(|span| span.end <= from || to <= span.start))
    }
}
