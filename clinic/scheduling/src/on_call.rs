//! What somebody may do who calls, and speaks for a patient: look for a time, book it, move a visit, cancel it. It is what
//! patients may do by themselves, by the same rules of the practice, in the transaction of whoever speaks with them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::{PatientId, UserId};
use practice::{Location, LocationId, Service, ServiceId};
use uuid::Uuid;

use crate::appointment::book::{NewAppointment, book};
use crate::appointment::course::{CancelAppointment, MoveAppointment, MovedBy, call_off as cancel, move_to};
use crate::appointment::occupy::wait_for_turn;
use crate::appointment::{Appointment, Status};
use crate::lookup::{AppointmentCriteria, appointments};
use crate::settings::{self, CancelledBy};
use crate::slots::{self, Slot, Wanted};
use crate::visit_link::{actions, check_start};

/// Visits to come that are looked at.
const MOST_VISITS: u32 = 50;

/// What is to be booked, and where.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is done.
    pub service: Service,
    /// At which location.
    pub location: LocationId,
    /// The location's zone.
    pub zone: TimeZone,
}

/// What was asked for is none of what there is: these are, by name.
pub type Among = Vec<String>;

/// Finds service and location by their names, in either language; left out where there is only one. The first location at
/// which somebody does it, where none is named.
///
/// # Errors
/// 503 when the database is away.
pub async fn choose(
    tx: &mut TenantTx,
    service: Option<&str>,
    location: Option<&str>,
) -> Result<std::result::Result<Choice, Among>> {
    let ids: Vec<ServiceId> = practice::service_names(tx).await?.into_keys().collect();
    let mut offered = practice::services_offered(tx, &ids).await?;
    offered.sort_by(|one, other| one.name_en.cmp(&other.name_en));
    let names = |service: &Service| [Some(service.name_en.clone()), service.name_ar.clone(), service.code.clone()];
    let Some(service) = named(&offered, service, names) else {
        return Ok(Err(offered.into_iter().map(|service| service.name_en).collect()));
    };
    let places = practice::locations(tx).await?;
    let providers = practice::providers(tx).await?;
    let is_done = |place: &Location| providers.iter().any(|one| one.bookable && one.does(service.id, place.id));
    let names = |place: &Location| [Some(place.name.clone()), place.name_ar.clone(), None];
    let place = match location {
        None => places.iter().find(|place| is_done(place)),
        named_so => named(&places, named_so, names),
    };
    let Some(place) = place else {
        return Ok(Err(places.into_iter().map(|place| place.name).collect()));
    };
    let zone = match &place.time_zone {
        Some(zone) => zone.clone(),
        None => practice::practice(tx).await?.time_zone,
    };
    let zone = TimeZone::get(&zone).map_err(Error::internal)?;
    Ok(Ok(Choice { service: service.clone(), location: place.id, zone }))
}

/// The one of that name: written the same way but for capitals; else the only one with the name in it; else the only one.
fn named<'a, T>(all: &'a [T], name: Option<&str>, names: impl Fn(&T) -> [Option<String>; 3]) -> Option<&'a T> {
    let Some(name) = name.map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()) else {
        return all.first().filter(|_| all.len() == 1);
    };
    let folded = |one: &T| names(one).into_iter().flatten().map(|name| name.to_lowercase()).collect::<Vec<_>>();
    let exact = all.iter().find(|one| folded(one).contains(&name));
    exact.or_else(|| {
        let mut having = all.iter().filter(|one| folded(one).iter().any(|own| own.contains(&name)));
        having.next().filter(|_| having.next().is_none())
    })
}

/// When it could be on these local days: not sooner and not later than the practice lets patients book.
///
/// # Errors
/// 503 when the database is away.
pub async fn free(
    tx: &mut TenantTx,
    choice: &Choice,
    (first, last): (Date, Date),
    patient: Option<PatientId>,
) -> Result<Vec<Slot>> {
    let rules = settings::find(tx).await?.rules;
    let (now, zone) = (tx.now(), &choice.zone);
    let first = first.max(rules.earliest(now).to_zoned(zone.clone()).date());
    let last = last.min(rules.last_day(now, zone));
    if last < first {
        return Ok(Vec::new());
    }
    let wanted = Wanted {
        service: choice.service.id,
        location: choice.location,
        only: None,
        together: Vec::new(),
        rooms: Vec::new(),
        first,
        last,
        minutes: None,
        part: None,
        patient,
        ignoring: Vec::new(),
        earliest: rules.earliest(now),
    };
    slots::find(tx, &wanted).await.map(|(_, slots)| slots)
}

/// Books it with the first who is free then, once the turn at everybody who might be booked has come, at every room and at
/// the patient. What failed is undone before the error is answered.
///
/// # Errors
/// 409 `appointment.nothing_free`, and as in booking.
pub async fn take(
    tx: &mut TenantTx,
    choice: &Choice,
    patient: PatientId,
    start: Timestamp,
    reason: Option<String>,
) -> Result<Appointment> {
    let day = start.to_zoned(choice.zone.clone()).date();
    let rooms = practice::working(tx, choice.location, &[], day, day).await?.rooms;
    let people = practice::providers(tx).await?.into_iter();
    let people = people.filter(|one| one.bookable && one.does(choice.service.id, choice.location)).map(|one| one.id);
    let patients = patients::merged_into(tx, patient).await?;
    let all: Vec<Uuid> = people.map(UserId::uuid).chain(rooms.iter().map(|id| id.uuid())).chain(patients).collect();
    wait_for_turn(tx, &all).await?;
    let slot = free(tx, choice, (day, day), Some(patient)).await?.into_iter().find(|slot| slot.start == start);
    let provider = slot.and_then(|slot| slot.provider_ids.first().copied()).ok_or_else(nothing_free)?;
    let plain = NewAppointment::plain(patient, (choice.service.id, choice.location), provider, start);
    let new = NewAppointment { reason, ..plain };
    platform::extract::check(&new)?;
    tx.or_nothing(async |tx| book(tx, &new, None).await).await
}

fn nothing_free() -> Error {
    Error::conflict("appointment.nothing_free", "This time is not free, or not offered.")
}

/// The patient's visits to come, the next one first.
///
/// # Errors
/// 503 when the database is away.
pub async fn to_come(tx: &mut TenantTx, patient: PatientId) -> Result<Vec<Appointment>> {
    let now = tx.now();
    let end = now.checked_add(SignedDuration::from_hours(24 * 730)).map_err(Error::internal)?;
    let wanted = AppointmentCriteria {
        patients: vec![vec![patient.uuid()]],
        statuses: vec![vec![Status::Scheduled, Status::Confirmed]],
        begins: vec![vec![now..end]],
        ..AppointmentCriteria::default()
    };
    let (mut visits, _) = appointments(tx, &wanted, None, MOST_VISITS).await?;
    visits.sort_by_key(|visit| visit.start);
    Ok(visits)
}

/// Moves a visit of a patient for them.
///
/// # Errors
/// 409 where the practice's rules or calendar are against it. What failed is undone before.
pub async fn shift(tx: &mut TenantTx, visit: &Appointment, start: Timestamp) -> Result<Appointment> {
    actions(tx, visit).await?.r#move.check("appointment.too_late_to_move")?;
    check_start(tx, visit, start).await?;
    let to = MoveAppointment { version: visit.version, start: Some(start), ..MoveAppointment::default() };
    tx.or_nothing(async |tx| move_to(tx, visit.id, &to, MovedBy::Patient).await).await
}

/// Cancels a visit of a patient for them, for the first of the practice's reasons for patients.
///
/// # Errors
/// 409 where the practice's rules are against it. What failed is undone before.
pub async fn call_off(tx: &mut TenantTx, visit: &Appointment) -> Result<Appointment> {
    actions(tx, visit).await?.cancel.check("appointment.too_late_to_cancel")?;
    let rules = settings::find(tx).await?.rules;
    let mut offered = rules.reasons.into_iter().filter(|reason| !reason.archived);
    let reason = offered.find(|reason| reason.by == CancelledBy::Patient);
    let none = || Error::conflict("appointment.no_reason", "The practice has no reason for patients who cancel.");
    let why = CancelAppointment {
        version: visit.version,
        by: CancelledBy::Patient,
        reason: reason.ok_or_else(none)?.key,
        note: None,
        following: false,
    };
    tx.or_nothing(async |tx| cancel(tx, visit.id, &why).await).await
}
