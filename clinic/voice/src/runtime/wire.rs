//! How a call is joined to whoever is at its other end: two bounded queues, whatever carries them.

use platform::undisclosed;
use tokio::sync::mpsc;

use super::desk::Shown;

/// Messages that may wait each way: of frames of sound, two seconds.
const WAITING: usize = 100;

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
    /// They have ended it.
    HangUp,
}

/// To the other end.
pub enum Out {
    /// Twenty milliseconds of sound.
    Sound(Vec<u8>),
    /// What is shown there.
    Shown(Shown),
}

undisclosed!(In, Out);

/// The call's end of it. When the other end is gone, nothing more comes.
#[derive(Debug)]
pub struct Wire {
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

/// Both ends.
#[must_use]
pub fn wire() -> (Wire, Far) {
    let ((to, far_from), (far_to, from)) = (mpsc::channel(WAITING), mpsc::channel(WAITING));
    (Wire { to, from }, Far { to: far_to, from: far_from })
}
