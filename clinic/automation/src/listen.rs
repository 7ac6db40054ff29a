//! What happens in the practice: it wakes runs that wait for it, and begins runs of the workflows that it begins.

use std::collections::BTreeSet;
use std::sync::Arc;

use conditions::Budget;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::Result;
use platform::outbox::{Event, Listener};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::decide::{Failure, Surroundings};
use crate::engine::{Info, Live, Loaded, Signal, Start, When, around, info, load_subjects, orchestrator, published};
use crate::plan::Plan;
use crate::registry::registry;

/// Code of a run that would go round in circles.
pub const CIRCLES: &str = "run.triggers_itself";

/// Hears of events that begin workflows, and of whatever happens to records that workflows are about.
pub fn listener() -> Listener {
    Listener { name: "automation", wants: is_wanted, handle: |tx, events| Box::pin(hear(tx, events)) }
}

fn is_wanted(name: &str) -> bool {
    let noun = name.split('.').next().unwrap_or_default();
    registry().triggers.contains_key(name) || registry().subjects.contains_key(noun)
}

async fn hear(tx: &mut TenantTx, events: &[Event]) -> Result<()> {
    let info = info(tx).await?;
    let published = published(tx, info.revision).await?;
    let matching: Vec<(&Event, &Live)> = events
        .iter()
        .flat_map(|event| published.by_event.get(&event.name).into_iter().flatten().map(move |live| (event, live)))
        .collect();
    let waits = if info.any_waits { waits(tx, events).await? } else { Vec::new() };
    if matching.is_empty() && waits.is_empty() {
        return Ok(());
    }
    // once for all: an event may begin many workflows
    let of_patients = waits.iter().filter(|wait| wait.by_patient).flat_map(|wait| subject_of(wait.event));
    let wanted: Vec<_> = matching.iter().filter_map(|(event, _)| subject_of(event)).chain(of_patients).collect();
    let loaded = load_subjects(tx, wanted).await?;
    wake(tx, &waits, &loaded).await?;
    begin(tx, &info, &matching, &loaded).await
}

/// The record that an event happened to, where workflows know such records.
fn subject_of(event: &Event) -> Option<(String, Uuid)> {
    let kind =
        registry().triggers.get(event.name.as_str()).map_or(event.subject_type.as_str(), |trigger| trigger.subject);
    (kind == event.subject_type && registry().subjects.contains_key(kind)).then(|| (kind.to_owned(), event.subject_id))
}

/// A run that waits, and an event that may concern it.
struct Waits<'a> {
    run: Uuid,
    /// What it waits for; none where a date of the record is.
    awaited: Option<String>,
    patient: Option<Uuid>,
    by_patient: bool,
    event: &'a Event,
}

async fn waits<'a>(tx: &mut TenantTx, events: &'a [Event]) -> Result<Vec<Waits<'a>>> {
    let practice = tx.practice();
    let ids: Vec<Uuid> = events.iter().map(|event| event.subject_id).collect();
    let names: Vec<String> =
        events.iter().map(|event| event.name.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let rows = sqlx::query!(
        "select run_id, event, subject_id, patient_id from automation.wait where practice_id = $1 and subject_id = any($2)
         union
         select run_id, event, subject_id, patient_id from automation.wait
          where practice_id = $1 and event = any($3) and patient_id is not null",
        practice,
        &ids,
        &names,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut found = Vec::new();
    for row in rows {
        let Some(run) = row.run_id else { continue };
        for event in events {
            let same_record = row.subject_id == Some(event.subject_id);
            let same_name = row.event.as_ref().is_none_or(|name| *name == event.name);
            if same_name && (same_record || row.event.is_some() && row.patient_id.is_some()) {
                let (awaited, patient) = (row.event.clone(), row.patient_id);
                found.push(Waits { run, awaited, patient, by_patient: !same_record, event });
            }
        }
    }
    Ok(found)
}

async fn wake(tx: &mut TenantTx, waits: &[Waits<'_>], loaded: &Loaded) -> Result<()> {
    let concerns = |wait: &&Waits<'_>| {
        if !wait.by_patient {
            return true;
        }
        let Some((kind, id)) = subject_of(wait.event) else { return false };
        let patient = if kind == "patient" {
            Some(id)
        } else {
            registry().subjects.get(kind.as_str()).and_then(|subject| loaded.patient(subject, id))
        };
        patient.is_some() && patient == wait.patient
    };
    let signals: Vec<Signal> = waits
        .iter()
        .filter(concerns)
        .map(|wait| Signal { run: wait.run, happened: wait.awaited.as_ref().map(|_| wait.event.at) })
        .collect();
    orchestrator().signal(tx, &signals).await
}

async fn begin(tx: &mut TenantTx, info: &Info, matching: &[(&Event, &Live)], loaded: &Loaded) -> Result<()> {
    if matching.is_empty() {
        return Ok(());
    }
    let facts = matching.iter().any(|(_, live)| live.plan.needs_practice);
    let opening = matching.iter().any(|(_, live)| live.plan.needs_opening);
    let around = around(tx, info, facts, opening).await?;
    let mut starts = Vec::new();
    for (event, live) in matching {
        let Some((kind, id)) = subject_of(event) else { continue };
        let patient = registry().subjects.get(kind.as_str()).and_then(|subject| loaded.patient(subject, id));
        let Some(mut vars) = variables(loaded, Some((&kind, id)), &event.name, event.at) else { continue };
        let failure = match holds(&live.plan, &mut vars, &around) {
            Ok(true) => None,
            Ok(false) => continue,
            Err(failure) => Some(failure),
        };
        let mut start = Start {
            workflow: live.id,
            version: live.version,
            plan: Arc::clone(&live.plan),
            cause: format!("event:{}", event.id),
            subject: Some((kind, id)),
            patient,
            vars,
            test: false,
            before: chain_of(event),
            by: None,
            failure,
        };
        if start.circles() {
            start.failure = Some(circles());
        }
        starts.push(start);
    }
    orchestrator().start(tx, starts, When::Now(&around)).await.map(drop)
}

fn circles() -> Failure {
    let message = "The workflow would begin itself again and again; it was stopped here. Narrow down when it begins.";
    Failure { code: CIRCLES.to_owned(), message: message.to_owned(), step: None }
}

/// The workflows whose actions led to an event.
fn chain_of(event: &Event) -> Vec<Uuid> {
    let ids = event.payload.get("chain").and_then(Value::as_array).into_iter().flatten();
    ids.filter_map(|id| id.as_str()?.parse().ok()).collect()
}

/// What a run knows at its beginning; none when its record is no longer there.
pub fn variables(
    loaded: &Loaded,
    subject: Option<(&str, Uuid)>,
    event: &str,
    at: Timestamp,
) -> Option<Map<String, Value>> {
    let mut vars = Map::new();
    vars.insert("event".to_owned(), json!({ "name": event, "at": at }));
    vars.insert("vars".to_owned(), json!({}));
    if let Some((kind, id)) = subject
        && !loaded.show(kind, id, &mut vars)
    {
        return None;
    }
    Some(vars)
}

/// Whether the trigger's condition holds.
///
/// # Errors
/// It could not be evaluated: the run fails before it begins, where people see it.
pub fn holds(plan: &Plan, vars: &mut Map<String, Value>, around: &Surroundings) -> Result<bool, Failure> {
    let Some(condition) = &plan.condition else { return Ok(true) };
    vars.insert("practice".to_owned(), around.practice.clone());
    let facts = Value::Object(std::mem::take(vars));
    let holds = condition.holds(&facts, Budget::default());
    if let Value::Object(facts) = facts {
        *vars = facts;
    }
    vars.remove("practice");
    holds.map_err(|fault| Failure { code: fault.code.as_str().to_owned(), message: fault.message, step: None })
}
