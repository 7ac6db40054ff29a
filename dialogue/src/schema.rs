//! What is known of each case of a call workflow: its fields, and what each may hold.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Values of a case by the keys of its fields.
pub type Values = Map<String, Value>;

/// The most fields of a schema.
pub const MOST_FIELDS: usize = 60;
/// The most choices of a field.
const MOST_CHOICES: usize = 100;
/// The longest line and the longest text, in characters.
const LINE: usize = 200;
const TEXT: usize = 4000;

/// All fields of a call workflow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Schema {
    /// In any order; [`Field::display_order`] says how they are shown.
    pub fields: Vec<Field>,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CaseField))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Field {
    /// Its name in values, flows and files: lower-case letters, digits and underscores.
    pub key: String,
    /// What people call it.
    pub label: Label,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// A case is not complete without it.
    #[serde(default)]
    pub required: bool,
    /// What can be chosen; of selects only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// What a new case has when nothing else is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// A column of the list.
    #[serde(default)]
    pub display_in_list: bool,
    /// Its place: small ones come first.
    #[serde(default)]
    pub display_order: i32,
    /// Kept sealed, in no list and no filter, and hidden until somebody asks for it.
    #[serde(default)]
    pub sensitive: bool,
}

/// What something is called in the languages of the product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CaseFieldLabel))]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// In English.
    pub en: String,
    /// In Arabic.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ar: String,
}

/// What can be chosen: the value itself, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CaseFieldChoice))]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// As it is kept.
    pub value: String,
    /// As it is shown.
    pub label: Label,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CaseFieldType))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One line.
    String,
    /// Several lines.
    Text,
    /// A number.
    Number,
    /// A day: `2026-05-01`.
    Date,
    /// An instant with its offset: `2026-05-01T09:30:00+03:00`.
    DateTime,
    /// A telephone number in E.164: `+966112345678`.
    Phone,
    /// One of the choices, by its value.
    Select,
    /// True or false.
    Boolean,
}

/// What is wrong with a field or a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field.
    pub key: String,
    /// Where that is, as a JSON pointer (RFC 6901): into the fields of a schema, or into values.
    pub pointer: String,
    /// Stable: `required`, `unknown`, `type`, `length`, `choice`, `format`, `duplicate`.
    pub code: &'static str,
    /// What to do, without the value.
    pub message: &'static str,
}

impl Schema {
    /// The field of that key.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The fields as they are shown.
    #[must_use]
    pub fn in_order(&self) -> Vec<&Field> {
        let mut fields: Vec<_> = self.fields.iter().collect();
        fields.sort_by(|a, b| (a.display_order, &a.key).cmp(&(b.display_order, &b.key)));
        fields
    }

    /// What is wrong with the schema itself.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut seen = BTreeSet::new();
        for (place, field) in self.fields.iter().enumerate() {
            let mut add = |member: &str, code, message| {
                problems.push(Problem { key: field.key.clone(), pointer: format!("/{place}/{member}"), code, message });
            };
            if !is_key(&field.key) {
                add("key", "format", "Use up to 60 lower-case letters, digits and underscores, a letter first.");
            }
            if !seen.insert(field.key.as_str()) {
                add("key", "duplicate", "Give each field a key of its own.");
            }
            if !is_line(&field.label.en, 80) || (!field.label.ar.is_empty() && !is_line(&field.label.ar, 80)) {
                add("label", "length", "Give it a name of one line, at most 80 characters.");
            }
            if (field.kind == Kind::Select) == field.options.is_empty() || field.options.len() > MOST_CHOICES {
                add("options", "choice", "A select needs between 1 and 100 choices, and nothing else has any.");
            }
            let mut values = BTreeSet::new();
            let is_fine = |choice: &Choice| is_line(&choice.value, 80) && is_line(&choice.label.en, 80);
            if !field.options.iter().all(|choice| is_fine(choice) && values.insert(choice.value.as_str())) {
                add("options", "choice", "Give each choice a value of its own and a name, at most 80 characters each.");
            }
            if field.default.as_ref().is_some_and(|value| field.tidied(value).is_err()) {
                add("default", "type", "The default does not fit the field.");
            }
            if field.sensitive && field.display_in_list {
                add("displayInList", "format", "What is sensitive is not shown in lists.");
            }
        }
        if self.fields.len() > MOST_FIELDS {
            let message = "At most 60 fields: a form that asks for more is filled in by nobody.";
            problems.push(Problem { key: String::new(), pointer: String::new(), code: "length", message });
        }
        problems
    }

    /// Values as they are kept: trimmed, of exactly these fields, empty ones left out, defaults put in.
    ///
    /// # Errors
    /// What is wrong with each field.
    pub fn tidied(&self, values: &Values) -> Result<Values, Vec<Problem>> {
        let (mut tidy, mut problems) = (Values::new(), Vec::new());
        for key in values.keys().filter(|key| self.field(key).is_none()) {
            problems.push(Problem::of_value(key, "unknown", "There is no such field."));
        }
        for field in &self.fields {
            let given = values.get(&field.key).filter(|value| !is_empty(value));
            let default = || field.default.clone().filter(|_| !values.contains_key(&field.key));
            match given.map(|value| field.tidied(value)).transpose() {
                Ok(Some(value)) => drop(tidy.insert(field.key.clone(), value)),
                Ok(None) => match default() {
                    Some(value) => drop(tidy.insert(field.key.clone(), value)),
                    None if field.required => {
                        problems.push(Problem::of_value(&field.key, "required", "This field must be there."));
                    }
                    None => {}
                },
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(tidy) } else { Err(problems) }
    }
}

impl Problem {
    /// What is wrong with the value of that key.
    #[must_use]
    pub fn of_value(key: &str, code: &'static str, message: &'static str) -> Self {
        let pointer = format!("/{}", key.replace('~', "~0").replace('/', "~1"));
        Self { key: key.to_owned(), pointer, code, message }
    }
}

impl Field {
    /// A value as it is kept.
    ///
    /// # Errors
    /// It does not fit.
    pub fn tidied(&self, value: &Value) -> Result<Value, Problem> {
        let problem = |code, message| Problem::of_value(&self.key, code, message);
        let text = || value.as_str().map(str::trim).ok_or_else(|| problem("type", "Give this as text."));
        Ok(match self.kind {
            Kind::String if !is_line(text()?, LINE) => {
                return Err(problem("length", "Use one line of at most 200 characters."));
            }
            Kind::Text if text()?.chars().count() > TEXT => {
                return Err(problem("length", "Use at most 4,000 characters."));
            }
            Kind::String | Kind::Text => Value::from(text()?),
            Kind::Number if value.is_number() => value.clone(),
            Kind::Number => return Err(problem("type", "Give a number.")),
            Kind::Boolean if value.is_boolean() => value.clone(),
            Kind::Boolean => return Err(problem("type", "Give true or false.")),
            Kind::Date => {
                let date: Option<Date> = text()?.parse().ok().filter(|date: &Date| date.year() > 0);
                let date = date.ok_or_else(|| problem("format", "Write a day as 2026-05-01."))?;
                Value::from(date.to_string())
            }
            Kind::DateTime => {
                let message = "Write an instant with its offset, as 2026-05-01T09:30:00+03:00.";
                let instant: Option<Timestamp> = text()?.parse().ok();
                let instant =
                    instant.map(|at| at.to_string()).filter(|at| !at.starts_with('-') && !at.starts_with("0000"));
                Value::from(instant.ok_or_else(|| problem("format", message))?)
            }
            Kind::Phone => {
                let number: String = text()?.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.')).collect();
                if !is_e164(&number) {
                    return Err(problem("format", "Write a number with + and its country, as +966112345678."));
                }
                Value::from(number)
            }
            Kind::Select => {
                let chosen = text()?;
                if !self.options.iter().any(|choice| choice.value == chosen) {
                    return Err(problem("choice", "Choose one of the values of this field."));
                }
                Value::from(chosen)
            }
        })
    }
}

/// E.164 (ITU-T): a plus, and up to fifteen digits that do not begin with zero.
fn is_e164(number: &str) -> bool {
    let Some(digits) = number.strip_prefix('+') else { return false };
    (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')
}

fn is_key(key: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    key.len() <= 60 && key.starts_with(|c: char| c.is_ascii_lowercase()) && key.bytes().all(is_plain)
}

fn is_line(text: &str, longest: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= longest && !text.chars().any(char::is_control)
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema(fields: Value) -> Schema {
        serde_json::from_value(fields).expect("a schema")
    }

    #[test]
    fn values_are_kept_as_their_fields_say() {
        let schema = schema(json!([
            { "key": "name", "label": { "en": "Name" }, "type": "string", "required": true },
            { "key": "phone", "label": { "en": "Phone" }, "type": "phone" },
            { "key": "at", "label": { "en": "At" }, "type": "datetime" },
            { "key": "status", "label": { "en": "Status" }, "type": "select", "default": "open",
              "options": [{ "value": "open", "label": { "en": "Open" } }, { "value": "shut", "label": { "en": "Shut" } }] },
        ]));
        assert_eq!(schema.problems(), []);
        let given = json!({ "name": "  Ana ", "phone": "+1 (555) 010-0001", "at": "2026-05-01T09:30:00+03:00" });
        let kept = json!({ "name": "Ana", "phone": "+15550100001", "at": "2026-05-01T06:30:00Z", "status": "open" });
        let tidy = |given: &Value| schema.tidied(given.as_object().expect("an object"));
        assert_eq!(tidy(&given), Ok(kept.as_object().expect("an object").clone()));
        let codes = |given: Value| tidy(&given).expect_err("refused").into_iter().map(|it| (it.key, it.code)).collect();
        let wrong: Vec<(String, &str)> =
            codes(json!({ "name": " ", "phone": "12", "at": "tomorrow", "status": "x", "y": 1 }));
        let expected =
            [("y", "unknown"), ("name", "required"), ("phone", "format"), ("at", "format"), ("status", "choice")];
        assert_eq!(wrong, expected.map(|(key, code)| (key.to_owned(), code)));
        // what is emptied on purpose is empty, whatever the default
        assert_eq!(tidy(&json!({ "name": "Ana", "status": null })).expect("fine").get("status"), None);
    }

    #[test]
    fn a_schema_that_cannot_be_filled_in_is_refused() {
        let wrong = schema(json!([
            { "key": "Name", "label": { "en": "Name" }, "type": "string" },
            { "key": "a", "label": { "en": "" }, "type": "select" },
            { "key": "a", "label": { "en": "A" }, "type": "number", "default": "x", "sensitive": true, "displayInList": true },
        ]));
        let told: Vec<_> =
            wrong.problems().iter().map(|problem| format!("{} {}", problem.pointer, problem.code)).collect();
        let expected = [
            "/0/key format",
            "/1/label length",
            "/1/options choice",
            "/2/key duplicate",
            "/2/default type",
            "/2/displayInList format",
        ];
        assert_eq!(told, expected);
    }
}
