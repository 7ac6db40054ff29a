//! An expression that has been read.

use super::function::Function;
use super::pattern::Pattern;

/// A part of an expression.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Where it is, in bytes.
    pub at: u32,
    /// How many nodes lie below one another. Evaluating and throwing away descend so deep.
    pub height: usize,
    pub kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Literal(Literal),
    Name(Name),
    List(Vec<Node>),
    /// Keys and values in turn.
    Map(Vec<Node>),
    /// `a.b` of something that is not a name.
    Select(Box<Node>, String),
    /// `has(a.b)`
    Has(Box<Node>, String),
    /// Of a list or a map.
    Index(Box<[Node; 2]>),
    Not(Box<Node>),
    Minus(Box<Node>),
    Binary(Binary, Box<[Node; 2]>),
    /// `a && b && …`
    All(Vec<Node>),
    /// `a || b || …`
    Any(Vec<Node>),
    /// `a ? b : c`
    Choice(Box<[Node; 3]>),
    Call(Box<Call>),
    Macro(Box<Macro>),
}

#[derive(Clone, Debug)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// `a.b.c`, where a fact may be called `a.b.c`, `a.b` or `a`; the longest name that there is counts.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    /// Written with a dot in front: variables of macros are not meant.
    pub absolute: bool,
    pub parts: Vec<String>,
    /// The first part, the first two, and so on.
    pub prefixes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Equal,
    Unequal,
    Below,
    AtMost,
    Above,
    AtLeast,
    In,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub name: String,
    /// Nothing, if there is no function of this name and form; evaluating it is a fault then.
    pub function: Option<Function>,
    /// Whether the first argument stands before the name: `a.f(b)`.
    pub is_method: bool,
    pub arguments: Vec<Node>,
    /// The regular expression, where it is written in the text.
    pub pattern: Option<Pattern>,
}

#[derive(Clone, Debug)]
pub(crate) struct Macro {
    pub kind: MacroKind,
    /// What is gone through.
    pub range: Node,
    /// The variable for elements or keys; or two, for indexes or keys and for elements or values.
    pub variables: Vec<String>,
    /// What decides about an element.
    pub predicate: Option<Node>,
    /// What is made of it.
    pub transform: Option<Node>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MacroKind {
    All,
    Exists,
    ExistsOne,
    /// `filter`, `map`, `transformList`
    List,
    /// `transformMap`
    Map,
}

impl Kind {
    /// The nodes below, in the order in which they are written.
    pub fn each<'n>(&'n self, visit: &mut dyn FnMut(&'n Node)) {
        match self {
            Self::Literal(_) | Self::Name(_) => {}
            Self::List(nodes) | Self::Map(nodes) | Self::All(nodes) | Self::Any(nodes) => nodes.iter().for_each(visit),
            Self::Select(node, _) | Self::Has(node, _) | Self::Not(node) | Self::Minus(node) => visit(node),
            Self::Index(nodes) | Self::Binary(_, nodes) => nodes.iter().for_each(visit),
            Self::Choice(nodes) => nodes.iter().for_each(visit),
            Self::Call(call) => call.arguments.iter().for_each(visit),
            Self::Macro(of) => {
                [Some(&of.range), of.predicate.as_ref(), of.transform.as_ref()].into_iter().flatten().for_each(visit);
            }
        }
    }

    pub fn height(&self) -> usize {
        let mut height = 0;
        self.each(&mut |node| height = height.max(node.height));
        height + 1
    }
}

impl Name {
    pub fn new(absolute: bool, first: String) -> Self {
        Self { absolute, prefixes: vec![first.clone()], parts: vec![first] }
    }

    pub fn push(&mut self, part: String) {
        self.prefixes.push(format!("{}.{part}", self.full()));
        self.parts.push(part);
    }

    /// All of it.
    pub fn full(&self) -> &str {
        self.prefixes.last().map_or("", String::as_str)
    }
}
