//! A version of a workflow, read once for many runs: conditions and texts are parsed, and each step knows what follows.

use std::collections::{BTreeSet, HashMap};

use conditions::Condition;
use platform::error::{Error, Result};
use serde_json::{Map, Value};

use crate::block::Action;
use crate::builtin;
use crate::check::{check, read_condition};
use crate::definition::{Definition, OnError, Outcome, Step, Trigger, Wait, Within, Work};
use crate::registry::Registry;
use crate::template::{Fault, Template};

/// Tries of an action that says nothing of them.
pub const ATTEMPTS: u32 = 5;

/// A version of a workflow, ready to be carried out.
#[derive(Debug)]
pub struct Plan {
    /// What it was made from.
    pub definition: Definition,
    /// When the trigger counts.
    pub condition: Option<Condition>,
    /// Its steps, each before those within it.
    pub nodes: Vec<Node>,
    by_id: HashMap<String, usize>,
    /// Whether some step waits for the practice to be open.
    pub needs_opening: bool,
    /// Whether something of it may use what the clinic tells of itself.
    pub needs_practice: bool,
    /// Which inputs of which steps are sensitive.
    pub sensitive_inputs: BTreeSet<(String, String)>,
    /// Steps whose output is made of what is sensitive.
    pub sensitive_outputs: BTreeSet<String>,
}

/// One step.
#[derive(Debug)]
pub struct Node {
    /// Its id.
    pub id: String,
    /// The one behind it in its list.
    pub next: Option<usize>,
    /// The branch or loop that it stands in.
    pub parent: Option<usize>,
    /// What it does.
    pub work: NodeWork,
}

/// What a step does.
#[derive(Debug)]
pub enum NodeWork {
    /// An action.
    Act(Act),
    /// One that no area offers any more.
    Missing,
    /// The first path that holds, by id, with its first step.
    Branch(Vec<(String, Condition, Option<usize>)>, Option<usize>),
    /// The first step of what is done for each element.
    Loop {
        /// Path of the list.
        list: String,
        /// At most for so many.
        limit: usize,
        /// The first step within.
        first: Option<usize>,
    },
    /// Waits.
    Wait(Wait, Within),
    /// Ends.
    Stop(Outcome),
}

/// An action with what it is given.
#[derive(Debug)]
pub struct Act {
    /// Which.
    pub action: &'static Action,
    /// What it is given.
    pub fields: Vec<(&'static crate::block::Field, Filling)>,
    /// Tries in all.
    pub attempts: u32,
    /// What becomes of the run when it cannot be done.
    pub on_error: OnError,
}

/// A value with texts that are filled in.
#[derive(Debug)]
pub enum Filling {
    /// As it is.
    Literal(Value),
    /// A text.
    Text(Template),
    /// Several.
    List(Vec<Self>),
    /// By name.
    Object(Vec<(String, Self)>),
}

impl Filling {
    fn read(value: &Value) -> Result<Self, Fault> {
        Ok(match value {
            Value::String(text) => match Template::read(text)? {
                Template::Plain(text) => Self::Literal(Value::String(text)),
                template => Self::Text(template),
            },
            Value::Array(values) => Self::List(values.iter().map(Self::read).collect::<Result<_, _>>()?),
            Value::Object(values) => Self::Object(
                values
                    .iter()
                    .map(|(name, value)| Ok((name.clone(), Self::read(value)?)))
                    .collect::<Result<_, Fault>>()?,
            ),
            Value::Null | Value::Bool(_) | Value::Number(_) => Self::Literal(value.clone()),
        })
    }

    /// The value with variables in place.
    ///
    /// # Errors
    /// A variable is not there, or a text costs too much.
    pub fn fill(&self, facts: &Map<String, Value>) -> Result<Value, Fault> {
        Ok(match self {
            Self::Literal(value) => value.clone(),
            Self::Text(template) => template.fill(facts)?,
            Self::List(values) => Value::Array(values.iter().map(|v| v.fill(facts)).collect::<Result<_, _>>()?),
            Self::Object(values) => Value::Object(
                values.iter().map(|(name, v)| Ok((name.clone(), v.fill(facts)?))).collect::<Result<_, Fault>>()?,
            ),
        })
    }
}

impl Plan {
    /// Reads a version, which was checked when it was published.
    ///
    /// # Errors
    /// 500 when it cannot be read any more.
    pub fn read(registry: &Registry, definition: Definition) -> Result<Self> {
        let broken = |fault: String| Error::internal(format!("a published workflow cannot be read: {fault}"));
        let condition = definition.trigger.as_ref().and_then(Trigger::condition);
        let condition = condition.map(read_condition).transpose().map_err(|fault| broken(fault.to_string()))?;
        let mut builder = Builder { registry, nodes: Vec::new() };
        builder.steps(&definition.steps, None).map_err(broken)?;
        let by_id = builder.nodes.iter().enumerate().map(|(i, node)| (node.id.clone(), i)).collect();
        let needs_opening = builder.nodes.iter().any(|node| matches!(node.work, NodeWork::Wait(_, Within::Opening)));
        let text = serde_json::to_string(&definition).map_err(Error::internal)?;
        let needs_practice = text.contains("practice");
        let report = check(registry, &definition);
        let (sensitive_inputs, sensitive_outputs) = (report.sensitive_inputs, report.sensitive_outputs);
        let nodes = builder.nodes;
        Ok(Self {
            definition,
            condition,
            nodes,
            by_id,
            needs_opening,
            needs_practice,
            sensitive_inputs,
            sensitive_outputs,
        })
    }

    /// The step of that id.
    #[must_use]
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.by_id.get(id).map(|i| &self.nodes[*i])
    }

    /// The first step.
    #[must_use]
    pub fn first(&self) -> Option<&Node> {
        self.nodes.first()
    }

    /// Loops around a step, the outermost first.
    #[must_use]
    pub fn loops_around(&self, id: &str) -> Vec<&str> {
        let mut loops = Vec::new();
        let mut at = self.node(id).and_then(|node| node.parent);
        while let Some(parent) = at.map(|i| &self.nodes[i]) {
            if matches!(parent.work, NodeWork::Loop { .. }) {
                loops.insert(0, parent.id.as_str());
            }
            at = parent.parent;
        }
        loops
    }
}

struct Builder<'a> {
    registry: &'a Registry,
    nodes: Vec<Node>,
}

impl Builder<'_> {
    /// Adds the steps of a list; answers the first one.
    fn steps(&mut self, steps: &[Step], parent: Option<usize>) -> Result<Option<usize>, String> {
        let (mut first, mut last) = (None, None::<usize>);
        for step in steps {
            let at = self.nodes.len();
            // what lies within is known only behind it
            let work = NodeWork::Missing;
            self.nodes.push(Node { id: step.id.clone(), next: None, parent, work });
            self.nodes[at].work = self.work(&step.work, at)?;
            first = first.or(Some(at));
            if let Some(last) = last {
                self.nodes[last].next = Some(at);
            }
            last = Some(at);
        }
        Ok(first)
    }

    fn work(&mut self, work: &Work, at: usize) -> Result<NodeWork, String> {
        Ok(match work {
            Work::Action { action, fields, retry, on_error } => {
                let Some(action) = self.registry.actions.get(action.as_str()).copied() else {
                    return Ok(NodeWork::Missing);
                };
                let given = action.fields.iter().filter_map(|field| Some((field, fields.get(field.key)?)));
                let fields = given.map(|(field, value)| Ok((field, Filling::read(value)?)));
                let fields = fields.collect::<Result<_, Fault>>().map_err(|fault| fault.to_string())?;
                let attempts = retry.map_or(ATTEMPTS, |retry| retry.attempts);
                NodeWork::Act(Act { action, fields, attempts, on_error: *on_error })
            }
            Work::Branch { paths, otherwise } => {
                let mut read = Vec::new();
                for path in paths {
                    let condition = path.condition.as_ref().ok_or("a path without a condition")?;
                    let condition = read_condition(condition).map_err(|fault| fault.to_string())?;
                    read.push((path.id.clone(), condition, self.steps(&path.steps, Some(at))?));
                }
                let otherwise = self.steps(otherwise, Some(at))?;
                NodeWork::Branch(read, otherwise)
            }
            Work::Loop { list, limit, steps } => {
                let first = self.steps(steps, Some(at))?;
                NodeWork::Loop { list: list.clone(), limit: *limit as usize, first }
            }
            Work::Wait { wait, within } => NodeWork::Wait(wait.clone(), *within),
            Work::Stop { outcome, .. } => NodeWork::Stop(*outcome),
        })
    }
}

impl Act {
    /// Whether the engine does it by itself, without the database.
    #[must_use]
    pub fn is_own(&self) -> bool {
        [builtin::SET, builtin::FORMAT].contains(&self.action.name)
    }
}
