//! Making something of what Cal.com tells, in whatever order it comes. A booking is named anew when it is moved; what is said
//! of a name whose place another has taken counts no more, and what happened earlier than what is known changes nothing.
//! So the same messages lead to the same end.

use calcom::{Message, News, Person};
use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::{PatientId, UserId};
use platform::validate;
use uuid::Uuid;

use super::booking::{self, Asked, Booking, CalcomState, HERE, There, Which};
use super::inbox::Fate;
use super::mapping::{self, CalcomMapping};
use super::{sync, visitor};
use crate::appointment::course::{self, Elsewhere};
use crate::appointment::{self, Appointment, AppointmentId, Status};
use crate::{NewAppointment, book};

/// Makes something of a message.
///
/// # Errors
/// 503 when the database is away: it is tried again.
pub async fn apply(tx: &mut TenantTx, message: &Message) -> Result<Fate> {
    let Some(news) = message.news.as_ref().filter(|_| !message.uid.is_empty()) else {
        return Ok(Fate::Ignored("unknown"));
    };
    let (from, our_id, event_type) = match news {
        News::NoShow => return missed(tx, &message.uid).await,
        News::Booked { from, our_id, event_type, .. } => (from.as_ref(), our_id, Some(*event_type)),
        News::Cancelled { our_id, event_type, .. } => (None, our_id, *event_type),
    };
    let from = from.filter(|from| **from != message.uid);
    let Some(found) = which(tx, message, from, our_id.as_deref()).await? else {
        // made there
        let mapping = match event_type {
            Some(event_type) => mapping::of_event_type(tx, event_type).await?,
            None => None,
        };
        let Some(mapping) = mapping else { return Ok(Fate::Ignored("unmapped")) };
        let new = Booking { event_type: Some(mapping.event_type_id), ..Booking::new(None, tx.now()) };
        let new = booking::save(tx, None, new).await?;
        return hear(tx, new, message, news, from).await;
    };
    hear(tx, found, message, news, from).await
}

/// Which of the bookings that are known it is about: by its name, by the one that it came out of, or by our own id.
async fn which(
    tx: &mut TenantTx,
    message: &Message,
    from: Option<&String>,
    our_id: Option<&str>,
) -> Result<Option<Booking>> {
    let named = booking::lock(tx, Which::Uid(&message.uid)).await?;
    let before = match from {
        Some(from) => booking::lock(tx, Which::Uid(from)).await?,
        None => None,
    };
    if let (Some(named), Some(before)) = (&named, &before)
        && named.id != before.id
    {
        // what came of it was told before what led to it: both are one
        return join(tx, named, before).await.map(Some);
    }
    if named.is_some() || before.is_some() {
        return Ok(named.or(before));
    }
    let own = our_id.and_then(|id| id.parse::<Uuid>().ok()).map(AppointmentId);
    match own {
        Some(id) => booking::lock(tx, Which::Of(id)).await,
        None => Ok(None),
    }
}

/// Makes one of a booking and the one that it came out of. What is known of the later one counts; an appointment stays.
async fn join(tx: &mut TenantTx, later: &Booking, earlier: &Booking) -> Result<Booking> {
    if later.appointment_id.is_some() {
        if let Some(id) = earlier.appointment_id
            && appointment::find(tx, id).await?.status < Status::Completed
        {
            course::cancel_elsewhere(tx, id, true, None).await?;
        }
        booking::merge(tx, later.id, earlier).await?;
        return Ok(later.clone());
    }
    booking::merge(tx, earlier.id, later).await?;
    if later.heard_at < earlier.heard_at {
        return Ok(earlier.clone());
    }
    let Booking { there, heard_at, .. } = *later;
    let (uid, start, end) = (later.uid.clone(), later.start.or(earlier.start), later.end.or(earlier.end));
    booking::save(tx, Some(earlier), Booking { there, uid, heard_at, start, end, ..earlier.clone() }).await
}

async fn hear(
    tx: &mut TenantTx,
    before: Booking,
    message: &Message,
    news: &News,
    from: Option<&String>,
) -> Result<Fate> {
    if let Some(from) = from {
        booking::name(tx, before.id, from, true).await?;
    }
    let is_new_name = before.uid.as_ref() != Some(&message.uid);
    booking::name(tx, before.id, &message.uid, false).await?;
    if booking::has_ended(tx, &message.uid).await? {
        // what was joined with it may still want its end
        align(tx, before, None).await?;
        return Ok(Fate::Ignored("superseded"));
    }
    if before.heard_at.is_some_and(|heard| message.at <= heard) {
        align(tx, before, None).await?;
        return Ok(Fate::Ignored("older"));
    }
    let uid = Some(message.uid.clone());
    let heard_at = Some(message.at);
    match news {
        News::Booked { start, end, event_type, person, .. } => {
            let knew = before.there == There::Booked && before.start == Some(*start);
            let asked_for = before.asked.is_some_and(|(asked, at)| asked != Asked::Cancel && at == Some(*start));
            if before.there == There::Booked && is_new_name && from.is_none() && !asked_for {
                // two bookings there for one appointment here
                let after = Booking { heard_at, ..before.in_need("twice_there") };
                booking::save(tx, Some(&before), after).await?;
                return Ok(Fate::Conflict("twice_there".to_owned()));
            }
            let asked = before.asked.filter(|_| !asked_for);
            let after = Booking {
                there: There::Booked,
                uid,
                heard_at,
                start: Some(*start),
                end: Some(*end),
                event_type: Some(*event_type),
                asked,
                ..before.clone()
            };
            let after = booking::save(tx, Some(&before), after).await?;
            // an echo of what we asked for ourselves says nothing of our calendar
            if knew || asked_for {
                return rest(tx, after).await.map(|()| Fate::Applied);
            }
            align(tx, after, Some(Heard::Booked(person))).await
        }
        News::Cancelled { reason, by_attendee, .. } => {
            let after = Booking { there: There::Cancelled, uid, heard_at, asked: None, ..before.clone() };
            let after = booking::save(tx, Some(&before), after).await?;
            align(tx, after, Some(Heard::Cancelled(reason.as_deref(), *by_attendee))).await
        }
        News::NoShow => Ok(Fate::Ignored("unknown")),
    }
}

/// What was said besides.
enum Heard<'a> {
    Booked(&'a Person),
    Cancelled(Option<&'a str>, bool),
}

/// Brings our calendar to what is known of the booking there.
async fn align(tx: &mut TenantTx, booking: Booking, heard: Option<Heard<'_>>) -> Result<Fate> {
    let appointment = match booking.appointment_id {
        Some(id) => Some(appointment::find(tx, id).await?),
        None => None,
    };
    match (booking.there, appointment, heard) {
        (There::Booked, None, Some(Heard::Booked(person))) => {
            let patient = visitor::find_or_enter(tx, person).await?;
            let known = Booking { patient_id: Some(patient), ..booking.clone() };
            let notes = person.notes.clone();
            attempt(tx, &booking, known, Attempt { over: None, notes }).await
        }
        (There::Booked, Some(_), Some(Heard::Booked(_))) => {
            attempt(tx, &booking, booking.clone(), Attempt::default()).await
        }
        (There::Cancelled, Some(appointment), heard) if appointment.status.occupies() => {
            let (note, by_patient) = match heard {
                Some(Heard::Cancelled(note, by_attendee)) => (note, by_attendee),
                _ => (None, true),
            };
            if appointment.status < Status::Completed {
                course::cancel_elsewhere(tx, appointment.id, by_patient, note).await?;
            }
            rest(tx, booking).await.map(|()| Fate::Applied)
        }
        (There::Booked, ..) => Ok(Fate::Applied),
        (There::Cancelled | There::None, ..) => rest(tx, booking).await.map(|()| Fate::Applied),
    }
}

/// How our calendar is to take it.
#[derive(Default)]
struct Attempt {
    /// Over other appointments, for this reason.
    over: Option<String>,
    /// What they wrote who booked.
    notes: Option<String>,
}

/// Books or moves here; where our calendar is against it, a person must decide.
async fn attempt(tx: &mut TenantTx, before: &Booking, known: Booking, how: Attempt) -> Result<Fate> {
    match place(tx, &known, &how).await {
        Ok(Some(appointment)) => {
            let after =
                Booking { appointment_id: Some(appointment), error_code: None, state: CalcomState::Synced, ..known };
            booking::save(tx, Some(before), after).await?;
            Ok(Fate::Applied)
        }
        Ok(None) => Ok(Fate::Ignored("unmapped")),
        Err(error) if is_refusal(&error) => {
            let code = code_of(&error);
            booking::save(tx, Some(before), known.in_need(&code)).await?;
            Ok(Fate::Conflict(code))
        }
        Err(error) => Err(error),
    }
}

/// Takes over here what was booked there, once more, for a person who has decided so.
///
/// # Errors
/// 409 as in booking, where our calendar is still against it.
pub async fn take_over(tx: &mut TenantTx, before: Booking, over: Option<String>) -> Result<Booking> {
    let placed = place(tx, &before, &Attempt { over, notes: None }).await?;
    let gone = || Error::conflict("calcom.refused", "This visit type is no event type of Cal.com any more.");
    let appointment_id = Some(placed.ok_or_else(gone)?);
    let after = Booking { appointment_id, error_code: None, state: CalcomState::Synced, ..before.clone() };
    booking::save(tx, Some(&before), after).await
}

/// The appointment where and when the booking is. What failed is undone before the error is answered.
async fn place(tx: &mut TenantTx, booking: &Booking, how: &Attempt) -> Result<Option<AppointmentId>> {
    let (Some(start), Some(event_type)) = (booking.start, booking.event_type) else { return Ok(None) };
    if let Some(id) = booking.appointment_id {
        let to = Elsewhere { start, over: how.over.clone() };
        return within(tx, async |tx| course::move_elsewhere(tx, id, &to).await).await.map(|moved| Some(moved.id));
    }
    let (Some(mapping), Some(patient)) = (mapping::of_event_type(tx, event_type).await?, booking.patient_id) else {
        return Ok(None);
    };
    let mut refusal = None;
    for provider in candidates(tx, &mapping).await? {
        let new = visit(&mapping, provider, patient, start, booking.end, how);
        match within(tx, async |tx| book(tx, &new, None).await).await {
            Ok(appointment) => return Ok(Some(appointment.id)),
            Err(error) if is_refusal(&error) => refusal = Some(error),
            Err(error) => return Err(error),
        }
    }
    let nobody = || Error::conflict("appointment.closed", "Nobody does this there.");
    Err(refusal.unwrap_or_else(nobody))
}

/// Work of which nothing is left when it fails.
async fn within<T>(tx: &mut TenantTx, work: impl AsyncFnOnce(&mut TenantTx) -> Result<T>) -> Result<T> {
    sqlx::query("savepoint attempt").execute(tx.conn()).await?;
    match work(tx).await {
        Ok(done) => Ok(done),
        Err(error) => {
            if is_refusal(&error) {
                sqlx::query("rollback to savepoint attempt").execute(tx.conn()).await?;
            }
            Err(error)
        }
    }
}

/// With whom: the one of the mapping, else everybody who does it there.
async fn candidates(tx: &mut TenantTx, mapping: &CalcomMapping) -> Result<Vec<UserId>> {
    if let Some(provider) = mapping.provider_id {
        return Ok(vec![provider]);
    }
    let all = practice::providers(tx).await?.into_iter();
    let does = all.filter(|one| one.bookable && one.does(mapping.service_id, mapping.location_id));
    Ok(does.map(|one| one.id).collect())
}

fn visit(
    mapping: &CalcomMapping,
    provider: UserId,
    patient: PatientId,
    start: Timestamp,
    end: Option<Timestamp>,
    how: &Attempt,
) -> NewAppointment {
    let minutes = end.and_then(|end| i32::try_from(end.duration_since(start).as_mins()).ok());
    let reason = how.notes.as_ref().map(|notes| notes.chars().take(500).collect::<String>());
    NewAppointment {
        patient_id: patient,
        service_id: mapping.service_id,
        location_id: mapping.location_id,
        provider_ids: vec![provider],
        room_ids: None,
        start,
        duration_minutes: minutes.filter(|minutes| (5..=720).contains(minutes)),
        reason: reason.filter(|reason| validate::text(reason, &()).is_ok()),
        notes: None,
        colour: None,
        deposit: false,
        overbooking: how.over.clone(),
        hold_id: None,
    }
}

/// There is nothing left to take over here: how it stands follows, and whether there is something to ask for there.
async fn rest(tx: &mut TenantTx, before: Booking) -> Result<()> {
    let (_, desired) = booking::desired(tx, &before).await?;
    if before.agrees(desired.as_ref()) {
        let after = Booking { state: before.at_rest(), error_code: None, ..before.clone() };
        booking::save(tx, Some(&before), after).await?;
    } else if before.state == CalcomState::Pending {
        sync::enqueue(tx, before.id).await?;
    }
    Ok(())
}

async fn missed(tx: &mut TenantTx, uid: &str) -> Result<Fate> {
    let Some(found) = booking::lock(tx, Which::Uid(uid)).await? else { return Ok(Fate::Ignored("unmapped")) };
    let Some(id) = found.appointment_id else { return Ok(Fate::Ignored("unmapped")) };
    let appointment: Appointment = appointment::find(tx, id).await?;
    let is_open = matches!(appointment.status, Status::Scheduled | Status::Confirmed);
    if !is_open || appointment.start > tx.now() {
        return Ok(Fate::Ignored("not_open"));
    }
    course::miss_elsewhere(tx, id).await?;
    Ok(Fate::Applied)
}

/// What our calendar or our rules are against, as opposed to a database that is away.
fn is_refusal(error: &Error) -> bool {
    matches!(error.status().as_u16(), 404 | 409 | 422)
}

/// `appointment.provider_busy` becomes `provider_busy_here`.
fn code_of(error: &Error) -> String {
    let word = error.code().rsplit('.').next().unwrap_or("refused");
    format!("{}{HERE}", if error.code().starts_with("appointment.") { word } else { "refused" })
}
