//! Marking what came of a call.

use std::time::Duration;

use platform::Result;
use platform::db::TenantTx;
use uuid::Uuid;

use super::Held;
use super::retry::{Fate, Verdict};
use crate::WebhookEndpointId;
use crate::endpoints::{WebhookDisabledReason, disable_by_itself};

/// An endpoint that has taken nothing for so many seconds is disabled: five days.
const PATIENCE_SECONDS: f64 = 5.0 * 24.0 * 3600.0;

/// Lets a lane go of which nothing could be sent.
///
/// # Errors
/// 503 when the database is away.
pub async fn release(tx: &mut TenantTx, held: &Held) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update webhooks.lane set lease = null, ready_at = now()
          where practice_id = $1 and endpoint_id = $2 and lane = $3 and lease = $4",
        practice,
        held.endpoint,
        held.lane,
        held.lease,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes down what came of a call, and lets the lane go. Nothing happens when somebody else holds the lane by now.
///
/// # Errors
/// 503 when the database is away.
pub async fn mark(tx: &mut TenantTx, held: &Held, delivery: Uuid, verdict: &Verdict, took: Duration) -> Result<()> {
    let practice = tx.practice();
    let mine = sqlx::query!(
        "select from webhooks.lane where practice_id = $1 and endpoint_id = $2 and lane = $3 and lease = $4 for update",
        practice,
        held.endpoint,
        held.lane,
        held.lease,
    )
    .fetch_optional(tx.conn())
    .await?;
    if mine.is_none() {
        return Ok(());
    }
    let finished = settle(tx, delivery, verdict, took).await?;
    // a head that was put in front meanwhile does not wait for the one behind it
    sqlx::query!(
        "update webhooks.lane l
            set lease = null, pending = l.pending - $4,
                ready_at = coalesce((select d.due_at from webhooks.delivery d
                                      where d.practice_id = $1 and d.endpoint_id = $2 and d.lane = $3 and d.state = 'pending'
                                      order by d.seq limit 1), now())
          where l.practice_id = $1 and l.endpoint_id = $2 and l.lane = $3",
        practice,
        held.endpoint,
        held.lane,
        i32::from(finished),
    )
    .execute(tx.conn())
    .await?;
    follow(tx, WebhookEndpointId(held.endpoint), verdict).await
}

/// Writes the try and what follows from it; answers whether the delivery left its lane.
async fn settle(tx: &mut TenantTx, delivery: Uuid, verdict: &Verdict, took: Duration) -> Result<bool> {
    let (practice, now) = (tx.practice(), jiff_sqlx::Timestamp::from(tx.now()));
    let (state, wait) = match verdict.fate {
        Fate::Taken => ("delivered", 0.0),
        Fate::Again(wait) => ("pending", wait.as_secs_f64()),
        Fate::GivenUp => ("failed", 0.0),
    };
    let there = sqlx::query!(
        "update webhooks.delivery
            set state = $3, attempts = attempts + 1, due_at = now() + make_interval(secs => $4),
                finished_at = case when $3 <> 'pending' then $5::timestamptz end
          where practice_id = $1 and id = $2 and state = 'pending'",
        practice,
        delivery,
        state,
        wait,
        now as _,
    )
    .execute(tx.conn())
    .await?;
    // it was forgotten meanwhile, and so was its place in the lane
    if there.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        "insert into webhooks.attempt (practice_id, id, delivery_id, at, status, duration_ms, error)
         values ($1, $2, $3, $4, $5, $6, $7)",
        practice,
        Uuid::now_v7(),
        delivery,
        now as _,
        verdict.status.map(i32::from),
        i32::try_from(took.as_millis()).unwrap_or(i32::MAX),
        verdict.error,
    )
    .execute(tx.conn())
    .await?;
    Ok(state != "pending")
}

/// What follows for the endpoint: one that takes something is well; one that is gone, or has failed for days, is told
/// nothing any more until somebody enables it.
async fn follow(tx: &mut TenantTx, endpoint: WebhookEndpointId, verdict: &Verdict) -> Result<()> {
    let practice = tx.practice();
    if verdict.fate == Fate::Taken {
        sqlx::query!(
            "update webhooks.endpoint set failing_since = null, quiet_until = null
              where practice_id = $1 and id = $2 and (failing_since is not null or quiet_until is not null)",
            practice,
            endpoint.uuid(),
        )
        .execute(tx.conn())
        .await?;
        return Ok(());
    }
    let failing = sqlx::query_scalar!(
        r#"update webhooks.endpoint
              set failing_since = coalesce(failing_since, now()),
                  quiet_until = greatest(quiet_until, now() + make_interval(secs => $3))
            where practice_id = $1 and id = $2 and active
        returning extract(epoch from now() - failing_since)::float8 as "seconds!""#,
        practice,
        endpoint.uuid(),
        verdict.quiet.map(|quiet| quiet.as_secs_f64()),
    )
    .fetch_optional(tx.conn())
    .await?;
    match failing {
        Some(_) if verdict.gone => disable_by_itself(tx, endpoint, WebhookDisabledReason::Gone).await,
        Some(seconds) if seconds > PATIENCE_SECONDS => {
            disable_by_itself(tx, endpoint, WebhookDisabledReason::Failing).await
        }
        _ => Ok(()),
    }
}
