//! A look-alike of Retell: it makes calls, or says that it did not, and lists those that it made.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

/// The look-alike, until it is dropped.
pub struct Peer {
    pub url: String,
    state: Arc<Mutex<Kept>>,
    serving: JoinHandle<()>,
}

struct Kept {
    /// What it answers when a call is to be made.
    status: u16,
    /// Whether a call comes of it even if the answer says that nobody knows.
    makes: bool,
    asked: Vec<(String, Value)>,
    calls: Vec<Value>,
}

impl Peer {
    pub async fn start(status: u16, makes: bool) -> Self {
        let kept = Kept { status, makes, asked: Vec::new(), calls: Vec::new() };
        let state = Arc::new(Mutex::new(kept));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&state));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
        Self { url, state, serving }
    }

    /// What it answers from now on when a call is to be made.
    pub fn will_answer(&self, status: u16) {
        self.state.lock().expect("nobody panicked").status = status;
    }

    /// Paths and bodies of what was asked so far.
    pub fn asked(&self) -> Vec<(String, Value)> {
        self.state.lock().expect("nobody panicked").asked.clone()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(State(state): State<Arc<Mutex<Kept>>>, uri: Uri, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).expect("json");
    let mut kept = state.lock().expect("nobody panicked");
    let path = uri.path().to_owned();
    kept.asked.push((path.clone(), body.clone()));
    if path == "/v3/list-calls" {
        let ours = &body["filter_criteria"]["metadata"][0]["value"];
        let is_ours = |call: &&Value| call["metadata"]["vantage_call"] == *ours;
        let items: Vec<_> = kept.calls.iter().filter(is_ours).cloned().collect();
        return json!({ "items": items, "has_more": false }).to_string().into_response();
    }
    let status = StatusCode::from_u16(kept.status).expect("a status");
    let call = json!({ "call_id": format!("made_{}", kept.calls.len() + 1), "call_status": "registered",
        "metadata": body["metadata"], "access_token": "token_of_the_browser" });
    if status.is_success() || kept.makes {
        kept.calls.push(call.clone());
    }
    (status, call.to_string()).into_response()
}
