//! Records that runs are about, as their areas show them.

use std::collections::{BTreeMap, HashMap};

use platform::db::TenantTx;
use platform::error::Result;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::block::Subject;
use crate::decide::at_path;
use crate::registry::registry;

/// What was loaded, by kind and id.
#[derive(Debug, Default)]
pub struct Loaded(HashMap<(String, Uuid), Map<String, Value>>);

/// Loads records of several kinds, each kind at once. Who was deleted is not among them.
///
/// # Errors
/// 503 when the database is away.
pub async fn load_subjects(tx: &mut TenantTx, wanted: impl IntoIterator<Item = (String, Uuid)>) -> Result<Loaded> {
    let mut kinds: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
    for (kind, id) in wanted {
        kinds.entry(kind).or_default().push(id);
    }
    let mut loaded = Loaded::default();
    for (kind, mut ids) in kinds {
        let Some(subject) = registry().subjects.get(kind.as_str()) else { continue };
        ids.sort_unstable();
        ids.dedup();
        for (id, value) in (subject.load)(tx, &ids).await? {
            if let Value::Object(value) = nest(value) {
                loaded.0.insert((kind.clone(), id), value);
            }
        }
    }
    Ok(loaded)
}

impl Loaded {
    /// Shows a record to a run: under its own name, and the patient whom it concerns as `patient`. False, when there is no
    /// such record any more.
    pub fn show(&self, kind: &str, id: Uuid, vars: &mut Map<String, Value>) -> bool {
        let Some(value) = self.0.get(&(kind.to_owned(), id)) else { return false };
        if let Some(patient) = value.get("patient").filter(|_| kind != "patient") {
            vars.insert("patient".to_owned(), patient.clone());
        }
        vars.insert(kind.to_owned(), Value::Object(value.clone()));
        true
    }

    /// What people call a record: the name of the patient whom it is about, where there is one.
    #[must_use]
    pub fn label(&self, kind: &str, id: Uuid) -> Option<String> {
        let value = self.0.get(&(kind.to_owned(), id))?;
        let patient = if kind == "patient" { value } else { value.get("patient")?.as_object()? };
        let part = |name: &str| patient.get(name).and_then(Value::as_str);
        let whole: Vec<_> = ["givenName", "familyName"].into_iter().filter_map(part).collect();
        part("name").map(str::to_owned).or_else(|| (!whole.is_empty()).then(|| whole.join(" ")))
    }

    /// The patient whom a record concerns.
    #[must_use]
    pub fn patient(&self, subject: &Subject, id: Uuid) -> Option<Uuid> {
        let value = self.0.get(&(subject.name.to_owned(), id))?;
        at_path(value, subject.patient?)?.as_str()?.parse().ok()
    }
}

/// `patient.givenName` as a member of `patient`, for areas that answer the keys of their fields.
#[must_use]
pub fn nest(value: Value) -> Value {
    match value {
        Value::Object(members) if members.keys().any(|key| key.contains('.')) => {
            let mut nested = Map::new();
            for (key, value) in members {
                match key.split_once('.') {
                    Some((parent, key)) => {
                        let parent = nested.entry(parent.to_owned()).or_insert_with(|| Value::Object(Map::new()));
                        if let Some(parent) = parent.as_object_mut() {
                            parent.insert(key.to_owned(), value);
                        }
                    }
                    None => drop(nested.insert(key, value)),
                }
            }
            Value::Object(nested)
        }
        other => other,
    }
}
