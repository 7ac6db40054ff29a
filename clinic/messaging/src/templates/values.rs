//! What templates can say of a patient, a visit and the practice.

use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use platform::language::Language;
use platform::people;
use scheduling::Appointment;
use serde_json::{Value, json};

use super::engine::{Voice, names, render};
use super::{TemplateProblem, TemplateTexts};

/// A text and its subject, with values.
pub struct Rendered {
    /// Of an e-mail.
    pub subject: Option<String>,
    /// What it says.
    pub text: String,
}

platform::undisclosed!(Rendered);

/// Whom and what a text is about.
#[derive(Clone)]
pub struct About<'a> {
    /// The patient.
    pub patient: Option<PatientId>,
    /// The visit.
    pub visit: Option<&'a Appointment>,
    /// Whether the visit's link is made where the text has it; else something stands in for it.
    pub with_link: bool,
}

/// Values for a text in a language. What belongs to a visit is there only with one.
///
/// # Errors
/// 404 for a patient who does not exist; 409 where a link cannot be made.
pub async fn values(
    tx: &mut TenantTx,
    about: &About<'_>,
    language: Language,
    wants_link: bool,
) -> Result<(Value, Voice)> {
    let practice = practice::practice(tx).await?;
    let origin = tx.public_origin().to_owned();
    let mut all = json!({ "practice": {
        "name": practice.name,
        "phone": practice.phone.as_ref().map_or("", |phone| phone.expose()),
        "email": practice.email.as_ref().map_or("", |email| email.expose()),
        "bookingLink": format!("{origin}/book/{}", practice.slug),
    } });
    let mut voice = Voice { language, zone: practice.time_zone };
    if let Some(patient) = about.patient {
        let patient = patients::lookup::patient(tx, patient).await?.fields;
        let family = patient.family_name.unwrap_or_default();
        let name = format!("{} {family}", patient.given_name);
        all["patient"] = json!({ "name": name.trim(), "givenName": patient.given_name, "familyName": family });
    }
    if let Some(visit) = about.visit {
        voice.zone.clone_from(&visit.time_zone);
        all["appointment"] = of_visit(tx, visit, &voice).await?;
        if wants_link {
            let link = match about.with_link {
                true => scheduling::link_of(tx, visit).await?.expose().clone(),
                false => tx.sample_patient_link(),
            };
            all["visit"] = json!({ "link": link });
        }
    }
    Ok((all, voice))
}

async fn of_visit(tx: &mut TenantTx, visit: &Appointment, voice: &Voice) -> Result<Value> {
    let service = practice::service(tx, visit.service_id).await?;
    let location = practice::location(tx, visit.location_id).await?;
    let provider = visit.provider_ids.first().map(|id| id.uuid());
    let names = people::names(tx, provider.into_iter()).await?;
    let provider = provider.and_then(|id| names.get(&id)).map_or("", |name| name.expose());
    let arabic = |own: &str, other: Option<String>| match voice.language {
        Language::Ar => other.filter(|name| !name.is_empty()).unwrap_or_else(|| own.to_owned()),
        Language::En => own.to_owned(),
    };
    let zone = jiff::tz::TimeZone::get(&voice.zone).map_err(Error::internal)?;
    Ok(json!({
        "start": visit.start,
        "date": scheduling::local_date(visit.start, &voice.zone, voice.language)?,
        "time": visit.start.to_zoned(zone).strftime("%H:%M").to_string(),
        "service": arabic(&service.name_en, service.name_ar),
        "provider": provider,
        "location": arabic(&location.name, location.name_ar),
    }))
}

/// A text with its values, in a language.
///
/// # Errors
/// 422 `template.invalid` where it cannot be filled; as [`values`].
pub async fn fill(
    tx: &mut TenantTx,
    texts: &TemplateTexts,
    about: &About<'_>,
    language: Language,
) -> Result<std::result::Result<Rendered, TemplateProblem>> {
    let (subject, text) = texts.in_language(language);
    let wants_link = names(text, "visit") || subject.is_some_and(|subject| names(subject, "visit"));
    let (values, voice) = values(tx, about, language, wants_link).await?;
    let filled = || {
        let subject = subject.map(|subject| render("subject", subject, &values, &voice)).transpose()?;
        // a subject is a line
        let subject = subject.map(|subject| subject.split_whitespace().collect::<Vec<_>>().join(" "));
        Ok(Rendered { subject, text: render("text", text, &values, &voice)? })
    };
    Ok(filled())
}

/// The same, where a text that cannot be filled is an error.
///
/// # Errors
/// 422 at `pointer`.
pub async fn filled(
    tx: &mut TenantTx,
    texts: &TemplateTexts,
    about: &About<'_>,
    language: Language,
    pointer: &str,
) -> Result<Rendered> {
    fill(tx, texts, about, language).await?.map_err(|problem| {
        let text = format!("{} (line {}, column {})", problem.message, problem.line, problem.column);
        Error::invalid(Vec::new()).at(pointer, problem.code, &text)
    })
}
