//! Where and in which language a patient can be written to.

use std::collections::HashMap;

use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;
use platform::language::Language;
use platform::phi::Phi;
use sqlx::types::Json;
use uuid::Uuid;

use crate::duplicates::merge::kept;
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
    /// Whether there is something that a link can ask them: a date of birth, a phone number.
    pub opens_links: bool,
}

impl Reach {
    /// The address, unless they said that they want no e-mail.
    #[must_use]
    pub fn writable(&self) -> Option<&Phi<String>> {
        self.email.as_ref().filter(|_| self.email_consent != Some(false))
    }
}

/// Looks it up; none for a patient who was deleted, or died.
///
/// # Errors
/// 503 when the database is away.
pub async fn reach(tx: &mut TenantTx, patient: PatientId) -> Result<Option<Reach>> {
    Ok(reach_all(tx, &[patient.uuid()]).await?.remove(&patient))
}

/// The same for many; who was deleted, or died, is not among them. Whoever was merged is reached as the one they are kept
/// as.
///
/// # Errors
/// 503 when the database is away.
pub async fn reach_all(tx: &mut TenantTx, patients: &[Uuid]) -> Result<HashMap<PatientId, Reach>> {
    let kept = kept(tx, patients).await?;
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select p.id, p.email, p.consents as "consents: Json<Consents>", p.language,
                  p.birth_date is not null or p.phone is not null as "opens_links!",
                  c.language as "of_practice: Language"
             from patients.patient p join platform.practice c on c.practice_id = p.practice_id
            where p.practice_id = $1 and p.id = any($2) and p.deleted_at is null and p.status <> 'deceased'"#,
        practice,
        &kept.values().copied().collect::<Vec<_>>(),
    )
    .fetch_all(tx.conn())
    .await?;
    let reach = rows.into_iter().map(|row| {
        let reach = Reach {
            email: row.email.map(Phi::new),
            email_consent: row.consents.0.email.map(|consent| consent.granted),
            language: match row.language.as_deref() {
                Some("ar") => Language::Ar,
                Some("en") => Language::En,
                _ => row.of_practice,
            },
            opens_links: row.opens_links,
        };
        (row.id, reach)
    });
    let reach: HashMap<Uuid, Reach> = reach.collect();
    Ok(kept.iter().filter_map(|(of, as_whom)| Some((PatientId(*of), reach.get(as_whom)?.clone()))).collect())
}
