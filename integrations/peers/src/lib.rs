//! What stands in for services outside when their clients are tested, and nothing of the product: their published
//! descriptions, as `prism` serves them, and a server that answers what a test tells it to.
//!
//! Descriptions and vectors lie beside the project and are not part of it. Where they are missing, a test says so and
//! skips itself.

mod loopback;
mod prism;

use std::path::{Path, PathBuf};

pub use loopback::{Loopback, Nobody, Reply, Request};
pub use prism::Prism;

/// A description or vectors by their name there, such as `calcom/openapi.json`; nothing where they are not.
#[must_use]
pub fn contract(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/contracts").join(name);
    if !path.exists() {
        eprintln!("skipped: {name} is not beside the project");
        return None;
    }
    Some(path)
}

/// The text of one.
///
/// # Panics
/// When it is there and cannot be read.
#[must_use]
pub fn text(name: &str) -> Option<String> {
    contract(name).map(|path| std::fs::read_to_string(path).expect("a text"))
}
