//! Tasks: things for people to do, entered by people and by automations.

mod assignee;
mod counts;
mod due;
mod list;
mod record;
mod row;
mod shown;
#[cfg(test)]
mod tests;

use platform::routes::Routes;

pub use assignee::Assignee;
pub use record::{NewTask, Priority, Source, Task, TaskFields, TaskId, TaskStatus, create};

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    record::routes().merge(list::routes()).merge(counts::routes())
}
