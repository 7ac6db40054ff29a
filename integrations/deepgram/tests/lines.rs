//! Lines for hearing and speaking, and everything that can go wrong with them, to a server on this machine.

use std::time::Duration;

use deepgram::{Aura, Connection, Hearer, Terms};
use lines::{Dialer, Patience};
use peers::{Nobody, Oddity, SpeechPeer};
use platform::egress::{self, Egress};
use platform::phi::Phi;
use serde_json::{Value, json};
use speech::{Format, Heard, Hearing, Line, Listening, Recogniser as _, Saying, Sound, Spoken, Trouble, Voice as _};

const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(3), answer: Duration::from_secs(1), silence: Duration::from_millis(1_500) };

fn connection(url: &str) -> Connection {
    let base = egress::address("test", url).expect("an address");
    let dialer = Dialer::new(Egress::to([&base]).expect("a client")).expect("certificates");
    Connection { dialer, base, key: Phi::new("secret".to_owned()), patience: PATIENCE }
}

fn hearer(url: &str) -> Hearer {
    let finish = Duration::from_secs(5);
    Hearer { endpointing: Some(300), finish, ..Hearer::new(connection(url), "nova-3-medical") }
}

fn aura(url: &str) -> Aura {
    Aura { connection: connection(url), voice: "aura-2-thalia-en".to_owned() }
}

fn listening() -> Listening {
    let terms = vec!["prior authorization".to_owned(), "CPT".to_owned()];
    Listening { format: Format::Mulaw8k, language: "en-US".to_owned(), terms }
}

/// So many pieces of 20 ms.
async fn sound(line: &Line<Hearing, Heard>, pieces: usize) {
    for _ in 0..pieces {
        line.to.send(Hearing::Sound(Sound(vec![0xff; 160]))).await.expect("it listens");
    }
}

async fn say(line: &Line<Saying, Spoken>, utterance: u64, text: &str) {
    line.to.send(Saying::Say { utterance, text: text.to_owned() }).await.expect("it listens");
    line.to.send(Saying::Finish { utterance }).await.expect("it listens");
}

/// All that comes until an utterance is over: bytes of each.
async fn spoken(line: &mut Line<Saying, Spoken>, last: u64) -> Vec<(u64, usize)> {
    let mut all = Vec::<(u64, usize)>::new();
    loop {
        match line.from.recv().await.expect("it speaks").expect("no trouble") {
            Spoken::Sound { utterance, sound } => match all.last_mut() {
                Some((same, bytes)) if *same == utterance => *bytes += sound.0.len(),
                _ => all.push((utterance, sound.0.len())),
            },
            Spoken::Done { utterance } if utterance == last => return all,
            Spoken::Done { .. } => {}
        }
    }
}

#[tokio::test]
async fn what_is_said_is_heard() {
    let peer = SpeechPeer::start().await;
    peer.will_hear(["provider services", "it is approved"]);
    let mut line = hearer(&peer.url).open(&listening()).await.expect("a line");
    for words in ["provider services", "it is approved"] {
        sound(&line, 20).await;
        line.to.send(Hearing::Finish).await.expect("it listens");
        let mut heard = Vec::new();
        for _ in 0..3 {
            heard.push(line.from.recv().await.expect("something").expect("no trouble"));
        }
        let first = words.split(' ').next().unwrap_or_default().to_owned();
        let last = Heard::Final { text: words.to_owned(), finished: true };
        assert_eq!(heard, [Heard::Began, Heard::Partial(first), last]);
    }
    assert!((peer.seconds_heard() - 0.8).abs() < 1e-9);

    line.to.send(Hearing::Pause).await.expect("it listens");
    peer.until(|told| told.last() == Some(&json!({ "type": "KeepAlive" }))).await;
    assert!((peer.seconds_heard() - 0.8).abs() < 1e-9, "nothing is counted");

    let opened = peer.opened();
    let query = |name| opened[0].query(name).join("|");
    assert!(opened[0].address.starts_with("/v1/listen?"));
    assert_eq!(opened[0].header("authorization"), Some("Token secret"));
    assert_eq!(
        (query("encoding"), query("sample_rate"), query("channels")),
        ("mulaw".into(), "8000".into(), "1".into())
    );
    assert_eq!((query("model"), query("language")), ("nova-3-medical".into(), "en-US".into()));
    assert_eq!((query("interim_results"), query("endpointing")), ("true".into(), "300".into()));
    assert_eq!((query("keyterm"), query("mip_opt_out")), ("prior authorization|CPT".into(), "true".into()));
}

#[tokio::test]
async fn who_hangs_up_hears_the_rest_and_the_end() {
    let peer = SpeechPeer::start().await;
    let older = Hearer { terms: Terms::Keywords, endpointing: None, ..hearer(&peer.url) };
    let Line { to, mut from, kept } = older.open(&listening()).await.expect("a line");
    drop(to);
    // they say good-bye, as they were asked to
    assert_eq!(from.recv().await, None);
    peer.until(|told| told == [json!({ "type": "CloseStream" })]).await;
    let opened = peer.opened();
    assert_eq!((opened[0].query("keywords").len(), opened[0].query("endpointing")), (2, vec!["false".to_owned()]));
    drop(kept);
}

#[tokio::test]
async fn utterances_are_spoken_one_after_another() {
    let peer = SpeechPeer::start().await;
    let mut line = aura(&peer.url).open(Format::Mulaw8k).await.expect("a line");
    say(&line, 1, "One moment please.").await;
    say(&line, 2, "Good-bye.").await;
    // 60 ms for each character
    assert_eq!(spoken(&mut line, 2).await, [(1, 18 * 480), (2, 9 * 480)]);
    let said = peer.told();
    let speak = |text: &str| json!({ "type": "Speak", "text": text });
    let flush = json!({ "type": "Flush" });
    assert_eq!(said, [speak("One moment please."), flush.clone(), speak("Good-bye."), flush]);
    assert_eq!(peer.opened()[0].header("authorization"), Some("Token secret"));

    let mut wide = aura(&peer.url).open(Format::Pcm16(16_000)).await.expect("a line");
    say(&wide, 1, "Hello.").await;
    assert_eq!(spoken(&mut wide, 1).await, [(1, 6 * 1920)]);
    let opened = peer.opened();
    assert_eq!(
        (opened[1].query("encoding"), opened[1].query("sample_rate")),
        (vec!["linear16".into()], vec!["16000".into()])
    );
    let odd = aura(&peer.url).open(Format::Pcm16(11_025)).await.expect_err("a rate that it does not have");
    assert_eq!(odd, Trouble::new("refused"));
}

/// The first one is never finished, so that it certainly is not over when it is stopped.
#[tokio::test]
async fn what_is_stopped_is_not_heard_any_more() {
    let peer = SpeechPeer::start().await;
    let mut line = aura(&peer.url).open(Format::Mulaw8k).await.expect("a line");
    line.to.send(Saying::Say { utterance: 1, text: "Let me".to_owned() }).await.expect("it listens");
    line.to.send(Saying::Stop { utterance: 1 }).await.expect("it listens");
    say(&line, 2, "Yes?").await;
    assert_eq!(spoken(&mut line, 2).await, [(2, 4 * 480)]);
    let types: Vec<Value> = peer.told().iter().map(|told| told["type"].clone()).collect();
    assert_eq!(types, ["Speak", "Clear", "Speak", "Flush"]);
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let peer = SpeechPeer::start().await;
    for (status, after, code) in [
        (401, None, "auth"),
        (403, None, "auth"),
        (400, None, "refused"),
        (429, Some(7), "rate_limited"),
        (500, None, "unavailable"),
        (302, None, "protocol"),
    ] {
        peer.will_be_odd([Oddity::Status(status, after), Oddity::Status(status, after)]);
        let expected = Trouble { after: after.map(Duration::from_secs), ..Trouble::new(code) };
        assert_eq!(hearer(&peer.url).open(&listening()).await.expect_err("refused"), expected, "{status}");
        assert_eq!(aura(&peer.url).open(Format::Mulaw8k).await.expect_err("refused"), expected, "{status}");
    }
    let nobody = Nobody::there();
    let trouble = hearer(&nobody.url).open(&listening()).await.expect_err("nobody is there");
    assert_eq!(trouble, Trouble::new("unavailable"));
    assert!(!format!("{:?} {:?}", hearer(&peer.url), aura(&peer.url)).contains("secret"));
}

async fn end<To, From>(mut line: Line<To, From>) -> Trouble {
    loop {
        match line.from.recv().await.expect("trouble before the end") {
            Ok(_) => {}
            Err(trouble) => {
                assert!(line.from.recv().await.is_none(), "the line ends behind an error");
                return trouble;
            }
        }
    }
}

#[tokio::test]
async fn whatever_goes_wrong_with_hearing_is_told() {
    let peer = SpeechPeer::start().await;
    for (oddity, code) in [
        (Oddity::Silence, "timeout"),
        (Oddity::Rubbish, "protocol"),
        (Oddity::Vanish, "unavailable"),
        (Oddity::Close(1008), "refused"),
        (Oddity::Close(1011), "unavailable"),
        (Oddity::Close(1000), "unavailable"),
    ] {
        peer.will_be_odd([oddity.clone()]);
        let line = hearer(&peer.url).open(&listening()).await.expect("a line");
        sound(&line, 1).await;
        assert_eq!(end(line).await, Trouble::new(code), "{oddity:?}");
    }
}

/// Pings are answered, and nothing is heard of the sound.
#[tokio::test]
async fn who_lives_and_hears_nothing_is_given_up() {
    let peer = SpeechPeer::start().await;
    peer.will_be_odd([Oddity::Mute]);
    let line = hearer(&peer.url).open(&listening()).await.expect("a line");
    sound(&line, 1).await;
    assert_eq!(end(line).await, Trouble::new("timeout"));
}

#[tokio::test]
async fn whatever_goes_wrong_with_speaking_is_told() {
    let peer = SpeechPeer::start().await;
    for (oddity, code) in [
        (Oddity::Silence, "timeout"),
        (Oddity::Mute, "timeout"),
        (Oddity::Rubbish, "protocol"),
        (Oddity::Vanish, "unavailable"),
        (Oddity::Close(1008), "refused"),
        (Oddity::Close(1000), "unavailable"),
    ] {
        peer.will_be_odd([oddity.clone()]);
        let line = aura(&peer.url).open(Format::Mulaw8k).await.expect("a line");
        say(&line, 1, "Hello.").await;
        assert_eq!(end(line).await, Trouble::new(code), "{oddity:?}");
    }
}

#[tokio::test]
async fn nothing_outlives_its_line() {
    let peer = SpeechPeer::start().await;
    let line = aura(&peer.url).open(Format::Mulaw8k).await.expect("a line");
    let to = line.to.clone();
    drop(line);
    // the task that takes it ends
    to.closed().await;
}
