//! Coverage (hl7.org/fhir/R4/coverage.html): a policy of a patient.

use patients::lookup::{self, PolicyCriteria};
use patients::{Eligibility, Policy, PolicyId};
use platform::extract::Path;
use platform::guard::Can;
use platform::id::PatientId;
use platform::permission::patients as may;
use platform::record::Look;
use platform::routes::Routes;
use platform::{Result, route};
use serde_json::{Value, json};

use super::OWN;
use super::answer::{Because, Resource, base, concept, deleted, entry, meta, page, reference};
use super::asked::{self, ID, InJson, LAST_UPDATED, Parameter, Search};
use super::moments::instants;
use super::patient;

/// The routes of coverage.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(search)).route(route!(search_by_form))
}

const fn of_patient(name: &'static str) -> Parameter {
    Parameter { name, kind: "reference", about: "Whose policy it is.", personal: false, modifiers: &[] }
}

/// What coverage can be searched by.
pub const PARAMETERS: &[Parameter] = &[ID, LAST_UPDATED, of_patient("patient"), of_patient("beneficiary")];

/// A policy.
#[utoipa::path(get, path = "/fhir/R4/Coverage/{id}", tag = "interchange",
    params(("id" = Uuid, Path, description = "The policy"),
           ("_format" = Option<String>, Query, description = "`json`")),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn read(who: Can<may::Read>, Path(id): Path<PolicyId>, _: InJson) -> Result<Resource> {
    who.read_recorded(async move |tx| {
        let policy = lookup::policy(tx, id).await?;
        if policy.deleted_at.is_some() {
            return Err(deleted());
        }
        patient::find(tx, policy.patient_id).await?;
        tx.record_read(Look::at("policy", id.uuid()).of_patient(Some(policy.patient_id))).await?;
        Ok(Resource::new(resource(&policy), policy.version, policy.updated_at))
    })
    .await
}

/// Search for policies. Whose are found is written to the ledger.
#[utoipa::path(get, path = "/fhir/R4/Coverage", tag = "interchange",
    params(("_id" = Option<String>, Query), ("_lastUpdated" = Option<String>, Query),
           ("patient" = Option<String>, Query), ("beneficiary" = Option<String>, Query),
           ("_count" = Option<u32>, Query, description = "At most 200"), ("_format" = Option<String>, Query)),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn search(who: Can<may::Read>, search: Search) -> Result<Resource> {
    found(who, search).await
}

/// Search for policies, with what is searched by in the body.
#[utoipa::path(post, path = "/fhir/R4/Coverage/_search", tag = "interchange",
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
        let mut wanted = PolicyCriteria::default();
        for (parameter, _, value) in &known.by {
            match parameter.name {
                "_id" => wanted.ids.push(asked::ids(parameter.name, value, "Coverage")?),
                "_lastUpdated" => wanted.changed.push(instants(parameter.name, value)?),
                name => wanted.patients.push(asked::ids(name, value, "Patient")?),
            }
        }
        let page_of = lookup::policies(tx, &wanted, known.cursor.as_deref(), known.count).await;
        let (policies, next) = page_of.map_err(asked::at_cursor)?;
        let whose: Vec<PatientId> = policies.iter().map(|policy| policy.patient_id).collect();
        let ids: Vec<_> = policies.iter().map(|policy| policy.id.uuid()).collect();
        tx.record_read(Look::list("policy", &ids, &known.names()).of_patients(&whose)).await?;
        let base = base(&app);
        let entries = policies.iter().map(|policy| entry(&base, resource(policy), Because::Match)).collect();
        let links = known.links(tx, &app, "Coverage", next).await?;
        Ok(page(tx.now(), &known, links, entries))
    })
    .await
}

/// The resource. Payer and holder are contained: of neither more is known than what the policy says.
pub fn resource(policy: &Policy) -> Value {
    let fields = &policy.fields;
    let holder = fields.holder_name.as_ref().map(|name| {
        let phone = fields.holder_phone.as_ref().map(|number| json!([{ "system": "phone", "value": number }]));
        json!({ "resourceType": "RelatedPerson", "id": "holder", "patient": reference("Patient", policy.patient_id),
                "name": [{ "text": name }], "telecom": phone })
    });
    let subscriber = match &fields.holder_name {
        Some(name) => json!({ "reference": "#holder", "display": name }),
        None => reference("Patient", policy.patient_id),
    };
    let relationship = concept("http://terminology.hl7.org/CodeSystem/subscriber-relationship", "self");
    let class = |code: &str, value: &String, name: Option<&String>| {
        let kind = concept("http://terminology.hl7.org/CodeSystem/coverage-class", code);
        json!({ "type": kind, "value": value, "name": name })
    };
    let plan = fields.plan.as_ref().map(|plan| class("plan", plan, Some(plan)));
    let group = fields.group_id.as_ref().map(|group| class("group", group, None));
    let payer = json!({ "resourceType": "Organization", "id": "payer", "name": fields.payer });
    json!({
        "resourceType": "Coverage",
        "id": policy.id,
        "meta": meta(policy.version, policy.updated_at),
        "contained": [Some(payer), holder],
        "extension": eligibility(policy),
        // that the policy was not entered by mistake; what the company says of it is the eligibility
        "status": "active",
        "subscriber": subscriber,
        "subscriberId": fields.member_id,
        "beneficiary": reference("Patient", policy.patient_id),
        "relationship": fields.holder_name.is_none().then_some(relationship),
        "period": { "start": fields.valid_from, "end": fields.valid_to },
        "payor": [{ "reference": "#payer", "display": fields.payer }],
        "class": [plan, group],
        "order": fields.rank,
    })
}

/// What the company said, and when.
fn eligibility(policy: &Policy) -> Value {
    let code = match policy.eligibility {
        Eligibility::Active => "active",
        Eligibility::Inactive => "inactive",
        Eligibility::Pending => "pending",
        Eligibility::Unknown => return Value::Null,
    };
    let at = policy.verified_at.map(|at| json!({ "url": "verified", "valueInstant": at }));
    json!([{ "url": format!("{OWN}:eligibility"), "extension": [Some(json!({ "url": "code", "valueCode": code })), at] }])
}
