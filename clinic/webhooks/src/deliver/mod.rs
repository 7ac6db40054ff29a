//! Delivering: heads of lanes are claimed, called for outside of any transaction, and marked. Whoever marks must still hold
//! the lease of the lane, so that of two who called only one is believed; the receiver knows the second call by its id.
//!
//! A receiver that hangs keeps its own places and nobody else's: an endpoint has a few at a time, one while it fails, and
//! so has a practice.

mod mark;
mod retry;

use std::time::{Duration, Instant};

use jiff::Timestamp;
use platform::db::{Caller, TenantTx};
use platform::id::PracticeId;
use platform::phi::Phi;
use platform::{App, Result};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::call::{self, Outcome};
use crate::endpoints::{opened, place};
use crate::message::{self, Message};

/// Calls of this process at the same time. They hold no connection to the database while they wait.
const PLACES: usize = 256;
/// Of one practice, and of one endpoint, over all processes.
const PLACES_OF_PRACTICE: i32 = 16;
const PLACES_OF_ENDPOINT: i32 = 4;
/// How long a lane is held: well above what a call may take.
const LEASE_SECONDS: i32 = 60;
/// How often to look when nothing tells us: deliveries are queued by other processes as well.
const POLL: Duration = Duration::from_millis(200);

/// A lane that this process holds.
#[derive(Clone, Debug)]
struct Held {
    practice: PracticeId,
    endpoint: Uuid,
    lane: String,
    lease: Uuid,
}

/// What is to be sent: the head of a lane.
#[derive(Clone, Debug)]
struct Head {
    delivery: Uuid,
    event: Uuid,
    message: Message,
    /// Tries before this one.
    tries: usize,
    url: Phi<String>,
    secrets: Vec<Phi<String>>,
}

/// The calls of this process.
pub type UnderWay = JoinSet<()>;

/// Delivers until the app stops; what is under way is finished first.
pub async fn run(app: App) {
    let (mut under_way, mut away) = (UnderWay::new(), false);
    while !app.stop.is_cancelled() {
        match take(&app, &mut under_way).await {
            Ok(0) => away = false,
            Ok(_) => continue,
            Err(error) => {
                if !std::mem::replace(&mut away, true) {
                    tracing::warn!(%error, "webhooks wait for the database");
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
        tokio::select! {
            () = app.stop.cancelled() => {}
            Some(_) = under_way.join_next() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
    while under_way.join_next().await.is_some() {}
}

/// Takes what is due into the places that are free; answers how many calls that were.
///
/// # Errors
/// 503 when the database is away. A call that fails is not an error here.
pub async fn take(app: &App, under_way: &mut UnderWay) -> Result<usize> {
    while under_way.try_join_next().is_some() {}
    let free = i32::try_from(PLACES.saturating_sub(under_way.len())).unwrap_or(0);
    if free == 0 {
        return Ok(0);
    }
    let mut tx = app.db().worker().await?;
    let lanes = sqlx::query!(
        r#"select practice_id as "practice_id!", endpoint_id as "endpoint_id!", lane as "lane!", lease as "lease!"
             from claim.webhooks($1, $2, $3, $4)"#,
        free,
        PLACES_OF_PRACTICE,
        PLACES_OF_ENDPOINT,
        LEASE_SECONDS,
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    let taken = lanes.len();
    for row in lanes {
        let app = app.clone();
        let held =
            Held { practice: PracticeId(row.practice_id), endpoint: row.endpoint_id, lane: row.lane, lease: row.lease };
        under_way.spawn(async move {
            // what could not be marked comes back when its lease ends
            if let Err(error) = serve(&app, held.clone()).await {
                tracing::warn!(practice = %held.practice, endpoint = %held.endpoint, %error, "a webhook could not be handled");
            }
        });
    }
    Ok(taken)
}

async fn serve(app: &App, held: Held) -> Result<()> {
    let (caller, lane) = (Caller::system(held.practice), held.clone());
    let head = app.door.read(&caller, async move |tx| head_of(tx, &lane).await).await?;
    let Some(head) = head else {
        return app.door.write_regardless(&caller, async move |tx| mark::release(tx, &held).await).await;
    };
    let (id, body, began) = (message::id_of(head.event), head.message.body()?, Instant::now());
    let outcome = call::notify(app, head.url.expose(), &head.secrets, &id, body.as_bytes()).await?;
    let took = began.elapsed();
    let verdict = retry::judge(&outcome, head.tries + 1, rand::random());
    let word = verdict.error.unwrap_or("taken");
    metrics::counter!("webhook_calls_total", "outcome" => word).increment(1);
    metrics::histogram!("webhook_call_seconds").record(took.as_secs_f64());
    if matches!(outcome, Outcome::Refused(_)) {
        tracing::warn!(practice = %held.practice, endpoint = %held.endpoint, word, "the address of an endpoint is not one that is called");
    }
    app.door.write_patiently(&caller, async move |tx| mark::mark(tx, &held, head.delivery, &verdict, took).await).await
}

/// What waits longest in a lane that is held, unless it has gone or its endpoint is no longer told.
async fn head_of(tx: &mut TenantTx, held: &Held) -> Result<Option<Head>> {
    let practice = tx.practice();
    let row = sqlx::query!(
        r#"select d.id, d.event_id, d.event, d.happened_at, d.subject_type, d.subject_id, d.subject_version, d.fields,
                  d.attempts, e.url, e.secret as "secret!", e.old_secret, e.old_secret_until
             from webhooks.lane l
             join webhooks.endpoint e on e.practice_id = l.practice_id and e.id = l.endpoint_id
             join webhooks.delivery d on d.practice_id = l.practice_id and d.endpoint_id = l.endpoint_id and d.lane = l.lane
            where l.practice_id = $1 and l.endpoint_id = $2 and l.lane = $3 and l.lease = $4 and d.state = 'pending'
              and e.active and e.deleted_at is null
            order by d.seq limit 1"#,
        practice,
        held.endpoint,
        held.lane,
        held.lease,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut secrets = vec![opened(tx, place("secret", held.endpoint), &row.secret).await?];
    let still = row.old_secret_until.is_some_and(|until| until.to_jiff() > tx.now());
    if let Some(old) = row.old_secret.filter(|_| still) {
        secrets.push(opened(tx, place("old_secret", held.endpoint), &old).await?);
    }
    let at: Timestamp = row.happened_at.to_jiff();
    let message = Message {
        event: row.event,
        at,
        subject_type: row.subject_type,
        subject_id: row.subject_id,
        version: row.subject_version,
        fields: row.fields,
    };
    let tries = usize::try_from(row.attempts).unwrap_or_default();
    let url = Phi::new(row.url);
    Ok(Some(Head { delivery: row.id, event: row.event_id, message, tries, url, secrets }))
}
