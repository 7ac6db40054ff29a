//! The filter grammar that lists, saved views and workflows share: a tree of all/any/not over declared fields.
//!
//! As JSON: `{"all": [{"field": "price", "op": "gte", "value": 10000}, {"not": {"field": "code", "op": "empty"}}]}`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{Postgres, QueryBuilder};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::{Error, FieldError, Result};

const MAX_DEPTH: usize = 5;
const MAX_NODES: usize = 50;
const MAX_VALUES: usize = 100;
/// Where a filter stands in a body.
const MEMBER: &str = "/filter";

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// A text that is one of these.
    Choice(&'static [&'static str]),
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
    /// What is linked to the record, in rows of their own: which, from the table to the end of its condition, and what
    /// the column of each holds.
    Linked(&'static str, &'static Kind),
}

impl Kind {
    /// What it is called where fields are described.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Choice(_) => "choice",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Instant => "instant",
            Self::Local => "local",
            Self::Date => "date",
            Self::Id => "id",
            Self::Choices => "choices",
            Self::Linked(_, kind) => kind.name(),
        }
    }

    /// How it can be compared.
    #[must_use]
    pub fn operators(self) -> &'static [Op] {
        match self {
            Self::Text => &[Op::Contains, Op::Eq, Op::Ne, Op::In, Op::Empty],
            Self::Choice(_) | Self::Id | Self::Choices => &[Op::Eq, Op::Ne, Op::In, Op::Empty],
            Self::Integer | Self::Number | Self::Instant | Self::Local | Self::Date => {
                &[Op::Eq, Op::Ne, Op::Lt, Op::Lte, Op::Gt, Op::Gte, Op::In, Op::Empty]
            }
            Self::Boolean => &[Op::Eq, Op::Ne, Op::Empty],
            Self::Linked(_, kind) => kind.operators(),
        }
    }

    /// The texts that it is one of, where there are only a few.
    #[must_use]
    pub fn choices(self) -> &'static [&'static str] {
        match self {
            Self::Choice(choices) => choices,
            Self::Linked(_, kind) => kind.choices(),
            _ => &[],
        }
    }
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
        let value: Value = serde_json::from_str(text).map_err(|_| no_filter().in_query())?;
        Self::read(&value).map_err(Error::in_query)
    }

    /// Reads a filter that came in the member `filter` of a body.
    ///
    /// # Errors
    /// 422 at `/filter`.
    pub fn read(value: &Value) -> Result<Self> {
        let filter = Self::deserialize(value).map_err(|_| no_filter())?;
        let mut nodes = 0;
        filter.measure(1, &mut nodes).map_err(|fault| fault.within(MEMBER))?;
        Ok(filter)
    }

    /// Reads a filter that may be missing: nothing, or an object without anything in it, asks for everything.
    ///
    /// # Errors
    /// 422 at `/filter`.
    pub fn read_if_any(value: &Value) -> Result<Option<Self>> {
        let is_any = !value.is_null() && value.as_object().is_none_or(|members| !members.is_empty());
        is_any.then(|| Self::read(value)).transpose()
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
            return Err(fault("", "At most 5 levels and 50 conditions."));
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
    /// 422 for an unknown field, an operator that does not suit it, or a value of another kind: where in the filter, as
    /// a member `filter` of a body (`/filter/all/0/value`).
    pub fn push(&self, fields: &[Field], query: &mut QueryBuilder<Postgres>) -> Result<()> {
        self.push_part(fields, query).map_err(|fault| fault.within(MEMBER))
    }

    fn push_part(&self, fields: &[Field], query: &mut QueryBuilder<Postgres>) -> Result<()> {
        match self {
            Self::All { all } => push_group(all, ("/all", " and ", "true"), fields, query),
            Self::Any { any } => push_group(any, ("/any", " or ", "false"), fields, query),
            Self::Not { not } => {
                query.push("not coalesce(");
                not.push_part(fields, query).map_err(|fault| fault.within("/not"))?;
                query.push(", false)");
                Ok(())
            }
            Self::Is(comparison) => comparison.push(fields, query),
        }
    }
}

fn push_group(
    parts: &[Filter],
    (place, joint, empty): (&str, &str, &str),
    fields: &[Field],
    query: &mut QueryBuilder<Postgres>,
) -> Result<()> {
    if parts.is_empty() {
        query.push(empty);
        return Ok(());
    }
    for (i, part) in parts.iter().enumerate() {
        query.push(if i == 0 { "(" } else { joint });
        part.push_part(fields, query).map_err(|fault| fault.within(&format!("{place}/{i}")))?;
    }
    query.push(")");
    Ok(())
}

impl Comparison {
    fn push(&self, fields: &[Field], query: &mut QueryBuilder<Postgres>) -> Result<()> {
        let field = fields
            .iter()
            .find(|field| field.name == self.field)
            .ok_or_else(|| fault("/field", "There is no such field to filter by."))?;
        if !field.kind.operators().contains(&self.op) {
            return Err(fault("/op", "This field cannot be compared in this way."));
        }
        match field.kind {
            Kind::Linked(rows, kind) => self.push_linked(rows, field.column, *kind, query),
            kind => self.push_column(field.column, kind, query),
        }
    }

    fn push_column(&self, column: &str, kind: Kind, query: &mut QueryBuilder<Postgres>) -> Result<()> {
        let operator = match self.op {
            Op::Empty => {
                query.push(format_args!("{column} is null"));
                return Ok(());
            }
            _ if kind == Kind::Choices => return self.push_choices(column, query),
            Op::In => return self.push_in(column, kind, query),
            Op::Contains => {
                let text = self.value.as_str().ok_or_else(|| fault("/value", "Contains wants a text."))?;
                query.push("strpos(lower(").push(column).push("), lower(").push_bind(text.to_owned()).push(")) > 0");
                return Ok(());
            }
            Op::Eq => " = ",
            Op::Ne => " is distinct from ",
            Op::Lt => " < ",
            Op::Lte => " <= ",
            Op::Gt => " > ",
            Op::Gte => " >= ",
        };
        query.push(column).push(operator);
        push_value(kind, &self.value, query)
    }

    /// `ne`: none of the links is such a one; `empty`: there is none; all else: one of them is such a one.
    fn push_linked(&self, rows: &str, column: &str, kind: Kind, query: &mut QueryBuilder<Postgres>) -> Result<()> {
        let no = if matches!(self.op, Op::Ne | Op::Empty) { "not " } else { "" };
        query.push(format_args!("{no}exists (select from {rows}"));
        if self.op != Op::Empty {
            query.push(" and ");
            let op = if self.op == Op::Ne { Op::Eq } else { self.op };
            Self { op, ..self.clone() }.push_column(column, kind, query)?;
        }
        query.push(")");
        Ok(())
    }

    /// `eq` and `in`: it is, or one of them is, among the texts; `ne`: it is not.
    fn push_choices(&self, column: &str, query: &mut QueryBuilder<Postgres>) -> Result<()> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let wanted: Option<Vec<String>> = match self.value.as_array() {
            Some(values) if self.op == Op::In && values.len() <= MAX_VALUES => values.iter().map(text).collect(),
            Some(_) => None,
            None => text(&self.value).filter(|_| self.op != Op::In).map(|text| vec![text]),
        };
        let wanted = wanted.ok_or_else(|| fault("/value", "The value is not of the field's kind."))?;
        let no = if self.op == Op::Ne { "not " } else { "" };
        query.push(format_args!("{no}coalesce(jsonb_exists_any({column}, ")).push_bind(wanted).push("), false)");
        Ok(())
    }

    fn push_in(&self, column: &str, kind: Kind, query: &mut QueryBuilder<Postgres>) -> Result<()> {
        let values = self
            .value
            .as_array()
            .filter(|values| values.len() <= MAX_VALUES)
            .ok_or_else(|| fault("/value", "In wants a list of at most 100 values."))?;
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
    let wrong = || fault("/value", "The value is not of the field's kind.");
    match kind {
        Kind::Text | Kind::Choices => query.push_bind(value.as_str().ok_or_else(wrong)?.to_owned()),
        Kind::Choice(choices) => {
            query.push_bind(value.as_str().filter(|text| choices.contains(text)).ok_or_else(wrong)?.to_owned())
        }
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
        Kind::Linked(_, kind) => return push_value(*kind, value, query),
        Kind::Id => query.push_bind(value.as_str().and_then(|text| Uuid::parse_str(text).ok()).ok_or_else(wrong)?),
    };
    Ok(())
}

fn no_filter() -> Error {
    fault(MEMBER, "This is not a filter: see the grammar in the API description.")
}

fn fault(place: &str, message: &str) -> Error {
    Error::invalid(vec![FieldError::new(place, "invalid", message)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FIELDS: &[Field] = &[
        Field { name: "name", column: "s.name_en", kind: Kind::Text },
        Field { name: "price", column: "s.price_minor", kind: Kind::Integer },
        Field { name: "state", column: "s.state", kind: Kind::Choice(&["open", "shut"]) },
        Field { name: "payer", column: "i.payer", kind: Kind::Linked("i where i.p = p.id", &Kind::Text) },
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

    #[test]
    fn a_fault_says_where_in_the_filter_it_is() {
        for (filter, pointer) in [
            (serde_json::json!([]), "/filter"),
            (serde_json::json!({ "field": "secret", "op": "empty" }), "/filter/field"),
            (serde_json::json!({ "all": [{ "field": "price", "op": "contains", "value": "1" }] }), "/filter/all/0/op"),
            (
                serde_json::json!({ "any": [{ "all": [] }, { "not": { "field": "price", "op": "eq", "value": "1" } }] }),
                "/filter/any/1/not/value",
            ),
            (serde_json::json!({ "field": "state", "op": "in", "value": ["open", "ajar"] }), "/filter/value"),
        ] {
            let read = Filter::read(&filter).and_then(|read| read.push(FIELDS, &mut QueryBuilder::new("")));
            assert_eq!(read.expect_err("refused").into_faults()[0].pointer, pointer, "{filter}");
        }
    }

    #[test]
    fn what_is_linked_is_compared_row_by_row() {
        for (filter, expected) in [
            (
                r#"{"field":"payer","op":"contains","value":"x"}"#,
                "exists (select from i where i.p = p.id and strpos(lower(i.payer), lower($1)) > 0)",
            ),
            (
                r#"{"field":"payer","op":"ne","value":"x"}"#,
                "not exists (select from i where i.p = p.id and i.payer = $1)",
            ),
            (r#"{"field":"payer","op":"empty"}"#, "not exists (select from i where i.p = p.id)"),
        ] {
            assert_eq!(sql(filter).expect("valid"), expected);
        }
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
