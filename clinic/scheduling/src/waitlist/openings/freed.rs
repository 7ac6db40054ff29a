//! When time becomes free: an appointment was cancelled, or moved away, long enough before it would have begun.

use jiff::SignedDuration;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::record::Change;
use practice::Span;

use super::{Opening, OpeningCause, OpeningId, OpeningStatus, gone, row, settings};
use crate::appointment::Appointment;
use crate::settings::CancelledBy;
use crate::waitlist::settings::WaitlistMode;
use crate::waitlist::wishes::can_be_moved;

/// Makes an opening of what a change of an appointment leaves free, in the transaction of that change. Where nothing is
/// left, where nobody works any more, where it begins too soon, and where the practice offers nothing, none comes into
/// being. Nor does one where the provider cannot be there: that time is not free.
///
/// # Errors
/// 503 when the database is away.
pub async fn freed(tx: &mut TenantTx, before: &Appointment, after: &Appointment) -> Result<()> {
    let main = |of: &Appointment| of.provider_ids.first().copied();
    let (Some(provider), true) = (main(before), can_be_moved(before.status)) else { return Ok(()) };
    let is_elsewhere = after.start != before.start || main(after) != Some(provider);
    let cause = match after.status.occupies() {
        true if !is_elsewhere => return Ok(()),
        true => OpeningCause::Moved,
        false => OpeningCause::Cancelled,
    };
    if after.cancellation.as_ref().is_some_and(|cancellation| cancellation.by == CancelledBy::Provider) {
        return Ok(());
    }
    let rules = settings::find(tx).await?.rules;
    let latest = rules.latest(before.start);
    if rules.mode == WaitlistMode::Off || latest <= tx.now() {
        return Ok(());
    }
    let service = practice::service(tx, before.service_id).await?;
    let minutes = |minutes: i32| SignedDuration::from_mins(minutes.into());
    let start = before.start.checked_sub(minutes(service.buffer_before_minutes)).map_err(Error::internal)?;
    let end = before.end.checked_add(minutes(service.buffer_after_minutes)).map_err(Error::internal)?;
    let now = tx.now();
    let opening = Opening {
        id: OpeningId::new(),
        appointment_id: before.id,
        cause,
        patient_id: before.patient_id,
        service_id: before.service_id,
        location_id: before.location_id,
        provider_id: provider,
        start: before.start,
        end: before.end,
        free: Span { start, end },
        time_zone: before.time_zone.clone(),
        status: OpeningStatus::Open,
        closed_for: None,
        wave: 0,
        next_at: latest,
        filled_by: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    if gone(tx, &opening).await?.is_none() && row::insert(tx, &opening, after.version).await? {
        tx.record(Change::created("opening", opening.id.uuid(), &opening).event("opening.created", 1)).await?;
    }
    Ok(())
}
