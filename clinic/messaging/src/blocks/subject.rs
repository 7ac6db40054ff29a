//! A message, as workflows see one.

use std::collections::HashMap;

use automation::block::{Field, Kind, Subject, fields};
use futures::future::BoxFuture;
use patients::blocks::{BELOW, known};
use platform::Result;
use platform::db::TenantTx;
use serde_json::{Value, json};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::message::row::{COLUMNS, Row, open_all};

const CHANNELS: &[&str] = &["email", "sms"];
const STATES: &[&str] = &[
    "queued",
    "sending",
    "unknown",
    "sent",
    "failed",
    "delivered",
    "bounced",
    "opened",
    "replied",
    "suppressed",
    "cancelled",
    "received",
];

const OWN: [Field; 10] = [
    Field::new("id", Kind::Ref("message"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    Field::new("channel", Kind::Choice(CHANNELS), r#""sms""#),
    Field::new("direction", Kind::Choice(&["out", "in"]), r#""in""#),
    Field::new("state", Kind::Choice(STATES), r#""received""#),
    Field::new("reason", Kind::Text, r#""cancel""#),
    Field::new("subject", Kind::Text, "null").sensitive(),
    Field::new("text", Kind::LongText, r#""Can I come an hour later?""#).sensitive(),
    Field::new("answers", Kind::Ref("message"), "null"),
    Field::new("appointment", Kind::Ref("appointment"), "null"),
    Field::new("at", Kind::Instant, r#""2026-11-30T09:00:00Z""#),
];

static FIELDS: [Field; OWN.len() + BELOW.len()] = fields(&[&OWN, &BELOW]);

/// The message.
pub static MESSAGE: Subject = Subject {
    name: "message",
    permission: "messages.read",
    fields: &FIELDS,
    load,
    dates: &[],
    find: None,
    filters: &[],
    patient: Some("patient.id"),
};

fn load<'a>(tx: &'a mut TenantTx, ids: &'a [Uuid]) -> BoxFuture<'a, Result<HashMap<Uuid, Value>>> {
    Box::pin(async move {
        let mut query = QueryBuilder::new("select ");
        query.push(COLUMNS).push(" from messaging.message m where m.practice_id = ").push_bind(tx.practice());
        query.push(" and m.id = any(").push_bind(ids.to_vec()).push(")");
        let rows: Vec<Row> = query.build_query_as().fetch_all(tx.conn()).await?;
        let all = open_all(tx, rows).await?;
        let people: Vec<Uuid> = all.iter().filter_map(|one| one.patient_id).map(|patient| patient.uuid()).collect();
        let patients = known(tx, &people).await?;
        let shown = all.into_iter().map(|one| {
            let patient = one.patient_id.and_then(|id| patients.get(&id.uuid())).map(|known| &known.value);
            let value = json!({
                "id": one.id,
                "channel": one.channel,
                "direction": one.direction,
                "state": one.state,
                "reason": one.reason,
                "subject": one.subject,
                "text": one.text,
                "answers": one.answers_id,
                "appointment": one.appointment_id,
                "at": one.created_at,
                "patient": patient,
            });
            (one.id.uuid(), value)
        });
        Ok(shown.collect())
    })
}
