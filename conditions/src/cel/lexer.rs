//! Words and signs of a text.

use super::literal;
use crate::budget::LARGEST;
use crate::fault::{Code, Fault};

/// A word or sign, and where it stands.
#[derive(Debug)]
pub(super) struct Spanned {
    pub at: u32,
    pub token: Token,
}

#[derive(Debug, PartialEq)]
pub(super) enum Token {
    /// Without its sign; up to `2^63`, which is only valid after a minus.
    Int(u64),
    Uint(u64),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
    Word(String),
    /// A name in backquotes.
    Quoted(String),
    Sign(&'static str),
    End,
}

/// The longer ones before those that they begin with.
const SIGNS: [&str; 24] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(", ")", "[", "]",
    "{", "}",
];

/// All tokens, the last one being the end.
pub(super) fn tokens(text: &str) -> Result<Vec<Spanned>, Fault> {
    if text.len() > LARGEST {
        return Err(Fault::new(Code::Size, format!("The expression has more than {LARGEST} bytes; make it shorter.")));
    }
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip();
        // below LARGEST
        let at = u32::try_from(lexer.at).unwrap_or(u32::MAX);
        let token = lexer.token().map_err(|fault| fault.at(at))?;
        let is_end = token == Token::End;
        tokens.push(Spanned { at, token });
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Takes so many bytes, which end between characters.
    fn take(&mut self, bytes: usize) -> &'t str {
        let taken = &self.rest()[..bytes];
        self.at += bytes;
        taken
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        self.take(rest.find(|c| !wanted(c)).unwrap_or(rest.len()))
    }

    /// White space and comments.
    fn skip(&mut self) {
        loop {
            self.take_while(|c| matches!(c, '\t' | '\n' | '\x0c' | '\r' | ' '));
            if !self.rest().starts_with("//") {
                return;
            }
            self.take_while(|c| c != '\n');
        }
    }

    fn token(&mut self) -> Result<Token, Fault> {
        let rest = self.rest();
        let mut chars = rest.chars();
        match (chars.next(), chars.next()) {
            (None, _) => Ok(Token::End),
            (Some('0'..='9'), _) | (Some('.'), Some('0'..='9')) => self.number(),
            (Some('`'), _) => self.quoted(),
            (Some(c), _) if c == '_' || c.is_ascii_alphabetic() || matches!(c, '"' | '\'') => self.word_or_text(),
            (Some(c), _) => match SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
                Some(sign) => {
                    self.take(sign.len());
                    Ok(Token::Sign(sign))
                }
                None => Err(Fault::new(Code::Syntax, format!("`{c}` means nothing here; remove it or quote it."))),
            },
        }
    }

    fn word_or_text(&mut self) -> Result<Token, Fault> {
        if let Some((literal, length)) = literal::read(self.rest())? {
            self.take(length);
            return Ok(literal);
        }
        let word = self.take_while(|c| c == '_' || c.is_ascii_alphanumeric());
        Ok(Token::Word(word.to_owned()))
    }

    fn quoted(&mut self) -> Result<Token, Fault> {
        self.take(1);
        let name = self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ' '));
        if name.is_empty() || !self.rest().starts_with('`') {
            return Err(Fault::new(
                Code::Syntax,
                "A name in backquotes has letters, digits, `_`, `.`, `-`, `/` and blanks, and ends with a backquote.",
            ));
        }
        self.take(1);
        Ok(Token::Quoted(name.to_owned()))
    }

    fn number(&mut self) -> Result<Token, Fault> {
        let rest = self.rest();
        let (digits, radix, is_double) = match rest.strip_prefix("0x") {
            Some(hex) if hex.starts_with(|c: char| c.is_ascii_hexdigit()) => {
                self.take(2);
                (self.take_while(|c| c.is_ascii_hexdigit()), 16, false)
            }
            _ => {
                let (length, is_double) = decimal(rest);
                (self.take(length), 10, is_double)
            }
        };
        let is_unsigned = !is_double && self.rest().starts_with(['u', 'U']);
        if is_unsigned {
            self.take(1);
        }
        if self.rest().starts_with(|c: char| c == '_' || c.is_ascii_alphanumeric()) {
            return Err(Fault::new(
                Code::Syntax,
                "A number runs into a word; put a blank or an operator between them.",
            ));
        }
        if is_double {
            let number = digits.parse::<f64>().ok().filter(|number| number.is_finite());
            return number.map(Token::Double).ok_or_else(too_large);
        }
        let number = u64::from_str_radix(digits, radix).map_err(|_| too_large())?;
        Ok(if is_unsigned { Token::Uint(number) } else { Token::Int(number) })
    }
}

/// The length of a decimal number, and whether it has a fraction or an exponent.
fn decimal(text: &str) -> (usize, bool) {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from.min(bytes.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = digits(0);
    let mut is_double = false;
    if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
        is_double = true;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
            is_double = true;
        }
    }
    (end, is_double)
}

pub(super) fn too_large() -> Fault {
    Fault::new(Code::Number, "A number is too large: whole numbers have 64 bits, others are doubles.")
}
