//! Patient (hl7.org/fhir/R4/patient.html). What is written here is what `clinic/patients/src/import/fhir.rs` reads.

use std::collections::HashMap;

use patients::lookup::{self, Criteria, IdentifierWanted, NamePart, NameWanted};
use patients::{ContactKind, ContactMethod, Patient, PatientFields, PatientStatus, Sex};
use platform::extract::Path;
use platform::guard::Can;
use platform::id::PatientId;
use platform::permission::patients as may;
use platform::record::Look;
use platform::routes::Routes;
use platform::shared::Address;
use platform::{Result, route};
use serde_json::{Value, json};
use uuid::Uuid;

use super::OWN;
use super::answer::{Because, Resource, base, concept, deleted, entry, meta, page, reference};
use super::asked::{self, ID, InJson, Known, LAST_UPDATED, Parameter, Search, alternatives};
use super::moments::{days, instants};

/// The routes of patients.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(search)).route(route!(search_by_form))
}

const fn personal(name: &'static str, kind: &'static str, about: &'static str) -> Parameter {
    Parameter { name, kind, about, personal: true, modifiers: &[] }
}

const fn of_name(name: &'static str, about: &'static str) -> Parameter {
    Parameter { name, kind: "string", about, personal: true, modifiers: &["exact"] }
}

/// What patients can be searched by.
pub const PARAMETERS: &[Parameter] = &[
    ID,
    LAST_UPDATED,
    of_name("name", "The beginnings of words of the name, in either script."),
    of_name("given", "The beginnings of words of the given names."),
    of_name("family", "The beginnings of words of the family name."),
    personal(
        "identifier",
        "token",
        "The practice's number, with its system or without; a national id, without a system.",
    ),
    personal("birthdate", "date", "The date of birth."),
    personal("phone", "token", "A whole telephone number."),
    personal("email", "token", "A whole e-mail address."),
];

/// A patient.
#[utoipa::path(get, path = "/fhir/R4/Patient/{id}", tag = "interchange",
    params(("id" = Uuid, Path, description = "The patient"),
           ("_format" = Option<String>, Query, description = "`json`")),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn read(who: Can<may::Read>, Path(id): Path<PatientId>, _: InJson) -> Result<Resource> {
    who.read_recorded(async move |tx| {
        let patient = find(tx, id).await?;
        let tags = patients::tag_names(tx).await?;
        tx.record_read(Look::at("patient", id.uuid()).of_patient(Some(id))).await?;
        let body = resource(tx.practice(), &tags, &patient);
        Ok(Resource::new(body, patient.version, patient.updated_at))
    })
    .await
}

/// Search for patients. Who is found is written to the ledger.
#[utoipa::path(get, path = "/fhir/R4/Patient", tag = "interchange",
    params(("_id" = Option<String>, Query), ("_lastUpdated" = Option<String>, Query), ("name" = Option<String>, Query),
           ("given" = Option<String>, Query), ("family" = Option<String>, Query), ("identifier" = Option<String>, Query),
           ("birthdate" = Option<String>, Query), ("phone" = Option<String>, Query), ("email" = Option<String>, Query),
           ("_count" = Option<u32>, Query, description = "At most 200"), ("_format" = Option<String>, Query)),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn search(who: Can<may::Read>, search: Search) -> Result<Resource> {
    found(who, search).await
}

/// Search for patients, with what is searched by in the body.
#[utoipa::path(post, path = "/fhir/R4/Patient/_search", tag = "interchange",
    params(("_format" = Option<String>, Query)),
    request_body(content_type = "application/x-www-form-urlencoded", content = Object),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn search_by_form(who: Can<may::Read>, search: Search) -> Result<Resource> {
    found(who, search).await
}

async fn found(who: Can<may::Read>, search: Search) -> Result<Resource> {
    let app = who.app().clone();
    who.read_recorded(async move |tx| {
        let known = search.clone().known(tx, PARAMETERS).await?;
        let wanted = criteria(&known, tx.practice())?;
        let page_of = lookup::patients(tx, &wanted, known.cursor.as_deref(), known.count).await;
        let (patients, next) = page_of.map_err(asked::at_cursor)?;
        let tags = patients::tag_names(tx).await?;
        let ids: Vec<PatientId> = patients.iter().map(|patient| patient.id).collect();
        tx.record_read(Look::list("patient", &[], &known.names()).of_patients(&ids)).await?;
        let (practice, base) = (tx.practice(), base(&app));
        let entries = patients.iter().map(|patient| entry(&base, resource(practice, &tags, patient), Because::Match));
        let links = known.links(tx, &app, "Patient", next).await?;
        Ok(page(tx.now(), &known, links, entries.collect()))
    })
    .await
}

/// A patient who is not deleted. One who was merged into another is told, and who that is.
///
/// # Errors
/// 404, and 410 for one who was deleted.
pub async fn find(tx: &mut platform::db::TenantTx, id: PatientId) -> Result<Patient> {
    let patient = lookup::patient(tx, id).await?;
    if patient.deleted_at.is_some() && patient.merged_into.is_none() {
        return Err(deleted());
    }
    Ok(patient)
}

fn criteria(known: &Known, practice: Uuid) -> Result<Criteria> {
    let mut wanted = Criteria::default();
    for (parameter, modifier, value) in &known.by {
        let name = parameter.name;
        let named = |part| {
            let texts = alternatives(name, value)?;
            let wanted = texts.into_iter().map(|text| NameWanted { part, text, exact: *modifier == Some("exact") });
            Ok::<_, platform::Error>(wanted.collect())
        };
        match name {
            "_id" => wanted.ids.push(asked::ids(name, value, "Patient")?),
            "_lastUpdated" => wanted.changed.push(instants(name, value)?),
            "birthdate" => wanted.born.push(days(name, value)?),
            "name" => wanted.names.push(named(NamePart::Any)?),
            "given" => wanted.names.push(named(NamePart::Given)?),
            "family" => wanted.names.push(named(NamePart::Family)?),
            "phone" => wanted.phones.push(alternatives(name, value)?.iter().map(|phone| dialled(phone)).collect()),
            "email" => wanted.emails.push(alternatives(name, value)?),
            _ => wanted.identifiers.push(identifiers(&alternatives(name, value)?, practice)),
        }
    }
    Ok(wanted)
}

/// A number as it was meant: in a query that is not escaped, `+` reads as a space.
fn dialled(phone: &str) -> String {
    phone.strip_prefix(' ').map_or_else(|| phone.to_owned(), |rest| format!("+{rest}"))
}

/// `system|value`, `|value` or `value`. National ids have no system here, as nobody says who gave them.
fn identifiers(tokens: &[String], practice: Uuid) -> Vec<IdentifierWanted> {
    let own = number_system(practice);
    let mut wanted = Vec::new();
    for token in tokens {
        let (system, value) = token.split_once('|').map_or((None, &**token), |(system, value)| (Some(system), value));
        if system.is_none_or(|system| system == own) {
            wanted.extend(value.parse().ok().map(IdentifierWanted::Number));
        }
        if system.is_none_or(str::is_empty) && !value.is_empty() {
            wanted.push(IdentifierWanted::NationalId(value.to_owned()));
        }
    }
    wanted
}

/// Within what the practice's numbers for patients are unique.
pub fn number_system(practice: Uuid) -> String {
    format!("urn:vantage:practice:{practice}:patient-number")
}

/// The resource. `tags` are the names of the practice's tags.
pub fn resource(practice: Uuid, tags: &HashMap<Uuid, String>, patient: &Patient) -> Value {
    let fields = &patient.fields;
    let tag = |id: &Uuid| json!({ "system": format!("urn:vantage:practice:{practice}:tag"), "code": id, "display": tags.get(id) });
    let mut meta = meta(patient.version, patient.updated_at);
    meta["tag"] = fields.tags.iter().map(tag).collect();
    json!({
        "resourceType": "Patient",
        "id": patient.id,
        "meta": meta,
        "extension": extensions(fields),
        "identifier": identifier(practice, patient),
        "active": patient.deleted_at.is_none() && matches!(fields.status, PatientStatus::Active | PatientStatus::Lead),
        "name": names(fields),
        "telecom": telecom(fields),
        "gender": gender(fields.sex),
        "birthDate": fields.birth_date,
        "deceasedBoolean": (fields.status == PatientStatus::Deceased).then_some(true),
        "address": fields.address.as_ref().map(|home| [address(home, "home")]),
        "communication": fields.language.as_ref().map(|code| json!([{ "language": concept("urn:ietf:bcp:47", code), "preferred": true }])),
        "managingOrganization": reference("Organization", practice),
        "link": patient.merged_into.map(|kept| json!([{ "other": reference("Patient", kept), "type": "replaced-by" }])),
    })
}

fn identifier(practice: Uuid, patient: &Patient) -> Value {
    let kind = |code: &str| concept("http://terminology.hl7.org/CodeSystem/v2-0203", code);
    let number = json!({ "use": "usual", "type": kind("MR"), "system": number_system(practice), "value": patient.number.to_string() });
    let national = patient.fields.national_id.as_ref();
    let national = national.map(|value| json!({ "use": "official", "type": kind("NI"), "value": value }));
    std::iter::once(number).chain(national).collect()
}

/// The name as the patient writes it is the official one, in whichever script; the other one stands beside it.
fn names(fields: &PatientFields) -> Value {
    let both = fields.given_name_other.is_some() || fields.family_name_other.is_some();
    let name = |usage: &str, given: Option<&String>, family: Option<&String>| {
        let whole: Vec<&str> = given.into_iter().chain(family).map(String::as_str).collect();
        let script = if whole.iter().any(|part| is_arabic(part)) { "und-Arab" } else { "und-Latn" };
        // which language it is nobody says, only the script can be seen (BCP 47)
        let language = json!([{ "url": "http://hl7.org/fhir/StructureDefinition/language", "valueCode": script }]);
        json!({ "extension": both.then_some(language), "use": usage, "text": whole.join(" "), "family": family,
                "given": given.map(|given| [given]) })
    };
    let main = name("official", Some(&fields.given_name), fields.family_name.as_ref());
    let other = name("usual", fields.given_name_other.as_ref(), fields.family_name_other.as_ref());
    if both { json!([main, other]) } else { json!([main]) }
}

fn is_arabic(text: &str) -> bool {
    text.chars().any(|letter| ('\u{600}'..='\u{6ff}').contains(&letter))
}

fn telecom(fields: &PatientFields) -> Value {
    let point = |system: &str, value: &str, kind: ContactKind, preferred: bool| {
        // an address that nobody said anything about is not one of a mobile
        let usage = match kind {
            ContactKind::Mobile => (system == "phone").then_some("mobile"),
            ContactKind::Home => Some("home"),
            ContactKind::Work => Some("work"),
            ContactKind::Other => None,
        };
        let other = json!([{ "url": format!("{OWN}:contact-kind"), "valueCode": "other" }]);
        json!({ "extension": (kind == ContactKind::Other).then_some(other), "system": system, "value": value, "use": usage,
                "rank": preferred.then_some(1) })
    };
    let phones = fields.phones.iter().map(|phone| point("phone", &phone.number, phone.kind, phone.preferred));
    let emails = fields.emails.iter().map(|email| point("email", &email.address, email.kind, email.preferred));
    phones.chain(emails).collect()
}

/// http://hl7.org/fhir/R4/valueset-administrative-gender.html
pub fn gender(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
        Sex::Other => "other",
        Sex::Unknown => "unknown",
    }
}

/// A postal address, whose country is a code of ISO 3166.
pub fn address(address: &Address, usage: &str) -> Value {
    json!({ "use": usage, "line": [Some(&address.line1), address.line2.as_ref()], "city": address.city, "state": address.region,
            "postalCode": address.postal_code, "country": address.country })
}

/// What the standard has no element for: of its own extensions the nationality, of ours the rest.
fn extensions(fields: &PatientFields) -> Value {
    let nationality = fields.nationality.as_ref().map(|code| {
        json!({ "url": "http://hl7.org/fhir/StructureDefinition/patient-nationality",
                "extension": [{ "url": "code", "valueCodeableConcept": concept("urn:iso:std:iso:3166", code) }] })
    });
    let own = |name: &str, code: &str| json!({ "url": format!("{OWN}:{name}"), "valueCode": code });
    let method = fields.contact_method.map(|method| {
        own(
            "contact-method",
            match method {
                ContactMethod::Call => "call",
                ContactMethod::Sms => "sms",
                ContactMethod::Whatsapp => "whatsapp",
                ContactMethod::Email => "email",
            },
        )
    });
    let lead = (fields.status == PatientStatus::Lead).then(|| own("status", "lead"));
    let source =
        fields.lead_source.as_ref().map(|text| json!({ "url": format!("{OWN}:lead-source"), "valueString": text }));
    let kept = fields.custom.iter().map(|(key, value)| own_field(key, value));
    [nationality, method, lead, source].into_iter().flatten().chain(kept).collect()
}

/// A value of a field of the practice's own, by the field's key.
fn own_field(key: &str, value: &Value) -> Value {
    let typed = |value: &Value| match value {
        Value::Bool(_) => json!({ "url": "value", "valueBoolean": value }),
        Value::Number(_) => json!({ "url": "value", "valueDecimal": value }),
        Value::String(_) => json!({ "url": "value", "valueString": value }),
        other => json!({ "url": "value", "valueString": other.to_string() }),
    };
    let values = value.as_array().map_or_else(|| vec![typed(value)], |all| all.iter().map(typed).collect());
    let key = json!({ "url": "key", "valueString": key });
    json!({ "url": format!("{OWN}:patient-field"), "extension": std::iter::once(key).chain(values).collect::<Vec<_>>() })
}
