//! A message, as workflows see one.

use std::collections::HashMap;

use automation::block::{Field, Kind, Subject};
use futures::future::BoxFuture;
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

static FIELDS: [Field; 14] = [
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
    Field::new("patient", Kind::Object, "null"),
    Field::new("patient.id", Kind::Ref("patient"), r#""01a1fe48-1891-756b-aab2-930c260b1d03""#),
    Field::new("patient.name", Kind::Text, r#""Lina Haddad""#).sensitive(),
    Field::new("patient.language", Kind::Choice(&["en", "ar"]), r#""ar""#),
];

/// The message.
pub static MESSAGE: Subject = Subject {
    name: "message",
    permission: "messages.read",
    fields: &FIELDS,
    load,
    dates: &[],
    find: None,
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
        let contacts = patients::contacts(tx, &people).await?;
        let shown = all.into_iter().map(|one| {
            let patient = one.patient_id.and_then(|id| contacts.get(&id));
            let patient =
                patient.map(|of| json!({ "id": of.kept_as, "name": of.name.expose(), "language": of.language }));
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
