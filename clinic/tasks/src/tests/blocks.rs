//! What workflows see of tasks and do with them.

use automation::testing::Engine;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use platform::testing::{Person, TestServer};
use serde_json::{Value, json};

use super::{act, column, patient, start, task};

fn engine<'a>(server: &'a TestServer, owner: &Person) -> Engine<'a> {
    Engine::of(server, owner, crate::blocks())
}

fn id(of: &Value) -> &str {
    of["id"].as_str().expect("an id")
}

#[tokio::test]
async fn a_task_has_what_it_declares_and_many_take_as_many_statements_as_one() {
    let (server, owner) = start().await;
    let engine = engine(&server, &owner);
    let sara = patient(&owner, "Sara").await;
    let desk = json!({ "kind": "role", "role": "receptionist" });
    let due = json!({ "patientId": sara["id"], "assignee": desk, "dueOn": "2031-06-02", "dueTime": "14:30" });
    let made = task(&owner, "Call", due).await;
    let seen = engine.one("task", id(&made)).await;
    engine.check_declared("task", &seen);
    let of = |field: &str| seen[field].clone();
    assert_eq!([of("title"), of("status"), of("role")], ["Call", "open", "receptionist"].map(|word| json!(word)));
    // 14:30 in Riyadh, which has no change of clocks
    assert_eq!([of("due"), of("overdue")], [json!("2031-06-02T11:30:00Z"), json!(false)]);
    assert_eq!(seen["patient"]["givenName"], "Sara");

    let mine = json!({ "assignee": { "kind": "person", "id": owner.user() }, "dueOn": "2020-01-01" });
    let late = task(&owner, "Late", mine).await;
    let gone = task(&owner, "Gone", json!({})).await;
    act(&owner, &gone, "delete").await;
    let ids: Vec<uuid::Uuid> = [&made, &late, &gone].map(|one| automation::testing::uuid(id(one))).to_vec();
    let (one, statements) = engine.load("task", &ids[..1]).await;
    let (all, for_all) = engine.load("task", &ids).await;
    assert_eq!((one[0]["title"].clone(), statements), (json!("Call"), for_all));
    assert_eq!((&all[1]["overdue"], &all[1]["assigneeName"]), (&json!(true), &json!("Test Owner")));
    assert_eq!((&all[1]["patient"], &all[2]), (&Value::Null, &Value::Null), "about nobody; deleted");
    engine.check_declarations();
}

#[tokio::test]
async fn open_tasks_are_due_when_the_practices_clocks_say_so_page_by_page() {
    let (server, owner) = start().await;
    let engine = engine(&server, &owner);
    let zone = TimeZone::get("Asia/Riyadh").expect("a zone");
    let mut expected = Vec::new();
    for (title, day, time) in [("a", 2, Some("00:30")), ("b", 2, None), ("c", 3, Some("14:30")), ("d", 4, None)] {
        let made = task(&owner, title, json!({ "dueOn": format!("2031-06-0{day}"), "dueTime": time })).await;
        let (hour, minute) =
            time.map_or((24, 0), |time| (time[..2].parse().expect("h"), time[3..].parse().expect("m")));
        let midnight = jiff::civil::date(2031, 6, day).to_zoned(zone.clone()).expect("a day").timestamp();
        let at = midnight + jiff::SignedDuration::from_mins(hour * 60 + minute);
        expected.push((at, automation::testing::uuid(id(&made))));
    }
    task(&owner, "never", json!({})).await;
    let done = task(&owner, "done", json!({ "dueOn": "2031-06-02" })).await;
    act(&owner, &done, "complete").await;
    let until = |at: Timestamp| at.to_string();
    for limit in [1, 2, 10] {
        let found = engine.due("task", "due", "2031-06-01T00:00:00Z", "2031-07-01T00:00:00Z", limit).await;
        assert_eq!(found, expected, "{limit} at a time");
    }
    // the first instant counts and the last one does not
    let found = engine.due("task", "due", &until(expected[1].0), &until(expected[3].0), 10).await;
    assert_eq!(found, expected[1..3]);
}

#[tokio::test]
async fn a_step_completes_a_task_once_and_says_what_it_cannot() {
    let (server, owner) = start().await;
    let engine = engine(&server, &owner);
    let made = task(&owner, "Call", json!({})).await;
    let input = json!({ "taskId": made["id"] });
    assert_eq!(engine.run("task.complete", None, input.clone()).await.expect("done"), json!({ "changed": true }));
    assert_eq!(engine.run("task.complete", None, input.clone()).await.expect("done"), json!({ "changed": false }));
    let events = "select name from outbox.event where practice_id = $1 and subject_type = 'task' order by seq";
    assert_eq!(column(&server, &owner, events).await, ["task.created", "task.completed"]);
    let now = owner.get(&super::path(&made)).await.expect(200);
    assert_eq!((&now["status"], &now["doneBy"]), (&json!("done"), &Value::Null), "nobody did it");
    act(&owner, &now, "delete").await;
    assert_eq!(engine.refused("task.complete", None, input).await, "task.deleted");
    let none = json!({ "taskId": uuid::Uuid::now_v7() });
    assert_eq!(engine.refused("task.complete", None, none).await, "/taskId not_found");
    let neighbour = server.owner_of("beta").await;
    let theirs = task(&neighbour, "Theirs", json!({})).await;
    assert_eq!(engine.refused("task.complete", None, json!({ "taskId": theirs["id"] })).await, "/taskId not_found");
}
