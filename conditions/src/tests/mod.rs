//! Conformance with what others have published, properties of anything that could be written, and what we promise.

mod cel_conformance;
mod logic_conformance;

use serde_json::Value;

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
