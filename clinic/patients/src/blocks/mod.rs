//! What this area offers to workflows: patients and their policies, and what can be done with them.

mod actions;
mod birthday;
mod patient;
mod policy;
#[cfg(test)]
mod tests;

use automation::block::{Blocks, Trigger};

pub use actions::{given, whom};
pub use patient::{BELOW, FIELDS, Known, known};

/// Everything.
#[must_use]
pub fn blocks() -> Blocks {
    Blocks {
        subjects: vec![&patient::PATIENT, &policy::POLICY],
        triggers: TRIGGERS.iter().collect(),
        actions: actions::ACTIONS.to_vec(),
        recipes: Vec::new(),
    }
}

/// What is deleted is no trigger: there is nothing left for a workflow to see.
const TRIGGERS: &[Trigger] = &[
    Trigger { event: "patient.created", subject: "patient" },
    Trigger { event: "patient.changed", subject: "patient" },
    Trigger { event: "patient.restored", subject: "patient" },
    Trigger { event: "patient.merged", subject: "patient" },
    Trigger { event: "patient.unmerged", subject: "patient" },
    Trigger { event: "policy.created", subject: "policy" },
    Trigger { event: "policy.changed", subject: "policy" },
    Trigger { event: "policy.verified", subject: "policy" },
    Trigger { event: "policy.restored", subject: "policy" },
];
