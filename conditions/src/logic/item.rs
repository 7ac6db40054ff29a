//! Values while a rule is evaluated.

use std::rc::Rc;

use serde_json::{Map, Number, Value};

use crate::budget::{DEPTH, Meter, enter};
use crate::fault::{Code, Fault};
use crate::held::Held;

/// A value of JavaScript. Numbers may be no number, which JSON cannot say.
#[derive(Clone)]
pub(crate) enum Item<'a> {
    Null,
    Bool(bool),
    Number(f64),
    Text(Held<'a, str>),
    /// A list or an object of the facts or of the rule, as it is.
    Json(&'a Value),
    /// A list that was made.
    List(Rc<Made<'a>>),
    /// What the rule of a `reduce` sees: `current` and `accumulator`.
    Step(Rc<Made<'a>>),
}

/// What was made of other values.
pub(crate) struct Made<'a> {
    items: Vec<Item<'a>>,
    /// How deep it is nested. Each step of a `reduce` may nest its result once more, so that this has to be watched: a
    /// value without a bottom could not even be thrown away.
    depth: usize,
}

/// A list, wherever it comes from.
#[derive(Clone, Copy)]
pub(super) enum List<'i, 'a> {
    Json(&'a [Value]),
    Made(&'i [Item<'a>]),
}

impl<'a> Item<'a> {
    pub fn of(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            Value::String(text) => Self::Text(Held::Kept(text)),
            Value::Array(_) | Value::Object(_) => Self::Json(value),
        }
    }

    /// A list of these.
    pub fn list(items: Vec<Self>, meter: &mut Meter) -> Result<Self, Fault> {
        Ok(Self::List(Made::of(items, meter)?))
    }

    /// What the rule of a `reduce` sees.
    pub fn step(current: Self, accumulator: Self, meter: &mut Meter) -> Result<Self, Fault> {
        Ok(Self::Step(Made::of(vec![current, accumulator], meter)?))
    }

    pub(super) fn as_list(&self) -> Option<List<'_, 'a>> {
        match self {
            Self::Json(Value::Array(values)) => Some(List::Json(values)),
            Self::List(made) => Some(List::Made(&made.items)),
            _ => None,
        }
    }

    /// A property, or nothing: in JavaScript that is `undefined`.
    pub fn property(&self, name: &str, meter: &mut Meter) -> Result<Option<Self>, Fault> {
        Ok(match (self, name) {
            (Self::Json(Value::Object(members)), _) => members.get(name).map(Self::of),
            (Self::Step(made), "current") => made.items.first().cloned(),
            (Self::Step(made), "accumulator") => made.items.get(1).cloned(),
            (Self::Text(text), "length") => {
                meter.read(text.len())?;
                Some(Self::count(text.encode_utf16().count()))
            }
            (_, "length") => self.as_list().map(|list| Self::count(list.len())),
            _ => self.as_list().zip(index(name)).and_then(|(list, at)| list.get(at)),
        })
    }

    fn count(count: usize) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^53")]
        let count = count as f64;
        Self::Number(count)
    }

    /// <https://jsonlogic.com/truthy.html>
    pub fn truth(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Json(_) | Self::List(_) | Self::Step(_) => self.as_list().is_none_or(|list| list.len() > 0),
        }
    }

    /// The value as JSON.
    ///
    /// # Errors
    /// A number that JSON cannot say, or more than the meter allows: what is shared in memory is written out each time.
    pub fn json(&self, depth: usize, meter: &mut Meter) -> Result<Value, Fault> {
        enter(depth)?;
        meter.steps(1)?;
        meter.hold(size_of::<Value>())?;
        Ok(match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => number_json(*number)?,
            Self::Text(text) => {
                meter.hold(text.len())?;
                Value::String(text.to_string())
            }
            Self::Json(Value::Object(members)) => {
                let mut object = Map::new();
                for (name, value) in members {
                    meter.hold(name.len())?;
                    object.insert(name.clone(), Item::of(value).json(depth + 1, meter)?);
                }
                Value::Object(object)
            }
            Self::Step(made) => {
                let members = ["current", "accumulator"].into_iter().zip(&made.items);
                let members = members.map(|(name, item)| Ok((name.to_owned(), item.json(depth + 1, meter)?)));
                Value::Object(members.collect::<Result<_, Fault>>()?)
            }
            Self::Json(_) | Self::List(_) => {
                let items = self.as_list().into_iter().flat_map(List::iter);
                Value::Array(items.map(|item| item.json(depth + 1, meter)).collect::<Result<_, _>>()?)
            }
        })
    }
}

/// A whole number without a fraction, as JavaScript writes it.
fn number_json(number: f64) -> Result<Value, Fault> {
    const SAFE: f64 = 9_007_199_254_740_991.0;
    if number.fract() == 0.0 && number.abs() <= SAFE {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        return Ok(Value::from(number as i64));
    }
    Number::from_f64(number).map(Value::Number).ok_or_else(|| {
        Fault::new(Code::Number, "The result is not a number; check what is calculated with, or give `var` a default.")
    })
}

/// The index that a name is, as JavaScript has it: without a sign or zeros in front.
fn index(name: &str) -> Option<usize> {
    let canonical = name == "0" || (!name.starts_with('0') && name.bytes().all(|byte| byte.is_ascii_digit()));
    if canonical { name.parse().ok() } else { None }
}

impl<'a> Made<'a> {
    fn of(items: Vec<Item<'a>>, meter: &mut Meter) -> Result<Rc<Self>, Fault> {
        meter.hold(items.len() * size_of::<Item>())?;
        let depth = items.iter().map(Item::depth).max().unwrap_or(0) + 1;
        if depth > DEPTH {
            let message = "A list is put into a list too often; let `reduce` join lists with `merge`.";
            return Err(Fault::new(Code::Depth, message));
        }
        Ok(Rc::new(Self { items, depth }))
    }
}

impl Item<'_> {
    fn depth(&self) -> usize {
        match self {
            Self::List(made) | Self::Step(made) => made.depth,
            _ => 0,
        }
    }
}

impl<'i, 'a> List<'i, 'a> {
    pub fn len(self) -> usize {
        match self {
            Self::Json(values) => values.len(),
            Self::Made(items) => items.len(),
        }
    }

    pub fn get(self, at: usize) -> Option<Item<'a>> {
        match self {
            Self::Json(values) => values.get(at).map(Item::of),
            Self::Made(items) => items.get(at).cloned(),
        }
    }

    pub fn iter(self) -> impl Iterator<Item = Item<'a>> + 'i
    where
        'a: 'i,
    {
        (0..self.len()).filter_map(move |at| self.get(at))
    }
}
