//! JSONLogic beyond the shared suites: what json-logic-js answers in a browser's console, and where faults are.

use serde_json::{Value, json};

use super::logic_value;
use crate::{Budget, Code, Condition, Place};

fn check(cases: impl IntoIterator<Item = (Value, Value)>) {
    let facts = json!({ "text": "العيادة", "list": [1, [2, 3], null], "none": null, "object": { "a": 1 }, "zero": 0 });
    for (rule, expected) in cases {
        assert_eq!(logic_value(&rule, &facts), Ok(expected), "{rule}");
    }
}

#[test]
fn values_are_coerced_as_in_javascript() {
    check([
        (json!({ "==": [null, 0] }), json!(false)),
        (json!({ "==": ["", 0] }), json!(true)),
        (json!({ "==": ["0x1F", 31] }), json!(true)),
        (json!({ "==": [true, "1"] }), json!(true)),
        (json!({ "==": [[1], 1] }), json!(true)),
        (json!({ "==": [[1, 2], "1,2"] }), json!(true)),
        (json!({ "==": [{ "var": "object" }, "[object Object]"] }), json!(true)),
        (json!({ "==": [[1], [1]] }), json!(false)),
        (json!({ "==": [{ "var": "list" }, { "var": "list" }] }), json!(true)),
        (json!({ "===": [{ "var": "nowhere" }, null] }), json!(true)),
        (json!({ "<": [null, 1] }), json!(true)),
        (json!({ "<": ["10", "9"] }), json!(true)),
        (json!({ "<": ["10", 9] }), json!(false)),
        (json!({ "<": ["a", 1] }), json!(false)),
        (json!({ ">=": ["a", 1] }), json!(false)),
        // by UTF-16 code units, a character of a higher plane comes before U+FF5E
        (json!({ "<": ["😀", "～"] }), json!(true)),
        (json!({ "<=": [1, { "var": "zero" }, 3] }), json!(false)),
        (json!({ "!!": { "var": "object" } }), json!(true)),
        (json!({ "!!": "0" }), json!(true)),
    ]);
}

#[test]
fn numbers_are_those_of_javascript() {
    check([
        (json!({ "+": ["3px", 1] }), json!(4)),
        (json!({ "+": [] }), json!(0)),
        (json!({ "-": ["5", null] }), json!(5)),
        (json!({ "*": ["2"] }), json!("2")),
        (json!({ "%": [-7, 3] }), json!(-1)),
        (json!({ "%": [5.5, 2] }), json!(1.5)),
        (json!({ "max": [1, "7", true] }), json!(7)),
        (json!({ "min": [[], 2] }), json!(0)),
        (json!({ ">": [{ "+": [{ "var": "none" }, 1] }, 0] }), json!(false)),
        (json!({ "!!": { "+": "x" } }), json!(false)),
        (json!({ "cat": [{ "/": [1, 3] }, { "*": [1e21, 1] }, { "-": 0 }] }), json!("0.33333333333333331e+210")),
    ]);
}

#[test]
fn texts_and_lists_are_those_of_json_logic_js() {
    check([
        (json!({ "cat": [null, true, [1, [null, 2]], { "var": "object" }] }), json!("true1,,2[object Object]")),
        (json!({ "substr": [{ "var": "text" }, -3, 2] }), json!("اد")),
        (json!({ "substr": ["a😀b", 0, 3] }), json!("a😀")),
        (json!({ "substr": ["a😀b", 0, 2] }), json!("a")),
        (json!({ "substr": [null, 0, 2] }), json!("nu")),
        (json!({ "substr": ["abc", 1, null] }), json!("")),
        (json!({ "substr": ["abc", "x"] }), json!("abc")),
        (json!({ "substr": ["abc", 0, -1.5] }), json!("a")),
        (json!({ "substr": ["abc", 0, -5] }), json!("")),
        (json!({ "missing": ["a", ["b", 1], ["b"]] }), json!(["a", ["b"]])),
        (json!({ "missing": [{ "var": "object" }] }), json!([{ "a": 1 }])),
        (json!({ "in": [2, "1234"] }), json!(true)),
        (json!({ "in": ["", ""] }), json!(false)),
        (json!({ "in": [[2, 3], { "var": "list" }] }), json!(false)),
        (json!({ "in": ["a", { "var": "none" }] }), json!(false)),
        (json!({ "var": "list.1.0" }), json!(2)),
        (json!({ "var": "list.01" }), json!(null)),
        (json!({ "var": "list.length" }), json!(3)),
        (json!({ "var": "text.length" }), json!(7)),
        (json!({ "var": ["none", 5] }), json!(null)),
        (json!({ "var": ["none.deeper", 5] }), json!(5)),
        (json!({ "var": { "cat": ["object", ".", "a"] } }), json!(1)),
        (json!({ "map": [{ "var": "list" }, { "var": "" }] }), json!([1, [2, 3], null])),
        (
            json!({ "reduce": [[1, 2], { "var": "" }, 0] }),
            json!({
                "current": 2, "accumulator": { "current": 1, "accumulator": 0 }
            }),
        ),
        (json!({ "var": [[]] }), json!(null)),
        (json!({ "missing_some": [2, "nowhere"] }), json!([])),
        (json!({ "missing_some": [1, 7] }), json!([7])),
        (json!({ "missing": ["zero", "none", "text", "nowhere"] }), json!(["none", "nowhere"])),
        (json!({ "log": { "var": "zero" } }), json!(0)),
        (json!({ "a": 1, "b": { "var": "zero" } }), json!({ "a": 1, "b": { "var": "zero" } })),
        (json!({}), json!({})),
    ]);
}

#[test]
fn what_is_wrong_is_found_when_it_is_read() {
    for (rule, code, pointer) in [
        (json!({ "foo": [1] }), Code::Unknown, Place::Whole),
        (json!({ "and": [true, { "foo": 1 }] }), Code::Unknown, Place::Pointer("/and/1".into())),
        (json!({ "if": [{ "==": [1] }, 2] }), Code::Arguments, Place::Pointer("/if/0/==".into())),
        (json!({ "!": { "/": [1, 2, 3] } }), Code::Arguments, Place::Pointer("/!/~1".into())),
        (json!([1, { ">": 1, "<": 2 }]), Code::Syntax, Place::Pointer("/1".into())),
        (json!({ "var": ["a", { "var": [1, 2, 3] }] }), Code::Arguments, Place::Pointer("/var/1/var".into())),
    ] {
        let fault = Condition::logic(&rule).expect_err("a fault");
        assert_eq!((fault.code, fault.place), (code, pointer), "{rule}: {}", fault.message);
    }
}

#[test]
fn what_is_wrong_when_it_is_evaluated_has_a_place() {
    for (rule, code, pointer) in [
        (json!({ "/": [1, { "var": "zero" }] }), Code::Number, "/~1"),
        (json!({ "and": [true, { "?:": [true, { "%": [1, 0] }] }] }), Code::Number, "/and/1/?:/1/%"),
        (json!({ "map": [[1, 0], { "/": [1, { "var": "" }] }] }), Code::Number, "/map/1/~1"),
        (json!({ "*": [1e300, 1e300] }), Code::Number, "/*"),
        (json!([{ "!": { "missing_some": [{ "/": [1, 0] }, []] } }]), Code::Number, "/0/!/missing_some/0/~1"),
        (json!({ "var": ["a", { "-": "Infinity" }] }), Code::Number, "/var/1/-"),
    ] {
        let fault = logic_value(&rule, &json!({ "zero": 0 })).expect_err("a fault");
        assert_eq!((fault.code, &fault.place), (code, &Place::Pointer(pointer.into())), "{rule}: {}", fault.message);
    }
    // JSON has no NaN, although a condition may have
    let rule = json!({ "+": ["x", 1] });
    assert_eq!(logic_value(&rule, &json!({})).expect_err("a fault").code, Code::Number);
    assert_eq!(Condition::logic(&rule).expect("a condition").holds(&json!({}), Budget::default()), Ok(false));
}
