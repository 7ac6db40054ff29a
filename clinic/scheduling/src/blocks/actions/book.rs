//! A workflow books.

use automation::block::{Action, Call, Field, Kind, Run, missing};
use futures::future::BoxFuture;
use patients::blocks::{given, whom};
use platform::db::TenantTx;
use platform::id::UserId;
use platform::{Result, extract};
use practice::ServiceId;
use serde_json::{Value, json};

use super::free::{When, Where, candidates, is_refusal, nothing_free};
use super::{APPOINTMENT, END, FROM, LOCATION, PATIENT, PROVIDER, SERVICE, START, WITHIN, location};
use crate::appointment::book::{NewAppointment, book};

/// Books a visit: at `start`, or at the first time that is free. Of a service that is booked at Cal.com as well, what is
/// free here is taken; where somebody has taken it there, a person decides, as with every booking.
pub static BOOK: Action = Action {
    name: "appointment.book",
    permission: "appointments.write",
    fields: &[
        PATIENT,
        SERVICE.required(),
        LOCATION,
        PROVIDER,
        START,
        FROM,
        WITHIN,
        Field::new("reason", Kind::LongText, r#""Check-up""#).sensitive(),
    ],
    gives: &[APPOINTMENT, START, END, PROVIDER],
    run: Run::Inside(run),
};

fn run<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let when = When::read(call, tx.now())?;
        let place = Where {
            service: ServiceId(given(call, "serviceId")?.ok_or_else(|| missing("serviceId"))?),
            location: location(tx, call).await?,
            provider: given(call, "providerId")?.map(UserId),
            together: Vec::new(),
            patient: whom(tx, call).await?,
            minutes: None,
            moving: None,
        };
        let reason: Option<String> = given(call, "reason")?;
        let mut refusal = nothing_free();
        for (start, provider) in candidates(tx, &place, when).await? {
            let plain = NewAppointment::plain(place.patient, (place.service, place.location), provider, start);
            let new = NewAppointment { reason: reason.clone(), ..plain };
            extract::check(&new)?;
            match tx.or_nothing(async |tx| book(tx, &new, None).await).await {
                Ok(booked) => {
                    let (id, start, end) = (booked.id, booked.start, booked.end);
                    return Ok(json!({ "appointmentId": id, "start": start, "end": end, "providerId": provider }));
                }
                Err(error) if is_refusal(&error) => refusal = error,
                Err(error) => return Err(error),
            }
        }
        Err(refusal)
    })
}
