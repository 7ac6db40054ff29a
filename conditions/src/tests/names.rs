//! The facts that conditions read.

use serde_json::{Value, json};

use crate::Condition;

fn assert_names(condition: &Condition, paths: &[&str], computed: bool) {
    let names = condition.names();
    assert_eq!(names.paths.iter().map(String::as_str).collect::<Vec<_>>(), paths, "{condition:?}");
    assert_eq!(names.computed, computed, "{condition:?}");
}

#[test]
fn a_rule_names_the_facts_that_it_reads() {
    let logic = |rule: Value, paths: &[&str], computed: bool| {
        assert_names(&Condition::logic(&rule).expect("a condition"), paths, computed);
    };
    logic(
        json!({ "and": [{ ">": [{ "var": "patient.age" }, 18] }, { "var": ["vip", { "var": "new" }] }] }),
        &["new", "patient.age", "vip"],
        false,
    );
    logic(json!([{ "var": 1 }, { "var": "" }, { "var": "a.b" }]), &["", "1", "a.b"], false);
    logic(json!({ "var": { "cat": ["a.", { "var": "key" }] } }), &["key"], true);
    logic(json!({ "missing": ["a", "b"] }), &["a", "b"], false);
    logic(json!({ "missing": { "merge": ["a", { "var": "more" }] } }), &["more"], true);
    logic(json!({ "missing_some": [1, ["a", "b"]] }), &["a", "b"], false);
    let expensive = json!({ "filter": [{ "var": "items" }, { ">": [{ "var": "price" }, 10] }] });
    logic(
        json!({ "all": [expensive, { "==": [{ "var": "tax.rate" }, 15] }] }),
        &["items", "items[].price", "items[].tax.rate"],
        false,
    );
    let sum = json!({ "+": [{ "var": "current.price" }, { "var": "accumulator" }, { "var": "current" }] });
    logic(
        json!({ "reduce": [{ "var": "items" }, sum, { "var": "start" }] }),
        &["items", "items[]", "items[].price", "start"],
        false,
    );
    logic(json!({ "map": [{ "map": [{ "var": "a" }, { "var": "b" }] }, { "var": "c" }] }), &["a", "a[].b"], false);
    logic(
        json!({ "some": [{ "var": "a" }, { "some": [{ "var": "b" }, { "var": "c" }] }] }),
        &["a", "a[].b", "a[].b[].c"],
        false,
    );
    logic(json!(true), &[], false);
}

#[test]
fn an_expression_names_the_facts_that_it_reads() {
    let cel = |text: &str, paths: &[&str]| assert_names(&Condition::cel(text).expect("a condition"), paths, false);
    cel("patient.age > 18 && (vip || has(patient.email))", &["patient.age", "patient.email", "vip"]);
    cel("a['b'].c[0] == b[key]", &["a.b.c.0", "b", "key"]);
    cel(
        "items.filter(i, i.price > limit).all(i, i['tax'].rate == 15 && i != null)",
        &["items", "items[].price", "items[].tax.rate", "limit"],
    );
    cel("items.exists(at, item, at > 0 && item.price > at.x)", &["items", "items[].price"]);
    cel("a.exists(x, x.b.exists(y, has(y.c) && x.d))", &["a", "a[].b", "a[].b[].c", "a[].d"]);
    cel("[1].map(x, x + .x)", &["x"]);
    cel("a.map(x, x.b).all(y, y.c)", &["a", "a[].b"]);
    cel("type(a) == int || a.startsWith('x') || int == string", &["a"]);
    cel("a.b.startsWith(c.d)", &["a.b", "c.d"]);
    cel("1 + 1 == 2", &[]);
}
