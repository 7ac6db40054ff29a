//! What a condition reads.

use std::collections::BTreeSet;

/// The facts that a condition reads, for choosing variables and for checking that there are such facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Paths such as `patient.age`; `items[].price` is of every element of a list. The empty path is all facts at once.
    pub paths: BTreeSet<String>,
    /// Whether it also reads facts whose names are only known when it is evaluated.
    pub computed: bool,
}

/// A path and what lies below it.
pub(crate) fn join(base: &str, rest: &str) -> String {
    match (base, rest) {
        ("", _) => rest.to_owned(),
        (_, "") => base.to_owned(),
        _ => format!("{base}.{rest}"),
    }
}

/// The elements of the list at a path.
pub(crate) fn each(list: &str) -> String {
    format!("{list}[]")
}
