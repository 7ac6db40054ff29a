//! A visit is booked.

use platform::Result;
use platform::db::TenantTx;
use platform::record::Change;
use scheduling::on_call;
use serde_json::json;

use super::{Answer, Asked, local, spoken, unknown_patient};

/// Books a visit for a patient who was recognised.
///
/// # Errors
/// 503 when the database is away.
pub async fn book(tx: &mut TenantTx, asked: &Asked) -> Result<Answer> {
    let arguments = &asked.arguments;
    let Some(patient) = asked.patient(tx).await? else { return Ok(unknown_patient()) };
    let choice = on_call::choose(tx, arguments.text("service", 120), arguments.text("location", 120)).await?;
    let choice = match choice {
        Ok(choice) => choice,
        Err(among) => return Ok(Answer::choose("Ask which of these it is:", &among)),
    };
    let Some(start) = arguments.instant("start", &choice.zone) else {
        return Ok(Answer::not("Say when, as one of the free times: its start."));
    };
    let reason = arguments.text("reason", 500).map(str::to_owned);
    let booked = match on_call::take(tx, &choice, patient, start, reason).await {
        Ok(booked) => booked,
        Err(error) => return Answer::refused(error),
    };
    let told = json!({ "appointment": booked.id });
    tx.record(Change::done("book", "call", asked.call.id.uuid()).for_patient(patient).with(told)).await?;
    let fields = json!({ "service": choice.service.name_en, "start": local(booked.start, &choice.zone) });
    Ok(Answer::done(format!("Booked: {}, {}.", choice.service.name_en, spoken(booked.start, &choice.zone)), fields))
}
