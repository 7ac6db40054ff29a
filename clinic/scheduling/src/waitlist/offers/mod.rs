//! Offers: an opening that was offered to somebody who waits, and what they answered.

mod by_link;
mod letter;
mod row;

use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::{PatientId, UserId};
use platform::record::Change;
use platform::routes::Routes;
use platform::{Result, undisclosed};
use practice::Span;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::openings::{self, Opening, OpeningId, OpeningStatus};
use super::pool::Candidate;
use super::wishes::{self, Wish, WishId, WishStatus, can_be_moved};
use crate::appointment::book::{NewAppointment, book};
use crate::appointment::course::{MoveAppointment, MovedBy, move_to};
use crate::appointment::{self, Appointment};

pub use row::{find, find_all, of_openings, sent_to};

platform::id!(
    /// An opening that was offered to somebody.
    OfferId
);

/// The routes of offers.
pub fn routes() -> Routes {
    by_link::routes()
}

/// Where an offer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum OfferStatus {
    /// It was sent, and not answered yet.
    Sent,
    /// The patient took it.
    Accepted,
    /// The patient does not want it.
    Declined,
    /// Nobody answered in time.
    Expired,
    /// Somebody else was faster.
    Taken,
    /// It is not offered to them any more.
    Withdrawn,
}

impl OfferStatus {
    fn event(self) -> &'static str {
        match self {
            Self::Sent => "offer.sent",
            Self::Accepted => "offer.accepted",
            Self::Declined => "offer.declined",
            Self::Expired => "offer.expired",
            Self::Taken => "offer.taken",
            Self::Withdrawn => "offer.withdrawn",
        }
    }
}

/// An opening that was offered to somebody.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// Its id.
    pub id: OfferId,
    /// What was offered.
    pub opening_id: OpeningId,
    /// For which wish.
    pub wish_id: WishId,
    /// To whom.
    pub patient_id: PatientId,
    /// In which wave, from 1.
    pub wave: i32,
    /// From when the visit would be.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// Where it stands.
    pub status: OfferStatus,
    /// Until when it can be taken.
    pub expires_at: Timestamp,
    /// When the patient answered.
    #[schema(required)]
    pub answered_at: Option<Timestamp>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

undisclosed!(Offer);

/// Sends an opening to somebody: the offer and its mail, in one transaction, so that neither is without the other. Whoever
/// was offered it before is passed by.
///
/// # Errors
/// 503 when the database is away.
pub async fn send(tx: &mut TenantTx, opening: &Opening, to: &Candidate, wave: i32, until: Timestamp) -> Result<()> {
    let now = tx.now();
    let offer = Offer {
        id: OfferId::new(),
        opening_id: opening.id,
        wish_id: to.fit.wish,
        patient_id: to.fit.patient,
        wave,
        start: to.fit.span.start,
        end: to.fit.span.end,
        status: OfferStatus::Sent,
        expires_at: until,
        answered_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    if !row::insert(tx, &offer).await? {
        return Ok(());
    }
    letter::send(tx, opening, &offer, &to.reach).await?;
    let change = Change::created("offer", offer.id.uuid(), &offer);
    tx.record(change.on_timeline(offer.patient_id, "offer.sent").event("offer.sent", 1)).await
}

/// Writes that an offer stands elsewhere now. What a patient did, or missed, is on their timeline.
///
/// # Errors
/// 503 when the database is away.
pub async fn set(tx: &mut TenantTx, before: &Offer, status: OfferStatus) -> Result<Offer> {
    let now = tx.now();
    let is_answer = matches!(status, OfferStatus::Accepted | OfferStatus::Declined);
    let after = Offer {
        status,
        answered_at: is_answer.then_some(now),
        version: before.version + 1,
        updated_at: now,
        ..before.clone()
    };
    row::update(tx, &after).await?;
    let change = Change::updated("offer", after.id.uuid(), before, &after).event(status.event(), after.version);
    let change = match status {
        OfferStatus::Taken | OfferStatus::Withdrawn => change.for_patient(after.patient_id),
        _ => change.on_timeline(after.patient_id, status.event()),
    };
    tx.record(change).await?;
    Ok(after)
}

/// Ends every offer of an opening that was not answered yet.
///
/// # Errors
/// 503 when the database is away.
pub async fn end_all(tx: &mut TenantTx, opening: OpeningId, status: OfferStatus) -> Result<()> {
    for offer in of_openings(tx, &[opening]).await? {
        if offer.status == OfferStatus::Sent {
            set(tx, &offer, status).await?;
        }
    }
    Ok(())
}

/// Takes back what was offered for a wish and not answered yet. Whom it is offered to next is seen to afterwards.
///
/// # Errors
/// 503 when the database is away.
pub async fn withdraw_of(tx: &mut TenantTx, wish: WishId) -> Result<()> {
    for offer in sent_to(tx, wish).await? {
        set(tx, &offer, OfferStatus::Withdrawn).await?;
    }
    Ok(())
}

/// Gives an opening, which is locked, to a wish: books the visit, or moves the appointment that is given up for it. The
/// wish is fulfilled, and everybody else is too late; all of that or nothing.
///
/// # Errors
/// 409 `offer.over` when the opening or the wish is over; 409 for what is taken meanwhile.
pub async fn give(
    tx: &mut TenantTx,
    opening: Opening,
    wish: WishId,
    span: Span,
    provider: UserId,
) -> Result<Appointment> {
    let wish = wishes::lock(tx, wish).await?;
    if opening.status != OpeningStatus::Open || wish.status != WishStatus::Waiting {
        return Err(over());
    }
    let booked = seat(tx, &wish, span, provider).await?;
    for offer in sent_to(tx, wish.id).await? {
        let status = if offer.opening_id == opening.id { OfferStatus::Accepted } else { OfferStatus::Withdrawn };
        set(tx, &offer, status).await?;
    }
    openings::fill(tx, opening, booked.id).await?;
    let after = Wish { status: WishStatus::Fulfilled, booked_id: Some(booked.id), ..wish.clone() };
    wishes::save(tx, &wish, after, "wish.fulfilled").await?;
    Ok(booked)
}

async fn seat(tx: &mut TenantTx, wish: &Wish, span: Span, provider: UserId) -> Result<Appointment> {
    if let Some(id) = wish.fields.gives_up_id {
        let given_up = appointment::row::lock(tx, id).await?;
        if can_be_moved(given_up.status) {
            let to = MoveAppointment {
                version: given_up.version,
                start: Some(span.start),
                duration_minutes: minutes(span),
                provider_ids: Some(vec![provider]),
                service_id: Some(wish.fields.service_id),
                location_id: Some(wish.fields.location_id),
                ..MoveAppointment::default()
            };
            return move_to(tx, id, &to, MovedBy::Practice).await;
        }
    }
    let patient = wish.fields.patient_id;
    let kept = patients::kept_as(tx, &[patient.uuid()]).await?;
    let patient = kept.get(&patient.uuid()).copied().map_or(patient, PatientId);
    let what = (wish.fields.service_id, wish.fields.location_id);
    let plain = NewAppointment::plain(patient, what, provider, span.start);
    let new = NewAppointment { duration_minutes: minutes(span), ..plain };
    book(tx, &new, None).await
}

fn minutes(span: Span) -> Option<i32> {
    i32::try_from(span.end.duration_since(span.start).as_mins()).ok()
}

/// That something which was offered is nobody's to take any more.
pub fn over() -> Error {
    Error::conflict("offer.over", "This time is not offered any more.")
}

/// Whether a refusal says that the opening's time is gone.
pub fn is_gone(error: &Error) -> bool {
    ["appointment.provider_busy", "appointment.room_busy", "appointment.closed"].contains(&error.code())
}
