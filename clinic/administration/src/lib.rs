//! Administration of the platform: practices, their limits, queues and health; never what is in a practice.

mod dead_events;
mod failed_jobs;
mod health;
mod ledger;
mod limits;
mod newest;
mod practices;
mod queues;
mod standing;

use platform::jobs::Schedule;
use platform::routes::Routes;

pub use limits::watch;

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    practices::routes()
        .merge(standing::routes())
        .merge(limits::routes())
        .merge(queues::routes())
        .merge(dead_events::routes())
        .merge(failed_jobs::routes())
        .merge(health::routes())
        .merge(ledger::routes())
}

/// The area's recurring work.
#[must_use]
pub fn schedules() -> Vec<Schedule> {
    vec![practices::measuring()]
}

#[cfg(test)]
mod tests;
