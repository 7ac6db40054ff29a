//! What a model answers: it is said sentence by sentence as it comes, and what it calls is done when it has ended.

use std::sync::LazyLock;

use regex::Regex;

use super::Conversation;
use super::event::{Part, ToolCall};
use super::state::Local;
use crate::flow::Node;
use crate::template::Template;
use crate::words::sentences;

/// The longest answer in bytes, and the most calls of one. What is beyond is dropped.
const LONGEST: usize = 4_000;
const MOST_CALLS: usize = 8;
/// How often in a row a model may fail before the node gives up.
const MOST_FAILURES: u32 = 3;

/// What looks like a token of ours or of a model.
static TOKEN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"<<\s*([a-z][a-z0-9_]*)\s*>>|<[^<>]*>>?|<\|[^|]*\|>|\{\{[^}]*\}\}|\[\[[^\]]*\]\]").ok()
});

impl Conversation {
    /// The question that waits, if the answer is to it.
    fn is_asked(&self, generation: u64) -> bool {
        self.state.asked.as_ref().is_some_and(|asked| asked.generation == generation)
    }

    pub(super) fn model_text(&mut self, generation: u64, more: &str) {
        if !self.is_asked(generation) {
            return;
        }
        let now = self.state.now;
        let mut whole = Vec::new();
        if let Some(asked) = &mut self.state.asked {
            asked.since = now;
            if asked.text.len() + more.len() <= LONGEST {
                asked.text.push_str(more);
            }
            whole = sentences(&mut asked.text);
        }
        for sentence in whole {
            self.say_of_model(&sentence);
        }
    }

    pub(super) fn model_call(&mut self, generation: u64, call: ToolCall) {
        let now = self.state.now;
        let Some(asked) = self.state.asked.as_mut().filter(|asked| asked.generation == generation) else { return };
        asked.since = now;
        if asked.calls.len() < MOST_CALLS && call.arguments.len() <= LONGEST {
            asked.calls.push(call);
        }
    }

    pub(super) fn model_done(&mut self, generation: u64, tokens: u32) {
        if !self.is_asked(generation) {
            return;
        }
        self.state.counts.tokens += u64::from(tokens);
        let rest = self.state.asked.as_mut().map(|asked| std::mem::take(&mut asked.text)).unwrap_or_default();
        self.say_of_model(rest.trim());
        let Some(asked) = self.state.asked.take() else { return };
        if !asked.has_said && asked.calls.is_empty() {
            return self.nothing_came(asked.is_retry);
        }
        self.state.failures = 0;
        self.state.has_answered |= asked.has_said;
        if asked.calls.is_empty() {
            self.form_was_helped();
        } else {
            self.run_calls(asked.calls, asked.has_said);
        }
    }

    pub(super) fn model_failed(&mut self, generation: u64) {
        if !self.is_asked(generation) {
            return;
        }
        let Some(asked) = self.state.asked.take() else { return };
        if asked.has_said {
            // half an answer was said: it is their turn
            self.state.has_answered = true;
            return;
        }
        self.nothing_came(asked.is_retry);
    }

    /// An empty answer is asked for once more; then a line of the runtime is said, and at last the node gives up.
    fn nothing_came(&mut self, is_retry: bool) {
        self.state.counts.empty += 1;
        self.state.failures += 1;
        if !is_retry {
            return self.ask(true);
        }
        if self.state.failures > MOST_FAILURES {
            self.state.failures = 0;
            return self.exhausted();
        }
        self.state.has_answered = true;
        self.say_again();
    }

    /// The line for when nothing better is known.
    pub(super) fn say_again(&mut self) {
        let own = self.flow.lines.again.clone();
        self.say_line(own, "I am sorry, could you say that again?", "عذرا، هل يمكنك إعادة ذلك؟");
    }

    /// Says a sentence of the model: values in the place of the slots that the task here names, nothing in the place of
    /// everything else that looks like a token, and no markup.
    fn say_of_model(&mut self, sentence: &str) {
        let Some(regex) = TOKEN.as_ref() else { return };
        let (mut parts, mut end) = (Vec::new(), 0);
        for found in regex.captures_iter(sentence) {
            let Some(whole) = found.get(0) else { continue };
            parts.push(Part::Words(plain(&sentence[end..whole.start()])));
            let name = found.get(1).map(|name| name.as_str()).filter(|name| self.may_say(name));
            parts.extend(name.and_then(|name| self.slot(name)));
            end = whole.end();
        }
        parts.push(Part::Words(plain(&sentence[end..])));
        parts.retain(|part| !matches!(part, Part::Words(text) if text.is_empty()));
        let before = self.state.queue.len();
        self.say(parts, true);
        if let Some(asked) = self.state.asked.as_mut().filter(|_| self.state.queue.len() > before) {
            asked.has_said = true;
        }
    }

    /// Whether the task here is to say that slot.
    fn may_say(&self, name: &str) -> bool {
        let names = |text: &Template| text.slots().any(|slot| slot == name);
        match self.here() {
            Some(Node::Conversation(node)) => node.task.all().any(names),
            _ => false,
        }
    }

    /// The model has said something about a question of a form: it was asked again.
    fn form_was_helped(&mut self) {
        if let Local::Form { asked, .. } = &mut self.state.local {
            *asked += 1;
        }
    }
}

/// Without signs that voices would read out.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '*' | '#' | '`' | '_' | '~' | '<' | '>' | '{' | '}')).collect()
}
