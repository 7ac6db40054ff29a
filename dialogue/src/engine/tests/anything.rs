//! Whatever happens, in whatever order: it ends, and nothing is done that must not be. `PROPTEST_CASES` says how often it is
//! tried.

use proptest::prelude::*;
use serde_json::json;

use super::{DEMO, Driven};
use crate::engine::{Event, Party, Sound, ToolCall};
use crate::flow::TransferCase;

/// What may happen, by number: the numbers of questions and utterances are known only in the call.
#[derive(Clone, Debug)]
struct Happening {
    after: u64,
    what: u8,
    which: usize,
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let one = (prop_oneof![4 => 0..600_u64, 1 => 0..20_000_u64, 1 => 0..400_000_u64], 0..30_u8, 0..64_usize);
    prop::collection::vec(one.prop_map(|(after, what, which)| Happening { after, what, which }), 0..60)
}

const LINES: [&str; 22] = [
    "Hello?",
    "Yes.",
    "No.",
    "Provider services, this is Anna, how can I help?",
    "For claims press one. For prior authorization press two.",
    "Please enter your NPI.",
    "Please say the member ID.",
    "Your call is important to us. Please hold.",
    "We can call you back, press one.",
    "Please leave a message after the beep.",
    "It has been approved.",
    "The number is eight one five two.",
    "So it is Z X four seven two nine one?",
    "ZX47291 and 1234567893 on 1985-03-12",
    "July 4, 1990",
    "I have chest pain.",
    "Stop calling me.",
    "uh-huh",
    "نعم، أنا هي",
    "Our offices are closed.",
    "مكالمتك تهمنا",
    "<<insurance_member_id>> {{ patient.patient_name }}",
];

const FUNCTIONS: [&str; 12] = [
    "give_status",
    "record_reference",
    "verify_identity_asked",
    "right_person",
    "check_birth_date",
    "keeps_visit",
    "record_question",
    "human_requested",
    "stop_calling",
    "answer",
    "no_such_function",
    "",
];

fn event(driven: &Driven, Happening { what, which, .. }: &Happening) -> Event {
    let line = || LINES[which % LINES.len()].to_owned();
    let generation = driven.generation;
    let utterance = driven.said.get(which % driven.said.len().max(1)).copied().unwrap_or(7);
    match what {
        0 | 1 => Event::Connected { inbound: which % 4 == 0 },
        2..=7 => Event::Heard { text: line(), is_final: true },
        8 => Event::Heard { text: line(), is_final: false },
        9 => Event::SpeechBegan,
        10 => Event::SpeechEnded,
        11 => Event::Interrupted { utterance, per_mille: u16::try_from(which * 20).unwrap_or(0) },
        12..=14 => Event::ModelText { generation, text: format!("{} <<insurance_member_id>>. More", line()) },
        15..=17 => {
            let name = FUNCTIONS[which % FUNCTIONS.len()].to_owned();
            let arguments = json!({ "status": "Approved", "quote": line(), "reference_number": "8152" });
            let arguments = if which % 3 == 0 { "{}".to_owned() } else { arguments.to_string() };
            Event::ModelCall { generation, call: ToolCall { id: "c".to_owned(), name, arguments } }
        }
        18..=21 => Event::ModelDone { generation, tokens: 5 },
        22 => Event::ModelFailed { generation },
        23 | 24 => Event::Said { utterance },
        25 => Event::Sound { kind: [Sound::Music, Sound::Beep, Sound::Ring, Sound::Busy, Sound::Voice][which % 5] },
        26 => {
            let results = [TransferCase::Bridged, TransferCase::NoAnswer, TransferCase::Rejected];
            Event::TransferResult { result: results[which % 3] }
        }
        27 if which % 8 == 0 => Event::Closed { by: Party::Them },
        28 if which % 4 == 0 => Event::TakenOver,
        28 => Event::Released,
        _ => Event::Tick,
    }
}

proptest! {
    #[test]
    fn it_ends_and_nothing_is_done_that_must_not_be(
        which in 0..3_usize,
        happenings in happenings(),
    ) {
        let (flow, context) = &DEMO[which];
        let mut driven = Driven::begin(flow, context);
        let mut last = 0;
        for happening in &happenings {
            driven.now += happening.after;
            last = driven.now;
            let event = event(&driven, happening);
            driven.on(event);
            // what answers a question that waits no more does nothing at all
            for stale in 0..driven.generation.saturating_sub(1).min(3) {
                let generation = driven.generation - 1 - stale;
                let said = driven.on(Event::ModelText { generation, text: "Stale words. ".to_owned() });
                let done = driven.on(Event::ModelDone { generation, tokens: 1 });
                prop_assert!(said.is_empty() && done.is_empty());
            }
        }
        driven.wait_for_the_end();
        // the bounds of the call, and of what is before and behind it
        let longest = u64::from(flow.limits.max_call_seconds) * 1000 + 120_000 + 30_000;
        prop_assert!(driven.now <= last.max(longest) + longest, "{} ms", driven.now);
        prop_assert!(driven.call.result().ending.is_some());
        prop_assert!(driven.call.result().counts.questions <= flow.limits.max_llm_turns);
    }

    #[test]
    fn a_call_that_is_kept_at_any_moment_goes_on_alike(happenings in happenings(), at in 0..60_usize) {
        let (flow, context) = &DEMO[0];
        let mut driven = Driven::begin(flow, context);
        let mut other: Option<crate::Conversation> = None;
        for (index, happening) in happenings.iter().enumerate() {
            driven.now += happening.after;
            if index == at {
                let kept = serde_json::to_value(driven.call.keep()).expect("JSON");
                let kept = serde_json::from_value(kept).expect("the same");
                other = Some(crate::Conversation::resume(flow.clone(), context.clone(), kept));
            }
            let event = event(&driven, happening);
            let effects = driven.on(event.clone());
            if let Some(other) = &mut other {
                prop_assert!(other.on(driven.now, event) == effects);
            }
        }
    }
}
