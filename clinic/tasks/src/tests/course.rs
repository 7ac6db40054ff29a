//! A task from beginning to end.

use jiff::SignedDuration;
use platform::db::Caller;
use platform::id::{PatientId, PracticeId};
use platform::testing::{Person, TestServer};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{act, column, path, patient, start, task, titles};
use crate::{Assignee, NewTask, Source, TaskFields, create};

#[tokio::test]
async fn a_task_is_entered_changed_done_opened_again_deleted_and_restored() {
    let (_server, owner) = start().await;
    let sara = patient(&owner, "Sara").await;
    let fields = json!({ "text": " By phone ", "patientId": sara["id"], "dueOn": "2030-06-02", "dueTime": "14:30",
                         "priority": "high", "assignee": { "kind": "person", "id": owner.user() } });
    let made = task(&owner, "  Call the laboratory ", fields).await;
    let said = [&made["title"], &made["text"], &made["dueOn"], &made["dueTime"], &made["priority"], &made["status"]];
    assert_eq!(said, ["Call the laboratory", "By phone", "2030-06-02", "14:30", "high", "open"]);
    assert_eq!(
        [&made["assigneeName"], &made["createdBy"], &made["patient"]["givenName"]],
        ["Test Owner", "Test Owner", "Sara"]
    );
    assert_eq!((&made["source"], &made["overdue"]), (&json!({ "kind": "person" }), &json!(false)));
    assert_eq!(owner.get(&path(&made)).await.expect(200), made);

    let change =
        json!({ "version": 1, "text": null, "dueTime": null, "assignee": { "kind": "role", "role": "receptionist" } });
    let changed = owner.patch(&path(&made), &change).await.expect(200);
    assert_eq!([&changed["text"], &changed["dueTime"], &changed["assigneeName"]], [&Value::Null; 3]);
    assert_eq!((&changed["assignee"]["role"], &changed["version"]), (&json!("receptionist"), &json!(2)));
    let same = owner.patch(&path(&made), &json!({ "version": 2, "priority": "high" })).await.expect(200);
    assert_eq!(same["version"], 2, "what changes nothing is no change");

    let done = act(&owner, &changed, "complete").await;
    assert_eq!([&done["status"], &done["doneBy"]], ["done", "Test Owner"]);
    assert!(done["doneAt"].is_string() && titles(&owner, "").await.is_empty());
    assert_eq!(titles(&owner, "status=done&sort=-doneAt").await, ["Call the laboratory"]);
    assert_eq!(act(&owner, &done, "complete").await, done, "once is enough");
    let open = act(&owner, &done, "reopen").await;
    assert_eq!([&open["status"], &open["doneBy"], &open["doneAt"]], [&json!("open"), &Value::Null, &Value::Null]);

    let gone = act(&owner, &open, "delete").await;
    assert!(gone["deletedAt"].is_string() && titles(&owner, "status=all").await.is_empty());
    let refused = owner.patch(&path(&gone), &json!({ "version": gone["version"], "title": "x" })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "task.deleted"));
    let refused = owner.post(&format!("{}/complete", path(&gone)), &json!({ "version": gone["version"] })).await;
    assert_eq!(refused.code(), "task.deleted");
    let back = act(&owner, &gone, "restore").await;
    assert_eq!((&back["deletedAt"], titles(&owner, "").await.len()), (&Value::Null, 1));
}

#[tokio::test]
async fn each_change_is_in_the_ledger_on_the_timeline_and_an_event_without_its_words() {
    let (server, owner) = start().await;
    let sara = patient(&owner, "Sara").await;
    let made =
        task(&owner, "Unmistakable title", json!({ "text": "Unmistakable text", "patientId": sara["id"] })).await;
    let changed = owner.patch(&path(&made), &json!({ "version": 1, "priority": "high" })).await.expect(200);
    let open = act(&owner, &act(&owner, &changed, "complete").await, "reopen").await;
    act(&owner, &act(&owner, &open, "delete").await, "restore").await;
    let told = ["task.created", "task.changed", "task.completed", "task.reopened", "task.deleted", "task.restored"];
    let events = "select name from outbox.event where practice_id = $1 and subject_type = 'task' order by seq";
    assert_eq!(column(&server, &owner, events).await, told);
    let timeline = format!("/api/v1/patients/{}/timeline?resource=task", sara["id"].as_str().expect("an id"));
    let timeline = owner.get(&timeline).await.expect(200);
    let kinds: Vec<_> = timeline["items"].as_array().expect("items").iter().rev().map(|entry| &entry["kind"]).collect();
    assert_eq!(kinds, told);
    let entries =
        "select action from audit.entry where practice_id = $1 and resource_type = 'task' and patient_id is not null
                    order by at, id";
    assert_eq!(column(&server, &owner, entries).await, ["create", "update", "update", "update", "update", "update"]);
    for sql in [
        "select encode(private, 'escape') from tasks.task where practice_id = $1",
        "select payload::text from outbox.event where practice_id = $1",
        "select changes::text || detail::text from audit.entry where practice_id = $1",
        "select encode(body, 'escape') from timeline.entry where practice_id = $1",
    ] {
        let rows = column(&server, &owner, sql).await;
        assert!(!rows.is_empty() && !rows.iter().any(|row| row.contains("Unmistakable")), "{sql}");
    }
}

#[tokio::test]
async fn the_second_of_two_who_change_the_same_version_is_told_what_is_there_now() {
    let (_server, owner) = start().await;
    let made = task(&owner, "Order gloves", json!({})).await;
    let [one, other] = [json!({ "version": 1, "title": "One" }), json!({ "version": 1, "title": "Other" })];
    let place = path(&made);
    let (one, other) = futures::future::join(owner.patch(&place, &one), owner.patch(&place, &other)).await;
    let (won, lost) = if one.status == 200 { (one, other) } else { (other, one) };
    assert_eq!((lost.status.as_u16(), lost.code()), (409, "version.stale"));
    assert_eq!(lost.body["current"], won.expect(200));
    let late = owner.post(&format!("{place}/complete"), &json!({ "version": 1 })).await;
    assert_eq!((late.status.as_u16(), late.code()), (409, "version.stale"));
}

#[tokio::test]
async fn the_same_key_enters_one_task() {
    let (_server, owner) = start().await;
    let (key, body) = (Uuid::now_v7(), json!({ "title": "Once" }));
    let first = owner.post_under(key, "/api/v1/tasks", &body).await.expect(201);
    assert_eq!(owner.post_under(key, "/api/v1/tasks", &body).await.expect(201), first);
    assert_eq!(titles(&owner, "").await, ["Once"]);
    let other = owner.post_under(key, "/api/v1/tasks", &json!({ "title": "Another" })).await;
    assert_eq!(other.code(), "idempotency.key_reused");
}

#[tokio::test]
async fn every_fault_names_its_field() {
    let (_server, owner) = start().await;
    let faults = async |body: Value| {
        let answer = owner.post("/api/v1/tasks", &body).await;
        assert_eq!(answer.status, 422, "{}", answer.body);
        answer.faults()
    };
    assert_eq!(faults(json!({})).await, ["/title required"]);
    assert_eq!(faults(json!({ "title": "  " })).await, ["/title required"]);
    assert_eq!(faults(json!({ "title": "x".repeat(201) })).await, ["/title too_long"]);
    assert_eq!(faults(json!({ "title": "a\nb" })).await, ["/title invalid"]);
    assert_eq!(faults(json!({ "title": "x", "text": "x".repeat(5001) })).await, ["/text too_long"]);
    assert_eq!(faults(json!({ "title": "x", "dueOn": "2030-02-30" })).await, ["/dueOn wrong_type"]);
    assert_eq!(
        faults(json!({ "title": "x", "dueOn": "2030-02-03", "dueTime": "24:00" })).await,
        ["/dueTime invalid_time"]
    );
    assert_eq!(faults(json!({ "title": "x", "dueTime": "09:00" })).await, ["/dueOn required"]);
    assert_eq!(faults(json!({ "title": "x", "priority": "utmost" })).await, ["/priority invalid"]);
    assert_eq!(faults(json!({ "title": "x", "patientId": Uuid::now_v7() })).await, ["/patientId not_found"]);
    let nobody = json!({ "kind": "person", "id": Uuid::now_v7() });
    assert_eq!(faults(json!({ "title": "x", "assignee": nobody })).await, ["/assignee not_found"]);
    let no_role = json!({ "kind": "own_role", "id": owner.user() });
    assert_eq!(faults(json!({ "title": "x", "assignee": no_role })).await, ["/assignee not_found"]);
    assert_eq!(faults(json!({ "title": "x", "status": "done" })).await, ["/status unknown_field"]);
    let role =
        owner.post("/api/v1/tasks", &json!({ "title": "x", "assignee": { "kind": "role", "role": "cook" } })).await;
    assert_eq!(role.status, 422);
    let made = task(&owner, "x", json!({})).await;
    let answer = owner.patch(&path(&made), &json!({ "version": 1, "dueTime": "09:00" })).await;
    assert_eq!(answer.faults(), ["/dueOn required"]);
}

#[tokio::test]
async fn an_automation_enters_a_task_in_its_own_transaction_or_not_at_all() {
    let (server, owner) = start().await;
    let sara = patient(&owner, "Sara").await;
    let id: PatientId = serde_json::from_value(sara["id"].clone()).expect("an id");
    let (system, run) = (Caller::system(PracticeId(owner.practice())), Uuid::now_v7());
    let new = |title: &str, patient: PatientId| {
        let assignee = Some(Assignee::Role { role: platform::permission::Role::Receptionist });
        let fields =
            TaskFields { title: title.to_owned(), patient_id: Some(patient), assignee, ..TaskFields::default() };
        NewTask { fields, source: Source::Workflow { reference: Some(run) } }
    };
    let follow_up = new("Follow up", id);
    let made =
        server.app.door.write(&system, async move |tx| create(tx, follow_up.clone()).await).await.expect("a task");
    let shown = owner.get(&format!("/api/v1/tasks/{}", made.id)).await.expect(200);
    assert_eq!(shown["source"], json!({ "kind": "workflow", "reference": run }));
    assert_eq!([&shown["createdBy"], &shown["title"]], [&Value::Null, &json!("Follow up")]);

    for (bad, pointer) in [(new("", id), "/title"), (new("x", PatientId::new()), "/patientId")] {
        let refused = server.app.door.write(&system, async move |tx| create(tx, bad.clone()).await).await;
        let faults = refused.expect_err("a fault").into_faults();
        assert_eq!(serde_json::to_value(&faults).expect("json")[0]["pointer"], pointer);
    }
    let lost = new("Lost", id);
    let undone = server.app.door.write(&system, async move |tx| {
        create(tx, lost.clone()).await?;
        Err::<(), _>(platform::error::Error::not_found())
    });
    assert!(undone.await.is_err());
    assert_eq!(titles(&owner, "").await, ["Follow up"]);
}

#[tokio::test]
async fn a_task_is_overdue_from_its_minute_or_the_end_of_its_day_on() {
    let (server, mut owner) = start().await;
    // noon in Riyadh, where the practice is
    let now = server.clock.now().in_tz("Asia/Riyadh").expect("a zone");
    let noon = now.tomorrow().expect("a day").with().time(jiff::civil::time(12, 0, 0, 0)).build().expect("a time");
    later(&server, &mut owner, noon.timestamp().duration_since(server.clock.now())).await;
    let today = noon.date();
    task(&owner, "whole day", json!({ "dueOn": today })).await;
    task(&owner, "one o'clock", json!({ "dueOn": today, "dueTime": "13:00" })).await;
    task(&owner, "some day", json!({})).await;
    let due = format!("dueUntil={today}");
    assert_eq!(titles(&owner, &due).await, ["one o'clock", "whole day"]);
    let overdue = async |owner: &Person| {
        let counts = owner.get("/api/v1/tasks/counts").await.expect(200);
        let listed = titles(owner, "overdue=true").await;
        assert_eq!(counts["overdue"], listed.len());
        let all = owner.get("/api/v1/tasks").await.expect(200)["items"].as_array().expect("items").clone();
        let shown: Vec<_> =
            all.iter().filter(|item| item["overdue"] == true).map(|item| item["title"].clone()).collect();
        assert_eq!(shown, listed);
        listed
    };
    assert!(overdue(&owner).await.is_empty());
    for (minutes, expected) in
        [(59, &[][..]), (1, &["one o'clock"]), (11 * 60 - 1, &["one o'clock"]), (1, &["one o'clock", "whole day"])]
    {
        later(&server, &mut owner, SignedDuration::from_mins(minutes)).await;
        assert_eq!(overdue(&owner).await, expected);
    }
}

/// Lets time pass, and whoever sits there go on working.
async fn later(server: &TestServer, person: &mut Person, by: SignedDuration) {
    server.clock.advance(by);
    let refresh = person.refresh.clone().expect("a session");
    person.renew(&refresh).await.expect(200);
}
