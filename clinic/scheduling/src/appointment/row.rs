//! Appointments as they lie in their table.

use jiff::Timestamp;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::{Error, OnConstraint as _};
use platform::id::{PatientId, UserId};
use platform::shared::Colour;
use platform::{Result, undisclosed};
use practice::{LocationId, RoomId, ServiceId};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use super::{Appointment, AppointmentDetails, AppointmentId, Cancellation, InSeries, Source, Status};
use crate::settings::CancelledBy;

/// What is sealed as one value.
#[derive(Default, PartialEq, Serialize, Deserialize)]
struct Private {
    reason: Option<String>,
    notes: Option<String>,
    overbooking: Option<String>,
    cancellation: Option<String>,
}

/// A row, with what it takes up.
#[derive(FromRow)]
pub struct Row {
    id: Uuid,
    patient_id: Uuid,
    service_id: Uuid,
    location_id: Uuid,
    providers: Vec<Uuid>,
    rooms: Vec<Uuid>,
    starts_at: jiff_sqlx::Timestamp,
    ends_at: jiff_sqlx::Timestamp,
    time_zone: String,
    status: Status,
    source: Source,
    confirmed_at: Option<jiff_sqlx::Timestamp>,
    arrived_at: Option<jiff_sqlx::Timestamp>,
    seated_at: Option<jiff_sqlx::Timestamp>,
    completed_at: Option<jiff_sqlx::Timestamp>,
    checked_out_at: Option<jiff_sqlx::Timestamp>,
    no_show_at: Option<jiff_sqlx::Timestamp>,
    cancelled_at: Option<jiff_sqlx::Timestamp>,
    cancelled_by: Option<CancelledBy>,
    cancel_reason: Option<String>,
    private: Option<Vec<u8>>,
    colour: Option<Colour>,
    deposit: bool,
    moves: i32,
    patient_moves: i32,
    series_id: Option<Uuid>,
    series_number: Option<i32>,
    series_length: Option<i32>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

undisclosed!(Private, Row);

/// The columns of a [`Row`] of `scheduling.appointment a`.
pub const COLUMNS: &str = "a.id, a.patient_id, a.service_id, a.location_id,
    array(select b.resource_id from scheduling.booked b where b.practice_id = a.practice_id and b.holder_id = a.id
             and b.kind = 'provider' order by b.position) as providers,
    array(select b.resource_id from scheduling.booked b where b.practice_id = a.practice_id and b.holder_id = a.id
             and b.kind = 'room' order by b.position) as rooms,
    a.starts_at, a.ends_at, a.time_zone, a.status, a.source, a.confirmed_at, a.arrived_at, a.seated_at, a.completed_at,
    a.checked_out_at, a.no_show_at, a.cancelled_at, a.cancelled_by, a.cancel_reason, a.private, a.colour, a.deposit,
    a.moves, a.patient_moves, a.series_id, a.series_number, a.series_length, a.version, a.created_at, a.updated_at";

fn place(id: Uuid) -> Place<'static> {
    Place { table: "scheduling.appointment", column: "private", row: id }
}

impl Row {
    /// Its id.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// When it was last changed.
    pub fn updated(&self) -> Timestamp {
        self.updated_at.to_jiff()
    }

    /// From when it is.
    pub fn start(&self) -> Timestamp {
        self.starts_at.to_jiff()
    }

    /// The appointment, with what was sealed.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn open(self, tx: &mut TenantTx) -> Result<Appointment> {
        let private = match &self.private {
            Some(sealed) => serde_json::from_slice(&tx.open(place(self.id), sealed).await?).map_err(Error::internal)?,
            None => Private::default(),
        };
        let instant = |at: Option<jiff_sqlx::Timestamp>| at.map(|at| at.to_jiff());
        let cancellation = match (self.cancelled_at, self.cancelled_by, self.cancel_reason) {
            (Some(at), Some(by), Some(reason)) => {
                Some(Cancellation { at: at.to_jiff(), by, reason, note: private.cancellation })
            }
            _ => None,
        };
        let series = match (self.series_id, self.series_number, self.series_length) {
            (Some(id), Some(number), Some(length)) => Some(InSeries { id, number, length }),
            _ => None,
        };
        Ok(Appointment {
            id: AppointmentId(self.id),
            patient_id: PatientId(self.patient_id),
            service_id: ServiceId(self.service_id),
            location_id: LocationId(self.location_id),
            provider_ids: self.providers.into_iter().map(UserId).collect(),
            room_ids: self.rooms.into_iter().map(RoomId).collect(),
            start: self.starts_at.to_jiff(),
            end: self.ends_at.to_jiff(),
            time_zone: self.time_zone,
            status: self.status,
            source: self.source,
            details: AppointmentDetails {
                reason: private.reason,
                notes: private.notes,
                colour: self.colour,
                deposit: self.deposit,
            },
            overbooking: private.overbooking,
            confirmed_at: instant(self.confirmed_at),
            arrived_at: instant(self.arrived_at),
            seated_at: instant(self.seated_at),
            completed_at: instant(self.completed_at),
            checked_out_at: instant(self.checked_out_at),
            no_show_at: instant(self.no_show_at),
            cancellation,
            moves: self.moves,
            patient_moves: self.patient_moves,
            series,
            version: self.version,
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
        })
    }
}

/// Opens rows.
///
/// # Errors
/// 503 when the database is away.
pub async fn open_all(tx: &mut TenantTx, rows: Vec<Row>) -> Result<Vec<Appointment>> {
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(row.open(tx).await?);
    }
    Ok(all)
}

/// The appointment.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: AppointmentId) -> Result<Appointment> {
    let mut query = sqlx::QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from scheduling.appointment a where a.practice_id = ").push_bind(tx.practice());
    query.push(" and a.id = ").push_bind(id.uuid());
    let row: Option<Row> = query.build_query_as().fetch_optional(tx.conn()).await?;
    row.ok_or_else(Error::not_found)?.open(tx).await
}

/// The appointment, which nobody else changes until the end of the transaction.
///
/// # Errors
/// 404.
pub async fn lock(tx: &mut TenantTx, id: AppointmentId) -> Result<Appointment> {
    let practice = tx.practice();
    sqlx::query!(
        "select from scheduling.appointment where practice_id = $1 and id = $2 for no key update",
        practice,
        id.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    find(tx, id).await
}

/// Writes the appointment, for the first time or again. What it takes up is written by [`super::occupy`].
///
/// # Errors
/// 422 for what does not exist.
pub async fn save(tx: &mut TenantTx, of: &Appointment) -> Result<()> {
    let private = Private {
        reason: of.details.reason.clone(),
        notes: of.details.notes.clone(),
        overbooking: of.overbooking.clone(),
        cancellation: of.cancellation.as_ref().and_then(|cancelled| cancelled.note.clone()),
    };
    let private = if private == Private::default() {
        None
    } else {
        let text = serde_json::to_vec(&private).map_err(Error::internal)?;
        Some(tx.seal(place(of.id.uuid()), &text).await?)
    };
    let practice = tx.practice();
    let at = |at: Timestamp| jiff_sqlx::Timestamp::from(at);
    let maybe = |at: Option<Timestamp>| at.map(jiff_sqlx::Timestamp::from);
    let unknown =
        |pointer: &'static str, text: &'static str| move || Error::invalid(Vec::new()).at(pointer, "not_found", text);
    sqlx::query!(
        "insert into scheduling.appointment (practice_id, id, patient_id, service_id, location_id, starts_at, ends_at,
                time_zone, status, confirmed_at, arrived_at, seated_at, completed_at, checked_out_at, no_show_at,
                cancelled_at, cancelled_by, cancel_reason, private, colour, deposit, moves, series_id, series_number,
                series_length, version, created_at, updated_at, patient_moves, source)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, $24, $25, $26, $27, $28, $29, $30)
         on conflict (practice_id, id) do update
            set service_id = $4, location_id = $5, starts_at = $6, ends_at = $7, time_zone = $8, status = $9,
                confirmed_at = $10, arrived_at = $11, seated_at = $12, completed_at = $13, checked_out_at = $14,
                no_show_at = $15, cancelled_at = $16, cancelled_by = $17, cancel_reason = $18, private = $19,
                colour = $20, deposit = $21, moves = $22, version = $26, updated_at = $28, patient_moves = $29",
        practice,
        of.id.uuid(),
        of.patient_id.uuid(),
        of.service_id.uuid(),
        of.location_id.uuid(),
        at(of.start) as _,
        at(of.end) as _,
        of.time_zone,
        of.status as Status,
        maybe(of.confirmed_at) as _,
        maybe(of.arrived_at) as _,
        maybe(of.seated_at) as _,
        maybe(of.completed_at) as _,
        maybe(of.checked_out_at) as _,
        maybe(of.no_show_at) as _,
        maybe(of.cancellation.as_ref().map(|cancelled| cancelled.at)) as _,
        of.cancellation.as_ref().map(|cancelled| cancelled.by) as _,
        of.cancellation.as_ref().map(|cancelled| cancelled.reason.as_str()),
        private,
        of.details.colour as _,
        of.details.deposit,
        of.moves,
        of.series.map(|series| series.id),
        of.series.map(|series| series.number),
        of.series.map(|series| series.length),
        of.version,
        at(of.created_at) as _,
        at(of.updated_at) as _,
        of.patient_moves,
        of.source as Source,
    )
    .execute(tx.conn())
    .await
    .on_constraint("appointment_of_patient", unknown("/patientId", "Choose a patient of the practice."))
    .on_constraint("appointment_for_service", unknown("/serviceId", "Choose among the practice's services."))
    .on_constraint("appointment_at_location", unknown("/locationId", "Choose among the practice's locations."))?;
    Ok(())
}
