//! What becomes of an appointment: moved, confirmed, arrived, treated, gone; or cancelled, or nobody came.

use garde::Validate;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::id::UserId;
use platform::permission::appointments as may;
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{Result, route, undisclosed, validate};
use practice::{LocationId, RoomId, ServiceId};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::occupy::{Holder, Rooms, let_go, occupy};
use super::plan::Asked;
use super::{Appointment, AppointmentId, Cancellation, Status, find, find_at, row, save};
use crate::holds::{self, HoldId};
use crate::settings::{self, CancelledBy};
use crate::{own, slots, visit_link};

/// The routes of what becomes of appointments.
pub fn routes() -> Routes {
    Routes::new().route(route!(r#move)).route(route!(set_status)).route(route!(check_out)).route(route!(cancel))
}

/// When and where an appointment is to be instead; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MoveAppointment {
    /// The version that the change is based on.
    #[garde(skip)]
    pub version: i32,
    /// From when.
    #[garde(skip)]
    pub start: Option<Timestamp>,
    /// How long.
    #[garde(inner(range(min = 5, max = 720)))]
    pub duration_minutes: Option<i32>,
    /// By whom, the main one first.
    #[garde(inner(length(min = 1, max = 5)))]
    pub provider_ids: Option<Vec<UserId>>,
    /// In which rooms. Left out, it stays in its room where that is free, and else goes to the first that is.
    #[garde(inner(length(max = 5)))]
    pub room_ids: Option<Vec<RoomId>>,
    /// What is done.
    #[garde(skip)]
    pub service_id: Option<ServiceId>,
    /// At which location.
    #[garde(skip)]
    pub location_id: Option<LocationId>,
    /// Puts it over other appointments, or outside of working hours, and says why. Needs `appointments.overbook`.
    #[garde(inner(length(chars, max = 500), custom(validate::line)))]
    pub overbooking: Option<String>,
    /// A hold that it takes the place of.
    #[garde(skip)]
    pub hold_id: Option<HoldId>,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppointmentStatus {
    /// The version that the change is based on.
    #[garde(skip)]
    pub version: i32,
    /// Any but `cancelled`, which has reasons.
    #[garde(skip)]
    pub status: Status,
}

/// Why it does not take place.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancelAppointment {
    /// The version that the change is based on.
    #[garde(skip)]
    pub version: i32,
    /// Who does not want it any more.
    #[garde(skip)]
    pub by: CancelledBy,
    /// Key of a reason among the practice's.
    #[garde(length(max = 60))]
    pub reason: String,
    /// What was said.
    #[garde(inner(length(chars, max = 500), custom(validate::text)))]
    pub note: Option<String>,
    /// Of a series, those that come after it as well.
    #[garde(skip)]
    #[serde(default)]
    pub following: bool,
}

undisclosed!(CancelAppointment);

/// Whose idea it was to move an appointment: patients may do so only so many times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MovedBy {
    /// The practice's, also where the patient agreed.
    Practice,
    /// The patient's.
    Patient,
}

/// Move an appointment: to another time, length, provider, room, service or place. What is taken is answered with 409,
/// as in booking. Who had confirmed the old time is asked again.
#[utoipa::path(post, path = "/api/v1/appointments/{id}/move", tag = "scheduling", request_body = MoveAppointment,
    params(("id" = Uuid, Path, description = "The appointment")), responses((status = 200, body = Appointment)))]
async fn r#move(
    who: Can<may::WriteOwn>,
    Path(id): Path<AppointmentId>,
    Body(to): Body<MoveAppointment>,
) -> Result<Json<Appointment>> {
    const OPERATION: &str = "POST /api/v1/appointments/{id}/move";
    own::check_of(&who, id, OPERATION).await?;
    if let Some(providers) = &to.provider_ids {
        own::check(&who, providers, OPERATION).await?;
    }
    own::check_over(&who, to.overbooking.as_ref(), OPERATION).await?;
    let before = who.read(async move |tx| find(tx, id).await).await?;
    let asked = to.asked(&before);
    let moved = who
        .write(async move |tx| {
            holds::check(tx, to.hold_id).await?;
            move_to(tx, id, &to, MovedBy::Practice).await
        })
        .await;
    slots::with_alternatives(&who, asked, Some(id), moved).await.map(Json)
}

/// Say how far an appointment has come: confirmed, arrived, in the chair, completed; or that nobody came. Going back is
/// allowed, and takes back what was said since. One that was cancelled or missed becomes one again, where its time is
/// still free.
#[utoipa::path(post, path = "/api/v1/appointments/{id}/status", tag = "scheduling", request_body = NewAppointmentStatus,
    params(("id" = Uuid, Path, description = "The appointment")), responses((status = 200, body = Appointment)))]
async fn set_status(
    who: Can<may::WriteOwn>,
    Path(id): Path<AppointmentId>,
    Body(new): Body<NewAppointmentStatus>,
) -> Result<Json<Appointment>> {
    own::check_of(&who, id, "POST /api/v1/appointments/{id}/status").await?;
    let before = who.read(async move |tx| find(tx, id).await).await?;
    let asked = Asked::again(&before);
    let done = who.write(async move |tx| come_to(tx, id, new).await).await;
    slots::with_alternatives(&who, asked, Some(id), done).await.map(Json)
}

/// Note that the patient has left, with everything settled. It completes the visit where nobody has.
#[utoipa::path(post, path = "/api/v1/appointments/{id}/check-out", tag = "scheduling", request_body = AtVersion,
    params(("id" = Uuid, Path, description = "The appointment")), responses((status = 200, body = Appointment)))]
async fn check_out(
    who: Can<may::WriteOwn>,
    Path(id): Path<AppointmentId>,
    Body(at): Body<AtVersion>,
) -> Result<Json<Appointment>> {
    own::check_of(&who, id, "POST /api/v1/appointments/{id}/check-out").await?;
    who.write(async move |tx| {
        let before = find_at(tx, id, at.version).await?;
        if !before.status.occupies() {
            let title = "Who did not come cannot leave; say first that they came.";
            return Err(Error::conflict("appointment.over", title).showing(&before));
        }
        let (completed, _) = stage(&before, Status::Completed, tx.now())?;
        let after = Appointment { checked_out_at: before.checked_out_at.or(Some(tx.now())), ..completed };
        save(tx, &before, after, "appointment.checked_out").await.map(Json)
    })
    .await
}

/// Cancel an appointment, or it and those of its series that come after it. Its time is free for others at once.
#[utoipa::path(post, path = "/api/v1/appointments/{id}/cancel", tag = "scheduling", request_body = CancelAppointment,
    params(("id" = Uuid, Path, description = "The appointment")), responses((status = 200, body = Appointment)))]
async fn cancel(
    who: Can<may::WriteOwn>,
    Path(id): Path<AppointmentId>,
    Body(why): Body<CancelAppointment>,
) -> Result<Json<Appointment>> {
    own::check_of(&who, id, "POST /api/v1/appointments/{id}/cancel").await?;
    who.write(async move |tx| call_off(tx, id, &why).await).await.map(Json)
}

/// Moves an appointment, with audit entry, timeline entry and event.
///
/// # Errors
/// 409 for one that is over, for what is taken, or outside of working hours; 422 for what does not fit together.
pub async fn move_to(tx: &mut TenantTx, id: AppointmentId, to: &MoveAppointment, by: MovedBy) -> Result<Appointment> {
    let before = find_at(tx, id, to.version).await?;
    if !before.status.occupies() || before.status == Status::Completed {
        let title = "An appointment that is over cannot be moved; book another one.";
        return Err(Error::conflict("appointment.over", title).showing(&before));
    }
    let asked = to.asked(&before);
    let planned = asked.plan(tx).await?;
    let mut after = Appointment {
        service_id: asked.service,
        location_id: asked.location,
        provider_ids: asked.providers.clone(),
        start: planned.span.start,
        end: planned.span.end,
        time_zone: planned.zone.clone(),
        overbooking: to.overbooking.clone(),
        ..before.clone()
    };
    let elsewhen = after.start != before.start;
    if elsewhen && after.status == Status::Confirmed {
        (after.status, after.confirmed_at) = (Status::Scheduled, None);
    }
    after.moves += i32::from(elsewhen);
    after.patient_moves += i32::from(elsewhen && by == MovedBy::Patient);
    after.room_ids = occupy(tx, &planned.wanted(&asked, Holder::Appointment(id))).await?;
    if let Some(hold) = to.hold_id {
        holds::forget(tx, hold).await?;
    }
    let moved = save(tx, &before, after, "appointment.moved").await?;
    if elsewhen {
        visit_link::tell_moved(tx, &moved).await?;
    }
    Ok(moved)
}

/// Brings an appointment to another stage, with audit entry, timeline entry and event.
///
/// # Errors
/// 409 for what does not follow; 422 for cancelling, which has reasons.
pub async fn come_to(tx: &mut TenantTx, id: AppointmentId, new: NewAppointmentStatus) -> Result<Appointment> {
    let before = find_at(tx, id, new.version).await?;
    if before.status == new.status {
        return Ok(before);
    }
    let now = tx.now();
    let (mut after, event) = stage(&before, new.status, now)?;
    if !after.status.occupies() {
        let_go(tx, id).await?;
    } else if !before.status.occupies() {
        let asked = Asked { over: before.overbooking.is_some(), ..Asked::again(&before) };
        let planned = asked.plan(tx).await?;
        let wanted = planned.wanted(&asked, Holder::Appointment(id));
        after.room_ids = occupy(tx, &wanted).await?;
    }
    save(tx, &before, after, event).await
}

/// The appointment at another stage: what was noted for later stages is taken back.
fn stage(before: &Appointment, to: Status, now: Timestamp) -> Result<(Appointment, &'static str)> {
    let until = |kept: Status, at: Option<Timestamp>| at.filter(|_| to >= kept && to.occupies());
    let reached = |stage: Status, at: Option<Timestamp>| until(stage, at).or((to == stage).then_some(now));
    let after = Appointment {
        status: to,
        confirmed_at: reached(Status::Confirmed, before.confirmed_at),
        arrived_at: reached(Status::Arrived, before.arrived_at),
        seated_at: reached(Status::InChair, before.seated_at),
        completed_at: reached(Status::Completed, before.completed_at),
        checked_out_at: until(Status::Completed, before.checked_out_at),
        no_show_at: (to == Status::NoShow).then_some(now),
        cancellation: None,
        ..before.clone()
    };
    let event = match to {
        Status::Scheduled if before.status.occupies() => "appointment.unconfirmed",
        Status::Scheduled => "appointment.reinstated",
        Status::Confirmed => "appointment.confirmed",
        Status::Arrived => "appointment.arrived",
        Status::InChair => "appointment.seated",
        Status::Completed => "appointment.completed",
        Status::NoShow if before.start > now => {
            let title = "It has not begun yet; who will not come is a matter of cancelling.";
            return Err(Error::conflict("appointment.not_yet", title).showing(before));
        }
        Status::NoShow => "appointment.no_show",
        Status::Cancelled => {
            let text = "Cancel it instead, with its reason.";
            return Err(Error::invalid(Vec::new()).at("/status", "invalid", text));
        }
    };
    Ok((after, event))
}

/// Cancels an appointment, or it and those of its series that come after it.
///
/// # Errors
/// 422 for a reason that is none of the practice's; 409 for one that is over.
pub async fn call_off(tx: &mut TenantTx, id: AppointmentId, why: &CancelAppointment) -> Result<Appointment> {
    check_reason(tx, why).await?;
    let before = find_at(tx, id, why.version).await?;
    let cancelled = cancel_one(tx, before, why).await?;
    if let (true, Some(series)) = (why.following, cancelled.series) {
        for next in following(tx, series.id, series.number).await? {
            let next = find(tx, next).await?;
            cancel_one(tx, next, why).await?;
        }
    }
    Ok(cancelled)
}

async fn check_reason(tx: &mut TenantTx, why: &CancelAppointment) -> Result<()> {
    let rules = settings::find(tx).await?.rules;
    let known = rules.reasons.iter().any(|known| known.key == why.reason && known.by == why.by && !known.archived);
    if known {
        return Ok(());
    }
    let text = "Choose among the practice's reasons for whoever cancels.";
    Err(Error::invalid(Vec::new()).at("/reason", "not_found", text))
}

async fn cancel_one(tx: &mut TenantTx, before: Appointment, why: &CancelAppointment) -> Result<Appointment> {
    match before.status {
        Status::Cancelled => return Ok(before),
        Status::Completed | Status::NoShow => {
            let title = "An appointment that is over cannot be cancelled.";
            return Err(Error::conflict("appointment.over", title).showing(&before));
        }
        Status::Scheduled | Status::Confirmed | Status::Arrived | Status::InChair => {}
    }
    let note = why.note.as_ref().map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    let cancellation = Some(Cancellation { at: tx.now(), by: why.by, reason: why.reason.clone(), note });
    let after = Appointment { status: Status::Cancelled, cancellation, ..before.clone() };
    let_go(tx, before.id).await?;
    save(tx, &before, after, "appointment.cancelled").await
}

/// Those of a series that come after one of them and have not begun, locked until the end of the transaction.
async fn following(tx: &mut TenantTx, series: Uuid, number: i32) -> Result<Vec<AppointmentId>> {
    let practice = tx.practice();
    let ids = sqlx::query_scalar!(
        "select id from scheduling.appointment
          where practice_id = $1 and series_id = $2 and series_number > $3 and status in ('scheduled', 'confirmed')
          order by series_number for no key update",
        practice,
        series,
        number,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(AppointmentId).collect())
}

/// When an appointment is by what was decided elsewhere.
pub struct Elsewhere {
    /// From when.
    pub start: Timestamp,
    /// Why it is put over other appointments, where it is.
    pub over: Option<String>,
}

/// Moves an appointment to where it was moved elsewhere; one that is there already is left alone.
///
/// # Errors
/// 409 as in moving.
pub async fn move_elsewhere(tx: &mut TenantTx, id: AppointmentId, to: &Elsewhere) -> Result<Appointment> {
    let before = row::lock(tx, id).await?;
    if before.start == to.start && before.status.occupies() {
        return Ok(before);
    }
    let to = MoveAppointment {
        version: before.version,
        start: Some(to.start),
        overbooking: to.over.clone(),
        ..MoveAppointment::default()
    };
    move_to(tx, id, &to, MovedBy::Practice).await
}

/// Cancels an appointment that was cancelled elsewhere, for the first reason that the practice has for whoever did.
///
/// # Errors
/// 409 when it is over.
pub async fn cancel_elsewhere(
    tx: &mut TenantTx,
    id: AppointmentId,
    by_patient: bool,
    note: Option<&str>,
) -> Result<Appointment> {
    let by = if by_patient { CancelledBy::Patient } else { CancelledBy::Clinic };
    let rules = settings::find(tx).await?.rules;
    let offered = rules.reasons.iter().filter(|reason| !reason.archived);
    let reason = offered.clone().find(|reason| reason.by == by).or_else(|| rules.reasons.first());
    let why = CancelAppointment {
        version: 0,
        by,
        reason: reason.map_or_else(|| "elsewhere".to_owned(), |reason| reason.key.clone()),
        note: note.map(|note| note.chars().take(500).collect()),
        following: false,
    };
    let before = row::lock(tx, id).await?;
    cancel_one(tx, before, &why).await
}

/// Notes that nobody came, as was noted elsewhere.
///
/// # Errors
/// 409 when it has not begun yet.
pub async fn miss_elsewhere(tx: &mut TenantTx, id: AppointmentId) -> Result<Appointment> {
    let version = find(tx, id).await?.version;
    come_to(tx, id, NewAppointmentStatus { version, status: Status::NoShow }).await
}

impl MoveAppointment {
    /// Where and when it would be.
    #[must_use]
    pub fn asked(&self, before: &Appointment) -> Asked {
        let of = Asked::again(before);
        let elsewhere = self.location_id.is_some_and(|location| location != before.location_id);
        Asked {
            patient: of.patient,
            service: self.service_id.unwrap_or(of.service),
            location: self.location_id.unwrap_or(of.location),
            providers: self.provider_ids.clone().unwrap_or(of.providers),
            rooms: match &self.room_ids {
                Some(rooms) => Some(Rooms::These(rooms.clone())),
                None if elsewhere => None,
                None => of.rooms,
            },
            start: self.start.unwrap_or(of.start),
            minutes: self.duration_minutes.or(of.minutes),
            over: self.overbooking.is_some(),
            hold: self.hold_id,
        }
    }
}

impl Asked {
    /// Where and when an appointment is, in another room where it has one that is taken.
    #[must_use]
    pub fn again(of: &Appointment) -> Self {
        Self {
            patient: Some(of.patient_id),
            service: of.service_id,
            location: of.location_id,
            providers: of.provider_ids.clone(),
            rooms: Some(match of.room_ids[..] {
                [room] => Rooms::FirstOf(vec![room]),
                _ => Rooms::These(of.room_ids.clone()),
            }),
            start: of.start,
            minutes: i32::try_from(of.end.duration_since(of.start).as_mins()).ok(),
            over: false,
            hold: None,
        }
    }
}
