//! The tests that all implementations of JSONLogic share.

use serde_json::{Value, json};

use super::published;
use crate::{Budget, Condition};

/// JavaScript has one kind of number: `2` and `2.0` are the same.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

fn run(cases: impl Iterator<Item = (Value, Value, Value)>) -> usize {
    let mut count = 0;
    let mut wrong = Vec::new();
    for (rule, data, expected) in cases {
        count += 1;
        let value = Condition::logic(&rule).and_then(|condition| condition.value(&data, Budget::default()));
        if !value.as_ref().is_ok_and(|value| same(value, &expected)) {
            wrong.push(format!("{rule} of {data} should be {expected}, and is {value:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    count
}

#[test]
fn the_classic_suite_passes() {
    let Some(cases) = published("jsonlogic/tests.json") else { return };
    let cases = cases.as_array().expect("a list").iter().filter_map(Value::as_array);
    let count = run(cases.map(|case| (case[0].clone(), case[1].clone(), case[2].clone())));
    assert_eq!(count, 275);
}

#[test]
fn the_compatible_suite_passes() {
    let Some(suites) = published("jsonlogic/suites.json") else { return };
    let cases = suites["compatible.json"].as_array().expect("a list").iter().filter(|case| case.is_object());
    let count = run(cases.map(|case| {
        assert!(case.get("error").is_none(), "{case}");
        (case["rule"].clone(), case.get("data").cloned().unwrap_or(json!({})), case["result"].clone())
    }));
    assert_eq!(count, 278);
}
