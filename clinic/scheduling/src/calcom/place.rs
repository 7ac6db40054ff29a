//! Taking over into our calendar what was booked at Cal.com: with whom and when, and what becomes of it where our calendar
//! is against it.

use calcom::{News, Person};
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::{PatientId, UserId};
use platform::validate;

use super::booking::{self, Booking, CalcomState, HERE};
use super::inbox::{self, Fate};
use super::mapping::{self, CalcomMapping};
use super::visitor;
use crate::appointment::AppointmentId;
use crate::appointment::course::{self, Elsewhere};
use crate::{NewAppointment, book};

/// Books or moves here what was told of; where our calendar or our rules are against it, a person must decide.
///
/// # Errors
/// 503 when the database is away.
pub async fn attempt(tx: &mut TenantTx, before: &Booking, person: &Person) -> Result<Fate> {
    let known = match before.appointment_id {
        Some(_) => Ok(before.clone()),
        None => whose(tx, before, person).await,
    };
    let known = match known {
        Ok(known) => known,
        Err(error) => return refused(tx, before, before, error).await,
    };
    match place(tx, &known, None, person.notes.as_deref()).await {
        Ok(Some(appointment)) => {
            settle(tx, before, &known, appointment).await?;
            Ok(Fate::Applied)
        }
        Ok(None) => Ok(Fate::Ignored("unmapped")),
        Err(error) => refused(tx, before, &known, error).await,
    }
}

/// Takes over here what was booked there, once more, for a person who has decided so: over others, for a reason.
///
/// # Errors
/// 409 and 422 as in entering and in booking, where we are still against it.
pub async fn take_over(tx: &mut TenantTx, before: Booking, over: Option<String>) -> Result<Booking> {
    let gone = || Error::conflict("calcom.refused", "This visit type is no event type of Cal.com any more.");
    let mut known = before.clone();
    if before.appointment_id.is_none() && before.patient_id.is_none() {
        // nobody could be entered then
        let person = told(tx, &before).await?;
        known = whose(tx, &before, &person).await?;
    }
    let placed = place(tx, &known, over, None).await?;
    settle(tx, &before, &known, placed.ok_or_else(gone)?).await
}

/// Who booked, as long as what was told of it is kept.
async fn told(tx: &mut TenantTx, booking: &Booking) -> Result<Person> {
    let message = match &booking.uid {
        Some(uid) => inbox::latest(tx, uid).await?,
        None => None,
    };
    match message.and_then(|message| message.news) {
        Some(News::Booked { person, .. }) => Ok(person),
        _ => {
            let title = "Who booked is not known here any more; look it up at Cal.com.";
            Err(Error::conflict("calcom.refused", title))
        }
    }
}

/// The booking with who comes.
async fn whose(tx: &mut TenantTx, booking: &Booking, person: &Person) -> Result<Booking> {
    let patient = tx.or_nothing(async |tx| visitor::find_or_enter(tx, person).await).await?;
    Ok(Booking { patient_id: Some(patient), ..booking.clone() })
}

async fn settle(tx: &mut TenantTx, before: &Booking, known: &Booking, appointment: AppointmentId) -> Result<Booking> {
    let appointment_id = Some(appointment);
    let after = Booking { appointment_id, error_code: None, state: CalcomState::Synced, ..known.clone() };
    booking::save(tx, Some(before), after).await
}

/// We are against it: a person must decide.
async fn refused(tx: &mut TenantTx, before: &Booking, known: &Booking, error: Error) -> Result<Fate> {
    if !is_refusal(&error) {
        return Err(error);
    }
    let code = code_of(&error);
    booking::save(tx, Some(before), known.in_need(&code)).await?;
    Ok(Fate::Conflict(code))
}

/// The appointment where and when the booking is. What failed is undone before the error is answered.
async fn place(
    tx: &mut TenantTx,
    booking: &Booking,
    over: Option<String>,
    notes: Option<&str>,
) -> Result<Option<AppointmentId>> {
    let (Some(start), Some(event_type)) = (booking.start, booking.event_type) else { return Ok(None) };
    if let Some(id) = booking.appointment_id {
        let to = Elsewhere { start, over };
        return tx.or_nothing(async |tx| course::move_elsewhere(tx, id, &to).await).await.map(|moved| Some(moved.id));
    }
    let (Some(mapping), Some(patient)) = (mapping::of_event_type(tx, event_type).await?, booking.patient_id) else {
        return Ok(None);
    };
    let mut refusal = None;
    for provider in candidates(tx, &mapping).await? {
        let new = visit(&mapping, provider, patient, start, booking.end);
        let new = NewAppointment { overbooking: over.clone(), reason: notes.and_then(reason), ..new };
        match tx.or_nothing(async |tx| book(tx, &new, None).await).await {
            Ok(appointment) => return Ok(Some(appointment.id)),
            Err(error) if is_refusal(&error) => refusal = Some(error),
            Err(error) => return Err(error),
        }
    }
    let nobody = || Error::conflict("appointment.closed", "Nobody does this there.");
    Err(refusal.unwrap_or_else(nobody))
}

/// With whom: the one of the mapping, else everybody who does it there and whose event type this is. Who has one of their
/// own is booked by that: with them, this booking would have to be given up there for another one.
async fn candidates(tx: &mut TenantTx, mapping: &CalcomMapping) -> Result<Vec<UserId>> {
    if let Some(provider) = mapping.provider_id {
        return Ok(vec![provider]);
    }
    let mappings = mapping::of_service(tx, mapping.service_id).await?;
    let is_theirs = |provider: UserId| mapping::for_provider(&mappings, Some(provider)) == Some(mapping);
    let all = practice::providers(tx).await?.into_iter();
    let does = all.filter(|one| one.bookable && one.does(mapping.service_id, mapping.location_id) && is_theirs(one.id));
    Ok(does.map(|one| one.id).collect())
}

fn visit(
    mapping: &CalcomMapping,
    provider: UserId,
    patient: PatientId,
    start: Timestamp,
    end: Option<Timestamp>,
) -> NewAppointment {
    let minutes = end.and_then(|end| i32::try_from(end.duration_since(start).as_mins()).ok());
    let plain = NewAppointment::plain(patient, (mapping.service_id, mapping.location_id), provider, start);
    NewAppointment { duration_minutes: minutes.filter(|minutes| (5..=720).contains(minutes)), ..plain }
}

/// What they wrote who booked, as far as it can be kept.
fn reason(notes: &str) -> Option<String> {
    Some(notes.chars().take(500).collect::<String>()).filter(|reason| validate::text(reason, &()).is_ok())
}

/// What our calendar or our rules are against, as opposed to a database that is away.
fn is_refusal(error: &Error) -> bool {
    error.status().is_client_error()
}

/// `appointment.provider_busy` becomes `provider_busy_here`.
fn code_of(error: &Error) -> String {
    let word = error.code().rsplit('.').next().unwrap_or("refused");
    format!("{}{HERE}", if error.code().starts_with("appointment.") { word } else { "refused" })
}
