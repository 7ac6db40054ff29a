use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const STREAM: &str = "MZ18ad3ab5a668481ce02b83e7395059f0";

fn examples() -> Option<Value> {
    peers::text("twilio/media-streams.examples.json").map(|text| serde_json::from_str(&text).expect("JSON"))
}

fn start() -> Start {
    Start {
        stream: STREAM.to_owned(),
        account: "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned(),
        call: "CA1234567890ABCDE".to_owned(),
        tracks: vec![Track::Inbound],
        parameters: [("session_id".to_owned(), Phi::new("s_1".to_owned()))].into(),
    }
}

#[test]
fn the_examples_are_read() {
    let Some(examples) = examples() else { return };
    let mut sound = vec![1, 2, 3];
    let all: Vec<Said> = examples["from_twilio"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|message| read(&message.to_string(), &mut sound).expect("understood"))
        .collect();
    let media = Said::Media { track: Track::Inbound, at: 5, sequence: 3 };
    let key = Said::Key { track: Track::Inbound, key: Phi::new('1') };
    let mark = Said::Mark("my label".to_owned());
    assert_eq!(all, [Said::Connected, Said::Start(Box::new(start())), media, key, mark, Said::Stop]);
    assert_eq!(sound, [0xff; 160]);
    assert!(!format!("{all:?}").contains("s_1") && !format!("{all:?}").contains("'1'"));
}

#[test]
fn the_examples_are_written() {
    let Some(examples) = examples() else { return };
    let (writer, mut text) = (Writer::new(&start()), "what was there".to_owned());
    let mut written = Vec::new();
    writer.media(&[0xff; 160], &mut text);
    written.push(serde_json::from_str(&text).expect("JSON"));
    writer.mark("my label", &mut text);
    written.push(serde_json::from_str(&text).expect("JSON"));
    writer.clear(&mut text);
    written.push(serde_json::from_str(&text).expect("JSON"));
    assert_eq!(Value::Array(written), examples["to_twilio"]);
}

#[test]
fn what_is_not_of_the_form_is_none() {
    let media = |fields: Value| json!({ "event": "media", "sequenceNumber": "1", "media": fields }).to_string();
    for wrong in [
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
        r#"{"event":"media"}"#.to_owned(),
        r#"{"event":"start"}"#.to_owned(),
        r#"{"event":"dtmf","dtmf":{"track":"inbound_track","digit":"12"}}"#.to_owned(),
        media(json!({ "track": "inbound", "timestamp": "1" })),
        media(json!({ "track": "sideways", "timestamp": "1", "payload": "" })),
        media(json!({ "track": "inbound", "timestamp": "soon", "payload": "" })),
        media(json!({ "track": "inbound", "timestamp": "1", "payload": "/" })),
        media(json!({ "track": "inbound", "timestamp": "1", "payload": "" })) + "x",
        r#"{"event":"media","event":"media","sequenceNumber":"1","media":{"track":"inbound","timestamp":"1","payload":""}}"#
            .to_owned(),
    ] {
        assert_eq!(read(&wrong, &mut Vec::new()), Err(NotMedia), "{wrong}");
    }
    let other = json!({ "event": "something new", "sequenceNumber": "1" }).to_string();
    assert_eq!(read(&other, &mut Vec::new()), Ok(Said::Other));
}

#[test]
fn only_telephones_are_understood() {
    let Some(examples) = examples() else { return };
    for (field, value) in [("encoding", json!("audio/opus")), ("sampleRate", json!(16_000)), ("channels", json!(2))] {
        let mut message = examples["from_twilio"][1].clone();
        message["start"]["mediaFormat"][field] = value;
        assert_eq!(read(&message.to_string(), &mut Vec::new()), Err(NotMedia), "{field}");
    }
    let mut message = examples["from_twilio"][1].clone();
    message["start"]["streamSid"] = json!("MZ\"");
    assert_eq!(read(&message.to_string(), &mut Vec::new()), Err(NotMedia), "it could not be written");
}

#[test]
fn messages_with_sound_are_scanned() {
    let text = r#"{"event":"media","sequenceNumber":"4","media":{"track":"outbound","chunk":"2","timestamp":"5","payload":"/w=="},"streamSid":"MZ1"}"#;
    assert!(scan(text).is_some());
    let escaped = text.replace("/w==", "\\/w==");
    assert!(scan(&escaped).is_none());
    let spaced = text.replace(':', ": ");
    for same in [text, &escaped, &spaced] {
        let mut sound = Vec::new();
        let media = Said::Media { track: Track::Outbound, at: 5, sequence: 4 };
        assert_eq!((read(same, &mut sound), sound), (Ok(media), vec![0xff]), "{same}");
    }
}

/// What a slow and sure reader makes of a message with sound.
fn oracle(text: &str) -> Option<(Said, Vec<u8>)> {
    let value: Value = serde_json::from_str(text).ok()?;
    if value["event"] != "media" {
        return None;
    }
    let media = &value["media"];
    let track = match media["track"].as_str()? {
        "inbound" => Track::Inbound,
        "outbound" => Track::Outbound,
        _ => return None,
    };
    let at = media["timestamp"].as_str()?.parse().ok()?;
    let sequence = value["sequenceNumber"].as_str()?.parse().ok()?;
    Some((Said::Media { track, at, sequence }, STANDARD.decode(media["payload"].as_str()?).ok()?))
}

fn field() -> impl Strategy<Value = (&'static str, String)> {
    let name = prop::sample::select(vec!["track", "chunk", "timestamp", "payload", "x", "a\"b", "event"]);
    let value = prop_oneof![Just("inbound".to_owned()), "[0-9]{1,4}", any::<String>(), "[A-Za-z0-9+/]{0,8}"];
    (name, value)
}

proptest! {
    #[test]
    fn both_readers_agree_on_sound(
        sound in prop::collection::vec(any::<u8>(), 0..400), at in any::<u64>(), sequence in any::<u64>(),
        is_inbound in any::<bool>(), more in "[^\u{0}]{0,8}", order in Just(vec![0, 1, 2, 3]).prop_shuffle(),
    ) {
        let track = if is_inbound { "inbound" } else { "outbound" };
        let media = json!({
            "track": track, "timestamp": at.to_string(), "payload": STANDARD.encode(&sound), "chunk": "1", "more": more,
        });
        let fields = [
            r#""event":"media""#.to_owned(),
            format!(r#""sequenceNumber":"{sequence}""#),
            format!(r#""media":{media}"#),
            format!(r#""streamSid":{}"#, json!(more)),
        ];
        let fields: Vec<&str> = order.iter().map(|at| fields[*at].as_str()).collect();
        let text = format!("{{{}}}", fields.join(","));
        let mut buffer = Vec::new();
        let said = read(&text, &mut buffer).expect("understood");
        prop_assert_eq!(Some((said, buffer)), oracle(&text));
    }

    #[test]
    fn and_on_anything_that_looks_like_it(
        fields in prop::collection::vec(field(), 0..6), event in prop::sample::select(vec!["media", "mark", "me"]),
        sequence in "[0-9]{0,3}", cut in 0_usize..400,
    ) {
        // names that come twice are refused by one and not by the other
        let mut seen = std::collections::BTreeSet::new();
        let fields = fields.into_iter().filter(|(name, _)| seen.insert(*name));
        let media: serde_json::Map<String, Value> = fields.map(|(name, value)| (name.to_owned(), json!(value))).collect();
        let text = json!({ "event": event, "media": media, "sequenceNumber": sequence }).to_string();
        for text in [text.as_str(), text.get(..cut).unwrap_or_default()] {
            let mut buffer = Vec::new();
            let read = read(text, &mut buffer).ok().filter(|said| matches!(said, Said::Media { .. }));
            prop_assert_eq!(read.map(|said| (said, buffer)), oracle(text), "{}", text);
        }
    }
}
