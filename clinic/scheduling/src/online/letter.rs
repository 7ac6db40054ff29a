//! The mail that confirms a visit: where and when, in the language that the page was in. What the visit is for, it does
//! not say; mail is read by others too.

use jiff::tz::TimeZone;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::language::Language;
use platform::mail::{Letter, Texts};
use platform::phi::Phi;

use super::book::reference;
use crate::appointment::Appointment;

/// The texts.
pub const MAILS: Texts = Texts { en: include_str!("mails/en.json"), ar: include_str!("mails/ar.json") };

/// Queues it.
///
/// # Errors
/// 503 when the database is away.
pub async fn confirm(tx: &mut TenantTx, to: &str, language: Language, booked: &Appointment) -> Result<()> {
    let practice = practice::practice(tx).await?;
    let places = practice::locations(tx).await?;
    let place = places.into_iter().find(|place| place.id == booked.location_id).ok_or_else(Error::not_found)?;
    let place = match language {
        Language::Ar => place.name_ar.unwrap_or(place.name),
        Language::En => place.name,
    };
    let zone = TimeZone::get(&booked.time_zone).map_err(Error::internal)?;
    let when = booked.start.to_zoned(zone).strftime("%Y-%m-%d, %H:%M").to_string();
    let phone = practice.phone.unwrap_or_else(|| Phi::new(String::from("-")));
    let letter = Letter::new(MAILS, "booked", Phi::new(to.trim().to_owned()), language)
        .with("practice", Phi::new(practice.name))
        .with("place", Phi::new(place))
        .with("when", Phi::new(when))
        .with("zone", Phi::new(booked.time_zone.clone()))
        .with("reference", Phi::new(reference(booked.id)))
        .with("phone", phone);
    tx.queue_mail(&letter).await.map(drop)
}
