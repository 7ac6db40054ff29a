//! What the last 128 ms consist of: how much of it stands still on single frequencies, and which.
//!
//! Music and signals of the telephone network hold their frequencies; a voice never does for so long: its pitch glides, and
//! its tenth harmonic ten times as far. So a harmonic of speech is wide where one of music is as narrow as the window lets
//! it be. This is what speech detectors of few parameters do not know.

use std::f32::consts::TAU;
use std::sync::LazyLock;

/// Samples at 8 kHz.
const WIDTH: usize = 1_024;
/// Hertz from one bin to the next.
const STEP: f32 = 8_000.0 / WIDTH as f32;
/// 94 to 3,800 Hz.
const BAND: std::ops::Range<usize> = 12..486;
/// Peaks are kept up to here.
pub(crate) const PEAKS: usize = 5;
/// The lobe of a tone reaches two bins to either side; somewhere within four there is less than this, even if another tone
/// follows 40 Hz away.
const NARROW: f32 = 0.003;

/// Hann's: its side lobes fall so fast that two tones 40 Hz apart do not touch.
static WINDOW: LazyLock<[f32; WIDTH]> = LazyLock::new(|| {
    let mut place = 0.0_f32;
    [(); WIDTH].map(|()| {
        let value = 0.5 - 0.5 * (TAU * place / WIDTH as f32).cos();
        place += 1.0;
        value
    })
});

/// A frequency that stands still.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Peak {
    pub(crate) hertz: f32,
    /// Of all power in the band, 0 to 1.
    pub(crate) share: f32,
}

/// What is in the window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Picture {
    /// The share of power that stands still, 0 to 1.
    pub(crate) still: f32,
    /// The strongest of what stands still.
    pub(crate) peaks: [Peak; PEAKS],
}

impl Picture {
    /// The share of power that has stood still since an earlier picture, some windows' length before: within 0.4 %,
    /// which is a fifteenth of a semitone.
    pub(crate) fn held(&self, since: &Self) -> f32 {
        let was = |peak: &Peak| since.peaks.iter().any(|old| (peak.hertz - old.hertz).abs() < peak.hertz * 0.004);
        self.peaks.iter().filter(|peak| peak.share > 0.0 && was(peak)).map(|peak| peak.share).sum()
    }
}

/// Looks at one stream of 8 kHz.
pub(crate) struct Spectrum {
    ring: [f32; WIDTH],
    work: [f32; WIDTH],
    power: [f32; WIDTH / 2],
}

impl Spectrum {
    pub(crate) fn new() -> Self {
        Self { ring: [0.0; WIDTH], work: [0.0; WIDTH], power: [0.0; WIDTH / 2] }
    }

    /// Takes samples, at most as many as the window is wide, and looks.
    pub(crate) fn push(&mut self, samples: &[i16]) -> Picture {
        let stays = WIDTH - samples.len();
        self.ring.copy_within(samples.len().., 0);
        for (to, &sample) in self.ring[stays..].iter_mut().zip(samples) {
            *to = f32::from(sample);
        }
        for ((to, sample), weight) in self.work.iter_mut().zip(&self.ring).zip(WINDOW.iter()) {
            *to = sample * weight;
        }
        for (to, bin) in self.power.iter_mut().zip(microfft::real::rfft_1024(&mut self.work)) {
            *to = bin.norm_sqr();
        }
        self.picture()
    }

    fn picture(&self) -> Picture {
        let total: f32 = self.power[BAND].iter().sum();
        let mut picture = Picture::default();
        if total <= 0.0 {
            return picture;
        }
        let weakest = total * 1e-4;
        for bin in BAND {
            let here = self.power[bin];
            let [before, behind] = [self.power[bin - 1], self.power[bin + 1]];
            let is_tone = here > weakest
                && here > before
                && here >= behind
                && lowest(&self.power[bin - 4..=bin - 2]) < here * NARROW
                && lowest(&self.power[bin + 2..=bin + 4]) < here * NARROW;
            if is_tone {
                let share = self.power[bin - 2..=bin + 2].iter().sum::<f32>() / total;
                picture.still += share;
                let hertz = (bin as f32 + middle(before, here, behind)) * STEP;
                insert(&mut picture.peaks, Peak { hertz, share });
            }
        }
        picture
    }
}

fn lowest(powers: &[f32]) -> f32 {
    powers.iter().copied().fold(f32::INFINITY, f32::min)
}

/// Where between three bins the top of a Hann lobe lies, in bins from the middle one. Amplitudes beside the top have the
/// ratio (2 + d) : (1 − d) to it (Grandke, "Interpolation Algorithms for Discrete Fourier Transforms", 1983).
fn middle(before: f32, here: f32, behind: f32) -> f32 {
    let (side, towards) = if behind > before { (behind, 1.0) } else { (before, -1.0) };
    let ratio = (side / here).sqrt();
    towards * (2.0 * ratio - 1.0) / (1.0 + ratio)
}

/// Keeps the strongest, in order.
fn insert(peaks: &mut [Peak; PEAKS], new: Peak) {
    if let Some(at) = peaks.iter().position(|peak| peak.share < new.share) {
        peaks[at..].rotate_right(1);
        peaks[at] = new;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sounds;

    fn picture(of: &[(f64, f64)]) -> Picture {
        let mut spectrum = Spectrum::new();
        sounds::tones(400, 8_000, of).chunks_exact(160).map(|frame| spectrum.push(frame)).last().expect("frames")
    }

    #[test]
    fn tones_are_found_where_they_are() {
        for hertz in [110.0, 440.0, 1_776.7, 3_333.3] {
            let picture = picture(&[(hertz, 0.3)]);
            assert!(picture.still > 0.99, "{picture:?}");
            assert!((f64::from(picture.peaks[0].hertz) - hertz).abs() < 0.3, "{picture:?}");
        }
    }

    #[test]
    fn tones_forty_hertz_apart_are_two() {
        let [first, second, ..] = picture(&[(440.0, 0.2), (480.0, 0.1)]).peaks;
        assert!((first.hertz - 440.0).abs() < 1.5 && (second.hertz - 480.0).abs() < 1.5, "{first:?} {second:?}");
        assert!((first.share - 0.8).abs() < 0.05 && (second.share - 0.2).abs() < 0.05, "{first:?} {second:?}");
    }

    #[test]
    fn noise_and_silence_stand_nowhere() {
        let mut spectrum = Spectrum::new();
        for frame in sounds::noise(1_000, 8_000, 0.3, 1).chunks_exact(160) {
            assert!(spectrum.push(frame).still < 0.3);
        }
        assert_eq!(Spectrum::new().push(&[0; 160]), Picture::default());
    }
}
