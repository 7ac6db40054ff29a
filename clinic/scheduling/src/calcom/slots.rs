//! Slots that both hold to be free. Cal.com is asked outside of any transaction, for a bounded time; when it does not answer
//! ours are shown, and the answer says so.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use platform::db::TenantTx;
use platform::id::{PracticeId, UserId};
use platform::{App, Result};
use practice::{ServiceId, Span};
use uuid::Uuid;

use super::mapping::{self, CalcomMapping};
use super::peer::Access;
use crate::slots::Slot;

/// How long an answer is believed.
const FRESH: SignedDuration = SignedDuration::from_secs(20);
/// Nobody waits longer for it.
const WITHIN: Duration = Duration::from_secs(3);
/// Answers that are kept.
const MOST: usize = 2000;

type Question = (Uuid, i64, Timestamp, Timestamp);
/// When it was given, and beginnings that are free.
type Answer = (Timestamp, HashSet<Timestamp>);

static ANSWERS: LazyLock<Mutex<HashMap<Question, Answer>>> = LazyLock::new(Mutex::default);

/// Where a service is booked as well: the event types that it is at Cal.com.
pub struct Elsewhere {
    access: Access,
    mappings: Vec<CalcomMapping>,
}

/// Where a service is booked as well, if it is.
///
/// # Errors
/// 503 when the database is away.
pub async fn elsewhere(tx: &mut TenantTx, service: ServiceId) -> Result<Option<Elsewhere>> {
    let Some(access) = Access::of(tx).await? else { return Ok(None) };
    let mappings = mapping::of_service(tx, service).await?;
    Ok((!mappings.is_empty()).then_some(Elsewhere { access, mappings }))
}

/// Those of our slots that are free there as well; and whether it was to be asked and did not answer, so that these are
/// ours alone.
///
/// # Errors
/// When the settings name no address.
pub async fn narrow(
    app: &App,
    practice: PracticeId,
    elsewhere: Option<Elsewhere>,
    during: Span,
    slots: Vec<Slot>,
) -> Result<(Vec<Slot>, bool)> {
    let Some(Elsewhere { access, mappings }) = elsewhere.filter(|_| !slots.is_empty()) else {
        return Ok((slots, false));
    };
    let Some(free) = ask(app, practice, access, &mappings, during).await? else { return Ok((slots, true)) };
    let is_free = |provider: UserId, start: Timestamp| match mapping::for_provider(&mappings, Some(provider)) {
        Some(mapping) => free.get(&mapping.event_type_id).is_some_and(|starts| starts.contains(&start)),
        None => true,
    };
    let both = slots.into_iter().filter_map(|mut slot| {
        slot.provider_ids.retain(|provider| is_free(*provider, slot.start));
        (!slot.provider_ids.is_empty()).then_some(slot)
    });
    Ok((both.collect(), false))
}

/// When each event type is free; nothing when it could not be found out.
async fn ask(
    app: &App,
    practice: PracticeId,
    access: Access,
    mappings: &[CalcomMapping],
    during: Span,
) -> Result<Option<HashMap<i64, HashSet<Timestamp>>>> {
    let now = app.now();
    let mut free = HashMap::new();
    let mut unknown = Vec::new();
    for event_type in mappings.iter().map(|mapping| mapping.event_type_id) {
        match remembered((practice.uuid(), event_type, during.start, during.end), now) {
            Some(starts) => drop(free.insert(event_type, starts)),
            None => unknown.push(event_type),
        }
    }
    if unknown.is_empty() {
        return Ok(Some(free));
    }
    let provider = access.provider(app, practice)?;
    let asked = join_all(unknown.iter().map(|event_type| provider.slots(*event_type, during.start..during.end)));
    let Ok(answers) = tokio::time::timeout(WITHIN, asked).await else { return Ok(None) };
    for (event_type, answer) in unknown.into_iter().zip(answers) {
        let Ok(starts) = answer else { return Ok(None) };
        let starts: HashSet<Timestamp> = starts.into_iter().collect();
        remember((practice.uuid(), event_type, during.start, during.end), now, starts.clone());
        free.insert(event_type, starts);
    }
    Ok(Some(free))
}

fn remembered(question: Question, now: Timestamp) -> Option<HashSet<Timestamp>> {
    let answers = ANSWERS.lock().unwrap_or_else(PoisonError::into_inner);
    let (at, starts) = answers.get(&question)?;
    (now.duration_since(*at) < FRESH).then(|| starts.clone())
}

fn remember(question: Question, now: Timestamp, starts: HashSet<Timestamp>) {
    let mut answers = ANSWERS.lock().unwrap_or_else(PoisonError::into_inner);
    if answers.len() >= MOST {
        answers.retain(|_, (at, _)| now.duration_since(*at) < FRESH);
    }
    if answers.len() < MOST {
        answers.insert(question, (now, starts));
    }
}

/// Forgets what is remembered of a practice, after something was booked.
pub fn forget(practice: PracticeId) {
    let mut answers = ANSWERS.lock().unwrap_or_else(PoisonError::into_inner);
    answers.retain(|(of, ..), _| *of != practice.uuid());
}
