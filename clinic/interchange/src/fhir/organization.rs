//! Organization (hl7.org/fhir/R4/organization.html): the practice.

use platform::error::Error;
use platform::extract::Path;
use platform::guard::Can;
use platform::id::PracticeId;
use platform::permission::practice as may;
use platform::phi::Phi;
use platform::routes::Routes;
use platform::{Result, route};
use practice::Practice;
use serde_json::{Value, json};

use super::answer::{Because, Resource, base, concept, entry, meta, page};
use super::asked::{self, ID, InJson, Parameter, Search, alternatives};
use super::patient::address;

/// The routes of organisations.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(search)).route(route!(search_by_form))
}

/// What organisations can be searched by.
pub const PARAMETERS: &[Parameter] = &[
    ID,
    Parameter {
        name: "name",
        kind: "string",
        about: "The beginning of the practice's name.",
        personal: false,
        modifiers: &["exact"],
    },
];

/// The practice.
#[utoipa::path(get, path = "/fhir/R4/Organization/{id}", tag = "interchange",
    params(("id" = Uuid, Path, description = "The practice"),
           ("_format" = Option<String>, Query, description = "`json`")),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn read(who: Can<may::Read>, Path(id): Path<PracticeId>, _: InJson) -> Result<Resource> {
    let practice = who.read(async |tx| practice::practice(tx).await).await?;
    if practice.id != id {
        return Err(Error::not_found());
    }
    Ok(Resource::new(resource(&practice), practice.version, practice.updated_at))
}

/// Search for the practice.
#[utoipa::path(get, path = "/fhir/R4/Organization", tag = "interchange",
    params(("_id" = Option<String>, Query), ("name" = Option<String>, Query), ("_format" = Option<String>, Query)),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn search(who: Can<may::Read>, search: Search) -> Result<Resource> {
    found(who, search).await
}

/// Search for the practice, with what is searched by in the body.
#[utoipa::path(post, path = "/fhir/R4/Organization/_search", tag = "interchange",
    params(("_format" = Option<String>, Query)),
    request_body(content_type = "application/x-www-form-urlencoded", content = Object),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn search_by_form(who: Can<may::Read>, search: Search) -> Result<Resource> {
    found(who, search).await
}

async fn found(who: Can<may::Read>, search: Search) -> Result<Resource> {
    let app = who.app().clone();
    who.read(async move |tx| {
        let known = search.clone().known(tx, PARAMETERS).await?;
        let practice = practice::practice(tx).await?;
        let mut fits = true;
        for (parameter, modifier, value) in &known.by {
            let begins = |text: &String| match modifier {
                Some(_) => practice.name == *text,
                None => practice.name.to_lowercase().starts_with(&text.to_lowercase()),
            };
            fits &= match parameter.name {
                "_id" => asked::ids("_id", value, "Organization")?.contains(&practice.id.uuid()),
                name => alternatives(name, value)?.iter().any(begins),
            };
        }
        let entries = fits.then(|| entry(&base(&app), resource(&practice), Because::Match)).into_iter().collect();
        let links = known.links(tx, &app, "Organization", None).await?;
        Ok(page(tx.now(), &known, links, entries))
    })
    .await
}

/// The resource.
pub fn resource(practice: &Practice) -> Value {
    let tax = concept("http://terminology.hl7.org/CodeSystem/v2-0203", "TAX");
    let point = |system: &str, value: Option<&Phi<String>>| {
        value.map(|value| json!({ "system": system, "value": value, "use": "work" }))
    };
    json!({
        "resourceType": "Organization",
        "id": practice.id,
        "meta": meta(practice.version, practice.updated_at),
        "identifier": practice.vat_number.as_ref().map(|number| json!([{ "type": tax, "value": number }])),
        "active": true,
        "type": [concept("http://terminology.hl7.org/CodeSystem/organization-type", "prov")],
        "name": practice.name,
        "alias": [practice.legal_name],
        "telecom": [point("phone", practice.phone.as_ref()), point("email", practice.email.as_ref())],
        "address": practice.address.as_ref().map(|place| [address(place, "work")]),
    })
}
