//! A booking that both have: what is known of it there, and how it stands.

mod names;
mod row;
mod turns;

use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::mapping;
use crate::appointment::{self, Appointment, AppointmentId, Status};

pub use names::{end, has_ended, merge, name};
pub use row::{Which, find, lock, part, save, those, unsettled};
pub use turns::{give_back, take};

platform::id!(
    /// A booking that both have.
    CalcomBookingId
);

/// How a booking stands between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum CalcomState {
    /// Something is to be asked there, or was and has no answer yet.
    Pending,
    /// Both have it, at the same time.
    Synced,
    /// The two cannot agree, and a person must decide.
    NeedsAttention,
    /// Neither has it any more.
    Cancelled,
    /// It stands here alone, as somebody decided.
    OursOnly,
}

/// What is known of it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum There {
    /// Nothing; or nothing any more, as we wanted it.
    None,
    /// It stands.
    Booked,
    /// It was cancelled there.
    Cancelled,
}

/// A call whose outcome is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Asked {
    /// To book it.
    Create,
    /// To move it.
    Reschedule,
    /// To cancel it.
    Cancel,
}

/// A booking that both have, as it is kept here.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    /// Its id here.
    pub id: CalcomBookingId,
    /// The appointment; none for one that was made there and found no place here.
    pub appointment_id: Option<AppointmentId>,
    /// Who comes; none where nobody could be found or entered.
    pub patient_id: Option<PatientId>,
    /// How it stands between the two.
    pub state: CalcomState,
    /// Why it needs attention, or what the last try failed with.
    pub error_code: Option<String>,
    /// Whether it was made there.
    pub from_there: bool,
    /// Whether somebody has decided that what is here counts, and nothing shall be there.
    pub keep_ours: bool,
    /// What is known of it there.
    pub there: There,
    /// Its name there, or the last one that it had.
    pub uid: Option<String>,
    /// Of which event type it is there.
    pub event_type: Option<i64>,
    /// From when it is there.
    pub start: Option<Timestamp>,
    /// Until when it is there.
    pub end: Option<Timestamp>,
    /// When what the latest webhook told had happened.
    pub heard_at: Option<Timestamp>,
    /// A call whose outcome is not known, and from when it was to be by it; for a cancellation no time.
    #[serde(skip)]
    pub asked: Option<(Asked, Option<Timestamp>)>,
    /// Calls in a row that did not succeed.
    #[serde(skip)]
    pub attempts: i32,
    /// Nobody asks there again before.
    #[serde(skip)]
    pub quiet_until: Option<Timestamp>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was first heard of.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What shall be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// Of which event type.
    pub event_type: i64,
    /// From when.
    pub start: Timestamp,
}

impl Booking {
    /// One of which nothing is known yet.
    pub fn new(appointment: Option<&Appointment>, now: Timestamp) -> Self {
        Self {
            id: CalcomBookingId::new(),
            appointment_id: appointment.map(|appointment| appointment.id),
            patient_id: appointment.map(|appointment| appointment.patient_id),
            state: CalcomState::Pending,
            error_code: None,
            from_there: appointment.is_none(),
            keep_ours: false,
            there: There::None,
            uid: None,
            event_type: None,
            start: None,
            end: None,
            heard_at: None,
            asked: None,
            attempts: 0,
            quiet_until: None,
            version: 0,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether there is nothing left to ask for.
    pub fn agrees(&self, desired: Option<&Desired>) -> bool {
        if self.asked.is_some() {
            return false;
        }
        match (desired, self.there) {
            (Some(desired), There::Booked) => {
                self.event_type == Some(desired.event_type) && self.start == Some(desired.start)
            }
            (Some(_), There::None | There::Cancelled) | (None, There::Booked) => false,
            (None, There::None | There::Cancelled) => true,
        }
    }

    /// Whether it is the one of this name that stands there.
    pub fn stands_as(&self, uid: Option<&String>) -> bool {
        uid.is_some() && self.there == There::Booked && self.uid.as_ref() == uid
    }

    /// How it stands once there is nothing left to ask for.
    pub fn at_rest(&self) -> CalcomState {
        match self.there {
            _ if self.keep_ours && self.appointment_id.is_some() => CalcomState::OursOnly,
            There::Booked => CalcomState::Synced,
            There::None | There::Cancelled => CalcomState::Cancelled,
        }
    }

    /// The same, waiting to be asked for anew.
    pub fn waiting(&self) -> Self {
        Self { state: CalcomState::Pending, error_code: None, attempts: 0, quiet_until: None, ..self.clone() }
    }

    /// The same, for a person to decide.
    pub fn in_need(&self, code: &str) -> Self {
        Self { state: CalcomState::NeedsAttention, error_code: Some(code.to_owned()), ..self.clone() }
    }

    /// Whether what is against it is our own calendar.
    pub fn is_against_ours(&self) -> bool {
        self.error_code.as_ref().is_some_and(|code| code.ends_with(HERE))
    }
}

/// How codes end that say that our own calendar is against it.
pub const HERE: &str = "_here";

/// What shall be there for an appointment as it is now.
///
/// # Errors
/// 503 when the database is away.
pub async fn desired(tx: &mut TenantTx, booking: &Booking) -> Result<(Option<Appointment>, Option<Desired>)> {
    let Some(id) = booking.appointment_id else { return Ok((None, None)) };
    let appointment = appointment::find(tx, id).await?;
    let desired = if booking.keep_ours { None } else { desired_for(tx, &appointment).await? };
    Ok((Some(appointment), desired))
}

/// The same for one that has no row yet.
///
/// # Errors
/// 503 when the database is away.
pub async fn desired_for(tx: &mut TenantTx, appointment: &Appointment) -> Result<Option<Desired>> {
    // who did not come had booked all the same
    if appointment.status == Status::Cancelled {
        return Ok(None);
    }
    let mappings = mapping::of_service(tx, appointment.service_id).await?;
    let mapping = mapping::for_provider(&mappings, appointment.provider_ids.first().copied());
    Ok(mapping.map(|mapping| Desired { event_type: mapping.event_type_id, start: appointment.start }))
}
