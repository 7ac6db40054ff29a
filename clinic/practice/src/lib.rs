//! The clinic itself: its profile, where and when it works, what it offers.

mod locations;
mod logo;
mod profile;
mod rooms;
mod services;
mod shared;
mod sub_domain;
#[cfg(test)]
mod testing;

use platform::routes::Routes;

pub use locations::{LocationId, NewLocation, add_location};
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
        .merge(services::routes())
}
