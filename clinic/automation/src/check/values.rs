//! Whether what a step gives an action is of the declared form.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Scope, Walk};
use crate::block::{Action, Field, Kind};
use crate::definition::Step;
use crate::template::Template;

/// How deep the values of a field may be.
const DEEPEST_VALUE: usize = 6;

impl Walk<'_> {
    /// Looks at all fields of an action; answers whether one of them uses what is sensitive.
    pub(super) fn fields(
        &mut self,
        step: &Step,
        action: &Action,
        given: &Map<String, Value>,
        at: &str,
        scope: &Scope,
    ) -> bool {
        for name in given.keys().filter(|name| action.fields.iter().all(|field| field.key != *name)) {
            let name = name.replace('~', "~0").replace('/', "~1");
            self.error(&format!("{at}/{name}"), "step.unknown_field", "This step takes no such field.");
        }
        let mut any = false;
        for field in action.fields {
            let at = format!("{at}/{}", field.key);
            let Some(value) = entered(given, field.key) else {
                if field.required {
                    self.error(&at, "step.field_missing", "This step needs it.");
                }
                if let Some(other) = field.unless.filter(|other| entered(given, other).is_none()) {
                    self.error(&at, "step.field_either", &format!("This step needs it, or {other} instead."));
                }
                continue;
            };
            let uses = self.value(field, value, &at, scope);
            any |= uses;
            if uses || field.sensitive {
                self.report.sensitive_inputs.insert((step.id.clone(), field.key.to_owned()));
            }
        }
        any
    }

    fn value(&mut self, field: &Field, value: &Value, at: &str, scope: &Scope) -> bool {
        if field.many {
            if let Some(values) = value.as_array() {
                let one = Field { many: false, ..*field };
                let places = values.iter().enumerate();
                return places
                    .fold(false, |any, (i, value)| self.value(&one, value, &format!("{at}/{i}"), scope) || any);
            }
            return self.must_be_one(value, at, scope);
        }
        match field.kind {
            Kind::Text | Kind::LongText => match value.as_str() {
                Some(text) => self.text(text, at, scope).1,
                None => self.form(at),
            },
            Kind::Object | Kind::List => self.tree(value, at, scope, 0),
            _ if is_filled_in(value) => self.must_be_one(value, at, scope),
            kind => {
                if !fits(kind, value) {
                    self.form(at);
                }
                false
            }
        }
    }

    fn form(&mut self, at: &str) -> bool {
        self.error(at, "step.field_form", "This is not of the form that the step takes.");
        false
    }

    /// Only a single variable can be of another form than text.
    fn must_be_one(&mut self, value: &Value, at: &str, scope: &Scope) -> bool {
        let Some(text) = value.as_str() else { return self.form(at) };
        let (is_one, sensitive) = self.text(text, at, scope);
        if !is_one {
            self.form(at);
        }
        sensitive
    }

    /// Whether the text is one variable, and whether it uses what is sensitive.
    fn text(&mut self, text: &str, at: &str, scope: &Scope) -> (bool, bool) {
        let template = match Template::read(text) {
            Ok(template) => template,
            Err(fault) => {
                self.error(at, fault.code, fault.message);
                return (true, false);
            }
        };
        let mut sensitive = false;
        for name in template.names() {
            // functions of the language
            if ["range", "dict", "namespace", "debug"].contains(&name.as_str()) {
                continue;
            }
            if !scope.knows(name) {
                self.error(at, "variable.unknown", &format!("There is no variable {name} here."));
            }
            sensitive |= scope.is_sensitive(name);
        }
        (template.is_one(), sensitive)
    }

    fn tree(&mut self, value: &Value, at: &str, scope: &Scope, depth: usize) -> bool {
        if depth > DEEPEST_VALUE {
            return self.form(at);
        }
        match value {
            Value::String(text) => self.text(text, at, scope).1,
            Value::Array(values) => {
                let places = values.iter().enumerate();
                places.fold(false, |any, (i, value)| self.tree(value, &format!("{at}/{i}"), scope, depth + 1) || any)
            }
            Value::Object(values) => values.iter().fold(false, |any, (name, value)| {
                let name = name.replace('~', "~0").replace('/', "~1");
                self.tree(value, &format!("{at}/{name}"), scope, depth + 1) || any
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
}

/// Whether variables make it what it will be.
pub(super) fn is_filled_in(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains("{{"))
}

/// What stands in a field, if anything does.
fn entered<'a>(given: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    given.get(key).filter(|value| !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty()))
}

/// Whether a value is of the form, written out or filled in.
pub fn fits(kind: Kind, value: &Value) -> bool {
    let text = value.as_str();
    match kind {
        Kind::Text | Kind::LongText => text.is_some(),
        Kind::Number => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::Minutes => value.as_i64().is_some_and(|minutes| minutes >= 0),
        Kind::Date => text.is_some_and(|text| text.parse::<Date>().is_ok()),
        Kind::Instant => text.is_some_and(|text| text.parse::<Timestamp>().is_ok()),
        Kind::Phone => text.is_some_and(|text| {
            text.strip_prefix('+').is_some_and(|digits| {
                (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
            })
        }),
        Kind::Email => text.is_some_and(|text| text.contains('@') && !text.contains(char::is_whitespace)),
        Kind::Choice(words) => text.is_some_and(|text| words.contains(&text)),
        Kind::Ref(_) => text.is_some_and(|text| text.parse::<Uuid>().is_ok() || is_word(text)),
        Kind::Object => value.is_object(),
        Kind::List => value.is_array(),
    }
}

/// Some references are by name: a role, a template.
fn is_word(text: &str) -> bool {
    (1..=60).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
}

/// The path in a text that is `{{ path }}` and nothing else.
pub fn only_path(text: &str) -> Option<String> {
    let inner = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    let is_path = !inner.is_empty() && inner.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '_');
    is_path.then(|| inner.to_owned())
}
