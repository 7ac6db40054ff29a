//! A patient's whole record in one bundle (hl7.org/fhir/R4/patient-operation-everything.html).

use platform::extract::Path;
use platform::guard::Can;
use platform::id::PatientId;
use platform::permission::patients as may;
use platform::record::Look;
use platform::routes::Routes;
use platform::{Result, route};

use super::answer::{Because, Links, Resource, base, entry, page};
use super::asked::Search;
use super::{clinical, coverage, organization, patient, related};

/// The route of the record.
pub fn routes() -> Routes {
    Routes::new().route(route!(everything))
}

/// Notes of a bundle at most, the newest.
const MOST_NOTES: i64 = 2000;

/// Everything that is kept about a patient: the person, relatives, policies, alerts, history, remarks, the newest 2,000
/// notes, consents.
#[utoipa::path(get, path = "/fhir/R4/Patient/{id}/$everything", tag = "interchange",
    params(("id" = Uuid, Path, description = "The patient"),
           ("_format" = Option<String>, Query, description = "`json`")),
    responses((status = 200, content_type = "application/fhir+json", body = Resource)))]
async fn everything(who: Can<may::Read>, Path(id): Path<PatientId>, search: Search) -> Result<Resource> {
    let app = who.app().clone();
    who.read_recorded(async move |tx| {
        let known = search.clone().known(tx, &[]).await?;
        let found = patient::find(tx, id).await?;
        let tags = patients::tag_names(tx).await?;
        let policies = patients::policies_of(tx, id).await?;
        let notes = patients::notes(tx, id, MOST_NOTES).await?;
        let family = patients::family_of(tx, id).await?;
        let seen: Vec<PatientId> = family.iter().filter_map(|member| Some(member.person.as_ref()?.id)).collect();
        for kind in ["patient", "policies", "timeline"] {
            tx.record_read(Look::at(kind, id.uuid()).of_patient(Some(id))).await?;
        }
        tx.record_read(Look::at("relatives", id.uuid()).of_patient(Some(id)).of_patients(&seen)).await?;
        let practice = tx.practice();
        let person = patient::resource(practice, &tags, &found);
        let house = organization::resource(&practice::practice(tx).await?);
        let relatives = family.iter().map(|member| related::resource(practice, &found, member));
        let others = policies.iter().map(coverage::resource).chain([house]).chain(relatives);
        let others = others.chain(clinical::resources(&found, &notes));
        let base = base(&app);
        let mut entries = vec![entry(&base, person, Because::Match)];
        entries.extend(others.map(|other| entry(&base, other, Because::Include)));
        let links = Links { this: format!("{base}/Patient/{id}/$everything"), next: None };
        Ok(page(tx.now(), &known, links, entries))
    })
    .await
}
