//! Switching on again. While the connection is off nothing is asked there and nothing is made of what is told; what came in
//! of either is noted where it belongs, and has its turn now.

use platform::Result;
use platform::db::{Caller, TenantTx};
use platform::jobs::{JobKind, JobRun};

use super::booking::{self, CalcomBookingId};
use super::{inbox, sync};

/// The job that gives everything its turn.
pub const JOB: JobKind = JobKind { name: "calcom.resume", max_attempts: 20, run: |job| Box::pin(run(job)) };

/// What is put into the queue in one transaction.
const PAGE: i64 = 500;

/// Puts it into the queue. Twice does no harm: whatever has had its turn is left alone.
///
/// # Errors
/// 503 when the database is away.
pub async fn enqueue(tx: &mut TenantTx) -> Result<()> {
    tx.enqueue(&JOB, &(), None).await.map(drop)
}

async fn run(job: JobRun) -> Result<()> {
    let system = Caller::system(job.practice);
    // first what was told: as long as it is not known, what we ask for may be about what there is no more
    let mut last = None;
    while let Some(next) = job.app.door.write(&system, async move |tx| inbox::again(tx, last, PAGE).await).await? {
        last = Some(next);
    }
    let mut last = None;
    while let Some(next) = job.app.door.write(&system, async move |tx| ask(tx, last).await).await? {
        last = Some(next);
    }
    Ok(())
}

/// Gives a page of bookings their turn; answers the last one of it.
async fn ask(tx: &mut TenantTx, after: Option<CalcomBookingId>) -> Result<Option<CalcomBookingId>> {
    let page = booking::unsettled(tx, after, PAGE).await?;
    for id in &page {
        sync::enqueue(tx, *id).await?;
    }
    Ok(page.last().copied())
}
