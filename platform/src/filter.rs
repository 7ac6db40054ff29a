//! The filter grammar that lists, saved views and workflows share: a tree of all/any/not over declared fields.
//!
//! As JSON: `{"all": [{"field": "price", "op": "gte", "value": 10000}, {"not": {"field": "code", "op": "empty"}}]}`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::error::{Error, FieldError, Result};

const MAX_DEPTH: usize = 5;
const MAX_NODES: usize = 50;
const MAX_VALUES: usize = 100;

/// A condition on a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Filter {
    /// Every one holds.
    All {
        /// The conditions.
        all: Vec<Self>,
    },
    /// At least one holds.
    Any {
        /// The conditions.
        any: Vec<Self>,
    },
    /// It does not hold.
    Not {
        /// The condition.
        not: Box<Self>,
    },
    /// A field compared with a value.
    Is(Comparison),
}

/// A field compared with a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// Name of the field as in the API.
    pub field: String,
    /// How to compare.
    pub op: Op,
    /// With what; an array for `in`, nothing for `empty`.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub value: Value,
}

/// How to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Op {
    /// Equal.
    Eq,
    /// Not equal; also true where there is nothing.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// Contains the text, whatever the case.
    Contains,
    /// Is one of the values.
    In,
    /// Has nothing.
    Empty,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number, whole or not.
    Number,
    /// True or false.
    Boolean,
    /// An instant.
    Instant,
    /// A local date and time, whose zone is known from elsewhere.
    Local,
    /// A date.
    Date,
    /// An id.
    Id,
    /// A list of texts, as JSON.
    Choices,
    /// Ids of what is linked to the record, in rows of their own: which, from the table to the end of its condition.
    Linked(&'static str),
}

/// A field that may be filtered by.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// Its name in the API.
    pub name: &'a str,
    /// Its column, or an expression over columns.
    pub column: &'a str,
    /// What it holds.
    pub kind: Kind,
}

impl Filter {
    /// Reads a filter as it stands in an address.
    ///
    /// # Errors
    /// 422 at `?filter`.
    pub fn parse(text: &str) -> Result<Self> {
        let filter: Self = serde_json::from_str(text)
            .map_err(|_| fault("This is not a filter: see the grammar in the API description."))?;
        let mut nodes = 0;
        filter.measure(1, &mut nodes)?;
        Ok(filter)
    }

    /// Reads a filter that came in a body.
    ///
    /// # Errors
    /// 422 at `?filter`.
    pub fn read(value: &Value) -> Result<Self> {
        Self::parse(&value.to_string())
    }

    /// Names of the fields it asks for, for the ledger.
    #[must_use]
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::All { all: parts } | Self::Any { any: parts } => parts.iter().flat_map(Self::fields).collect(),
            Self::Not { not } => not.fields(),
            Self::Is(comparison) => vec![&comparison.field],
        }
    }

    fn measure(&self, depth: usize, nodes: &mut usize) -> Result<()> {
        *nodes += 1;
        if depth > MAX_DEPTH || *nodes > MAX_NODES {
            return Err(fault("At most 5 levels and 50 conditions."));
        }
        match self {
            Self::All { all: parts } | Self::Any { any: parts } => {
                parts.iter().try_for_each(|part| part.measure(depth + 1, nodes))
            }
            Self::Not { not } => not.measure(depth + 1, nodes),
            Self::Is(_) => Ok(()),
        }
    }

    /// Adds the condition to a query. Values travel as parameters; of the text only what `fields` declares is used.
    ///
    /// # Errors
    /// 422 for an unknown field, an operator that does not suit it, or a value of another kind.
    pub fn push(&self, fields: &[Field], query: &mut QueryBuilder<Postgres>) -> Result<()> {
        match self {
            Self::All { all } => push_group(all, " and ", "true", fields, query),
            Self::Any { any } => push_group(any, " or ", "false", fields, query),
            Self::Not { not } => {
                query.push("not coalesce(");
                not.push(fields, query)?;
                query.push(", false)");
                Ok(())
            }
            Self::Is(comparison) => comparison.push(fields, query),
        }
    }
}

fn push_group(
    parts: &[Filter],
    joint: &str,
    empty: &str,
    fields: &[Field],
    query: &mut QueryBuilder<Postgres>,
) -> Result<()> {
    if parts.is_empty() {
        query.push(empty);
        return Ok(());
    }
    for (i, part) in parts.iter().enumerate() {
        query.push(if i == 0 { "(" } else { joint });
        part.push(fields, query)?;
    }
    query.push(")");
    Ok(())
}

impl Comparison {
    fn push(&self, fields: &[Field], query: &mut QueryBuilder<Postgres>) -> Result<()> {
        let field = fields
            .iter()
            .find(|field| field.name == self.field)
            .ok_or_else(|| fault("There is no such field to filter by."))?;
        match field.kind {
            Kind::Linked(rows) => return self.push_linked(rows, field.column, query),
            Kind::Choices if self.op != Op::Empty => return self.push_choices(field.column, query),
            _ => {}
        }
        let operator = match self.op {
            Op::Empty => {
                query.push(format_args!("{} is null", field.column));
                return Ok(());
            }
            Op::In => return self.push_in(field.column, field.kind, query),
            Op::Contains if field.kind == Kind::Text => {
                let text = self.value.as_str().ok_or_else(|| fault("Contains wants a text."))?;
                query
                    .push("strpos(lower(")
                    .push(field.column)
                    .push("), lower(")
                    .push_bind(text.to_owned())
                    .push(")) > 0");
                return Ok(());
            }
            Op::Contains => return Err(fault("Contains suits only text.")),
            Op::Eq => " = ",
            Op::Ne => " is distinct from ",
            Op::Lt => " < ",
            Op::Lte => " <= ",
            Op::Gt => " > ",
            Op::Gte => " >= ",
        };
        query.push(field.column).push(operator);
        push_value(field.kind, &self.value, query)
    }

    /// `eq` and `in`: one of the links is such a one; `ne`: none is; `empty`: there is none.
    fn push_linked(&self, rows: &str, column: &str, query: &mut QueryBuilder<Postgres>) -> Result<()> {
        let no = if matches!(self.op, Op::Ne | Op::Empty) { "not " } else { "" };
        query.push(format_args!("{no}exists (select from {rows}"));
        match self.op {
            Op::Empty => {}
            Op::Eq | Op::Ne => {
                query.push(format_args!(" and {column} = "));
                push_value(Kind::Id, &self.value, query)?;
            }
            Op::In => {
                query.push(" and ");
                self.push_in(column, Kind::Id, query)?;
            }
            _ => return Err(fault("What is linked can only be compared by eq, ne, in and empty.")),
        }
        query.push(")");
        Ok(())
    }

    /// `eq` and `in`: it is, or one of them is, among the texts; `ne`: it is not.
    fn push_choices(&self, column: &str, query: &mut QueryBuilder<Postgres>) -> Result<()> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let (no, wanted) = match (self.op, self.value.as_array()) {
            (Op::Eq | Op::Ne, None) => (self.op == Op::Ne, text(&self.value).map(|text| vec![text])),
            (Op::In, Some(values)) if values.len() <= MAX_VALUES => (false, values.iter().map(text).collect()),
            _ => return Err(fault("A list of choices can only be compared by eq, ne, in and empty.")),
        };
        let wanted: Vec<String> = wanted.ok_or_else(|| fault("The value is not of the field's kind."))?;
        let no = if no { "not " } else { "" };
        query.push(format_args!("{no}coalesce(jsonb_exists_any({column}, ")).push_bind(wanted).push("), false)");
        Ok(())
    }

    fn push_in(&self, column: &str, kind: Kind, query: &mut QueryBuilder<Postgres>) -> Result<()> {
        let values = self
            .value
            .as_array()
            .filter(|values| values.len() <= MAX_VALUES)
            .ok_or_else(|| fault("In wants a list of at most 100 values."))?;
        if values.is_empty() {
            query.push("false");
            return Ok(());
        }
        for (i, value) in values.iter().enumerate() {
            query.push(if i == 0 { "(" } else { " or " }).push(column).push(" = ");
            push_value(kind, value, query)?;
        }
        query.push(")");
        Ok(())
    }
}

pub(crate) fn push_value(kind: Kind, value: &Value, query: &mut QueryBuilder<Postgres>) -> Result<()> {
    let wrong = || fault("The value is not of the field's kind.");
    match kind {
        Kind::Text | Kind::Choices => query.push_bind(value.as_str().ok_or_else(wrong)?.to_owned()),
        Kind::Integer => query.push_bind(value.as_i64().ok_or_else(wrong)?),
        Kind::Number => query.push_bind(value.as_f64().ok_or_else(wrong)?).push("::numeric"),
        Kind::Boolean => query.push_bind(value.as_bool().ok_or_else(wrong)?),
        Kind::Instant => {
            let instant: Timestamp = value.as_str().and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
            query.push_bind(jiff_sqlx::Timestamp::from(instant))
        }
        Kind::Local => {
            let local: DateTime = value.as_str().and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
            query.push_bind(jiff_sqlx::DateTime::from(local))
        }
        Kind::Date => {
            let date: Date = value.as_str().and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
            query.push_bind(jiff_sqlx::Date::from(date))
        }
        Kind::Id | Kind::Linked(_) => {
            query.push_bind(value.as_str().and_then(|text| Uuid::parse_str(text).ok()).ok_or_else(wrong)?)
        }
    };
    Ok(())
}

fn fault(message: &str) -> Error {
    Error::invalid(vec![FieldError::new("?filter", "invalid", message)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FIELDS: &[Field] = &[
        Field { name: "name", column: "s.name_en", kind: Kind::Text },
        Field { name: "price", column: "s.price_minor", kind: Kind::Integer },
    ];

    fn sql(text: &str) -> Result<String> {
        let mut query = QueryBuilder::new("");
        Filter::parse(text)?.push(FIELDS, &mut query)?;
        Ok(query.into_sql().as_str().to_owned())
    }

    #[test]
    fn a_tree_becomes_sql_with_parameters() {
        let text = r#"{"all":[{"field":"price","op":"gte","value":1},{"any":[{"field":"name","op":"contains","value":"x"},
                      {"not":{"field":"name","op":"empty"}}]},{"field":"price","op":"in","value":[1,2]}]}"#;
        assert_eq!(
            sql(text).expect("valid"),
            "(s.price_minor >= $1 and (strpos(lower(s.name_en), lower($2)) > 0 or not coalesce(s.name_en is null, false)) \
             and (s.price_minor = $3 or s.price_minor = $4))"
        );
    }

    #[test]
    fn what_was_not_declared_is_refused() {
        for bad in [
            "",
            "[]",
            r#"{"field":"secret","op":"eq","value":1}"#,
            r#"{"field":"price","op":"eq","value":"1"}"#,
            r#"{"field":"price","op":"contains","value":"1"}"#,
            r#"{"field":"price","op":"like","value":1}"#,
            r#"{"all":[],"x":1}"#,
            r#"{"field":"name","op":"eq"}"#,
        ] {
            assert_eq!(sql(bad).expect_err(bad).code(), "validation.failed", "{bad}");
        }
        let deep = format!("{}{}{}", r#"{"not":"#.repeat(6), r#"{"field":"name","op":"empty"}"#, "}".repeat(6));
        assert!(sql(&deep).is_err());
    }

    proptest! {
        /// Whatever a value says, it never becomes part of the statement.
        #[test]
        fn values_stay_out_of_the_statement(value in "\\PC{1,40}") {
            let text = serde_json::json!({ "field": "name", "op": "eq", "value": value }).to_string();
            prop_assert_eq!(sql(&text).expect("valid"), "s.name_en = $1");
        }
    }
}
