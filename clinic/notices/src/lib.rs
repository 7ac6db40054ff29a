//! Notices: what somebody who works here is told by an automation, or by a colleague who mentions them.

mod blocks;
mod mention;
mod own;
mod shown;
mod sweep;
mod tell;
#[cfg(test)]
mod tests;

use platform::jobs::Schedule;
use platform::outbox::Subscriber;
use platform::routes::Routes;

pub use blocks::blocks;

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    own::routes()
}

/// Who in the area wants to hear of events.
#[must_use]
pub fn subscribers() -> Vec<Subscriber> {
    vec![mention::SUBSCRIBER]
}

/// What recurs.
#[must_use]
pub fn schedules() -> Vec<Schedule> {
    vec![sweep::SCHEDULE]
}
