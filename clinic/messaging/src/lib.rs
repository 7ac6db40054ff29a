//! Messaging: e-mail and text messages between the practice and its patients, and what became of each.

mod blocks;
mod channels;
mod deliver;
mod inbound;
mod judge;
mod message;
mod reminders;
mod settings;
mod suppressions;
mod templates;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use platform::jobs::{JobKind, Schedule};
use platform::outbox::Subscriber;
use platform::routes::Routes;

pub use blocks::blocks;
pub use message::{MessageId, State};

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    message::routes()
        .merge(channels::routes())
        .merge(inbound::routes())
        .merge(reminders::routes())
        .merge(settings::routes())
        .merge(suppressions::routes())
        .merge(templates::routes())
}

/// The jobs of the area.
#[must_use]
pub fn jobs() -> Vec<JobKind> {
    vec![deliver::JOB, inbound::JOB]
}

/// Who in the area wants to hear of events.
#[must_use]
pub fn subscribers() -> Vec<Subscriber> {
    vec![reminders::SUBSCRIBER]
}

/// What recurs.
#[must_use]
pub fn schedules() -> Vec<Schedule> {
    vec![deliver::SCHEDULE, reminders::SCHEDULE, inbound::SWEEP]
}
