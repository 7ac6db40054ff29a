//! Entries as FHIR R4 AuditEvent (hl7.org/fhir/R4/auditevent.html), one resource in each line (NDJSON).

use std::collections::HashMap;

use platform::phi::Phi;
use platform::{Error, Result};
use serde_json::{Value, json};
use uuid::Uuid;

use super::rows::Entry;

/// Words of our own: what was done, and to what kind of thing.
const ACTIONS: &str = "urn:vantage:audit:action";
const RESOURCES: &str = "urn:vantage:audit:resource";
const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const EVENT_TYPES: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";

/// Entries as resources.
///
/// # Errors
/// Never in practice.
pub fn lines(practice: Uuid, rows: &[Entry], names: &HashMap<Uuid, Phi<String>>) -> Result<String> {
    let mut text = String::new();
    for row in rows {
        let name = row.actor_id.and_then(|id| names.get(&id)).map(|name| name.expose().as_str());
        text += &serde_json::to_string(&event(practice, row, name)).map_err(Error::internal)?;
        text.push('\n');
    }
    Ok(text)
}

fn event(practice: Uuid, row: &Entry, name: Option<&str>) -> Value {
    json!({
        "resourceType": "AuditEvent",
        "id": row.id,
        "type": kind(&row.action, &row.outcome),
        "subtype": [{ "system": ACTIONS, "code": row.action }],
        "action": letter(&row.action),
        "recorded": row.at().to_string(),
        // http://hl7.org/fhir/audit-event-outcome: success, minor failure, serious failure
        "outcome": match row.outcome.as_str() { "ok" => "0", "denied" => "4", _ => "8" },
        "agent": [agent(row, name)],
        "source": {
            "site": practice,
            "observer": { "identifier": urn(practice), "display": "Vantage" },
            "type": [{ "system": "http://terminology.hl7.org/CodeSystem/security-source-type", "code": "4" }],
        },
        "entity": entities(row),
    })
}

fn kind(action: &str, outcome: &str) -> Value {
    let (system, code, display) = match action {
        _ if outcome == "denied" => (DICOM, "110113", "Security Alert"),
        "login" | "logout" => (DICOM, "110114", "User Authentication"),
        "export" | "download" => (DICOM, "110106", "Export"),
        "create" | "read" | "update" | "delete" => (EVENT_TYPES, "rest", "RESTful Operation"),
        _ => (DICOM, "110100", "Application Activity"),
    };
    json!({ "system": system, "code": code, "display": display })
}

/// http://hl7.org/fhir/audit-event-action
fn letter(action: &str) -> &'static str {
    match action {
        "create" => "C",
        "read" | "export" | "download" => "R",
        "update" | "archive" | "restore" => "U",
        "delete" => "D",
        _ => "E",
    }
}

fn urn(id: Uuid) -> Value {
    json!({ "system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{id}") })
}

fn agent(row: &Entry, name: Option<&str>) -> Value {
    let is_person = ["user", "patient"].contains(&row.actor_kind.as_str());
    let role = if is_person { "humanuser" } else { "dataprocessor" };
    let mut agent = json!({
        "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/extra-security-role-type", "code": role }],
                  "text": row.actor_kind },
        "requestor": true,
    });
    if let Some(id) = row.actor_id {
        agent["who"] = json!({ "identifier": urn(id) });
        agent["altId"] = json!(id);
    }
    if let Some(name) = name {
        agent["name"] = json!(name);
    }
    if let Some(ip) = &row.ip {
        // http://hl7.org/fhir/network-type: an IP address
        agent["network"] = json!({ "address": ip, "type": "2" });
    }
    agent
}

fn entities(row: &Entry) -> Value {
    let mut thing = json!({ "type": { "system": RESOURCES, "code": row.resource_type } });
    if let Some(id) = row.resource_id {
        thing["what"] = json!({ "identifier": urn(id) });
    }
    let mut detail: Vec<Value> =
        row.fields.iter().map(|field| json!({ "type": "field", "valueString": field })).collect();
    for (name, value) in row.detail.as_object().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if !text.is_empty() {
            detail.push(json!({ "type": name, "valueString": text }));
        }
    }
    for (name, value) in [("request", row.request_id.map(|id| id.to_string())), ("userAgent", row.user_agent.clone())] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            detail.push(json!({ "type": name, "valueString": value }));
        }
    }
    if !detail.is_empty() {
        thing["detail"] = Value::Array(detail);
    }
    let mut entities = vec![thing];
    if let Some(patient) = row.patient_id {
        entities.push(json!({
            "what": { "type": "Patient", "identifier": urn(patient) },
            "type": { "system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": "1", "display": "Person" },
            "role": { "system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "1", "display": "Patient" },
        }));
    }
    Value::Array(entities)
}
