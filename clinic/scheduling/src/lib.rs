//! Scheduling: what is free, who comes when, and that nobody and nothing is in two places at once.

mod agenda;
mod appointment;
pub mod blocks;
mod calcom;
mod calendar;
mod calendar_feed;
mod holds;
mod ical;
pub mod lookup;
pub mod on_call;
mod online;
mod own;
mod patient_links;
mod recalls;
mod settings;
mod slots;
#[cfg(test)]
mod testing;
mod visit_link;
mod waitlist;

use platform::jobs::{JobKind, Schedule};
use platform::outbox::Subscriber;
use platform::routes::Routes;

pub use agenda::{Piece, Standing, agenda};
pub use appointment::book::{NewAppointment, book};
pub use appointment::course::{NewAppointmentStatus, come_to};
pub use appointment::{Appointment, AppointmentDetails, AppointmentId, Source as AppointmentSource, Status, find};
pub use blocks::blocks;
pub use online::origins as embedding_origins;
pub use settings::{CancelledBy, SchedulingSettings, find as settings};
pub use visit_link::{local_date, local_time, make as link_of};

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    appointment::routes()
        .merge(calendar::routes())
        .merge(calendar_feed::routes())
        .merge(holds::routes())
        .merge(online::routes())
        .merge(patient_links::routes())
        .merge(visit_link::routes())
        .merge(slots::routes())
        .merge(settings::routes())
        .merge(waitlist::routes())
        .merge(recalls::routes())
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
    [vec![waitlist::SUBSCRIBER, recalls::SUBSCRIBER], calcom::subscribers()].concat()
}

/// What recurs.
#[must_use]
pub fn schedules() -> Vec<Schedule> {
    vec![waitlist::SCHEDULE, calcom::SCHEDULE]
}
