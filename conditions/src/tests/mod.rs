//! Conformance with what others have published, properties of anything that could be written, and what we promise.

mod agreement;
mod bounds;
mod cel;
mod cel_conformance;
mod fuzz;
mod logic;
mod logic_conformance;
mod names;
mod oracles;

use serde_json::Value;

use crate::{Budget, Condition, Fault};

/// A published file, where it lies beside the project or where `VANTAGE_CONTRACTS` says. Without it, a test says so and
/// proves nothing.
fn published(name: &str) -> Option<Value> {
    #[expect(clippy::disallowed_methods, reason = "tests are not configured; where the files lie is up to the machine")]
    let folder = std::env::var("VANTAGE_CONTRACTS")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/contracts").to_owned());
    let path = format!("{folder}/{name}");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: there is no {path}");
        return None;
    };
    Some(serde_json::from_str(&text).expect("json"))
}

/// The value of JSONLogic.
fn logic_value(rule: &Value, facts: &Value) -> Result<Value, Fault> {
    Condition::logic(rule)?.value(facts, Budget::default())
}

/// The value of CEL.
fn cel_value(text: &str, facts: &Value) -> Result<Value, Fault> {
    Condition::cel(text)?.value(facts, Budget::default())
}
