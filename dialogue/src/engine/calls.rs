//! What a model calls: refused unless it is declared here, proved and of the right type; done at once, and in the same step
//! it is decided where the call goes on.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::{Map, Value};

use super::Conversation;
use super::ask::ANSWER;
use super::event::{Effect, Party, Refusal, ToolCall};
use super::state::{Change, Entry, Evidence, Found, Local, ReadBack};
use super::values::text;
use crate::flow::{
    Confirm, Evidence as Proof, Format, Function, Node, Outcome, OutcomeType, Parameter, ParameterType, Setting,
    Transition,
};
use crate::template::Template;
use crate::words::{contains, is_same, tokens};

/// How many lines of the other side are looked at for evidence.
const WINDOW: usize = 12;
/// The longest argument in characters, unless it says otherwise.
const LONGEST: usize = 400;

/// What the model is told of a call that has led on.
pub(crate) const DONE_AND_ON: &str = "Done. The task has changed.";

/// Why a call is not done, and what the model is told.
struct Refused(Refusal, String);

impl Conversation {
    /// Does the calls of an answer; `has_said` tells whether the model has also said something.
    pub(super) fn run_calls(&mut self, calls: Vec<ToolCall>, has_said: bool) {
        let mut target: Option<(bool, String)> = None;
        self.state.history.push(Entry::Called(calls.clone()));
        let mut was_refused = false;
        for call in calls {
            let told = match self.call(&call) {
                Ok(to) => {
                    let leads = to.is_some();
                    let is_global = self.flow.global_functions.contains_key(&call.name);
                    // what holds everywhere goes before what belongs to one node; otherwise the first decides
                    if let Some(to) = to.filter(|_| target.as_ref().is_none_or(|(global, _)| is_global && !global)) {
                        target = Some((is_global, to));
                    }
                    let told = match (leads, &self.state.read_back) {
                        (true, _) => DONE_AND_ON,
                        (false, Some(_)) => "They are being asked to confirm it.",
                        (false, None) => "Done.",
                    };
                    told.to_owned()
                }
                Err(Refused(reason, message)) => {
                    was_refused = true;
                    self.refuse(&call.name, reason);
                    message
                }
            };
            self.state.history.push(Entry::Result { id: call.id, text: told });
        }
        match target {
            Some((_, to)) => self.enter(to),
            None if self.state.read_back.is_some() => self.read_back(),
            None if matches!(self.state.local, Local::Form { is_done: true, .. }) => self.next_item(),
            None if was_refused || !has_said => self.ask(false),
            None => {}
        }
    }

    /// When words come between, what a model has called already is dropped with the rest of its answer, except what the
    /// flow wants done nevertheless.
    pub(super) fn run_kept_calls(&mut self) {
        let calls = self.state.asked.as_mut().map(|asked| std::mem::take(&mut asked.calls)).unwrap_or_default();
        let keeps = |call: &ToolCall| self.flow.function(&call.name).is_some_and(|it| !it.cancel_on_interruption);
        let kept: Vec<_> = calls.into_iter().filter(keeps).collect();
        if !kept.is_empty() {
            self.cancel_ask();
            self.run_calls(kept, true);
        }
    }

    fn refuse(&mut self, name: &str, reason: Refusal) {
        *self.state.counts.refused.entry(reason).or_default() += 1;
        // a name that the model made up may hold anything
        let function = if self.flow.function(name).is_some() { name } else { "" };
        self.tell(Effect::Called { function: function.to_owned(), refused: Some(reason) });
    }

    /// Does one call; where it leads.
    fn call(&mut self, call: &ToolCall) -> Result<Option<String>, Refused> {
        if call.name == ANSWER && matches!(self.state.local, Local::Form { .. }) {
            return self.call_answer(call).map(|()| None);
        }
        let unknown = || Refused(Refusal::Unknown, "There is no such function here.".to_owned());
        if !self.tools().iter().any(|tool| tool.name == call.name) {
            return Err(unknown());
        }
        let flow = self.flow.clone();
        let function = flow.function(&call.name).ok_or_else(unknown)?;
        let arguments = arguments(function, &call.arguments)?;
        let evidence = self.evidence(function, &arguments)?;
        if !self.was_heard() && evidence.is_none() {
            let message = "They have not said anything yet: speak, and wait for their answer.";
            return Err(Refused(Refusal::Unheard, message.to_owned()));
        }
        self.run(&call.name, function, &arguments, evidence)
    }

    /// Whether the other side has spoken since the call came here.
    fn was_heard(&self) -> bool {
        let is_auto = matches!(self.here(), Some(Node::Conversation(node)) if node.auto);
        is_auto || self.state.turns_here > 0
    }

    /// Does what a function is declared to do.
    fn run(
        &mut self,
        name: &str,
        function: &Function,
        arguments: &Map<String, Value>,
        evidence: Option<Evidence>,
    ) -> Result<Option<String>, Refused> {
        let count = self.state.calls.get(name).copied().unwrap_or_default();
        if function.max_calls.is_some_and(|most| count >= most) {
            return Err(Refused(Refusal::TooOften, "This was called as often as it may be.".to_owned()));
        }
        let mut change = self.change(function, arguments, evidence)?;
        self.state.calls.insert(name.to_owned(), count + 1);
        self.state.counts.calls += 1;
        self.tell(Effect::Called { function: name.to_owned(), refused: None });
        if let Some(capability) = function.capability {
            self.tell(Effect::Capability { capability, function: name.to_owned() });
        }
        let confirmed: Vec<_> = change.set.iter().filter(|(key, _)| self.is_confirmed(key)).cloned().collect();
        if confirmed.is_empty() {
            self.commit(&change, false);
            return Ok(self.target(function, arguments));
        }
        change.target = self.target(function, arguments);
        let line = self.read_back_line(&confirmed);
        self.state.read_back = Some(ReadBack { function: name.to_owned(), change, line, asked: 0 });
        Ok(None)
    }

    /// The runtime itself calls what its words call for.
    pub(super) fn call_for(&mut self, name: &str) -> bool {
        let flow = self.flow.clone();
        let Some(function) = flow.function(name) else { return false };
        match self.run(name, function, &Map::new(), None) {
            Ok(Some(to)) => self.enter(to),
            Ok(None) => return false,
            Err(Refused(reason, _)) => {
                self.refuse(name, reason);
                return false;
            }
        }
        true
    }

    fn is_confirmed(&self, key: &str) -> bool {
        self.flow.outcome.get(key).is_some_and(|outcome| outcome.confirm == Some(Confirm::ReadBack))
    }

    /// What a call would change, checked.
    fn change(
        &self,
        function: &Function,
        arguments: &Map<String, Value>,
        evidence: Option<Evidence>,
    ) -> Result<Change, Refused> {
        let mut change = Change { evidence, ..Change::default() };
        for (key, setting) in &function.set {
            let value = match setting {
                Setting::Value(value) => Some(value.clone()),
                Setting::Text(text) => self.argument(text, arguments),
            };
            let (Some(value), Some(outcome)) = (value, self.flow.outcome.get(key)) else { continue };
            fits(outcome, key, &value)?;
            if outcome.evidence == Some(Proof::Required) {
                proves(change.evidence.as_ref(), outcome, &value)?;
            }
            change.set.push((key.clone(), value));
        }
        for (key, entry) in &function.append {
            let texts = entry.iter().map(|(name, text)| (name.clone(), Value::from(self.filled(text, arguments))));
            change.append.push((key.clone(), Value::Object(texts.collect())));
        }
        if let Some(compare) = &function.compare {
            let (left, right) = (self.filled(&compare.left, arguments), self.filled(&compare.right, arguments));
            let is_same = !left.is_empty() && is_same(&left, &right);
            change.set.push((compare.set.clone(), Value::Bool(is_same)));
        }
        Ok(change)
    }

    /// A template that is one argument keeps its type; nothing, if the argument was not given.
    fn argument(&self, template: &Template, arguments: &Map<String, Value>) -> Option<Value> {
        match template.alone().and_then(|path| path.strip_prefix("args.")) {
            Some(name) => arguments.get(name).cloned(),
            None => Some(Value::from(self.filled(template, arguments))),
        }
    }

    fn filled(&self, template: &Template, arguments: &Map<String, Value>) -> String {
        template.text(&|path| match path.strip_prefix("args.") {
            Some(name) => arguments.get(name).map(text),
            None => self.value(path),
        })
    }

    fn target(&self, function: &Function, arguments: &Map<String, Value>) -> Option<String> {
        match function.transition_to.as_ref()? {
            Transition::To(node) => Some(node.clone()),
            Transition::By { field, cases, default } => {
                let value = match field.strip_prefix("args.") {
                    Some(name) => arguments.get(name).map(text),
                    None => self.value(field),
                };
                Some(value.and_then(|value| cases.get(&value)).unwrap_or(default).clone())
            }
        }
    }

    /// The words that prove a call, found in what the other side has said.
    fn evidence(&self, function: &Function, arguments: &Map<String, Value>) -> Result<Option<Evidence>, Refused> {
        let Some(name) = &function.evidence else { return Ok(None) };
        let quote = arguments.get(name).map(text).unwrap_or_default();
        self.find(&quote).map(Some).ok_or_else(|| {
            Refused(Refusal::Evidence, "They did not say that. Quote their own words, or ask them.".to_owned())
        })
    }

    /// Where the other side said these words, maybe over several lines.
    pub(super) fn find(&self, quote: &str) -> Option<Evidence> {
        let quoted = tokens(quote);
        if quoted.iter().map(|token| token.chars().count()).sum::<usize>() < 2 {
            return None;
        }
        let theirs = self.state.turns.iter().enumerate().filter(|(_, turn)| turn.who == Party::Them);
        let theirs: Vec<_> = theirs.collect();
        let window = &theirs[theirs.len().saturating_sub(WINDOW)..];
        let is_said = |said: &dyn Fn(&str) -> String| {
            (0..window.len()).find_map(|end| {
                let found = (0..=end).rev().take(4).any(|start| {
                    let words: Vec<_> =
                        window[start..=end].iter().flat_map(|(_, turn)| tokens(&said(&turn.text))).collect();
                    contains(&words, &quoted)
                });
                found.then(|| window[end])
            })
        };
        // the model has read slots as tokens, so it quotes tokens
        let (turn, line) = is_said(&|text| text.to_owned()).or_else(|| is_said(&|text| self.without_slots(text)))?;
        Some(Evidence { quote: quote.to_owned(), turn, at_ms: line.at_ms })
    }

    /// From now on this is known.
    pub(super) fn commit(&mut self, change: &Change, is_confirmed: bool) {
        for (key, value) in &change.set {
            self.keep_found(key, value.clone(), change.evidence.clone(), is_confirmed);
        }
        for (key, entry) in &change.append {
            let mut list = self.state.values.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
            list.push(entry.clone());
            self.keep_found(key, Value::Array(list), change.evidence.clone(), false);
        }
    }

    pub(super) fn keep_found(&mut self, key: &str, value: Value, evidence: Option<Evidence>, is_confirmed: bool) {
        self.state.values.insert(key.to_owned(), value.clone());
        self.state.found.insert(key.to_owned(), Found { value: value.clone(), evidence, is_confirmed });
        self.tell(Effect::Set { key: key.to_owned(), value });
    }

    /// The model has understood an answer that the rules could not read.
    fn call_answer(&mut self, call: &ToolCall) -> Result<(), Refused> {
        let wrong = |message: &str| Refused(Refusal::Arguments, message.to_owned());
        let given: Map<String, Value> =
            serde_json::from_str(&call.arguments).map_err(|_| wrong("The arguments are no JSON object."))?;
        if given.keys().collect::<BTreeSet<_>>() != ["quote", "value"].map(str::to_owned).iter().collect() {
            return Err(wrong("Give `value` and `quote`, and nothing else."));
        }
        let evidence = self.find(&text(&given["quote"])).ok_or_else(|| {
            Refused(Refusal::Evidence, "They did not say that. Quote their own words, or ask them.".to_owned())
        })?;
        let key = self.item_key().ok_or_else(|| wrong("There is no question."))?;
        if let Some(outcome) = self.flow.outcome.get(&key) {
            fits(outcome, &key, &given["value"])?;
        }
        self.state.counts.calls += 1;
        self.tell(Effect::Called { function: ANSWER.to_owned(), refused: None });
        self.keep_found(&key, given["value"].clone(), Some(evidence), false);
        if let Local::Form { is_done, .. } = &mut self.state.local {
            *is_done = true;
        }
        Ok(())
    }
}

/// The arguments, if they are what the function declares.
fn arguments(function: &Function, given: &str) -> Result<Map<String, Value>, Refused> {
    let wrong = |message: String| Refused(Refusal::Arguments, message);
    let given = if given.trim().is_empty() { "{}" } else { given };
    let given: Map<String, Value> =
        serde_json::from_str(given).map_err(|_| wrong("The arguments are no JSON object.".to_owned()))?;
    if given.keys().any(|name| !function.parameters.contains_key(name)) {
        return Err(wrong("There is an argument that was not declared.".to_owned()));
    }
    if let Some(name) = function.required.iter().find(|name| given.get(*name).is_none_or(Value::is_null)) {
        return Err(wrong(format!("`{name}` must be given.")));
    }
    let given: Map<String, Value> = given.into_iter().filter(|(_, value)| !value.is_null()).collect();
    for (name, value) in &given {
        is_as_declared(&function.parameters[name], value).map_err(|must| wrong(format!("`{name}` must be {must}.")))?;
    }
    Ok(given)
}

fn is_as_declared(parameter: &Parameter, value: &Value) -> Result<(), String> {
    let fits = match parameter.kind {
        ParameterType::String => value.is_string(),
        ParameterType::Integer => value.is_i64() || value.is_u64(),
        ParameterType::Number => value.is_number(),
        ParameterType::Boolean => value.is_boolean(),
    };
    if !fits {
        let name = serde_json::to_value(parameter.kind).map(|name| text(&name)).unwrap_or_default();
        return Err(format!("of type {name}"));
    }
    let Value::String(text) = value else { return Ok(()) };
    if !parameter.choices.is_empty() && !parameter.choices.contains(text) {
        return Err(format!("one of: {}", parameter.choices.join(", ")));
    }
    let longest = parameter.max_length.unwrap_or(LONGEST);
    if text.chars().count() > longest {
        return Err(format!("at most {longest} characters long"));
    }
    match parameter.format {
        Some(Format::Date) if text.parse::<jiff::civil::Date>().is_err() => Err("a day as 2026-05-01".to_owned()),
        Some(Format::DateTime) if text.parse::<jiff::Timestamp>().is_err() => {
            Err("an instant as 2026-05-01T09:30:00+03:00".to_owned())
        }
        Some(Format::Phone) if !is_phone(text) => Err("a number as +966112345678".to_owned()),
        _ => Ok(()),
    }
}

fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')
}

/// Whether something that is found out can be this.
fn fits(outcome: &Outcome, key: &str, value: &Value) -> Result<(), Refused> {
    let text = value.as_str();
    let is_type = match outcome.kind {
        OutcomeType::Boolean => value.is_boolean(),
        OutcomeType::Number => value.is_number(),
        OutcomeType::Enum => text.is_some_and(|text| outcome.values.iter().any(|value| value == text)),
        OutcomeType::Date => text.is_some_and(|text| text.parse::<jiff::civil::Date>().is_ok()),
        OutcomeType::Datetime => text.is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
        OutcomeType::Phone => text.is_some_and(is_phone),
        OutcomeType::String | OutcomeType::Text => text.is_some_and(|text| !text.trim().is_empty()),
        OutcomeType::List => false,
    };
    let longest = outcome.max_length.unwrap_or(if outcome.kind == OutcomeType::Text { 4000 } else { 200 });
    let is_short = text.is_none_or(|text| text.chars().count() <= longest);
    let matches = match (&outcome.pattern, text) {
        (Some(pattern), Some(text)) => Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|regex| regex.is_match(text)),
        _ => true,
    };
    if is_type && is_short && matches {
        return Ok(());
    }
    Err(Refused(Refusal::Value, format!("This is no `{key}`. Ask them again.")))
}

/// Words prove a number only when it stands in them.
fn proves(evidence: Option<&Evidence>, outcome: &Outcome, value: &Value) -> Result<(), Refused> {
    let quoted = evidence.map(|evidence| tokens(&evidence.quote)).unwrap_or_default();
    let number = value.as_str().filter(|text| text.chars().any(|c| c.is_ascii_digit()));
    let is_number = matches!(outcome.kind, OutcomeType::String | OutcomeType::Phone);
    if quoted.is_empty() || number.is_some_and(|number| is_number && !contains(&quoted, &tokens(number))) {
        let message = "Their words do not say that. Quote the words with the number itself, or ask them.";
        return Err(Refused(Refusal::Evidence, message.to_owned()));
    }
    Ok(())
}
