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

impl Visits {
    /// As they were written down; what has begun by now is not to come.
    pub(crate) fn at(now: Timestamp, last: Option<jiff_sqlx::Timestamp>, next: Option<jiff_sqlx::Timestamp>) -> Self {
        Self { last: last.map(|at| at.to_jiff()), next: next.map(|at| at.to_jiff()).filter(|at| *at > now) }
    }

    /// Those of two who are one.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { last: self.last.max(other.last), next: [self.next, other.next].into_iter().flatten().min() }
    }
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
