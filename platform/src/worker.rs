//! The worker: tells events, runs jobs and schedules. Inside the server, or as processes of its own.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::error::Result;
use crate::id::PracticeId;
use crate::jobs::{self, JobKind, Schedule, UnderWay};
use crate::mail;
use crate::outbox::{self, Listener, POLL, Subscriber};

/// Everything that happens without a request, gathered from the areas.
#[derive(Clone, Debug, Default)]
pub struct Duties {
    /// Who hears of events, one by one.
    pub subscribers: Vec<Subscriber>,
    /// Who hears of them many at once.
    pub listeners: Vec<Listener>,
    /// What kinds of job there are.
    pub jobs: Vec<JobKind>,
    /// What recurs.
    pub schedules: Vec<Schedule>,
    /// What goes on all the time.
    pub loops: Vec<Loop>,
    /// What looks for work of its own.
    pub turns: Vec<Turn>,
}

/// Work that finds by itself what is due, a part of it each time: it is asked again at once while there was something,
/// else after a pause, or when a transaction of this process says so ([`crate::db::TenantTx::wake_turns`]).
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// Its name, for logs.
    pub name: &'static str,
    /// Does what is due; answers how much that was.
    pub run: fn(App) -> BoxFuture<'static, Result<usize>>,
}

/// Work without end: it looks for itself when there is something to do, and returns when the app is to stop.
#[derive(Clone, Copy, Debug)]
pub struct Loop {
    /// Its name, for logs.
    pub name: &'static str,
    /// The work.
    pub run: fn(App) -> BoxFuture<'static, ()>,
}

/// What a loop of the worker looks after.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Watch {
    Events,
    Jobs,
    Mails,
    Schedules,
    Turns,
}

/// Wakes the loops of this process; those of others look by themselves.
#[derive(Debug, Default)]
pub(crate) struct Wake {
    loops: [Notify; 5],
    /// Practices in which events were written by this process, and not told since.
    near: Mutex<BTreeSet<PracticeId>>,
    /// Lanes that are told together in practices where more would take long.
    paces: Mutex<HashMap<PracticeId, i64>>,
    /// When events of others were looked for.
    looked: Mutex<Option<Instant>>,
}

impl Wake {
    /// Something happened in that practice, in a transaction of this process.
    pub(crate) fn happened(&self, practice: PracticeId) {
        self.near.lock().unwrap_or_else(PoisonError::into_inner).insert(practice);
        self.of(Watch::Events).notify_one();
    }

    /// The practices in which something happened since this was asked last.
    pub(crate) fn near(&self) -> BTreeSet<PracticeId> {
        std::mem::take(&mut *self.near.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many lanes of a practice are told together, if not as many as fit.
    pub(crate) fn pace(&self, practice: PracticeId) -> Option<i64> {
        self.paces.lock().unwrap_or_else(PoisonError::into_inner).get(&practice).copied()
    }

    /// So many are, from now on.
    pub(crate) fn set_pace(&self, practice: PracticeId, pace: Option<i64>) {
        let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        match pace {
            Some(lanes) => drop(paces.insert(practice, lanes)),
            None => drop(paces.remove(&practice)),
        }
    }

    /// Others may have left more.
    pub(crate) fn look_again(&self) {
        *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether events of others were not looked for lately; they are now, then.
    pub(crate) fn is_time_to_look(&self) -> bool {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = looked.is_none_or(|at| at.elapsed() >= POLL);
        if is_time {
            *looked = Some(Instant::now());
        }
        is_time
    }

    pub(crate) fn of(&self, watch: Watch) -> &Notify {
        &self.loops[watch as usize]
    }
}

/// Works in the background until the app is told to stop; what is under way is finished first. A database that is
/// away is waited for.
pub fn spawn(app: &App, duties: Duties) -> JoinHandle<()> {
    let duties = Arc::new(duties);
    let mut loops = Vec::new();
    for watch in [Watch::Events, Watch::Jobs, Watch::Mails, Watch::Schedules, Watch::Turns] {
        let (app, duties) = (app.clone(), Arc::clone(&duties));
        loops.push(tokio::spawn(keep(move || until_stopped(app.clone(), Arc::clone(&duties), watch))));
    }
    let others = app.clone();
    loops.push(tokio::spawn(keep(move || outbox::hear_others(others.clone()))));
    loops.push(spawn_loops(app, duties.loops.clone()));
    tokio::spawn(async move {
        for each in loops {
            let _ = each.await;
        }
    })
}

/// Goes on with these until the app is told to stop.
pub fn spawn_loops(app: &App, loops: Vec<Loop>) -> JoinHandle<()> {
    let begin = |Loop { name, run }| {
        let app = app.clone();
        tracing::debug!(name, "a loop begins");
        tokio::spawn(keep(move || run(app.clone())))
    };
    let loops: Vec<JoinHandle<()>> = loops.into_iter().map(begin).collect();
    tokio::spawn(async move {
        for each in loops {
            let _ = each.await;
        }
    })
}

/// Begins again when something panicked.
async fn keep<F: Future<Output = ()> + Send + 'static>(work: impl Fn() -> F) {
    while let Err(error) = tokio::spawn(work()).await {
        tracing::error!(%error, "a loop of the worker broke; it begins again");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Looks again at once while there is work, else after a pause or when woken.
async fn until_stopped(app: App, duties: Arc<Duties>, watch: Watch) {
    let (mut away, mut under_way) = (false, UnderWay::default());
    while !app.stop.is_cancelled() {
        match turn(&app, &duties, watch, &mut under_way).await {
            Ok(true) => continue,
            Ok(false) => {
                if std::mem::take(&mut away) {
                    tracing::info!("the database is back");
                }
            }
            Err(error) => {
                if !std::mem::replace(&mut away, true) {
                    tracing::warn!(%error, "the worker waits for the database");
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
        tokio::select! {
            () = app.stop.cancelled() => {}
            () = app.door.wake.of(watch).notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
    under_way.finish().await;
}

/// Whether there was something to do.
async fn turn(app: &App, duties: &Arc<Duties>, watch: Watch, under_way: &mut UnderWay) -> Result<bool> {
    match watch {
        Watch::Events => Ok(outbox::turn(app, duties).await? > 0),
        Watch::Jobs => Ok(under_way.take(app, duties).await? > 0),
        Watch::Mails => {
            let busy = mail::turn(app).await? > 0;
            // those of this process wake us; others and second tries may wait this long
            tokio::select! {
                () = app.stop.cancelled() => {}
                () = app.door.wake.of(watch).notified(), if !busy => {}
                () = tokio::time::sleep(Duration::from_secs(if busy { 0 } else { 5 })) => {}
            }
            Ok(busy)
        }
        Watch::Turns => {
            let mut done = 0;
            for Turn { run, .. } in &duties.turns {
                done += run(app.clone()).await?;
            }
            Ok(done > 0)
        }
        Watch::Schedules => {
            jobs::run_schedules(app, &duties.schedules).await?;
            // they recur in hours; a turn that comes due waits at most this long
            tokio::select! {
                () = app.stop.cancelled() => {}
                () = tokio::time::sleep(Duration::from_secs(5)) => {}
            }
            Ok(false)
        }
    }
}
