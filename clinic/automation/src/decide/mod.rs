//! What a run does next: a pure function of the version, what the run knows, and the answer to what it did last. Nothing
//! here reads a clock, a database or the process that it runs in, so any orchestrator can ask it, and any process can go
//! on with what another one began.

mod state;
#[cfg(test)]
mod tests;

use conditions::Budget;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::block::Kind;
use crate::builtin;
use crate::check::fits;
use crate::definition::{OnError, Outcome, Wait, Within};
use crate::hours::Quiet;
use crate::plan::{Act, Node, NodeWork, Plan};
pub use state::{Round, State, Waiting};

/// The most steps of a run, each round of a loop counted.
pub const MOST_STEPS: u32 = 5_000;
/// The most bytes that a run handles: what its steps are given and what comes of them, and each list that it goes over. Its
/// history holds all of that, and its state no more.
pub const MOST_BYTES: usize = 32 * 1024 * 1024;

/// What surrounds a decision.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The instant.
    pub now: Timestamp,
    /// What workflows see of the practice.
    pub practice: Value,
    /// Its zone.
    pub zone: TimeZone,
    /// Its quiet hours.
    pub quiet: Option<Quiet>,
    /// When it is open next; now, while it is.
    pub opening: Timestamp,
}

/// What became of what the run did last.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Nothing was done: it begins, or tries the step where it stands.
    Go,
    /// The action was done and gave this.
    Gave(Value),
    /// The action could not be done, and the run goes on without.
    Missed(&'static str),
    /// It was woken; by the event that it waited for, if one happened.
    Woken(Option<Timestamp>),
}

/// What is next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// An action is to be done; its answer comes with the next decision.
    Act(Request),
    /// Nothing, until then.
    Wait(Waiting),
    /// There is more to decide: so many steps were enough for once.
    Again,
    /// Nothing any more.
    Done,
    /// It cannot go on.
    Failed(Failure),
}

/// An action that is to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// By which step.
    pub step: String,
    /// In which round of the loops around it.
    pub iteration: Vec<i32>,
    /// Its place in the history.
    pub seq: i32,
    /// What it is given.
    pub input: Map<String, Value>,
}

/// Why a run cannot go on. Says nothing of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Stable code.
    pub code: String,
    /// For people.
    pub message: String,
    /// At which step.
    pub step: Option<String>,
}

/// One line of the history.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its place.
    pub seq: i32,
    /// Of which step.
    pub step: String,
    /// In which round of the loops around it.
    pub iteration: Vec<i32>,
    /// The kind of step.
    pub kind: &'static str,
    /// How it stands.
    pub state: &'static str,
    /// What it was given.
    pub input: Value,
    /// What it gave.
    pub output: Value,
    /// Which path was taken.
    pub path: Option<String>,
    /// Why it failed.
    pub error: Option<(String, String)>,
}

/// What was decided.
#[derive(Debug)]
pub struct Turn {
    /// What is to be written into the history.
    pub entries: Vec<Entry>,
    /// What is next.
    pub next: Next,
}

/// The state of a run that has not begun.
#[must_use]
pub fn begin(plan: &Plan, vars: Map<String, Value>) -> State {
    State { vars, at: plan.first().map(|node| node.id.clone()), ..State::default() }
}

/// Decides what is next, over at most so many steps that need nobody else.
#[must_use]
pub fn decide(plan: &Plan, state: &mut State, answer: Answer, around: &Surroundings, most: usize) -> Turn {
    state.vars.insert("practice".to_owned(), around.practice.clone());
    let mut decision = Decision { plan, state, around, entries: Vec::new() };
    let next = decision.answer(answer).unwrap_or_else(|| decision.go(most));
    let entries = decision.entries;
    state.vars.remove("practice");
    Turn { entries, next }
}

struct Decision<'a> {
    plan: &'a Plan,
    state: &'a mut State,
    around: &'a Surroundings,
    entries: Vec<Entry>,
}

type Stopped = Option<Next>;

impl<'a> Decision<'a> {
    fn here(&self) -> Option<&'a Node> {
        self.plan.node(self.state.at.as_deref()?)
    }

    fn answer(&mut self, answer: Answer) -> Stopped {
        let node = self.here();
        match answer {
            Answer::Go => None,
            Answer::Gave(output) => {
                self.state.open = None;
                self.state.bytes += size(&output);
                let id = self.state.at.clone()?;
                self.state.vars.insert(id, output);
                self.forward(node?);
                None
            }
            Answer::Missed(code) => {
                self.state.open = None;
                let id = self.state.at.clone()?;
                self.state.vars.insert(id, json!({ "error": { "code": code } }));
                self.forward(node?);
                None
            }
            Answer::Woken(happened) => self.woken(node?, happened),
        }
    }

    fn go(&mut self, most: usize) -> Next {
        for _ in 0..most {
            if self.state.at.is_none() {
                return Next::Done;
            }
            let Some(node) = self.here() else {
                let step = self.state.at.clone();
                return failed("run.step_gone", "The step where the run stood is no longer there.", step);
            };
            self.state.steps += 1;
            if self.state.steps > MOST_STEPS {
                let message = "The run has taken 5,000 steps; it was ended.";
                return failed("run.too_many_steps", message, Some(node.id.clone()));
            }
            if self.state.bytes > MOST_BYTES {
                let message = "The run has handled 32 MiB; it was ended. Find fewer records, or shorten its texts.";
                return failed("run.too_much", message, Some(node.id.clone()));
            }
            if let Some(next) = self.step(node) {
                return next;
            }
        }
        Next::Again
    }

    fn step(&mut self, node: &'a Node) -> Stopped {
        match &node.work {
            NodeWork::Act(act) => self.act(node, act),
            NodeWork::Missing => {
                let message = "What this step did is no longer offered; change the workflow and resume.";
                self.fail(node, "action", ("step.unknown_action", message))
            }
            NodeWork::Branch(paths, otherwise) => self.branch(node, paths, *otherwise),
            NodeWork::Loop { list, limit, first } => self.enter_loop(node, list, *limit, *first),
            NodeWork::Wait(wait, within) => self.wait(node, wait, *within),
            NodeWork::Stop(outcome) => Some(self.stop(node, *outcome)),
        }
    }

    fn seq(&mut self) -> i32 {
        if let Some(open) = self.state.open.take() {
            return open;
        }
        self.state.seq += 1;
        self.state.seq
    }

    fn entry(
        &mut self,
        node: &Node,
        kind: &'static str,
        state: &'static str,
        input: Value,
        output: Value,
    ) -> &mut Entry {
        let (seq, iteration) = (self.seq(), self.state.iteration());
        let step = node.id.clone();
        self.state.bytes += size(&input) + size(&output);
        self.entries.push(Entry { seq, step, iteration, kind, state, input, output, path: None, error: None });
        let last = self.entries.len() - 1;
        &mut self.entries[last]
    }

    fn fail(&mut self, node: &Node, kind: &'static str, (code, message): (&str, &str)) -> Stopped {
        let entry = self.entry(node, kind, "failed", Value::Null, Value::Null);
        entry.error = Some((code.to_owned(), message.to_owned()));
        Some(failed(code, message, Some(node.id.clone())))
    }

    fn act(&mut self, node: &'a Node, act: &'a Act) -> Stopped {
        let input = match input(act, &self.state.vars) {
            Ok(input) => input,
            Err((code, message)) => {
                let stopped = self.fail(node, "action", (code, &message));
                if act.on_error == OnError::Stop {
                    return stopped;
                }
                self.state.vars.insert(node.id.clone(), json!({ "error": { "code": code } }));
                self.forward(node);
                return None;
            }
        };
        if !act.is_own() {
            // once, however often it is tried or waits for its turn
            if self.state.open.is_none() {
                self.state.bytes += size_of(&input);
            }
            let (seq, iteration) = (self.seq(), self.state.iteration());
            self.state.open = Some(seq);
            return Some(Next::Act(Request { step: node.id.clone(), iteration, seq, input }));
        }
        let output = if act.action.name == builtin::SET {
            let (name, value) = (input.get("name").and_then(Value::as_str), input.get("value"));
            let (name, value) = (name.unwrap_or_default().to_owned(), value.cloned().unwrap_or_default());
            let vars = self.state.vars.entry("vars").or_insert_with(|| json!({}));
            vars[name] = value.clone();
            json!({ "value": value })
        } else {
            json!({ "text": input.get("text") })
        };
        self.state.vars.insert(node.id.clone(), output.clone());
        self.entry(node, "action", "done", Value::Object(input), output);
        self.forward(node);
        None
    }

    fn branch(
        &mut self,
        node: &'a Node,
        paths: &'a [(String, conditions::Condition, Option<usize>)],
        otherwise: Option<usize>,
    ) -> Stopped {
        let facts = Value::Object(std::mem::take(&mut self.state.vars));
        let mut taken = Ok((None, otherwise));
        for (id, condition, first) in paths {
            match condition.holds(&facts, Budget::default()) {
                Ok(false) => {}
                Ok(true) => {
                    taken = Ok((Some(id.clone()), *first));
                    break;
                }
                Err(fault) => {
                    taken = Err((fault.code.as_str(), fault.message));
                    break;
                }
            }
        }
        if let Value::Object(vars) = facts {
            self.state.vars = vars;
        }
        match taken {
            Ok((path, first)) => {
                self.entry(node, "branch", "done", Value::Null, Value::Null).path = path;
                self.enter(node, first);
                None
            }
            Err((code, message)) => self.fail(node, "branch", (code, &message)),
        }
    }

    fn enter_loop(&mut self, node: &'a Node, list: &str, limit: usize, first: Option<usize>) -> Stopped {
        let Some(items) = at_path(&self.state.vars, list).and_then(Value::as_array) else {
            return self.fail(node, "loop", ("loop.list", "What the loop goes over is no list."));
        };
        let (more, items) = (items.len() > limit, items.iter().take(limit).cloned().collect::<Vec<_>>());
        let output = json!({ "count": items.len(), "more": more });
        self.state.vars.insert(node.id.clone(), output.clone());
        self.entry(node, "loop", "done", Value::Null, output);
        match first {
            Some(first) if !items.is_empty() => {
                self.state.bytes += items.iter().map(size).sum::<usize>();
                self.state.loops.push(Round { step: node.id.clone(), index: 0, items });
                self.show_item();
                self.state.at = Some(self.plan.nodes[first].id.clone());
            }
            _ => self.forward(node),
        }
        None
    }

    /// The element of the innermost loop becomes `item`.
    fn show_item(&mut self) {
        match self.state.loops.last() {
            Some(round) => {
                let item = round.items.get(round.index as usize).cloned().unwrap_or_default();
                let index = round.index;
                self.state.vars.insert("item".to_owned(), item);
                self.state.vars.insert("index".to_owned(), Value::from(index));
            }
            None => {
                self.state.vars.remove("item");
                self.state.vars.remove("index");
            }
        }
    }

    fn stop(&mut self, node: &'a Node, outcome: Outcome) -> Next {
        self.entry(node, "stop", "done", Value::Null, Value::Null);
        match outcome {
            Outcome::Done => {
                self.state.at = None;
                Next::Done
            }
            Outcome::Failed => {
                let said = self.plan.definition.all().into_iter().find_map(|step| match &step.work {
                    crate::definition::Work::Stop { message, .. } if step.id == node.id => message.clone(),
                    _ => None,
                });
                let message = said.unwrap_or_else(|| "The workflow ended here as failed.".to_owned());
                failed("run.stopped_as_failed", &message, Some(node.id.clone()))
            }
        }
    }

    fn enter(&mut self, node: &'a Node, first: Option<usize>) {
        match first {
            Some(first) => self.state.at = Some(self.plan.nodes[first].id.clone()),
            None => self.forward(node),
        }
    }

    /// To whatever comes behind a step: the next one of its list, else what comes behind the branch, or the next round of
    /// the loop, that it stands in.
    fn forward(&mut self, from: &'a Node) {
        let mut node = from;
        loop {
            if let Some(next) = node.next {
                self.state.at = Some(self.plan.nodes[next].id.clone());
                return;
            }
            let Some(parent) = node.parent.map(|i| &self.plan.nodes[i]) else {
                self.state.at = None;
                return;
            };
            if let NodeWork::Loop { first: Some(first), .. } = &parent.work
                && let Some(round) = self.state.loops.last_mut().filter(|round| round.step == parent.id)
            {
                round.index += 1;
                if (round.index as usize) < round.items.len() {
                    self.show_item();
                    self.state.at = Some(self.plan.nodes[*first].id.clone());
                    return;
                }
                self.state.loops.pop();
                self.show_item();
            }
            node = parent;
        }
    }

    fn wait(&mut self, node: &'a Node, wait: &Wait, within: Within) -> Stopped {
        let now = self.around.now;
        let target = match wait {
            Wait::Duration { minutes } => later(now, *minutes),
            Wait::Event { timeout_minutes, .. } => later(now, *timeout_minutes),
            Wait::Date { .. } => match self.date(wait) {
                Some(date) => date,
                None => return self.fail(node, "wait", ("wait.date", "What the wait goes by is no date.")),
            },
        };
        if target <= now && self.allowed(now, within) <= now {
            self.entry(node, "wait", "done", Value::Null, json!({}));
            self.state.vars.insert(node.id.clone(), json!({}));
            self.forward(node);
            return None;
        }
        let event = if let Wait::Event { event, .. } = wait { Some(event.clone()) } else { None };
        let date = matches!(wait, Wait::Date { .. });
        let until = self.shown_until(target.max(now), within, event.is_some());
        let seq = self.entry(node, "wait", "waiting", Value::Null, Value::Null).seq;
        self.state.open = Some(seq);
        let waiting = Waiting { since: now, until, event, date, outcome: None };
        self.state.waiting = Some(waiting.clone());
        Some(Next::Wait(waiting))
    }

    /// Quiet hours are known beforehand; when the practice will be open is asked when the time has come.
    fn shown_until(&self, target: Timestamp, within: Within, event: bool) -> Timestamp {
        match (within, self.around.quiet) {
            (Within::Waking, Some(quiet)) if !event => quiet.end(target, &self.around.zone),
            _ => target,
        }
    }

    fn allowed(&self, now: Timestamp, within: Within) -> Timestamp {
        match within {
            Within::Any => now,
            Within::Waking => self.around.quiet.map_or(now, |quiet| quiet.end(now, &self.around.zone)),
            Within::Opening => self.around.opening.max(now),
        }
    }

    fn date(&self, wait: &Wait) -> Option<Timestamp> {
        let Wait::Date { date, offset_minutes } = wait else { return None };
        let text = at_path(&self.state.vars, date)?.as_str()?;
        let at = text.parse::<Timestamp>().ok().or_else(|| {
            let day: Date = text.parse().ok()?;
            Some(day.to_zoned(self.around.zone.clone()).ok()?.timestamp())
        })?;
        Some(later(at, *offset_minutes))
    }

    /// It was woken, or looks again as its record has changed.
    fn woken(&mut self, node: &'a Node, happened: Option<Timestamp>) -> Stopped {
        let NodeWork::Wait(wait, within) = &node.work else {
            // on another version, where the step is something else
            self.state.waiting = None;
            return None;
        };
        let mut waiting = self.state.waiting.take()?;
        let now = self.around.now;
        let outcome = match (&waiting.outcome, wait, happened) {
            (Some(outcome), ..) => Some(outcome.clone()),
            (None, Wait::Event { .. }, Some(at)) => Some(json!({ "happened": true, "at": at })),
            (None, Wait::Event { .. }, None) => {
                (waiting.until <= now).then(|| json!({ "happened": false, "at": null }))
            }
            (None, Wait::Duration { .. }, _) => (waiting.until <= now).then(|| json!({})),
            (None, Wait::Date { .. }, _) => {
                let Some(target) = self.date(wait) else {
                    return self.fail(node, "wait", ("wait.date", "What the wait goes by is no date."));
                };
                waiting.until = self.shown_until(target.max(now), *within, false);
                (target <= now).then(|| json!({}))
            }
        };
        if let Some(outcome) = outcome {
            let allowed = self.allowed(now, *within);
            if allowed <= now {
                self.entry(node, "wait", "done", Value::Null, outcome.clone());
                self.state.vars.insert(node.id.clone(), outcome);
                self.forward(node);
                return None;
            }
            (waiting.until, waiting.outcome, waiting.event, waiting.date) = (allowed, Some(outcome), None, false);
        }
        self.state.waiting = Some(waiting.clone());
        Some(Next::Wait(waiting))
    }
}

fn failed(code: &str, message: &str, step: Option<String>) -> Next {
    Next::Failed(Failure { code: code.to_owned(), message: message.to_owned(), step })
}

fn later(at: Timestamp, minutes: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(at)
}

/// About as many bytes as the value takes when it is written.
fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(|item| size(item) + 1).sum::<usize>() + 2,
        Value::Object(members) => size_of(members),
    }
}

fn size_of(members: &Map<String, Value>) -> usize {
    members.iter().map(|(key, member)| key.len() + size(member) + 4).sum::<usize>() + 2
}

/// What stands at a path of the variables.
#[must_use]
pub fn at_path<'a>(vars: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut parts = path.split('.');
    let mut value = vars.get(parts.next()?)?;
    for part in parts {
        value = match value {
            Value::Object(members) => members.get(part)?,
            Value::Array(items) => items.get(part.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

/// What an action is given, filled in and of the declared form.
fn input(act: &Act, vars: &Map<String, Value>) -> Result<Map<String, Value>, (&'static str, String)> {
    let mut input = Map::new();
    for (field, filling) in &act.fields {
        let value = filling.fill(vars).map_err(|fault| (fault.code, format!("{}: {fault}", field.key)))?;
        if act.action.name == builtin::SET && field.key == "value" {
            // a variable is of whatever form its value is
            input.insert(field.key.to_owned(), value);
            continue;
        }
        let value = formed(field.kind, field.many, value);
        let is_empty = value.is_null() || value.as_str() == Some("");
        if is_empty {
            continue;
        }
        let fine = match (&value, field.many) {
            (Value::Array(values), true) => values.iter().all(|value| fits(field.kind, value)),
            (_, true) => false,
            (value, false) => fits(field.kind, value),
        };
        if !fine {
            return Err(("step.input", format!("{} is not of the form that the step takes.", field.key)));
        }
        input.insert(field.key.to_owned(), value);
    }
    match act.action.fields.iter().find(|field| field.required && !input.contains_key(field.key)) {
        Some(field) => Err(("step.input", format!("{} is empty.", field.key))),
        None => Ok(input),
    }
}

/// A number, say, where a text is wanted is written as one.
fn formed(kind: Kind, many: bool, value: Value) -> Value {
    match (&value, kind) {
        (Value::Array(values), _) if many => values.iter().map(|v| formed(kind, false, v.clone())).collect(),
        (Value::Number(_) | Value::Bool(_), Kind::Text | Kind::LongText | Kind::Ref(_) | Kind::Choice(_)) => {
            Value::String(value.to_string())
        }
        _ => value,
    }
}
