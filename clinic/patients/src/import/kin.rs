//! People who belong to a patient of FHIR R4 (`Patient.contact`, `RelatedPerson`), as relatives.

use platform::{extract, validate};
use serde_json::Value;

use super::fhir::{list, main_name, parts, text};
use crate::family::{MOST, Relationship, RelativeFields};

/// The relatives that a row brings along. What cannot be a number or an address of theirs is in the note.
pub fn relatives(row: &Value, country: &str) -> Vec<RelativeFields> {
    contacts(row).filter_map(|person| relative(person, country)).take(MOST).collect()
}

/// Everybody who belongs to the patient, in one line each: what to each other, name, numbers.
pub fn lines(row: &Value) -> Vec<String> {
    let line = |person: &Value| {
        let words = [name(person).unwrap_or_default()].into_iter().chain(reach(person).map(|(_, value)| value));
        let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
        format!("{}: {}", called(person).unwrap_or_else(|| "Contact".to_owned()), words.join(", "))
    };
    contacts(row).map(line).collect()
}

fn contacts(row: &Value) -> impl Iterator<Item = &Value> {
    list(&row["patient"]["contact"]).iter().chain(list(&row["related"]))
}

fn relative(person: &Value, country: &str) -> Option<RelativeFields> {
    let codes = || list(&person["relationship"]).iter().flat_map(|relation| list(&relation["coding"])).map(code);
    let named = codes().find_map(of_code).or_else(|| called(person).as_deref().and_then(of_word));
    let mut relative = RelativeFields {
        name: name(person).or_else(|| called(person)),
        relationship: named.unwrap_or_default(),
        // HL7 v2 table 0131 has contacts by what they are there for
        emergency: codes().any(|code| code == "C"),
        guardian: codes().any(|code| code == "GUARD"),
        ..RelativeFields::default()
    };
    // what there is no element for, as we write it ourselves
    let mut left: Vec<String> = text(&person["extension"][0]["valueString"]).into_iter().collect();
    if relative.relationship == Relationship::Other {
        left.extend(called(person).filter(|word| Some(word) != relative.name.as_ref()));
    }
    for (system, value) in reach(person) {
        match system {
            "phone" | "sms" if relative.phone.is_none() && validate::phone(&value, country, "").is_ok() => {
                relative.phone = Some(value);
            }
            "email" if relative.email.is_none() && validate::email(&value, &()).is_ok() => relative.email = Some(value),
            _ => left.push(value),
        }
    }
    relative.note = Some(left.join(", ")).filter(|note| !note.is_empty());
    extract::check(&relative).is_ok().then_some(relative).filter(|relative| relative.name.is_some())
}

fn name(person: &Value) -> Option<String> {
    let name = if person["name"].is_array() { main_name(person)? } else { &person["name"] };
    let (given, family) = parts(name);
    let words = [Some(given), family].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some(words.trim().to_owned()).filter(|words| !words.is_empty())
}

/// Numbers and addresses, each with its system.
fn reach(person: &Value) -> impl Iterator<Item = (&str, String)> {
    let point = |point: &'_ Value| Some((text(&point["system"]), text(&point["value"])?));
    list(&person["telecom"]).iter().filter_map(point).map(|(system, value)| {
        let system = match system.as_deref() {
            Some("email") => "email",
            // without a system it is mostly a number
            None | Some("phone" | "sms") => "phone",
            Some(_) => "other",
        };
        (system, value)
    })
}

/// How the relation is called.
fn called(person: &Value) -> Option<String> {
    let word = |relation: &Value| text(&relation["text"]).or_else(|| text(&relation["coding"][0]["display"]));
    list(&person["relationship"]).iter().find_map(word)
}

fn code(coding: &Value) -> &str {
    coding["code"].as_str().unwrap_or_default()
}

/// HL7 v3 RoleCode, as `RelatedPerson.relationship` has it.
fn of_code(code: &str) -> Option<Relationship> {
    Some(match code {
        "MTH" | "NMTH" | "STPMTH" | "ADOPTM" => Relationship::Mother,
        "FTH" | "NFTH" | "STPFTH" | "ADOPTF" => Relationship::Father,
        "PRN" | "NPRN" | "STPPRN" | "ADOPTP" => Relationship::Parent,
        "SPS" | "HUSB" | "WIFE" | "DOMPART" => Relationship::Spouse,
        "CHILD" | "NCHILD" | "SON" | "DAU" | "SONC" | "DAUC" | "STPCHLD" => Relationship::Child,
        "SIB" | "NSIB" | "BRO" | "SIS" | "NBRO" | "NSIS" => Relationship::Sibling,
        "GRPRN" | "GRMTH" | "GRFTH" => Relationship::Grandparent,
        "GRNDCHILD" | "GRNDSON" | "GRNDDAU" => Relationship::Grandchild,
        "GUARD" => Relationship::Guardian,
        "FAMMEMB" | "EXT" | "COUSN" | "AUNT" | "UNCLE" => Relationship::Relative,
        "FRND" | "NBOR" | "ROOM" => Relationship::Friend,
        _ => return None,
    })
}

fn of_word(word: &str) -> Option<Relationship> {
    Some(match word.to_lowercase().as_str() {
        "mother" | "mom" | "mum" | "الأم" | "أم" | "والدة" => Relationship::Mother,
        "father" | "dad" | "الأب" | "أب" | "والد" => Relationship::Father,
        "parent" => Relationship::Parent,
        "spouse" | "husband" | "wife" | "زوج" | "زوجة" => Relationship::Spouse,
        "child" | "son" | "daughter" | "ابن" | "ابنة" => Relationship::Child,
        "sibling" | "brother" | "sister" | "أخ" | "أخت" => Relationship::Sibling,
        "guardian" | "legal guardian" | "ولي الأمر" => Relationship::Guardian,
        "friend" | "صديق" | "صديقة" => Relationship::Friend,
        _ => return None,
    })
}
