//! What is sent and what comes against the published description and examples of it.

use std::time::Duration;

use deepgram::{Aura, Connection, Hearer};
use jsonschema::Validator;
use lines::{Dialer, Patience};
use peers::{Oddity, Said, SpeechPeer};
use platform::egress::{self, Egress};
use platform::phi::Phi;
use serde_json::{Map, Value, json};
use speech::{Format, Heard, Hearing, Listening, Recogniser as _, Saying, Sound, Spoken, Voice as _};

fn connection(url: &str) -> Connection {
    let base = egress::address("test", url).expect("an address");
    let dialer = Dialer::new(Egress::to([&base]).expect("a client")).expect("certificates");
    Connection { dialer, base, key: Phi::new("secret".to_owned()), patience: Patience::default() }
}

fn read(name: &str) -> Option<Value> {
    peers::text(name).map(|text| serde_json::from_str(&text).expect("JSON"))
}

fn validator(document: &Value, schema: &Value) -> Validator {
    let schema = json!({ "allOf": [schema], "components": document["components"] });
    jsonschema::validator_for(&schema).expect("a schema")
}

/// Whether a query is one that the channel describes.
fn fits(document: &Value, channel: &str, address: &str) -> bool {
    let schema = &document["channels"][channel]["bindings"]["ws"]["query"];
    let (_, query) = address.split_once('?').expect("a query");
    let fields: Map<String, Value> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    let known = fields.keys().all(|name| schema["properties"].get(name).is_some());
    known && validator(document, schema).is_valid(&json!(fields))
}

fn message(document: &Value, name: &str) -> Validator {
    validator(document, &json!({ "$ref": format!("#/components/schemas/{name}") }))
}

/// The examples of a server: their text and, where there is one, sound.
fn said(examples: &Value) -> Vec<Said> {
    let each = examples.as_array().expect("messages").iter();
    each.map(|message| match message.get("_binary") {
        Some(_) => Said::Sound(vec![0x7f; 160]),
        None => Said::Text(message.to_string()),
    })
    .collect()
}

#[tokio::test]
async fn the_examples_of_hearing_are_sent_and_understood() {
    let (Some(examples), Some(document)) = (read("deepgram/ws.examples.json"), read("deepgram/asyncapi.trimmed.json"))
    else {
        return;
    };
    let peer = SpeechPeer::start().await;
    peer.will_be_odd([Oddity::Says(said(&examples["server"]))]);
    let hearer = Hearer { finish: Duration::from_millis(1), ..Hearer::new(connection(&peer.url), "nova-3") };
    let listening = Listening { format: Format::Mulaw8k, language: "en".to_owned(), terms: Vec::new() };
    let mut line = hearer.open(&listening).await.expect("a line");
    line.to.send(Hearing::Sound(Sound(vec![0xff; 160]))).await.expect("it listens");
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(line.from.recv().await.expect("something").expect("no trouble"));
    }
    let text = "tell me more about this".to_owned();
    assert_eq!(heard, [Heard::Final { text, finished: false }, Heard::Ended, Heard::Began]);
    // `UtteranceEnd` says the same of what began; and nothing comes of `Finalize` here
    assert_eq!(line.from.recv().await, Some(Ok(Heard::Ended)));
    line.to.send(Hearing::Finish).await.expect("it listens");
    assert_eq!(line.from.recv().await, Some(Ok(Heard::Final { text: String::new(), finished: true })));
    line.to.send(Hearing::Pause).await.expect("it listens");
    drop(line.to);
    peer.until(|told| told.len() == 3).await;

    let told = peer.told();
    let examples = examples["client"].as_array().expect("messages");
    let texts: Vec<&Value> = examples.iter().filter(|example| example.get("_binary").is_none()).collect();
    assert!(told.iter().all(|told| texts.contains(&told)), "{told:?}");
    for (told, name) in told.iter().zip(["Finalize", "KeepAlive", "CloseStream"]) {
        assert!(message(&document, &format!("ListenV1_ListenV1{name}")).is_valid(told), "{told}");
    }
    assert!(fits(&document, "/v1/listen", &peer.opened()[0].address));
    assert!(!fits(&document, "/v1/listen", "/v1/listen?model=nova-3&interim_results=maybe"), "or it says nothing");
}

#[tokio::test]
async fn the_examples_of_speaking_are_sent_and_understood() {
    let (Some(examples), Some(document)) = (read("deepgram/ws.examples.json"), read("deepgram/asyncapi.trimmed.json"))
    else {
        return;
    };
    let peer = SpeechPeer::start().await;
    peer.will_be_odd([Oddity::Says(said(&examples["speak_server"]))]);
    let aura = Aura { connection: connection(&peer.url), voice: "aura-2-thalia-en".to_owned() };
    let mut line = aura.open(Format::Mulaw8k).await.expect("a line");
    line.to.send(Saying::Say { utterance: 1, text: "Hello.".to_owned() }).await.expect("it listens");
    match line.from.recv().await {
        Some(Ok(Spoken::Sound { utterance: 1, sound })) => assert_eq!(sound.0, [0x7f; 160]),
        other => panic!("{other:?}"),
    }
    assert!(matches!(line.from.recv().await, Some(Ok(Spoken::Done { utterance: 1 }))));
    line.to.send(Saying::Say { utterance: 2, text: "Hello.".to_owned() }).await.expect("it listens");
    line.to.send(Saying::Finish { utterance: 2 }).await.expect("it listens");
    line.to.send(Saying::Stop { utterance: 2 }).await.expect("it listens");
    peer.until(|told| told.len() == 4).await;

    let told = peer.told();
    let examples = examples["speak_client"].as_array().expect("messages");
    assert!(told.iter().all(|told| examples.contains(told)), "{told:?}");
    for (told, name) in told.iter().zip(["Text", "Text", "Flush", "Clear"]) {
        assert!(message(&document, &format!("SpeakV1_SpeakV1{name}")).is_valid(told), "{told}");
    }
    assert!(fits(&document, "/v1/speak", &peer.opened()[0].address));
}
