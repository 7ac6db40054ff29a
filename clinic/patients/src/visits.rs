//! When patients were here last and come next: kept by whoever keeps appointments, for lists to be filtered by.

use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;

/// When somebody was here last, and when they come next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Visits {
    /// The latest visit.
    pub last: Option<Timestamp>,
    /// The first that is to come.
    pub next: Option<Timestamp>,
}

/// Says when a patient was here last and comes next. It is no change of the record: its version stays.
///
/// # Errors
/// 503 when the database is away.
pub async fn set_visits(
    tx: &mut TenantTx,
    id: PatientId,
    last: Option<Timestamp>,
    next: Option<Timestamp>,
) -> Result<()> {
    let (practice, at) = (tx.practice(), |at: Option<Timestamp>| at.map(jiff_sqlx::Timestamp::from));
    sqlx::query!(
        "update patients.patient set last_visit_at = $3, next_visit_at = $4
          where practice_id = $1 and id = $2 and (last_visit_at, next_visit_at) is distinct from ($3, $4)",
        practice,
        id.uuid(),
        at(last) as _,
        at(next) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
