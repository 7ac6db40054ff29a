//! From node to node, and to the end.

use super::event::{Effect, Party, Secret};
use super::state::{Ending, Entry, Local, Passed, Phase};
use super::{Conversation, MOST_MOVES};
use crate::flow::{Action, Answerer, Classify, Node, Strategy, Transfer, TransferCase};

/// How often all bounds of a call may be met together.
const MOST_EXHAUSTIONS: u32 = 20;

impl Conversation {
    /// The node where the call is; none when the flow it was begun with has no such node.
    pub(super) fn here(&self) -> Option<&Node> {
        self.flow.nodes.get(&self.state.node)
    }

    pub(super) fn connected(&mut self, inbound: bool) {
        if self.state.phase != Phase::Dialing {
            return;
        }
        self.state.phase = Phase::Talking;
        self.state.connected_at = Some(self.state.now);
        let first = self.flow.initial_node.clone();
        let inbound = match self.flow.nodes.get(&first) {
            Some(Node::Classify(Classify { inbound: Some(to), .. })) if inbound => Some(to.clone()),
            _ => None,
        };
        self.enter(inbound.unwrap_or(first));
    }

    /// Goes to a node, and on through nodes that take no time.
    pub(super) fn enter(&mut self, name: String) {
        let mut next = Some(name);
        let mut moves = 0;
        while let Some(name) = next.take() {
            moves += 1;
            if moves > MOST_MOVES {
                return self.finish("circle", true);
            }
            self.leave();
            let Some(node) = self.flow.nodes.get(&name).cloned() else { return self.finish("circle", true) };
            let state = &mut self.state;
            (state.node, state.node_since) = (name.clone(), state.now);
            (state.turns_here, state.asks_in_a_row, state.has_answered) = (0, 0, false);
            (state.local, state.quiet_since) = (Local::Nothing, state.now);
            state.nodes.push(Passed { node: name.clone(), at_ms: state.now });
            self.tell(Effect::Node { name });
            next = self.arrive(node);
        }
    }

    /// Goes to a node because of what was said: it is the first thing that is heard there.
    pub(super) fn enter_hearing(&mut self, name: String, text: &str) {
        self.state.led += 1;
        if self.state.led > MOST_MOVES {
            return self.finish("circle", true);
        }
        self.state.history.push(Entry::Heard(text.to_owned()));
        self.enter(name);
        match self.here() {
            Some(Node::Conversation(_) | Node::Form(_)) => self.state.turns_here += 1,
            Some(Node::Ivr(_)) => self.in_tree(text),
            Some(Node::Hold(_)) => self.on_hold(text),
            _ => {}
        }
    }

    /// What ends with the node before.
    fn leave(&mut self) {
        self.cancel_ask();
        self.state.read_back = None;
        if self.is_talk() {
            self.state.talk_ms += self.state.now - self.state.node_since;
        }
        if matches!(self.state.local, Local::Hold { listening: false, .. }) {
            self.tell(Effect::Hold(false));
        }
    }

    /// Whether time here counts as talking.
    pub(super) fn is_talk(&self) -> bool {
        let machines = matches!(self.here(), Some(Node::Ivr(_) | Node::Hold(_) | Node::Classify(_)));
        self.state.phase == Phase::Talking && !machines
    }

    /// Begins a node; the node behind it, if it takes no time.
    fn arrive(&mut self, node: Node) -> Option<String> {
        let now = self.state.now;
        if matches!(node, Node::Ivr(_) | Node::Hold(_) | Node::Classify(_) | Node::Voicemail(_)) {
            self.state.is_told = false;
        }
        match node {
            Node::Conversation(node) => {
                self.context_for(node.context_strategy);
                self.persona(node.persona);
                self.disclose(&node.disclosure);
                self.act(&node.pre_actions);
                if node.respond_immediately && self.state.phase == Phase::Talking {
                    self.ask(false);
                }
            }
            Node::Form(node) => {
                self.persona(node.persona);
                self.disclose(&node.disclosure);
                self.state.local = Local::Form { item: 0, asked: 0, is_done: false };
                self.ask_item();
            }
            Node::Classify(node) => {
                let until = now + u64::from(node.listen_seconds) * 1000;
                self.state.local = Local::Classify { until, heard: false };
            }
            Node::Ivr(_) => self.state.local = Local::default_ivr(),
            Node::Hold(_) => {
                self.state.local = Local::Hold { listening: false, announcements: Vec::new() };
                self.tell(Effect::Hold(true));
            }
            Node::Say(node) => {
                self.state.local = Local::Line;
                self.say_wording(&node.text, node.interruptible);
            }
            Node::Branch(node) => {
                let value = self.value(&node.on).unwrap_or_default();
                return Some(node.cases.get(&value).unwrap_or(&node.default).clone());
            }
            Node::Transfer(_) => self.state.local = Local::Transfer { begun: false },
            Node::Voicemail(_) => self.state.local = Local::Voicemail { speaking: false, speak_at: now + 30_000 },
            Node::End(node) => self.finish(&node.outcome, node.retry),
        }
        None
    }

    fn persona(&mut self, persona: Option<String>) {
        self.state.persona = persona.or_else(|| self.state.persona.take());
    }

    fn context_for(&mut self, strategy: Strategy) {
        if strategy != Strategy::Append {
            // the words that led here stay
            let led = usize::from(matches!(self.state.history.last(), Some(Entry::Heard(_))));
            self.state.history_from = self.state.history.len() - led;
        }
    }

    pub(super) fn act(&mut self, actions: &[Action]) {
        for action in actions {
            match action {
                Action::Say { text } => self.say_wording(text, true),
                Action::EndCall { outcome } => self.finish(outcome, false),
            }
        }
    }

    /// Post-actions come when the first answer was heard.
    pub(super) fn after_answer(&mut self) -> bool {
        let Some(Node::Conversation(node)) = self.here() else { return false };
        let is_due = self.state.has_answered && self.state.asked.is_none() && !node.post_actions.is_empty();
        if is_due {
            let actions = node.post_actions.clone();
            self.state.has_answered = false;
            self.act(&actions);
        }
        is_due
    }

    /// A line was said: what is next?
    pub(super) fn go_on(&mut self) {
        let next = match self.here() {
            Some(Node::Say(node)) => node.next.clone(),
            Some(Node::Voicemail(node)) => node.next.clone(),
            _ => return self.finish("circle", true),
        };
        self.enter(next);
    }

    /// A bound is met: the call goes where the flow says.
    pub(super) fn exhausted(&mut self) {
        self.state.exhaustions += 1;
        if self.state.exhaustions > MOST_EXHAUSTIONS {
            return self.finish("circle", true);
        }
        let next = match self.here() {
            Some(Node::Classify(node)) => Some(node.default.clone()),
            Some(Node::Say(node)) => Some(node.next.clone()),
            Some(Node::Voicemail(node)) => Some(node.next.clone()),
            Some(Node::Transfer(_)) => return self.transferred(TransferCase::NoAnswer),
            Some(node) => node.guards().and_then(|guards| guards.on_exhausted.clone()),
            None => None,
        };
        match next {
            Some(next) => self.enter(next),
            None => self.finish("circle", true),
        }
    }

    pub(super) fn busy(&mut self) {
        let to = match self.here() {
            Some(Node::Classify(node)) => node.cases.get(&Answerer::Busy).cloned(),
            _ => None,
        };
        self.state.phase = Phase::Talking;
        match to {
            Some(to) => self.enter(to),
            None => self.finish("busy", true),
        }
    }

    pub(super) fn begin_transfer(&mut self) {
        let Some(Node::Transfer(Transfer { mode, to, brief, ring_seconds, .. })) = self.here().cloned() else { return };
        self.state.local = Local::Transfer { begun: true };
        let to = self.text_of(&to);
        if to.is_empty() {
            return self.transferred(TransferCase::NoAnswer);
        }
        let brief = brief.map(|brief| self.text_of(brief.of(self.language()))).unwrap_or_default();
        self.state.node_since = self.state.now;
        self.tell(Effect::Transfer { mode, to: Secret(to), brief: Secret(brief), ring_seconds });
    }

    pub(super) fn transferred(&mut self, result: TransferCase) {
        let (Phase::Talking, Some(Node::Transfer(node))) = (self.state.phase, self.here()) else { return };
        let next = node.cases.get(&result).or_else(|| node.cases.get(&TransferCase::NoAnswer)).cloned();
        match next {
            Some(next) => self.enter(next),
            None => self.finish("circle", true),
        }
    }

    /// Somebody of the practice speaks: we are silent and write down what the other side says.
    pub(super) fn taken_over(&mut self) {
        if self.state.phase == Phase::Talking {
            self.leave();
            self.stop_speaking();
            self.state.phase = Phase::TakenOver;
        }
    }

    pub(super) fn released(&mut self) {
        if self.state.phase == Phase::TakenOver {
            self.state.phase = Phase::Talking;
            self.state.node_since = self.state.now;
            self.enter(self.state.node.clone());
        }
    }

    /// The end: the last words are still said, then we hang up.
    pub(super) fn finish(&mut self, outcome: &str, retry: bool) {
        if matches!(self.state.phase, Phase::Ending | Phase::HungUp | Phase::Over) {
            return;
        }
        self.leave();
        let at_ms = self.state.now;
        self.state.ending = Some(Ending { outcome: outcome.to_owned(), retry, at_ms });
        (self.state.local, self.state.node_since) = (Local::Nothing, at_ms);
        self.state.phase = if self.state.connected_at.is_some() { Phase::Ending } else { Phase::HungUp };
        if self.state.phase == Phase::HungUp {
            self.tell(Effect::HangUp);
        }
    }

    pub(super) fn hang_up(&mut self) {
        self.state.phase = Phase::HungUp;
        self.state.node_since = self.state.now;
        self.tell(Effect::HangUp);
    }

    /// The line is closed: this is the very end.
    pub(super) fn closed(&mut self, by: Party) {
        if self.state.ending.is_none() {
            self.leave();
            let (outcome, retry) = self.ending_of_closed(by);
            self.state.ending = Some(Ending { outcome, retry, at_ms: self.state.now });
        }
        self.state.closed_by = Some(by);
        self.stop_speaking();
        self.settle_fates();
        self.state.phase = Phase::Over;
        self.tell(Effect::Finished);
    }

    fn ending_of_closed(&self, by: Party) -> (String, bool) {
        let has_all = self.flow.outcome.iter().filter(|(_, outcome)| outcome.required);
        let has_all =
            has_all.fold((false, true), |(_, all), (key, _)| (true, all && self.state.found.contains_key(key)));
        match (self.state.connected_at, by) {
            (None, _) => ("no_answer".to_owned(), true),
            // they hang up when everything was said: that is an end like another
            (_, Party::Them) if has_all == (true, true) => ("completed".to_owned(), false),
            _ => ("closed".to_owned(), true),
        }
    }
}

impl Local {
    fn default_ivr() -> Self {
        Self::Ivr { options: Vec::new(), decide_at: None, menus: std::collections::BTreeMap::new(), next_key: 0 }
    }
}
