//! Voice: what the practice calls about, the cases of it, and calls that do the work.

mod blocks;
pub mod call;
pub mod case;
pub mod flow;
mod retell;
mod runtime;
mod secrets;
#[cfg(test)]
mod testing;
pub mod workflow;

use std::time::Duration;

use platform::jobs::{JobKind, Schedule};
use platform::routes::Routes;
use platform::worker::Loop;

pub use blocks::blocks;
pub use flow::{load_all as load_flows, schema_in};
pub use runtime::journal::recover;

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
    workflow::routes()
        .merge(flow::routes())
        .merge(case::routes())
        .merge(call::routes())
        .merge(runtime::routes())
        .merge(secrets::routes())
        .merge(retell::routes())
}

/// What recurs.
#[must_use]
pub fn schedules() -> Vec<Schedule> {
    let lost = Schedule {
        name: "voice.lost",
        every: Duration::from_secs(300),
        run: |app| Box::pin(runtime::dial::end_lost(app)),
    };
    [vec![lost], retell::schedules()].concat()
}

/// The jobs of the area.
#[must_use]
pub fn jobs() -> Vec<JobKind> {
    [vec![case::IMPORT], retell::jobs()].concat()
}

/// What goes on all the time.
#[must_use]
pub fn loops() -> Vec<Loop> {
    vec![flow::LOOP]
}

/// What goes on in each process that answers requests: it makes calls, whose streams come to it, and closes those of processes
/// that are gone.
#[must_use]
pub fn calling() -> Vec<Loop> {
    vec![
        Loop { name: "voice.dial", run: |app| Box::pin(runtime::dial::run(app)) },
        Loop { name: "voice.recover", run: |app| Box::pin(runtime::journal::watch(app)) },
    ]
}
