//! What this area offers to workflows: telling people of the practice.

use automation::block::{Action, Blocks, Call, Field, Kind, Run, missing};
use futures::future::BoxFuture;
use patients::blocks::given;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use platform::permission::Role;
use scheduling::AppointmentId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::tell::{NewNotice, Source, Whom, tell};

/// Everything.
#[must_use]
pub fn blocks() -> Blocks {
    Blocks { actions: vec![&NOTIFY], ..Blocks::default() }
}

/// A notice about the patient of the run, unless it is about somebody else; for a person, else for everybody in a role.
static NOTIFY: Action = Action {
    name: "staff.notify",
    permission: "staff.read",
    fields: &[
        Field::new("text", Kind::LongText, r#""{{ patient.fullName }} is in the waiting room.""#)
            .required()
            .sensitive(),
        Field::new("role", Kind::Choice(&Role::NAMES), r#""receptionist""#),
        Field::new("memberId", Kind::Ref("member"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
        Field::new("patientId", Kind::Ref("patient"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
        Field::new("appointmentId", Kind::Ref("appointment"), r#""{{ appointment.id }}""#),
        Field::new("byEmail", Kind::Boolean, "false"),
    ],
    gives: &[
        Field::new("noticeId", Kind::Ref("notice"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
        Field::new("told", Kind::Number, "3"),
    ],
    run: Run::Inside(notify),
};

fn notify<'a>(tx: &'a mut TenantTx, call: &'a Call) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let text = given::<String>(call, "text")?.ok_or_else(|| missing("text"))?;
        let (patient, appointment) = about(tx, call).await?;
        let new = NewNotice {
            text: Some(if call.test { format!("[Test] {text}") } else { text }),
            patient,
            appointment,
            source: Source::Workflow(call.run),
            by_email: given(call, "byEmail")?.unwrap_or(false),
        };
        let (id, told) = tell(tx, whom(call)?, &new).await?;
        // told to nobody is not told: whoever looks after the workflow should know
        if told == 0 {
            let text = "Nobody with an active account can be told: choose another role or somebody who works here.";
            return Err(Error::conflict("notice.nobody", text));
        }
        Ok(json!({ "noticeId": id, "told": told }))
    })
}

fn whom(call: &Call) -> Result<Whom> {
    if given::<String>(call, "memberId")?.is_some() {
        return Ok(Whom::People(vec![call.id("memberId")?]));
    }
    let role = given::<String>(call, "role")?.and_then(|name| Role::from_name(&name));
    role.map(Whom::Role).ok_or_else(|| missing("role"))
}

/// The record it leads to: the appointment and whose it is, else the patient who was named, else the one of the run.
async fn about(tx: &mut TenantTx, call: &Call) -> Result<(Option<PatientId>, Option<Uuid>)> {
    let appointment = given::<Uuid>(call, "appointmentId")?;
    let mut patient = given::<Uuid>(call, "patientId")?;
    if let Some(id) = appointment {
        let visit = scheduling::find(tx, AppointmentId(id)).await.map_err(|error| match error.status().as_u16() {
            404 => {
                Error::invalid(Vec::new()).at("/appointmentId", "not_found", "Choose an appointment of the practice.")
            }
            _ => error,
        })?;
        patient = patient.or(Some(visit.patient_id.uuid()));
    }
    let Some(id) = patient.or(call.patient) else { return Ok((None, appointment)) };
    let kept = patients::kept_as(tx, &[id]).await?.remove(&id).unwrap_or(id);
    if !patients::is_present(tx, PatientId(kept)).await? {
        let gone = Error::invalid(Vec::new());
        return Err(gone.at("/patientId", "not_found", "Choose a patient of the practice."));
    }
    Ok((Some(PatientId(kept)), appointment))
}
