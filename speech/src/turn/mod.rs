//! Whose turn it is: when the other side begins and stops to speak, when it has said what it wanted, and whether it wants us to
//! be quiet. A pure machine, in steps of 20 ms.
//!
//! While we are heard, a voice makes us pause at once; only words, or a voice that goes on, make an interruption of it. All else
//! (a cough, "uh-huh") lets us go on where we were. A turn ends sooner the more finished it looks: see [`Settings`].

#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::ear::Verdict;
use crate::words::{Expected, Looks, is_dictation, is_in, look, words};

/// A step.
const FRAME: Duration = Duration::from_millis(20);

/// How turns are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// A voice of that length begins.
    pub start: Duration,
    /// A silence of that length ends what is spoken.
    pub stop: Duration,
    /// From the last sound until a turn that looks finished is over.
    pub shortest_wait: Duration,
    /// Until one is over that may be finished or not, which is what a recogniser without signs always says.
    pub usual_wait: Duration,
    /// Until one is over that looks unfinished, or of which no word was understood.
    pub longest_wait: Duration,
    /// The same while a number is dictated.
    pub dictation_wait: Duration,
    /// A turn is cut here: whoever speaks so long is a recording.
    pub longest_turn: Duration,
    /// A voice of that length makes us pause.
    pub pause: Duration,
    /// One of that length is an interruption, unless it has only said words that are none.
    pub confirm: Duration,
    /// One of that length is an interruption whatever it says; nor do we pause for longer.
    pub confirm_anyway: Duration,
    /// So many words that are not of the list below are an interruption.
    pub confirm_words: usize,
    /// Words by which one shows that one listens.
    pub backchannels: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        let ms = Duration::from_millis;
        let backchannels =
            ["uh-huh", "uhuh", "uh", "huh", "okay", "ok", "mm-hmm", "mhm", "mm", "hmm", "yeah", "آه", "طيب"];
        Self {
            start: ms(160),
            stop: ms(200),
            shortest_wait: ms(250),
            usual_wait: ms(700),
            longest_wait: ms(1_600),
            dictation_wait: ms(2_500),
            longest_turn: ms(60_000),
            pause: ms(120),
            confirm: ms(350),
            confirm_anyway: ms(1_500),
            confirm_words: 1,
            backchannels: backchannels.map(str::to_owned).into(),
        }
    }
}

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody speaks. An end follows each beginning.
    SpeechBegan,
    /// They have stopped, maybe for a moment: time to ask the recogniser what it was.
    SpeechEnded,
    /// Their turn is over.
    TurnEnded(Why),
    /// Be quiet for now, and keep what was not heard. One of the next two follows.
    PausePlayout,
    /// They want to speak: forget what was not heard.
    ConfirmInterruption,
    /// It was nothing: go on where we were.
    ResumePlayout,
}

/// Why a turn is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// What was said looks finished.
    Complete,
    /// Nothing has followed for long enough.
    Waited,
    /// No word was understood: a false start.
    Nothing,
    /// They have shown that they listen, while we went on.
    Aside,
    /// It was too long.
    TooLong,
}

/// A turn of the other side.
#[derive(Clone, Copy, Debug, Default)]
struct Turn {
    is_speaking: bool,
    /// Since it began.
    lasts: Duration,
    /// Since the last voice.
    quiet: Duration,
    /// Cut: what goes on is not listened to until it stops.
    is_cut: bool,
}

/// A pause of ours that is not yet explained.
#[derive(Clone, Copy, Debug, Default)]
struct Doubt {
    /// How much of a voice was heard, with what made us pause.
    voice: Duration,
    /// Since the last of it.
    quiet: Duration,
    /// Since it began.
    lasts: Duration,
}

/// Tells turns apart in one call.
#[derive(Debug)]
pub struct Turns {
    settings: Settings,
    expected: Expected,
    /// How much of a voice was heard lately: up with a voice, down without.
    run: Duration,
    turn: Option<Turn>,
    doubt: Option<Doubt>,
    is_heard: bool,
    may_interrupt: bool,
    said: Said,
}

/// What a recogniser says was said in this turn; nothing of it is printed.
#[derive(Default)]
struct Said {
    text: String,
    /// So much of it will stay as it is.
    sure: usize,
}

impl std::fmt::Debug for Said {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("Said(…)")
    }
}

impl Said {
    fn partial(&mut self, text: &str) {
        self.text.truncate(self.sure);
        self.text.push_str(text.trim());
    }

    fn finished(&mut self, text: &str) {
        self.partial(text);
        self.text.push(' ');
        self.sure = self.text.len();
    }

    fn clear(&mut self) {
        self.text.clear();
        self.sure = 0;
    }
}

impl Turns {
    /// At the beginning of a call, when nobody speaks.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            expected: Expected::Anything,
            run: Duration::ZERO,
            turn: None,
            doubt: None,
            is_heard: false,
            may_interrupt: true,
            said: Said::default(),
        }
    }

    /// What the other side was asked for last.
    pub fn expect(&mut self, expected: Expected) {
        self.expected = expected;
    }

    /// Whether they may interrupt what we say.
    pub fn may_interrupt(&mut self, may: bool, tell: &mut dyn FnMut(Event)) {
        self.may_interrupt = may;
        if !may {
            self.resume(tell);
        }
    }

    /// That something of ours begins to be heard, or that nothing is any more; what only pauses is heard. To be told when it
    /// changes: behind an interruption nothing is, until it is told again.
    pub fn heard(&mut self, is_heard: bool, tell: &mut dyn FnMut(Event)) {
        self.is_heard = is_heard;
        if !is_heard {
            self.resume(tell);
        }
    }

    /// Whether somebody speaks.
    #[must_use]
    pub fn is_speaking(&self) -> bool {
        self.turn.is_some_and(|turn| turn.is_speaking)
    }

    /// Whether it is the other side's turn.
    #[must_use]
    pub fn is_theirs(&self) -> bool {
        self.turn.is_some_and(|turn| !turn.is_cut)
    }

    /// What a recogniser believes so far; replaces what it believed before. What comes when a turn is over says nothing here.
    pub fn partial(&mut self, text: &str, tell: &mut dyn FnMut(Event)) {
        if self.is_theirs() {
            self.said.partial(text);
            self.consider_words(tell);
        }
    }

    /// What a recogniser is sure of.
    pub fn finished(&mut self, text: &str, tell: &mut dyn FnMut(Event)) {
        if self.is_theirs() {
            self.said.finished(text);
            self.consider_words(tell);
        }
    }

    /// A frame of 20 ms has passed.
    pub fn frame(&mut self, verdict: Verdict, tell: &mut dyn FnMut(Event)) {
        match verdict {
            Verdict::Voice => self.run = (self.run + FRAME).min(self.settings.start.max(self.settings.pause)),
            Verdict::Doubtful => {}
            Verdict::Other => self.run = self.run.saturating_sub(FRAME),
        }
        self.consider_pause(verdict, tell);
        if let Some(turn) = self.turn {
            self.turn = self.follow(turn, verdict, tell);
        } else if self.run >= self.settings.start {
            self.turn = Some(Turn { is_speaking: true, ..Turn::default() });
            tell(Event::SpeechBegan);
        }
    }

    fn follow(&mut self, mut turn: Turn, verdict: Verdict, tell: &mut dyn FnMut(Event)) -> Option<Turn> {
        turn.lasts += FRAME;
        let is_voice = match verdict {
            Verdict::Voice => turn.is_speaking || turn.is_cut || self.run >= self.settings.start,
            Verdict::Doubtful => turn.is_speaking || turn.is_cut,
            Verdict::Other => false,
        };
        turn.quiet = if is_voice { Duration::ZERO } else { turn.quiet + FRAME };
        if turn.is_cut {
            return (turn.quiet < self.settings.stop).then_some(turn);
        }
        if turn.is_speaking && turn.quiet >= self.settings.stop {
            turn.is_speaking = false;
            self.run = Duration::ZERO;
            tell(Event::SpeechEnded);
        } else if !turn.is_speaking && is_voice {
            turn.is_speaking = true;
            tell(Event::SpeechBegan);
        }
        if turn.lasts >= self.settings.longest_turn {
            return self.cut(turn, tell);
        }
        let begins_again = self.run > 2 * FRAME;
        let why = if turn.is_speaking || begins_again { None } else { self.is_over(turn.quiet) };
        let Some(why) = why else { return Some(turn) };
        self.end(why, tell);
        None
    }

    fn cut(&mut self, mut turn: Turn, tell: &mut dyn FnMut(Event)) -> Option<Turn> {
        if turn.is_speaking {
            tell(Event::SpeechEnded);
        }
        self.end(Why::TooLong, tell);
        let goes_on = turn.is_speaking;
        turn.is_speaking = false;
        turn.is_cut = true;
        goes_on.then_some(turn)
    }

    fn end(&mut self, why: Why, tell: &mut dyn FnMut(Event)) {
        self.said.clear();
        self.run = Duration::ZERO;
        tell(Event::TurnEnded(why));
    }

    fn is_over(&self, quiet: Duration) -> Option<Why> {
        let settings = &self.settings;
        let text = &self.said.text;
        let has_words = words(text).next().is_some();
        let looks = look(text, self.expected);
        let wait = match looks {
            Looks::Complete => settings.shortest_wait,
            _ if is_dictation(text) => settings.dictation_wait,
            Looks::Open if has_words => settings.usual_wait,
            Looks::Open | Looks::Unfinished => settings.longest_wait,
        };
        // it is still asked what it was
        let wait = wait.max(settings.stop + FRAME);
        let why = match looks {
            _ if !has_words => Why::Nothing,
            _ if self.is_heard && !self.is_meant() => Why::Aside,
            Looks::Complete => Why::Complete,
            Looks::Open | Looks::Unfinished => Why::Waited,
        };
        (quiet >= wait).then_some(why)
    }

    fn consider_pause(&mut self, verdict: Verdict, tell: &mut dyn FnMut(Event)) {
        let Some(mut doubt) = self.doubt else {
            let is_cut = self.turn.is_some_and(|turn| turn.is_cut);
            if self.is_heard && self.may_interrupt && !is_cut && self.run >= self.settings.pause {
                self.doubt = Some(Doubt { voice: self.run, ..Doubt::default() });
                tell(Event::PausePlayout);
                // what has been said before may be enough
                self.consider_words(tell);
            }
            return;
        };
        doubt.lasts += FRAME;
        match verdict {
            Verdict::Voice => (doubt.voice, doubt.quiet) = (doubt.voice + FRAME, Duration::ZERO),
            Verdict::Doubtful => {}
            Verdict::Other => doubt.quiet += FRAME,
        }
        self.doubt = Some(doubt);
        let text = &self.said.text;
        // they were no interruption, or there would be no doubt
        let has_words = words(text).next().is_some();
        let enough = if has_words { self.settings.confirm_anyway } else { self.settings.confirm };
        if doubt.voice >= enough || doubt.lasts >= self.settings.confirm_anyway {
            self.confirm(tell);
        } else if doubt.quiet >= self.settings.stop {
            self.run = Duration::ZERO;
            self.resume(tell);
        }
    }

    /// Words that mean something are an interruption, also when they come behind the voice that said them.
    fn consider_words(&mut self, tell: &mut dyn FnMut(Event)) {
        if self.is_heard && self.may_interrupt && self.is_meant() {
            if self.doubt.is_none() {
                tell(Event::PausePlayout);
            }
            self.confirm(tell);
        }
    }

    /// Whether something was said besides that they listen.
    fn is_meant(&self) -> bool {
        let meant = words(&self.said.text).filter(|word| !is_in(word, &self.settings.backchannels)).count();
        meant >= self.settings.confirm_words.max(1)
    }

    /// From here on what we said is over, so nothing of it is heard.
    fn confirm(&mut self, tell: &mut dyn FnMut(Event)) {
        self.doubt = None;
        self.is_heard = false;
        tell(Event::ConfirmInterruption);
    }

    fn resume(&mut self, tell: &mut dyn FnMut(Event)) {
        if self.doubt.take().is_some() {
            tell(Event::ResumePlayout);
        }
    }
}
