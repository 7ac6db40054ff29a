//! Having a call made from a workflow.

use automation::block::{Action, Call as Step, Field, Kind, Run, missing};
use futures::future::BoxFuture;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::id::PatientId;
use serde_json::{Value, json};

use crate::call::ask::{NewCall, ask};
use crate::call::{Direction, RequestedBy, Transport};
use crate::{CaseId, case, workflow};

/// Start a call: about a case, else about the patient's case in that call workflow, which is made where there is none.
pub static START: Action = Action {
    name: "call.start",
    permission: "calls.start",
    fields: &[
        Field::new("workflow", Kind::Text, r#""patient_questions""#).required(),
        Field::new("case", Kind::Ref("case"), r#""{{ call.case }}""#),
        Field::new("patient", Kind::Ref("patient"), r#""{{ patient.id }}""#),
    ],
    gives: &[
        Field::new("call", Kind::Ref("call"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
        Field::new("case", Kind::Ref("case"), r#""01a1fe48-1891-756b-aab2-930c260b1d02""#),
    ],
    run: Run::Inside(start),
};

fn start<'a>(tx: &'a mut TenantTx, step: &'a Step) -> BoxFuture<'a, Result<Value>> {
    Box::pin(async move {
        let slug = step.text("workflow").ok_or_else(|| missing("workflow"))?;
        let Some(about) = workflow::by_slug(tx, slug).await? else {
            let text = "Choose one of the practice's call workflows, by its name in folders.";
            return Err(Error::invalid(Vec::new()).at("/workflow", "not_found", text));
        };
        let named = step.text("case").map(|_| step.id("case")).transpose()?;
        let patient = step.text("patient").map(|_| step.id("patient")).transpose()?.or(step.patient);
        let case = match (named, patient) {
            (Some(case), _) => CaseId(case),
            (None, Some(patient)) => case::of_patient(tx, about, PatientId(patient)).await?,
            (None, None) => return Err(missing("patient")),
        };
        // a test shows the call in the list, and nobody's telephone rings
        let transport = if step.test { Transport::Text } else { Transport::Phone };
        let new = NewCall {
            case,
            direction: Direction::Outbound,
            transport,
            requested_by: RequestedBy::Workflow,
            requested_id: Some(step.run),
            key: Some(step.key),
            due_at: None,
            attempt: 1,
        };
        let call = ask(tx, new).await?;
        Ok(json!({ "call": call.id, "case": case }))
    })
}
