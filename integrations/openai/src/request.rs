//! What is asked: <https://platform.openai.com/docs/api-reference/chat/create>.

use serde_json::{Map, Value, json};
use speech::{Message, Question, Tool, ToolCall};

use crate::model::Settings;

/// How a provider calls the most tokens of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limit {
    /// `max_completion_tokens`, which OpenAI's reasoning models insist on.
    #[default]
    MaxCompletionTokens,
    /// `max_tokens`, which OpenAI deprecates and others know only.
    MaxTokens,
}

/// The body of a request.
pub(crate) fn body(settings: &Settings, question: &Question) -> Value {
    let limit = match settings.limit {
        Limit::MaxCompletionTokens => "max_completion_tokens",
        Limit::MaxTokens => "max_tokens",
    };
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(settings.model));
    body.insert("stream".to_owned(), json!(true));
    body.insert("stream_options".to_owned(), json!({ "include_usage": true }));
    body.insert("messages".to_owned(), question.messages.iter().map(message).collect());
    body.insert(limit.to_owned(), json!(question.longest));
    if let Some(temperature) = settings.temperature {
        body.insert("temperature".to_owned(), json!(temperature));
    }
    // an empty list is refused
    if !question.tools.is_empty() {
        body.insert("tools".to_owned(), question.tools.iter().map(tool).collect());
        body.insert("tool_choice".to_owned(), json!("auto"));
    }
    Value::Object(body)
}

fn message(message: &Message) -> Value {
    match message {
        Message::System(text) => json!({ "role": "system", "content": text }),
        Message::User(text) => json!({ "role": "user", "content": text }),
        Message::Assistant { text, calls } if calls.is_empty() => json!({ "role": "assistant", "content": text }),
        Message::Assistant { text, calls } => {
            let content = Some(text).filter(|text| !text.is_empty());
            let calls: Vec<Value> = calls.iter().map(call).collect();
            json!({ "role": "assistant", "content": content, "tool_calls": calls })
        }
        Message::Tool { id, text } => json!({ "role": "tool", "tool_call_id": id, "content": text }),
    }
}

fn call(call: &ToolCall) -> Value {
    let function = json!({ "name": call.name, "arguments": call.arguments });
    json!({ "id": call.id, "type": "function", "function": function })
}

fn tool(tool: &Tool) -> Value {
    let function = json!({ "name": tool.name, "description": tool.description, "parameters": tool.parameters });
    json!({ "type": "function", "function": function })
}
