//! What a booking was ever named there: moving it gives it another name.

use platform::Result;
use platform::db::TenantTx;
use platform::record::Change;

use super::{Booking, CalcomBookingId};

/// Notes what a booking is named there, and whether that one is over: another one has taken its place. The caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn name(tx: &mut TenantTx, id: CalcomBookingId, uid: &str, ended: bool) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "insert into scheduling.calcom_uid as u (practice_id, uid, booking_id, ended) values ($1, $2, $3, $4)
         on conflict (practice_id, uid) do update set booking_id = $3, ended = u.ended or $4",
        practice,
        uid,
        id.uuid(),
        ended,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Notes that the booking of this name is over for good; what is still said of it counts no more. The caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn end(tx: &mut TenantTx, uid: &str) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!("update scheduling.calcom_uid set ended = true where practice_id = $1 and uid = $2", practice, uid)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Whether the booking of this name is over for good: cancelled, or another one has taken its place.
///
/// # Errors
/// 503 when the database is away.
pub async fn has_ended(tx: &mut TenantTx, uid: &str) -> Result<bool> {
    let practice = tx.practice();
    let ended = sqlx::query_scalar!(
        "select ended from scheduling.calcom_uid where practice_id = $1 and uid = $2",
        practice,
        uid
    );
    Ok(ended.fetch_optional(tx.conn()).await?.unwrap_or(false))
}

/// Gives everything that one is named to another, and forgets it. The caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn merge(tx: &mut TenantTx, into: CalcomBookingId, gone: &Booking) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update scheduling.calcom_uid set booking_id = $3 where practice_id = $1 and booking_id = $2",
        practice,
        gone.id.uuid(),
        into.uuid(),
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("delete from scheduling.calcom_booking where practice_id = $1 and id = $2", practice, gone.id.uuid())
        .execute(tx.conn())
        .await?;
    tx.record(Change::deleted("calcom_booking", gone.id.uuid(), gone)).await
}
