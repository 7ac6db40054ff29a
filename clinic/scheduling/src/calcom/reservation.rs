//! While a slot is held here it is reserved there. What nobody gives back there ends by itself, as the hold does here.

use jiff::Timestamp;
use platform::Result;
use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::jobs::{JobKind, JobRun};
use platform::outbox::Subscriber;
use platform::record::Change;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::mapping;
use super::peer::Access;
use super::settings;
use crate::holds::{self, HoldId};

/// The job that reserves and gives back.
pub const JOB: JobKind = JobKind { name: "calcom.reserve", max_attempts: 3, run: |job| Box::pin(run(job)) };

/// What is to be done about a hold.
#[derive(Serialize, Deserialize)]
enum Task {
    /// It was made.
    Reserve(HoldId),
    /// It was given back.
    Release(HoldId),
}

/// Hears of holds.
pub fn subscriber() -> Subscriber {
    Subscriber {
        name: "calcom.reservations",
        wants: |name| name == "hold.created" || name == "hold.released",
        handle: |tx, event| {
            Box::pin(async move {
                if !settings::is_on(tx).await? {
                    return Ok(());
                }
                let hold = HoldId(event.subject_id);
                let task = if event.name == "hold.created" { Task::Reserve(hold) } else { Task::Release(hold) };
                tx.enqueue(&JOB, &task, None).await.map(drop)
            })
        },
    }
}

async fn run(job: JobRun) -> Result<()> {
    match serde_json::from_value(job.payload.clone()).map_err(Error::internal)? {
        Task::Reserve(hold) => reserve(job, hold).await,
        Task::Release(hold) => release(job, hold).await,
    }
}

/// A reservation that does not come about is no fault of anybody: booking finds out.
async fn reserve(job: JobRun, hold: HoldId) -> Result<()> {
    let system = Caller::system(job.practice);
    let wanted = job.app.door.read(&system, async move |tx| wanted(tx, hold).await).await?;
    let Some((access, event_type, start, minutes)) = wanted else { return Ok(()) };
    let Ok(made) = access.provider(&job.app, job.practice)?.reserve(event_type, start, minutes).await else {
        return Ok(());
    };
    let still_held = job
        .app
        .door
        .write(&system, async move |tx| {
            let practice = tx.practice();
            let at = jiff_sqlx::Timestamp::from;
            sqlx::query!(
                "insert into scheduling.calcom_reservation (practice_id, hold_id, event_type_id, starts_at, uid, until)
                 values ($1, $2, $3, $4, $5, $6) on conflict (practice_id, hold_id) do nothing",
                practice,
                hold.uuid(),
                event_type,
                at(start) as _,
                made.reservation_uid.clone(),
                at(made.reservation_until) as _,
            )
            .execute(tx.conn())
            .await?;
            tx.record(Change::done("reserve", "hold", hold.uuid())).await?;
            Ok(holds::find(tx, hold).await?.is_some())
        })
        .await?;
    if still_held { Ok(()) } else { release(job, hold).await }
}

async fn wanted(tx: &mut TenantTx, hold: HoldId) -> Result<Option<(Access, i64, Timestamp, i32)>> {
    let Some(held) = holds::find(tx, hold).await? else { return Ok(None) };
    let Some(access) = Access::of(tx).await? else { return Ok(None) };
    let left = held.expires_at.duration_since(tx.now()).as_mins().max(0) + 1;
    let mappings = mapping::of_service(tx, held.service_id).await?;
    let mapping = mapping::for_provider(&mappings, held.provider_id);
    Ok(mapping.map(|mapping| (access, mapping.event_type_id, held.start, i32::try_from(left).unwrap_or(5))))
}

async fn release(job: JobRun, hold: HoldId) -> Result<()> {
    let system = Caller::system(job.practice);
    let gone = job
        .app
        .door
        .write(&system, async move |tx| {
            let practice = tx.practice();
            let uid = sqlx::query_scalar!(
                "delete from scheduling.calcom_reservation where practice_id = $1 and hold_id = $2 returning uid",
                practice,
                hold.uuid(),
            )
            .fetch_optional(tx.conn())
            .await?;
            let Some(uid) = uid else { return Ok(None) };
            tx.record(Change::done("release", "hold", hold.uuid())).await?;
            // switched off meanwhile, it ends there by itself
            Ok(Access::of(tx).await?.map(|access| (uid, access)))
        })
        .await?;
    if let Some((uid, access)) = gone {
        // one that stays ends by itself
        let _ = access.provider(&job.app, job.practice)?.release(&uid).await;
    }
    Ok(())
}

/// Reservations of a slot whose hold is over, booked or not, to be given back before somebody else books it; and forgets
/// those that have ended by themselves. The caller records it.
///
/// # Errors
/// 503 when the database is away.
pub async fn over(tx: &mut TenantTx, event_type: i64, start: Timestamp) -> Result<Vec<String>> {
    let practice = tx.practice();
    let (start, now) = (jiff_sqlx::Timestamp::from(start), jiff_sqlx::Timestamp::from(tx.now()));
    let rows = sqlx::query!(
        r#"delete from scheduling.calcom_reservation r
          where r.practice_id = $1 and (r.until <= $4 or r.event_type_id = $2 and r.starts_at = $3
            and not exists (select from scheduling.hold h where h.practice_id = r.practice_id and h.id = r.hold_id))
          returning r.hold_id, r.uid, r.until > $4 as "lasts!""#,
        practice,
        event_type,
        start as _,
        now as _,
    )
    .fetch_all(tx.conn())
    .await?;
    let forgotten: Vec<Uuid> = rows.iter().map(|row| row.hold_id).collect();
    if !forgotten.is_empty() {
        tx.record(Change::done("release", "hold", forgotten[0]).with(serde_json::json!({ "holds": forgotten })))
            .await?;
    }
    Ok(rows.into_iter().filter(|row| row.lasts).map(|row| row.uid).collect())
}
