//! Cal.com, as far as appointments need it: a typed client of its API v2, the signatures and bodies of its webhooks, and
//! the trait behind which a provider stands that needs no account there.
//!
//! Read: <https://cal.com/docs/api-reference/v2>. The published description has the answer of `GET /v2/slots` wrong, as a
//! map of lists of texts at the top level; its example, which we follow, is right: `{status, data: {day: [{start}]}}`.

mod client;
mod failure;
mod provider;
mod signature;
mod webhook;

pub use client::{Client, Connection, Versions};
pub use failure::Failure;
pub use provider::{
    Attendee, Booking, BookingQuery, BookingStatus, EventType, Found, Me, NewBooking, OUR_ID, Provider, Reservation,
};
pub use signature::{HEADER, NO_SECRET, sign, verify};
pub use webhook::{Message, News, Person};
