//! The read API of FHIR R4 (4.0.1): what other systems, and patients who go elsewhere, can take along.
//!
//! Resources are written as JSON, by our own few mappings: each is one look at the standard's table, and the tests hand
//! every one of them to a validator. Our own words, where the standard has no place for something, are extensions whose
//! addresses begin with `urn:vantage:fhir:`, which `clinic/patients/src/import/fhir.rs` reads again.
//!
//! **Names in addresses.** Nothing about a patient belongs into an address; FHIR searches by `GET` with values in the
//! query, and clients of the standard do that. So: nothing here logs a query (`platform::http` logs the pattern of the
//! route), answers are not stored by anybody (`no-store`), links of ours hold such values sealed, and whoever can
//! chooses `POST …/_search`, which is the same search. A proxy in front of the server must not log queries below `/fhir`.

mod answer;
mod appointment;
mod asked;
mod capabilities;
mod clinical;
mod coverage;
mod everything;
mod moments;
mod organization;
mod patient;
mod practitioner;
mod related;
mod schedule;
mod sealed;
mod slot;
#[cfg(test)]
mod tests;

use platform::routes::Routes;

/// Where our words begin that the standard does not have.
const OWN: &str = "urn:vantage:fhir";

/// The routes of FHIR.
pub fn routes() -> Routes {
    capabilities::routes()
        .merge(patient::routes())
        .merge(everything::routes())
        .merge(coverage::routes())
        .merge(appointment::routes())
        .merge(schedule::routes())
        .merge(slot::routes())
        .merge(practitioner::routes())
        .merge(organization::routes())
}
