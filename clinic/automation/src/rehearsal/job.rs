//! The job of a rehearsal: goes through the occasions page by page. A page and what came of it are one transaction.

use std::sync::Arc;

use platform::db::{Caller, TenantTx};
use platform::error::{Error, Result};
use platform::jobs::JobRun;
use uuid::Uuid;

use super::occasions::{Behind, Occasion, occasions};
use super::walk::walk;
use super::{Sealed, Task, item_place};
use crate::decide::Surroundings;
use crate::definition::Definition;
use crate::engine::{Loaded, around, info, load_subjects};
use crate::listen::{holds, variables};
use crate::plan::Plan;
use crate::registry::registry;
use crate::workflow::row::read;

/// Occasions that are told at most.
const MOST_ITEMS: i32 = 5_000;

/// One that would have begun a run, with its number.
type Found = (i32, Occasion, Option<Uuid>, Sealed);

pub(super) async fn run(job: JobRun) -> Result<()> {
    let Task { rehearsal } = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
    let mut after = None;
    let mut looked = 0;
    loop {
        let page = async move |tx: &mut TenantTx| page(tx, rehearsal, after).await;
        let (last, count) = job.app.door.write(&Caller::system(job.practice), page).await?;
        looked += count;
        job.progress(looked, None).await?;
        match last {
            Some(last) => after = Some(last),
            None => return Ok(()),
        }
    }
}

/// One page; answers its last occasion, and how many they were.
async fn page(tx: &mut TenantTx, id: Uuid, after: Option<Behind>) -> Result<(Option<Behind>, i64)> {
    let practice = tx.practice();
    let row = sqlx::query!(
        "select definition, since, until, events, matched from automation.rehearsal
          where practice_id = $1 and id = $2 and state = 'running' for update",
        practice,
        id,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok((None, 0)) };
    let definition: Definition = read(row.definition)?;
    if after.is_none() {
        // a second try begins from the beginning
        sqlx::query!(
            "delete from automation.rehearsal_item where practice_id = $1 and rehearsal_id = $2",
            practice,
            id
        )
        .execute(tx.conn())
        .await?;
    }
    let plan = Arc::new(Plan::read(registry(), definition)?);
    let info = info(tx).await?;
    let around = around(tx, &info, plan.needs_practice, plan.needs_opening).await?;
    let window = (row.since.to_jiff(), row.until.to_jiff());
    let (page, last) = occasions(tx, plan.definition.trigger.as_ref(), window, after, &around).await?;
    let count = i64::try_from(page.len()).unwrap_or(0);
    let (before, matched) = if after.is_none() { (0, 0) } else { (row.events, row.matched) };
    let (matched, found) = look_through(tx, &plan, &around, page, matched).await?;
    for one in found {
        keep(tx, id, one).await?;
    }
    sqlx::query!(
        "update automation.rehearsal set events = $3, matched = $4, state = case when $5 then state else 'done' end
          where practice_id = $1 and id = $2",
        practice,
        id,
        before + i32::try_from(count).unwrap_or(0),
        matched,
        last.is_some(),
    )
    .execute(tx.conn())
    .await?;
    Ok((last, count))
}

/// Which of them would have begun a run, and what that would have done; answers how many there are with these.
async fn look_through(
    tx: &mut TenantTx,
    plan: &Plan,
    around: &Surroundings,
    page: Vec<Occasion>,
    mut matched: i32,
) -> Result<(i32, Vec<Found>)> {
    let about: Vec<_> = page.iter().filter_map(|occasion| occasion.subject.clone()).collect();
    let loaded = load_subjects(tx, about).await?;
    let mut found = Vec::new();
    for occasion in page {
        // others have their turn between two walks
        tokio::task::yield_now().await;
        let subject = occasion.subject.as_ref().map(|(kind, id)| (kind.as_str(), *id));
        let Some(mut vars) = variables(&loaded, subject, &occasion.name, occasion.at) else { continue };
        let around = Surroundings { now: occasion.at, ..around.clone() };
        let error = match holds(plan, &mut vars, &around) {
            Ok(true) => None,
            Ok(false) => continue,
            Err(failure) => Some(failure.message),
        };
        matched += 1;
        if matched > MOST_ITEMS {
            continue;
        }
        let label = subject.and_then(|(kind, id)| loaded.label(kind, id));
        let patient = subject.and_then(|(kind, id)| patient_of(&loaded, kind, id));
        let sealed = match error {
            Some(error) => Sealed { label, path: Vec::new(), actions: Vec::new(), error: Some(error) },
            None => Sealed { label, ..walk(plan, vars, around) },
        };
        found.push((matched, occasion, patient, sealed));
    }
    Ok((matched, found))
}

async fn keep(tx: &mut TenantTx, id: Uuid, (seq, occasion, patient, sealed): Found) -> Result<()> {
    let practice = tx.practice();
    let data = tx.seal(item_place(id, seq), &serde_json::to_vec(&sealed).map_err(Error::internal)?).await?;
    let (kind, subject) = occasion.subject.unzip();
    sqlx::query!(
        "insert into automation.rehearsal_item (practice_id, rehearsal_id, seq, at, subject_type, subject_id,
                patient_id, data) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        practice,
        id,
        seq,
        jiff_sqlx::Timestamp::from(occasion.at) as _,
        kind,
        subject,
        patient,
        data,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

fn patient_of(loaded: &Loaded, kind: &str, id: Uuid) -> Option<Uuid> {
    if kind == "patient" {
        return Some(id);
    }
    registry().subjects.get(kind).and_then(|subject| loaded.patient(subject, id))
}
