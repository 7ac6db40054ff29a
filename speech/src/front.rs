//! Everything that a call does with the sound it gets: frames are looked at once, and what comes of them is told. Behind its
//! first seconds nothing is allocated for a frame.

use std::collections::VecDeque;

use crate::ear::{Ear, NARROW, WIDE};
use crate::ports::Format;
use crate::resample::Resampler;
use crate::signals::Signal;
use crate::turn::{Event, Settings, Turns};
use crate::vad::{Earshot, Vad};
use crate::words::Expected;

/// Frames of 20 ms that a recogniser gets of what was before a voice had lasted long enough: 300 ms, and the 200 until then.
const BEFORE: usize = 25;
/// Frames that are kept of somebody who speaks while nobody is to recognise it: 3 s.
const KEPT: usize = 150;

/// What has happened on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// With turns.
    Turn(Event),
    /// A key was pressed: `0` to `9`, `A` to `D`, `*`, `#`.
    Key(char),
    /// Something else has begun to be heard.
    Signal(Signal),
}

/// What came of some sound.
#[derive(Clone, Copy)]
pub struct Heeded<'a> {
    /// What has happened, in order.
    pub noted: &'a [Noted],
    /// What a recogniser is to hear, in the line's own format; often nothing.
    pub sound: &'a [u8],
}

impl std::fmt::Debug for Heeded<'_> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Heeded({:?}, {} bytes)", self.noted, self.sound.len())
    }
}

/// One call's ear.
pub struct Front {
    format: Format,
    ear: Ear,
    turns: Turns,
    /// None where the line has that rate itself.
    to_narrow: Option<Resampler>,
    to_wide: Option<Resampler>,
    /// Whole bytes that are less than a frame.
    rest: Vec<u8>,
    samples: Vec<i16>,
    narrow: Vec<i16>,
    wide: Vec<i16>,
    /// What a recogniser may still have to hear.
    before: VecDeque<u8>,
    is_recognised: bool,
    noted: Vec<Noted>,
    sound: Vec<u8>,
}

impl std::fmt::Debug for Front {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Front({:?}, {:?})", self.format, self.turns)
    }
}

impl Front {
    /// For a line with that format, heard by [`Earshot`]. None for rates outside of 8 to 48 kHz, and odd ones.
    #[must_use]
    pub fn new(settings: Settings, format: Format) -> Option<Self> {
        Self::with(Box::<Earshot>::default(), settings, format)
    }

    /// The same with another detector of voices.
    #[must_use]
    pub fn with(vad: Box<dyn Vad>, settings: Settings, format: Format) -> Option<Self> {
        let rate = format.rate();
        let to = |wanted: u32| if rate == wanted { Some(None) } else { Resampler::new(rate, wanted).map(Some) };
        Some(Self {
            format,
            ear: Ear::new(vad),
            turns: Turns::new(settings),
            to_narrow: to(8_000)?,
            to_wide: to(16_000)?,
            rest: Vec::new(),
            samples: Vec::new(),
            narrow: Vec::new(),
            wide: Vec::new(),
            before: VecDeque::new(),
            is_recognised: true,
            noted: Vec::new(),
            sound: Vec::new(),
        })
    }

    /// Takes sound as it comes: frames of 20 ms, or pieces of any length.
    pub fn push(&mut self, bytes: &[u8]) -> Heeded<'_> {
        self.noted.clear();
        self.sound.clear();
        let width = self.format.frame();
        let mut bytes = bytes;
        while self.rest.len() + bytes.len() >= width {
            let (now, later) = bytes.split_at(width - self.rest.len());
            self.rest.extend_from_slice(now);
            bytes = later;
            let mut frame = std::mem::take(&mut self.rest);
            self.frame(&frame);
            frame.clear();
            self.rest = frame;
        }
        self.rest.extend_from_slice(bytes);
        Heeded { noted: &self.noted, sound: &self.sound }
    }

    /// Whether somebody recognises what is said. On hold nobody does: turns are told as ever, the last three seconds of whoever
    /// speaks are kept, and handed on when somebody does again.
    pub fn recognised(&mut self, is_recognised: bool) {
        self.is_recognised = is_recognised;
    }

    /// What a recogniser believes so far.
    pub fn partial(&mut self, text: &str) -> &[Noted] {
        self.tell(|turns, tell| turns.partial(text, tell))
    }

    /// What a recogniser is sure of.
    pub fn finished(&mut self, text: &str) -> &[Noted] {
        self.tell(|turns, tell| turns.finished(text, tell))
    }

    /// That something of ours begins to be heard, or that nothing is any more: see [`Turns::heard`].
    pub fn heard(&mut self, is_heard: bool) -> &[Noted] {
        self.tell(|turns, tell| turns.heard(is_heard, tell))
    }

    /// Whether they may interrupt what we say.
    pub fn may_interrupt(&mut self, may: bool) -> &[Noted] {
        self.tell(|turns, tell| turns.may_interrupt(may, tell))
    }

    /// What the other side was asked for last.
    pub fn expect(&mut self, expected: Expected) {
        self.turns.expect(expected);
    }

    /// Whether somebody speaks.
    #[must_use]
    pub fn is_speaking(&self) -> bool {
        self.turns.is_speaking()
    }

    /// Whether music is heard.
    #[must_use]
    pub fn is_music(&self) -> bool {
        self.ear.is_music()
    }

    fn tell(&mut self, act: impl FnOnce(&mut Turns, &mut dyn FnMut(Event))) -> &[Noted] {
        self.noted.clear();
        act(&mut self.turns, &mut |event| self.noted.push(Noted::Turn(event)));
        &self.noted
    }

    fn frame(&mut self, frame: &[u8]) {
        self.samples.clear();
        self.format.decode(frame, &mut self.samples);
        for (resampler, to) in [(&mut self.to_narrow, &mut self.narrow), (&mut self.to_wide, &mut self.wide)] {
            match resampler {
                Some(resampler) => resampler.push(&self.samples, to),
                None => to.extend_from_slice(&self.samples),
            }
        }
        // of odd rates, now and then none or two
        while self.narrow.len() >= NARROW && self.wide.len() >= WIDE {
            let noticed = self.ear.push(&self.narrow[..NARROW], &self.wide[..WIDE]);
            self.narrow.drain(..NARROW);
            self.wide.drain(..WIDE);
            self.noted.extend(noticed.key.map(Noted::Key));
            self.noted.extend(noticed.signal.map(Noted::Signal));
            self.turns.frame(noticed.verdict, &mut |event| self.noted.push(Noted::Turn(event)));
        }
        self.hand_on(frame);
    }

    fn hand_on(&mut self, frame: &[u8]) {
        self.before.extend(frame);
        let is_theirs = self.turns.is_theirs();
        if is_theirs && self.is_recognised {
            self.sound.extend(self.before.drain(..));
        }
        let most = if is_theirs { KEPT } else { BEFORE } * self.format.frame();
        self.before.drain(..self.before.len().saturating_sub(most));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sounds::{self, Instrument};
    use crate::testing::{Quiet, speech};
    use crate::turn::Why;
    use proptest::prelude::*;

    fn front(format: Format) -> Front {
        Front::new(Settings::default(), format).expect("a rate")
    }

    fn bytes(samples: &[i16], format: Format) -> Vec<u8> {
        let mut bytes = Vec::new();
        format.encode(samples, &mut bytes);
        bytes
    }

    /// What is noted at which millisecond, and what a recogniser gets.
    fn listen(front: &mut Front, sound: &[u8]) -> (Vec<(usize, Noted)>, Vec<u8>) {
        let (mut noted, mut recognised) = (Vec::new(), Vec::new());
        for (frame, bytes) in sound.chunks(front.format.frame()).enumerate() {
            let heeded = front.push(bytes);
            noted.extend(heeded.noted.iter().map(|noted| ((frame + 1) * 20, *noted)));
            recognised.extend(heeded.sound);
        }
        (noted, recognised)
    }

    const FORMATS: [Format; 4] = [Format::Mulaw8k, Format::Pcm16(16_000), Format::Pcm16(24_000), Format::Pcm16(44_100)];

    #[test]
    fn a_sentence_is_a_turn_and_its_sound_goes_on_from_before_it_began() {
        for format in FORMATS {
            let rate = format.rate();
            let line = [sounds::silence(1_000, rate), speech(1_800, rate, 1), sounds::silence(3_000, rate)].concat();
            let (noted, recognised) = listen(&mut front(format), &bytes(&line, format));
            let [(began, first), (ended, second), (over, third), ..] = noted[..] else { panic!("{noted:?}") };
            assert_eq!(
                [first, second, third],
                [
                    Noted::Turn(Event::SpeechBegan),
                    Noted::Turn(Event::SpeechEnded),
                    Noted::Turn(Event::TurnEnded(Why::Nothing)),
                ]
            );
            // what is heard and when: nothing is lost, and the end is seen 200 ms behind it
            assert!((1_160..=1_320).contains(&began), "{format:?}: {began}");
            assert!((2_940..=3_080).contains(&ended), "{format:?}: {ended}");
            let ms = recognised.len() / format.frame() * 20;
            assert_eq!(ms, over - (began - 500), "{format:?}");
            let silence = recognised.iter().take(format.frame() * 8).all(|&byte| byte == format.silence());
            assert!(silence, "{format:?} is cut at its beginning");
        }
    }

    #[test]
    fn on_hold_nothing_is_handed_on_until_somebody_is_to_listen() {
        let format = Format::Mulaw8k;
        let mut front = front(format);
        front.recognised(false);
        let music = bytes(&sounds::music(20_000, 8_000, Instrument::Organ), format);
        let (noted, recognised) = listen(&mut front, &music);
        assert_eq!(noted.iter().map(|(_, noted)| *noted).collect::<Vec<_>>(), [Noted::Signal(Signal::Music)]);
        assert!(recognised.is_empty() && front.is_music());
        let (noted, recognised) = listen(&mut front, &bytes(&speech(1_900, 8_000, 1), format));
        let [(began, Noted::Turn(Event::SpeechBegan))] = noted[..] else { panic!("{noted:?}") };
        assert!(began <= 1_000, "somebody is noticed only after {began} ms");
        assert!(recognised.is_empty() && front.is_speaking());
        front.recognised(true);
        let recognised = front.push(&[0xff; 160]).sound.len() / 160 * 20;
        assert_eq!(recognised, 1_900 - (began - 520) + 20);
    }

    #[test]
    fn keys_are_heard_and_are_no_turn() {
        let mut line = sounds::silence(200, 8_000);
        for (low, high) in [(697.0, 1_209.0), (770.0, 1_336.0), (941.0, 1_477.0)] {
            line.extend(sounds::tones(100, 8_000, &[(low, 0.2), (high, 0.2)]));
            line.extend(sounds::silence(100, 8_000));
        }
        let (noted, recognised) = listen(&mut front(Format::Mulaw8k), &bytes(&line, Format::Mulaw8k));
        let keys: Vec<Noted> = noted.iter().map(|(_, noted)| *noted).collect();
        assert_eq!(keys, [Noted::Key('1'), Noted::Key('5'), Noted::Key('#')]);
        assert!(recognised.is_empty());
    }

    #[test]
    fn who_speaks_while_we_do_makes_us_pause_at_once() {
        let mut front = front(Format::Mulaw8k);
        listen(&mut front, &[0xff; 16_000]);
        front.heard(true);
        let (noted, _) = listen(&mut front, &bytes(&speech(800, 8_000, 2), Format::Mulaw8k));
        let [(paused, first), (_, second), (_, third)] = noted[..] else { panic!("{noted:?}") };
        assert_eq!(
            [first, second, third].map(Some),
            [Event::PausePlayout, Event::SpeechBegan, Event::ConfirmInterruption].map(|event| Some(Noted::Turn(event)))
        );
        assert!(paused <= 260, "{paused}");
        assert_eq!(front.partial("wait"), []);
    }

    #[test]
    fn rates_that_cannot_be_heard_are_refused() {
        assert!(Front::new(Settings::default(), Format::Pcm16(7_999)).is_none());
        assert!(Front::with(Box::new(Quiet), Settings::default(), Format::Pcm16(48_000)).is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20))]

        #[test]
        fn how_sound_arrives_changes_nothing(cuts in prop::collection::vec(1_usize..900, 5..40), which in 0..FORMATS.len()) {
            let format = FORMATS[which];
            let line = bytes(&speech(1_000, format.rate(), 3), format);
            let (whole, expected) = listen(&mut front(format), &line);
            let (mut front, mut rest) = (front(format), &line[..]);
            let (mut noted, mut recognised) = (Vec::new(), Vec::<u8>::new());
            for cut in cuts.into_iter().chain([usize::MAX]) {
                let (now, later) = rest.split_at(cut.min(rest.len()));
                let heeded = front.push(now);
                noted.extend_from_slice(heeded.noted);
                recognised.extend(heeded.sound);
                rest = later;
            }
            prop_assert_eq!(noted, whole.into_iter().map(|(_, noted)| noted).collect::<Vec<_>>());
            prop_assert_eq!(recognised, expected);
        }
    }
}
