//! What would take for ever, or all memory, ends soon with a fault.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{Budget, Code, Condition, DEPTH, LARGEST};

/// On a thread with half the stack that threads usually have, and within seconds, even unoptimised on a busy machine.
fn soon(test: impl FnOnce() + Send + 'static) {
    let start = Instant::now();
    std::thread::Builder::new().stack_size(1024 * 1024).spawn(test).expect("a thread").join().expect("no panic");
    assert!(start.elapsed() < Duration::from_secs(20), "it took {:?}", start.elapsed());
}

fn cel_code(text: &str, facts: &Value) -> Option<Code> {
    let condition = Condition::cel(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    condition.value(facts, Budget::default()).err().map(|fault| fault.code)
}

fn logic_code(rule: &Value, facts: &Value) -> Option<Code> {
    let condition = Condition::logic(rule).unwrap_or_else(|fault| panic!("{rule}: {fault}"));
    condition.value(facts, Budget::default()).err().map(|fault| fault.code)
}

#[test]
fn deep_texts_are_refused() {
    soon(|| {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{1:", "}"),
            ("!", ""),
            ("-", ""),
            ("- ", ""),
            ("a[", "]"),
            ("f(", ")"),
            ("a.f(", ")"),
            ("1+(", ")"),
            ("true?(", "):1"),
            ("1+", ""),
            ("a.all(x,", ")"),
            ("has(", ")"),
            ("[0].map(x,", ")"),
            ("1<2==", ""),
            ("1?2:", ""),
            ("false||true&&true==1+1*(", ")"),
        ] {
            for count in [DEPTH + 1, 2 * DEPTH, 1000] {
                let text = format!("{}1{}", open.repeat(count), close.repeat(count));
                let code = Condition::cel(&text).expect_err(open).code;
                // `has` has to have a field, which is seen before it is deep
                assert!(code == Code::Depth || open == "has(" && code == Code::Arguments, "{open}: {code:?}");
            }
            let text = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
            assert_eq!(Condition::cel(&text).expect_err(open).code, Code::Size, "{open}");
        }
        for text in [
            "a".to_owned() + &".a".repeat(30_000),
            "a".to_owned() + &"[0]".repeat(20_000),
            "1".to_owned() + &"+1".repeat(30_000),
        ] {
            assert_eq!(Condition::cel(&text).expect_err("too deep").code, Code::Depth);
        }
    });
}

#[test]
fn what_is_as_deep_as_it_may_be_is_evaluated_and_long_rows_are_not_deep() {
    soon(|| {
        for (open, inner, close) in [
            ("(", "1", ")"),
            ("[", "1", "]"),
            ("{1:", "1", "}"),
            ("[0].map(x,", "1", ")"),
            ("size([", "1", "])"),
            ("!", "true", ""),
            ("[0].exists(x,", "x == 0", ")"),
            ("true ? (", "1", ") : 1"),
            ("dyn(", "1", ")"),
            ("[1][0]+(", "1", ")"),
        ] {
            let mut deepest = 0;
            for count in 1..DEPTH {
                let Ok(condition) = Condition::cel(&format!("{}{inner}{}", open.repeat(count), close.repeat(count)))
                else {
                    break;
                };
                deepest = count;
                // what it gives does not matter
                let _ = condition.holds(&json!({}), Budget::default());
                let _ = (condition.names(), condition.clone());
            }
            assert!(deepest >= 12, "{open} can be repeated {deepest} times; the specification asks for 12");
        }
        for (operator, value) in [("||", "false"), ("&&", "true")] {
            let text = vec![value; 5000].join(operator);
            assert_eq!(cel_code(&text, &json!({})), None);
        }
        let mut rule = json!(1);
        for _ in 0..DEPTH {
            rule = json!({ "if": [true, rule] });
        }
        assert_eq!(logic_code(&rule, &json!({})), None);
        let mut rule = json!(1);
        for _ in 0..DEPTH - 1 {
            rule = json!({ "map": [[1], rule] });
        }
        assert_eq!(logic_code(&rule, &json!({})), None);
    });
}

#[test]
fn deep_json_is_refused() {
    // by hand: `json!` would go down into what it is given
    let object = |members: Vec<(&str, Value)>| {
        Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    };
    let list = |inner| Value::Array(vec![json!(true), inner]);
    let wraps: [&dyn Fn(Value) -> Value; 4] =
        [&list, &|inner| object(vec![("!", inner)]), &|inner| object(vec![("and", list(inner))]), &|inner| {
            object(vec![("a", json!(1)), ("b", inner)])
        }];
    for wrap in wraps {
        let deep = (0..100_000).fold(json!(1), |inner, _| wrap(inner));
        assert_eq!(Condition::logic(&deep).expect_err("too deep").code, Code::Depth);
        // as facts, which are not read from JSON
        let facts = object(vec![("deep", deep)]);
        let rule = json!({ "cat": [{ "var": "deep" }] });
        assert!(matches!(logic_code(&rule, &facts), None | Some(Code::Depth)));
        for rule in [json!({ "var": "deep" }), json!({ "==": [{ "var": "deep" }, 1] })] {
            assert!(matches!(logic_code(&rule, &facts), None | Some(Code::Depth)));
        }
        for text in ["deep", "deep == deep", "deep in [deep]", "[deep].map(x, x)", "string(deep) == ''"] {
            assert!(matches!(cel_code(text, &facts), None | Some(Code::Depth | Code::Kind)), "{text}");
        }
        // `Value` itself would overflow the stack
        std::mem::forget(facts);
    }
}

#[test]
fn large_conditions_are_refused() {
    let large = "x".repeat(LARGEST);
    assert_eq!(Condition::logic(&json!(large)).expect_err("too large").code, Code::Size);
    assert_eq!(Condition::logic(&json!({ large.clone(): 1 })).expect_err("too large").code, Code::Size);
    assert_eq!(Condition::logic(&json!(vec![1; LARGEST])).expect_err("too large").code, Code::Size);
    assert_eq!(Condition::cel(&format!("'{large}'")).expect_err("too large").code, Code::Size);
}

#[test]
fn nested_loops_end() {
    soon(|| {
        let facts = json!({ "xs": (0..100).collect::<Vec<_>>() });
        let (mut rule, mut text) = (json!(true), "true".to_owned());
        for _ in 0..6 {
            rule = json!({ "all": [(0..100).collect::<Vec<_>>(), rule] });
            text = format!("xs.all(x, {text})");
        }
        assert_eq!(logic_code(&rule, &facts), Some(Code::Steps));
        assert_eq!(cel_code(&text, &facts), Some(Code::Steps));
        assert_eq!(cel_code(&format!("{text} || true"), &facts), Some(Code::Steps));
    });
}

#[test]
fn what_the_budget_stops_is_not_forgiven_as_other_faults_are() {
    let facts = json!({ "text": "x".repeat(1_000_000) });
    for text in [
        "text + text == '' || true",
        "[0, 1].exists(x, x == 1 || text + text == '')",
        "[0, 1].exists(x, x == 1 ? true : text + text == '')",
    ] {
        assert_eq!(cel_code(text, &facts), Some(Code::Memory), "{text}");
    }
    assert_eq!(cel_code("1 / 0 == 1 || true", &facts), None);
}

#[test]
fn doubling_ends() {
    soon(|| {
        let facts = json!({ "xs": vec![1; 200], "text": "x".repeat(1000) });
        let fold = |rule: Value, start: Value| json!({ "reduce": [{ "var": "xs" }, rule, start] });
        let sum = json!({ "var": "accumulator" });
        for (rule, start) in [
            (json!({ "cat": [sum, sum] }), json!("x")),
            (json!({ "merge": [sum, sum] }), json!([1])),
            (json!({ "cat": [[sum, sum]] }), json!("x")),
        ] {
            let code = logic_code(&fold(rule, start), &facts);
            assert!(matches!(code, Some(Code::Memory | Code::Steps)), "{code:?}");
        }
        // paid for before it is done, and not when it is too late
        let merge = json!({ "merge": vec![json!({ "var": "many" }); 1000] });
        assert_eq!(logic_code(&merge, &json!({ "many": vec![1; 60_000] })), Some(Code::Steps));
        // nested ever deeper
        for rule in [json!([sum]), json!([sum, sum]), json!({ "var": "" })] {
            assert_eq!(logic_code(&fold(rule.clone(), json!(1)), &facts), Some(Code::Depth), "{rule}");
        }
        // shared in memory, and huge when it is written out
        let shared = json!({ "reduce": [vec![1; 60], [sum, sum], 1] });
        for rule in
            [shared.clone(), json!({ "cat": shared }), json!({ "==": [shared, 1] }), json!({ "+": [shared, 1] })]
        {
            let code = logic_code(&rule, &facts);
            assert!(matches!(code, Some(Code::Memory | Code::Steps)), "{code:?}");
        }
        let doubled = |what: &str, count: usize| format!("[{what}]{}", ".map(x, [x, x])".repeat(count));
        for text in [
            format!("['x']{}", ".map(x, x + x)".repeat(40)),
            format!("[[1]]{}", ".map(x, x + x)".repeat(40)),
            format!("[b'x']{}", ".map(x, x + x)".repeat(40)),
            doubled("1", 40),
            format!("{0} == {0}", doubled("1", 40)),
            format!("{} in [1]", doubled("1", 40)),
        ] {
            let code = cel_code(&text, &facts);
            let compared_at_once = text.ends_with("in [1]");
            assert!(matches!(code, Some(Code::Memory | Code::Steps)) || compared_at_once, "{text}: {code:?}");
        }
    });
}

#[test]
fn large_facts_are_paid_for() {
    soon(|| {
        let text = "ab".repeat(1_000_000);
        let (other, xs) = (text.clone() + "c", vec![text.clone(); 3]);
        let facts = json!({ "text": text, "other": other, "xs": xs, "key": { text.clone(): 1 } });
        for expression in [
            "text.contains('c')",
            "text == other",
            "text < other",
            "size(text) > 0",
            "text in xs",
            "key[text] == 2",
            "text in key",
            "key == {text: 1}",
            "{text: 1}[text] == 2",
            "text.matches('c')",
            "text.startsWith('c')",
            "bytes(text) == b''",
            "text + text == ''",
            "int(text) == 1",
            "timestamp(text) == timestamp(0)",
        ] {
            let looped = format!("[0,1,2,3,4,5,6,7,8,9].all(a, [0,1,2,3,4,5,6,7,8,9].all(b, !({expression}) || true))");
            let code = cel_code(&looped, &facts);
            assert!(matches!(code, Some(Code::Steps | Code::Memory)), "{expression}: {code:?}");
        }
        let text = || json!({ "var": "text" });
        for rule in [
            json!({ "==": [text(), { "var": "other" }] }),
            json!({ "<": [text(), { "var": "other" }] }),
            json!({ "in": ["c", text()] }),
            json!({ "in": [text(), { "var": "xs" }] }),
            json!({ "+": [text(), 1] }),
            json!({ "-": [text(), 1] }),
            json!({ "substr": [text(), 1, 1] }),
            json!({ "cat": [text(), text()] }),
            json!({ "var": "text.length" }),
            json!({ "var": [text()] }),
        ] {
            let many = json!({ "cat": vec![json!({ "!": rule }); 100] });
            let code = logic_code(&many, &facts);
            assert!(matches!(code, Some(Code::Steps | Code::Memory)), "{rule}: {code:?}");
        }
    });
}

#[test]
fn patterns_end() {
    soon(|| {
        // texts and patterns that make others slow
        let text: String = (0..60_000_u64)
            .map(|at| if at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 63 == 0 { 'a' } else { 'b' })
            .collect();
        let facts = json!({ "text": text, "pattern": "[ab]*a[ab]{200}q" });
        for pattern in ["(x+x+)+y", "(a?){200}a{200}q", "[ab]*a[ab]{200}q", "(a|b|ab)*c", "([ab]*a[ab]{9})+q"] {
            assert_eq!(cel_code(&format!("text.matches('{pattern}')"), &facts), None, "{pattern}");
        }
        for expression in ["text.matches('[ab]*a[ab]{200}q')", "''.matches(pattern)"] {
            let looped = format!("[0,1,2,3,4,5,6,7,8,9].exists(a, [0,1,2,3,4,5,6,7,8,9].exists(b, {expression}))");
            assert_eq!(cel_code(&looped, &facts), Some(Code::Steps), "{expression}");
        }
    });
}

#[test]
fn a_budget_of_more_lets_more_through() {
    let condition = Condition::cel("xs.all(x, x >= 0)").expect("a condition");
    let facts = json!({ "xs": (0..10_000).collect::<Vec<_>>() });
    let with = |steps| condition.holds(&facts, Budget { steps, memory: 0 }).map_err(|fault| fault.code);
    assert_eq!((with(10_000), with(100_000)), (Err(Code::Steps), Ok(true)));
    let condition = Condition::cel("text + text != ''").expect("a condition");
    let facts = json!({ "text": "x".repeat(1000) });
    let with = |memory| condition.holds(&facts, Budget { steps: 100_000, memory }).map_err(|fault| fault.code);
    assert_eq!((with(1999), with(2000)), (Err(Code::Memory), Ok(true)));
}

#[test]
fn conditions_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<Condition>();
}
