//! Conversations as data: what a call is about, what may be said and done in it, and how it goes on. Nothing about clinics,
//! sound or networks.

mod check;
mod engine;
mod fault;
pub mod flow;
mod folder;
pub mod scenario;
mod schema;
mod scripted;
pub mod services;
mod template;
mod words;
mod yaml;

pub use engine::{
    Context, Conversation, Counts, Effect, Ending, Event, Evidence, Found, Kept, Message, Missing, Outcome, Part,
    Party, Passed, Question, Refusal, Secret, Sound, Tool, ToolCall, Turn, Utterance,
};
pub use fault::Fault;
pub use flow::{Flow, Source};
pub use folder::{Folder, Trouble, read_schema};
pub use schema::{Choice, Field, Kind, Label, Problem, Schema, Values};
pub use scripted::{Piece, Script};
pub use template::{Template, Wording};
