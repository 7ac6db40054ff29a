//! Runs: how they begin, go on and end. What is next is decided in [`crate::decide`]; an [`Orchestrator`] sees to it that it
//! happens. The one of this product lives in PostgreSQL; another one (Temporal, say) stands beside it by implementing the
//! trait, as no decision depends on where or by whom it is carried out.

mod around;
mod cache;
mod carry;
mod load;
mod outside;
mod postgres;
mod rows;
mod subjects;
mod turn;

use std::sync::Arc;

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use platform::db::{Causation, TenantTx};
use platform::error::Result;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::decide::{Failure, Surroundings};
use crate::plan::Plan;

pub use around::{Info, around, info};
pub use cache::{Live, live, plan_of, published};
pub use postgres::Postgres;
pub use rows::{data_place, step_place};
pub use subjects::{Loaded, load_subjects, nest};
pub use turn::take;
#[cfg(test)]
pub(crate) use {carry::Together, turn::advance};

/// How old a run may get, its waits included.
pub const OLDEST: SignedDuration = SignedDuration::from_hours(400 * 24);
/// How often a workflow may stand in the chain of workflows that led to a run of it.
const MOST_TIMES: usize = 3;
/// How long such a chain may be.
const LONGEST_CHAIN: usize = 10;

/// A run that is to begin.
#[derive(Clone, Debug)]
pub struct Start {
    /// Of which workflow.
    pub workflow: Uuid,
    /// Of which version.
    pub version: i32,
    /// That version.
    pub plan: Arc<Plan>,
    /// What begins it; a workflow has one run for each.
    pub cause: String,
    /// The record that it is about.
    pub subject: Option<(String, Uuid)>,
    /// The patient whom it is about.
    pub patient: Option<Uuid>,
    /// What it knows.
    pub vars: Map<String, Value>,
    /// Begun to see what happens.
    pub test: bool,
    /// The workflows whose actions led here.
    pub before: Vec<Uuid>,
    /// By whom, when by a person.
    pub by: Option<Uuid>,
    /// Why it ends before it began.
    pub failure: Option<Failure>,
}

impl Start {
    /// The workflows whose actions led here, and this one.
    #[must_use]
    pub fn chain(&self) -> Vec<Uuid> {
        self.before.iter().copied().chain([self.workflow]).collect()
    }

    /// Whether a workflow goes round in circles.
    #[must_use]
    pub fn circles(&self) -> bool {
        let chain = self.chain();
        chain.len() > LONGEST_CHAIN || chain.iter().filter(|workflow| **workflow == self.workflow).count() > MOST_TIMES
    }
}

/// Something that a waiting run waits for, or that may change until when it waits.
#[derive(Clone, Debug)]
pub struct Signal {
    /// Which run.
    pub run: Uuid,
    /// When what it waits for happened; none, when only its record has changed.
    pub happened: Option<Timestamp>,
}

/// When runs that begin are carried out.
#[derive(Clone, Copy, Debug)]
pub enum When<'a> {
    /// In this very transaction as far as possible, in these surroundings.
    Now(&'a Surroundings),
    /// By the worker, behind it.
    Soon,
}

/// Sees to it that runs happen. Everything is asked within a transaction of the practice, so that it happens exactly if
/// that is committed.
pub trait Orchestrator: Send + Sync {
    /// Begins runs; answers those that are new. One of the same workflow and cause is not begun again.
    ///
    /// # Errors
    /// 503 when the database is away.
    fn start<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        starts: Vec<Start>,
        when: When<'a>,
    ) -> BoxFuture<'a, Result<Vec<Uuid>>>;

    /// Wakes runs that wait.
    ///
    /// # Errors
    /// 503 when the database is away.
    fn signal<'a>(&'a self, tx: &'a mut TenantTx, signals: &'a [Signal]) -> BoxFuture<'a, Result<()>>;

    /// Ends a run; whatever it did stays done.
    ///
    /// # Errors
    /// 404; 409 when it has ended.
    fn cancel<'a>(&'a self, tx: &'a mut TenantTx, run: Uuid) -> BoxFuture<'a, Result<()>>;

    /// Goes on with a run that failed, at the step where it did; with the newest version of its workflow, if wanted.
    ///
    /// # Errors
    /// 404; 409 when it has not failed, or the newest version has no such step there.
    fn resume<'a>(&'a self, tx: &'a mut TenantTx, run: Uuid, newest: bool) -> BoxFuture<'a, Result<()>>;
}

/// The orchestrator of this installation.
#[must_use]
pub fn orchestrator() -> &'static dyn Orchestrator {
    &Postgres
}

/// A run under way, in memory.
#[derive(Debug)]
pub(crate) struct Going {
    pub id: Uuid,
    pub workflow: Uuid,
    pub plan: Arc<Plan>,
    pub state: crate::decide::State,
    pub patient: Option<Uuid>,
    pub test: bool,
    pub chain: Arc<[Uuid]>,
    pub attempts: i32,
}

impl Going {
    fn cause(&self) -> Causation {
        Causation { workflow: self.workflow, run: self.id, chain: Arc::clone(&self.chain) }
    }
}
