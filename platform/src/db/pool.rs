//! Connections of one role, lent to one transaction each.
//!
//! Our own, since a pool that knows how a transaction ended saves half of the round trips of a read, which no general
//! one can: what only read is given back inside its open transaction, and the next borrower's `begin` ends it in the
//! same message. When nobody comes, [`Inner::tidy`] ends it a moment later. What was left in the middle of anything
//! (a request that went away, an error) is rolled back before anybody else gets the connection.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a request waits for a connection.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long an ended read may keep its transaction open when nobody needs the connection.
const LINGER: Duration = Duration::from_millis(50);
/// How long a connection may take to come back from whatever it was left in.
const REPAIR: Duration = Duration::from_secs(25);
/// How old a connection may get, so that what PostgreSQL keeps for it does not grow without end.
const LIFETIME: Duration = Duration::from_secs(3600);

/// Connections of one role. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Pool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    options: PgConnectOptions,
    size: u32,
    places: Arc<Semaphore>,
    /// The last one given back is the first one taken: it is still warm, and the others may rest.
    idle: Mutex<Vec<Idle>>,
    tidying: AtomicBool,
}

#[derive(Debug)]
struct Idle {
    conn: PgConnection,
    born: Instant,
    since: Instant,
    /// Still inside a transaction that has only read.
    reading: bool,
}

/// An open transaction. Dropped without [`Open::commit`] or [`Open::leave`] it is rolled back.
#[derive(Debug)]
pub(super) struct Open {
    lent: Option<(PgConnection, OwnedSemaphorePermit)>,
    born: Instant,
    pool: Arc<Inner>,
}

impl Pool {
    /// Connects when it is first needed.
    pub(super) fn new(options: PgConnectOptions, size: u32) -> Self {
        let places = Arc::new(Semaphore::new(size as usize));
        Self(Arc::new(Inner { options, size, places, idle: Mutex::default(), tidying: AtomicBool::new(false) }))
    }

    /// How to connect as this role.
    pub(super) fn options(&self) -> &PgConnectOptions {
        &self.0.options
    }

    /// Begins with this statement, which leaves a transaction open; again on another connection when one turns out to
    /// be dead, as nothing has happened yet.
    pub(super) async fn begin(&self, statement: &str) -> sqlx::Result<Open> {
        let mut tries = 0;
        loop {
            match self.try_begin(statement).await {
                Err(error) if tries <= self.0.size && is_dead_connection(&error) => tries += 1,
                result => return result,
            }
        }
    }

    async fn try_begin(&self, statement: &str) -> sqlx::Result<Open> {
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.0.places).acquire_owned())
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)?
            .map_err(|_| sqlx::Error::PoolClosed)?;
        let taken = self.0.idle().pop();
        let idle = match taken {
            Some(idle) => idle,
            None => Idle::new(
                tokio::time::timeout(PATIENCE, PgConnection::connect_with(&self.0.options))
                    .await
                    .map_err(|_| sqlx::Error::PoolTimedOut)??,
            ),
        };
        // from here on a request that goes away leaves the connection to `Open::drop`
        let mut open = Open { lent: Some((idle.conn, place)), born: idle.born, pool: Arc::clone(&self.0) };
        let text = if idle.reading { format!("rollback; {statement}") } else { statement.to_owned() };
        match open.conn().execute(AssertSqlSafe(text)).await {
            Ok(_) => Ok(open),
            Err(error) => {
                // a refusal ends with its message and leaves no transaction behind
                if matches!(error, sqlx::Error::Database(_)) && !is_dead_connection(&error) {
                    open.give_back(false);
                }
                Err(error)
            }
        }
    }

    /// Lets nobody in any more, and closes every connection as soon as it is given back.
    pub(super) async fn close(&self) {
        if let Ok(all) = self.0.places.acquire_many(self.0.size).await {
            all.forget();
        }
        self.0.places.close();
        let idle = std::mem::take(&mut *self.0.idle());
        for Idle { conn, .. } in idle {
            // it goes in any case
            let _ = conn.close().await;
        }
    }
}

impl Idle {
    fn new(conn: PgConnection) -> Self {
        Self { conn, born: Instant::now(), since: Instant::now(), reading: false }
    }
}

impl Open {
    /// The connection, for queries.
    pub(super) fn conn(&mut self) -> &mut PgConnection {
        #[expect(clippy::expect_used, reason = "only the functions that consume it take the connection out")]
        &mut self.lent.as_mut().expect("an open transaction").0
    }

    /// Makes it so. PostgreSQL answers the commit of a transaction with a failed statement by silently rolling it back;
    /// the statement in front fails there, so that nobody takes it for done.
    /// Statements that give nothing may go before it in the same message.
    pub(super) async fn commit(mut self, before: &str) -> sqlx::Result<()> {
        self.conn().execute(AssertSqlSafe(format!("{before}select; commit"))).await?;
        self.give_back(false);
        Ok(())
    }

    /// For a transaction that only read, and has its answers.
    pub(super) fn leave(mut self) {
        self.give_back(true);
    }

    fn give_back(&mut self, reading: bool) {
        let Some((conn, place)) = self.lent.take() else { return };
        self.pool.keep(Idle { conn, born: self.born, since: Instant::now(), reading });
        drop(place);
        if reading {
            self.pool.tidy_soon();
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let (Some((mut conn, place)), Ok(runtime)) = (self.lent.take(), Handle::try_current()) else { return };
        let (pool, born) = (Arc::clone(&self.pool), self.born);
        runtime.spawn(async move {
            // waits for whatever was under way; one that does not come back is not used again
            let repaired = tokio::time::timeout(REPAIR, conn.execute("rollback")).await;
            if matches!(repaired, Ok(Ok(_))) {
                pool.keep(Idle { conn, born, since: Instant::now(), reading: false });
            }
            drop(place);
        });
    }
}

impl Inner {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, idle: Idle) {
        if idle.born.elapsed() < LIFETIME && !self.places.is_closed() {
            self.idle().push(idle);
        }
    }

    /// Starts the tidying, if nobody does it already.
    fn tidy_soon(self: &Arc<Self>) {
        if !self.tidying.swap(true, Ordering::AcqRel) {
            tokio::spawn(tidy(Arc::clone(self)));
        }
    }
}

/// Ends the reads that nobody came to end, until there are none.
async fn tidy(pool: Arc<Inner>) {
    loop {
        tokio::time::sleep(LINGER).await;
        let stale = {
            let mut idle = pool.idle();
            if !idle.iter().any(|idle| idle.reading) {
                // under the lock: whoever gives back the next one sees that nobody tidies
                pool.tidying.store(false, Ordering::Release);
                return;
            }
            let (stale, kept) =
                std::mem::take(&mut *idle).into_iter().partition(|idle| idle.reading && idle.since.elapsed() >= LINGER);
            *idle = kept;
            stale
        };
        end_all(&pool, stale).await;
    }
}

async fn end_all(pool: &Inner, stale: Vec<Idle>) {
    for mut idle in stale {
        // without a free place somebody is about to take it, and would open one too many
        let Ok(_place) = Arc::clone(&pool.places).try_acquire_owned() else {
            pool.keep(idle);
            continue;
        };
        if matches!(tokio::time::timeout(REPAIR, idle.conn.execute("rollback")).await, Ok(Ok(_))) {
            pool.keep(Idle { reading: false, since: Instant::now(), ..idle });
        }
    }
}

fn is_dead_connection(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed | sqlx::Error::BeginFailed => true,
        // terminated by the administrator, by a crash of another backend, for lying idle in a transaction
        sqlx::Error::Database(database) => {
            matches!(database.code().as_deref(), Some("57P01" | "57P02" | "57P05" | "25P03"))
        }
        _ => false,
    }
}
