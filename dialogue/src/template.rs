//! Texts of flows with what is put into them: `{{ patient.name | default('you') }}` and slots, `<<member_id>>`.
//!
//! There is one filter and no code. A variable without a default must be there when the call begins. A slot is never put
//! into a text that a model reads: the runtime says its value where the slot stands.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A text and its variables, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    Variable { path: String, default: Option<Default> },
    Slot(String),
}

/// What stands for a variable that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Default {
    Text(String),
    Path(String),
}

/// A piece of a text that is ready: words, or the name of a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    Text(String),
    Slot(String),
}

impl Template {
    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong with its braces.
    pub fn parse(source: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = source;
        while let Some(start) = [rest.find("{{"), rest.find("<<")].into_iter().flatten().min() {
            if start > 0 {
                pieces.push(Piece::Text(rest[..start].to_owned()));
            }
            let (open, close) = if rest[start..].starts_with("{{") { ("{{", "}}") } else { ("<<", ">>") };
            let inner = &rest[start + 2..];
            let end = inner.find(close).ok_or_else(|| format!("`{open}` is not closed by `{close}`."))?;
            let word = inner[..end].trim();
            pieces.push(if open == "<<" { slot(word)? } else { variable(word)? });
            rest = &inner[end + 2..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Self { pieces })
    }

    /// The variables without a default, and whether they have one.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, bool)> {
        self.pieces.iter().flat_map(|piece| {
            let (own, other) = match piece {
                Piece::Variable { path, default } => {
                    let other =
                        if let Some(Default::Path(path)) = default { Some((path.as_str(), false)) } else { None };
                    (Some((path.as_str(), default.is_some())), other)
                }
                Piece::Text(_) | Piece::Slot(_) => (None, None),
            };
            own.into_iter().chain(other)
        })
    }

    /// The slots.
    pub(crate) fn slots(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| if let Piece::Slot(name) = piece { Some(name.as_str()) } else { None })
    }

    /// The path, when the template is one variable and nothing else.
    pub(crate) fn alone(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Variable { path, .. }] => Some(path),
            _ => None,
        }
    }

    /// The template with what `value` knows put in. What is not there and has no default is left out: a call does not
    /// begin without it.
    pub(crate) fn ready(&self, value: &dyn Fn(&str) -> Option<String>) -> Vec<Ready> {
        let mut ready: Vec<Ready> = Vec::new();
        for piece in &self.pieces {
            let text = match piece {
                Piece::Slot(name) => {
                    ready.push(Ready::Slot(name.clone()));
                    continue;
                }
                Piece::Text(text) => text.clone(),
                Piece::Variable { path, default } => value(path)
                    .or_else(|| match default {
                        Some(Default::Text(text)) => Some(text.clone()),
                        Some(Default::Path(path)) => value(path),
                        None => None,
                    })
                    .unwrap_or_default(),
            };
            match ready.last_mut() {
                Some(Ready::Text(before)) => before.push_str(&text),
                _ => ready.push(Ready::Text(text)),
            }
        }
        ready
    }

    /// As [`Template::ready`], slots as their tokens.
    pub(crate) fn text(&self, value: &dyn Fn(&str) -> Option<String>) -> String {
        let pieces = self.ready(value).into_iter();
        pieces.map(|piece| if let Ready::Slot(name) = piece { format!("<<{name}>>") } else { piece.words() }).collect()
    }
}

impl Ready {
    fn words(self) -> String {
        match self {
            Self::Text(text) | Self::Slot(text) => text,
        }
    }
}

fn slot(name: &str) -> Result<Piece, String> {
    if is_name(name) {
        return Ok(Piece::Slot(name.to_owned()));
    }
    Err(format!("`<<{name}>>` is no slot: use lower-case letters, digits and underscores."))
}

fn variable(inner: &str) -> Result<Piece, String> {
    let (path, filter) = inner.split_once('|').map_or((inner, None), |(path, filter)| (path, Some(filter.trim())));
    let path = checked_path(path)?;
    let default = filter.map(|filter| {
        let inside = filter.strip_prefix("default(").and_then(|rest| rest.strip_suffix(')')).map(str::trim);
        let inside = inside.ok_or_else(|| format!("`{filter}` is no filter: there is `default(…)` only."))?;
        let quoted = ['\'', '"'].iter().find_map(|quote| inside.strip_prefix(*quote)?.strip_suffix(*quote));
        match quoted {
            Some(text) => Ok::<_, String>(Default::Text(text.to_owned())),
            None => checked_path(inside).map(Default::Path),
        }
    });
    Ok(Piece::Variable { path, default: default.transpose()? })
}

fn checked_path(path: &str) -> Result<String, String> {
    let path = path.trim();
    match path.split_once('.') {
        Some(("patient" | "org" | "state" | "args" | "call", name)) if is_name(name) => Ok(path.to_owned()),
        _ => Err(format!("`{path}` is no variable: there is patient.…, org.…, state.…, args.… and call.….")),
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let source = String::deserialize(from)?;
        Self::parse(&source).map_err(D::Error::custom)
    }
}

/// A text for people, in one language or in several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// By language, `en` or `ar`; of one text for all languages the language is empty.
    texts: Vec<(String, Template)>,
}

impl Wording {
    /// The text of a language; else the one for all, else the English one, else the first.
    pub(crate) fn of(&self, language: &str) -> &Template {
        let find = |wanted: &str| self.texts.iter().find(|(name, _)| name == wanted);
        let found = find(language).or_else(|| find("")).or_else(|| find("en"));
        &found.unwrap_or(&self.texts[0]).1
    }

    /// All texts.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Template> {
        self.texts.iter().map(|(_, text)| text)
    }

    /// Whether somebody who speaks it understands the text.
    pub(crate) fn speaks(&self, language: &str) -> bool {
        self.texts.iter().any(|(name, _)| name.is_empty() || name == language)
    }
}

impl<'de> Deserialize<'de> for Wording {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = Wording;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a text, or one per language: { en: …, ar: … }")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Wording, E> {
                let template = Template::parse(text).map_err(E::custom)?;
                Ok(Wording { texts: vec![(String::new(), template)] })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Wording, A::Error> {
                let mut texts = Vec::new();
                while let Some(language) = map.next_key::<String>()? {
                    if !matches!(language.as_str(), "en" | "ar") {
                        return Err(A::Error::custom(format!("`{language}` is no language of the product: en, ar.")));
                    }
                    texts.push((language, map.next_value()?));
                }
                if texts.is_empty() { Err(A::Error::custom("Give a text.")) } else { Ok(Wording { texts }) }
            }
        }
        from.deserialize_any(Texts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(path: &str) -> Option<String> {
        (path == "patient.name").then(|| "Ana".to_owned())
    }

    #[test]
    fn variables_are_put_in_and_slots_stay() {
        let text = |source: &str| Template::parse(source).expect("read").text(&value);
        assert_eq!(text("Hello {{ patient.name }}, born <<birth>>."), "Hello Ana, born <<birth>>.");
        assert_eq!(text("{{ state.x | default('them') }}"), "them");
        assert_eq!(text("{{ state.x | default(patient.name) }}"), "Ana");
        assert_eq!(text("{{state.x}}!"), "!");
    }

    #[test]
    fn there_is_one_filter_and_no_code() {
        for wrong in ["{{ name }}", "{{ patient.a", "{{ patient.a | upper }}", "{{ os.x }}", "<<A b>>", "{{ 1 + 1 }}"] {
            assert!(Template::parse(wrong).is_err(), "{wrong}");
        }
    }
}
