//! The utterances of a voice: which are spoken, which wait because the other side bears no more at once, and which nobody
//! wants to hear any more.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use speech::{Format, Saying, Sound, Spoken, Trouble};
use tokio::time::Instant;

use crate::serve::{Dialect, Out};
use crate::socket::{Frame, Patience};

/// Most bytes of text that may wait for their turn.
const MOST_WAITING: usize = 65_536;
/// How many utterances that are over are remembered, so that late words do not begin them again.
const REMEMBERED: usize = 256;

/// What the utterances of a service look like on its wire.
pub trait Tongue: Send + 'static {
    /// How many it bears at once on one line. With one, what comes needs no number.
    const AT_ONCE: usize;
    /// How often it wants a sign of life.
    const SIGN_OF_LIFE: Option<Duration>;

    /// Before the first words.
    fn begin(&self, utterance: u64) -> Option<Frame>;
    /// Words, never empty.
    fn say(&self, utterance: u64, text: &str) -> Frame;
    /// No more words will come.
    fn finish(&self, utterance: u64) -> Vec<Frame>;
    /// Nobody wants to hear it.
    fn stop(&self, utterance: u64) -> Frame;
    /// A sign of life, maybe about an utterance that is spoken.
    fn sign_of_life(&self, utterance: Option<u64>) -> Option<Frame>;
    /// What came.
    ///
    /// # Errors
    /// When it is not understood, or the line is of no more use.
    fn read(&self, frame: Frame) -> Result<Read, Trouble>;
}

/// What a service says of an utterance; of the only one when it has no number.
pub enum Read {
    /// Sound of it.
    Sound(Option<u64>, Vec<u8>),
    /// The last sound of it.
    Last(Option<u64>, Vec<u8>),
    /// All of it was spoken.
    Done(Option<u64>),
    /// It is silent, as was wished.
    Stopped(Option<u64>),
    /// It came to nothing.
    Failed(Option<u64>, Trouble),
    /// Nothing that matters.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// More words may come.
    Spoken,
    /// No more words will come.
    Finished,
    /// Nobody wants to hear it.
    Stopped,
}

struct Open {
    state: State,
    /// Until when something has to come.
    due: Option<Instant>,
    /// The first half of a sample whose second one is still to come.
    half: Option<u8>,
}

struct Waiting {
    utterance: u64,
    text: String,
    finished: bool,
}

/// A [`Dialect`] for a [`speech::Voice`].
pub struct Speaker<T> {
    tongue: T,
    format: Format,
    patience: Patience,
    open: BTreeMap<u64, Open>,
    waiting: VecDeque<Waiting>,
    over: VecDeque<u64>,
    /// When something was sent.
    sent: Instant,
}

impl<T: Tongue> Speaker<T> {
    /// Nothing said yet.
    #[must_use]
    pub fn new(tongue: T, format: Format, patience: Patience) -> Self {
        Self {
            tongue,
            format,
            patience,
            open: BTreeMap::new(),
            waiting: VecDeque::new(),
            over: VecDeque::new(),
            sent: Instant::now(),
        }
    }

    fn say(&mut self, utterance: u64, text: String, out: &mut Out<Spoken>) -> Result<(), Trouble> {
        // none of these services takes no words, and to some they mean the end
        if text.is_empty() || self.over.contains(&utterance) {
            return Ok(());
        }
        if let Some(open) = self.open.get(&utterance) {
            if open.state == State::Spoken {
                out.frames.push(self.tongue.say(utterance, &text));
            }
            return Ok(());
        }
        if self.waiting.iter().map(|waiting| waiting.text.len()).sum::<usize>() + text.len() > MOST_WAITING {
            return Err(Trouble::new("refused"));
        }
        match self.waiting.iter_mut().find(|waiting| waiting.utterance == utterance) {
            Some(waiting) if waiting.finished => {}
            Some(waiting) => waiting.text.push_str(&text),
            None => self.waiting.push_back(Waiting { utterance, text, finished: false }),
        }
        self.go_on(out);
        Ok(())
    }

    fn finish(&mut self, utterance: u64, out: &mut Out<Spoken>) {
        if let Some(open) = self.open.get_mut(&utterance) {
            if open.state == State::Spoken {
                open.state = State::Finished;
                open.due = Some(out.now + self.patience.answer);
                out.frames.extend(self.tongue.finish(utterance));
            }
        } else if let Some(waiting) = self.waiting.iter_mut().find(|waiting| waiting.utterance == utterance) {
            waiting.finished = true;
        } else if !self.over.contains(&utterance) {
            // it has no words
            self.forget(utterance);
            out.told.push_back(Spoken::Done { utterance });
        }
    }

    fn stop(&mut self, utterance: u64, out: &mut Out<Spoken>) {
        out.told.retain(|told| match told {
            Spoken::Sound { utterance: other, .. } | Spoken::Done { utterance: other } => *other != utterance,
        });
        self.waiting.retain(|waiting| waiting.utterance != utterance);
        self.forget(utterance);
        if let Some(open) = self.open.get_mut(&utterance).filter(|open| open.state != State::Stopped) {
            open.state = State::Stopped;
            open.due = Some(out.now + self.patience.answer);
            out.frames.push(self.tongue.stop(utterance));
        }
    }

    /// What waits begins as soon as there is room.
    fn go_on(&mut self, out: &mut Out<Spoken>) {
        while self.open.len() < T::AT_ONCE {
            let Some(Waiting { utterance, text, finished }) = self.waiting.pop_front() else { return };
            self.open.insert(utterance, Open { state: State::Spoken, due: None, half: None });
            out.frames.extend(self.tongue.begin(utterance));
            out.frames.push(self.tongue.say(utterance, &text));
            if finished {
                self.finish(utterance, out);
            }
        }
    }

    fn done(&mut self, utterance: u64, is_named: bool, out: &mut Out<Spoken>) {
        let is_stopped = self.open.get(&utterance).is_some_and(|open| open.state == State::Stopped);
        if !is_stopped {
            out.told.push_back(Spoken::Done { utterance });
        }
        // without numbers, only that it is silent ends what was stopped
        if !is_stopped || is_named {
            self.close(utterance, out);
        }
    }

    fn close(&mut self, utterance: u64, out: &mut Out<Spoken>) {
        self.open.remove(&utterance);
        self.forget(utterance);
        self.go_on(out);
    }

    fn forget(&mut self, utterance: u64) {
        if self.over.len() == REMEMBERED {
            self.over.pop_front();
        }
        self.over.push_back(utterance);
    }

    /// The one that something is about, when it is one of ours.
    fn which(&self, named: Option<u64>) -> Option<u64> {
        match named {
            Some(utterance) => self.open.contains_key(&utterance).then_some(utterance),
            None if T::AT_ONCE == 1 => self.open.keys().next().copied(),
            None => None,
        }
    }

    fn sound(&mut self, utterance: u64, mut sound: Vec<u8>, out: &mut Out<Spoken>) {
        let Some(open) = self.open.get_mut(&utterance).filter(|open| open.state != State::Stopped) else { return };
        if matches!(self.format, Format::Pcm16(_)) {
            if let Some(half) = open.half.take() {
                sound.insert(0, half);
            }
            if sound.len() % 2 == 1 {
                open.half = sound.pop();
            }
        }
        if !sound.is_empty() {
            out.told.push_back(Spoken::Sound { utterance, sound: Sound(sound) });
        }
    }
}

impl<T: Tongue> Dialect for Speaker<T> {
    type To = Saying;
    type From = Spoken;

    fn tell(&mut self, wish: Saying, out: &mut Out<Spoken>) -> Result<(), Trouble> {
        match wish {
            Saying::Say { utterance, text } => self.say(utterance, text, out)?,
            Saying::Finish { utterance } => self.finish(utterance, out),
            Saying::Stop { utterance } => self.stop(utterance, out),
        }
        if !out.frames.is_empty() {
            self.sent = out.now;
        }
        Ok(())
    }

    fn hear(&mut self, frame: Frame, out: &mut Out<Spoken>) -> Result<(), Trouble> {
        let read = self.tongue.read(frame)?;
        for open in self.open.values_mut().filter(|open| open.state == State::Finished) {
            open.due = Some(out.now + self.patience.answer);
        }
        let state = |utterance| self.open.get(&utterance).map(|open| open.state);
        match read {
            Read::Nothing => {}
            Read::Sound(named, sound) => {
                if let Some(utterance) = self.which(named) {
                    self.sound(utterance, sound, out);
                }
            }
            Read::Last(named, sound) => {
                if let Some(utterance) = self.which(named) {
                    self.sound(utterance, sound, out);
                    self.done(utterance, named.is_some(), out);
                }
            }
            Read::Done(named) => {
                if let Some(utterance) = self.which(named) {
                    self.done(utterance, named.is_some(), out);
                }
            }
            Read::Stopped(named) => {
                if let Some(utterance) = self.which(named) {
                    self.close(utterance, out);
                }
            }
            Read::Failed(None, trouble) => return Err(trouble),
            Read::Failed(Some(utterance), trouble) => match state(utterance) {
                Some(State::Stopped) => self.close(utterance, out),
                Some(_) => return Err(trouble),
                // of one that is over
                None => {}
            },
        }
        Ok(())
    }

    fn due(&self) -> Option<Instant> {
        let sign = T::SIGN_OF_LIFE.map(|often| self.sent + often);
        self.open.values().filter_map(|open| open.due).chain(sign).min()
    }

    fn late(&mut self, out: &mut Out<Spoken>) -> Result<(), Trouble> {
        let late = |open: &Open| open.due.is_some_and(|due| due <= out.now);
        if self.open.values().any(|open| late(open) && (open.state == State::Finished || T::AT_ONCE == 1)) {
            return Err(Trouble::new("timeout"));
        }
        // what nobody wants to hear may end without a word
        let silent: Vec<u64> =
            self.open.iter().filter(|(_, open)| late(open)).map(|(utterance, _)| *utterance).collect();
        for utterance in silent {
            self.close(utterance, out);
        }
        if T::SIGN_OF_LIFE.is_some_and(|often| self.sent + often <= out.now) {
            let spoken = self.open.iter().find(|(_, open)| open.state == State::Spoken);
            out.frames.extend(self.tongue.sign_of_life(spoken.map(|(utterance, _)| *utterance)));
            self.sent = out.now;
        }
        Ok(())
    }

    fn leave(&mut self, out: &mut Out<Spoken>) {
        let unfinished = self.open.iter().filter(|(_, open)| open.state == State::Spoken);
        for utterance in unfinished.map(|(utterance, _)| *utterance).collect::<Vec<_>>() {
            self.finish(utterance, out);
        }
        for waiting in &mut self.waiting {
            waiting.finished = true;
        }
    }

    fn is_at_rest(&self) -> bool {
        self.waiting.is_empty() && self.open.values().all(|open| open.state == State::Stopped)
    }
}

#[cfg(test)]
mod tests;
