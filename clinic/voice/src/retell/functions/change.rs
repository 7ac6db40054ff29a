//! A visit of the patient's own is moved or cancelled, by the practice's rules for patients.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use platform::record::Change;
use scheduling::{Appointment, on_call};
use serde_json::json;

use super::{Answer, Asked, local, spoken, unknown_patient};

/// Moves a visit.
///
/// # Errors
/// 503 when the database is away.
pub async fn shift(tx: &mut TenantTx, asked: &Asked) -> Result<Answer> {
    let Some(patient) = asked.patient(tx).await? else { return Ok(unknown_patient()) };
    let (visit, zone) = match visit(tx, asked, patient).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let Some(start) = asked.arguments.instant("start", &zone) else {
        return Ok(Answer::not("Say to when, as one of the free times: its start."));
    };
    let moved = match on_call::shift(tx, &visit, start).await {
        Ok(moved) => moved,
        Err(error) => return Answer::refused(error),
    };
    record(tx, asked, "reschedule", patient, &moved).await?;
    let fields = json!({ "start": local(moved.start, &zone) });
    Ok(Answer::done(format!("Moved to {}.", spoken(moved.start, &zone)), fields))
}

/// Cancels a visit.
///
/// # Errors
/// 503 when the database is away.
pub async fn cancel(tx: &mut TenantTx, asked: &Asked) -> Result<Answer> {
    let Some(patient) = asked.patient(tx).await? else { return Ok(unknown_patient()) };
    let (visit, zone) = match visit(tx, asked, patient).await? {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    if let Err(error) = on_call::call_off(tx, &visit).await {
        return Answer::refused(error);
    }
    record(tx, asked, "cancel", patient, &visit).await?;
    let fields = json!({ "start": local(visit.start, &zone) });
    Ok(Answer::done(format!("The visit on {} is cancelled.", spoken(visit.start, &zone)), fields))
}

/// The visit that is meant: the one that begins then; without a time the only one. Which there are is not said: whoever has
/// a visit can say when it is.
async fn visit(
    tx: &mut TenantTx,
    asked: &Asked,
    patient: PatientId,
) -> Result<std::result::Result<(Appointment, TimeZone), Answer>> {
    let all = on_call::to_come(tx, patient).await?;
    let mut meant = Vec::new();
    for visit in all {
        let zone = TimeZone::get(&visit.time_zone).map_err(Error::internal)?;
        if is_meant(asked, visit.start, &zone) {
            meant.push((visit, zone));
        }
    }
    Ok(match meant.len() {
        0 => Err(Answer::not("There is no such visit to come; ask when it is.")),
        1 => meant.pop().ok_or_else(|| Answer::not("There is no such visit to come.")),
        _ => Err(Answer::not("There are several visits; ask for the day and the time of the one that is meant.")),
    })
}

fn is_meant(asked: &Asked, start: Timestamp, zone: &TimeZone) -> bool {
    let (day, instant) = (asked.arguments.day("visit"), asked.arguments.instant("visit", zone));
    let said = asked.arguments.text("visit", 60);
    match said {
        None => true,
        // a day alone is a day; a day with a time is an instant
        Some(text) if text.len() <= 10 => day == Some(start.to_zoned(zone.clone()).date()),
        Some(_) => instant == Some(start),
    }
}

async fn record(
    tx: &mut TenantTx,
    asked: &Asked,
    what: &'static str,
    patient: PatientId,
    visit: &Appointment,
) -> Result<()> {
    let told = json!({ "appointment": visit.id });
    tx.record(Change::done(what, "call", asked.call.id.uuid()).for_patient(patient).with(told)).await
}
