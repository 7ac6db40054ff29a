//! The clinic itself: its profile, where, when and with whom it works, what it offers.

mod absences;
mod closing_days;
mod hours;
mod locations;
mod logo;
mod onboarding;
mod opening;
mod profile;
mod providers;
mod rooms;
mod services;
mod shared;
mod sub_domain;
#[cfg(test)]
mod testing;

use platform::routes::Routes;

pub use absences::{AbsenceKind, NewAbsence, add_absence};
pub use closing_days::adopt_holidays;
pub use hours::{Day, Interval, Owner, Week, set_hours};
pub use locations::{LocationId, NewLocation, add_location};
pub use providers::{NewProvider, set_provider};
pub use rooms::{NewRoom, RoomId, add_room};
pub use services::{NewService, ServiceId, VatCategory, offer};
pub use shared::{Address, Colour};

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
