//! What a call needs from others: somebody who recognises what is said, one who answers, one who speaks.
//!
//! Each gives a [`Line`]: two bounded queues and the task that serves them, which ends when the line is dropped. So whoever
//! holds a line can wait for it together with everything else, and nothing of a call outlives it.

use std::fmt;
use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How sound is written: one channel, nothing in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// µ-law at 8 kHz (ITU-T G.711), as telephones speak.
    Mulaw8k,
    /// Signed 16 bits, little endian, at so many Hertz.
    Pcm16(u32),
}

/// Whoever turns speech into text.
pub trait Recogniser: Send + Sync {
    /// Opens a line for one call.
    fn open<'a>(&'a self, wish: &'a Listening) -> BoxFuture<'a, Result<Line<Hearing, Heard>, Trouble>>;
}

/// Whoever answers: a language model.
pub trait Model: Send + Sync {
    /// Asks; what comes back ends with [`Piece::Done`] or an error. Dropping the line stops it.
    fn ask<'a>(&'a self, question: Question) -> BoxFuture<'a, Result<Line<Answering, Piece>, Trouble>>;
}

/// Whoever turns text into speech.
pub trait Voice: Send + Sync {
    /// Opens a line for one call.
    fn open<'a>(&'a self, format: Format) -> BoxFuture<'a, Result<Line<Saying, Spoken>, Trouble>>;
}

/// Two queues, and the task between them and whoever is at the other end.
#[derive(Debug)]
pub struct Line<To, From> {
    /// What they are told. It is full when they do not keep up.
    pub to: mpsc::Sender<To>,
    /// What they answer. It ends behind an error, and when the other end has hung up.
    pub from: mpsc::Receiver<Result<From, Trouble>>,
    /// Keeps the task.
    pub kept: Kept,
}

/// A task that ends with whoever holds this.
#[derive(Debug)]
pub struct Kept(JoinHandle<()>);

impl From<JoinHandle<()>> for Kept {
    fn from(task: JoinHandle<()>) -> Self {
        Self(task)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What to listen to.
#[derive(Clone, Debug)]
pub struct Listening {
    /// How the sound is written.
    pub format: Format,
    /// BCP 47: `en-US`, `ar-SA`.
    pub language: String,
    /// Words that are likely.
    pub terms: Vec<String>,
}

/// For a recogniser.
pub enum Hearing {
    /// More sound.
    Sound(Sound),
    /// The speaker has stopped: say at once what that was.
    Finish,
    /// Nothing comes for a while; keep the line open and count nothing.
    Pause,
}

/// A piece of sound in the format that was agreed on.
pub struct Sound(pub Vec<u8>);

impl fmt::Debug for Sound {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Sound({} bytes)", self.0.len())
    }
}

/// From a recogniser.
#[derive(Clone, PartialEq)]
pub enum Heard {
    /// Somebody has begun to speak.
    Began,
    /// What it sounds like so far; replaces the partial before.
    Partial(String),
    /// What was said. Behind a `Finish` comes at least one, maybe empty, with `finished`.
    Final {
        /// The words.
        text: String,
        /// It answers a [`Hearing::Finish`].
        finished: bool,
    },
    /// The recogniser thinks that the speaker has ended.
    Ended,
}

/// What a model is asked.
#[derive(Clone)]
pub struct Question {
    /// What was said so far, the instructions first.
    pub messages: Vec<Message>,
    /// What it may call.
    pub tools: Vec<Tool>,
    /// The most tokens of an answer.
    pub longest: u32,
}

/// A line of what was said.
#[derive(Clone, PartialEq)]
pub enum Message {
    /// Instructions.
    System(String),
    /// What the other side said.
    User(String),
    /// What the model said, and what it called.
    Assistant {
        /// The words, maybe none.
        text: String,
        /// The calls.
        calls: Vec<ToolCall>,
    },
    /// What came of a call.
    Tool {
        /// Of which one.
        id: String,
        /// The answer.
        text: String,
    },
}

/// Something that a model may call.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// When to call it.
    pub description: String,
    /// A JSON schema of its arguments.
    pub parameters: Value,
}

/// That a model calls something.
#[derive(Clone, PartialEq)]
pub struct ToolCall {
    /// By which the answer refers to it.
    pub id: String,
    /// What it calls.
    pub name: String,
    /// The arguments as they came: maybe no JSON at all.
    pub arguments: String,
}

/// For a model: nothing can be said once it was asked.
#[derive(Debug)]
pub enum Answering {}

/// From a model.
#[derive(Clone, PartialEq)]
pub enum Piece {
    /// More of what it says.
    Text(String),
    /// A call, whole.
    Call(ToolCall),
    /// That was all.
    Done(Usage),
}

/// What an answer took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the question.
    pub asked: u32,
    /// Tokens of the answer.
    pub answered: u32,
}

/// For whoever speaks. What is said under one number is one utterance.
pub enum Saying {
    /// More words of an utterance.
    Say {
        /// Its number.
        utterance: u64,
        /// The words.
        text: String,
    },
    /// No more words of it will come.
    Finish {
        /// Its number.
        utterance: u64,
    },
    /// Nobody wants to hear it any more.
    Stop {
        /// Its number.
        utterance: u64,
    },
}

/// From whoever speaks.
#[derive(Debug)]
pub enum Spoken {
    /// More sound of an utterance, in the format that was agreed on.
    Sound {
        /// Its number.
        utterance: u64,
        /// The sound.
        sound: Sound,
    },
    /// All of an utterance was spoken.
    Done {
        /// Its number.
        utterance: u64,
    },
}

/// A setting of a voice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaking {
    /// The voice, as its provider calls it.
    pub voice: String,
    /// The provider's model.
    pub model: String,
    /// BCP 47.
    pub language: String,
}

/// Why somebody at the other end of a line does not do what they should. It says nothing of what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Stable: `auth`, `rate_limited`, `refused`, `unavailable`, `timeout`, `protocol`.
    pub code: &'static str,
    /// Whether the same may go well a little later.
    pub is_transient: bool,
    /// Not before.
    pub after: Option<Duration>,
}

impl Trouble {
    /// Of that code; transient when the other side is away, slow or busy.
    #[must_use]
    pub fn new(code: &'static str) -> Self {
        Self { code, is_transient: matches!(code, "rate_limited" | "unavailable" | "timeout"), after: None }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.code)
    }
}

impl std::error::Error for Trouble {}

/// Types that hold what was said print nothing of it.
macro_rules! silent {
    ($($name:ident)+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}
silent!(Hearing Heard Question Message ToolCall Piece Saying);
