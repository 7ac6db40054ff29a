//! A patient's record for other systems and on paper: FHIR, PDF.

mod fhir;
mod print;
#[cfg(test)]
mod testing;

use platform::routes::Routes;

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    Routes::new().merge(fhir::routes()).merge(print::routes())
}
