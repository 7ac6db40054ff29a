//! Twilio, as far as text messages need it: a typed client of its API 2010-04-01, the signatures and bodies of its webhooks,
//! and how many parts a text takes.
//!
//! Read: <https://www.twilio.com/docs/messaging/api/message-resource>. There is no idempotency key: what comes of a message
//! is told by `Result<Message, Failure>`, and after [`Failure::Unknown`] nobody sends again before
//! [`Client::sent_to`] was asked whether it is there.

mod client;
mod failure;
mod form;
mod message;
pub mod segments;
mod signature;
mod webhook;

pub use client::{Client, Connection};
pub use failure::{Failure, Reason, Refusal, Undelivered};
pub use form::Form;
pub use message::{Account, LONGEST_BODY, LONGEST_VALIDITY, Message, NewMessage, Sender, Status};
pub use signature::{HEADER, Payload, sign, verify};
pub use webhook::{IDEMPOTENCY, Incoming, NotAMessage, OptOut, StatusUpdate, dedupe_key};
