//! RelatedPerson (hl7.org/fhir/R4/relatedperson.html): who belongs to a patient, decides for them, is called.

use patients::{FamilyMember, Patient, Relationship};
use serde_json::{Value, json};
use uuid::Uuid;

use super::OWN;
use super::answer::{concept, reference};
use super::patient::number_system;

/// A relative of a patient. Who is a patient too has their number, and is reached as their own record says.
pub fn resource(practice: Uuid, patient: &Patient, member: &FamilyMember) -> Value {
    let fields = &member.relative.fields;
    let person = member.person.as_ref();
    // who decides and who is called was said of the one with whom it was entered
    let said_here = fields.related_id != Some(patient.id);
    let note = fields.note.as_ref().map(|note| json!([{ "url": format!("{OWN}:note"), "valueString": note }]));
    let number = person.map(|one| json!([{ "system": number_system(practice), "value": one.number.to_string() }]));
    let name = match person {
        Some(one) => json!({ "family": one.family_name, "given": [one.given_name] }),
        None => json!({ "text": fields.name }),
    };
    let phone = fields.phone.as_ref().or_else(|| person?.phone.as_ref());
    let email = fields.email.as_ref().or_else(|| person?.email.as_ref());
    let point = |system: &str, value: Option<&String>| value.map(|value| json!({ "system": system, "value": value }));
    json!({
        "resourceType": "RelatedPerson",
        "extension": note,
        "identifier": number,
        "active": true,
        "patient": reference("Patient", patient.id),
        "relationship": relationship(member.seen_as, fields.guardian && said_here, fields.emergency && said_here),
        "name": [name],
        "telecom": [point("phone", phone), point("email", email)],
    })
}

/// What they are to the patient, and what they are there for (HL7 v3 RoleCode, v2 table 0131).
fn relationship(kind: Relationship, guardian: bool, emergency: bool) -> Value {
    let role = |code: &str| concept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", code);
    let known = match kind {
        Relationship::Mother => Some(role("MTH")),
        Relationship::Father => Some(role("FTH")),
        Relationship::Parent => Some(role("PRN")),
        Relationship::Spouse => Some(role("SPS")),
        Relationship::Child => Some(role("CHILD")),
        Relationship::Sibling => Some(role("SIB")),
        Relationship::Grandparent => Some(role("GRPRN")),
        Relationship::Grandchild => Some(role("GRNDCHILD")),
        Relationship::Guardian => Some(role("GUARD")),
        Relationship::Ward => Some(json!({ "text": "Ward" })),
        Relationship::Relative => Some(role("FAMMEMB")),
        Relationship::Friend => Some(role("FRND")),
        Relationship::Other => None,
    };
    let decides = (guardian && kind != Relationship::Guardian).then(|| role("GUARD"));
    let called = emergency.then(|| concept("http://terminology.hl7.org/CodeSystem/v2-0131", "C"));
    [known, decides, called].into_iter().flatten().collect()
}
