//! A call in a browser: somebody writes or speaks there, and is the other side of the call.

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use platform::db::Caller;
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Can;
use platform::live::{LOOK, is_over, renew, same_origin, send};
use platform::permission::calls as may;
use platform::routes::Routes;
use platform::{App, Result, route};
use serde::Deserialize;

use super::wire::{Far, In, Out, Port, wire};
use super::{begin, desk};
use crate::CallId;
use crate::call::Transport;

/// The routes of sockets.
pub fn routes() -> Routes {
    Routes::new().route(route!(talk))
}

/// The longest line that somebody writes.
pub const LONGEST_LINE: usize = 2000;
/// The largest message: a frame of sound is 640 bytes.
const LARGEST: usize = 16 * 1024;

/// What a browser says.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Said {
    Say { text: String },
    Key { digits: String },
    HangUp,
}

/// Open a call in this browser and be its other side. The server sends what is shown as JSON, and sound as binary messages of
/// 20 ms (16 bits, little endian, 16 kHz); it takes `{"type":"say","text"}`, `{"type":"key","digits"}`, `{"type":"hang_up"}` and
/// sound in the same form.
#[utoipa::path(get, path = "/api/v1/calls/{id}/talk", tag = "voice",
    params(("id" = Uuid, Path, description = "The call")), responses((status = 101, description = "The socket is open")))]
async fn talk(
    who: Can<may::Start>,
    headers: HeaderMap,
    Path(id): Path<CallId>,
    upgrade: WebSocketUpgrade,
) -> Result<Response> {
    if !same_origin(&headers, &who.app().config.public_origin()) {
        return Err(Error::forbidden());
    }
    let ready = begin::in_browser(who.app().clone(), who.caller().clone(), id).await?;
    let (app, caller) = (who.app().clone(), who.caller().clone());
    Ok(upgrade.max_message_size(LARGEST).max_frame_size(LARGEST).on_upgrade(move |socket| async move {
        let (near, far) = wire((ready.call().transport == Transport::Web).then_some(Port::BROWSER));
        let stop = app.stop.clone();
        let call = tokio::spawn(ready.run(near));
        tokio::select! {
            () = serve(&app, &caller, socket, far) => {}
            () = stop.cancelled() => {}
        }
        // the call ends by itself when nobody is at its other end; what it leaves behind is written all the same
        let _ = call.await;
    }))
}

/// Carries messages both ways until one side has ended, or the session of whoever talks has. A call may take longer than an
/// access token serves, so that does not end it.
async fn serve(app: &App, caller: &Caller, mut socket: WebSocket, mut far: Far) {
    let mut look = tokio::time::interval_at(tokio::time::Instant::now() + LOOK, LOOK);
    loop {
        tokio::select! {
            _ = look.tick() => {
                if is_over(app, caller).await {
                    return renew(&mut socket).await;
                }
            }
            out = far.from.recv() => {
                let Some(out) = out else {
                    let frame = CloseFrame { code: 1000, reason: "".into() };
                    send(&mut socket, Message::Close(Some(frame))).await;
                    return;
                };
                if let Some(message) = message(out) && !send(&mut socket, message).await {
                    return;
                }
            }
            incoming = socket.recv() => {
                let Some(Ok(incoming)) = incoming else { return };
                let said = match incoming {
                    Message::Text(text) => read(text.as_str()),
                    Message::Binary(sound) => Some(In::Sound(sound.to_vec())),
                    Message::Close(_) => return,
                    Message::Ping(_) | Message::Pong(_) => continue,
                };
                let Some(said) = said else {
                    let error = desk::Shown::Error { code: "invalid" };
                    if !send(&mut socket, Message::text(json(&error))).await {
                        return;
                    }
                    continue;
                };
                // sound that comes faster than it is heard is left out; words are not
                match said {
                    In::Sound(_) => drop(far.to.try_send(said)),
                    said => if far.to.send(said).await.is_err() {
                        return;
                    },
                }
            }
        }
    }
}

fn read(text: &str) -> Option<In> {
    Some(match serde_json::from_str(text).ok()? {
        Said::Say { text } if !text.trim().is_empty() && text.len() <= LONGEST_LINE => In::Text(text.trim().to_owned()),
        Said::Key { digits } if !digits.is_empty() && digits.len() <= 32 && digits.bytes().all(is_key) => {
            In::Keys(digits)
        }
        Said::HangUp => In::HangUp,
        Said::Say { .. } | Said::Key { .. } => return None,
    })
}

/// What a telephone has (ITU-T E.161).
fn is_key(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'*' || byte == b'#'
}

/// What a browser is sent; it has no keys to press, and calls are handed over by whoever takes them there.
fn message(out: Out) -> Option<Message> {
    match out {
        Out::Sound(sound) => Some(Message::Binary(Bytes::from(sound))),
        Out::Shown(shown) => Some(Message::text(json(&shown))),
        Out::Mark(_) | Out::Keys(_) | Out::HandOver { .. } | Out::HangUp => None,
    }
}

/// As JSON.
pub fn json(shown: &desk::Shown) -> String {
    serde_json::to_string(shown).unwrap_or_default()
}
