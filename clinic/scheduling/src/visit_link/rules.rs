//! What a patient may do with a visit by themselves, and until when: a pure function of the practice's rules.

use jiff::{SignedDuration, Timestamp};
use platform::error::Error;
use serde::Serialize;
use utoipa::ToSchema;

use crate::appointment::{Appointment, Status};
use crate::settings::SchedulingRules;

/// Why something cannot be done by the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VisitRefusal)]
pub enum Refusal {
    /// It was confirmed already.
    Done,
    /// It was cancelled, has begun, or is over.
    Over,
    /// The practice wants to know earlier.
    TooLate,
    /// It was moved as often as the practice lets patients.
    TooOften,
}

/// Whether a patient may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = VisitAction)]
pub struct Action {
    /// Why not; null when they may.
    #[schema(required)]
    pub refusal: Option<Refusal>,
    /// Until when they may, or might have.
    pub until: Timestamp,
}

/// What a patient may do with a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = VisitActions)]
pub struct Actions {
    /// Say that they will come.
    pub confirm: Action,
    /// Choose another time.
    pub r#move: Action,
    /// Say that they will not come.
    pub cancel: Action,
}

impl Actions {
    /// By the practice's rules, at this instant.
    #[must_use]
    pub fn of(rules: &SchedulingRules, visit: &Appointment, now: Timestamp) -> Self {
        let over = !matches!(visit.status, Status::Scheduled | Status::Confirmed) || now >= visit.start;
        let by = |cutoff: i32, otherwise: Option<Refusal>| {
            let until = visit.start - SignedDuration::from_mins(cutoff.into());
            let refusal = if over {
                Some(Refusal::Over)
            } else if now > until {
                Some(Refusal::TooLate)
            } else {
                otherwise
            };
            Action { refusal, until }
        };
        let is_confirmed = visit.status == Status::Confirmed;
        Self {
            confirm: by(0, is_confirmed.then_some(Refusal::Done)),
            r#move: by(
                rules.move_cutoff_minutes,
                (visit.patient_moves >= rules.most_moves).then_some(Refusal::TooOften),
            ),
            cancel: by(rules.cancel_cutoff_minutes, None),
        }
    }
}

impl Action {
    /// That they may.
    ///
    /// # Errors
    /// 409 that says why not: `too_late` where it is too late for it.
    pub fn check(self, too_late: &'static str) -> Result<(), Error> {
        let (code, title) = match self.refusal {
            None | Some(Refusal::Done) => return Ok(()),
            Some(Refusal::Over) => ("appointment.over", "The visit was cancelled, has begun, or is over."),
            Some(Refusal::TooLate) => (too_late, "It is too late for that here; call the practice."),
            Some(Refusal::TooOften) => {
                ("appointment.too_many_moves", "It was moved as often as it can be; call the practice.")
            }
        };
        Err(Error::conflict(code, title))
    }
}
