//! The columns of the practice's own fields.

use serde_json::Value;

use super::cells::{self, join, split};
use super::{Column, Draft, Words};
use crate::custom::{CustomField, FieldKind, FieldOption};
use crate::names;
use crate::record::PatientFields;

/// One for each field that is asked for: `custom.key`, headed by any of its names.
pub fn columns(fields: &[CustomField]) -> Vec<Column> {
    fields.iter().filter(|field| field.archived_at.is_none()).cloned().map(column).collect()
}

fn column(field: CustomField) -> Column {
    let names: Vec<&str> = [&field.key, &field.name].into_iter().chain(&field.name_ar).map(String::as_str).collect();
    let name = format!("custom.{}", field.key);
    let (reading, writing) = (field.clone(), field.clone());
    Column::new(
        name,
        &names,
        move |fields: &PatientFields, _: &Words| {
            fields.custom.get(&reading.key).map(|value| cell(&reading, value)).unwrap_or_default()
        },
        move |draft: &mut Draft, cell: &str, words: &Words| {
            draft.fields.custom.insert(writing.key.clone(), value(&writing, cell, words)?);
            Ok(())
        },
    )
}

/// The value as a cell says it: options by their names.
fn cell(field: &CustomField, value: &Value) -> String {
    match value {
        Value::Array(keys) => join(keys.iter().filter_map(Value::as_str).map(|key| said(field, key))),
        Value::String(key) if field.kind == FieldKind::Select => said(field, key),
        Value::String(text) => text.clone(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        other => other.to_string(),
    }
}

/// The name of an option, where no other one could be meant by it.
fn said(field: &CustomField, key: &str) -> String {
    let option = field.options.iter().find(|option| option.key.as_deref() == Some(key));
    let name = option.map(|option| option.name.clone()).filter(|name| meant(field, name).as_deref() == Some(key));
    name.unwrap_or_else(|| key.to_owned())
}

/// The key of the option that a cell means: by its key, by a name as it is written, by a name as it sounds when only one
/// is like that.
fn meant(field: &CustomField, said: &str) -> Option<String> {
    let names = |option: &FieldOption| -> Vec<String> {
        [Some(&option.name), option.name_ar.as_ref()].into_iter().flatten().cloned().collect()
    };
    let by = |like: &dyn Fn(&str) -> bool| {
        let mut found = field.options.iter().filter(|option| names(option).iter().any(|name| like(name)));
        found.next().filter(|_| found.next().is_none()).and_then(|option| option.key.clone())
    };
    let key = field.options.iter().filter_map(|option| option.key.clone()).find(|key| key == said);
    let folded = names::fold(said);
    key.or_else(|| by(&|name| name == said)).or_else(|| by(&|name| names::fold(name) == folded))
}

/// What a cell says, as the field wants it; whether it is right is seen with the whole record.
fn value(field: &CustomField, cell: &str, words: &Words) -> Result<Value, &'static str> {
    let option = |said: &str| meant(field, said).ok_or("unknown_option");
    Ok(match field.kind {
        FieldKind::Number => cells::number(cell)?.into(),
        FieldKind::Date => cells::date(cell, words.dates)?.to_string().into(),
        FieldKind::DateTime => cells::instant(cell, words.dates)?.to_string().into(),
        FieldKind::Boolean => cells::yes(cell)?.into(),
        FieldKind::Select => option(cell)?.into(),
        FieldKind::MultiSelect => {
            split(cell).iter().map(|said| option(said)).collect::<Result<Vec<String>, _>>()?.into()
        }
        FieldKind::Text | FieldKind::Phone | FieldKind::Email => cell.into(),
    })
}

#[cfg(test)]
mod tests {
    //! What is written is read back as it was.

    use jiff::Timestamp;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::custom::FieldId;

    fn field(kind: FieldKind, options: &[&str]) -> CustomField {
        let option = |(i, name): (usize, &&str)| FieldOption {
            key: Some(format!("o{i}")),
            name: (*name).to_owned(),
            name_ar: None,
            archived: false,
        };
        CustomField {
            id: FieldId::new(),
            key: "own".to_owned(),
            name: "Own field".to_owned(),
            name_ar: None,
            kind,
            options: options.iter().enumerate().map(option).collect(),
            required: false,
            default: None,
            listed: false,
            sensitive: false,
            rank: 1,
            archived_at: None,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    const OPTIONS: [&str; 7] = ["A+", "A-", "a", "Tea; milk", "شاي", "o0", "A+"];

    fn values() -> impl Strategy<Value = (FieldKind, Value)> {
        let key = || (0..OPTIONS.len()).prop_map(|i| format!("o{i}"));
        prop_oneof![
            "[a-z]([ -~]{0,10}[a-z])?".prop_map(|text| (FieldKind::Text, json!(text))),
            (-1_000_000_000_000_i64..1_000_000_000_000).prop_map(|n| (FieldKind::Number, json!(n as f64 / 1000.0))),
            any::<i32>().prop_map(|number| (FieldKind::Number, json!(number))),
            any::<bool>().prop_map(|yes| (FieldKind::Boolean, json!(yes))),
            (0..20_000_i64).prop_map(|day| {
                let at = Timestamp::from_second(day * 86_461).expect("an instant");
                (FieldKind::DateTime, json!(at.to_string()))
            }),
            (0..20_000_i64).prop_map(|day| {
                let at = Timestamp::from_second(day * 86_400).expect("an instant");
                (FieldKind::Date, json!(at.to_string()[..10]))
            }),
            key().prop_map(|key| (FieldKind::Select, json!(key))),
            prop::collection::vec(key(), 1..4).prop_map(|keys| (FieldKind::MultiSelect, json!(keys))),
        ]
    }

    proptest! {
        #[test]
        fn a_cell_says_the_value_again((kind, given) in values()) {
            let field = field(kind, if kind == FieldKind::Select || kind == FieldKind::MultiSelect { &OPTIONS } else { &[] });
            let written = cell(&field, &given);
            prop_assert_eq!(value(&field, &written, &Words::default()), Ok(given), "{}", written);
        }
    }

    #[test]
    fn what_people_write_is_understood() {
        let read = |kind, options: &[&str], text: &str| value(&field(kind, options), text, &Words::default());
        assert_eq!(read(FieldKind::Number, &[], "٤٢٫٥"), Ok(json!(42.5)));
        assert_eq!(read(FieldKind::Number, &[], "1,234.5"), Ok(json!(1234.5)));
        assert_eq!(read(FieldKind::Number, &[], "42,5"), Ok(json!(42.5)));
        assert_eq!(read(FieldKind::Number, &[], "many"), Err("invalid_number"));
        assert_eq!(read(FieldKind::Select, &["Tea", "Milk"], "MILK"), Ok(json!("o1")));
        assert_eq!(read(FieldKind::Select, &["A+", "A-"], "a"), Err("unknown_option"));
    }
}
