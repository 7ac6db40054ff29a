//! Who would be reached, and why the others not, before anybody is written to.

use garde::Validate;
use jiff::Timestamp;
use platform::Result;
use platform::extract::Body;
use platform::guard::Can;
use platform::id::PatientId;
use platform::permission::messages as may;
use platform::record::Look;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Channel;
use super::facts::Known;
use crate::judge::{Hindrance, Purpose, Verdict, judge};

/// The route of the question.
pub fn routes() -> Routes {
    Routes::new().route(route!(reach))
}

/// Whom one would like to write to.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReachPatients {
    /// Patients.
    #[garde(length(min = 1, max = 500))]
    patient_ids: Vec<Uuid>,
    /// By which channel.
    #[garde(skip)]
    channel: Channel,
    /// What for.
    #[garde(skip)]
    #[serde(default)]
    purpose: Purpose,
    /// By itself, as workflows and rules do: then quiet hours and the most of a day hold.
    #[garde(skip)]
    #[serde(default)]
    automatic: bool,
}

/// Whether a patient would be reached.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PatientReach {
    /// Who.
    patient_id: PatientId,
    /// Whether a message would go out, now or later.
    reached: bool,
    /// Why not, or why not yet.
    #[schema(required)]
    reason: Option<Hindrance>,
    /// When it would go out, where it waits.
    #[schema(required)]
    not_before: Option<Timestamp>,
}

/// Who would be reached.
#[derive(Debug, Serialize, ToSchema)]
struct PatientsReach {
    /// One for each, in the order in which they were asked for.
    items: Vec<PatientReach>,
    /// How many would be.
    reached: usize,
}

/// Say who would be reached by a message, and why others would not. Nothing is sent.
#[utoipa::path(post, path = "/api/v1/messages/reach", tag = "messaging", request_body = ReachPatients,
    responses((status = 200, body = PatientsReach)))]
async fn reach(who: Can<may::Read>, Body(asked): Body<ReachPatients>) -> Result<Json<PatientsReach>> {
    who.read_recorded(async move |tx| {
        let now = tx.now();
        let known = Known::of(tx, asked.channel, &asked.patient_ids, now).await?;
        let one = |id: &Uuid| {
            let patient_id = PatientId(*id);
            let facts = known.facts(asked.channel, asked.purpose, patient_id, !asked.automatic);
            let (reached, reason, not_before) = match judge(&facts, now, &known.zone) {
                Verdict::Go => (true, None, None),
                Verdict::Wait(until, why) => (true, Some(why), Some(until)),
                Verdict::Never(why) => (false, Some(why), None),
            };
            PatientReach { patient_id, reached, reason, not_before }
        };
        let items: Vec<PatientReach> = asked.patient_ids.iter().map(one).collect();
        let patients: Vec<PatientId> = items.iter().map(|item| item.patient_id).collect();
        tx.record_read(Look::list("patient", &asked.patient_ids, &["reach"]).of_patients(&patients)).await?;
        Ok(Json(PatientsReach { reached: items.iter().filter(|item| item.reached).count(), items }))
    })
    .await
}
