//! What the telephone network, machines and waiting loops let one hear besides voices and keys.
//!
//! Frequencies and times: ITU-T E.180 supplement 2 (North America 440+480 and 480+620, the United Kingdom 400+450, most others
//! 425 Hz, in which only the rhythm tells ringing from busy), E.180 for the special information tone, T.30 for fax machines.

use crate::spectrum::Picture;

/// What is heard, told once each time that it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Nothing, for two seconds.
    Silence,
    /// It rings at the other end.
    Ringing,
    /// The other end, or the network, is busy.
    Busy,
    /// The three rising tones before "the number you have dialled": the call cannot be put through.
    Special,
    /// A fax machine or modem, calling (1,100 Hz) or called (2,100 Hz).
    Fax,
    /// A tone has ended and nothing follows it: a machine that records.
    Beep,
    /// Music.
    Music,
}

/// Frames of 20 ms.
const fn frames(ms: u16) -> u16 {
    ms / 20
}

/// What a picture shows, if it is nothing but one or two tones.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Tone {
    None,
    Ringing,
    Busy,
    One(f32),
}

/// Listens for signals, in frames of 20 ms.
#[derive(Debug)]
pub(crate) struct Signals {
    tone: Tone,
    /// How long this tone has been there.
    lasts: u16,
    /// The level of the frame before, in dB.
    level: f32,
    /// Which of the special information tone's three were heard, and frames since.
    special: (u8, u16),
    /// Bursts of 425 Hz in a busy rhythm, and frames since the last one.
    bursts: (u8, u16),
    quiet: u16,
    music: u16,
}

impl Signals {
    pub(crate) fn new() -> Self {
        Self { tone: Tone::None, lasts: 0, level: 0.0, special: (0, 0), bursts: (0, 0), quiet: 0, music: 0 }
    }

    /// Whether a tone of the network is heard just now.
    pub(crate) fn is_tone(&self) -> bool {
        match self.tone {
            Tone::None => false,
            Tone::Ringing | Tone::Busy => self.lasts > 2,
            // a voice may stand still for a moment
            Tone::One(_) => self.lasts > frames(120),
        }
    }

    /// Takes what a frame looks like, its level in dB of full scale, whether that counts as silence, and whether there is
    /// music.
    pub(crate) fn push(&mut self, picture: &Picture, level: f32, is_quiet: bool, is_music: bool) -> Option<Signal> {
        self.special.1 = self.special.1.saturating_add(1);
        self.bursts.1 = self.bursts.1.saturating_add(1);
        // the window still shows a tone that has ended
        let has_ended = is_quiet || level < self.level - 15.0;
        self.level = level;
        let shown = if has_ended { Tone::None } else { tone(picture) };
        let told = if same(shown, self.tone) {
            self.lasts = self.lasts.saturating_add(1);
            self.going_on(shown)
        } else {
            let ended = std::mem::replace(&mut self.tone, shown);
            let lasted = std::mem::replace(&mut self.lasts, 1);
            if has_ended { self.ended(ended, lasted, is_music) } else { None }
        };
        told.or_else(|| self.surroundings(is_quiet, is_music && !self.is_tone()))
    }

    fn going_on(&mut self, tone: Tone) -> Option<Signal> {
        let lasts = self.lasts;
        match tone {
            Tone::Ringing => (lasts == frames(300)).then_some(Signal::Ringing),
            Tone::Busy => (lasts == frames(160)).then_some(Signal::Busy),
            Tone::One(hertz) if is(hertz, 425.0) => (lasts == frames(800)).then_some(Signal::Ringing),
            Tone::One(hertz) if is_fax(hertz) => (lasts == frames(300)).then_some(Signal::Fax),
            Tone::One(hertz) if lasts == frames(100) => self.special(hertz),
            _ => None,
        }
    }

    /// 950, 1,400 and 1,800 Hz, each within 50, of 330 ms; in North America the first two may be a little lower.
    fn special(&mut self, hertz: f32) -> Option<Signal> {
        let which = [950.0, 1_400.0, 1_800.0].into_iter().position(|middle: f32| (hertz - middle).abs() < 52.0)?;
        let (next, since) = self.special;
        let is_next = usize::from(next) == which && since < frames(800);
        self.special = if which == 0 {
            (1, 0)
        } else if is_next {
            (next + 1, 0)
        } else {
            (0, 0)
        };
        (self.special.0 == 3).then_some(Signal::Special)
    }

    fn ended(&mut self, tone: Tone, lasted: u16, is_music: bool) -> Option<Signal> {
        let Tone::One(hertz) = tone else { return None };
        if is(hertz, 425.0) {
            let is_rhythm = (frames(80)..frames(700)).contains(&lasted) && self.bursts.1 < frames(1_600);
            self.bursts = if is_rhythm { (self.bursts.0 + 1, 0) } else { (0, 0) };
            return (self.bursts.0 == 2).then_some(Signal::Busy);
        }
        let is_special = self.special.0 == 3 && self.special.1 < frames(800);
        let is_beep = (frames(100)..frames(2_500)).contains(&lasted)
            && (350.0..2_600.0).contains(&hertz)
            && !is_fax(hertz)
            && !is_special
            && !is_music;
        is_beep.then_some(Signal::Beep)
    }

    fn surroundings(&mut self, is_quiet: bool, is_music: bool) -> Option<Signal> {
        self.quiet = if is_quiet { self.quiet.saturating_add(1) } else { 0 };
        self.music = if is_music { self.music.saturating_add(1) } else { 0 };
        if self.quiet == frames(2_000) {
            Some(Signal::Silence)
        } else if self.music == frames(500) {
            Some(Signal::Music)
        } else {
            None
        }
    }
}

fn same(a: Tone, b: Tone) -> bool {
    match (a, b) {
        (Tone::One(a), Tone::One(b)) => is(a, b),
        _ => a == b,
    }
}

/// Within 1.5 %, which E.180 leaves them.
fn is(hertz: f32, nominal: f32) -> bool {
    (hertz - nominal).abs() <= nominal * 0.015
}

/// Within 38 Hz of a calling machine's tone or 15 of a called one's (T.30).
fn is_fax(hertz: f32) -> bool {
    (hertz - 1_100.0).abs() <= 38.0 || (hertz - 2_100.0).abs() <= 15.0
}

fn tone(picture: &Picture) -> Tone {
    let [first, second, ..] = picture.peaks;
    let (low, high) = if first.hertz < second.hertz { (first, second) } else { (second, first) };
    let are = |a: f32, b: f32| is(low.hertz, a) && is(high.hertz, b);
    let is_pair = first.share + second.share > 0.85 && second.share > first.share * 0.15;
    if is_pair && (are(440.0, 480.0) || are(400.0, 450.0)) {
        Tone::Ringing
    } else if is_pair && are(480.0, 620.0) {
        Tone::Busy
    } else if first.share > 0.9 {
        Tone::One(first.hertz)
    } else {
        Tone::None
    }
}
