//! Whose turn it is: one job at a time works on a booking.

use jiff::SignedDuration;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::jobs::JobId;

use super::CalcomBookingId;

/// Lets a job work on a booking for a while, unless another one does.
///
/// # Errors
/// 503 to try again in a moment.
pub async fn take(tx: &mut TenantTx, id: CalcomBookingId, job: JobId) -> Result<()> {
    let (practice, now) = (tx.practice(), tx.now());
    let until = now.checked_add(SignedDuration::from_secs(90)).map_err(Error::internal)?;
    let taken = sqlx::query!(
        "update scheduling.calcom_booking set job_id = $3, job_until = $4
          where practice_id = $1 and id = $2 and (job_id is null or job_id = $3 or job_until <= $5)",
        practice,
        id.uuid(),
        job.uuid(),
        jiff_sqlx::Timestamp::from(until) as _,
        jiff_sqlx::Timestamp::from(now) as _,
    )
    .execute(tx.conn())
    .await?;
    if taken.rows_affected() == 1 {
        return Ok(());
    }
    Err(Error::unavailable("calcom.busy", "Another job works on this booking."))
}

/// Lets other jobs work on it.
///
/// # Errors
/// 503 when the database is away.
pub async fn give_back(tx: &mut TenantTx, id: CalcomBookingId, job: JobId) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update scheduling.calcom_booking set job_id = null, job_until = null
          where practice_id = $1 and id = $2 and job_id = $3",
        practice,
        id.uuid(),
        job.uuid(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
