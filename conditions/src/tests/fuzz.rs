//! Anything that could be written or sent: nothing panics, and everything ends within its budget.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::published;
use crate::{Budget, Code, Condition};

const OPERATORS: [&str; 38] = [
    "var",
    "missing",
    "missing_some",
    "if",
    "?:",
    "==",
    "===",
    "!=",
    "!==",
    "!",
    "!!",
    "or",
    "and",
    ">",
    ">=",
    "<",
    "<=",
    "max",
    "min",
    "+",
    "-",
    "*",
    "/",
    "%",
    "map",
    "reduce",
    "filter",
    "all",
    "none",
    "some",
    "merge",
    "in",
    "cat",
    "substr",
    "log",
    "foo",
    "",
    "a/b~c",
];

const WORDS: [&str; 70] = [
    "a",
    "b",
    "xs",
    "x",
    "t",
    "0",
    "1",
    "2u",
    "-1",
    "9223372036854775807",
    "1.5",
    "1e308",
    "''",
    "'a'",
    "\"é\"",
    "b'\\xff'",
    "r'\\'",
    "'''",
    "true",
    "false",
    "null",
    "in",
    "&&",
    "||",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "?",
    ":",
    ".",
    ",",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "`",
    "//",
    "\n",
    "\\",
    "has(a.b)",
    "size",
    "int(",
    "uint(",
    "double(",
    "string(",
    "bytes(",
    "type(",
    "dyn(",
    "timestamp('2026-01-01T00:00:00Z')",
    "duration('1h')",
    ".getHours(",
    ".map(x, ",
    ".all(x, ",
    ".exists(i, x, ",
    ".filter(x, ",
    ".transformMap(k, v, ",
    ".matches('a+')",
    ".matches(",
    "٣",
];

/// Expressions to be damaged.
const EXPRESSIONS: [&str; 12] = [
    "a.b > 18 && 'vip' in xs && t.startsWith('x')",
    "xs.all(x, x > 0) || xs.exists(i, x, i == x)",
    "has(a.b) ? a.b : {'k': [1, 2u, 3.0, b'\\x00']}['k'][0]",
    "timestamp('2026-01-01T00:00:00Z').getHours('Asia/Riyadh') >= 8",
    "timestamp(t) - duration('1h30m') < timestamp('2026-01-01T00:00:00+03:00')",
    "t.matches('^[\\\\w.]+@[a-z]{2,5}$') && size(t) < 100",
    "xs.map(x, x * 2).filter(x, x % 3 == 1).exists_one(x, x == 4)",
    "int('12') + int(3.7) - int(5u) == -(-10)",
    "type(a) == map && string(1.5e-7) + \"\\u00e9\" != ''",
    "xs.transformList(i, v, i + v) + [xs[0], xs[1 - 1]] == []",
    "{1: 'a', true: 'b', 'c': null}.map(k, dyn(k)).size() == 3",
    "a.`b-c`.d['e'].f(1)[2] in [[[]]]",
];

fn facts() -> impl Strategy<Value = Value> {
    (values(), values(), values()).prop_map(|(a, xs, t)| json!({ "a": a, "b": 1, "xs": [xs, 2], "t": t }))
}

fn leaves() -> BoxedStrategy<Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3..5_i64).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "",
            "a",
            "a.b",
            "xs.0",
            "length",
            "current",
            "accumulator",
            "3px",
            "-1e400",
            "Infinity"
        ])
        .prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ]
    .boxed()
}

fn values() -> BoxedStrategy<Value> {
    leaves()
        .prop_recursive(4, 16, 4, |inner| {
            prop_oneof![prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from), objects(inner)]
        })
        .boxed()
}

/// Rules, mostly with operators that there are and enough arguments.
fn rules() -> BoxedStrategy<Value> {
    let operators = || prop::sample::select(OPERATORS.to_vec());
    leaves()
        .prop_recursive(6, 40, 4, move |inner| {
            let many = prop::collection::vec(inner.clone(), 0..4);
            let call = (operators(), many.clone());
            let bare = (operators(), inner.clone());
            prop_oneof![
                6 => call.prop_map(|(operator, arguments)| json!({ operator: arguments })),
                2 => bare.prop_map(|(operator, argument)| json!({ operator: argument })),
                1 => many.prop_map(Value::from),
                1 => objects(inner),
            ]
        })
        .boxed()
}

fn objects(values: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    prop::collection::btree_map("[ab]{0,2}", values, 0..3)
        .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into())
}

/// Where a text is damaged, how, and with which word.
fn damages() -> impl Strategy<Value = Vec<(prop::sample::Index, prop::sample::Index, usize, &'static str)>> {
    let place = any::<prop::sample::Index>;
    prop::collection::vec((place(), place(), 0..4_usize, prop::sample::select(WORDS.to_vec())), 0..3)
}

/// Evaluates what can be read. Whether it ends is seen by the test ending.
fn try_all(condition: &Condition, facts: &Value) -> Result<(), TestCaseError> {
    let budget = Budget { steps: 2_000, memory: 16 * 1024 };
    let value = condition.value(facts, budget);
    let again = condition.value(facts, budget);
    prop_assert_eq!(&value, &again, "the same twice");
    if let Ok(value) = value {
        prop_assert!(value.to_string().len() <= 16 * 1024 * 6, "an answer is within the memory");
    }
    let _ = condition.holds(facts, budget);
    let _ = condition.names();
    let nothing = Budget { steps: 0, memory: 0 };
    prop_assert_eq!(condition.holds(facts, nothing).expect_err("no step").code, Code::Steps);
    Ok(())
}

/// A text with a part cut out, doubled, or replaced by a word.
fn damage(text: &str, from: prop::sample::Index, to: prop::sample::Index, how: usize, word: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (a, b) = (from.index(chars.len() + 1), to.index(chars.len() + 1));
    let (from, to) = (a.min(b), a.max(b));
    let part = |chars: &[char]| chars.iter().collect::<String>();
    let (start, middle, end) = (part(&chars[..from]), part(&chars[from..to]), part(&chars[to..]));
    match how {
        0 => format!("{start}{end}"),
        1 => format!("{start}{middle}{middle}{end}"),
        2 => format!("{start}{word}{end}"),
        _ => format!("{start}{word}{middle}{end}"),
    }
}

fn sources() -> Vec<String> {
    let mut sources: Vec<String> = EXPRESSIONS.iter().map(|text| (*text).to_owned()).collect();
    if let Some(files) = published("cel/conformance.simple.json") {
        let cases = files.as_object().into_iter().flat_map(Map::values).filter_map(Value::as_array).flatten();
        sources.extend(cases.filter_map(|case| case["expr"].as_str()).map(str::to_owned));
    }
    sources
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_json_is_a_rule_or_a_fault(rule in rules(), facts in facts()) {
        if let Ok(condition) = Condition::logic(&rule) {
            try_all(&condition, &facts)?;
        }
    }

    #[test]
    fn any_text_is_an_expression_or_a_fault(text in any::<String>(), facts in facts()) {
        if let Ok(condition) = Condition::cel(&text) {
            try_all(&condition, &facts)?;
        }
    }

    #[test]
    fn any_words_are_an_expression_or_a_fault(
        words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..14),
        facts in facts(),
    ) {
        if let Ok(condition) = Condition::cel(&words.join(" ")) {
            try_all(&condition, &facts)?;
        }
    }

    #[test]
    fn damaged_expressions_are_expressions_or_faults(
        text in prop::sample::select(sources()),
        damages in damages(),
        facts in facts(),
    ) {
        let text = damages.into_iter().fold(text, |text, (from, to, how, word)| damage(&text, from, to, how, word));
        if let Ok(condition) = Condition::cel(&text) {
            try_all(&condition, &facts)?;
        }
    }

    #[test]
    fn any_pattern_is_bounded(pattern in ".{0,40}", text in ".{0,40}") {
        let condition = Condition::cel("text.matches(pattern)").expect("an expression");
        try_all(&condition, &json!({ "text": text, "pattern": pattern }))?;
    }
}
