//! Why there is no condition, or no answer.

use std::fmt;

/// What is wrong, where, and what to do about it.
///
/// A message names what stands in the condition, and kinds of values; it never repeats a value of the facts, so that it
/// may be shown to whoever edits the condition and written into logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind of fault.
    pub code: Code,
    /// Where in the condition.
    pub place: Place,
    /// For people: what is wrong and what to do.
    pub message: String,
}

/// Kinds of faults. The first group is found by [`Condition::logic`](crate::Condition::logic) and
/// [`Condition::cel`](crate::Condition::cel), the second by evaluating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Not written as the language asks.
    Syntax,
    /// An operator, function or macro that the language does not have.
    Unknown,
    /// The wrong number of arguments.
    Arguments,
    /// Larger than [`LARGEST`](crate::LARGEST).
    Size,
    /// Nested deeper than [`DEPTH`](crate::DEPTH); also of values that are made.
    Depth,
    /// A regular expression that cannot be read, or is too large.
    Pattern,

    /// A fact, key or element that is not there.
    Missing,
    /// A value of a kind that the operator does not take.
    Kind,
    /// Division by zero, overflow, or a value outside its range.
    Number,
    /// More steps than the [`Budget`](crate::Budget) allows.
    Steps,
    /// More memory than the [`Budget`](crate::Budget) allows.
    Memory,
}

impl Code {
    /// The stable code for programs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "condition.syntax",
            Self::Unknown => "condition.unknown",
            Self::Arguments => "condition.arguments",
            Self::Size => "condition.size",
            Self::Depth => "condition.depth",
            Self::Pattern => "condition.pattern",
            Self::Missing => "condition.missing",
            Self::Kind => "condition.kind",
            Self::Number => "condition.number",
            Self::Steps => "condition.steps",
            Self::Memory => "condition.memory",
        }
    }
}

/// Where in a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The condition as a whole.
    Whole,
    /// Below this JSON pointer (RFC 6901) in the JSONLogic.
    Pointer(String),
    /// At this byte of the CEL text.
    Offset(usize),
}

impl Fault {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, place: Place::Whole, message: message.into() }
    }

    /// At a byte of the text, unless an inner part has already said where.
    pub(crate) fn at(mut self, offset: u32) -> Self {
        if self.place == Place::Whole {
            self.place = Place::Offset(offset as usize);
        }
        self
    }

    /// Inside a member or element: faults collect their pointer on the way out.
    pub(crate) fn inside(mut self, segment: &str) -> Self {
        let segment = segment.replace('~', "~0").replace('/', "~1");
        self.place = match self.place {
            Place::Pointer(rest) => Place::Pointer(format!("/{segment}{rest}")),
            _ => Place::Pointer(format!("/{segment}")),
        };
        self
    }

    /// Whether the budget is gone. No operator may go on after that.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self.code, Code::Steps | Code::Memory)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Whole => write!(f, "{}", self.message),
            Place::Pointer(pointer) => write!(f, "{} (at {pointer})", self.message),
            Place::Offset(offset) => write!(f, "{} (at byte {offset})", self.message),
        }
    }
}

impl std::error::Error for Fault {}
