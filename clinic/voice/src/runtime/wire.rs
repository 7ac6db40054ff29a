//! How a call is joined to whoever is at its other end: two bounded queues, whatever carries them.

use dialogue::flow::{Mode, TransferCase};
use platform::undisclosed;
use speech::Format;
use tokio::sync::mpsc;

use super::desk::Shown;

/// Messages that may wait each way: of frames of sound, two seconds.
const WAITING: usize = 100;

/// The sound of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    /// How it is written, both ways.
    pub format: Format,
    /// Whether it is a telephone's: it answers marks, says by itself which keys were pressed, and hands calls over.
    pub is_telephone: bool,
}

impl Port {
    /// A browser's: 16 kHz.
    pub const BROWSER: Self = Self { format: Format::Pcm16(16_000), is_telephone: false };
    /// A telephone's.
    pub const TELEPHONE: Self = Self { format: Format::Mulaw8k, is_telephone: true };
}

/// From the other end.
pub enum In {
    /// A written line.
    Text(String),
    /// Keys that were pressed.
    Keys(String),
    /// Twenty milliseconds of sound, as the line has it.
    Sound(Vec<u8>),
    /// What the line sounds like.
    Noise(dialogue::Sound),
    /// Everything up to this mark was played.
    Played(u64),
    /// Whether what is said can be heard there: not while keys are pressed.
    Open(bool),
    /// What came of handing the call over.
    HandedOver(TransferCase),
    /// They have ended it.
    HangUp,
}

/// To the other end.
pub enum Out {
    /// Twenty milliseconds of sound.
    Sound(Vec<u8>),
    /// To be answered once everything before it was played.
    Mark(u64),
    /// Keys to press.
    Keys(String),
    /// Hand the call over.
    HandOver {
        /// Whether they are told first.
        mode: Mode,
        /// To this number.
        to: String,
        /// What they are told.
        brief: String,
        /// For how long it rings.
        ring_seconds: u32,
    },
    /// The conversation is over: hang up, unless the call was handed over.
    HangUp,
    /// What is shown there.
    Shown(Shown),
}

undisclosed!(In, Out);

/// The call's end of it. When the other end is gone, nothing more comes.
#[derive(Debug)]
pub struct Wire {
    /// The sound of the line; none where everything is written.
    pub port: Option<Port>,
    /// To the other end.
    pub to: mpsc::Sender<Out>,
    /// From the other end.
    pub from: mpsc::Receiver<In>,
}

/// The other end's.
#[derive(Debug)]
pub struct Far {
    /// To the call.
    pub to: mpsc::Sender<In>,
    /// From the call.
    pub from: mpsc::Receiver<Out>,
}

/// Both ends of a line with that sound.
#[must_use]
pub fn wire(port: Option<Port>) -> (Wire, Far) {
    let ((to, far_from), (far_to, from)) = (mpsc::channel(WAITING), mpsc::channel(WAITING));
    (Wire { port, to, from }, Far { to: far_to, from: far_from })
}
