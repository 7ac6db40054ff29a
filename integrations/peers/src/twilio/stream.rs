//! The streams of a call (<https://www.twilio.com/docs/voice/media-streams/websocket-messages>): one clock for all of them, by
//! which what the telephone says goes out, and what it hears is played.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use super::phone::{Item, Phone};
use super::sign;

/// Bytes of 20 ms, and silence.
const FRAME: usize = 160;
const SILENCE: u8 = 0xff;
const EVERY: Duration = Duration::from_millis(20);
/// Louder than that is heard: µ-law counts down from silence, of which either sign has one.
const QUIET: u8 = 0x70;
/// A frame that goes out so much behind its time is late.
const LATE: Duration = Duration::from_millis(10);
/// What may wait for the product, which is a second.
const WAITING: usize = 50;

/// A stream that is open; gone with it, its socket is closed.
pub struct Stream {
    /// Whether it plays what comes back.
    pub is_mouth: bool,
    pub name: Option<String>,
    sid: String,
    to: mpsc::Sender<String>,
    sequence: u64,
    chunk: u64,
    began: Instant,
    task: JoinHandle<()>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        let stop = json!({ "event": "stop", "streamSid": self.sid, "sequenceNumber": self.sequence.to_string() });
        // the socket closes behind it, when there is nobody left who could send
        if self.to.try_send(stop.to_string()).is_err() {
            self.task.abort();
        }
    }
}

/// Opens one: named, it is a copy of what the telephone says.
pub async fn open(phone: &Phone, url: &str, name: Option<String>, parameters: &[(String, String)]) {
    let Some(exchange) = phone.exchange() else { return };
    let Ok(mut request) = url.into_client_request() else { return exchange.complain(format!("no address: {url}")) };
    if let Ok(signature) = sign::sign(&exchange.token, url, &[]).parse() {
        request.headers_mut().insert("x-twilio-signature", signature);
    }
    // sent at once: whoever waits to send more together adds 40 ms
    let mut socket = match tokio_tungstenite::connect_async_with_config(request, None, true).await {
        Ok((socket, _)) => socket,
        Err(error) => return exchange.complain(format!("a stream: {error}")),
    };
    let sid = format!("MZ{}", uuid::Uuid::new_v4().simple());
    let parameters: serde_json::Map<String, Value> =
        parameters.iter().map(|(name, value)| (name.clone(), Value::from(value.clone()))).collect();
    let connected = json!({ "event": "connected", "protocol": "Call", "version": "1.0.0" });
    let start = json!({ "event": "start", "sequenceNumber": "1", "streamSid": sid, "start": {
        "streamSid": sid, "accountSid": exchange.account, "callSid": phone.sid, "tracks": ["inbound"],
        "mediaFormat": { "encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1 },
        "customParameters": parameters } });
    for message in [connected, start] {
        if socket.send(Message::text(message.to_string())).await.is_err() {
            return exchange.complain("a stream that closes at once".to_owned());
        }
    }
    let (to, mut out) = mpsc::channel::<String>(WAITING);
    let (own, id, is_mouth) = (phone.clone(), sid.clone(), name.is_none());
    let task = tokio::spawn(async move {
        loop {
            tokio::select! {
                text = out.recv() => match text {
                    Some(text) => if socket.send(Message::text(text)).await.is_err() { break },
                    None => break,
                },
                message = socket.next() => match message {
                    Some(Ok(Message::Text(text))) => if is_mouth { take(&own, &text) },
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                    Some(Ok(_)) => {}
                },
            }
        }
        let _ = socket.close(None).await;
        own.state().streams.retain(|stream| stream.sid != id);
        own.changed();
    });
    let (sequence, chunk, began) = (2, 1, Instant::now());
    phone.state().streams.push(Stream { is_mouth, name, sid, to, sequence, chunk, began, task });
    phone.changed();
}

/// Keys that the telephone presses are told where the product speaks.
pub fn press(phone: &Phone, keys: &str) {
    for key in keys.chars() {
        for stream in phone.state().streams.iter_mut().filter(|stream| stream.is_mouth) {
            let dtmf = json!({ "track": "inbound_track", "digit": key.to_string() });
            stream.send(json!({ "event": "dtmf", "dtmf": dtmf }));
        }
    }
}

/// What the product sends.
fn take(phone: &Phone, text: &str) {
    let message: Value = serde_json::from_str(text).unwrap_or_default();
    let mut state = phone.state();
    match message["event"].as_str() {
        Some("media") => {
            let sound = STANDARD.decode(message["media"]["payload"].as_str().unwrap_or_default()).unwrap_or_default();
            state.playing.extend(sound.chunks(FRAME).map(|frame| Item::Frame(frame.to_vec())));
        }
        Some("mark") => {
            let name = message["mark"]["name"].as_str().unwrap_or_default().to_owned();
            state.playing.push_back(Item::Mark(name));
        }
        Some("clear") => {
            state.clears += 1;
            let waited = std::mem::take(&mut state.playing);
            for item in waited {
                if let Item::Mark(name) = item {
                    answer(&mut state.streams, &name);
                }
            }
        }
        _ => {}
    }
    drop(state);
    phone.changed();
}

fn answer(streams: &mut [Stream], name: &str) {
    if let Some(mouth) = streams.iter_mut().find(|stream| stream.is_mouth) {
        mouth.send(json!({ "event": "mark", "mark": { "name": name } }));
    }
}

/// Every 20 ms a frame goes out, and one is played.
pub async fn clock(phone: Phone) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        let due = ticks.tick().await;
        {
            let mut state = phone.state();
            state.frames += 1;
            state.late += u64::from(due.elapsed() > LATE);
            let count = state.speaking.len().min(FRAME);
            let mut frame: Vec<u8> = state.speaking.drain(..count).collect();
            if !frame.is_empty() && std::mem::take(&mut state.is_to_begin) {
                state.spoke_at = Some(Instant::now());
            }
            if count > 0 {
                state.first_sound = None;
                let is_last = state.speaking.is_empty();
                state.spoke_until = is_last.then(Instant::now);
            }
            frame.resize(FRAME, SILENCE);
            let payload = STANDARD.encode(&frame);
            for stream in &mut state.streams {
                stream.media(&payload);
            }
            while let Some(item) = state.playing.pop_front() {
                match item {
                    Item::Mark(name) => answer(&mut state.streams, &name),
                    Item::Frame(frame) => {
                        if frame.iter().any(|&sample| sample & 0x7f < QUIET) {
                            state.sounds += 1;
                            state.last_sound = Some(Instant::now());
                            let now = state.last_sound;
                            state.first_sound = state.first_sound.or(now);
                        }
                        break;
                    }
                }
            }
            // marks behind the last frame come back with it
            while let Some(Item::Mark(_)) = state.playing.front() {
                if let Some(Item::Mark(name)) = state.playing.pop_front() {
                    answer(&mut state.streams, &name);
                }
            }
        }
        phone.changed();
    }
}

impl Stream {
    fn media(&mut self, payload: &str) {
        let at = self.began.elapsed().as_millis();
        // written as it stands: a load test has five thousand of them a second
        let text = format!(
            r#"{{"event":"media","sequenceNumber":"{}","media":{{"track":"inbound","chunk":"{}","timestamp":"{at}","payload":"{payload}"}},"streamSid":"{}"}}"#,
            self.sequence, self.chunk, self.sid
        );
        self.sequence += 1;
        self.chunk += 1;
        let _ = self.to.try_send(text);
    }

    fn send(&mut self, mut message: Value) {
        message["streamSid"] = Value::from(self.sid.clone());
        message["sequenceNumber"] = Value::from(self.sequence.to_string());
        self.sequence += 1;
        let _ = self.to.try_send(message.to_string());
    }
}
