//! Administration of the platform: practices, their limits, queues and health; never what is in a practice.

mod accounts;
mod break_glass;
mod dead_events;
mod failed_jobs;
mod founding;
mod health;
mod invites;
mod ledger;
mod limits;
mod mails;
mod newest;
mod own_sessions;
mod practices;
mod queues;
mod session;
mod sign_in;
mod standing;
mod support_access;

use platform::jobs::Schedule;
use platform::routes::Routes;

pub use accounts::{create, ensure_known, remove, reseal, reset};
pub use limits::watch;

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    practices::routes()
        .merge(founding::routes())
        .merge(invites::routes())
        .merge(standing::routes())
        .merge(limits::routes())
        .merge(queues::routes())
        .merge(dead_events::routes())
        .merge(failed_jobs::routes())
        .merge(health::routes())
        .merge(ledger::routes())
        .merge(mails::routes())
        .merge(sign_in::routes())
        .merge(session::routes())
        .merge(own_sessions::routes())
        .merge(break_glass::routes())
        .merge(support_access::routes())
}

/// The area's recurring work.
#[must_use]
pub fn schedules() -> Vec<Schedule> {
    vec![practices::measuring()]
}

#[cfg(test)]
mod tests;
