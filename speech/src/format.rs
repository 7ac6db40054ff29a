//! Sound as bytes and as samples.

use crate::mulaw;
use crate::ports::Format;

impl Format {
    /// Samples in a second.
    #[must_use]
    pub fn rate(self) -> u32 {
        match self {
            Self::Mulaw8k => 8_000,
            Self::Pcm16(rate) => rate,
        }
    }

    /// Bytes of a sample.
    #[must_use]
    pub fn width(self) -> usize {
        match self {
            Self::Mulaw8k => 1,
            Self::Pcm16(_) => 2,
        }
    }

    /// Bytes of a frame of 20 ms.
    #[must_use]
    pub fn frame(self) -> usize {
        usize::try_from(self.rate() / 50).unwrap_or(usize::MAX / 2) * self.width()
    }

    /// Of which byte silence consists.
    #[must_use]
    pub fn silence(self) -> u8 {
        match self {
            Self::Mulaw8k => mulaw::SILENCE,
            Self::Pcm16(_) => 0,
        }
    }

    /// Appends what bytes say. Half a sample at the end is left out.
    pub fn decode(self, bytes: &[u8], into: &mut Vec<i16>) {
        match self {
            Self::Mulaw8k => into.extend(bytes.iter().map(|&code| mulaw::decode(code))),
            Self::Pcm16(_) => {
                into.extend(bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])));
            }
        }
    }

    /// Appends samples as bytes.
    pub fn encode(self, samples: &[i16], into: &mut Vec<u8>) {
        match self {
            Self::Mulaw8k => into.extend(samples.iter().map(|&sample| mulaw::encode(sample))),
            Self::Pcm16(_) => into.extend(samples.iter().flat_map(|sample| sample.to_le_bytes())),
        }
    }
}
