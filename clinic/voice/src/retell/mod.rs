//! Retell: a practice connects its account, says which agent speaks for which call workflow, and from then on calls that are
//! carried there are calls here.
//!
//! What Retell tells (`inbox`) is kept once, as it came, and answered at once. A job puts together what is known of a call
//! from everything that was told of it (`known`), whatever the order, and brings the call here to that (`apply`). What was
//! never told is found by comparing lists (`compare`). Calls are begun by a job that notes each request before it is made
//! (`order`), so that nobody is called twice. During a call its agent asks for what it may (`functions`), and before it who
//! it is that calls (`inbound`).

mod agents;
mod apply;
mod compare;
mod connection;
mod course;
mod extract;
mod functions;
mod inbound;
mod inbox;
mod known;
mod order;
mod peer;
mod sandbox;
mod settings;
#[cfg(test)]
mod tests;

use platform::jobs::{JobKind, Schedule};
use platform::routes::Routes;

pub use order::{Order, order};

/// The routes of Retell.
pub fn routes() -> Routes {
    settings::routes()
        .merge(connection::routes())
        .merge(agents::routes())
        .merge(inbox::routes())
        .merge(inbound::routes())
        .merge(functions::routes())
        .merge(order::routes())
}

/// Its jobs.
pub fn jobs() -> Vec<JobKind> {
    vec![inbox::JOB, order::JOB, compare::JOB, sandbox::JOB]
}

/// What recurs.
pub fn schedules() -> Vec<Schedule> {
    vec![inbox::SWEEP, compare::SCHEDULE]
}
