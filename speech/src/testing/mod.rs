//! What tests need of sound and speech, the same each time.

pub mod scripted;
pub mod sounds;

use crate::Vad;
use crate::babble::babble;
use crate::local::{LocalVoice, Program};
use crate::ports::Format;

/// Somebody who speaks all the time, in sentences of some two seconds with pauses of 0.2 s, so many milliseconds at so many
/// Hertz. Seeds are different people saying different things.
#[must_use]
pub fn speech(ms: u32, rate: u32, seed: u64) -> Vec<i16> {
    let mut chance = sounds::Chance::new(seed);
    let count = ms.div_ceil(200);
    let syllables = (1..=count).map(|n| (n % 11 != 0).then(|| ((chance.swing() + 1.0) * 2.5) as u8));
    let mut sound = babble(rate, syllables);
    sound.truncate(usize::try_from(u64::from(ms) * u64::from(rate) / 1_000).unwrap_or(usize::MAX));
    sound
}

/// The text by each voice of flite and espeak-ng that is installed here, at 8 kHz: none where neither is.
pub async fn installed_voices(text: &str) -> Vec<(String, Vec<i16>)> {
    let voices =
        [(Program::Flite, ["kal", "awb", "rms", "slt"]), (Program::EspeakNg, ["en-us", "en-us+f3", "de", "ar"])];
    let mut sounds = Vec::new();
    for (program, names) in voices {
        for name in names {
            let Some(voice) = LocalVoice::installed(program, name) else { continue };
            if let Ok(bytes) = voice.speak(text, Format::Pcm16(8_000)).await {
                let mut sound = Vec::new();
                Format::Pcm16(8_000).decode(&bytes, &mut sound);
                sounds.push((name.to_owned(), sound));
            }
        }
    }
    if sounds.is_empty() {
        eprintln!("skipped: neither flite nor espeak-ng is installed");
    }
    sounds
}

/// A detector that hears nobody.
#[derive(Clone, Copy, Debug)]
pub struct Quiet;

impl Vad for Quiet {
    fn push(&mut self, _: &[i16]) -> f32 {
        0.0
    }
}
