//! A run with its history. What a field declares sensitive, and whatever was made of such, is redacted before it is shown.

use std::collections::HashSet;

use jiff::Timestamp;
use platform::Result;
use platform::db::TenantTx;
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Can;
use platform::permission::{Permission as _, patients as may_patients, workflows as may};
use platform::record::Look;
use platform::route;
use platform::routes::{Json, Routes};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::QueryBuilder;
use utoipa::ToSchema;

use super::list::{COLUMNS, RunLine, line, put_names};
use super::{RunError, RunId};
use crate::builtin;
use crate::definition::Definition;
use crate::engine::{plan_of, step_place};
use crate::plan::{NodeWork, Plan};

/// The most steps that a run has (see [`crate::decide::MOST_STEPS`]) and that are shown of it.
const MOST_SHOWN: i64 = 5_000;

/// The route of a run.
pub fn routes() -> Routes {
    Routes::new().route(route!(read))
}

/// A run with its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct Run {
    #[serde(flatten)]
    line: RunLine,
    /// What its version does.
    definition: Definition,
    /// What its steps did, in this order.
    steps: Vec<RunStep>,
}

/// What a step did.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RunStep {
    /// Its place in the history.
    seq: i32,
    /// Which step.
    step_id: String,
    /// At which places of the loops around it.
    iteration: Vec<i32>,
    /// The kind of step.
    kind: String,
    /// How it stands: `started`, `waiting`, `done`, `failed`, `cancelled`.
    state: String,
    /// What it was given; `{"redacted": true}` in place of what is sensitive.
    #[schema(value_type = Object)]
    input: Value,
    /// What it gave.
    #[schema(value_type = Object)]
    output: Value,
    /// How often it was tried.
    attempts: i32,
    /// When it was begun.
    started_at: Timestamp,
    /// How long it took.
    duration_ms: f64,
    /// Why it failed.
    #[schema(required)]
    error: Option<RunError>,
    /// The path of a branch that was taken.
    #[schema(required)]
    path: Option<String>,
}

/// A run with its history. The look is in the ledger.
#[utoipa::path(get, path = "/api/v1/workflow-runs/{id}", tag = "automation",
    params(("id" = Uuid, Path, description = "The run")), responses((status = 200, body = Run)))]
async fn read(who: Can<may::Read>, Path(id): Path<RunId>) -> Result<Json<Run>> {
    let sees_patients = who.may(may_patients::Read::NAME);
    who.read_recorded(async move |tx| {
        let mut run = find(tx, id).await?;
        // what its steps were given may tell of the patient to whoever reads it
        tx.record_read(Look::at("run", id.uuid()).of_patient(run.line.patient_id)).await?;
        put_names(tx, std::slice::from_mut(&mut run.line), sees_patients).await?;
        Ok(Json(run))
    })
    .await
}

/// The run as lists show it.
///
/// # Errors
/// 404.
pub async fn find_line(tx: &mut TenantTx, id: RunId) -> Result<RunLine> {
    let mut query = QueryBuilder::new(COLUMNS);
    query.push_bind(tx.practice()).push(" and r.id = ").push_bind(id.uuid());
    let row = query.build().fetch_optional(tx.conn()).await?.ok_or_else(Error::not_found)?;
    Ok(line(&row)?)
}

/// The run with its history.
///
/// # Errors
/// 404.
pub async fn find(tx: &mut TenantTx, id: RunId) -> Result<Run> {
    let line = find_line(tx, id).await?;
    let plan = plan_of(tx, line.workflow.id, line.version).await?;
    let practice = tx.practice();
    let rows = sqlx::query!(
        "select seq, step_id, iteration, kind, state, attempts, started_at, duration_us, error_code, error_message, path,
                data
           from automation.step where practice_id = $1 and run_id = $2 order by seq limit $3",
        practice,
        id.uuid(),
        MOST_SHOWN,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut steps = Vec::with_capacity(rows.len());
    for row in rows {
        let plain = tx.open(step_place(id.uuid(), row.seq), &row.data).await?;
        let mut data: Value = serde_json::from_slice(&plain).map_err(Error::internal)?;
        let (input, output) = (data["input"].take(), data["output"].take());
        let (input, output) = redacted(&plan, &row.step_id, input, output);
        let step = Some(row.step_id.clone());
        steps.push(RunStep {
            seq: row.seq,
            step_id: row.step_id,
            iteration: row.iteration,
            kind: row.kind,
            state: row.state,
            input,
            output,
            attempts: row.attempts,
            started_at: row.started_at.to_jiff(),
            duration_ms: duration(row.duration_us),
            error: row.error_code.map(|code| RunError { code, message: row.error_message.unwrap_or_default(), step }),
            path: row.path,
        });
    }
    Ok(Run { line, definition: plan.definition.clone(), steps })
}

#[expect(clippy::cast_precision_loss, reason = "nothing takes longer than a float can count microseconds")]
fn duration(microseconds: i64) -> f64 {
    microseconds as f64 / 1000.0
}

/// Input and output of a step without what is sensitive.
pub fn redacted(plan: &Plan, step: &str, mut input: Value, mut output: Value) -> (Value, Value) {
    let Some(NodeWork::Act(act)) = plan.node(step).map(|node| &node.work) else {
        return (input, output);
    };
    if let Some(fields) = input.as_object_mut() {
        for (name, value) in fields {
            let declared = act.action.fields.iter().any(|field| field.key == name && field.sensitive);
            if declared || plan.sensitive_inputs.contains(&(step.to_owned(), name.clone())) {
                *value = hidden();
            }
        }
    }
    if plan.sensitive_outputs.contains(step) {
        return (input, hidden());
    }
    let found = builtin::found_fields(act.action.name, &input);
    let sensitive: HashSet<&str> =
        act.action.gives.iter().chain(found).filter(|field| field.sensitive).map(|field| field.key).collect();
    if act.action.name == builtin::FIND {
        for item in output.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
            hide(item, "", &sensitive);
        }
    } else {
        hide(&mut output, "", &sensitive);
    }
    (input, output)
}

fn hidden() -> Value {
    json!({ "redacted": true })
}

/// Hides members by the keys of their fields, `patient.givenName`; of the elements of lists as well.
fn hide(value: &mut Value, path: &str, sensitive: &HashSet<&str>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                if sensitive.contains(path.as_str()) {
                    *value = hidden();
                } else {
                    hide(value, &path, sensitive);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| hide(value, path, sensitive)),
        _ => {}
    }
}
