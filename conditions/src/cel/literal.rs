//! Texts and bytes as they are written.

use super::lexer::Token;
use crate::fault::{Code, Fault};

/// A text or bytes at the beginning, and its length; nothing, if none begins here.
///
/// # Errors
/// It does not end, or has an escape that means nothing.
pub(super) fn read(source: &str) -> Result<Option<(Token, usize)>, Fault> {
    let quote = source.bytes().take(3).position(|byte| matches!(byte, b'"' | b'\''));
    // bytes may be raw, but not the other way round
    let prefix = quote.map_or("", |quote| &source[..quote]);
    let (is_bytes, is_raw) = match prefix {
        "" => (false, false),
        "r" | "R" => (false, true),
        "b" | "B" => (true, false),
        "br" | "bR" | "Br" | "BR" => (true, true),
        _ => return Ok(None),
    };
    let rest = &source[prefix.len()..];
    let Some(quote) = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| rest.starts_with(quote)) else {
        return Ok(None);
    };
    let body = &rest[quote.len()..];
    let length = end(body, quote, is_raw)?;
    let body = &body[..length];
    let token = match (is_bytes, is_raw) {
        (false, true) => Token::Text(body.to_owned()),
        (true, true) => Token::Bytes(body.as_bytes().to_vec()),
        (false, false) => Token::Text(unescape_text(body)?),
        (true, false) => Token::Bytes(unescape_bytes(body)?),
    };
    Ok(Some((token, prefix.len() + length + 2 * quote.len())))
}

/// Where a text ends.
fn end(body: &str, quote: &str, is_raw: bool) -> Result<usize, Fault> {
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with(quote) {
            return Ok(body.len() - rest.len());
        }
        if quote.len() == 1 && matches!(c, '\n' | '\r') {
            break;
        }
        rest = &rest[c.len_utf8()..];
        // whatever is escaped does not end it
        if c == '\\' && !is_raw {
            rest = rest.chars().next().map_or(rest, |escaped| &rest[escaped.len_utf8()..]);
        }
    }
    Err(Fault::new(Code::Syntax, format!("A text does not end; close it with {quote}.")))
}

enum Escape {
    Char(char),
    /// A number that is a character of a text, or a byte of bytes.
    Octet(u8),
}

fn unescape_text(body: &str) -> Result<String, Fault> {
    let mut text = String::with_capacity(body.len());
    unescape(body, true, &mut |escape| {
        text.push(match escape {
            Escape::Char(c) => c,
            Escape::Octet(octet) => char::from(octet),
        });
    })?;
    Ok(text)
}

fn unescape_bytes(body: &str) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::with_capacity(body.len());
    unescape(body, false, &mut |escape| match escape {
        Escape::Char(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        Escape::Octet(octet) => bytes.push(octet),
    })?;
    Ok(bytes)
}

fn unescape(body: &str, is_text: bool, push: &mut dyn FnMut(Escape)) -> Result<(), Fault> {
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c != '\\' {
            push(Escape::Char(c));
            continue;
        }
        let (escape, length) = escaped(rest, is_text).ok_or_else(|| {
            let message =
                "An escape means nothing; write a backslash as `\\\\`, or the text with an `r` in front of it.";
            Fault::new(Code::Syntax, message)
        })?;
        push(escape);
        rest = &rest[length..];
    }
    Ok(())
}

/// What stands after a backslash, and how long it is.
fn escaped(rest: &str, is_text: bool) -> Option<(Escape, usize)> {
    let digits = |from: usize, count: usize, radix: u32| -> Option<u32> {
        let digits = rest.get(from..from + count)?;
        // `from_str_radix` takes a sign as well
        digits.chars().all(|c| c.is_digit(radix)).then(|| u32::from_str_radix(digits, radix).ok())?
    };
    let c = rest.chars().next()?;
    let single = |c: char| Some((Escape::Char(c), 1));
    match c {
        '\\' | '?' | '"' | '\'' | '`' => single(c),
        'a' => single('\x07'),
        'b' => single('\x08'),
        'f' => single('\x0c'),
        'n' => single('\n'),
        'r' => single('\r'),
        't' => single('\t'),
        'v' => single('\x0b'),
        'x' | 'X' => Some((Escape::Octet(u8::try_from(digits(1, 2, 16)?).ok()?), 3)),
        'u' if is_text => Some((Escape::Char(char::from_u32(digits(1, 4, 16)?)?), 5)),
        'U' if is_text => Some((Escape::Char(char::from_u32(digits(1, 8, 16)?)?), 9)),
        '0'..='3' => Some((Escape::Octet(u8::try_from(digits(0, 3, 8)?).ok()?), 3)),
        _ => None,
    }
}
