//! The mail that offers a time, with the patient's link.

use patients::Reach;
use platform::Result;
use platform::db::TenantTx;
use platform::mail::{Letter, Texts};
use platform::patient_link::{NewLink, Purpose};
use platform::phi::Phi;

use super::Offer;
use crate::visit_link::local_time;
use crate::waitlist::openings::Opening;

/// What the mails say.
const MAILS: Texts = Texts { en: include_str!("../mails/en.json"), ar: include_str!("../mails/ar.json") };

/// Queues the mail. What is offered, by whom and for what, is for whoever has shown that they are the patient.
///
/// # Errors
/// 503 when the database is away.
pub async fn send(tx: &mut TenantTx, opening: &Opening, offer: &Offer, reach: &Reach) -> Result<()> {
    let Some(to) = reach.writable() else { return Ok(()) };
    // it opens as long as there is something to say about the offer, also that it is over
    let link =
        NewLink { purpose: Purpose::Offer, subject: offer.id.uuid(), patient: offer.patient_id, expires: offer.end };
    let url = tx.patient_link(&link).await?;
    let practice = practice::practice(tx).await?;
    let letter = Letter::new(MAILS, "offer", to.clone(), reach.language)
        .with("practice", Phi::new(practice.name))
        .with("time", local_time(offer.start, &opening.time_zone, reach.language)?)
        .with("until", local_time(offer.expires_at, &opening.time_zone, reach.language)?)
        .link(url);
    tx.queue_mail(&letter).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_say_the_same_in_both_languages() {
        assert_eq!(MAILS.faults().expect("reads"), Vec::<String>::new());
    }
}
