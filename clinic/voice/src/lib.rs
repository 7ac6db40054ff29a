//! Voice: what the practice calls about, the cases of it, and calls that do the work.

mod retell;

use platform::jobs::{JobKind, Schedule};
use platform::routes::Routes;

pub use self::retell::{Order as RetellOrder, order as order_from_retell};

platform::id!(
    /// A call workflow: a purpose of calls.
    CallWorkflowId
);
platform::id!(
    /// Somebody in a call workflow.
    CaseId
);
platform::id!(
    /// A call.
    CallId
);
platform::id!(
    /// A version of a conversation.
    FlowId
);

/// All routes of the area.
#[must_use]
pub fn routes() -> Routes {
    retell::routes()
}

/// The jobs of the area.
#[must_use]
pub fn jobs() -> Vec<JobKind> {
    retell::jobs()
}

/// What recurs.
#[must_use]
pub fn schedules() -> Vec<Schedule> {
    retell::schedules()
}
