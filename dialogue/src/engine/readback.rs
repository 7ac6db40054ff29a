//! What has to be right is repeated, character by character, and counts when the other side has said yes.

use serde_json::Value;

use super::Conversation;
use super::event::Part;
use super::values::text;
use crate::flow::{Manner, OutcomeType};
use crate::words::{spoken, yes_or_no};

/// How often it is repeated when the answer is not clear.
const MOST: u32 = 2;

impl Conversation {
    /// The line that repeats these values.
    pub(super) fn read_back_line(&self, values: &[(String, Value)]) -> Vec<Part> {
        let arabic = self.language() == "ar";
        let mut parts = vec![Part::Words(if arabic { "سمعت: " } else { "I have: " }.to_owned())];
        for (index, (key, value)) in values.iter().enumerate() {
            if index > 0 {
                parts.push(Part::Words("; ".to_owned()));
            }
            let manner = match self.flow.outcome.get(key).map(|outcome| outcome.kind) {
                Some(OutcomeType::Date) => Manner::Date,
                Some(OutcomeType::Datetime) => Manner::Datetime,
                Some(OutcomeType::Enum | OutcomeType::Boolean | OutcomeType::Text) => Manner::Text,
                Some(OutcomeType::Phone) => Manner::Digits,
                _ => Manner::Spell,
            };
            let spoken = spoken(manner, &text(value), self.language(), &self.context.zone);
            parts.push(Part::Value { name: key.clone(), spoken });
        }
        parts.push(Part::Words(if arabic { ". هل هذا صحيح؟" } else { ". Is that correct?" }.to_owned()));
        parts
    }

    /// Repeats it.
    pub(super) fn read_back(&mut self) {
        if let Some(pending) = &mut self.state.read_back {
            pending.asked += 1;
            let line = pending.line.clone();
            self.say(line, true);
        }
    }

    /// The other side has said something while we wait for a yes; true when that was all there is to do.
    pub(super) fn confirmed(&mut self, said: &str) -> bool {
        let Some(pending) = self.state.read_back.take() else { return false };
        match yes_or_no(said) {
            Some(true) => {
                self.commit(&pending.change, true);
                match pending.change.target {
                    Some(to) => self.enter(to),
                    None => self.ask(false),
                }
                true
            }
            Some(false) => false,
            None => {
                let keeps = self.flow.function(&pending.function).is_some_and(|it| !it.cancel_on_interruption);
                let again = pending.asked <= MOST && keeps;
                if again {
                    self.state.read_back = Some(pending);
                    self.read_back();
                }
                again
            }
        }
    }
}
