//! What is sent and what comes against the published description and examples of it.

use cartesia::Sonic;
use jsonschema::Validator;
use lines::Dialer;
use peers::{Oddity, Said, SpeechPeer};
use platform::egress::{self, Egress};
use platform::phi::Phi;
use serde_json::{Value, json};
use speech::{Format, Line, Saying, Speaking, Spoken, Trouble, Voice as _};

fn read(name: &str) -> Option<Value> {
    peers::text(name).map(|text| serde_json::from_str(&text).expect("JSON"))
}

fn validator(name: &str) -> Option<Validator> {
    let all = read("cartesia/ws-tts.schema.json")?;
    Some(jsonschema::validator_for(&all["client"][name]).expect("a schema"))
}

fn said(examples: &Value) -> Vec<Said> {
    let each = examples["server"].as_array().expect("messages").iter();
    each.map(|message| Said::Text(message.to_string().replace("ctx1", "u1"))).collect()
}

async fn line(peer: &SpeechPeer) -> Line<Saying, Spoken> {
    let base = egress::address("test", &peer.url).expect("an address");
    let dialer = Dialer::new(Egress::to([&base]).expect("a client")).expect("certificates");
    let speaking = Speaking {
        voice: "a0e99841-438c-4a64-b679-ae501e7d6091".to_owned(),
        model: "sonic-3".to_owned(),
        language: "en".to_owned(),
    };
    let voice = Sonic::new(dialer, base, Phi::new("secret".to_owned()), speaking);
    voice.open(Format::Mulaw8k).await.expect("a line")
}

#[tokio::test]
async fn the_examples_are_understood() {
    let Some(examples) = read("cartesia/ws.examples.json") else { return };
    let peer = SpeechPeer::start().await;
    let said = said(&examples);
    let error = said.last().cloned().expect("an error");
    peer.will_be_odd([Oddity::Says(said), Oddity::Says(vec![error])]);
    let mut understood = line(&peer).await;
    say(&understood, 1).await;
    match understood.from.recv().await {
        Some(Ok(Spoken::Sound { utterance: 1, sound })) => assert_eq!(sound.0, [0xff, 0xff]),
        other => panic!("{other:?}"),
    }
    // the error behind it is about what is over
    assert!(matches!(understood.from.recv().await, Some(Ok(Spoken::Done { utterance: 1 }))));
    let mut refused = line(&peer).await;
    say(&refused, 1).await;
    assert_eq!(refused.from.recv().await.expect("an end").map(|_| ()), Err(Trouble::new("refused")));
}

async fn say(line: &Line<Saying, Spoken>, utterance: u64) {
    line.to.send(Saying::Say { utterance, text: "Hello, ".to_owned() }).await.expect("it listens");
}

#[tokio::test]
async fn the_examples_are_sent_and_fit_the_description() {
    let (Some(examples), Some(request), Some(cancel)) =
        (read("cartesia/ws.examples.json"), validator("GenerationRequest"), validator("CancelContextRequest"))
    else {
        return;
    };
    let peer = SpeechPeer::start().await;
    let mut line = line(&peer).await;
    say(&line, 1).await;
    line.to.send(Saying::Finish { utterance: 1 }).await.expect("it listens");
    while !matches!(line.from.recv().await, Some(Ok(Spoken::Done { .. }))) {}
    say(&line, 2).await;
    line.to.send(Saying::Stop { utterance: 2 }).await.expect("it listens");
    peer.until(|told| told.len() == 4).await;
    let told = peer.told();
    for (told, validator) in told.iter().zip([&request, &request, &request, &cancel]) {
        let errors: Vec<String> = validator.iter_errors(told).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?} {told}");
    }
    // in the example, words and the end of them; of ours, when to begin is said and when words were spoken is not asked
    for (told, example) in told.iter().zip(examples["client"].as_array().expect("messages")) {
        let mut told = told.clone();
        let mut example = example.clone();
        told["context_id"] = json!("ctx1");
        for fields in [&mut told, &mut example] {
            for own in ["max_buffer_delay_ms", "add_timestamps", "language"] {
                fields.as_object_mut().expect("fields").remove(own);
            }
        }
        if example.get("cancel").is_none() {
            assert_eq!(told, example);
        }
    }
    assert!(!request.is_valid(&json!({ "context_id": "x" })), "or it says nothing");
}
