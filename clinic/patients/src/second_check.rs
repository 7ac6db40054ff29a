//! How somebody who came by a link shows that they are the patient: by the date of birth, or, where nobody has recorded
//! one, by the end of a phone number.

use jiff::civil::Date;
use platform::crypto::equal;
use platform::db::TenantTx;
use platform::id::PatientId;
use platform::phi::Phi;
use platform::{Result, undisclosed};
use serde::Serialize;
use sqlx::types::Json;
use utoipa::ToSchema;

use crate::record::fields::Phone;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SecondCheck {
    /// The date of birth.
    DateOfBirth,
    /// The last four digits of a phone number.
    PhoneDigits,
}

/// What was answered.
#[derive(Clone)]
pub enum SecondAnswer {
    /// A date of birth.
    DateOfBirth(Date),
    /// Four digits.
    PhoneDigits(Phi<String>),
}

undisclosed!(SecondAnswer, Known);

/// What the practice has that can be asked.
struct Known {
    birth_date: Option<Date>,
    phones: Vec<Phone>,
}

/// What can be asked of a patient; nothing when neither was recorded, or the patient was deleted.
///
/// # Errors
/// 503 when the database is away.
pub async fn asked(tx: &mut TenantTx, patient: PatientId) -> Result<Option<SecondCheck>> {
    Ok(find(tx, patient).await?.and_then(|known| known.check()))
}

/// Whether the answer is the patient's, and to what is asked of them.
///
/// # Errors
/// 503 when the database is away.
pub async fn is_right(tx: &mut TenantTx, patient: PatientId, answer: &SecondAnswer) -> Result<bool> {
    let Some(known) = find(tx, patient).await? else { return Ok(false) };
    Ok(match (known.check(), answer) {
        (Some(SecondCheck::DateOfBirth), SecondAnswer::DateOfBirth(date)) => {
            known.birth_date.is_some_and(|born| equal(born.to_string().as_bytes(), date.to_string().as_bytes()))
        }
        (Some(SecondCheck::PhoneDigits), SecondAnswer::PhoneDigits(digits)) => {
            known.phones.iter().any(|phone| phone.last_four().is_some_and(|end| equal(end, digits.expose().as_bytes())))
        }
        _ => false,
    })
}

async fn find(tx: &mut TenantTx, patient: PatientId) -> Result<Option<Known>> {
    let practice = tx.practice();
    // who was put together with another is the same person
    let row = sqlx::query!(
        r#"select birth_date as "birth_date: jiff_sqlx::Date", phones as "phones: Json<Vec<Phone>>" from patients.patient
            where practice_id = $1 and id = $2 and (deleted_at is null or merged_into is not null)"#,
        practice,
        patient.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Known { birth_date: row.birth_date.map(|date| date.to_jiff()), phones: row.phones.0 }))
}

impl Known {
    fn check(&self) -> Option<SecondCheck> {
        let by_phone =
            || self.phones.iter().any(|phone| phone.last_four().is_some()).then_some(SecondCheck::PhoneDigits);
        self.birth_date.map(|_| SecondCheck::DateOfBirth).or_else(by_phone)
    }
}

impl Phone {
    fn last_four(&self) -> Option<&[u8]> {
        self.number.as_bytes().last_chunk::<4>().map(<[u8; 4]>::as_slice)
    }
}
