//! Time: bounds of the call and of each node, silence, and others who keep us waiting.

use super::Conversation;
use super::event::Party;
use super::state::{Local, Phase};
use crate::flow::Node;

/// All in milliseconds. Until somebody answers.
const DIAL: u64 = 120_000;
/// Until more of an answer of the model comes.
const MODEL: u64 = 8_000;
/// Of one turn of the other side.
const TURN: u64 = 60_000;
/// Of silence, until we ask whether somebody is there.
const IDLE: u64 = 8_000;
/// How often we ask.
const PROMPTS: u32 = 2;
/// For the last words.
const LAST_WORDS: u64 = 20_000;
/// Until the line is closed when we have hung up.
const HANG_UP: u64 = 5_000;
/// Longer than it rings, until it is told what came of it.
const TRANSFER: u64 = 45_000;

/// What happens by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timer {
    NoAnswer,
    Call,
    Talk,
    Node,
    Model,
    Utterance,
    Turn,
    Idle,
    Machine,
    LastWords,
    Closing,
}

impl Conversation {
    /// Everything that happens by itself, and when.
    pub(super) fn deadlines(&self) -> Vec<(u64, Timer)> {
        let state = &self.state;
        let seconds = |seconds: u32| u64::from(seconds) * 1000;
        let mut all = Vec::new();
        match state.phase {
            Phase::Dialing => all.push((DIAL, Timer::NoAnswer)),
            Phase::Ending => all.push((state.node_since + LAST_WORDS, Timer::LastWords)),
            Phase::HungUp => all.push((state.node_since + HANG_UP, Timer::Closing)),
            Phase::Over => return all,
            Phase::TakenOver | Phase::Talking => {
                let since = state.connected_at.unwrap_or_default();
                all.push((since + seconds(self.flow.limits.max_call_seconds), Timer::Call));
            }
        }
        if let Some(longest) = self.longest_front() {
            all.push((state.front_since + longest, Timer::Utterance));
        }
        if state.phase != Phase::Talking {
            return all;
        }
        all.push((state.node_since + self.node_bound(), Timer::Node));
        if self.is_talk() {
            let left = seconds(self.flow.limits.max_talk_seconds).saturating_sub(state.talk_ms);
            all.push((state.node_since + left, Timer::Talk));
        }
        if let Some(asked) = &state.asked {
            all.push((asked.since + MODEL, Timer::Model));
        }
        if let Some(since) = state.their_speech {
            all.push((since + TURN, Timer::Turn));
        }
        all.extend(self.machine_deadline().map(|at| (at, Timer::Machine)));
        let is_waiting = matches!(self.here(), Some(Node::Conversation(_) | Node::Form(_)));
        if is_waiting && state.asked.is_none() && state.queue.is_empty() && state.their_speech.is_none() {
            all.push((state.quiet_since + IDLE, Timer::Idle));
        }
        all
    }

    /// How long the call may stay here.
    fn node_bound(&self) -> u64 {
        let own = self.here().and_then(Node::guards).and_then(|guards| guards.max_seconds);
        let of_itself = match self.here() {
            Some(Node::Classify(node)) => node.listen_seconds.saturating_mul(3).max(30),
            Some(Node::Hold(_)) => 2_700,
            Some(Node::Transfer(node)) => return u64::from(node.ring_seconds) * 1000 + TRANSFER,
            Some(Node::Say(_)) => 60,
            Some(Node::Voicemail(_)) => 120,
            _ => 300,
        };
        u64::from(own.unwrap_or(of_itself)) * 1000
    }

    /// Does everything that is due, the oldest first.
    pub(super) fn timers(&mut self) {
        for _ in 0..40 {
            let due = self.deadlines().into_iter().filter(|(at, _)| *at <= self.state.now).min_by_key(|(at, _)| *at);
            let Some((_, timer)) = due else { return };
            self.fire(timer);
            self.settle();
        }
    }

    fn fire(&mut self, timer: Timer) {
        match timer {
            Timer::NoAnswer => self.finish("no_answer", true),
            Timer::Call => self.finish("time_limit", true),
            Timer::Talk => self.finish("talk_limit", true),
            Timer::Node => self.exhausted(),
            Timer::Model => {
                if let Some(generation) = self.state.asked.as_ref().map(|asked| asked.generation) {
                    self.tell(super::Effect::CancelAsk { generation });
                    self.model_failed(generation);
                }
            }
            // the runtime has not told: it was said, or nobody will know
            Timer::Utterance => {
                if let Some(front) = self.state.queue.front().copied() {
                    self.said(front);
                }
            }
            Timer::Turn => self.speech_ended(),
            Timer::Idle => self.idle(),
            Timer::Machine => self.machine_time(),
            Timer::LastWords => {
                self.stop_speaking();
                self.hang_up();
            }
            Timer::Closing => self.closed(Party::Us),
        }
    }

    fn machine_time(&mut self) {
        match self.state.local {
            Local::Classify { .. } => self.unclassified(),
            Local::Ivr { .. } => self.decide(),
            Local::Voicemail { .. } => self.leave_message(),
            _ => {}
        }
    }

    /// Nobody says anything: we ask whether somebody is there, and at last we end.
    fn idle(&mut self) {
        if self.state.idle_prompts >= PROMPTS {
            return self.finish("no_response", true);
        }
        self.state.idle_prompts += 1;
        self.state.quiet_since = self.state.now;
        let own = self.flow.lines.idle.clone();
        self.say_line(own, "Are you still there?", "هل ما زلت معي؟");
    }
}
