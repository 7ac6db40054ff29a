//! CEL beyond its conformance tests: facts of JSON, times, patterns, values as JSON, and where faults are.

use serde_json::{Value, json};

use super::cel_value;
use crate::{Budget, Code, Condition, Place};

fn facts() -> Value {
    json!({
        "patient": { "age": 42, "weight": 71.5, "name": "سارة", "phone": "+966501234567", "big": u64::MAX },
        "tags": ["vip", "new"],
        "items": [{ "price": 10 }, { "price": 25 }],
        "start": "2026-01-31T21:30:00Z",
        "none": null,
    })
}

fn check(cases: impl IntoIterator<Item = (&'static str, Value)>) {
    for (text, expected) in cases {
        assert_eq!(cel_value(text, &facts()), Ok(expected), "{text}");
    }
}

#[test]
fn facts_are_maps_lists_and_the_nearest_kinds_of_numbers() {
    check([
        ("patient.age + 1", json!(43)),
        ("patient.weight + 0.5", json!(72.0)),
        ("type(patient.big) == uint", json!(true)),
        ("patient['age'] > 40 && patient.age == 42.0", json!(true)),
        ("'vip' in tags && !('old' in tags) && 'age' in patient", json!(true)),
        ("has(patient.age) && !has(patient.email)", json!(true)),
        ("none == null && patient != null", json!(true)),
        ("size(patient.name) == 4 && patient.name.size() == 4", json!(true)),
        ("items.exists(i, i.price > 20) && items.all(i, has(i.price))", json!(true)),
        ("items.map(i, i.price > 10, i.price * 2)", json!([50])),
        ("items.transformMap(i, v, v.price)[1]", json!(25)),
        ("tags == ['vip', 'new'] && items[0] == {'price': 10u}", json!(true)),
        ("patient.map(k, k).size()", json!(5)),
        ("patient.email == 'x' || true", json!(true)),
        ("tags.exists(tag, tag.startsWith('v')) ? 'yes' : 'no'", json!("yes")),
        ("[1, 2,] + [3] // a comment", json!([1, 2, 3])),
        ("[tags].map(patient, patient[0])[0]", json!("vip")),
        ("[tags].map(patient, .patient.age)[0]", json!(42)),
        ("[[1, 2], [3]].map(x, x.map(x, x * 2) + x)", json!([[2, 4, 1, 2], [6, 3]])),
    ]);
    let dotted = json!({ "a.b": { "c": 1 }, "a": { "b": { "c": 2 } } });
    assert_eq!(cel_value("a.b.c", &dotted), Ok(json!(1)));
    assert_eq!(cel_value("a['b'].c", &dotted), Ok(json!(2)));
}

#[test]
fn times_are_read_compared_and_taken_apart() {
    check([
        ("timestamp(start) > timestamp('2026-01-31T23:00:00+03:00')", json!(true)),
        ("timestamp(start).getDate('Asia/Riyadh')", json!(1)),
        ("timestamp(start).getHours('Asia/Riyadh')", json!(0)),
        ("timestamp(start).getDayOfWeek('+03:00')", json!(0)),
        ("timestamp(start) + duration('1h30m')", json!("2026-01-31T23:00:00Z")),
        ("timestamp(start) - timestamp('2026-01-31T00:00:00Z')", json!("77400s")),
        ("timestamp('2026-01-31T21:30:00.120Z')", json!("2026-01-31T21:30:00.12Z")),
        ("int(timestamp('1969-12-31T23:59:59.5Z'))", json!(-1)),
        ("duration('1.5s').getMilliseconds() == 500 && duration('-90m').getHours() == -1", json!(true)),
        ("string(duration('-1h34us'))", json!("-3600.000034s")),
        ("duration('0') == duration('0.0h') && duration('+1m') == duration('00000000000000000000060s')", json!(true)),
        ("timestamp('9999-12-31T23:59:59Z').getHours('Asia/Riyadh') == 2 || true", json!(true)),
    ]);
    for text in [
        "timestamp('2026-02-30T00:00:00Z')",
        "timestamp('2026-01-31')",
        "timestamp('2026-01-31 08:00:00Z')",
        "timestamp('2026-01-31T08:00:00')",
        "timestamp('2026-01-31T08:00:60Z')",
        "timestamp('2026-01-31T08:00:00.Z')",
        "timestamp('2026-01-31T08:00:00+0300')",
        "timestamp('٢٠٢٦-01-31T08:00:00Z')",
        "duration('1d')",
        "duration('h')",
        "duration('1.2.3s')",
        "duration('-')",
        "duration('9223372036854775808ns')",
        "timestamp(start).getHours('Nowhere/Else')",
        "timestamp(start).getHours('+3:00')",
    ] {
        assert_eq!(cel_value(text, &facts()).expect_err(text).code, Code::Number, "{text}");
    }
}

#[test]
fn patterns_are_those_of_re2() {
    for (text, pattern, expected) in [
        ("+966501234567", r"^\+9665\d{8}$", true),
        ("٠٥٠", r"^\d+$", false),
        ("سارة", r"^\w+$", false),
        ("سارة", r"^\pL+$", true),
        ("سارة", r"^.{4}$", true),
        ("a\u{a0}b", r"\s", false),
        ("x-ray", r"^[\w-]+$", true),
        ("12", r"^[^\D]+$", true),
        ("a[b", r"^[a[b]+$", true),
        ("a&b", r"^[a&&b]+$", true),
        ("]", r"^[]]$", true),
        ("][", r"^[][]+$", true),
        ("]٣", r"^[]\d]+$", false),
        ("x", r"^[^]]$", true),
        ("ab:", r"^[[:alpha:]:]+$", true),
        ("12", r"^[[:^alpha:]]+$", true),
        ("one two", r"\btwo\b", true),
        ("onetwo", r"\btwo\b", false),
        ("onetwo", r"\Btwo", true),
        ("\u{8}", r"[\x08]", true),
        ("KELVIN \u{212a}", r"(?i)\x{212a}$", true),
    ] {
        for pattern in [format!("r'''{pattern}'''"), format!("r'''{pattern}''' + ''")] {
            let condition = format!("text.matches({pattern})");
            assert_eq!(cel_value(&condition, &json!({ "text": text })), Ok(json!(expected)), "{text} {condition}");
        }
    }
    for pattern in ["(", "a{9000}", r"\w{1,1000}{1,1000}", r"(?i)\pL{100}"] {
        let fault = Condition::cel(&format!("'' .matches(r'{pattern}')")).expect_err(pattern);
        assert_eq!((fault.code, fault.place), (Code::Pattern, Place::Offset(12)), "{pattern}");
        let fault = cel_value(&format!("''.matches(r'{pattern}' + '')"), &facts()).expect_err(pattern);
        assert_eq!(fault.code, Code::Pattern, "{pattern}");
    }
}

#[test]
fn values_become_json_as_the_specification_maps_them() {
    check([
        ("9007199254740991", json!(9_007_199_254_740_991_i64)),
        ("9007199254740992", json!("9007199254740992")),
        ("-9007199254740992", json!("-9007199254740992")),
        ("patient.big", json!("18446744073709551615")),
        ("1.0 / 0.0", json!("Infinity")),
        ("0.0 / 0.0", json!("NaN")),
        ("b'ab' + b'c'", json!("YWJj")),
        ("[b'', b'a', b'ab']", json!(["", "YQ==", "YWI="])),
        ("{'a': null, 'b': [true]}", json!({ "a": null, "b": [true] })),
    ]);
    for text in ["int", "[type(1)]", "{1: 2}", "{'a': {true: 1}}"] {
        assert_eq!(cel_value(text, &facts()).expect_err(text).code, Code::Kind, "{text}");
    }
}

#[test]
fn what_is_wrong_is_found_when_it_is_read() {
    for (text, code, offset) in [
        ("", Code::Syntax, 0),
        ("1 +", Code::Syntax, 3),
        ("(1", Code::Syntax, 2),
        ("a.b c", Code::Syntax, 4),
        ("1 = 2", Code::Syntax, 2),
        ("'abc", Code::Syntax, 0),
        ("x == 'a\nb'", Code::Syntax, 5),
        (r"'\q'", Code::Syntax, 0),
        (r"'\ud800'", Code::Syntax, 0),
        (r"b'\u0041'", Code::Syntax, 0),
        ("12abc", Code::Syntax, 0),
        ("while > 1", Code::Syntax, 0),
        ("a.true", Code::Syntax, 2),
        ("[1, 2].all(1, true)", Code::Syntax, 11),
        ("[1].all(a.b, true)", Code::Syntax, 8),
        ("[1].all(x, x, true)", Code::Syntax, 0),
        ("!-1", Code::Syntax, 1),
        ("f(1, )", Code::Syntax, 5),
        ("9223372036854775808", Code::Number, 0),
        ("1e999", Code::Number, 0),
        ("true && foo(1)", Code::Unknown, 8),
        ("a.foo()", Code::Unknown, 2),
        ("startsWith('a', 'b')", Code::Unknown, 0),
        ("a.map(x)", Code::Unknown, 2),
        ("a.?b", Code::Unknown, 2),
        ("Type{a: 1}", Code::Unknown, 4),
        ("size()", Code::Arguments, 0),
        ("a.startsWith()", Code::Arguments, 2),
        ("has(a)", Code::Arguments, 0),
        ("has(a.b, c)", Code::Arguments, 0),
    ] {
        let fault = Condition::cel(text).expect_err(text);
        assert_eq!((fault.code, fault.place), (code, Place::Offset(offset)), "{text}: {}", fault.message);
    }
}

#[test]
fn what_is_wrong_when_it_is_evaluated_has_a_place_and_tells_nothing_of_the_facts() {
    for (text, code, offset) in [
        ("nobody", Code::Missing, 0),
        ("true && patient.email == ''", Code::Missing, 8),
        ("tags[2]", Code::Missing, 4),
        ("patient[start]", Code::Missing, 7),
        ("patient.age.years", Code::Kind, 0),
        ("patient.name + 1", Code::Kind, 13),
        ("patient.age / 0", Code::Number, 12),
        ("int(patient.name)", Code::Number, 0),
        ("-(-9223372036854775808)", Code::Number, 0),
        ("{'a': 1, 'a': 2}", Code::Kind, 0),
        ("patient.age ? 1 : 2", Code::Kind, 12),
        ("tags.all(t, t)", Code::Kind, 12),
        ("patient.age.all(x, true)", Code::Kind, 0),
        ("duration(patient.name)", Code::Number, 0),
    ] {
        let fault = cel_value(text, &facts()).expect_err(text);
        assert_eq!((fault.code, &fault.place), (code, &Place::Offset(offset)), "{text}: {}", fault.message);
        for secret in ["سارة", "vip", "42", "2026-01-31T21"] {
            assert!(!fault.to_string().contains(secret), "{fault}");
        }
    }
    let condition = Condition::cel("patient.age").expect("a condition");
    assert_eq!(condition.holds(&facts(), Budget::default()).expect_err("no answer").code, Code::Kind);
    assert_eq!(
        Condition::cel("a == 1").expect("a condition").holds(&json!([]), Budget::default()).map_err(|f| f.code),
        Err(Code::Missing)
    );
}
