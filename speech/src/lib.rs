//! Sound and speech, and nothing about clinics: what a call hears and says, as numbers, and the ports behind which those who
//! recognise, answer and speak can be exchanged.

mod ports;

pub use ports::{
    Answering, Format, Heard, Hearing, Kept, Line, Listening, Message, Model, Piece, Question, Recogniser, Saying,
    Sound, Speaking, Spoken, Tool, ToolCall, Trouble, Usage, Voice,
};
