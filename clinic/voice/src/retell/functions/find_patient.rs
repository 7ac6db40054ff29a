//! Who it is: by the number that the network shows, or by name and date of birth. What is answered is a reference that is
//! good for this call, and nothing of the record, so that whoever guesses learns nothing by being right but that.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use patients::Introduction;
use platform::Result;
use platform::crypto::random_token;
use platform::db::TenantTx;
use platform::id::PatientId;
use platform::record::Change;
use serde_json::json;

use super::{Answer, Asked};
use crate::retell::course;

/// People who can be recognised in one call: a parent calls for children.
const MOST: i64 = 6;

/// Finds the patient.
///
/// # Errors
/// 503 when the database is away.
pub async fn find(tx: &mut TenantTx, asked: &Asked) -> Result<Answer> {
    let who = Introduction {
        number: asked.number.clone(),
        name: asked.arguments.text("name", 160).map(str::to_owned),
        born: asked.arguments.day("date_of_birth"),
    };
    if who.number.is_none() && (who.name.is_none() || who.born.is_none()) {
        return Ok(Answer::not("Ask for the full name and the date of birth, as year-month-day."));
    }
    let Some(patient) = patients::recognise(tx, &who).await? else {
        // what was tried is in the ledger, for whoever looks into it
        tx.record(Change::done("identify", "call", asked.call.id.uuid()).refused()).await?;
        return Ok(Answer::not("Nobody is known like this. Ask for the full name and the date of birth again."));
    };
    let Some(reference) = reference(tx, asked, patient).await? else {
        return Ok(Answer::not("Too many people were asked for in this call; offer to take a message."));
    };
    Ok(Answer::done("The patient is known.", json!({ "patient": reference })))
}

/// The reference of a patient in this call: the same when they are found again.
async fn reference(tx: &mut TenantTx, asked: &Asked, patient: PatientId) -> Result<Option<String>> {
    let (practice, call) = (tx.practice(), asked.call.id.uuid());
    let given = sqlx::query!(
        "select reference, patient_id from voice.retell_known where practice_id = $1 and call_id = $2 limit $3",
        practice,
        call,
        MOST,
    )
    .fetch_all(tx.conn())
    .await?;
    if let Some(before) = given.iter().find(|row| row.patient_id == patient.uuid()) {
        return Ok(Some(before.reference.clone()));
    }
    if i64::try_from(given.len()).unwrap_or(MOST) >= MOST {
        return Ok(None);
    }
    let reference = format!("p_{}", URL_SAFE_NO_PAD.encode(&random_token()?[..12]));
    sqlx::query!(
        "insert into voice.retell_known (practice_id, call_id, reference, patient_id) values ($1, $2, $3, $4)",
        practice,
        call,
        reference,
        patient.uuid(),
    )
    .execute(tx.conn())
    .await?;
    tx.record(Change::done("identify", "call", call).for_patient(patient)).await?;
    if asked.call.patient_id.is_none() && given.is_empty() {
        let after = course::Course { patient_id: Some(patient), ..asked.call.clone() };
        course::save(tx, &asked.call, after, "call.changed").await?;
    }
    Ok(Some(reference))
}
