//! Where and in which language a patient can be written to.

use std::collections::HashMap;

use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;
use platform::language::Language;
use platform::phi::Phi;
use platform::undisclosed;
use sqlx::types::Json;
use uuid::Uuid;

use crate::duplicates::merge::kept;
use crate::record::fields::{Consents, ContactKind, PatientStatus, Phone};
use crate::terms;

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

/// On which way somebody is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageChannel {
    /// E-mail.
    Email,
    /// Text messages.
    Sms,
}

/// Whom one would write to, with everything that decides whether one may.
#[derive(Clone)]
pub struct Contact {
    /// Whoever was merged is kept as somebody else.
    pub kept_as: PatientId,
    /// Nobody finds them any more.
    pub is_deleted: bool,
    /// They have died.
    pub is_deceased: bool,
    /// How they are called.
    pub name: Phi<String>,
    /// The e-mail address to use first.
    pub email: Option<Phi<String>>,
    /// The number to write to: the preferred one, else the first mobile, else the first.
    pub phone: Option<Phi<String>>,
    /// What they agreed to or refused.
    pub consents: Consents,
    /// Theirs where the product has it, else the practice's.
    pub language: Language,
}

undisclosed!(Contact);

impl Contact {
    /// Where to write on this way.
    #[must_use]
    pub fn address(&self, channel: MessageChannel) -> Option<&Phi<String>> {
        match channel {
            MessageChannel::Email => self.email.as_ref(),
            MessageChannel::Sms => self.phone.as_ref(),
        }
    }

    /// Whether they agreed to it; none where nobody has asked.
    #[must_use]
    pub fn consent(&self, channel: MessageChannel) -> Option<bool> {
        let consent = match channel {
            MessageChannel::Email => &self.consents.email,
            MessageChannel::Sms => &self.consents.sms,
        };
        consent.as_ref().map(|consent| consent.granted)
    }
}

/// Looks many up, whoever they are: also those who were deleted or died, which is said of them.
///
/// # Errors
/// 503 when the database is away.
pub async fn contacts(tx: &mut TenantTx, patients: &[Uuid]) -> Result<HashMap<PatientId, Contact>> {
    let kept = kept(tx, patients).await?;
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select p.id, p.given_name, p.family_name, p.email, p.phones as "phones: Json<Vec<Phone>>",
                  p.consents as "consents: Json<Consents>", p.language, p.status as "status: PatientStatus",
                  p.deleted_at is not null as "is_deleted!", c.language as "of_practice: Language"
             from patients.patient p join platform.practice c on c.practice_id = p.practice_id
            where p.practice_id = $1 and p.id = any($2)"#,
        practice,
        &kept.values().copied().collect::<Vec<_>>(),
    )
    .fetch_all(tx.conn())
    .await?;
    let contact = rows.into_iter().map(|row| {
        let name = [Some(row.given_name), row.family_name].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let contact = Contact {
            kept_as: PatientId(row.id),
            is_deleted: row.is_deleted,
            is_deceased: row.status == PatientStatus::Deceased,
            name: Phi::new(name),
            email: row.email.map(Phi::new),
            phone: to_text(&row.phones.0).map(|number| Phi::new(number.to_owned())),
            consents: row.consents.0,
            language: match row.language.as_deref() {
                Some("ar") => Language::Ar,
                Some("en") => Language::En,
                _ => row.of_practice,
            },
        };
        (row.id, contact)
    });
    let contact: HashMap<Uuid, Contact> = contact.collect();
    Ok(kept.iter().filter_map(|(of, as_whom)| Some((PatientId(*of), contact.get(as_whom)?.clone()))).collect())
}

fn to_text(phones: &[Phone]) -> Option<&str> {
    let preferred = phones.iter().find(|phone| phone.preferred);
    let mobile = phones.iter().find(|phone| phone.kind == ContactKind::Mobile);
    preferred.or(mobile).or(phones.first()).map(|phone| phone.number.as_str())
}

/// Who has this number, which is in E.164; the ones entered first, at most fifty.
///
/// # Errors
/// 503 when the database is away.
pub async fn with_phone(tx: &mut TenantTx, number: &str) -> Result<Vec<PatientId>> {
    let practice = tx.practice();
    let ids = sqlx::query_scalar!(
        "select p.id from patients.term t join patients.patient p on p.practice_id = t.practice_id and p.id = t.patient_id
          where t.practice_id = $1 and t.kind = 'phone' and t.term = $2 and p.deleted_at is null order by p.number limit 50",
        practice,
        terms::last_first(number),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(PatientId).collect())
}
