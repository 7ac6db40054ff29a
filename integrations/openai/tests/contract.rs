//! Requests and answers against the published description of the API and examples of it.

use std::time::Duration;

use jsonschema::Validator;
use openai::{ChatModel, Limit, Settings};
use peers::{Oddity, Said, SpeechPeer};
use platform::egress::{self, Egress};
use platform::phi::Phi;
use serde_json::{Value, json};
use speech::{Message, Model as _, Piece, Question, Tool, ToolCall, Trouble, Usage};

fn settings(base: &str) -> Settings {
    let base = egress::address("test", base).expect("an address");
    let egress = Egress::to([&base]).expect("a client");
    let settings = Settings::new(egress, base, Phi::new("sk-secret".to_owned()), "gpt-4o-mini");
    Settings { between: Duration::from_secs(1), ..settings }
}

fn examples() -> Option<Value> {
    peers::text("openai/stream.examples.json").map(|text| serde_json::from_str(&text).expect("JSON"))
}

/// The question of the example.
fn question() -> Question {
    let find = ToolCall {
        id: "call_0".to_owned(),
        name: "find_patient".to_owned(),
        arguments: r#"{"phone":"+966500000000"}"#.to_owned(),
    };
    let slots = Tool {
        name: "get_slots".to_owned(),
        description: "List open slots".to_owned(),
        parameters: json!({
            "type": "object", "properties": { "date": { "type": "string" } }, "required": ["date"],
        }),
    };
    Question {
        messages: vec![
            Message::System("You are a receptionist.".to_owned()),
            Message::User("Any slot on Monday?".to_owned()),
            Message::Assistant { text: String::new(), calls: vec![find] },
            Message::Tool { id: "call_0".to_owned(), text: r#"{"found":true}"#.to_owned() },
        ],
        tools: vec![slots],
        longest: 160,
    }
}

async fn answer(settings: Settings, question: Question) -> Vec<Result<Piece, Trouble>> {
    let mut line = match ChatModel::new(settings).expect("a model").ask(question).await {
        Ok(line) => line,
        Err(trouble) => return vec![Err(trouble)],
    };
    let mut pieces = Vec::new();
    while let Some(piece) = line.from.recv().await {
        pieces.push(piece);
    }
    pieces
}

/// The description says `nullable` beside lists of values without `null`, which a strict reading refuses. (`prism`
/// takes anything for this one, so it is no help here.)
fn loosen(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            let is_nullable = fields.get("nullable") == Some(&json!(true));
            if let Some(values) = fields.get_mut("enum").and_then(Value::as_array_mut).filter(|_| is_nullable) {
                values.push(Value::Null);
            }
            fields.values_mut().for_each(loosen);
        }
        Value::Array(items) => items.iter_mut().for_each(loosen),
        _ => {}
    }
}

fn validator(name: &str) -> Option<Validator> {
    let mut document: Value = serde_json::from_str(&peers::text("openai/chat.openapi.json")?).expect("JSON");
    loosen(&mut document);
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": format!("#/components/schemas/{name}"),
        "components": document["components"],
    });
    Some(jsonschema::validator_for(&schema).expect("a schema"))
}

#[tokio::test]
async fn the_example_is_asked_for_and_understood() {
    let Some(examples) = examples() else { return };
    let peer = SpeechPeer::start().await;
    let mut events: Vec<Value> = examples["chunks"].as_array().expect("chunks").clone();
    events.insert(0, examples["text_delta"].clone());
    let mut said: Vec<Said> = events.iter().map(|event| Said::Text(event.to_string())).collect();
    let tail = examples["sse_tail"].as_str().and_then(|tail| tail.strip_prefix("data: ")).expect("a tail");
    said.push(Said::Text(tail.to_owned()));
    peer.will_be_odd([Oddity::Says(said)]);

    let call = ToolCall {
        id: "call_1".to_owned(),
        name: "get_slots".to_owned(),
        arguments: r#"{"date":"2026-01-05"}"#.to_owned(),
    };
    let understood = answer(settings(&format!("{}/v1", peer.url)), question()).await;
    let done = Piece::Done(Usage { asked: 50, answered: 12 });
    assert_eq!(understood, [Ok(Piece::Text("Hello".to_owned())), Ok(Piece::Call(call)), Ok(done)]);

    let mut expected = examples["request"].clone();
    expected["max_completion_tokens"] = json!(160);
    assert_eq!(peer.requests(), [expected]);
}

#[tokio::test]
async fn every_request_fits_the_description() {
    let Some(validator) = validator("CreateChatCompletionRequest") else { return };
    let peer = SpeechPeer::start().await;
    let base = format!("{}/v1", peer.url);
    let warm = Settings { temperature: Some(0.2), limit: Limit::MaxTokens, ..settings(&base) };
    let spoken = Message::Assistant { text: "Hello.".to_owned(), calls: Vec::new() };
    let bare = Question { messages: vec![spoken], tools: Vec::new(), longest: 1 };
    for (settings, question) in [(settings(&base), question()), (warm.clone(), question()), (warm, bare)] {
        answer(settings, question).await;
    }
    let requests = peer.requests();
    assert_eq!(requests.len(), 3);
    for request in &requests {
        let errors: Vec<String> = validator.iter_errors(request).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?} {request}");
    }
    assert_eq!((&requests[1]["temperature"], &requests[1]["max_tokens"]), (&json!(0.2), &json!(160)));
    let wrong = json!({ "model": "x", "messages": [{ "role": "nobody", "content": "x" }] });
    assert!(!validator.is_valid(&wrong), "or the test says nothing");
}
