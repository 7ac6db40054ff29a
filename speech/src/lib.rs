//! Sound and speech, and nothing about clinics: what a call hears and says, as numbers, and the ports behind which those who
//! recognise, answer and speak can be exchanged.

mod babble;
mod dtmf;
mod ear;
mod format;
mod front;
mod hum;
mod local;
pub mod mulaw;
mod player;
mod ports;
mod resample;
mod saying;
mod signals;
mod spectrum;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod turn;

mod vad;
mod words;

pub use dtmf::Dtmf;
pub use ear::{Ear, Noticed, Verdict};
pub use front::{Front, Heeded, Noted};
pub use hum::Hum;
pub use local::{LocalVoice, Program};
pub use player::{Account, LEAD, Order, Player};
pub use resample::Resampler;
pub use signals::Signal;
pub use turn::{Event, Settings, Turns, Why};
pub use vad::{Earshot, Vad};
pub use words::Expected;

pub use ports::{
    Answering, Format, Heard, Hearing, Kept, Line, Listening, Message, Model, Piece, Question, Recogniser, Saying,
    Sound, Speaking, Spoken, Tool, ToolCall, Trouble, Usage, Voice,
};
