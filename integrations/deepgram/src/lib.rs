//! Deepgram: a [`speech::Recogniser`] over `/v1/listen`, and a [`speech::Voice`] over `/v1/speak`.
//!
//! Read: <https://developers.deepgram.com/reference/speech-to-text/listen-streaming>,
//! <https://developers.deepgram.com/reference/text-to-speech/speak-streaming>.

mod listen;
mod speak;

use lines::{Dialer, Patience, Socket};
pub use listen::{Hearer, Terms};
use platform::egress::Url;
use platform::phi::Phi;
pub use speak::Aura;
use speech::{Format, Trouble};

/// Where and as whom to connect.
#[derive(Clone, Debug)]
pub struct Connection {
    /// What opens lines, which must lead to `base`.
    pub dialer: Dialer,
    /// The API's address: `https://api.deepgram.com`.
    pub base: Url,
    /// Its key, sent as `Authorization: Token`.
    pub key: Phi<String>,
    /// How long the other side may take.
    pub patience: Patience,
}

impl Connection {
    /// Opens a socket below `/v1`. Sound and text are not to be kept for the training of models
    /// (<https://developers.deepgram.com/docs/the-deepgram-model-improvement-partnership-program>).
    async fn open(&self, path: &str, format: Format, parameters: &[(&str, &str)]) -> Result<Socket, Trouble> {
        let (encoding, rate) = match format {
            Format::Mulaw8k => ("mulaw", 8_000),
            Format::Pcm16(rate) => ("linear16", rate),
        };
        let mut url = self.base.clone();
        url.path_segments_mut().map_err(|()| Trouble::new("refused"))?.pop_if_empty().extend(["v1", path]);
        url.query_pairs_mut()
            .append_pair("encoding", encoding)
            .append_pair("sample_rate", &rate.to_string())
            .append_pair("mip_opt_out", "true")
            .extend_pairs(parameters);
        let key = Phi::new(format!("Token {}", self.key.expose()));
        self.dialer.dial(&url, &[("authorization", &key)], self.patience).await
    }
}
