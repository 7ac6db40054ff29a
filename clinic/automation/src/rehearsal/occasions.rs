//! When a workflow would have begun: with each of its events, at the dates of records, at the turns of its schedule.

use jiff::{SignedDuration, Timestamp};
use platform::db::TenantTx;
use platform::error::Result;
use uuid::Uuid;

use crate::block::DueQuery;
use crate::decide::Surroundings;
use crate::definition::Trigger;
use crate::due::date_of;
use crate::recurrence::Recurrence;

/// Occasions of a page, which is a transaction.
const PAGE: i64 = 50;
/// Turns of a schedule that are walked; each does the same.
const MOST_TURNS: usize = 31;

/// A moment at which the workflow would have begun, unless its condition says otherwise.
pub(super) struct Occasion {
    pub at: Timestamp,
    /// What is called `event.name` then.
    pub name: String,
    /// The record it is about.
    pub subject: Option<(String, Uuid)>,
}

/// The last one of a page: its own moment, and what tells it from others of that moment.
pub(super) type Behind = (Timestamp, Uuid);

/// A page of them in `(since, until]`, the earliest first; with the last one, if there may be more. What begins by hand or
/// by a call from outside has none.
pub(super) async fn occasions(
    tx: &mut TenantTx,
    trigger: Option<&Trigger>,
    (since, until): (Timestamp, Timestamp),
    after: Option<Behind>,
    around: &Surroundings,
) -> Result<(Vec<Occasion>, Option<Behind>)> {
    let found = match trigger {
        Some(Trigger::Event { event, .. }) => events(tx, event, (since, until), after).await?,
        Some(Trigger::Date { subject, date, offset_minutes, .. }) => {
            dates(tx, (subject, date), *offset_minutes, (since, until), after).await?
        }
        Some(Trigger::Schedule { every, at, weekdays, day }) if after.is_none() => {
            let turns = Recurrence::read(*every, at, weekdays, *day)
                .map(|recurrence| recurrence.between(since, until, &around.zone, MOST_TURNS));
            let turn = |at| Occasion { at, name: "schedule".to_owned(), subject: None };
            return Ok((turns.into_iter().flatten().map(turn).collect(), None));
        }
        _ => Vec::new(),
    };
    let is_full = i64::try_from(found.len()).is_ok_and(|found| found >= PAGE);
    let last = found.last().filter(|_| is_full).map(|(behind, _)| *behind);
    Ok((found.into_iter().map(|(_, occasion)| occasion).collect(), last))
}

async fn events(
    tx: &mut TenantTx,
    name: &str,
    (since, until): (Timestamp, Timestamp),
    after: Option<Behind>,
) -> Result<Vec<(Behind, Occasion)>> {
    let practice = tx.practice();
    let at = jiff_sqlx::Timestamp::from;
    let (after_at, after_id) = after.unzip();
    let rows = sqlx::query!(
        "select id, at, name, subject_type, subject_id from outbox.event
          where practice_id = $1 and name = $2 and at >= $3 and at <= $4
            and ($5::timestamptz is null or (at, id) > ($5, $6::uuid)) order by at, id limit $7",
        practice,
        name,
        at(since) as _,
        at(until) as _,
        after_at.map(at) as _,
        after_id,
        PAGE,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let at = row.at.to_jiff();
            ((at, row.id), Occasion { at, name: row.name, subject: Some((row.subject_type, row.subject_id)) })
        })
        .collect())
}

async fn dates(
    tx: &mut TenantTx,
    (kind, date): (&str, &str),
    offset: i64,
    (since, until): (Timestamp, Timestamp),
    after: Option<Behind>,
) -> Result<Vec<(Behind, Occasion)>> {
    let Some((_, due)) = date_of(kind, date) else { return Ok(Vec::new()) };
    let offset = SignedDuration::from_mins(offset);
    let back = |at: Timestamp| at.saturating_sub(offset).unwrap_or(at);
    let found = due(tx, DueQuery { from: back(since), until: back(until), after, limit: PAGE }).await?;
    let occasion = |(date, id): Behind| {
        let at = date.saturating_add(offset).unwrap_or(date);
        ((date, id), Occasion { at, name: "date".to_owned(), subject: Some((kind.to_owned(), id)) })
    };
    Ok(found.into_iter().map(occasion).collect())
}
