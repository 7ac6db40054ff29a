//! The end of a call: what it leaves behind is written in one transaction, however long the database is away.

use std::time::Duration;

use dialogue::Values;
use dialogue::flow::{Capability, Counterparty};
use jiff::Timestamp;
use platform::db::{Caller, TenantTx};
use platform::id::PracticeId;
use platform::language::Language;
use platform::{App, Result};
use serde_json::Value;
use tasks::{NewTask, Priority, Source, TaskFields};

use super::session::Left;
use super::summary;
use crate::call::finish::{Finished, finish};
use crate::call::{Call, EndedBy, NewFinding, State, Target, Told, row};
use crate::flow::Loaded;

/// Pauses between tries while the database is away; then the journal is left for the next process.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
const TRIES: u32 = 100;

/// Writes what a call leaves behind, and tells whoever talks and watches that it is over once that was tried.
pub async fn write(app: &App, practice: PracticeId, call: &Call, loaded: &Loaded, before: &Values, left: Left) {
    let ended_at = app.now();
    let finished = finished(call, loaded, before, &left, ended_at);
    // what an insurer asks for is no wish of the patient's: their call lies among those to look at
    let is_theirs = loaded.flow.counterparty == Counterparty::Patient;
    let wanted = |capability: &&Capability| is_theirs || **capability != Capability::OptOut;
    let capabilities: Vec<Capability> = left.capabilities.iter().filter(wanted).copied().collect();
    let mut pause = FIRST_PAUSE;
    let mut is_told = false;
    for _ in 0..TRIES {
        let (id, finished, capabilities) = (call.id, finished.clone(), capabilities.clone());
        let written = app
            .door
            .write(&Caller::system(practice), async move |tx| {
                let was_over = row::locked(tx, id).await?.state == State::Ended;
                let call = finish(tx, id, &finished).await?;
                if !was_over {
                    for capability in &capabilities {
                        carry_out(tx, &call, *capability).await?;
                    }
                }
                Ok(())
            })
            .await;
        if !is_told {
            is_told = true;
            left.tell_the_end().await;
        }
        match written {
            Ok(()) => return left.journal.done().await,
            Err(error) if error.is_transient() || error.status().is_server_error() => {
                tracing::warn!(call = %call.id, %error, "a call waits for the database to be written down");
            }
            // the practice or the call is gone
            Err(error) => {
                tracing::error!(call = %call.id, %error, "a call cannot be written down");
                return left.journal.done().await;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
            () = app.stop.cancelled() => return,
        }
    }
}

fn finished(call: &Call, loaded: &Loaded, before: &Values, left: &Left, ended_at: Timestamp) -> Finished {
    let outcome = &left.outcome;
    let found = outcome
        .found
        .iter()
        .filter(|(key, found)| loaded.schema.field(key).is_some() && before.get(*key) != Some(&found.value));
    let findings = found
        .map(|(key, found)| NewFinding {
            target: Target::Case,
            key: key.clone(),
            value: found.value.clone(),
            before: before.get(key).cloned().unwrap_or(Value::Null),
            quote: found.evidence.as_ref().map(|evidence| evidence.quote.clone()),
            turn: found.evidence.as_ref().and_then(|evidence| left.said.get(evidence.turn).copied()),
            is_written: outcome.write_back.contains_key(key),
        })
        .collect();
    let ending = outcome.ending.as_ref();
    let again_at = ending.filter(|ending| ending.retry).and_then(|_| loaded.again_at(call, ended_at));
    let summary = summary::of(loaded, outcome, left.turns.len());
    Finished {
        outcome: ending.map(|ending| ending.outcome.clone()),
        ended_by: left.ended_by,
        error_code: (left.ended_by == EndedBy::Failed).then(|| "line".to_owned()),
        answered_at: call.answered_at,
        ended_at,
        hold_ms: i32::try_from(left.held.as_millis()).unwrap_or(i32::MAX),
        turns: left.turns.clone(),
        told: Told { summary: Some(summary), state: Value::Object(outcome.state.clone()) },
        values: outcome.write_back.clone(),
        findings,
        cost_micros: left.meter.micros(),
        costs: left.meter.used(),
        latencies: left.latencies.clone(),
        again_at,
    }
}

/// What a call wants done outside of itself, bound to this call and its patient.
async fn carry_out(tx: &mut TenantTx, call: &Call, capability: Capability) -> Result<()> {
    match (capability, call.patient_id) {
        (Capability::OptOut, Some(patient)) => patients::refuse_calls(tx, patient, "call").await,
        (Capability::OptOut, None) => task(tx, call, Priority::High).await,
        (Capability::Task, _) => task(tx, call, Priority::Normal).await,
        (Capability::UrgentTask, _) => task(tx, call, Priority::High).await,
    }
}

/// Somebody has to look at it.
async fn task(tx: &mut TenantTx, call: &Call, priority: Priority) -> Result<()> {
    let title = match practice::practice(tx).await?.language {
        Language::En => "Look at what was said in a call",
        Language::Ar => "مراجعة ما قيل في مكالمة",
    };
    let fields = TaskFields { title: title.to_owned(), patient_id: call.patient_id, priority, ..TaskFields::default() };
    tasks::create(tx, NewTask { fields, source: Source::Person }).await.map(drop)
}
