//! Practitioner (hl7.org/fhir/R4/practitioner.html): a member of the practice who has a professional profile.

use std::collections::HashMap;

use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Can;
use platform::id::UserId;
use platform::people;
use platform::permission::staff as may;
use platform::permission::{Permission as _, practice as practice_may};
use platform::phi::Phi;
use platform::routes::Routes;
use platform::{Result, route};
use practice::Provider;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{Because, Resource, base, concept, entry, meta, page};
use super::asked::{self, ID, InJson, Known, Parameter, Search, alternatives};

/// The routes of practitioners.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(search)).route(route!(search_by_form))
}

/// What practitioners can be searched by.
pub const PARAMETERS: &[Parameter] = &[
    ID,
    Parameter {
        name: "name",
        kind: "string",
        about: "The beginning of a word of the name.",
        personal: true,
        modifiers: &["exact"],
    },
];

/// A practitioner.
#[utoipa::path(get, path = "/fhir/R4/Practitioner/{id}", tag = "interchange",
    params(("id" = Uuid, Path, description = "The member"),
           ("_format" = Option<String>, Query, description = "`json`")),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn read(who: Can<may::Read>, Path(id): Path<UserId>, _: InJson) -> Result<Resource> {
    let full = who.may(practice_may::Read::NAME);
    who.read(async move |tx| {
        let (all, names) = everybody(tx).await?;
        let one = all.iter().find(|one| one.id == id).ok_or_else(Error::not_found)?;
        Ok(Resource::new(resource(one, &names, full), one.version, one.updated_at))
    })
    .await
}

/// Search for practitioners.
#[utoipa::path(get, path = "/fhir/R4/Practitioner", tag = "interchange",
    params(("_id" = Option<String>, Query), ("name" = Option<String>, Query),
           ("_count" = Option<u32>, Query, description = "At most 200"), ("_format" = Option<String>, Query)),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn search(who: Can<may::Read>, search: Search) -> Result<Resource> {
    found(who, search).await
}

/// Search for practitioners, with what is searched by in the body.
#[utoipa::path(post, path = "/fhir/R4/Practitioner/_search", tag = "interchange",
    params(("_format" = Option<String>, Query)),
    request_body(content_type = "application/x-www-form-urlencoded", content = Object),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn search_by_form(who: Can<may::Read>, search: Search) -> Result<Resource> {
    found(who, search).await
}

async fn found(who: Can<may::Read>, search: Search) -> Result<Resource> {
    let (app, full) = (who.app().clone(), who.may(practice_may::Read::NAME));
    who.read(async move |tx| {
        let known = search.clone().known(tx, PARAMETERS).await?;
        let (all, names) = everybody(tx).await?;
        let mut wanted = Vec::new();
        for one in &all {
            if fits(&known, one, &names)? {
                wanted.push(one);
            }
        }
        let (shown, next) = asked::cut(&known, wanted, |one| one.id.uuid())?;
        let base = base(&app);
        let entries = shown.iter().map(|one| entry(&base, resource(one, &names, full), Because::Match)).collect();
        let links = known.links(tx, &app, "Practitioner", next).await?;
        Ok(page(tx.now(), &known, links, entries))
    })
    .await
}

type Names = HashMap<Uuid, Phi<String>>;

/// All who have a profile, and what they are called.
async fn everybody(tx: &mut TenantTx) -> Result<(Vec<Provider>, Names)> {
    let all = practice::providers(tx).await?;
    let names = people::names(tx, all.iter().map(|one| one.id.uuid())).await?;
    Ok((all, names))
}

fn fits(known: &Known, one: &Provider, names: &Names) -> Result<bool> {
    let name = names.get(&one.id.uuid()).map(|name| name.expose().as_str()).unwrap_or_default();
    for (parameter, modifier, value) in &known.by {
        let begins = |text: &String| {
            let (text, name) = (text.to_lowercase(), name.to_lowercase());
            name.starts_with(&text) || name.split_whitespace().any(|word| word.starts_with(&text))
        };
        let fits = match (parameter.name, modifier) {
            ("_id", _) => asked::ids("_id", value, "Practitioner")?.contains(&one.id.uuid()),
            (_, Some(_)) => alternatives("name", value)?.iter().any(|text| text == name),
            (_, None) => alternatives("name", value)?.iter().any(begins),
        };
        if !fits {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The resource. What they are qualified for is of the practice's profile, which not everybody may see.
fn resource(one: &Provider, names: &Names, full: bool) -> Value {
    let licence = one.licence_number.as_ref().filter(|_| full);
    let kind = concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MD");
    let licence = licence.map(|number| json!([{ "type": kind, "value": number }]));
    let specialty = one.specialty.as_ref().filter(|_| full);
    json!({
        "resourceType": "Practitioner",
        "id": one.id,
        "meta": meta(one.version, one.updated_at),
        "identifier": licence,
        "name": [{ "text": names.get(&one.id.uuid()), "prefix": [one.title.as_ref().filter(|_| full)] }],
        "qualification": specialty.map(|text| json!([{ "code": { "text": text } }])),
    })
}
