//! Runs that are taken up: locked, opened, with their records as they are now.

use std::sync::Arc;

use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::{Error, Result};
use uuid::Uuid;

use super::{Going, Loaded, data_place, load_subjects, plan_of};
use crate::decide::State;

/// A run that was taken up.
#[derive(Debug)]
pub(crate) struct Taken {
    pub going: Going,
    pub subject: Option<(String, Uuid)>,
    pub signalled: Option<Timestamp>,
    pub started: Timestamp,
    /// Its record is no longer there.
    pub gone: bool,
}

/// Takes up those runs whose leases are still the given ones. Rows are locked in one order, whoever locks several.
pub(crate) async fn take_up(tx: &mut TenantTx, claimed: &[(Uuid, Uuid)]) -> Result<Vec<Taken>> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select r.id, r.workflow_id, r.version, r.subject_type, r.subject_id, r.patient_id, r.test, r.chain, r.data,
                r.attempts, r.signalled_at, r.started_at
           from unnest($2::uuid[], $3::uuid[]) mine (id, lease)
           join automation.run r on r.practice_id = $1 and r.id = mine.id and r.lease = mine.lease
          where r.state in ('running', 'waiting')
          order by r.id for update of r",
        practice,
        &claimed.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
        &claimed.iter().map(|(_, lease)| *lease).collect::<Vec<_>>(),
    )
    .fetch_all(tx.conn())
    .await?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        let plain = tx.open(data_place(row.id), &row.data).await?;
        let state: State = serde_json::from_slice(&plain).map_err(Error::internal)?;
        let going = Going {
            id: row.id,
            workflow: row.workflow_id,
            plan: plan_of(tx, row.workflow_id, row.version).await?,
            state,
            patient: row.patient_id,
            test: row.test,
            chain: Arc::from(row.chain),
            attempts: row.attempts,
        };
        taken.push(Taken {
            going,
            subject: row.subject_type.zip(row.subject_id),
            signalled: row.signalled_at.map(|at| at.to_jiff()),
            started: row.started_at.to_jiff(),
            gone: false,
        });
    }
    refresh(tx, &mut taken).await?;
    Ok(taken)
}

/// Whoever waited, or tries again, sees its record as it is now.
async fn refresh(tx: &mut TenantTx, taken: &mut [Taken]) -> Result<()> {
    let is_stale = |one: &Taken| one.going.state.waiting.is_some() || one.going.attempts > 0;
    let wanted: Vec<_> = taken.iter().filter(|one| is_stale(one)).filter_map(|one| one.subject.clone()).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let loaded: Loaded = load_subjects(tx, wanted).await?;
    for one in taken.iter_mut().filter(|one| is_stale(one)) {
        if let Some((kind, id)) = &one.subject {
            one.gone = !loaded.show(kind, *id, &mut one.going.state.vars);
        }
    }
    Ok(())
}
