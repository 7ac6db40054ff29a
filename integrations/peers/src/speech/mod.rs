//! Whoever recognises, answers and speaks, on this machine: one server that talks to clients of Deepgram, Cartesia,
//! ElevenLabs and of OpenAI's chat completions as these do, hears and answers what a test has written down, and speaks a
//! tone as long as the text.

mod cartesia;
mod deepgram;
mod elevenlabs;
mod openai;
mod sound;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::serve::ListenerExt as _;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// What a model answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scripted {
    /// Words, sent one by one.
    pub text: String,
    /// Names and arguments of calls.
    pub calls: Vec<(String, String)>,
}

impl Scripted {
    /// Words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), calls: Vec::new() }
    }

    /// A call.
    #[must_use]
    pub fn call(name: impl Into<String>, arguments: impl Into<String>) -> Self {
        Self { text: String::new(), calls: vec![(name.into(), arguments.into())] }
    }
}

/// How a connection goes that does not go as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// It is refused with this status and maybe a `Retry-After` in seconds.
    Status(u16, Option<u64>),
    /// It is refused with this status and body.
    Body(u16, String),
    /// It is taken, and nobody reads or writes any more.
    Silence,
    /// Pings are answered, and nothing else.
    Mute,
    /// What comes is no message that anybody understands.
    Rubbish,
    /// It breaks in the middle.
    Vanish,
    /// It is closed with this code in the middle.
    Close(u16),
    /// To the first message come these ones, and nothing after them.
    Says(Vec<Said>),
}

/// A message of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Text.
    Text(String),
    /// Sound.
    Sound(Vec<u8>),
    /// Good-bye, with this code.
    Close(u16),
}

/// How long they take.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    /// From the end of what was said until it is understood.
    pub hears: Duration,
    /// Until the first word of an answer.
    pub answers: Duration,
    /// Until the first sound.
    pub speaks: Duration,
}

/// A connection as it was asked for.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Path and query.
    pub address: String,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Opened {
    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// The values of a parameter of the query, decoded as far as tests need it.
    #[must_use]
    pub fn query(&self, name: &str) -> Vec<String> {
        let (_, query) = self.address.split_once('?').unwrap_or_default();
        let values = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(key, _)| *key == name);
        values.map(|(_, value)| value.replace('+', " ").replace("%20", " ")).collect()
    }
}

#[derive(Default)]
struct Script {
    finals: VecDeque<String>,
    answers: VecDeque<Scripted>,
    oddities: VecDeque<Oddity>,
    pace: Pace,
    opened: Vec<Opened>,
    requests: Vec<Value>,
    told: Vec<Value>,
    seconds: f64,
}

/// What every connection shares.
#[derive(Clone, Default)]
struct Shared {
    script: Arc<Mutex<Script>>,
    changed: Arc<Notify>,
}

impl Shared {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("nobody panicked")
    }

    fn note(&self, told: Value) {
        self.script().told.push(told);
        self.changed.notify_waiters();
    }
}

/// The server, until it is dropped.
pub struct SpeechPeer {
    /// Where it is: the base address of every one of the services; of OpenAI's with `/v1` behind it.
    pub url: String,
    shared: Shared,
    serving: JoinHandle<()>,
}

impl SpeechPeer {
    /// One that hears and answers nothing yet.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Shared::default();
        let app = Router::new().fallback(serve).with_state(shared.clone());
        let listener = listener.tap_io(crate::at_once);
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { url, shared, serving }
    }

    /// What will be understood, one at each `Finalize`.
    pub fn will_hear<'a>(&self, finals: impl IntoIterator<Item = &'a str>) {
        self.shared.script().finals.extend(finals.into_iter().map(str::to_owned));
    }

    /// What will be answered, one to each question.
    pub fn will_answer(&self, answers: impl IntoIterator<Item = Scripted>) {
        self.shared.script().answers.extend(answers);
    }

    /// How the next connection goes, and the one after it.
    pub fn will_be_odd(&self, oddities: impl IntoIterator<Item = Oddity>) {
        self.shared.script().oddities.extend(oddities);
    }

    /// How long they take from now on.
    pub fn takes(&self, pace: Pace) {
        self.shared.script().pace = pace;
    }

    /// Every connection so far.
    #[must_use]
    pub fn opened(&self) -> Vec<Opened> {
        self.shared.script().opened.clone()
    }

    /// What models were asked so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Value> {
        self.shared.script().requests.clone()
    }

    /// What came over all sockets as text so far.
    #[must_use]
    pub fn told(&self) -> Vec<Value> {
        self.shared.script().told.clone()
    }

    /// How much sound was listened to.
    #[must_use]
    pub fn seconds_heard(&self) -> f64 {
        self.shared.script().seconds
    }

    /// Until what came over the sockets is so.
    pub async fn until(&self, so: impl Fn(&[Value]) -> bool) {
        loop {
            let changed = self.shared.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if so(&self.shared.script().told) {
                return;
            }
            changed.await;
        }
    }
}

impl Drop for SpeechPeer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(
    State(shared): State<Shared>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let opened = Opened { address: uri.to_string(), headers: headers.collect() };
    let oddity = {
        let mut script = shared.script();
        script.opened.push(opened.clone());
        script.oddities.pop_front()
    };
    shared.changed.notify_waiters();
    let odd = match oddity {
        Some(Oddity::Status(status, after)) => return refused(status, after, String::new()),
        Some(Oddity::Body(status, body)) => return refused(status, None, body),
        odd => odd,
    };
    match upgrade {
        Err(_) if uri.path().ends_with("/chat/completions") => openai::answer(&shared, &body, odd).await,
        Err(_) => StatusCode::NOT_FOUND.into_response(),
        Ok(upgrade) => upgrade.on_upgrade(move |socket| Peer { shared, socket, odd }.talk(opened)),
    }
}

fn refused(status: u16, after: Option<u64>, body: String) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    match after {
        Some(after) => (status, [(header::RETRY_AFTER, after.to_string())], body).into_response(),
        None => (status, body).into_response(),
    }
}

/// One end of a socket. Whoever was at the other end may have left at any time.
struct Peer {
    shared: Shared,
    socket: WebSocket,
    odd: Option<Oddity>,
}

impl Peer {
    async fn talk(mut self, opened: Opened) {
        if self.odd == Some(Oddity::Silence) {
            std::future::pending::<()>().await;
        }
        let path = opened.address.split('?').next().unwrap_or_default().to_owned();
        // `None` says that they have left
        let _: Option<()> = match path.as_str() {
            "/v1/listen" => deepgram::listen(&mut self, &opened).await,
            "/v1/speak" => deepgram::speak(&mut self, &opened).await,
            "/tts/websocket" => cartesia::speak(&mut self).await,
            path if path.ends_with("/multi-stream-input") => elevenlabs::speak(&mut self, &opened).await,
            _ => None,
        };
    }

    /// The next message that is no matter of the protocol; text is noted. When it goes as it should not, it does here.
    async fn next(&mut self) -> Option<Message> {
        loop {
            let message = self.socket.recv().await?.ok()?;
            match &message {
                Message::Text(text) => {
                    let told = serde_json::from_str(text.as_str()).unwrap_or(Value::Null);
                    self.shared.note(told);
                }
                Message::Binary(_) => {}
                Message::Ping(_) | Message::Pong(_) => continue,
                Message::Close(_) => return None,
            }
            match self.odd.take() {
                None => return Some(message),
                Some(Oddity::Rubbish) => self.send("{\"type\":").await?,
                Some(Oddity::Close(code)) => return self.close(code).await,
                Some(Oddity::Says(all)) => {
                    for said in all {
                        match said {
                            Said::Text(text) => self.send(&text).await?,
                            Said::Sound(sound) => self.sound(sound).await?,
                            Said::Close(code) => return self.close(code).await,
                        }
                    }
                    self.odd = Some(Oddity::Mute);
                }
                Some(Oddity::Mute) => self.odd = Some(Oddity::Mute),
                Some(_) => return None,
            }
        }
    }

    async fn send(&mut self, text: &str) -> Option<()> {
        self.socket.send(Message::Text(text.into())).await.ok()
    }

    async fn tell(&mut self, value: &Value) -> Option<()> {
        self.send(&value.to_string()).await
    }

    async fn sound(&mut self, sound: Vec<u8>) -> Option<()> {
        self.socket.send(Message::Binary(sound.into())).await.ok()
    }

    async fn close(&mut self, code: u16) -> Option<Message> {
        let frame = CloseFrame { code, reason: "words that nobody repeats".into() };
        self.socket.send(Message::Close(Some(frame))).await.ok()?;
        // their good-bye
        while self.socket.recv().await.is_some_and(|message| message.is_ok()) {}
        None
    }

    /// Lets the time pass that somebody takes.
    async fn take(&mut self, how_long: impl FnOnce(&Pace) -> Duration) {
        let pace = how_long(&self.shared.script().pace);
        if !pace.is_zero() {
            tokio::time::sleep(pace).await;
        }
    }
}
