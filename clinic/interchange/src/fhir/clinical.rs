//! What is known of a patient besides the person: allergies, alerts, history, notes, consents. All of it is free text,
//! so it goes where the standard takes text as text, and claims no code that nobody chose.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use patients::{Alert, AlertKind, Consent, NoteWritten, Patient};
use serde_json::{Value, json};

use super::answer::{concept, reference};

const LOINC: &str = "http://loinc.org";

/// All of it, the notes as given.
pub fn resources(patient: &Patient, notes: &[NoteWritten]) -> Vec<Value> {
    let fields = &patient.fields;
    let alerts = fields.alerts.iter().map(|alert| match alert.kind {
        AlertKind::Allergy => allergy(patient, alert),
        _ => flag(patient, alert),
    });
    let history = fields.medical_history.as_ref();
    let history = history.map(|text| document(patient, "11348-0", "Medical history", text, None));
    let remarks = fields.notes.as_ref().map(|text| document(patient, "34109-9", "Remarks", text, None));
    let consents = &fields.consents;
    let consents = [("calls", &consents.calls), ("email", &consents.email), ("sms", &consents.sms)];
    let consents = consents.into_iter().filter_map(|(channel, given)| Some(consent(patient, channel, given.as_ref()?)));
    let notes = notes.iter().map(|written| note(patient, written));
    alerts.chain(history).chain(remarks).chain(consents).chain(notes).collect()
}

/// hl7.org/fhir/R4/allergyintolerance.html
fn allergy(patient: &Patient, alert: &Alert) -> Value {
    let of = |system: &str, code: &str| concept(&format!("http://terminology.hl7.org/CodeSystem/{system}"), code);
    json!({
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": of("allergyintolerance-clinical", "active"),
        "verificationStatus": of("allergyintolerance-verification", "unconfirmed"),
        "criticality": alert.severe.then_some("high"),
        "code": { "text": alert.text },
        "patient": reference("Patient", patient.id),
    })
}

/// hl7.org/fhir/R4/flag.html; how urgent it is says an extension of the standard.
fn flag(patient: &Patient, alert: &Alert) -> Value {
    let category = match alert.kind {
        AlertKind::Medication => "drug",
        AlertKind::Condition | AlertKind::Allergy => "clinical",
        AlertKind::Other => "admin",
    };
    let urgent = json!([{ "url": "http://hl7.org/fhir/StructureDefinition/flag-priority",
                          "valueCodeableConcept": concept("http://hl7.org/fhir/flag-priority-code", "PH") }]);
    json!({
        "resourceType": "Flag",
        "extension": alert.severe.then_some(urgent),
        "status": "active",
        "category": [concept("http://terminology.hl7.org/CodeSystem/flag-category", category)],
        "code": { "text": alert.text },
        "subject": reference("Patient", patient.id),
    })
}

fn note(patient: &Patient, written: &NoteWritten) -> Value {
    let mut note = document(patient, "34109-9", "Note", &written.text, Some(written.at));
    note["id"] = json!(written.id);
    note["author"] = json!([{ "display": written.author_name }]);
    note
}

/// Text, as it was written (hl7.org/fhir/R4/documentreference.html).
fn document(patient: &Patient, code: &str, title: &str, text: &str, at: Option<Timestamp>) -> Value {
    json!({
        "resourceType": "DocumentReference",
        "status": "current",
        "type": concept(LOINC, code),
        "subject": reference("Patient", patient.id),
        "date": at,
        "content": [{ "attachment": { "contentType": "text/plain; charset=utf-8", "data": STANDARD.encode(text), "title": title } }],
    })
}

/// That somebody may be written to or called, or may not (hl7.org/fhir/R4/consent.html). The standard's codes are about
/// privacy and research, so what it is about is said in words.
fn consent(patient: &Patient, channel: &str, given: &Consent) -> Value {
    let word = match channel {
        "calls" => "Calls",
        "email" => "E-mail",
        _ => "Text messages",
    };
    json!({
        "resourceType": "Consent",
        "status": "active",
        "scope": { "text": "Communication" },
        "category": [{ "text": word }],
        "patient": reference("Patient", patient.id),
        "dateTime": given.at,
        "sourceAttachment": given.source.as_ref().map(|source| json!({ "title": source })),
        "policyRule": { "text": "What the patient agreed to be sent" },
        "provision": { "type": if given.granted { "permit" } else { "deny" }, "code": [{ "text": channel }] },
    })
}
