//! Time that passes at once: what waits until it is tried again is due, and what a dead worker held is anybody's. The pauses
//! between tries grow to hours, and a lease lasts up to a minute, for good reasons that have no place in a test of fifty
//! kills; everything that follows when they are over is the product's own doing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::task::JoinHandle;

use crate::running::{Running, eventually};

/// Whoever is being changed right now is left to the next round, so that nobody waits for this. `$1` is when something was
/// killed last: leases that were taken before end then, also those of a server that lives on, which must bear it.
const PASSING: [&str; 4] = [
    "update webhooks.delivery d set due_at = now()
       from (select practice_id, id from webhooks.delivery where state = 'pending' and due_at > now() for update skip locked) w
      where d.practice_id = w.practice_id and d.id = w.id",
    "update webhooks.lane l set ready_at = now()
       from (select practice_id, endpoint_id, lane from webhooks.lane
              where pending > 0 and ready_at > now()
                and (lease is null or ready_at < to_timestamp($1) + interval '60 seconds') for update skip locked) w
      where (l.practice_id, l.endpoint_id, l.lane) = (w.practice_id, w.endpoint_id, w.lane)",
    "update automation.run r set due_at = now()
       from (select practice_id, id from automation.run
              where state = 'running' and due_at > now()
                and (lease is null or due_at < to_timestamp($1) + interval '60 seconds') for update skip locked) w
      where r.practice_id = w.practice_id and r.id = w.id",
    "update outbox.lane l set ready_at = now()
       from (select practice_id, lane from outbox.lane
              where pending > 0 and ready_at > now()
                and lease is not null and ready_at < to_timestamp($1) + interval '30 seconds' for update skip locked) w
      where l.practice_id = w.practice_id and l.lane = w.lane",
];

/// See the module.
#[derive(Debug)]
pub struct Passing {
    /// Seconds of the epoch, by the database.
    killed: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Passing {
    pub fn start(server: &Running) -> Self {
        let (killed, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let task = tokio::spawn(pass(server.options(), Arc::clone(&killed), Arc::clone(&stop)));
        Self { killed, stop, task }
    }

    /// Something is about to be killed.
    pub async fn kill(&self, server: &Running) {
        let now = eventually("the time", Duration::from_secs(60), async || {
            let asked = sqlx::query_scalar::<_, f64>("select extract(epoch from clock_timestamp())::float8");
            asked.fetch_one(&mut server.try_sql().await.ok()?).await.ok()
        });
        self.killed.store(now.await.to_bits(), Ordering::Relaxed);
    }

    pub async fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.expect("time passed");
    }
}

async fn pass(options: PgConnectOptions, killed: Arc<AtomicU64>, stop: Arc<AtomicBool>) {
    let mut known: Option<PgConnection> = None;
    while !stop.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let conn = match known.take() {
            Some(conn) => Ok(conn),
            None => PgConnection::connect_with(&options).await,
        };
        let Ok(mut conn) = conn else { continue };
        let killed = f64::from_bits(killed.load(Ordering::Relaxed));
        let mut is_well = true;
        for statement in PASSING {
            is_well = is_well && sqlx::query(statement).bind(killed).execute(&mut conn).await.is_ok();
        }
        known = Some(conn).filter(|_| is_well);
    }
}
