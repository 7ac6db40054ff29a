//! What a frame of 20 ms is: a voice, a key, a signal of the network, music, or nothing.
//!
//! A [`Vad`] alone takes music for a voice. What it says is believed only of sound that is loud enough, has had the pitch of a
//! throat a moment ago, and whose frequencies do not stand still. How speech is modulated (2 to 8 Hz) says less: plucked music
//! is modulated as fast, and it takes a second to see.

use crate::dtmf::Dtmf;
use crate::resample::dot;
use crate::signals::{Signal, Signals};
use crate::spectrum::{Picture, Spectrum};
use crate::vad::Vad;

/// Samples of a frame at 8 kHz.
pub(crate) const NARROW: usize = 160;
/// Samples of a frame at 16 kHz.
pub(crate) const WIDE: usize = 320;

/// From here on a [`Vad`] says that it is a voice.
const LIKELY: f32 = 0.5;
/// Nothing is spoken so quietly: dB of full scale. The line of a telephone is nominally at −20 to −30.
const FLOOR: f32 = -52.0;
/// So far below the loudest of late, dB, are its echo, breath and the end of a detector's window.
const BELOW: f32 = 30.0;
/// By which the loudest is forgotten in a frame, dB: 5 a second.
const FORGET: f32 = 0.1;

/// Normalised autocorrelation of a throat; noise stays below 0.45.
const PERIODIC: f32 = 0.65;
/// Frames for which a sound without pitch may belong to a voice: an s, a stop.
const UNVOICED: u8 = 6;

/// Share of power on frequencies that have not moved for 80 ms.
const HELD: f32 = 0.5;
/// The same over about 0.4 s: speech stays below the first; music falls to the second between its notes. Above the most the
/// end of music would be noticed late.
const MUSIC: f32 = 0.14;
const NO_MUSIC: f32 = 0.06;
const MOST: f32 = 0.17;
const SLOWLY: f32 = 0.05;
/// Share of power on single frequencies that may be the beginning of a tone, or a voice that stands still for a moment.
const STILL: f32 = 0.9;

/// What is thought of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Somebody speaks.
    Voice,
    /// Enough to go on speaking, not to begin.
    Doubtful,
    /// Nobody does.
    Other,
}

/// What was noticed in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noticed {
    /// Whether somebody speaks.
    pub verdict: Verdict,
    /// The key that went down.
    pub key: Option<char>,
    /// What has begun to be heard.
    pub signal: Option<Signal>,
}

/// Listens to one call.
pub struct Ear {
    vad: Box<dyn Vad>,
    spectrum: Spectrum,
    signals: Signals,
    dtmf: Dtmf,
    pitch: Pitch,
    /// The last pictures, the oldest first.
    pictures: [Picture; 4],
    held: f32,
    is_music: bool,
    loudest: f32,
    /// Frames since the last one with a pitch.
    unvoiced: u8,
}

impl Ear {
    /// Hears by that detector.
    #[must_use]
    pub fn new(vad: Box<dyn Vad>) -> Self {
        Self {
            vad,
            spectrum: Spectrum::new(),
            signals: Signals::new(),
            dtmf: Dtmf::default(),
            pitch: Pitch { sound: [0.0; PITCH], last: 0.0 },
            pictures: [Picture::default(); 4],
            held: 0.0,
            is_music: false,
            loudest: FLOOR,
            unvoiced: UNVOICED,
        }
    }

    /// Whether what is heard now is music.
    #[must_use]
    pub fn is_music(&self) -> bool {
        self.is_music
    }

    /// Takes a frame of 20 ms at 8 and at 16 kHz.
    pub fn push(&mut self, narrow: &[i16], wide: &[i16]) -> Noticed {
        let likely = self.vad.push(wide);
        let level = level(narrow);
        let is_quiet = level < FLOOR;
        let mut key = None;
        self.dtmf.push(narrow, |pressed| key = Some(pressed));
        let picture = self.spectrum.push(narrow);
        let held = picture.held(&self.pictures[0]);
        self.pictures.rotate_left(1);
        self.pictures[3] = picture;
        let signal = self.signals.push(&picture, level, is_quiet, self.is_music);
        self.follow_music(held, is_quiet);
        self.pitch.push(narrow);
        self.loudest = (self.loudest - FORGET).max(FLOOR);
        let is_other = likely < LIKELY
            || is_quiet
            || level < self.loudest - BELOW
            || self.is_music
            || self.signals.is_tone()
            || self.dtmf.is_down();
        let verdict = if is_other { Verdict::Other } else { self.voice(level, held, &picture) };
        self.unvoiced = self.unvoiced.saturating_add(1);
        Noticed { verdict, key, signal }
    }

    fn voice(&mut self, level: f32, held: f32, picture: &Picture) -> Verdict {
        if self.pitch.periodicity() > PERIODIC {
            self.unvoiced = 0;
        }
        if self.unvoiced > UNVOICED {
            return Verdict::Other;
        }
        self.loudest = self.loudest.max(level);
        if picture.still > STILL || held > HELD { Verdict::Doubtful } else { Verdict::Voice }
    }

    fn follow_music(&mut self, held: f32, is_quiet: bool) {
        if is_quiet {
            self.held -= self.held * SLOWLY;
        } else if !self.signals.is_tone() && !self.dtmf.is_down() {
            self.held = (self.held + (held - self.held) * SLOWLY).min(MOST);
        }
        self.is_music = self.held > if self.is_music { NO_MUSIC } else { MUSIC };
    }
}

/// dB of full scale: a sine of full scale has −3.
fn level(samples: &[i16]) -> f32 {
    let sum: f32 = samples.iter().map(|&sample| f32::from(sample).powi(2)).sum();
    10.0 * (sum / samples.len() as f32 / 32_768_f32.powi(2) + 1e-12).log10()
}

/// 30 ms at 4 kHz.
const PITCH: usize = 120;
/// Takes rumble away, which comes again by chance.
const EMPHASIS: f32 = 0.7;
/// 70 to 400 Hz.
const LAGS: std::ops::RangeInclusive<usize> = 10..=57;

/// The latest sound at 4 kHz, in which a pitch is looked for.
struct Pitch {
    sound: [f32; PITCH],
    last: f32,
}

impl Pitch {
    fn push(&mut self, narrow: &[i16]) {
        let halves = narrow.chunks_exact(2);
        let new = halves.len().min(PITCH);
        self.sound.copy_within(new.., 0);
        for (to, pair) in self.sound[PITCH - new..].iter_mut().zip(halves) {
            let sample = (f32::from(pair[0]) + f32::from(pair[1])) / 2.0;
            *to = sample - EMPHASIS * std::mem::replace(&mut self.last, sample);
        }
    }

    /// How much of the sound comes again after some time that a throat takes: 0 to 1.
    fn periodicity(&self) -> f32 {
        let mut best = 0.0_f32;
        for lag in LAGS {
            let (late, early) = (&self.sound[lag..], &self.sound[..PITCH - lag]);
            let power = (dot(late, late) * dot(early, early)).sqrt();
            best = best.max(dot(late, early) / power.max(1.0));
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sounds::{self, Instrument};
    use crate::testing::{installed_voices, speech};
    use crate::{Earshot, Resampler, mulaw};

    struct Row {
        /// Shares of the frames that are not quiet.
        alone: f32,
        voice: f32,
        /// The longest that one was taken for a speaker, in ms, as it is counted before speech begins.
        longest: u32,
        signals: Vec<Signal>,
        keys: String,
    }

    /// Through a telephone line, with a second of silence behind it.
    fn listen(sound: &[i16]) -> Row {
        let line: Vec<i16> =
            sound.iter().chain(&[0; 8_000]).map(|&sample| mulaw::decode(mulaw::encode(sample))).collect();
        let mut wide = Vec::new();
        Resampler::new(8_000, 16_000).expect("rates").push(&line, &mut wide);
        let (mut ear, mut alone) = (Ear::new(Box::new(Earshot::default())), Earshot::default());
        let mut row = Row { alone: 0.0, voice: 0.0, longest: 0, signals: Vec::new(), keys: String::new() };
        let (mut loud, mut run) = (0.0, 0_u32);
        for (narrow, wide) in line.chunks_exact(NARROW).zip(wide.chunks_exact(WIDE)) {
            let noticed = ear.push(narrow, wide);
            let is_likely = alone.push(wide) >= LIKELY;
            if level(narrow) >= FLOOR {
                loud += 1.0;
                row.alone += f32::from(u8::from(is_likely));
                row.voice += f32::from(u8::from(noticed.verdict != Verdict::Other));
            }
            match noticed.verdict {
                Verdict::Voice => run += 20,
                Verdict::Doubtful => {}
                Verdict::Other => run = run.saturating_sub(20),
            }
            row.longest = row.longest.max(run);
            row.signals.extend(noticed.signal);
            row.keys.extend(noticed.key);
        }
        row.alone /= loud;
        row.voice /= loud;
        row
    }

    fn print(name: &str, row: &Row) {
        let Row { alone, voice, longest, signals, keys } = row;
        eprintln!("{name:12} detector {alone:.2}  ear {voice:.2}  longest {longest:5} ms  {signals:?} {keys}");
    }

    #[test]
    fn music_signals_and_noise_are_no_speech() {
        let pair = |a: f64, b: f64| sounds::tones(2_000, 8_000, &[(a, 0.2), (b, 0.2)]);
        let one = |hertz: f64, ms: u32| sounds::tones(ms, 8_000, &[(hertz, 0.3)]);
        let mut low = 0.0;
        let mut chance = sounds::Chance::new(3);
        let rumble = sounds::sound(8_000, 8_000, |_| {
            low += 0.1 * (chance.swing() - low);
            low * 0.5
        });
        let mut table: Vec<(&str, Vec<i16>, Vec<Signal>)> = vec![
            ("ringing", pair(440.0, 480.0), vec![Signal::Ringing]),
            ("ringing, UK", pair(400.0, 450.0), vec![Signal::Ringing]),
            ("ringing, 425", one(425.0, 1_000), vec![Signal::Ringing]),
            ("busy", pair(480.0, 620.0), vec![Signal::Busy]),
            ("fax calls", one(1_100.0, 500), vec![Signal::Fax]),
            ("fax answers", one(2_100.0, 2_600), vec![Signal::Fax]),
            ("beep", one(1_000.0, 300), vec![Signal::Beep]),
            ("beep, long", one(440.0, 1_200), vec![Signal::Beep]),
            ("key", pair(770.0, 1_336.0), vec![]),
            ("rumble", rumble, vec![]),
            ("noise", sounds::noise(8_000, 8_000, 0.1, 1), vec![]),
        ];
        let gap = sounds::silence(500, 8_000);
        let busy = [one(425.0, 500), gap.clone(), one(425.0, 500), gap].concat();
        table.push(("busy, 425", busy, vec![Signal::Busy]));
        for (low, middle) in [(950.0, 1_400.0), (913.8, 1_370.6), (985.2, 1_428.5)] {
            let rising = [one(low, 330), one(middle, 330), one(1_776.7, 330)].concat();
            table.push(("special", rising, vec![Signal::Special]));
        }
        for instrument in
            [Instrument::Organ, Instrument::Saw, Instrument::Plucked, Instrument::Strings, Instrument::Band]
        {
            table.push(("music", sounds::music(8_000, 8_000, instrument), vec![Signal::Music]));
        }
        for (name, sound, signals) in table {
            let row = listen(&sound);
            print(name, &row);
            assert!(row.longest < 120, "{name} would stop somebody who speaks");
            assert_eq!(row.signals, signals, "{name}");
            assert_eq!(row.keys, if name == "key" { "5" } else { "" }, "{name}");
        }
    }

    #[tokio::test]
    async fn speech_is_speech_and_nothing_else() {
        let text = "Thank you for calling provider services. The authorization was approved yesterday, and the \
                    reference number is eight one five two. Is there anything else I can help you with today?";
        let mut voices = vec![("computed".to_owned(), speech(10_000, 8_000, 1))];
        voices.extend(installed_voices(text).await);
        for (name, sound) in voices {
            let row = listen(&sound);
            print(&name, &row);
            assert!(row.voice > 0.75, "{name}");
            assert!(row.longest > 1_500, "{name}");
            assert_eq!((row.signals, row.keys.as_str()), (vec![], ""), "{name}");
        }
    }

    #[test]
    fn somebody_who_speaks_behind_music_is_noticed_within_a_second() {
        for instrument in [Instrument::Organ, Instrument::Saw, Instrument::Strings] {
            let line = [sounds::music(10_000, 8_000, instrument), speech(2_000, 8_000, 4)].concat();
            let mut wide = Vec::new();
            Resampler::new(8_000, 16_000).expect("rates").push(&line, &mut wide);
            let mut ear = Ear::new(Box::new(Earshot::default()));
            let voices: Vec<usize> = line
                .chunks_exact(NARROW)
                .zip(wide.chunks_exact(WIDE))
                .map(|(narrow, wide)| ear.push(narrow, wide).verdict)
                .enumerate()
                .filter_map(|(frame, verdict)| (verdict == Verdict::Voice && frame > 50).then_some(frame * 20))
                .collect();
            // 160 ms of it are asked for before it counts
            assert!((10_000..10_800).contains(&voices[8]), "{instrument:?}: {:?}", &voices[..8]);
        }
    }
}
