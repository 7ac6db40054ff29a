//! What stands in for Retell, to try everything without an account: it has one agent for each call workflow, a call there
//! plays by itself, and what it tells and asks comes in by the same door as what Retell does.

mod script;
mod store;

use std::time::Duration;

use platform::crypto::sha256;
use platform::db::{Actor, Caller, TenantTx};
use platform::error::Error;
use platform::id::PracticeId;
use platform::jobs::{JobKind, JobRun};
use platform::phi::Phi;
use platform::{App, Result};
use retell::{
    Agent, Call, CallPage, CallQuery, Failure, Found, FunctionCall, Message, NewPhoneCall, NewWebCall, Provider,
    Reason, Refusal, WebCall,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{functions, inbox};
use store::Played;

/// The job that plays a call.
pub const JOB: JobKind = JobKind { name: "retell.play", max_attempts: 20, run: |job| Box::pin(run(job)) };

/// How long each part of a call takes.
const PART: Duration = Duration::from_secs(3);

/// What stands in for Retell in a practice.
pub struct Sandbox {
    app: App,
    practice: PracticeId,
}

#[derive(Serialize, Deserialize)]
struct Task {
    call: String,
}

impl Sandbox {
    /// In a practice.
    pub fn new(app: App, practice: PracticeId) -> Self {
        Self { app, practice }
    }

    async fn read<T>(&self, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> std::result::Result<T, Failure> {
        self.app.door.read(&Caller::system(self.practice), work).await.map_err(|error| failure(&error))
    }

    async fn write<T>(&self, work: impl AsyncFn(&mut TenantTx) -> Result<T>) -> std::result::Result<T, Failure> {
        self.app.door.write(&Caller::system(self.practice), work).await.map_err(|error| failure(&error))
    }

    async fn begin(&self, played: Played) -> std::result::Result<Call, Failure> {
        self.write(async move |tx| {
            store::enter(tx, &played).await?;
            tx.enqueue(&JOB, &Task { call: played.id.clone() }, None).await?;
            picture(tx, &played).await
        })
        .await
    }
}

/// Everything that the sandbox answers with is a failure that Retell has as well.
fn failure(error: &Error) -> Failure {
    match error.code() {
        "not_found" => Failure::Refused(Refusal { reason: Reason::Missing, status: 404 }),
        _ => Failure::Unknown,
    }
}

async fn picture(tx: &mut TenantTx, played: &Played) -> Result<Call> {
    let language = practice::practice(tx).await?.language;
    Call::read(&script::call(played, language, tx.now())).map_err(|_| Error::internal("a call that is none"))
}

impl Provider for Sandbox {
    fn agents(&self) -> Found<'_, Vec<Agent>> {
        Box::pin(async {
            let workflows = self.read(async |tx| store::workflows(tx).await).await?;
            let agent = |(id, name): (Uuid, String)| Agent {
                id: format!("agent_{}", id.simple()),
                name: Some(name),
                version: 0,
                published: true,
                language: Some("multi".to_owned()),
            };
            Ok(workflows.into_iter().map(agent).collect())
        })
    }

    fn dial<'a>(&'a self, new: &'a NewPhoneCall) -> Found<'a, Call> {
        let played = Played {
            id: name(&new.our_id),
            our_id: new.our_id.clone(),
            agent: new.agent.clone().unwrap_or_default(),
            is_web: false,
            numbers: Some((new.from.clone(), new.to.expose().clone())),
            variables: new.variables.clone(),
            step: 0,
            began: self.app.now(),
        };
        Box::pin(self.begin(played))
    }

    fn open_web<'a>(&'a self, new: &'a NewWebCall) -> Found<'a, WebCall> {
        Box::pin(async move {
            let played = Played {
                id: name(&new.our_id),
                our_id: new.our_id.clone(),
                agent: new.agent.clone(),
                is_web: true,
                numbers: None,
                variables: new.variables.clone(),
                step: 0,
                began: self.app.now(),
            };
            let call = self.begin(played).await?;
            Ok(WebCall { access_token: Phi::new(format!("sandbox_{}", call.id)), call })
        })
    }

    fn get<'a>(&'a self, id: &'a str) -> Found<'a, Call> {
        let id = id.to_owned();
        Box::pin(async move {
            self.read(async move |tx| {
                let played = store::find(tx, &id, false).await?;
                picture(tx, &played).await
            })
            .await
        })
    }

    fn list<'a>(&'a self, wanted: &'a CallQuery) -> Found<'a, CallPage> {
        let (since, our_id) = (wanted.since.unwrap_or(jiff::Timestamp::UNIX_EPOCH), wanted.our_id.clone());
        Box::pin(async move {
            let calls = self.read(async move |tx| {
                let mut calls = Vec::new();
                for played in store::since(tx, since, our_id.as_deref()).await? {
                    calls.push(picture(tx, &played).await?);
                }
                Ok(calls)
            });
            Ok(CallPage { calls: calls.await?, next: None })
        })
    }

    fn stop<'a>(&'a self, id: &'a str) -> Found<'a, ()> {
        let id = id.to_owned();
        Box::pin(async move {
            self.write(async move |tx| {
                let played = store::find(tx, &id, true).await?;
                if played.step < 2 {
                    tell(tx, &Played { step: 2, ..played }).await?;
                }
                Ok(())
            })
            .await
        })
    }
}

/// How the sandbox names a call: as Retell does, and the same for the same call of ours.
fn name(our_id: &str) -> String {
    let hash = sha256(our_id.as_bytes());
    format!("call_{}", hash.iter().take(14).map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// Plays the next part, and comes again for the one after.
async fn run(job: JobRun) -> Result<()> {
    let Task { call } = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
    let caller = Caller { actor: Actor::Webhook, ..Caller::system(job.practice) };
    let played = job.app.door.write(&caller, async move |tx| {
        let played = store::find(tx, &call, true).await?;
        if played.step >= 3 {
            return Ok(played);
        }
        let next = Played { step: played.step + 1, ..played };
        if next.step == 2 {
            ask(tx, &next).await?;
        }
        tell(tx, &next).await?;
        Ok(next)
    });
    if played.await?.step >= 3 {
        return Ok(());
    }
    Err(Error::unavailable("sandbox.plays", "The call goes on in a moment.").retry_after(PART))
}

/// What the agent asks for in the middle of the call: that somebody calls back.
async fn ask(tx: &mut TenantTx, played: &Played) -> Result<()> {
    let language = practice::practice(tx).await?.language;
    let call = script::call(&Played { step: 1, ..played.clone() }, language, tx.now());
    let body = json!({ "name": script::FUNCTION, "call": call, "args": script::arguments(language) }).to_string();
    let asked = FunctionCall::read(body.as_bytes()).map_err(|_| Error::internal("a function that is none"))?;
    functions::answer(tx, &asked).await.map(drop)
}

/// Tells what happened, as Retell does.
async fn tell(tx: &mut TenantTx, played: &Played) -> Result<()> {
    store::step(tx, played).await?;
    let language = practice::practice(tx).await?.language;
    let event = match played.step {
        1 => "call_started",
        2 => "call_ended",
        _ => "call_analyzed",
    };
    let body: Value = json!({ "event": event, "call": script::call(played, language, tx.now()) });
    let body = body.to_string().into_bytes();
    let message = Message::read(&body).map_err(|_| Error::internal("a message that is none"))?;
    inbox::accept(tx, &message, &body).await
}
