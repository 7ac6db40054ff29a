//! What stands in for services outside when their clients are tested, and nothing of the product: their published
//! descriptions, as `prism` serves them, a server that answers what a test tells it to, one that hears, answers and
//! speaks, and a telephone exchange.
//!
//! Descriptions and vectors lie beside the project and are not part of it. Where they are missing, a test says so and
//! skips itself.

mod loopback;
mod prism;
mod speech;
mod twilio;

use std::path::{Path, PathBuf};

pub use loopback::{Loopback, Nobody, Reply, Request};
use platform::egress::Answer;
pub use prism::Prism;
pub use speech::{Oddity, Opened, Pace, Said, Scripted, SpeechPeer};
pub use twilio::{Phone, TwilioPeer};

/// What is written goes out at once, as it does from those that are stood in for.
pub(crate) fn at_once(stream: &mut tokio::net::TcpStream) {
    // a socket that has no such setting is as good
    let _ = stream.set_nodelay(true);
}

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

/// An answer as if it had come.
///
/// # Panics
/// When no server could answer so.
#[must_use]
pub fn answer(status: u16, body: &str, headers: &[(&'static str, &str)]) -> Answer {
    let status = status.try_into().expect("a status");
    let headers = headers.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")));
    Answer { status, headers: headers.collect(), body: body.as_bytes().to_vec() }
}
