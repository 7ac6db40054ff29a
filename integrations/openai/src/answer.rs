//! What streams back: <https://platform.openai.com/docs/api-reference/chat-streaming>.

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::Value;
use speech::{Piece, ToolCall, Trouble, Usage};

use crate::stream::Events;

/// Most calls of an answer, and most bytes of the arguments of all.
const MOST_CALLS: usize = 32;
const MOST_ARGUMENTS: usize = 262_144;

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Tokens>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
    tool_calls: Option<Vec<Fragment>>,
}

#[derive(Deserialize)]
struct Fragment {
    /// Some leave it out of an answer with one call.
    #[serde(default)]
    index: u32,
    id: Option<String>,
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    name: Option<String>,
    arguments: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
}

/// An answer as it comes together.
#[derive(Default)]
pub(crate) struct Answer {
    calls: Vec<(u32, ToolCall)>,
    arguments: usize,
    usage: Usage,
    /// A reason for its end was given.
    is_finished: bool,
}

impl Answer {
    /// All events that are whole; whether there was one.
    ///
    /// # Errors
    /// See [`Answer::read`].
    pub(crate) fn read_all(&mut self, events: &mut Events, pieces: &mut VecDeque<Piece>) -> Result<bool, Trouble> {
        let mut any = false;
        while let Some(data) = events.next() {
            self.read(&data, pieces)?;
            any = true;
        }
        Ok(any)
    }

    /// The data of an event. What comes of it is appended; [`Piece::Done`] is the last.
    ///
    /// # Errors
    /// When it says that something went wrong, or is not of this form.
    fn read(&mut self, data: &[u8], pieces: &mut VecDeque<Piece>) -> Result<(), Trouble> {
        if data.trim_ascii() == b"[DONE]" {
            self.end(pieces);
            return Ok(());
        }
        let chunk: Chunk = serde_json::from_slice(data).map_err(|_| Trouble::new("protocol"))?;
        if let Some(error) = chunk.error.filter(|error| !error.is_null()) {
            return Err(of_error(&error));
        }
        if let Some(tokens) = chunk.usage {
            self.usage = Usage { asked: tokens.prompt_tokens, answered: tokens.completion_tokens };
        }
        // one answer was asked for; the piece with the usage has none
        let Some(choice) = chunk.choices.into_iter().next() else { return Ok(()) };
        if let Some(delta) = choice.delta {
            if let Some(text) = delta.content.filter(|text| !text.is_empty()) {
                pieces.push_back(Piece::Text(text));
            }
            for fragment in delta.tool_calls.into_iter().flatten() {
                self.add(fragment)?;
            }
        }
        match choice.finish_reason.as_deref() {
            None => {}
            // it was cut off by those who watch over it
            Some("content_filter") => return Err(Trouble::new("refused")),
            Some(_) => {
                self.is_finished = true;
                pieces.extend(self.calls.drain(..).map(|(_, call)| Piece::Call(call)));
            }
        }
        Ok(())
    }

    /// The stream ended, which some do without saying `[DONE]`: an event, in a way.
    ///
    /// # Errors
    /// `unavailable` when it is in the middle of an answer.
    pub(crate) fn cut(&mut self, pieces: &mut VecDeque<Piece>) -> Result<bool, Trouble> {
        if !self.is_finished {
            return Err(Trouble::new("unavailable"));
        }
        self.end(pieces);
        Ok(true)
    }

    fn end(&mut self, pieces: &mut VecDeque<Piece>) {
        pieces.extend(self.calls.drain(..).map(|(_, call)| Piece::Call(call)));
        pieces.push_back(Piece::Done(self.usage));
    }

    /// Id and name come first, the arguments bit by bit. Another id under the same index is another call: some give every
    /// call the index 0.
    fn add(&mut self, fragment: Fragment) -> Result<(), Trouble> {
        let id = fragment.id.filter(|id| !id.is_empty());
        let known = self.calls.iter().rposition(|(index, _)| *index == fragment.index);
        let same = known.filter(|at| id.as_ref().is_none_or(|id| *id == self.calls[*at].1.id));
        let at = same.unwrap_or(self.calls.len());
        if at == MOST_CALLS {
            return Err(Trouble::new("protocol"));
        }
        if same.is_none() {
            let id = id.unwrap_or_else(|| format!("call_{at}"));
            self.calls.push((fragment.index, ToolCall { id, name: String::new(), arguments: String::new() }));
        }
        let call = &mut self.calls[at].1;
        let Some(function) = fragment.function else { return Ok(()) };
        if let Some(name) = function.name.filter(|_| call.name.is_empty()) {
            call.name = name;
        }
        if let Some(arguments) = function.arguments {
            self.arguments += arguments.len();
            call.arguments.push_str(&arguments);
        }
        if self.arguments > MOST_ARGUMENTS { Err(Trouble::new("protocol")) } else { Ok(()) }
    }
}

/// From the `error` of a body or an event: a type or code in words, with some providers a status
/// (<https://platform.openai.com/docs/guides/error-codes>). Their message is left where it is.
pub(crate) fn of_error(error: &Value) -> Trouble {
    let status = error["code"].as_u64().or_else(|| error["status"].as_u64()).and_then(|code| u16::try_from(code).ok());
    if let Some(status) = status.filter(|status| *status >= 400) {
        return lines::trouble::of_status(status, None);
    }
    let says = |word: &str| error["code"] == word || error["type"] == word;
    Trouble::new(if says("insufficient_quota") {
        // waiting buys nothing
        "refused"
    } else if says("rate_limit_exceeded") || says("rate_limit_error") || says("tokens") || says("requests") {
        "rate_limited"
    } else if says("invalid_api_key") || says("authentication_error") || says("permission_error") {
        "auth"
    } else if says("invalid_request_error") || says("content_filter") || says("context_length_exceeded") {
        "refused"
    } else {
        "unavailable"
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(chunks: &[Value]) -> Result<Vec<Piece>, Trouble> {
        let (mut answer, mut pieces) = (Answer::default(), VecDeque::new());
        for chunk in chunks {
            answer.read(chunk.to_string().as_bytes(), &mut pieces)?;
        }
        answer.cut(&mut pieces)?;
        Ok(pieces.into())
    }

    fn calls(fragments: Value) -> Value {
        json!({ "choices": [{ "delta": { "tool_calls": fragments }, "finish_reason": null }] })
    }

    fn end() -> Value {
        json!({ "choices": [{ "delta": {}, "finish_reason": "tool_calls" }] })
    }

    fn call(id: &str, name: &str, arguments: &str) -> Piece {
        Piece::Call(ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_owned() })
    }

    #[test]
    fn fragments_of_several_calls_find_each_other() {
        let answer = read(&[
            calls(json!([{ "index": 0, "id": "a", "function": { "name": "x", "arguments": "" } }])),
            calls(json!([{ "index": 1, "id": "b", "function": { "name": "y", "arguments": "{" } }])),
            calls(
                json!([{ "index": 0, "function": { "arguments": "{}" } }, { "index": 1, "function": { "arguments": "}" } }]),
            ),
            end(),
        ]);
        let expected = vec![call("a", "x", "{}"), call("b", "y", "{}"), Piece::Done(Usage::default())];
        assert_eq!(answer, Ok(expected));
    }

    #[test]
    fn calls_without_index_or_id_are_understood() {
        let answer = read(&[
            calls(json!([{ "id": "a", "function": { "name": "x", "arguments": "1" } }])),
            calls(json!([{ "id": "b", "function": { "name": "x", "arguments": "2" } }])),
            calls(json!([{ "id": "", "function": { "name": "x", "arguments": "3" } }])),
            end(),
        ]);
        assert_eq!(answer, Ok(vec![call("a", "x", "1"), call("b", "x", "23"), Piece::Done(Usage::default())]));
        let answer = read(&[calls(json!([{ "index": 4, "function": { "name": "x" } }])), end()]);
        assert_eq!(answer, Ok(vec![call("call_0", "x", ""), Piece::Done(Usage::default())]));
    }

    #[test]
    fn no_answer_grows_without_end() {
        let huge = "x".repeat(MOST_ARGUMENTS + 1);
        let huge = read(&[calls(json!([{ "index": 0, "id": "a", "function": { "arguments": huge } }]))]);
        assert_eq!(huge, Err(Trouble::new("protocol")));
        let many: Vec<Value> =
            (0..=MOST_CALLS).map(|index| json!({ "index": index, "id": index.to_string() })).collect();
        assert_eq!(read(&[calls(json!(many))]), Err(Trouble::new("protocol")));
    }

    #[test]
    fn an_error_says_what_to_do() {
        for (error, code) in [
            (json!({ "type": "insufficient_quota", "code": "insufficient_quota" }), "refused"),
            (json!({ "type": "tokens", "code": "rate_limit_exceeded" }), "rate_limited"),
            (json!({ "type": "invalid_request_error", "code": "invalid_api_key" }), "auth"),
            (json!({ "type": "invalid_request_error", "code": null }), "refused"),
            (json!({ "type": "server_error", "message": "invalid_api_key" }), "unavailable"),
            (json!({ "code": 429 }), "rate_limited"),
            (json!({ "code": 502 }), "unavailable"),
            (json!("oh"), "unavailable"),
        ] {
            assert_eq!(read(&[json!({ "error": error })]), Err(Trouble::new(code)), "{error}");
        }
        let filtered = json!({ "choices": [{ "delta": {}, "finish_reason": "content_filter" }] });
        assert_eq!(read(&[filtered]), Err(Trouble::new("refused")));
        assert_eq!(read(&[calls(json!([]))]), Err(Trouble::new("unavailable")), "the middle of an answer");
    }
}
