//! The mail that confirms a visit: where and when, in the language that the page was in, with the patient's link. What the
//! visit is for, it does not say; mail is read by others too.

use platform::Result;
use platform::db::TenantTx;
use platform::language::Language;
use platform::mail::Letter;
use platform::phi::Phi;

use super::book::reference;
use crate::appointment::Appointment;
use crate::visit_link::{MAILS, local_time};

/// Queues it.
///
/// # Errors
/// 503 when the database is away.
pub async fn confirm(
    tx: &mut TenantTx,
    to: &str,
    language: Language,
    booked: &Appointment,
    link: Phi<String>,
) -> Result<()> {
    let practice = practice::practice(tx).await?;
    let place = practice::location(tx, booked.location_id).await?;
    let place = match language {
        Language::Ar => place.name_ar.unwrap_or(place.name),
        Language::En => place.name,
    };
    let letter = Letter::new(MAILS, "visit_booked_online", Phi::new(to.trim().to_owned()), language)
        .with("practice", Phi::new(practice.name))
        .with("time", local_time(booked.start, &booked.time_zone, language)?)
        .with("place", Phi::new(place))
        .with("reference", Phi::new(reference(booked.id)))
        .link(link);
    tx.queue_mail(&letter).await.map(drop)
}
