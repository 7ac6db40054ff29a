//! What can be used in a workflow, and whether one is right: for the builder.

use garde::Validate;
use platform::Result;
use platform::error::Error;
use platform::extract::Body;
use platform::filter::Op;
use platform::guard::Can;
use platform::permission::workflows as may;
use platform::route;
use platform::routes::{Json, Routes};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use crate::check::{FieldInfo, Problem, check};
use crate::definition::{Definition, Trigger, Wait, Work};
use crate::registry::{Registry, registry};

/// The routes of the catalog.
pub fn routes() -> Routes {
    Routes::new().route(route!(blocks)).route(route!(check_definition))
}

/// Everything that a workflow can be made of.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowBlocks {
    /// Kinds of records.
    subjects: Vec<SubjectInfo>,
    /// Events.
    triggers: Vec<TriggerInfo>,
    /// What can be done.
    actions: Vec<ActionInfo>,
    /// Ready workflows.
    recipes: Vec<RecipeInfo>,
    /// Filters that texts may use: `{{ appointment.start|date }}`.
    words: Vec<&'static str>,
}

/// A kind of record.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SubjectInfo {
    /// Its name.
    name: &'static str,
    /// What whoever uses it must be allowed.
    permission: &'static str,
    /// Its fields.
    fields: Vec<FieldInfo>,
    /// The fields that time can go by.
    dates: Vec<&'static str>,
    /// Whether many can be found at once.
    find: bool,
    /// What they can be found by.
    filters: Vec<SubjectFilter>,
}

/// Something that records can be found by.
#[derive(Debug, Serialize, ToSchema)]
struct SubjectFilter {
    /// Its name in filters; where it is an id, also the word for what it leads to.
    name: &'static str,
    /// What its values are: `text`, `choice` and `choices` (texts), `integer`, `number`, `boolean`, `date`, `instant`, `id`.
    kind: &'static str,
    /// How it can be compared.
    operators: Vec<Op>,
    /// The values that a `choice` has.
    choices: Vec<&'static str>,
}

/// An event.
#[derive(Debug, Serialize, ToSchema)]
struct TriggerInfo {
    /// Its name.
    event: &'static str,
    /// What it happens to.
    subject: &'static str,
}

/// Something that can be done.
#[derive(Debug, Serialize, ToSchema)]
struct ActionInfo {
    /// Its name.
    name: &'static str,
    /// What whoever publishes it must be allowed.
    permission: &'static str,
    /// What it takes.
    fields: Vec<FieldInfo>,
    /// What it gives.
    gives: Vec<FieldInfo>,
    /// Whether it can be done; drafts can have it anyway.
    available: bool,
}

/// A ready workflow.
#[derive(Debug, Serialize, ToSchema)]
struct RecipeInfo {
    /// Its name.
    name: &'static str,
    /// What it does.
    definition: Definition,
    /// Whether everything that it needs is there.
    usable: bool,
    /// Blocks that are not.
    missing: Vec<String>,
}

/// Everything that a workflow can be made of.
#[utoipa::path(get, path = "/api/v1/workflow-blocks", tag = "automation", responses((status = 200, body = WorkflowBlocks)))]
async fn blocks(who: Can<may::Read>) -> Result<Json<WorkflowBlocks>> {
    // the session must live, though nothing of the practice is read
    who.read(async |_| Ok(())).await?;
    Ok(Json(describe(registry())))
}

fn describe(registry: &Registry) -> WorkflowBlocks {
    let infos = |fields: &[crate::block::Field]| fields.iter().map(FieldInfo::from).collect::<Vec<_>>();
    let filter = |of: &'static platform::filter::Field<'static>| SubjectFilter {
        name: of.name,
        kind: of.kind.name(),
        operators: of.kind.operators().to_vec(),
        choices: of.kind.choices().to_vec(),
    };
    let subject = |of: &&'static crate::block::Subject| SubjectInfo {
        name: of.name,
        permission: of.permission,
        fields: infos(of.fields),
        dates: of.dates.iter().map(|date| date.field).collect(),
        find: of.find.is_some(),
        filters: of.filters.iter().map(filter).collect(),
    };
    let recipe = |of: &&'static crate::block::Recipe| {
        let definition = of.read()?;
        let missing = missing(registry, &definition);
        Some(RecipeInfo { name: of.name, definition, usable: missing.is_empty(), missing })
    };
    WorkflowBlocks {
        subjects: registry.subjects.values().map(subject).collect(),
        triggers: registry.triggers.values().map(|t| TriggerInfo { event: t.event, subject: t.subject }).collect(),
        actions: registry
            .actions
            .values()
            .map(|of| ActionInfo {
                name: of.name,
                permission: of.permission,
                fields: infos(of.fields),
                gives: infos(of.gives),
                available: of.not_yet().is_none(),
            })
            .collect(),
        recipes: registry.recipes.iter().filter_map(recipe).collect(),
        words: vec!["date", "time", "datetime", "money", "default"],
    }
}

/// Names of the blocks that a workflow uses and that no area offers, or cannot do yet.
pub fn missing(registry: &Registry, definition: &Definition) -> Vec<String> {
    let mut missing = Vec::new();
    match &definition.trigger {
        Some(Trigger::Event { event, .. }) if !registry.triggers.contains_key(event.as_str()) => {
            missing.push(event.clone());
        }
        Some(Trigger::Date { subject, .. } | Trigger::Hand { subject: Some(subject) })
            if !registry.subjects.contains_key(subject.as_str()) =>
        {
            missing.push(subject.clone());
        }
        _ => {}
    }
    for step in definition.all() {
        let (name, is_there) = match &step.work {
            Work::Action { action, .. } => {
                (action, registry.actions.get(action.as_str()).is_some_and(|known| known.not_yet().is_none()))
            }
            Work::Wait { wait: Wait::Event { event, .. }, .. } => {
                (event, registry.triggers.contains_key(event.as_str()))
            }
            _ => continue,
        };
        if !is_there && !missing.contains(name) {
            missing.push(name.clone());
        }
    }
    missing
}

/// A definition to be looked at.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToCheck {
    #[garde(skip)]
    #[schema(value_type = Definition)]
    definition: Value,
}

/// What is wrong with a definition, and which variables may be used where.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checked {
    /// What is wrong; nothing, when it can be published.
    problems: Vec<Problem>,
    /// By id of step: the variables that there are before it.
    variables: BTreeMap<String, Vec<FieldInfo>>,
}

/// Look at a definition while it is written.
#[utoipa::path(post, path = "/api/v1/workflows/check", tag = "automation", request_body = ToCheck,
    responses((status = 200, body = Checked)))]
async fn check_definition(who: Can<may::Write>, Body(given): Body<ToCheck>) -> Result<Json<Checked>> {
    who.read(async |_| Ok(())).await?;
    let definition = Definition::read(&given.definition, "/definition").map_err(Error::invalid)?;
    let report = check(registry(), &definition);
    Ok(Json(Checked { problems: report.problems, variables: report.variables }))
}
