//! What this area offers to workflows: cases, and that one is new.

mod case;
#[cfg(test)]
mod tests;

use automation::block::{Blocks, Trigger};

/// Everything.
#[must_use]
pub fn blocks() -> Blocks {
    Blocks { subjects: vec![&case::CASE], triggers: TRIGGERS.iter().collect(), ..Blocks::default() }
}

static TRIGGERS: [Trigger; 1] = [Trigger { event: "case.created", subject: "case" }];
