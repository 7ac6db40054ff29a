//! Each check sees what it is for.

use crate::{Schema, Source};

/// A flow of every kind of node in which nothing is wrong.
pub(crate) const FLOW: &str = r#"
version: 1
workflow: sample
direction: both
counterparty: patient
dial: { to: "{{ patient.phone }}" }
locale: en-US
limits: { max_call_seconds: 600, max_talk_seconds: 300, max_llm_turns: 20 }
context:
  require: [name, phone, birth]
  expose: { name: show, birth: { slot: date }, code: { slot: spell } }
outcome:
  status: { type: enum, values: [open, shut], default: open, evidence: required }
  number: { type: string, pattern: "[A-Z0-9]{4,8}", confirm: read_back }
  known: { type: boolean }
  notes: { type: list }
personas: { host: "You speak for {{ org.name }}." }
initial_node: answer
nodes:
  answer: { type: classify, listen_seconds: 5, inbound: talk, cases: { ivr: tree, voicemail: machine }, default: talk }
  tree: { type: ivr, goal: Get through., inputs: { birth: { from: patient.birth, send: dtmf } }, guards: { on_exhausted: bye }, cases: { human: talk, hold: wait } }
  wait: { type: hold, guards: { on_exhausted: bye }, cases: { human: talk } }
  talk: { type: conversation, persona: host, disclosure: [automated], task: "Say <<birth>> to {{ patient.name }}.", functions: [tell, note], guards: { on_exhausted: fork } }
  fork: { type: branch, on: state.status, cases: { open: ask }, default: over }
  ask: { type: form, items: [{ key: known, ask: "Is it known?" }], next: over, guards: { on_exhausted: bye } }
  over: { type: transfer, mode: warm, to: "{{ org.phone }}", brief: "{{ state.number | default('') }}", ring_seconds: 20, cases: { bridged: bye, no_answer: line } }
  line: { type: say, text: "Goodbye.", next: bye }
  machine: { type: voicemail, text: "Call {{ org.phone }}.", next: bye }
  bye: { type: end, outcome: done }
functions:
  tell:
    description: They told the status.
    parameters: { status: { type: string, enum: [open, shut] }, quote: { type: string }, extra: { type: string } }
    required: [status, quote]
    set: { status: "{{ args.status }}" }
    evidence: quote
    transition_to: fork
  note:
    description: They told something.
    parameters: { text: { type: string } }
    required: [text]
    set: { number: "{{ args.text }}" }
    append: { notes: { text: "{{ args.text }}" } }
    compare: { left: "{{ args.text }}", right: "{{ patient.birth }}", set: known }
    max_calls: 2
global_functions:
  stop: { description: They want no calls., when_heard: [stop it], capability: contacts.opt_out, transition_to: bye }
after_call: { write_back: [status, number, known, notes] }
"#;

const SCHEMA: &str = r#"[
    { "key": "name", "label": { "en": "Name" }, "type": "string" },
    { "key": "phone", "label": { "en": "Phone" }, "type": "phone" },
    { "key": "birth", "label": { "en": "Birth" }, "type": "date" },
    { "key": "code", "label": { "en": "Code" }, "type": "string" },
    { "key": "secret", "label": { "en": "Secret" }, "type": "string", "sensitive": true },
    { "key": "status", "label": { "en": "Status" }, "type": "select", "options": [
        { "value": "open", "label": { "en": "Open" } }, { "value": "shut", "label": { "en": "Shut" } }] },
    { "key": "number", "label": { "en": "Number" }, "type": "string" },
    { "key": "known", "label": { "en": "Known" }, "type": "boolean" },
    { "key": "notes", "label": { "en": "Notes" }, "type": "text" }
]"#;

/// The path and the code of everything that is wrong.
fn faults(flow: &str) -> Vec<(String, &'static str)> {
    let schema: Schema = serde_json::from_str(SCHEMA).expect("a schema");
    let faults = match Source::read(flow) {
        Ok(source) => source.check(&schema),
        Err(faults) => faults,
    };
    faults.into_iter().map(|fault| (fault.path, fault.code)).collect()
}

/// Every change is seen, at its place and with its code.
fn sees(changes: &[(&str, &str, &str, &'static str)]) {
    for (from, to, path, code) in changes {
        assert!(FLOW.contains(from), "the flow has no {from}");
        let found = faults(&FLOW.replacen(from, to, 1));
        assert!(found.contains(&((*path).to_owned(), *code)), "{to}: {found:?}");
    }
}

#[test]
fn nothing_is_wrong_with_a_flow_that_is_right() {
    assert_eq!(faults(FLOW), []);
}

#[test]
fn every_place_exists_is_reached_and_leads_to_an_end() {
    sees(&[
        ("initial_node: answer", "initial_node: nowhere", "initial_node", "target"),
        ("hold: wait }", "hold: nowhere }", "nodes.tree.cases.hold", "target"),
        ("transition_to: bye }", "transition_to: nowhere }", "global_functions.stop.transition_to", "target"),
        ("{ human: talk, hold: wait }", "{ human: talk }", "nodes.wait", "unreachable"),
        ("functions: [tell, note]", "functions: [tell]", "functions.note", "unused"),
        ("text: \"Goodbye.\", next: bye", "text: \"Goodbye.\", next: line", "nodes.line", "no_end"),
        ("default: over }", "default: fork }", "nodes.fork", "circle"),
        ("guards: { on_exhausted: fork }", "guards: { max_turns: 3 }", "nodes.talk", "guards"),
        ("{ bridged: bye, no_answer: line }", "{ bridged: bye }", "nodes.over.cases", "case"),
        ("inbound: talk, ", "", "nodes.answer", "case"),
        ("[tell, note]", "[tell, note, more]", "nodes.talk.functions.2", "function"),
        ("persona: host", "persona: guest", "nodes.talk.persona", "persona"),
        ("listen_seconds: 5", "listen_seconds: 500", "nodes.answer.listen_seconds", "limit"),
        ("max_talk_seconds: 300", "max_talk_seconds: 900", "limits.max_talk_seconds", "limit"),
        ("dial: { to: \"{{ patient.phone }}\" }", "", "", "dial"),
    ]);
}

#[test]
fn what_is_set_is_declared_typed_and_proved() {
    sees(&[
        ("set: { number:", "set: { other:", "functions.note.set.other", "undeclared"),
        ("append: { notes:", "append: { number:", "functions.note.append.number", "type"),
        ("set: known }", "set: unknown }", "functions.note.compare.set", "undeclared"),
        ("{ key: known,", "{ key: nothing,", "nodes.ask.items.0.key", "undeclared"),
        ("    evidence: quote\n", "", "functions.tell.set.status", "evidence"),
        ("evidence: quote", "evidence: extra", "functions.tell.evidence", "evidence"),
        ("required: [text]", "required: [words]", "functions.note.required", "argument"),
        (
            "capability: contacts.opt_out",
            "required: [x], parameters: { x: { type: string } }",
            "global_functions.stop.when_heard",
            "argument",
        ),
        ("enum: [open, shut]", "enum: [open, closed]", "functions.tell.set.status", "type"),
        ("cases: { open: ask }", "cases: { ajar: ask }", "nodes.fork.cases.ajar", "choice"),
        ("on: state.status", "on: state.other", "nodes.fork", "undeclared"),
        (
            "values: [open, shut], default: open",
            "values: [open, shut], default: ajar",
            "outcome.status.default",
            "type",
        ),
        ("pattern: \"[A-Z0-9]{4,8}\"", "pattern: \"(\"", "outcome.number.pattern", "pattern"),
        ("values: [open, shut]", "values: [open, shut, ajar]", "after_call.write_back.0", "schema"),
        ("write_back: [status,", "write_back: [other,", "after_call.write_back.0", "undeclared"),
        ("known: { type: boolean }", "known: { type: number }", "after_call.write_back.2", "schema"),
        ("from: patient.birth", "from: org.phone", "nodes.tree.inputs.birth.from", "field"),
        ("require: [name,", "require: [nobody,", "context.require.0", "field"),
        ("birth: { slot: date }", "birth: { slot: datetime }", "context.expose.birth", "type"),
    ]);
}

#[test]
fn texts_know_what_they_may() {
    sees(&[
        ("Say <<birth>>", "Say <<number>>", "nodes.talk.task", "slot"),
        ("to {{ patient.name }}", "to {{ patient.phone }}", "nodes.talk.task", "exposure"),
        ("to {{ patient.name }}", "to {{ patient.nobody }}", "nodes.talk.task", "variable"),
        ("to {{ patient.name }}", "to {{ state.number }}", "nodes.talk.task", "authority"),
        ("to {{ patient.name }}", "to {{ call.summary }}", "nodes.talk.task", "authority"),
        ("to {{ patient.name }}", "to {{ args.text }}", "nodes.talk.task", "variable"),
        ("{{ org.name }}", "{{ org.owner }}", "personas.host", "variable"),
        ("require: [name, phone, birth]", "require: [phone, birth]", "nodes.talk.task", "required"),
        ("left: \"{{ args.text }}\"", "left: \"{{ args.words }}\"", "functions.note.compare.left", "variable"),
        ("name: show,", "name: show, secret: show,", "context.expose.secret", "sensitive"),
        ("text: \"Goodbye.\"", "text: { ar: مع السلامة }", "nodes.line.text", "language"),
        ("locale: en-US", "locale: fr-FR", "locale", "language"),
    ]);
    let bilingual = FLOW.replace("locale: en-US", "locale: practice").replace("\"Goodbye.\"", "{ en: Goodbye. }");
    assert!(faults(&bilingual).contains(&("nodes.line.text".to_owned(), "language")));
}

#[test]
fn nobody_hears_what_is_not_for_them() {
    sees(&[
        ("disclosure: [automated], ", "", "nodes.talk", "disclosure"),
        (
            "text: \"Call {{ org.phone }}.\"",
            "text: \"{{ patient.name }}, call us.\"",
            "nodes.machine.text",
            "voicemail",
        ),
        ("text: \"Call {{ org.phone }}.\"", "text: \"It is <<birth>>.\"", "nodes.machine.text", "voicemail"),
        ("to: \"{{ org.phone }}\"", "to: \"+15550100001\"", "nodes.over.to", "phone"),
        ("to: \"{{ org.phone }}\"", "to: \"{{ state.number }}\"", "nodes.over.to", "phone"),
        ("dial: { to: \"{{ patient.phone }}\" }", "dial: { to: \"{{ patient.name }}\" }", "dial.to", "phone"),
        ("cases: { human: talk }", "cases: { human: ask }", "nodes.ask", "disclosure"),
    ]);
}

#[test]
fn what_is_not_known_is_refused_with_its_place() {
    sees(&[
        ("workflow: sample", "workflow: sample\nwork: 1", "work", "unknown"),
        ("workflow: sample", "workflow: yes", "workflow", "quotes"),
        ("workflow: sample", "workflow: 012", "workflow", "quotes"),
        ("max_llm_turns: 20", "max_llm_turns: \"20\"", "limits.max_llm_turns", "type"),
        ("max_llm_turns: 20", "max_llm_turns: many", "limits.max_llm_turns", "type"),
        ("max_llm_turns: 20", "max_llm_turns: -1", "limits.max_llm_turns", "value"),
        ("max_calls: 2", "max_calls: 02", "functions.note.max_calls", "quotes"),
        ("type: say", "type: shout", "nodes.line.type", "choice"),
        ("type: say, ", "", "nodes.line", "missing"),
        ("next: bye }\n  machine", "nxt: bye }\n  machine", "nodes.line.nxt", "unknown"),
        ("mode: warm", "mode: hot", "nodes.over.mode", "choice"),
        ("contacts.opt_out", "contacts.delete", "global_functions.stop.capability", "choice"),
        ("Say <<birth>>", "Say {{ birth }}", "nodes.talk.task", "value"),
        ("birth: { slot: date }", "birth: slot", "context.expose.birth", "type"),
        ("  line: {", "  Line: {", "nodes.Line", "name"),
        ("version: 1", "version: 2", "version", "value"),
    ]);
    let faults = Source::read(&FLOW.replace("mode: warm", "mode: hot")).expect_err("refused");
    let line = FLOW.lines().position(|line| line.contains("mode: warm")).expect("a line") + 1;
    assert_eq!((faults[0].line, faults[0].column), (line, 33), "{}", faults[0]);
    // several faults are found at once
    let both = FLOW.replace("mode: warm", "mode: hot").replace("listen_seconds: 5", "listen_seconds: five");
    assert_eq!(Source::read(&both).expect_err("refused").len(), 2);
}

#[test]
fn a_version_is_its_content() {
    let hash = |text: &str| Source::read(text).expect("read").flow.hash;
    assert_eq!(hash(FLOW), hash(FLOW));
    assert_ne!(hash(FLOW), hash(&FLOW.replace("Goodbye.", "Farewell.")));
    assert_eq!(hash(FLOW).len(), 64);
}
