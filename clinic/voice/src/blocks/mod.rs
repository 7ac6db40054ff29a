//! What voice offers to workflows: calls as a subject, what becomes of them, and having one made.

mod start;
mod subject;

use automation::block::{Blocks, Trigger};

/// Everything.
#[must_use]
pub fn blocks() -> Blocks {
    Blocks {
        subjects: vec![&subject::CALL],
        triggers: TRIGGERS.iter().collect(),
        actions: vec![&start::START],
        ..Blocks::default()
    }
}

/// `call.extracted`: it has found out something, which stands in `found`.
static TRIGGERS: [Trigger; 4] = [
    Trigger { event: "call.started", subject: "call" },
    Trigger { event: "call.finished", subject: "call" },
    Trigger { event: "call.extracted", subject: "call" },
    Trigger { event: "call.missed", subject: "call" },
];
