//! Writing to somebody from a workflow: the message is queued in the transaction that records the step, under the key of the
//! step, so it is one message whatever is tried again.

use automation::block::{Action, Call, Field, Kind, Run, missing};
use futures::future::BoxFuture;
use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;
use platform::language::Language;
use scheduling::{Appointment, AppointmentId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::judge::Purpose;
use crate::message::queue::{To, Wanted, queue};
use crate::message::{Channel, Source};
use crate::templates::values::{About, filled};
use crate::templates::{self, TemplateId};

const TEMPLATE: Field = Field::new("template", Kind::Ref("template"), r#""0b000000-0000-4000-8000-000000000004""#);
const TEXT: Field =
    Field::new("text", Kind::LongText, r#""Dear {{ patient.givenName }}, …""#).sensitive().unless("template");
const PATIENT: Field = Field::new("patient", Kind::Ref("patient"), r#""{{ patient.id }}""#);
const APPOINTMENT: Field = Field::new("appointment", Kind::Ref("appointment"), r#""{{ appointment.id }}""#);
const PURPOSE: Field = Field::new("purpose", Kind::Choice(&["transactional", "marketing"]), r#""transactional""#);

static EMAIL_FIELDS: [Field; 7] = [
    TEMPLATE,
    Field::new("subject", Kind::Text, r#""Your visit""#).sensitive().unless("template"),
    TEXT,
    PATIENT,
    APPOINTMENT,
    PURPOSE,
    Field::new("replyTo", Kind::Email, r#""desk@example.com""#).sensitive(),
];

static SMS_FIELDS: [Field; 5] = [TEMPLATE, TEXT, PATIENT, APPOINTMENT, PURPOSE];

static GIVES: [Field; 3] = [
    Field::new("message", Kind::Ref("message"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    Field::new("state", Kind::Choice(&["queued", "suppressed"]), r#""queued""#),
    Field::new("reason", Kind::Text, "null"),
];

/// Send an e-mail.
pub static EMAIL: Action = Action {
    name: "message.send_email",
    permission: "messages.send",
    fields: &EMAIL_FIELDS,
    gives: &GIVES,
    run: Run::Inside(email),
};

/// Send a text message.
pub static SMS: Action = Action {
    name: "message.send_sms",
    permission: "messages.send",
    fields: &SMS_FIELDS,
    gives: &GIVES,
    run: Run::Inside(sms),
};

fn email<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(send(tx, call, Channel::Email))
}

fn sms<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(send(tx, call, Channel::Sms))
}

async fn send(tx: &mut TenantTx, call: &Call, channel: Channel) -> Result<Value> {
    let optional = |key: &str| call.text(key).map(str::trim).filter(|text| !text.is_empty());
    let id = |key: &'static str| optional(key).map(|text| text.parse::<Uuid>().map_err(|_| missing(key))).transpose();
    let patient = id("patient")?.or(call.patient).map(PatientId).ok_or_else(|| missing("patient"))?;
    let visit: Option<Appointment> = match id("appointment")? {
        Some(id) => Some(scheduling::find(tx, AppointmentId(id)).await?),
        None => None,
    };
    if visit.as_ref().is_some_and(|visit| visit.patient_id != patient) {
        return Err(missing("appointment"));
    }
    let known = patients::contacts(tx, &[patient.uuid()]).await?;
    let language = match known.get(&patient) {
        Some(contact) => contact.language,
        None => practice::practice(tx).await?.language,
    };
    let marketing = optional("purpose") == Some("marketing");
    let mut wanted = Wanted {
        purpose: if marketing { Purpose::Marketing } else { Purpose::Transactional },
        about: visit.clone(),
        reply_to: optional("replyTo").map(str::to_owned).filter(|_| channel == Channel::Email),
        test: call.test,
        ..Wanted::new(channel, (Source::Workflow, Some(call.run)), To::Patient(patient), language, call.key)
    };
    match id("template")? {
        Some(id) => from_template(tx, &mut wanted, TemplateId(id), patient, visit.as_ref(), language).await?,
        None => {
            let subject = optional("subject").map(str::to_owned);
            if channel == Channel::Email && subject.is_none() {
                return Err(missing("subject"));
            }
            wanted.subject = subject.filter(|_| channel == Channel::Email);
            wanted.text = optional("text").ok_or_else(|| missing("text"))?.to_owned();
        }
    }
    let message = queue(tx, &wanted).await?;
    Ok(json!({ "message": message.id, "state": message.state, "reason": message.reason }))
}

async fn from_template(
    tx: &mut TenantTx,
    wanted: &mut Wanted,
    id: TemplateId,
    patient: PatientId,
    visit: Option<&Appointment>,
    language: Language,
) -> Result<()> {
    let template = templates::find(tx, id).await?;
    if template.channel != wanted.channel {
        return Err(missing("template"));
    }
    let about = About { patient: Some(patient), visit, with_link: true };
    let rendered = filled(tx, &template.texts, &about, language, "/template").await?;
    if template.purpose == Purpose::Marketing {
        wanted.purpose = Purpose::Marketing;
    }
    wanted.subject = rendered.subject.filter(|_| wanted.channel == Channel::Email);
    wanted.text = rendered.text;
    wanted.template = Some((template.id.uuid(), template.number));
    Ok(())
}
