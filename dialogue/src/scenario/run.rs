//! Playing a scenario: what a runtime does, in virtual time.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use jiff::tz::{Offset, TimeZone};

use super::expect::Seen;
use super::{Case, Interrupt, Scenario, Step};
use crate::engine::{Context, Conversation, Effect, Event, Party, Utterance};
use crate::flow::Flow;
use crate::scripted::{Piece, Script};

/// How long a character takes to be said, the model to answer, and people to begin to speak, in milliseconds.
const CHARACTER: u64 = 65;
const MODEL: u64 = 300;
const PAUSE: u64 = 400;
/// The longest silence outside of menus and queues, in milliseconds.
const SILENCE: u64 = 10_000;

/// What came of a scenario.
#[derive(Clone, Debug)]
pub struct Report {
    /// The scenario.
    pub name: String,
    /// What was not as it should be.
    pub failures: Vec<Failure>,
    /// What was said, a line each: who, where, what. For people; the case is invented.
    pub transcript: Vec<String>,
    /// How long the call was, in milliseconds of its own time.
    pub took_ms: u64,
}

/// Something that was not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The line in the scenario's file.
    pub line: usize,
    /// What.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.line, self.message)
    }
}

/// Plays a scenario.
#[must_use]
pub fn run(flow: &Arc<Flow>, case: &Case, script: &Script, scenario: &Scenario) -> Report {
    let mut failures = Vec::new();
    let context = context(case, scenario);
    let secrets = secrets(flow, &context);
    let report = |failures, call: Option<&Play<'_>>| {
        let transcript = call.map(|call| call.call.result().transcript).unwrap_or_default();
        let line = |turn: crate::engine::Turn| {
            let who = if turn.who == Party::Us { "us" } else { "them" };
            format!("{who} [{}] {}", turn.node, turn.text)
        };
        let transcript = transcript.into_iter().map(line).collect();
        Report { name: scenario.name.clone(), failures, transcript, took_ms: call.map_or(0, |call| call.now) }
    };
    let (call, effects) = match Conversation::begin(flow.clone(), context.clone()) {
        Ok(begun) => begun,
        Err(missing) => {
            failures.push(Failure { line: 1, message: missing.to_string() });
            return report(failures, None);
        }
    };
    let mut play = Play::new(call, (script, flow), context, secrets);
    play.take(effects);
    for (line, step) in &scenario.steps {
        let messages = play.step(step, scenario.inbound);
        failures.extend(messages.into_iter().map(|message| Failure { line: *line, message }));
    }
    let last = scenario.steps.last().map_or(1, |(line, _)| *line);
    let broken = std::mem::take(&mut play.broken);
    failures.extend(broken.into_iter().map(|message| Failure { line: last, message }));
    report(failures, Some(&play))
}

fn context(case: &Case, scenario: &Scenario) -> Context {
    let mut patient = case.patient.clone();
    patient.extend(scenario.patient.clone());
    let language = scenario.language.clone().or_else(|| case.language.clone());
    Context {
        patient,
        org: case.org.clone(),
        language: language.unwrap_or_else(|| "en".to_owned()),
        zone: TimeZone::fixed(Offset::from_hours(case.zone_hours).unwrap_or(Offset::UTC)),
        learned: scenario.learned.clone(),
    }
}

/// The values of slots, which no model may see.
fn secrets(flow: &Flow, context: &Context) -> Vec<String> {
    let slots = flow.context.expose.keys().filter(|key| flow.slot(key).is_some());
    let values = slots.filter_map(|key| context.patient.get(key)?.as_str().map(str::to_owned));
    values.filter(|value| value.len() >= 3).collect()
}

/// A call that is played.
struct Play<'s> {
    call: Conversation,
    script: &'s Script,
    flow: &'s Flow,
    context: Context,
    secrets: Vec<String>,
    now: u64,
    /// What will happen by itself: the model's answers.
    coming: VecDeque<(u64, Event)>,
    /// What is to be heard, and when the first of it began.
    queue: VecDeque<Utterance>,
    front_since: u64,
    quiet_since: u64,
    model_fails: u32,
    connected: bool,
    seen: Seen,
    broken: Vec<String>,
}

impl<'s> Play<'s> {
    fn new(call: Conversation, (script, flow): (&'s Script, &'s Flow), context: Context, secrets: Vec<String>) -> Self {
        Self {
            call,
            script,
            flow,
            context,
            secrets,
            now: 0,
            coming: VecDeque::new(),
            queue: VecDeque::new(),
            front_since: 0,
            quiet_since: 0,
            model_fails: 0,
            connected: false,
            seen: Seen::default(),
            broken: Vec::new(),
        }
    }

    /// Does a step; what is not as it should be.
    fn step(&mut self, step: &Step, inbound: bool) -> Vec<String> {
        match step {
            Step::Expect(expect) => {
                let failures = self.seen.compare(expect, &self.call.result(), self.call.node());
                self.seen.forget();
                return failures;
            }
            Step::ModelFails(count) => self.model_fails = *count,
            Step::Sound(crate::engine::Sound::Ring | crate::engine::Sound::Busy) if !self.connected => {
                if let Step::Sound(kind) = step {
                    self.send(Event::Sound { kind: *kind });
                }
            }
            Step::Answer => self.connect(inbound),
            other => {
                self.connect(inbound);
                self.others(other);
            }
        }
        Vec::new()
    }

    fn connect(&mut self, inbound: bool) {
        if !self.connected {
            self.connected = true;
            self.quiet_since = self.now;
            self.send(Event::Connected { inbound });
            self.until_quiet();
        }
    }

    fn others(&mut self, step: &Step) {
        match step {
            Step::Hear(text) => {
                self.until_quiet();
                self.speak(text);
            }
            Step::Interrupt(Interrupt { text, after_ms }) => {
                self.pass(*after_ms);
                self.send(Event::Heard { text: text.clone(), is_final: false });
                self.speak(text);
            }
            Step::Wait(seconds) => self.pass(u64::from(*seconds) * 1000),
            Step::Sound(kind) => self.send(Event::Sound { kind: *kind }),
            Step::Transfer(result) => self.send(Event::TransferResult { result: *result }),
            Step::Close(by) => self.send(Event::Closed { by: *by }),
            Step::TakeOver(true) => self.send(Event::TakenOver),
            Step::TakeOver(false) => self.send(Event::Released),
            Step::HangUp => self.send(Event::HangUpAsked),
            Step::Expect(_) | Step::ModelFails(_) | Step::Answer => {}
        }
        if !matches!(step, Step::Wait(_)) {
            self.until_quiet();
        }
    }

    /// They speak; afterwards we have the word until we are done, unless they are to interrupt us.
    fn speak(&mut self, text: &str) {
        self.now += PAUSE;
        self.send(Event::SpeechBegan);
        self.now += u64::try_from(text.chars().count()).unwrap_or_default() * CHARACTER / 2;
        self.send(Event::SpeechEnded);
        self.quiet_since = self.now;
        self.send(Event::Heard { text: text.to_owned(), is_final: true });
    }

    fn send(&mut self, event: Event) {
        let was_over = self.call.is_over();
        let effects = self.call.on(self.now, event);
        if was_over && !effects.is_empty() {
            self.broken.push("Something was done when the call was over.".to_owned());
        }
        self.take(effects);
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.seen.take(&effect);
            match effect {
                Effect::Ask { generation, node, question } => self.asked(generation, &node, &question),
                Effect::CancelAsk { generation } => self.coming.retain(|(_, event)| !is_of(event, generation)),
                Effect::Say(utterance) => {
                    if self.queue.is_empty() {
                        self.silence();
                        self.front_since = self.now;
                    }
                    self.queue.push_back(utterance);
                }
                Effect::Stop { utterance } => self.stop(utterance),
                Effect::HangUp => self.coming.push_back((self.now + 200, Event::Closed { by: Party::Us })),
                _ => {}
            }
        }
    }

    fn stop(&mut self, utterance: u64) {
        let length = self.queue.front().map_or(1, length);
        let heard = ((self.now - self.front_since) * 1000 / length).min(1000);
        self.queue.clear();
        self.quiet_since = self.now;
        let per_mille = u16::try_from(heard).unwrap_or(1000);
        self.coming.push_front((self.now, Event::Interrupted { utterance, per_mille }));
    }

    fn asked(&mut self, generation: u64, node: &str, question: &crate::engine::Question) {
        let text = serde_json::to_string(question).unwrap_or_default();
        for secret in self.secrets.iter().filter(|secret| text.contains(secret.as_str())) {
            self.broken.push(format!("A question to the model holds the slot value {secret}."));
        }
        self.seen.asked.push(text);
        let at = self.now + MODEL;
        if self.model_fails > 0 {
            self.model_fails -= 1;
            return self.coming.push_back((at, Event::ModelFailed { generation }));
        }
        for piece in self.script.answer_for(node, question, self.flow, &self.context) {
            let event = match piece {
                Piece::Text(text) => Event::ModelText { generation, text },
                Piece::Call(call) => Event::ModelCall { generation, call },
            };
            self.coming.push_back((at, event));
        }
        self.coming.push_back((at, Event::ModelDone { generation, tokens: 0 }));
    }

    /// Whoever waits, waits for what?
    fn silence(&mut self) {
        if self.connected && !self.seen.is_with_machine() && self.now - self.quiet_since > SILENCE {
            self.broken.push(format!("It was silent for {} ms.", self.now - self.quiet_since));
        }
    }

    /// When the next thing happens by itself, apart from the engine's own timers.
    fn next_of_world(&self) -> Option<u64> {
        let said = self.queue.front().map(|front| self.front_since + length(front));
        let coming = self.coming.iter().map(|(at, _)| *at).min();
        said.into_iter().chain(coming).min()
    }

    /// Lets everything happen that comes by itself, until it is their turn.
    fn until_quiet(&mut self) {
        for _ in 0..2_000 {
            let Some(at) = self.next_of_world() else { return };
            self.advance(at);
        }
        self.broken.push("We never stop speaking.".to_owned());
    }

    fn pass(&mut self, milliseconds: u64) {
        let end = self.now + milliseconds;
        while !self.call.is_over() && self.now < end {
            let next = self.next_of_world().into_iter().chain(self.call.wakes_at()).min().unwrap_or(end);
            self.advance(next.clamp(self.now, end));
        }
    }

    /// Goes on to an instant, and does what happens then.
    fn advance(&mut self, at: u64) {
        let wakes = self.call.wakes_at().filter(|wakes| *wakes < at);
        self.now = self.now.max(wakes.unwrap_or(at));
        if wakes.is_some() {
            return self.send(Event::Tick);
        }
        let due = self.coming.iter().position(|(when, _)| *when <= self.now);
        if let Some((_, event)) = due.and_then(|place| self.coming.remove(place)) {
            return self.send(event);
        }
        let is_said = self.queue.front().is_some_and(|front| self.front_since + length(front) <= self.now);
        if let Some(front) = self.queue.pop_front_if(|_| is_said) {
            (self.front_since, self.quiet_since) = (self.now, self.now);
            return self.send(Event::Said { utterance: front.id });
        }
        self.send(Event::Tick);
    }
}

/// How long an utterance takes, in milliseconds.
fn length(utterance: &Utterance) -> u64 {
    u64::try_from(utterance.spoken().chars().count()).unwrap_or_default().max(1) * CHARACTER
}

fn is_of(event: &Event, cancelled: u64) -> bool {
    match event {
        Event::ModelText { generation, .. }
        | Event::ModelCall { generation, .. }
        | Event::ModelDone { generation, .. }
        | Event::ModelFailed { generation } => *generation == cancelled,
        _ => false,
    }
}
