//! What we say, and what of it is heard.

use super::Conversation;
use super::event::{Effect, Part, Party, Turn, Utterance};
use super::state::{Entry, Fate, Spoken};
use crate::flow::{Disclosure, Node};
use crate::template::Wording;
use crate::words::is_backchannel;

/// How long a character takes to be said, at the slowest and as a rule, in milliseconds.
const SLOWEST: u64 = 150;
const AS_A_RULE: u64 = 65;

impl Conversation {
    /// Says a line of the flow.
    pub(super) fn say_wording(&mut self, wording: &Wording, interruptible: bool) {
        let parts = self.parts_of(wording.of(self.language()));
        self.say(parts, interruptible);
    }

    /// Says something behind everything that is still to be said. What has no words is not said.
    pub(super) fn say(&mut self, parts: Vec<Part>, interruptible: bool) {
        let id = u64::try_from(self.state.utterances.len()).unwrap_or(u64::MAX) + 1;
        let utterance = Utterance { id, parts, interruptible };
        if !utterance.spoken().chars().any(char::is_alphanumeric) {
            return;
        }
        let (at, node) = (self.state.now, self.state.node.clone());
        if self.state.queue.is_empty() {
            self.state.front_since = at;
        }
        self.state.queue.push_back(id);
        self.state.history.push(Entry::Spoke(id));
        self.state.utterances.push(Spoken { utterance: utterance.clone(), fate: Fate::Queued, at, node });
        self.tell(Effect::Say(utterance));
    }

    /// Tells whoever listens what they must know first, once.
    pub(super) fn disclose(&mut self, what: &[Disclosure]) {
        if self.state.is_told || what.is_empty() {
            return;
        }
        self.state.is_told = true;
        let arabic = self.language() == "ar";
        let name = self.value("org.name").unwrap_or_default();
        let flow = self.flow.clone();
        for disclosure in what {
            let (own, line) = match (disclosure, arabic) {
                (Disclosure::Automated, false) => {
                    (&flow.lines.automated, format!("Hello, this is an automated assistant calling from {name}."))
                }
                (Disclosure::Automated, true) => (&flow.lines.automated, format!("مرحبا، معك المساعد الآلي من {name}.")),
                (Disclosure::Recorded, false) => (&flow.lines.recorded, "This call is recorded.".to_owned()),
                (Disclosure::Recorded, true) => (&flow.lines.recorded, "هذه المكالمة مسجلة.".to_owned()),
            };
            match own {
                Some(own) => self.say_wording(own, false),
                None => self.say(vec![Part::Words(line)], false),
            }
        }
    }

    /// A line of the runtime: the flow's wording, or this one.
    pub(super) fn say_line(&mut self, own: Option<Wording>, english: &str, arabic: &str) {
        match own {
            Some(own) => self.say_wording(&own, true),
            None => {
                let line = if self.language() == "ar" { arabic } else { english };
                self.say(vec![Part::Words(line.to_owned())], true);
            }
        }
    }

    fn spoken_mut(&mut self, id: u64) -> Option<&mut Spoken> {
        let index = usize::try_from(id).ok()?.checked_sub(1)?;
        self.state.utterances.get_mut(index)
    }

    /// An utterance was heard to its end.
    pub(super) fn said(&mut self, id: u64) {
        let Some(place) = self.state.queue.iter().position(|queued| *queued == id) else { return };
        // what was before it has been played as well
        let done: Vec<u64> = self.state.queue.drain(..=place).collect();
        for id in done {
            if let Some(spoken) = self.spoken_mut(id) {
                spoken.fate = Fate::Said;
            }
            self.write_down(id);
        }
        (self.state.front_since, self.state.quiet_since) = (self.state.now, self.state.now);
    }

    /// An utterance was cut off.
    pub(super) fn interrupted(&mut self, id: u64, per_mille: u16) {
        let per_mille = per_mille.min(1000);
        if self.state.queue.contains(&id) {
            // the runtime has stopped by itself
            self.said_before(id);
            self.stop_speaking();
        }
        let Some(spoken) = self.spoken_mut(id) else { return };
        if matches!(spoken.fate, Fate::Stopping(_)) {
            spoken.fate = Fate::Cut(per_mille);
            self.write_down(id);
        }
    }

    fn said_before(&mut self, id: u64) {
        let before = self.state.queue.iter().position(|queued| *queued == id).and_then(|place| place.checked_sub(1));
        if let Some(last) = before.and_then(|place| self.state.queue.get(place).copied()) {
            self.said(last);
        }
    }

    /// Stops what is being said, and forgets what was to be said.
    pub(super) fn stop_speaking(&mut self) {
        let Some(front) = self.state.queue.front().copied() else { return };
        let elapsed = self.state.now - self.state.front_since;
        let rest: Vec<u64> = self.state.queue.drain(..).collect();
        for id in rest {
            if let Some(spoken) = self.spoken_mut(id) {
                let length = u64::try_from(spoken.utterance.spoken().chars().count()).unwrap_or(1).max(1);
                let guess = if id == front { (elapsed * 1000 / (length * AS_A_RULE)).min(1000) } else { 0 };
                spoken.fate =
                    if id == front { Fate::Stopping(u16::try_from(guess).unwrap_or(1000)) } else { Fate::Cut(0) };
            }
        }
        self.state.quiet_since = self.state.now;
        self.tell(Effect::Stop { utterance: front });
    }

    /// What is still being stopped was heard as far as it was guessed.
    pub(super) fn settle_fates(&mut self) {
        for index in 0..self.state.utterances.len() {
            if let Fate::Stopping(guess) = self.state.utterances[index].fate {
                self.state.utterances[index].fate = Fate::Cut(guess);
                let id = self.state.utterances[index].utterance.id;
                self.write_down(id);
            }
        }
    }

    /// A line of the transcript, of what was heard of an utterance.
    fn write_down(&mut self, id: u64) {
        let Some(spoken) = self.spoken_mut(id) else { return };
        let (heard, at_ms, node) = (spoken.heard(), spoken.at, spoken.node.clone());
        let is_cut = spoken.fate != Fate::Said;
        let text = heard.spoken();
        if text.trim().is_empty() {
            return;
        }
        let redacted = self.redacted(&heard.redacted());
        self.turn(Turn { who: Party::Us, text, redacted, at_ms, node, is_cut });
    }

    pub(super) fn turn(&mut self, turn: Turn) {
        self.state.turns.push(turn.clone());
        self.tell(Effect::Turn(turn));
    }

    /// How many characters the first of the queue has.
    fn front_length(&self) -> Option<u64> {
        let index = usize::try_from(*self.state.queue.front()?).ok()?.checked_sub(1)?;
        let spoken = self.state.utterances.get(index)?;
        u64::try_from(spoken.utterance.spoken().chars().count()).ok()
    }

    /// How long the first of the queue may take at most.
    pub(super) fn longest_front(&self) -> Option<u64> {
        self.front_length().map(|length| 5_000 + length * SLOWEST)
    }

    /// Whether four fifths of our last words have been heard.
    pub(super) fn is_nearly_done(&self) -> bool {
        let elapsed = self.state.now - self.state.front_since;
        let is_last = self.state.queue.len() == 1 && self.state.asked.is_none();
        is_last && self.front_length().is_some_and(|length| elapsed * 5 >= length * AS_A_RULE * 4)
    }

    /// Whether words of the other side end what we are saying.
    pub(super) fn may_interrupt(&self, text: &str) -> bool {
        let front = self.state.queue.front().and_then(|id| usize::try_from(*id).ok()?.checked_sub(1));
        let Some(spoken) = front.and_then(|index| self.state.utterances.get(index)) else { return false };
        let is_talk = matches!(self.here(), Some(Node::Conversation(_) | Node::Form(_) | Node::Say(_)));
        is_talk && spoken.utterance.interruptible && !text.trim().is_empty() && !is_backchannel(text)
    }

    /// They speak into our words: we stop, and nobody waits for what else we wanted to say.
    pub(super) fn give_way(&mut self) {
        self.state.counts.interruptions += 1;
        self.stop_speaking();
        self.run_kept_calls();
        self.cancel_ask();
    }
}
