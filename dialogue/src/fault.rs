//! What is wrong with a file, and where.

use std::fmt;

/// A fault of a file: where it is, and what to do about it. It may repeat what stands in the file, which holds no
/// patient's data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The way to it from the top: `nodes.greet.guards.max_turns`. Empty for the file as a whole.
    pub path: String,
    /// Stable, for programs.
    pub code: &'static str,
    /// For people: what is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}:{}: {}: ", self.line, self.column, self.code)?;
        if !self.path.is_empty() {
            write!(to, "{}: ", self.path)?;
        }
        to.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
