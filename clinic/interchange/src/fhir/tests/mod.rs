//! The API as another system uses it.

mod made_up;
mod reading;
mod searching;
mod validated;
mod whole;

use platform::testing::{Answer, Person};
use serde_json::{Value, json};

/// A resource of a patient, or a search.
async fn get(person: &Person, path: &str) -> Answer {
    person.get(&format!("/fhir/R4/{path}")).await
}

/// The resources of a bundle that were looked for.
fn found(bundle: &Value) -> Vec<&Value> {
    let entries = bundle["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
    entries.iter().filter(|entry| entry["search"]["mode"] == "match").map(|entry| &entry["resource"]).collect()
}

/// Their given names.
fn names(bundle: &Value) -> Vec<&str> {
    found(bundle).iter().map(|patient| patient["name"][0]["given"][0].as_str().expect("a name")).collect()
}

/// The address of the page that a bundle names so.
fn link<'a>(bundle: &'a Value, relation: &str) -> Option<&'a str> {
    let links = bundle["link"].as_array().expect("links");
    links.iter().find(|link| link["relation"] == relation)?["url"].as_str()
}

/// The part of an address of ours behind the base.
fn path(url: &str) -> &str {
    url.split_once("/fhir/R4/").expect("an address of ours").1
}

/// Follows a search to its end: what is found, page by page.
async fn pages(person: &Person, search: &str) -> Vec<Value> {
    let mut pages = vec![get(person, search).await.expect(200)];
    while let Some(next) = pages.last().and_then(|page| link(page, "next")).map(|url| path(url).to_owned()) {
        pages.push(get(person, &next).await.expect(200));
    }
    pages
}

/// A few patients to look for.
async fn clinic(owner: &Person) {
    for patient in [
        json!({ "givenName": "Mohammed", "familyName": "Al-Qahtani", "phones": [{ "number": "0501234567" }], "nationalId": "1098765432", "birthDate": "1980-05-17" }),
        json!({ "givenName": "محمد", "familyName": "العتيبي", "givenNameOther": "Mohamad", "familyNameOther": "Al-Otaibi", "emails": [{ "address": "M.Otaibi@example.com" }], "birthDate": "1990-02-28" }),
        json!({ "givenName": "Sara", "familyName": "Ali", "birthDate": "1990-03-01" }),
        json!({ "givenName": "Ali", "familyName": "Hassan, the elder" }),
    ] {
        crate::testing::enter(owner, &patient).await;
    }
}
