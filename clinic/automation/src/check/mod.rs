//! Whether a workflow can be published: every block, field, variable and condition is looked at, whatever else is wrong.
//! The same walk tells which variables may be used before each step, and what of a step's history is sensitive.

mod filter;
mod scope;
#[cfg(test)]
mod tests;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use conditions::{Condition, Place};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::block::{Action, Subject};
use crate::builtin;
use crate::definition::{BranchPath, DEEPEST, Definition, Every, MOST_STEPS, Step, Trigger, Wait, Work};
use crate::registry::Registry;
pub use scope::{FieldInfo, KindName, Scope};
pub use values::fits;

/// Code of an action that cannot be done yet.
pub const UNAVAILABLE: &str = "action.unavailable";
/// The most elements that a loop goes over.
pub const MOST_ITEMS: u32 = 500;
/// The longest offset and wait: 400 days, in minutes.
pub const LONGEST: i64 = 400 * 24 * 60;
/// The most paths of a branch.
const MOST_PATHS: usize = 20;

/// Something that is not right with a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = WorkflowProblem)]
pub struct Problem {
    /// JSON pointer into the definition.
    pub pointer: String,
    /// Stable name of the fault.
    pub code: String,
    /// What would be right, in English.
    pub message: String,
    /// Whether it keeps the workflow from being published.
    pub severity: Severity,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// It cannot be published like this.
    Error,
    /// It can, and may not do what was meant.
    Warning,
}

/// What the walk found.
#[derive(Debug, Default)]
pub struct Report {
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Which variables may be used in each step.
    pub variables: BTreeMap<String, Vec<FieldInfo>>,
    /// Which fields of which steps hold what is sensitive.
    pub sensitive_inputs: BTreeSet<(String, String)>,
    /// Whether what a step gives is made of what is sensitive.
    pub sensitive_outputs: BTreeSet<String>,
    /// What whoever publishes it must be allowed to do.
    pub permissions: BTreeSet<&'static str>,
}

impl Report {
    /// Whether it can be published.
    #[must_use]
    pub fn is_publishable(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity == Severity::Warning)
    }
}

/// Looks at a whole workflow. What holds something sensitive anywhere counts as sensitive everywhere: a branch may have been
/// taken, and a loop comes back. So it is walked until no such variable is new.
#[must_use]
pub fn check(registry: &Registry, definition: &Definition) -> Report {
    let mut tainted = BTreeSet::new();
    loop {
        let (report, found) = walk(registry, definition, &tainted);
        if found.is_subset(&tainted) {
            return report;
        }
        tainted.extend(found);
    }
}

/// One walk, with variables that hold what is sensitive; answers which it found.
fn walk(registry: &Registry, definition: &Definition, tainted: &BTreeSet<String>) -> (Report, BTreeSet<String>) {
    let (ids, found) = (BTreeSet::new(), BTreeSet::new());
    let mut walk = Walk { registry, report: Report::default(), ids, steps: 0, tainted, found };
    let mut scope = Scope::beginning();
    walk.trigger(definition.trigger.as_ref(), &mut scope);
    if definition.steps.is_empty() {
        walk.error("/steps", "workflow.empty", "Add at least one step.");
    }
    walk.steps(&definition.steps, "/steps", 1, &mut scope);
    if walk.steps > MOST_STEPS {
        walk.error("/steps", "workflow.too_many_steps", "A workflow has at most 200 steps.");
    }
    (walk.report, walk.found)
}

struct Walk<'a> {
    registry: &'a Registry,
    report: Report,
    ids: BTreeSet<String>,
    steps: usize,
    /// Variables that are known to hold what is sensitive somewhere.
    tainted: &'a BTreeSet<String>,
    /// Those found on this walk.
    found: BTreeSet<String>,
}

impl Walk<'_> {
    fn say(&mut self, severity: Severity, pointer: &str, code: &str, message: &str) {
        let (pointer, code, message) = (pointer.to_owned(), code.to_owned(), message.to_owned());
        self.report.problems.push(Problem { pointer, code, message, severity });
    }

    fn error(&mut self, pointer: &str, code: &str, message: &str) {
        self.say(Severity::Error, pointer, code, message);
    }

    fn trigger(&mut self, trigger: Option<&Trigger>, scope: &mut Scope) {
        let at = "/trigger";
        let Some(trigger) = trigger else {
            return self.error(at, "trigger.missing", "Choose what begins the workflow.");
        };
        match trigger {
            Trigger::Event { event, .. } => match self.registry.triggers.get(event.as_str()) {
                Some(known) => self.subject(known.subject, "/trigger/event", scope).map_or((), drop),
                None => self.no_such_event(event, "/trigger/event"),
            },
            Trigger::Date { subject, date, offset_minutes, .. } => {
                let known = self.subject(subject, "/trigger/subject", scope);
                if known.is_some_and(|subject| subject.dates.iter().all(|of| of.field != date)) {
                    self.error(
                        "/trigger/date",
                        "trigger.unknown_date",
                        "Records of this kind have no such date to go by.",
                    );
                }
                self.minutes(*offset_minutes, -LONGEST, "/trigger/offsetMinutes");
            }
            Trigger::Schedule { every, at, weekdays, day } => self.schedule(*every, at, weekdays.is_empty(), *day),
            Trigger::Webhook {} => scope.open("webhook.body", true),
            Trigger::Hand { subject: Some(subject) } => {
                self.subject(subject, "/trigger/subject", scope).map_or((), drop)
            }
            Trigger::Hand { subject: None } => {}
        }
        if let Some(condition) = trigger.condition() {
            self.condition(condition, "/trigger/condition", scope);
        }
    }

    fn no_such_event(&mut self, event: &str, at: &str) {
        if event.is_empty() {
            return self.error(at, "trigger.event_missing", "Choose what has to happen.");
        }
        self.error(at, "trigger.unknown_event", &format!("Nothing in this practice tells of {event} yet."));
    }

    fn schedule(&mut self, every: Every, at: &str, no_weekday: bool, day: Option<i8>) {
        if crate::recurrence::time_of_day(at).is_none() {
            self.error("/trigger/at", "trigger.time", "A time of day is written like 09:00.");
        }
        if every == Every::Week && no_weekday {
            self.error("/trigger/weekdays", "trigger.weekdays", "Choose at least one day of the week.");
        }
        if every == Every::Month && !day.is_some_and(|day| (1..=31).contains(&day)) {
            self.error("/trigger/day", "trigger.day", "Choose a day of the month, 1 to 31.");
        }
    }

    /// A kind of record becomes known under its own name.
    fn subject(&mut self, name: &str, at: &str, scope: &mut Scope) -> Option<&'static Subject> {
        let Some(subject) = self.registry.subjects.get(name).copied() else {
            self.error(at, "subject.unknown", "No area has such records.");
            return None;
        };
        self.report.permissions.insert(subject.permission);
        add_subject(scope, subject);
        Some(subject)
    }

    fn minutes(&mut self, minutes: i64, least: i64, at: &str) {
        if !(least..=LONGEST).contains(&minutes) {
            self.error(at, "minutes.out_of_range", "At most 400 days.");
        }
    }

    fn condition(&mut self, condition: &Value, at: &str, scope: &Scope) {
        match read_condition(condition) {
            Ok(condition) => {
                for path in condition.names().paths {
                    if !scope.knows(&path) {
                        self.error(at, "variable.unknown", &format!("There is no variable {path} here."));
                    }
                }
            }
            Err(fault) => {
                let below = if let Place::Pointer(pointer) = &fault.place { pointer.as_str() } else { "" };
                self.error(&format!("{at}{below}"), fault.code.as_str(), &fault.message);
            }
        }
    }

    fn steps(&mut self, steps: &[Step], at: &str, depth: usize, scope: &mut Scope) {
        if depth > DEEPEST && !steps.is_empty() {
            return self.error(at, "workflow.too_deep", "Steps stand at most eight deep.");
        }
        for (i, step) in steps.iter().enumerate() {
            let at = format!("{at}/{i}");
            self.steps += 1;
            self.identity(step, &at);
            self.report.variables.insert(step.id.clone(), scope.all().to_vec());
            self.step(step, &at, depth, scope);
            if matches!(step.work, Work::Stop { .. }) && i + 1 < steps.len() {
                let text = "What stands behind a stop is never done.";
                self.say(Severity::Warning, &at, "step.unreachable", text);
            }
        }
    }

    fn identity(&mut self, step: &Step, at: &str) {
        let well_formed = (1..=40).contains(&step.id.len())
            && step.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !well_formed {
            self.error(&format!("{at}/id"), "step.id_invalid", "An id has 1 to 40 small letters, digits and _.");
        }
        if RESERVED.contains(&step.id.as_str()) || self.registry.subjects.contains_key(step.id.as_str()) {
            self.error(&format!("{at}/id"), "step.id_taken", "This name is that of something else; choose another id.");
        } else if !self.ids.insert(step.id.clone()) {
            self.error(&format!("{at}/id"), "step.id_taken", "Another step has this id.");
        }
        if step.name.as_ref().is_some_and(|name| name.chars().count() > 80) {
            self.error(&format!("{at}/name"), "too_long", "A name has at most 80 characters.");
        }
    }

    fn step(&mut self, step: &Step, at: &str, depth: usize, scope: &mut Scope) {
        match &step.work {
            Work::Action { action, fields, retry, .. } => {
                if retry.is_some_and(|retry| !(1..=20).contains(&retry.attempts)) {
                    self.error(&format!("{at}/retry/attempts"), "out_of_range", "Between 1 and 20 tries.");
                }
                let Some(known) = self.registry.actions.get(action.as_str()).copied() else {
                    let code = if action.is_empty() { "step.action_missing" } else { "step.unknown_action" };
                    return self.error(&format!("{at}/action"), code, "Choose something that can be done.");
                };
                if let Some(why) = known.not_yet() {
                    self.error(&format!("{at}/action"), UNAVAILABLE, why);
                }
                self.report.permissions.insert(known.permission);
                let sensitive = self.fields(step, known, fields, &format!("{at}/fields"), scope);
                self.gives(step, known, fields, sensitive, at, scope);
            }
            Work::Branch { paths, otherwise } => self.branch(paths, otherwise, at, depth, scope),
            Work::Loop { list, limit, steps } => {
                if !(1..=MOST_ITEMS).contains(limit) {
                    self.error(&format!("{at}/limit"), "loop.limit", "A loop goes over at most 500 elements.");
                }
                if steps.is_empty() {
                    self.say(Severity::Warning, &format!("{at}/steps"), "loop.empty", "Nothing is done for each.");
                }
                let mut inner = scope.clone();
                if list.is_empty() || !inner.enter_loop(list) {
                    self.error(&format!("{at}/list"), "loop.list", "Choose a list that an earlier step gives.");
                }
                self.steps(steps, &format!("{at}/steps"), depth + 1, &mut inner);
                scope.keep_variables_of(&inner);
                scope.add(&step.id, LOOP_GIVES);
            }
            Work::Wait { wait, .. } => self.wait(step, wait, &format!("{at}/wait"), scope),
            Work::Stop { message, .. } => {
                if message.as_ref().is_some_and(|text| text.chars().count() > 500) {
                    self.error(&format!("{at}/message"), "too_long", "At most 500 characters.");
                }
            }
        }
    }

    fn branch(&mut self, paths: &[BranchPath], otherwise: &[Step], at: &str, depth: usize, scope: &mut Scope) {
        if paths.is_empty() || paths.len() > MOST_PATHS {
            self.error(&format!("{at}/paths"), "branch.paths", "A branch has 1 to 20 paths.");
        }
        let mut ids = BTreeSet::new();
        let before = scope.clone();
        for (i, path) in paths.iter().enumerate() {
            let at = format!("{at}/paths/{i}");
            if path.id.is_empty() || path.id.len() > 40 || !ids.insert(&path.id) {
                self.error(
                    &format!("{at}/id"),
                    "branch.path_id",
                    "Each path has an id of its own, of 1 to 40 letters.",
                );
            }
            match &path.condition {
                Some(condition) => self.condition(condition, &format!("{at}/condition"), &before),
                None => self.error(&format!("{at}/condition"), "condition.absent", "Say when this path is taken."),
            }
            let mut inner = before.clone();
            self.steps(&path.steps, &format!("{at}/steps"), depth + 1, &mut inner);
            scope.keep_variables_of(&inner);
        }
        let mut inner = before;
        self.steps(otherwise, &format!("{at}/otherwise"), depth + 1, &mut inner);
        scope.keep_variables_of(&inner);
    }

    fn wait(&mut self, step: &Step, wait: &Wait, at: &str, scope: &mut Scope) {
        match wait {
            Wait::Duration { minutes } => self.minutes(*minutes, 1, &format!("{at}/minutes")),
            Wait::Date { date, offset_minutes } => {
                let is_date = scope.find(date).map(|known| matches!(known.kind, KindName::Date | KindName::Instant));
                if !is_date.unwrap_or_else(|| scope.knows(date)) || date.is_empty() {
                    self.error(&format!("{at}/date"), "wait.date", "Choose a date among the variables.");
                }
                self.minutes(*offset_minutes, -LONGEST, &format!("{at}/offsetMinutes"));
            }
            Wait::Event { event, timeout_minutes } => {
                if !self.registry.triggers.contains_key(event.as_str()) {
                    self.no_such_event(event, &format!("{at}/event"));
                }
                self.minutes(*timeout_minutes, 1, &format!("{at}/timeoutMinutes"));
                scope.add(&step.id, WAIT_GIVES);
            }
        }
    }

    fn gives(
        &mut self,
        step: &Step,
        action: &Action,
        fields: &serde_json::Map<String, Value>,
        sensitive: bool,
        at: &str,
        scope: &mut Scope,
    ) {
        let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
        scope.add(&step.id, action.gives);
        match action.name {
            builtin::SET => {
                let name = text("name");
                let fine =
                    (1..=40).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
                if fine {
                    let like = values::only_path(text("value"));
                    scope.set(&format!("vars.{name}"), like.as_deref(), sensitive || self.tainted.contains(name));
                    if sensitive {
                        self.found.insert(name.to_owned());
                    }
                } else {
                    let message = "A variable's name has 1 to 40 letters, digits and _, and is written out.";
                    self.error(&format!("{at}/fields/name"), "variable.name", message);
                }
            }
            builtin::FIND => match self.registry.subjects.get(text("subject")).copied() {
                Some(subject) if subject.find.is_some() => {
                    self.report.permissions.insert(subject.permission);
                    scope.add(&format!("{}.items", step.id), subject.fields);
                    if let Some(filter) = fields.get("filter") {
                        self.filter(subject, filter, &format!("{at}/fields/filter"));
                    }
                }
                _ => self.error(&format!("{at}/fields/subject"), "subject.unknown", "Choose a kind of record to find."),
            },
            _ => {}
        }
        if sensitive && action.name == builtin::FORMAT {
            scope.taint(&step.id);
            self.report.sensitive_outputs.insert(step.id.clone());
        }
        if sensitive && action.name == builtin::SET {
            self.report.sensitive_outputs.insert(step.id.clone());
        }
    }
}

/// The record under its own name; whoever it concerns as `patient` as well.
fn add_subject(scope: &mut Scope, subject: &Subject) {
    scope.add(subject.name, subject.fields);
    if subject.name != "patient" {
        for field in subject.fields {
            if let Some(key) = field.key.strip_prefix("patient.") {
                scope.add("patient", &[crate::block::Field { key, ..*field }]);
            }
        }
    }
}

/// Names that variables have, so no step can.
const RESERVED: [&str; 8] = ["event", "practice", "vars", "item", "index", "webhook", "trigger", "patient"];

const WAIT_GIVES: &[crate::block::Field] = &[
    crate::block::Field::new("happened", crate::block::Kind::Boolean, "true"),
    crate::block::Field::new("at", crate::block::Kind::Instant, r#""2026-11-30T06:00:00Z""#),
];

const LOOP_GIVES: &[crate::block::Field] = &[crate::block::Field::new("count", crate::block::Kind::Number, "3")];

/// Reads a condition in either language.
///
/// # Errors
/// It cannot be read.
pub fn read_condition(value: &Value) -> Result<Condition, conditions::Fault> {
    match value.as_object() {
        Some(members) if members.len() == 1 && members.get("cel").is_some_and(Value::is_string) => {
            Condition::cel(members["cel"].as_str().unwrap_or_default())
        }
        _ => Condition::logic(value),
    }
}
