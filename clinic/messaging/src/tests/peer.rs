//! The other side: a server that takes what Twilio and SendGrid take, and answers as it is told to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use platform::clock::Clock;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use twilio::Form;

/// How it answers when it is given a message.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// It takes it.
    Take,
    /// It takes it, and nobody hears of that.
    TakeAndHangUp,
    /// It hangs up before it has looked.
    HangUp,
    /// It answers with this status, code and `Retry-After`.
    Refuse(u16, u32, Option<u32>),
}

#[derive(Default)]
struct Seen {
    steps: VecDeque<Step>,
    messages: Vec<Value>,
    given: usize,
    asked: usize,
    mails: Vec<Value>,
}

#[derive(Clone)]
pub struct Peer {
    pub address: SocketAddr,
    clock: Clock,
    seen: Arc<Mutex<Seen>>,
}

impl Peer {
    /// Listens there.
    pub fn on(listener: TcpListener, clock: Clock) -> Self {
        let address = listener.local_addr().expect("an address");
        let peer = Self { address, clock, seen: Arc::default() };
        let router = Router::new().fallback(answer).with_state(peer.clone());
        tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        peer
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers the next messages so; then it takes all.
    pub fn script(&self, steps: &[Step]) {
        self.seen.lock().expect("whole").steps = steps.iter().copied().collect();
    }

    /// How often it was given a message, and asked for what it has.
    pub fn counts(&self) -> (usize, usize) {
        let seen = self.seen.lock().expect("whole");
        (seen.given, seen.asked)
    }

    /// Messages that it has.
    pub fn has(&self) -> Vec<Value> {
        self.seen.lock().expect("whole").messages.clone()
    }

    /// Mails that it has.
    pub fn mails(&self) -> Vec<Value> {
        self.seen.lock().expect("whole").mails.clone()
    }

    fn take(&self, form: &Form) -> Value {
        let mut seen = self.seen.lock().expect("whole");
        let now = rfc2822::to_string(&self.clock.now().to_zoned(TimeZone::UTC)).expect("a date");
        let field = |name: &str| form.get(name).map(str::to_owned);
        let message = json!({ "sid": format!("SM{:032x}", seen.messages.len() + 1), "status": "queued", "to": field("To"),
            "from": field("From"), "body": field("Body"), "direction": "outbound-api", "error_code": null,
            "date_created": now, "date_sent": null, "callback": field("StatusCallback") });
        seen.messages.push(message.clone());
        message
    }
}

/// Nobody hears of what was done: the connection ends without an answer.
fn hang_up() -> Response {
    panic!("the peer hangs up");
}

async fn answer(State(peer): State<Peer>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, 30_000_000).await.expect("a body");
    let path = parts.uri.path().to_owned();
    match (parts.method.as_str(), path.as_str()) {
        ("GET", "/v3/scopes") => axum::Json(json!({ "scopes": ["mail.send"] })).into_response(),
        ("GET", path) if path.ends_with("/Messages.json") => {
            let mut seen = peer.seen.lock().expect("whole");
            seen.asked += 1;
            let query = Form::read(parts.uri.query().unwrap_or_default().as_bytes());
            let to = query.get("To").map(str::to_owned);
            let all: Vec<&Value> =
                seen.messages.iter().filter(|message| message["to"].as_str() == to.as_deref()).collect();
            axum::Json(json!({ "messages": all, "next_page_uri": null })).into_response()
        }
        ("GET", _) => {
            axum::Json(json!({ "sid": "AC00000000000000000000000000000001", "status": "active" })).into_response()
        }
        ("POST", path) => {
            let step = {
                let mut seen = peer.seen.lock().expect("whole");
                seen.given += 1;
                seen.steps.pop_front().unwrap_or(Step::Take)
            };
            let take = || {
                if path == "/v3/mail/send" {
                    let mail = serde_json::from_slice(&body).expect("a mail");
                    peer.seen.lock().expect("whole").mails.push(mail);
                    return (StatusCode::ACCEPTED, [("x-message-id", "taken-1")], "").into_response();
                }
                (StatusCode::CREATED, axum::Json(peer.take(&Form::read(&body)))).into_response()
            };
            match step {
                Step::Take => take(),
                Step::TakeAndHangUp => {
                    take();
                    hang_up()
                }
                Step::HangUp => hang_up(),
                Step::Refuse(status, code, after) => {
                    let status = StatusCode::from_u16(status).expect("a status");
                    let mut answer =
                        (status, axum::Json(json!({ "code": code, "message": "no", "status": status.as_u16() })))
                            .into_response();
                    if let Some(after) = after {
                        answer.headers_mut().insert("retry-after", after.into());
                    }
                    answer
                }
            }
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
