//! Whether there is a voice in a piece of sound, by whoever can tell.

/// Tells how likely it is that somebody speaks. It keeps what it needs of the past, so each call has its own.
///
/// A larger model can take the place of [`Earshot`]: what it takes longer for, it does not have to know about music and
/// signals, which [`Ear`](crate::Ear) tells apart behind it.
pub trait Vad: Send {
    /// Takes the next samples at 16 kHz, any number of them, and says how likely the latest of them are a voice: 0 to 1.
    fn push(&mut self, samples: &[i16]) -> f32;
}

/// The crate `earshot`: 75 KiB of program and weights, 8 KiB per call, some 20 µs per window of 16 ms. It takes music, keys and
/// ringing for voices.
pub struct Earshot {
    detector: Box<earshot::Detector>,
    window: [i16; WINDOW],
    filled: usize,
    latest: f32,
}

/// What it looks at: 16 ms.
const WINDOW: usize = 256;

impl Default for Earshot {
    fn default() -> Self {
        Self { detector: earshot::Detector::default_boxed(), window: [0; WINDOW], filled: 0, latest: 0.0 }
    }
}

impl Vad for Earshot {
    fn push(&mut self, samples: &[i16]) -> f32 {
        for &sample in samples {
            self.window[self.filled] = sample;
            self.filled += 1;
            if self.filled == WINDOW {
                self.filled = 0;
                self.latest = self.detector.predict_i16(&self.window);
            }
        }
        self.latest
    }
}
