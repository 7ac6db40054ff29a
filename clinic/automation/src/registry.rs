//! What this program offers to workflows: the blocks of all areas and the engine's own, checked once at the start.
//!
//! Blocks are part of the program, so there is one registry in a process. Whoever puts the program together installs it
//! before the first request; subscribers, jobs and turns, which are plain functions, find it here.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use futures::future::BoxFuture;
use jiff::Timestamp;
use platform::db::TenantTx;
use platform::error::{Error, Result};
use serde_json::Value;

use crate::block::{Action, Blocks, Field, Recipe, Subject, Trigger};
use crate::builtin;
use crate::definition::Definition;

/// The first instant from this one on at which the practice is open; the same one, while it is.
pub type Opening = for<'a> fn(&'a mut TenantTx, Timestamp) -> BoxFuture<'a, Result<Timestamp>>;
/// What workflows see of the practice, beside its name, time zone, currency and language.
pub type Facts = for<'a> fn(&'a mut TenantTx) -> BoxFuture<'a, Result<Value>>;

/// What the clinic's own area says of the practice.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clinic {
    /// When it is open; without it, it always is.
    pub opening: Option<Opening>,
    /// What else there is to know: `nameAr`, `phone`.
    pub facts: Option<Facts>,
}

/// All blocks, by name.
#[derive(Debug, Default)]
pub struct Registry {
    /// Kinds of records.
    pub subjects: BTreeMap<&'static str, &'static Subject>,
    /// Events.
    pub triggers: BTreeMap<&'static str, &'static Trigger>,
    /// Actions, the engine's own as well.
    pub actions: BTreeMap<&'static str, &'static Action>,
    /// Ready workflows.
    pub recipes: Vec<&'static Recipe>,
    /// Of the practice.
    pub clinic: Clinic,
}

static REGISTRY: OnceLock<Registry> = OnceLock::new();

/// Takes the blocks of this program. Only the first call counts, as there is only one program.
///
/// # Errors
/// When blocks contradict each other or themselves; says which.
pub fn install(blocks: Blocks, clinic: Clinic) -> Result<()> {
    let registry = Registry::new(blocks, clinic).map_err(Error::internal)?;
    let _ = REGISTRY.set(registry);
    Ok(())
}

/// The blocks of this program.
pub fn registry() -> &'static Registry {
    REGISTRY.get_or_init(|| Registry::new(Blocks::default(), Clinic::default()).unwrap_or_default())
}

impl Registry {
    /// Puts them in order.
    ///
    /// # Errors
    /// When blocks contradict each other or themselves.
    pub fn new(blocks: Blocks, clinic: Clinic) -> Result<Self, String> {
        let blocks = blocks.merge(builtin::blocks());
        let mut registry = Self { clinic, recipes: blocks.recipes, ..Self::default() };
        for subject in blocks.subjects {
            check_fields(subject.name, subject.fields)?;
            let has = |name: &str| subject.fields.iter().any(|field| field.key == name);
            if let Some(date) = subject.dates.iter().find(|date| !has(date.field)) {
                return Err(format!("{} has no field {} to go by", subject.name, date.field));
            }
            permission(subject.name, subject.permission)?;
            unique(subject.name, registry.subjects.insert(subject.name, subject).is_none())?;
        }
        for trigger in blocks.triggers {
            if !registry.subjects.contains_key(trigger.subject) {
                return Err(format!("{} is about {}, which no area offers", trigger.event, trigger.subject));
            }
            unique(trigger.event, registry.triggers.insert(trigger.event, trigger).is_none())?;
        }
        for action in blocks.actions {
            check_fields(action.name, action.fields)?;
            check_fields(action.name, action.gives)?;
            check_alternatives(action)?;
            permission(action.name, action.permission)?;
            unique(action.name, registry.actions.insert(action.name, action).is_none())?;
        }
        for recipe in &registry.recipes {
            recipe.read().ok_or_else(|| format!("recipe {} is no definition", recipe.name))?;
        }
        Ok(registry)
    }
}

impl Recipe {
    /// Its definition.
    #[must_use]
    pub fn read(&self) -> Option<Definition> {
        self.read_in("en")
    }

    /// Its definition, with the texts in the language of a practice.
    #[must_use]
    pub fn read_in(&self, language: &str) -> Option<Definition> {
        let mut definition = serde_json::from_str(self.definition).ok()?;
        if language == "ar" {
            put_in_place(&mut definition, self.arabic);
        }
        Definition::read(&definition, "").ok()
    }
}

fn put_in_place(value: &mut Value, texts: &[(&str, &str)]) {
    match value {
        Value::String(text) => {
            if let Some((_, other)) = texts.iter().find(|(known, _)| known == text) {
                *text = (*other).to_owned();
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| put_in_place(value, texts)),
        Value::Object(values) => values.values_mut().for_each(|value| put_in_place(value, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn unique(name: &str, is_new: bool) -> Result<(), String> {
    if is_new { Ok(()) } else { Err(format!("{name} is offered twice")) }
}

fn permission(of: &str, name: &str) -> Result<(), String> {
    match platform::permission::named(name) {
        Some(_) => Ok(()),
        None => Err(format!("{of} asks for {name}, which is no permission")),
    }
}

fn check_fields(of: &str, fields: &[Field]) -> Result<(), String> {
    for (i, field) in fields.iter().enumerate() {
        if fields[..i].iter().any(|other| other.key == field.key) {
            return Err(format!("{of} has {} twice", field.key));
        }
        if serde_json::from_str::<Value>(field.sample).is_err() {
            return Err(format!("the sample of {of}'s {} is not JSON", field.key));
        }
    }
    Ok(())
}

fn check_alternatives(action: &Action) -> Result<(), String> {
    for field in action.fields {
        let is_other = |other: &str| other != field.key && action.fields.iter().any(|known| known.key == other);
        if field.unless.is_some_and(|other| field.required || !is_other(other)) {
            return Err(format!("nothing else can stand for {} of {}", field.key, action.name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::Kind;

    #[test]
    fn blocks_that_contradict_themselves_are_refused() {
        static TRIGGER: Trigger = Trigger { event: "thing.made", subject: "thing" };
        let orphan = Blocks { triggers: vec![&TRIGGER], ..Blocks::default() };
        assert!(Registry::new(orphan, Clinic::default()).is_err());
        static RECIPE: Recipe = Recipe { name: "bad", definition: "{", arabic: &[] };
        assert!(Registry::new(Blocks { recipes: vec![&RECIPE], ..Blocks::default() }, Clinic::default()).is_err());
        let twice = [Field::new("a", Kind::Text, "1"), Field::new("a", Kind::Text, "1")];
        assert!(check_fields("x", &twice).is_err());
        assert!(check_fields("x", &[Field::new("a", Kind::Text, "Lina")]).is_err());
        Registry::new(Blocks::default(), Clinic::default()).expect("the engine's own");
    }

    #[test]
    fn what_stands_for_a_field_is_a_field_of_the_same_action() {
        static TEXT: [Field; 1] = [Field::new("text", Kind::Text, r#""x""#).unless("template")];
        static ACTION: Action = Action {
            name: "thing.send",
            permission: "patients.write",
            fields: &TEXT,
            gives: &[],
            run: crate::block::Run::NotYet("Not at all."),
        };
        assert!(check_alternatives(&ACTION).is_err());
    }

    #[test]
    fn a_recipe_speaks_the_language_of_the_practice() {
        let definition =
            r#"{"steps":[{"kind":"action","id":"a","name":"Call","action":"x","fields":{"text":["Call"]}}]}"#;
        let recipe = Recipe { name: "call", definition, arabic: &[("Call", "اتصال")] };
        let texts = |language: &str| serde_json::to_string(&recipe.read_in(language)).expect("JSON");
        assert_eq!(texts("en").matches("Call").count(), 2);
        assert_eq!((texts("ar").matches("اتصال").count(), texts("ar").matches("Call").count()), (2, 0));
    }
}
