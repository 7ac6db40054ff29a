//! The engine: a conversation as a pure state machine. It is told what happens and when, and says what is to be done. It
//! has no clock, no network and no waiting of its own, so a call can be played again, in a millisecond.
//!
//! What must hold, whatever happens and in whatever order:
//! - it ends: every node is bounded by time and turns, and every bound leads on;
//! - where a call goes on is decided in the same step as what a function did;
//! - an answer to a question that was cancelled does nothing;
//! - nobody waits in silence: within seconds something is said, asked or ended;
//! - what the other side says never becomes an instruction, and the values of slots never reach a model.

mod answer;
mod ask;
mod calls;
mod dial;
mod event;
mod listen;
mod machines;
mod moves;
mod readback;
mod speak;
mod state;
#[cfg(test)]
mod tests;
mod timers;
mod values;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(crate) use ask::{JUST_BEGUN, SPEAK_ARABIC};
pub(crate) use calls::DONE_AND_ON;
pub use event::{
    Effect, Event, Message, Part, Party, Question, Refusal, Secret, Sound, Tool, ToolCall, Turn, Utterance,
};
pub use state::{Context, Counts, Ending, Evidence, Found, Outcome, Passed};

use crate::Flow;
use state::{Local, Phase, State};

/// How many nodes may be passed in one instant.
const MOST_MOVES: u32 = 20;

/// A conversation.
#[derive(Clone)]
pub struct Conversation {
    flow: Arc<Flow>,
    context: Arc<Context>,
    state: State,
    out: Vec<Effect>,
}

/// A conversation as it can be kept: what changes in it, and nothing of the flow.
#[derive(Clone, Serialize, Deserialize)]
pub struct Kept(State);

impl fmt::Debug for Kept {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("Kept(…)")
    }
}

impl fmt::Debug for Conversation {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("Conversation(…)")
    }
}

/// Why no call is made: these fields are missing, `patient.…` or `org.…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing(pub Vec<String>);

impl fmt::Display for Missing {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "No call without: {}.", self.0.join(", "))
    }
}

impl std::error::Error for Missing {}

impl Conversation {
    /// Begins a conversation; its first instant is 0. The flow has passed its checks.
    ///
    /// # Errors
    /// What the flow requires and the context has not.
    pub fn begin(flow: Arc<Flow>, context: Context) -> Result<(Self, Vec<Effect>), Missing> {
        let missing = values::missing(&flow, &context);
        if !missing.is_empty() {
            return Err(Missing(missing));
        }
        let mut state = State { node: flow.initial_node.clone(), ..State::default() };
        for (key, outcome) in &flow.outcome {
            if let Some(default) = &outcome.default {
                state.values.insert(key.clone(), default.clone());
            }
        }
        Ok((Self { flow, context: Arc::new(context), state, out: Vec::new() }, Vec::new()))
    }

    /// Goes on with what was kept; the flow is the one it began with.
    #[must_use]
    pub fn resume(flow: Arc<Flow>, context: Context, kept: Kept) -> Self {
        Self { flow, context: Arc::new(context), state: kept.0, out: Vec::new() }
    }

    /// What must be kept to go on later.
    #[must_use]
    pub fn keep(&self) -> Kept {
        Kept(self.state.clone())
    }

    /// Takes what has happened, `now` milliseconds after the beginning, and says what is to be done, in this order. Time
    /// does not run backwards: an instant before the last one counts as the last one.
    pub fn on(&mut self, now: u64, event: Event) -> Vec<Effect> {
        if self.is_over() {
            return Vec::new();
        }
        self.state.now = self.state.now.max(now);
        self.state.led = 0;
        self.timers();
        if !self.is_over() {
            self.take(event);
            self.settle();
            // what has become due at this very instant is not left for the next one
            self.timers();
        }
        std::mem::take(&mut self.out)
    }

    /// When something is to happen by itself, in milliseconds since the beginning: tell [`Event::Tick`] then. Nothing when
    /// it is over, and only then.
    #[must_use]
    pub fn wakes_at(&self) -> Option<u64> {
        self.deadlines().into_iter().map(|(at, _)| at).min()
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state.phase == Phase::Over
    }

    /// Where the call is.
    #[must_use]
    pub fn node(&self) -> &str {
        &self.state.node
    }

    /// What has come of it so far.
    #[must_use]
    pub fn result(&self) -> Outcome {
        let state = &self.state;
        Outcome {
            ending: state.ending.clone(),
            closed_by: state.closed_by,
            found: state.found.clone(),
            write_back: self.write_back(),
            state: state.values.clone(),
            counts: state.counts.clone(),
            nodes: state.nodes.clone(),
            transcript: state.turns.clone(),
            pressed: state.pressed.clone(),
            talk_ms: state.talk_ms,
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Connected { inbound } => self.connected(inbound),
            Event::Closed { by } => self.closed(by),
            Event::HangUpAsked => self.finish("ended_by_staff", false),
            Event::TakenOver => self.taken_over(),
            Event::Released => self.released(),
            Event::Said { utterance } => self.said(utterance),
            Event::Interrupted { utterance, per_mille } => self.interrupted(utterance, per_mille),
            Event::Sound { kind: Sound::Busy } if self.state.phase == Phase::Dialing => self.busy(),
            // nothing is heard before somebody has answered, and nothing counts when the end has come
            Event::Heard { text, is_final } => self.heard(&text, is_final),
            Event::SpeechBegan => self.speech_began(),
            Event::SpeechEnded => self.speech_ended(),
            Event::Sound { kind } => self.sound(kind),
            Event::ModelText { generation, text } => self.model_text(generation, &text),
            Event::ModelCall { generation, call } => self.model_call(generation, call),
            Event::ModelDone { generation, tokens } => self.model_done(generation, tokens),
            Event::ModelFailed { generation } => self.model_failed(generation),
            Event::TransferResult { result } => self.transferred(result),
            Event::Key { .. } => self.state.quiet_since = self.state.now,
            Event::Tick => {}
        }
    }

    /// Does what has become possible, until nothing more has: goes on when the last word is said, hangs up.
    fn settle(&mut self) {
        for _ in 0..MOST_MOVES {
            if self.is_over() || !self.state.queue.is_empty() || !self.settled() {
                break;
            }
        }
    }

    /// Whether something has become possible.
    fn settled(&mut self) -> bool {
        match (self.state.phase, &self.state.local) {
            (Phase::Ending, _) => self.hang_up(),
            (Phase::Talking, Local::Line | Local::Voicemail { speaking: true, .. }) => self.go_on(),
            (Phase::Talking, Local::Transfer { begun: false }) => self.begin_transfer(),
            (Phase::Talking, Local::Nothing) => return self.after_answer(),
            _ => return false,
        }
        true
    }

    fn tell(&mut self, effect: Effect) {
        self.out.push(effect);
    }
}
