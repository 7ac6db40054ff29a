//! A call that Retell is to make. It is asked for in the transaction that wants it, and begun by a job, which notes each
//! request before it is made: after one whose outcome is unknown it looks whether a call with our id is there before it asks
//! again, as nobody is to be called twice.

mod start;

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::crypto::Place;
use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::jobs::{JobKind, JobRun};
use platform::phi::Phi;
use platform::record::Change;
use retell::{CallQuery, Failure, NewPhoneCall, NewWebCall, Provider, Variables};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::course::{self, Course, Which};
use super::peer::Access;
use super::{agents, settings};
use crate::CallId;

pub use start::routes;

/// The job that begins a call.
pub const JOB: JobKind = JobKind { name: "retell.begin", max_attempts: 30, run: |job| Box::pin(run(job)) };

/// After a request without an answer nobody looks before it must be over there: longer than a request waits.
const QUIET: Duration = Duration::from_secs(75);
/// How far Retell's clock may be behind ours.
const BEHIND: SignedDuration = SignedDuration::from_mins(5);
/// How long a number that is spoken with is left alone.
const BUSY: Duration = Duration::from_secs(30);

/// A call that is to be made: entered already, of the runtime `retell`, in the state `queued`.
#[derive(Clone, Debug)]
pub struct Order {
    /// Which call.
    pub call: CallId,
    /// What the agent knows.
    pub variables: Variables,
}

#[derive(Serialize, Deserialize)]
struct Task {
    call: CallId,
}

/// Has a call made, by a job.
///
/// # Errors
/// 409 `retell.off` where the practice is not connected.
pub async fn order(tx: &mut TenantTx, order: &Order) -> Result<()> {
    if !settings::is_on(tx).await? {
        return Err(settings::off());
    }
    let practice = tx.practice();
    let known = serde_json::to_vec(&order.variables.0).map_err(Error::internal)?;
    let sealed = tx.seal(place("variables", order.call), &known).await?;
    sqlx::query!(
        "insert into voice.retell_order (practice_id, call_id, state, variables) values ($1, $2, 'waiting', $3)",
        practice,
        order.call.uuid(),
        sealed,
    )
    .execute(tx.conn())
    .await?;
    tx.enqueue(&JOB, &Task { call: order.call }, None).await?;
    tx.record(Change::done("order", "call", order.call.uuid())).await
}

fn place(column: &'static str, call: CallId) -> Place<'static> {
    Place { table: "voice.retell_order", column, row: call.uuid() }
}

/// What to ask next.
enum Step {
    Dial(NewPhoneCall),
    Open(NewWebCall),
    /// Whether a call with our id is there, begun since then.
    LookUp(CallQuery),
}

/// What came of it.
enum Outcome {
    /// There is a call of that name; a browser comes in with the token.
    Made(String, Option<Phi<String>>),
    /// Nothing came of the request that was looked up.
    Nothing,
    Failed(Failure),
}

async fn run(job: JobRun) -> Result<()> {
    let Task { call } = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
    // once more after a look that found nothing
    for _ in 0..2 {
        let Some((step, access)) = next(&job, call).await? else { return Ok(()) };
        let outcome = ask(&step, access.provider(&job.app, job.practice)?).await;
        if settle(&job, call, matches!(step, Step::LookUp(_)), outcome).await? {
            return Ok(());
        }
    }
    Err(Error::unavailable("retell.unfinished", "There is more to ask for than one turn takes."))
}

async fn ask(step: &Step, provider: Arc<dyn Provider>) -> Outcome {
    let made = match step {
        Step::Dial(new) => provider.dial(new).await.map(|call| Outcome::Made(call.id, None)),
        Step::Open(new) => provider.open_web(new).await.map(|web| Outcome::Made(web.call.id, Some(web.access_token))),
        Step::LookUp(query) => provider.list(query).await.map(|page| {
            let ours = page.calls.into_iter().find(|call| call.our_id == query.our_id);
            match (ours, page.next) {
                (Some(call), _) => Outcome::Made(call.id, None),
                (None, None) => Outcome::Nothing,
                // what was not looked through may hold it
                (None, Some(_)) => Outcome::Failed(Failure::Unknown),
            }
        }),
    };
    made.unwrap_or_else(Outcome::Failed)
}

/// Decides on the next request and notes it, so that after a crash it is known that it may have been made.
async fn next(job: &JobRun, id: CallId) -> Result<Option<(Step, Access)>> {
    job.app
        .door
        .write_patiently(&Caller::system(job.practice), async move |tx| {
            let practice = tx.practice();
            let row = sqlx::query!(
                r#"select state, asked_at as "asked_at: jiff_sqlx::Timestamp", variables from voice.retell_order
                    where practice_id = $1 and call_id = $2 for update"#,
                practice,
                id.uuid(),
            );
            let Some(row) = row.fetch_optional(tx.conn()).await? else { return Ok(None) };
            let Some(call) = course::lock(tx, Which::Ours(id)).await?.filter(|call| call.state != "ended") else {
                return Ok(None);
            };
            let Some(access) = Access::of(tx).await? else {
                give_up(tx, &call, "off").await?;
                return Ok(None);
            };
            if row.state == "asked" {
                let since = row.asked_at.map_or(tx.now(), |at| at.to_jiff());
                return look_up(tx, id, since).map(|step| Some((step, access)));
            }
            if row.state != "waiting" {
                return Ok(None);
            }
            let variables = tx.open(place("variables", id), &row.variables).await?;
            let variables = Variables(serde_json::from_slice(&variables).map_err(Error::internal)?);
            let step = match begin(tx, &call, variables, access.own_number()).await? {
                Ok(step) => step,
                Err(code) => {
                    give_up(tx, &call, code).await?;
                    return Ok(None);
                }
            };
            note(tx, id, "asked", Some(tx.now())).await?;
            let dialing = Course { state: "dialing".to_owned(), ..call.clone() };
            course::save(tx, &call, dialing, "call.changed").await?;
            Ok(Some((step, access)))
        })
        .await
}

fn look_up(tx: &TenantTx, id: CallId, since: Timestamp) -> Result<Step> {
    let passed = Duration::try_from(tx.now().duration_since(since)).unwrap_or_default();
    if passed < QUIET {
        return Err(Error::unavailable("retell.quiet", "Nobody asks there again yet.").retry_after(QUIET - passed));
    }
    let since = since.checked_sub(BEHIND).map_err(Error::internal)?;
    Ok(Step::LookUp(CallQuery { since: Some(since), our_id: Some(id.to_string()), after: None, limit: 50 }))
}

/// The request for a call; or why there is none.
async fn begin(
    tx: &mut TenantTx,
    call: &Course,
    variables: Variables,
    from: Option<&str>,
) -> Result<std::result::Result<Step, &'static str>> {
    let agent = match call.call_workflow_id {
        Some(workflow) => agents::of_workflow(tx, workflow).await?,
        None => None,
    };
    let our_id = call.id.to_string();
    if call.transport == "web" {
        let Some(agent) = agent else { return Ok(Err("no_agent")) };
        return Ok(Ok(Step::Open(NewWebCall { agent, variables, our_id })));
    }
    let practice = tx.practice();
    let row = sqlx::query!(
        "select number, number_key from voice.call where practice_id = $1 and id = $2",
        practice,
        call.id.uuid(),
    );
    let row = row.fetch_one(tx.conn()).await?;
    let (Some(sealed), Some(from)) = (row.number, from) else { return Ok(Err("no_number")) };
    let busy = sqlx::query_scalar!(
        "select id from voice.call
          where practice_id = $1 and number_key = $2 and id <> $3 and state in ('dialing', 'live') limit 1",
        practice,
        row.number_key,
        call.id.uuid(),
    );
    if busy.fetch_optional(tx.conn()).await?.is_some() {
        return Err(Error::unavailable("retell.busy", "This number is spoken with already.").retry_after(BUSY));
    }
    let to = String::from_utf8(tx.open(course::place("number", call.id), &sealed).await?).map_err(Error::internal)?;
    Ok(Ok(Step::Dial(NewPhoneCall { from: from.to_owned(), to: Phi::new(to), agent, variables, our_id })))
}

async fn note(tx: &mut TenantTx, id: CallId, state: &'static str, asked_at: Option<Timestamp>) -> Result<()> {
    let practice = tx.practice();
    sqlx::query!(
        "update voice.retell_order
            set state = $3, asked_at = $4, attempts = attempts + case when $3 = 'asked' then 1 else 0 end
          where practice_id = $1 and call_id = $2",
        practice,
        id.uuid(),
        state,
        asked_at.map(jiff_sqlx::Timestamp::from) as _,
    )
    .execute(tx.conn())
    .await?;
    tx.record(Change::done("begin", "call", id.uuid()).with(json!({ "order": state }))).await
}

/// The call will not be made.
async fn give_up(tx: &mut TenantTx, before: &Course, code: &str) -> Result<()> {
    note(tx, before.id, "given_up", None).await?;
    let after = Course {
        state: "ended".to_owned(),
        ended_by: Some("failed".to_owned()),
        error_code: Some(code.to_owned()),
        ended_at: Some(tx.now()),
        ..before.clone()
    };
    let after = course::save(tx, before, after, "call.finished").await?;
    super::extract::tell_case(tx, &after).await
}

/// Writes down what came of a request; answers whether there is nothing left to ask.
async fn settle(job: &JobRun, id: CallId, looked_up: bool, outcome: Outcome) -> Result<bool> {
    let (outcome, caller) = (Arc::new(outcome), Caller::system(job.practice));
    let settled = job.app.door.write_patiently(&caller, async move |tx| {
        let Some(call) = course::lock(tx, Which::Ours(id)).await? else { return Ok(None) };
        match &*outcome {
            // a browser comes in with its token only, which nobody tells again
            Outcome::Made(_, None) if call.transport == "web" => give_up(tx, &call, "no_token").await?,
            Outcome::Made(external, token) => made(tx, &call, external, token.as_ref()).await?,
            Outcome::Failed(failure @ Failure::Refused(_)) => give_up(tx, &call, failure.code()).await?,
            // what is unknown stays noted as asked, until somebody could look
            Outcome::Failed(Failure::Unknown) => return Ok(Some(QUIET)),
            Outcome::Failed(Failure::Later(after)) if looked_up => return Ok(Some(*after)),
            Outcome::Failed(Failure::Later(after)) => {
                wait(tx, &call).await?;
                return Ok(Some(*after));
            }
            Outcome::Nothing => {
                wait(tx, &call).await?;
                return Ok(Some(Duration::ZERO));
            }
        }
        Ok(None)
    });
    match settled.await? {
        None => Ok(true),
        Some(Duration::ZERO) => Ok(false),
        Some(after) => Err(Error::unavailable("retell.later", "Retell is asked again later.").retry_after(after)),
    }
}

async fn made(tx: &mut TenantTx, call: &Course, external: &str, token: Option<&Phi<String>>) -> Result<()> {
    note(tx, call.id, "made", None).await?;
    if let Some(token) = token {
        keep_token(tx, call.id, token).await?;
    }
    let after = Course { external_id: Some(external.to_owned()), ..call.clone() };
    course::save(tx, call, after, "call.changed").await.map(drop)
}

/// Nothing came of it: the call waits again.
async fn wait(tx: &mut TenantTx, call: &Course) -> Result<()> {
    note(tx, call.id, "waiting", None).await?;
    let after = Course { state: "queued".to_owned(), ..call.clone() };
    course::save(tx, call, after, "call.changed").await.map(drop)
}

async fn keep_token(tx: &mut TenantTx, id: CallId, token: &Phi<String>) -> Result<()> {
    let sealed = tx.seal(place("access_token", id), token.expose().as_bytes()).await?;
    let practice = tx.practice();
    sqlx::query!(
        "update voice.retell_order set access_token = $3 where practice_id = $1 and call_id = $2",
        practice,
        id.uuid(),
        sealed,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
