//! A patient's record for other systems and on paper: FHIR, PDF.

use platform::routes::Routes;

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    Routes::new()
}
