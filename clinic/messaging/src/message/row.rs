//! Messages as they lie in their table.

use jiff::Timestamp;
use platform::Result;
use platform::crypto::Place;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use platform::language::Language;
use platform::undisclosed;
use scheduling::AppointmentId;
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::attachments;
use super::{Channel, Content, Direction, Message, MessageId, Source, State};
use crate::judge::Purpose;

/// What is selected of a message `m`.
pub const COLUMNS: &str = "m.id, m.channel, m.direction, m.purpose, m.source, m.source_id, m.patient_id, m.appointment_id,
    m.appointment_start, m.rule_id, m.template_id, m.template_number, m.language, m.content, m.address_blind, m.state, m.reason,
    m.provider, m.provider_id, m.attempts, m.doubts, m.at_any_hour, m.test, m.not_before, m.parts, m.price_minor,
    m.answers_id, m.retry_of_id, m.sent_at, m.delivered_at, m.opened_at, m.ended_at, m.read_at, m.created_by, m.version,
    m.created_at, m.updated_at";

/// A row.
#[derive(FromRow)]
pub struct Row {
    id: Uuid,
    channel: Channel,
    direction: Direction,
    purpose: Purpose,
    source: Source,
    source_id: Option<Uuid>,
    patient_id: Option<Uuid>,
    appointment_id: Option<Uuid>,
    appointment_start: Option<jiff_sqlx::Timestamp>,
    rule_id: Option<Uuid>,
    template_id: Option<Uuid>,
    template_number: Option<i32>,
    language: Language,
    content: Vec<u8>,
    address_blind: Option<String>,
    state: State,
    reason: Option<String>,
    provider: Option<String>,
    provider_id: Option<String>,
    attempts: i32,
    doubts: i32,
    at_any_hour: bool,
    test: bool,
    not_before: jiff_sqlx::Timestamp,
    parts: Option<i32>,
    price_minor: Option<i64>,
    answers_id: Option<Uuid>,
    retry_of_id: Option<Uuid>,
    sent_at: Option<jiff_sqlx::Timestamp>,
    delivered_at: Option<jiff_sqlx::Timestamp>,
    opened_at: Option<jiff_sqlx::Timestamp>,
    ended_at: Option<jiff_sqlx::Timestamp>,
    read_at: Option<jiff_sqlx::Timestamp>,
    created_by: Option<Uuid>,
    version: i32,
    created_at: jiff_sqlx::Timestamp,
    updated_at: jiff_sqlx::Timestamp,
}

undisclosed!(Row);

/// What is sealed of a message.
pub fn place(id: MessageId) -> Place<'static> {
    Place { table: "messaging.message", column: "content", row: id.uuid() }
}

impl Row {
    /// Its id.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// When it was asked for.
    pub fn created(&self) -> Timestamp {
        self.created_at.to_jiff()
    }

    async fn open(self, tx: &mut TenantTx) -> Result<Message> {
        let id = MessageId(self.id);
        let content: Content =
            serde_json::from_slice(&tx.open(place(id), &self.content).await?).map_err(Error::internal)?;
        let at = |at: Option<jiff_sqlx::Timestamp>| at.map(jiff_sqlx::Timestamp::to_jiff);
        Ok(Message {
            id,
            channel: self.channel,
            direction: self.direction,
            purpose: self.purpose,
            source: self.source,
            source_id: self.source_id,
            patient_id: self.patient_id.map(PatientId),
            appointment_id: self.appointment_id.map(AppointmentId),
            appointment_start: at(self.appointment_start),
            template_id: self.template_id,
            template_number: self.template_number,
            language: self.language,
            address: content.address,
            subject: content.subject,
            text: content.text,
            reply_to: content.reply_to,
            state: self.state,
            reason: self.reason,
            provider: self.provider,
            attempts: self.attempts,
            at_any_hour: self.at_any_hour,
            test: self.test,
            not_before: self.not_before.to_jiff(),
            parts: self.parts,
            price_minor: self.price_minor,
            answers_id: self.answers_id.map(MessageId),
            retry_of_id: self.retry_of_id.map(MessageId),
            attachments: Vec::new(),
            sent_at: at(self.sent_at),
            delivered_at: at(self.delivered_at),
            opened_at: at(self.opened_at),
            ended_at: at(self.ended_at),
            read_at: at(self.read_at),
            created_by: self.created_by,
            version: self.version,
            created_at: self.created_at.to_jiff(),
            updated_at: self.updated_at.to_jiff(),
            provider_id: self.provider_id,
            doubts: self.doubts,
            rule_id: self.rule_id,
            address_blind: self.address_blind,
        })
    }
}

/// Opens rows, with the files that go along.
///
/// # Errors
/// 503 when the database is away.
pub async fn open_all(tx: &mut TenantTx, rows: Vec<Row>) -> Result<Vec<Message>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut files = attachments::of_messages(tx, &ids).await?;
    let mut messages = Vec::with_capacity(rows.len());
    for row in rows {
        let attachments = files.remove(&row.id).unwrap_or_default();
        messages.push(Message { attachments, ..row.open(tx).await? });
    }
    Ok(messages)
}

/// A message.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: MessageId) -> Result<Message> {
    one(tx, id, "").await
}

/// The same, locked until the end of the transaction.
///
/// # Errors
/// 404.
pub async fn lock(tx: &mut TenantTx, id: MessageId) -> Result<Message> {
    one(tx, id, " for update").await
}

async fn one(tx: &mut TenantTx, id: MessageId, lock: &str) -> Result<Message> {
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from messaging.message m where m.practice_id = ").push_bind(tx.practice());
    query.push(" and m.id = ").push_bind(id.uuid()).push(lock);
    let row: Option<Row> = query.build_query_as().fetch_optional(tx.conn()).await?;
    let row = row.ok_or_else(Error::not_found)?;
    open_all(tx, vec![row]).await?.pop().ok_or_else(Error::not_found)
}

/// The message that was asked for under a key.
///
/// # Errors
/// 503 when the database is away.
pub async fn under_key(tx: &mut TenantTx, key: Uuid) -> Result<Option<MessageId>> {
    let practice = tx.practice();
    let id = sqlx::query_scalar!(
        "select id from messaging.message where practice_id = $1 and idempotency_key = $2",
        practice,
        key,
    );
    Ok(id.fetch_optional(tx.conn()).await?.map(MessageId))
}

/// The message that a provider knows under a name.
///
/// # Errors
/// 503 when the database is away.
pub async fn known_as(tx: &mut TenantTx, provider: &str, provider_id: &str) -> Result<Option<MessageId>> {
    let practice = tx.practice();
    let id = sqlx::query_scalar!(
        "select id from messaging.message where practice_id = $1 and provider = $2 and provider_id = $3 limit 1",
        practice,
        provider,
        provider_id,
    );
    Ok(id.fetch_optional(tx.conn()).await?.map(MessageId))
}

/// Writes a new message. Answers false where there is one under the key already.
///
/// # Errors
/// 503 when the database is away.
pub async fn insert(tx: &mut TenantTx, of: &Message, key: Uuid) -> Result<bool> {
    let content = Content {
        address: of.address.clone(),
        subject: of.subject.clone(),
        text: of.text.clone(),
        reply_to: of.reply_to.clone(),
    };
    let sealed = tx.seal(place(of.id), &serde_json::to_vec(&content).map_err(Error::internal)?).await?;
    let practice = tx.practice();
    let at = jiff_sqlx::Timestamp::from;
    let kept = sqlx::query!(
        "insert into messaging.message (practice_id, id, channel, direction, purpose, source, source_id, patient_id,
                appointment_id, appointment_start, rule_id, template_id, template_number, language, content, address_blind,
                state, reason, provider, provider_id, idempotency_key, at_any_hour, test, not_before, next_at, parts,
                price_minor, answers_id, retry_of_id, ended_at, created_by, created_at, updated_at, read_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
                $24, $24, $25, $26, $27, $28, $29, $30, $31, $31, $32)
         on conflict on constraint message_once do nothing",
        practice,
        of.id.uuid(),
        of.channel as Channel,
        of.direction as Direction,
        of.purpose as Purpose,
        of.source as Source,
        of.source_id,
        of.patient_id.map(PatientId::uuid),
        of.appointment_id.map(AppointmentId::uuid),
        of.appointment_start.map(at) as _,
        of.rule_id,
        of.template_id,
        of.template_number,
        of.language as Language,
        sealed,
        of.address_blind,
        of.state as State,
        of.reason,
        of.provider,
        of.provider_id,
        key,
        of.at_any_hour,
        of.test,
        at(of.not_before) as _,
        of.parts,
        of.price_minor,
        of.answers_id.map(MessageId::uuid),
        of.retry_of_id.map(MessageId::uuid),
        of.ended_at.map(at) as _,
        of.created_by,
        at(of.created_at) as _,
        of.read_at.map(at) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(kept.rows_affected() == 1)
}

/// Writes how a message is now. What it says stays as it was.
///
/// # Errors
/// 503 when the database is away.
pub async fn write(tx: &mut TenantTx, of: &Message) -> Result<()> {
    let practice = tx.practice();
    let at = |at: Option<Timestamp>| at.map(jiff_sqlx::Timestamp::from);
    sqlx::query!(
        "update messaging.message
            set state = $3, reason = $4, provider = $5, provider_id = $6, patient_id = $7, sent_at = $8, delivered_at = $9,
                opened_at = $10, ended_at = $11, read_at = $12, version = $13, updated_at = $14, doubts = $15,
                not_before = $16, lease = case when $3 = 'sending' then lease end,
                lease_until = case when $3 = 'sending' then lease_until end
          where practice_id = $1 and id = $2",
        practice,
        of.id.uuid(),
        of.state as State,
        of.reason,
        of.provider,
        of.provider_id,
        of.patient_id.map(PatientId::uuid),
        at(of.sent_at) as _,
        at(of.delivered_at) as _,
        at(of.opened_at) as _,
        at(of.ended_at) as _,
        at(of.read_at) as _,
        of.version,
        jiff_sqlx::Timestamp::from(of.updated_at) as _,
        of.doubts,
        jiff_sqlx::Timestamp::from(of.not_before) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What a provider calls the messages to an address that it is known to have.
///
/// # Errors
/// 503 when the database is away.
pub async fn names_to(tx: &mut TenantTx, provider: &str, address_blind: &str) -> Result<Vec<String>> {
    let practice = tx.practice();
    let names = sqlx::query_scalar!(
        r#"select provider_id as "provider_id!" from messaging.message
            where practice_id = $1 and channel = 'sms' and address_blind = $2 and provider = $3 and provider_id is not null
            order by created_at desc limit 1000"#,
        practice,
        address_blind,
        provider,
    );
    Ok(names.fetch_all(tx.conn()).await?)
}
