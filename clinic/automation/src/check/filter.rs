//! Whether records can be found by what a step asks of them: fields that their area declares, compared as these can be, with
//! values of their kind. A value may be a variable; of what form that one is shows when it is filled in.

use platform::filter::{Comparison, Filter};
use serde_json::Value;
use sqlx::QueryBuilder;

use super::Walk;
use super::values::is_filled_in;
use crate::block::{Kind, Subject};

const FORM: &str = "filter.form";

impl Walk<'_> {
    /// Looks at the filter of a step that finds records.
    pub(super) fn filter(&mut self, subject: &Subject, given: &Value, at: &str) {
        if is_filled_in(given) {
            return;
        }
        match Filter::read_if_any(given) {
            Ok(Some(filter)) => self.part(subject, &filter, at),
            Ok(None) => {}
            Err(_) => self.error(at, FORM, "This is no filter: see the grammar of lists in the API description."),
        }
    }

    fn part(&mut self, subject: &Subject, filter: &Filter, at: &str) {
        match filter {
            Filter::All { all } => self.parts(subject, all, &format!("{at}/all")),
            Filter::Any { any } => self.parts(subject, any, &format!("{at}/any")),
            Filter::Not { not } => self.part(subject, not, &format!("{at}/not")),
            Filter::Is(comparison) => self.comparison(subject, comparison, at),
        }
    }

    fn parts(&mut self, subject: &Subject, parts: &[Filter], at: &str) {
        for (i, part) in parts.iter().enumerate() {
            self.part(subject, part, &format!("{at}/{i}"));
        }
    }

    fn comparison(&mut self, subject: &Subject, comparison: &Comparison, at: &str) {
        let Some(field) = subject.filters.iter().find(|field| field.name == comparison.field) else {
            if !is_within_open(subject, &comparison.field) {
                self.error(&format!("{at}/field"), FORM, "Records of this kind are not found by that.");
            }
            return;
        };
        if !field.kind.operators().contains(&comparison.op) {
            return self.error(&format!("{at}/op"), FORM, "This cannot be compared in that way.");
        }
        let value = match &comparison.value {
            value if is_filled_in(value) => return,
            Value::Array(values) if !values.is_empty() => {
                values.iter().filter(|value| !is_filled_in(value)).cloned().collect()
            }
            value => value.clone(),
        };
        let is_empty = value.as_str().is_some_and(|text| text.trim().is_empty())
            || comparison.value.as_array().is_some_and(Vec::is_empty);
        let written = Filter::Is(Comparison { value, ..comparison.clone() });
        if is_empty || written.push(subject.filters, &mut QueryBuilder::new("")).is_err() {
            self.error(
                &format!("{at}/value"),
                "filter.value",
                "Say with what it is compared, in the form of the field.",
            );
        }
    }
}

/// Whether it lies in something of which only the practice knows the parts: its own fields of patients.
fn is_within_open(subject: &Subject, name: &str) -> bool {
    let Some((parent, _)) = name.split_once('.') else { return false };
    let is_open = subject.fields.iter().any(|field| field.key == parent && matches!(field.kind, Kind::Object));
    let below = format!("{parent}.");
    is_open && !subject.fields.iter().any(|field| field.key.starts_with(&below))
}
