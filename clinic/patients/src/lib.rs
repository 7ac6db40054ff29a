//! Patients: the record, finding it, who pays, and what happened.

pub mod blocks;
mod columns;
mod custom;
mod duplicates;
mod export;
mod family;
pub mod files;
mod import;
mod insurance;
mod introduced;
mod likeness;
mod list;
pub mod lookup;
pub mod names;
mod reach;
mod record;
mod search;
mod second_check;
mod tagging;
mod tags;
mod terms;
#[cfg(test)]
mod testing;
mod timeline;
mod views;
mod visits;
mod whole;

use platform::jobs::{JobKind, Schedule};
use platform::routes::Routes;

pub use blocks::blocks;
pub use custom::{CustomField, FieldKind, FieldOption};
pub use duplicates::merge::{all_of as merged_into, kept as kept_as};
pub use family::{FamilyMember, Relationship, Relative, RelativeFields, RelativeId, family as family_of};
pub use import::{Duplicates, FileImport, import_file};
pub use insurance::{CardPicture, Eligibility, Policy, PolicyFields, PolicyId, of_patient as policies_of};
pub use introduced::{
    Introduction, agree, decide as decide_consent, enter as enter_introduced, known, recognise, refuse_calls,
};
pub use list::{PatientItem, PatientName, items as items_of};
pub use reach::{Contact, MessageChannel, Reach, contacts, reach, reach_all, with_phone};
pub use record::fields::{
    Alert, AlertKind, Consent, Consents, ContactKind, ContactMethod, Email, PatientStatus, Phone, Sex, country,
};
pub use record::{Patient, PatientFields, enter, is_present};
pub use second_check::{SecondAnswer, SecondCheck, asked as second_check, is_right};
pub use tags::names as tag_names;
pub use terms::last_first;
pub use timeline::{NoteWritten, TimelineChange, TimelineEntry, notes};
pub use visits::set_visits;
pub use whole::{Whole, whole};

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    record::routes()
        .merge(custom::routes())
        .merge(duplicates::routes())
        .merge(export::routes())
        .merge(family::routes())
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
