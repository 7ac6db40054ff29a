use super::*;
use Event::{ConfirmInterruption, PausePlayout, ResumePlayout, SpeechBegan, SpeechEnded, TurnEnded};
use proptest::prelude::*;

/// A call, and what has happened at which millisecond.
struct Call {
    turns: Turns,
    now: u32,
    events: Vec<(u32, Event)>,
}

impl Call {
    fn new() -> Self {
        Self { turns: Turns::new(Settings::default()), now: 0, events: Vec::new() }
    }

    fn pass(&mut self, ms: u32, verdict: Verdict) -> &mut Self {
        for _ in 0..ms / 20 {
            self.now += 20;
            self.with(|turns, tell| turns.frame(verdict, tell));
        }
        self
    }

    fn voice(&mut self, ms: u32) -> &mut Self {
        self.pass(ms, Verdict::Voice)
    }

    fn quiet(&mut self, ms: u32) -> &mut Self {
        self.pass(ms, Verdict::Other)
    }

    fn partial(&mut self, text: &str) -> &mut Self {
        self.with(|turns, tell| turns.partial(text, tell))
    }

    fn finished(&mut self, text: &str) -> &mut Self {
        self.with(|turns, tell| turns.finished(text, tell))
    }

    fn heard(&mut self, is_heard: bool) -> &mut Self {
        self.with(|turns, tell| turns.heard(is_heard, tell))
    }

    fn with(&mut self, act: impl FnOnce(&mut Turns, &mut dyn FnMut(Event))) -> &mut Self {
        let (now, events) = (self.now, &mut self.events);
        act(&mut self.turns, &mut |event| events.push((now, event)));
        self
    }
}

/// When a turn that said this is over, from the last of its sound.
fn wait(text: &str, expected: Expected) -> (u32, Why) {
    let mut call = Call::new();
    call.turns.expect(expected);
    call.voice(1_000).quiet(220).finished(text).quiet(5_000);
    match call.events[..] {
        [(160, SpeechBegan), (1_200, SpeechEnded), (at, TurnEnded(why))] => (at - 1_000, why),
        ref events => panic!("{events:?}"),
    }
}

#[test]
fn a_turn_is_over_sooner_the_more_finished_it_looks() {
    use Expected::{Anything, Choice, Digits};
    assert_eq!(wait("It was approved.", Anything), (260, Why::Complete));
    assert_eq!(wait("it was approved", Anything), (700, Why::Waited));
    assert_eq!(wait("it was approved and", Anything), (1_600, Why::Waited));
    assert_eq!(wait("yes", Choice), (260, Why::Complete));
    assert_eq!(wait("it is eight one", Anything), (2_500, Why::Waited));
    assert_eq!(wait("eight one", Digits(4)), (2_500, Why::Waited));
    assert_eq!(wait("eight one five two", Digits(4)), (260, Why::Complete));
    assert_eq!(wait("", Anything), (1_600, Why::Nothing));
}

#[test]
fn short_noises_are_no_speech_and_short_pauses_no_end() {
    let mut call = Call::new();
    call.voice(140).quiet(500).voice(140).quiet(500);
    assert_eq!(call.events, []);
    call.voice(300).quiet(180).voice(300).pass(400, Verdict::Doubtful).quiet(100);
    assert_eq!(call.events, [(1_440, SpeechBegan)]);
    // a turn goes on when they do
    call.partial("it is").quiet(300).voice(400).partial("it is fine.").quiet(300);
    assert_eq!(
        call.events[1..],
        [(2_660, SpeechEnded), (3_020, SpeechBegan), (3_460, SpeechEnded), (3_520, TurnEnded(Why::Complete))]
    );
}

#[test]
fn a_cough_lets_us_go_on_and_a_word_does_not() {
    let mut call = Call::new();
    call.heard(true).voice(140).quiet(300);
    assert_eq!(call.events, [(120, PausePlayout), (340, ResumePlayout)]);
    let mut call = Call::new();
    call.heard(true).voice(200).partial("wait");
    assert_eq!(call.events, [(120, PausePlayout), (160, SpeechBegan), (200, ConfirmInterruption)]);
    // and when the word comes only behind the voice
    let mut call = Call::new();
    call.heard(true).voice(180).quiet(300).finished("Stop.");
    assert_eq!(
        call.events[2..],
        [(380, ResumePlayout), (380, SpeechEnded), (480, PausePlayout), (480, ConfirmInterruption)]
    );
}

#[test]
fn a_voice_that_goes_on_interrupts_unless_it_only_listens() {
    let mut call = Call::new();
    call.heard(true).voice(1_000);
    assert_eq!(call.events, [(120, PausePlayout), (160, SpeechBegan), (360, ConfirmInterruption)]);
    let mut call = Call::new();
    call.heard(true).voice(200).partial("Uh-huh, okay").voice(300).quiet(3_000);
    assert_eq!(
        call.events,
        [
            (120, PausePlayout),
            (160, SpeechBegan),
            (700, ResumePlayout),
            (700, SpeechEnded),
            (1_200, TurnEnded(Why::Aside)),
        ]
    );
    let mut call = Call::new();
    call.heard(true).voice(200).partial("okay okay").voice(2_000);
    assert_eq!(call.events.last(), Some(&(1_500, ConfirmInterruption)));
}

#[test]
fn words_of_the_turn_before_do_not_interrupt() {
    let mut call = Call::new();
    call.voice(500).quiet(3_000).finished("That came late.").heard(true).voice(140).quiet(400);
    assert_eq!(call.events[3..], [(3_620, PausePlayout), (3_840, ResumePlayout)]);
}

#[test]
fn nobody_is_kept_waiting_by_what_may_be_a_voice() {
    let mut call = Call::new();
    call.heard(true).voice(120).pass(3_000, Verdict::Doubtful);
    assert_eq!(call.events, [(120, PausePlayout), (1_620, ConfirmInterruption)]);
}

#[test]
fn what_must_not_be_interrupted_is_not() {
    let mut call = Call::new();
    call.with(|turns, tell| turns.may_interrupt(false, tell)).heard(true);
    call.voice(1_000).partial("wait wait").voice(1_000);
    assert_eq!(call.events, [(160, SpeechBegan)]);
}

#[test]
fn who_never_stops_is_cut() {
    let mut call = Call::new();
    call.voice(150_000).quiet(200).voice(160);
    assert_eq!(
        call.events,
        [(160, SpeechBegan), (60_160, SpeechEnded), (60_160, TurnEnded(Why::TooLong)), (150_360, SpeechBegan),]
    );
}

#[derive(Clone, Debug)]
enum Step {
    Pass(u32, Verdict),
    Partial(&'static str),
    Finished(&'static str),
    Heard(bool),
    MayInterrupt(bool),
    Expect(Expected),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let verdict = prop::sample::select(vec![Verdict::Voice, Verdict::Voice, Verdict::Doubtful, Verdict::Other]);
    let text = prop::sample::select(vec!["", "okay", "wait", "It is fine.", "eight one", "and"]);
    let expected = prop::sample::select(vec![Expected::Anything, Expected::Choice, Expected::Digits(2)]);
    let step = prop_oneof![
        8 => (1_u32..30, verdict).prop_map(|(frames, verdict)| Step::Pass(frames * 20, verdict)),
        2 => text.clone().prop_map(Step::Partial),
        1 => text.prop_map(Step::Finished),
        2 => any::<bool>().prop_map(Step::Heard),
        1 => any::<bool>().prop_map(Step::MayInterrupt),
        1 => expected.prop_map(Step::Expect),
    ];
    prop::collection::vec(step, 1..80)
}

fn run(steps: &[Step]) -> Call {
    let mut call = Call::new();
    for step in steps {
        match *step {
            Step::Pass(ms, verdict) => call.pass(ms, verdict),
            Step::Partial(text) => call.partial(text),
            Step::Finished(text) => call.finished(text),
            Step::Heard(is_heard) => call.heard(is_heard),
            Step::MayInterrupt(may) => call.with(|turns, tell| turns.may_interrupt(may, tell)),
            Step::Expect(expected) => call.with(|turns, _| turns.expect(expected)),
        };
    }
    call
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn beginnings_have_ends_and_pauses_are_explained(steps in steps()) {
        let mut call = run(&steps);
        call.quiet(5_000);
        let (mut speaks, mut theirs, mut pauses) = (false, false, false);
        for (at, event) in &call.events {
            let fits = match event {
                SpeechBegan => !std::mem::replace(&mut speaks, true),
                SpeechEnded => std::mem::replace(&mut speaks, false),
                TurnEnded(_) => !speaks && theirs,
                PausePlayout => !std::mem::replace(&mut pauses, true),
                ConfirmInterruption | ResumePlayout => std::mem::replace(&mut pauses, false),
            };
            prop_assert!(fits, "{event:?} at {at} of {:?}", call.events);
            theirs = match event {
                SpeechBegan => true,
                TurnEnded(_) => false,
                _ => theirs,
            };
        }
        prop_assert!(!speaks && !theirs && !pauses, "{:?}", call.events);
    }

    #[test]
    fn nobody_is_interrupted_who_is_not_heard_or_must_not_be(steps in steps(), must_not: bool) {
        let steps: Vec<Step> = steps
            .into_iter()
            .filter(|step| !matches!(step, Step::Heard(true) if !must_not))
            .filter(|step| !matches!(step, Step::MayInterrupt(true) if must_not))
            .collect();
        let steps = [&[Step::MayInterrupt(!must_not)][..], &steps].concat();
        prop_assert!(run(&steps).events.iter().all(|(_, event)| *event != PausePlayout));
    }
}
