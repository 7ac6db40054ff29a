//! What leaves the practice whole, for other systems and for people: FHIR, the printed record, the archive.

mod fhir;
#[cfg(test)]
mod testing;

use platform::routes::Routes;

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    Routes::new().merge(fhir::routes())
}
