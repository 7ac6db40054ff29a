//! One patient's whole record on paper: what a practice hands to the patient, to another doctor, to a court.

mod family;
mod paper;
mod parts;
mod story;
#[cfg(test)]
mod tests;
mod values;
mod words;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use garde::Validate;
use jiff::Timestamp;
use patients::Whole;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::{Body, Path};
use platform::guard::Can;
use platform::id::PatientId;
use platform::language::Language;
use platform::permission::patients as may;
use platform::record::{Change, Look};
use platform::routes::Routes;
use platform::{Result, people, route, undisclosed};
use practice::Practice;
use serde::Deserialize;
use serde_json::json;
use typeset::{Fault, Sheet};
use utoipa::ToSchema;

use words::Words;

/// The route of the printed record.
pub fn routes() -> Routes {
    Routes::new().route(route!(print))
}

/// Entries of the timeline on paper: what happened before is in the product.
const ENTRIES: i64 = 200;

/// How a record is printed.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecordPrint {
    /// In which language our own words are. Left out, the patient's where we speak it, else the practice's.
    #[garde(skip)]
    language: Option<Language>,
    /// With the newest entries of the timeline, 200 at most.
    #[garde(skip)]
    #[serde(default = "with")]
    #[schema(default = true)]
    timeline: bool,
}

fn with() -> bool {
    true
}

/// All that goes on paper.
struct Dossier {
    practice: Practice,
    logo: Option<Vec<u8>>,
    whole: Whole,
    /// Those who verified policies, by id.
    people: std::collections::HashMap<uuid::Uuid, platform::phi::Phi<String>>,
    /// Who prints it, where that is a person.
    printed_by: Option<String>,
    timeline: bool,
    now: Timestamp,
}

undisclosed!(Dossier);

/// Print a patient's whole record, as PDF. That it was taken out is written to the ledger.
#[utoipa::path(post, path = "/api/v1/patients/{id}/print", tag = "interchange", request_body = RecordPrint,
    params(("id" = Uuid, Path, description = "The patient")),
    responses((status = 200, description = "The record, PDF/A-2a", content_type = "application/pdf", body = Vec<u8>)))]
async fn print(who: Can<may::Read>, Path(id): Path<PatientId>, Body(asked): Body<RecordPrint>) -> Result<Response> {
    let (language, timeline) = (asked.language, asked.timeline);
    let (dossier, language) = who
        .read_recorded(async move |tx| {
            let dossier = gather(tx, id, timeline).await?;
            let language = language.unwrap_or_else(|| usual(&dossier));
            let detail = json!({ "format": "pdf", "language": language, "timeline": timeline });
            tx.record(Change::done("export", "patient", id.uuid()).for_patient(id).with(detail)).await?;
            let seen: Vec<PatientId> =
                dossier.whole.family.iter().filter_map(|member| Some(member.person.as_ref()?.id)).collect();
            tx.record_read(Look::at("patient", id.uuid()).of_patient(Some(id)).of_patients(&seen)).await?;
            Ok((dossier, language))
        })
        .await?;
    let words = Words::of(language, &dossier.practice.time_zone)?;
    let name = format!("attachment; filename=\"patient-{}.pdf\"", dossier.whole.patient.number);
    let pdf = typeset::pdf(sheet(dossier, &words)?).await.map_err(refusal)?;
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(Error::internal)?),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, pdf).into_response())
}

async fn gather(tx: &mut TenantTx, id: PatientId, timeline: bool) -> Result<Dossier> {
    let whole = patients::whole(tx, id, if timeline { ENTRIES } else { 0 }).await?;
    let me = tx.caller().actor.user().map(|user| user.uuid());
    let verified = whole.policies.iter().filter_map(|policy| policy.verified_by);
    let people = people::names(tx, verified.chain(me)).await?;
    let printed_by = me.and_then(|me| people.get(&me)).map(|name| name.expose().clone());
    let practice = practice::practice(tx).await?;
    let logo = practice::logo(tx).await?.map(|(png, _)| png);
    Ok(Dossier { practice, logo, whole, people, printed_by, timeline, now: tx.now() })
}

fn usual(dossier: &Dossier) -> Language {
    match dossier.whole.patient.fields.language.as_deref() {
        Some("ar") => Language::Ar,
        Some("en") => Language::En,
        _ => dossier.practice.language,
    }
}

fn sheet(dossier: Dossier, words: &Words) -> Result<Sheet> {
    let paper = paper::Paper::of(&dossier, words);
    Ok(Sheet {
        template: include_str!("record.typ"),
        data: serde_json::to_value(paper).map_err(Error::internal)?,
        pictures: dossier.logo.map(|png| ("/logo.png", png)).into_iter().collect(),
        language: words.code(),
        title: format!("{} {}", words.text("title"), dossier.whole.patient.number),
        at: dossier.now,
    })
}

fn refusal(fault: Fault) -> Error {
    match fault {
        Fault::Busy => Error::unavailable("print.busy", "Many documents are being printed right now; try again."),
        Fault::TooLarge => Error::conflict(
            "print.too_large",
            "This record is too long for one document; print it without its timeline.",
        ),
        other => Error::internal(other),
    }
}
