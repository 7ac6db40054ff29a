//! Webhooks: a practice's other programs are told what happened, by signed calls (Standard Webhooks,
//! <https://www.standardwebhooks.com>). A call names what changed and never says what it holds: that is read through the API.
//!
//! An event becomes a delivery for each endpoint that wants it, in the transaction that marks the event as told (`tell`). What
//! is told of one thing to one endpoint is a lane, whose head is called for until it is taken, or given up after the last try
//! (`deliver`). A call happens outside of any transaction and is marked afterwards, so a crash in between calls again, under
//! the same id.

mod blocks;
mod call;
mod catalog;
mod deliver;
mod endpoints;
mod log;
mod message;
mod signature;
mod sweep;
mod tell;
#[cfg(test)]
mod tests;

use platform::jobs::Schedule;
use platform::outbox::Listener;
use platform::routes::Routes;
use platform::worker::Loop;

pub use blocks::blocks;
pub use call::{Outcome, post};
pub use catalog::{AREAS, Area, is_public};
pub use signature::sign;

platform::id!(
    /// Where a practice wants to be told.
    WebhookEndpointId
);
platform::id!(
    /// One event for one endpoint.
    WebhookDeliveryId
);

/// The routes of this area.
#[must_use]
pub fn routes() -> Routes {
    catalog::routes().merge(endpoints::routes()).merge(log::routes())
}

/// What it hears of.
#[must_use]
pub fn listeners() -> Vec<Listener> {
    vec![tell::LISTENER]
}

/// What recurs.
#[must_use]
pub fn schedules() -> Vec<Schedule> {
    vec![sweep::SCHEDULE]
}

/// What goes on all the time.
#[must_use]
pub fn loops() -> Vec<Loop> {
    vec![
        Loop { name: "webhooks.deliver", run: |app| Box::pin(deliver::run(app)) },
        Loop { name: "webhooks.measure", run: |app| Box::pin(sweep::measure(app)) },
    ]
}
