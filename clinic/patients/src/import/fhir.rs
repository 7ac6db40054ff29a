//! A patient of FHIR R4 in the words of a record.

use platform::{extract, validate};
use serde_json::Value;

use super::kin;
use crate::columns::{Draft, Fault, cells, words};
use crate::insurance::PolicyFields;
use crate::names;
use crate::record::fields::{ContactKind, Email, PatientStatus, Phone};

/// Reads a row into a draft.
pub fn fill(row: &Value, draft: &mut Draft) -> Vec<Fault> {
    let patient = &row["patient"];
    if !patient.is_object() {
        let code = if row["alone"].is_object() { "no_patient" } else { "not_a_resource" };
        return vec![Fault::new("", code)];
    }
    fill_names(patient, draft);
    fill_telecom(patient, draft);
    fill_address(patient, draft);
    let mut faults = fill_person(patient, draft);
    // relatives come along with new patients; where there is one already, people look at them first
    if draft.changes_somebody() {
        kin::lines(row).iter().for_each(|line| draft.add_note(line));
    }
    if list(&row["coverage"]).iter().any(|coverage| policy(coverage).is_none()) {
        draft.leave("coverage", "");
    }
    faults.retain(|fault| !fault.code.is_empty());
    faults
}

/// The policies that a row brings along.
pub fn policies(row: &Value) -> Vec<PolicyFields> {
    list(&row["coverage"]).iter().filter_map(policy).collect()
}

/// Id and name, to know a row by.
pub fn label(row: &Value) -> Vec<String> {
    let resource = if row["patient"].is_object() { &row["patient"] } else { &row["alone"] };
    let (given, family) = main_name(resource).map(parts).unwrap_or_default();
    vec![text(&resource["id"]).unwrap_or_default(), format!("{given} {}", family.unwrap_or_default()).trim().to_owned()]
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The official name, else the usual one, else any that is not of the past.
pub(super) fn main_name(patient: &Value) -> Option<&Value> {
    let names = list(&patient["name"]);
    let of = |wanted: &str| names.iter().find(|name| name["use"] == wanted);
    let present = || names.iter().find(|name| name["use"] != "old" && name["use"] != "maiden");
    of("official").or_else(|| of("usual")).or_else(present).or(names.first())
}

/// Given and family name.
pub(super) fn parts(name: &Value) -> (String, Option<String>) {
    let given: Vec<String> = list(&name["given"]).iter().filter_map(text).collect();
    match (given.join(" "), text(&name["family"]), text(&name["text"])) {
        (given, family, _) if !given.is_empty() => (given, family),
        (_, None, Some(whole)) => words::parts_of_name(&whole),
        (_, Some(family), _) => (family, None),
        _ => (String::new(), None),
    }
}

fn fill_names(patient: &Value, draft: &mut Draft) {
    let Some(main) = main_name(patient) else { return };
    let (given, family) = parts(main);
    let other_script = |name: &&Value| {
        let (other, _) = parts(name);
        !other.is_empty()
            && name["use"] != "maiden"
            && name["use"] != "old"
            && names::is_arabic(&other) != names::is_arabic(&given)
    };
    if let Some(other) = list(&patient["name"]).iter().find(other_script) {
        let alone = text(&other["family"]).filter(|_| list(&other["given"]).is_empty());
        let (given, family) = parts(other);
        draft.fields.given_name_other = alone.is_none().then_some(given);
        draft.fields.family_name_other = alone.or(family);
    }
    draft.fields.given_name = given;
    draft.fields.family_name = family;
}

fn fill_telecom(patient: &Value, draft: &mut Draft) {
    for point in list(&patient["telecom"]) {
        let (Some(value), preferred) = (text(&point["value"]), point["rank"] == 1) else { continue };
        if point["use"] == "old" {
            continue;
        }
        let kind = match point["use"].as_str() {
            Some("home") => ContactKind::Home,
            Some("work") => ContactKind::Work,
            // the standard has no word for it: one of ours
            None if point["extension"][0]["valueCode"] == "other" => ContactKind::Other,
            _ => ContactKind::Mobile,
        };
        match point["system"].as_str() {
            Some("phone" | "sms") => draft.add_phone(Phone { number: value, kind, preferred }),
            Some("email") => draft.fields.emails.push(Email { address: value, kind, preferred }),
            _ => {}
        }
    }
}

fn fill_address(patient: &Value, draft: &mut Draft) {
    let all = list(&patient["address"]);
    let Some(address) = all.iter().find(|address| address["use"] == "home").or(all.first()) else { return };
    let lines: Vec<String> = list(&address["line"]).iter().filter_map(text).collect();
    let further = lines.get(1..).unwrap_or_default().join(", ");
    let country = text(&address["country"]);
    let code = country.as_deref().and_then(words::country);
    if let (Some(country), None) = (&country, &code) {
        draft.leave("addressCountry", country);
    }
    let parts = [
        lines.first().cloned(),
        Some(further).filter(|text| !text.is_empty()),
        text(&address["city"]),
        text(&address["state"]),
        text(&address["postalCode"]),
        code,
    ];
    for (place, part) in draft.address.iter_mut().zip(parts) {
        *place = part.or_else(|| place.take());
    }
}

fn fill_person(patient: &Value, draft: &mut Draft) -> Vec<Fault> {
    let mut faults = Vec::new();
    draft.external_id = text(&patient["id"]);
    if let Some(gender) = text(&patient["gender"]) {
        match cells::sex(&gender) {
            Ok(sex) => draft.fields.sex = sex,
            Err(code) => faults.push(Fault::new("sex", code)),
        }
    }
    if let Some(born) = text(&patient["birthDate"]) {
        match born.parse() {
            Ok(date) => draft.fields.birth_date = Some(date),
            // a year, or a year and a month (FHIR R4, datatype `date`)
            Err(_) if born.len() < 10 => draft.leave("birthDate", &born),
            Err(_) => faults.push(Fault::new("birthDate", "invalid_date")),
        }
    }
    if patient["deceasedBoolean"] == true || patient["deceasedDateTime"].is_string() {
        draft.fields.status = PatientStatus::Deceased;
    } else if patient["active"] == false {
        draft.fields.status = PatientStatus::Inactive;
    }
    // HL7 v2 table 0203: national id, social security, passport
    let identifier = |code: &str| {
        let is = |identifier: &&Value| list(&identifier["type"]["coding"]).iter().any(|coding| coding["code"] == code);
        list(&patient["identifier"]).iter().find(is).and_then(|identifier| text(&identifier["value"]))
    };
    if let Some(id) = ["NI", "NNSAU", "SS", "PRC", "PPN"].into_iter().find_map(identifier) {
        draft.fields.national_id = Some(id);
    }
    let spoken = list(&patient["communication"]);
    let preferred = spoken.iter().find(|spoken| spoken["preferred"] == true).or(spoken.first());
    let language = preferred
        .and_then(|spoken| text(&spoken["language"]["coding"][0]["code"]).or(text(&spoken["language"]["text"])));
    if let Some(language) = language {
        match words::language(&language) {
            Some(code) => draft.fields.language = Some(code),
            None => draft.leave("language", &language),
        }
    }
    faults
}

/// A policy, where there is a payer and a member's number.
fn policy(coverage: &Value) -> Option<PolicyFields> {
    let class = |wanted: &str| {
        let is = |class: &&Value| class["type"]["coding"][0]["code"] == wanted;
        list(&coverage["class"]).iter().find(is)
    };
    let holder = list(&coverage["contained"]).iter().find(|one| one["resourceType"] == "RelatedPerson");
    let holder_phone = holder.and_then(|holder| text(&holder["telecom"][0]["value"]));
    let day = |side: &str| text(&coverage["period"][side]).and_then(|day| day.get(..10)?.parse().ok());
    let policy = PolicyFields {
        payer: text(&coverage["payor"][0]["display"])?,
        plan: class("plan").and_then(|plan| text(&plan["name"]).or_else(|| text(&plan["value"]))),
        member_id: text(&coverage["subscriberId"]).or_else(|| text(&coverage["identifier"][0]["value"]))?,
        group_id: class("group").and_then(|group| text(&group["value"])),
        holder_name: text(&coverage["subscriber"]["display"]),
        // an international number is one whichever country it is read with
        holder_phone: holder_phone.filter(|phone| phone.starts_with('+') && validate::phone(phone, "SA", "").is_ok()),
        valid_from: day("start"),
        valid_to: day("end"),
        ..PolicyFields::default()
    };
    let ends = policy.valid_from.zip(policy.valid_to).is_none_or(|(from, to)| from <= to);
    (ends && extract::check(&policy).is_ok()).then_some(policy)
}
