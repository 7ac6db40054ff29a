//! Asking there for what shall be there: one call at a time, each noted before it is made.

use std::sync::Arc;
use std::time::Duration;

use calcom::{Attendee, Booking as Answer, BookingQuery, Failure, NewBooking, Provider};
use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::db::{Caller, TenantTx};
use platform::error::Error;
use platform::jobs::{JobKind, JobRun};
use platform::outbox::Subscriber;
use platform::phi::Phi;
use serde::{Deserialize, Serialize};

use super::booking::{self, Asked, Booking, CalcomBookingId, CalcomState, Desired, There, Which};
use super::peer::Access;
use super::settle::{Next, Noted, settle};
use super::{reservation, settings, slots};
use crate::appointment::{self, Appointment, AppointmentId};

/// The job that works on a booking.
pub const JOB: JobKind = JobKind { name: "calcom.sync", max_attempts: 50, run: |job| Box::pin(run(job)) };

/// Calls of one job, before others have their turn.
const STEPS: usize = 8;
/// After a call without an answer nobody looks before it must be over there, whatever it was: longer than any call waits.
pub const QUIET: Duration = Duration::from_secs(10);

#[derive(Serialize, Deserialize)]
struct Task {
    booking: CalcomBookingId,
}

/// Hears of what becomes of appointments.
pub fn subscriber() -> Subscriber {
    Subscriber {
        name: "calcom",
        wants: |name| {
            let heard = ["booked", "moved", "cancelled", "reinstated"];
            name.strip_prefix("appointment.").is_some_and(|what| heard.contains(&what))
        },
        handle: |tx, event| Box::pin(consider(tx, AppointmentId(event.subject_id))),
    }
}

/// Puts a booking into the queue.
///
/// # Errors
/// 503 when the database is away.
pub async fn enqueue(tx: &mut TenantTx, booking: CalcomBookingId) -> Result<()> {
    tx.enqueue(&JOB, &Task { booking }, None).await.map(drop)
}

/// Looks whether what is there is what shall be there. While the connection is off it waits; switching on gives it its turn.
async fn consider(tx: &mut TenantTx, id: AppointmentId) -> Result<()> {
    let Some(is_on) = settings::standing(tx).await? else { return Ok(()) };
    let appointment = appointment::find(tx, id).await?;
    let waits = match booking::lock(tx, Which::Of(id)).await? {
        None => {
            if appointment.start <= tx.now() || booking::desired_for(tx, &appointment).await?.is_none() {
                return Ok(());
            }
            booking::save(tx, None, Booking::new(Some(&appointment), tx.now())).await?
        }
        Some(before) => {
            let (_, desired) = booking::desired(tx, &before).await?;
            if before.agrees(desired.as_ref()) {
                let rest = Booking { state: before.at_rest(), error_code: None, ..before.clone() };
                return booking::save(tx, Some(&before), rest).await.map(drop);
            }
            booking::save(tx, Some(&before), before.waiting()).await?
        }
    };
    if is_on { enqueue(tx, waits.id).await } else { Ok(()) }
}

/// What to do next.
pub enum Step {
    /// Nothing.
    Rest,
    /// Find out what became of a call.
    LookUp(Doubt),
    /// Book, after giving back what was reserved for it.
    Create(NewBooking, Vec<String>),
    /// Move.
    Reschedule(String, Timestamp),
    /// Cancel.
    Cancel(String),
}

/// A call whose outcome is unknown, and what is known of the booking.
pub struct Doubt {
    /// Which call.
    pub asked: Asked,
    /// Where it would be.
    query: BookingQuery,
    /// The booking that it was about.
    uid: Option<String>,
    /// Our id of it.
    our_id: Option<String>,
}

/// What came of it.
pub enum Outcome {
    /// It stands there like this.
    Stands(Answer),
    /// It does not stand any more.
    Gone,
    /// Nothing came of the call that was looked up.
    Nothing,
    /// The call did not succeed.
    Failed(Failure),
}

async fn run(job: JobRun) -> Result<()> {
    let Task { booking } = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
    let mut doubted = false;
    for _ in 0..STEPS {
        let Some((step, noted, access)) = next(job.clone(), booking).await? else { return Ok(()) };
        let provider = access.provider(&job.app, job.practice)?;
        let mut outcome = take(&step, Arc::clone(&provider)).await;
        // taken perhaps by ourselves, if an earlier call arrived after all
        if let (Step::Create(new, _), Outcome::Failed(Failure::Taken), false) = (&step, &outcome, doubted) {
            doubted = true;
            let query = query(new.event_type, new.start);
            let doubt = Doubt { asked: Asked::Create, query, uid: None, our_id: Some(new.our_id.clone()) };
            if let found @ Outcome::Stands(_) = look_up(&doubt, Arc::clone(&provider)).await {
                outcome = found;
            }
        }
        slots::forget(job.practice);
        match settle(job.clone(), booking, step, noted, outcome).await? {
            Next::Again => {}
            Next::Rest => return Ok(()),
            Next::Later(after) => {
                let error = Error::unavailable("calcom.later", "Cal.com did not answer; it is asked again later.");
                return Err(error.retry_after(after));
            }
        }
    }
    Err(Error::unavailable("calcom.unfinished", "There is more to ask for than one turn takes."))
}

/// Decides on the next call and notes it, so that after a crash it is known that it may have been made.
async fn next(job: JobRun, id: CalcomBookingId) -> Result<Option<(Step, Noted, Access)>> {
    let job_id = job.id;
    job.app
        .door
        .write_regardless(&Caller::system(job.practice), async move |tx| {
            let Some(before) = booking::lock(tx, Which::Id(id)).await? else { return Ok(None) };
            let Some(access) = Access::of(tx).await? else { return Ok(None) };
            if before.state == CalcomState::NeedsAttention {
                booking::give_back(tx, id, job_id).await?;
                return Ok(None);
            }
            if let Some(left) =
                before.quiet_until.map(|until| until.duration_since(tx.now())).filter(|left| left.is_positive())
            {
                let after = Duration::try_from(left).unwrap_or(QUIET);
                return Err(Error::unavailable("calcom.quiet", "Nobody asks there again yet.").retry_after(after));
            }
            booking::take(tx, id, job_id).await?;
            let (appointment, desired) = booking::desired(tx, &before).await?;
            let step = match decide(tx, &before, appointment.as_ref(), desired.as_ref()).await? {
                Ok(step) => step,
                Err(code) => {
                    booking::save(tx, Some(&before), before.in_need(code)).await?;
                    booking::give_back(tx, id, job_id).await?;
                    return Ok(None);
                }
            };
            let asked = match &step {
                Step::Rest => {
                    let rest = Booking { state: before.at_rest(), error_code: None, attempts: 0, ..before.clone() };
                    booking::save(tx, Some(&before), rest).await?;
                    booking::give_back(tx, id, job_id).await?;
                    return Ok(None);
                }
                Step::LookUp(_) => before.asked,
                Step::Create(new, _) => Some((Asked::Create, Some(new.start))),
                Step::Reschedule(_, start) => Some((Asked::Reschedule, Some(*start))),
                Step::Cancel(_) => Some((Asked::Cancel, None)),
            };
            let event_type = match &step {
                Step::Create(new, _) => Some(new.event_type),
                _ => before.event_type,
            };
            let noted = Noted::of(&before, asked);
            let after = Booking { asked, event_type, state: CalcomState::Pending, ..before.clone() };
            booking::save(tx, Some(&before), after).await?;
            Ok(Some((step, noted, access)))
        })
        .await
}

/// The next call; or why a person must decide first.
async fn decide(
    tx: &mut TenantTx,
    booking: &Booking,
    appointment: Option<&Appointment>,
    desired: Option<&Desired>,
) -> Result<std::result::Result<Step, &'static str>> {
    if let Some((asked, start)) = booking.asked {
        let event_type = booking.event_type.or(desired.map(|desired| desired.event_type)).unwrap_or_default();
        let start = start.or(booking.start).unwrap_or(booking.created_at);
        return Ok(Ok(Step::LookUp(Doubt {
            asked,
            query: query(event_type, start),
            uid: booking.uid.clone(),
            our_id: booking.appointment_id.map(|id| id.to_string()),
        })));
    }
    let step = match (desired, booking.there, &booking.uid) {
        _ if booking.agrees(desired) => Step::Rest,
        (Some(desired), There::Booked, Some(uid)) if booking.event_type == Some(desired.event_type) => {
            Step::Reschedule(uid.clone(), desired.start)
        }
        (_, There::Booked, Some(uid)) => Step::Cancel(uid.clone()),
        (Some(desired), ..) => {
            let Some(appointment) = appointment else { return Ok(Ok(Step::Rest)) };
            let Some(attendee) = attendee(tx, appointment).await? else { return Ok(Err("no_contact")) };
            let new = NewBooking {
                event_type: desired.event_type,
                start: desired.start,
                attendee,
                our_id: appointment.id.to_string(),
            };
            Step::Create(new, reservation::over(tx, desired.event_type, desired.start).await?)
        }
        (None, ..) => Step::Rest,
    };
    Ok(Ok(step))
}

/// A booking is looked for a minute around its time: whether bounds are included is not said.
fn query(event_type: i64, start: Timestamp) -> BookingQuery {
    let minute = SignedDuration::from_mins(1);
    let from = start.checked_sub(minute).unwrap_or(start);
    let to = start.checked_add(SignedDuration::from_hours(24)).unwrap_or(start);
    BookingQuery { event_type, during: from..to }
}

/// For whom it is booked; nobody, when neither an address nor a number is known.
async fn attendee(tx: &mut TenantTx, appointment: &Appointment) -> Result<Option<Attendee>> {
    let patient = patients::lookup::patient(tx, appointment.patient_id).await?.fields;
    let (email, phone) = (patient.email().map(str::to_owned), patient.phone().map(str::to_owned));
    if email.is_none() && phone.is_none() {
        return Ok(None);
    }
    let name = [Some(patient.given_name.as_str()), patient.family_name.as_deref()];
    Ok(Some(Attendee {
        name: Phi::new(name.into_iter().flatten().collect::<Vec<_>>().join(" ")),
        email: email.map(Phi::new),
        phone: phone.map(Phi::new),
        time_zone: appointment.time_zone.clone(),
        language: patient.language,
    }))
}

async fn take(step: &Step, provider: Arc<dyn Provider>) -> Outcome {
    let done = match step {
        Step::Rest => return Outcome::Nothing,
        Step::LookUp(doubt) => return look_up(doubt, provider).await,
        Step::Create(new, reserved) => {
            for reservation in reserved {
                // one that stays ends by itself
                let _ = provider.release(reservation).await;
            }
            provider.create(new).await
        }
        Step::Reschedule(uid, start) => provider.reschedule(uid, *start).await,
        Step::Cancel(uid) => match provider.cancel(uid).await {
            Ok(()) | Err(Failure::Missing) => return Outcome::Gone,
            Err(failure) => Err(failure),
        },
    };
    done.map_or_else(Outcome::Failed, Outcome::Stands)
}

/// What became of a call, as the other side sees it now.
async fn look_up(doubt: &Doubt, provider: Arc<dyn Provider>) -> Outcome {
    let found = match (&doubt.uid, doubt.asked) {
        (Some(uid), Asked::Reschedule | Asked::Cancel) => match provider.get(uid).await {
            Ok(found) if found.stands() => return Outcome::Stands(found),
            Ok(found) => found.rescheduled_to_uid,
            Err(Failure::Missing) => None,
            Err(failure) => return Outcome::Failed(failure),
        },
        _ => None,
    };
    if doubt.asked == Asked::Cancel {
        return Outcome::Gone;
    }
    let ours = |booking: &Answer| {
        let is_moved =
            doubt.uid.is_some() && booking.rescheduled_from_uid == doubt.uid || found.as_ref() == Some(&booking.uid);
        let is_new = booking.our_id().is_some() && booking.our_id() == doubt.our_id.as_deref();
        booking.stands() && if doubt.asked == Asked::Create { is_new } else { is_moved }
    };
    match provider.list(&doubt.query).await {
        Ok(all) => match all.into_iter().find(ours) {
            Some(booking) => Outcome::Stands(booking),
            None if doubt.asked == Asked::Create => Outcome::Nothing,
            None => Outcome::Gone,
        },
        Err(failure) => Outcome::Failed(failure),
    }
}
