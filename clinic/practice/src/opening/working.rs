//! When people work at a location, and in which rooms: what appointments can be given out of.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span as Days, Timestamp};
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::UserId;
use uuid::Uuid;

use super::{Rules, Span};
use crate::locations::{self, LocationId};
use crate::{profile, rooms};

/// People at work at a location.
#[derive(Debug)]
pub struct Working {
    /// The location's zone, IANA.
    pub zone: String,
    /// When each of them works there, in order; spans that touch are one.
    pub hours: HashMap<UserId, Vec<Span>>,
    /// The rooms and chairs in use there, in their order.
    pub rooms: Vec<rooms::RoomId>,
}

impl Working {
    /// The zone itself.
    ///
    /// # Errors
    /// Never in practice: names are checked when they are written.
    pub fn time_zone(&self) -> Result<TimeZone> {
        TimeZone::get(&self.zone).map_err(Error::internal)
    }

    /// Whether somebody works all of this time.
    #[must_use]
    pub fn covers(&self, person: UserId, span: Span) -> bool {
        let hours = self.hours.get(&person);
        hours.is_some_and(|hours| hours.iter().any(|open| open.start <= span.start && span.end <= open.end))
    }
}

/// When these people work at a location around an instant: on the day before it, on its own and on the next. Which local
/// days these are depends on the zone, which comes with the answer.
///
/// # Errors
/// As [`working`].
pub async fn working_around(
    tx: &mut TenantTx,
    location: LocationId,
    people: &[UserId],
    at: Timestamp,
) -> Result<Working> {
    let day = at.to_zoned(TimeZone::UTC).date();
    working(tx, location, people, day.yesterday().map_err(Error::internal)?, day.saturating_add(Days::new().days(2)))
        .await
}

/// When these people work at a location on its local days from `first` to `last`. Everybody stands below the location
/// here, also who works at several: closed there is closed for them, unless they themselves are called in.
///
/// # Errors
/// 404 when there is no such location in use.
pub async fn working(
    tx: &mut TenantTx,
    location: LocationId,
    people: &[UserId],
    first: Date,
    last: Date,
) -> Result<Working> {
    let place = locations::find(tx, location).await?;
    if place.archived_at.is_some() {
        return Err(Error::not_found());
    }
    let zone = match place.time_zone {
        Some(zone) => zone,
        None => profile::find(tx).await?.time_zone,
    };
    let above = [tx.practice(), location.uuid()];
    let owners: Vec<Uuid> = above.iter().copied().chain(people.iter().map(|person| person.uuid())).collect();
    let rules = Rules::of(tx, &owners, first, last).await?;
    let mut working = Working { zone, hours: HashMap::new(), rooms: rooms::in_use(tx, location).await? };
    for person in people {
        let plan = rules.plan(&[above[0], above[1], person.uuid()], working.time_zone()?);
        working.hours.insert(*person, plan.open(first, last)?);
    }
    Ok(working)
}
