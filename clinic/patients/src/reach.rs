//! Where and in which language a patient can be written to.

use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;
use platform::language::Language;
use platform::phi::Phi;
use sqlx::types::Json;

use crate::record::fields::Consents;

/// How to write to a patient.
#[derive(Clone, Debug)]
pub struct Reach {
    /// The e-mail address to use first.
    pub email: Option<Phi<String>>,
    /// Whether they agreed to be sent e-mail; none where nobody has asked.
    pub email_consent: Option<bool>,
    /// Theirs where the product has it, else the practice's.
    pub language: Language,
}

/// Looks it up; none for a patient who was deleted, or died.
///
/// # Errors
/// 503 when the database is away.
pub async fn reach(tx: &mut TenantTx, patient: PatientId) -> Result<Option<Reach>> {
    let practice = tx.practice();
    let row = sqlx::query!(
        r#"select p.email, p.consents as "consents: Json<Consents>", p.language,
                  c.language as "of_practice: Language"
             from patients.patient p join platform.practice c on c.practice_id = p.practice_id
            where p.practice_id = $1 and p.id = $2 and p.deleted_at is null and p.status <> 'deceased'"#,
        practice,
        patient.uuid(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Reach {
        email: row.email.map(Phi::new),
        email_consent: row.consents.0.email.map(|consent| consent.granted),
        language: match row.language.as_deref() {
            Some("ar") => Language::Ar,
            Some("en") => Language::En,
            _ => row.of_practice,
        },
    }))
}
