//! What of ours is to be heard, and what was: utterances one behind the other, in frames of 20 ms, handed on only so far ahead
//! that silence comes soon when it is wanted. A pure machine: whoever holds it says what time it is.
//!
//! A transport plays frames in the order and at the pace of a clock, from when it gets them. So the time at which each will have
//! been heard is known; a transport that answers marks tells in addition what has certainly been heard, and how late it is.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use crate::ports::Format;

/// A frame.
const FRAME: Duration = Duration::from_millis(20);
/// The most that is handed on ahead: so long something is heard behind a stop that a transport cannot take back.
pub const LEAD: Duration = Duration::from_millis(100);
/// A mark behind so many frames.
const MARK: u64 = 5;
/// How long a letter takes, where the sound of a text is not all there yet: some 150 words a minute.
const LETTER: Duration = Duration::from_millis(70);

/// What to do now.
#[derive(PartialEq)]
pub enum Order<'a> {
    /// Send this frame.
    Frame(&'a [u8]),
    /// Send a mark with that number, to be answered when what was sent before it was heard.
    Mark(u64),
    /// An utterance was heard to its end.
    Heard(Account),
}

impl fmt::Debug for Order<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(bytes) => write!(to, "Frame({} bytes)", bytes.len()),
            Self::Mark(number) => write!(to, "Mark({number})"),
            Self::Heard(account) => write!(to, "Heard({account:?})"),
        }
    }
}

/// What became of an utterance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub utterance: u64,
    /// For whose answer it was said; what is late of an earlier one is told by it.
    pub generation: u64,
    /// How much of it was heard.
    pub heard: Duration,
    /// Bytes of its text that were heard, in whole words: an estimate by time.
    pub text: usize,
    /// Whether that was all.
    pub is_whole: bool,
}

/// An utterance, of which nothing is printed.
struct Utterance {
    number: u64,
    generation: u64,
    text: String,
    /// What was not heard yet.
    sound: VecDeque<u8>,
    /// Frames before that.
    heard: u64,
    /// Frames of it that were sent and not heard.
    sent: u64,
    is_done: bool,
}

/// What is heard in one call.
pub struct Player {
    format: Format,
    lead: Duration,
    has_marks: bool,
    waiting: VecDeque<Utterance>,
    /// When what was sent will have been heard.
    ends: Duration,
    is_paused: bool,
    /// Frames that were sent so far.
    sent: u64,
    /// Marks that were not answered.
    marks: VecDeque<u64>,
    last_mark: u64,
    /// A mark is to be sent.
    owes_mark: bool,
    /// By how much the latest mark came behind the clock.
    late: Duration,
    /// Frames of those that were heard or taken back.
    known: u64,
    frame: Vec<u8>,
}

impl fmt::Debug for Player {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Player({} utterances)", self.waiting.len())
    }
}

impl Player {
    /// For a transport with that format, and whether it answers marks.
    #[must_use]
    pub fn new(format: Format, has_marks: bool) -> Self {
        Self {
            format,
            lead: LEAD,
            has_marks,
            waiting: VecDeque::new(),
            ends: Duration::ZERO,
            is_paused: false,
            sent: 0,
            marks: VecDeque::new(),
            last_mark: 0,
            owes_mark: false,
            late: Duration::ZERO,
            known: 0,
            frame: Vec::new(),
        }
    }

    /// Words of an utterance; it begins with its first words or its first sound.
    pub fn text(&mut self, utterance: u64, generation: u64, text: &str) {
        self.utterance(utterance, generation).text.push_str(text);
    }

    /// Sound of an utterance.
    pub fn sound(&mut self, utterance: u64, generation: u64, sound: &[u8]) {
        self.utterance(utterance, generation).sound.extend(sound);
    }

    /// No more sound of it comes.
    pub fn done(&mut self, utterance: u64) {
        if let Some(utterance) = self.waiting.iter_mut().find(|known| known.number == utterance) {
            utterance.is_done = true;
        }
    }

    fn utterance(&mut self, number: u64, generation: u64) -> &mut Utterance {
        let at = self.waiting.iter().position(|known| known.number == number).unwrap_or_else(|| {
            let (text, sound) = (String::new(), VecDeque::new());
            self.waiting.push_back(Utterance { number, generation, text, sound, heard: 0, sent: 0, is_done: false });
            self.waiting.len() - 1
        });
        &mut self.waiting[at]
    }

    /// Whether something is heard, or would be without a pause.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.waiting.iter().any(|utterance| !utterance.sound.is_empty())
    }

    /// Whether it pauses.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// What is to be done at that time; to be asked again until it is nothing, and then every 20 ms.
    pub fn poll(&mut self, now: Duration) -> Option<Order<'_>> {
        if let Some(account) = self.account(now) {
            return Some(Order::Heard(account));
        }
        if std::mem::take(&mut self.owes_mark) {
            self.last_mark = self.sent;
            self.marks.push_back(self.sent);
            return Some(Order::Mark(self.sent));
        }
        self.send(now)
    }

    /// A mark was answered: what was sent before it has been heard.
    pub fn mark(&mut self, number: u64, now: Duration) {
        // those of what was taken back come as well, and say nothing
        if !self.marks.contains(&number) {
            return;
        }
        self.marks.retain(|&mark| mark > number);
        let frames_behind = u32::try_from(self.sent - number).unwrap_or(u32::MAX);
        let planned = self.ends.saturating_sub(FRAME * frames_behind);
        self.late = now.saturating_sub(planned);
        self.hear(number);
    }

    /// Stops for now: whatever the transport still has is to be taken back from it, and is kept to go on with.
    pub fn pause(&mut self, now: Duration) {
        self.catch_up(now);
        self.is_paused = true;
        self.take_back(now);
    }

    /// Goes on with the first frame that was not heard.
    pub fn resume(&mut self) {
        self.is_paused = false;
    }

    /// Forgets everything that was not heard, and says what was of each. Whatever the transport still has is to be taken back.
    pub fn stop(&mut self, now: Duration) -> Vec<Account> {
        self.catch_up(now);
        self.take_back(now);
        self.is_paused = false;
        let width = self.format.frame();
        self.waiting.drain(..).map(|utterance| utterance.account(width)).collect()
    }

    /// The same for utterances of generations before that one.
    pub fn stop_before(&mut self, generation: u64, now: Duration) -> Vec<Account> {
        self.catch_up(now);
        self.take_back(now);
        let width = self.format.frame();
        let (gone, stay) = self.waiting.drain(..).partition::<Vec<_>, _>(|utterance| utterance.generation < generation);
        self.waiting.extend(stay);
        gone.iter().map(|utterance| utterance.account(width)).collect()
    }

    fn send(&mut self, now: Duration) -> Option<Order<'_>> {
        if self.is_paused || self.ends.max(now) + FRAME > now + self.lead {
            return None;
        }
        let width = self.format.frame();
        for utterance in &mut self.waiting {
            let from = usize::try_from(utterance.sent).ok()? * width;
            let there = utterance.sound.len().saturating_sub(from);
            if there >= width || there > 0 && utterance.is_done {
                self.frame.clear();
                self.frame.extend(utterance.sound.range(from..from + there.min(width)));
                self.frame.resize(width, self.format.silence());
                utterance.sent += 1;
                let is_last = utterance.is_done && there <= width;
                self.sent += 1;
                self.ends = self.ends.max(now) + FRAME;
                self.owes_mark = self.has_marks && (is_last || self.sent - self.last_mark >= MARK);
                return Some(Order::Frame(&self.frame));
            }
            if !utterance.is_done {
                // the rest of it comes before the next one
                return None;
            }
        }
        None
    }

    /// The first utterance, when all of it was heard.
    fn account(&mut self, now: Duration) -> Option<Account> {
        self.catch_up(now);
        let first = self.waiting.front()?;
        if !(first.is_done && first.sound.is_empty()) {
            return None;
        }
        let width = self.format.frame();
        self.waiting.pop_front().map(|utterance| utterance.account(width))
    }

    /// Counts as heard what must have been by now.
    fn catch_up(&mut self, now: Duration) {
        let left = (self.ends + self.late).saturating_sub(now);
        let frames = u64::try_from(left.as_micros().div_ceil(FRAME.as_micros())).unwrap_or(u64::MAX);
        let by_clock = self.sent.saturating_sub(frames);
        // what stands before a mark was not heard to its end while that is not answered
        let by_marks = self.marks.front().map_or(u64::MAX, |mark| mark - 1);
        self.hear(by_clock.min(by_marks));
    }

    fn hear(&mut self, until: u64) {
        let width = self.format.frame();
        for utterance in &mut self.waiting {
            let frames = until.saturating_sub(self.known).min(utterance.sent);
            let bytes = usize::try_from(frames).unwrap_or(usize::MAX).saturating_mul(width);
            utterance.sound.drain(..bytes.min(utterance.sound.len()));
            utterance.sent -= frames;
            utterance.heard += frames;
            self.known += frames;
        }
    }

    /// What was sent and not heard counts as never sent.
    fn take_back(&mut self, now: Duration) {
        for utterance in &mut self.waiting {
            utterance.sent = 0;
        }
        self.known = self.sent;
        self.last_mark = self.sent;
        self.marks.clear();
        self.owes_mark = false;
        self.ends = now;
    }
}

impl Utterance {
    fn account(&self, width: usize) -> Account {
        let heard = FRAME * u32::try_from(self.heard).unwrap_or(u32::MAX);
        let is_whole = self.is_done && self.sound.is_empty();
        let frames = u32::try_from(self.sound.len().div_ceil(width)).unwrap_or(u32::MAX);
        let there = heard + FRAME * frames;
        let letters = u32::try_from(self.text.chars().count()).unwrap_or(u32::MAX);
        let all = if self.is_done { there } else { there.max(LETTER * letters) };
        let text = if is_whole { self.text.len() } else { words_until(&self.text, heard, all) };
        Account { utterance: self.number, generation: self.generation, heard, text, is_whole }
    }
}

/// Where the last word ends that was heard whole, when of a text that takes so long so much was heard.
fn words_until(text: &str, heard: Duration, all: Duration) -> usize {
    if all.is_zero() {
        return 0;
    }
    let share = (heard.as_secs_f64() / all.as_secs_f64()).min(1.0);
    let letters = (text.chars().count() as f64 * share).floor() as usize;
    let end = text.char_indices().nth(letters).map_or(text.len(), |(at, _)| at);
    if text[end..].starts_with(char::is_whitespace) || end == text.len() {
        return text[..end].trim_end().len();
    }
    text[..end].rfind(char::is_whitespace).map_or(0, |at| text[..at].trim_end().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WIDTH: usize = 160;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Sound of which each frame can be told apart.
    fn frames(numbers: std::ops::Range<u8>) -> Vec<u8> {
        numbers.flat_map(|number| [number; WIDTH]).collect()
    }

    /// A transport as it should be: plays frame after frame, from when it has them.
    #[derive(Default)]
    struct Transport {
        /// With the time at which each will have been heard.
        waiting: VecDeque<(Duration, u8)>,
        marks: VecDeque<(Duration, u64)>,
        ends: Duration,
        heard: Vec<u8>,
    }

    impl Transport {
        fn pass(&mut self, now: Duration) {
            while self.waiting.front().is_some_and(|(end, _)| *end <= now) {
                self.heard.extend(self.waiting.pop_front().map(|(_, number)| number));
            }
        }

        /// Does what the player says, and gives what was heard whole.
        fn serve(&mut self, player: &mut Player, now: Duration) -> Vec<Account> {
            let mut accounts = Vec::new();
            self.pass(now);
            while let Some(order) = player.poll(now) {
                match order {
                    Order::Frame(frame) => {
                        assert_eq!(frame.len(), WIDTH);
                        self.ends = self.ends.max(now) + FRAME;
                        self.waiting.push_back((self.ends, frame[0]));
                        assert!(self.ends <= now + LEAD, "too far ahead");
                    }
                    Order::Mark(number) => self.marks.push_back((self.ends, number)),
                    Order::Heard(account) => accounts.push(account),
                }
            }
            accounts
        }

        fn clear(&mut self, now: Duration) {
            self.pass(now);
            self.waiting.clear();
            self.ends = now;
        }
    }

    fn player(has_marks: bool) -> Player {
        Player::new(Format::Mulaw8k, has_marks)
    }

    #[test]
    fn utterances_are_heard_one_behind_the_other_and_told() {
        let (mut player, mut transport) = (player(false), Transport::default());
        player.text(1, 7, "Good morning.");
        player.sound(1, 7, &frames(0..10));
        player.sound(2, 7, &frames(20..22));
        // half a frame more: filled up with silence
        player.sound(2, 7, &[22; WIDTH / 2]);
        player.done(1);
        player.done(2);
        let mut told = Vec::new();
        for now in (0..400).step_by(10) {
            for account in transport.serve(&mut player, ms(now)) {
                told.push((now, account.utterance, account.heard, account.text, account.is_whole));
            }
        }
        assert_eq!(told, [(200, 1, ms(200), 13, true), (260, 2, ms(60), 0, true)]);
        assert_eq!(transport.heard, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 21, 22]);
        assert!(!player.is_heard());
    }

    #[test]
    fn a_pause_goes_on_with_the_first_frame_that_was_not_heard() {
        let (mut player, mut transport) = (player(false), Transport::default());
        player.sound(1, 0, &frames(0..50));
        for now in (0..=130).step_by(10) {
            transport.serve(&mut player, ms(now));
        }
        player.pause(ms(130));
        transport.clear(ms(130));
        assert_eq!((transport.heard.len(), transport.serve(&mut player, ms(500)).len()), (6, 0));
        assert!(player.is_heard() && player.is_paused() && transport.waiting.is_empty());
        player.resume();
        transport.serve(&mut player, ms(600));
        assert_eq!(transport.waiting.iter().map(|(_, number)| *number).collect::<Vec<_>>(), [6, 7, 8, 9, 10]);
    }

    #[test]
    fn who_is_stopped_knows_which_words_were_heard() {
        let (mut player, mut transport) = (player(false), Transport::default());
        let text = "Your appointment is on Monday at nine.";
        player.text(1, 3, text);
        player.sound(1, 3, &frames(0..100));
        player.done(1);
        player.text(2, 3, "Never heard.");
        for now in (0..=1_000).step_by(20) {
            transport.serve(&mut player, ms(now));
        }
        let accounts = player.stop(ms(1_000));
        // half of two seconds: "Your appointment is"
        assert_eq!(accounts[0], Account { utterance: 1, generation: 3, heard: ms(1_000), text: 19, is_whole: false });
        assert_eq!((accounts[1].utterance, accounts[1].text, accounts.len()), (2, 0, 2));
        assert!(!player.is_heard());
        assert!(!format!("{player:?}{accounts:?}").contains("Your"));
    }

    #[test]
    fn words_whose_sound_is_not_there_yet_were_not_heard() {
        assert_eq!(words_until("one two three", ms(1_000), ms(1_000)), 13);
        assert_eq!(words_until("one two three", ms(999), ms(1_000)), 7);
        assert_eq!(words_until("نعم بالطبع", ms(500), ms(1_000)), "نعم".len());
        let (mut player, mut transport) = (player(false), Transport::default());
        player.text(1, 0, &"word ".repeat(20));
        player.sound(1, 0, &frames(0..50));
        for now in (0..=1_000).step_by(20) {
            transport.serve(&mut player, ms(now));
        }
        // a second of a hundred letters, of which each takes 70 ms
        assert_eq!(player.stop(ms(1_000))[0].text, 14);
    }

    #[test]
    fn marks_hold_back_what_the_clock_would_say() {
        let (mut player, mut transport) = (player(true), Transport::default());
        player.sound(1, 0, &frames(0..10));
        player.done(1);
        for now in (0..=1_000).step_by(20) {
            assert_eq!(transport.serve(&mut player, ms(now)), []);
        }
        assert_eq!(transport.marks.iter().map(|(_, number)| *number).collect::<Vec<_>>(), [5, 10]);
        player.mark(5, ms(1_000));
        player.mark(9, ms(1_000));
        assert_eq!(transport.serve(&mut player, ms(1_020)), []);
        player.mark(10, ms(1_020));
        assert_eq!(transport.serve(&mut player, ms(1_020)).len(), 1);
    }

    #[test]
    fn earlier_generations_are_forgotten_and_later_ones_stay() {
        let (mut player, mut transport) = (player(false), Transport::default());
        player.sound(1, 1, &frames(0..10));
        player.sound(2, 2, &frames(20..25));
        transport.serve(&mut player, ms(0));
        assert_eq!(player.stop_before(2, ms(10)).len(), 1);
        transport.clear(ms(10));
        transport.serve(&mut player, ms(20));
        assert_eq!(transport.waiting.front().map(|(_, number)| *number), Some(20));
    }

    #[derive(Clone, Debug)]
    enum Step {
        Pass(u64),
        Sound(u8),
        Pause,
        Resume,
    }

    proptest! {
        #[test]
        fn everything_is_heard_once_and_counted_right(
            steps in prop::collection::vec(prop_oneof![
                4 => (1_u64..120).prop_map(Step::Pass),
                2 => (1_u8..20).prop_map(Step::Sound),
                1 => Just(Step::Pause),
                1 => Just(Step::Resume),
            ], 1..60),
            has_marks: bool,
        ) {
            let (mut player, mut transport) = (player(has_marks), Transport::default());
            let (mut now, mut given) = (ms(0), 0_u8);
            for step in steps {
                match step {
                    Step::Pass(by) => for _ in 0..by {
                        now += ms(1);
                        transport.serve(&mut player, now);
                        while transport.marks.front().is_some_and(|(end, _)| *end <= now) {
                            player.mark(transport.marks.pop_front().expect("a mark").1, now);
                        }
                    },
                    Step::Sound(count) => {
                        let until = given.saturating_add(count).min(250);
                        player.sound(1, 0, &frames(given..until));
                        given = until;
                    }
                    Step::Pause => {
                        player.pause(now);
                        transport.clear(now);
                    }
                    Step::Resume => player.resume(),
                }
            }
            transport.pass(now);
            let heard = u8::try_from(transport.heard.len()).expect("few");
            prop_assert_eq!(&transport.heard, &(0..heard).collect::<Vec<_>>());
            let accounts = player.stop(now);
            let counted = accounts.first().map_or(ms(0), |account| account.heard);
            prop_assert_eq!(counted, FRAME * u32::from(heard));
        }
    }
}
