//! A tone as long as a text.

/// How sound is written, as services name it.
#[derive(Clone, Copy)]
pub(super) struct Sound {
    rate: usize,
    is_mulaw: bool,
}

/// Milliseconds of sound per character, which is how fast people speak.
const PER_CHARACTER: usize = 60;
/// Milliseconds of a piece.
const PIECE: usize = 200;

impl Sound {
    /// By name and rate; as telephones have it when that is not said.
    pub(super) fn new(encoding: &str, rate: Option<usize>) -> Self {
        Self { rate: rate.unwrap_or(8000), is_mulaw: encoding.contains("mulaw") || encoding.contains("ulaw") }
    }

    /// Bytes of a second.
    pub(super) fn per_second(self) -> usize {
        if self.is_mulaw { self.rate } else { 2 * self.rate }
    }

    /// The pieces of a tone as long as this takes to say.
    pub(super) fn of(self, text: &str) -> Vec<Vec<u8>> {
        let samples = text.chars().count() * PER_CHARACTER * self.rate / 1000;
        let sample = |at: usize| match (self.is_mulaw, (at / 10).is_multiple_of(2)) {
            (true, true) => vec![0x0f],
            (true, false) => vec![0x8f],
            (false, true) => 8_000_i16.to_le_bytes().to_vec(),
            (false, false) => (-8_000_i16).to_le_bytes().to_vec(),
        };
        let tone: Vec<u8> = (0..samples).flat_map(sample).collect();
        tone.chunks(self.per_second() * PIECE / 1000).map(<[u8]>::to_vec).collect()
    }
}
