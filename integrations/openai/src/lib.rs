//! Language models behind the chat completions of OpenAI, which many others offer as well: a [`speech::Model`].
//!
//! Read: <https://platform.openai.com/docs/api-reference/chat>. An answer streams as server-sent events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>), one JSON in each.

mod answer;
mod model;
mod request;
mod stream;

pub use model::{ChatModel, Settings};
pub use request::Limit;
