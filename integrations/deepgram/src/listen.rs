//! From speech to text.

use std::collections::VecDeque;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use lines::{Dialect, Frame, Out};
use serde::Deserialize;
use serde_json::json;
use speech::{Heard, Hearing, Line, Listening, Recogniser, Trouble};
use tokio::time::Instant;

use crate::Connection;

/// Without sound or a sign of life the other side hangs up after 10 s and wants one every 3 to 5
/// (<https://developers.deepgram.com/docs/audio-keep-alive>).
const SIGN_OF_LIFE: Duration = Duration::from_secs(4);
/// Sound after which there is none for as long has stopped.
const STILL_SOUNDS: Duration = Duration::from_secs(2);

/// How a model is told which words are likely.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Terms {
    /// `keyterm`, for Nova-3 (<https://developers.deepgram.com/docs/keyterm>).
    #[default]
    Keyterm,
    /// `keywords`, for models before it (<https://developers.deepgram.com/docs/keywords>).
    Keywords,
}

/// A recogniser. Words that are likely stand in the address that Deepgram is asked at: no names of patients among them.
#[derive(Clone, Debug)]
pub struct Hearer {
    /// Where and as whom to connect.
    pub connection: Connection,
    /// Such as `nova-3` or `nova-3-medical`.
    pub model: String,
    /// Silence after which a piece of speech is final, in milliseconds; nothing when only [`Hearing::Finish`] says so.
    pub endpointing: Option<u32>,
    /// Silence after the last word that counts as the end of an utterance, in milliseconds: 1000 or more.
    pub utterance_end: Option<u32>,
    /// How likely words are told.
    pub terms: Terms,
    /// How long after [`Hearing::Finish`] nothing more is expected.
    pub finish: Duration,
}

impl Hearer {
    /// With the settings of a conversation in which somebody else listens for the end of speech.
    #[must_use]
    pub fn new(connection: Connection, model: impl Into<String>) -> Self {
        Self {
            connection,
            model: model.into(),
            endpointing: None,
            utterance_end: Some(1000),
            terms: Terms::default(),
            finish: Duration::from_millis(900),
        }
    }

    fn parameters(&self, wish: &Listening) -> Vec<(&'static str, String)> {
        let endpointing = self.endpointing.map_or_else(|| "false".to_owned(), |silence| silence.to_string());
        let mut all = vec![
            ("model", self.model.clone()),
            ("language", wish.language.clone()),
            ("channels", "1".to_owned()),
            ("interim_results", "true".to_owned()),
            ("punctuate", "true".to_owned()),
            ("vad_events", "true".to_owned()),
            ("endpointing", endpointing),
        ];
        all.extend(self.utterance_end.map(|silence| ("utterance_end_ms", silence.to_string())));
        let name = match self.terms {
            Terms::Keyterm => "keyterm",
            Terms::Keywords => "keywords",
        };
        all.extend(wish.terms.iter().map(|term| (name, term.clone())));
        all
    }
}

impl Recogniser for Hearer {
    fn open<'a>(&'a self, wish: &'a Listening) -> BoxFuture<'a, Result<Line<Hearing, Heard>, Trouble>> {
        async move {
            let all = self.parameters(wish);
            let parameters: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let socket = self.connection.open("listen", wish.format, &parameters).await?;
            let ear = Ear::new(self.finish, self.connection.patience.answer);
            Ok(lines::serve(socket, ear, self.connection.patience))
        }
        .boxed()
    }
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Told {
    Results {
        #[serde(default)]
        is_final: bool,
        #[serde(default)]
        speech_final: bool,
        #[serde(default)]
        from_finalize: bool,
        channel: Channel,
    },
    SpeechStarted,
    UtteranceEnd,
    Error,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Channel {
    alternatives: Vec<Alternative>,
}

#[derive(Deserialize)]
struct Alternative {
    transcript: String,
}

/// What was asked for and heard.
struct Ear {
    finish: Duration,
    answer: Duration,
    /// Until when what was finished has to be final, one after another. Not every `Finalize` is answered
    /// (<https://developers.deepgram.com/docs/finalize>).
    finishing: VecDeque<Instant>,
    /// When something was sent.
    sent: Instant,
    /// When sound was sent.
    sounded: Instant,
    /// Until when something has to come, while sound is sent.
    due: Option<Instant>,
    /// Whether somebody speaks whose end was not told.
    is_speaking: bool,
    is_leaving: bool,
}

impl Ear {
    fn new(finish: Duration, answer: Duration) -> Self {
        let (finishing, sent) = (VecDeque::new(), Instant::now());
        Self { finish, answer, finishing, sent, sounded: sent, due: None, is_speaking: false, is_leaving: false }
    }

    fn results(&mut self, text: String, is_final: bool, from_finalize: bool, out: &mut Out<Heard>) {
        self.is_speaking |= !text.is_empty();
        if !is_final {
            if !text.is_empty() {
                out.told.push_back(Heard::Partial(text));
            }
            return;
        }
        // when nobody waits for it any more, what it says still counts
        let finished = from_finalize && self.finishing.pop_front().is_some();
        if finished || !text.is_empty() {
            out.told.push_back(Heard::Final { text, finished });
        }
    }

    fn ended(&mut self, out: &mut Out<Heard>) {
        if std::mem::take(&mut self.is_speaking) {
            out.told.push_back(Heard::Ended);
        }
    }
}

impl Dialect for Ear {
    type To = Hearing;
    type From = Heard;

    fn tell(&mut self, wish: Hearing, out: &mut Out<Heard>) -> Result<(), Trouble> {
        let frame = match wish {
            // an empty message means the end
            Hearing::Sound(sound) if sound.0.is_empty() => return Ok(()),
            Hearing::Sound(sound) => {
                self.sounded = out.now;
                self.due.get_or_insert(out.now + self.answer);
                Frame::Sound(sound.0.into())
            }
            Hearing::Finish => {
                self.finishing.push_back(out.now + self.finish);
                Frame::json(&json!({ "type": "Finalize" }))
            }
            Hearing::Pause => {
                self.due = None;
                Frame::json(&json!({ "type": "KeepAlive" }))
            }
        };
        self.sent = out.now;
        out.frames.push(frame);
        Ok(())
    }

    fn hear(&mut self, frame: Frame, out: &mut Out<Heard>) -> Result<(), Trouble> {
        let Frame::Text(text) = frame else { return Err(Trouble::new("protocol")) };
        let told = serde_json::from_str(text.as_str()).map_err(|_| Trouble::new("protocol"))?;
        self.due = None;
        match told {
            Told::Results { is_final, speech_final, from_finalize, channel } => {
                let text = channel.alternatives.into_iter().next().map(|best| best.transcript).unwrap_or_default();
                self.results(text, is_final, from_finalize, out);
                if speech_final {
                    self.ended(out);
                }
            }
            Told::SpeechStarted => {
                self.is_speaking = true;
                out.told.push_back(Heard::Began);
            }
            Told::UtteranceEnd => self.ended(out),
            Told::Error => return Err(Trouble::new("refused")),
            Told::Other => {}
        }
        Ok(())
    }

    fn due(&self) -> Option<Instant> {
        let sign = (!self.is_leaving).then_some(self.sent + SIGN_OF_LIFE);
        sign.into_iter().chain(self.due).chain(self.finishing.front().copied()).min()
    }

    fn late(&mut self, out: &mut Out<Heard>) -> Result<(), Trouble> {
        // interim results come every second while sound is sent, also of silence
        if self.due.take_if(|due| *due <= out.now).is_some() && out.now < self.sounded + STILL_SOUNDS {
            return Err(Trouble::new("timeout"));
        }
        if self.finishing.pop_front_if(|due| *due <= out.now).is_some() {
            out.told.push_back(Heard::Final { text: String::new(), finished: true });
        }
        if !self.is_leaving && self.sent + SIGN_OF_LIFE <= out.now {
            self.sent = out.now;
            out.frames.push(Frame::json(&json!({ "type": "KeepAlive" })));
        }
        Ok(())
    }

    fn leave(&mut self, out: &mut Out<Heard>) {
        self.is_leaving = true;
        out.frames.push(Frame::json(&json!({ "type": "CloseStream" })));
    }

    /// What was said up to the end may still come; they hang up.
    fn is_at_rest(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use speech::Sound;

    use super::*;

    struct Bench {
        ear: Ear,
        out: Out<Heard>,
    }

    impl Bench {
        fn new() -> Self {
            let ear = Ear::new(Duration::from_millis(900), Duration::from_secs(5));
            Self { out: Out::new(ear.sent), ear }
        }

        fn tell(&mut self, wish: Hearing) -> Vec<Frame> {
            self.ear.tell(wish, &mut self.out).expect("taken");
            std::mem::take(&mut self.out.frames)
        }

        fn hear(&mut self, told: &serde_json::Value) -> Vec<Heard> {
            self.ear.hear(Frame::json(told), &mut self.out).expect("understood");
            self.out.told.drain(..).collect()
        }

        fn wait(&mut self, milliseconds: u64) -> Result<(Vec<Frame>, Vec<Heard>), Trouble> {
            self.out.now += Duration::from_millis(milliseconds);
            if self.ear.due().is_some_and(|due| due <= self.out.now) {
                self.ear.late(&mut self.out)?;
            }
            Ok((std::mem::take(&mut self.out.frames), self.out.told.drain(..).collect()))
        }
    }

    fn result(text: &str, is_final: bool, speech_final: bool, from_finalize: bool) -> serde_json::Value {
        json!({
            "type": "Results", "is_final": is_final, "speech_final": speech_final, "from_finalize": from_finalize,
            "channel": { "alternatives": [{ "transcript": text }] },
        })
    }

    fn last(text: &str, finished: bool) -> Heard {
        Heard::Final { text: text.to_owned(), finished }
    }

    fn sound() -> Hearing {
        Hearing::Sound(Sound(vec![0xff; 160]))
    }

    #[test]
    fn the_end_is_told_once() {
        let mut bench = Bench::new();
        assert_eq!(bench.hear(&json!({ "type": "SpeechStarted" })), [Heard::Began]);
        assert_eq!(bench.hear(&result("yes", false, false, false)), [Heard::Partial("yes".to_owned())]);
        assert_eq!(bench.hear(&result("yes", true, true, false)), [last("yes", false), Heard::Ended]);
        assert_eq!(bench.hear(&json!({ "type": "UtteranceEnd" })), []);
        assert_eq!(bench.hear(&result("", false, false, false)), [], "silence");
        assert_eq!(bench.hear(&result("", true, true, false)), []);
        assert_eq!(bench.hear(&result("no", true, false, false)), [last("no", false)]);
        assert_eq!(bench.hear(&json!({ "type": "UtteranceEnd" })), [Heard::Ended]);
        assert_eq!(bench.hear(&json!({ "type": "Something new" })), []);
    }

    #[test]
    fn every_finish_is_answered() {
        let mut bench = Bench::new();
        assert_eq!(bench.tell(Hearing::Finish), [Frame::json(&json!({ "type": "Finalize" }))]);
        bench.tell(Hearing::Finish);
        assert_eq!(bench.hear(&result("one", true, false, false)), [last("one", false)]);
        assert_eq!(bench.hear(&result("", true, false, true)), [last("", true)]);
        assert_eq!(bench.wait(899), Ok((vec![], vec![])));
        assert_eq!(bench.wait(1), Ok((vec![], vec![last("", true)])), "nothing comes of some");
        assert_eq!(bench.hear(&result("two", true, false, true)), [last("two", false)], "it comes after all");
    }

    #[test]
    fn silence_is_kept_alive_and_counts_nothing() {
        let alive = vec![Frame::json(&json!({ "type": "KeepAlive" }))];
        let mut bench = Bench::new();
        assert_eq!(bench.tell(Hearing::Pause), alive);
        assert_eq!(bench.wait(3_999), Ok((vec![], vec![])));
        assert_eq!(bench.wait(1), Ok((alive.clone(), vec![])));
        assert_eq!(bench.wait(4_000), Ok((alive, vec![])));
        assert_eq!(bench.tell(Hearing::Sound(Sound(Vec::new()))), [], "that would be the end");
        assert_eq!(bench.tell(sound()).len(), 1);
        assert_eq!(bench.wait(3_999), Ok((vec![], vec![])), "sound is life");
    }

    #[test]
    fn who_hears_nothing_of_the_sound_is_given_up() {
        let mut bench = Bench::new();
        bench.tell(sound());
        bench.wait(4_000).expect("time enough");
        bench.tell(sound());
        assert_eq!(bench.wait(1_000), Err(Trouble::new("timeout")));
        let mut bench = Bench::new();
        bench.tell(sound());
        bench.hear(&result("", false, false, false));
        bench.wait(5_000).expect("it was heard");
        let mut bench = Bench::new();
        bench.tell(sound());
        bench.wait(5_000).expect("there is no sound any more");
    }

    #[test]
    fn what_is_not_understood_is_told() {
        let mut bench = Bench::new();
        for (frame, code) in [
            (Frame::Sound(vec![1].into()), "protocol"),
            (Frame::Text("{".into()), "protocol"),
            (Frame::json(&json!({ "type": "Results" })), "protocol"),
            (Frame::json(&json!({ "type": "Error", "description": "x" })), "refused"),
        ] {
            assert_eq!(bench.ear.hear(frame, &mut bench.out), Err(Trouble::new(code)));
        }
    }
}
