//! The functions of the standard environment.

/// What a call means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Size,
    Contains,
    StartsWith,
    EndsWith,
    Matches,
    Bool,
    Bytes,
    Double,
    Duration,
    Dyn,
    Int,
    String,
    Timestamp,
    Type,
    Uint,
    Get(Part),
}

/// A part of a time or of a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Date,
    DayOfMonth,
    DayOfWeek,
    DayOfYear,
    FullYear,
    Hours,
    Milliseconds,
    Minutes,
    Month,
    Seconds,
}

/// Which form a function has: `f(a)`, `a.f()`, or both.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Global,
    Method,
    Both,
}

/// Name, function, form, and the fewest and the most arguments, that before the name included.
static FUNCTIONS: [(&str, Function, Form, usize, usize); 25] = [
    ("size", Function::Size, Form::Both, 1, 1),
    ("contains", Function::Contains, Form::Method, 2, 2),
    ("startsWith", Function::StartsWith, Form::Method, 2, 2),
    ("endsWith", Function::EndsWith, Form::Method, 2, 2),
    ("matches", Function::Matches, Form::Both, 2, 2),
    ("bool", Function::Bool, Form::Global, 1, 1),
    ("bytes", Function::Bytes, Form::Global, 1, 1),
    ("double", Function::Double, Form::Global, 1, 1),
    ("duration", Function::Duration, Form::Global, 1, 1),
    ("dyn", Function::Dyn, Form::Global, 1, 1),
    ("int", Function::Int, Form::Global, 1, 1),
    ("string", Function::String, Form::Global, 1, 1),
    ("timestamp", Function::Timestamp, Form::Global, 1, 1),
    ("type", Function::Type, Form::Global, 1, 1),
    ("uint", Function::Uint, Form::Global, 1, 1),
    ("getDate", Function::Get(Part::Date), Form::Method, 1, 2),
    ("getDayOfMonth", Function::Get(Part::DayOfMonth), Form::Method, 1, 2),
    ("getDayOfWeek", Function::Get(Part::DayOfWeek), Form::Method, 1, 2),
    ("getDayOfYear", Function::Get(Part::DayOfYear), Form::Method, 1, 2),
    ("getFullYear", Function::Get(Part::FullYear), Form::Method, 1, 2),
    ("getHours", Function::Get(Part::Hours), Form::Method, 1, 2),
    ("getMilliseconds", Function::Get(Part::Milliseconds), Form::Method, 1, 2),
    ("getMinutes", Function::Get(Part::Minutes), Form::Method, 1, 2),
    ("getMonth", Function::Get(Part::Month), Form::Method, 1, 2),
    ("getSeconds", Function::Get(Part::Seconds), Form::Method, 1, 2),
];

impl Function {
    /// The function of a name in a form.
    pub fn of(name: &str, is_method: bool) -> Option<Self> {
        let form = if is_method { Form::Method } else { Form::Global };
        FUNCTIONS.iter().find(|of| of.0 == name && (of.2 == form || of.2 == Form::Both)).map(|of| of.1)
    }

    /// The fewest and the most arguments, that before the name included.
    pub fn takes(self) -> (usize, usize) {
        FUNCTIONS.iter().find(|of| of.1 == self).map_or((0, 0), |of| (of.3, of.4))
    }
}
