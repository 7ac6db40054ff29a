//! Appointments: the visit itself, how it goes on, and what it takes up.

pub mod book;
pub mod course;
pub mod occupy;
pub mod plan;
pub mod row;
#[cfg(test)]
mod tests;
mod visits;

use garde::Validate;
use jiff::Timestamp;
use platform::change::Change as FieldsChange;
use platform::db::tenant::check_version;
use platform::db::{Actor, TenantTx};
use platform::extract::Path;
use platform::guard::Can;
use platform::id::{PatientId, UserId};
use platform::permission::appointments as may;
use platform::record::{Change, Look};
use platform::routes::{Json, Routes};
use platform::shared::Colour;
use platform::{Result, route, undisclosed, validate};
use practice::{LocationId, RoomId, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::settings::CancelledBy;
use crate::{own, waitlist};

pub use row::find;

platform::id!(
    /// A booked visit.
    AppointmentId
);

/// The routes of appointments.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(change)).merge(book::routes()).merge(course::routes())
}

/// How far an appointment has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[schema(as = AppointmentStatus)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Status {
    /// Booked.
    Scheduled,
    /// The patient has said that they will come.
    Confirmed,
    /// They are here.
    Arrived,
    /// They are being treated.
    InChair,
    /// They have been treated.
    Completed,
    /// It does not take place.
    Cancelled,
    /// They did not come.
    NoShow,
}

impl Status {
    /// Whether people and rooms are taken by it.
    #[must_use]
    pub fn occupies(self) -> bool {
        !matches!(self, Self::Cancelled | Self::NoShow)
    }
}

/// How an appointment came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[schema(as = AppointmentSource)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Source {
    /// The practice booked it, or it came of something that the practice offers or keeps: the waitlist, Cal.com.
    Staff,
    /// The patient booked it on the practice's page.
    Online,
}

impl Source {
    /// By who acts.
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        match actor {
            Actor::Visitor => Self::Online,
            _ => Self::Staff,
        }
    }
}

/// What is entered about a visit besides when and where it is.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct AppointmentDetails {
    /// Why the patient comes, in their words. Encrypted.
    #[garde(inner(length(chars, max = 500), custom(validate::text)))]
    pub reason: Option<String>,
    /// For whoever prepares the visit. Encrypted.
    #[garde(inner(length(chars, max = 4000), custom(validate::text)))]
    pub notes: Option<String>,
    /// In place of the service's colour.
    #[garde(skip)]
    pub colour: Option<Colour>,
    /// Whether a deposit is asked for.
    #[garde(skip)]
    pub deposit: bool,
}

/// Why and by whom an appointment was cancelled.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cancellation {
    /// When.
    pub at: Timestamp,
    /// Who did not want it any more.
    pub by: CancelledBy,
    /// Key of the reason among the practice's.
    pub reason: String,
    /// What was said. Encrypted.
    #[schema(required)]
    pub note: Option<String>,
}

/// One of several that were booked together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct InSeries {
    /// The series.
    pub id: Uuid,
    /// Which of them, from 1.
    pub number: i32,
    /// Of how many.
    pub length: i32,
}

/// A booked visit.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// Who comes.
    pub patient_id: PatientId,
    /// What is done.
    pub service_id: ServiceId,
    /// At which location.
    pub location_id: LocationId,
    /// By whom, the main one first.
    pub provider_ids: Vec<UserId>,
    /// In which rooms or chairs, the main one first.
    pub room_ids: Vec<RoomId>,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// The zone of the place, IANA.
    pub time_zone: String,
    /// How far it has come.
    pub status: Status,
    /// How it came.
    pub source: Source,
    /// What was entered about it.
    #[serde(flatten)]
    pub details: AppointmentDetails,
    /// Why it was booked over another one or outside of working hours. Encrypted.
    #[schema(required)]
    pub overbooking: Option<String>,
    /// When the patient said that they will come.
    #[schema(required)]
    pub confirmed_at: Option<Timestamp>,
    /// When they came.
    #[schema(required)]
    pub arrived_at: Option<Timestamp>,
    /// When the treatment began.
    #[schema(required)]
    pub seated_at: Option<Timestamp>,
    /// When it ended.
    #[schema(required)]
    pub completed_at: Option<Timestamp>,
    /// When they left, with everything settled.
    #[schema(required)]
    pub checked_out_at: Option<Timestamp>,
    /// When somebody noted that they had not come.
    #[schema(required)]
    pub no_show_at: Option<Timestamp>,
    /// Why it does not take place.
    #[schema(required)]
    pub cancellation: Option<Cancellation>,
    /// How often it was moved.
    pub moves: i32,
    /// How often of these by the patient themselves.
    pub patient_moves: i32,
    /// The series that it belongs to.
    #[schema(required)]
    pub series: Option<InSeries>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was booked.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

undisclosed!(AppointmentDetails, Cancellation, Appointment);

/// An appointment.
#[utoipa::path(get, path = "/api/v1/appointments/{id}", tag = "scheduling",
    params(("id" = Uuid, Path, description = "The appointment")), responses((status = 200, body = Appointment)))]
async fn read(who: Can<may::Read>, Path(id): Path<AppointmentId>) -> Result<Json<Appointment>> {
    who.read_recorded(async move |tx| {
        let appointment = find(tx, id).await?;
        tx.record_read(Look::at("appointment", id.uuid()).of_patient(Some(appointment.patient_id))).await?;
        Ok(Json(appointment))
    })
    .await
}

/// Change what was entered about an appointment. When and where it is, `move` changes.
#[utoipa::path(patch, path = "/api/v1/appointments/{id}", tag = "scheduling", request_body = FieldsChange<AppointmentDetails>,
    params(("id" = Uuid, Path, description = "The appointment")), responses((status = 200, body = Appointment)))]
async fn change(
    who: Can<may::WriteOwn>,
    Path(id): Path<AppointmentId>,
    change: FieldsChange<AppointmentDetails>,
) -> Result<Json<Appointment>> {
    own::check_of(&who, id, "PATCH /api/v1/appointments/{id}").await?;
    who.write(async move |tx| {
        let before = find_at(tx, id, change.version).await?;
        let details = change.apply(&before.details)?.tidied();
        let after = Appointment { details, ..before.clone() };
        save(tx, &before, after, "appointment.changed").await.map(Json)
    })
    .await
}

impl AppointmentDetails {
    /// Without blanks around texts, and without texts that are blank.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        for text in [&mut self.reason, &mut self.notes] {
            *text = text.as_ref().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        }
        self
    }
}

/// The appointment at this version, locked until the end of the transaction.
///
/// # Errors
/// 404; 409 with what there is now.
pub async fn find_at(tx: &mut TenantTx, id: AppointmentId, version: i32) -> Result<Appointment> {
    let appointment = row::lock(tx, id).await?;
    check_version(version, appointment.version, &appointment)?;
    Ok(appointment)
}

/// Writes a change of an appointment everywhere it belongs. What it leaves free is offered to those who wait.
///
/// # Errors
/// 503 when the database is away.
pub async fn save(
    tx: &mut TenantTx,
    before: &Appointment,
    after: Appointment,
    event: &'static str,
) -> Result<Appointment> {
    let after = Appointment { version: before.version + 1, updated_at: tx.now(), ..after };
    row::save(tx, &after).await?;
    visits::tell(tx, after.patient_id).await?;
    let change = Change::updated("appointment", after.id.uuid(), before, &after);
    tx.record(change.on_timeline(after.patient_id, event).event(event, after.version)).await?;
    waitlist::freed(tx, before, &after).await?;
    Ok(after)
}
