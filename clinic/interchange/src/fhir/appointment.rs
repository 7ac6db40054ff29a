//! Appointment (hl7.org/fhir/R4/appointment.html): a booked visit.

use platform::extract::Path;
use platform::guard::Can;
use platform::id::PatientId;
use platform::permission::appointments as may;
use platform::record::Look;
use platform::routes::Routes;
use platform::{Result, route};
use practice::ServiceNames;
use scheduling::lookup::{self, AppointmentCriteria};
use scheduling::{Appointment, AppointmentId, CancelledBy, Status};
use serde_json::{Value, json};

use super::answer::{Because, Resource, base, concept, entry, meta, page, reference};
use super::asked::{self, ID, InJson, LAST_UPDATED, Parameter, Search, alternatives};
use super::moments::instants;

/// The routes of appointments.
pub fn routes() -> Routes {
    Routes::new().route(route!(read)).route(route!(search)).route(route!(search_by_form))
}

const fn parameter(name: &'static str, kind: &'static str, about: &'static str) -> Parameter {
    Parameter { name, kind, about, personal: false, modifiers: &[] }
}

/// What appointments can be searched by.
pub const PARAMETERS: &[Parameter] = &[
    ID,
    LAST_UPDATED,
    parameter("date", "date", "When it begins. Without a time zone, UTC is meant."),
    parameter("patient", "reference", "Who comes."),
    parameter("practitioner", "reference", "With whom."),
    parameter("actor", "reference", "Who comes, or with whom."),
    parameter("status", "token", "booked, arrived, checked-in, fulfilled, cancelled or noshow."),
];

/// An appointment.
#[utoipa::path(get, path = "/fhir/R4/Appointment/{id}", tag = "interchange",
    params(("id" = Uuid, Path, description = "The appointment"),
           ("_format" = Option<String>, Query, description = "`json`")),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn read(who: Can<may::Read>, Path(id): Path<AppointmentId>, _: InJson) -> Result<Resource> {
    who.read_recorded(async move |tx| {
        let appointment = scheduling::find(tx, id).await?;
        let names = practice::service_names(tx).await?;
        tx.record_read(Look::at("appointment", id.uuid()).of_patient(Some(appointment.patient_id))).await?;
        Ok(Resource::new(resource(&appointment, &names), appointment.version, appointment.updated_at))
    })
    .await
}

/// Search for appointments. Whose are found is written to the ledger.
#[utoipa::path(get, path = "/fhir/R4/Appointment", tag = "interchange",
    params(("_id" = Option<String>, Query), ("_lastUpdated" = Option<String>, Query), ("date" = Option<String>, Query),
           ("patient" = Option<String>, Query), ("practitioner" = Option<String>, Query),
           ("actor" = Option<String>, Query), ("status" = Option<String>, Query),
           ("_count" = Option<u32>, Query, description = "At most 200"), ("_format" = Option<String>, Query)),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn search(who: Can<may::Read>, search: Search) -> Result<Resource> {
    found(who, search).await
}

/// Search for appointments, with what is searched by in the body.
#[utoipa::path(post, path = "/fhir/R4/Appointment/_search", tag = "interchange",
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
        let mut wanted = AppointmentCriteria::default();
        for (parameter, _, value) in &known.by {
            match parameter.name {
                "_id" => wanted.ids.push(asked::ids("_id", value, "Appointment")?),
                "_lastUpdated" => wanted.changed.push(instants("_lastUpdated", value)?),
                "date" => wanted.begins.push(instants("date", value)?),
                "patient" => wanted.patients.push(asked::ids("patient", value, "Patient")?),
                "practitioner" => wanted.providers.push(asked::ids("practitioner", value, "Practitioner")?),
                "actor" => {
                    let mut ids = asked::ids("actor", value, "Patient")?;
                    ids.extend(asked::ids("actor", value, "Practitioner")?);
                    wanted.actors.push(ids);
                }
                _ => wanted.statuses.push(statuses(value)?),
            }
        }
        let found = lookup::appointments(tx, &wanted, known.cursor.as_deref(), known.count).await;
        let (appointments, next) = found.map_err(asked::at_cursor)?;
        let whose: Vec<PatientId> = appointments.iter().map(|one| one.patient_id).collect();
        let ids: Vec<_> = appointments.iter().map(|one| one.id.uuid()).collect();
        tx.record_read(Look::list("appointment", &ids, &known.names()).of_patients(&whose)).await?;
        let (base, names) = (base(&app), practice::service_names(tx).await?);
        let entries = appointments.iter().map(|one| entry(&base, resource(one, &names), Because::Match)).collect();
        let links = known.links(tx, &app, "Appointment", next).await?;
        Ok(page(tx.now(), &known, links, entries))
    })
    .await
}

/// Our statuses by the standard's (hl7.org/fhir/R4/valueset-appointmentstatus.html), in which nobody is treated: who is,
/// has been checked in. A code that nothing here has finds nothing.
fn statuses(value: &str) -> Result<Vec<Status>> {
    let all = [
        Status::Scheduled,
        Status::Confirmed,
        Status::Arrived,
        Status::InChair,
        Status::Completed,
        Status::Cancelled,
        Status::NoShow,
    ];
    let codes: Vec<String> = alternatives("status", value)?
        .into_iter()
        .map(|one| one.rsplit('|').next().unwrap_or_default().into())
        .collect();
    Ok(all.into_iter().filter(|status| codes.iter().any(|code| code == code_of(*status))).collect())
}

fn code_of(status: Status) -> &'static str {
    match status {
        Status::Scheduled | Status::Confirmed => "booked",
        Status::Arrived => "arrived",
        Status::InChair => "checked-in",
        Status::Completed => "fulfilled",
        Status::Cancelled => "cancelled",
        Status::NoShow => "noshow",
    }
}

/// The resource. Whether the patient has confirmed is what they say to taking part.
fn resource(of: &Appointment, names: &ServiceNames) -> Value {
    let says = match of.status {
        Status::Scheduled => "needs-action",
        Status::Cancelled => "declined",
        _ => "accepted",
    };
    let patient = json!({ "actor": reference("Patient", of.patient_id), "required": "required", "status": says });
    let provider = |id| json!({ "actor": reference("Practitioner", id), "required": "required", "status": "accepted" });
    let participants: Vec<Value> =
        [patient].into_iter().chain(of.provider_ids.iter().map(|id| provider(id.to_string()))).collect();
    // hl7.org/fhir/R4/valueset-appointment-cancellation-reason.html knows who; why is the practice's own
    let cancelled = of.cancellation.as_ref().map(|why| {
        let by = match why.by {
            CancelledBy::Patient => "pat",
            CancelledBy::Provider => "prov",
            CancelledBy::Clinic => "other",
        };
        concept("http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason", by)
    });
    json!({
        "resourceType": "Appointment",
        "id": of.id,
        "meta": meta(of.version, of.updated_at),
        "status": code_of(of.status),
        "cancelationReason": cancelled,
        "serviceType": names.get(&of.service_id).map(|name| json!([{ "text": name }])),
        "reasonCode": of.details.reason.as_ref().map(|text| json!([{ "text": text }])),
        "start": of.start,
        "end": of.end,
        "minutesDuration": of.end.duration_since(of.start).as_mins(),
        "created": of.created_at,
        "comment": of.details.notes,
        "participant": participants,
    })
}
