//! What a workflow is: a trigger and a tree of steps, as the API takes it and a version keeps it.
//!
//! Reading is strict, and says of every fault where it is: what is kept inside of a tagged value would otherwise be told
//! of the whole. A draft may be unfinished, so whether blocks and variables exist is asked in [`crate::check`].

use platform::error::FieldError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// How deep steps may stand inside of others.
pub const DEEPEST: usize = 8;
/// The most steps of a workflow.
pub const MOST_STEPS: usize = 200;
/// Behind this depth nothing is read any more, so that reading is bounded whatever is sent.
const READ_DEPTH: usize = 32;

/// A workflow: what begins it, and what it does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Definition {
    /// What begins it; none in an unfinished draft.
    #[schema(required)]
    pub trigger: Option<Trigger>,
    /// What it does, one after the other.
    pub steps: Vec<Step>,
}

/// What begins a workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Trigger {
    /// Something happened.
    Event {
        /// Name of the event.
        event: String,
        /// Only where this holds: JSONLogic, or `{"cel": "…"}`.
        #[serde(default)]
        #[schema(value_type = Option<Object>)]
        condition: Option<Value>,
    },
    /// So long before or after a date of a record.
    Date {
        /// What kind of record.
        subject: String,
        /// Which of its dates.
        date: String,
        /// Minutes behind it; before it, when negative.
        #[schema(rename = "offsetMinutes")]
        offset_minutes: i64,
        /// Only where this holds.
        #[serde(default)]
        #[schema(value_type = Option<Object>)]
        condition: Option<Value>,
    },
    /// Again and again, at a local time of the practice.
    Schedule {
        /// How often.
        every: Every,
        /// The local time, `09:00`.
        at: String,
        /// On which days of the week; for `week`.
        #[serde(default)]
        weekdays: Vec<Weekday>,
        /// On which day of the month, the last one where it has fewer; for `month`.
        #[serde(default)]
        #[schema(minimum = 1, maximum = 31)]
        day: Option<i8>,
    },
    /// A program calls the workflow's own address.
    Webhook {},
    /// A person, on records or on none.
    Hand {
        /// What kind of record, if any.
        #[serde(default)]
        subject: Option<String>,
    },
}

/// How often a schedule's turn comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Every {
    /// Each day.
    Day,
    /// On days of the week.
    Week,
    /// On a day of the month.
    Month,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "they say it themselves")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = WorkflowStep)]
pub struct Step {
    /// Its name for the machine: unique, stable, and what its output is read by; `[a-z0-9_]{1,40}`.
    pub id: String,
    /// Its name for people.
    #[schema(required)]
    pub name: Option<String>,
    /// What it does.
    #[serde(flatten)]
    pub work: Work,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Work {
    /// Something that an area offers.
    Action {
        /// Which.
        action: String,
        /// What it is given; texts may hold `{{ variables }}`.
        #[schema(value_type = Object)]
        fields: Map<String, Value>,
        /// How often it is tried.
        #[schema(required)]
        retry: Option<Retry>,
        /// What becomes of the run when it cannot be done.
        #[schema(rename = "onError")]
        on_error: OnError,
    },
    /// The first path whose condition holds.
    Branch {
        /// The paths, tried in this order.
        #[schema(no_recursion)]
        paths: Vec<BranchPath>,
        /// Where none holds.
        #[schema(no_recursion)]
        otherwise: Vec<Step>,
    },
    /// The same for each element of a list.
    Loop {
        /// Path of the list in the variables.
        list: String,
        /// At most for so many of them.
        limit: u32,
        /// What is done for each; it sees `item` and `index`.
        #[schema(no_recursion)]
        steps: Vec<Step>,
    },
    /// Waits.
    Wait {
        /// For what.
        wait: Wait,
        /// And goes on only then.
        within: Within,
    },
    /// Ends the run.
    Stop {
        /// How it ends.
        outcome: Outcome,
        /// Why, for people.
        #[schema(required)]
        message: Option<String>,
    },
}

/// A way that a run may take.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WorkflowPath)]
pub struct BranchPath {
    /// Its name for the machine, unique within the branch.
    pub id: String,
    /// Its name for people.
    #[schema(required)]
    pub name: Option<String>,
    /// When it is taken: JSONLogic, or `{"cel": "…"}`; none in an unfinished draft.
    #[schema(value_type = Option<Object>, required)]
    pub condition: Option<Value>,
    /// What is done then.
    #[schema(no_recursion)]
    pub steps: Vec<Step>,
}

/// How often an action is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retry {
    /// Tries in all.
    #[schema(minimum = 1, maximum = 20)]
    pub attempts: u32,
}

/// What becomes of a run when a step cannot be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum OnError {
    /// It fails there, and can be resumed.
    #[default]
    Stop,
    /// It goes on behind it.
    Continue,
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "for", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Wait {
    /// So long.
    Duration {
        /// Minutes.
        minutes: i64,
    },
    /// A date; when it is past already, nothing is waited for.
    Date {
        /// Path of an instant or a date in the variables.
        date: String,
        /// Minutes behind it; before it, when negative.
        #[serde(default)]
        #[schema(rename = "offsetMinutes")]
        offset_minutes: i64,
    },
    /// Something that happens to the same record or the same patient.
    Event {
        /// Name of the event.
        event: String,
        /// Minutes until it is no longer waited for.
        #[schema(rename = "timeoutMinutes")]
        timeout_minutes: i64,
    },
}

/// When a run goes on behind a wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Within {
    /// At once.
    #[default]
    Any,
    /// Outside of the practice's quiet hours.
    Waking,
    /// While the practice is open.
    Opening,
}

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WorkflowOutcome)]
pub enum Outcome {
    /// Well.
    Done,
    /// Not well.
    Failed,
}

impl Trigger {
    /// The word for its kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Event { .. } => "event",
            Self::Date { .. } => "date",
            Self::Schedule { .. } => "schedule",
            Self::Webhook {} => "webhook",
            Self::Hand { .. } => "hand",
        }
    }

    /// Its condition.
    #[must_use]
    pub fn condition(&self) -> Option<&Value> {
        match self {
            Self::Event { condition, .. } | Self::Date { condition, .. } => condition.as_ref(),
            Self::Schedule { .. } | Self::Webhook {} | Self::Hand { .. } => None,
        }
    }
}

impl Work {
    /// The word for its kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Action { .. } => "action",
            Self::Branch { .. } => "branch",
            Self::Loop { .. } => "loop",
            Self::Wait { .. } => "wait",
            Self::Stop { .. } => "stop",
        }
    }

    /// Lists of steps within it, with where they stand.
    pub fn inner(&self) -> Vec<(String, &[Step])> {
        match self {
            Self::Branch { paths, otherwise } => {
                let paths = paths.iter().enumerate();
                let mut inner: Vec<_> =
                    paths.map(|(i, path)| (format!("/paths/{i}/steps"), path.steps.as_slice())).collect();
                inner.push(("/otherwise".to_owned(), otherwise));
                inner
            }
            Self::Loop { steps, .. } => vec![("/steps".to_owned(), steps)],
            Self::Action { .. } | Self::Wait { .. } | Self::Stop { .. } => Vec::new(),
        }
    }
}

impl Definition {
    /// Every step, each before those within it.
    #[must_use]
    pub fn all(&self) -> Vec<&Step> {
        fn collect<'a>(steps: &'a [Step], all: &mut Vec<&'a Step>) {
            for step in steps {
                all.push(step);
                for (_, inner) in step.work.inner() {
                    collect(inner, all);
                }
            }
        }
        let mut all = Vec::new();
        collect(&self.steps, &mut all);
        all
    }

    /// Reads a definition that stands at `place` of a body.
    ///
    /// # Errors
    /// Every fault of its form, with where it is.
    pub fn read(value: &Value, place: &str) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        let definition = read_whole(value, place, &mut faults);
        if faults.is_empty() { Ok(definition) } else { Err(faults) }
    }
}

impl<'de> Deserialize<'de> for Definition {
    fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(reader)?;
        Self::read(&value, "").map_err(|faults| {
            let text = faults.first().map_or_else(String::new, |f| format!("{} at {}", f.code, f.pointer));
            serde::de::Error::custom(text)
        })
    }
}

type Faults = Vec<FieldError>;

fn wrong(place: &str, faults: &mut Faults) {
    faults.push(FieldError::new(place, "wrong_type", "This is not of the right type or form."));
}

/// The members of an object, each of which must be one of these.
fn members<'a>(value: &'a Value, known: &[&str], place: &str, faults: &mut Faults) -> Option<&'a Map<String, Value>> {
    let Some(members) = value.as_object() else {
        wrong(place, faults);
        return None;
    };
    for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
        let name = name.replace('~', "~0").replace('/', "~1");
        faults.push(FieldError::new(format!("{place}/{name}"), "unknown_field", "There is no such field."));
    }
    Some(members)
}

/// A member of its own type; absent and null are the same where it may be absent.
fn member<T: DeserializeOwned>(
    of: &Map<String, Value>,
    name: &str,
    absent: Option<T>,
    place: &str,
    faults: &mut Faults,
) -> Option<T> {
    let value = of.get(name).filter(|value| !value.is_null());
    let Some(value) = value else {
        if absent.is_none() {
            faults.push(FieldError::new(format!("{place}/{name}"), "required", "This field is required."));
        }
        return absent;
    };
    match serde_path_to_error::deserialize::<_, T>(value) {
        Ok(value) => Some(value),
        Err(error) => {
            let path = error.path().to_string();
            let below = if path == "." { String::new() } else { format!("/{}", path.replace('.', "/")) };
            let message = error.inner().to_string();
            let (code, text) = if message.starts_with("unknown field") {
                ("unknown_field", "There is no such field.")
            } else if message.starts_with("missing field") {
                ("required", "A field of it is missing.")
            } else {
                ("wrong_type", "This is not of the right type or form.")
            };
            faults.push(FieldError::new(format!("{place}/{name}{below}"), code, text));
            None
        }
    }
}

fn read_whole(value: &Value, place: &str, faults: &mut Faults) -> Definition {
    let Some(of) = members(value, &["trigger", "steps"], place, faults) else { return Definition::default() };
    let trigger = member(of, "trigger", Some(None), place, faults).flatten();
    let steps = read_steps(of.get("steps"), &format!("{place}/steps"), 0, faults);
    Definition { trigger, steps }
}

fn read_steps(value: Option<&Value>, place: &str, depth: usize, faults: &mut Faults) -> Vec<Step> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Vec::new() };
    let Some(steps) = value.as_array() else {
        wrong(place, faults);
        return Vec::new();
    };
    if depth > READ_DEPTH {
        faults.push(FieldError::new(place, "too_deep", "Steps stand too deep inside of others."));
        return Vec::new();
    }
    let each = steps.iter().enumerate();
    each.filter_map(|(i, step)| read_step(step, &format!("{place}/{i}"), depth, faults)).collect()
}

fn read_step(value: &Value, place: &str, depth: usize, faults: &mut Faults) -> Option<Step> {
    let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default();
    let own: &[&str] = match kind {
        "action" => &["action", "fields", "retry", "onError"],
        "branch" => &["paths", "otherwise"],
        "loop" => &["list", "limit", "steps"],
        "wait" => &["wait", "within"],
        "stop" => &["outcome", "message"],
        _ => {
            let text = "Expected one of `action`, `branch`, `loop`, `wait`, `stop`.";
            faults.push(FieldError::new(format!("{place}/kind"), "invalid", text));
            return None;
        }
    };
    let of = members(value, &[&["kind", "id", "name"], own].concat(), place, faults)?;
    let id = member(of, "id", None::<String>, place, faults);
    let name = member(of, "name", Some(None), place, faults).flatten();
    let work = read_work(kind, of, place, depth, faults);
    Some(Step { id: id?, name, work: work? })
}

fn read_work(kind: &str, of: &Map<String, Value>, place: &str, depth: usize, faults: &mut Faults) -> Option<Work> {
    let list =
        |name: &str, faults: &mut Faults| read_steps(of.get(name), &format!("{place}/{name}"), depth + 1, faults);
    match kind {
        "action" => {
            let action = member(of, "action", Some(String::new()), place, faults);
            let fields = member(of, "fields", Some(Map::new()), place, faults);
            let retry = member(of, "retry", Some(None), place, faults);
            let on_error = member(of, "onError", Some(OnError::Stop), place, faults);
            Some(Work::Action { action: action?, fields: fields?, retry: retry?, on_error: on_error? })
        }
        "branch" => {
            let paths = read_paths(of.get("paths"), &format!("{place}/paths"), depth, faults);
            Some(Work::Branch { paths, otherwise: list("otherwise", faults) })
        }
        "loop" => {
            let over = member(of, "list", Some(String::new()), place, faults);
            let limit = member(of, "limit", Some(crate::check::MOST_ITEMS), place, faults);
            let steps = list("steps", faults);
            Some(Work::Loop { list: over?, limit: limit?, steps })
        }
        "wait" => {
            let wait = member(of, "wait", None, place, faults);
            let within = member(of, "within", Some(Within::Any), place, faults);
            Some(Work::Wait { wait: wait?, within: within? })
        }
        _ => {
            let outcome = member(of, "outcome", Some(Outcome::Done), place, faults);
            let message = member(of, "message", Some(None), place, faults);
            Some(Work::Stop { outcome: outcome?, message: message? })
        }
    }
}

fn read_paths(value: Option<&Value>, place: &str, depth: usize, faults: &mut Faults) -> Vec<BranchPath> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Vec::new() };
    let Some(paths) = value.as_array() else {
        wrong(place, faults);
        return Vec::new();
    };
    let mut read = |(i, path): (usize, &Value)| {
        let place = format!("{place}/{i}");
        let of = members(path, &["id", "name", "condition", "steps"], &place, faults)?;
        let id = member(of, "id", None::<String>, &place, faults);
        let name = member(of, "name", Some(None), &place, faults).flatten();
        let condition = of.get("condition").filter(|condition| !condition.is_null()).cloned();
        let steps = read_steps(of.get("steps"), &format!("{place}/steps"), depth + 1, faults);
        Some(BranchPath { id: id?, name, condition, steps })
    };
    paths.iter().enumerate().filter_map(&mut read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn faults(value: &Value) -> Vec<String> {
        let faults = Definition::read(value, "/definition").expect_err("refused");
        faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let whole = json!({ "trigger": { "kind": "schedule", "every": "week", "at": "09:00", "weekdays": ["mon"], "day": null },
            "steps": [
                { "kind": "action", "id": "a", "name": null, "action": "tag.add", "fields": { "tagId": "x" },
                  "retry": { "attempts": 5 }, "onError": "continue" },
                { "kind": "branch", "id": "b", "name": "Which?", "otherwise": [],
                  "paths": [{ "id": "p", "name": null, "condition": { "cel": "true" }, "steps": [
                      { "kind": "loop", "id": "l", "name": null, "list": "f.items", "limit": 5, "steps": [
                          { "kind": "wait", "id": "w", "name": null, "within": "waking",
                            "wait": { "for": "event", "event": "message.replied", "timeoutMinutes": 5 } }] }] }] },
                { "kind": "stop", "id": "s", "name": null, "outcome": "failed", "message": "No" }] });
        let read = Definition::read(&whole, "").expect("a definition");
        assert_eq!(serde_json::to_value(&read).expect("json"), whole);
        assert_eq!(read.all().iter().map(|step| step.id.as_str()).collect::<Vec<_>>(), ["a", "b", "l", "w", "s"]);
    }

    #[test]
    fn every_fault_says_where_it_is() {
        assert_eq!(faults(&json!([])), ["/definition wrong_type"]);
        assert_eq!(
            faults(&json!({ "x": 1, "steps": {} })),
            ["/definition/x unknown_field", "/definition/steps wrong_type"]
        );
        let deep = json!({ "steps": [{ "kind": "branch", "id": "b", "paths": [{ "id": "p", "steps": [
            { "kind": "loop", "id": 5 }, { "kind": "fly", "id": "f" }, { "kind": "wait", "id": "w" },
            { "kind": "wait", "id": "w", "wait": { "for": "duration", "minutes": "5" } },
            { "kind": "stop", "id": "s", "colour": 1 }] }] }] });
        let steps = "/definition/steps/0/paths/0/steps";
        assert_eq!(
            faults(&deep),
            [
                format!("{steps}/0/id wrong_type"),
                format!("{steps}/1/kind invalid"),
                format!("{steps}/2/wait required"),
                format!("{steps}/3/wait wrong_type"),
                format!("{steps}/4/colour unknown_field"),
            ]
        );
        assert_eq!(faults(&json!({ "trigger": { "kind": "webhook", "x": 1 } })), ["/definition/trigger unknown_field"]);
    }

    #[test]
    fn depth_is_bounded() {
        let mut steps = json!([]);
        for i in 0..60 {
            steps = json!([{ "kind": "loop", "id": format!("l{i}"), "list": "x", "steps": steps }]);
        }
        assert_eq!(faults(&json!({ "steps": steps })).len(), 1);
    }
}
