//! Values of CEL.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::civil::DateTime;
use serde_json::Value;

use crate::budget::{Meter, enter};
use crate::fault::{Code, Fault};
use crate::held::Held;

/// A value.
#[derive(Clone)]
pub(crate) enum Val<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(Held<'a, str>),
    Bytes(Held<'a, [u8]>),
    List(List<'a>),
    Map(Map<'a>),
    /// A time, in UTC: an instant of jiff ends some hours before those of CEL do.
    Timestamp(DateTime),
    /// Nanoseconds.
    Duration(i64),
    Type(&'static str),
}

/// A list, of the facts or made.
#[derive(Clone)]
pub(crate) enum List<'a> {
    Facts(&'a [Value]),
    Made(Rc<[Val<'a>]>),
}

/// A map, of the facts or made.
#[derive(Clone)]
pub(crate) enum Map<'a> {
    Facts(&'a serde_json::Map<String, Value>),
    /// Each value with its key as it was written: `1` and `1u` are the same key.
    Made(Rc<BTreeMap<Key<'a>, (Val<'a>, Val<'a>)>>),
}

/// A key, where numbers of all kinds stand on one line.
#[derive(Clone)]
pub(crate) enum Key<'a> {
    Bool(bool),
    Number(i128),
    Text(Held<'a, str>),
}

/// Names of the types, as values and in messages.
pub(super) const TYPES: [&str; 12] = [
    "null_type",
    "bool",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "list",
    "map",
    "google.protobuf.Timestamp",
    "google.protobuf.Duration",
    "type",
];

impl<'a> Val<'a> {
    /// A fact. Whole numbers are `int`, or `uint` beyond that, so that `age + 1` can be written; all others `double`.
    pub fn of(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(number), _) => Self::Int(number),
                (None, Some(number)) => Self::Uint(number),
                (None, None) => Self::Double(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => Self::Text(Held::Kept(text)),
            Value::Array(values) => Self::List(List::Facts(values)),
            Value::Object(members) => Self::Map(Map::Facts(members)),
        }
    }

    /// The name of its type.
    pub fn kind(&self) -> &'static str {
        TYPES[match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Int(_) => 2,
            Self::Uint(_) => 3,
            Self::Double(_) => 4,
            Self::Text(_) => 5,
            Self::Bytes(_) => 6,
            Self::List(_) => 7,
            Self::Map(_) => 8,
            Self::Timestamp(_) => 9,
            Self::Duration(_) => 10,
            Self::Type(_) => 11,
        }]
    }

    pub fn is_number(&self) -> bool {
        matches!(self, Self::Int(_) | Self::Uint(_) | Self::Double(_))
    }

    pub fn list(values: Vec<Self>, meter: &mut Meter) -> Result<Self, Fault> {
        meter.hold(values.len() * size_of::<Self>())?;
        Ok(Self::List(List::Made(values.into())))
    }

    /// It is looked up as a key. Each comparison with another key reads it again, and those are as many as a map has
    /// levels.
    pub fn read_as_key(&self, meter: &mut Meter) -> Result<(), Fault> {
        const LEVELS: usize = 16;
        match self {
            Self::Text(text) => meter.read(text.len().saturating_mul(LEVELS)),
            _ => Ok(()),
        }
    }

    /// `==`. Numbers of different kinds may be equal, other values of different kinds are not.
    pub fn equals(&self, other: &Self, depth: usize, meter: &mut Meter) -> Result<bool, Fault> {
        enter(depth)?;
        meter.steps(1)?;
        Ok(match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => {
                meter.read(a.len().min(b.len()))?;
                **a == **b
            }
            (Self::Bytes(a), Self::Bytes(b)) => {
                meter.read(a.len().min(b.len()))?;
                **a == **b
            }
            (Self::Timestamp(a), Self::Timestamp(b)) => a == b,
            (Self::Duration(a), Self::Duration(b)) => a == b,
            (Self::Type(a), Self::Type(b)) => a == b,
            (Self::List(a), Self::List(b)) => a.equals(b, depth, meter)?,
            (Self::Map(a), Self::Map(b)) => a.equals(b, depth, meter)?,
            _ => order_numbers(self, other) == Some(Ordering::Equal),
        })
    }
}

/// How two numbers stand to one another; nothing, if they are no numbers, or one of them is `NaN`.
///
/// A double beside an integer makes a double of it, as the conformance tests of CEL want it.
pub(super) fn order_numbers(a: &Val, b: &Val) -> Option<Ordering> {
    #[expect(clippy::cast_precision_loss, reason = "that is how CEL compares them")]
    let double = |val: &Val| match val {
        Val::Int(number) => Some(*number as f64),
        Val::Uint(number) => Some(*number as f64),
        Val::Double(number) => Some(*number),
        _ => None,
    };
    let whole = |val: &Val| match val {
        Val::Int(number) => Some(i128::from(*number)),
        Val::Uint(number) => Some(i128::from(*number)),
        _ => None,
    };
    if let (Some(a), Some(b)) = (whole(a), whole(b)) {
        return Some(a.cmp(&b));
    }
    double(a)?.partial_cmp(&double(b)?)
}

impl<'a> List<'a> {
    pub fn len(&self) -> usize {
        match self {
            Self::Facts(values) => values.len(),
            Self::Made(values) => values.len(),
        }
    }

    pub fn get(&self, at: usize) -> Option<Val<'a>> {
        match self {
            Self::Facts(values) => values.get(at).map(Val::of),
            Self::Made(values) => values.get(at).cloned(),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = Val<'a>> + '_ {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    fn equals(&self, other: &Self, depth: usize, meter: &mut Meter) -> Result<bool, Fault> {
        if self.len() != other.len() {
            return Ok(false);
        }
        for (a, b) in self.iter().zip(other.iter()) {
            if !a.equals(&b, depth + 1, meter)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl<'a> Map<'a> {
    /// A map of entries.
    ///
    /// # Errors
    /// A key that is given twice, or of a kind that keys cannot have.
    pub fn of(entries: Vec<(Val<'a>, Val<'a>)>, meter: &mut Meter) -> Result<Self, Fault> {
        meter.hold(entries.len() * size_of::<(Key, (Val, Val))>())?;
        let mut map = BTreeMap::new();
        for (key, value) in entries {
            let is_double = matches!(key, Val::Double(_));
            let Some(at) = Key::of(&key).filter(|_| !is_double) else {
                let message = format!("A key of a map is int, uint, bool or string, and this is {}.", key.kind());
                return Err(Fault::new(Code::Kind, message));
            };
            key.read_as_key(meter)?;
            if map.insert(at, (key, value)).is_some() {
                return Err(Fault::new(Code::Kind, "A map has the same key twice; remove one."));
            }
        }
        Ok(Self::Made(Rc::new(map)))
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Facts(members) => members.len(),
            Self::Made(map) => map.len(),
        }
    }

    pub fn get(&self, key: &Val<'a>) -> Option<Val<'a>> {
        match (self, key) {
            (Self::Facts(members), Val::Text(name)) => members.get(&**name).map(Val::of),
            (Self::Facts(_), _) => None,
            (Self::Made(map), key) => map.get(&Key::of(key)?).map(|(_, value)| value.clone()),
        }
    }

    /// The value of a field.
    pub fn field(&self, name: &'a str) -> Option<Val<'a>> {
        self.get(&Val::Text(Held::Kept(name)))
    }

    /// Keys and values.
    pub fn iter(&self) -> Box<dyn Iterator<Item = (Val<'a>, Val<'a>)> + '_> {
        match self {
            Self::Facts(members) => {
                Box::new(members.iter().map(|(name, value)| (Val::Text(Held::Kept(name.as_str())), Val::of(value))))
            }
            Self::Made(map) => Box::new(map.values().cloned()),
        }
    }

    fn equals(&self, other: &Self, depth: usize, meter: &mut Meter) -> Result<bool, Fault> {
        if self.len() != other.len() {
            return Ok(false);
        }
        for (key, value) in self.iter() {
            key.read_as_key(meter)?;
            match other.get(&key) {
                Some(same) if value.equals(&same, depth + 1, meter)? => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }
}

impl<'a> Key<'a> {
    /// The key that a value is; nothing, if it cannot be one.
    pub fn of(value: &Val<'a>) -> Option<Self> {
        const LIMIT: f64 = 18_446_744_073_709_551_616.0;
        match value {
            Val::Bool(value) => Some(Self::Bool(*value)),
            Val::Int(number) => Some(Self::Number(i128::from(*number))),
            Val::Uint(number) => Some(Self::Number(i128::from(*number))),
            #[expect(clippy::cast_possible_truncation, reason = "whole and within 65 bits")]
            Val::Double(number) if number.fract() == 0.0 && number.abs() <= LIMIT => {
                Some(Self::Number(*number as i128))
            }
            Val::Text(text) => Some(Self::Text(text.clone())),
            _ => None,
        }
    }

    /// Numbers before texts, as they would stand on paper.
    fn rank(&self) -> (u8, i128, &str) {
        match self {
            Self::Bool(value) => (0, i128::from(*value), ""),
            Self::Number(number) => (1, *number, ""),
            Self::Text(text) => (2, 0, text),
        }
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key<'_> {}
