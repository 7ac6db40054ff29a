//! The link of a visit, from the practice's side: made, shown again, sent, revoked.

use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use patients::Reach;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Can;
use platform::language::Language;
use platform::mail::{Letter, Texts};
use platform::patient_link::{NewLink, Purpose};
use platform::permission::appointments as may;
use platform::phi::Phi;
use platform::record::Change;
use platform::routes::{Json, Routes};
use platform::{Result, route};
use serde::Serialize;
use utoipa::ToSchema;

use crate::appointment::{Appointment, AppointmentId, Status, find};
use crate::own;

/// The routes of links to visits.
pub fn routes() -> Routes {
    Routes::new().route(route!(link)).route(route!(send_link)).route(route!(revoke_link))
}

/// What mails to patients say.
pub const MAILS: Texts = Texts { en: include_str!("../mails/en.json"), ar: include_str!("../mails/ar.json") };

/// The link of a visit.
#[derive(Debug, Serialize, ToSchema)]
struct VisitLink {
    /// The whole address. Whoever has it and knows the patient's date of birth can confirm, move and cancel.
    #[schema(value_type = String)]
    url: Phi<String>,
}

/// Make the link by which the patient confirms, moves or cancels the visit, or show it again. It ends with the visit.
#[utoipa::path(post, path = "/api/v1/appointments/{id}/link", tag = "scheduling",
    params(("id" = Uuid, Path, description = "The appointment")), responses((status = 200, body = VisitLink)))]
async fn link(who: Can<may::WriteOwn>, Path(id): Path<AppointmentId>) -> Result<Json<VisitLink>> {
    own::check_of(&who, id, "POST /api/v1/appointments/{id}/link").await?;
    who.write(async move |tx| {
        let appointment = find(tx, id).await?;
        let url = make(tx, &appointment).await?;
        Ok(Json(VisitLink { url }))
    })
    .await
}

/// Send the link to the patient by mail, also again.
#[utoipa::path(post, path = "/api/v1/appointments/{id}/link/send", tag = "scheduling",
    params(("id" = Uuid, Path, description = "The appointment")), responses((status = 204, description = "The mail is on its way")))]
async fn send_link(who: Can<may::WriteOwn>, Path(id): Path<AppointmentId>) -> Result<StatusCode> {
    own::check_of(&who, id, "POST /api/v1/appointments/{id}/link/send").await?;
    who.write(async move |tx| {
        let appointment = find(tx, id).await?;
        let reach = patients::reach(tx, appointment.patient_id).await?;
        let Some((reach, to)) = reach.and_then(|reach| reach.email.clone().map(|to| (reach, to))) else {
            let title = "The patient has no e-mail address; enter one first.";
            return Err(Error::conflict("patient_link.no_email", title));
        };
        if reach.email_consent == Some(false) {
            let title = "The patient does not want to be sent e-mail.";
            return Err(Error::conflict("patient_link.no_consent", title));
        }
        send(tx, &appointment, "visit_booked", &reach, to).await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Revoke the link, with whatever was opened by it. The next one is another.
#[utoipa::path(delete, path = "/api/v1/appointments/{id}/link", tag = "scheduling",
    params(("id" = Uuid, Path, description = "The appointment")), responses((status = 204, description = "There is none (any more)")))]
async fn revoke_link(who: Can<may::WriteOwn>, Path(id): Path<AppointmentId>) -> Result<StatusCode> {
    own::check_of(&who, id, "DELETE /api/v1/appointments/{id}/link").await?;
    who.write(async move |tx| {
        let appointment = find(tx, id).await?;
        tx.revoke_patient_link(Purpose::Appointment, id.uuid(), appointment.patient_id).await
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether there is something left for the patient to decide.
fn is_to_come(of: &Appointment, now: Timestamp) -> bool {
    matches!(of.status, Status::Scheduled | Status::Confirmed) && of.end > now
}

/// Makes the link of a visit, or the same one again. It ends with the visit.
///
/// # Errors
/// 409 for a visit that is over, and where there is nothing to ask the patient for.
pub async fn make(tx: &mut TenantTx, of: &Appointment) -> Result<Phi<String>> {
    if !is_to_come(of, tx.now()) {
        let title = "The visit is over or under way; there is nothing left to decide.";
        return Err(Error::conflict("appointment.over", title).showing(of));
    }
    if patients::second_check(tx, of.patient_id).await?.is_none() {
        let title = "Enter the patient's date of birth or a phone number first: the link asks for one of them.";
        return Err(Error::conflict("patient_link.no_second_check", title));
    }
    let new = NewLink { purpose: Purpose::Appointment, subject: of.id.uuid(), patient: of.patient_id, expires: of.end };
    tx.patient_link(&new).await
}

/// Writes to the patient of a visit that was booked, if they agreed to that and it is still to come.
///
/// # Errors
/// 503 when the database is away.
pub async fn tell_booked(tx: &mut TenantTx, of: &Appointment) -> Result<()> {
    tell(tx, of, "visit_booked").await
}

/// The same of one that was moved. A link that there is ends with the visit as it is now.
///
/// # Errors
/// 503 when the database is away.
pub async fn tell_moved(tx: &mut TenantTx, of: &Appointment) -> Result<()> {
    tx.extend_patient_link(Purpose::Appointment, of.id.uuid(), of.end).await?;
    tell(tx, of, "visit_moved").await
}

async fn tell(tx: &mut TenantTx, of: &Appointment, letter: &'static str) -> Result<()> {
    if of.start <= tx.now() || !is_to_come(of, tx.now()) {
        return Ok(());
    }
    let reach = patients::reach(tx, of.patient_id).await?.filter(|reach| reach.email_consent == Some(true));
    let Some((reach, to)) = reach.and_then(|reach| reach.email.clone().map(|to| (reach, to))) else { return Ok(()) };
    if patients::second_check(tx, of.patient_id).await?.is_none() {
        return Ok(());
    }
    send(tx, of, letter, &reach, to).await
}

async fn send(tx: &mut TenantTx, of: &Appointment, letter: &'static str, reach: &Reach, to: Phi<String>) -> Result<()> {
    let url = make(tx, of).await?;
    let practice = practice::practice(tx).await?;
    // what is done is for whoever has shown that they are the patient
    let letter = Letter::new(MAILS, letter, to, reach.language)
        .with("practice", Phi::new(practice.name))
        .with("time", local_time(of.start, &of.time_zone, reach.language)?)
        .link(url);
    tx.queue_mail(&letter).await?;
    tx.record(Change::done("send", "appointment", of.id.uuid()).on_timeline(of.patient_id, "appointment.link_sent"))
        .await
}

/// An instant as the patient reads it at the place.
///
/// # Errors
/// Never in practice: names of zones are checked when they are written.
pub fn local_time(at: Timestamp, zone: &str, language: Language) -> Result<Phi<String>> {
    let comma = match language {
        Language::En => ',',
        Language::Ar => '،',
    };
    let time = at.to_zoned(TimeZone::get(zone).map_err(Error::internal)?).strftime("%H:%M").to_string();
    Ok(Phi::new(format!("{}{comma} {time}", local_date(at, zone, language)?)))
}

/// The day of an instant as the patient reads it at the place.
///
/// # Errors
/// Never in practice: names of zones are checked when they are written.
pub fn local_date(at: Timestamp, zone: &str, language: Language) -> Result<String> {
    const DAYS: [&str; 7] = ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"];
    const MONTHS: [&str; 12] =
        ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"];
    let local = at.to_zoned(TimeZone::get(zone).map_err(Error::internal)?);
    Ok(match language {
        Language::En => local.strftime("%A, %-d %B %Y").to_string(),
        Language::Ar => {
            let day = DAYS[usize::try_from(local.weekday().to_monday_zero_offset()).unwrap_or_default()];
            let month = MONTHS[usize::try_from(local.month() - 1).unwrap_or_default()];
            format!("{day} {} {month} {}", local.day(), local.year())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_say_the_same_in_both_languages() {
        assert_eq!(MAILS.faults().expect("reads"), Vec::<String>::new());
    }
}
