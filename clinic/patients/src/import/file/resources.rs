//! Resources of FHIR R4: a bundle, or one in each line; files may follow one another. What belongs to a patient is put
//! beside it, so that a row is whole.

use std::collections::{BTreeMap, HashMap};

use platform::Result;
use serde_json::{Value, json};

use super::{About, Body, File, ImportFormat, MOST_ROWS, empty, too_many_rows, unknown};

/// Reads resources.
///
/// # Errors
/// 422 with a code.
pub fn read(bytes: &[u8]) -> Result<File> {
    let mut found = Found::default();
    for value in values(bytes) {
        found.add(value, None);
    }
    if found.patients.is_empty() && found.others.is_empty() {
        return Err(if found.ignored.is_empty() { unknown() } else { empty() });
    }
    let about = About { ignored: found.ignored.clone(), ..About::default() };
    let source = source(&found.patients);
    let rows: Vec<(i32, Body)> = (1..).zip(found.rows()).map(|(number, row)| (number, Body::Resource(row))).collect();
    if rows.len() > MOST_ROWS {
        return Err(too_many_rows());
    }
    Ok(File { format: ImportFormat::Fhir, about, source, rows })
}

/// All values, one behind the other; a line that is none stands as null.
fn values(bytes: &[u8]) -> Vec<Value> {
    let stream = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    if let Ok(all) = stream.collect::<serde_json::Result<Vec<Value>>>() {
        return all;
    }
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.iter().all(u8::is_ascii_whitespace));
    lines.map(|line| serde_json::from_slice(line).unwrap_or(Value::Null)).collect()
}

/// What was found.
#[derive(Default)]
struct Found {
    /// With the address that a bundle gives each.
    patients: Vec<(Option<String>, Value)>,
    /// Coverages and related persons.
    others: Vec<Value>,
    /// Names of organisations, by reference.
    payers: HashMap<String, String>,
    ignored: BTreeMap<String, u32>,
    wrong: usize,
}

impl Found {
    fn add(&mut self, mut value: Value, url: Option<String>) {
        let kind = value["resourceType"].as_str().unwrap_or_default().to_owned();
        match kind.as_str() {
            "Bundle" => {
                for entry in value["entry"].as_array_mut().map(std::mem::take).unwrap_or_default() {
                    let url = entry["fullUrl"].as_str().map(str::to_owned);
                    self.add(entry["resource"].clone(), url);
                }
            }
            "Patient" => {
                if let Some(fields) = value.as_object_mut() {
                    // pictures, and the same again as text
                    fields.retain(|field, _| {
                        !["text", "photo", "meta", "contained", "extension"].contains(&field.as_str())
                    });
                }
                self.patients.push((url, value));
            }
            "Coverage" | "RelatedPerson" => self.others.push(value),
            "Organization" => {
                let id = value["id"].as_str().map(|id| format!("Organization/{id}"));
                let name = value["name"].as_str().unwrap_or_default().to_owned();
                self.payers.extend(id.into_iter().chain(url).map(|reference| (reference, name.clone())));
                *self.ignored.entry(kind).or_default() += 1;
            }
            "" => self.wrong += 1,
            _ => *self.ignored.entry(kind).or_default() += 1,
        }
    }

    /// A row for each patient with what belongs to it; what belongs to nobody here, and what is no resource, stands alone.
    fn rows(self) -> Vec<Value> {
        let mut places = HashMap::new();
        let mut rows = Vec::with_capacity(self.patients.len());
        for (url, patient) in self.patients {
            let id = patient["id"].as_str().map(|id| format!("Patient/{id}"));
            places.extend(id.into_iter().chain(url).map(|reference| (reference, rows.len())));
            rows.push(json!({ "patient": patient, "coverage": [], "related": [] }));
        }
        for mut other in self.others {
            let (list, whose) = match other["resourceType"].as_str() {
                Some("Coverage") => ("coverage", other["beneficiary"]["reference"].as_str()),
                _ => ("related", other["patient"]["reference"].as_str()),
            };
            let place = whose
                .and_then(|reference| places.get(last_parts(reference)).or_else(|| places.get(reference)))
                .copied();
            let payer = other["payor"][0]["reference"].as_str().and_then(|payer| self.payers.get(last_parts(payer)));
            if let Some(name) = payer.cloned() {
                other["payor"][0]["display"] = json!(name);
            }
            match place.and_then(|place| rows[place][list].as_array_mut()) {
                Some(list) => list.push(other),
                None => rows.push(json!({ "alone": other })),
            }
        }
        rows.extend(std::iter::repeat_n(json!({}), self.wrong));
        rows
    }
}

/// `Patient/1` of `https://server.example/fhir/Patient/1`.
fn last_parts(reference: &str) -> &str {
    if reference.starts_with("urn:") {
        return reference;
    }
    reference.rmatch_indices('/').nth(1).map_or(reference, |(at, _)| &reference[at + 1..])
}

/// The system that numbers the patients tells one server from another.
fn source(patients: &[(Option<String>, Value)]) -> String {
    let identifiers = patients.iter().flat_map(|(_, patient)| patient["identifier"].as_array()).flatten();
    let record = |identifier: &&Value| identifier["type"]["coding"][0]["code"] == "MR";
    let system = identifiers.clone().find(record).or(identifiers.clone().next()).and_then(|one| one["system"].as_str());
    format!("fhir:{}", system.unwrap_or_default()).chars().take(120).collect()
}
