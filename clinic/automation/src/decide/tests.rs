//! Decisions beside an interpreter that walks the tree of steps as one reads it.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::block::{Action, Blocks, Field, Run};
use crate::definition::Definition;
use crate::registry::{Clinic, Registry};

static NOTE: Action = Action {
    name: "test.note",
    permission: "workflows.write",
    fields: &[Field::new("text", Kind::Text, r#""x""#).required()],
    gives: &[Field::new("n", Kind::Number, "1")],
    run: Run::Inside(|_, _| Box::pin(async { Ok(Value::Null) })),
};

fn plan(definition: &Value) -> Plan {
    let registry = Registry::new(Blocks { actions: vec![&NOTE], ..Blocks::default() }, Clinic::default());
    Plan::read(&registry.expect("a registry"), Definition::read(definition, "").expect("its form")).expect("a plan")
}

fn at(minutes: i64) -> Surroundings {
    let now = Timestamp::from_second(1_780_000_000 + minutes * 60).expect("an instant");
    Surroundings { now, practice: json!({}), zone: TimeZone::UTC, quiet: None, opening: now }
}

/// A value that a step uses.
#[derive(Clone, Debug)]
enum Source {
    Number(i64),
    Item,
    Index,
}

/// A step, as one says it.
#[derive(Clone, Debug)]
enum Tree {
    Note(Source),
    Set(usize, Source),
    Branch(Vec<(usize, i64, Vec<Tree>)>, Vec<Tree>),
    Loop(u32, Vec<Tree>),
    Wait(i64),
    Stop(bool),
}

fn source() -> impl Strategy<Value = Source> {
    prop_oneof![(0i64..3).prop_map(Source::Number), Just(Source::Item), Just(Source::Index)]
}

fn trees() -> impl Strategy<Value = Vec<Tree>> {
    let leaf = prop_oneof![
        4 => source().prop_map(Tree::Note),
        3 => (0usize..3, source()).prop_map(|(name, value)| Tree::Set(name, value)),
        2 => (1i64..50).prop_map(Tree::Wait),
        1 => any::<bool>().prop_map(Tree::Stop),
    ];
    let tree = leaf.prop_recursive(4, 24, 4, |inner| {
        let list = prop::collection::vec(inner, 0..4);
        prop_oneof![
            (prop::collection::vec((0usize..3, 0i64..3, list.clone()), 1..3), list.clone())
                .prop_map(|(paths, otherwise)| Tree::Branch(paths, otherwise)),
            (1u32..5, list).prop_map(|(limit, steps)| Tree::Loop(limit, steps)),
        ]
    });
    prop::collection::vec(tree, 0..5)
}

/// As a definition; every step gets a number.
fn write(trees: &[Tree], count: &mut usize, in_loop: bool) -> Value {
    let text = |source: &Source| match source {
        Source::Item if in_loop => json!("{{ item }}"),
        Source::Index if in_loop => json!("{{ index }}"),
        Source::Number(n) => json!(n.to_string()),
        Source::Item | Source::Index => json!("9"),
    };
    let mut steps = Vec::new();
    for tree in trees {
        *count += 1;
        let id = format!("s{count}");
        steps.push(match tree {
            Tree::Note(s) => json!({ "kind": "action", "id": id, "action": "test.note", "fields": { "text": text(s) } }),
            Tree::Set(name, s) => json!({ "kind": "action", "id": id, "action": "variable.set",
                                          "fields": { "name": format!("v{name}"), "value": text(s) } }),
            Tree::Branch(paths, otherwise) => {
                let mut written = Vec::new();
                for (i, (name, number, steps)) in paths.iter().enumerate() {
                    let condition = json!({ "==": [{ "var": format!("vars.v{name}") }, number] });
                    written.push(json!({ "id": format!("p{i}"), "condition": condition, "steps": write(steps, count, in_loop) }));
                }
                json!({ "kind": "branch", "id": id, "paths": written, "otherwise": write(otherwise, count, in_loop) })
            }
            Tree::Loop(limit, steps) => {
                json!({ "kind": "loop", "id": id, "list": "given.list", "limit": limit, "steps": write(steps, count, true) })
            }
            Tree::Wait(minutes) => json!({ "kind": "wait", "id": id, "wait": { "for": "duration", "minutes": minutes } }),
            Tree::Stop(done) => json!({ "kind": "stop", "id": id, "outcome": if *done { "done" } else { "failed" } }),
        });
    }
    json!(steps)
}

/// The interpreter: what is noted, in which rounds, and how it ends.
struct Walk {
    vars: [i64; 3],
    list: Vec<i64>,
    rounds: Vec<(i64, i64)>,
    notes: Vec<String>,
    minutes: i64,
}

impl Walk {
    fn value(&self, source: &Source) -> i64 {
        match (source, self.rounds.last()) {
            (Source::Number(n), _) => *n,
            (Source::Item, Some((_, item))) => *item,
            (Source::Index, Some((index, _))) => *index,
            (Source::Item | Source::Index, None) => 9,
        }
    }

    /// None, when nothing stopped it.
    fn steps(&mut self, trees: &[Tree]) -> Option<bool> {
        for tree in trees {
            match tree {
                Tree::Note(source) => {
                    let rounds: Vec<_> = self.rounds.iter().map(|(index, _)| index.to_string()).collect();
                    self.notes.push(format!("{} at {}", self.value(source), rounds.join(".")));
                }
                Tree::Set(name, source) => self.vars[*name] = self.value(source),
                Tree::Branch(paths, otherwise) => {
                    let path = paths.iter().find(|(name, number, _)| self.vars[*name] == *number);
                    let steps = path.map_or(otherwise, |(_, _, steps)| steps);
                    if let Some(end) = self.steps(steps) {
                        return Some(end);
                    }
                }
                Tree::Loop(limit, steps) => {
                    for (index, item) in self.list.clone().into_iter().take(*limit as usize).enumerate() {
                        self.rounds.push((i64::try_from(index).expect("few"), item));
                        let end = self.steps(steps);
                        self.rounds.pop();
                        if end.is_some() {
                            return end;
                        }
                    }
                }
                Tree::Wait(minutes) => self.minutes += minutes,
                Tree::Stop(done) => return Some(*done),
            }
        }
        None
    }
}

/// Carries a plan out, each decision by what was written down of the one before.
fn carry_out(plan: &Plan, vars: Map<String, Value>, most: &[usize]) -> (Vec<String>, i64, bool, Vec<Entry>) {
    let mut text = serde_json::to_string(&begin(plan, vars)).expect("json");
    let (mut answer, mut notes, mut minutes, mut entries) = (Answer::Go, Vec::new(), 0, Vec::new());
    for turn in 0.. {
        assert!(turn < 20_000, "it does not end");
        let mut state: State = serde_json::from_str(&text).expect("a state");
        let decided = decide(plan, &mut state, answer, &at(minutes), most[turn % most.len()]);
        entries.extend(decided.entries);
        text = serde_json::to_string(&state).expect("json");
        answer = match decided.next {
            Next::Act(request) => {
                let rounds: Vec<_> = request.iteration.iter().map(ToString::to_string).collect();
                notes.push(format!("{} at {}", request.input["text"].as_str().expect("a text"), rounds.join(".")));
                Answer::Gave(json!({ "n": notes.len() }))
            }
            Next::Wait(waiting) => {
                let now = at(minutes).now;
                minutes += waiting.until.duration_since(now).as_mins();
                Answer::Woken(None)
            }
            Next::Again => Answer::Go,
            Next::Done => return (notes, minutes, true, entries),
            Next::Failed(failure) => {
                assert_eq!(failure.code, "run.stopped_as_failed");
                return (notes, minutes, false, entries);
            }
        };
    }
    unreachable!()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn decisions_are_those_of_whoever_walks_the_tree(
        trees in trees(), list in prop::collection::vec(0i64..3, 0..5), most in prop::collection::vec(1usize..6, 1..5),
    ) {
        let definition = json!({ "trigger": { "kind": "hand" }, "steps": write(&trees, &mut 0, false) });
        let plan = plan(&definition);
        let mut walk = Walk { vars: [7; 3], list: list.clone(), rounds: vec![], notes: vec![], minutes: 0 };
        let end = walk.steps(&trees).unwrap_or(true);
        let vars = json!({ "given": { "list": list }, "vars": { "v0": 7, "v1": 7, "v2": 7 } });
        let Value::Object(vars) = vars else { unreachable!() };
        let (notes, minutes, done, entries) = carry_out(&plan, vars, &most);
        prop_assert_eq!(notes, walk.notes);
        prop_assert_eq!(minutes, walk.minutes);
        prop_assert_eq!(done, end);
        let mut seqs: Vec<_> = entries.iter().filter(|entry| entry.state != "waiting").map(|entry| entry.seq).collect();
        seqs.dedup();
        prop_assert!(seqs.is_sorted());
    }
}

fn one(step: &Value) -> Plan {
    plan(&json!({ "trigger": { "kind": "hand" }, "steps": [step] }))
}

#[test]
fn a_moved_date_moves_the_wait() {
    let plan = one(
        &json!({ "kind": "wait", "id": "w", "wait": { "for": "date", "date": "visit.start", "offsetMinutes": -60 } }),
    );
    let start = |minutes: i64| json!({ "start": at(minutes).now });
    let mut state = begin(&plan, Map::from_iter([("visit".to_owned(), start(100))]));
    let turn = decide(&plan, &mut state, Answer::Go, &at(0), 10);
    assert!(matches!(&turn.next, Next::Wait(waiting) if waiting.until == at(40).now && waiting.date));
    // moved to later, and looked at before and at the time that was planned
    state.vars.insert("visit".to_owned(), start(200));
    let turn = decide(&plan, &mut state, Answer::Woken(None), &at(40), 10);
    assert!(matches!(&turn.next, Next::Wait(waiting) if waiting.until == at(140).now));
    // moved to so early that its time has passed
    state.vars.insert("visit".to_owned(), start(50));
    let turn = decide(&plan, &mut state, Answer::Woken(None), &at(50), 10);
    assert_eq!(turn.next, Next::Done);
    assert_eq!(turn.entries.iter().map(|e| (e.seq, e.state)).collect::<Vec<_>>(), [(1, "done")]);
}

#[test]
fn what_was_waited_for_happens_or_does_not() {
    let plan =
        one(&json!({ "kind": "wait", "id": "w", "wait": { "for": "event", "event": "a.b", "timeoutMinutes": 30 } }));
    for (happened, minutes, gives) in [(Some(at(5).now), 5, true), (None, 30, false)] {
        let mut state = begin(&plan, Map::new());
        let turn = decide(&plan, &mut state, Answer::Go, &at(0), 10);
        assert!(matches!(&turn.next, Next::Wait(waiting) if waiting.event.as_deref() == Some("a.b")));
        let turn = decide(&plan, &mut state, Answer::Woken(happened), &at(minutes), 10);
        assert_eq!((turn.next, &turn.entries[0].output["happened"]), (Next::Done, &json!(gives)));
    }
}

#[test]
fn quiet_hours_and_opening_hold_back_what_has_been_waited_for() {
    let wait = |within: &str| {
        one(&json!({ "kind": "wait", "id": "w", "within": within, "wait": { "for": "duration", "minutes": 10 } }))
    };
    let quiet =
        Quiet { from: at(5).now.to_zoned(TimeZone::UTC).time(), until: at(95).now.to_zoned(TimeZone::UTC).time() };
    let around = |minutes: i64, open: i64| Surroundings { quiet: Some(quiet), opening: at(open).now, ..at(minutes) };
    let plan = wait("waking");
    let mut state = begin(&plan, Map::new());
    let turn = decide(&plan, &mut state, Answer::Go, &around(0, 0), 10);
    assert!(matches!(&turn.next, Next::Wait(waiting) if waiting.until == at(95).now));
    assert_eq!(decide(&plan, &mut state, Answer::Woken(None), &around(95, 95), 10).next, Next::Done);
    let plan = wait("opening");
    let mut state = begin(&plan, Map::new());
    let turn = decide(&plan, &mut state, Answer::Go, &around(0, 0), 10);
    assert!(matches!(&turn.next, Next::Wait(waiting) if waiting.until == at(10).now));
    let turn = decide(&plan, &mut state, Answer::Woken(None), &around(10, 70), 10);
    assert!(matches!(&turn.next, Next::Wait(waiting) if waiting.until == at(70).now));
    assert_eq!(decide(&plan, &mut state, Answer::Woken(None), &around(70, 70), 10).next, Next::Done);
}

#[test]
fn what_cannot_be_filled_in_fails_there_or_is_passed_over() {
    let step =
        json!({ "kind": "action", "id": "a", "action": "test.note", "fields": { "text": "{{ patient.name }}" } });
    let mut state = begin(&one(&step), Map::new());
    let turn = decide(&one(&step), &mut state, Answer::Go, &at(0), 10);
    assert!(
        matches!(&turn.next, Next::Failed(failure) if failure.code == "template.missing" && failure.step.as_deref() == Some("a"))
    );
    assert_eq!(state.at.as_deref(), Some("a"));
    let mut careless = step;
    careless["onError"] = json!("continue");
    let mut state = begin(&one(&careless), Map::new());
    let turn = decide(&one(&careless), &mut state, Answer::Go, &at(0), 10);
    assert_eq!((turn.next, turn.entries[0].state), (Next::Done, "failed"));
}

#[test]
fn a_run_is_bounded_in_steps() {
    let inner = json!({ "kind": "action", "id": "f", "action": "text.format", "fields": { "text": "x" } });
    let inner = json!({ "kind": "loop", "id": "l2", "list": "given", "limit": 500, "steps": [inner] });
    let plan = one(&json!({ "kind": "loop", "id": "l1", "list": "given", "limit": 500, "steps": [inner] }));
    let mut state = begin(&plan, Map::from_iter([("given".to_owned(), json!(vec![0; 200]))]));
    let next = decide(&plan, &mut state, Answer::Go, &at(0), 100_000).next;
    assert!(matches!(next, Next::Failed(failure) if failure.code == "run.too_many_steps"));
}

#[test]
fn a_run_is_bounded_in_bytes() {
    let item = json!("x".repeat(1024 * 1024));
    let inner = json!({ "kind": "action", "id": "f", "action": "text.format", "fields": { "text": "{{ item }}" } });
    let plan = one(&json!({ "kind": "loop", "id": "l", "list": "given", "limit": 500, "steps": [inner] }));
    let run = |items: usize| {
        let mut state = begin(&plan, Map::from_iter([("given".to_owned(), json!(vec![item.clone(); items]))]));
        decide(&plan, &mut state, Answer::Go, &at(0), 1_000).next
    };
    // each megabyte is in the list, given to the step, and comes of it
    assert_eq!(run(10), Next::Done);
    assert!(matches!(run(12), Next::Failed(failure) if failure.code == "run.too_much"));
}

#[test]
fn a_step_that_is_tried_again_counts_once() {
    let plan = one(&json!({ "kind": "action", "id": "a", "action": "test.note", "fields": { "text": "Hello" } }));
    let mut state = begin(&plan, Map::new());
    let mut counted = Vec::new();
    for minutes in 0..5 {
        let next = decide(&plan, &mut state, Answer::Go, &at(minutes), 10).next;
        assert!(matches!(next, Next::Act(_)));
        counted.push(state.bytes);
    }
    assert!(counted[0] > 0 && counted.iter().all(|bytes| *bytes == counted[0]), "{counted:?}");
}
