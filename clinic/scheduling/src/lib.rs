//! Scheduling: what is free, who comes when, and that nobody and nothing is in two places at once.

mod appointment;
mod calcom;
mod calendar;
mod holds;
pub mod lookup;
mod own;
mod settings;
mod slots;
#[cfg(test)]
mod testing;

use platform::jobs::JobKind;
use platform::outbox::Subscriber;
use platform::routes::Routes;

pub use appointment::book::{NewAppointment, book};
pub use appointment::{Appointment, AppointmentId, Status, find};
pub use settings::{CancelledBy, SchedulingSettings, find as settings};

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    appointment::routes()
        .merge(calendar::routes())
        .merge(holds::routes())
        .merge(slots::routes())
        .merge(settings::routes())
        .merge(calcom::routes())
}

/// The jobs of the area.
#[must_use]
pub fn jobs() -> Vec<JobKind> {
    calcom::jobs()
}

/// Who in the area wants to hear of events.
#[must_use]
pub fn subscribers() -> Vec<Subscriber> {
    calcom::subscribers()
}
