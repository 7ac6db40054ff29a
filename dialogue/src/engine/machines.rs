//! Those who are no people: who has answered, phone trees, queues, machines that record. By rules alone.

use super::Conversation;
use super::event::{Effect, Part, Secret};
use super::state::{Local, Phase};
use crate::flow::{Answerer, HoldCase, Input, Ivr, IvrCase, Manner, Node, Send, WaitFor};
use crate::words::{Choice, Sounds, asks_for, callback_offer, has_phrase, is_alike, menu, sounds_like, spoken};

/// Between keys, in milliseconds.
const GAP: u32 = 300;
/// How long a menu is waited for to go on before something else than what is wanted is chosen, in milliseconds.
const PAUSE: u64 = 2_000;
/// How often the same menu may be heard unless the node says it.
const MOST_REPEATS: u32 = 3;
/// Options that lead to people, where nothing that is wanted is offered.
const PEOPLE: [&str; 8] =
    ["representative", "operator", "agent", "speak to someone", "speak with", "customer service", "all other", "موظف"];
/// The most announcements that are remembered.
const MOST_ANNOUNCEMENTS: usize = 20;

impl Conversation {
    /// Who has answered, by the first words.
    pub(super) fn classify(&mut self, text: &str) {
        let Some(Node::Classify(node)) = self.here() else { return };
        let case = match sounds_like(text) {
            Sounds::Human => Answerer::Human,
            Sounds::Menu => Answerer::Ivr,
            Sounds::Voicemail => Answerer::Voicemail,
            Sounds::Screening => Answerer::Screening,
            Sounds::Queue => Answerer::Hold,
            Sounds::Closed | Sounds::Unclear => {
                if let Local::Classify { heard, .. } = &mut self.state.local {
                    *heard = true;
                }
                return;
            }
        };
        let to = node.cases.get(&case).unwrap_or(&node.default).clone();
        self.enter_hearing(to, text);
    }

    /// The time to listen is over: silence, or something that is not clear.
    pub(super) fn unclassified(&mut self) {
        let Some(Node::Classify(node)) = self.here() else { return };
        let heard = matches!(self.state.local, Local::Classify { heard: true, .. });
        let silence = node.cases.get(&Answerer::Silence).filter(|_| !heard);
        let to = silence.unwrap_or(&node.default).clone();
        self.enter(to);
    }

    fn classify_as(&mut self, case: Answerer) {
        let Some(Node::Classify(node)) = self.here() else { return };
        let to = node.cases.get(&case).unwrap_or(&node.default).clone();
        self.enter(to);
    }

    pub(super) fn music(&mut self) {
        match self.here() {
            Some(Node::Classify(_)) => self.classify_as(Answerer::Hold),
            Some(Node::Ivr(node)) => {
                if let Some(to) = node.cases.get(&IvrCase::Hold).cloned() {
                    self.enter(to);
                }
            }
            Some(Node::Hold(_)) => self.sleep(),
            _ => {}
        }
    }

    /// Nothing is recognised until the next voice.
    fn sleep(&mut self) {
        if let Local::Hold { listening, .. } = &mut self.state.local
            && *listening
        {
            *listening = false;
            self.tell(Effect::Hold(true));
        }
    }

    pub(super) fn beep(&mut self) {
        match self.here() {
            Some(Node::Classify(_)) => self.classify_as(Answerer::Voicemail),
            Some(Node::Voicemail(_)) => self.leave_message(),
            _ => {}
        }
    }

    /// It still rings: listening begins anew.
    pub(super) fn rings(&mut self) {
        let now = self.state.now;
        if let (Some(Node::Classify(node)), Local::Classify { heard, .. }) = (self.here(), &self.state.local) {
            let (until, heard) = (now + u64::from(node.listen_seconds) * 1000, *heard);
            self.state.local = Local::Classify { until, heard };
        }
    }

    /// A machine speaks: it is waited for.
    pub(super) fn machine_speaks(&mut self) {
        if let Local::Voicemail { speaking: false, speak_at } = &mut self.state.local {
            *speak_at = self.state.now + 30_000;
        }
    }

    /// A machine has stopped to speak, or a phone tree.
    pub(super) fn machine_is_quiet(&mut self) {
        let now = self.state.now;
        let waits_for_beep = matches!(self.here(), Some(Node::Voicemail(node)) if node.wait_for == WaitFor::Beep);
        if let Local::Voicemail { speaking: false, speak_at } = &mut self.state.local
            && !waits_for_beep
        {
            *speak_at = now + 2_500;
        }
    }

    pub(super) fn leave_message(&mut self) {
        let Some(Node::Voicemail(node)) = self.here() else { return };
        if matches!(self.state.local, Local::Voicemail { speaking: false, .. }) {
            let wording = node.text.clone();
            self.state.local = Local::Voicemail { speaking: true, speak_at: self.state.now };
            self.say_wording(&wording, false);
        }
    }

    /// Words while we wait.
    pub(super) fn on_hold(&mut self, text: &str) {
        let Some(Node::Hold(node)) = self.here() else { return };
        let is_known = match &self.state.local {
            Local::Hold { announcements, .. } => announcements.iter().any(|known| is_alike(known, text)),
            _ => return,
        };
        let case = if callback_offer(text) && node.cases.contains_key(&HoldCase::CallbackOffer) {
            Some(HoldCase::CallbackOffer)
        } else {
            match sounds_like(text) {
                _ if is_known => None,
                Sounds::Human | Sounds::Screening => Some(HoldCase::Human),
                Sounds::Menu => Some(HoldCase::Ivr),
                _ => None,
            }
        };
        match case.and_then(|case| node.cases.get(&case)).cloned() {
            Some(to) => self.enter_hearing(to, text),
            None => {
                if let Local::Hold { announcements, .. } = &mut self.state.local {
                    announcements.truncate(MOST_ANNOUNCEMENTS - 1);
                    announcements.insert(0, text.to_owned());
                }
                self.sleep();
            }
        }
    }

    /// Words of a phone tree.
    pub(super) fn in_tree(&mut self, text: &str) {
        let Some(Node::Ivr(node)) = self.here().cloned() else { return };
        let case = match sounds_like(text) {
            Sounds::Queue => Some(IvrCase::Hold),
            Sounds::Closed => Some(IvrCase::Closed),
            Sounds::Voicemail => Some(IvrCase::Voicemail),
            Sounds::Human if !self.is_asked_by(&node, text) => Some(IvrCase::Human),
            _ => None,
        };
        if let Some(to) = case.and_then(|case| node.cases.get(&case)) {
            return self.enter_hearing(to.clone(), text);
        }
        if !node.keys.is_empty() {
            return self.next_key(&node);
        }
        if self.is_asked_by(&node, text) {
            return self.give_input(&node, text);
        }
        self.options(&node, text);
    }

    fn input<'i>(node: &'i Ivr, text: &str) -> Option<&'i Input> {
        node.inputs
            .iter()
            .find(|(name, input)| {
                let own = [name.replace('_', " ")];
                asks_for(text, if input.asked.is_empty() { &own } else { &input.asked })
            })
            .map(|(_, input)| input)
    }

    fn is_asked_by(&self, node: &Ivr, text: &str) -> bool {
        menu(text).is_empty() && Self::input(node, text).is_some()
    }

    /// Gives what the tree asks for: a declared field, and nothing else.
    fn give_input(&mut self, node: &Ivr, text: &str) {
        let Some(input) = Self::input(node, text) else { return };
        let Some(value) = self.value(&input.from) else { return };
        match input.send {
            Send::Dtmf => {
                let day = value.parse::<jiff::civil::Date>().ok();
                let value = match (&input.format, day) {
                    (Some(format), Some(day)) => day.strftime(format).to_string(),
                    _ => value,
                };
                let mut keys: String = value.chars().filter(char::is_ascii_digit).collect();
                keys.push_str(input.terminator.as_deref().unwrap_or_default());
                self.tell(Effect::Keys { keys: Secret(keys), gap_ms: GAP });
            }
            Send::Speech => {
                let name = input.from.trim_start_matches("patient.").to_owned();
                let spoken = spoken(Manner::Spell, &value, self.language(), &self.context.zone);
                self.say(vec![Part::Value { name, spoken }], false);
            }
        }
    }

    /// Presses the next of the keys that the node lists.
    fn next_key(&mut self, node: &Ivr) {
        let Local::Ivr { next_key, .. } = &mut self.state.local else { return };
        let key = node.keys.get(*next_key).cloned();
        *next_key += 1;
        if let Some(key) = key {
            self.press(key);
        }
    }

    fn press(&mut self, key: String) {
        self.state.pressed.push(key.clone());
        if let Local::Ivr { options, decide_at, .. } = &mut self.state.local {
            options.clear();
            *decide_at = None;
        }
        self.tell(Effect::Keys { keys: Secret(key), gap_ms: GAP });
    }

    /// Takes options of a menu; what is wanted is chosen at once, anything else when no more options come.
    fn options(&mut self, node: &Ivr, said: &str) {
        let choices = menu(said);
        if choices.is_empty() {
            return;
        }
        let now = self.state.now;
        let most = node.guards.max_repeats_of_same_menu.unwrap_or(MOST_REPEATS);
        let fingerprint =
            choices.iter().map(|choice| format!("{} {}", choice.key, choice.label)).collect::<Vec<_>>().join("/");
        let Local::Ivr { options, decide_at, menus, .. } = &mut self.state.local else { return };
        let heard = menus.entry(fingerprint).or_default();
        *heard += 1;
        let is_circle = *heard > most;
        options.extend(choices.iter().map(|choice| (choice.key.clone(), choice.label.clone())));
        *decide_at = Some(now + PAUSE);
        if is_circle {
            return self.stuck(node);
        }
        let key = self.learned(node, &choices).or_else(|| preferred(node, &choices));
        if let Some(key) = key {
            self.press(key);
        }
    }

    /// The key that has led through here the last time, if it is offered.
    fn learned(&self, node: &Ivr, choices: &[Choice]) -> Option<String> {
        let key = self.context.learned.get(self.state.pressed.len()).filter(|_| node.learned_path)?;
        choices.iter().any(|choice| choice.key == *key).then(|| key.clone())
    }

    /// No more options come, and nothing that is wanted was among them: somebody who can be spoken with will do.
    pub(super) fn decide(&mut self) {
        let Local::Ivr { options, decide_at, .. } = &mut self.state.local else { return };
        *decide_at = None;
        let person = options.iter().find(|(_, label)| has_phrase(label, &PEOPLE)).map(|(key, _)| key.clone());
        options.clear();
        if let Some(key) = person {
            self.press(key);
        }
    }

    fn stuck(&mut self, node: &Ivr) {
        match node.cases.get(&IvrCase::Stuck) {
            Some(to) => self.enter(to.clone()),
            None => self.exhausted(),
        }
    }

    /// Whether the call is in a state in which time itself decides.
    pub(super) fn machine_deadline(&self) -> Option<u64> {
        if self.state.phase != Phase::Talking {
            return None;
        }
        match &self.state.local {
            Local::Classify { until, .. } => Some(*until),
            Local::Ivr { decide_at, .. } => *decide_at,
            Local::Voicemail { speaking: false, speak_at } => Some(*speak_at),
            _ => None,
        }
    }
}

/// The option with the words that come first among those that are wanted.
fn preferred(node: &Ivr, choices: &[Choice]) -> Option<String> {
    let allowed: Vec<_> = choices.iter().filter(|choice| !has_phrase(&choice.label, &node.avoid)).collect();
    let wanted = node.prefer.iter().find_map(|words| allowed.iter().find(|choice| has_phrase(&choice.label, &[words])));
    wanted.map(|choice| choice.key.clone())
}
