//! Waves: who is offered an opening, and when the next ones are.

use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;

use super::offers::{self, OfferStatus};
use super::openings::{self, ClosedFor, Opening, OpeningCause, OpeningId, OpeningStatus};
use super::pool::{Candidate, candidates};
use super::settings::{self, WaitlistMode, WaitlistRules};
use crate::appointment;
use crate::settings::CancelledBy;

/// Looks after an opening: what it is due for is done now. Called as often as one likes, and whenever something
/// happened that may concern it; where nothing is due, nothing is done.
///
/// # Errors
/// 503 when the database is away.
pub async fn advance(tx: &mut TenantTx, id: OpeningId) -> Result<()> {
    let opening = openings::lock(tx, id).await?;
    if opening.status != OpeningStatus::Open {
        return Ok(());
    }
    let (rules, now) = (settings::find(tx).await?.rules, tx.now());
    let latest = rules.latest(opening.start);
    if latest <= now {
        return openings::close(tx, opening, ClosedFor::Late).await.map(drop);
    }
    if let Some(why) = openings::gone(tx, &opening).await? {
        return openings::close(tx, opening, why).await.map(drop);
    }
    if let Some(until) = under_way(tx, id, now).await? {
        return wait_until(tx, opening, until.min(latest)).await;
    }
    if rules.mode != WaitlistMode::Automatic || freed_by_clinic(tx, &opening).await? {
        return wait_until(tx, opening, latest).await;
    }
    let mut next = candidates(tx, &opening).await?;
    next.retain(can_be_written_to);
    next.truncate(usize::try_from(rules.wave_size).unwrap_or(1));
    if next.is_empty() {
        return openings::close(tx, opening, ClosedFor::Nobody).await.map(drop);
    }
    offer(tx, opening, &rules, &next).await.map(drop)
}

/// Whether the practice itself cancelled what was there. Why it did, and whether the time can be given to somebody else, it
/// knows alone: a person decides.
async fn freed_by_clinic(tx: &mut TenantTx, opening: &Opening) -> Result<bool> {
    if opening.cause != OpeningCause::Cancelled {
        return Ok(false);
    }
    let cancellation = appointment::find(tx, opening.appointment_id).await?.cancellation;
    Ok(cancellation.is_some_and(|cancellation| cancellation.by == CancelledBy::Clinic))
}

/// Whether somebody can be offered a time by mail.
pub fn can_be_written_to(to: &Candidate) -> bool {
    to.reach.opens_links && to.reach.writable().is_some()
}

/// Offers an opening, which is locked, to some: one wave.
///
/// # Errors
/// 503 when the database is away.
pub async fn offer(tx: &mut TenantTx, before: Opening, rules: &WaitlistRules, to: &[Candidate]) -> Result<Opening> {
    let length = SignedDuration::from_mins(rules.wave_minutes.into());
    let until = tx.now().checked_add(length).map_err(Error::internal)?.min(rules.latest(before.start));
    let wave = before.wave + 1;
    for candidate in to {
        offers::send(tx, &before, candidate, wave, until).await?;
    }
    let after = Opening { wave, next_at: until, ..before.clone() };
    openings::save(tx, &before, after, "opening.offered").await
}

/// Ends offers whose time is over, and says until when somebody may still answer.
async fn under_way(tx: &mut TenantTx, id: OpeningId, now: Timestamp) -> Result<Option<Timestamp>> {
    let mut until = None;
    for offer in offers::of_openings(tx, &[id]).await? {
        if offer.status != OfferStatus::Sent {
            continue;
        }
        if offer.expires_at <= now {
            offers::set(tx, &offer, OfferStatus::Expired).await?;
        } else {
            until = until.max(Some(offer.expires_at));
        }
    }
    Ok(until)
}

/// It is looked after again then.
async fn wait_until(tx: &mut TenantTx, before: Opening, next_at: Timestamp) -> Result<()> {
    if before.next_at != next_at {
        let after = Opening { next_at, ..before.clone() };
        openings::save(tx, &before, after, "opening.changed").await?;
    }
    Ok(())
}
