//! A model's answers, and everything that can come instead of one, from a server on this machine.

use std::time::Duration;

use openai::{ChatModel, Settings};
use peers::{Nobody, Oddity, Said, Scripted, SpeechPeer};
use platform::egress::{self, Egress};
use platform::phi::Phi;
use serde_json::json;
use speech::{Message, Model as _, Piece, Question, Tool, ToolCall, Trouble, Usage};

const SHORT: Duration = Duration::from_secs(1);

fn settings(url: &str) -> Settings {
    let base = egress::address("test", &format!("{url}/v1")).expect("an address");
    let egress = Egress::to([&base]).expect("a client");
    let settings = Settings::new(egress, base, Phi::new("sk-secret".to_owned()), "gpt-4.1-mini");
    Settings { first: SHORT, between: SHORT, ..settings }
}

fn question() -> Question {
    let tool = Tool {
        name: "get_slots".to_owned(),
        description: "List open slots".to_owned(),
        parameters: json!({ "type": "object", "properties": { "date": { "type": "string" } } }),
    };
    let messages = vec![Message::System("Be short.".to_owned()), Message::User("Any slot on Monday?".to_owned())];
    Question { messages, tools: vec![tool], longest: 160 }
}

async fn ask(settings: Settings) -> Result<Vec<Piece>, (Vec<Piece>, Trouble)> {
    let model = ChatModel::new(settings).expect("a model");
    let mut line = model.ask(question()).await.map_err(|trouble| (Vec::new(), trouble))?;
    let mut pieces = Vec::new();
    while let Some(piece) = line.from.recv().await {
        match piece {
            Ok(piece) => pieces.push(piece),
            Err(trouble) => {
                assert!(line.from.recv().await.is_none(), "the line ends behind an error");
                return Err((pieces, trouble));
            }
        }
    }
    Ok(pieces)
}

async fn odd(oddity: Oddity) -> (Vec<Piece>, Trouble) {
    let peer = SpeechPeer::start().await;
    peer.will_answer([Scripted::text("One moment please.")]);
    peer.will_be_odd([oddity]);
    ask(settings(&peer.url)).await.expect_err("something is wrong")
}

fn text(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

const USAGE: Piece = Piece::Done(Usage { asked: 50, answered: 12 });

#[tokio::test]
async fn words_and_calls_come_as_they_are_said() {
    let peer = SpeechPeer::start().await;
    let call = Scripted { text: "One moment.".to_owned(), ..Scripted::call("get_slots", r#"{"date":"2026-01-05"}"#) };
    peer.will_answer([Scripted::text("Yes, at nine."), call]);
    let settings = settings(&peer.url);
    assert_eq!(ask(settings.clone()).await, Ok(vec![text("Yes, "), text("at "), text("nine."), USAGE]));

    let arguments = r#"{"date":"2026-01-05"}"#.to_owned();
    let call = Piece::Call(ToolCall { id: "call_0".to_owned(), name: "get_slots".to_owned(), arguments });
    assert_eq!(ask(settings).await, Ok(vec![text("One "), text("moment."), call, USAGE]));

    let opened = peer.opened();
    assert_eq!(opened[0].address, "/v1/chat/completions");
    assert_eq!(opened[0].header("authorization"), Some("Bearer sk-secret"));
    assert_eq!(peer.requests()[0]["messages"][1], json!({ "role": "user", "content": "Any slot on Monday?" }));
}

#[tokio::test]
async fn refusals_say_what_to_do_and_not_in_whose_words() {
    for (oddity, code, after) in [
        (Oddity::Status(401, None), "auth", None),
        (Oddity::Status(429, Some(7)), "rate_limited", Some(7)),
        (Oddity::Status(500, None), "unavailable", None),
        (Oddity::Status(404, None), "refused", None),
        (Oddity::Status(302, None), "protocol", None),
        (Oddity::Body(429, json!({ "error": { "type": "insufficient_quota" } }).to_string()), "refused", None),
        (Oddity::Body(429, "rubbish".to_owned()), "rate_limited", None),
    ] {
        let (pieces, trouble) = odd(oddity.clone()).await;
        let expected = Trouble { after: after.map(Duration::from_secs), ..Trouble::new(code) };
        assert_eq!((pieces, trouble), (Vec::new(), expected), "{oddity:?}");
    }
}

#[tokio::test]
async fn whatever_goes_wrong_is_told_and_nobody_waits_for_ever() {
    assert_eq!(odd(Oddity::Silence).await, (Vec::new(), Trouble::new("timeout")));
    assert_eq!(odd(Oddity::Mute).await, (Vec::new(), Trouble::new("timeout")), "no first token");
    assert_eq!(odd(Oddity::Rubbish).await, (Vec::new(), Trouble::new("protocol")));
    assert_eq!(odd(Oddity::Vanish).await, (vec![text("One ")], Trouble::new("unavailable")));

    let chunk = json!({ "choices": [{ "index": 0, "delta": { "content": "One " } }] }).to_string();
    let stalls = Oddity::Says(vec![Said::Text(chunk.clone())]);
    assert_eq!(odd(stalls).await, (vec![text("One ")], Trouble::new("timeout")), "no second token");

    let error = json!({ "error": { "message": "Any slot on Monday?", "type": "server_error" } }).to_string();
    let fails = Oddity::Says(vec![Said::Text(chunk), Said::Text(error)]);
    assert_eq!(odd(fails).await, (vec![text("One ")], Trouble::new("unavailable")));

    let nobody = Nobody::there();
    let failure = ask(settings(&nobody.url)).await.expect_err("nobody is there");
    assert_eq!(failure, (Vec::new(), Trouble::new("unavailable")));
}

#[tokio::test]
async fn an_answer_that_never_ends_is_ended() {
    let peer = SpeechPeer::start().await;
    peer.will_be_odd([Oddity::Mute]);
    let patient = Duration::from_secs(60);
    let settings = Settings { first: patient, between: patient, whole: SHORT, ..settings(&peer.url) };
    assert_eq!(ask(settings).await, Err((Vec::new(), Trouble::new("timeout"))));
}

#[tokio::test]
async fn it_goes_only_where_it_may() {
    let peer = SpeechPeer::start().await;
    let elsewhere = egress::address("test", "https://api.example/v1").expect("an address");
    let settings = Settings { egress: Egress::to([&elsewhere]).expect("a client"), ..settings(&peer.url) };
    assert!(!format!("{settings:?}").contains("sk-secret"));
    assert_eq!(ask(settings).await, Err((Vec::new(), Trouble::new("refused"))));
    assert!(peer.opened().is_empty());
}
