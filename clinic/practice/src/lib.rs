//! The clinic itself: its profile, where, when and with whom it works, what it offers.

mod absences;
mod closing_days;
mod facts;
mod hours;
mod locations;
mod logo;
mod onboarding;
mod opening;
mod profile;
mod providers;
mod rooms;
mod services;
mod sub_domain;
#[cfg(test)]
mod testing;

use platform::outbox::Subscriber;
use platform::routes::Routes;

pub use facts::facts;
pub use locations::{Location, LocationId, find as location, find_all as locations_of, in_use as locations};
pub use logo::find as logo;
pub use opening::{Span, Working, next_opening, working, working_around};
pub use profile::{Practice, find as practice};
pub use providers::{Provider, all as providers};
pub use rooms::{RoomId, names as room_names};
pub use services::{
    Service, ServiceId, ServiceNames, VatCategory, find as service, find_all as services_of, names as service_names,
    offered as services_offered,
};

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    profile::routes()
        .merge(logo::routes())
        .merge(sub_domain::routes())
        .merge(locations::routes())
        .merge(rooms::routes())
        .merge(providers::routes())
        .merge(hours::routes())
        .merge(absences::routes())
        .merge(closing_days::routes())
        .merge(opening::routes())
        .merge(services::routes())
        .merge(onboarding::routes())
}

/// Who in the area wants to hear of events.
#[must_use]
pub fn subscribers() -> Vec<Subscriber> {
    vec![providers::subscriber()]
}
