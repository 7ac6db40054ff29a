//! What a condition may cost.

use crate::fault::{Code, Fault};

/// The most bytes of a condition: of a text in CEL, of names and values in JSONLogic.
pub const LARGEST: usize = 64 * 1024;

/// How many operators may stand inside one another. Reading and evaluating take some kilobytes of stack for each; and
/// `serde_json` itself reads no JSON with more, as each takes an object and a list.
pub const DEPTH: usize = 64;

/// How deep JSON may be nested: the 128 levels that `serde_json` reads.
pub(crate) const LEVELS: usize = 2 * DEPTH;

/// How deep a value may be that is compared, written or answered: facts inside what a condition makes.
const VALUE_LEVELS: usize = 2 * LEVELS;

/// Bytes of text that are read in one step; about as long as anything else in a step takes.
const BYTES_PER_STEP: usize = 64;

/// What one evaluation may cost. The default ends within some tens of milliseconds, whatever is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Operators, elements of lists, and each 64 bytes of text that are looked at.
    pub steps: u32,
    /// Bytes of texts and lists that are made, also of those that are no longer needed.
    pub memory: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { steps: 100_000, memory: 1024 * 1024 }
    }
}

/// What is left of a budget. Costs are paid before the work is done.
pub(crate) struct Meter {
    left: Budget,
}

impl Meter {
    pub fn new(budget: Budget) -> Self {
        Self { left: budget }
    }

    pub fn steps(&mut self, count: usize) -> Result<(), Fault> {
        let left = u32::try_from(count).ok().and_then(|count| self.left.steps.checked_sub(count));
        self.left.steps = left.ok_or_else(|| {
            Fault::new(Code::Steps, "The condition takes too many steps; look at fewer elements, or nest fewer loops.")
        })?;
        Ok(())
    }

    /// Text is looked at.
    pub fn read(&mut self, bytes: usize) -> Result<(), Fault> {
        self.steps(bytes / BYTES_PER_STEP)
    }

    /// Memory is taken.
    pub fn hold(&mut self, bytes: usize) -> Result<(), Fault> {
        let left = u32::try_from(bytes).ok().and_then(|bytes| self.left.memory.checked_sub(bytes));
        self.left.memory = left.ok_or_else(|| {
            Fault::new(Code::Memory, "The condition makes texts or lists that are too large; join or repeat less.")
        })?;
        Ok(())
    }
}

/// A value is entered that lies `depth` below the outermost one.
pub(crate) fn enter(depth: usize) -> Result<(), Fault> {
    if depth > VALUE_LEVELS {
        return Err(Fault::new(Code::Depth, "A value is nested too deeply; nest fewer lists and objects."));
    }
    Ok(())
}
