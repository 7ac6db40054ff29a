//! When patients were here last and come next: kept by whoever keeps appointments, for lists to be filtered by.

use std::collections::HashMap;

use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;
use uuid::Uuid;

/// When somebody was here last, and when they come next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Visits {
    /// The latest visit.
    pub last: Option<Timestamp>,
    /// The first that is to come.
    pub next: Option<Timestamp>,
}

/// The visits of these patients and of everybody who was merged into them, as one: of pairs of a patient and such a part.
///
/// # Errors
/// 503 when the database is away.
pub async fn of_all(tx: &mut TenantTx, parts: &[(Uuid, Uuid)]) -> Result<HashMap<Uuid, Visits>> {
    let (whole, part): (Vec<Uuid>, Vec<Uuid>) = parts.iter().copied().unzip();
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let rows = sqlx::query!(
        r#"select n.whole as "whole!", max(p.last_visit_at) as "last: jiff_sqlx::Timestamp",
                  min(p.next_visit_at) filter (where p.next_visit_at > $4) as "next: jiff_sqlx::Timestamp"
             from unnest($2::uuid[], $3::uuid[]) n (whole, part)
             join patients.patient p on p.practice_id = $1 and p.id = n.part group by n.whole"#,
        practice,
        &whole,
        &part,
        now as _,
    )
    .fetch_all(tx.conn())
    .await?;
    let visits = rows.into_iter().map(|row| {
        let visits = Visits { last: row.last.map(|at| at.to_jiff()), next: row.next.map(|at| at.to_jiff()) };
        (row.whole, visits)
    });
    Ok(visits.collect())
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
