use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Says what it was told in words, and is told in words.
struct Plain<const AT_ONCE: usize>;

impl<const AT_ONCE: usize> Tongue for Plain<AT_ONCE> {
    const AT_ONCE: usize = AT_ONCE;
    const SIGN_OF_LIFE: Option<Duration> = Some(Duration::from_secs(10));

    fn begin(&self, utterance: u64) -> Option<Frame> {
        Some(Frame::Text(format!("begin {utterance}").into()))
    }
    fn say(&self, utterance: u64, text: &str) -> Frame {
        Frame::Text(format!("say {utterance} {text}").into())
    }
    fn finish(&self, utterance: u64) -> Vec<Frame> {
        vec![Frame::Text(format!("finish {utterance}").into())]
    }
    fn stop(&self, utterance: u64) -> Frame {
        Frame::Text(format!("stop {utterance}").into())
    }
    fn sign_of_life(&self, utterance: Option<u64>) -> Option<Frame> {
        Some(Frame::Text(format!("alive {utterance:?}").into()))
    }
    fn read(&self, frame: Frame) -> Result<Read, Trouble> {
        let Frame::Text(text) = frame else { return Err(Trouble::new("protocol")) };
        let (word, utterance) = text.as_str().split_once(' ').expect("two words");
        let utterance = utterance.parse().ok();
        Ok(match word {
            "sound" => Read::Sound(utterance, vec![1, 2, 3]),
            "last" => Read::Last(utterance, vec![4]),
            "done" => Read::Done(utterance),
            "stopped" => Read::Stopped(utterance),
            "failed" => Read::Failed(utterance, Trouble::new("refused")),
            _ => Read::Nothing,
        })
    }
}

struct Bench<const AT_ONCE: usize> {
    speaker: Speaker<Plain<AT_ONCE>>,
    out: Out<Spoken>,
}

impl<const AT_ONCE: usize> Bench<AT_ONCE> {
    fn new(format: Format) -> Self {
        let speaker = Speaker::new(Plain, format, Patience::default());
        Self { out: Out::new(speaker.sent), speaker }
    }

    fn say(&mut self, utterance: u64, text: &str) -> Vec<String> {
        self.tell(Saying::Say { utterance, text: text.to_owned() })
    }

    fn tell(&mut self, wish: Saying) -> Vec<String> {
        self.speaker.tell(wish, &mut self.out).expect("said");
        self.sent()
    }

    fn hear(&mut self, text: &str) -> Vec<String> {
        self.speaker.hear(Frame::Text(text.into()), &mut self.out).expect("understood");
        let told = self.out.told.drain(..).map(|told| match told {
            Spoken::Sound { utterance, sound } => format!("sound {utterance} {:?}", sound.0),
            Spoken::Done { utterance } => format!("done {utterance}"),
        });
        told.collect()
    }

    fn wait(&mut self, seconds: u64) -> Result<Vec<String>, Trouble> {
        self.out.now += Duration::from_secs(seconds);
        self.speaker.late(&mut self.out)?;
        Ok(self.sent())
    }

    fn sent(&mut self) -> Vec<String> {
        let text = |frame| match frame {
            Frame::Text(text) => text.as_str().to_owned(),
            Frame::Sound(_) => "sound".to_owned(),
        };
        self.out.frames.drain(..).map(text).collect()
    }
}

const NOTHING: [&str; 0] = [];

#[test]
fn one_after_another_where_only_one_is_borne() {
    let mut bench = Bench::<1>::new(Format::Mulaw8k);
    assert_eq!(bench.say(1, "a"), ["begin 1", "say 1 a"]);
    assert_eq!(bench.say(2, "b"), NOTHING);
    assert_eq!(bench.say(2, "c"), NOTHING);
    assert_eq!(bench.tell(Saying::Finish { utterance: 2 }), NOTHING);
    assert_eq!(bench.tell(Saying::Finish { utterance: 1 }), ["finish 1"]);
    assert_eq!(bench.hear("sound -"), ["sound 1 [1, 2, 3]"]);
    assert_eq!(bench.hear("done -"), ["done 1"]);
    assert_eq!(bench.sent(), ["begin 2", "say 2 bc", "finish 2"]);
    assert_eq!(bench.hear("sound -"), ["sound 2 [1, 2, 3]"]);
    assert!(!bench.speaker.is_at_rest());
    assert_eq!(bench.hear("done -"), ["done 2"]);
    assert!(bench.speaker.is_at_rest());
}

#[test]
fn what_is_stopped_is_not_heard_and_what_comes_next_waits_for_silence() {
    let mut bench = Bench::<1>::new(Format::Mulaw8k);
    bench.say(1, "a");
    bench.tell(Saying::Finish { utterance: 1 });
    bench.say(2, "b");
    assert_eq!(bench.tell(Saying::Stop { utterance: 1 }), ["stop 1"]);
    assert_eq!(bench.tell(Saying::Stop { utterance: 1 }), NOTHING, "once");
    assert_eq!(bench.hear("sound -"), NOTHING);
    assert_eq!(bench.hear("done -"), NOTHING, "of what was stopped");
    assert_eq!(bench.sent(), NOTHING);
    assert_eq!(bench.say(1, "late"), NOTHING, "words that come late");
    assert_eq!(bench.hear("stopped -"), NOTHING);
    assert_eq!(bench.sent(), ["begin 2", "say 2 b"]);
    assert_eq!(bench.tell(Saying::Stop { utterance: 2 }), ["stop 2"]);
    assert_eq!(bench.wait(60), Err(Trouble::new("timeout")), "it never said that it is silent");
}

#[test]
fn what_was_told_and_not_taken_is_taken_back() {
    let mut bench = Bench::<5>::new(Format::Mulaw8k);
    bench.say(1, "a");
    bench.say(2, "b");
    for sound in ["sound 1", "sound 2", "done 1"] {
        bench.speaker.hear(Frame::Text(sound.into()), &mut bench.out).expect("understood");
    }
    bench.tell(Saying::Stop { utterance: 1 });
    assert_eq!(bench.hear("nothing -"), ["sound 2 [1, 2, 3]"]);
}

#[test]
fn several_at_once_and_no_more_than_are_borne() {
    let mut bench = Bench::<2>::new(Format::Mulaw8k);
    assert_eq!(bench.say(7, "a"), ["begin 7", "say 7 a"]);
    assert_eq!(bench.say(8, "b"), ["begin 8", "say 8 b"]);
    assert_eq!(bench.say(9, "c"), NOTHING);
    assert_eq!(bench.hear("sound 9"), NOTHING, "not begun");
    assert_eq!(bench.hear("last 7"), ["sound 7 [4]", "done 7"]);
    assert_eq!(bench.sent(), ["begin 9", "say 9 c"]);
    assert_eq!(bench.say(10, "d"), NOTHING);
    assert_eq!(bench.hear("sound 8"), ["sound 8 [1, 2, 3]"]);
    assert_eq!(bench.tell(Saying::Stop { utterance: 8 }), ["stop 8"]);
    assert_eq!(bench.sent(), NOTHING, "it still counts there");
    assert_eq!(bench.hear("done 8"), NOTHING);
    assert_eq!(bench.sent(), ["begin 10", "say 10 d"]);
    assert_eq!(bench.tell(Saying::Stop { utterance: 9 }), ["stop 9"]);
    bench.say(11, "e");
    assert_eq!(bench.wait(9).expect("fine"), ["begin 11", "say 11 e"], "it may end without a word");
    assert_eq!(bench.hear("failed 9"), NOTHING);
    let failed = bench.speaker.hear(Frame::Text("failed 10".into()), &mut bench.out);
    assert_eq!(failed, Err(Trouble::new("refused")));
}

#[test]
fn what_is_finished_comes_in_time() {
    let mut bench = Bench::<2>::new(Format::Mulaw8k);
    bench.say(1, "a");
    assert_eq!(bench.wait(9).expect("nobody finished it"), NOTHING);
    assert_eq!(bench.wait(1).expect("alive"), ["alive Some(1)"]);
    assert_eq!(bench.tell(Saying::Finish { utterance: 1 }), ["finish 1"]);
    bench.wait(4).expect("time enough");
    assert_eq!(bench.hear("sound 1"), ["sound 1 [1, 2, 3]"]);
    bench.wait(4).expect("sound came");
    assert_eq!(bench.wait(1), Err(Trouble::new("timeout")));
}

#[test]
fn nothing_to_say_is_said_at_once() {
    let mut bench = Bench::<2>::new(Format::Mulaw8k);
    assert_eq!(bench.say(1, ""), NOTHING);
    assert_eq!(bench.tell(Saying::Finish { utterance: 1 }), NOTHING);
    assert_eq!(bench.hear("nothing -"), ["done 1"]);
    let much = bench.speaker.tell(Saying::Say { utterance: 2, text: "x".repeat(MOST_WAITING + 1) }, &mut bench.out);
    assert_eq!(much, Err(Trouble::new("refused")));
}

#[test]
fn samples_are_never_torn() {
    let mut bench = Bench::<2>::new(Format::Pcm16(16_000));
    bench.say(1, "a");
    bench.say(2, "a");
    assert_eq!(bench.hear("sound 1"), ["sound 1 [1, 2]"]);
    assert_eq!(bench.hear("sound 2"), ["sound 2 [1, 2]"]);
    assert_eq!(bench.hear("sound 1"), ["sound 1 [3, 1, 2, 3]"]);
}

#[test]
fn who_leaves_hears_what_was_said_to_its_end() {
    let mut bench = Bench::<1>::new(Format::Mulaw8k);
    bench.say(1, "a");
    bench.say(2, "b");
    bench.speaker.leave(&mut bench.out);
    assert_eq!(bench.sent(), ["finish 1"]);
    assert_eq!(bench.hear("done -"), ["done 1"]);
    assert_eq!(bench.sent(), ["begin 2", "say 2 b", "finish 2"]);
    assert_eq!(bench.hear("done -"), ["done 2"]);
    assert!(bench.speaker.is_at_rest());
}

/// What happens between somebody who speaks and a service that does as it should, in some order.
#[derive(Clone, Copy, Debug)]
enum Step {
    Say(u64),
    Finish(u64),
    Stop(u64),
    /// The service goes on with the utterance of this number among those that it has.
    Serve(usize),
    /// What was told is taken.
    Take,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0_u64..6).prop_map(Step::Say),
        2 => (0_u64..6).prop_map(Step::Finish),
        1 => (0_u64..6).prop_map(Step::Stop),
        5 => (0_usize..6).prop_map(Step::Serve),
        3 => Just(Step::Take),
    ]
}

/// A service that bears two at once: words of each that are not spoken yet, and whether it is finished or stopped.
#[derive(Default)]
struct Service {
    open: Vec<(u64, usize, &'static str)>,
}

impl Service {
    fn take(&mut self, frames: Vec<String>) {
        for frame in frames {
            let mut words = frame.split(' ');
            let (word, utterance) =
                (words.next(), words.next().and_then(|number| number.parse().ok()).expect("a number"));
            if word == Some("begin") {
                assert!(self.open.iter().all(|(other, ..)| *other != utterance), "it is begun once");
                self.open.push((utterance, 0, "spoken"));
                assert!(self.open.len() <= 2, "no more than are borne");
                continue;
            }
            let (_, words, state) = self.open.iter_mut().find(|(other, ..)| *other == utterance).expect("begun");
            match word {
                Some("say") if *state == "spoken" => *words += 1,
                Some("finish") if *state == "spoken" => *state = "finished",
                Some("stop") if *state != "stopped" => *state = "stopped",
                _ => panic!("{frame} of what is {state}"),
            }
        }
    }

    /// What it says of one of those that it has.
    fn serve(&mut self, which: usize) -> Option<String> {
        let which = which.checked_rem(self.open.len())?;
        let (utterance, words, state) = &mut self.open[which];
        if *words > 0 {
            *words -= 1;
            return Some(format!("sound {utterance}"));
        }
        let over = (*state != "spoken").then(|| format!("done {utterance}"))?;
        self.open.remove(which);
        Some(over)
    }
}

proptest! {
    #[test]
    fn whatever_the_order(steps in prop::collection::vec(step(), 0..80)) {
        let mut bench = Bench::<2>::new(Format::Mulaw8k);
        let mut service = Service::default();
        let (mut finished, mut stopped, mut said) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let (mut done, mut told) = (BTreeSet::new(), Vec::new());
        // at the end everything is finished and served
        let rest = (0..6).map(Step::Finish).chain((0..400).map(Step::Serve)).chain([Step::Take]);
        for step in steps.into_iter().chain(rest) {
            match step {
                Step::Say(utterance) => {
                    said.insert(utterance);
                    service.take(bench.say(utterance, "a"));
                }
                Step::Finish(utterance) => {
                    if !stopped.contains(&utterance) {
                        finished.insert(utterance);
                    }
                    service.take(bench.tell(Saying::Finish { utterance }));
                }
                Step::Stop(utterance) => {
                    stopped.insert(utterance);
                    service.take(bench.tell(Saying::Stop { utterance }));
                }
                Step::Serve(which) => {
                    if let Some(answer) = service.serve(which) {
                        bench.speaker.hear(Frame::Text(answer.into()), &mut bench.out).expect("understood");
                        let frames = bench.sent();
                        service.take(frames);
                    }
                }
                Step::Take => told.extend(bench.hear("nothing -")),
            }
            for told in told.drain(..) {
                let mut words = told.split(' ');
                let (word, utterance) = (words.next(), words.next().and_then(|number| number.parse().ok()));
                let utterance: u64 = utterance.expect("a number");
                prop_assert!(!stopped.contains(&utterance), "nobody wants to hear {told}");
                prop_assert!(!done.contains(&utterance), "{told} of what is over");
                prop_assert!(word == Some("done") || said.contains(&utterance));
                if word == Some("done") {
                    prop_assert!(finished.contains(&utterance));
                    done.insert(utterance);
                }
            }
        }
        let unheard: Vec<&u64> = finished.iter().filter(|one| !done.contains(one) && !stopped.contains(one)).collect();
        prop_assert!(unheard.is_empty(), "nothing came of {unheard:?}");
        prop_assert!(bench.speaker.is_at_rest());
    }
}
