//! Rehearsals, numbers, and what is forgotten.

use super::*;

#[tokio::test]
async fn a_rehearsal_tells_what_would_have_been_done_and_does_nothing() {
    let (server, mut owner) = with_owner().await;
    for _ in 0..3 {
        happen(&server, &owner, "rehearsed").await;
    }
    happen(&server, &owner, "otherwise").await;
    server.settle().await;
    // the database writes down when events happened by its own clock
    later(&server, &mut owner, 5).await;
    let mut definition = event(&json!([
        { "kind": "wait", "id": "w1", "wait": { "for": "event", "event": "thing.changed", "timeoutMinutes": 600 } },
        { "kind": "branch", "id": "b1", "paths": [{ "id": "p", "condition": { "!": { "var": "w1.happened" } }, "steps": [count("c1")] }], "otherwise": [] },
        { "kind": "action", "id": "s1", "action": "test.send", "fields": { "name": "to {{ thing.name }}" } }]));
    definition["trigger"]["condition"] = json!({ "==": [{ "var": "thing.name" }, "rehearsed"] });
    let draft = make(&owner, &definition).await;
    let path = format!("/api/v1/workflows/{}/rehearsals", draft["id"].as_str().expect("an id"));
    let begun = owner.post(&path, &json!({})).await.expect(202);
    let path = format!("/api/v1/workflow-rehearsals/{}", begun["id"].as_str().expect("an id"));
    assert_eq!(owner.get(&path).await.expect(200)["state"], "running");
    server.settle().await;
    let seen = owner.get(&format!("{path}?limit=2")).await.expect(200);
    assert_eq!((&seen["state"], &seen["events"], &seen["matched"]), (&json!("done"), &json!(4), &json!(3)));
    let item = &seen["items"][0];
    assert_eq!((&item["subject"]["label"], &item["path"]), (&json!("Lina"), &json!(["w1", "b1", "c1", "s1"])));
    assert_eq!(item["actions"][1], json!({ "step": "s1", "action": "test.send", "input": { "name": "to rehearsed" } }));
    let rest = owner.get(&format!("{path}?limit=2&cursor={}", seen["next"].as_str().expect("more"))).await.expect(200);
    assert_eq!((rest["items"].as_array().expect("items").len(), &rest["next"]), (1, &Value::Null));
    assert_eq!((sent("to rehearsed").len(), counted(&server, "rehearsed").await), (0, (0, 0)));
    let beta = server.owner_of("beta").await;
    assert_eq!(beta.get(&path).await.status, 404);
}

#[tokio::test]
async fn what_begins_by_dates_is_rehearsed_a_month_back_and_a_month_ahead() {
    let (server, owner) = with_owner().await;
    let now = server.clock.now();
    let at = |hours: i64| now + SignedDuration::from_hours(hours);
    // begins an hour before: the first and the last are just outside
    let hours = [-30 * 24, -29 * 24, -1, 5, 30 * 24, 30 * 24 + 2];
    for hour in hours {
        let id = Uuid::now_v7();
        remember(id, json!({ "id": id, "name": "rehearsed by date", "start": at(hour) }));
    }
    for _ in 0..250 {
        let id = Uuid::now_v7();
        remember(id, json!({ "id": id, "name": "rehearsed by date", "start": at(7) }));
    }
    let definition = json!({ "trigger": { "kind": "date", "subject": "thing", "date": "start", "offsetMinutes": -60,
        "condition": { "==": [{ "var": "thing.name" }, "rehearsed by date"] } }, "steps": [count("c1")] });
    let seen = rehearsed(&server, &owner, &definition).await;
    assert_eq!((&seen["state"], &seen["matched"]), (&json!("done"), &json!(254)));
    let items = seen["items"].as_array().expect("items");
    let begins: Vec<Timestamp> =
        items.iter().map(|item| item["at"].as_str().expect("at").parse().expect("at")).collect();
    assert_eq!(begins[..4], [at(-29 * 24 - 1), at(-2), at(4), at(6)]);
    assert_eq!(items[0]["actions"][0]["action"], "test.count");
    assert_eq!(counted(&server, "rehearsed by date").await, (0, 0));
    THINGS.lock().expect("not poisoned").retain(|_, thing| thing["name"] != "rehearsed by date");
}

#[tokio::test]
async fn what_begins_by_a_schedule_is_rehearsed_turn_by_turn_and_about_nobody() {
    let (server, owner) = with_owner().await;
    let steps =
        json!([{ "kind": "action", "id": "c1", "action": "test.count", "fields": { "name": "weekly rehearsal" } }]);
    let trigger = json!({ "kind": "schedule", "every": "week", "at": "09:00", "weekdays": ["mon"] });
    let seen = rehearsed(&server, &owner, &json!({ "trigger": trigger, "steps": steps })).await;
    let matched = seen["matched"].as_i64().expect("a number");
    assert!((4..=5).contains(&matched), "Mondays of thirty days: {matched}");
    assert_eq!((&seen["items"][0]["subject"], &seen["items"][0]["path"]), (&Value::Null, &json!(["c1"])));
    assert_eq!(counted(&server, "weekly rehearsal").await, (0, 0));
}

/// The first page of a rehearsal that is over.
async fn rehearsed(server: &TestServer, owner: &Person, definition: &Value) -> Value {
    let draft = make(owner, definition).await;
    let path = format!("/api/v1/workflows/{}/rehearsals", draft["id"].as_str().expect("an id"));
    let begun = owner.post(&path, &json!({})).await.expect(202);
    server.settle().await;
    owner.get(&format!("/api/v1/workflow-rehearsals/{}", begun["id"].as_str().expect("an id"))).await.expect(200)
}

#[tokio::test]
async fn history_is_forgotten_after_the_days_that_the_practice_says() {
    let (server, owner) = with_owner().await;
    let path = "/api/v1/workflow-settings";
    let usual = owner.get(path).await.expect(200);
    assert_eq!(usual, json!({ "quietFrom": "21:00", "quietUntil": "08:00", "historyDays": 90, "version": 0 }));
    let workflow = publish(&owner, &event(&json!([count("c1")]))).await;
    assert_eq!(owner.patch(path, &json!({ "version": 0, "quietFrom": null })).await.faults(), ["/quietUntil required"]);
    let set = owner.patch(path, &json!({ "version": 0, "historyDays": 10 })).await.expect(200);
    assert_eq!((&set["historyDays"], &set["quietFrom"], &set["version"]), (&json!(10), &json!("21:00"), &json!(1)));
    assert_eq!(owner.patch(path, &json!({ "version": 0, "historyDays": 11 })).await.code(), "version.stale");
    happen(&server, &owner, "forgotten").await;
    server.settle().await;
    for (days, left) in [(9, 1), (2, 0)] {
        server.clock.advance(SignedDuration::from_hours(24 * days));
        crate::retention::sweep(server.app.clone()).await.expect("sweeps");
        let kept: i64 = sqlx::query_scalar("select count(*) from automation.run where workflow_id = $1")
            .bind(workflow)
            .fetch_one(&mut server.database.conn().await)
            .await
            .expect("a count");
        assert_eq!(kept, left);
    }
    let steps: i64 = sqlx::query_scalar("select count(*) from automation.step")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a count");
    assert_eq!(steps, 0);
}

#[tokio::test]
async fn numbers_add_up() {
    let (server, owner) = with_owner().await;
    let workflow = publish(&owner, &event(&json!([count("c1")]))).await;
    make(&owner, &event(&json!([]))).await;
    failing("bad-number", Some("refused"));
    for name in ["good-number", "good-number", "bad-number"] {
        happen(&server, &owner, name).await;
    }
    server.settle().await;
    let stats = owner.get("/api/v1/workflow-stats").await.expect(200);
    assert_eq!((&stats["published"], &stats["drafts"], &stats["runsToday"]), (&json!(1), &json!(1), &json!(3)));
    let days = stats["runs7d"].as_array().expect("days");
    assert_eq!((days.len(), &days[6]["done"], &days[6]["failed"]), (7, &json!(2), &json!(1)));
    assert_eq!(stats["failing"], json!([{ "id": workflow, "name": "Test" }]));
    let list = owner.get("/api/v1/workflows?status=published&q=tes").await.expect(200);
    assert_eq!(list["items"][0]["runs7d"], json!({ "total": 3, "failed": 1 }));
    assert_eq!(list["items"][0]["trigger"], json!({ "kind": "event", "event": "thing.made", "subject": null }));
    assert_eq!(owner.get("/api/v1/workflows?q=nothing").await.expect(200)["items"], json!([]));
    let failed = owner.get("/api/v1/workflow-runs?state=failed").await.expect(200);
    assert_eq!(failed["items"].as_array().expect("runs").len(), 1);
    let first = owner.get("/api/v1/workflow-runs?limit=2").await.expect(200);
    let next = format!("/api/v1/workflow-runs?limit=2&cursor={}", first["next"].as_str().expect("more"));
    assert_eq!(owner.get(&next).await.expect(200)["items"].as_array().expect("runs").len(), 1);
}
