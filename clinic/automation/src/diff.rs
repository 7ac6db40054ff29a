//! What differs between two versions of a workflow, step by step.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::definition::{Definition, Step, Work};

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Difference {
    /// What became of it.
    pub kind: DifferenceKind,
    /// Which step; none for the trigger.
    #[schema(required)]
    pub step: Option<String>,
    /// Names of what is different about it.
    pub fields: Vec<String>,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DifferenceKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It does something else.
    Changed,
    /// It stands elsewhere.
    Moved,
}

/// All differences, in the order of the later version; what is gone comes last.
#[must_use]
pub fn diff(from: &Definition, to: &Definition) -> Vec<Difference> {
    let mut differences = Vec::new();
    let say = |kind, step: Option<&str>, fields| Difference { kind, step: step.map(str::to_owned), fields };
    if from.trigger != to.trigger {
        let fields = names(&plain(&from.trigger), &plain(&to.trigger));
        differences.push(say(DifferenceKind::Changed, None, fields));
    }
    let (before, after) = (placed(from), placed(to));
    let order: Vec<&str> = to.all().iter().map(|step| step.id.as_str()).collect();
    for id in order {
        let Some((step, place)) = after.get(id) else { continue };
        let Some((old, old_place)) = before.get(id) else {
            differences.push(say(DifferenceKind::Added, Some(id), Vec::new()));
            continue;
        };
        let fields = names(&own(old), &own(step));
        if !fields.is_empty() {
            differences.push(say(DifferenceKind::Changed, Some(id), fields));
        }
        if place.parent != old_place.parent || moved_among(id, &before, &after) {
            differences.push(say(DifferenceKind::Moved, Some(id), Vec::new()));
        }
    }
    for step in from.all().iter().filter(|step| !after.contains_key(step.id.as_str())) {
        differences.push(say(DifferenceKind::Removed, Some(&step.id), Vec::new()));
    }
    differences
}

struct Place {
    /// The step and list within it that it stands in.
    parent: String,
    at: usize,
}

type Placed<'a> = BTreeMap<&'a str, (&'a Step, Place)>;

fn placed(definition: &Definition) -> Placed<'_> {
    fn collect<'a>(steps: &'a [Step], parent: &str, all: &mut Placed<'a>) {
        for (at, step) in steps.iter().enumerate() {
            all.insert(&step.id, (step, Place { parent: parent.to_owned(), at }));
            match &step.work {
                Work::Branch { paths, otherwise } => {
                    for path in paths {
                        collect(&path.steps, &format!("{}/{}", step.id, path.id), all);
                    }
                    collect(otherwise, &format!("{}/", step.id), all);
                }
                Work::Loop { steps, .. } => collect(steps, &step.id, all),
                _ => {}
            }
        }
    }
    let mut all = Placed::new();
    collect(&definition.steps, "", &mut all);
    all
}

/// Whether it stands on the other side of a neighbour that stayed in the same list.
fn moved_among(id: &str, before: &Placed<'_>, after: &Placed<'_>) -> bool {
    let (Some((_, old)), Some((_, new))) = (before.get(id), after.get(id)) else { return false };
    before.iter().any(|(other, (_, other_old))| {
        let Some((_, other_new)) = after.get(other) else { return false };
        other_old.parent == old.parent
            && other_new.parent == new.parent
            && (other_old.at < old.at)
            && (other_new.at > new.at)
    })
}

fn plain(value: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// What a step is without what stands within it; the fields of an action by their own names, the conditions of paths by
/// theirs.
fn own(step: &Step) -> Map<String, Value> {
    let mut own = plain(step);
    own.remove("steps");
    own.remove("otherwise");
    if let Some(Value::Object(fields)) = own.remove("fields") {
        own.extend(fields.into_iter().map(|(name, value)| (format!("fields.{name}"), value)));
    }
    if let Some(Value::Array(mut paths)) = own.remove("paths") {
        for path in &mut paths {
            if let Some(path) = path.as_object_mut() {
                path.remove("steps");
            }
        }
        own.insert("paths".to_owned(), Value::Array(paths));
    }
    own
}

fn names(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<String> {
    let changed = after.iter().filter(|(name, value)| before.get(*name) != Some(value)).map(|(name, _)| name.clone());
    let gone = before.keys().filter(|name| !after.contains_key(*name)).cloned();
    changed.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: &Value) -> Definition {
        Definition::read(value, "").expect("a definition")
    }

    fn told(from: &Value, to: &Value) -> Vec<String> {
        let say = |d: Difference| format!("{:?} {} {}", d.kind, d.step.unwrap_or_default(), d.fields.join(","));
        diff(&read(from), &read(to)).into_iter().map(say).collect()
    }

    #[test]
    fn what_differs_is_told_step_by_step() {
        let act = |id: &str, text: &str| json!({ "kind": "action", "id": id, "action": "text.format", "fields": { "text": text } });
        let from = json!({ "trigger": { "kind": "hand" }, "steps": [act("a", "1"), act("b", "1"), act("c", "1"), act("d", "1")] });
        assert!(told(&from, &from).is_empty());
        let to = json!({ "trigger": { "kind": "hand", "subject": "patient" }, "steps": [
            act("b", "1"), act("a", "2"), { "kind": "branch", "id": "x", "paths": [{ "id": "p", "steps": [act("c", "1")] }] }] });
        assert_eq!(
            told(&from, &to),
            ["Changed  subject", "Moved b ", "Changed a fields.text", "Added x ", "Moved c ", "Removed d "]
        );
    }

    #[test]
    fn who_stays_in_order_has_not_moved() {
        let act = |id: &str| json!({ "kind": "stop", "id": id });
        let from = json!({ "steps": [act("a"), act("b")] });
        let to = json!({ "steps": [act("n"), act("a"), act("b")] });
        assert_eq!(told(&from, &to), ["Added n "]);
    }
}
