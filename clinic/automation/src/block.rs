//! Blocks: what areas offer to workflows. An area declares its own in its `blocks.rs`; form, picker of variables,
//! check, rehearsal and history follow from the declaration, so that a new block needs no code anywhere else.
//!
//! What people read of a block is in the catalogs of the web, by its name: `block.tag.add`, `block.tag.add.tagId`.

use std::collections::HashMap;

use futures::future::BoxFuture;
use jiff::Timestamp;
use platform::App;
use platform::db::TenantTx;
use platform::error::{Error, FieldError, Result};
use platform::filter;
use platform::id::PracticeId;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Everything that an area offers.
#[derive(Clone, Debug, Default)]
pub struct Blocks {
    /// Kinds of records that workflows can be about.
    pub subjects: Vec<&'static Subject>,
    /// Events that can begin a workflow.
    pub triggers: Vec<&'static Trigger>,
    /// What a workflow can do.
    pub actions: Vec<&'static Action>,
    /// Ready workflows, each one click from a draft.
    pub recipes: Vec<&'static Recipe>,
}

impl Blocks {
    /// These and the other's.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.subjects.extend(other.subjects);
        self.triggers.extend(other.triggers);
        self.actions.extend(other.actions);
        self.recipes.extend(other.recipes);
        self
    }
}

/// Of what form a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A line.
    Text,
    /// Lines.
    LongText,
    /// A number; of money the minor units.
    Number,
    /// Yes or no.
    Boolean,
    /// `2026-11-30`
    Date,
    /// `2026-11-30T09:00:00Z`
    Instant,
    /// Whole minutes.
    Minutes,
    /// A phone number in E.164.
    Phone,
    /// An e-mail address.
    Email,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Id of a record of that kind: `patient`, `service`, `provider`, `location`, `tag`, `template`, `role`, `member` …
    Ref(&'static str),
    /// Something with fields of its own, one level below, named `parent.child`.
    Object,
    /// Several objects; a loop goes over them.
    List,
}

/// A value that a record has, an action takes or an action gives.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its key, `givenName`; below an object `patient.givenName`.
    pub key: &'static str,
    /// Its form.
    pub kind: Kind,
    /// An action cannot do without it.
    pub required: bool,
    /// Several of the kind.
    pub many: bool,
    /// Names, free text, contact data: redacted in the history of runs.
    pub sensitive: bool,
    /// Another field of the action that can stand for it: an action cannot do without both.
    pub unless: Option<&'static str>,
    /// What stands there in the picker of variables, as JSON text: `"Lina"`, `45`.
    pub sample: &'static str,
}

impl Field {
    /// A field that may be empty and tells nobody who somebody is.
    #[must_use]
    pub const fn new(key: &'static str, kind: Kind, sample: &'static str) -> Self {
        Self { key, kind, required: false, many: false, sensitive: false, unless: None, sample }
    }

    /// The same, and an action needs it.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The same, and an action needs it unless it is given that other field: a text, or a template.
    #[must_use]
    pub const fn unless(self, other: &'static str) -> Self {
        Self { unless: Some(other), ..self }
    }

    /// The same, several times.
    #[must_use]
    pub const fn many(self) -> Self {
        Self { many: true, ..self }
    }

    /// The same, and redacted in the history.
    #[must_use]
    pub const fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }
}

/// Fields that are put together of several parts.
///
/// # Panics
/// Where `ALL` is not as many as there are; in a constant that is an error of the compiler's.
#[must_use]
pub const fn fields<const ALL: usize>(parts: &[&[Field]]) -> [Field; ALL] {
    let mut all = [parts[0][0]; ALL];
    let (mut part, mut next) = (0, 0);
    while part < parts.len() {
        let mut i = 0;
        while i < parts[part].len() {
            all[next] = parts[part][i];
            (i, next) = (i + 1, next + 1);
        }
        part += 1;
    }
    assert!(next == ALL, "as many as there are");
    all
}

/// Loads records for workflows: by id, what a workflow sees of each. Who was deleted is left out.
pub type Load = for<'a> fn(&'a mut TenantTx, &'a [Uuid]) -> BoxFuture<'a, Result<HashMap<Uuid, Value>>>;
/// Which records have that date in `[from, until)`, at most `limit` of them, the earliest first, after `after`.
pub type Due = for<'a> fn(&'a mut TenantTx, DueQuery) -> BoxFuture<'a, Result<Vec<(Timestamp, Uuid)>>>;
/// A page of the records that fit a filter of the area's own list grammar, by id, after `after`.
pub type Find = for<'a> fn(&'a mut TenantTx, FindQuery) -> BoxFuture<'a, Result<Vec<Uuid>>>;

/// What [`Due`] is asked for.
#[derive(Clone, Debug)]
pub struct DueQuery {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant that is no longer asked for.
    pub until: Timestamp,
    /// Behind this one, when a page was full.
    pub after: Option<(Timestamp, Uuid)>,
    /// How many at most.
    pub limit: i64,
}

/// What [`Find`] is asked for.
#[derive(Clone, Debug)]
pub struct FindQuery {
    /// The filter, in the grammar of the area's list; empty for all.
    pub filter: Value,
    /// Behind this one.
    pub after: Option<Uuid>,
    /// How many at most.
    pub limit: i64,
}

/// A date of a record by which time goes: 24 hours before an appointment begins.
#[derive(Clone, Copy, Debug)]
pub struct DateOf {
    /// The field that holds it, `start`.
    pub field: &'static str,
    /// Whose turn it is.
    pub due: Due,
}

/// A kind of record that workflows can be about.
#[derive(Debug)]
pub struct Subject {
    /// The word for it, as in events and the ledger: `appointment`.
    pub name: &'static str,
    /// Who may see it, `appointments.read`.
    pub permission: &'static str,
    /// What a workflow sees of it.
    pub fields: &'static [Field],
    /// How it is loaded.
    pub load: Load,
    /// Dates by which time goes.
    pub dates: &'static [DateOf],
    /// How many of them are found.
    pub find: Option<Find>,
    /// What can be asked of those that are found; the area's own list may know more.
    pub filters: &'static [filter::Field<'static>],
    /// The patient it concerns, in what `load` gives: `patient.id`. None where it concerns nobody.
    pub patient: Option<&'static str>,
}

/// An event that can begin a workflow, or be waited for.
#[derive(Debug)]
pub struct Trigger {
    /// Name of the event, `appointment.booked`.
    pub event: &'static str,
    /// What it happened to: name of a [`Subject`].
    pub subject: &'static str,
}

/// Something that a workflow can do.
#[derive(Debug)]
pub struct Action {
    /// `noun.verb`: `tag.add`, `message.send_email`.
    pub name: &'static str,
    /// What whoever publishes the workflow must be allowed to do themselves.
    pub permission: &'static str,
    /// What it takes. Text may hold `{{ variables }}`.
    pub fields: &'static [Field],
    /// What later steps can use of what it did.
    pub gives: &'static [Field],
    /// How it is done.
    pub run: Run,
}

/// How an action is done.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// In the transaction that records the step: it happens exactly once. A refusal must leave nothing behind.
    Inside(for<'a> fn(&'a mut TenantTx, &'a Call) -> BoxFuture<'a, Result<Value>>),
    /// Outside of any transaction: it may happen again after a crash, with the same key.
    Outside(fn(App, PracticeId, Call) -> BoxFuture<'static, Result<Value>>),
    /// Not at all yet, and why: workflows can be drafted with it, and neither published nor carried out.
    NotYet(&'static str),
}

impl Action {
    /// Why it cannot be done yet, where it cannot.
    #[must_use]
    pub fn not_yet(&self) -> Option<&'static str> {
        if let Run::NotYet(why) = self.run { Some(why) } else { None }
    }
}

/// One try of an action.
#[derive(Clone, Debug)]
pub struct Call {
    /// What it is given, by the keys of its fields: of the declared form, variables filled in.
    pub input: Map<String, Value>,
    /// The same on every try of this step: whatever is done twice under it must happen once.
    pub key: Uuid,
    /// The workflow that asks.
    pub workflow: Uuid,
    /// The run that asks.
    pub run: Uuid,
    /// A test by a person, whose messages and tasks are marked as such.
    pub test: bool,
    /// The patient whom the run is about, if it is about one.
    pub patient: Option<Uuid>,
}

impl Call {
    /// A text that was given, if it was.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.input.get(key).and_then(Value::as_str)
    }

    /// An id that was given.
    ///
    /// # Errors
    /// 422 `step.input` when it is missing or none.
    pub fn id(&self, key: &str) -> Result<Uuid> {
        self.text(key).and_then(|text| text.parse().ok()).ok_or_else(|| missing(key))
    }
}

/// 422 for an input of a step that is missing or of another form.
#[must_use]
pub fn missing(key: &str) -> Error {
    Error::invalid(vec![FieldError::new(
        format!("/{key}"),
        "step.input",
        "This step needs it, in the form it declares.",
    )])
}

/// A ready workflow.
#[derive(Debug)]
pub struct Recipe {
    /// `day_before_reminder`; its texts are in the catalogs by it.
    pub name: &'static str,
    /// Actions and subjects it needs are those of its definition, as JSON text; what people read in it is English.
    pub definition: &'static str,
    /// Those texts, and what they are in a practice that speaks Arabic.
    pub arabic: &'static [(&'static str, &'static str)],
}
