//! Retell, as far as calls need it: a typed client of its API, the signatures and bodies of its webhooks and functions,
//! and the trait behind which a provider stands that needs no account there.
//!
//! Read: <https://docs.retellai.com/api-references>. There is no idempotency key: what comes of beginning a call is told by
//! `Result<Call, Failure>`, and after [`Failure::Unknown`] nobody dials again before [`Provider::list`] was asked whether a
//! call with our id ([`OUR_ID`]) is there.

mod call;
mod client;
mod failure;
mod provider;
mod signature;
mod webhook;

pub use call::{Analysis, Call, Direction, Kind, Line, NotACall, Speaker, Status};
pub use client::{Client, Connection};
pub use failure::{Failure, Reason, Refusal};
pub use provider::{
    Agent, CallPage, CallQuery, Found, LONGEST_PAGE, NewPhoneCall, NewWebCall, OUR_ID, Provider, Variables, WebCall,
};
pub use signature::{HEADER, WINDOW, sign, verify};
pub use webhook::{Event, FunctionCall, Inbound, InboundAnswer, Message, NotAMessage};
