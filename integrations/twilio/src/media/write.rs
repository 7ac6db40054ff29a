//! What is sent into a stream.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Start;

/// Writes messages into one stream. Each replaces what is in the text, whose memory is used again.
#[derive(Clone, Debug)]
pub struct Writer {
    /// `"streamSid":"MZ…"`, which all of them have.
    stream: String,
}

impl Writer {
    /// Into the stream that began so.
    #[must_use]
    pub fn new(start: &Start) -> Self {
        Self { stream: format!(r#""streamSid":"{}""#, start.stream) }
    }

    /// Sound to be played behind what was sent before.
    pub fn media(&self, sound: &[u8], text: &mut String) {
        self.begin("media", text);
        text.push_str(r#","media":{"payload":""#);
        STANDARD.encode_string(sound, text);
        text.push_str(r#""}}"#);
    }

    /// Comes back as [`Said::Mark`] when what was sent before was played.
    pub fn mark(&self, name: &str, text: &mut String) {
        self.begin("mark", text);
        text.push_str(r#","mark":{"name":"#);
        text.push_str(&serde_json::Value::from(name).to_string());
        text.push_str("}}");
    }

    /// Takes away what was not played yet; marks in it come back at once.
    pub fn clear(&self, text: &mut String) {
        self.begin("clear", text);
        text.push('}');
    }

    fn begin(&self, event: &str, text: &mut String) {
        text.clear();
        text.push_str(r#"{"event":""#);
        text.push_str(event);
        text.push_str(r#"","#);
        text.push_str(&self.stream);
    }
}
