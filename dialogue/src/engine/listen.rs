//! What the other side says.

use super::Conversation;
use super::event::{Effect, Party, Sound, Turn};
use super::state::{Entry, Local, Phase};
use crate::flow::{Item, Node};
use crate::words::{answer, has_phrase, is_backchannel, yes_or_no};

/// How often the other side may speak in a node that does not say it.
const MOST_TURNS: u32 = 20;
/// The longest turn in characters; what is beyond is dropped.
const LONGEST: usize = 4_000;

impl Conversation {
    pub(super) fn speech_began(&mut self) {
        if matches!(self.state.phase, Phase::Talking | Phase::TakenOver) {
            self.state.their_speech = Some(self.state.now);
            self.wake();
        }
    }

    pub(super) fn speech_ended(&mut self) {
        self.state.their_speech = None;
        self.state.quiet_since = self.state.now;
        self.machine_is_quiet();
    }

    pub(super) fn heard(&mut self, text: &str, is_final: bool) {
        if !matches!(self.state.phase, Phase::Talking | Phase::TakenOver) || text.trim().is_empty() {
            return;
        }
        let text: String = text.trim().chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        self.state.quiet_since = self.state.now;
        if self.state.phase == Phase::Talking && self.may_interrupt(&text) {
            self.give_way();
        }
        if is_final {
            self.state.their_speech = None;
            self.settle_fates();
            self.took_turn(&text);
        }
    }

    fn took_turn(&mut self, text: &str) {
        let turn = Turn {
            who: Party::Them,
            text: text.to_owned(),
            redacted: self.redacted(text),
            at_ms: self.state.now,
            node: self.state.node.clone(),
            is_cut: false,
        };
        self.turn(turn);
        if self.state.phase != Phase::Talking {
            return;
        }
        match self.here() {
            Some(Node::Classify(_)) => self.classify(text),
            Some(Node::Ivr(_)) => self.in_tree(text),
            Some(Node::Hold(_)) => self.on_hold(text),
            Some(Node::Voicemail(_)) => self.machine_speaks(),
            Some(Node::Conversation(_) | Node::Form(_)) => self.answered(text),
            // a line is being said, somebody is being called: what is said now is told to the model later
            Some(Node::Say(_) | Node::Transfer(_)) => self.state.history.push(Entry::Heard(text.to_owned())),
            _ => {}
        }
    }

    /// Somebody answers in a conversation.
    fn answered(&mut self, text: &str) {
        // "yeah" in the middle of our words is no answer; behind a question that is all but over it is one
        let is_yes = self.state.read_back.is_some() && yes_or_no(text).is_some();
        let is_question = is_yes || matches!(self.here(), Some(Node::Form(_)));
        if !self.state.queue.is_empty() && is_backchannel(text) && !is_question && !self.is_nearly_done() {
            return;
        }
        let most = self.here().and_then(Node::guards).and_then(|guards| guards.max_turns).unwrap_or(MOST_TURNS);
        self.state.turns_here += 1;
        (self.state.asks_in_a_row, self.state.idle_prompts) = (0, 0);
        self.state.history.push(Entry::Heard(text.to_owned()));
        if self.words_called(text) || self.confirmed(text) {
            return;
        }
        if self.state.turns_here > most {
            return self.exhausted();
        }
        match self.here() {
            Some(Node::Form(_)) => self.answered_item(text),
            _ => self.ask(false),
        }
    }

    /// Words for which no model is needed.
    fn words_called(&mut self, text: &str) -> bool {
        let own: &[String] = if let Some(Node::Conversation(node)) = self.here() { &node.functions } else { &[] };
        let own = own.iter().filter_map(|name| self.flow.functions.get_key_value(name));
        let all = self.flow.global_functions.iter().chain(own);
        let called = all.filter(|(_, function)| has_phrase(text, &function.when_heard)).map(|(name, _)| name.clone());
        let called: Option<String> = called.collect::<Vec<_>>().into_iter().next();
        called.is_some_and(|name| self.call_for(&name))
    }

    /// The question of a form that is open.
    fn item(&self) -> Option<&Item> {
        match (self.here(), &self.state.local) {
            (Some(Node::Form(node)), Local::Form { item, .. }) => node.items.get(*item),
            _ => None,
        }
    }

    pub(super) fn item_key(&self) -> Option<String> {
        self.item().map(|item| item.key.clone())
    }

    /// Asks the question, or goes on when there is none.
    pub(super) fn ask_item(&mut self) {
        if let Some(item) = self.item() {
            let ask = item.ask.clone();
            if let Local::Form { asked, .. } = &mut self.state.local {
                *asked += 1;
            }
            return self.say_wording(&ask, true);
        }
        let next = if let Some(Node::Form(node)) = self.here() { Some(node.next.clone()) } else { None };
        if let Some(next) = next {
            self.enter(next);
        }
    }

    pub(super) fn next_item(&mut self) {
        if let Local::Form { item, asked, is_done } = &mut self.state.local {
            *item += 1;
            (*asked, *is_done) = (0, false);
        }
        self.ask_item();
    }

    /// An answer that rules can read is taken; for another one the model is asked, as often as the form allows.
    fn answered_item(&mut self, text: &str) {
        let Some(item) = self.item() else { return };
        let key = item.key.clone();
        let read =
            self.flow.outcome.get(&key).and_then(|outcome| answer(outcome.kind, &outcome.values, &item.words, text));
        if let Some(value) = read {
            let evidence = self.find(text);
            self.keep_found(&key, value, evidence, false);
            return self.next_item();
        }
        let most = if let Some(Node::Form(node)) = self.here() { node.reask } else { 0 };
        match self.state.local {
            Local::Form { asked, .. } if asked > most => self.next_item(),
            _ => self.ask(false),
        }
    }

    pub(super) fn sound(&mut self, sound: Sound) {
        if self.state.phase != Phase::Talking {
            return;
        }
        match sound {
            Sound::Voice => self.wake(),
            Sound::Music => self.music(),
            Sound::Beep => self.beep(),
            Sound::Ring => self.rings(),
            Sound::Busy | Sound::Silence => {}
        }
    }

    /// While we wait, somebody speaks: from now on it matters what is said.
    fn wake(&mut self) {
        if let Local::Hold { listening, .. } = &mut self.state.local
            && !*listening
        {
            *listening = true;
            self.tell(Effect::Hold(false));
        }
    }
}
