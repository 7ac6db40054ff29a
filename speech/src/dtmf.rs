//! Keys: two tones at once, one of four low and one of four high frequencies (ITU-T Q.23).
//!
//! What must be heard and what must not is Q.24's, with AT&T's values: within 1.5 % of the frequency and never beyond 3.5 %;
//! each tone at −25 dBm or more and never at −55; the high one up to 4 dB above the low one and up to 8 below; 40 ms of it, and
//! never 23; apart by 40 ms, and one key in spite of a break of 10.
//!
//! Every 5 ms the last 20 are compared with all eight frequencies. A tone that is beside one of them turns against it, so how far
//! it turns in 5 ms says by how much; and what it lost by that is given back. The two must then be three quarters of all that
//! is heard, which is also how long they must have been there: a tone that fills half of the window has half of the energy and
//! a quarter of the correlation.

use std::f32::consts::{PI, TAU};
use std::sync::LazyLock;

const RATE: f32 = 8_000.0;
/// The frequencies, the low ones first.
const HERTZ: [f32; 8] = [697.0, 770.0, 852.0, 941.0, 1_209.0, 1_336.0, 1_477.0, 1_633.0];
const KEYS: [[char; 4]; 4] = [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// Samples between two looks.
const HOP: usize = 40;
/// Hops in a window.
const HOPS: usize = 4;
const WINDOW: f32 = (HOP * HOPS) as f32;

/// Between 1.5 % and 3.5 %.
const ASIDE: f32 = 0.025;
/// Of a tone's amplitude, in sample units: −40 dB of full scale, between Q.24's −25 and −55 dBm (0 dBm is 3 dB below).
const QUIETEST: f32 = 327.0;
/// High against low in power: +6 and −10 dB, a little more than must be taken.
const TWIST: std::ops::RangeInclusive<f32> = 0.1..=4.0;
const SHARE: f32 = 0.75;
/// So many looks in a row that see the same: a tone of 40 ms gives six or seven, one of 23 ms at most three.
const LOOKS: u8 = 5;
/// So many without it end a key: a break of 10 ms gives five, one of 40 ms ten.
const MISSES: u8 = 7;

/// cos and −sin for each sample of a hop and each frequency, and by how much each turns in a hop.
struct Table {
    cos: [[f32; 8]; HOP],
    sin: [[f32; 8]; HOP],
    hop: Eight,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { cos: [[0.0; 8]; HOP], sin: [[0.0; 8]; HOP], hop: Eight::default() };
    for (which, hertz) in HERTZ.into_iter().enumerate() {
        let step = -TAU * hertz / RATE;
        let mut place = 0.0;
        for (cos, sin) in table.cos.iter_mut().zip(&mut table.sin) {
            (sin[which], cos[which]) = f32::sin_cos(step * place);
            place += 1.0;
        }
        (table.hop.im[which], table.hop.re[which]) = (step * place).sin_cos();
    }
    table
});

/// A complex number for each frequency.
#[derive(Clone, Copy, Debug, Default)]
struct Eight {
    re: [f32; 8],
    im: [f32; 8],
}

impl Eight {
    fn of(samples: &[i16]) -> Self {
        let mut sum = Self::default();
        for ((&sample, cos), sin) in samples.iter().zip(&TABLE.cos).zip(&TABLE.sin) {
            let sample = f32::from(sample);
            for which in 0..8 {
                sum.re[which] += sample * cos[which];
                sum.im[which] += sample * sin[which];
            }
        }
        sum
    }

    fn times(&self, other: &Self) -> Self {
        let mut product = Self::default();
        for which in 0..8 {
            product.re[which] = self.re[which] * other.re[which] - self.im[which] * other.im[which];
            product.im[which] = self.re[which] * other.im[which] + self.im[which] * other.re[which];
        }
        product
    }

    fn plus(&self, other: &Self) -> Self {
        let mut sum = *self;
        for which in 0..8 {
            sum.re[which] += other.re[which];
            sum.im[which] += other.im[which];
        }
        sum
    }

    fn power(&self, which: usize) -> f32 {
        self.re[which] * self.re[which] + self.im[which] * self.im[which]
    }
}

/// Listens for keys in one stream of 8 kHz.
#[derive(Debug, Default)]
pub struct Dtmf {
    hops: [Eight; HOPS],
    energies: [f32; HOPS],
    before: Eight,
    /// What the last looks saw, and how many in a row.
    seen: Option<char>,
    looks: u8,
    /// The key that is down.
    down: Option<char>,
    misses: u8,
}

impl Dtmf {
    /// Takes samples of whole hops of 5 ms, and tells the keys that went down in them.
    pub fn push(&mut self, samples: &[i16], mut pressed: impl FnMut(char)) {
        for hop in samples.chunks_exact(HOP) {
            self.hops.rotate_left(1);
            self.hops[HOPS - 1] = Eight::of(hop);
            self.energies.rotate_left(1);
            self.energies[HOPS - 1] = hop.iter().map(|&sample| f32::from(sample).powi(2)).sum();
            let sees = self.look();
            if let Some(key) = self.follow(sees) {
                pressed(key);
            }
        }
    }

    /// Whether a key is down, or something that may become one.
    #[must_use]
    pub fn is_down(&self) -> bool {
        self.down.is_some() || self.looks > 1
    }

    fn follow(&mut self, sees: Option<char>) -> Option<char> {
        self.looks =
            if sees.is_some() && sees == self.seen { self.looks.saturating_add(1) } else { sees.is_some().into() };
        self.seen = sees;
        self.misses = if sees.is_some() && sees == self.down { 0 } else { self.misses.saturating_add(1) };
        if self.misses >= MISSES {
            self.down = None;
        }
        let is_new = self.looks >= LOOKS && sees != self.down;
        if is_new {
            self.down = sees;
            self.misses = 0;
        }
        sees.filter(|_| is_new)
    }

    fn look(&mut self) -> Option<char> {
        let [first, second, third, fourth] = &self.hops;
        let turn = &TABLE.hop;
        let now = fourth.times(turn).plus(third).times(turn).plus(second).times(turn).plus(first);
        let before = std::mem::replace(&mut self.before, now);
        let energy: f32 = self.energies.iter().sum();
        let low = strongest(&now, 0);
        let high = strongest(&now, 4);
        let [low_power, high_power] = [low, high].map(|which| tone(&now, &before, which));
        let (low_power, high_power) = (low_power?, high_power?);
        let is_key = TWIST.contains(&(high_power / low_power))
            && low_power.min(high_power) >= QUIETEST * QUIETEST
            // a tone of amplitude a has a²/2 per sample
            && (low_power + high_power) / 2.0 * WINDOW >= SHARE * energy;
        is_key.then(|| KEYS[low][high - 4])
    }
}

fn strongest(of: &Eight, from: usize) -> usize {
    (from..from + 4).max_by(|&a, &b| of.power(a).total_cmp(&of.power(b))).unwrap_or(from)
}

/// The square of a tone's amplitude, unless it is too far beside its frequency.
fn tone(now: &Eight, before: &Eight, which: usize) -> Option<f32> {
    let (re, im) = (now.re[which], now.im[which]);
    // now · conj(before), in which a tone at its frequency has turned by one hop
    let turned_re = re * before.re[which] + im * before.im[which];
    let turned_im = im * before.re[which] - re * before.im[which];
    let (hop_re, hop_im) = (TABLE.hop.re[which], TABLE.hop.im[which]);
    let angle = (turned_re * hop_im + turned_im * hop_re).atan2(turned_re * hop_re - turned_im * hop_im);
    let aside = angle / TAU * RATE / HOP as f32;
    if aside.abs() > HERTZ[which] * ASIDE {
        return None;
    }
    let x = PI * aside * WINDOW / RATE;
    let lost = if x.abs() < 1e-3 { 1.0 } else { x.sin() / x };
    let amplitude = 2.0 * now.power(which).sqrt() / WINDOW / lost;
    Some(amplitude * amplitude)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mulaw;
    use crate::testing::{sounds, speech};
    use proptest::prelude::*;

    /// A key with each tone at so many dB of full scale, its frequencies off by a factor.
    fn press(key: char, ms: u32, [low, high]: [f64; 2], off: f64) -> Vec<i16> {
        let (row, column) = (0..16).map(|n| (n / 4, n % 4)).find(|&(r, c)| KEYS[r][c] == key).expect("a key");
        let amplitude = |db: f64| 10_f64.powf(db / 20.0);
        let hertz = |which: usize| f64::from(HERTZ[which]) * off;
        sounds::tones(ms, 8_000, &[(hertz(row), amplitude(low)), (hertz(4 + column), amplitude(high))])
    }

    fn heard(samples: &[i16]) -> String {
        let mut dtmf = Dtmf::default();
        let mut keys = String::new();
        for frame in samples.chunks_exact(HOP) {
            let line: Vec<i16> = frame.iter().map(|&sample| mulaw::decode(mulaw::encode(sample))).collect();
            dtmf.push(&line, |key| keys.push(key));
        }
        keys
    }

    /// With silence around it, and beginning at any sample.
    fn within_silence(shift: usize, sound: &[i16]) -> Vec<i16> {
        [&vec![0; 400 + shift][..], sound, &vec![0; 800]].concat()
    }

    #[test]
    fn a_number_is_heard_as_it_was_dialled() {
        let number = "1234567890*#ABCD4471";
        let line: Vec<i16> = number
            .chars()
            .flat_map(|key| [press(key, 40, [-12.0, -12.0], 1.0), sounds::silence(40, 8_000)].concat())
            .collect();
        assert_eq!(heard(&within_silence(0, &line)), number);
    }

    #[test]
    fn a_break_of_ten_milliseconds_is_none_and_one_of_forty_is_one() {
        let key = press('5', 60, [-12.0, -12.0], 1.0);
        for (gap, expected) in [(10, "5"), (40, "55")] {
            let line = [&key[..], &sounds::silence(gap, 8_000), &key].concat();
            assert_eq!(heard(&within_silence(0, &line)), expected, "{gap}");
        }
    }

    #[test]
    fn no_key_is_in_speech_music_or_the_signals_of_the_network() {
        let lines = [
            speech(120_000, 8_000, 1),
            sounds::noise(60_000, 8_000, 0.3, 5),
            sounds::music(20_000, 8_000, sounds::Instrument::Organ),
            sounds::music(20_000, 8_000, sounds::Instrument::Saw),
            sounds::music(20_000, 8_000, sounds::Instrument::Strings),
            sounds::tones(2_000, 8_000, &[(440.0, 0.2), (480.0, 0.2)]),
            sounds::tones(2_000, 8_000, &[(480.0, 0.2), (620.0, 0.2)]),
            sounds::tones(2_000, 8_000, &[(941.0, 0.2)]),
        ];
        for line in lines {
            assert_eq!(heard(&line), "");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn what_q24_says_must_be_heard_is(
            key in prop::sample::select(KEYS.concat()),
            ms in 40_u32..200, off in -0.015..0.015, low in -25.0..-8.0, twist in -8.0..4.0, shift in 0_usize..40, seed: u64,
        ) {
            // −25 dBm for the weaker one, where 0 dBm is 3.17 dB below full scale; noise is 15 dB below the weaker one
            let levels = [low, low + twist].map(|level: f64| level.max(-28.0));
            let mut line = within_silence(shift, &press(key, ms, levels, 1.0 + off));
            let weakest = levels[0].min(levels[1]);
            let amplitude = 10_f64.powf((weakest - 15.0) / 20.0);
            let noise = sounds::noise(1_000, 8_000, amplitude, seed);
            sounds::mix(&mut line, &noise);
            prop_assert_eq!(heard(&line), key.to_string());
        }

        #[test]
        fn what_it_says_must_not_be_heard_is_not(
            key in prop::sample::select(KEYS.concat()), which in 0..4, shift in 0_usize..40, up: bool,
        ) {
            let line = match which {
                0 => press(key, 23, [-12.0, -12.0], 1.0),
                1 => press(key, 200, [-12.0, -12.0], if up { 1.035 } else { 0.965 }),
                2 => press(key, 200, [-58.0, -58.0], 1.0),
                _ => press(key, 200, if up { [-20.0, -8.0] } else { [-8.0, -24.0] }, 1.0),
            };
            prop_assert_eq!(heard(&within_silence(shift, &line)), "");
        }
    }
}
