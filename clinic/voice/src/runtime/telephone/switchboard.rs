//! Where the streams and messages of a call find the task that carries it.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use axum::extract::ws::WebSocket;
use platform::phi::Phi;
use tokio::sync::mpsc;
use twilio::CallStatus;
use twilio::media::Start;
use uuid::Uuid;

use super::Account;
use crate::CallId;

/// What may wait for a call: it takes things up at once.
const WAITING: usize = 16;

/// A stream that has begun.
#[derive(Debug)]
pub struct Leg {
    /// Its socket.
    pub socket: WebSocket,
    /// What it said first.
    pub start: Start,
}

/// What comes for a call.
#[derive(Debug)]
pub enum Arrival {
    /// What the other side says, for the whole call.
    Ear(Box<Leg>),
    /// What is said to them.
    Mouth(Box<Leg>),
    /// How the call goes.
    Status(CallStatus),
    /// How the call to whoever takes over goes.
    SupervisorStatus(CallStatus),
    /// They take it, or do not want to.
    SupervisorSays(bool),
    /// The call to them has been made, under that id; or could not be.
    SupervisorCalled(Option<String>),
    /// What the line was told could not be done.
    Refused,
}

/// What is known of a call to whoever brings something for it.
#[derive(Clone, Debug)]
pub struct Expected {
    /// To the call.
    pub to: mpsc::Sender<Arrival>,
    /// What proves that a message is Twilio's.
    pub auth: Phi<String>,
    /// Where the other side waits while somebody takes over.
    pub conference: String,
    /// `en` or `ar`.
    pub language: String,
}

/// The place of a call, until it is dropped.
#[derive(Debug)]
pub struct Seat {
    token: String,
    conference: String,
    /// What comes for it.
    pub arrivals: mpsc::Receiver<Arrival>,
    /// So that it can be told something from within.
    pub to: mpsc::Sender<Arrival>,
}

impl Seat {
    /// What the addresses of the call end with; nobody can guess it.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Where the other side waits while somebody takes over.
    #[must_use]
    pub fn conference(&self) -> String {
        self.conference.clone()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        board().remove(&self.token);
    }
}

/// Makes a place for a call.
pub fn sit_down(account: &Account, call: CallId, language: &str) -> Seat {
    let (to, arrivals) = mpsc::channel(WAITING);
    let (token, conference) = (Uuid::new_v4().simple().to_string(), format!("call-{call}"));
    let expected = Expected {
        to: to.clone(),
        auth: account.token.clone(),
        conference: conference.clone(),
        language: language.to_owned(),
    };
    board().insert(token.clone(), expected);
    Seat { token, conference, arrivals, to }
}

/// The call that an address belongs to.
pub fn find(token: &str) -> Option<Expected> {
    board().get(token).cloned()
}

fn board() -> std::sync::MutexGuard<'static, HashMap<String, Expected>> {
    static BOARD: LazyLock<Mutex<HashMap<String, Expected>>> = LazyLock::new(Mutex::default);
    BOARD.lock().unwrap_or_else(PoisonError::into_inner)
}
