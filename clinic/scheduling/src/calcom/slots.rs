//! Slots that both hold to be free. Cal.com is asked outside of any transaction, for a bounded time; when it does not answer
//! ours are shown, and the answer says so.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures::future::join_all;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::id::{PracticeId, UserId};
use platform::{App, Result};
use practice::{ServiceId, Span};

use super::answers::{self, Question};
use super::mapping::{self, CalcomMapping};
use super::peer::Access;
use crate::slots::Slot;

/// Nobody waits longer for an answer.
const WITHIN: Duration = Duration::from_secs(3);

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
    let (now, provider) = (app.now(), access.provider(app, practice)?);
    let event_types = mappings.iter().map(|mapping| mapping.event_type_id);
    let questions = event_types.flat_map(|event_type| {
        answers::blocks(during, now).map(move |block| Question { practice: practice.uuid(), event_type, block })
    });
    let questions: Vec<Question> = questions.collect();
    let asked = join_all(questions.iter().map(|question| answers::answer(*question, now, &*provider)));
    let Ok(found) = tokio::time::timeout(WITHIN, asked).await else { return Ok(None) };
    let mut free: HashMap<i64, HashSet<Timestamp>> = HashMap::new();
    for (question, starts) in questions.into_iter().zip(found) {
        let Some(starts) = starts? else { return Ok(None) };
        free.entry(question.event_type).or_default().extend(starts.iter().copied());
    }
    Ok(Some(free))
}

/// Forgets what is remembered of a practice, after something was booked.
pub fn forget(practice: PracticeId) {
    answers::forget(practice.uuid());
}
