//! Rules of the engine, one by one.

use serde_json::json;

use super::{Driven, sample, sample_context};
use crate::engine::{Conversation, Effect, Event, Kept, Message, Missing, Party, Sound};

fn driven() -> Driven {
    let mut driven = Driven::answered(&sample(), &sample_context());
    assert_eq!(driven.call.node(), "talk");
    driven.answer("Good morning.", &[]);
    driven.listen();
    driven
}

fn says(effects: &[Effect]) -> Vec<String> {
    let said = effects.iter().filter_map(|effect| if let Effect::Say(it) = effect { Some(it.spoken()) } else { None });
    said.collect()
}

fn question(effects: &[Effect]) -> Vec<Message> {
    let asked = effects.iter().rev().find_map(|effect| {
        if let Effect::Ask { question, .. } = effect { Some(question.messages.clone()) } else { None }
    });
    asked.expect("a question")
}

#[test]
fn no_call_without_what_it_needs() {
    let mut context = sample_context();
    context.patient.remove("birth");
    context.org.remove("name");
    let missing = Conversation::begin(sample(), context).expect_err("refused");
    assert_eq!(missing, Missing(vec!["org.name".to_owned(), "patient.birth".to_owned()]));
}

#[test]
fn it_is_said_who_speaks_before_anything_else() {
    let mut driven = Driven::begin(&sample(), &sample_context());
    driven.on(Event::Connected { inbound: false });
    let effects = driven.hear("Hello?");
    let said = says(&effects);
    assert!(said[0].contains("automated assistant calling from Alpha"), "{said:?}");
    let say = effects.iter().position(|effect| matches!(effect, Effect::Say(_)));
    let ask = effects.iter().position(|effect| matches!(effect, Effect::Ask { .. }));
    assert!(say < ask, "before the model is asked");
}

#[test]
fn an_answer_is_said_as_it_comes() {
    let mut driven = driven();
    driven.hear("What is it about?");
    let generation = driven.generation;
    let more = |text: &str| Event::ModelText { generation, text: text.to_owned() };
    assert_eq!(says(&driven.on(more("It is about your"))), Vec::<String>::new());
    assert_eq!(says(&driven.on(more(" visit. Can you"))), ["It is about your visit."]);
    assert_eq!(says(&driven.on(more(" come?"))), Vec::<String>::new());
    assert_eq!(says(&driven.on(Event::ModelDone { generation, tokens: 0 })), ["Can you come?"]);
}

#[test]
fn an_answer_to_an_older_question_does_nothing() {
    let mut driven = driven();
    driven.hear("One.");
    let old = driven.generation;
    driven.hear("Two.");
    assert!(driven.generation > old);
    for event in [
        Event::ModelText { generation: old, text: "Old news. ".to_owned() },
        Event::ModelDone { generation: old, tokens: 0 },
        Event::ModelFailed { generation: old },
    ] {
        assert_eq!(driven.on(event), []);
    }
}

#[test]
fn an_empty_answer_is_asked_again_and_then_the_runtime_speaks() {
    let mut driven = driven();
    driven.hear("Hm?");
    let first = driven.generation;
    assert!(says(&driven.answer("  ", &[])).is_empty());
    assert_eq!(driven.generation, first + 1, "asked once more");
    assert_eq!(says(&driven.answer("", &[])), ["I am sorry, could you say that again?"]);
    // one who says nothing at all is not waited for
    driven.listen();
    driven.hear("Hm?");
    driven.now += 8_000;
    driven.on(Event::Tick);
    driven.now += 8_000;
    assert_eq!(says(&driven.on(Event::Tick)).len(), 1);
}

#[test]
fn the_model_knows_what_was_heard_and_no_more() {
    let mut driven = driven();
    driven.hear("Yes?");
    driven.answer("Your visit is on Monday at nine. Please bring your card.", &[]);
    let first = driven.said[0];
    driven.now += 400;
    let effects = driven.on(Event::Heard { text: "wait".to_owned(), is_final: false });
    assert!(effects.contains(&Effect::Stop { utterance: first }), "the first is stopped");
    driven.on(Event::Interrupted { utterance: first, per_mille: 500 });
    let messages = question(&driven.hear("Wait, who is this?"));
    let heard = messages
        .iter()
        .rev()
        .find_map(|message| if let Message::Assistant { text, .. } = message { Some(text.clone()) } else { None });
    assert_eq!(heard.as_deref(), Some("Your visit is"), "whole words up to the cut, and nothing behind it");
    let cut = driven.call.result().transcript.into_iter().filter(|turn| turn.is_cut);
    assert_eq!(cut.map(|turn| turn.text).collect::<Vec<_>>(), ["Your visit is"]);
}

#[test]
fn who_listens_aloud_does_not_interrupt() {
    let mut driven = driven();
    driven.hear("Yes?");
    driven.answer("Your visit is on Monday at nine.", &[]);
    let heard = |text: &str, is_final| Event::Heard { text: text.to_owned(), is_final };
    assert_eq!(driven.on(heard("uh-huh", false)), []);
    let effects = driven.on(heard("Mm-hmm.", true));
    assert!(effects.iter().all(|effect| matches!(effect, Effect::Turn(_))), "it is written down, that is all");
    assert!(driven.on(heard("stop", false)).iter().any(|effect| matches!(effect, Effect::Stop { .. })));
    // behind a question that is all but over, it is an answer
    driven.hear("Yes?");
    driven.answer("Can you come on Monday?", &[]);
    driven.now += 1_400;
    assert!(driven.on(heard("Yeah.", true)).iter().any(|effect| matches!(effect, Effect::Ask { .. })));
}

#[test]
fn functions_are_refused_for_every_reason() {
    let mut driven = driven();
    let mut refused = |said: &str, name: &str, arguments: serde_json::Value| {
        driven.hear(said);
        let effects = driven.answer("", &[(name, arguments)]);
        let reason = effects
            .iter()
            .find_map(|effect| if let Effect::Called { refused, .. } = effect { Some(*refused) } else { None });
        let reason = reason.expect("it was called");
        serde_json::to_value(reason).expect("JSON").as_str().unwrap_or("done").to_owned()
    };
    assert_eq!(refused("hm", "shutdown", json!({})), "unknown");
    assert_eq!(refused("hm", "tell", json!({ "status": "open" })), "arguments");
    assert_eq!(refused("hm", "tell", json!({ "status": "ajar", "quote": "hm" })), "arguments");
    assert_eq!(refused("hm", "tell", json!({ "status": "open", "quote": "hm", "sql": "x" })), "arguments");
    assert_eq!(refused("hm", "tell", json!([])), "arguments");
    assert_eq!(refused("it is shut", "tell", json!({ "status": "open", "quote": "it is open" })), "evidence");
    assert_eq!(refused("hm", "note", json!({ "text": "no number" })), "value");
    assert_eq!(refused("it is shut", "tell", json!({ "status": "shut", "quote": "It is SHUT" })), "done");
    assert_eq!(driven.call.node(), "over", "and the call goes on in the same step");
}

#[test]
fn nobody_answers_their_own_question() {
    let mut driven = Driven::begin(&sample(), &sample_context());
    driven.on(Event::Connected { inbound: true });
    assert_eq!(driven.call.node(), "talk");
    driven.answer("", &[("note", json!({ "text": "AB12" }))]);
    let counts = driven.call.result().counts;
    assert_eq!((counts.calls, counts.refused.len()), (0, 1), "they have not said anything yet");
}

#[test]
fn a_number_counts_when_they_have_said_yes() {
    let mut driven = driven();
    driven.hear("It is AB12.");
    let said = says(&driven.answer("", &[("note", json!({ "text": "AB12" }))]));
    assert_eq!(said, ["I have: A, B, one, two. Is that correct?"]);
    assert!(driven.call.result().found.is_empty());
    driven.listen();
    driven.hear("No.");
    assert!(driven.call.result().found.is_empty(), "a no drops it");
    driven.answer("", &[("note", json!({ "text": "AB13" }))]);
    driven.listen();
    driven.hear("Yes.");
    let found = driven.call.result().found;
    assert!(found["number"].is_confirmed && found["number"].value == json!("AB13"));
}

#[test]
fn slots_are_said_where_the_task_names_them_and_nothing_else_is() {
    let mut driven = driven();
    driven.hear("When?");
    let said = says(&driven.answer("Born <<birth>>, code <<code>>, <<x>> {{ y }} <|z|> **so**.", &[]));
    assert_eq!(said, ["Born March 12, 1985, code ,    so."]);
    driven.listen();
    let turns = driven.call.result().transcript;
    let last = turns.last().expect("a line");
    assert!(last.text.contains("1985") && last.redacted.contains("[birth]") && !last.redacted.contains("1985"));
    // what they say of it does not reach the model either
    let asked = serde_json::to_string(&question(&driven.hear("So 1985-03-12, code z x eight one?"))).expect("JSON");
    assert!(asked.contains("So <<birth>>") && asked.contains("code <<code>>"), "{asked}");
}

#[test]
fn a_conversation_that_was_kept_goes_on_alike() {
    let (flow, context) = (sample(), sample_context());
    let mut driven = driven();
    let kept = serde_json::to_string(&driven.call.keep()).expect("JSON");
    let kept: Kept = serde_json::from_str(&kept).expect("the same");
    let mut other = Conversation::resume(flow, context, kept);
    let event = Event::Heard { text: "It is shut.".to_owned(), is_final: true };
    assert_eq!(other.on(driven.now + 5, event.clone()), driven.call.on(driven.now + 5, event));
    assert_eq!(other.wakes_at(), driven.call.wakes_at());
}

#[test]
fn a_machine_hears_its_message_at_the_beep_or_when_it_is_quiet() {
    let machine = || {
        let mut driven = Driven::begin(&sample(), &sample_context());
        driven.on(Event::Connected { inbound: false });
        assert_eq!(says(&driven.hear("Please leave a message after the tone.")), Vec::<String>::new());
        assert_eq!(driven.call.node(), "machine");
        driven
    };
    let mut driven = machine();
    assert_eq!(says(&driven.on(Event::Sound { kind: Sound::Beep })), ["Call +15550100002."]);
    driven.listen();
    assert!(driven.call.result().ending.is_some());
    let mut driven = machine();
    driven.on(Event::SpeechEnded);
    driven.now += 2_500;
    assert_eq!(says(&driven.on(Event::Tick)).len(), 1);
}

#[test]
fn silence_is_never_long() {
    let mut driven = driven();
    let mut last = driven.now;
    for _ in 0..3 {
        let at = driven.call.wakes_at().expect("it waits");
        assert!(at - last <= 10_000, "{} ms of silence", at - last);
        driven.now = at;
        driven.on(Event::Tick);
        driven.listen();
        last = driven.now;
    }
    assert_eq!(driven.call.result().ending.expect("an end").outcome, "no_response");
}

#[test]
fn the_last_word_is_heard_and_then_the_line_is_closed() {
    let mut driven = driven();
    let effects = driven.hear("Stop it.");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Capability { .. })), "without a model");
    assert!(effects.contains(&Effect::HangUp), "nothing is left to say");
    assert!(!driven.call.is_over());
    let effects = driven.on(Event::Closed { by: Party::Us });
    assert_eq!(effects.last(), Some(&Effect::Finished));
    assert!(driven.call.is_over() && driven.call.wakes_at().is_none());
}

#[test]
fn a_phrase_that_ends_many_calls_of_the_model_is_bounded() {
    let mut driven = driven();
    driven.hear("Well?");
    for _ in 0..10 {
        if driven.call.result().transcript.iter().any(|turn| turn.text.contains("could you say that again")) {
            break;
        }
        driven.answer("", &[("shutdown", json!({}))]);
        driven.listen();
    }
    assert!(driven.call.result().counts.questions < 8, "it does not ask for ever");
}
