//! A call under way: what happens goes to the conversation, and what it wants done is done. Nothing in here asks a database.

use std::collections::VecDeque;
use std::time::Duration;

use dialogue::flow::{Capability, TransferCase};
use dialogue::{Conversation, Effect, Event, Outcome, Party, Turn, Utterance};
use jiff::Timestamp;
use serde_json::{Map, Value};
use speech::{Answering, Line as Port, Piece, Trouble};
use tokio::time::{Instant, sleep_until};

use super::audible::{Audible, Audio, Done};
use super::desk::{Line, Place, Shown, Told};
use super::journal::{Entry, Journal};
use super::meter::Meter;
use super::mind::Mind;
use super::wire::{In, Out, Wire};
use crate::call::{EndedBy, NewTurn, Transport, Who};

/// A call that does not end by itself is ended so long behind what its flow allows.
const GRACE: Duration = Duration::from_secs(30);

/// A call under way.
pub struct Session {
    conversation: Conversation,
    minds: Vec<Mind>,
    wire: Wire,
    place: Place,
    journal: Journal,
    /// None where everything is written.
    audible: Option<Audible>,
    transport: Transport,
    begun: Instant,
    /// Nothing of it goes on behind this.
    last: Instant,
    answer: Option<Answer>,
    /// What happens next, because of what was done.
    next: VecDeque<Event>,
    turns: Vec<NewTurn>,
    /// Which of the lines is which of the conversation's own.
    said: Vec<i32>,
    hold: Option<Instant>,
    held: Duration,
    /// Somebody of the practice speaks.
    taken: bool,
    /// Until when somebody of the practice may take the call that the agent hands over.
    handing_over: Option<Instant>,
    ended_by: Option<EndedBy>,
    capabilities: Vec<Capability>,
    meter: Meter,
    /// Since when the line is counted.
    counted: Instant,
    /// When the other side had ended its last words.
    heard_at: Option<Instant>,
    latencies: Vec<i32>,
}

/// What a call is joined to.
pub struct Lines {
    /// The other side.
    pub wire: Wire,
    /// Those who watch.
    pub place: Place,
    /// What outlives the process.
    pub journal: Journal,
    /// Its sound; none where everything is written.
    pub audible: Option<Audible>,
}

/// A question that waits for its answer.
struct Answer {
    generation: u64,
    line: Port<Answering, Piece>,
}

/// What is left when it is over.
pub struct Left {
    /// As the conversation sees it.
    pub outcome: Outcome,
    /// Why it ended.
    pub ended_by: EndedBy,
    /// The lines.
    pub turns: Vec<NewTurn>,
    /// Which of the lines is which of the conversation's own.
    pub said: Vec<i32>,
    /// On hold.
    pub held: Duration,
    /// What is to be done outside of the call.
    pub capabilities: Vec<Capability>,
    /// What it used.
    pub meter: Meter,
    /// Milliseconds until an answer could be heard.
    pub latencies: Vec<i32>,
    /// Its journal, until all of this is in the database.
    pub journal: Journal,
    watched: Place,
    wire: Wire,
}

impl Session {
    /// A call whose other side has answered.
    pub fn new(
        conversation: Conversation,
        minds: Vec<Mind>,
        longest: Duration,
        meter: Meter,
        Lines { wire, place, journal, audible }: Lines,
        transport: Transport,
    ) -> Self {
        let begun = Instant::now();
        Self {
            conversation,
            minds,
            wire,
            place,
            journal,
            audible,
            transport,
            begun,
            last: begun + longest + GRACE,
            answer: None,
            next: VecDeque::new(),
            turns: Vec::new(),
            said: Vec::new(),
            hold: None,
            held: Duration::ZERO,
            taken: false,
            handing_over: None,
            ended_by: None,
            capabilities: Vec::new(),
            meter,
            counted: begun,
            heard_at: None,
            latencies: Vec::new(),
        }
    }

    /// Carries the call to its end.
    pub async fn run(mut self, inbound: bool, answered_at: Timestamp) -> Left {
        self.journal.note(Entry::Answered(answered_at));
        self.show(Shown::Live { transport: self.transport }).await;
        self.next.push_back(Event::Connected { inbound });
        while !self.conversation.is_over() {
            let event = match self.next.pop_front() {
                Some(event) => event,
                None => match self.wait().await {
                    Some(event) => event,
                    None => continue,
                },
            };
            let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            for effect in self.conversation.on(now, event) {
                self.carry_out(effect).await;
            }
        }
        self.leave().await
    }

    /// What happens next from outside; nothing, when it does not concern the conversation.
    async fn wait(&mut self) -> Option<Event> {
        let now = Instant::now();
        if now >= self.last {
            self.ended_by = Some(EndedBy::Limit);
            return Some(Event::Closed { by: Party::Us });
        }
        self.count(now);
        if self.meter.is_over() && self.ended_by.is_none() {
            self.ended_by = Some(EndedBy::Limit);
            return Some(Event::HangUpAsked);
        }
        let wakes = self.conversation.wakes_at().map(|at| self.begun + Duration::from_millis(at));
        let until = [wakes, self.handing_over, Some(self.last)].into_iter().flatten().min().unwrap_or(self.last);
        tokio::select! {
            told = self.place.told.recv() => self.told(told?).await,
            incoming = self.wire.from.recv() => self.incoming(incoming).await,
            piece = answered(&mut self.answer), if self.answer.is_some() => self.answered(piece),
            audio = heard(&mut self.audible), if self.audible.is_some() => {
                let done = self.audible.as_mut()?.take(audio);
                self.sounded(done).await;
                None
            }
            () = sleep_until(until) => self.time(),
        }
    }

    /// Counts what the line has cost since it was counted last.
    fn count(&mut self, now: Instant) {
        let since = now.saturating_duration_since(std::mem::replace(&mut self.counted, now));
        if self.wire.port.is_some_and(|port| port.is_telephone) {
            self.meter.telephone += since;
        }
        if self.hold.is_none() && self.audible.as_ref().is_some_and(Audible::is_recognised) {
            self.meter.heard += since;
        }
    }

    fn time(&mut self) -> Option<Event> {
        if self.handing_over.is_some_and(|until| until <= Instant::now()) {
            self.handing_over = None;
            return Some(Event::TransferResult { result: TransferCase::NoAnswer });
        }
        Some(Event::Tick)
    }

    /// What whoever is at the other end does.
    async fn incoming(&mut self, incoming: Option<In>) -> Option<Event> {
        match incoming {
            Some(In::Text(text)) => {
                self.heard_at = Some(Instant::now());
                if self.taken {
                    self.write_line(Who::Caller, &text, &text).await;
                    return None;
                }
                Some(Event::Heard { text, is_final: true })
            }
            Some(In::Keys(keys)) => {
                self.write_line(Who::Key, &keys, &"•".repeat(keys.len())).await;
                self.next.extend(keys.chars().map(|digit| Event::Key { digit }));
                None
            }
            Some(In::Sound(sound)) => {
                let done = self.audible.as_mut()?.push(&sound);
                self.sounded(done).await;
                None
            }
            Some(In::Noise(kind)) => Some(Event::Sound { kind }),
            Some(In::Played(mark)) => {
                self.audible.as_mut()?.played(mark);
                None
            }
            Some(In::Open(is_open)) => {
                self.audible.as_mut()?.open_mouth(is_open);
                None
            }
            Some(In::HandedOver(result)) => {
                self.handing_over = None;
                Some(Event::TransferResult { result })
            }
            Some(In::HangUp) | None => {
                self.wire.from.close();
                self.ended_by.get_or_insert(EndedBy::Caller);
                Some(self.over(Party::Them))
            }
        }
    }

    /// The line is closed; when somebody of the practice had taken the call over, that has done what was wanted.
    fn over(&mut self, by: Party) -> Event {
        if self.handing_over.take().is_some() && self.taken {
            self.next.push_back(Event::Closed { by });
            return Event::TransferResult { result: TransferCase::Bridged };
        }
        Event::Closed { by }
    }

    /// What people of the practice do.
    async fn told(&mut self, told: Told) -> Option<Event> {
        match told {
            Told::ShowAll => {
                let _ = self.place.watched.send(self.snapshot());
                None
            }
            Told::TakeOver if !self.taken => {
                self.taken = true;
                self.answer = None;
                self.show(Shown::Taken { on: true }).await;
                // what was handed over is theirs until they are done
                if let Some(until) = &mut self.handing_over {
                    *until = self.last;
                    return None;
                }
                Some(Event::TakenOver)
            }
            Told::Release if self.taken => {
                self.taken = false;
                self.show(Shown::Taken { on: false }).await;
                match self.handing_over.take() {
                    Some(_) => Some(Event::TransferResult { result: TransferCase::Rejected }),
                    None => Some(Event::Released),
                }
            }
            Told::Say(text) if self.taken => {
                self.write_line(Who::Staff, &text, &text).await;
                None
            }
            Told::HangUp => {
                self.ended_by.get_or_insert(EndedBy::Staff);
                if self.handing_over.is_some() { Some(self.over(Party::Us)) } else { Some(Event::HangUpAsked) }
            }
            Told::TakeOver | Told::Release | Told::Say(_) => None,
        }
    }

    /// A piece of the model's answer.
    fn answered(&mut self, piece: Option<Result<Piece, Trouble>>) -> Option<Event> {
        let generation = self.answer.as_ref()?.generation;
        match piece {
            Some(Ok(Piece::Text(text))) => Some(Event::ModelText { generation, text }),
            Some(Ok(Piece::Call(call))) => {
                let call = dialogue::ToolCall { id: call.id, name: call.name, arguments: call.arguments };
                Some(Event::ModelCall { generation, call })
            }
            Some(Ok(Piece::Done(usage))) => {
                self.answer = None;
                let tokens = usage.asked.saturating_add(usage.answered);
                self.meter.tokens = self.meter.tokens.saturating_add(tokens);
                Some(Event::ModelDone { generation, tokens })
            }
            Some(Err(trouble)) => {
                tracing::warn!(code = trouble.code, "a model does not answer");
                self.answer = None;
                Some(Event::ModelFailed { generation })
            }
            None => {
                self.answer = None;
                Some(Event::ModelFailed { generation })
            }
        }
    }

    async fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Ask { generation, node, question } => self.ask(generation, &node, question).await,
            Effect::CancelAsk { generation } => {
                self.answer.take_if(|answer| answer.generation == generation);
            }
            Effect::Say(utterance) => self.say(&utterance).await,
            Effect::Stop { utterance } => self.stop(utterance).await,
            Effect::Keys { keys, .. } => {
                self.write_line(Who::Key, &keys.0, &"•".repeat(keys.0.chars().count())).await;
                let _ = self.wire.to.send(Out::Keys(keys.0)).await;
            }
            Effect::Hold(on) => self.set_hold(on).await,
            Effect::Transfer { mode, to, brief, ring_seconds } => {
                // a telephone says itself what comes of it
                let is_told = self.wire.port.is_some_and(|port| port.is_telephone);
                let rings = Duration::from_secs(ring_seconds.into());
                self.handing_over = Some(if is_told { self.last } else { Instant::now() + rings });
                self.write_line(Who::Note, "transfer", "transfer").await;
                let _ = self.wire.to.send(Out::HandOver { mode, to: to.0, brief: brief.0, ring_seconds }).await;
            }
            Effect::HangUp => {
                self.ended_by.get_or_insert(EndedBy::Agent);
                self.next.push_back(Event::Closed { by: Party::Us });
            }
            Effect::Node { name } => self.show(Shown::Node { node: name }).await,
            Effect::Capability { capability, .. } => self.capabilities.push(capability),
            Effect::Called { function, refused } => {
                let text = refused.map_or_else(|| function.clone(), |why| format!("{function}: {why:?}"));
                self.write_line(Who::Tool, &text, &text).await;
            }
            Effect::Set { key, value } => self.journal.note(Entry::Found { key, value, quote: None }),
            Effect::Turn(turn) => self.keep_turn(turn).await,
            Effect::Finished => {}
        }
    }

    async fn ask(&mut self, generation: u64, node: &str, question: dialogue::Question) {
        self.answer = None;
        self.meter.questions += 1;
        for mind in &self.minds {
            match mind.ask(node, question.clone()).await {
                Ok(line) => {
                    self.answer = Some(Answer { generation, line });
                    return;
                }
                Err(trouble) => tracing::warn!(code = trouble.code, "a model cannot be asked"),
            }
        }
        self.next.push_back(Event::ModelFailed { generation });
    }

    /// In writing, what is said is there at once.
    async fn say(&mut self, utterance: &Utterance) {
        let length = u32::try_from(utterance.spoken().chars().count()).unwrap_or(u32::MAX);
        self.meter.characters = self.meter.characters.saturating_add(length);
        if let Some(audible) = &mut self.audible {
            let done = audible.say(utterance);
            self.sounded(done).await;
            return;
        }
        if let Some(heard) = self.heard_at.take() {
            self.answered_after(heard.elapsed());
        }
        self.next.push_back(Event::Said { utterance: utterance.id });
    }

    async fn stop(&mut self, utterance: u64) {
        let Some(audible) = &mut self.audible else {
            // what is written is read at once
            self.next.push_back(Event::Interrupted { utterance, per_mille: 1000 });
            return;
        };
        let done = audible.stop();
        self.sounded(done).await;
    }

    /// Does what follows from sound; what the conversation is told of it happens next.
    async fn sounded(&mut self, done: Done) {
        if let Some(latency) = done.latency {
            self.answered_after(latency);
        }
        if done.clear {
            let _ = self.wire.to.send(Out::Shown(Shown::Clear)).await;
        }
        for out in done.out {
            match out {
                // whoever does not keep up misses some
                Out::Sound(_) => drop(self.wire.to.try_send(out)),
                out => drop(self.wire.to.send(out).await),
            }
        }
        if let Some(text) = done.partial {
            self.show(Shown::Partial { who: Who::Caller, text }).await;
        }
        self.next.extend(done.events);
    }

    fn answered_after(&mut self, latency: Duration) {
        self.latencies.push(i32::try_from(latency.as_millis()).unwrap_or(i32::MAX));
    }

    async fn set_hold(&mut self, on: bool) {
        if let Some(audible) = &mut self.audible {
            audible.hold(on);
        }
        match (on, self.hold) {
            (true, None) => self.hold = Some(Instant::now()),
            (false, Some(since)) => {
                self.held += since.elapsed();
                self.hold = None;
            }
            _ => return,
        }
        self.show(Shown::Hold { on }).await;
    }

    async fn keep_turn(&mut self, turn: Turn) {
        self.said.push(i32::try_from(self.turns.len()).unwrap_or(i32::MAX));
        let who = match turn.who {
            Party::Us => Who::Agent,
            Party::Them => Who::Caller,
            Party::Network => Who::Note,
        };
        let latency = (who == Who::Agent).then(|| self.latencies.last().copied()).flatten();
        let new = NewTurn {
            who,
            node: Some(turn.node),
            at_ms: i32::try_from(turn.at_ms).unwrap_or(i32::MAX),
            ended_ms: Some(self.elapsed()),
            text: turn.text,
            redacted: turn.redacted,
            interrupted: turn.is_cut,
            latency: latency.map(|total| Value::Object(Map::from_iter([("total".to_owned(), total.into())]))),
        };
        self.push(new).await;
    }

    async fn write_line(&mut self, who: Who, text: &str, redacted: &str) {
        let now = self.elapsed();
        let new = NewTurn {
            who,
            node: Some(self.conversation.node().to_owned()),
            at_ms: now,
            ended_ms: Some(now),
            text: text.to_owned(),
            redacted: redacted.to_owned(),
            interrupted: false,
            latency: None,
        };
        self.push(new).await;
    }

    async fn push(&mut self, turn: NewTurn) {
        let seq = i32::try_from(self.turns.len()).unwrap_or(i32::MAX);
        self.journal.note(Entry::Turn(seq, turn.clone()));
        // whoever talks hears everything, and whoever watches what is not sensitive
        let heard = Shown::Turn { turn: line(seq, &turn, &turn.text) };
        let watched = Shown::Turn { turn: line(seq, &turn, &turn.redacted) };
        if turn.who != Who::Tool {
            let _ = self.wire.to.send(Out::Shown(heard)).await;
        }
        let _ = self.place.watched.send(watched);
        self.turns.push(turn);
    }

    async fn show(&mut self, shown: Shown) {
        let _ = self.place.watched.send(shown.clone());
        let _ = self.wire.to.send(Out::Shown(shown)).await;
    }

    fn snapshot(&self) -> Shown {
        let turns = (0_i32..).zip(&self.turns).map(|(seq, turn)| line(seq, turn, &turn.redacted)).collect();
        let node = Some(self.conversation.node().to_owned());
        Shown::Snapshot { node, hold: self.hold.is_some(), taken: self.taken, turns }
    }

    fn elapsed(&self) -> i32 {
        i32::try_from(self.begun.elapsed().as_millis()).unwrap_or(i32::MAX)
    }

    async fn leave(mut self) -> Left {
        let _ = self.wire.to.send(Out::HangUp).await;
        self.count(Instant::now());
        self.set_hold(false).await;
        let outcome = self.conversation.result();
        let ended_by = self.ended_by.unwrap_or(match outcome.closed_by {
            Some(Party::Them) => EndedBy::Caller,
            Some(Party::Network) => EndedBy::Failed,
            Some(Party::Us) | None => EndedBy::Agent,
        });
        Left {
            outcome,
            ended_by,
            turns: self.turns,
            said: self.said,
            held: self.held,
            capabilities: self.capabilities,
            meter: self.meter,
            latencies: self.latencies,
            journal: self.journal,
            watched: self.place,
            wire: self.wire,
        }
    }
}

impl Left {
    /// Tells whoever talks and whoever watches that it is over.
    pub async fn tell_the_end(&self) {
        let outcome = self.outcome.ending.as_ref().map(|ending| ending.outcome.clone());
        let ended = Shown::Ended { outcome, ended_by: self.ended_by };
        let _ = self.watched.watched.send(ended.clone());
        let _ = self.wire.to.send(Out::Shown(ended)).await;
    }
}

fn line(seq: i32, turn: &NewTurn, text: &str) -> Line {
    Line {
        seq,
        who: turn.who,
        node: turn.node.clone(),
        at_ms: turn.at_ms,
        ended_ms: turn.ended_ms,
        text: text.to_owned(),
        interrupted: turn.interrupted,
    }
}

/// What happens next with sound.
async fn heard(audible: &mut Option<Audible>) -> Audio {
    match audible {
        Some(audible) => audible.next().await,
        None => std::future::pending().await,
    }
}

/// The next piece of the answer that is waited for.
async fn answered(answer: &mut Option<Answer>) -> Option<Result<Piece, Trouble>> {
    match answer {
        Some(answer) => answer.line.from.recv().await,
        None => std::future::pending().await,
    }
}
