//! Cal.com: a practice connects its account, says which services are which event types there, and from then on both know
//! of the same bookings.
//!
//! What shall be there follows from the appointment as it is now, never from what happened to it: a job compares it with
//! what is known of the booking there (`booking`) and asks for the difference (`sync`), one call at a time, each noted before
//! it is made. So a cancellation cannot be overtaken, a crash loses nothing, and after a call whose outcome is unknown the
//! booking is looked up before anything is asked again. What happens there comes as webhooks (`inbox`, `apply`), in any
//! order. What the two cannot agree on waits for a person, and is shown until somebody has decided.

mod answers;
mod apply;
mod booking;
mod connection;
mod inbox;
mod list;
mod mapping;
mod peer;
mod place;
mod reservation;
mod resolve;
mod resume;
mod sandbox;
mod settings;
mod settle;
pub mod slots;
mod sync;
#[cfg(test)]
mod tests;
mod visitor;

use platform::jobs::{JobKind, Schedule};
use platform::outbox::Subscriber;
use platform::routes::Routes;

/// The routes of Cal.com.
pub fn routes() -> Routes {
    settings::routes()
        .merge(connection::routes())
        .merge(mapping::routes())
        .merge(list::routes())
        .merge(resolve::routes())
        .merge(inbox::routes())
        .merge(sandbox::routes())
}

/// Its jobs.
pub fn jobs() -> Vec<JobKind> {
    vec![sync::JOB, inbox::JOB, reservation::JOB, resume::JOB]
}

/// What recurs.
pub const SCHEDULE: Schedule = inbox::SWEEP;

/// What it hears of.
pub fn subscribers() -> Vec<Subscriber> {
    vec![sync::subscriber(), reservation::subscriber()]
}
