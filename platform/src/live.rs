//! Live updates: what changed, by id, to every open window of the practice whose role may see it.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::app::App;
use crate::db::{Caller, TenantTx};
use crate::error::{Error, Result};
use crate::guard::Can;
use crate::id::PracticeId;
use crate::outbox::Listener;
use crate::permission::{Rights, session, to_see};
use crate::routes::Routes;

const CHANNEL: &str = "vantage_live";
/// Notices that need no statement of their own.
const FEW: usize = 20;
/// Tells the client to renew its session and come back.
pub const RENEW: u16 = 4401;
/// Topics of which a change may end a session, or change its rights.
const RIGHTS: [&str; 2] = ["role", "staff"];
/// How often an open window is looked after: is it there, does its session live.
pub const LOOK: Duration = Duration::from_secs(25);

/// The route of live updates.
#[must_use]
pub fn routes() -> Routes {
    Routes::new().route(crate::route!(connect))
}

/// Something changed: where to look, never what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Notice {
    practice: PracticeId,
    topic: String,
    id: Uuid,
    version: Option<i32>,
}

#[derive(Clone, Debug)]
enum News {
    Notice(Notice),
    /// Something may have been missed: look at everything again.
    Resync,
}

/// The hub of this process.
#[derive(Clone, Debug)]
pub struct Live(broadcast::Sender<News>);

impl Default for Live {
    fn default() -> Self {
        Self(broadcast::channel(1024).0)
    }
}

/// Passes every event on to all server processes. One notification per told event, sent by the worker and not by the
/// request: PostgreSQL commits transactions that notify one after the other.
#[must_use]
pub fn listener() -> Listener {
    Listener {
        name: "live",
        wants: |_| true,
        handle: |tx, events| {
            Box::pin(async move {
                let news = events.iter().map(|event| (event.subject_type.as_str(), event.subject_id, event.version));
                tx.notify_live(news).await
            })
        },
    }
}

impl TenantTx {
    /// Tells the open windows that things have changed, by kind, id and version: for what changes too often to be an event.
    /// Only for the worker's transactions, as PostgreSQL commits those that notify one after the other.
    ///
    /// # Errors
    /// 503 when the database is away.
    pub async fn notify_live<'a>(
        &mut self,
        news: impl IntoIterator<Item = (&'a str, Uuid, Option<i32>)>,
    ) -> Result<()> {
        let practice = self.caller().practice;
        let notice = |(topic, id, version): (&str, Uuid, Option<i32>)| {
            serde_json::to_string(&Notice { practice, topic: topic.to_owned(), id, version })
        };
        let texts = news.into_iter().map(notice).collect::<Result<Vec<_>, _>>().map_err(Error::internal)?;
        if self.notices.len() + texts.len() <= FEW {
            self.notices.extend(texts);
        } else {
            sqlx::query!("select pg_notify($1, text) from unnest($2::text[]) text", CHANNEL, &texts)
                .execute(self.conn())
                .await?;
        }
        Ok(())
    }
}

/// The statement by which a commit tells few things, in one message with it; nothing, when there are none.
pub(crate) fn with_commit(notices: &[String]) -> String {
    if notices.is_empty() {
        return String::new();
    }
    // doubled quotes are all that a literal needs (PostgreSQL manual, 4.1.2.1); ids, topics and numbers have none anyhow
    let each = notices.iter().map(|text| format!("pg_notify('{CHANNEL}', '{}')", text.replace('\'', "''")));
    format!("select {}; ", each.collect::<Vec<_>>().join(", "))
}

/// Listens until the app stops.
pub async fn listen(app: App) {
    let send = |news| drop(app.live.0.send(news));
    let heard = |text: &str| match serde_json::from_str::<Notice>(text) {
        Ok(notice) => send(News::Notice(notice)),
        Err(error) => tracing::warn!(%error, "a notice that cannot be read"),
    };
    app.hear(CHANNEL, || send(News::Resync), heard).await;
}

/// Open a socket for live updates. The server sends `{"topic": "hello"}` when it listens, `{"topic", "id", "version"}`
/// for every change that the role may see, and `{"topic": "resync"}` when something may have been missed. It closes
/// with code 4401 when the access token runs out.
#[utoipa::path(get, path = "/api/v1/live", tag = "platform", responses((status = 101, description = "The socket is open")))]
async fn connect(who: Can<session::Read>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Result<Response> {
    if !same_origin(&headers, &who.app().config.public_origin()) {
        return Err(Error::forbidden());
    }
    // the signature alone does not say that the session lives; the transaction does
    who.read(async |_| Ok(())).await?;
    let window = Window { app: who.app().clone(), caller: who.caller().clone(), rights: who.rights().clone() };
    let left = who.expires().duration_since(window.app.now()).try_into().unwrap_or(Duration::ZERO);
    Ok(upgrade.max_message_size(1024).max_frame_size(1024).on_upgrade(move |socket| async move {
        let stop = window.app.stop.clone();
        tokio::select! {
            () = window.serve(socket, left) => {}
            () = stop.cancelled() => {}
        }
    }))
}

/// A page of another site must not open a socket with our cookies. Programs send no Origin and have no cookies.
#[must_use]
pub fn same_origin(headers: &HeaderMap, public_origin: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text("origin") else { return true };
    origin == public_origin || origin.split_once("://").is_some_and(|(_, host)| Some(host) == text("host"))
}

/// An open window and who sits at it.
struct Window {
    app: App,
    caller: Caller,
    rights: Rights,
}

impl Window {
    async fn serve(self, mut socket: WebSocket, left: Duration) {
        let mut news = self.app.live.0.subscribe();
        let end = tokio::time::sleep(left);
        tokio::pin!(end);
        // the first look was taken before the socket was opened
        let mut look = tokio::time::interval_at(tokio::time::Instant::now() + LOOK, LOOK);
        let mut next = Some(r#"{"topic":"hello"}"#.to_owned());
        loop {
            if let Some(text) = next.take()
                && !send(&mut socket, Message::text(text)).await
            {
                return;
            }
            tokio::select! {
                () = &mut end => return renew(&mut socket).await,
                _ = look.tick() => {
                    if is_over(&self.app, &self.caller).await {
                        return renew(&mut socket).await;
                    }
                    if !send(&mut socket, Message::Ping(Vec::new().into())).await {
                        return;
                    }
                }
                incoming = socket.recv() => if !matches!(incoming, Some(Ok(message)) if !matches!(message, Message::Close(_))) { return },
                item = news.recv() => next = match item {
                    Ok(News::Notice(notice)) if self.concerns(&notice) && is_over(&self.app, &self.caller).await => {
                        return renew(&mut socket).await;
                    }
                    Ok(News::Notice(notice)) => visible(&notice, self.caller.practice, &self.rights),
                    Ok(News::Resync) | Err(broadcast::error::RecvError::Lagged(_)) => Some(r#"{"topic":"resync"}"#.to_owned()),
                    Err(broadcast::error::RecvError::Closed) => return,
                },
            }
        }
    }

    /// Whether this may have changed what the person at this window may do: then the window should show it at once.
    fn concerns(&self, notice: &Notice) -> bool {
        notice.practice == self.caller.practice && RIGHTS.contains(&notice.topic.as_str())
    }
}

/// Whether somebody's session has ended meanwhile. A database that is away says nothing of that.
pub async fn is_over(app: &App, caller: &Caller) -> bool {
    let looked = app.door.read(caller, async |_| Ok(())).await;
    looked.is_err_and(|error| error.status() == StatusCode::UNAUTHORIZED)
}

/// False when the other side is gone, or takes nothing any more.
pub async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(tokio::time::timeout(Duration::from_secs(10), socket.send(message)).await, Ok(Ok(())))
}

/// Tells the client to renew its session and come back.
pub async fn renew(socket: &mut WebSocket) {
    let frame = CloseFrame { code: RENEW, reason: "renew the session".into() };
    send(socket, Message::Close(Some(frame))).await;
}

/// What a window of this practice with these rights is told: a topic needs the permission to see its kind.
fn visible(notice: &Notice, practice: PracticeId, rights: &Rights) -> Option<String> {
    let topic = &notice.topic;
    if notice.practice != practice || !rights.may(&to_see(topic)) {
        return None;
    }
    let Notice { id, version, .. } = notice;
    Some(serde_json::json!({ "topic": topic, "id": id, "version": version }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::Role;

    #[test]
    fn only_the_practice_and_the_role_hear() {
        let practice = PracticeId::new();
        let notice = Notice { practice, topic: "service".to_owned(), id: Uuid::nil(), version: Some(2) };
        assert!(
            visible(&notice, practice, &Rights::Of(Role::Receptionist))
                .is_some_and(|text| !text.contains(&practice.to_string()))
        );
        assert_eq!(visible(&notice, PracticeId::new(), &Rights::Of(Role::Owner)), None);
        let secret = Notice { topic: "no_such".to_owned(), ..notice };
        assert_eq!(visible(&secret, practice, &Rights::Of(Role::Owner)), None);
    }

    #[test]
    fn what_is_told_with_a_commit_is_one_literal_each() {
        assert_eq!(with_commit(&[]), "");
        let told = with_commit(&["{}".to_owned(), "it's".to_owned()]);
        assert_eq!(told, "select pg_notify('vantage_live', '{}'), pg_notify('vantage_live', 'it''s'); ");
    }

    #[test]
    fn other_sites_are_turned_away() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            pairs
                .iter()
                .map(|(name, value)| (name.parse().expect("name"), value.parse().expect("value")))
                .collect::<HeaderMap>()
        };
        let public = "https://vantage.example";
        assert!(same_origin(&headers(&[]), public));
        assert!(same_origin(&headers(&[("origin", "https://vantage.example")]), public));
        assert!(same_origin(&headers(&[("origin", "http://localhost:7180"), ("host", "localhost:7180")]), public));
        assert!(!same_origin(&headers(&[("origin", "https://evil.example"), ("host", "vantage.example")]), public));
    }
}
