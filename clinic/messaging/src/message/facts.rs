//! What decides whether a message may go out, looked up: for one, or for many at once.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use patients::Contact;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use uuid::Uuid;

use super::Channel;
use crate::judge::{Facts, Purpose, Standing};
use crate::settings::{self, MessagingSettings};
use crate::suppressions;

/// Patients with what decides, all looked up together.
pub struct Known {
    /// The practice's settings.
    pub settings: MessagingSettings,
    /// The practice's zone.
    pub zone: TimeZone,
    contacts: HashMap<PatientId, Contact>,
    blinds: HashMap<PatientId, String>,
    suppressed: HashMap<String, crate::judge::Suppressed>,
    today: HashMap<Uuid, i64>,
}

impl Known {
    /// Looks them up. `day` is any instant of the day whose messages are counted.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn of(tx: &mut TenantTx, channel: Channel, patients: &[Uuid], day: Timestamp) -> Result<Self> {
        let settings = settings::find(tx).await?;
        let zone = settings::zone(tx).await?;
        let contacts = patients::contacts(tx, patients).await?;
        let mut blinds = HashMap::new();
        for (id, contact) in &contacts {
            if let Some(address) = contact.address(channel.of_patients()) {
                blinds.insert(*id, channel.blind(tx, address.expose()).await?);
            }
        }
        let all: Vec<String> = blinds.values().cloned().collect();
        let suppressed = suppressions::reasons(tx, channel, &all).await?;
        let kept: Vec<Uuid> = contacts.values().map(|contact| contact.kept_as.uuid()).collect();
        let today = counted(tx, &kept, day, &zone).await?;
        Ok(Self { settings, zone, contacts, blinds, suppressed, today })
    }

    /// How to reach a patient.
    pub fn contact(&self, patient: PatientId) -> Option<&Contact> {
        self.contacts.get(&patient)
    }

    /// What decides about a message to a patient.
    pub fn facts(&self, channel: Channel, purpose: Purpose, patient: PatientId, at_any_hour: bool) -> Facts {
        let contact = self.contacts.get(&patient);
        let standing = match contact {
            None => Standing::Unknown,
            Some(contact) if contact.is_deceased => Standing::Deceased,
            Some(contact) if contact.is_deleted => Standing::Deleted,
            Some(_) => Standing::Present,
        };
        let blind = self.blinds.get(&patient);
        let today = contact.and_then(|contact| self.today.get(&contact.kept_as.uuid())).copied().unwrap_or_default();
        Facts {
            purpose,
            standing,
            has_address: blind.is_some(),
            consent: contact.and_then(|contact| contact.consent(channel.of_patients())),
            suppressed: blind.and_then(|blind| self.suppressed.get(blind)).copied(),
            today: (today, self.settings.daily_cap.into()),
            at_any_hour,
            confirms_stop: false,
            quiet: self.settings.quiet(),
        }
    }
}

/// What decides about a message to an address that belongs to nobody in particular.
///
/// # Errors
/// 503 when the database is away.
pub async fn of_address(tx: &mut TenantTx, channel: Channel, purpose: Purpose, address: &str) -> Result<Facts> {
    let settings = settings::find(tx).await?;
    let blind = channel.blind(tx, address).await?;
    let suppressed = suppressions::reasons(tx, channel, std::slice::from_ref(&blind)).await?.get(&blind).copied();
    Ok(Facts {
        purpose,
        standing: Standing::Nobody,
        has_address: !address.is_empty(),
        consent: None,
        suppressed,
        today: (0, settings.daily_cap.into()),
        at_any_hour: true,
        confirms_stop: false,
        quiet: settings.quiet(),
    })
}

/// How many messages patients get by themselves on the local day of an instant.
async fn counted(tx: &mut TenantTx, patients: &[Uuid], day: Timestamp, zone: &TimeZone) -> Result<HashMap<Uuid, i64>> {
    let begin = day.to_zoned(zone.clone()).start_of_day().map_err(Error::internal)?;
    let end = begin.tomorrow().and_then(|next| next.start_of_day()).map_err(Error::internal)?;
    let practice = tx.practice();
    let rows = sqlx::query!(
        r#"select patient_id as "patient_id!", count(*) as "count!" from messaging.message
            where practice_id = $1 and patient_id = any($2) and direction = 'out' and not at_any_hour
              and not_before >= $3 and not_before < $4 and state not in ('suppressed', 'cancelled', 'failed')
            group by patient_id"#,
        practice,
        patients,
        jiff_sqlx::Timestamp::from(begin.timestamp()) as _,
        jiff_sqlx::Timestamp::from(end.timestamp()) as _,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.patient_id, row.count)).collect())
}
