//! Patients: the record, finding it, who pays, and what happened.

mod columns;
mod custom;
mod duplicates;
mod export;
mod import;
mod insurance;
mod likeness;
mod list;
mod names;
mod record;
mod search;
mod tagging;
mod tags;
mod terms;
#[cfg(test)]
mod testing;
mod timeline;
mod views;
mod whole;

use platform::jobs::{JobKind, Schedule};
use platform::routes::Routes;

pub use custom::{CustomField, FieldKind, FieldOption};
pub use import::{Duplicates, FileImport, import_file};
pub use insurance::{Eligibility, Policy, PolicyFields};
pub use record::Patient;
pub use record::fields::{Alert, AlertKind, Consent, ContactKind, ContactMethod, PatientFields, PatientStatus, Sex};
pub use timeline::{TimelineChange, TimelineEntry};
pub use whole::{Whole, whole};

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    record::routes()
        .merge(custom::routes())
        .merge(duplicates::routes())
        .merge(export::routes())
        .merge(import::routes())
        .merge(insurance::routes())
        .merge(list::routes())
        .merge(search::routes())
        .merge(tagging::routes())
        .merge(tags::routes())
        .merge(timeline::routes())
        .merge(views::routes())
}

/// The jobs of the area.
#[must_use]
pub fn jobs() -> Vec<JobKind> {
    vec![import::JOB]
}

/// What recurs.
#[must_use]
pub fn schedules() -> Vec<Schedule> {
    vec![import::SWEEP]
}
