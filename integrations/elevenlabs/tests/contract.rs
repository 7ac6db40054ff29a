//! What is sent and what comes against the published description and examples of it.

use elevenlabs::{Eleven, Manner};
use lines::Dialer;
use peers::{Oddity, Said, SpeechPeer};
use platform::egress::{self, Egress};
use platform::phi::Phi;
use serde_json::Value;
use speech::{Format, Line, Saying, Speaking, Spoken, Voice as _};

fn read(name: &str) -> Option<Value> {
    peers::text(name).map(|text| serde_json::from_str(&text).expect("JSON"))
}

async fn line(peer: &SpeechPeer) -> Line<Saying, Spoken> {
    let base = egress::address("test", &peer.url).expect("an address");
    let dialer = Dialer::new(Egress::to([&base]).expect("a client")).expect("certificates");
    let speaking = Speaking { voice: "v".to_owned(), model: "eleven_flash_v2_5".to_owned(), language: "en".to_owned() };
    let voice = Eleven::new(dialer, base, Phi::new("secret".to_owned()), speaking);
    let manner = Some(Manner { stability: 0.5, similarity: 0.8 });
    Eleven { manner, ..voice }.open(Format::Mulaw8k).await.expect("a line")
}

async fn say(line: &Line<Saying, Spoken>) {
    line.to.send(Saying::Say { utterance: 1, text: "Hello there. ".to_owned() }).await.expect("it listens");
    line.to.send(Saying::Finish { utterance: 1 }).await.expect("it listens");
}

#[tokio::test]
async fn the_examples_are_understood() {
    let Some(examples) = read("elevenlabs/ws.examples.json") else { return };
    let peer = SpeechPeer::start().await;
    let each = examples["server"].as_array().expect("messages").iter();
    peer.will_be_odd([Oddity::Says(each.map(|told| Said::Text(told.to_string().replace("ctx1", "u1"))).collect())]);
    let mut line = line(&peer).await;
    say(&line).await;
    match line.from.recv().await {
        Some(Ok(Spoken::Sound { utterance: 1, sound })) => assert_eq!(sound.0, [0xff, 0xff]),
        other => panic!("{other:?}"),
    }
    assert!(matches!(line.from.recv().await, Some(Ok(Spoken::Done { utterance: 1 }))));
}

#[tokio::test]
async fn the_examples_are_sent_and_fit_the_description() {
    let (Some(examples), Some(schema)) =
        (read("elevenlabs/ws.examples.json"), read("elevenlabs/ws-multi-context.schema.json"))
    else {
        return;
    };
    let peer = SpeechPeer::start().await;
    let mut line = line(&peer).await;
    say(&line).await;
    while !matches!(line.from.recv().await, Some(Ok(Spoken::Done { .. }))) {}
    let told = peer.told();
    let examples: Vec<String> = examples["client"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|told| told.to_string().replace("ctx1", "u1"))
        .collect();
    assert_eq!(told.iter().map(Value::to_string).collect::<Vec<_>>(), examples[..4]);
    for (told, name) in told.iter().zip(["InitialiseContext", "SendTextMulti", "FlushContext", "CloseContext"]) {
        let validator = jsonschema::validator_for(&schema["client"][name]).expect("a schema");
        let errors: Vec<String> = validator.iter_errors(told).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?} {told}");
    }
}
