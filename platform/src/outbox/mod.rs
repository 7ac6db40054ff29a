//! Events: written with the change, told afterwards, in order per aggregate, at least once.
//!
//! Each aggregate is a *lane*. Writing an event locks its lane until commit, so the numbers within a lane follow the
//! order of commits; a reader that went by one global number would miss what commits late. A worker leases lanes, many of
//! one practice at once, runs the subscribers in one tenant transaction and marks the events in that same transaction:
//! what a subscriber writes to the database happens exactly once, what it asks of the outside world must go through a
//! job. When something in such a transaction fails, its lanes are halved until the one at fault is alone; it waits and is
//! tried again, and the others are not held up.
//!
//! What a transaction of this very process has written is told without being leased ([`near`]): the lanes are locked by the
//! transaction that tells. A process that has no workers names to others where it has written ([`others`]), and it is told there
//! in the same way. Everything else (second tries, what a process left behind that died) is found by looking.

mod near;
mod others;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde::Deserialize as _;
use serde_json::Value;
use uuid::Uuid;

use crate::app::App;
use crate::db::{Caller, Causation, TenantTx};
use crate::error::{Error, Result};
use crate::id::PracticeId;
use crate::worker::Duties;
pub(crate) use others::hear_others;
pub use others::tell_others;

/// Tries before an event is set aside and its lane goes on.
const MAX_ATTEMPTS: i32 = 8;
/// How long a worker may hold a lane.
const LEASE_SECONDS: i32 = 30;
/// Lanes a worker leases at once, and of one practice: what is more there is found to be near.
const LANES: i32 = 1024;
const LANES_EACH: i32 = 64;
/// Events of a lane told in one transaction, and of all its lanes.
const BATCH: i64 = 20;
const BATCH_OF_ALL: i64 = 500;
/// Practices that are served at the same time.
const PRACTICES: usize = 4;

/// Something that happened, as subscribers see it.
#[derive(Clone, Debug)]
pub struct Event {
    /// Stable id; the same one on every delivery.
    pub id: Uuid,
    /// When it happened.
    pub at: Timestamp,
    /// `noun.past_participle`.
    pub name: String,
    /// What it happened to.
    pub subject_type: String,
    /// Which one.
    pub subject_id: Uuid,
    /// Version of the subject after the change.
    pub version: Option<i32>,
    /// Names of changed fields and ids, never values.
    pub payload: Value,
}

impl Event {
    /// The workflow that led to it, if one did.
    fn cause(&self) -> Option<Causation> {
        Causation::deserialize(&self.payload).ok()
    }
}

/// Who wants to hear of events.
#[derive(Clone, Copy, Debug)]
pub struct Subscriber {
    /// For logs.
    pub name: &'static str,
    /// Which events, by name.
    pub wants: fn(&str) -> bool,
    /// What to do. Runs inside the transaction that marks the event as told.
    pub handle: for<'a> fn(&'a mut TenantTx, &'a Event) -> BoxFuture<'a, Result<()>>,
}

/// Who wants to hear of many events at once: all of a transaction, in order per aggregate.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    /// For logs.
    pub name: &'static str,
    /// Which events, by name.
    pub wants: fn(&str) -> bool,
    /// What to do. Runs inside the transaction that marks the events as told.
    pub handle: for<'a> fn(&'a mut TenantTx, &'a [Event]) -> BoxFuture<'a, Result<()>>,
}

/// Something that has just happened.
pub(crate) struct NewEvent {
    pub(crate) name: &'static str,
    pub(crate) subject_type: &'static str,
    pub(crate) subject_id: Uuid,
    pub(crate) version: Option<i32>,
    pub(crate) payload: Value,
}

impl TenantTx {
    /// Writes events into the lanes of their subjects, which are different ones. Lanes are locked in one order, whoever
    /// writes to several of them.
    pub(crate) async fn emit(&mut self, events: &[NewEvent]) -> Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let practice = self.practice();
        let lane = |event: &NewEvent| format!("{}:{}", event.subject_type, event.subject_id);
        sqlx::query!(
            "with new as materialized (
                select * from unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::int[], $8::jsonb[])
                           n (lane, id, name, subject_type, subject_id, version, payload)),
             lane as (
                insert into outbox.lane as l (practice_id, lane, next_seq, pending)
                select $1, n.lane, 2, 1 from new n order by n.lane
                on conflict (practice_id, lane) do update
                   set next_seq = l.next_seq + 1, pending = l.pending + 1,
                       ready_at = case when l.pending = 0 then now() else l.ready_at end
                returning l.lane, next_seq - 1 as seq)
             insert into outbox.event (practice_id, id, lane, seq, name, subject_type, subject_id, version, payload)
             select $1, n.id, n.lane, lane.seq, n.name, n.subject_type, n.subject_id, n.version, n.payload
               from new n join lane on lane.lane = n.lane",
            practice,
            &events.iter().map(lane).collect::<Vec<_>>(),
            &events.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>(),
            &events.iter().map(|event| event.name).collect::<Vec<_>>() as _,
            &events.iter().map(|event| event.subject_type).collect::<Vec<_>>() as _,
            &events.iter().map(|event| event.subject_id).collect::<Vec<_>>(),
            &events.iter().map(|event| event.version).collect::<Vec<_>>() as _,
            &events.iter().map(|event| event.payload.clone()).collect::<Vec<_>>(),
        )
        .execute(self.conn())
        .await?;
        self.emitted = true;
        Ok(())
    }
}

impl TenantTx {
    /// Puts events that were set aside back into their lanes, in front of what waits there; answers which. What came
    /// behind one in its lane was told meanwhile, so subscribers must go by versions, as always.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn replay_events(&mut self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        let practice = self.practice();
        let replayed = sqlx::query_scalar!(
            "with back as (
                update outbox.event set state = 'pending', error = null
                 where practice_id = $1 and id = any($2) and state = 'dead' returning id, lane
             ), filled as (
                update outbox.lane l set pending = l.pending + b.events, attempts = 0,
                       ready_at = case when l.pending = 0 then now() else l.ready_at end
                  from (select lane, count(*)::int as events from back group by lane) b
                 where l.practice_id = $1 and l.lane = b.lane
             )
             select id from back",
            practice,
            ids,
        )
        .fetch_all(self.conn())
        .await?;
        self.emitted = true;
        Ok(replayed)
    }

    /// Gives events up that were set aside; answers which.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn discard_events(&mut self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        let practice = self.practice();
        let discarded = sqlx::query_scalar!(
            "update outbox.event set state = 'discarded'
              where practice_id = $1 and id = any($2) and state = 'dead' returning id",
            practice,
            ids,
        )
        .fetch_all(self.conn())
        .await?;
        Ok(discarded)
    }
}

#[derive(Clone)]
struct Lane {
    practice: PracticeId,
    name: String,
    lease: Uuid,
}

/// Tells what is due; answers how many lanes were served.
///
/// # Errors
/// 503 when the database is away. A failing subscriber is not an error here: its lane waits and is tried again.
pub async fn dispatch(app: &App, duties: &Arc<Duties>) -> Result<usize> {
    let near = near::tell_near(app, duties).await?;
    Ok(near.lanes + tell_far(app, duties).await?)
}

/// The worker's turn: what is near, and now and then, or when some of that failed, everything that is due.
pub(crate) async fn turn(app: &App, duties: &Arc<Duties>) -> Result<usize> {
    let near = near::tell_near(app, duties).await?;
    if !near.failed && !app.door.wake.is_time_to_look() {
        return Ok(near.lanes);
    }
    let far = tell_far(app, duties).await?;
    if far >= LANES as usize {
        app.door.wake.look_again();
    }
    Ok(near.lanes + far)
}

/// Leases what is due, wherever it came from, and tells it.
async fn tell_far(app: &App, duties: &Arc<Duties>) -> Result<usize> {
    let lanes = claim(app).await?;
    let served = lanes.len();
    let mut practices: BTreeMap<PracticeId, Vec<Lane>> = BTreeMap::new();
    for lane in lanes {
        practices.entry(lane.practice).or_default().push(lane);
    }
    let wake = &app.door.wake;
    // if there is more, it is told like what is near
    practices.keys().for_each(|practice| wake.happened(*practice));
    let all = practices.into_values().map(|lanes| serve_practice(app, duties, lanes));
    futures::stream::iter(all).buffer_unordered(PRACTICES).try_collect::<Vec<()>>().await?;
    Ok(served)
}

async fn claim(app: &App) -> Result<Vec<Lane>> {
    let mut tx = app.door.db.claims().await?;
    let lanes = sqlx::query!(
        r#"select practice_id as "practice_id!", lane as "lane!", lease as "lease!" from claim.lanes($1, $2, $3)"#,
        LANES,
        LANES_EACH,
        LEASE_SECONDS,
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(lanes.into_iter().map(|l| Lane { practice: PracticeId(l.practice_id), name: l.lane, lease: l.lease }).collect())
}

/// Serves lanes of one practice together; when that fails, each half by itself, so that whatever is at fault harms only
/// its own lane.
async fn serve_practice(app: &App, duties: &Arc<Duties>, lanes: Vec<Lane>) -> Result<()> {
    let mut parts = vec![lanes];
    while let Some(mut part) = parts.pop() {
        // in a task of its own, so that a subscriber that panics counts as one that failed
        let serving = serve(app.clone(), Arc::clone(duties), part.clone());
        match tokio::spawn(serving).await.map_err(Error::internal).flatten() {
            Ok(alone) => parts.extend(alone.into_iter().map(|lane| vec![lane])),
            Err(_) if part.len() > 1 => {
                let half = part.split_off(part.len() / 2);
                parts.extend([half, part]);
            }
            Err(error) => {
                let Some(lane) = part.pop() else { continue };
                tracing::warn!(practice = %lane.practice, %error, "an event was not taken; it will be told again");
                postpone(app, lane, error.to_string()).await?;
            }
        }
    }
    Ok(())
}

/// Tells what waits in these lanes, in one transaction. Answers those that failed before and are to be served alone.
async fn serve(app: App, duties: Arc<Duties>, lanes: Vec<Lane>) -> Result<Vec<Lane>> {
    let Some(practice) = lanes.first().map(|lane| lane.practice) else { return Ok(Vec::new()) };
    app.door
        .write_patiently(&Caller::system(practice), async move |tx| {
            let (calm, troubled) = held(tx, &lanes).await?;
            // one that failed is served alone and one by one, so that the good events before a bad one get through
            let (now, batch, later) = match (lanes.len(), troubled.is_empty()) {
                (1, false) => (troubled, 1, Vec::new()),
                _ => (calm, BATCH, troubled),
            };
            let batch = pending(tx, &now, batch).await?;
            tell(tx, &duties, &batch.events).await?;
            mark(tx, &now, &batch).await?;
            Ok(lanes.iter().filter(|lane| later.contains(&lane.name)).cloned().collect())
        })
        .await
}

/// Locks those lanes that are still ours: first those that are well, then those that failed before.
async fn held(tx: &mut TenantTx, lanes: &[Lane]) -> Result<(Vec<String>, Vec<String>)> {
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select l.lane, l.attempts from unnest($2::text[], $3::uuid[]) mine (lane, lease)
           join outbox.lane l on l.practice_id = $1 and l.lane = mine.lane and l.lease = mine.lease
          order by l.lane for update of l",
        practice,
        &lanes.iter().map(|lane| lane.name.clone()).collect::<Vec<_>>(),
        &lanes.iter().map(|lane| lane.lease).collect::<Vec<_>>(),
    )
    .fetch_all(tx.conn())
    .await?;
    let (calm, troubled): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.attempts == 0);
    Ok((calm.into_iter().map(|row| row.lane).collect(), troubled.into_iter().map(|row| row.lane).collect()))
}

async fn tell(tx: &mut TenantTx, duties: &Duties, events: &[Event]) -> Result<()> {
    for event in events {
        for subscriber in duties.subscribers.iter().filter(|s| (s.wants)(&event.name)) {
            tx.follow(event.cause());
            (subscriber.handle)(tx, event).await?;
        }
    }
    tx.follow(None);
    for listener in &duties.listeners {
        let wanted: Vec<Event> = events.iter().filter(|event| (listener.wants)(&event.name)).cloned().collect();
        if !wanted.is_empty() {
            (listener.handle)(tx, &wanted).await?;
        }
    }
    Ok(())
}

/// Events that are told together, with how many they are of each lane.
#[derive(Default)]
struct Batch {
    events: Vec<Event>,
    of: HashMap<String, i32>,
}

/// An event that waits, with its lane.
struct Waiting {
    lane: String,
    id: Uuid,
    at: jiff_sqlx::Timestamp,
    name: String,
    subject_type: String,
    subject_id: Uuid,
    version: Option<i32>,
    payload: Value,
}

impl FromIterator<Waiting> for Batch {
    fn from_iter<I: IntoIterator<Item = Waiting>>(waiting: I) -> Self {
        let mut batch = Self::default();
        for Waiting { lane, id, at, name, subject_type, subject_id, version, payload } in waiting {
            *batch.of.entry(lane).or_default() += 1;
            batch.events.push(Event { id, at: at.to_jiff(), name, subject_type, subject_id, version, payload });
        }
        batch
    }
}

/// The events are told, and the lanes anybody's again. How many there were of each lane is counted here: PostgreSQL, which
/// cannot know how many lanes these are, would compare each with each.
async fn mark(tx: &mut TenantTx, lanes: &[String], batch: &Batch) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "with told as (update outbox.event set state = 'dispatched' where practice_id = $1 and id = any($4))
         update outbox.lane l set pending = l.pending - mine.told, lease = null, attempts = 0, ready_at = now()
           from unnest($2::text[], $3::int[]) mine (lane, told)
          where l.practice_id = $1 and l.lane = mine.lane",
        practice,
        lanes,
        &lanes.iter().map(|lane| batch.of.get(lane).copied().unwrap_or_default()).collect::<Vec<_>>(),
        &batch.events.iter().map(|event| event.id).collect::<Vec<_>>(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn pending(tx: &mut TenantTx, lanes: &[String], each: i64) -> Result<Batch> {
    let practice = tx.practice();
    let waiting = sqlx::query_as!(
        Waiting,
        r#"select mine.lane as "lane!", e.id, e.at, e.name, e.subject_type, e.subject_id, e.version, e.payload
           from unnest($2::text[]) mine (lane) cross join lateral (
                select id, at, name, subject_type, subject_id, version, payload from outbox.event
                 where practice_id = $1 and lane = mine.lane and state = 'pending' order by seq limit $3) e
          limit $4"#,
        practice,
        lanes,
        each,
        BATCH_OF_ALL,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(waiting.into_iter().collect())
}

/// Waits longer each time; after the last try the first event is set aside, where administration finds it.
async fn postpone(app: &App, lane: Lane, error: String) -> Result<()> {
    app.door
        .write_regardless(&Caller::system(lane.practice), async move |tx| {
            let practice = tx.practice();
            let attempts = sqlx::query_scalar!(
                "update outbox.lane set attempts = attempts + 1, lease = null,
                        ready_at = now() + make_interval(secs => least(600, power(2, attempts)) * (0.5 + random()))
                  where practice_id = $1 and lane = $2 and lease = $3 returning attempts",
                practice,
                lane.name,
                lane.lease,
            )
            .fetch_optional(tx.conn())
            .await?;
            if attempts.is_some_and(|attempts| attempts >= MAX_ATTEMPTS) {
                set_aside(tx, &lane.name, &error).await?;
            }
            Ok(())
        })
        .await
}

async fn set_aside(tx: &mut TenantTx, lane: &str, error: &str) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "with dead as (
            update outbox.event set state = 'dead', error = $3
             where practice_id = $1 and id = (select id from outbox.event
                    where practice_id = $1 and lane = $2 and state = 'pending' order by seq limit 1)
            returning 1)
         update outbox.lane set pending = pending - (select count(*) from dead)::int, attempts = 0, ready_at = now()
          where practice_id = $1 and lane = $2",
        practice,
        lane,
        error,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How much waits.
#[derive(Clone, Copy, Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Backlog {
    /// Events not yet told.
    pub events: i64,
    /// Age of the oldest of them, in seconds.
    pub oldest_event_seconds: f64,
    /// Jobs that are due.
    pub jobs: i64,
    /// Events that were set aside after the last try.
    pub dead_events: i64,
}

/// Counts what waits, over all practices.
///
/// # Errors
/// 503 when the database is away.
pub async fn backlog(app: &App) -> Result<Backlog> {
    let mut tx = app.door.db.worker().await?;
    let backlog = sqlx::query_as!(
        Backlog,
        r#"select events as "events!", oldest_event_seconds as "oldest_event_seconds!", jobs as "jobs!",
                  dead_events as "dead_events!" from claim.backlog()"#
    )
    .fetch_one(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(backlog)
}

/// How often to look when nothing wakes us: notice of an event may come from another process, which cannot.
pub(crate) const POLL: Duration = Duration::from_millis(200);
