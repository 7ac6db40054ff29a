//! From nodes into types, strictly: what a plain scalar means is what YAML 1.2 says, and where version 1.1 or a hasty reader
//! would see something else, quotes are asked for.

use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::{Key, Node, Place, Value};
use crate::Fault;

/// Reads a node as a type; `path` is where the node stands.
///
/// # Errors
/// The first fault: `type`, `quotes`, `unknown`, `missing`, `choice`, `value`.
pub(crate) fn read<T: DeserializeOwned>(node: &Node, path: &str) -> Result<T, Fault> {
    T::deserialize(Reader { node, without: None }).map_err(|error| error.into_fault(node, path))
}

/// Why a node is not what it should be; the place is found on the way out.
#[derive(Debug)]
struct Wrong {
    code: &'static str,
    message: String,
    place: Option<Place>,
    path: Vec<String>,
}

impl Wrong {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), place: None, path: Vec::new() }
    }

    fn at(mut self, place: Place) -> Self {
        self.place.get_or_insert(place);
        self
    }

    fn within(mut self, step: impl Into<String>) -> Self {
        self.path.push(step.into());
        self
    }

    fn into_fault(self, node: &Node, path: &str) -> Fault {
        let Place { line, column } = self.place.unwrap_or(node.place);
        let steps = std::iter::once(path.to_owned()).filter(|path| !path.is_empty());
        let path = steps.chain(self.path.into_iter().rev()).collect::<Vec<_>>().join(".");
        Fault { line, column, path, code: self.code, message: self.message }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.message)
    }
}

impl std::error::Error for Wrong {}

impl serde::de::Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new("value", message.to_string())
    }

    fn invalid_type(given: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::new("type", format!("This is {given}; it should be {expected}."))
    }

    fn invalid_value(given: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        Self::new("value", format!("This is {given}; it should be {expected}."))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new("unknown", format!("`{field}` is not known here; there is: {}.", expected.join(", ")))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new("choice", format!("`{variant}` is none of: {}.", expected.join(", ")))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("missing", format!("`{field}` must be given."))
    }
}

/// Reads a node; of a mapping, without one key that has been read already.
#[derive(Clone, Copy)]
struct Reader<'n> {
    node: &'n Node,
    without: Option<&'static str>,
}

/// Reads a mapping without its key `type`, which has chosen what it is read as.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_typed<T: DeserializeOwned>(node: &Node, path: &str) -> Result<T, Fault> {
    T::deserialize(Reader { node, without: Some("type") }).map_err(|error| error.into_fault(node, path))
}

/// What a plain scalar is by the core schema of YAML 1.2 (<https://yaml.org/spec/1.2.2/#103-core-schema>).
enum Plain<'n> {
    Null,
    Bool(bool),
    Whole(i64),
    Real(f64),
    Text(&'n str),
    /// Numbers with a leading zero, in other bases or with signs of infinity: readers do not agree on them.
    Unclear,
}

fn plain(text: &str) -> Plain<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "true" | "True" | "TRUE" => return Plain::Bool(true),
        "false" | "False" | "FALSE" => return Plain::Bool(false),
        ".inf" | "-.inf" | "+.inf" | ".nan" | ".Inf" | "-.Inf" | ".NaN" => return Plain::Unclear,
        _ => {}
    }
    let digits = text.trim_start_matches(['+', '-']);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-' | b'_'));
    let is_coded = digits.starts_with("0x") || digits.starts_with("0o") || digits.starts_with("0b");
    let has_zero = digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
    if is_coded || has_zero || text.starts_with('+') && is_number {
        return Plain::Unclear;
    }
    if let Ok(whole) = text.parse() {
        return Plain::Whole(whole);
    }
    match text.parse() {
        Ok(real) if is_number => Plain::Real(real),
        _ => Plain::Text(text),
    }
}

/// What may be a boolean for readers of YAML 1.1. As keys these words are plain: `on` is one of ours.
fn is_boolean_in_1_1(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "yes" | "no" | "on" | "off" | "y" | "n")
}

impl<'n> Reader<'n> {
    fn new(node: &'n Node) -> Self {
        Self { node, without: None }
    }

    /// The scalar as a text, if it is one without a doubt.
    fn text(self) -> Result<&'n str, Wrong> {
        match &self.node.value {
            Value::Scalar { text, plain: false } => Ok(text),
            Value::Scalar { text, .. } => certain(text).map_err(|error| error.at(self.node.place)),
            Value::List(_) => Err(Wrong::new("type", "This is a list; it should be a text.").at(self.node.place)),
            Value::Map(_) => Err(Wrong::new("type", "This is a mapping; it should be a text.").at(self.node.place)),
        }
    }
}

fn certain(text: &str) -> Result<&str, Wrong> {
    match plain(text) {
        Plain::Text(text) if !is_boolean_in_1_1(text) => Ok(text),
        Plain::Null => Err(Wrong::new("type", "There is nothing here; write a text, or leave the key out.")),
        _ => Err(Wrong::new("quotes", format!("Put this into quotes, as \"{text}\": without them it is no text."))),
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let place = self.node.place;
        let read = match &self.node.value {
            Value::Scalar { text, plain: false } => visitor.visit_str(text),
            Value::Scalar { text, .. } => match plain(text) {
                Plain::Null => visitor.visit_unit(),
                Plain::Bool(value) => visitor.visit_bool(value),
                Plain::Whole(value) => match u64::try_from(value) {
                    Ok(value) => visitor.visit_u64(value),
                    Err(_) => visitor.visit_i64(value),
                },
                Plain::Real(value) => visitor.visit_f64(value),
                Plain::Unclear => certain(text).and_then(|text| visitor.visit_str(text)),
                Plain::Text(text) => certain(text).and_then(|text| visitor.visit_str(text)),
            },
            Value::List(items) => visitor.visit_seq(Items { items: items.iter().enumerate(), place }),
            Value::Map(entries) => {
                visitor.visit_map(Entries { entries: entries.iter(), without: self.without, current: None, place })
            }
        };
        read.map_err(|error| error.at(place))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_str(self.text()?).map_err(|error: Wrong| error.at(self.node.place))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let place = self.node.place;
        match &self.node.value {
            Value::Map(entries) if entries.len() == 1 => {
                let (key, node) = &entries[0];
                visitor.visit_enum(Choice { name: &key.text, place: key.place, node: Some(node) })
            }
            Value::Map(_) => Err(Wrong::new("type", "This is a mapping of several keys; it should have one.")),
            _ => visitor.visit_enum(Choice { name: self.text()?, place, node: None }),
        }
        .map_err(|error| error.at(place))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match &self.node.value {
            Value::Map(_) => self.deserialize_any(visitor),
            Value::Scalar { text, plain: true } if text.is_empty() => {
                visitor.visit_map(Entries { entries: [].iter(), without: None, current: None, place: self.node.place })
            }
            _ => Err(Wrong::new("type", "This should be a mapping.").at(self.node.place)),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

struct Items<'n> {
    items: std::iter::Enumerate<std::slice::Iter<'n, Node>>,
    place: Place,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Wrong;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        let Some((index, node)) = self.items.next() else { return Ok(None) };
        let place = if node.place == Place::default() { self.place } else { node.place };
        let read = seed.deserialize(Reader::new(node)).map(Some);
        read.map_err(|error| error.at(place).within(index.to_string()))
    }
}

struct Entries<'n> {
    entries: std::slice::Iter<'n, (Key, Node)>,
    without: Option<&'static str>,
    current: Option<&'n (Key, Node)>,
    place: Place,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Wrong;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        self.current = self.entries.find(|(key, _)| Some(key.text.as_str()) != self.without);
        let Some((key, _)) = self.current else { return Ok(None) };
        let is_text = !key.plain || is_boolean_in_1_1(&key.text);
        let text = if is_text { Ok(key.text.as_str()) } else { certain(&key.text) };
        let read = text.and_then(|text| seed.deserialize(text.into_deserializer())).map(Some);
        read.map_err(|error: Wrong| error.at(key.place).within(&key.text))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Wrong> {
        let Some((key, node)) = self.current else {
            return Err(Wrong::custom("A value without its key.").at(self.place));
        };
        seed.deserialize(Reader::new(node)).map_err(|error| error.at(node.place).within(&key.text))
    }
}

struct Choice<'n> {
    name: &'n str,
    place: Place,
    node: Option<&'n Node>,
}

impl<'de> EnumAccess<'de> for Choice<'de> {
    type Error = Wrong;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Wrong> {
        let name: Result<_, Wrong> = seed.deserialize(self.name.into_deserializer());
        Ok((name.map_err(|error| error.at(self.place))?, self))
    }
}

impl<'de> VariantAccess<'de> for Choice<'de> {
    type Error = Wrong;

    fn unit_variant(self) -> Result<(), Wrong> {
        let message = format!("`{}` takes nothing behind it.", self.name);
        self.node.map_or(Ok(()), |node| Err(Wrong::new("type", message).at(node.place)))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Wrong> {
        let message = format!("`{}` needs a value: {{ {}: … }}.", self.name, self.name);
        let node = self.node.ok_or_else(|| Wrong::new("type", message).at(self.place))?;
        seed.deserialize(Reader::new(node)).map_err(|error| error.at(node.place).within(self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        self.newtype_variant_seed(std::marker::PhantomData::<serde::de::IgnoredAny>)?;
        Err(Wrong::invalid_type(serde::de::Unexpected::TupleVariant, &visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, name: &'static [&'static str], visitor: V) -> Result<V::Value, Wrong> {
        let message = format!("`{}` needs a mapping behind it.", self.name);
        let node = self.node.ok_or_else(|| Wrong::new("type", message).at(self.place))?;
        Reader::new(node).deserialize_struct("", name, visitor)
    }
}
