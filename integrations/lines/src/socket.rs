//! A WebSocket to a service outside (RFC 6455): only to where the settings allow, without following redirects, under
//! time-outs, and never longer than somebody answers at the other end.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use platform::egress::{Answer, Egress, Url};
use platform::error::{Error, Result as Outcome};
use platform::phi::Phi;
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls_platform_verifier::BuilderVerifierExt as _;
use speech::Trouble;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::HeaderName;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Bytes, Message, Utf8Bytes};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use crate::trouble;

/// Largest message in bytes: some ten seconds of sound, in base64.
const LARGEST: usize = 2_097_152;
/// Bytes kept of each socket for reading and for writing. Calls have several, of small messages; the library's own
/// 131,072 would be most of what a call takes.
const BUFFER: usize = 8_192;

/// How long the other side may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Until there is a connection, TLS and handshake included.
    pub connect: Duration,
    /// Until what was asked for begins, or goes on.
    pub answer: Duration,
    /// Until a line on which nothing comes, not even the answer to a ping, is given up.
    pub silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), answer: Duration::from_secs(5), silence: Duration::from_secs(12) }
    }
}

/// What opens WebSockets. Clones share its certificates.
#[derive(Clone)]
pub struct Dialer {
    egress: Egress,
    tls: Arc<ClientConfig>,
}

impl fmt::Debug for Dialer {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Dialer").field("egress", &self.egress).finish_non_exhaustive()
    }
}

impl Dialer {
    /// One that goes where this leads, and trusts whom the machine trusts, as requests over HTTP do.
    ///
    /// # Errors
    /// When the machine has no certificates of certification authorities.
    pub fn new(egress: Egress) -> Outcome<Self> {
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(rustls::ConfigBuilder::with_platform_verifier)
            .map_err(Error::internal)?
            .with_no_client_auth();
        Ok(Self { egress, tls: Arc::new(tls) })
    }

    /// Opens a WebSocket at an address, given as `https:` or `http:` as settings have it.
    ///
    /// # Errors
    /// When it leads elsewhere than allowed, nobody is there in time, or they say no.
    pub async fn dial(
        &self,
        url: &Url,
        headers: &[(&'static str, &Phi<String>)],
        patience: Patience,
    ) -> Result<Socket, Trouble> {
        if !self.egress.reaches(url) {
            tracing::warn!(host = url.host_str(), "a line to a host that no setting names was refused");
            return Err(Trouble::new("refused"));
        }
        let request = request(url, headers)?;
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(BUFFER)
            .max_message_size(Some(LARGEST))
            .max_frame_size(Some(LARGEST));
        let tls = Connector::Rustls(Arc::clone(&self.tls));
        let connecting = connect_async_tls_with_config(request, Some(config), true, Some(tls));
        match timeout(patience.connect, connecting).await {
            Err(_) => Err(Trouble::new("timeout")),
            Ok(Err(error)) => Err(of(error)),
            Ok(Ok((stream, _))) => Ok(Socket::new(stream, patience.silence)),
        }
    }
}

fn request(
    url: &Url,
    headers: &[(&'static str, &Phi<String>)],
) -> Result<tungstenite::handshake::client::Request, Trouble> {
    let mut url = url.clone();
    let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
    url.set_scheme(scheme).map_err(|()| Trouble::new("refused"))?;
    let mut request = url.as_str().into_client_request().map_err(|_| Trouble::new("refused"))?;
    for (name, value) in headers {
        // a key that no header can hold opens nothing
        let mut value = HeaderValue::from_str(value.expose()).map_err(|_| Trouble::new("auth"))?;
        value.set_sensitive(true);
        request.headers_mut().insert(HeaderName::from_static(name), value);
    }
    Ok(request)
}

/// What is sent and what comes.
#[derive(Clone, PartialEq, Eq)]
pub enum Frame {
    /// Text, JSON with all of these services.
    Text(Utf8Bytes),
    /// Sound.
    Sound(Bytes),
}

impl fmt::Debug for Frame {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(to, "Text({} bytes)", text.len()),
            Self::Sound(sound) => write!(to, "Sound({} bytes)", sound.len()),
        }
    }
}

impl Frame {
    /// A text frame of this value.
    #[must_use]
    pub fn json(value: &serde_json::Value) -> Self {
        Self::Text(value.to_string().into())
    }
}

/// What comes next.
#[derive(Debug)]
pub enum Came {
    /// A frame.
    Frame(Frame),
    /// The end, with a code when they said one.
    Closed(Option<u16>),
}

/// An open WebSocket.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    silence: Duration,
    heard: Instant,
    pinged: Option<Instant>,
}

impl Socket {
    fn new(stream: WebSocketStream<MaybeTlsStream<TcpStream>>, silence: Duration) -> Self {
        Self { stream, silence, heard: Instant::now(), pinged: None }
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// When nobody takes it.
    pub async fn send(&mut self, frame: Frame) -> Result<(), Trouble> {
        self.push(match frame {
            Frame::Text(text) => Message::Text(text),
            Frame::Sound(sound) => Message::Binary(sound),
        })
        .await
    }

    /// What comes next. After a third of the patience without anything it asks whether somebody is there, which whoever
    /// speaks the protocol answers (RFC 6455, 5.5.2). May be dropped and called again.
    ///
    /// # Errors
    /// When nobody is there any more, or what comes is no WebSocket.
    pub async fn next(&mut self) -> Result<Came, Trouble> {
        loop {
            let due = match self.pinged {
                None => self.heard + self.silence / 3,
                Some(at) => at + self.silence * 2 / 3,
            };
            let Ok(came) = timeout_at(due, self.stream.next()).await else {
                if self.pinged.is_some() {
                    return Err(Trouble::new("timeout"));
                }
                self.pinged = Some(Instant::now());
                self.push(Message::Ping(Bytes::new())).await?;
                continue;
            };
            self.heard = Instant::now();
            self.pinged = None;
            match came {
                None => return Ok(Came::Closed(None)),
                Some(Ok(Message::Text(text))) => return Ok(Came::Frame(Frame::Text(text))),
                Some(Ok(Message::Binary(sound))) => return Ok(Came::Frame(Frame::Sound(sound))),
                Some(Ok(Message::Close(frame))) => {
                    return Ok(Came::Closed(frame.map(|frame| frame.code.into())));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Err(error)) => return Err(of(error)),
            }
        }
    }

    /// Says good-bye and does not wait for theirs.
    pub async fn close(mut self) {
        // whoever has left already needs none
        let _ = timeout(self.silence, self.stream.close(None)).await;
    }

    async fn push(&mut self, message: Message) -> Result<(), Trouble> {
        match timeout(self.silence, self.stream.send(message)).await {
            Err(_) => Err(Trouble::new("timeout")),
            Ok(sent) => sent.map_err(of),
        }
    }
}

/// Logs nothing: some errors say what was sent.
fn of(error: tungstenite::Error) -> Trouble {
    use tungstenite::error::ProtocolError;
    match error {
        tungstenite::Error::Http(answer) => {
            let (parts, _) = answer.into_parts();
            trouble::of(&Answer { status: parts.status, headers: parts.headers, body: Vec::new() })
        }
        // the connection broke: during the handshake, or without a word of good-bye
        tungstenite::Error::Protocol(
            ProtocolError::HandshakeIncomplete | ProtocolError::ResetWithoutClosingHandshake,
        )
        | tungstenite::Error::ConnectionClosed
        | tungstenite::Error::AlreadyClosed
        | tungstenite::Error::Io(_)
        | tungstenite::Error::Tls(_) => Trouble::new("unavailable"),
        _ => Trouble::new("protocol"),
    }
}

#[cfg(test)]
mod tests {
    use peers::Nobody;
    use platform::egress;
    use tokio::net::TcpListener;

    use super::*;

    const SHORT: Patience = Patience {
        connect: Duration::from_millis(200),
        answer: Duration::from_millis(200),
        silence: Duration::from_millis(300),
    };

    fn dialer(url: &Url) -> Dialer {
        Dialer::new(Egress::to([url]).expect("a client")).expect("certificates")
    }

    fn here(listener: &TcpListener) -> Url {
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        egress::address("test", &url).expect("an address")
    }

    async fn fails(url: &Url) -> Trouble {
        dialer(url).dial(url, &[], SHORT).await.expect_err("nobody is there")
    }

    #[tokio::test]
    async fn it_goes_nowhere_else() {
        let own = egress::address("test", "https://id.example").expect("an address");
        for other in ["https://id.example:8443/", "http://id.example/", "https://evil.example/"] {
            let other = other.parse().expect("an address");
            assert_eq!(dialer(&own).dial(&other, &[], SHORT).await.expect_err("elsewhere"), Trouble::new("refused"));
        }
    }

    #[tokio::test]
    async fn whoever_is_not_there_or_does_not_answer_is_no_line() {
        let nobody = Nobody::there();
        assert_eq!(fails(&nobody.url.parse().expect("an address")).await, Trouble::new("unavailable"));

        // the system takes the connection, and nobody the request
        let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        assert_eq!(fails(&here(&silent)).await, Trouble::new("timeout"));

        // no TLS there
        let mut secure = here(&silent);
        secure.set_scheme("https").expect("a scheme");
        assert_eq!(fails(&secure).await, Trouble::new("timeout"));
    }

    #[tokio::test]
    async fn a_key_that_no_header_holds_opens_nothing() {
        let nobody = Nobody::there();
        let url: Url = nobody.url.parse().expect("an address");
        let key = Phi::new("a\nb".to_owned());
        let trouble = dialer(&url).dial(&url, &[("authorization", &key)], SHORT).await.expect_err("no header");
        assert_eq!(trouble, Trouble::new("auth"));
    }
}
