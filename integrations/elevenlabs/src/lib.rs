//! ElevenLabs: a [`speech::Voice`] over the WebSocket on which every utterance has a context of its own.
//!
//! Read: <https://elevenlabs.io/docs/api-reference/text-to-speech/v-1-text-to-speech-voice-id-multi-stream-input>,
//! <https://elevenlabs.io/docs/developers/guides/cookbooks/multi-context-web-socket>.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use lines::{Dialer, Frame, Patience, Read, Speaker, Tongue};
use platform::egress::Url;
use platform::phi::Phi;
use serde::Deserialize;
use serde_json::json;
use speech::{Format, Line, Saying, Speaking, Spoken, Trouble, Voice};

/// Seconds without words after which a context ends: the most that can be asked for.
const INACTIVITY: &str = "180";

/// How a voice speaks, each from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Manner {
    /// How much alike it sounds from one time to the next.
    pub stability: f64,
    /// How much it sounds like whom it was made of.
    pub similarity: f64,
}

/// Where and how to speak.
#[derive(Clone, Debug)]
pub struct Eleven {
    /// What opens lines, which must lead to `base`.
    pub dialer: Dialer,
    /// The API's address: `https://api.elevenlabs.io`.
    pub base: Url,
    /// Its key, sent as `xi-api-key`.
    pub key: Phi<String>,
    /// The voice's id, a model such as `eleven_flash_v2_5`, and the language.
    pub speaking: Speaking,
    /// How it speaks; as the voice is set up when nothing is said.
    pub manner: Option<Manner>,
    /// Whether the provider keeps what was said; not to let it is for its enterprise customers
    /// (<https://elevenlabs.io/docs/resources/zero-retention-mode>).
    pub is_kept: bool,
    /// How long the other side may take.
    pub patience: Patience,
}

impl Eleven {
    /// One of whose words nothing is kept.
    #[must_use]
    pub fn new(dialer: Dialer, base: Url, key: Phi<String>, speaking: Speaking) -> Self {
        Self { dialer, base, key, speaking, manner: None, is_kept: false, patience: Patience::default() }
    }

    fn url(&self, format: Format) -> Result<Url, Trouble> {
        let format = match format {
            Format::Mulaw8k => "ulaw_8000".to_owned(),
            Format::Pcm16(rate @ (8_000 | 16_000 | 22_050 | 24_000 | 32_000 | 44_100 | 48_000)) => {
                format!("pcm_{rate}")
            }
            // the only ones that it has
            Format::Pcm16(_) => return Err(Trouble::new("refused")),
        };
        let mut url = self.base.clone();
        url.path_segments_mut().map_err(|()| Trouble::new("refused"))?.pop_if_empty().extend([
            "v1",
            "text-to-speech",
            &self.speaking.voice,
            "multi-stream-input",
        ]);
        // it knows languages, not countries
        let language = self.speaking.language.split('-').next().unwrap_or_default();
        url.query_pairs_mut()
            .append_pair("model_id", &self.speaking.model)
            .append_pair("language_code", language)
            .append_pair("output_format", &format)
            .append_pair("auto_mode", "true")
            .append_pair("inactivity_timeout", INACTIVITY)
            .append_pair("enable_logging", if self.is_kept { "true" } else { "false" });
        Ok(url)
    }
}

impl Voice for Eleven {
    fn open<'a>(&'a self, format: Format) -> BoxFuture<'a, Result<Line<Saying, Spoken>, Trouble>> {
        async move {
            let socket = self.dialer.dial(&self.url(format)?, &[("xi-api-key", &self.key)], self.patience).await?;
            let contexts = Contexts { manner: self.manner };
            Ok(lines::serve(socket, Speaker::new(contexts, format, self.patience), self.patience))
        }
        .boxed()
    }
}

struct Contexts {
    manner: Option<Manner>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    audio: Option<String>,
    context_id: Option<String>,
    is_final: Option<bool>,
    error: Option<String>,
    code: Option<u16>,
}

fn context(utterance: u64) -> String {
    format!("u{utterance}")
}

impl Tongue for Contexts {
    /// <https://elevenlabs.io/docs/developers/guides/cookbooks/multi-context-web-socket>: five at once, of which one that
    /// was stopped is one until it says that it is over.
    const AT_ONCE: usize = 5;
    /// Well within the time after which a line is closed.
    const SIGN_OF_LIFE: Option<Duration> = Some(Duration::from_secs(10));

    /// Settings come first or not at all: later ones close the line.
    fn begin(&self, utterance: u64) -> Option<Frame> {
        let mut first = json!({ "text": " ", "context_id": context(utterance) });
        if let Some(manner) = self.manner {
            first["voice_settings"] = json!({ "stability": manner.stability, "similarity_boost": manner.similarity });
        }
        Some(Frame::json(&first))
    }

    fn say(&self, utterance: u64, text: &str) -> Frame {
        Frame::json(&json!({ "text": text, "context_id": context(utterance) }))
    }

    /// What was said is spoken to its end, and then the context says that it is over.
    fn finish(&self, utterance: u64) -> Vec<Frame> {
        let context = context(utterance);
        vec![
            Frame::json(&json!({ "context_id": context, "flush": true })),
            Frame::json(&json!({ "context_id": context, "close_context": true })),
        ]
    }

    fn stop(&self, utterance: u64) -> Frame {
        Frame::json(&json!({ "context_id": context(utterance), "close_context": true }))
    }

    fn sign_of_life(&self, utterance: Option<u64>) -> Option<Frame> {
        let alive = match utterance {
            Some(utterance) => json!({ "text": "", "context_id": context(utterance) }),
            None => json!({ "text": "" }),
        };
        Some(Frame::json(&alive))
    }

    fn read(&self, frame: Frame) -> Result<Read, Trouble> {
        let broken = || Trouble::new("protocol");
        let Frame::Text(text) = frame else { return Err(broken()) };
        let told: Told = serde_json::from_str(text.as_str()).map_err(|_| broken())?;
        let utterance = told.context_id.as_deref().and_then(|context| context.strip_prefix('u')?.parse().ok());
        if told.error.is_some() {
            // its codes are those of closing
            return Ok(Read::Failed(utterance, lines::trouble::of_close(told.code)));
        }
        let Some(utterance) = utterance else { return Ok(Read::Nothing) };
        let sound = told.audio.map(|audio| STANDARD.decode(audio)).transpose().map_err(|_| broken())?;
        Ok(match (sound, told.is_final == Some(true)) {
            (Some(sound), true) => Read::Last(Some(utterance), sound),
            (Some(sound), false) => Read::Sound(Some(utterance), sound),
            (None, true) => Read::Done(Some(utterance)),
            (None, false) => Read::Nothing,
        })
    }
}
