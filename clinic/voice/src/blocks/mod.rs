//! What voice offers to workflows: cases and calls as subjects, what becomes of them, and having a call made.

mod case;
mod start;
mod subject;
#[cfg(test)]
mod tests;

use automation::block::{Blocks, Trigger};

/// Everything.
#[must_use]
pub fn blocks() -> Blocks {
    Blocks {
        subjects: vec![&case::CASE, &subject::CALL],
        triggers: TRIGGERS.iter().collect(),
        actions: vec![&start::START],
        ..Blocks::default()
    }
}

/// `call.extracted`: it has found out something, which stands in `found`.
static TRIGGERS: [Trigger; 5] = [
    Trigger { event: "case.created", subject: "case" },
    Trigger { event: "call.started", subject: "call" },
    Trigger { event: "call.finished", subject: "call" },
    Trigger { event: "call.extracted", subject: "call" },
    Trigger { event: "call.missed", subject: "call" },
];
