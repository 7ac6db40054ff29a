//! Lines for speaking, and everything that can go wrong with them, to a server on this machine.

use std::time::Duration;

use elevenlabs::{Eleven, Manner};
use lines::{Dialer, Patience};
use peers::{Nobody, Oddity, SpeechPeer};
use platform::egress::{self, Egress};
use platform::phi::Phi;
use serde_json::json;
use speech::{Format, Line, Saying, Speaking, Spoken, Trouble, Voice as _};

const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(3), answer: Duration::from_secs(1), silence: Duration::from_millis(1_500) };

fn voice(url: &str) -> Eleven {
    let base = egress::address("test", url).expect("an address");
    let dialer = Dialer::new(Egress::to([&base]).expect("a client")).expect("certificates");
    let speaking = Speaking { voice: "v1".to_owned(), model: "m1".to_owned(), language: "en-US".to_owned() };
    Eleven { patience: PATIENCE, ..Eleven::new(dialer, base, Phi::new("secret".to_owned()), speaking) }
}

async fn tell(line: &Line<Saying, Spoken>, wish: Saying) {
    line.to.send(wish).await.expect("it listens");
}

async fn say(line: &Line<Saying, Spoken>, utterance: u64, text: &str) {
    tell(line, Saying::Say { utterance, text: text.to_owned() }).await;
    tell(line, Saying::Finish { utterance }).await;
}

/// Bytes of each until so many are over.
async fn spoken(line: &mut Line<Saying, Spoken>, mut left: usize) -> Vec<(u64, usize)> {
    let mut all = Vec::<(u64, usize)>::new();
    while left > 0 {
        match line.from.recv().await.expect("it speaks").expect("no trouble") {
            Spoken::Sound { utterance, sound } => match all.iter_mut().find(|(same, _)| *same == utterance) {
                Some((_, bytes)) => *bytes += sound.0.len(),
                None => all.push((utterance, sound.0.len())),
            },
            Spoken::Done { .. } => left -= 1,
        }
    }
    all
}

#[tokio::test]
async fn every_utterance_has_a_context() {
    let peer = SpeechPeer::start().await;
    let manner = Some(Manner { stability: 0.5, similarity: 0.8 });
    let mut line = Eleven { manner, ..voice(&peer.url) }.open(Format::Mulaw8k).await.expect("a line");
    tell(&line, Saying::Say { utterance: 1, text: "One moment ".to_owned() }).await;
    say(&line, 2, "Good-bye.").await;
    tell(&line, Saying::Say { utterance: 1, text: "please.".to_owned() }).await;
    tell(&line, Saying::Finish { utterance: 1 }).await;
    // 60 ms for each character
    assert_eq!(spoken(&mut line, 2).await, [(2, 9 * 480), (1, 18 * 480)]);

    let settings = json!({ "stability": 0.5, "similarity_boost": 0.8 });
    assert_eq!(
        peer.told(),
        [
            json!({ "text": " ", "context_id": "u1", "voice_settings": settings }),
            json!({ "text": "One moment ", "context_id": "u1" }),
            json!({ "text": " ", "context_id": "u2", "voice_settings": settings }),
            json!({ "text": "Good-bye.", "context_id": "u2" }),
            json!({ "context_id": "u2", "flush": true }),
            json!({ "context_id": "u2", "close_context": true }),
            json!({ "text": "please.", "context_id": "u1" }),
            json!({ "context_id": "u1", "flush": true }),
            json!({ "context_id": "u1", "close_context": true }),
        ]
    );
    let opened = peer.opened();
    let query = |name| opened[0].query(name).join("|");
    assert!(opened[0].address.starts_with("/v1/text-to-speech/v1/multi-stream-input?"));
    assert_eq!(opened[0].header("xi-api-key"), Some("secret"));
    assert_eq!((query("model_id"), query("language_code")), ("m1".into(), "en".into()));
    assert_eq!((query("output_format"), query("auto_mode")), ("ulaw_8000".into(), "true".into()));
    assert_eq!((query("enable_logging"), query("inactivity_timeout")), ("false".into(), "180".into()));

    let mut wide = voice(&peer.url).open(Format::Pcm16(16_000)).await.expect("a line");
    say(&wide, 1, "Hello.").await;
    assert_eq!(spoken(&mut wide, 1).await, [(1, 6 * 1920)]);
    let odd = voice(&peer.url).open(Format::Pcm16(11_025)).await.expect_err("a rate that it does not have");
    assert_eq!(odd, Trouble::new("refused"));
}

/// The server closes the line at the sixth.
#[tokio::test]
async fn never_more_contexts_than_it_bears() {
    let peer = SpeechPeer::start().await;
    let mut line = voice(&peer.url).open(Format::Mulaw8k).await.expect("a line");
    for utterance in 0..12 {
        tell(&line, Saying::Say { utterance, text: "Yes.".to_owned() }).await;
    }
    for utterance in 0..12 {
        tell(&line, if utterance % 3 == 0 { Saying::Stop { utterance } } else { Saying::Finish { utterance } }).await;
    }
    let all = spoken(&mut line, 8).await;
    let expected: Vec<(u64, usize)> = (0..12).filter(|utterance| utterance % 3 != 0).map(|u| (u, 4 * 480)).collect();
    assert_eq!(all, expected);
}

#[tokio::test]
async fn what_is_stopped_is_not_heard_any_more() {
    let peer = SpeechPeer::start().await;
    let mut line = voice(&peer.url).open(Format::Mulaw8k).await.expect("a line");
    tell(&line, Saying::Say { utterance: 1, text: "Let me".to_owned() }).await;
    tell(&line, Saying::Stop { utterance: 1 }).await;
    say(&line, 2, "Yes?").await;
    assert_eq!(spoken(&mut line, 1).await, [(2, 4 * 480)]);
    assert!(peer.told().contains(&json!({ "context_id": "u1", "close_context": true })));
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let peer = SpeechPeer::start().await;
    for (status, after, code) in [
        (401, None, "auth"),
        (402, None, "refused"),
        (429, Some(7), "rate_limited"),
        (500, None, "unavailable"),
        (302, None, "protocol"),
    ] {
        peer.will_be_odd([Oddity::Status(status, after)]);
        let expected = Trouble { after: after.map(Duration::from_secs), ..Trouble::new(code) };
        assert_eq!(voice(&peer.url).open(Format::Mulaw8k).await.expect_err("refused"), expected, "{status}");
    }
    let nobody = Nobody::there();
    let trouble = voice(&nobody.url).open(Format::Mulaw8k).await.expect_err("nobody is there");
    assert_eq!(trouble, Trouble::new("unavailable"));
    assert!(!format!("{:?}", voice(&peer.url)).contains("secret"));
}

#[tokio::test]
async fn whatever_goes_wrong_is_told() {
    let peer = SpeechPeer::start().await;
    for (oddity, code) in [
        (Oddity::Silence, "timeout"),
        (Oddity::Mute, "timeout"),
        (Oddity::Rubbish, "protocol"),
        (Oddity::Vanish, "unavailable"),
        (Oddity::Close(1008), "refused"),
        (Oddity::Close(1011), "unavailable"),
        (Oddity::Close(1000), "unavailable"),
    ] {
        peer.will_be_odd([oddity.clone()]);
        let mut line = voice(&peer.url).open(Format::Mulaw8k).await.expect("a line");
        say(&line, 1, "Hello.").await;
        assert_eq!(line.from.recv().await.expect("trouble").map(|_| ()), Err(Trouble::new(code)), "{oddity:?}");
        assert!(line.from.recv().await.is_none(), "the line ends behind an error");
    }
}
