//! The clinic itself: what it offers.

mod services;

use platform::routes::Routes;

pub use services::{NewService, ServiceId, VatCategory, offer};

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    services::routes()
}
