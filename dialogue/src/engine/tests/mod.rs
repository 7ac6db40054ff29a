//! What must hold of every conversation.

mod anything;
mod hostile;
mod single;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use jiff::tz::{Offset, TimeZone};
use serde_json::json;

use super::{Context, Conversation, Effect, Event, ToolCall};
use crate::scenario::Case;
use crate::{Flow, Source};

/// The flow of the checks, in which nothing is wrong.
fn sample() -> Arc<Flow> {
    Arc::new(Source::read(crate::check::FLOW).expect("a flow").flow)
}

fn sample_context() -> Context {
    let object = |value: serde_json::Value| value.as_object().expect("an object").clone();
    Context {
        patient: object(json!({ "name": "Ana", "phone": "+15550100001", "birth": "1985-03-12", "code": "ZX81" })),
        org: object(json!({ "name": "Alpha", "phone": "+15550100002" })),
        language: "en".to_owned(),
        zone: TimeZone::UTC,
        learned: Vec::new(),
    }
}

/// The flows of the demo, each with its invented case.
static DEMO: LazyLock<Vec<(Arc<Flow>, Context)>> = LazyLock::new(|| {
    let read = |folder: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients").join(folder);
        let text = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a file");
        let case = Case::read(&text("case.yaml")).expect("a case");
        let context = Context {
            patient: case.patient,
            org: case.org,
            language: case.language.unwrap_or_else(|| "en".to_owned()),
            zone: TimeZone::fixed(Offset::from_hours(case.zone_hours).expect("a zone")),
            learned: Vec::new(),
        };
        (Arc::new(Source::read(&text("flow.yaml")).expect("a flow").flow), context)
    };
    ["alpha/prior_auth", "alpha/patient_questions", "beta/patient_questions"].map(read).into()
});

/// A conversation and what it wants, for tests that drive it.
struct Driven {
    call: Conversation,
    now: u64,
    generation: u64,
    said: Vec<u64>,
    secrets: Vec<String>,
    calls: BTreeMap<String, u32>,
}

impl Driven {
    fn begin(flow: &Arc<Flow>, context: &Context) -> Self {
        let slots = flow.context.expose.keys().filter(|key| flow.slot(key).is_some());
        let secrets = slots.filter_map(|key| context.patient.get(key)?.as_str().map(str::to_owned)).collect();
        let (call, effects) = Conversation::begin(flow.clone(), context.clone()).expect("everything is there");
        assert!(effects.is_empty());
        Self { call, now: 0, generation: 0, said: Vec::new(), secrets, calls: BTreeMap::new() }
    }

    /// Answered by somebody who says hello.
    fn answered(flow: &Arc<Flow>, context: &Context) -> Self {
        let mut driven = Self::begin(flow, context);
        driven.on(Event::Connected { inbound: false });
        driven.hear("Hello?");
        driven
    }

    /// Tells an event, and holds everything that must hold of every answer against it.
    fn on(&mut self, event: Event) -> Vec<Effect> {
        let was_over = self.call.is_over();
        let effects = self.call.on(self.now, event);
        assert!(!was_over || effects.is_empty(), "nothing is done when it is over");
        assert_eq!(self.call.is_over(), self.call.wakes_at().is_none(), "it waits for something until it is over");
        self.hold(&effects);
        effects
    }

    fn hold(&mut self, effects: &[Effect]) {
        let flow = self.call.flow.clone();
        let mut has_hung_up = false;
        for effect in effects {
            match effect {
                Effect::Ask { generation, question, .. } => {
                    assert!(*generation > self.generation, "questions are numbered upwards");
                    self.generation = *generation;
                    let text = serde_json::to_string(question).expect("JSON");
                    for secret in &self.secrets {
                        assert!(!text.contains(secret.as_str()), "a slot's value is in a question");
                    }
                }
                Effect::Say(utterance) => {
                    assert!(!has_hung_up, "nothing is said behind the end");
                    self.said.push(utterance.id);
                }
                Effect::HangUp => has_hung_up = true,
                Effect::Node { name } => assert!(flow.nodes.contains_key(name)),
                Effect::Called { function, refused: None } => {
                    let is_declared = function == "answer" || flow.function(function).is_some();
                    assert!(is_declared, "what is not declared is not done");
                    *self.calls.entry(function.clone()).or_default() += 1;
                }
                Effect::Capability { capability, function } => {
                    assert_eq!(flow.function(function).and_then(|it| it.capability), Some(*capability));
                }
                Effect::Set { key, .. } => assert!(flow.outcome.contains_key(key)),
                Effect::Transfer { to, .. } => {
                    let known = [&self.call.context.patient, &self.call.context.org];
                    let is_known = known.iter().any(|values| values.values().any(|value| *value == json!(to.0)));
                    assert!(is_known, "only known numbers are called");
                }
                _ => {}
            }
        }
    }

    fn hear(&mut self, text: &str) -> Vec<Effect> {
        self.on(Event::Heard { text: text.to_owned(), is_final: true })
    }

    /// The model says this and calls that.
    fn answer(&mut self, text: &str, calls: &[(&str, serde_json::Value)]) -> Vec<Effect> {
        let generation = self.generation;
        let mut effects = self.on(Event::ModelText { generation, text: text.to_owned() });
        for (index, (name, arguments)) in calls.iter().enumerate() {
            let call = ToolCall { id: format!("c{index}"), name: (*name).to_owned(), arguments: arguments.to_string() };
            effects.extend(self.on(Event::ModelCall { generation, call }));
        }
        effects.extend(self.on(Event::ModelDone { generation, tokens: 10 }));
        effects
    }

    /// Everything that is to be said is heard.
    fn listen(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        for utterance in std::mem::take(&mut self.said) {
            effects.extend(self.on(Event::Said { utterance }));
        }
        effects
    }

    /// Nothing more happens by itself: only time passes, until it is over.
    fn wait_for_the_end(&mut self) {
        for _ in 0..2_000 {
            let Some(at) = self.call.wakes_at() else { return };
            self.now = self.now.max(at);
            self.on(Event::Tick);
        }
        panic!("it does not end at {}", self.call.node());
    }
}
