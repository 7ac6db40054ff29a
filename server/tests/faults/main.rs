//! What must not happen when things break: the real binary with its private PostgreSQL, which is killed, cut off,
//! starved and started again, while clients keep count of everything that was acknowledged to them.
//!
//! `cargo test -p server --test faults -- --nocapture` shows the figures.

mod at_work;
mod automation_fairness;
mod automation_kills;
mod automation_open;
mod automation_truth;
mod calcom;
mod calls;
mod client;
mod database_gone;
mod disconnect_storm;
mod disk_full;
mod hostile;
mod kill_9;
mod load;
mod passing;
mod restart;
mod running;
mod slow_client;
mod tagging;
mod truth;

/// For the receiver of the webhooks' own tests, which asks its crate for it.
use webhooks::sign;
