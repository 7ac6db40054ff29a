//! Putting a message into the queue: the one way in, for people, workflows, rules and answers alike.

use jiff::Timestamp;
use platform::Result;
use platform::crypto::sha256;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use platform::language::Language;
use platform::record::Change;
use platform::undisclosed;
use scheduling::Appointment;
use serde_json::json;
use uuid::Uuid;

use super::facts::{self, Known};
use super::{Channel, Direction, Message, MessageId, Source, State, attachments, row, sound};
use crate::deliver;
use crate::judge::{Hindrance, Purpose, Verdict, judge};
use crate::templates::parts;

/// To whom a message goes.
#[derive(Clone)]
pub enum To {
    /// To a patient, at the address to use first.
    Patient(PatientId),
    /// To an address, which may be a patient's.
    Address(String, Option<PatientId>),
}

/// A message that is wanted.
#[derive(Clone)]
pub struct Wanted {
    /// By which way.
    pub channel: Channel,
    /// What for.
    pub purpose: Purpose,
    /// Who wants it, and which run or rule.
    pub source: (Source, Option<Uuid>),
    /// To whom.
    pub to: To,
    /// The visit that it is about.
    pub about: Option<Appointment>,
    /// The template and its version.
    pub template: Option<(Uuid, i32)>,
    /// The language that it is in.
    pub language: Language,
    /// Of an e-mail.
    pub subject: Option<String>,
    /// What it says.
    pub text: String,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// Files that were given before.
    pub attachments: Vec<Uuid>,
    /// Whatever is asked for twice under it is one message.
    pub key: Uuid,
    /// Right after the patient's own act, or by a person's hand.
    pub at_any_hour: bool,
    /// The answer to STOP.
    pub confirms_stop: bool,
    /// A test by a person.
    pub test: bool,
    /// Not before; at once, where it is left out.
    pub not_before: Option<Timestamp>,
    /// The message that it answers.
    pub answers: Option<MessageId>,
    /// The message that it repeats.
    pub retry_of: Option<MessageId>,
    /// Why it cannot go out, where that is known before.
    pub hindered: Option<&'static str>,
}

undisclosed!(Wanted, To);

impl Wanted {
    /// A plain one; what else there is to say of it is set afterwards.
    pub fn new(channel: Channel, source: (Source, Option<Uuid>), to: To, language: Language, key: Uuid) -> Self {
        Self {
            channel,
            purpose: Purpose::Transactional,
            source,
            to,
            about: None,
            template: None,
            language,
            subject: None,
            text: String::new(),
            reply_to: None,
            attachments: Vec::new(),
            key,
            at_any_hour: false,
            confirms_stop: false,
            test: false,
            not_before: None,
            answers: None,
            retry_of: None,
            hindered: None,
        }
    }

    /// What is judged of it.
    pub fn filled(&self) -> sound::Filled<'_> {
        sound::Filled {
            channel: self.channel,
            subject: self.subject.as_deref(),
            text: &self.text,
            reply_to: self.reply_to.as_deref(),
        }
    }
}

/// The key of a message from what it follows from: the same for the same, and nobody can have another one's.
pub fn key_of(what: &str) -> Uuid {
    Uuid::from_slice(&sha256(what.as_bytes())[..16]).unwrap_or_default()
}

/// Puts a message into the queue, or notes that it was held back and why. Under a key that there is already nothing
/// happens again.
///
/// # Errors
/// 404 for files that are none; 422 for what no message may hold.
pub async fn queue(tx: &mut TenantTx, wanted: &Wanted) -> Result<Message> {
    if let Some(known) = row::under_key(tx, wanted.key).await? {
        return row::find(tx, known).await;
    }
    // what is held back anyway is noted as it is, so that people see it
    if wanted.hindered.is_none() {
        sound::check(&wanted.filled())?;
    }
    let now = tx.now();
    let from = wanted.not_before.map_or(now, |at| at.max(now));
    let (address, patient, verdict) = decide(tx, wanted, from).await?;
    let (state, reason, not_before) = match verdict {
        Verdict::Never(why) => (State::Suppressed, Some(why.code()), from),
        _ if wanted.hindered.is_some() => (State::Suppressed, wanted.hindered, from),
        Verdict::Go => (State::Queued, None, from),
        Verdict::Wait(until, why) => (State::Queued, Some(why.code()), until),
    };
    let (count, price_minor) = match wanted.channel {
        Channel::Email => (None, None),
        Channel::Sms => {
            let price = crate::settings::find(tx).await?.part_price_minor;
            let count = parts::count(&wanted.text);
            (Some(count), Some(price * i64::from(count)))
        }
    };
    let address_blind = match address.as_str() {
        "" => None,
        address => Some(wanted.channel.blind(tx, address).await?),
    };
    let message = Message {
        id: MessageId::new(),
        channel: wanted.channel,
        direction: Direction::Out,
        purpose: wanted.purpose,
        source: wanted.source.0,
        source_id: wanted.source.1,
        patient_id: patient,
        appointment_id: wanted.about.as_ref().map(|visit| visit.id),
        appointment_start: wanted.about.as_ref().map(|visit| visit.start),
        template_id: wanted.template.map(|(id, _)| id),
        template_number: wanted.template.map(|(_, number)| number),
        language: wanted.language,
        address,
        subject: wanted.subject.clone(),
        text: wanted.text.clone(),
        reply_to: wanted.reply_to.clone(),
        state,
        reason: reason.map(str::to_owned),
        provider: None,
        attempts: 0,
        at_any_hour: wanted.at_any_hour,
        test: wanted.test,
        not_before,
        parts: count,
        price_minor,
        answers_id: wanted.answers,
        retry_of_id: wanted.retry_of,
        attachments: Vec::new(),
        sent_at: None,
        delivered_at: None,
        opened_at: None,
        ended_at: (state == State::Suppressed).then_some(now),
        read_at: None,
        created_by: tx.caller().actor.user().map(|user| user.uuid()),
        version: 1,
        created_at: now,
        updated_at: now,
        provider_id: None,
        doubts: 0,
        rule_id: wanted.source.1.filter(|_| wanted.source.0 == Source::Rule),
        address_blind,
    };
    if !row::insert(tx, &message, wanted.key).await? {
        // somebody else was faster under the same key
        let known = row::under_key(tx, wanted.key).await?.ok_or_else(Error::not_found)?;
        return row::find(tx, known).await;
    }
    attachments::attach(tx, message.id, &wanted.attachments).await?;
    let change = Change::created(
        "message",
        message.id.uuid(),
        &json!({
            "channel": message.channel, "state": state, "reason": message.reason, "subject": message.subject, "text": message.text,
        }),
    );
    let change = if state == State::Suppressed {
        change.on_timeline(patient, state.event())
    } else {
        change.for_patient(patient)
    };
    tx.record(change.event(state.event(), 1)).await?;
    if state == State::Queued && not_before <= now {
        deliver::enqueue(tx, message.id).await?;
    }
    row::find(tx, message.id).await
}

/// Where it would go, and whether it may at that instant.
async fn decide(tx: &mut TenantTx, wanted: &Wanted, at: Timestamp) -> Result<(String, Option<PatientId>, Verdict)> {
    let (patient, given) = match &wanted.to {
        To::Patient(patient) => (Some(*patient), None),
        To::Address(address, patient) => (*patient, Some(address.clone())),
    };
    let Some(patient) = patient else {
        let address = given.unwrap_or_default();
        let mut facts = facts::of_address(tx, wanted.channel, wanted.purpose, &address).await?;
        (facts.at_any_hour, facts.confirms_stop) = (wanted.at_any_hour, wanted.confirms_stop);
        let zone = crate::settings::zone(tx).await?;
        return Ok((address, None, judge(&facts, at, &zone)));
    };
    let known = Known::of(tx, wanted.channel, &[patient.uuid()], at).await?;
    let mut facts = known.facts(wanted.channel, wanted.purpose, patient, wanted.at_any_hour);
    facts.confirms_stop = wanted.confirms_stop;
    let contact = known.contact(patient);
    let usual = contact.and_then(|contact| contact.address(wanted.channel.of_patients())).map(|to| to.expose().clone());
    let address = given.clone().or(usual).unwrap_or_default();
    if let Some(given) = &given {
        facts.has_address = !given.is_empty();
        facts.suppressed = facts::of_address(tx, wanted.channel, wanted.purpose, given).await?.suppressed;
    }
    let kept = contact.map(|contact| contact.kept_as);
    let verdict = if kept.is_none() { Verdict::Never(Hindrance::Unknown) } else { judge(&facts, at, &known.zone) };
    Ok((address, kept, verdict))
}

/// Whether a message that waits may go out at this moment: what was decided when it was asked for may hold no more. How
/// many others the patient gets was judged then.
///
/// # Errors
/// 503 when the database is away.
pub async fn again(tx: &mut TenantTx, message: &Message, confirms_stop: bool) -> Result<Verdict> {
    let now = tx.now();
    let zone = crate::settings::zone(tx).await?;
    let mut facts = match message.patient_id {
        Some(patient) => {
            let known = Known::of(tx, message.channel, &[patient.uuid()], now).await?;
            known.facts(message.channel, message.purpose, patient, message.at_any_hour)
        }
        None => facts::of_address(tx, message.channel, message.purpose, &message.address).await?,
    };
    // it goes to the address that it was written to
    facts.has_address = !message.address.is_empty();
    facts.suppressed = facts::of_address(tx, message.channel, message.purpose, &message.address).await?.suppressed;
    facts.at_any_hour = message.at_any_hour;
    facts.confirms_stop = confirms_stop;
    facts.today.0 = 0;
    Ok(judge(&facts, now, &zone))
}
