//! The same condition in both languages, and evaluated by hand.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{Budget, Condition};

/// Names of facts, and of which kind they are.
const NUMBERS: [&str; 2] = ["visit.price", "age"];
const TEXTS: [&str; 2] = ["visit.status", "name"];

#[derive(Clone, Debug)]
enum Tree {
    Number(&'static str, &'static str, i32),
    Text(&'static str, &'static str, String),
    Member(&'static str, Vec<String>),
    Flag(&'static str),
    Not(Box<Tree>),
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Choice(Box<[Tree; 3]>),
}

#[derive(Clone, Debug)]
struct Facts {
    numbers: [i32; 2],
    texts: [String; 2],
    flag: bool,
}

impl Facts {
    fn json(&self) -> Value {
        json!({
            "visit": { "price": f64::from(self.numbers[0]) / 4.0, "status": self.texts[0] },
            "age": self.numbers[1],
            "name": self.texts[1],
            "vip": self.flag,
        })
    }

    /// In quarters.
    fn number(&self, name: &str) -> i64 {
        if name == NUMBERS[0] { i64::from(self.numbers[0]) } else { i64::from(self.numbers[1]) * 4 }
    }

    fn text(&self, name: &str) -> &str {
        if name == TEXTS[0] { &self.texts[0] } else { &self.texts[1] }
    }
}

fn compare<T: PartialOrd>(a: &T, operator: &str, b: &T) -> bool {
    match operator {
        "==" => a == b,
        "!=" => a != b,
        "<" => a < b,
        "<=" => a <= b,
        ">" => a > b,
        _ => a >= b,
    }
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

impl Tree {
    fn logic(&self) -> Value {
        let all = |trees: &[Tree]| trees.iter().map(Tree::logic).collect::<Vec<_>>();
        match self {
            Self::Number(name, operator, number) => json!({ *operator: [{ "var": name }, number] }),
            Self::Text(name, operator, text) => json!({ *operator: [{ "var": name }, text] }),
            Self::Member(name, list) => json!({ "in": [{ "var": name }, list] }),
            Self::Flag(name) => json!({ "var": name }),
            Self::Not(tree) => json!({ "!": tree.logic() }),
            Self::All(trees) => json!({ "and": all(trees) }),
            Self::Any(trees) => json!({ "or": all(trees) }),
            Self::Choice(trees) => json!({ "if": all(&**trees) }),
        }
    }

    fn cel(&self) -> String {
        let all = |trees: &[Tree], operator: &str| trees.iter().map(Tree::cel).collect::<Vec<_>>().join(operator);
        match self {
            Self::Number(name, operator, number) => format!("{name} {operator} {number}"),
            Self::Text(name, operator, text) => format!("{name} {operator} {}", quote(text)),
            Self::Member(name, list) => {
                format!("{name} in [{}]", list.iter().map(|text| quote(text)).collect::<Vec<_>>().join(", "))
            }
            Self::Flag(name) => (*name).to_owned(),
            Self::Not(tree) => format!("!({})", tree.cel()),
            Self::All(trees) => format!("({})", all(trees, " && ")),
            Self::Any(trees) => format!("({})", all(trees, " || ")),
            Self::Choice(trees) => format!("({} ? {} : {})", trees[0].cel(), trees[1].cel(), trees[2].cel()),
        }
    }

    fn holds(&self, facts: &Facts) -> bool {
        match self {
            Self::Number(name, operator, number) => compare(&facts.number(name), operator, &(i64::from(*number) * 4)),
            Self::Text(name, operator, text) => compare(&facts.text(name), operator, &text.as_str()),
            Self::Member(name, list) => list.iter().any(|text| text == facts.text(name)),
            Self::Flag(_) => facts.flag,
            Self::Not(tree) => !tree.holds(facts),
            Self::All(trees) => trees.iter().all(|tree| tree.holds(facts)),
            Self::Any(trees) => trees.iter().any(|tree| tree.holds(facts)),
            Self::Choice(trees) => trees[if trees[0].holds(facts) { 1 } else { 2 }].holds(facts),
        }
    }
}

/// Few different ones, so that they are often equal.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![Just("booked".to_owned()), Just("سارة".to_owned()), "[ab'\\\\ ]{0,2}", "[a-zA-Zء-ي0-9]{0,4}"]
}

fn trees() -> impl Strategy<Value = Tree> {
    let operator = || prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let leaf = prop_oneof![
        (prop::sample::select(NUMBERS.to_vec()), operator(), -5..5_i32).prop_map(|(a, b, c)| Tree::Number(a, b, c)),
        (prop::sample::select(TEXTS.to_vec()), operator(), texts()).prop_map(|(a, b, c)| Tree::Text(a, b, c)),
        (prop::sample::select(TEXTS.to_vec()), prop::collection::vec(texts(), 0..4))
            .prop_map(|(name, list)| Tree::Member(name, list)),
        Just(Tree::Flag("vip")),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|tree| Tree::Not(Box::new(tree))),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Tree::All),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Tree::Any),
            [inner.clone(), inner.clone(), inner].prop_map(|trees| Tree::Choice(Box::new(trees))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn both_languages_agree_with_what_is_meant(
        tree in trees(),
        numbers in [-20..20_i32, -5..5_i32],
        texts in [texts(), texts()],
        flag in any::<bool>(),
    ) {
        let facts = Facts { numbers, texts, flag };
        let meant = tree.holds(&facts);
        let logic = Condition::logic(&tree.logic()).expect("a rule");
        prop_assert_eq!(logic.holds(&facts.json(), Budget::default()), Ok(meant), "{}", tree.logic());
        let cel = Condition::cel(&tree.cel()).expect("an expression");
        prop_assert_eq!(cel.holds(&facts.json(), Budget::default()), Ok(meant), "{}", tree.cel());
        prop_assert_eq!(logic.names(), cel.names());
    }
}
