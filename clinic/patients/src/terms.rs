//! What a patient is found by while somebody types: words of the names, how they sound, phones from the end, e-mails.

use std::collections::BTreeSet;

use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;
use uuid::Uuid;

use crate::names;
use crate::record::{Patient, PatientFields};

/// Kinds of terms, as the table has them.
pub const NAME: &str = "name";
/// How a word sounds.
pub const SOUND: &str = "sound";
/// Digits of a number, the last one first.
pub const PHONE: &str = "phone";
/// An address in small letters.
pub const EMAIL: &str = "email";

/// Digits of a relative's number, the last one first.
pub const KIN: &str = "kin";

/// All terms of a patient's own.
pub fn of(fields: &PatientFields) -> BTreeSet<(&'static str, String)> {
    let full = |given: &str, family: Option<&String>| format!("{given} {}", family.map_or("", String::as_str));
    let names = [
        full(&fields.given_name, fields.family_name.as_ref()),
        full(fields.given_name_other.as_deref().unwrap_or_default(), fields.family_name_other.as_ref()),
    ];
    let mut terms = BTreeSet::new();
    for word in names.iter().flat_map(|name| names::words(name)) {
        terms.insert((SOUND, names::sound(&word)));
        terms.insert((NAME, word));
    }
    terms.extend(fields.phones.iter().map(|phone| (PHONE, last_first(&phone.number))));
    terms.extend(fields.emails.iter().map(|email| (EMAIL, email.address.to_lowercase())));
    terms.retain(|(_, term)| !term.is_empty() && term.chars().count() <= 254);
    terms
}

/// The digits of a number, the last one first: people know and tell the last ones.
#[must_use]
pub fn last_first(number: &str) -> String {
    number.chars().rev().filter(char::is_ascii_digit).collect()
}

/// Brings the table to what the patients are found by now; what is there already stays.
///
/// # Errors
/// 503 when the database is away.
pub async fn save_all(tx: &mut TenantTx, patients: &[Patient]) -> Result<()> {
    let practice = tx.practice();
    let ids: Vec<Uuid> = patients.iter().map(|patient| patient.id.uuid()).collect();
    let (mut whose, mut kinds, mut terms) = (Vec::new(), Vec::new(), Vec::new());
    for patient in patients {
        for (kind, term) in of(&patient.fields) {
            whose.push(patient.id.uuid());
            kinds.push(kind);
            terms.push(term);
        }
    }
    sqlx::query!(
        "delete from patients.term t
          where t.practice_id = $1 and t.patient_id = any($2) and t.kind <> 'kin'
            and not exists (select from unnest($3::uuid[], $4::text[], $5::text[]) n (patient, kind, term)
                             where n.patient = t.patient_id and n.kind = t.kind and n.term = t.term)",
        practice,
        &ids,
        &whose,
        &kinds as _,
        &terms,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into patients.term (practice_id, kind, term, patient_id)
         select $1, n.kind, n.term, n.patient from unnest($2::uuid[], $3::text[], $4::text[]) n (patient, kind, term)
             on conflict do nothing",
        practice,
        &whose,
        &kinds as _,
        &terms,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Brings the table to the numbers of relatives that a patient is found by now.
///
/// # Errors
/// 503 when the database is away.
pub async fn save_kin(tx: &mut TenantTx, patient: PatientId, numbers: &BTreeSet<String>) -> Result<()> {
    let practice = tx.practice();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    sqlx::query!(
        "delete from patients.term
          where practice_id = $1 and patient_id = $2 and kind = 'kin' and not term = any($3)",
        practice,
        patient.uuid(),
        &numbers as _,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into patients.term (practice_id, kind, term, patient_id)
         select $1, 'kin', n.term, $2 from unnest($3::text[]) n (term) on conflict do nothing",
        practice,
        patient.uuid(),
        &numbers as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
