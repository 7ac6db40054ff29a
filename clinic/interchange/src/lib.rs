//! What leaves the practice whole, for other systems and for people: FHIR, the printed record, the archive.

mod print;

use platform::routes::Routes;

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    print::routes()
}
