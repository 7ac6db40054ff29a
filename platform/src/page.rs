//! Lists in pages: a cursor names the last row that was seen, so that nothing is skipped or repeated while rows come
//! and go, and a deep page costs what the first one does.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use crate::error::{Error, FieldError, Result};
use crate::filter::{Field, Kind, push_value};

/// The most rows of a page.
pub const MAX_LIMIT: u32 = 200;

/// Rows of a page when nothing else is asked for.
#[must_use]
pub fn default_limit() -> u32 {
    50
}

/// A way to sort a list: its name in the API, its column, and what that holds.
pub type Sort = Field<'static>;

/// The order of one list request: a sort, its direction, and where the page before ended.
#[derive(Debug)]
pub struct Order {
    sort: String,
    column: String,
    kind: Kind,
    descending: bool,
    after: Option<Cursor>,
    limit: u32,
}

/// Where a page ended: the order, the sort value of its last row, and that row's id.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    sort: String,
    key: Value,
    id: Uuid,
}

impl Order {
    /// Reads `sort` (`name`, or `-name` for descending) and `cursor` of a request. The first of `sorts` is the default.
    ///
    /// # Errors
    /// 422 for a sort that is not on the list, or a cursor that was not made for this order.
    pub fn parse(sorts: &[Field<'_>], sort: Option<&str>, cursor: Option<&str>, limit: u32) -> Result<Self> {
        let wanted = sort.unwrap_or(sorts[0].name);
        let (name, descending) = wanted.strip_prefix('-').map_or((wanted, false), |name| (name, true));
        let sort = sorts.iter().find(|sort| sort.name == name).ok_or_else(|| {
            let names: Vec<_> = sorts.iter().map(|sort| sort.name).collect();
            fault("?sort", &format!("Sort by one of {}, with a hyphen in front for descending.", names.join(", ")))
        })?;
        let (name, column) = (sort.name.to_owned(), sort.column.to_owned());
        let mut order = Self { sort: name, column, kind: sort.kind, descending, after: None, limit };
        order.after = cursor.map(|text| order.decode(text)).transpose()?;
        Ok(order)
    }

    /// Adds the place to go on from, the order and the limit to a query that has a `where` already and whose id column
    /// is `id`. Asks for one row more than the page, to know whether there is a next one.
    ///
    /// # Errors
    /// 422 when the cursor's value is not of the column's kind.
    pub fn push(&self, id: &str, query: &mut QueryBuilder<Postgres>) -> Result<()> {
        let column = &self.column;
        let (compare, direction) = if self.descending { ("<", "desc") } else { (">", "asc") };
        if let Some(after) = &self.after {
            query.push(format_args!(" and ({column}, {id}) {compare} ("));
            push_value(self.kind, &after.key, query).map_err(|_| stale())?;
            query.push(", ").push_bind(after.id).push(")");
        }
        query.push(format_args!(" order by {column} {direction}, {id} {direction} limit {}", self.limit + 1));
        Ok(())
    }

    /// Cuts the rows to the page and says where the next one begins, if there is one.
    ///
    /// # Errors
    /// Never in practice.
    pub fn cut<T>(
        &self,
        mut rows: Vec<T>,
        key: impl FnOnce(&T, &str) -> (Value, Uuid),
    ) -> Result<(Vec<T>, Option<String>)> {
        let limit = self.limit as usize;
        if rows.len() <= limit {
            return Ok((rows, None));
        }
        rows.truncate(limit);
        let Some(last) = rows.last() else { return Ok((rows, None)) };
        let (key, id) = key(last, &self.sort);
        let bytes = serde_json::to_vec(&Cursor { sort: self.name(), key, id }).map_err(Error::internal)?;
        Ok((rows, Some(URL_SAFE_NO_PAD.encode(bytes))))
    }

    fn name(&self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.sort)
    }

    fn decode(&self, text: &str) -> Result<Cursor> {
        URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Cursor>(&bytes).ok())
            .filter(|cursor| cursor.sort == self.name())
            .ok_or_else(stale)
    }
}

fn stale() -> Error {
    fault("?cursor", "Use the nextCursor of an answer to the same list with the same sort, or none to start again.")
}

fn fault(pointer: &str, message: &str) -> Error {
    Error::invalid(vec![FieldError::new(pointer, "invalid", message)])
}

#[cfg(test)]
mod tests {
    use super::*;
    const SORTS: &[Sort] = &[
        Sort { name: "name", column: "s.name_key", kind: Kind::Text },
        Sort { name: "price", column: "s.price_minor", kind: Kind::Integer },
    ];

    fn sql(order: &Order) -> Result<String> {
        let mut query = QueryBuilder::new("where true");
        order.push("s.id", &mut query)?;
        Ok(query.into_sql().as_str().to_owned())
    }

    #[test]
    fn a_page_goes_on_where_the_last_one_ended() {
        let first = Order::parse(SORTS, Some("-price"), None, 2).expect("valid");
        assert_eq!(sql(&first).expect("sql"), "where true order by s.price_minor desc, s.id desc limit 3");
        let (rows, next) = first.cut(vec![9, 7, 5], |row, _| (Value::from(*row), Uuid::nil())).expect("cuts");
        assert_eq!(rows, [9, 7]);
        let second = Order::parse(SORTS, Some("-price"), next.as_deref(), 2).expect("valid");
        assert_eq!(
            sql(&second).expect("sql"),
            "where true and (s.price_minor, s.id) < ($1, $2) order by s.price_minor desc, s.id desc limit 3"
        );
        assert_eq!(first.cut(vec![5], |row, _| (Value::from(*row), Uuid::nil())).expect("cuts"), (vec![5], None));
    }

    #[test]
    fn a_cursor_belongs_to_its_order() {
        let order = Order::parse(SORTS, None, None, 1).expect("valid");
        let (_, next) = order.cut(vec!["a", "b"], |row, _| (Value::from(*row), Uuid::nil())).expect("cuts");
        assert!(Order::parse(SORTS, Some("name"), next.as_deref(), 1).is_ok());
        for sort in ["-name", "price", "secret"] {
            assert!(Order::parse(SORTS, Some(sort), next.as_deref(), 1).is_err(), "{sort}");
        }
        assert!(Order::parse(SORTS, None, Some("rubbish"), 1).is_err());
        let forged =
            URL_SAFE_NO_PAD.encode(r#"{"sort":"price","key":"x","id":"00000000-0000-0000-0000-000000000000"}"#);
        assert!(sql(&Order::parse(SORTS, Some("price"), Some(&forged), 1).expect("reads")).is_err());
    }
}
