//! Voice: what the practice calls about, the cases of it, and calls that do the work.

mod blocks;
pub mod case;
pub mod flow;
#[cfg(test)]
mod testing;
pub mod workflow;

use platform::jobs::JobKind;
use platform::routes::Routes;
use platform::worker::Loop;

pub use blocks::blocks;

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
    workflow::routes().merge(flow::routes()).merge(case::routes())
}

/// The jobs of the area.
#[must_use]
pub fn jobs() -> Vec<JobKind> {
    vec![case::IMPORT]
}

/// What goes on all the time.
#[must_use]
pub fn loops() -> Vec<Loop> {
    vec![flow::LOOP]
}
