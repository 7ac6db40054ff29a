//! A patient's record for other systems and on paper: FHIR, PDF.

mod fhir;
#[cfg(test)]
mod testing;

mod print;

use platform::routes::Routes;

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    Routes::new().merge(fhir::routes()).merge(print::routes())
}
