//! The conformance tests of CEL that do without protocol buffers.

use serde_json::{Map, Value, json};

use super::published;
use crate::budget::{Budget, Meter};
use crate::cel::{Machine, Val, base64, check, parse};
use crate::fault::Fault;

/// What is skipped: a file, or a case of one as `section/name`; and why.
const SKIPPED: [(&str, &str, &str); 7] = [
    ("string_ext", "", "an extension: more functions on strings"),
    ("encoders_ext", "", "an extension: Base64"),
    ("math_ext", "", "an extension: mathematics"),
    ("optionals", "", "an extension: optional values"),
    ("comparisons", "bound/bytes_gt_left_false", "facts are JSON, which has no bytes"),
    ("parse", "bytes_literals/triple_single_quoted_unescaped_punctuation", BACKSLASH),
    ("parse", "bytes_literals/triple_double_quoted_unescaped_punctuation", BACKSLASH),
];
const BACKSLASH: &str = "the published bytes have a backslash that the expression has not: `\\?` of textproto is `?`";

#[test]
fn the_conformance_tests_pass() {
    let Some(files) = published("cel/conformance.simple.json") else { return };
    let (mut passed, mut skipped, mut wrong) = (0, [0; SKIPPED.len()], Vec::new());
    for (file, cases) in files.as_object().expect("files") {
        for case in cases.as_array().expect("cases") {
            let name = format!("{}/{}", text(case, "section"), text(case, "name"));
            let skip = SKIPPED.iter().position(|skip| skip.0 == file && (skip.1.is_empty() || skip.1 == name));
            match (skip, run(case)) {
                (Some(skip), result) => {
                    skipped[skip] += 1;
                    assert!(SKIPPED[skip].1.is_empty() || result.is_some(), "{file}/{name} passes; do not skip it");
                }
                (None, None) => passed += 1,
                (None, Some(why)) => wrong.push(format!("{file}/{name}: {} {why}", text(case, "expr"))),
            }
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    let reasons = SKIPPED.map(|skip| skip.2);
    assert_eq!((passed, skipped), (1120, [213, 4, 199, 59, 1, 1, 1]), "skipped because of {reasons:?}");
}

fn text<'c>(case: &'c Value, name: &str) -> &'c str {
    case[name].as_str().expect("a text")
}

/// What is wrong with a case, if anything is.
fn run(case: &Value) -> Option<String> {
    let empty = Map::new();
    let bindings = case.get("bindings").and_then(Value::as_object).unwrap_or(&empty);
    let facts: Map<String, Value> = bindings.iter().map(|(name, value)| (name.clone(), fact(value))).collect();
    let facts = Value::Object(facts);
    let node = parse(text(case, "expr"));
    // some cases say that nothing is to be checked before evaluating
    let is_checked = case.get("disable_check").is_none();
    let node = node.and_then(|node| if is_checked { check(&node).map(|()| node) } else { Ok(node) });
    let mut meter = Meter::new(Budget::default());
    let value: Result<Value, Fault> = match &node {
        Ok(node) => Machine::new(&facts, &mut meter).eval(node).map(|value| tagged(&value)),
        Err(fault) => Err(fault.clone()),
    };
    match (case.get("value"), value) {
        (Some(expected), Ok(value)) if same(expected, &value) => None,
        (None, Err(_)) => None,
        (Some(expected), value) => Some(format!("should be {expected}, and is {value:?}")),
        (None, Ok(value)) => Some(format!("should be an error, and is {value}")),
    }
}

/// A binding as JSON.
fn fact(value: &Value) -> Value {
    let (kind, value) = value.as_object().and_then(|tagged| tagged.iter().next()).expect("a tagged value");
    match kind.as_str() {
        "int" | "uint" => serde_json::from_str(value.as_str().expect("a number as text")).expect("a number"),
        "list" => value.as_array().expect("a list").iter().map(fact).collect(),
        "map" => {
            let entries = value.as_array().expect("entries").iter();
            let entries = entries.map(|entry| (fact(&entry[0]).as_str().expect("a key").to_owned(), fact(&entry[1])));
            Value::Object(entries.collect())
        }
        _ => value.clone(),
    }
}

/// A value with its kind, as the file writes it.
fn tagged(value: &Val) -> Value {
    match value {
        Val::Null => json!({ "null": null }),
        Val::Bool(value) => json!({ "bool": value }),
        Val::Int(number) => json!({ "int": number.to_string() }),
        Val::Uint(number) => json!({ "uint": number.to_string() }),
        Val::Double(number) if number.is_infinite() => {
            json!({ "double": if *number > 0.0 { "Infinity" } else { "-Infinity" } })
        }
        Val::Double(number) => json!({ "double": number }),
        Val::Text(text) => json!({ "string": &**text }),
        Val::Bytes(bytes) => json!({ "bytes_b64": base64(bytes) }),
        Val::List(list) => json!({ "list": list.iter().map(|value| tagged(&value)).collect::<Vec<_>>() }),
        Val::Map(map) => {
            json!({ "map": map.iter().map(|(key, value)| vec![tagged(&key), tagged(&value)]).collect::<Vec<_>>() })
        }
        Val::Type(name) => json!({ "type": name }),
        Val::Timestamp(_) | Val::Duration(_) => json!({}),
    }
}

/// Whether two tagged values are the same, where entries of maps may stand in any order, and the sign of zero counts.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => match (a.get("map"), b.get("map")) {
            (Some(Value::Array(a)), Some(Value::Array(b))) => {
                a.len() == b.len() && a.iter().all(|a| b.iter().any(|b| same(a, b)))
            }
            _ => a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b))),
        },
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            // reading the file, `serde_json` may miss a double by one
            (Some(a), Some(b)) => a.to_bits().abs_diff(b.to_bits()) <= 1,
            _ => false,
        },
        _ => a == b,
    }
}
