//! Values of cases as cells of a table say them, and what cells mean.

use dialogue::{Choice, Field, Kind, Label};
use patients::{files, names};
use serde_json::Value;

/// What is wrong with a cell: a stable code, and what would be right.
pub type Fault = (&'static str, &'static str);

/// The value as a cell says it.
pub fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// What a cell says, as the field wants it; null where it says nothing. Whether the value fits is seen with the whole case.
///
/// # Errors
/// What would be right.
pub fn value(field: &Field, cell: &str, dates: files::DateStyle) -> Result<Value, Fault> {
    let said = files::plain(cell).map_err(|code| (code, "Write the value itself, and no formula."))?.trim();
    if said.is_empty() {
        return Ok(Value::Null);
    }
    let date = |code| (code, "Write a day with its year in four digits, as 2026-05-01.");
    Ok(match field.kind {
        Kind::Number => files::number(said).map_err(|code| (code, "Write a number."))?.into(),
        Kind::Boolean => files::yes(said).map_err(|code| (code, "Write yes or no."))?.into(),
        Kind::Date => files::date(said, dates).map_err(date)?.to_string().into(),
        Kind::DateTime => files::instant(said, dates).map_err(date)?.to_string().into(),
        Kind::Select => chosen(field, said).ok_or(("choice", "Write one of the choices of this field."))?.into(),
        Kind::String | Kind::Text | Kind::Phone => said.into(),
    })
}

/// The value of the choice that is meant: by its value, by a name as it is written, by a name as it sounds where only one
/// is like that.
fn chosen(field: &Field, said: &str) -> Option<String> {
    let by = |like: &dyn Fn(&str) -> bool| {
        let is_meant = |choice: &&Choice| like(&choice.label.en) || like(&choice.label.ar);
        let mut found = field.options.iter().filter(is_meant);
        found.next().filter(|_| found.next().is_none()).map(|choice| choice.value.clone())
    };
    let value = field.options.iter().find(|choice| choice.value == said).map(|choice| choice.value.clone());
    let folded = names::fold(said);
    value.or_else(|| by(&|name| name == said)).or_else(|| by(&|name| !name.is_empty() && names::fold(name) == folded))
}

/// Which field each heading means, by its key or a name of it in any spelling; none twice.
pub fn guess(fields: &[Field], headings: &[String]) -> Vec<Option<String>> {
    let mut left: Vec<&Field> = fields.iter().collect();
    let meant = |heading: &String| {
        let said = names::compact(heading);
        let is_like = |name: &str| !said.is_empty() && names::compact(name) == said;
        let called = |label: &Label| is_like(&label.en) || is_like(&label.ar);
        let at = left.iter().position(|field| field.key == heading.trim());
        let at = at.or_else(|| left.iter().position(|field| is_like(&field.key) || called(&field.label)));
        at.map(|at| left.remove(at).key.clone())
    };
    headings.iter().map(meant).collect()
}
