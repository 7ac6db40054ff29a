//! Watching a call that is under way, taking it over, ending it.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;
use platform::db::Caller;
use platform::error::Error;
use platform::extract::Path;
use platform::guard::Can;
use platform::live::{LOOK, is_over, renew, same_origin, send};
use platform::permission::{Permission as _, calls as may};
use platform::record::{Change, Look};
use platform::routes::Routes;
use platform::{App, Result, route};
use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;

use super::desk::{self, Live, Shown, Told};
use super::talk::{LONGEST_LINE, json};
use crate::CallId;
use crate::call::row;

/// The route of watching.
pub fn routes() -> Routes {
    Routes::new().route(route!(listen))
}

/// The call is not under way in this process.
const ELSEWHERE: u16 = 4404;
/// The largest message of theirs.
const LARGEST: usize = 16 * 1024;

/// What whoever watches says.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Said {
    TakeOver,
    Say { text: String },
    Release,
    HangUp,
}

/// Watch a call that is under way: first everything so far, then what is said as it is said, with what is sensitive left out.
/// Whoever may join calls sends `{"type":"take_over"}`, `{"type":"say","text"}`, `{"type":"release"}` or `{"type":"hang_up"}`.
/// The socket closes with 4404 when the call is not under way here, and with 4401 when the session is to be renewed.
#[utoipa::path(get, path = "/api/v1/calls/{id}/listen", tag = "voice",
    params(("id" = Uuid, Path, description = "The call")), responses((status = 101, description = "The socket is open")))]
async fn listen(
    who: Can<may::Read>,
    headers: HeaderMap,
    Path(id): Path<CallId>,
    upgrade: WebSocketUpgrade,
) -> Result<Response> {
    if !same_origin(&headers, &who.app().config.public_origin()) {
        return Err(Error::forbidden());
    }
    // watching is a look in the ledger, whatever will be said
    who.read_recorded(async move |tx| {
        let call = row::find(tx, id).await?.call();
        tx.record_read(Look::at("call_live", id.uuid()).of_patient(call.patient_id)).await
    })
    .await?;
    let watcher =
        Watcher { app: who.app().clone(), caller: who.caller().clone(), may_join: who.may(may::Join::NAME), call: id };
    let left = who.expires().duration_since(watcher.app.now()).try_into().unwrap_or(Duration::ZERO);
    let live = desk::find(who.practice(), id);
    Ok(upgrade.max_message_size(LARGEST).on_upgrade(move |socket| watcher.watch(socket, live, left)))
}

/// Whoever watches.
struct Watcher {
    app: App,
    caller: Caller,
    may_join: bool,
    call: CallId,
}

impl Watcher {
    async fn watch(self, mut socket: WebSocket, live: Option<Live>, left: Duration) {
        let Some(live) = live else {
            let frame = CloseFrame { code: ELSEWHERE, reason: "not under way here".into() };
            send(&mut socket, Message::Close(Some(frame))).await;
            return;
        };
        let stop = self.app.stop.clone();
        tokio::select! {
            () = self.serve(socket, live, left) => {}
            () = stop.cancelled() => {}
        }
    }

    async fn serve(self, mut socket: WebSocket, live: Live, left: Duration) {
        let mut news = live.watch();
        let _ = live.tell(Told::ShowAll);
        let end = tokio::time::sleep(left);
        tokio::pin!(end);
        let mut look = tokio::time::interval_at(tokio::time::Instant::now() + LOOK, LOOK);
        loop {
            let shown = tokio::select! {
                () = &mut end => return renew(&mut socket).await,
                _ = look.tick() => {
                    if is_over(&self.app, &self.caller).await {
                        return renew(&mut socket).await;
                    }
                    continue;
                }
                item = news.recv() => match item {
                    Ok(shown) => shown,
                    // something was missed: everything anew
                    Err(RecvError::Lagged(_)) => {
                        let _ = live.tell(Told::ShowAll);
                        continue;
                    }
                    Err(RecvError::Closed) => return,
                },
                incoming = socket.recv() => match incoming {
                    Some(Ok(Message::Text(text))) => match self.told(text.to_string(), live.clone()).await {
                        Some(code) => Shown::Error { code },
                        None => continue,
                    },
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    _ => return,
                },
            };
            if !send(&mut socket, Message::text(json(&shown))).await {
                return;
            }
        }
    }

    /// Does what whoever watches says; answers why not, otherwise.
    async fn told(&self, text: String, live: Live) -> Option<&'static str> {
        let Ok(said) = serde_json::from_str(&text) else { return Some("invalid") };
        if !self.may_join {
            return Some("forbidden");
        }
        let (told, joined) = match said {
            Said::TakeOver => (Told::TakeOver, Some(Joined::TakesOver)),
            Said::Release => (Told::Release, Some(Joined::Releases)),
            Said::HangUp => (Told::HangUp, Some(Joined::HangsUp)),
            Said::Say { text } if !text.trim().is_empty() && text.len() <= LONGEST_LINE => {
                (Told::Say(text.trim().to_owned()), None)
            }
            Said::Say { .. } => return Some("invalid"),
        };
        if let Some(joined) = joined
            && self.note(joined).await.is_err()
        {
            return Some("unavailable");
        }
        (!live.tell(told)).then_some("over")
    }

    /// The ledger knows who did it.
    async fn note(&self, joined: Joined) -> Result<()> {
        let call = self.call;
        self.app.door.write(&self.caller, async move |tx| tx.record(joined.change(call)).await).await
    }
}

/// How somebody joins a call.
#[derive(Clone, Copy)]
enum Joined {
    TakesOver,
    Releases,
    HangsUp,
}

impl Joined {
    fn change(self, call: CallId) -> Change {
        let action = match self {
            Self::TakesOver => "take_over",
            Self::Releases => "release",
            Self::HangsUp => "hang_up",
        };
        Change::done(action, "call", call.uuid())
    }
}
