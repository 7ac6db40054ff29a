//! The beginning of a call: everything that it needs is loaded in one transaction, and nothing afterwards.

use std::sync::Arc;
use std::time::Duration;

use dialogue::Values;
use dialogue::{Context, Conversation, Missing};
use jiff::tz::TimeZone;
use platform::crypto::Sealer;
use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::id::PracticeId;
use platform::record::Change;
use platform::{App, Result, undisclosed};
use serde_json::Value;

use super::audible::Audible;
use super::desk::{self, Place};
use super::end;
use super::journal::Journal;
use super::meter::Meter;
use super::parts::{self, Parts};
use super::session::{Lines, Session};
use super::telephone::{self, Account};
use super::wire::{Port, Wire};
use crate::CallId;
use crate::call::{Call, Direction, EndedBy, State, Transport, finish, row};
use crate::case::{self, CallStatus};
use crate::flow::{self, Loaded};

/// Calls of a practice at the same time, unless its flow says less.
const AT_ONCE: i64 = 10;

/// A call that has been taken up by this process.
pub struct Ready {
    app: App,
    practice: PracticeId,
    known: Known,
    place: Place,
}

/// Everything that a call needs.
#[derive(Clone)]
pub struct Known {
    /// The call.
    pub call: Call,
    /// Its conversation.
    pub loaded: Arc<Loaded>,
    /// What the conversation knows.
    pub context: Context,
    /// What was known of the case.
    before: Values,
    sealer: Sealer,
    parts: Parts,
    /// By whom it telephones; by nobody real where its flow names no account.
    pub account: Option<Account>,
}

undisclosed!(Ready, Known);

/// Takes a call up that somebody opens in a browser.
///
/// # Errors
/// 404; 409 `call.begun`, `call.by_phone`, `call.too_many`, `call.incomplete`.
pub async fn in_browser(app: App, caller: Caller, id: CallId) -> Result<Ready> {
    let practice = caller.practice;
    let own = app.clone();
    let known = app
        .door
        .write(&caller, async move |tx| {
            let call = row::locked(tx, id).await?;
            if call.transport == Transport::Phone {
                return Err(Error::conflict("call.by_phone", "This call is made by telephone."));
            }
            if call.state != State::Queued {
                return Err(begun());
            }
            let known = load(&own, tx, call).await?;
            within_limit(tx, &known.loaded).await?;
            mark(tx, known, State::Live).await
        })
        .await?;
    // nobody else has it, as it waited until now
    let place = desk::begin(practice, id).ok_or_else(begun)?;
    Ok(Ready::new(app, practice, known, place))
}

fn begun() -> Error {
    Error::conflict("call.begun", "This call is under way or over; ask for another one.")
}

/// Loads what a call needs.
///
/// # Errors
/// 409 `call.incomplete`, with the fields that are missing; 409 `call.no_key`, `call.address`.
pub async fn load(app: &App, tx: &mut TenantTx, call: Call) -> Result<Known> {
    let (Some(flow_id), Some(case_id)) = (call.flow_id, call.case_id) else {
        return Err(Error::conflict("call.incomplete", "This call has no conversation, or no case."));
    };
    let loaded = flow::loaded(tx, flow_id).await?;
    let case = case::find(tx, case_id).await?;
    let mut before = case.fields.clone();
    before.extend(case.private.clone());
    let context = context(tx, &loaded, before.clone()).await?;
    // what is missing is told before anybody is called
    if let Err(Missing(fields)) = Conversation::begin(Arc::clone(&loaded.flow), context.clone()) {
        let error = Error::conflict("call.incomplete", "The case lacks what this call needs; enter it first.");
        return Err(fields.iter().fold(error, |error, field| {
            let key = field.rsplit('.').next().unwrap_or_default();
            error.at(&format!("/fields/{key}"), "required", "This call cannot be made without it.")
        }));
    }
    let sealer = tx.sealer().await?;
    let parts = parts::of(app, tx, &loaded, &Arc::new(context.clone())).await?;
    let account = match call.transport {
        Transport::Phone => telephone::of(app, tx, &loaded.services).await?,
        Transport::Web | Transport::Text => None,
    };
    Ok(Known { call, loaded, context, before, sealer, parts, account })
}

/// Marks a call as ringing, or as under way.
///
/// # Errors
/// 503 when the database is away.
pub async fn mark(tx: &mut TenantTx, known: Known, state: State) -> Result<Known> {
    let before = &known.call;
    let now = tx.now();
    let after = Call {
        state,
        started_at: before.started_at.or(Some(now)),
        answered_at: (state == State::Live).then_some(now),
        version: before.version + 1,
        updated_at: now,
        ..before.clone()
    };
    row::save(tx, &after).await?;
    let event = if state == State::Live { "call.started" } else { "call.dialed" };
    let change = Change::updated("call", after.id.uuid(), before, &after).event(event, after.version);
    tx.record(change.for_patient(after.patient_id)).await?;
    if let Some(case) = after.case_id {
        case::set_status(tx, case, CallStatus::InCall, None).await?;
    }
    Ok(Known { call: after, ..known })
}

/// That one more call is no more than the flow allows.
///
/// # Errors
/// 409 `call.too_many`.
pub async fn within_limit(tx: &mut TenantTx, loaded: &Loaded) -> Result<()> {
    let practice = tx.practice();
    let live = sqlx::query_scalar!(
        r#"select count(*) as "live!" from voice.call where practice_id = $1 and state in ('dialing', 'live')"#,
        practice
    )
    .fetch_one(tx.conn())
    .await?;
    if live < loaded.at_once().unwrap_or(AT_ONCE) {
        return Ok(());
    }
    Err(Error::conflict("call.too_many", "As many calls as the practice may have are under way; wait for one to end."))
}

/// What the conversation knows from its beginning on.
async fn context(tx: &mut TenantTx, loaded: &Loaded, patient: Values) -> Result<Context> {
    let practice = practice::practice(tx).await?;
    let mut org = Values::new();
    org.insert("name".to_owned(), Value::from(practice.name.clone()));
    if let Some(phone) = &practice.phone {
        for key in ["phone", "on_call_phone"] {
            org.insert(key.to_owned(), Value::from(phone.expose().clone()));
        }
    }
    let zone = TimeZone::get(&practice.time_zone).map_err(Error::internal)?;
    let language = loaded.language().to_owned();
    Ok(Context { patient, org, language, zone, learned: Vec::new() })
}

impl Known {
    /// The number to call, and what is pressed behind it.
    #[must_use]
    pub fn number(&self) -> Option<(String, String)> {
        self.loaded.flow.number(&self.context)
    }
}

impl Ready {
    /// A call that this process carries.
    #[must_use]
    pub fn new(app: App, practice: PracticeId, known: Known, place: Place) -> Self {
        Self { app, practice, known, place }
    }

    /// The server.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// By whom it telephones.
    #[must_use]
    pub fn account(&self) -> Option<Account> {
        self.known.account.clone()
    }

    /// The number to call, and what is pressed behind it.
    #[must_use]
    pub fn number(&self) -> Option<(String, String)> {
        self.known.number()
    }

    /// The call.
    #[must_use]
    pub fn call(&self) -> &Call {
        &self.known.call
    }

    /// Its conversation.
    #[must_use]
    pub fn loaded(&self) -> &Arc<Loaded> {
        &self.known.loaded
    }

    /// What the conversation knows.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.known.context
    }

    /// Somebody has answered.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn answered(self) -> Result<Self> {
        let Self { app, practice, known, place } = self;
        let known = Arc::new(known);
        let marked = {
            let known = Arc::clone(&known);
            app.door
                .write(&Caller::system(practice), async move |tx| mark(tx, known.as_ref().clone(), State::Live).await)
                .await?
        };
        Ok(Self { app, practice, known: marked, place })
    }

    /// Nobody has.
    pub async fn unanswered(self, ended_by: EndedBy) {
        let (id, again_at) = (self.known.call.id, self.known.loaded.again_at(&self.known.call, self.app.now()));
        let written = self
            .app
            .door
            .write(&Caller::system(self.practice), async move |tx| {
                let call = row::locked(tx, id).await?;
                finish::unanswered(tx, &call, ended_by, again_at).await.map(drop)
            })
            .await;
        if let Err(error) = written {
            tracing::error!(call = %id, %error, "a call stays marked as ringing");
        }
    }

    /// Carries the call on to its end, and writes down what it leaves behind.
    pub async fn run(self, wire: Wire) {
        let Self { app, practice, known, place } = self;
        let Known { call, loaded, context, before, sealer, parts, .. } = known;
        let begun = Conversation::begin(Arc::clone(&loaded.flow), context);
        let journal = Journal::begin(&app, practice, call.id, sealer);
        let (Ok((conversation, _)), Ok(journal)) = (begun, journal) else {
            tracing::error!(call = %call.id, "a call cannot be carried: its journal cannot be written");
            give_up(&app, practice, call.id, "journal").await;
            return;
        };
        let longest = Duration::from_secs(loaded.flow.limits.max_call_seconds.into());
        let audible = match wire.port {
            Some(port) => audible(&parts, &loaded, port).await,
            None => None,
        };
        if audible.is_none() && wire.port.is_some_and(|port| port.is_telephone) {
            give_up(&app, practice, call.id, "line").await;
            return journal.done().await;
        }
        let lines = Lines { wire, place, journal, audible };
        let meter = Meter::new(loaded.services.prices, loaded.flow.limits.max_cost_cents);
        let session = Session::new(conversation, parts.minds, longest, meter, lines, call.transport);
        let answered_at = call.answered_at.unwrap_or_else(|| app.now());
        let left = session.run(call.direction == Direction::Inbound, answered_at).await;
        end::write(&app, practice, &call, &loaded, &before, left).await;
    }
}

/// The sound of a call. In a browser, whoever is away leaves it to what is written.
async fn audible(parts: &Parts, loaded: &Loaded, port: Port) -> Option<Audible> {
    let terms = loaded.services.stt.primary.keyterms.clone();
    let language = if loaded.language() == "ar" { "ar-SA" } else { "en-US" };
    match Audible::open(parts, port, language, terms).await {
        Ok(audible) => Some(audible),
        Err(trouble) => {
            tracing::warn!(code = trouble.code, "a call has no sound");
            None
        }
    }
}

/// A call that cannot be carried is over.
async fn give_up(app: &App, practice: PracticeId, id: CallId, why: &str) {
    // a text of its own: with a borrowed one in it the transaction's future is not known to be Send
    let why = why.to_owned();
    let written = app
        .door
        .write(&Caller::system(practice), async move |tx| {
            let call = row::locked(tx, id).await?;
            finish::without_talk(tx, &call, EndedBy::Failed, Some(&why)).await.map(drop)
        })
        .await;
    if let Err(error) = written {
        tracing::error!(call = %id, %error, "a call stays marked as under way");
    }
}
