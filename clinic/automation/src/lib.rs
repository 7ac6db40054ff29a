//! Automation: what happens in a practice becomes what is to be done about it. The engine knows no other area: each
//! declares its own blocks, and the server hands them over.

pub mod block;
mod builtin;
pub mod check;
pub mod definition;
mod diff;
mod recurrence;
mod registry;
mod template;

pub use registry::{Clinic, Facts, Opening, install};
