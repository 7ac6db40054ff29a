//! From text to speech. There is one stream without names: utterances are spoken one after another.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use lines::{Frame, Read, Speaker, Tongue};
use serde_json::{Value, json};
use speech::{Format, Line, Saying, Spoken, Trouble, Voice};

use crate::Connection;

/// A voice. It speaks when an utterance is finished (`Flush`, at most 20 in a minute:
/// <https://developers.deepgram.com/docs/tts-ws-flush>), or earlier when there is enough to say.
#[derive(Clone, Debug)]
pub struct Aura {
    /// Where and as whom to connect.
    pub connection: Connection,
    /// Model, voice and language in one: `aura-2-thalia-en`.
    pub voice: String,
}

impl Voice for Aura {
    fn open<'a>(&'a self, format: Format) -> BoxFuture<'a, Result<Line<Saying, Spoken>, Trouble>> {
        async move {
            // the only ones that it streams (its description)
            if matches!(format, Format::Pcm16(rate) if ![8_000, 16_000, 24_000, 32_000, 48_000].contains(&rate)) {
                return Err(Trouble::new("refused"));
            }
            let socket = self.connection.open("speak", format, &[("model", &self.voice)]).await?;
            let patience = self.connection.patience;
            Ok(lines::serve(socket, Speaker::new(Stream, format, patience), patience))
        }
        .boxed()
    }
}

struct Stream;

impl Tongue for Stream {
    const AT_ONCE: usize = 1;
    const SIGN_OF_LIFE: Option<Duration> = None;

    fn begin(&self, _: u64) -> Option<Frame> {
        None
    }

    fn say(&self, _: u64, text: &str) -> Frame {
        Frame::json(&json!({ "type": "Speak", "text": text }))
    }

    fn finish(&self, _: u64) -> Vec<Frame> {
        vec![Frame::json(&json!({ "type": "Flush" }))]
    }

    fn stop(&self, _: u64) -> Frame {
        Frame::json(&json!({ "type": "Clear" }))
    }

    fn sign_of_life(&self, _: Option<u64>) -> Option<Frame> {
        None
    }

    fn read(&self, frame: Frame) -> Result<Read, Trouble> {
        let text = match frame {
            Frame::Sound(sound) => return Ok(Read::Sound(None, sound.into())),
            Frame::Text(text) => text,
        };
        let told: Value = serde_json::from_str(text.as_str()).map_err(|_| Trouble::new("protocol"))?;
        Ok(match told["type"].as_str() {
            Some("Flushed") => Read::Done(None),
            Some("Cleared") => Read::Stopped(None),
            Some("Error") => Read::Failed(None, Trouble::new("refused")),
            Some(_) => Read::Nothing,
            None => return Err(Trouble::new("protocol")),
        })
    }
}
