//! What must not happen when things break: the real binary with its private PostgreSQL, which is killed, cut off,
//! starved and started again, while clients keep count of everything that was acknowledged to them.
//!
//! `cargo test -p server --test faults -- --nocapture` shows the figures.

mod calcom;
mod client;
mod database_gone;
mod disconnect_storm;
mod disk_full;
mod kill_9;
mod load;
mod restart;
mod running;
mod slow_client;
mod truth;
