//! Regular expressions: RE2's, bounded.

use regex::{Regex, RegexBuilder};

use crate::budget::Meter;
use crate::fault::{Code, Fault};

/// The most bytes of a pattern.
const LONGEST: usize = 1024;
/// The most bytes of the program that is made of it. Matching takes at most its size times that of the text.
const LARGEST: usize = 64 * 1024;
/// Bytes for what is remembered while matching.
const CACHE: usize = 256 * 1024;
/// How deep it may be nested.
const DEEPEST: u32 = 32;
/// Steps for making a program. It takes up to two milliseconds.
const STEPS: usize = 1000;

/// A regular expression that has been read.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Regex);

impl Pattern {
    /// Reads a pattern.
    pub fn new(source: &str) -> Result<Self, Fault> {
        if source.len() > LONGEST {
            return Err(Fault::new(Code::Pattern, format!("The pattern has more than {LONGEST} bytes; shorten it.")));
        }
        let regex =
            RegexBuilder::new(&translate(source)).size_limit(LARGEST).dfa_size_limit(CACHE).nest_limit(DEEPEST).build();
        regex.map(Self).map_err(|error| {
            let message = match error {
                regex::Error::CompiledTooBig(_) => "The pattern is too large; repeat less in it.",
                _ => "The pattern is no regular expression; see https://github.com/google/re2/wiki/Syntax.",
            };
            Fault::new(Code::Pattern, message)
        })
    }

    /// Reads a pattern that is only known when it is needed.
    pub fn during(source: &str, meter: &mut Meter) -> Result<Self, Fault> {
        meter.steps(STEPS)?;
        Self::new(source)
    }

    /// Whether a part of a text matches.
    pub fn is_match(&self, text: &str, meter: &mut Meter) -> Result<bool, Fault> {
        // each byte may visit the whole program
        meter.steps(text.len())?;
        Ok(self.0.is_match(text))
    }
}

/// RE2 into the syntax of `regex`, where they differ: classes such as `\d` are of ASCII in RE2, which also keeps
/// programs small; and inside brackets, `regex` knows sets within sets.
fn translate(source: &str) -> String {
    let mut pattern = String::with_capacity(source.len() * 2);
    let mut chars = source.chars().peekable();
    // how far one is inside of brackets, where a `]` that comes first is meant as it is
    let mut class: Option<usize> = None;
    while let Some(c) = chars.next() {
        let first = class == Some(0);
        class = class.map(|at| at + 1);
        match (c, class.is_some()) {
            ('\\', in_class) => escape(chars.next(), in_class, &mut pattern),
            ('[', false) => {
                class = Some(0);
                pattern.push('[');
                if chars.next_if_eq(&'^').is_some() {
                    pattern.push('^');
                }
            }
            ('[', true) if chars.peek() == Some(&':') => pattern.push('['),
            (']', true) if first => pattern.push_str("\\]"),
            (']', true) => {
                // `[:alpha:]` ends with a bracket of its own
                if !pattern.ends_with(':') || !pattern.rfind("[:").is_some_and(|at| is_name(&pattern[at + 2..])) {
                    class = None;
                }
                pattern.push(']');
            }
            ('[' | '&' | '~', true) => {
                pattern.push('\\');
                pattern.push(c);
            }
            (c, _) => pattern.push(c),
        }
    }
    pattern
}

/// The name of a class of POSIX, with its colon at the end.
fn is_name(rest: &str) -> bool {
    rest.strip_suffix(':')
        .is_some_and(|name| name.trim_start_matches('^').bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// What stands behind a backslash.
fn escape(escaped: Option<char>, in_class: bool, pattern: &mut String) {
    let class = match escaped {
        Some('d') => "0-9",
        Some('w') => "0-9A-Za-z_",
        Some('s') => "\\t\\n\\x0C\\r ",
        Some('D') => "^0-9",
        Some('W') => "^0-9A-Za-z_",
        Some('S') => "^\\t\\n\\x0C\\r ",
        Some('b') if !in_class => return pattern.push_str("(?-u:\\b)"),
        Some('B') if !in_class => return pattern.push_str("(?-u:\\B)"),
        Some(c) => {
            pattern.push('\\');
            return pattern.push(c);
        }
        None => return pattern.push('\\'),
    };
    pattern.push('[');
    pattern.push_str(class);
    pattern.push(']');
}
