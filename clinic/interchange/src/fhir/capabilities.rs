//! What is here, for programs that ask before they search (hl7.org/fhir/R4/capabilitystatement.html). The parameters
//! come from the tables by which the searches go.

use platform::guard::Anybody;
use platform::routes::Routes;
use platform::{Result, route};
use serde_json::{Value, json};

use super::answer::{Resource, base};
use super::asked::{InJson, Parameter};
use super::{appointment, coverage, organization, patient, practitioner, schedule, slot};

/// The route of the statement.
pub fn routes() -> Routes {
    Routes::new().route(route!(capabilities))
}

/// When what is said here last changed.
const DATE: &str = "2026-11-30";

/// What of FHIR is here.
#[utoipa::path(get, path = "/fhir/R4/metadata", tag = "interchange",
    params(("_format" = Option<String>, Query, description = "`json`")),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn capabilities(from: Anybody, _: InJson) -> Result<Resource> {
    let everything = json!([{ "name": "everything",
                              "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything" }]);
    let mut resources = vec![
        resource("Patient", patient::PARAMETERS),
        resource("Coverage", coverage::PARAMETERS),
        resource("Appointment", appointment::PARAMETERS),
        resource("Schedule", schedule::PARAMETERS),
        resource("Slot", slot::PARAMETERS),
        resource("Practitioner", practitioner::PARAMETERS),
        resource("Organization", organization::PARAMETERS),
    ];
    resources[0]["operation"] = everything;
    // worked out when they are asked for
    resources[4]["versioning"] = json!("no-version");
    Ok(Resource::plain(json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "software": { "name": "Vantage", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "The practices of this installation", "url": base(&from.app) },
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{
            "mode": "server",
            "documentation": "A search may be sent as a form to _search, which keeps names out of addresses. A search answers at most \
                              200 resources at a time, those that change in the order of their latest changes; follow the link to the next page. \
                              Who was deleted is not found.",
            "security": { "cors": false, "description": "A bearer: a session's access token, or a key of the practice." },
            "resource": resources,
        }],
    })))
}

fn resource(kind: &str, parameters: &[Parameter]) -> Value {
    let parameter = |one: &Parameter| {
        let modifiers =
            if one.modifiers.is_empty() { String::new() } else { format!(" Modifiers: {}.", one.modifiers.join(", ")) };
        json!({ "name": one.name, "type": one.kind, "documentation": format!("{}{modifiers}", one.about) })
    };
    json!({
        "type": kind,
        "interaction": [{ "code": "read" }, { "code": "search-type" }],
        "versioning": "versioned",
        "readHistory": false,
        "searchParam": parameters.iter().map(parameter).collect::<Vec<_>>(),
    })
}
