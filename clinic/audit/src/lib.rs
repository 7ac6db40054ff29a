//! The ledger: who did and saw what. Sealed into Merkle trees, verified, looked at, taken out.

pub mod bundle;
mod check;
pub mod checkpoint;
mod entry;
pub mod evidence;
mod export;
mod lag;
mod latest;
mod leaf;
mod list;
pub mod merkle;
pub mod note;
pub mod prove;
pub mod retention;
mod retired;
pub mod sealer;
mod store;
#[cfg(test)]
mod tests;
pub mod verify;

use platform::db::Caller;
use platform::jobs::{JobKind, Schedule};
use platform::record::Change;
use platform::routes::Routes;
use platform::worker::Loop;
use platform::{App, Result};
use serde_json::json;

pub use lag::{Lag, lag};
pub use retired::Retired;

/// The routes of this area.
#[must_use]
pub fn routes() -> Routes {
    latest::routes().merge(list::routes()).merge(entry::routes()).merge(export::routes())
}

/// The jobs of this area.
#[must_use]
pub fn jobs() -> Vec<JobKind> {
    vec![export::JOB]
}

/// What recurs.
#[must_use]
pub fn schedules() -> Vec<Schedule> {
    vec![export::SWEEP, retention::SCHEDULE]
}

/// What goes on all the time.
#[must_use]
pub fn loops() -> Vec<Loop> {
    vec![Loop { name: "audit.sealer", run: |app| Box::pin(sealer::run(app)) }]
}

/// Notes in the ledger that it was taken out, before it is.
///
/// # Errors
/// 503 when the database is away.
pub async fn record_export(app: &App, caller: &Caller, format: &'static str) -> Result<()> {
    let export = async move |tx: &mut platform::db::TenantTx| {
        let practice = tx.practice();
        tx.record(Change::done("export", "ledger", practice).with(json!({ "format": format }))).await
    };
    app.door.write_regardless(caller, export).await
}
