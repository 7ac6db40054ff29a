//! SendGrid, as far as mail to one person at a time needs it: a typed client of its API v3, and the signatures and events
//! of its webhook.
//!
//! Read: <https://www.twilio.com/docs/sendgrid/api-reference>. There is no idempotency key: what comes of a mail is told
//! by `Result<Accepted, Failure>`, whose [`Failure::Unknown`] says that nobody may send it again unasked.

mod client;
mod event;
mod failure;
mod mail;
mod signature;

pub use client::{Accepted, Client, Connection, Suppressed, Webhook};
pub use event::{Event, Events, Kind, NotEvents};
pub use failure::{Failure, Reason, Refusal};
pub use mail::{Address, Attachment, Mail, OUR_ID, Tracking};
pub use signature::{PublicKey, SIGNATURE, TIMESTAMP, Unproved};
