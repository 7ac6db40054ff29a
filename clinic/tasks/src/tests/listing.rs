//! Lists and their numbers, beside a plain account of the same tasks.

use serde_json::{Value, json};

use super::{act, in_own_role, own_role, path, patient, start, task, titles};

#[tokio::test]
async fn pages_go_through_everything_once_by_due_date_and_age() {
    let (_server, owner) = start().await;
    // entered in an order that is none: day, time
    let dues = [
        (Some(3), None),
        (None, None),
        (Some(1), Some("09:00")),
        (Some(3), Some("08:00")),
        (Some(1), None),
        (None, None),
        (Some(1), Some("09:00")),
        (Some(2), Some("23:59")),
        (Some(2), None),
        (Some(3), Some("00:00")),
    ];
    let mut told = Vec::new();
    for (age, (day, time)) in dues.into_iter().enumerate() {
        let on = day.map(|day: i32| format!("2030-06-0{day}"));
        task(&owner, &age.to_string(), json!({ "dueOn": on, "dueTime": time })).await;
        // in minutes, by hand: a day without a time lasts until its end, and what has no day comes last
        let minutes =
            |time: &str| time[..2].parse::<i32>().expect("hours") * 60 + time[3..].parse::<i32>().expect("minutes");
        let key = day.map_or(i32::MAX, |day| day * 1440 + time.map_or(1440, minutes));
        told.push((key, age));
    }
    told.sort_unstable();
    let mut expected: Vec<String> = told.iter().map(|(_, age)| age.to_string()).collect();
    for sort in ["due", "-due"] {
        assert_eq!(titles(&owner, &format!("sort={sort}")).await, expected);
        let (mut walked, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = owner.get(&format!("/api/v1/tasks?sort={sort}&limit=3{cursor}")).await.expect(200);
            let items = page["items"].as_array().expect("items");
            walked.extend(items.iter().map(|item| item["title"].as_str().expect("a title").to_owned()));
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(walked, expected, "{sort}");
        expected.reverse();
    }
    assert_eq!(titles(&owner, "sort=createdAt").await, (0..10).map(|age| age.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_done_is_sorted_by_when_it_was() {
    let (server, owner) = start().await;
    let [one, two] = [task(&owner, "one", json!({})).await, task(&owner, "two", json!({})).await];
    for done in [&two, &one] {
        server.clock.advance(jiff::SignedDuration::from_mins(1));
        act(&owner, done, "complete").await;
    }
    assert_eq!(titles(&owner, "status=done&sort=-doneAt").await, ["one", "two"]);
    assert_eq!(titles(&owner, "status=done&sort=doneAt&limit=1").await, ["two"]);
    assert_eq!(owner.get("/api/v1/tasks?sort=doneAt").await.faults(), ["?sort invalid"]);
}

#[tokio::test]
async fn mine_is_what_is_given_to_me_or_to_my_role() {
    let (server, owner) = start().await;
    let role = own_role(&owner, "Front desk lead", &["tasks.read", "tasks.write"]).await;
    let lead = in_own_role(&server, &owner, &role).await;
    let desk = server.colleague_of(&owner, "receptionist").await;
    let doctor = server.colleague_of(&owner, "provider").await;
    let given = async |title: &str, assignee: Value| task(&owner, title, json!({ "assignee": assignee })).await;
    given("nobody's", Value::Null).await;
    given("the desk's", json!({ "kind": "role", "role": "receptionist" })).await;
    given("the lead's", json!({ "kind": "own_role", "id": role["id"] })).await;
    given("of one at the desk", json!({ "kind": "person", "id": desk.user() })).await;
    let done = given("the doctor's, done", json!({ "kind": "person", "id": doctor.user() })).await;
    act(&doctor, &done, "complete").await;
    assert_eq!(titles(&desk, "mine=true").await, ["the desk's", "of one at the desk"]);
    assert_eq!(titles(&lead, "mine=true").await, ["the desk's", "the lead's"]);
    assert!(titles(&doctor, "mine=true").await.is_empty());
    assert_eq!(titles(&doctor, "mine=true&status=done").await, ["the doctor's, done"]);
    assert_eq!(titles(&owner, "role=receptionist").await, ["the desk's"]);
    assert_eq!(titles(&owner, &format!("roleId={}", role["id"].as_str().expect("an id"))).await, ["the lead's"]);
    assert_eq!(titles(&owner, &format!("assigneeId={}", desk.user())).await, ["of one at the desk"]);
    assert_eq!(titles(&owner, "unassigned=true").await, ["nobody's"]);
    let counts = async |person: &platform::testing::Person| person.get("/api/v1/tasks/counts").await.expect(200);
    assert_eq!(counts(&lead).await, json!({ "open": 4, "mine": 2, "overdue": 0, "unassigned": 1, "done": 1 }));
    assert_eq!(counts(&doctor).await, json!({ "open": 4, "mine": 0, "overdue": 0, "unassigned": 1, "done": 1 }));
    let key = json!({ "name": "Kiosk", "scopes": ["tasks.read"], "expiresAt": "2099-01-01T00:00:00Z" });
    let key = owner.post("/api/v1/api-keys", &key).await;
    if key.status == 201 {
        let mut program = server.stranger();
        program.token = key.body["key"].as_str().map(str::to_owned);
        assert!(titles(&program, "mine=true").await.is_empty(), "nothing is a program's");
    }
}

#[tokio::test]
async fn a_patients_tasks_are_also_those_of_whoever_was_merged_into_them() {
    let (_server, owner) = start().await;
    let (sara, other) = (patient(&owner, "Sara").await, patient(&owner, "Sarah").await);
    let before = task(&owner, "before", json!({ "patientId": other["id"] })).await;
    task(&owner, "hers", json!({ "patientId": sara["id"] })).await;
    task(&owner, "nobody's", json!({})).await;
    let sara_id = sara["id"].as_str().expect("an id");
    let merge = json!({ "version": 1, "other": other["id"], "otherVersion": 1 });
    owner.post(&format!("/api/v1/patients/{sara_id}/merge"), &merge).await.expect(201);
    assert_eq!(titles(&owner, &format!("patientId={sara_id}")).await, ["before", "hers"]);
    let shown = owner.get(&path(&before)).await.expect(200);
    assert_eq!(
        [&shown["patientId"], &shown["patient"]["id"], &shown["patient"]["givenName"]],
        [&sara["id"], &sara["id"], &json!("Sara")]
    );
    let after = task(&owner, "after", json!({ "patientId": other["id"] })).await;
    assert_eq!(after["patientId"], sara["id"], "who was merged counts as who was kept");
    let changed = owner.patch(&path(&before), &json!({ "version": 1, "priority": "high" })).await.expect(200);
    assert_eq!(changed["patientId"], sara["id"]);
}

#[tokio::test]
async fn parameters_are_taken_strictly() {
    let (_server, owner) = start().await;
    for (query, fault) in [
        ("limit=0", "?limit out_of_range"),
        ("sort=title", "?sort invalid"),
        ("cursor=x", "?cursor invalid"),
        ("status=gone", "?status invalid"),
        ("role=cook", "?role invalid"),
        ("dueUntil=tomorrow", "?dueUntil wrong_type"),
        ("q=x", "?q unknown_field"),
    ] {
        assert_eq!(owner.get(&format!("/api/v1/tasks?{query}")).await.faults(), [fault], "{query}");
    }
}
