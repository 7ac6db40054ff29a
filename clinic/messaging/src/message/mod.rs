//! Messages: the ledger of what was written to patients and what they answered, with what became of each.

pub mod attachments;
mod compose;
mod conversations;
mod decide;
pub mod facts;
mod headers;
mod kinds;
mod list;
mod preview;
pub mod queue;
mod reach;
pub mod row;
pub mod sound;
pub mod state;

use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use platform::language::Language;
use platform::record::Change;
use platform::routes::Routes;
use platform::{Result, undisclosed, validate};
use scheduling::AppointmentId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::judge::Purpose;
use attachments::MessageAttachment;
pub use state::State;

platform::id!(
    /// A message.
    MessageId
);

/// The routes of messages.
pub fn routes() -> Routes {
    compose::routes()
        .merge(attachments::routes())
        .merge(conversations::routes())
        .merge(decide::routes())
        .merge(headers::routes())
        .merge(list::routes())
        .merge(preview::routes())
        .merge(reach::routes())
}

/// By which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[schema(as = MessageChannel)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Channel {
    /// E-mail.
    Email,
    /// Text messages.
    Sms,
}

impl Channel {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }

    /// What patients agree to.
    pub fn of_patients(self) -> patients::MessageChannel {
        match self {
            Self::Email => patients::MessageChannel::Email,
            Self::Sms => patients::MessageChannel::Sms,
        }
    }

    /// The one written way of an address: small letters, numbers in E.164.
    ///
    /// # Errors
    /// 422 at `pointer` for what is none.
    pub async fn tidied(self, tx: &mut TenantTx, address: &str, pointer: &str) -> Result<String> {
        match self {
            Self::Email if validate::email(address.trim(), &()).is_ok() => Ok(address.trim().to_lowercase()),
            Self::Email => Err(Error::invalid(Vec::new()).at(pointer, "invalid", "This is no e-mail address.")),
            Self::Sms => validate::phone(address, &practice::practice(tx).await?.country, pointer),
        }
    }

    /// What stands for an address where equal ones must be found again.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn blind(self, tx: &mut TenantTx, address: &str) -> Result<String> {
        tx.blind("messaging.message", self.name(), &address.trim().to_lowercase()).await
    }
}

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[schema(as = MessageDirection)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Direction {
    /// From the practice.
    Out,
    /// To the practice.
    In,
}

/// Who wanted a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[schema(as = MessageSource)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Source {
    /// Somebody of the practice, or whoever wrote to it.
    Person,
    /// A run of a workflow.
    Workflow,
    /// A rule for reminders.
    Rule,
    /// The product, in answer to what a patient wrote.
    Answer,
}

impl Source {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Workflow => "workflow",
            Self::Rule => "rule",
            Self::Answer => "answer",
        }
    }
}

/// What lies sealed of a message.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// The other side's address or number; empty where there was none.
    pub address: String,
    /// Of an e-mail.
    pub subject: Option<String>,
    /// What it says.
    pub text: String,
    /// Where answers to an e-mail go, in place of the practice's usual address.
    pub reply_to: Option<String>,
}

/// A message, with what became of it.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// By which way.
    pub channel: Channel,
    /// From the practice or to it.
    pub direction: Direction,
    /// What it is for.
    pub purpose: Purpose,
    /// Who wanted it.
    pub source: Source,
    /// The run or the rule.
    #[schema(required)]
    pub source_id: Option<Uuid>,
    /// To whom, or from whom, as far as that is known.
    #[schema(required)]
    pub patient_id: Option<PatientId>,
    /// The visit that it is about.
    #[schema(required)]
    pub appointment_id: Option<AppointmentId>,
    /// The beginning of that visit, as the message says it.
    #[schema(required)]
    pub appointment_start: Option<Timestamp>,
    /// The template that it was made from.
    #[schema(required)]
    pub template_id: Option<Uuid>,
    /// Which version of it.
    #[schema(required)]
    pub template_number: Option<i32>,
    /// Its language.
    pub language: Language,
    /// The other side's address or number. Encrypted.
    pub address: String,
    /// Of an e-mail. Encrypted.
    #[schema(required)]
    pub subject: Option<String>,
    /// What it says. Encrypted.
    pub text: String,
    /// Where answers to an e-mail go, in place of the practice's usual address. Encrypted.
    #[schema(required)]
    pub reply_to: Option<String>,
    /// How it stands.
    pub state: State,
    /// Why it waits, was held back or failed; of one that came in what was understood: `confirm`, `cancel`, `stop`, `start`.
    #[schema(required)]
    pub reason: Option<String>,
    /// By whom it was sent: `sandbox`, `smtp`, `sendgrid`, `twilio`.
    #[schema(required)]
    pub provider: Option<String>,
    /// Tries so far.
    pub attempts: i32,
    /// Whether it goes out at any hour: right after the patient's own act, or by a person's hand.
    pub at_any_hour: bool,
    /// A test by a person.
    pub test: bool,
    /// Not before this instant.
    pub not_before: Timestamp,
    /// Parts of a text message.
    #[schema(required)]
    pub parts: Option<i32>,
    /// What these cost, in minor units of the practice's currency.
    #[schema(required)]
    pub price_minor: Option<i64>,
    /// The message that it answers.
    #[schema(required)]
    pub answers_id: Option<MessageId>,
    /// The message that it repeats.
    #[schema(required)]
    pub retry_of_id: Option<MessageId>,
    /// Files that go along.
    pub attachments: Vec<MessageAttachment>,
    /// When the provider took it.
    #[schema(required)]
    pub sent_at: Option<Timestamp>,
    /// When it arrived.
    #[schema(required)]
    pub delivered_at: Option<Timestamp>,
    /// When it was first opened.
    #[schema(required)]
    pub opened_at: Option<Timestamp>,
    /// When it failed, came back, was held back or taken back.
    #[schema(required)]
    pub ended_at: Option<Timestamp>,
    /// When somebody of the practice read one that came in.
    #[schema(required)]
    pub read_at: Option<Timestamp>,
    /// Who wrote it.
    #[schema(required)]
    pub created_by: Option<Uuid>,
    /// Goes up with each change.
    pub version: i32,
    /// When it was asked for, or came in.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The message at the provider.
    #[serde(skip)]
    pub provider_id: Option<String>,
    /// Tries of which nobody knows what came.
    #[serde(skip)]
    pub doubts: i32,
    /// The rule that wanted it.
    #[serde(skip)]
    pub rule_id: Option<Uuid>,
    /// What stands for the address.
    #[serde(skip)]
    pub address_blind: Option<String>,
}

undisclosed!(Content, Message);

impl Message {
    /// It at another state, with the instants that belong to that.
    #[must_use]
    pub fn at(&self, state: State, reason: Option<&str>, now: Timestamp) -> Self {
        let mut after = self.clone();
        after.state = state;
        after.reason = reason.map(str::to_owned);
        if state.is_out() {
            after.sent_at.get_or_insert(now);
        }
        match state {
            State::Delivered => after.delivered_at = after.delivered_at.or(Some(now)),
            State::Opened => after.opened_at = after.opened_at.or(Some(now)),
            State::Failed | State::Bounced | State::Suppressed | State::Cancelled => {
                after.ended_at = after.ended_at.or(Some(now));
            }
            _ => {}
        }
        after
    }
}

/// What the ledger and the timeline say of a change of state; text and subject where people look for them.
fn told(of: &Message, with_text: bool) -> serde_json::Value {
    let mut told = json!({ "state": of.state, "reason": of.reason });
    if with_text {
        told["channel"] = json!(of.channel);
        told["subject"] = json!(of.subject);
        told["text"] = json!(of.text);
    }
    told
}

/// Brings a message to how it is now, with audit entry, event, and on the timeline what people look for there.
///
/// # Errors
/// 503 when the database is away.
pub async fn save(tx: &mut TenantTx, before: &Message, after: Message) -> Result<Message> {
    let after = Message { version: before.version + 1, updated_at: tx.now(), ..after };
    row::write(tx, &after).await?;
    let is_news = matches!(after.state, State::Sent | State::Failed | State::Bounced | State::Unknown)
        && before.state != after.state;
    let mut was = json!({ "state": before.state, "reason": before.reason });
    if is_news {
        for field in ["channel", "subject", "text"] {
            was[field] = serde_json::Value::Null;
        }
    }
    let mut change =
        Change::updated("message", after.id.uuid(), &was, &told(&after, is_news)).for_patient(after.patient_id);
    if is_news {
        change = change.on_timeline(after.patient_id, after.state.event());
    }
    if before.state != after.state {
        change = change.event(after.state.event(), after.version);
    }
    tx.record(change).await?;
    Ok(after)
}

/// Notes what was told of a message from outside, if it says more than is known.
///
/// # Errors
/// 503 when the database is away.
pub async fn hear(tx: &mut TenantTx, id: MessageId, state: State, reason: Option<&str>) -> Result<bool> {
    let before = row::lock(tx, id).await?;
    let next = before.state.hears(state);
    if next == before.state {
        return Ok(false);
    }
    let after = before.at(next, reason, tx.now());
    save(tx, &before, after).await?;
    Ok(true)
}
