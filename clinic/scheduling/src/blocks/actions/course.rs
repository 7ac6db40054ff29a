//! A workflow moves appointments, cancels them, and says how far they have come. What is so already stays so.

use automation::block::{Action, Call, Field, Kind, Run, missing};
use futures::future::BoxFuture;
use jiff::Timestamp;
use patients::blocks::given;
use platform::db::TenantTx;
use platform::id::UserId;
use platform::{Result, extract};
use serde_json::{Value, json};

use super::free::{When, Where, candidates, nothing_free};
use super::{APPOINTMENT, CHANGED, END, FROM, PROVIDER, START, WITHIN, appointment};
use crate::appointment::course::{
    CancelAppointment, MoveAppointment, MovedBy, NewAppointmentStatus, call_off, come_to, move_to,
};
use crate::appointment::{Appointment, Status};
use crate::blocks::appointment::{STAGES, stage};
use crate::settings::{self, CancelledBy};

/// To `start`, or to the first time that is free; with the same people, or with another provider in place of the main one.
pub static MOVE: Action = Action {
    name: "appointment.move",
    permission: "appointments.write",
    fields: &[APPOINTMENT.required(), START, FROM, WITHIN, PROVIDER],
    gives: &[CHANGED, APPOINTMENT, START, END, PROVIDER],
    run: Run::Inside(r#move),
};

/// With one of the practice's reasons, by its key; the first of whoever it is who cancels, when none is named.
pub static CANCEL: Action = Action {
    name: "appointment.cancel",
    permission: "appointments.write",
    fields: &[
        APPOINTMENT.required(),
        Field::new("by", Kind::Choice(&["clinic", "patient", "provider"]), r#""clinic""#),
        Field::new("reason", Kind::Ref("cancelReason"), r#""patient_ill""#),
        Field::new("note", Kind::LongText, r#""Did not confirm""#).sensitive(),
    ],
    gives: &[CHANGED],
    run: Run::Inside(cancel),
};

/// Any stage but cancelled.
pub static SET_STATUS: Action = Action {
    name: "appointment.set_status",
    permission: "appointments.write",
    fields: &[APPOINTMENT.required(), Field::new("status", Kind::Choice(STAGES), r#""confirmed""#).required()],
    gives: &[CHANGED],
    run: Run::Inside(set_status),
};

fn told(of: &Appointment, changed: bool) -> Value {
    json!({ "changed": changed, "appointmentId": of.id, "start": of.start, "end": of.end,
            "providerId": of.provider_ids.first() })
}

fn r#move<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let before = appointment(tx, call).await?;
        let main = before.provider_ids.first().copied();
        let provider = given(call, "providerId")?.map(UserId).or(main);
        let when = match given::<Timestamp>(call, "start")? {
            Some(start) if start == before.start && provider == main => return Ok(told(&before, false)),
            _ => When::read(call, tx.now())?,
        };
        let others = before.provider_ids.iter().skip(1).filter(|id| Some(**id) != provider);
        let place = Where {
            service: before.service_id,
            location: before.location_id,
            provider,
            together: others.copied().collect(),
            patient: before.patient_id,
            minutes: i32::try_from(before.end.duration_since(before.start).as_mins()).ok(),
            moving: Some(before.id.uuid()),
        };
        let Some((start, provider)) = candidates(tx, &place, when).await?.into_iter().next() else {
            return Err(nothing_free());
        };
        let to = MoveAppointment {
            version: before.version,
            start: Some(start),
            provider_ids: Some([provider].into_iter().chain(place.together).collect()),
            ..MoveAppointment::default()
        };
        let moved = tx.or_nothing(async |tx| move_to(tx, before.id, &to, MovedBy::Practice).await).await?;
        Ok(told(&moved, true))
    })
}

fn cancel<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let before = appointment(tx, call).await?;
        if before.status == Status::Cancelled {
            return Ok(json!({ "changed": false }));
        }
        let by: CancelledBy = given(call, "by")?.unwrap_or(CancelledBy::Clinic);
        let reason = match given(call, "reason")? {
            Some(named) => named,
            None => {
                let rules = settings::find(tx).await?.rules;
                let first = rules.reasons.into_iter().find(|reason| reason.by == by && !reason.archived);
                first.ok_or_else(|| missing("reason"))?.key
            }
        };
        let note = given(call, "note")?;
        let why = CancelAppointment { version: before.version, by, reason, note, following: false };
        extract::check(&why)?;
        tx.or_nothing(async |tx| call_off(tx, before.id, &why).await).await?;
        Ok(json!({ "changed": true }))
    })
}

fn set_status<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let before = appointment(tx, call).await?;
        let word: String = given(call, "status")?.ok_or_else(|| missing("status"))?;
        let status = stage(&word).ok_or_else(|| missing("status"))?;
        let new = NewAppointmentStatus { version: before.version, status };
        let after = tx.or_nothing(async |tx| come_to(tx, before.id, new).await).await?;
        Ok(json!({ "changed": after.version != before.version }))
    })
}
