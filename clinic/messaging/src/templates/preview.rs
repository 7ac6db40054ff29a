//! What a text becomes for a patient and a visit, before anybody is written to.

use garde::Validate;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Body;
use platform::guard::Can;
use platform::id::PatientId;
use platform::language::Language;
use platform::permission::messages as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, mail, route, undisclosed};
use scheduling::AppointmentId;
use serde::{Deserialize, Serialize};
use twilio::segments::{Encoding, measure};
use utoipa::ToSchema;

use super::engine;
use super::values::{About, Rendered, fill, values};
use super::{TemplateId, TemplateProblem, TemplateTexts, find};
use crate::message::Channel;
use crate::settings;

/// The route of previews.
pub fn routes() -> Routes {
    Routes::new().route(route!(preview)).route(route!(variables))
}

/// What to show.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PreviewMessage {
    /// For which channel.
    #[garde(skip)]
    channel: Channel,
    /// A template, or the texts beside it.
    #[garde(skip)]
    template_id: Option<TemplateId>,
    /// Texts that are being written.
    #[garde(dive)]
    texts: Option<TemplateTexts>,
    /// In which language; that of the patient, or else of the practice.
    #[garde(skip)]
    language: Option<Language>,
    /// For whom; without one the variables' samples stand there.
    #[garde(skip)]
    patient_id: Option<PatientId>,
    /// For which visit.
    #[garde(skip)]
    appointment_id: Option<AppointmentId>,
}

/// What it becomes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MessagePreview {
    /// In which language.
    language: Language,
    /// Of an e-mail.
    #[schema(required)]
    subject: Option<String>,
    /// What it says.
    text: String,
    /// The same as a page, of an e-mail.
    #[schema(required)]
    html: Option<String>,
    /// How a text message is measured.
    #[schema(required)]
    sms: Option<SmsMeasure>,
    /// What is wrong; then the rest is empty.
    problems: Vec<TemplateProblem>,
}

/// How a text message is measured.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SmsMeasure {
    /// `gsm7` or `ucs2`: with letters that are not in the alphabet of text messages, such as Arabic ones, parts are shorter.
    encoding: &'static str,
    /// Its length in units of that.
    units: usize,
    /// Its parts, each of which costs.
    parts: usize,
    /// Letters because of which it takes shorter parts.
    forcing: String,
    /// What it costs, in minor units of the practice's currency.
    price_minor: i64,
}

undisclosed!(PreviewMessage, MessagePreview);

/// Measures a text message.
pub fn measured(text: &str, part_price_minor: i64) -> SmsMeasure {
    let measure = measure(text);
    SmsMeasure {
        encoding: match measure.encoding {
            Encoding::Gsm7 => "gsm7",
            Encoding::Ucs2 => "ucs2",
        },
        units: measure.units,
        parts: measure.segments,
        forcing: measure.forcing.into_iter().take(20).collect(),
        price_minor: part_price_minor * i64::try_from(measure.segments).unwrap_or(i64::MAX),
    }
}

/// A variable of templates.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateVariable {
    /// As it is written: `patient.givenName`.
    name: &'static str,
    /// What stands there in previews without a record.
    sample: &'static str,
    /// What a message must be about for it: `patient`, `appointment`; null for what is always there.
    #[schema(required)]
    needs: Option<&'static str>,
}

/// Variables of templates.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateVariables {
    items: Vec<TemplateVariable>,
}

/// What templates can name.
#[utoipa::path(get, path = "/api/v1/message-variables", tag = "messaging", responses((status = 200, body = TemplateVariables)))]
async fn variables(who: Can<may::Read>) -> Result<Json<TemplateVariables>> {
    who.read(async |_| Ok(())).await?;
    let variable = |(name, sample): &(&'static str, &'static str)| TemplateVariable {
        name,
        sample,
        needs: match name.split('.').next() {
            Some("patient") => Some("patient"),
            Some("appointment" | "visit") => Some("appointment"),
            _ => None,
        },
    };
    Ok(Json(TemplateVariables { items: engine::DECLARED.iter().map(variable).collect() }))
}

/// Show what a text becomes. Nothing is sent.
#[utoipa::path(post, path = "/api/v1/message-templates/preview", tag = "messaging", request_body = PreviewMessage,
    responses((status = 200, body = MessagePreview)))]
async fn preview(who: Can<may::Read>, Body(asked): Body<PreviewMessage>) -> Result<Json<MessagePreview>> {
    who.read_recorded(async move |tx| {
        let texts = match (&asked.template_id, &asked.texts) {
            (Some(id), None) => find(tx, *id).await?.texts,
            (None, Some(texts)) => texts.clone(),
            _ => {
                let text = "Name a template, or give the texts.";
                return Err(Error::invalid(Vec::new()).at("/texts", "required", text));
            }
        };
        let visit = match asked.appointment_id {
            Some(id) => Some(scheduling::find(tx, id).await?),
            None => None,
        };
        let patient = asked.patient_id.or(visit.as_ref().map(|visit| visit.patient_id));
        let language = match (asked.language, patient) {
            (Some(language), _) => language,
            (None, Some(patient)) => {
                let known = patients::contacts(tx, &[patient.uuid()]).await?;
                known.get(&patient).ok_or_else(Error::not_found)?.language
            }
            (None, None) => practice::practice(tx).await?.language,
        };
        let look = match patient {
            Some(patient) => Look::at("patient", patient.uuid()).of_patient(Some(patient)),
            None => Look::list("message_template", &[], &[]),
        };
        tx.record_read(look).await?;
        let mut problems = texts.problems();
        let rendered = if problems.is_empty() && patient.is_some() {
            let about = About { patient, visit: visit.as_ref(), with_link: false };
            fill(tx, &texts, &about, language).await?
        } else {
            sampled(tx, &texts, language).await?
        };
        let rendered = rendered.unwrap_or_else(|problem| {
            if problems.is_empty() {
                problems.push(problem);
            }
            Rendered { subject: None, text: String::new() }
        });
        let price = settings::find(tx).await?.part_price_minor;
        let subject = rendered.subject.clone().unwrap_or_default();
        let name = practice::practice(tx).await?.name;
        Ok(Json(MessagePreview {
            language,
            html: (asked.channel == Channel::Email).then(|| mail::page_of(language, &subject, &rendered.text, &name)),
            sms: (asked.channel == Channel::Sms).then(|| measured(&rendered.text, price)),
            subject: rendered.subject,
            text: rendered.text,
            problems,
        }))
    })
    .await
}

/// The texts with samples, which are as long as what will stand there: the practice's own name and addresses, a date in the
/// language of the text, and a link as each of them looks.
async fn sampled(
    tx: &mut TenantTx,
    texts: &TemplateTexts,
    language: Language,
) -> Result<std::result::Result<Rendered, TemplateProblem>> {
    let (subject, text) = texts.in_language(language);
    let about = About { patient: None, visit: None, with_link: false };
    let (own, voice) = values(tx, &about, language, false).await?;
    let mut all = engine::samples();
    for (name, value) in own["practice"].as_object().into_iter().flatten() {
        if value.as_str().is_some_and(|value| !value.is_empty()) {
            all["practice"][name] = value.clone();
        }
    }
    if let Some(start) = all["appointment"]["start"].as_str().and_then(|start| start.parse().ok()) {
        all["appointment"]["date"] = scheduling::local_date(start, &voice.zone, language)?.into();
    }
    all["visit"]["link"] = tx.sample_patient_link().into();
    let filled = || {
        Ok(Rendered {
            subject: subject.map(|subject| engine::render("subject", subject, &all, &voice)).transpose()?,
            text: engine::render("text", text, &all, &voice)?,
        })
    };
    Ok(filled())
}
