//! Twilio, as far as text messages and calls need it: a typed client of its API 2010-04-01, the signatures and bodies of its
//! webhooks, how many parts a text takes, what a call does, and its sound.
//!
//! Read: <https://www.twilio.com/docs/messaging/api/message-resource>,
//! <https://www.twilio.com/docs/voice/api/call-resource>. There is no idempotency key: what comes of a message or a call is
//! told by `Result<Message, Failure>`, and after [`Failure::Unknown`] nobody tries again before [`Client::sent_to`] or
//! [`Client::calls_to`] was asked whether it is there.

mod call;
mod call_update;
mod client;
mod failure;
mod form;
pub mod media;
mod message;
pub mod segments;
mod signature;
mod twiml;
mod webhook;

pub use call::{Call, CallStatus, LONGEST_RINGING, NewCall};
pub use call_update::{CallUpdate, DialUpdate, NotACall};
pub use client::{Client, Connection};
pub use failure::{Failure, Reason, Refusal, Undelivered};
pub use form::Form;
pub use message::{Account, LONGEST_BODY, LONGEST_VALIDITY, Message, NewMessage, Sender, Status};
pub use signature::{HEADER, Payload, sign, verify};
pub use twiml::{Conference, Dial, Keys, Party, Rejection, Stream, Tracks, Twiml};
pub use webhook::{IDEMPOTENCY, Incoming, NotAMessage, OptOut, StatusUpdate, dedupe_key};
