//! Booking: one visit, or several of the same kind at regular intervals.

use garde::Validate;
use jiff::tz::TimeZone;
use jiff::{Span as Later, Timestamp};
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Body;
use platform::guard::Can;
use platform::id::{PatientId, UserId};
use platform::idempotency::{IdempotencyKey, Once};
use platform::permission::appointments as may;
use platform::record::Change;
use platform::routes::Routes;
use platform::shared::Colour;
use platform::{Result, route, undisclosed, validate};
use practice::{LocationId, RoomId, ServiceId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::occupy::{Holder, Rooms, occupy};
use super::plan::Asked;
use super::{Appointment, AppointmentDetails, AppointmentId, InSeries, Source, Status, row, visits};
use crate::holds::{self, HoldId};
use crate::{own, slots, visit_link};

/// The routes of booking.
pub fn routes() -> Routes {
    Routes::new().route(route!(create)).route(route!(create_series))
}

/// A visit to be booked.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAppointment {
    /// Who comes.
    #[garde(skip)]
    pub patient_id: PatientId,
    /// What is done.
    #[garde(skip)]
    pub service_id: ServiceId,
    /// At which location.
    #[garde(skip)]
    pub location_id: LocationId,
    /// By whom, the main one first.
    #[garde(length(min = 1, max = 5))]
    pub provider_ids: Vec<UserId>,
    /// In which rooms or chairs; left out, the first one of the location that is free.
    #[garde(inner(length(max = 5)))]
    pub room_ids: Option<Vec<RoomId>>,
    /// From when.
    #[garde(skip)]
    pub start: Timestamp,
    /// How long; left out, as long as the service takes.
    #[garde(inner(range(min = 5, max = 720)))]
    pub duration_minutes: Option<i32>,
    /// Why the patient comes, in their words.
    #[garde(inner(length(chars, max = 500), custom(validate::text)))]
    pub reason: Option<String>,
    /// For whoever prepares the visit.
    #[garde(inner(length(chars, max = 4000), custom(validate::text)))]
    pub notes: Option<String>,
    /// In place of the service's colour.
    #[garde(skip)]
    pub colour: Option<Colour>,
    /// Whether a deposit is asked for.
    #[garde(skip)]
    #[serde(default)]
    pub deposit: bool,
    /// Books over other appointments, or outside of working hours, and says why. Needs `appointments.overbook`.
    #[garde(inner(length(chars, max = 500), custom(validate::line)))]
    pub overbooking: Option<String>,
    /// A hold that the visit takes the place of.
    #[garde(skip)]
    pub hold_id: Option<HoldId>,
}

/// At which intervals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SeriesUnit {
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months; a day that a month lacks becomes its last.
    Month,
}

/// Several visits of the same kind. Local time stays the same, also where clocks are changed in between.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAppointmentSeries {
    /// The first one.
    #[garde(dive)]
    pub first: NewAppointment,
    /// From one to the next: so many
    #[garde(range(min = 1, max = 52))]
    pub every: i32,
    /// of these.
    #[garde(skip)]
    pub unit: SeriesUnit,
    /// How many visits in all.
    #[garde(range(min = 2, max = 52))]
    pub times: i32,
}

/// Visits that were booked together.
#[derive(Serialize, ToSchema)]
pub struct AppointmentSeries {
    /// The series.
    id: Uuid,
    /// The visits, in order.
    items: Vec<Appointment>,
}

undisclosed!(NewAppointment, NewAppointmentSeries, AppointmentSeries);

/// Book an appointment. What is taken is answered with 409: `current.busy` says what it is, `current.alternatives` what
/// is free near that time.
#[utoipa::path(post, path = "/api/v1/appointments", tag = "scheduling", request_body = NewAppointment,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Appointment)))]
async fn create(who: Can<may::WriteOwn>, key: IdempotencyKey, Body(new): Body<NewAppointment>) -> Result<Once> {
    own::check(&who, &new.provider_ids, "POST /api/v1/appointments").await?;
    own::check_over(&who, new.overbooking.as_ref(), "POST /api/v1/appointments").await?;
    let (request, asked) = (key.of("appointment.create", &new)?, new.asked());
    let booked = who
        .create_once(request, async move |tx| {
            holds::check(tx, new.hold_id).await?;
            book(tx, &new, None).await
        })
        .await;
    slots::with_alternatives(&who, asked, None, booked).await
}

/// Book several visits of the same kind: all of them, or none when one cannot be. Then `current.number` says which, and
/// `current.alternatives` what is free near its time.
#[utoipa::path(post, path = "/api/v1/appointment-series", tag = "scheduling", request_body = NewAppointmentSeries,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = AppointmentSeries)))]
async fn create_series(
    who: Can<may::WriteOwn>,
    key: IdempotencyKey,
    Body(new): Body<NewAppointmentSeries>,
) -> Result<Once> {
    own::check(&who, &new.first.provider_ids, "POST /api/v1/appointment-series").await?;
    own::check_over(&who, new.first.overbooking.as_ref(), "POST /api/v1/appointment-series").await?;
    let (request, mut asked) = (key.of("appointment_series.create", &new)?, new.first.asked());
    let booked = who
        .create_once(request, async move |tx| {
            holds::check(tx, new.first.hold_id).await?;
            book_series(tx, &new).await
        })
        .await;
    if let Err(error) = &booked
        && let Some(start) = error.shown().and_then(|shown| shown["start"].as_str()?.parse().ok())
    {
        asked.start = start;
    }
    slots::with_alternatives(&who, asked, None, booked).await
}

/// Books an appointment, with audit entry, timeline entry and event.
///
/// # Errors
/// 422 for what does not exist or does not fit together; 409 for what is taken, or outside of working hours.
pub async fn book(tx: &mut TenantTx, new: &NewAppointment, series: Option<InSeries>) -> Result<Appointment> {
    let asked = new.asked();
    let planned = asked.plan(tx).await?;
    if planned.service.archived_at.is_some() {
        return Err(Error::invalid(Vec::new()).at("/serviceId", "archived", "Choose a service that is offered."));
    }
    if !patients::is_present(tx, new.patient_id).await? {
        return Err(Error::invalid(Vec::new()).at("/patientId", "not_found", "Choose a patient of the practice."));
    }
    let (id, now) = (AppointmentId::new(), tx.now());
    let wanted = planned.wanted(&asked, Holder::Appointment(id));
    let details = AppointmentDetails {
        reason: new.reason.clone(),
        notes: new.notes.clone(),
        colour: new.colour,
        deposit: new.deposit,
    };
    let mut appointment = Appointment {
        id,
        patient_id: new.patient_id,
        service_id: new.service_id,
        location_id: new.location_id,
        provider_ids: new.provider_ids.clone(),
        room_ids: Vec::new(),
        start: planned.span.start,
        end: planned.span.end,
        time_zone: planned.zone,
        status: Status::Scheduled,
        source: Source::of(&tx.caller().actor),
        details: details.tidied(),
        overbooking: new.overbooking.as_ref().map(|why| why.trim().to_owned()),
        confirmed_at: None,
        arrived_at: None,
        seated_at: None,
        completed_at: None,
        checked_out_at: None,
        no_show_at: None,
        cancellation: None,
        moves: 0,
        patient_moves: 0,
        series,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    row::save(tx, &appointment).await?;
    appointment.room_ids = occupy(tx, &wanted).await?;
    if let Some(hold) = new.hold_id {
        holds::forget(tx, hold).await?;
    }
    visits::tell(tx, new.patient_id).await?;
    let change = Change::created("appointment", id.uuid(), &appointment);
    tx.record(change.on_timeline(new.patient_id, "appointment.booked").event("appointment.booked", 1)).await?;
    // of several that were booked at once, patients get one mail; who booked online gets another one
    if series.is_none_or(|series| series.number == 1) && appointment.source == Source::Staff {
        visit_link::tell_booked(tx, &appointment).await?;
    }
    Ok(appointment)
}

async fn book_series(tx: &mut TenantTx, new: &NewAppointmentSeries) -> Result<AppointmentSeries> {
    let zone = new.first.asked().plan(tx).await?.zone;
    let first = new.first.start.to_zoned(TimeZone::get(&zone).map_err(Error::internal)?);
    let (id, mut items) = (Uuid::now_v7(), Vec::new());
    for number in 1..=new.times {
        let later = i64::from(new.every) * i64::from(number - 1);
        let later = match new.unit {
            SeriesUnit::Day => Later::new().days(later),
            SeriesUnit::Week => Later::new().weeks(later),
            SeriesUnit::Month => Later::new().months(later),
        };
        let start = first.checked_add(later).map_err(Error::internal)?.timestamp();
        let hold_id = new.first.hold_id.filter(|_| number == 1);
        let next = NewAppointment { start, hold_id, ..new.first.clone() };
        let booked = book(tx, &next, Some(InSeries { id, number, length: new.times })).await;
        items.push(booked.map_err(|error| {
            if !slots::is_taken(&error) {
                return error;
            }
            let busy = error.shown().map_or_else(|| json!([]), |shown| shown["busy"].clone());
            error.showing(&json!({ "busy": busy, "number": number, "start": start }))
        })?);
    }
    Ok(AppointmentSeries { id, items })
}

impl NewAppointment {
    /// A visit of which nothing more is said: in the first room that is free, as long as the service takes.
    #[must_use]
    pub fn plain(
        patient_id: PatientId,
        (service_id, location_id): (ServiceId, LocationId),
        provider: UserId,
        start: Timestamp,
    ) -> Self {
        Self {
            patient_id,
            service_id,
            location_id,
            provider_ids: vec![provider],
            room_ids: None,
            start,
            duration_minutes: None,
            reason: None,
            notes: None,
            colour: None,
            deposit: false,
            overbooking: None,
            hold_id: None,
        }
    }

    /// Where and when it is to be.
    #[must_use]
    pub fn asked(&self) -> Asked {
        Asked {
            patient: Some(self.patient_id),
            service: self.service_id,
            location: self.location_id,
            providers: self.provider_ids.clone(),
            rooms: self.room_ids.clone().map(Rooms::These),
            start: self.start,
            minutes: self.duration_minutes,
            over: self.overbooking.is_some(),
            hold: self.hold_id,
        }
    }
}
