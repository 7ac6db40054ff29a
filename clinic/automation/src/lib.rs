//! Automation: what happens in a practice becomes what is to be done about it. The engine knows no other area: each
//! declares its own blocks, and the server hands them over.

pub mod block;
mod builtin;
mod catalog;
pub mod check;
pub mod day;
mod decide;
pub mod definition;
mod diff;
mod due;
mod engine;
mod hours;
mod listen;
mod plan;
mod recurrence;
mod registry;
mod rehearsal;
mod retention;
mod run;
mod settings;
mod template;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;
mod webhook;
mod workflow;

pub use registry::{Clinic, Facts, Opening, install};
pub use template::is_readable;

use platform::jobs::{JobKind, Schedule};
use platform::outbox::Listener;
use platform::routes::Routes;
use platform::worker::Turn;

/// The routes of the area.
#[must_use]
pub fn routes() -> Routes {
    catalog::routes()
        .merge(workflow::routes())
        .merge(webhook::routes())
        .merge(run::routes())
        .merge(rehearsal::routes())
        .merge(settings::routes())
}

/// Who of the area hears of events.
#[must_use]
pub fn listeners() -> Vec<Listener> {
    vec![listen::listener()]
}

/// What of the area looks for work of its own.
#[must_use]
pub fn turns() -> Vec<Turn> {
    vec![Turn { name: "automation.runs", run: |app| Box::pin(async move { engine::take(&app).await }) }]
}

/// The jobs of the area.
#[must_use]
pub fn jobs() -> Vec<JobKind> {
    vec![rehearsal::JOB]
}

/// What recurs.
#[must_use]
pub fn schedules() -> Vec<Schedule> {
    vec![due::SCHEDULE, retention::SCHEDULE]
}
