//! Automation: what happens in a practice becomes what is to be done about it. The engine knows no other area: each
//! declares its own blocks, and the server hands them over.

pub mod block;
pub mod day;
#[cfg(feature = "testing")]
pub mod testing;
