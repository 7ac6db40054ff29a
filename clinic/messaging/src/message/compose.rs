//! Writing to a patient: by a template or free hand, now or later.

use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Body;
use platform::guard::Can;
use platform::id::PatientId;
use platform::idempotency::{IdempotencyKey, Once};
use platform::language::Language;
use platform::permission::messages as may;
use platform::routes::Routes;
use platform::{route, undisclosed, validate};
use scheduling::AppointmentId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::queue::{To, Wanted, key_of, queue};
use super::{Channel, Message, Source, State, attachments};
use crate::judge::Purpose;
use crate::templates::values::{About, Rendered, filled};
use crate::templates::{self, TemplateId, TemplateTexts};

/// The route of writing.
pub fn routes() -> Routes {
    Routes::new().route(route!(write))
}

/// A message that somebody writes.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewMessage {
    /// To whom, at the address to use first.
    #[garde(skip)]
    patient_id: PatientId,
    /// By which channel.
    #[garde(skip)]
    channel: Channel,
    /// What it is for. Marketing goes only to whoever has said yes to it.
    #[garde(skip)]
    #[serde(default)]
    purpose: Purpose,
    /// The template that it is made from, in place of a text of one's own.
    #[garde(skip)]
    template_id: Option<TemplateId>,
    /// The subject of an e-mail.
    #[garde(inner(length(chars, min = 1, max = 200), custom(validate::line)))]
    subject: Option<String>,
    /// What it says. It may hold variables.
    #[garde(inner(length(chars, min = 1, max = 10_000), custom(validate::text)))]
    text: Option<String>,
    /// In which language; the patient's, when it is left out.
    #[garde(skip)]
    language: Option<Language>,
    /// The visit that it is about.
    #[garde(skip)]
    appointment_id: Option<AppointmentId>,
    /// Where answers to an e-mail go, in place of the practice's usual address.
    #[garde(inner(custom(validate::email)))]
    reply_to: Option<String>,
    /// Files that go along with an e-mail, as they were given.
    #[garde(length(max = attachments::MOST))]
    #[serde(default)]
    attachments: Vec<Uuid>,
    /// Not before this instant. Then quiet hours hold for it.
    #[garde(skip)]
    not_before: Option<Timestamp>,
}

undisclosed!(NewMessage);

/// Write to a patient. It goes out at once, or when it was said; what must not go out is refused with the reason.
#[utoipa::path(post, path = "/api/v1/messages", tag = "messaging", request_body = NewMessage,
    params(("Idempotency-Key" = Uuid, Header, description = "A new UUID; the same one when the request is repeated")),
    responses((status = 201, body = Message)))]
async fn write(who: Can<may::Send>, key: IdempotencyKey, Body(new): Body<NewMessage>) -> Result<Once> {
    // what one person chose says nothing about messages of others, or of the product itself
    let id = key_of(&format!("person:{}:{}", who.caller().actor.id().unwrap_or_default(), key.uuid()));
    let request = key.of("message.create", &new)?;
    who.create_once(request, async move |tx| compose(tx, &new, id).await).await
}

async fn compose(tx: &mut TenantTx, new: &NewMessage, key: Uuid) -> Result<Message> {
    if !patients::is_present(tx, new.patient_id).await? {
        return Err(Error::not_found());
    }
    let latest = tx.now().checked_add(SignedDuration::from_hours(24 * 366)).map_err(Error::internal)?;
    if new.not_before.is_some_and(|at| at > latest) {
        return Err(Error::invalid(Vec::new()).at("/notBefore", "out_of_range", "Within a year."));
    }
    let visit = match new.appointment_id {
        Some(id) => Some(scheduling::find(tx, id).await?),
        None => None,
    };
    if visit.as_ref().is_some_and(|visit| visit.patient_id != new.patient_id) {
        let text = "This is the visit of another patient.";
        return Err(Error::invalid(Vec::new()).at("/appointmentId", "invalid", text));
    }
    let known = patients::contacts(tx, &[new.patient_id.uuid()]).await?;
    let usual = known.get(&new.patient_id).ok_or_else(Error::not_found)?.language;
    let language = new.language.unwrap_or(usual);
    let about = About { patient: Some(new.patient_id), visit: visit.as_ref(), with_link: true };
    let (rendered, template, purpose) = text(tx, new, &about, language).await?;
    check(new.channel, &rendered, &new.attachments)?;
    let wanted = Wanted {
        purpose,
        about: visit.clone(),
        template,
        subject: rendered.subject.filter(|_| new.channel == Channel::Email),
        text: rendered.text,
        reply_to: new.reply_to.clone().filter(|_| new.channel == Channel::Email),
        attachments: new.attachments.clone(),
        // who writes now sees the clock; who plans may not
        at_any_hour: new.not_before.is_none(),
        not_before: new.not_before,
        ..Wanted::new(new.channel, (Source::Person, None), To::Patient(new.patient_id), language, key)
    };
    let message = queue(tx, &wanted).await?;
    if message.state == State::Suppressed {
        return Err(hindered(message.reason.as_deref()));
    }
    Ok(message)
}

/// The text with its values, the template that it is from, and what it is for.
async fn text(
    tx: &mut TenantTx,
    new: &NewMessage,
    about: &About<'_>,
    language: Language,
) -> Result<(Rendered, Option<(Uuid, i32)>, Purpose)> {
    match (&new.template_id, &new.text) {
        (Some(id), None) => {
            let template = templates::find(tx, *id).await?;
            if template.archived_at.is_some() || template.channel != new.channel {
                let text = "Choose a template of this channel that is in use.";
                return Err(Error::invalid(Vec::new()).at("/templateId", "invalid", text));
            }
            let mut rendered = filled(tx, &template.texts, about, language, "/templateId").await?;
            if let Some(subject) = &new.subject {
                rendered.subject = Some(subject.clone());
            }
            let purpose = if new.purpose == Purpose::Marketing { new.purpose } else { template.purpose };
            Ok((rendered, Some((id.uuid(), template.number)), purpose))
        }
        (None, Some(text)) => {
            let subject = new.subject.clone();
            let texts = TemplateTexts {
                subject_en: subject.clone(),
                text_en: text.clone(),
                subject_ar: subject,
                text_ar: text.clone(),
            };
            Ok((filled(tx, &texts, about, language, "/text").await?, None, new.purpose))
        }
        _ => Err(Error::invalid(Vec::new()).at("/text", "required", "Write a text, or choose a template.")),
    }
}

/// Whether a text can be sent on a channel.
///
/// # Errors
/// 422.
pub fn check(channel: Channel, rendered: &Rendered, attachments: &[Uuid]) -> Result<()> {
    let fault = |pointer: &str, code: &str, text: &str| Err(Error::invalid(Vec::new()).at(pointer, code, text));
    match channel {
        Channel::Email if rendered.subject.as_ref().is_none_or(|subject| subject.trim().is_empty()) => {
            fault("/subject", "required", "An e-mail has a subject.")
        }
        Channel::Sms if !attachments.is_empty() => {
            fault("/attachments", "invalid", "Files go along with e-mails only.")
        }
        _ if rendered.text.trim().is_empty() => fault("/text", "required", "There is nothing in it."),
        _ => Ok(()),
    }
}

/// 409 for a message that must not go out.
pub fn hindered(reason: Option<&str>) -> Error {
    let title = match reason {
        Some("deceased") => "The patient has died.",
        Some("no_address") => "The patient has no address for this.",
        Some("refused") => "The patient does not want messages of this kind.",
        Some("not_agreed") => "The patient has not agreed to such messages.",
        Some("bounced") => "Messages to this address come back.",
        Some("complained" | "unsubscribed" | "stopped") => "Whoever has this address wants no more messages.",
        Some("suppressed_by_hand") => "The practice has said that nothing goes to this address.",
        Some("daily_cap") => "The patient gets no more messages on that day.",
        _ => "This message must not go out.",
    };
    Error::conflict("message.hindered", title).showing(&serde_json::json!({ "reason": reason }))
}
