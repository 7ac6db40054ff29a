//! The tenant transaction: the only door to a practice's rows.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sqlx::PgConnection;
use uuid::Uuid;

use super::pool::Open;
use super::{Db, commit};
use crate::administrator::Errand;
use crate::break_glass::Grant;
use crate::crypto::{DataKey, Keys};
use crate::error::{Error, Result, storage_full};
use crate::id::{ApiKeyId, CalendarFeedId, PatientId, PatientLinkId, PracticeId, RoleId, SessionId, UserId};
use crate::permission::Role;
use crate::phi::Phi;
use crate::worker::{Wake, Watch};

/// Who acts.
///
/// A further kind of caller takes four things: a variant here, with its [`Actor::kind`] and [`Actor::id`]; its statement
/// in `enter` below, which calls a function of the database that checks *everything* about that caller anew, in each
/// transaction, before it sets the practice; its word in the check of `audit.entry.actor_kind`; and, if it comes over
/// HTTP, a branch in `guard::identify` that knows it by its credential and says what it may do and until when, or a guard
/// of its own, where it may other things than people and programs (`patient_link::ByLink`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person with a session. The transaction opens only while that session lives and the role still holds.
    User {
        /// Who.
        user: UserId,
        /// On which sign-in.
        session: SessionId,
        /// As what.
        role: Role,
        /// In which role of the practice's own, at which version; then `role` is what that one is based on.
        own: Option<(RoleId, i32)>,
    },
    /// A program with a key. The transaction opens only while the key serves.
    ApiKey {
        /// Which key.
        key: ApiKeyId,
    },
    /// A patient who came by a link. The transaction opens only while the link serves.
    Patient {
        /// Who.
        patient: PatientId,
        /// By which link.
        link: PatientLinkId,
    },
    /// A calendar program that reads a provider's schedule. The transaction opens only while its address serves and the
    /// provider works here, and nothing can be changed in it.
    CalendarFeed {
        /// By which address.
        feed: CalendarFeedId,
        /// Whose schedule.
        provider: UserId,
    },
    /// An administrator of the platform who changes something about a practice from outside. The transaction opens
    /// only while that session lives.
    Platform(Errand),
    /// An administrator of the platform who looks into a practice, under an access that was opened for a reason. The
    /// transaction opens only while that access does, and nothing of the practice can be changed in it.
    BreakGlass(Grant),
    /// The product itself: events, jobs, schedules.
    System,
    /// A workflow of the practice, within a transaction of the product's own.
    Workflow(Causation),
    /// Somebody who books online, of whom nothing is known. The transaction opens only while the practice lets
    /// everybody book by themselves; handlers show and change only what is public.
    Visitor,
    /// A service outside that tells what happened there, with a signature that was verified.
    Webhook,
    /// Somebody who accepts an invitation, and becomes a member in this very transaction or not at all.
    Invited(UserId),
    /// A clinic that is just signing up; the person becomes its owner in this very transaction.
    Founder(UserId),
}

impl Actor {
    /// The word for it in the ledger.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::User { .. } | Self::Founder(_) | Self::Invited(_) => "user",
            Self::ApiKey { .. } => "api_key",
            Self::Patient { .. } => "patient",
            Self::CalendarFeed { .. } => "calendar_feed",
            Self::Platform(_) => "platform",
            Self::BreakGlass(_) => "break_glass",
            Self::System => "system",
            Self::Visitor => "visitor",
            Self::Webhook => "webhook",
            Self::Workflow(_) => "workflow",
        }
    }

    /// The person, when there is one.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::User { user, .. } | Self::Founder(user) | Self::Invited(user) => Some(*user),
            Self::ApiKey { .. }
            | Self::Patient { .. }
            | Self::CalendarFeed { .. }
            | Self::Platform(_)
            | Self::BreakGlass(_)
            | Self::System
            | Self::Workflow(_)
            | Self::Visitor
            | Self::Webhook => None,
        }
    }

    /// Id of the person, the key, the patient, the provider, the administrator or the workflow, for the ledger.
    #[must_use]
    pub fn id(&self) -> Option<Uuid> {
        match self {
            Self::User { user, .. } | Self::Founder(user) | Self::Invited(user) => Some(user.uuid()),
            Self::ApiKey { key } => Some(key.uuid()),
            Self::Patient { patient, .. } => Some(patient.uuid()),
            Self::CalendarFeed { provider, .. } => Some(provider.uuid()),
            Self::Platform(errand) => Some(errand.administrator.uuid()),
            Self::BreakGlass(grant) => Some(grant.administrator.uuid()),
            Self::Workflow(cause) => Some(cause.workflow),
            Self::System | Self::Visitor | Self::Webhook => None,
        }
    }
}

/// What a workflow does, and through which others it came to that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Causation {
    /// Which workflow.
    pub workflow: Uuid,
    /// Which of its runs; stands for the request in the ledger.
    pub run: Uuid,
    /// The workflows whose actions led here, the first one first, this one last.
    #[serde(serialize_with = "as_list", deserialize_with = "from_list")]
    pub chain: Arc<[Uuid]>,
}

fn as_list<S: Serializer>(chain: &Arc<[Uuid]>, to: S) -> Result<S::Ok, S::Error> {
    (**chain).serialize(to)
}

fn from_list<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<[Uuid]>, D::Error> {
    Vec::deserialize(from).map(Arc::from)
}

tokio::task_local! {
    /// The workflow that led to the work of this task, for all transactions of it: what asked for a job is known where the
    /// job is taken, and the transactions are opened far below.
    static FOLLOWS: Option<Causation>;
}

/// Does work that follows from what a workflow did, if it was one.
pub async fn following<T>(cause: Option<Causation>, work: impl Future<Output = T>) -> T {
    FOLLOWS.scope(cause, work).await
}

/// Where a request came from, for the ledger.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Names the request in logs, answers and ledger.
    pub request_id: Option<Uuid>,
    /// Address of the client.
    pub ip: Option<String>,
    /// What the client says it is, cut to 200 characters.
    pub user_agent: Option<String>,
    /// The practice that the host names, `alpha` of `alpha.vantage.example`: its slug, whether or not there is one.
    pub practice_slug: Option<String>,
    /// What the cookie of a browser says in which somebody has signed in before; not for the ledger.
    pub device: Option<Phi<String>>,
}

impl Origin {
    /// The practice that somebody wants to sign in to: at a practice's own address only that one.
    #[must_use]
    pub fn practice_wanted<'a>(&'a self, asked: Option<&'a str>) -> Option<&'a str> {
        self.practice_slug.as_deref().or(asked)
    }
}

/// A practice and who acts in it. Made by the extractors and the worker, never from a request's body.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The tenant.
    pub practice: PracticeId,
    /// Who acts.
    pub actor: Actor,
    /// From where.
    pub origin: Origin,
}

impl Caller {
    /// The product itself, in a practice.
    #[must_use]
    pub fn system(practice: PracticeId) -> Self {
        Self { practice, actor: Actor::System, origin: Origin::default() }
    }
}

/// A transaction that can see exactly one practice.
///
/// Only [`Db::read`] and [`Db::write`] make one, so a function that takes `&mut TenantTx` cannot run without a caller,
/// and PostgreSQL hides every other practice's rows from it. It has nothing to call the outside world with.
#[derive(Debug)]
pub struct TenantTx {
    tx: Open,
    caller: Arc<Caller>,
    /// The workflow that led to what the product itself does here.
    follows: Option<Causation>,
    now: Timestamp,
    begun: Instant,
    keys: Keys,
    public_origin: Arc<str>,
    pub(crate) key: Option<Arc<DataKey>>,
    pub(crate) emitted: bool,
    /// A look was recorded.
    pub(crate) looked: bool,
    pub(crate) enqueued: bool,
    pub(crate) mailed: bool,
    turns: bool,
    /// What is told with the commit, as [`crate::live`] writes it.
    pub(crate) notices: Vec<String>,
}

impl TenantTx {
    /// From here on, what is done is done by a workflow; by the product itself again with none.
    ///
    /// # Errors
    /// 500 in a transaction that is somebody else's.
    pub fn act_as_workflow(&mut self, cause: Option<Causation>) -> Result<()> {
        if !matches!(self.caller.actor, Actor::System | Actor::Workflow(_)) {
            return Err(Error::internal("only the product itself acts for workflows"));
        }
        let origin = Origin { request_id: cause.as_ref().map(|cause| cause.run), ..Origin::default() };
        let actor = cause.map_or(Actor::System, Actor::Workflow);
        self.caller = Arc::new(Caller { practice: self.caller.practice, actor, origin });
        Ok(())
    }

    /// Until further notice, what is done follows from what a workflow did, if it was one: whoever does it, events and
    /// jobs that come of it carry the chain of workflows on, so that one which begins itself is known as such.
    pub(crate) fn follow(&mut self, cause: Option<Causation>) {
        self.follows = cause;
    }

    /// The workflow that acts, or that led here.
    #[must_use]
    pub(crate) fn cause(&self) -> Option<Causation> {
        match &self.caller.actor {
            Actor::Workflow(cause) => Some(cause.clone()),
            _ => self.follows.clone(),
        }
    }

    /// Once this is committed, there may be something to do for the turns of the worker.
    pub fn wake_turns(&mut self) {
        self.turns = true;
    }

    /// The connection, for queries.
    pub fn conn(&mut self) -> &mut PgConnection {
        self.tx.conn()
    }

    /// The tenant, for queries: they name it, and row-level security checks them.
    #[must_use]
    pub fn practice(&self) -> Uuid {
        self.caller.practice.uuid()
    }

    /// Who acts.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The instant of this transaction.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The instant at which something happens within this transaction: its own, and what has passed since then.
    #[must_use]
    pub fn moment(&self) -> Timestamp {
        let passed = jiff::SignedDuration::try_from(self.begun.elapsed()).unwrap_or_default();
        self.now.saturating_add(passed).unwrap_or(self.now)
    }

    /// Below which every address of ours lies that is handed out.
    #[must_use]
    pub fn public_origin(&self) -> &str {
        &self.public_origin
    }

    /// Lets nobody else in this practice pass here until the end of the transaction: for what is decided one after the
    /// other, also where there is no row of it to lock yet.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn one_by_one(&mut self) -> Result<()> {
        let practice = self.practice();
        sqlx::query!("select from platform.practice where practice_id = $1 for no key update", practice)
            .fetch_one(self.conn())
            .await?;
        Ok(())
    }

    /// Does work of which nothing is left in the database when it is refused, while the transaction goes on. What is no
    /// refusal (a database that is away, a deadlock) ends the transaction anyhow.
    ///
    /// # Errors
    /// What `work` answers.
    pub async fn or_nothing<T>(&mut self, work: impl AsyncFnOnce(&mut Self) -> Result<T>) -> Result<T> {
        sqlx::query("savepoint attempt").execute(self.conn()).await?;
        let done = work(self).await;
        if done.as_ref().is_err_and(|error| error.status().is_client_error()) {
            sqlx::query("rollback to savepoint attempt").execute(self.conn()).await?;
        }
        done
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }
}

/// How long workers wait for a database that is away: longer than PostgreSQL takes to come back from a crash, and shorter
/// than any lease, and than a server takes to stop.
const PATIENCE: Duration = Duration::from_secs(8);

/// What a tenant transaction is made with: database, keys, and the time.
#[derive(Clone, Debug)]
pub struct Door {
    pub(crate) db: Db,
    pub(crate) keys: Keys,
    pub(crate) clock: crate::clock::Clock,
    pub(crate) public_origin: Arc<str>,
    pub(crate) wake: Arc<Wake>,
}

impl Door {
    /// Runs `work` in a transaction that can only read. It is rolled back behind the answer, which saves a round trip.
    ///
    /// # Errors
    /// What `work` answers; 401 when the session has ended, idles or has other rights by now, or the key does not serve;
    /// 403 when the practice is suspended; 503 when the database is away.
    pub async fn read<T>(&self, caller: &Caller, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> Result<T> {
        self.run(caller, Mode::Read, Duration::ZERO, work).await
    }

    /// Runs `work` in a transaction and commits it. The whole of `work` runs again, up to three times, when PostgreSQL
    /// gave way to another transaction (serialisation failure, deadlock); so it must change nothing but the database.
    ///
    /// # Errors
    /// As [`Door::read`], and 507 when storage is full.
    pub async fn write<T>(&self, caller: &Caller, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> Result<T> {
        if self.db.is_full() {
            return Err(storage_full());
        }
        self.run(caller, Mode::Write, Duration::ZERO, work).await
    }

    /// As [`Door::write`], but also while storage is full: for small entries without which not even reading could go on
    /// (sign-in, the ledger, marking events), which the reserve is for.
    ///
    /// # Errors
    /// As [`Door::write`], without 507.
    pub async fn write_regardless<T>(
        &self,
        caller: &Caller,
        work: impl AsyncFn(&mut TenantTx) -> Result<T>,
    ) -> Result<T> {
        self.run(caller, Mode::Write, Duration::ZERO, work).await
    }

    /// As [`Door::write_regardless`], and a database that is away is waited for a while: for workers, to whom its restart says
    /// nothing about what they work on, and for what has happened outside and would be done again if nobody wrote it down.
    /// A commit whose answer was lost may have been made, so `work` first finds out whether it still holds its lease.
    ///
    /// # Errors
    /// As [`Door::write_regardless`].
    pub async fn write_patiently<T>(
        &self,
        caller: &Caller,
        work: impl AsyncFn(&mut TenantTx) -> Result<T>,
    ) -> Result<T> {
        self.run(caller, Mode::Write, PATIENCE, work).await
    }

    /// Reads what every look at is an entry in the ledger: the answer is given only once that is committed. Two round
    /// trips more than [`Door::read`], for the entry and the commit. Works also while storage is full.
    ///
    /// # Errors
    /// As [`Door::read`]; 500 when `work` recorded no look ([`TenantTx::record_read`]).
    pub async fn read_recorded<T>(&self, caller: &Caller, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> Result<T> {
        self.run(caller, Mode::Look, Duration::ZERO, work).await
    }

    /// Waits for a database that is away as long as `patience` says.
    async fn run<T>(
        &self,
        caller: &Caller,
        mode: Mode,
        patience: Duration,
        work: impl AsyncFn(&mut TenantTx) -> Result<T>,
    ) -> Result<T> {
        let (caller, since) = (Arc::new(caller.clone()), Instant::now());
        let mut tries = 0;
        loop {
            match self.attempt(&caller, mode, &work).await {
                Err(error) if error.is_transient() && tries < 3 => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(rand::random_range(1..=20 * tries))).await;
                }
                Err(error) if error.is_away() && since.elapsed() < patience => {
                    tokio::time::sleep(Duration::from_millis(rand::random_range(50..=250))).await;
                }
                result => return result,
            }
        }
    }

    async fn attempt<T>(
        &self,
        caller: &Arc<Caller>,
        mode: Mode,
        work: &impl AsyncFn(&mut TenantTx) -> Result<T>,
    ) -> Result<T> {
        let tx = self.db.app.begin(&enter(caller, mode)).await?;
        let mut tx = TenantTx {
            tx,
            caller: Arc::clone(caller),
            follows: FOLLOWS.try_with(Clone::clone).ok().flatten(),
            now: self.clock.now(),
            begun: Instant::now(),
            keys: self.keys.clone(),
            public_origin: Arc::clone(&self.public_origin),
            key: None,
            emitted: false,
            looked: false,
            enqueued: false,
            mailed: false,
            turns: false,
            notices: Vec::new(),
        };
        if let Actor::Platform(errand) = &caller.actor {
            tx.record_errand(errand).await?;
        }
        let answer = work(&mut tx).await?;
        if mode == Mode::Read {
            tx.tx.leave();
            return Ok(answer);
        }
        if mode == Mode::Look && !tx.looked {
            return Err(Error::internal("what must be recorded was looked at without an entry"));
        }
        commit(tx.tx, crate::live::with_commit(&tx.notices)).await?;
        if tx.emitted {
            self.wake.happened(caller.practice);
        }
        if tx.enqueued {
            self.wake.of(Watch::Jobs).notify_one();
        }
        if tx.mailed {
            self.wake.of(Watch::Mails).notify_one();
        }
        if tx.turns {
            self.wake.of(Watch::Turns).notify_one();
        }
        Ok(answer)
    }
}

/// Begins and enters the practice in one round trip. Statements of one message are one transaction, which `begin` then
/// keeps open (PostgreSQL manual, 55.2.2.1); entering first means that a refusal leaves no transaction behind. Only ids
/// (hexadecimal digits and hyphens), numbers and the fixed words for roles are ever put into this text.
fn enter(caller: &Caller, mode: Mode) -> String {
    let practice = caller.practice;
    let begin = if mode == Mode::Read { "begin read only" } else { "begin" };
    let enter = match &caller.actor {
        Actor::User { user, session, role, own: None } => {
            format!("sec.enter('{session}', '{user}', '{practice}', '{}', null, null)", role.name())
        }
        Actor::User { user, session, role, own: Some((own, version)) } => {
            format!("sec.enter('{session}', '{user}', '{practice}', '{}', '{own}', {version})", role.name())
        }
        Actor::ApiKey { key } => format!("sec.enter_with_key('{key}', '{practice}')"),
        Actor::Patient { patient, link } => format!("sec.enter_by_link('{link}', '{patient}', '{practice}')"),
        Actor::CalendarFeed { feed, provider } => format!("sec.enter_by_feed('{feed}', '{provider}', '{practice}')"),
        Actor::Platform(Errand { administrator, session, founding, .. }) => {
            format!("sec.enter_as_administrator('{session}', '{administrator}', '{practice}', {founding})")
        }
        Actor::BreakGlass(Grant { id, administrator, session }) => {
            format!("sec.enter_under_grant('{id}', '{session}', '{administrator}', '{practice}')")
        }
        Actor::Visitor => format!("sec.enter_as_visitor('{practice}')"),
        Actor::System | Actor::Workflow(_) | Actor::Webhook | Actor::Invited(_) => {
            format!("sec.enter_as_system('{practice}')")
        }
        // the practice comes into being inside this transaction
        Actor::Founder(_) => format!("set_config('app.practice_id', '{practice}', true)"),
    };
    format!("select {enter}; {begin}")
}

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Read,
    Look,
    Write,
}

/// The version of a row that a change was based on must still be the current one.
///
/// # Errors
/// 409 `version.stale` with the row as it is now.
pub fn check_version(expected: i32, actual: i32, current: &impl serde::Serialize) -> Result<()> {
    if expected == actual { Ok(()) } else { Err(Error::stale(current)) }
}
