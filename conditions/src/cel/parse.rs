//! Reading an expression: precedence climbing, bounded in depth.

use super::function::Function;
use super::lexer::{Spanned, Token, tokens, too_large};
use super::macros;
use super::pattern::Pattern;
use super::tree::{Binary, Call, Kind, Literal, Name, Node};
use crate::budget::DEPTH;
use crate::fault::{Code, Fault};

/// Words that can be neither names nor fields.
const KEYWORDS: [&str; 4] = ["false", "in", "null", "true"];

/// Words that can be fields and methods, but not names.
const RESERVED: [&str; 17] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// Parts that the name of one fact may have; what follows are its fields.
const LONGEST_NAME: usize = 16;

/// Operators and how strongly they bind.
const OPERATORS: [(&str, u8, Operator); 14] = [
    ("||", 1, Operator::Any),
    ("&&", 2, Operator::All),
    ("==", 3, Operator::Binary(Binary::Equal)),
    ("!=", 3, Operator::Binary(Binary::Unequal)),
    ("<", 3, Operator::Binary(Binary::Below)),
    ("<=", 3, Operator::Binary(Binary::AtMost)),
    (">", 3, Operator::Binary(Binary::Above)),
    (">=", 3, Operator::Binary(Binary::AtLeast)),
    ("in", 3, Operator::Binary(Binary::In)),
    ("+", 4, Operator::Binary(Binary::Add)),
    ("-", 4, Operator::Binary(Binary::Subtract)),
    ("*", 5, Operator::Binary(Binary::Multiply)),
    ("/", 5, Operator::Binary(Binary::Divide)),
    ("%", 5, Operator::Binary(Binary::Remainder)),
];

#[derive(Clone, Copy)]
enum Operator {
    All,
    Any,
    Binary(Binary),
}

/// Reads an expression. Whether there are such functions is up to [`check`](super::check::check).
pub(crate) fn parse(text: &str) -> Result<Node, Fault> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, nesting: 0 };
    let node = parser.expression()?;
    match parser.token() {
        Token::End => Ok(node),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

struct Parser {
    tokens: Vec<Spanned>,
    next: usize,
    nesting: usize,
}

impl Parser {
    /// The next token. The last one is the end, and is never passed.
    fn token(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |spanned| &spanned.token)
    }

    fn at(&self) -> u32 {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |spanned| spanned.at)
    }

    fn take(&mut self) -> Token {
        let token = self.tokens.get_mut(self.next).map(|spanned| std::mem::replace(&mut spanned.token, Token::End));
        self.next += usize::from(self.next + 1 < self.tokens.len());
        token.unwrap_or(Token::End)
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.token(), Token::Sign(is) if *is == sign)
    }

    fn eat(&mut self, sign: &str) -> bool {
        let is_there = self.is_sign(sign);
        if is_there {
            self.take();
        }
        is_there
    }

    fn expect(&mut self, sign: &str) -> Result<(), Fault> {
        if self.eat(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        let found = match self.token() {
            Token::End => "the expression ends".to_owned(),
            Token::Sign(sign) => format!("there is `{sign}`"),
            Token::Word(word) => format!("there is `{word}`"),
            _ => "there is a value".to_owned(),
        };
        Fault::new(Code::Syntax, format!("Here {found}, where {wanted} should be.")).at(self.at())
    }

    fn fault(code: Code, message: impl Into<String>, at: u32) -> Fault {
        Fault::new(code, message).at(at)
    }

    /// A node, unless it lies too deep.
    fn node(at: u32, kind: Kind) -> Result<Node, Fault> {
        let height = kind.height();
        if height > DEPTH { Err(Self::too_deep(at)) } else { Ok(Node { at, height, kind }) }
    }

    fn too_deep(at: u32) -> Fault {
        let message = format!(
            "The expression is nested deeper than {DEPTH} levels; put parts of it into conditions of their own."
        );
        Self::fault(Code::Depth, message, at)
    }

    fn expression(&mut self) -> Result<Node, Fault> {
        let mut node = self.operation(0)?;
        // one after the other, and not inside one another: they may be many
        let mut tests = Vec::new();
        while self.is_sign("?") {
            let at = self.at();
            self.take();
            let yes = self.operation(0)?;
            self.expect(":")?;
            tests.push((at, node, yes));
            node = self.operation(0)?;
        }
        for (at, test, yes) in tests.into_iter().rev() {
            node = Self::node(at, Kind::Choice(Box::new([test, yes, node])))?;
        }
        Ok(node)
    }

    /// Operators that bind at least so strongly, and what they join.
    fn operation(&mut self, strength: u8) -> Result<Node, Fault> {
        // every way into the depth leads through here
        self.nesting += 1;
        if self.nesting > DEPTH {
            return Err(Self::too_deep(self.at()));
        }
        let mut node = self.unary()?;
        while let Some((binds, operator)) = self.operator(strength) {
            let at = self.at();
            self.take();
            let right = self.operation(binds + 1)?;
            node = Self::joined(at, operator, node, right)?;
        }
        self.nesting -= 1;
        Ok(node)
    }

    /// An operator that binds at least so strongly, if it comes next.
    fn operator(&self, strength: u8) -> Option<(u8, Operator)> {
        let sign = match self.token() {
            Token::Sign(sign) => sign,
            Token::Word(word) => word.as_str(),
            _ => return None,
        };
        OPERATORS.iter().find(|of| of.0 == sign && of.1 >= strength).map(|&(_, binds, operator)| (binds, operator))
    }

    fn joined(at: u32, operator: Operator, left: Node, right: Node) -> Result<Node, Fault> {
        let kind = match (operator, left.kind) {
            // many in a row are one node: they may be many
            (Operator::All, Kind::All(nodes)) => return Self::extended(left.at, left.height, nodes, right, Kind::All),
            (Operator::Any, Kind::Any(nodes)) => return Self::extended(left.at, left.height, nodes, right, Kind::Any),
            (operator, kind) => {
                let left = Node { kind, ..left };
                match operator {
                    Operator::All => Kind::All(vec![left, right]),
                    Operator::Any => Kind::Any(vec![left, right]),
                    Operator::Binary(binary) => Kind::Binary(binary, Box::new([left, right])),
                }
            }
        };
        Self::node(at, kind)
    }

    fn extended(
        at: u32,
        height: usize,
        mut nodes: Vec<Node>,
        right: Node,
        kind: fn(Vec<Node>) -> Kind,
    ) -> Result<Node, Fault> {
        let height = height.max(right.height + 1);
        if height > DEPTH {
            return Err(Self::too_deep(right.at));
        }
        nodes.push(right);
        Ok(Node { at, height, kind: kind(nodes) })
    }

    fn unary(&mut self) -> Result<Node, Fault> {
        let mut signs = Vec::new();
        while self.is_sign("!") || self.is_sign("-") {
            let is_not = self.is_sign("!");
            if signs.first().is_some_and(|(first, _)| *first != is_not) {
                return Err(self.unexpected("a value, or an expression in brackets,"));
            }
            signs.push((is_not, self.at()));
            self.take();
        }
        // the smallest number only exists with its sign
        let mut node = match (signs.last(), self.token()) {
            (Some(&(false, at)), Token::Int(_) | Token::Double(_)) => {
                signs.pop();
                self.negative(at)?
            }
            _ => self.primary()?,
        };
        node = self.member(node)?;
        for (is_not, at) in signs.into_iter().rev() {
            let of = Box::new(node);
            node = Self::node(at, if is_not { Kind::Not(of) } else { Kind::Minus(of) })?;
        }
        Ok(node)
    }

    fn negative(&mut self, at: u32) -> Result<Node, Fault> {
        let literal = match self.take() {
            Token::Double(number) => Literal::Double(-number),
            Token::Int(number) => Literal::Int(0_i64.checked_sub_unsigned(number).ok_or_else(|| too_large().at(at))?),
            _ => Literal::Null,
        };
        Self::node(at, Kind::Literal(literal))
    }

    /// Fields, calls and indexes behind a value.
    fn member(&mut self, mut node: Node) -> Result<Node, Fault> {
        loop {
            let at = self.at();
            if self.eat(".") {
                node = self.field(node, at)?;
            } else if self.eat("[") {
                let index = self.expression()?;
                self.expect("]")?;
                node = Self::node(at, Kind::Index(Box::new([node, index])))?;
            } else if self.is_sign("{") && matches!(node.kind, Kind::Name(_)) {
                let message = "Messages of protocol buffers cannot be made here; write a map: `{'key': value}`.";
                return Err(Self::fault(Code::Unknown, message, at));
            } else {
                return Ok(node);
            }
        }
    }

    /// What stands behind a dot.
    fn field(&mut self, node: Node, at: u32) -> Result<Node, Fault> {
        let name_at = self.at();
        let name = match self.take() {
            Token::Word(word) if !KEYWORDS.contains(&word.as_str()) => word,
            Token::Quoted(name) => return Self::node(at, Kind::Select(Box::new(node), name)),
            Token::Sign("?") => {
                let message = "Optional values are not supported; test with `has()` first.";
                return Err(Self::fault(Code::Unknown, message, name_at));
            }
            _ => {
                let message =
                    "Behind a dot stands the name of a field or function; put others into brackets: `a['b']`.";
                return Err(Self::fault(Code::Syntax, message, name_at));
            }
        };
        if self.eat("(") {
            let arguments = self.list(")", false)?;
            return match macros::expand(&name, node, arguments)? {
                Ok(kind) => Self::node(name_at, kind),
                Err((target, mut arguments)) => {
                    arguments.insert(0, target);
                    Self::call(name, arguments, true, name_at)
                }
            };
        }
        match node.kind {
            Kind::Name(mut path) if path.parts.len() < LONGEST_NAME => {
                path.push(name);
                Ok(Node { kind: Kind::Name(path), ..node })
            }
            kind => Self::node(at, Kind::Select(Box::new(Node { kind, ..node }), name)),
        }
    }

    fn call(name: String, arguments: Vec<Node>, is_method: bool, at: u32) -> Result<Node, Fault> {
        let function = Function::of(&name, is_method);
        let pattern = match (function, arguments.get(1).map(|node| (&node.kind, node.at))) {
            (Some(Function::Matches), Some((Kind::Literal(Literal::Text(pattern)), at))) => {
                Some(Pattern::new(pattern).map_err(|fault| fault.at(at))?)
            }
            _ => None,
        };
        Self::node(at, Kind::Call(Box::new(Call { name, function, is_method, arguments, pattern })))
    }

    fn primary(&mut self) -> Result<Node, Fault> {
        let at = self.at();
        if self.eat("(") {
            let node = self.expression()?;
            self.expect(")")?;
            return Ok(node);
        }
        if self.eat("[") {
            return Self::node(at, Kind::List(self.list("]", true)?));
        }
        if self.eat("{") {
            return Self::node(at, Kind::Map(self.entries()?));
        }
        let absolute = self.eat(".");
        let literal = match self.token() {
            Token::Word(word) if absolute || !KEYWORDS.contains(&word.as_str()) => return self.name(absolute, at),
            Token::Word(word) if word != "in" => match word.as_str() {
                "null" => Literal::Null,
                word => Literal::Bool(word == "true"),
            },
            Token::Int(_) | Token::Uint(_) | Token::Double(_) | Token::Text(_) | Token::Bytes(_) if !absolute => {
                return self.value(at);
            }
            _ => return Err(self.unexpected("a value")),
        };
        self.take();
        Self::node(at, Kind::Literal(literal))
    }

    fn value(&mut self, at: u32) -> Result<Node, Fault> {
        let literal = match self.take() {
            Token::Int(number) => Literal::Int(i64::try_from(number).map_err(|_| too_large().at(at))?),
            Token::Uint(number) => Literal::Uint(number),
            Token::Double(number) => Literal::Double(number),
            Token::Text(text) => Literal::Text(text),
            Token::Bytes(bytes) => Literal::Bytes(bytes),
            _ => Literal::Null,
        };
        Self::node(at, Kind::Literal(literal))
    }

    /// A name, or a call of a function.
    fn name(&mut self, absolute: bool, at: u32) -> Result<Node, Fault> {
        let name_at = self.at();
        let Token::Word(word) = self.take() else { return Err(self.unexpected("a name")) };
        if RESERVED.contains(&word.as_str()) || KEYWORDS.contains(&word.as_str()) {
            return Err(Self::fault(Code::Syntax, format!("`{word}` is reserved and no name; use another."), name_at));
        }
        if !self.eat("(") {
            return Self::node(at, Kind::Name(Name::new(absolute, word)));
        }
        let arguments = self.list(")", false)?;
        if word == "has" {
            return Self::node(at, macros::has(arguments).map_err(|fault| fault.at(at))?);
        }
        Self::call(word, arguments, false, at)
    }

    /// Expressions with commas between them, up to a sign.
    fn list(&mut self, end: &str, may_trail: bool) -> Result<Vec<Node>, Fault> {
        let mut nodes = Vec::new();
        while !self.eat(end) {
            nodes.push(self.expression()?);
            if !self.eat(",") {
                self.expect(end)?;
                break;
            }
            if !may_trail && self.is_sign(end) {
                return Err(self.unexpected("another argument"));
            }
        }
        Ok(nodes)
    }

    /// The entries of a map: keys and values in turn.
    fn entries(&mut self) -> Result<Vec<Node>, Fault> {
        let mut nodes = Vec::new();
        while !self.eat("}") {
            nodes.push(self.expression()?);
            self.expect(":")?;
            nodes.push(self.expression()?);
            if !self.eat(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(nodes)
    }
}
