//! Lines for speaking, and everything that can go wrong with them, to a server on this machine.

use std::time::Duration;

use cartesia::Sonic;
use lines::{Dialer, Patience};
use peers::{Nobody, Oddity, Said, SpeechPeer};
use platform::egress::{self, Egress};
use platform::phi::Phi;
use serde_json::json;
use speech::{Format, Line, Saying, Speaking, Spoken, Trouble, Voice as _};

const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(3), answer: Duration::from_secs(1), silence: Duration::from_millis(1_500) };

fn voice(url: &str) -> Sonic {
    let base = egress::address("test", url).expect("an address");
    let dialer = Dialer::new(Egress::to([&base]).expect("a client")).expect("certificates");
    let speaking = Speaking { voice: "v1".to_owned(), model: "m1".to_owned(), language: "en-US".to_owned() };
    Sonic { patience: PATIENCE, ..Sonic::new(dialer, base, Phi::new("secret".to_owned()), speaking) }
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
    let mut line = voice(&peer.url).open(Format::Mulaw8k).await.expect("a line");
    tell(&line, Saying::Say { utterance: 1, text: "One moment ".to_owned() }).await;
    say(&line, 2, "Good-bye.").await;
    tell(&line, Saying::Say { utterance: 1, text: "please.".to_owned() }).await;
    tell(&line, Saying::Finish { utterance: 1 }).await;
    // 60 ms for each character
    assert_eq!(spoken(&mut line, 2).await, [(1, 18 * 480), (2, 9 * 480)]);

    let opened = peer.opened();
    assert_eq!(opened[0].address, "/tts/websocket");
    assert_eq!(
        (opened[0].header("x-api-key"), opened[0].header("cartesia-version")),
        (Some("secret"), Some("2026-03-01"))
    );
    let told = peer.told();
    let plain =
        |told: &serde_json::Value| (told["context_id"].clone(), told["transcript"].clone(), told["continue"].clone());
    assert_eq!(plain(&told[0]), (json!("u1"), json!("One moment "), json!(true)));
    assert_eq!(plain(&told[2]), (json!("u2"), json!(""), json!(false)));
    assert_eq!((&told[0]["language"], &told[0]["max_buffer_delay_ms"]), (&json!("en"), &json!(0)));

    let mut wide = voice(&peer.url).open(Format::Pcm16(16_000)).await.expect("a line");
    say(&wide, 1, "Hello.").await;
    assert_eq!(spoken(&mut wide, 1).await, [(1, 6 * 1920)]);
    let odd = voice(&peer.url).open(Format::Pcm16(11_025)).await.expect_err("a rate that it does not have");
    assert_eq!(odd, Trouble::new("refused"));
}

/// The first one is never finished, so that it certainly is not over when it is stopped.
#[tokio::test]
async fn what_is_stopped_is_not_heard_any_more() {
    let peer = SpeechPeer::start().await;
    let mut line = voice(&peer.url).open(Format::Mulaw8k).await.expect("a line");
    tell(&line, Saying::Say { utterance: 1, text: "Let me".to_owned() }).await;
    tell(&line, Saying::Stop { utterance: 1 }).await;
    peer.until(|told| told.last() == Some(&json!({ "context_id": "u1", "cancel": true }))).await;
    tell(&line, Saying::Say { utterance: 1, text: " help".to_owned() }).await;
    say(&line, 2, "Yes?").await;
    let all = spoken(&mut line, 1).await;
    // what had come before it was stopped may be in the queue
    assert_eq!(all.last(), Some(&(2, 4 * 480)));
    assert_eq!(peer.told().len(), 4, "nothing more of what was stopped");
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

/// As it does after some minutes.
#[tokio::test]
async fn a_good_bye_in_silence_is_an_end_and_no_trouble() {
    let peer = SpeechPeer::start().await;
    let done = json!({ "type": "done", "context_id": "u1", "status_code": 200, "done": true });
    peer.will_be_odd([Oddity::Says(vec![Said::Text(done.to_string()), Said::Close(1000)])]);
    let mut line = voice(&peer.url).open(Format::Mulaw8k).await.expect("a line");
    tell(&line, Saying::Say { utterance: 1, text: "Yes.".to_owned() }).await;
    assert!(matches!(line.from.recv().await, Some(Ok(Spoken::Done { utterance: 1 }))));
    assert!(line.from.recv().await.is_none());
}
