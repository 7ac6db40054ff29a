//! Sound at another rate: a polyphase filter of our own.
//!
//! Rates here are few and their ratios small (8, 16 and 24 kHz; 22.05 kHz from a local voice), and frames have 20 ms. A
//! library made for asynchronous rates works in blocks and with buffers of its own; this needs neither.

use std::f32::consts::PI;

/// Samples of the slower side that the filter reaches to either side.
const REACH: usize = 16;
/// More phases than this need a table that is not worth it. 22,050 to 8,000 Hz has 160.
const PHASES: usize = 480;

/// Changes the rate of one stream. What comes out lies 16 samples of the slower rate behind what goes in: 2 ms at 8 kHz.
#[derive(Clone, Debug)]
pub struct Resampler {
    up: usize,
    down: usize,
    /// Phase by phase, the last tap first.
    taps: Vec<f32>,
    width: usize,
    /// Samples that the filter still needs, the oldest first.
    waiting: Vec<f32>,
    /// The phase of the next sample that comes out.
    phase: usize,
}

impl Resampler {
    /// From one rate to another, in Hertz. None if it cannot: rates from 8 to 48 kHz, whose ratio is not too odd.
    #[must_use]
    pub fn new(from: u32, to: u32) -> Option<Self> {
        if ![from, to].iter().all(|rate| (8_000..=48_000).contains(rate)) {
            return None;
        }
        let common = greatest_common_divisor(from, to);
        let up = usize::try_from(to / common).ok()?;
        let down = usize::try_from(from / common).ok()?;
        if up > PHASES {
            return None;
        }
        if up == down {
            return Some(Self { up, down, taps: vec![1.0], width: 1, waiting: Vec::new(), phase: 0 });
        }
        let (taps, width) = design(up, down);
        let waiting = vec![0.0; width - 1];
        Some(Self { up, down, taps, width, waiting, phase: 0 })
    }

    /// Takes samples, and appends what they become.
    pub fn push(&mut self, samples: &[i16], into: &mut Vec<i16>) {
        self.waiting.extend(samples.iter().map(|&sample| f32::from(sample)));
        let mut first = 0;
        while let Some(window) = self.waiting.get(first..first + self.width) {
            let taps = &self.taps[self.phase * self.width..][..self.width];
            into.push(to_sample(dot(taps, window)));
            self.phase += self.down;
            first += self.phase / self.up;
            self.phase %= self.up;
        }
        self.waiting.drain(..first);
    }
}

/// The sum of products of two equally long slices. Eight sums at once, which a processor can do.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// The nearest sample; what is too loud is cut.
pub(crate) fn to_sample(value: f32) -> i16 {
    // a cast of a float saturates, and a NaN becomes silence
    value.round() as i16
}

/// A sinc at 0.94 of the slower side's band, under a Kaiser window (β = 7: side lobes below −70 dB), as phases.
fn design(up: usize, down: usize) -> (Vec<f32>, usize) {
    let slower = up.max(down);
    let reach = REACH * slower;
    let width = (2 * reach).div_ceil(up) + 1;
    let cutoff = 0.94 / number(slower);
    let mut taps = vec![0.0; up * width];
    for (phase, taps) in taps.chunks_exact_mut(width).enumerate() {
        for (index, tap) in taps.iter_mut().enumerate() {
            // the place of this sample relative to the middle of the filter, in steps of the common rate
            let place = number(index * up) - number(phase) - number(reach);
            if place.abs() <= number(reach) {
                *tap = number(up) * cutoff * sinc(place * cutoff) * kaiser(place / number(reach));
            }
        }
    }
    (taps, width)
}

fn sinc(x: f32) -> f32 {
    if x.abs() < 1e-6 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

fn kaiser(x: f32) -> f32 {
    const BETA: f32 = 7.0;
    bessel(BETA * (1.0 - x * x).max(0.0).sqrt()) / bessel(BETA)
}

/// The modified Bessel function of the first kind and order zero, by its series.
fn bessel(x: f32) -> f32 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for index in 1_u8..40 {
        term *= (x / 2.0 / f32::from(index)).powi(2);
        sum += term;
    }
    sum
}

/// Sizes of filters are small: exact as `f32`.
fn number(size: usize) -> f32 {
    size as f32
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::f64::consts::TAU;

    const RATES: [(u32, u32); 7] = [
        (8_000, 16_000),
        (16_000, 8_000),
        (16_000, 24_000),
        (24_000, 16_000),
        (24_000, 8_000),
        (22_050, 8_000),
        (48_000, 16_000),
    ];

    fn tone(hertz: f64, rate: u32, samples: usize) -> Vec<i16> {
        (0..samples).map(|n| ((hertz * TAU * n as f64 / f64::from(rate)).sin() * 10_000.0).round() as i16).collect()
    }

    /// The amplitude of one frequency, by correlation with it.
    fn amplitude(samples: &[i16], hertz: f64, rate: u32) -> f64 {
        let (mut re, mut im) = (0.0, 0.0);
        for (n, &sample) in samples.iter().enumerate() {
            let (sin, cos) = (hertz * TAU * n as f64 / f64::from(rate)).sin_cos();
            re += f64::from(sample) * cos;
            im += f64::from(sample) * sin;
        }
        (re * re + im * im).sqrt() * 2.0 / samples.len() as f64
    }

    fn level(samples: &[i16]) -> f64 {
        (samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / samples.len() as f64).sqrt()
    }

    fn resampled(samples: &[i16], from: u32, to: u32) -> Vec<i16> {
        let mut out = Vec::new();
        Resampler::new(from, to).expect("rates").push(samples, &mut out);
        out
    }

    #[test]
    fn a_tone_keeps_frequency_and_level_and_brings_no_other() {
        for (from, to) in RATES {
            for hertz in [300.0, 1_000.0, 2_000.0, 3_000.0] {
                let out = resampled(&tone(hertz, from, from as usize), from, to);
                // whole periods, away from the beginning
                let out = &out[(to / 10) as usize..(to / 10 * 9) as usize];
                let level_of_tone = amplitude(out, hertz, to);
                assert!(
                    (20.0 * (level_of_tone / 10_000.0).log10()).abs() < 0.1,
                    "{from} {to} {hertz}: {level_of_tone}"
                );
                let total = level(out) * 2_f64.sqrt();
                let rest = (total * total - level_of_tone * level_of_tone).max(0.0).sqrt();
                assert!(20.0 * (rest / 10_000.0).log10() < -50.0, "{from} {to} {hertz}: {rest}");
            }
        }
    }

    #[test]
    fn what_the_slower_side_cannot_say_is_taken_out() {
        for (from, to, hertz) in [(16_000, 8_000, 4_500.0), (16_000, 8_000, 7_000.0), (24_000, 16_000, 9_500.0)] {
            let out = resampled(&tone(hertz, from, from as usize), from, to);
            let left = 20.0 * (level(&out[200..]) * 2_f64.sqrt() / 10_000.0).log10();
            assert!(left < -40.0, "{from} {to} {hertz}: {left} dB");
        }
    }

    #[test]
    fn rates_that_make_no_sense_are_refused() {
        assert!(Resampler::new(0, 8_000).is_none());
        assert!(Resampler::new(8_000, 96_000).is_none());
        assert!(Resampler::new(8_000, 44_101).is_none());
        assert_eq!(resampled(&[1, -2, 3], 16_000, 16_000), [1, -2, 3]);
    }

    proptest! {
        #[test]
        fn how_sound_is_cut_changes_nothing(cuts in prop::collection::vec(0_usize..700, 1..20), which in 0..RATES.len()) {
            let (from, to) = RATES[which];
            let whole = tone(440.0, from, 4_000);
            let mut resampler = Resampler::new(from, to).expect("rates");
            let (mut out, mut rest) = (Vec::new(), &whole[..]);
            for cut in cuts {
                let (piece, behind) = rest.split_at(cut.min(rest.len()));
                resampler.push(piece, &mut out);
                rest = behind;
            }
            resampler.push(rest, &mut out);
            prop_assert_eq!(out, resampled(&whole, from, to));
        }
    }
}
