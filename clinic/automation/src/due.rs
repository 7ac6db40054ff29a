//! What begins by time: dates of records, and schedules. Each workflow has a cursor up to which everything has begun, so
//! that a stop of the product delays and loses nothing, and each record and date has one run, however often it is seen.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use platform::App;
use platform::db::{Caller, TenantTx};
use platform::error::Result;
use platform::id::PracticeId;
use platform::jobs::Schedule;
use uuid::Uuid;

use crate::block::{DueQuery, Subject};
use crate::decide::Surroundings;
use crate::definition::Trigger;
use crate::engine::{Live, Loaded, Start, When, around, info, load_subjects, orchestrator, published};
use crate::listen::{holds, variables};
use crate::recurrence::Recurrence;
use crate::registry::registry;
use crate::workflow::publish::next_look;

/// Looks each minute.
pub const SCHEDULE: Schedule =
    Schedule { name: "automation.due", every: Duration::from_secs(60), run: |app| Box::pin(look(app)) };

/// Workflows that are looked at in one turn of the schedule.
const WORKFLOWS: i32 = 10_000;
/// Records of a workflow in one transaction.
const PAGE: i64 = 200;
/// Turns of a schedule that are made up for, the newest: whoever was away for a week is not to be told seven times.
const MOST_TURNS: usize = 1;
/// How far back time is looked at after a stop.
const BACK: SignedDuration = SignedDuration::from_hours(24);

/// Begins whatever is due by time, in all practices.
///
/// # Errors
/// 503 when the database is away. A workflow that cannot be looked at is no error here; it is looked at again.
pub async fn look(app: App) -> Result<()> {
    let mut tx = app.db().claims().await?;
    let due = sqlx::query!(
        r#"select practice_id as "practice_id!", workflow_id as "workflow_id!" from claim.timed_workflows($1, $2)"#,
        jiff_sqlx::Timestamp::from(app.now()) as _,
        WORKFLOWS,
    )
    .fetch_all(tx.conn())
    .await?;
    tx.commit().await?;
    for row in due {
        let (practice, workflow) = (PracticeId(row.practice_id), row.workflow_id);
        if let Err(error) = look_at(&app, practice, workflow).await {
            tracing::warn!(%practice, %workflow, %error, "the time of a workflow could not be looked at");
        }
    }
    Ok(())
}

/// A page at a time, each in a transaction of its own that moves the cursor.
async fn look_at(app: &App, practice: PracticeId, workflow: Uuid) -> Result<()> {
    while app.door.write(&Caller::system(practice), async move |tx| one_page(tx, workflow).await).await? {}
    Ok(())
}

/// Whether there is more.
async fn one_page(tx: &mut TenantTx, workflow: Uuid) -> Result<bool> {
    let (practice, now) = (tx.practice(), tx.now());
    let cursor = sqlx::query!(
        "select upto, due_at from automation.cursor where practice_id = $1 and workflow_id = $2 and due_at <= $3 for update",
        practice,
        workflow,
        jiff_sqlx::Timestamp::from(now) as _,
    )
    .fetch_optional(tx.conn())
    .await?;
    // another process was here
    let Some(cursor) = cursor else { return Ok(false) };
    let info = info(tx).await?;
    let Some(live) = published(tx, info.revision).await?.all.get(&workflow).cloned() else {
        sqlx::query!("delete from automation.cursor where practice_id = $1 and workflow_id = $2", practice, workflow)
            .execute(tx.conn())
            .await?;
        return Ok(false);
    };
    let around = around(tx, &info, live.plan.needs_practice, false).await?;
    let from = cursor.upto.to_jiff().max(now.checked_sub(BACK).unwrap_or(now));
    let reached = match live.plan.definition.trigger.clone() {
        Some(Trigger::Date { subject, date, offset_minutes, .. }) => {
            by_date(tx, &live, &around, (&subject, &date), offset_minutes, (from, now)).await?
        }
        Some(Trigger::Schedule { every, at, weekdays, day }) => {
            if let Some(recurrence) = Recurrence::read(every, &at, &weekdays, day) {
                by_schedule(tx, &live, &around, &recurrence, (from, now)).await?;
            }
            now
        }
        _ => now,
    };
    let trigger = live.plan.definition.trigger.as_ref();
    let next = trigger.and_then(|trigger| next_look(trigger, now, &around.zone)).unwrap_or(Timestamp::MAX);
    // what is left is due at once
    let due = if reached < now { now } else { next };
    sqlx::query!(
        "update automation.cursor set upto = $3, due_at = $4 where practice_id = $1 and workflow_id = $2",
        practice,
        workflow,
        jiff_sqlx::Timestamp::from(reached) as _,
        jiff_sqlx::Timestamp::from(due) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(reached < now)
}

async fn by_schedule(
    tx: &mut TenantTx,
    live: &Live,
    around: &Surroundings,
    recurrence: &Recurrence,
    (from, until): (Timestamp, Timestamp),
) -> Result<()> {
    let turns = recurrence.between(from, until, &around.zone, 2_000);
    let mut starts = Vec::new();
    for turn in turns.into_iter().rev().take(MOST_TURNS) {
        let vars = variables(&Loaded::default(), None, "schedule", turn).unwrap_or_default();
        starts.push(start(live, format!("schedule:{turn}"), None, None, vars));
    }
    orchestrator().start(tx, starts, When::Soon).await.map(drop)
}

/// Begins what is due by a date in `(from, until]`; answers how far that went.
async fn by_date(
    tx: &mut TenantTx,
    live: &Live,
    around: &Surroundings,
    (kind, date): (&str, &str),
    offset: i64,
    (from, until): (Timestamp, Timestamp),
) -> Result<Timestamp> {
    let Some((subject, due)) = date_of(kind, date) else { return Ok(until) };
    let back = |at: Timestamp| at.saturating_sub(SignedDuration::from_mins(offset)).unwrap_or(at);
    // an instant is due when `date + offset <= until`; both ends move by the smallest step that PostgreSQL keeps
    let step = SignedDuration::from_micros(1);
    let query = DueQuery {
        from: back(from).saturating_add(step).unwrap_or(from),
        until: back(until).saturating_add(step).unwrap_or(until),
        after: None,
        limit: PAGE,
    };
    let mut found = due(tx, query).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|found| found >= PAGE);
    let mut reached = until;
    if is_full && let Some((last, _)) = found.last().copied() {
        // those of the last instant may go on behind the page, so that it is looked at again from there
        let whole: Vec<_> = found.iter().copied().filter(|(at, _)| *at < last).collect();
        if whole.is_empty() {
            let rest = all_of(tx, due, last).await?;
            found = rest;
            reached = ahead(last, offset);
        } else {
            found = whole;
            reached = ahead(last, offset).saturating_sub(step).unwrap_or(until);
        }
    }
    let loaded = load_subjects(tx, found.iter().map(|(_, id)| (kind.to_owned(), *id))).await?;
    let mut starts = Vec::new();
    for (at, id) in found {
        let Some(mut vars) = variables(&loaded, Some((kind, id)), "date", at) else { continue };
        let failure = match holds(&live.plan, &mut vars, around) {
            Ok(true) => None,
            Ok(false) => continue,
            Err(failure) => Some(failure),
        };
        let patient = if kind == "patient" { Some(id) } else { loaded.patient(subject, id) };
        let begun = start(live, format!("date:{id}:{at}"), Some((kind.to_owned(), id)), patient, vars);
        starts.push(Start { failure, ..begun });
    }
    orchestrator().start(tx, starts, When::Soon).await?;
    Ok(reached.min(until))
}

fn ahead(at: Timestamp, offset: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_mins(offset)).unwrap_or(at)
}

/// Everybody whose date is one instant, however many.
async fn all_of(tx: &mut TenantTx, due: crate::block::Due, at: Timestamp) -> Result<Vec<(Timestamp, Uuid)>> {
    let mut all: Vec<(Timestamp, Uuid)> = Vec::new();
    loop {
        let until = at.saturating_add(SignedDuration::from_micros(1)).unwrap_or(at);
        let page = due(tx, DueQuery { from: at, until, after: all.last().copied(), limit: PAGE }).await?;
        let is_full = i64::try_from(page.len()).is_ok_and(|found| found >= PAGE);
        all.extend(page);
        if !is_full {
            return Ok(all);
        }
    }
}

/// The kind of record, and how those are found whose date is due.
pub(crate) fn date_of(kind: &str, date: &str) -> Option<(&'static Subject, crate::block::Due)> {
    let subject = registry().subjects.get(kind).copied()?;
    let date = subject.dates.iter().find(|of| of.field == date)?;
    Some((subject, date.due))
}

fn start(
    live: &Live,
    cause: String,
    subject: Option<(String, Uuid)>,
    patient: Option<Uuid>,
    vars: serde_json::Map<String, serde_json::Value>,
) -> Start {
    Start {
        workflow: live.id,
        version: live.version,
        plan: Arc::clone(&live.plan),
        cause,
        subject,
        patient,
        vars,
        test: false,
        before: Vec::new(),
        by: None,
        failure: None,
    }
}
