//! Making something of what Cal.com tells, in whatever order it comes. A booking is named anew when it is moved; what is said
//! of a name whose place another has taken counts no more, and what happened earlier than what is known changes nothing.
//! So the same messages lead to the same end.

use calcom::{Message, News, Person};
use platform::Result;
use platform::db::TenantTx;
use uuid::Uuid;

use super::booking::{self, Asked, Booking, CalcomState, There, Which};
use super::inbox::Fate;
use super::{mapping, place, sync};
use crate::appointment::course;
use crate::appointment::{self, Appointment, AppointmentId, Status};

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
    let found = match which(tx, message, from, our_id.as_deref()).await? {
        Some(found) => found,
        None => {
            // made there
            let mapping = match event_type {
                Some(event_type) => mapping::of_event_type(tx, event_type).await?,
                None => None,
            };
            let Some(mapping) = mapping else { return Ok(Fate::Ignored("unmapped")) };
            let new = Booking { event_type: Some(mapping.event_type_id), ..Booking::new(None, tx.now()) };
            Found { booking: booking::save(tx, None, new).await?, is_joined: false }
        }
    };
    hear(tx, found, message, news, from).await
}

/// A booking that is known.
struct Found {
    booking: Booking,
    /// It was two until now.
    is_joined: bool,
}

/// Which of the bookings that are known it is about: by its name, by the one that it came out of, or by our own id.
async fn which(
    tx: &mut TenantTx,
    message: &Message,
    from: Option<&String>,
    our_id: Option<&str>,
) -> Result<Option<Found>> {
    let named = booking::lock(tx, Which::Uid(&message.uid)).await?;
    let before = match from {
        Some(from) => booking::lock(tx, Which::Uid(from)).await?,
        None => None,
    };
    if let (Some(named), Some(before)) = (&named, &before)
        && named.id != before.id
    {
        // what came of it was told before what led to it: both are one
        let booking = join(tx, named, before).await?;
        return Ok(Some(Found { booking, is_joined: true }));
    }
    let own = our_id.and_then(|id| id.parse::<Uuid>().ok()).map(AppointmentId);
    let found = match (named.or(before), own) {
        (Some(found), _) => Some(found),
        (None, Some(id)) => booking::lock(tx, Which::Of(id)).await?,
        (None, None) => None,
    };
    Ok(found.map(|booking| Found { booking, is_joined: false }))
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

async fn hear(tx: &mut TenantTx, found: Found, message: &Message, news: &News, from: Option<&String>) -> Result<Fate> {
    let Found { booking: before, is_joined } = found;
    if let Some(from) = from {
        booking::name(tx, before.id, from, true).await?;
    }
    booking::name(tx, before.id, &message.uid, false).await?;
    let is_over = booking::has_ended(tx, &message.uid).await?;
    if is_over && before.stands_as(from) {
        // what has taken its place was cancelled before this was told
        return cancelled(tx, before, message, Heard::Nothing).await;
    }
    let is_old = before.heard_at.is_some_and(|heard| message.at <= heard);
    if is_over || is_old {
        if is_joined {
            // each of the two may have been all that was known of its half
            align(tx, before, Heard::Nothing).await?;
        }
        return Ok(Fate::Ignored(if is_over { "superseded" } else { "older" }));
    }
    match news {
        News::Booked { start, end, event_type, person, .. } => {
            let is_new = before.uid.as_ref() != Some(&message.uid) && from.is_none();
            let there = Booking {
                there: There::Booked,
                uid: Some(message.uid.clone()),
                heard_at: Some(message.at),
                start: Some(*start),
                end: Some(*end),
                event_type: Some(*event_type),
                ..before.clone()
            };
            booked(tx, before, there, is_new, person).await
        }
        News::Cancelled { reason, by_attendee, .. } => {
            if before.there == There::Booked && !before.stands_as(Some(&message.uid)) {
                return spare(tx, before, &message.uid).await;
            }
            cancelled(tx, before, message, Heard::Cancelled(reason.as_deref(), *by_attendee)).await
        }
        News::NoShow => Ok(Fate::Ignored("unknown")),
    }
}

/// It stands `there` like this; `is_new` where it is not said to have come out of the one that is known.
async fn booked(tx: &mut TenantTx, before: Booking, there: Booking, is_new: bool, person: &Person) -> Result<Fate> {
    let knew = before.there == There::Booked && before.start == there.start;
    let asked_for = before.asked.is_some_and(|(asked, at)| asked != Asked::Cancel && at == there.start);
    if before.there == There::Booked && is_new && !asked_for {
        // two bookings there for one appointment here
        booking::save(tx, Some(&before), before.in_need(TWICE)).await?;
        return Ok(Fate::Conflict(TWICE.to_owned()));
    }
    let asked = before.asked.filter(|_| !asked_for);
    let after = booking::save(tx, Some(&before), Booking { asked, ..there }).await?;
    // an echo of what we asked for ourselves says nothing of our calendar
    if knew || asked_for {
        return rest(tx, after).await.map(|()| Fate::Applied);
    }
    align(tx, after, Heard::Booked(person)).await
}

/// Two bookings there for one appointment here.
const TWICE: &str = "twice_there";

/// It does not stand there any more. What we are just asking for ourselves says nothing of our calendar.
async fn cancelled(tx: &mut TenantTx, before: Booking, message: &Message, heard: Heard<'_>) -> Result<Fate> {
    let is_ours = before.asked.is_some_and(|(asked, _)| asked == Asked::Cancel);
    if is_ours {
        booking::end(tx, &message.uid).await?;
    }
    let after = Booking {
        there: if is_ours { There::None } else { There::Cancelled },
        uid: Some(message.uid.clone()),
        heard_at: before.heard_at.max(Some(message.at)),
        asked: None,
        ..before.clone()
    };
    let after = booking::save(tx, Some(&before), after).await?;
    align(tx, after, heard).await
}

/// Another one was cancelled than the one that stands: of the visit that says nothing, and there are not two any more.
async fn spare(tx: &mut TenantTx, before: Booking, uid: &str) -> Result<Fate> {
    // should it have taken the place of the one that stands, that is told as well, and then both are over
    booking::end(tx, uid).await?;
    if before.error_code.as_deref() == Some(TWICE) {
        let after = booking::save(tx, Some(&before), before.waiting()).await?;
        rest(tx, after).await?;
        return Ok(Fate::Applied);
    }
    Ok(Fate::Ignored("other"))
}

/// What was said besides.
enum Heard<'a> {
    Nothing,
    Booked(&'a Person),
    Cancelled(Option<&'a str>, bool),
}

/// Brings our calendar to what is known of the booking there.
async fn align(tx: &mut TenantTx, booking: Booking, heard: Heard<'_>) -> Result<Fate> {
    if booking.keep_ours {
        return alone(tx, booking).await;
    }
    let appointment = match booking.appointment_id {
        Some(id) => Some(appointment::find(tx, id).await?),
        None => None,
    };
    match (booking.there, appointment, heard) {
        (There::Booked, _, Heard::Booked(person)) => place::attempt(tx, &booking, person).await,
        (There::Cancelled, Some(appointment), heard) if appointment.status.occupies() => {
            let (note, by_patient) = match heard {
                Heard::Cancelled(note, by_attendee) => (note, by_attendee),
                Heard::Nothing | Heard::Booked(_) => (None, true),
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

/// Somebody has decided that what is here counts: whatever happens there changes nothing here, and is taken back there.
async fn alone(tx: &mut TenantTx, before: Booking) -> Result<Fate> {
    if before.there == There::Booked {
        // a call whose outcome is unknown has its pause
        let after = if before.asked.is_some() { before.clone() } else { before.waiting() };
        let after = booking::save(tx, Some(&before), after).await?;
        sync::enqueue(tx, after.id).await?;
    } else {
        rest(tx, before).await?;
    }
    Ok(Fate::Applied)
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
