//! A text message from a patient: whose it is, what it means, and what follows at once. Everything else is for people.

use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::id::PatientId;
use platform::language::Language;
use platform::record::Change;
use platform::undisclosed;
use scheduling::{Appointment, AppointmentId, NewAppointmentStatus, Status};
use serde_json::json;
use uuid::Uuid;

use super::words::{Intent, intent, is_arabic};
use crate::channels::Provider;
use crate::judge::{Purpose, Suppressed};
use crate::message::queue::{To, Wanted, key_of, queue};
use crate::message::{self, Channel, Direction, Message, MessageId, Source, State, row};
use crate::suppressions;

/// The longest that is kept of what somebody writes; carriers deliver less.
const LONGEST: usize = 5000;

/// Something that somebody wrote.
pub struct Written {
    /// How it came.
    pub provider: Provider,
    /// What it is called there.
    pub provider_id: String,
    /// From which number.
    pub from: String,
    /// What it says.
    pub text: String,
    /// The provider took it for an opt-out.
    pub stop: bool,
    /// The provider took it for an opt-in.
    pub start: bool,
    /// The provider has answered it.
    pub answered: bool,
    /// Pictures and the like that came along.
    pub media: u32,
}

undisclosed!(Written);

/// A message of the practice's that this one may answer.
struct Before {
    id: MessageId,
    patient: Option<PatientId>,
    visit: Option<AppointmentId>,
    start: Option<Timestamp>,
}

/// What is known of a message that came in.
struct Understood<'a> {
    patient: Option<PatientId>,
    before: Option<&'a Before>,
    visit: Option<&'a Appointment>,
    meant: Option<Intent>,
    language: Language,
}

/// Takes a message in. Taken in again, nothing happens.
///
/// # Errors
/// 503 when the database is away.
pub async fn take_in(tx: &mut TenantTx, written: &Written) -> Result<MessageId> {
    let key = key_of(&format!("in:{}:{}", written.provider.name(), written.provider_id));
    if let Some(known) = row::under_key(tx, key).await? {
        return Ok(known);
    }
    let blind = Channel::Sms.blind(tx, &written.from).await?;
    let before = newest_to(tx, &blind).await?;
    let patient = whose(tx, written, before.as_ref()).await?;
    let meant = match () {
        () if written.stop => Some(Intent::Stop),
        () if written.start => Some(Intent::Start),
        () => intent(&written.text),
    };
    let visit = match (&before, patient) {
        (Some(before), Some(patient)) if before.patient == Some(patient) => visit_of(tx, before).await?,
        _ => None,
    };
    let meant = meant.filter(|meant| matches!(meant, Intent::Stop | Intent::Start) || visit.is_some());
    let language = language(tx, patient, &written.text).await?;
    let understood = Understood { patient, before: before.as_ref(), visit: visit.as_ref(), meant, language };
    let message = incoming(tx.now(), written, &understood, blind);
    row::insert(tx, &message, key).await?;
    let told = json!({ "channel": message.channel, "text": message.text, "meant": message.reason });
    let change = Change::created("message", message.id.uuid(), &told);
    tx.record(change.on_timeline(patient, State::Received.event()).event(State::Received.event(), 1)).await?;
    if let Some(before) = before {
        message::hear(tx, before.id, State::Replied, None).await?;
    }
    if let Some(meant) = meant {
        follow(tx, written, &message, meant, visit).await?;
    }
    Ok(message.id)
}

fn incoming(now: Timestamp, written: &Written, understood: &Understood<'_>, blind: String) -> Message {
    let Understood { patient, before, visit, meant, language } = *understood;
    let mut text: String = written.text.chars().filter(|c| *c != '\0').take(LONGEST).collect();
    if written.media > 0 {
        text = format!("{text}\n[{} × 📎]", written.media).trim_start().to_owned();
    }
    // who confirms, stops or begins again has been served; whoever wants to cancel waits for a person
    let is_done = matches!(meant, Some(Intent::Confirm | Intent::Stop | Intent::Start));
    Message {
        id: MessageId::new(),
        channel: Channel::Sms,
        direction: Direction::In,
        purpose: Purpose::Transactional,
        source: Source::Person,
        source_id: None,
        patient_id: patient,
        appointment_id: visit.map(|visit| visit.id),
        appointment_start: visit.map(|visit| visit.start),
        template_id: None,
        template_number: None,
        language,
        address: written.from.clone(),
        subject: None,
        text,
        reply_to: None,
        state: State::Received,
        reason: meant.map(|meant| meant.name().to_owned()),
        provider: Some(written.provider.name().to_owned()),
        attempts: 0,
        at_any_hour: true,
        test: false,
        not_before: now,
        parts: None,
        price_minor: None,
        answers_id: before.map(|before| before.id),
        retry_of_id: None,
        attachments: Vec::new(),
        sent_at: None,
        delivered_at: None,
        opened_at: None,
        ended_at: None,
        read_at: is_done.then_some(now),
        created_by: None,
        version: 1,
        created_at: now,
        updated_at: now,
        provider_id: Some(written.provider_id.clone()),
        doubts: 0,
        rule_id: None,
        address_blind: Some(blind),
    }
}

/// The newest message to a number that has left the house.
async fn newest_to(tx: &mut TenantTx, blind: &str) -> Result<Option<Before>> {
    let practice = tx.practice();
    let row = sqlx::query!(
        "select id, patient_id, appointment_id, appointment_start from messaging.message
          where practice_id = $1 and channel = 'sms' and address_blind = $2 and direction = 'out' and source <> 'answer'
            and state in ('sending', 'unknown', 'sent', 'delivered', 'opened', 'replied')
          order by created_at desc limit 1",
        practice,
        blind,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Before {
        id: MessageId(row.id),
        patient: row.patient_id.map(PatientId),
        visit: row.appointment_id.map(AppointmentId),
        start: row.appointment_start.map(jiff_sqlx::Timestamp::to_jiff),
    }))
}

/// Whose number it is. Of several who share it, whoever was written to last; who else, a person decides.
async fn whose(tx: &mut TenantTx, written: &Written, before: Option<&Before>) -> Result<Option<PatientId>> {
    let all = patients::with_phone(tx, &written.from).await?;
    let ids: Vec<Uuid> = all.iter().map(|patient| patient.uuid()).collect();
    let kept = patients::kept_as(tx, &ids).await?;
    let mut all: Vec<Uuid> = kept.into_values().collect();
    all.sort_unstable();
    all.dedup();
    Ok(match (all.as_slice(), before.and_then(|before| before.patient)) {
        ([only], _) => Some(PatientId(*only)),
        (several, Some(last)) if several.contains(&last.uuid()) => Some(last),
        _ => None,
    })
}

/// The visit that the message before is about, if it is still to come and when the message says.
async fn visit_of(tx: &mut TenantTx, before: &Before) -> Result<Option<Appointment>> {
    let Some(id) = before.visit else { return Ok(None) };
    let visit = scheduling::find(tx, id).await?;
    let stands = matches!(visit.status, Status::Scheduled | Status::Confirmed) && visit.start > tx.now();
    Ok(Some(visit).filter(|visit| stands && before.start == Some(visit.start)))
}

async fn language(tx: &mut TenantTx, patient: Option<PatientId>, text: &str) -> Result<Language> {
    if let Some(patient) = patient
        && let Some(contact) = patients::contacts(tx, &[patient.uuid()]).await?.remove(&patient)
    {
        return Ok(contact.language);
    }
    Ok(if is_arabic(text) { Language::Ar } else { practice::practice(tx).await?.language })
}

/// What follows at once, and that it was heard, in the patient's language.
async fn follow(
    tx: &mut TenantTx,
    written: &Written,
    of: &Message,
    meant: Intent,
    visit: Option<Appointment>,
) -> Result<()> {
    match meant {
        Intent::Confirm => {
            if let Some(visit) = visit.as_ref().filter(|visit| visit.status == Status::Scheduled) {
                let to = NewAppointmentStatus { version: visit.version, status: Status::Confirmed };
                scheduling::come_to(tx, visit.id, to).await?;
            }
        }
        // staff are asked: it stays unread, and workflows hear of it
        Intent::Cancel => {}
        Intent::Stop => {
            suppressions::suppress(tx, Channel::Sms, &of.address, Suppressed::Stop, of.patient_id).await?;
            decide(tx, of.patient_id, false).await?;
        }
        Intent::Start => {
            suppressions::release(tx, Channel::Sms, &of.address).await?;
            decide(tx, of.patient_id, true).await?;
        }
    }
    if written.answered {
        return Ok(());
    }
    let wanted = Wanted {
        text: answer(tx, meant, visit.as_ref(), of.language).await?,
        at_any_hour: true,
        confirms_stop: meant == Intent::Stop,
        answers: Some(of.id),
        ..Wanted::new(
            Channel::Sms,
            (Source::Answer, Some(of.id.uuid())),
            To::Address(of.address.clone(), of.patient_id),
            of.language,
            key_of(&format!("answer:{}", of.id)),
        )
    };
    queue(tx, &wanted).await.map(drop)
}

async fn decide(tx: &mut TenantTx, patient: Option<PatientId>, granted: bool) -> Result<()> {
    match patient {
        Some(patient) => {
            patients::decide_consent(tx, patient, patients::MessageChannel::Sms, granted, "text message").await
        }
        None => Ok(()),
    }
}

async fn answer(tx: &mut TenantTx, meant: Intent, visit: Option<&Appointment>, language: Language) -> Result<String> {
    let practice = practice::practice(tx).await?;
    let name = practice.name;
    let phone = practice.phone.map(|phone| phone.expose().clone()).unwrap_or_default();
    let when = match visit {
        Some(visit) => scheduling::local_time(visit.start, &visit.time_zone, language)?.expose().clone(),
        None => String::new(),
    };
    Ok(match (meant, language) {
        (Intent::Confirm, Language::En) => format!("{name}: thank you, your visit is confirmed: {when}."),
        (Intent::Confirm, Language::Ar) => format!("{name}: شكرًا لكم، تم تأكيد موعدكم: {when}."),
        (Intent::Cancel, Language::En) => {
            format!("{name}: we have your wish to cancel {when} and will get back to you. {phone}")
                .trim_end()
                .to_owned()
        }
        (Intent::Cancel, Language::Ar) => {
            format!("{name}: وصلنا طلب إلغاء موعدكم {when} وسنعاود التواصل معكم. {phone}").trim_end().to_owned()
        }
        (Intent::Stop, Language::En) => {
            format!("{name}: you get no more messages from us. Answer START to get them again.")
        }
        (Intent::Stop, Language::Ar) => format!("{name}: لن تصلكم رسائل منا بعد الآن. لاستئنافها أرسلوا: اشترك"),
        (Intent::Start, Language::En) => format!("{name}: you get messages from us again. Answer STOP to end them."),
        (Intent::Start, Language::Ar) => format!("{name}: ستصلكم رسائلنا من جديد. لإيقافها أرسلوا: إيقاف"),
    })
}
