//! What a message would be, and whether it would go out, while somebody writes it.

use garde::Validate;
use jiff::Timestamp;
use platform::error::Error;
use platform::extract::Body;
use platform::guard::Can;
use platform::id::PatientId;
use platform::language::Language;
use platform::permission::messages as may;
use platform::record::Look;
use platform::routes::{Json, Routes};
use platform::{Result, mail, route, undisclosed, validate};
use scheduling::AppointmentId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::facts::Known;
use super::{Channel, sound};
use crate::judge::{Hindrance, Purpose, Verdict, judge};
use crate::templates::preview::{SmsMeasure, measured};
use crate::templates::values::{About, Rendered, fill};
use crate::templates::{self, TemplateId, TemplateProblem, TemplateTexts};

/// The route of previews.
pub fn routes() -> Routes {
    Routes::new().route(route!(preview))
}

/// A message that somebody is writing.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DraftMessage {
    /// To whom.
    #[garde(skip)]
    patient_id: PatientId,
    /// By which channel.
    #[garde(skip)]
    channel: Channel,
    /// What it is for.
    #[garde(skip)]
    #[serde(default)]
    purpose: Purpose,
    /// The template that it is made from, in place of a text of one's own.
    #[garde(skip)]
    template_id: Option<TemplateId>,
    /// The subject of an e-mail, as far as it is written.
    #[garde(inner(length(chars, max = 200), custom(validate::line)))]
    subject: Option<String>,
    /// What it says, as far as it is written.
    #[garde(inner(length(chars, max = 10_000), custom(validate::text)))]
    text: Option<String>,
    /// In which language; the patient's, when it is left out.
    #[garde(skip)]
    language: Option<Language>,
    /// The visit that it is about.
    #[garde(skip)]
    appointment_id: Option<AppointmentId>,
    /// Not before this instant.
    #[garde(skip)]
    not_before: Option<Timestamp>,
}

/// What it would be.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DraftPreview {
    /// In which language.
    language: Language,
    /// To which address or number.
    #[schema(required)]
    address: Option<String>,
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
    /// Why it would not go out, or not yet.
    #[schema(required)]
    hindrance: Option<Hindrance>,
    /// Until when it would wait, where it would go out later.
    #[schema(required)]
    waits_until: Option<Timestamp>,
    /// What is wrong with the text, which is empty where it could not be filled.
    problems: Vec<TemplateProblem>,
}

undisclosed!(DraftMessage, DraftPreview);

/// Show what a message would be and whether it would go out. Nothing is sent; what is wrong with the text is in the answer.
#[utoipa::path(post, path = "/api/v1/messages/preview", tag = "messaging", request_body = DraftMessage,
    responses((status = 200, body = DraftPreview)))]
async fn preview(who: Can<may::Send>, Body(draft): Body<DraftMessage>) -> Result<Json<DraftPreview>> {
    who.read_recorded(async move |tx| {
        tx.record_read(Look::at("patient", draft.patient_id.uuid()).of_patient(Some(draft.patient_id))).await?;
        let at = draft.not_before.map_or(tx.now(), |at| at.max(tx.now()));
        let known = Known::of(tx, draft.channel, &[draft.patient_id.uuid()], at).await?;
        let contact = known.contact(draft.patient_id).ok_or_else(Error::not_found)?.clone();
        let language = draft.language.unwrap_or(contact.language);
        let visit = match draft.appointment_id {
            Some(id) => Some(scheduling::find(tx, id).await?).filter(|visit| visit.patient_id == draft.patient_id),
            None => None,
        };
        let mut purpose = draft.purpose;
        let texts = match draft.template_id {
            Some(id) => {
                let template = templates::find(tx, id).await?;
                if template.purpose == Purpose::Marketing {
                    purpose = template.purpose;
                }
                template.texts
            }
            None => {
                let (subject, text) = (draft.subject.clone(), draft.text.clone().unwrap_or_default());
                TemplateTexts { subject_en: subject.clone(), text_en: text.clone(), subject_ar: subject, text_ar: text }
            }
        };
        let about = About { patient: Some(draft.patient_id), visit: visit.as_ref(), with_link: false };
        let (rendered, problems) = match fill(tx, &texts, &about, language).await? {
            Ok(rendered) => {
                let problems = unsound(draft.channel, &rendered).into_iter().collect();
                (rendered, problems)
            }
            Err(problem) => (Rendered { subject: None, text: String::new() }, vec![problem]),
        };
        let (hindrance, waits_until) = match judge(
            &known.facts(draft.channel, purpose, draft.patient_id, draft.not_before.is_none()),
            at,
            &known.zone,
        ) {
            Verdict::Go => (None, None),
            Verdict::Wait(until, why) => (Some(why), Some(until)),
            Verdict::Never(why) => (Some(why), None),
        };
        let is_email = draft.channel == Channel::Email;
        let name = practice::practice(tx).await?.name;
        let html = is_email
            .then(|| mail::page_of(language, rendered.subject.as_deref().unwrap_or_default(), &rendered.text, &name));
        Ok(Json(DraftPreview {
            language,
            address: contact.address(draft.channel.of_patients()).map(|address| address.expose().clone()),
            html,
            sms: (!is_email).then(|| measured(&rendered.text, known.settings.part_price_minor)),
            subject: rendered.subject.filter(|_| is_email),
            text: rendered.text,
            hindrance,
            waits_until,
            problems,
        }))
    })
    .await
}

/// What no message may hold, now that its variables are filled.
fn unsound(channel: Channel, of: &Rendered) -> Option<TemplateProblem> {
    let subject = of.subject.as_deref().filter(|_| channel == Channel::Email);
    let why = sound::check(&sound::Filled { channel, subject, text: &of.text, reply_to: None }).err()?;
    let (field, message) = (why.field().to_owned(), why.text().to_owned());
    Some(TemplateProblem { field, code: why.code(), line: 1, column: 1, message })
}
