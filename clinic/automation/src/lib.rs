//! Automation: what happens in a practice becomes what is to be done about it. The engine knows no other area: each
//! declares its own blocks, and the server hands them over.

pub mod block;
mod builtin;
mod catalog;
pub mod check;
mod decide;
pub mod definition;
mod diff;
mod hours;
mod plan;
mod recurrence;
mod registry;
mod template;

pub use registry::{Clinic, Facts, Opening, install};

use platform::routes::Routes;

/// The routes of the area.
#[must_use]
pub fn routes() -> Routes {
    catalog::routes()
}
