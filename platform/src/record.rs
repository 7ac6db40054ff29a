//! One description of a change, written everywhere it belongs: the ledger, the patient's timeline, the outbox.

use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::crypto::Place;
use crate::db::TenantTx;
use crate::error::{Error, Result};
use crate::id::PatientId;

/// What was done to what. `TenantTx::record` writes it.
#[derive(Debug)]
#[must_use = "a change that is not recorded cannot be committed"]
pub struct Change {
    action: &'static str,
    resource: &'static str,
    id: Uuid,
    version: Option<i32>,
    before: Map<String, Value>,
    after: Map<String, Value>,
    event: Option<&'static str>,
    patient: Option<PatientId>,
    timeline: Option<&'static str>,
    outcome: &'static str,
}

impl Change {
    /// Something came into being.
    pub fn created(resource: &'static str, id: Uuid, after: &impl Serialize) -> Self {
        Self::new("create", resource, id, Map::new(), fields(after))
    }

    /// Something was changed; only the fields that differ are kept.
    pub fn updated(resource: &'static str, id: Uuid, before: &impl Serialize, after: &impl Serialize) -> Self {
        Self::new("update", resource, id, fields(before), fields(after))
    }

    /// Something else was done: `archive`, `login`, `export`.
    pub fn done(action: &'static str, resource: &'static str, id: Uuid) -> Self {
        Self::new(action, resource, id, Map::new(), Map::new())
    }

    fn new(
        action: &'static str,
        resource: &'static str,
        id: Uuid,
        mut before: Map<String, Value>,
        mut after: Map<String, Value>,
    ) -> Self {
        before.retain(|field, value| after.get(field) != Some(value) && !BOOKKEEPING.contains(&field.as_str()));
        after.retain(|field, value| !value.is_null() || before.contains_key(field));
        if action == "update" {
            after.retain(|field, _| before.contains_key(field));
        }
        after.retain(|field, _| !BOOKKEEPING.contains(&field.as_str()));
        Self {
            action,
            resource,
            id,
            version: None,
            before,
            after,
            event: None,
            patient: None,
            timeline: None,
            outcome: "ok",
        }
    }

    /// Tells the other areas under this name, `noun.past_participle`.
    pub fn event(mut self, name: &'static str, version: i32) -> Self {
        self.event = Some(name);
        self.version = Some(version);
        self
    }

    /// It was tried and refused: a wrong password, a wrong code.
    pub fn refused(mut self) -> Self {
        self.outcome = "denied";
        self
    }

    /// Whose record it concerns.
    pub fn for_patient(mut self, patient: PatientId) -> Self {
        self.patient = Some(patient);
        self
    }

    /// Shows it on the patient's timeline under this kind.
    pub fn on_timeline(mut self, patient: PatientId, kind: &'static str) -> Self {
        self.patient = Some(patient);
        self.timeline = Some(kind);
        self
    }

    fn field_names(&self) -> Vec<&String> {
        self.after.keys().chain(self.before.keys().filter(|field| !self.after.contains_key(*field))).collect()
    }
}

/// Fields that change with every change and say nothing.
const BOOKKEEPING: [&str; 3] = ["version", "updatedAt", "createdAt"];

fn fields(value: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

impl TenantTx {
    /// Writes the change to the ledger, and to timeline and outbox where it asks for that.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn record(&mut self, change: Change) -> Result<()> {
        let entry = Uuid::now_v7();
        let sealed = self.seal_changes(entry, &change).await?;
        let caller = self.caller().clone();
        sqlx::query!(
            "insert into audit.entry (practice_id, id, request_id, actor_kind, actor_id, action, resource_type,
                                      resource_id, patient_id, ip, user_agent, changes, outcome)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            self.practice(),
            entry,
            caller.origin.request_id,
            caller.actor.kind(),
            caller.actor.id(),
            change.action,
            change.resource,
            change.id,
            change.patient.map(PatientId::uuid),
            caller.origin.ip,
            caller.origin.user_agent,
            sealed,
            change.outcome,
        )
        .execute(self.conn())
        .await?;
        if let (Some(kind), Some(patient)) = (change.timeline, change.patient) {
            self.add_to_timeline(kind, patient, &change).await?;
        }
        if let Some(name) = change.event {
            let payload = json!({ "fields": change.field_names() });
            self.emit(name, change.resource, change.id, change.version, payload).await?;
        }
        Ok(())
    }

    /// Values are sealed one by one, each bound to this entry and field.
    async fn seal_changes(&mut self, entry: Uuid, change: &Change) -> Result<Value> {
        let mut sealed = Vec::new();
        for field in change.field_names() {
            let mut item = json!({ "field": field });
            for (side, values) in [("before", &change.before), ("after", &change.after)] {
                if let Some(value) = values.get(field) {
                    let column = format!("{field}.{side}");
                    let place = Place { table: "audit.entry", column: &column, row: entry };
                    let bytes = serde_json::to_vec(value).map_err(Error::internal)?;
                    item[side] = Value::String(base64(&self.seal(place, &bytes).await?));
                }
            }
            sealed.push(item);
        }
        Ok(Value::Array(sealed))
    }

    async fn add_to_timeline(&mut self, kind: &str, patient: PatientId, change: &Change) -> Result<()> {
        let (id, now) = (Uuid::now_v7(), self.now());
        let shown = json!({ "before": change.before, "after": change.after });
        let place = Place { table: "timeline.entry", column: "body", row: id };
        let body = self.seal(place, &serde_json::to_vec(&shown).map_err(Error::internal)?).await?;
        let actor = self.caller().actor.clone();
        sqlx::query!(
            "insert into timeline.entry (practice_id, id, patient_id, at, kind, resource_type, resource_id, actor_kind,
                                         actor_id, body)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            self.practice(),
            id,
            patient.uuid(),
            jiff_sqlx::Timestamp::from(now) as _,
            kind,
            change.resource,
            change.id,
            actor.kind(),
            actor.id(),
            body,
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }

    /// An attempt that was refused, for the ledger.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn record_denied(&mut self, permission: &str, operation: &str) -> Result<()> {
        let caller = self.caller().clone();
        sqlx::query!(
            "insert into audit.entry (practice_id, id, request_id, actor_kind, actor_id, action, resource_type, outcome,
                                      ip, user_agent, detail)
             values ($1, $2, $3, $4, $5, 'denied', $6, 'denied', $7, $8, $9)",
            self.practice(),
            Uuid::now_v7(),
            caller.origin.request_id,
            caller.actor.kind(),
            caller.actor.id(),
            permission.split('.').next().unwrap_or(permission),
            caller.origin.ip,
            caller.origin.user_agent,
            json!({ "permission": permission, "operation": operation }),
        )
        .execute(self.conn())
        .await?;
        Ok(())
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_kept() {
        let before = json!({ "nameEn": "Cleaning", "code": null, "durationMinutes": 30, "version": 1 });
        let after = json!({ "nameEn": "Cleaning", "code": "D1110", "durationMinutes": 45, "version": 2 });
        let change = Change::updated("service", Uuid::nil(), &before, &after);
        assert_eq!(change.field_names(), ["code", "durationMinutes"]);
        assert_eq!(Value::from(change.before), json!({ "code": null, "durationMinutes": 30 }));
        assert_eq!(Value::from(change.after), json!({ "code": "D1110", "durationMinutes": 45 }));
    }

    #[test]
    fn a_new_thing_tells_what_it_has() {
        let change =
            Change::created("service", Uuid::nil(), &json!({ "nameEn": "Cleaning", "code": null, "version": 1 }));
        assert_eq!(change.field_names(), ["nameEn"]);
    }
}
