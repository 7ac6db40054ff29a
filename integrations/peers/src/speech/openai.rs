//! Chat completions as a stream of events.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use futures::stream;
use serde_json::{Value, json};

use super::{Oddity, Said, Scripted, Shared};

pub(super) async fn answer(shared: &Shared, body: &[u8], odd: Option<Oddity>) -> Response {
    let request: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let (answer, pace) = {
        let mut script = shared.script();
        script.requests.push(request);
        (script.answers.pop_front().unwrap_or_default(), script.pace.answers)
    };
    shared.changed.notify_waiters();
    if odd == Some(Oddity::Silence) {
        std::future::pending::<()>().await;
    }
    if !pace.is_zero() {
        tokio::time::sleep(pace).await;
    }
    let mut events = events(&answer);
    let ends = match odd {
        None => End::Whole,
        Some(Oddity::Rubbish) => {
            events = vec!["{\"choices\":".to_owned()];
            End::Whole
        }
        Some(Oddity::Says(said)) => {
            let text = |said| match said {
                Said::Text(text) => Some(text),
                Said::Sound(_) | Said::Close(_) => None,
            };
            events = said.into_iter().filter_map(text).collect();
            End::Open
        }
        Some(Oddity::Mute) => {
            events.clear();
            End::Open
        }
        Some(_) => {
            events.truncate(2);
            End::Broken
        }
    };
    let events = events.into_iter().map(|event| Ok(Bytes::from(format!("data: {event}\n\n"))));
    let body = match ends {
        End::Whole => Body::from_stream(stream::iter(events)),
        End::Open => Body::from_stream(stream::iter(events).chain(stream::pending())),
        End::Broken => {
            // what was sent before goes out first
            let broken = stream::once(async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Err(std::io::Error::other("it breaks"))
            });
            Body::from_stream(stream::iter(events).chain(broken))
        }
    };
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

enum End {
    Whole,
    Open,
    Broken,
}

fn events(answer: &Scripted) -> Vec<String> {
    let chunk = |delta: Value, reason: Option<&str>| {
        let choice = json!({ "index": 0, "delta": delta, "logprobs": null, "finish_reason": reason });
        envelope(json!([choice]), &Value::Null)
    };
    let mut all = vec![chunk(json!({ "role": "assistant", "content": "" }), None)];
    for word in answer.text.split_inclusive(' ') {
        all.push(chunk(json!({ "content": word }), None));
    }
    for (index, (name, arguments)) in answer.calls.iter().enumerate() {
        let first = json!({
            "index": index, "id": format!("call_{index}"), "type": "function",
            "function": { "name": name, "arguments": "" },
        });
        all.push(chunk(json!({ "tool_calls": [first] }), None));
        for character in arguments.chars() {
            let more = json!({ "index": index, "function": { "arguments": character.to_string() } });
            all.push(chunk(json!({ "tool_calls": [more] }), None));
        }
    }
    all.push(chunk(json!({}), Some(if answer.calls.is_empty() { "stop" } else { "tool_calls" })));
    all.push(envelope(json!([]), &json!({ "prompt_tokens": 50, "completion_tokens": 12, "total_tokens": 62 })));
    all.push("[DONE]".to_owned());
    all
}

fn envelope(choices: Value, usage: &Value) -> String {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_767_600_000, "model": "scripted",
        "choices": choices, "usage": usage,
    })
    .to_string()
}
