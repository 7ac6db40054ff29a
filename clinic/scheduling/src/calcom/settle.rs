//! What came of a call: noted where nothing newer is known by then, else looked up.

use std::time::Duration;

use calcom::{Booking as Answer, Failure};
use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::db::{Caller, TenantTx};
use platform::jobs::JobRun;

use super::booking::{self, Asked, Booking, CalcomBookingId, CalcomState, There, Which};
use super::sync::{Doubt, Outcome, QUIET, Step};

/// Tries without an answer before a person is asked.
const MOST_ATTEMPTS: i32 = 8;
/// The same where Cal.com only says to come later.
const MOST_PAUSES: i32 = 20;
/// The same where Cal.com does not take a cancellation, and what was to be cancelled stands afterwards.
const MOST_REFUSALS: i32 = 2;

/// What was known of a booking when a call was noted.
pub struct Noted {
    uid: Option<String>,
    heard_at: Option<Timestamp>,
    /// The call.
    asked: Option<(Asked, Option<Timestamp>)>,
}

impl Noted {
    /// Before this call.
    pub fn of(before: &Booking, asked: Option<(Asked, Option<Timestamp>)>) -> Self {
        Self { uid: before.uid.clone(), heard_at: before.heard_at, asked }
    }

    /// Whether something was heard of it since: what the call answered may be the older news.
    fn is_overtaken(&self, now: &Booking) -> bool {
        self.uid != now.uid || self.heard_at != now.heard_at
    }
}

/// What the job does now.
pub enum Next {
    /// It goes on.
    Again,
    /// It is done.
    Rest,
    /// It tries again after this long.
    Later(Duration),
}

/// Notes what came of a call.
///
/// # Errors
/// 503 when another job works on the booking, or the database is away.
pub async fn settle(job: JobRun, id: CalcomBookingId, step: Step, noted: Noted, outcome: Outcome) -> Result<Next> {
    let job_id = job.id;
    job.app
        .door
        .write_regardless(&Caller::system(job.practice), async move |tx| {
            booking::take(tx, id, job_id).await?;
            let Some(before) = booking::lock(tx, Which::Id(id)).await? else { return Ok(Next::Rest) };
            let (after, next) = match &outcome {
                Outcome::Stands(answer) => stands(tx, &before, &step, &noted, answer).await?,
                Outcome::Gone => gone(tx, &before, &step, &noted).await?,
                Outcome::Nothing => (answered(&before), Next::Again),
                Outcome::Failed(failure) => failed(&before, &step, &noted, *failure, tx.now()),
            };
            booking::save(tx, Some(&before), after).await?;
            if !matches!(next, Next::Again) {
                booking::give_back(tx, id, job_id).await?;
            }
            Ok(next)
        })
        .await
}

/// The same, with no call in doubt. What a person must decide stays so.
fn answered(before: &Booking) -> Booking {
    let error_code = before.error_code.clone().filter(|_| before.state == CalcomState::NeedsAttention);
    Booking { asked: None, attempts: 0, quiet_until: None, error_code, ..before.clone() }
}

/// It stands like this, or stood when the call was answered.
async fn stands(
    tx: &mut TenantTx,
    before: &Booking,
    step: &Step,
    noted: &Noted,
    answer: &Answer,
) -> Result<(Booking, Next)> {
    let heard = before.stands_as(Some(&answer.uid)) && before.start == Some(answer.start);
    if !heard && (noted.is_overtaken(before) || booking::has_ended(tx, &answer.uid).await?) {
        // which of the two is the later word only Cal.com can say
        return Ok((Booking { asked: noted.asked, ..before.clone() }, Next::Again));
    }
    if let Some(old) = before.uid.as_ref().filter(|old| **old != answer.uid) {
        booking::name(tx, before.id, old, true).await?;
    }
    booking::name(tx, before.id, &answer.uid, false).await?;
    let after = Booking {
        there: There::Booked,
        uid: Some(answer.uid.clone()),
        start: Some(answer.start),
        end: Some(answer.end),
        ..answered(before)
    };
    if matches!(step, Step::LookUp(Doubt { asked: Asked::Cancel, .. })) {
        return not_cancelled(tx, before, after).await;
    }
    Ok((after, Next::Again))
}

/// A call that was to cancel it came to nothing: tries are counted on, and where Cal.com does not take it at all, a person
/// must decide.
async fn not_cancelled(tx: &mut TenantTx, before: &Booking, after: Booking) -> Result<(Booking, Next)> {
    let (_, desired) = booking::desired(tx, &after).await?;
    if after.agrees(desired.as_ref()) {
        return Ok((after, Next::Again));
    }
    let refused = Failure::Refused.code();
    if before.error_code.as_deref() == Some(refused) && before.attempts >= MOST_REFUSALS {
        return Ok((after.in_need(refused), Next::Rest));
    }
    Ok((Booking { attempts: before.attempts, ..after }, Next::Again))
}

/// It does not stand any more.
async fn gone(tx: &mut TenantTx, before: &Booking, step: &Step, noted: &Noted) -> Result<(Booking, Next)> {
    let known = answered(before);
    if before.uid != noted.uid {
        // it was moved there meanwhile, and this was about what it was before
        return Ok((known, Next::Again));
    }
    if matches!(step, Step::LookUp(Doubt { asked: Asked::Reschedule, .. })) {
        // cancelled there, although it was to be moved; if that was heard of as well, our calendar follows already
        let is_news = before.there == There::Booked;
        let known = Booking { there: There::Cancelled, ..known };
        return Ok(if is_news { (known.in_need("cancelled_there"), Next::Rest) } else { (known, Next::Again) });
    }
    // as we wanted it: what is still told of that says nothing of our calendar
    if let Some(uid) = &before.uid {
        booking::end(tx, uid).await?;
    }
    Ok((Booking { there: There::None, ..known }, Next::Again))
}

/// A call that did not succeed. Where nothing can have come of it, it may be made again; else it is looked up first.
fn failed(before: &Booking, step: &Step, noted: &Noted, failure: Failure, now: Timestamp) -> (Booking, Next) {
    let looked_up = matches!(step, Step::LookUp(_));
    let asked = before.asked.filter(|_| looked_up || failure == Failure::Unknown);
    let tried =
        Booking { asked, attempts: before.attempts + 1, error_code: Some(failure.code().to_owned()), ..before.clone() };
    let (pause, most) = match failure {
        Failure::Limited(after) => (after, MOST_PAUSES),
        Failure::Unknown | Failure::Unreachable => (QUIET, MOST_ATTEMPTS),
        // what is cancelled already is refused as well: looked up, like a call without an answer
        Failure::Refused if matches!(step, Step::Cancel(_)) => {
            return (Booking { asked: before.asked, ..tried }, Next::Again);
        }
        Failure::KeyRefused => return (tried.in_need(failure.code()), Next::Rest),
        // it was about what there is no more
        Failure::Taken | Failure::OutOfBounds | Failure::Missing | Failure::Refused if noted.is_overtaken(before) => {
            return (answered(before), Next::Again);
        }
        Failure::Taken | Failure::OutOfBounds | Failure::Missing | Failure::Refused => {
            return (tried.in_need(failure.code()), Next::Rest);
        }
    };
    if tried.attempts >= most {
        return (tried.in_need(failure.code()), Next::Rest);
    }
    let quiet = SignedDuration::try_from(pause).ok().and_then(|pause| now.checked_add(pause).ok());
    (Booking { quiet_until: quiet, state: CalcomState::Pending, ..tried }, Next::Later(pause))
}
