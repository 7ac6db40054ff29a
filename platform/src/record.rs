//! One description of a change, written everywhere it belongs: the ledger, the patient's timeline, the outbox.

use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::app::App;
use crate::crypto::Place;
use crate::db::{Causation, TenantTx};
use crate::error::{Error, Result};
use crate::id::PatientId;
use crate::outbox::NewEvent;
use crate::phi::Phi;

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
    detail: Value,
    ids: Map<String, Value>,
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

    /// Something is gone; what it was is kept in the ledger.
    pub fn deleted(resource: &'static str, id: Uuid, before: &impl Serialize) -> Self {
        let mut before = fields(before);
        before.retain(|_, value| !value.is_null());
        Self::new("delete", resource, id, before, Map::new())
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
            detail: json!({}),
            ids: Map::new(),
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

    /// Whose record it concerns, if anybody's.
    pub fn for_patient(mut self, patient: impl Into<Option<PatientId>>) -> Self {
        self.patient = patient.into().or(self.patient);
        self
    }

    /// Shows it on the timeline of the patient, if there is one, under this kind.
    pub fn on_timeline(mut self, patient: impl Into<Option<PatientId>>, kind: &'static str) -> Self {
        self = self.for_patient(patient);
        self.timeline = self.patient.map(|_| kind);
        self
    }

    /// Adds what else should be known: names, numbers and ids, never values of a record.
    pub fn with(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }

    /// Tells the other areas these ids besides: of people, of records.
    pub fn naming(mut self, what: &'static str, ids: impl IntoIterator<Item = Uuid>) -> Self {
        self.ids.insert(what.to_owned(), json!(ids.into_iter().collect::<Vec<_>>()));
        self
    }

    fn field_names(&self) -> Vec<&String> {
        self.after.keys().chain(self.before.keys().filter(|field| !self.after.contains_key(*field))).collect()
    }
}

/// What is looked at. [`TenantTx::record_read`] writes it.
#[derive(Debug)]
#[must_use = "a look that is not recorded is not answered"]
pub struct Look {
    resource: &'static str,
    id: Option<Uuid>,
    patient: Option<PatientId>,
    detail: Map<String, Value>,
}

impl Look {
    /// At one thing.
    pub fn at(resource: &'static str, id: Uuid) -> Self {
        Self { resource, id: Some(id), patient: None, detail: Map::new() }
    }

    /// At a page of a list: which things were on it, and by which fields it was filtered.
    pub fn list(resource: &'static str, ids: &[Uuid], filter: &[&str]) -> Self {
        let detail = [("ids".to_owned(), json!(ids)), ("filter".to_owned(), json!(filter))];
        Self { resource, id: None, patient: None, detail: detail.into_iter().collect() }
    }

    /// Whose record it is.
    pub fn of_patient(mut self, patient: Option<PatientId>) -> Self {
        self.patient = patient;
        self
    }

    /// Whose records are on the list.
    pub fn of_patients(mut self, patients: &[PatientId]) -> Self {
        self.detail.insert("patients".to_owned(), json!(patients));
        self
    }
}

/// One field of an entry, opened.
#[derive(Debug)]
pub struct OpenedChange {
    /// Its name.
    pub field: String,
    /// Its value before.
    pub before: Option<Phi<Value>>,
    /// Its value after.
    pub after: Option<Phi<Value>>,
    /// False when its key was destroyed.
    pub readable: bool,
}

/// Fields that change with every change and say nothing.
const BOOKKEEPING: [&str; 3] = ["version", "updatedAt", "createdAt"];

fn fields(value: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// Entries of timelines, column by column.
#[derive(Default)]
struct Shown {
    ids: Vec<Uuid>,
    patients: Vec<Uuid>,
    kinds: Vec<&'static str>,
    resources: Vec<&'static str>,
    of: Vec<Uuid>,
    bodies: Vec<Vec<u8>>,
}

impl TenantTx {
    /// Writes the change to the ledger, and to timeline and outbox where it asks for that.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn record(&mut self, change: Change) -> Result<()> {
        self.record_all(&[change]).await
    }

    /// Writes many changes at once, each as [`TenantTx::record`] does. Those with events are of different things.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn record_all(&mut self, changes: &[Change]) -> Result<()> {
        let entries: Vec<Uuid> = changes.iter().map(|_| Uuid::now_v7()).collect();
        let mut sealed = Vec::with_capacity(changes.len());
        for (entry, change) in entries.iter().zip(changes) {
            sealed.push(self.seal_changes(*entry, change).await?);
        }
        let shown = self.shown(changes).await?;
        let column = |of: fn(&Change) -> &'static str| changes.iter().map(of).collect::<Vec<_>>();
        let caller = self.caller().clone();
        let now = jiff_sqlx::Timestamp::from(self.now());
        // one statement, as every change of a patient's record pays for the way to the database and back
        sqlx::query!(
            "with shown as (
                insert into timeline.entry (practice_id, id, patient_id, at, kind, resource_type, resource_id, actor_kind,
                                            actor_id, body)
                select $1, e.id, e.patient, $15, e.kind, e.resource, e.resource_id, $3, $4, e.body
                  from unnest($16::uuid[], $17::uuid[], $18::text[], $19::text[], $20::uuid[], $21::bytea[])
                       e (id, patient, kind, resource, resource_id, body))
             insert into audit.entry (practice_id, id, request_id, actor_kind, actor_id, action, resource_type,
                                      resource_id, patient_id, ip, user_agent, changes, detail, outcome)
             select $1, e.id, $2, $3, $4, e.action, e.resource, e.resource_id, e.patient, $5, $6, e.changes, e.detail,
                    e.outcome
               from unnest($7::uuid[], $8::text[], $9::text[], $10::uuid[], $11::uuid[], $12::jsonb[], $13::jsonb[],
                           $14::text[]) e (id, action, resource, resource_id, patient, changes, detail, outcome)",
            self.practice(),
            caller.origin.request_id,
            caller.actor.kind(),
            caller.actor.id(),
            caller.origin.ip,
            caller.origin.user_agent,
            &entries,
            &column(|change| change.action) as _,
            &column(|change| change.resource) as _,
            &changes.iter().map(|change| change.id).collect::<Vec<_>>(),
            &changes.iter().map(|change| change.patient.map(PatientId::uuid)).collect::<Vec<_>>() as _,
            &sealed,
            &changes.iter().map(|change| change.detail.clone()).collect::<Vec<_>>(),
            &column(|change| change.outcome) as _,
            now as _,
            &shown.ids,
            &shown.patients,
            &shown.kinds as _,
            &shown.resources as _,
            &shown.of,
            &shown.bodies,
        )
        .execute(self.conn())
        .await?;
        let cause = self.cause();
        let event = |change: &Change| {
            // subscribers hear who it was: what a visitor books is news to staff, what staff books is not
            let mut payload = json!({ "fields": change.field_names(), "actor": caller.actor.kind() });
            if let Some(Causation { workflow, run, chain }) = &cause {
                payload["workflow"] = json!(workflow);
                payload["run"] = json!(run);
                payload["depth"] = json!(chain.len());
                payload["chain"] = json!(**chain);
            }
            if !change.ids.is_empty() {
                payload["ids"] = json!(change.ids);
            }
            Some(NewEvent {
                name: change.event?,
                subject_type: change.resource,
                subject_id: change.id,
                version: change.version,
                payload,
            })
        };
        self.emit(&changes.iter().filter_map(event).collect::<Vec<_>>()).await
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

    /// What of it patients' timelines show, sealed.
    async fn shown(&mut self, changes: &[Change]) -> Result<Shown> {
        let mut shown = Shown::default();
        for change in changes {
            let (Some(kind), Some(patient)) = (change.timeline, change.patient) else { continue };
            let id = Uuid::now_v7();
            let fields = json!({ "before": change.before, "after": change.after });
            let place = Place { table: "timeline.entry", column: "body", row: id };
            shown.bodies.push(self.seal(place, &serde_json::to_vec(&fields).map_err(Error::internal)?).await?);
            shown.ids.push(id);
            shown.patients.push(patient.uuid());
            shown.kinds.push(kind);
            shown.resources.push(change.resource);
            shown.of.push(change.id);
        }
        Ok(shown)
    }

    /// Writes to the ledger what is looked at. Reads of patients' data, and of what the ledger holds of it, go through
    /// [`crate::guard::Can::read_recorded`], whose transaction answers only with such an entry committed. A list is one
    /// entry: the ids that were on it and the names of the fields it was filtered by, never their values.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn record_read(&mut self, look: Look) -> Result<()> {
        let caller = self.caller().clone();
        sqlx::query!(
            "insert into audit.entry (practice_id, id, request_id, actor_kind, actor_id, action, resource_type,
                                      resource_id, patient_id, ip, user_agent, detail)
             values ($1, $2, $3, $4, $5, 'read', $6, $7, $8, $9, $10, $11)",
            self.practice(),
            Uuid::now_v7(),
            caller.origin.request_id,
            caller.actor.kind(),
            caller.actor.id(),
            look.resource,
            look.id,
            look.patient.map(PatientId::uuid),
            caller.origin.ip,
            caller.origin.user_agent,
            Value::Object(look.detail),
        )
        .execute(self.conn())
        .await?;
        self.looked = true;
        Ok(())
    }

    /// Opens what a change holds, field by field. Values whose key was destroyed stay closed.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn open_changes(&mut self, entry: Uuid, changes: &Value) -> Result<Vec<OpenedChange>> {
        let mut opened = Vec::new();
        for change in changes.as_array().into_iter().flatten() {
            let field = change["field"].as_str().unwrap_or_default();
            let (mut sides, mut readable) = ([None, None], true);
            for (value, side) in sides.iter_mut().zip(["before", "after"]) {
                let Some(sealed) = change[side].as_str() else { continue };
                match self.open_value(entry, field, side, sealed).await {
                    Ok(plain) => *value = Some(Phi::new(plain)),
                    Err(error) if error.code() == "internal" => readable = false,
                    Err(error) => return Err(error),
                }
            }
            let [before, after] = sides;
            opened.push(OpenedChange { field: field.to_owned(), before, after, readable });
        }
        Ok(opened)
    }

    async fn open_value(&mut self, entry: Uuid, field: &str, side: &str, sealed: &str) -> Result<Value> {
        use base64::Engine as _;
        let bytes = base64::engine::general_purpose::STANDARD.decode(sealed).map_err(Error::internal)?;
        let column = format!("{field}.{side}");
        let plain = self.open(Place { table: "audit.entry", column: &column, row: entry }, &bytes).await?;
        serde_json::from_slice(&plain).map_err(Error::internal)
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

/// For how long the oldest entry has waited to be sealed, in seconds; 0 when none does.
///
/// # Errors
/// 503 when the database is away.
pub async fn oldest_unsealed(app: &App) -> Result<f64> {
    let mut tx = app.db().worker().await?;
    let seconds = sqlx::query_scalar!(r#"select claim.seal_lag() as "seconds!""#).fetch_one(tx.conn()).await?;
    tx.commit().await?;
    Ok(seconds)
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
