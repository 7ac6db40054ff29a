//! What the lines to those who recognise, answer and speak have in common, and nothing of any of them: a WebSocket that
//! reaches only what the settings name and notices when nobody is there any more, the task between it and a
//! [`speech::Line`], the utterances of a voice, and what a refusal means.
//!
//! A service is a [`Dialect`]: what is sent for a wish, and what is told of an answer. It has no socket, clock or task.

mod serve;
mod socket;
mod speaker;
pub mod trouble;

pub use serve::{Dialect, Out, serve};
pub use socket::{Came, Dialer, Frame, Patience, Socket};
pub use speaker::{Read, Speaker, Tongue};
