//! For the tests of every area that offers blocks: the product itself at work in a practice, as the engine is.

use std::collections::BTreeSet;

use jiff::Timestamp;
use platform::db::Caller;
use platform::error::Result;
use platform::id::PracticeId;
use platform::testing::{Person, TestServer, statements};
use serde_json::Value;
use uuid::Uuid;

use crate::block::{Blocks, Call, DueQuery, FindQuery, Run, Subject};

/// Does what blocks offer, in transactions of its own.
#[derive(Debug)]
pub struct Engine<'a> {
    server: &'a TestServer,
    caller: Caller,
    blocks: Blocks,
}

impl<'a> Engine<'a> {
    /// In the practice of somebody.
    #[must_use]
    pub fn of(server: &'a TestServer, person: &Person, blocks: Blocks) -> Self {
        Self { server, caller: Caller::system(PracticeId(person.practice())), blocks }
    }

    /// A subject by its name.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn subject(&self, name: &str) -> &'static Subject {
        self.blocks.subjects.iter().find(|subject| subject.name == name).expect("a subject")
    }

    /// What is seen of these, in their order, null for who is not there; and with how many statements.
    ///
    /// # Panics
    /// When it cannot be loaded.
    pub async fn load(&self, subject: &str, ids: &[Uuid]) -> (Vec<Value>, usize) {
        let (load, ids) = (self.subject(subject).load, ids.to_vec());
        let seen = self.server.app.door.read(&self.caller, async move |tx| {
            let (found, count) = statements(load(tx, &ids)).await;
            let found = found?;
            Ok((ids.iter().map(|id| found.get(id).cloned().unwrap_or(Value::Null)).collect(), count))
        });
        seen.await.expect("loads")
    }

    /// What is seen of one.
    ///
    /// # Panics
    /// When it cannot be loaded.
    pub async fn one(&self, subject: &str, id: &str) -> Value {
        self.load(subject, &[uuid(id)]).await.0.remove(0)
    }

    /// Everything that is due, page by page.
    ///
    /// # Panics
    /// When there is no such date.
    pub async fn due(&self, subject: &str, field: &str, from: &str, until: &str, limit: i64) -> Vec<(Timestamp, Uuid)> {
        let date = self.subject(subject).dates.iter().find(|date| date.field == field).expect("a date").due;
        let (from, until) = (from.parse().expect("an instant"), until.parse().expect("an instant"));
        let mut all: Vec<(Timestamp, Uuid)> = Vec::new();
        loop {
            let asked = DueQuery { from, until, after: all.last().copied(), limit };
            let page = self.server.app.door.read(&self.caller, async move |tx| date(tx, asked.clone()).await);
            let page = page.await.expect("a page");
            assert!(i64::try_from(page.len()).expect("small") <= limit, "no more than was asked for");
            if page.is_empty() {
                return all;
            }
            all.extend(page);
        }
    }

    /// Everything that fits, page by page.
    ///
    /// # Errors
    /// 422 for what is no filter of the subject.
    ///
    /// # Panics
    /// When the subject cannot be found.
    pub async fn find(&self, subject: &str, filter: Value, limit: i64) -> Result<Vec<Uuid>> {
        let find = self.subject(subject).find.expect("can be found");
        let mut all: Vec<Uuid> = Vec::new();
        loop {
            let asked = FindQuery { filter: filter.clone(), after: all.last().copied(), limit };
            let page = self.server.app.door.read(&self.caller, async move |tx| find(tx, asked.clone()).await).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }

    /// Does something in a transaction that is committed also where it was refused: nothing of a refusal may be left.
    ///
    /// # Errors
    /// The refusal.
    ///
    /// # Panics
    /// When there is no such action, or the transaction cannot go on.
    pub async fn run(&self, action: &str, patient: Option<&str>, input: Value) -> Result<Value> {
        let action = self.blocks.actions.iter().find(|one| one.name == action).expect("an action");
        let Run::Inside(run) = action.run else { panic!("it happens in the transaction") };
        let Value::Object(input) = input else { panic!("an object") };
        let call = Call {
            input,
            key: Uuid::now_v7(),
            workflow: Uuid::now_v7(),
            run: Uuid::now_v7(),
            test: false,
            patient: patient.map(uuid),
        };
        self.server.app.door.write(&self.caller, async move |tx| Ok(run(tx, &call).await)).await.expect("commits")
    }

    /// The code of a refusal, or where there is a field at fault, that and what is wrong with it.
    ///
    /// # Panics
    /// When it is done.
    pub async fn refused(&self, action: &str, patient: Option<&str>, input: Value) -> String {
        let error = self.run(action, patient, input).await.expect_err("refused");
        let code = error.code();
        if code != "validation.failed" {
            return code.to_owned();
        }
        let fault = error.into_faults().into_iter().next().expect("a fault");
        format!("{} {}", fault.pointer, fault.code)
    }

    /// That everything which is declared can be published and picked: permissions and subjects are there, samples are
    /// JSON.
    ///
    /// # Panics
    /// When something is not.
    pub fn check_declarations(&self) {
        let Blocks { subjects, triggers, actions, .. } = &self.blocks;
        for permission in subjects.iter().map(|one| one.permission).chain(actions.iter().map(|one| one.permission)) {
            assert!(platform::permission::Role::Owner.may(permission), "{permission}");
        }
        for trigger in triggers {
            assert!(subjects.iter().any(|subject| subject.name == trigger.subject), "{}", trigger.event);
        }
        let taken = actions.iter().flat_map(|action| action.fields.iter().chain(action.gives));
        for field in subjects.iter().flat_map(|subject| subject.fields).chain(taken) {
            serde_json::from_str::<Value>(field.sample).expect(field.key);
        }
    }

    /// That a record has all that its subject declares and nothing else, so that no text fails which asks for it. What
    /// the practice keeps besides is its own affair.
    ///
    /// # Panics
    /// When it has not.
    pub fn check_declared(&self, subject: &str, value: &Value) {
        let mut found = BTreeSet::new();
        keys(value, "", &mut found);
        let declared: BTreeSet<String> =
            self.subject(subject).fields.iter().map(|field| field.key.to_owned()).collect();
        assert_eq!(found, declared, "{subject}");
    }
}

fn keys(value: &Value, prefix: &str, found: &mut BTreeSet<String>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        let path = format!("{prefix}{key}");
        if key != "custom" {
            keys(value, &format!("{path}."), found);
        }
        found.insert(path);
    }
}

/// An id.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn uuid(text: &str) -> Uuid {
    text.parse().expect("an id")
}
