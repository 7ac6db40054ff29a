//! Cartesia: a [`speech::Voice`] over its WebSocket, on which every utterance has a context of its own.
//!
//! Read: <https://docs.cartesia.ai/api-reference/tts/websocket>,
//! <https://docs.cartesia.ai/api-reference/tts/working-with-web-sockets/contexts>.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use lines::{Dialer, Frame, Patience, Read, Speaker, Tongue};
use platform::egress::Url;
use platform::phi::Phi;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use speech::{Format, Line, Saying, Speaking, Spoken, Trouble, Voice};

/// The version of the API that is spoken here.
pub const VERSION: &str = "2026-03-01";

/// Where and how to speak.
#[derive(Clone, Debug)]
pub struct Sonic {
    /// What opens lines, which must lead to `base`.
    pub dialer: Dialer,
    /// The API's address: `https://api.cartesia.ai`.
    pub base: Url,
    /// Its key, sent as `X-API-Key`.
    pub key: Phi<String>,
    /// The version of the API: [`VERSION`], or a later one that takes the same.
    pub version: String,
    /// The voice's id, a model such as `sonic-3`, and the language.
    pub speaking: Speaking,
    /// How long words may be kept back until there are enough of them to sound well; nothing when they come sentence by
    /// sentence. At most 5 s.
    pub keeps_back: Duration,
    /// How long the other side may take.
    pub patience: Patience,
}

impl Sonic {
    /// For words that come sentence by sentence.
    #[must_use]
    pub fn new(dialer: Dialer, base: Url, key: Phi<String>, speaking: Speaking) -> Self {
        let (keeps_back, patience) = (Duration::ZERO, Patience::default());
        Self { dialer, base, key, version: VERSION.to_owned(), speaking, keeps_back, patience }
    }
}

impl Voice for Sonic {
    fn open<'a>(&'a self, format: Format) -> BoxFuture<'a, Result<Line<Saying, Spoken>, Trouble>> {
        async move {
            let contexts = Contexts { template: self.template(format)? };
            let mut url = self.base.clone();
            url.path_segments_mut().map_err(|()| Trouble::new("refused"))?.pop_if_empty().extend(["tts", "websocket"]);
            let version = Phi::new(self.version.clone());
            let headers = [("x-api-key", &self.key), ("cartesia-version", &version)];
            let socket = self.dialer.dial(&url, &headers, self.patience).await?;
            Ok(lines::serve(socket, Speaker::new(contexts, format, self.patience), self.patience))
        }
        .boxed()
    }
}

impl Sonic {
    /// What every request for sound says.
    fn template(&self, format: Format) -> Result<Map<String, Value>, Trouble> {
        let (encoding, rate) = match format {
            Format::Mulaw8k => ("pcm_mulaw", 8_000),
            Format::Pcm16(rate @ (8_000 | 16_000 | 22_050 | 24_000 | 44_100 | 48_000)) => ("pcm_s16le", rate),
            // the only ones that it has (its description)
            Format::Pcm16(_) => return Err(Trouble::new("refused")),
        };
        let template = json!({
            "model_id": self.speaking.model,
            "voice": { "mode": "id", "id": self.speaking.voice },
            "output_format": { "container": "raw", "encoding": encoding, "sample_rate": rate },
            // it knows languages, not countries
            "language": self.speaking.language.split('-').next(),
            "max_buffer_delay_ms": u64::try_from(self.keeps_back.as_millis()).unwrap_or(u64::MAX).min(5_000),
        });
        match template {
            Value::Object(template) => Ok(template),
            _ => Err(Trouble::new("protocol")),
        }
    }
}

struct Contexts {
    template: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Told {
    Chunk {
        context_id: String,
        data: String,
    },
    Done {
        context_id: String,
    },
    Error {
        context_id: Option<String>,
        status_code: Option<u16>,
    },
    #[serde(other)]
    Other,
}

fn context(utterance: u64) -> String {
    format!("u{utterance}")
}

fn utterance(context: &str) -> Option<u64> {
    context.strip_prefix('u')?.parse().ok()
}

impl Contexts {
    fn request(&self, utterance: u64, transcript: &str, goes_on: bool) -> Frame {
        let mut request = self.template.clone();
        request.insert("context_id".to_owned(), json!(context(utterance)));
        request.insert("transcript".to_owned(), json!(transcript));
        request.insert("continue".to_owned(), json!(goes_on));
        Frame::json(&Value::Object(request))
    }
}

impl Tongue for Contexts {
    /// It bears any number; nobody says so many things at once.
    const AT_ONCE: usize = 8;
    /// There is none: it hangs up after five minutes without words, and who has something to say then opens another line.
    const SIGN_OF_LIFE: Option<Duration> = None;

    fn begin(&self, _: u64) -> Option<Frame> {
        None
    }

    fn say(&self, utterance: u64, text: &str) -> Frame {
        self.request(utterance, text, true)
    }

    fn finish(&self, utterance: u64) -> Vec<Frame> {
        vec![self.request(utterance, "", false)]
    }

    fn stop(&self, utterance: u64) -> Frame {
        Frame::json(&json!({ "context_id": context(utterance), "cancel": true }))
    }

    fn sign_of_life(&self, _: Option<u64>) -> Option<Frame> {
        None
    }

    fn read(&self, frame: Frame) -> Result<Read, Trouble> {
        let broken = || Trouble::new("protocol");
        let Frame::Text(text) = frame else { return Err(broken()) };
        Ok(match serde_json::from_str(text.as_str()).map_err(|_| broken())? {
            Told::Chunk { context_id, data } => {
                let sound = STANDARD.decode(data).map_err(|_| broken())?;
                utterance(&context_id).map_or(Read::Nothing, |utterance| Read::Sound(Some(utterance), sound))
            }
            Told::Done { context_id } => {
                utterance(&context_id).map_or(Read::Nothing, |utterance| Read::Done(Some(utterance)))
            }
            Told::Error { context_id, status_code } => {
                let trouble = lines::trouble::of_status(status_code.unwrap_or(500), None);
                Read::Failed(context_id.as_deref().and_then(utterance), trouble)
            }
            Told::Other => Read::Nothing,
        })
    }
}
