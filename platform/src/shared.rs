//! Words that the bodies of several areas use.

use std::collections::BTreeMap;

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::validate;

/// A colour of the calendar and of tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Colour {
    /// Grey.
    Slate,
    /// The product's own.
    Teal,
    /// Blue.
    Blue,
    /// Violet.
    Violet,
    /// Green.
    Green,
    /// Amber.
    Amber,
    /// Red.
    Red,
    /// Pink.
    Pink,
}

/// A postal address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Address {
    /// Street and building.
    #[garde(length(chars, max = 120), custom(validate::line))]
    pub line1: String,
    /// What else finds it.
    #[garde(inner(length(chars, max = 120), custom(validate::line)))]
    #[schema(required)]
    pub line2: Option<String>,
    /// City.
    #[garde(length(chars, max = 80), custom(validate::line))]
    pub city: String,
    /// Province, state.
    #[garde(inner(length(chars, max = 80), custom(validate::line)))]
    #[schema(required)]
    pub region: Option<String>,
    /// Postal code.
    #[garde(inner(length(chars, max = 20), custom(validate::line)))]
    #[schema(required)]
    pub postal_code: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    #[garde(custom(validate::country))]
    pub country: String,
}

/// The version that an action is based on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AtVersion {
    /// As it was read.
    #[garde(skip)]
    pub version: i32,
}

/// What is in use, archived, or both.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// What is in use.
    #[default]
    Active,
    /// What is archived.
    Archived,
    /// Both.
    All,
}

impl Status {
    /// The condition on a column that says since when something is archived.
    #[must_use]
    pub fn condition(self, column: &str) -> String {
        match self {
            Self::Active => format!(" and {column} is null"),
            Self::Archived => format!(" and {column} is not null"),
            Self::All => String::new(),
        }
    }
}

/// Without the spaces around it.
#[must_use]
pub fn trimmed(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim())
}

/// A change of a text that may be left alone, emptied or set.
#[must_use]
pub fn changed(change: Option<Option<String>>, before: Option<String>) -> Option<String> {
    change.map_or(before, |text| trimmed(text.as_ref()).map(str::to_owned))
}

/// Those that there are, each with the place that it is told; none when the ids are not those of all, each once.
pub fn in_order<'a, T>(
    present: impl IntoIterator<Item = &'a T>,
    told: impl IntoIterator<Item = Uuid>,
    id: impl Fn(&T) -> Uuid,
) -> Option<Vec<(i32, &'a T)>> {
    let mut left: BTreeMap<Uuid, &T> = present.into_iter().map(|one| (id(one), one)).collect();
    let placed: Option<Vec<_>> = (1..).zip(told).map(|(place, id)| Some((place, left.remove(&id)?))).collect();
    placed.filter(|_| left.is_empty())
}
