//! Openings: time that became free again, and what becomes of it.

pub mod freed;
mod list;
mod row;
mod staff;

use jiff::Timestamp;
use platform::db::TenantTx;
use platform::id::{PatientId, UserId};
use platform::record::Change;
use platform::routes::Routes;
use platform::{Result, undisclosed};
use practice::{LocationId, ServiceId, Span};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::offers::OfferStatus;
use super::{offers, settings};
use crate::appointment::AppointmentId;

pub use row::{find, find_all, is_free, lock, of_offer, over};

platform::id!(
    /// Time that became free again.
    OpeningId
);

/// The routes of openings.
pub fn routes() -> Routes {
    list::routes().merge(staff::routes())
}

/// Where an opening stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum OpeningStatus {
    /// Nobody has it yet.
    #[default]
    Open,
    /// Somebody of the waitlist has it.
    Filled,
    /// It is offered no more.
    Closed,
}

/// Why an opening is offered no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum ClosedFor {
    /// Something else was booked there.
    Taken,
    /// It begins too soon.
    Late,
    /// Everybody who fits was asked.
    Nobody,
    /// The practice wanted it so: by hand, or by saying that nobody works then.
    ByHand,
}

/// How time became free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum OpeningCause {
    /// An appointment was cancelled.
    Cancelled,
    /// An appointment was moved away.
    Moved,
}

/// Time that became free again.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FreedOpening)]
pub struct Opening {
    /// Its id.
    pub id: OpeningId,
    /// The appointment that was there.
    pub appointment_id: AppointmentId,
    /// How it became free.
    pub cause: OpeningCause,
    /// Whose time it was.
    pub patient_id: PatientId,
    /// What would have been done.
    pub service_id: ServiceId,
    /// At which location.
    pub location_id: LocationId,
    /// With whom.
    pub provider_id: UserId,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// With what was kept free around it.
    #[serde(skip)]
    pub free: Span,
    /// The zone of the place, IANA.
    pub time_zone: String,
    /// Where it stands.
    pub status: OpeningStatus,
    /// Why it is offered no more.
    #[schema(required)]
    pub closed_for: Option<ClosedFor>,
    /// How often it was offered.
    pub wave: i32,
    /// When it is looked after next: the end of a wave, or when it is offered for the last time.
    pub next_at: Timestamp,
    /// The appointment that is there now.
    #[schema(required)]
    pub filled_by: Option<AppointmentId>,
    /// Goes up with each change.
    pub version: i32,
    /// Since when it is free.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

undisclosed!(Opening);

/// Writes a change of an opening everywhere it belongs.
///
/// # Errors
/// 503 when the database is away.
pub async fn save(tx: &mut TenantTx, before: &Opening, after: Opening, event: &'static str) -> Result<Opening> {
    let after = Opening { version: before.version + 1, updated_at: tx.now(), ..after };
    row::update(tx, &after).await?;
    tx.record(Change::updated("opening", after.id.uuid(), before, &after).event(event, after.version)).await?;
    Ok(after)
}

/// Why the time of an opening cannot be given any more, if it cannot: something was booked there, or nobody works then.
/// Somebody who is still deciding is in nobody's way.
///
/// # Errors
/// 503 when the database is away.
pub async fn gone(tx: &mut TenantTx, opening: &Opening) -> Result<Option<ClosedFor>> {
    if !is_free(tx, &[opening.provider_id.uuid()], opening.free).await? {
        return Ok(Some(ClosedFor::Taken));
    }
    let span = Span { start: opening.start, end: opening.end };
    let works = works(tx, opening.location_id, opening.provider_id, span).await?;
    Ok((!works).then_some(ClosedFor::ByHand))
}

/// Whether somebody works at a location, all of this time.
async fn works(tx: &mut TenantTx, location: LocationId, provider: UserId, span: Span) -> Result<bool> {
    match practice::working_around(tx, location, &[provider], span.start).await {
        Ok(working) => Ok(working.covers(provider, span)),
        Err(error) if error.code() == "not_found" => Ok(false),
        Err(error) => Err(error),
    }
}

/// Offers it no more; what was offered of it ends as well.
///
/// # Errors
/// 503 when the database is away.
pub async fn close(tx: &mut TenantTx, before: Opening, why: ClosedFor) -> Result<Opening> {
    let end = match why {
        ClosedFor::Taken => OfferStatus::Taken,
        ClosedFor::Late | ClosedFor::Nobody => OfferStatus::Expired,
        ClosedFor::ByHand => OfferStatus::Withdrawn,
    };
    offers::end_all(tx, before.id, end).await?;
    let after = Opening { status: OpeningStatus::Closed, closed_for: Some(why), ..before.clone() };
    save(tx, &before, after, "opening.closed").await
}

/// Notes that somebody of the waitlist has it. Whoever else was offered it is too late.
///
/// # Errors
/// 503 when the database is away.
pub async fn fill(tx: &mut TenantTx, before: Opening, by: AppointmentId) -> Result<Opening> {
    offers::end_all(tx, before.id, OfferStatus::Taken).await?;
    let after = Opening { status: OpeningStatus::Filled, filled_by: Some(by), ..before.clone() };
    save(tx, &before, after, "opening.filled").await
}
