//! The operators, and how many arguments they take.

/// An operator other than `var`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Same,
    Unequal,
    Different,
    Above,
    AtLeast,
    Below,
    AtMost,
    Truth,
    Not,
    If,
    And,
    Or,
    In,
    Cat,
    Substr,
    Log,
    Add,
    Times,
    Minus,
    Divide,
    Modulo,
    Min,
    Max,
    Merge,
    Missing,
    MissingSome,
    Filter,
    Map,
    Reduce,
    All,
    Some,
    None,
}

/// Without an upper bound.
const MANY: usize = usize::MAX;

/// Name, operator, fewest and most arguments.
pub(super) type Operates = (&'static str, Operator, usize, usize);

static OPERATORS: [Operates; 34] = [
    ("==", Operator::Equal, 2, 2),
    ("===", Operator::Same, 2, 2),
    ("!=", Operator::Unequal, 2, 2),
    ("!==", Operator::Different, 2, 2),
    (">", Operator::Above, 2, 2),
    (">=", Operator::AtLeast, 2, 2),
    ("<", Operator::Below, 2, 3),
    ("<=", Operator::AtMost, 2, 3),
    ("!!", Operator::Truth, 1, 1),
    ("!", Operator::Not, 1, 1),
    ("if", Operator::If, 0, MANY),
    ("?:", Operator::If, 0, MANY),
    ("and", Operator::And, 1, MANY),
    ("or", Operator::Or, 1, MANY),
    ("in", Operator::In, 2, 2),
    ("cat", Operator::Cat, 0, MANY),
    ("substr", Operator::Substr, 2, 3),
    ("log", Operator::Log, 1, 1),
    ("+", Operator::Add, 0, MANY),
    ("*", Operator::Times, 1, MANY),
    ("-", Operator::Minus, 1, 2),
    ("/", Operator::Divide, 2, 2),
    ("%", Operator::Modulo, 2, 2),
    ("min", Operator::Min, 1, MANY),
    ("max", Operator::Max, 1, MANY),
    ("merge", Operator::Merge, 0, MANY),
    ("missing", Operator::Missing, 0, MANY),
    ("missing_some", Operator::MissingSome, 2, 2),
    ("filter", Operator::Filter, 2, 2),
    ("map", Operator::Map, 2, 2),
    ("reduce", Operator::Reduce, 2, 3),
    ("all", Operator::All, 2, 2),
    ("some", Operator::Some, 2, 2),
    ("none", Operator::None, 2, 2),
];

impl Operator {
    /// The operator of a name, under that name, with the fewest and the most arguments it takes.
    pub fn of(name: &str) -> Option<&'static Operates> {
        OPERATORS.iter().find(|operator| operator.0 == name)
    }
}
