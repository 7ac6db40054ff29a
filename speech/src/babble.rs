//! Something like speech, made of nothing but numbers: pulses of a throat through three resonances, in syllables.
//!
//! It is a stand-in for a voice, so that a call has sound where none is installed: as long as the words would be, with a syllable
//! for each of theirs, and nothing that anybody could understand. It is made the same each time.

use std::f64::consts::{PI, TAU};

use crate::resample::to_sample;

/// Resonances of five vowels in Hertz (Peterson and Barney, "Control Methods Used in a Study of the Vowels", 1952, men).
const VOWELS: [[f64; 3]; 5] = [
    [730.0, 1_090.0, 2_440.0],
    [530.0, 1_840.0, 2_480.0],
    [270.0, 2_290.0, 3_010.0],
    [570.0, 840.0, 2_410.0],
    [300.0, 870.0, 2_240.0],
];
const WIDTHS: [f64; 3] = [80.0, 100.0, 140.0];
/// Syllables in a second.
const PER_SECOND: u32 = 5;

/// A resonance: two poles.
#[derive(Clone, Copy, Default)]
struct Resonance {
    last: f64,
    before: f64,
}

impl Resonance {
    fn push(&mut self, input: f64, hertz: f64, width: f64, rate: f64) -> f64 {
        let radius = (-PI * width / rate).exp();
        let turn = 2.0 * radius * (TAU * hertz / rate).cos();
        let gain = 1.0 - turn + radius * radius;
        let output = gain * input + turn * self.last - radius * radius * self.before;
        self.before = std::mem::replace(&mut self.last, output);
        output
    }
}

/// Syllables at so many Hertz, each of 0.2 s: a number chooses the vowel, and none is a pause.
pub(crate) fn babble(rate: u32, syllables: impl Iterator<Item = Option<u8>>) -> Vec<i16> {
    let samples = rate / PER_SECOND;
    let rate = f64::from(rate);
    let mut out = Vec::new();
    let mut resonances = [Resonance::default(); 3];
    let (mut phase, mut time) = (0.0, 0.0);
    for syllable in syllables {
        let vowel = VOWELS[usize::from(syllable.unwrap_or_default()) % VOWELS.len()];
        for sample in 0..samples {
            let swell = (PI * f64::from(sample) / f64::from(samples)).sin();
            // sentences fall, syllables rise and fall: a voice is never still
            let hertz = 118.0 + 14.0 * (TAU * time / 1.7).sin() + 12.0 * swell;
            phase += hertz / rate;
            let mut value = 0.0;
            if phase >= 1.0 {
                phase -= 1.0;
                value = if syllable.is_some() { swell.powf(0.6) * rate / hertz } else { 0.0 };
            }
            for ((resonance, hertz), width) in resonances.iter_mut().zip(vowel).zip(WIDTHS) {
                value = resonance.push(value, hertz, width, rate);
            }
            out.push(to_sample((value * 1_500.0) as f32));
            time += 1.0 / rate;
        }
    }
    out
}
