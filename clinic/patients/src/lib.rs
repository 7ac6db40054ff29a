//! Patients: the record, finding it, who pays, and what happened.

mod custom;
mod insurance;
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

use platform::routes::Routes;

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    record::routes()
        .merge(custom::routes())
        .merge(insurance::routes())
        .merge(list::routes())
        .merge(search::routes())
        .merge(tagging::routes())
        .merge(tags::routes())
        .merge(timeline::routes())
        .merge(views::routes())
}
