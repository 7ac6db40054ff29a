//! What a patient does with a visit by themselves: confirm, move, cancel, each within the practice's rules.

use garde::Validate;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span as Days, Timestamp};
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Query};
use platform::patient_link::{ByLink, ToAppointment};
use platform::routes::{Json, Routes};
use platform::shared::AtVersion;
use platform::{Result, route, undisclosed, validate};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::{Actions, Visit, find_at};
use crate::appointment::course::{
    CancelAppointment, MoveAppointment, MovedBy, NewAppointmentStatus, call_off, come_to, move_to,
};
use crate::appointment::{Appointment, AppointmentId, Status, find, row};
use crate::calcom;
use crate::settings::{self, CancelledBy, SchedulingRules};
use crate::slots::{self, Slot, Wanted};

/// The routes of what patients do with visits.
pub fn routes() -> Routes {
    Routes::new().route(route!(confirm)).route(route!(search)).route(route!(r#move)).route(route!(cancel))
}

/// How many days from a time that is taken others are looked for.
const NEAR_DAYS: i32 = 7;

/// To when a visit is to be moved.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct MoveVisit {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    /// One of the times that are offered.
    #[garde(skip)]
    start: Timestamp,
}

/// Why the patient does not come.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct CancelVisit {
    /// The version that the change is based on.
    #[garde(skip)]
    version: i32,
    /// Key of one of the practice's reasons for patients.
    #[garde(length(max = 60))]
    reason: String,
    /// What they say about it.
    #[garde(inner(length(chars, max = 500), custom(validate::text)))]
    note: Option<String>,
}

undisclosed!(CancelVisit);

/// Between which days.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichVisitSlots {
    /// First local day of the place.
    #[garde(skip)]
    from: Date,
    /// Last local day, at most 30 after the first.
    #[garde(skip)]
    to: Date,
}

/// When a visit could be instead.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VisitSlots {
    /// The zone of the place, IANA.
    time_zone: String,
    items: Vec<VisitSlot>,
}

/// A time that is free.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
struct VisitSlot {
    /// From when.
    start: Timestamp,
    /// Until when.
    end: Timestamp,
}

/// Say that one will come. Said again it stays said.
#[utoipa::path(post, path = "/api/v1/visit/confirm", tag = "scheduling", request_body = AtVersion,
    responses((status = 200, body = Visit)))]
async fn confirm(who: ByLink<ToAppointment>, Body(at): Body<AtVersion>) -> Result<Json<Visit>> {
    let id = AppointmentId(who.subject());
    who.write(async move |tx| {
        let now = row::lock(tx, id).await?;
        // of two that confirm at once both are right
        let version = if now.status == Status::Confirmed { now.version } else { at.version };
        let before = find_at(tx, id, version).await?;
        actions(tx, &before).await?.confirm.check("appointment.over")?;
        let confirmed = come_to(tx, id, NewAppointmentStatus { version, status: Status::Confirmed }).await?;
        Visit::of(tx, &confirmed).await.map(Json)
    })
    .await
}

/// When the visit could be instead: the same service with the same provider, not sooner and not later than the practice
/// lets patients book.
#[utoipa::path(get, path = "/api/v1/visit/slots", tag = "scheduling", params(WhichVisitSlots),
    responses((status = 200, body = VisitSlots)))]
async fn search(who: ByLink<ToAppointment>, Query(asked): Query<WhichVisitSlots>) -> Result<Json<VisitSlots>> {
    slots::check_days(asked.from, asked.to, slots::MOST_DAYS)?;
    let id = AppointmentId(who.subject());
    let (visit, free) = free_everywhere(&who, id, move |_| Ok((asked.from, asked.to))).await?;
    Ok(Json(VisitSlots { time_zone: visit.time_zone, items: free.iter().map(VisitSlot::of).collect() }))
}

/// Move the visit to one of the times that are offered. What was taken meanwhile is answered with 409, and
/// `current.alternatives` says what is free near that time.
#[utoipa::path(post, path = "/api/v1/visit/move", tag = "scheduling", request_body = MoveVisit,
    responses((status = 200, body = Visit)))]
async fn r#move(who: ByLink<ToAppointment>, Body(to): Body<MoveVisit>) -> Result<Json<Visit>> {
    let id = AppointmentId(who.subject());
    let moved = who
        .write(async move |tx| {
            let before = find_at(tx, id, to.version).await?;
            actions(tx, &before).await?.r#move.check("appointment.too_late_to_move")?;
            check_start(tx, &before, to.start).await?;
            let to = MoveAppointment { version: to.version, start: Some(to.start), ..MoveAppointment::default() };
            let moved = move_to(tx, id, &to, MovedBy::Patient).await?;
            Visit::of(tx, &moved).await.map(Json)
        })
        .await;
    match moved {
        Err(error) if slots::is_taken(&error) => {
            let near = near(&who, id, to.start).await?;
            Err(error.showing(&json!({ "alternatives": near })))
        }
        other => other,
    }
}

/// Cancel the visit.
#[utoipa::path(post, path = "/api/v1/visit/cancel", tag = "scheduling", request_body = CancelVisit,
    responses((status = 200, body = Visit)))]
async fn cancel(who: ByLink<ToAppointment>, Body(why): Body<CancelVisit>) -> Result<Json<Visit>> {
    let id = AppointmentId(who.subject());
    who.write(async move |tx| {
        let before = find_at(tx, id, why.version).await?;
        actions(tx, &before).await?.cancel.check("appointment.too_late_to_cancel")?;
        let why = CancelAppointment {
            version: why.version,
            by: CancelledBy::Patient,
            reason: why.reason.clone(),
            note: why.note.clone(),
            following: false,
        };
        let cancelled = call_off(tx, id, &why).await?;
        Visit::of(tx, &cancelled).await.map(Json)
    })
    .await
}

/// What its patient may do with a visit, by the practice's rules.
///
/// # Errors
/// 503 when the database is away.
pub async fn actions(tx: &mut TenantTx, visit: &Appointment) -> Result<Actions> {
    let rules = settings::find(tx).await?.rules;
    Ok(Actions::of(&rules, visit, tx.now()))
}

/// Patients choose among the times that the practice offers, in its rhythm, not sooner and not later.
///
/// # Errors
/// 409 `appointment.too_soon`, `appointment.too_far`, `appointment.not_offered`.
pub async fn check_start(tx: &mut TenantTx, visit: &Appointment, start: Timestamp) -> Result<()> {
    let rules = settings::find(tx).await?.rules;
    let zone = TimeZone::get(&visit.time_zone).map_err(Error::internal)?;
    let local = start.to_zoned(zone.clone());
    let refused = |code, title| Err(Error::conflict(code, title).at("/start", "not_offered", "Choose another time."));
    if start < rules.earliest(tx.now()) {
        return refused("appointment.too_soon", "That is sooner than patients can book here; call the practice.");
    }
    if local.date() > rules.last_day(tx.now(), &zone) {
        return refused("appointment.too_far", "That is further ahead than patients can book here.");
    }
    let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
    if minute % rules.slot_minutes != 0 || local.second() != 0 || local.subsec_nanosecond() != 0 {
        return refused("appointment.not_offered", "That is none of the times that are offered.");
    }
    Ok(())
}

/// Times for the visit on these local days, with everybody who sees the patient then.
async fn free(
    tx: &mut TenantTx,
    visit: &Appointment,
    rules: &SchedulingRules,
    first: Date,
    last: Date,
) -> Result<Vec<Slot>> {
    let zone = TimeZone::get(&visit.time_zone).map_err(Error::internal)?;
    let last = last.min(rules.last_day(tx.now(), &zone));
    if last < first {
        return Ok(Vec::new());
    }
    let wanted = Wanted {
        service: visit.service_id,
        location: visit.location_id,
        only: Some(visit.provider_ids.iter().take(1).copied().collect()),
        together: visit.provider_ids.iter().skip(1).copied().collect(),
        rooms: Vec::new(),
        first,
        last,
        minutes: i32::try_from(visit.end.duration_since(visit.start).as_mins()).ok(),
        part: None,
        patient: Some(visit.patient_id),
        ignoring: vec![visit.id.uuid()],
        earliest: rules.earliest(tx.now()),
    };
    let (_, mut slots) = slots::find(tx, &wanted).await?;
    slots.retain(|slot| slot.start != visit.start);
    Ok(slots)
}

/// The visit, and the same less what is taken wherever else the service is booked.
async fn free_everywhere(
    who: &ByLink<ToAppointment>,
    id: AppointmentId,
    days: impl Fn(&TimeZone) -> Result<(Date, Date)> + Send + Sync,
) -> Result<(Appointment, Vec<Slot>)> {
    let found = who.read(async move |tx| {
        let visit = find(tx, id).await?;
        let zone = TimeZone::get(&visit.time_zone).map_err(Error::internal)?;
        let (first, last) = days(&zone)?;
        let rules = settings::find(tx).await?.rules;
        let free = free(tx, &visit, &rules, first, last).await?;
        let elsewhere = calcom::slots::elsewhere(tx, visit.service_id).await?;
        Ok((visit, free, slots::days(&zone, first, last)?, elsewhere))
    });
    let (visit, free, during, elsewhere) = found.await?;
    let (free, _) = calcom::slots::narrow(who.app(), who.caller().practice, elsewhere, during, free).await?;
    Ok((visit, free))
}

async fn near(who: &ByLink<ToAppointment>, id: AppointmentId, start: Timestamp) -> Result<Vec<VisitSlot>> {
    let around = move |zone: &TimeZone| {
        let (day, reach) = (start.to_zoned(zone.clone()).date(), Days::new().days(NEAR_DAYS));
        Ok((day.saturating_sub(reach), day.saturating_add(reach)))
    };
    let (_, slots) = free_everywhere(who, id, around).await?;
    Ok(slots::nearest(slots, start).iter().map(VisitSlot::of).collect())
}

impl VisitSlot {
    fn of(slot: &Slot) -> Self {
        Self { start: slot.start, end: slot.end }
    }
}
