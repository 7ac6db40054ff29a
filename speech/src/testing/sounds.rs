//! Sounds that are computed: signals, music, noise. The same numbers each time.

use std::f64::consts::TAU;

/// Chance that is the same each time (SplitMix64).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// From a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From −1 to 1.
    pub fn swing(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        // 53 bits are exact
        (bits >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

/// So many milliseconds at so many Hertz, from amplitudes (1 is full scale) at times in seconds.
pub fn sound(ms: u32, rate: u32, mut at: impl FnMut(f64) -> f64) -> Vec<i16> {
    (0..u64::from(ms) * u64::from(rate) / 1_000)
        .map(|n| (at(n as f64 / f64::from(rate)) * 32_767.0).round() as i16)
        .collect()
}

/// Nothing.
#[must_use]
pub fn silence(ms: u32, rate: u32) -> Vec<i16> {
    sound(ms, rate, |_| 0.0)
}

/// Frequencies at once, each with an amplitude.
#[must_use]
pub fn tones(ms: u32, rate: u32, of: &[(f64, f64)]) -> Vec<i16> {
    sound(ms, rate, |t| of.iter().map(|(hertz, amplitude)| amplitude * (TAU * hertz * t).sin()).sum())
}

/// White noise of that amplitude.
#[must_use]
pub fn noise(ms: u32, rate: u32, amplitude: f64, seed: u64) -> Vec<i16> {
    let mut chance = Chance::new(seed);
    sound(ms, rate, |_| amplitude * chance.swing())
}

/// Adds one sound to another, over its beginning.
pub fn mix(into: &mut [i16], other: &[i16]) {
    for (to, &sample) in into.iter_mut().zip(other) {
        *to = to.saturating_add(sample);
    }
}

/// How a piece of hold music is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instrument {
    /// Chords of pure tones that stay.
    Organ,
    /// A tune with all harmonics, one note behind the other.
    Saw,
    /// A tune of plucked notes that die away.
    Plucked,
    /// Chords with harmonics and the vibrato of strings: 5 Hz, six cents.
    Strings,
    /// Chords and a beat of noise.
    Band,
}

/// Hold music.
#[must_use]
pub fn music(ms: u32, rate: u32, instrument: Instrument) -> Vec<i16> {
    const TUNE: [f64; 8] = [0.0, 4.0, 7.0, 12.0, 9.0, 5.0, 7.0, 2.0];
    const CHORDS: [[f64; 3]; 4] = [[0.0, 4.0, 7.0], [-3.0, 0.0, 4.0], [-7.0, -3.0, 0.0], [-5.0, -1.0, 2.0]];
    let note = |steps: f64| 440.0 * 2_f64.powf(steps / 12.0);
    let mut chance = Chance::new(7);
    sound(ms, rate, |t| {
        let tune = note(TUNE[(t / 0.3) as usize % TUNE.len()]);
        let since = t % 0.3;
        let chord = CHORDS[(t / 1.2) as usize % CHORDS.len()].map(note);
        match instrument {
            Instrument::Organ => chord.iter().map(|hertz| 0.12 * (TAU * hertz * t).sin()).sum(),
            Instrument::Saw => 0.25 * harmonics(tune, t, 3_600.0),
            Instrument::Plucked => 0.5 * (-since * 6.0).exp() * harmonics(tune, since, 3_600.0),
            Instrument::Strings => {
                let vibrato = 0.003_5 * (TAU * 5.0 * t).sin() / (TAU * 5.0);
                chord.iter().map(|hertz| 0.1 * harmonics(hertz / 2.0, t + vibrato, 3_000.0)).sum()
            }
            Instrument::Band => {
                let beat = (-(t % 0.5) * 30.0).exp() * 0.3 * chance.swing();
                beat + chord.iter().map(|hertz| 0.1 * harmonics(hertz / 2.0, t, 2_000.0)).sum::<f64>()
            }
        }
    })
}

fn harmonics(hertz: f64, t: f64, highest: f64) -> f64 {
    let mut sum = 0.0;
    let mut number = 1.0;
    while number * hertz < highest {
        sum += (TAU * hertz * number * t).sin() / number;
        number += 1.0;
    }
    sum * 0.6
}
