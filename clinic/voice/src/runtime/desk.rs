//! The calls that this process carries: who watches them, and what people of the practice tell them to do.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use platform::id::PracticeId;
use platform::undisclosed;
use serde::Serialize;
use tokio::sync::{broadcast, mpsc};

use crate::CallId;
use crate::call::{EndedBy, Transport, Who};

/// What may wait for somebody who watches: who is slower is told everything anew.
const WATCHED: usize = 256;
/// What people may tell a call before it has listened.
const TOLD: usize = 16;

/// What those who watch a call are told, and whoever is at its other end in a browser.
#[derive(Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Shown {
    /// Everything so far.
    Snapshot {
        /// The node that it is in.
        node: Option<String>,
        /// Whether it is on hold.
        hold: bool,
        /// Whether somebody of the practice has taken it over.
        taken: bool,
        /// The lines so far.
        turns: Vec<Line>,
    },
    /// It has begun.
    Live {
        /// By what.
        transport: Transport,
    },
    /// A line, or the same line with more in it.
    Turn {
        /// The line.
        turn: Line,
    },
    /// What somebody is saying.
    Partial {
        /// Who.
        who: Who,
        /// So far.
        text: String,
    },
    /// It goes on there.
    Node {
        /// Its name in the flow.
        node: String,
    },
    /// It waits on hold, or no longer.
    Hold {
        /// Whether it does.
        on: bool,
    },
    /// Somebody of the practice speaks now, or the agent does again.
    Taken {
        /// Whether somebody does.
        on: bool,
    },
    /// What waits to be heard is not to be heard any more.
    Clear,
    /// It is over.
    Ended {
        /// In a word of its flow.
        outcome: Option<String>,
        /// Why.
        ended_by: EndedBy,
    },
    /// Something cannot be done.
    Error {
        /// What.
        code: &'static str,
    },
}

/// A line as those who watch see it: what is sensitive is left out.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// Its place, from 0.
    pub seq: i32,
    /// Who said it.
    pub who: Who,
    /// Where in the flow that was.
    pub node: Option<String>,
    /// Milliseconds since the beginning of the call.
    pub at_ms: i32,
    /// When it was over.
    pub ended_ms: Option<i32>,
    /// The words.
    pub text: String,
    /// Cut off by the other side.
    pub interrupted: bool,
}

/// What people of the practice tell a call.
#[derive(Clone)]
pub enum Told {
    /// Be silent: somebody of the practice speaks.
    TakeOver,
    /// What they say.
    Say(String),
    /// Go on by yourself.
    Release,
    /// End it.
    HangUp,
    /// Show everything so far to those who watch.
    ShowAll,
}

undisclosed!(Shown, Line, Told);

/// What a call has of the desk.
#[derive(Debug)]
pub struct Place {
    call: CallId,
    /// To those who watch.
    pub watched: broadcast::Sender<Shown>,
    /// From people of the practice.
    pub told: mpsc::Receiver<Told>,
}

impl Drop for Place {
    fn drop(&mut self) {
        desk().remove(&self.call);
    }
}

/// What others have of a call.
#[derive(Clone, Debug)]
pub struct Live {
    practice: PracticeId,
    watched: broadcast::Sender<Shown>,
    told: mpsc::Sender<Told>,
}

impl Live {
    /// What happens from now on.
    #[must_use]
    pub fn watch(&self) -> broadcast::Receiver<Shown> {
        self.watched.subscribe()
    }

    /// Tells the call something; false when it is over, or does not listen.
    #[must_use]
    pub fn tell(&self, told: Told) -> bool {
        self.told.try_send(told).is_ok()
    }
}

/// A call begins here; none, when it is here already.
pub fn begin(practice: PracticeId, call: CallId) -> Option<Place> {
    let (watched, _) = broadcast::channel(WATCHED);
    let (to, told) = mpsc::channel(TOLD);
    let live = Live { practice, watched: watched.clone(), told: to };
    let mut desk = desk();
    if desk.contains_key(&call) {
        return None;
    }
    desk.insert(call, live);
    Some(Place { call, watched, told })
}

/// The call of that practice, if this process carries it.
pub fn find(practice: PracticeId, call: CallId) -> Option<Live> {
    desk().get(&call).filter(|live| live.practice == practice).cloned()
}

fn desk() -> std::sync::MutexGuard<'static, HashMap<CallId, Live>> {
    static DESK: LazyLock<Mutex<HashMap<CallId, Live>>> = LazyLock::new(Mutex::default);
    DESK.lock().unwrap_or_else(PoisonError::into_inner)
}
