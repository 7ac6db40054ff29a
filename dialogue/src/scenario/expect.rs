//! What has happened in a scenario, compared with what should have.

use super::Expect;
use crate::engine::{Effect, Outcome, Refusal};
use crate::flow::Capability;
use crate::words::has_phrase;

/// What has happened since the last comparison; and what was asked from the beginning.
#[derive(Default)]
pub(super) struct Seen {
    pub asked: Vec<String>,
    said: Vec<String>,
    called: Vec<String>,
    refused: Vec<Refusal>,
    keys: String,
    hold: Option<bool>,
    transfer: Option<(String, String)>,
    capabilities: Vec<Capability>,
    cut: Vec<String>,
    hung_up: bool,
    is_on_hold: bool,
    with_machine: bool,
}

impl Seen {
    pub fn take(&mut self, effect: &Effect) {
        match effect {
            Effect::Say(utterance) => self.said.push(utterance.spoken()),
            Effect::Called { function, refused: None } => self.called.push(function.clone()),
            Effect::Called { refused: Some(reason), .. } => self.refused.push(*reason),
            Effect::Keys { keys, .. } => {
                self.keys.push_str(&keys.0);
                self.with_machine = true;
            }
            Effect::Hold(on) => {
                (self.hold, self.is_on_hold) = (Some(*on), *on);
                self.with_machine = *on;
            }
            Effect::Transfer { to, brief, .. } => {
                self.transfer = Some((to.0.clone(), brief.0.clone()));
                self.with_machine = true;
            }
            Effect::Capability { capability, .. } => self.capabilities.push(*capability),
            Effect::Turn(turn) if turn.is_cut => self.cut.push(turn.text.clone()),
            Effect::HangUp => self.hung_up = true,
            Effect::Ask { .. } => self.with_machine = false,
            _ => {}
        }
    }

    /// Whether a machine, a queue or somebody of the practice has them now.
    pub fn is_with_machine(&self) -> bool {
        self.with_machine || self.is_on_hold
    }

    /// What was compared is compared no more.
    pub fn forget(&mut self) {
        let Self { asked, hold, hung_up, is_on_hold, with_machine, .. } = std::mem::take(self);
        *self = Self { asked, hold, hung_up, is_on_hold, with_machine, ..Self::default() };
    }

    /// What is not as it should be.
    pub fn compare(&self, expect: &Expect, result: &Outcome, node: &str) -> Vec<String> {
        let mut failures = self.words(expect);
        let mut check = |fine: bool, message: String| {
            if !fine {
                failures.push(message);
            }
        };
        if let Some(wanted) = &expect.node {
            check(wanted == node, format!("The call is at `{node}` and not at `{wanted}`."));
        }
        for name in &expect.called {
            check(self.called.contains(name), format!("`{name}` was not called, but {:?}.", self.called));
        }
        for reason in &expect.refused {
            check(self.refused.contains(reason), format!("Nothing was refused as {reason:?}, but {:?}.", self.refused));
        }
        if let Some(keys) = &expect.keys {
            check(*keys == self.keys, format!("The keys were `{}`.", self.keys));
        }
        if let Some(hold) = expect.hold {
            check(self.hold == Some(hold), format!("Waiting is {:?}.", self.hold));
        }
        if let Some(capability) = expect.capability {
            check(self.capabilities.contains(&capability), format!("Done outside was {:?}.", self.capabilities));
        }
        if let Some(hung_up) = expect.hung_up {
            check(self.hung_up == hung_up, format!("That we have hung up is {}.", self.hung_up));
        }
        failures.extend(self.outcomes(expect, result));
        failures
    }

    fn words(&self, expect: &Expect) -> Vec<String> {
        let said = self.said.join(" ");
        let mut failures = Vec::new();
        for words in expect.said.iter().filter(|words| !has_phrase(&said, &[words])) {
            failures.push(format!("We did not say \"{words}\", but \"{said}\"."));
        }
        for words in expect.not_said.iter().filter(|words| has_phrase(&said, &[words])) {
            failures.push(format!("We said \"{words}\"."));
        }
        for words in expect.cut.iter().filter(|words| !self.cut.iter().any(|cut| cut.contains(words.as_str()))) {
            failures.push(format!("Nothing with \"{words}\" was cut off, but {:?}.", self.cut));
        }
        for words in &expect.never_asked {
            if self.asked.iter().any(|question| question.contains(words.as_str())) {
                failures.push(format!("The model was told \"{words}\"."));
            }
        }
        match (&expect.transfer_to, &self.transfer) {
            (Some(wanted), Some((to, _))) if wanted == to => {}
            (Some(_), other) => failures.push(format!("Handed over to {:?}.", other.as_ref().map(|(to, _)| to))),
            (None, _) => {}
        }
        let brief = self.transfer.as_ref().map(|(_, brief)| brief.as_str()).unwrap_or_default();
        for words in expect.brief.iter().filter(|words| !brief.contains(words.as_str())) {
            failures.push(format!("The brief has no \"{words}\": \"{brief}\"."));
        }
        failures
    }

    fn outcomes(&self, expect: &Expect, result: &Outcome) -> Vec<String> {
        let mut failures = Vec::new();
        for (key, wanted) in &expect.state {
            let value = result.state.get(key).cloned().unwrap_or_default();
            if value != *wanted {
                failures.push(format!("`{key}` is {value} and not {wanted}."));
            }
        }
        if let Some(wanted) = expect.write_back.as_ref().filter(|wanted| **wanted != result.write_back) {
            let (is, wanted) = (serde_json::to_string(&result.write_back), serde_json::to_string(wanted));
            failures.push(format!(
                "{} goes into the case and not {}.",
                is.unwrap_or_default(),
                wanted.unwrap_or_default()
            ));
        }
        for key in expect.confirmed.iter().filter(|key| !result.found.get(*key).is_some_and(|it| it.is_confirmed)) {
            failures.push(format!("`{key}` was not confirmed."));
        }
        for (key, words) in &expect.evidence {
            let quote = result.found.get(key).and_then(|found| found.evidence.as_ref()).map(|it| it.quote.as_str());
            if !quote.is_some_and(|quote| has_phrase(quote, &[words])) {
                failures.push(format!("`{key}` is proved by {quote:?}."));
            }
        }
        let ending = result.ending.as_ref();
        if let Some(wanted) = expect.outcome.as_ref().filter(|wanted| ending.is_none_or(|it| it.outcome != **wanted)) {
            failures.push(format!("The call came to {:?} and not `{wanted}`.", ending.map(|it| &it.outcome)));
        }
        if expect.retry.is_some() && expect.retry != ending.map(|ending| ending.retry) {
            failures.push(format!("Trying again is {:?}.", ending.map(|ending| ending.retry)));
        }
        failures
    }
}
