//! CEL, the Common Expression Language.
//!
//! Source: <https://github.com/google/cel-spec/blob/master/doc/langdef.md>, with the macros of two variables and
//! `existsOne`. Left out is what needs protocol buffers (messages, enumerations, wrappers) and what the specification
//! keeps in extensions (optional values, mathematics, more functions on strings).

mod check;
mod convert;
mod evaluate;
mod function;
mod json;
mod lexer;
mod literal;
mod macros;
mod names;
mod operate;
mod parse;
mod pattern;
mod time;
mod tree;
mod value;

pub(crate) use check::check;
pub(crate) use evaluate::Machine;
#[cfg(test)]
pub(crate) use json::base64;
pub(crate) use names::names;
pub(crate) use parse::parse;
pub(crate) use tree::Node;
pub(crate) use value::Val;
