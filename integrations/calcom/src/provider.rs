//! What a provider of bookings can do, in the words that Cal.com has for it.

use std::collections::BTreeMap;
use std::ops::Range;

use futures::future::BoxFuture;
use jiff::Timestamp;
use platform::phi::Phi;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// The key of a booking's metadata under which our own id stands; nothing else of ours does.
pub const OUR_ID: &str = "vantage_appointment";

/// What comes of a call.
pub type Found<'a, T> = BoxFuture<'a, Result<T, Failure>>;

/// Somebody who keeps bookings: Cal.com, or what stands in for it.
pub trait Provider: Send + Sync {
    /// Whose key it is.
    fn me(&self) -> Found<'_, Me>;
    /// What can be booked there.
    fn event_types(&self) -> Found<'_, Vec<EventType>>;
    /// When an event type can be booked, in order.
    fn slots(&self, event_type: i64, during: Range<Timestamp>) -> Found<'_, Vec<Timestamp>>;
    /// Keeps a slot for so many minutes.
    fn reserve(&self, event_type: i64, start: Timestamp, minutes: i32) -> Found<'_, Reservation>;
    /// Gives it back. One that is over is no failure.
    fn release<'a>(&'a self, reservation: &'a str) -> Found<'a, ()>;
    /// Books.
    fn create<'a>(&'a self, new: &'a NewBooking) -> Found<'a, Booking>;
    /// A booking.
    fn get<'a>(&'a self, uid: &'a str) -> Found<'a, Booking>;
    /// Bookings, over all pages.
    fn list<'a>(&'a self, wanted: &'a BookingQuery) -> Found<'a, Vec<Booking>>;
    /// Moves a booking; what comes is another one, which names this one as `rescheduled_from_uid`.
    fn reschedule<'a>(&'a self, uid: &'a str, start: Timestamp) -> Found<'a, Booking>;
    /// Cancels a booking.
    fn cancel<'a>(&'a self, uid: &'a str) -> Found<'a, ()>;
}

/// The owner of a key.
#[derive(Clone, Debug, Deserialize)]
pub struct Me {
    /// Their name in addresses.
    pub username: Option<String>,
}

/// What can be booked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventType {
    /// Its number.
    pub id: i64,
    /// Its name in addresses.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// How long it takes.
    pub length_in_minutes: i32,
}

/// A slot that is kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reservation {
    /// Its id.
    pub reservation_uid: String,
    /// Until when.
    pub reservation_until: Timestamp,
}

/// Somebody for whom is booked. Name and address go there because a booking needs them, and nothing else.
#[derive(Clone, Debug)]
pub struct Attendee {
    /// Their name.
    pub name: Phi<String>,
    /// Where mails go; this or a number.
    pub email: Option<Phi<String>>,
    /// Their number, E.164.
    pub phone: Option<Phi<String>>,
    /// The zone in which times are told to them, IANA.
    pub time_zone: String,
    /// The language in which they are written to, where Cal.com has it.
    pub language: Option<String>,
}

/// A booking to be made.
#[derive(Clone, Debug)]
pub struct NewBooking {
    /// Of what.
    pub event_type: i64,
    /// From when.
    pub start: Timestamp,
    /// For whom.
    pub attendee: Attendee,
    /// Our id of it.
    pub our_id: String,
}

/// How a booking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BookingStatus {
    /// It takes place.
    Accepted,
    /// Somebody there must say that it does.
    Pending,
    /// It does not take place any more.
    Cancelled,
    /// Somebody there did not want it.
    Rejected,
}

/// A booking, as far as we look at it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    /// What it is named by.
    pub uid: String,
    /// How it stands.
    pub status: BookingStatus,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// The one that it came out of, when it was moved.
    #[serde(default)]
    pub rescheduled_from_uid: Option<String>,
    /// The one that came out of it.
    #[serde(default)]
    pub rescheduled_to_uid: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, serde_json::Value>,
}

impl Booking {
    /// A booking that somebody else than Cal.com keeps.
    #[must_use]
    pub fn new(uid: String, status: BookingStatus, during: Range<Timestamp>, our_id: Option<String>) -> Self {
        let metadata = our_id.map(|id| (OUR_ID.to_owned(), id.into())).into_iter().collect();
        let Range { start, end } = during;
        Self { uid, status, start, end, rescheduled_from_uid: None, rescheduled_to_uid: None, metadata }
    }

    /// Our id of it, when it is one of ours.
    #[must_use]
    pub fn our_id(&self) -> Option<&str> {
        self.metadata.get(OUR_ID)?.as_str()
    }

    /// Whether it takes place.
    #[must_use]
    pub fn stands(&self) -> bool {
        matches!(self.status, BookingStatus::Accepted | BookingStatus::Pending)
    }
}

/// Which bookings.
#[derive(Clone, Debug)]
pub struct BookingQuery {
    /// Of this event type.
    pub event_type: i64,
    /// That lie within. Whose they are is not asked for: it would stand in the address.
    pub during: Range<Timestamp>,
}
