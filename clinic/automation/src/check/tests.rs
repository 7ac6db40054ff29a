//! What can be published, and what is said of what cannot.

use platform::filter;
use serde_json::{Value, json};

use super::*;
use crate::block::{Blocks, Field, Kind, Run, Trigger as Offered};
use crate::registry::Clinic;

const FILTERS: &[filter::Field] = &[
    filter::Field { name: "status", column: "v.status", kind: filter::Kind::Choice(&["open", "done"]) },
    filter::Field { name: "start", column: "v.starts_at", kind: filter::Kind::Instant },
    filter::Field { name: "patient", column: "v.patient_id", kind: filter::Kind::Id },
];
static VISIT: Subject = Subject {
    name: "visit",
    permission: "appointments.read",
    fields: &[
        Field::new("id", Kind::Ref("visit"), r#""0190""#),
        Field::new("start", Kind::Instant, r#""2026-11-30T06:00:00Z""#),
        Field::new("minutes", Kind::Minutes, "30"),
        Field::new("patient.givenName", Kind::Text, r#""Lina""#).sensitive(),
        Field::new("patient.id", Kind::Ref("patient"), r#""0190""#),
        Field::new("custom", Kind::Object, "{}"),
    ],
    load: |_, _| Box::pin(async { Ok(std::collections::HashMap::new()) }),
    dates: &[],
    find: Some(|_, _| Box::pin(async { Ok(Vec::new()) })),
    filters: FILTERS,
    patient: Some("patient.id"),
};
static BOOKED: Offered = Offered { event: "visit.booked", subject: "visit" };
static SEND: Action = Action {
    name: "letter.send",
    permission: "patients.write",
    fields: &[
        Field::new("to", Kind::Email, r#""a@b.c""#).required(),
        Field::new("text", Kind::LongText, r#""Hello""#),
        Field::new("kind", Kind::Choice(&["short", "long"]), r#""short""#),
        Field::new("delay", Kind::Minutes, "5"),
        Field::new("tagIds", Kind::Ref("tag"), "[]").many(),
        Field::new("secret", Kind::Text, r#""x""#).sensitive(),
    ],
    gives: &[Field::new("id", Kind::Ref("message"), r#""0190""#)],
    run: Run::Inside(|_, _| Box::pin(async { Ok(Value::Null) })),
};

static POST: Action = Action {
    name: "letter.post",
    fields: &[
        Field::new("template", Kind::Ref("template"), r#""x""#),
        Field::new("text", Kind::LongText, r#""Hello""#).unless("template"),
    ],
    permission: "patients.write",
    gives: &[],
    run: Run::Inside(|_, _| Box::pin(async { Ok(Value::Null) })),
};

fn registry() -> Registry {
    let blocks =
        Blocks { subjects: vec![&VISIT], triggers: vec![&BOOKED], actions: vec![&SEND, &POST], recipes: vec![] };
    Registry::new(blocks, Clinic::default()).expect("a registry")
}

fn report(definition: &Value) -> Report {
    check(&registry(), &Definition::read(definition, "").expect("its form is right"))
}

fn problems(definition: &Value) -> Vec<String> {
    report(definition).problems.into_iter().map(|p| format!("{} {}", p.pointer, p.code)).collect()
}

fn of(steps: &Value) -> Value {
    json!({ "trigger": { "kind": "event", "event": "visit.booked" }, "steps": steps })
}

fn send(id: &str, fields: &Value) -> Value {
    json!({ "kind": "action", "id": id, "action": "letter.send", "fields": fields })
}

#[test]
fn a_sound_workflow_has_no_problems() {
    let steps = json!([
        { "kind": "action", "id": "find1", "action": "records.find", "fields": { "subject": "visit", "limit": 10 } },
        { "kind": "action", "id": "set1", "action": "variable.set", "fields": { "name": "who", "value": "{{ patient.givenName }}" } },
        { "kind": "loop", "id": "l1", "list": "find1.items", "limit": 5, "steps": [
            send("s1", &json!({ "to": "a@b.c", "text": "{{ item.patient.givenName }} {{ index }} {{ vars.who }}", "delay": "{{ item.minutes }}" })) ] },
        { "kind": "branch", "id": "b1", "otherwise": [], "paths": [
            { "id": "p", "condition": { ">": [{ "var": "find1.count" }, 3] }, "steps": [] },
            { "id": "q", "condition": { "cel": "find1.items.all(x, x.minutes > 5) && l1.count == 2" }, "steps": [] }] },
        { "kind": "wait", "id": "w1", "wait": { "for": "event", "event": "visit.booked", "timeoutMinutes": 5 } },
        { "kind": "wait", "id": "w2", "wait": { "for": "date", "date": "visit.start", "offsetMinutes": -60 }, "within": "waking" },
        send("s2", &json!({ "to": "a@b.c", "kind": "short", "tagIds": ["0190a0a0-0000-7000-8000-000000000000"], "text": "{{ w1.happened }} {{ s2x|default('') }}" })),
    ]);
    assert_eq!(problems(&of(&steps)), ["/steps/6/fields/text variable.unknown"]);
    let report = report(&of(&steps));
    assert!(report.permissions.is_superset(&["appointments.read", "patients.write", "workflows.write"].into()));
    let before: Vec<_> = report.variables["s1"].iter().map(|v| v.key.as_str()).collect();
    for name in ["item.start", "index", "vars.who", "find1.items", "visit.start", "patient.givenName", "practice.today"]
    {
        assert!(before.contains(&name), "{name}");
    }
    assert!(!report.variables["s2"].iter().any(|v| v.key.starts_with("item") || v.key.starts_with("s1.")));
}

#[test]
fn what_uses_sensitive_values_is_sensitive() {
    let steps = json!([
        { "kind": "action", "id": "set1", "action": "variable.set", "fields": { "name": "who", "value": "Dear {{ patient.givenName }}" } },
        { "kind": "action", "id": "f1", "action": "text.format", "fields": { "text": "{{ vars.who }}" } },
        send("s1", &json!({ "to": "a@b.c", "text": "{{ f1.text }}", "secret": "x", "kind": "short" })),
        send("s2", &json!({ "to": "a@b.c", "text": "{{ visit.minutes }}" })),
    ]);
    let report = report(&of(&steps));
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    let inputs: Vec<_> = report.sensitive_inputs.iter().map(|(step, field)| format!("{step}.{field}")).collect();
    assert_eq!(inputs, ["f1.text", "s1.secret", "s1.text", "set1.value"]);
    assert_eq!(report.sensitive_outputs, ["f1".to_owned(), "set1".to_owned()].into());
}

#[test]
fn every_problem_says_where_it_is() {
    assert_eq!(problems(&json!({})), ["/trigger trigger.missing", "/steps workflow.empty"]);
    let fields = json!({ "text": 5, "kind": "other", "delay": "soon", "tagIds": "x", "colour": 1 });
    assert_eq!(
        problems(&of(&json!([send("s1", &fields)]))),
        [
            "/steps/0/fields/colour step.unknown_field",
            "/steps/0/fields/to step.field_missing",
            "/steps/0/fields/text step.field_form",
            "/steps/0/fields/kind step.field_form",
            "/steps/0/fields/delay step.field_form",
            "/steps/0/fields/tagIds step.field_form",
        ]
    );
    let steps = json!([
        { "kind": "action", "id": "A", "action": "no.such" },
        { "kind": "action", "id": "a", "action": "" },
        { "kind": "loop", "id": "a", "list": "visit.start", "limit": 501, "steps": [] },
        { "kind": "branch", "id": "visit", "paths": [{ "id": "p", "steps": [] }, { "id": "p", "condition": { "nope": 1 }, "steps": [] },
            { "id": "r", "condition": { "==": [{ "var": "visit.colour" }, 1] }, "steps": [] }] },
        { "kind": "wait", "id": "w", "wait": { "for": "duration", "minutes": 0 } },
        { "kind": "wait", "id": "x", "wait": { "for": "date", "date": "visit.minutes", "offsetMinutes": 9_999_999 } },
        { "kind": "wait", "id": "y", "wait": { "for": "event", "event": "no.such", "timeoutMinutes": 5 } },
        { "kind": "stop", "id": "z" },
        send("t", &json!({ "to": "a@b.c", "text": "{{ visit.colour }} {{" })),
    ]);
    assert_eq!(
        problems(&of(&steps)),
        [
            "/steps/0/id step.id_invalid",
            "/steps/0/action step.unknown_action",
            "/steps/1/action step.action_missing",
            "/steps/2/id step.id_taken",
            "/steps/2/limit loop.limit",
            "/steps/2/steps loop.empty",
            "/steps/2/list loop.list",
            "/steps/3/id step.id_taken",
            "/steps/3/paths/0/condition condition.absent",
            "/steps/3/paths/1/id branch.path_id",
            "/steps/3/paths/1/condition condition.unknown",
            "/steps/3/paths/2/condition variable.unknown",
            "/steps/4/wait/minutes minutes.out_of_range",
            "/steps/5/wait/date wait.date",
            "/steps/5/wait/offsetMinutes minutes.out_of_range",
            "/steps/6/wait/event trigger.unknown_event",
            "/steps/7 step.unreachable",
            "/steps/8/fields/text template.syntax",
        ]
    );
}

#[test]
fn triggers_are_looked_at() {
    let with = |trigger: Value| problems(&json!({ "trigger": trigger, "steps": [{ "kind": "stop", "id": "s" }] }));
    assert!(with(json!({ "kind": "hand" })).is_empty());
    assert!(with(json!({ "kind": "schedule", "every": "month", "at": "09:00", "day": 31 })).is_empty());
    assert_eq!(with(json!({ "kind": "hand", "subject": "no" })), ["/trigger/subject subject.unknown"]);
    assert_eq!(with(json!({ "kind": "event", "event": "no" })), ["/trigger/event trigger.unknown_event"]);
    assert_eq!(
        with(json!({ "kind": "date", "subject": "visit", "date": "start", "offsetMinutes": 0 })),
        ["/trigger/date trigger.unknown_date"]
    );
    assert_eq!(
        with(json!({ "kind": "schedule", "every": "week", "at": "9" })),
        ["/trigger/at trigger.time", "/trigger/weekdays trigger.weekdays"]
    );
}

#[test]
fn size_and_depth_are_bounded() {
    let many: Vec<_> = (0..201).map(|i| json!({ "kind": "stop", "id": format!("s{i}") })).collect();
    assert!(problems(&of(&json!(many))).contains(&"/steps workflow.too_many_steps".to_owned()));
    let mut steps = json!([{ "kind": "stop", "id": "s" }]);
    for i in 0..8 {
        steps = json!([{ "kind": "branch", "id": format!("b{i}"), "paths": [{ "id": "p", "condition": true, "steps": steps }] }]);
    }
    assert_eq!(problems(&of(&steps)).into_iter().filter(|p| p.ends_with("workflow.too_deep")).count(), 1);
}

#[test]
fn one_of_two_fields_is_enough_and_neither_is_not() {
    let with = |fields: &Value| {
        problems(&of(&json!([{ "kind": "action", "id": "p1", "action": "letter.post", "fields": fields }])))
    };
    for fields in [json!({ "text": "Hello" }), json!({ "template": "welcome" }), json!({ "template": "a", "text": "" })]
    {
        assert!(with(&fields).is_empty(), "{fields}");
    }
    for fields in [json!({}), json!({ "text": "" }), json!({ "text": " ", "template": null })] {
        assert_eq!(with(&fields), ["/steps/0/fields/text step.field_either"], "{fields}");
    }
}

#[test]
fn records_are_found_by_what_their_area_declares() {
    let with = |filter: &Value| {
        let fields = json!({ "subject": "visit", "filter": filter });
        problems(&of(&json!([{ "kind": "action", "id": "f1", "action": "records.find", "fields": fields }])))
    };
    let id = "0190a0a0-0000-7000-8000-000000000000";
    for fine in [
        json!({}),
        json!({ "all": [{ "field": "status", "op": "eq", "value": "open" }, { "field": "start", "op": "empty" }] }),
        json!({ "any": [{ "not": { "field": "patient", "op": "in", "value": [id, "{{ patient.id }}"] } }] }),
        json!({ "field": "start", "op": "lt", "value": "{{ practice.now }}" }),
        json!({ "field": "custom.shoe", "op": "eq", "value": "42" }),
    ] {
        assert!(with(&fine).is_empty(), "{fine}: {:?}", with(&fine));
    }
    let at = "/steps/0/fields/filter";
    for (wrong, problem) in [
        (json!({ "status": "open" }), " filter.form"),
        (json!({ "field": "colour", "op": "eq", "value": "red" }), "/field filter.form"),
        (json!({ "field": "minutes.x", "op": "eq", "value": 1 }), "/field filter.form"),
        (json!({ "all": [{ "field": "status", "op": "gt", "value": "open" }] }), "/all/0/op filter.form"),
        (
            json!({ "any": [{ "not": { "field": "status", "op": "eq", "value": "ajar" } }] }),
            "/any/0/not/value filter.value",
        ),
        (json!({ "field": "start", "op": "lt", "value": "soon" }), "/value filter.value"),
        (json!({ "field": "patient", "op": "eq" }), "/value filter.value"),
        (json!({ "field": "status", "op": "in", "value": [] }), "/value filter.value"),
        (json!({ "field": "status", "op": "in", "value": ["open", "ajar"] }), "/value filter.value"),
    ] {
        assert_eq!(with(&wrong), [format!("{at}{problem}")], "{wrong}");
    }
}
