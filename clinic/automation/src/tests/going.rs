//! How runs go on: tries, kills, waits, branches, loops, and fairness.

use super::*;
use crate::engine::take;

/// Leases a run as a worker does that dies then.
async fn die_holding(server: &TestServer) -> Vec<(Uuid, Uuid)> {
    let rows: Vec<(Uuid, Uuid, Uuid)> =
        sqlx::query_as("select practice_id, id, lease from claim.runs($1, 100, 100, 60)")
            .bind(jiff_sqlx::Timestamp::from(server.clock.now()))
            .fetch_all(&mut server.database.conn().await)
            .await
            .expect("claims");
    rows.into_iter().map(|(_, run, lease)| (run, lease)).collect()
}

fn by_hand(steps: &Value) -> Value {
    json!({ "trigger": { "kind": "hand", "subject": "thing" }, "steps": steps })
}

/// Begins a run that waits for the worker.
async fn begin(server: &TestServer, owner: &Person, workflow: Uuid, name: &str) -> Uuid {
    let thing = happen(server, owner, name).await;
    let path = format!("/api/v1/workflows/{workflow}/runs");
    assert_eq!(owner.post(&path, &json!({ "ids": [thing] })).await.expect(201)["started"], 1);
    thing
}

#[tokio::test]
async fn a_step_that_fails_is_tried_again_with_pauses_and_its_effects_happen_once() {
    let (server, mut owner) = with_owner().await;
    let steps = json!([count("c1"), { "kind": "action", "id": "c2", "action": "test.count",
        "fields": { "name": "shaky" }, "retry": { "attempts": 3 } }, count("c3")]);
    let workflow = publish(&owner, &event(&steps)).await;
    failing("shaky", Some("busy"));
    happen(&server, &owner, "sound").await;
    server.settle().await;
    let run = only_run(&owner, workflow).await;
    assert_eq!((&run["state"], &run["steps"][1]["attempts"]), (&json!("running"), &json!(1)));
    assert!(run["wakesAt"].as_str().expect("a time") > server.clock.now().to_string().as_str());
    later(&server, &mut owner, 1).await;
    server.settle().await;
    assert_eq!(only_run(&owner, workflow).await["steps"][1]["attempts"], 2);
    failing("shaky", None);
    later(&server, &mut owner, 1).await;
    server.settle().await;
    let run = only_run(&owner, workflow).await;
    assert_eq!((&run["state"], run["steps"].as_array().expect("steps").len()), (&json!("done"), 3));
    assert_eq!(run["steps"][1]["attempts"], 3);
    assert_eq!((counted(&server, "sound").await, counted(&server, "shaky").await), ((2, 2), (1, 1)));
}

#[tokio::test]
async fn what_is_refused_fails_at_once_and_is_resumed_at_its_step() {
    let (server, mut owner) = with_owner().await;
    for how in ["refused", "broken", "panic"] {
        let name = format!("fails-{how}");
        let steps = json!([{ "kind": "action", "id": "c1", "action": "test.count", "fields": { "name": "before" } },
            { "kind": "action", "id": "c2", "action": "test.count", "fields": { "name": "{{ thing.name }}" }, "retry": { "attempts": 1 } }]);
        let workflow = publish(&owner, &event(&steps)).await;
        failing(&name, Some(how));
        happen(&server, &owner, &name).await;
        let sound = happen(&server, &owner, "bystander").await;
        for _ in 0..10 {
            server.settle().await;
            server.clock.advance(SignedDuration::from_mins(30));
        }
        later(&server, &mut owner, 0).await;
        let all = runs(&owner, workflow).await;
        let of = |thing: &Uuid| all.iter().find(|run| run["subject"]["id"] == json!(thing)).expect("a run").clone();
        assert_eq!(of(&sound)["state"], "done", "{how}");
        let failed =
            all.iter().find(|run| run["state"] == "failed").unwrap_or_else(|| panic!("{how}: {all:?}")).clone();
        let code = [("refused", "test.refused"), ("broken", "internal"), ("panic", "run.broken")];
        assert_eq!(failed["error"]["code"], code.iter().find(|(of, _)| *of == how).expect("a code").1);
        assert_eq!(counted(&server, &name).await, (0, 0), "{how}: a refusal leaves nothing behind");
        let path = format!("/api/v1/workflow-runs/{}", failed["id"].as_str().expect("an id"));
        failing(&name, None);
        owner.post(&format!("{path}/resume"), &json!({})).await.expect(200);
        server.settle().await;
        let run = owner.get(&path).await.expect(200);
        assert_eq!((&run["state"], &run["error"]), (&json!("done"), &Value::Null), "{how}");
        assert_eq!(counted(&server, &name).await, (1, 1));
        assert_eq!(owner.post(&format!("{path}/resume"), &json!({})).await.code(), "run.not_failed");
        // the disabled workflow does not hear of the next round
        let version = owner.get(&format!("/api/v1/workflows/{workflow}")).await.expect(200)["version"].clone();
        let path = format!("/api/v1/workflows/{workflow}");
        Person::send(owner.request(reqwest::Method::DELETE, &path).json(&json!({ "version": version })))
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn a_run_is_resumed_with_the_newest_version_where_its_step_is_still_there() {
    let (server, owner) = with_owner().await;
    let step =
        |name: &str| json!([{ "kind": "action", "id": "c1", "action": "test.count", "fields": { "name": name } }]);
    failing("wrong", Some("refused"));
    let workflow = publish(&owner, &event(&step("wrong"))).await;
    happen(&server, &owner, "mended").await;
    server.settle().await;
    let run = only_run(&owner, workflow).await;
    assert_eq!(run["state"], "failed");
    let (resume, path) = (
        format!("/api/v1/workflow-runs/{}/resume", run["id"].as_str().expect("an id")),
        format!("/api/v1/workflows/{workflow}"),
    );
    let republish = async |steps: &Value| {
        let version = owner.get(&path).await.expect(200)["version"].clone();
        let changed = owner.patch(&path, &json!({ "version": version, "definition": event(steps) })).await.expect(200);
        owner.post(&format!("{path}/publish"), &json!({ "version": changed["version"] })).await.expect(200)
    };
    republish(&json!([{ "kind": "stop", "id": "other" }])).await;
    assert_eq!(owner.post(&resume, &json!({ "version": "newest" })).await.code(), "run.step_gone");
    let published = republish(&step("right")).await;
    assert_eq!(published["publishedVersion"], 3);
    owner.post(&resume, &json!({ "version": "newest" })).await.expect(200);
    server.settle().await;
    let run = only_run(&owner, workflow).await;
    assert_eq!((&run["state"], &run["version"], counted(&server, "right").await), (&json!("done"), &json!(3), (1, 1)));
}

#[tokio::test]
async fn a_run_whose_worker_died_goes_on_when_the_lease_has_ended_and_the_dead_can_do_nothing_more() {
    let (server, mut owner) = with_owner().await;
    let workflow = publish(&owner, &by_hand(&json!([count("c1"), count("c2")]))).await;
    begin(&server, &owner, workflow, "killed").await;
    let dead = die_holding(&server).await;
    assert_eq!(dead.len(), 1);
    server.settle().await;
    assert_eq!(counted(&server, "killed").await, (0, 0));
    later(&server, &mut owner, 2).await;
    server.settle().await;
    assert_eq!(counted(&server, "killed").await, (2, 2));
    let practice = PracticeId(owner.practice());
    let late = crate::engine::advance(server.app.clone(), practice, dead, crate::engine::Together::All).await;
    assert!(late.expect("it finds that the lease is gone").is_empty());
    assert_eq!(
        (counted(&server, "killed").await, only_run(&owner, workflow).await["state"].clone()),
        ((2, 2), json!("done"))
    );
}

#[tokio::test]
async fn whoever_lost_the_lease_does_nothing_while_another_has_it() {
    let (server, mut owner) = with_owner().await;
    let workflow = publish(&owner, &by_hand(&json!([count("c1")]))).await;
    begin(&server, &owner, workflow, "fenced").await;
    let slow = die_holding(&server).await;
    later(&server, &mut owner, 2).await;
    let quick = die_holding(&server).await;
    assert_eq!((slow.len(), slow[0].0), (quick.len(), quick[0].0));
    let practice = PracticeId(owner.practice());
    for (claimed, expected) in [(slow, 0), (quick, 1)] {
        crate::engine::advance(server.app.clone(), practice, claimed, crate::engine::Together::All)
            .await
            .expect("goes on");
        assert_eq!(counted(&server, "fenced").await, (expected, expected));
    }
}

#[tokio::test]
async fn what_is_done_outside_is_done_again_under_the_same_key_after_a_crash() {
    let (server, mut owner) = with_owner().await;
    let send = |id: &str| json!({ "kind": "action", "id": id, "action": "test.send", "fields": { "name": "out-{{ thing.name }}" } });
    let workflow = publish(&owner, &event(&json!([count("c1"), send("s1"), send("s2"), count("c2")]))).await;
    happen(&server, &owner, "crashed").await;
    // the event is told, the run stands before its errand; the worker marks it as begun and dies
    platform::outbox::dispatch(
        &server.app,
        &std::sync::Arc::new(Duties { listeners: crate::listeners(), ..Duties::default() }),
    )
    .await
    .expect("dispatches");
    let claimed = die_holding(&server).await;
    let practice = PracticeId(owner.practice());
    let errands = crate::engine::advance(server.app.clone(), practice, claimed, crate::engine::Together::All).await;
    assert_eq!(errands.expect("an errand").len(), 1);
    assert_eq!(only_run(&owner, workflow).await["steps"][1]["state"], "started");
    server.settle().await;
    assert!(sent("out-crashed").is_empty());
    later(&server, &mut owner, 2).await;
    server.settle().await;
    let run = only_run(&owner, workflow).await;
    assert_eq!(
        (&run["state"], sent("out-crashed").len(), counted(&server, "crashed").await),
        (&json!("done"), 2, (2, 2))
    );
    // errors outside are tried again too, under the key of before
    failing("out-later", Some("busy"));
    happen(&server, &owner, "later").await;
    server.settle().await;
    failing("out-later", None);
    later(&server, &mut owner, 1).await;
    server.settle().await;
    let keys = sent("out-later");
    let newest = runs(&owner, workflow).await[0]["id"].clone();
    let path = format!("/api/v1/workflow-runs/{}", newest.as_str().expect("an id"));
    let steps = owner.get(&path).await.expect(200)["steps"].clone();
    assert_eq!(keys.len(), 3, "{steps:#} {keys:?}");
    assert_eq!((keys.len(), keys[0] == keys[1], keys[0] == keys[2]), (3, true, false));
}

#[tokio::test]
async fn branches_and_loops_go_their_way() {
    let (server, owner) = with_owner().await;
    let named = |id: &str, name: &str| json!({ "kind": "action", "id": id, "action": "test.count", "fields": { "name": name } });
    let steps = json!([
        { "kind": "action", "id": "set1", "action": "variable.set", "fields": { "name": "n", "value": "{{ thing.count + 1 }}" } },
        { "kind": "branch", "id": "b1", "otherwise": [named("x1", "branch-otherwise")], "paths": [
            { "id": "p", "name": "Few", "condition": { "<": [{ "var": "vars.n" }, 4] }, "steps": [named("x2", "branch-few")] },
            { "id": "q", "name": "Four", "condition": { "cel": "vars.n == 4" }, "steps": [named("x3", "branch-four")] }] },
        { "kind": "loop", "id": "l1", "list": "thing.parts", "limit": 5, "steps": [named("x4", "{{ item }}-{{ index }}")] },
        { "kind": "action", "id": "f1", "action": "records.find", "fields": { "subject": "thing", "filter": { "field": "name", "op": "eq", "value": "{{ thing.name }}" }, "limit": 2 } },
        named("x5", "found-{{ f1.count }}-{{ f1.more }}"),
        { "kind": "stop", "id": "s1", "outcome": "failed", "message": "Enough" },
    ]);
    for _ in 0..3 {
        let id = Uuid::now_v7();
        remember(id, json!({ "id": id, "name": "branching" }));
    }
    let workflow = publish(&owner, &event(&steps)).await;
    happen(&server, &owner, "branching").await;
    server.settle().await;
    let run = only_run(&owner, workflow).await;
    assert_eq!((&run["state"], &run["error"]["message"]), (&json!("failed"), &json!("Enough")));
    for (name, expected) in
        [("branch-four", 1), ("branch-few", 0), ("branch-otherwise", 0), ("a-0", 1), ("b-1", 1), ("found-2-true", 1)]
    {
        assert_eq!(counted(&server, name).await, (expected, expected), "{name}");
    }
    let path: Vec<_> =
        run["steps"].as_array().expect("steps").iter().map(|s| s["stepId"].as_str().expect("an id")).collect();
    assert_eq!(path, ["set1", "b1", "x3", "l1", "x4", "x4", "f1", "x5", "s1"]);
    assert_eq!((&run["steps"][1]["path"], &run["steps"][5]["iteration"]), (&json!("q"), &json!([1])));
}

#[tokio::test]
async fn waits_end_at_their_time_or_with_what_they_wait_for() {
    let (server, mut owner) = with_owner().await;
    let wait = |wait: Value, ending: &str| {
        json!([{ "kind": "wait", "id": "w1", "wait": wait }, { "kind": "action", "id": "c1", "action": "test.count",
            "fields": { "name": format!("{{{{ thing.name }}}}-{ending}") } }])
    };
    // it hears only of what is made, and only of things of this name
    let of = |name: &str, steps: Value| {
        let mut definition = event(&steps);
        definition["trigger"]["condition"] = json!({ "==": [{ "var": "thing.name" }, name] });
        definition
    };
    publish(&owner, &of("lasting", wait(json!({ "for": "duration", "minutes": 30 }), "time"))).await;
    let awaited = json!({ "for": "event", "event": "thing.changed", "timeoutMinutes": 60 });
    let awaits = publish(&owner, &of("awaiting", wait(awaited, "{{ w1.happened }}"))).await;
    let date = json!({ "for": "date", "date": "thing.start", "offsetMinutes": -10 });
    let dated = publish(&owner, &of("dating", wait(date, "time"))).await;
    happen(&server, &owner, "lasting").await;
    let (one, two) = (happen(&server, &owner, "awaiting").await, happen(&server, &owner, "awaiting").await);
    let moved = Uuid::now_v7();
    let at = |minutes: i64| server.clock.now() + SignedDuration::from_mins(minutes);
    remember(moved, json!({ "id": moved, "name": "dating", "start": at(40) }));
    tell(&server, &owner, "thing.made", moved).await;
    server.settle().await;
    let wakes = async || {
        let wakes: jiff_sqlx::Timestamp =
            sqlx::query_scalar("select wakes_at from automation.run where workflow_id = $1")
                .bind(dated)
                .fetch_one(&mut server.database.conn().await)
                .await
                .expect("a time");
        wakes.to_jiff()
    };
    assert_eq!((wakes().await, runs(&owner, awaits).await[0]["state"].clone()), (at(30), json!("waiting")));
    // the record moves, and so does the wait
    remember(moved, json!({ "id": moved, "name": "dating", "start": at(100) }));
    tell(&server, &owner, "thing.changed", moved).await;
    tell(&server, &owner, "thing.changed", one).await;
    server.settle().await;
    assert_eq!(wakes().await, at(90));
    assert_eq!((counted(&server, "awaiting-true").await, counted(&server, "lasting-time").await), ((1, 1), (0, 0)));
    later(&server, &mut owner, 31).await;
    server.settle().await;
    assert_eq!((counted(&server, "lasting-time").await, counted(&server, "dating-time").await), ((1, 1), (0, 0)));
    later(&server, &mut owner, 30).await;
    server.settle().await;
    assert_eq!((counted(&server, "awaiting-false").await, counted(&server, "awaiting-true").await), ((1, 1), (1, 1)));
    // what happens later wakes nobody any more
    tell(&server, &owner, "thing.changed", two).await;
    later(&server, &mut owner, 30).await;
    server.settle().await;
    assert_eq!((counted(&server, "dating-time").await, counted(&server, "awaiting-true").await), ((1, 1), (1, 1)));
    let left: i64 = sqlx::query_scalar("select count(*) from automation.wait")
        .fetch_one(&mut server.database.conn().await)
        .await
        .expect("a count");
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_wait_whose_record_is_gone_ends_the_run_and_a_person_can_end_one() {
    let (server, mut owner) = with_owner().await;
    let steps = json!([{ "kind": "wait", "id": "w1", "wait": { "for": "duration", "minutes": 30 } }, count("c1")]);
    let workflow = publish(&owner, &event(&steps)).await;
    let gone = happen(&server, &owner, "vanishing").await;
    happen(&server, &owner, "vanishing").await;
    server.settle().await;
    let all = runs(&owner, workflow).await;
    let kept = all.iter().find(|run| run["subject"]["id"] != json!(gone)).expect("a run");
    let path = format!("/api/v1/workflow-runs/{}/cancel", kept["id"].as_str().expect("an id"));
    owner.post(&path, &json!({})).await.expect(200);
    assert_eq!(owner.post(&path, &json!({})).await.code(), "run.ended");
    THINGS.lock().expect("not poisoned").remove(&gone);
    later(&server, &mut owner, 31).await;
    server.settle().await;
    for run in runs(&owner, workflow).await {
        assert_eq!(run["state"], "cancelled");
    }
    assert_eq!(counted(&server, "vanishing").await, (0, 0));
}

#[tokio::test]
async fn a_flood_in_one_practice_keeps_no_other_waiting() {
    let (server, alpha) = with_owner().await;
    let beta = server.owner_of("beta").await;
    let steps = by_hand(&json!([count("c1")]));
    let (flood, quiet) = (publish(&alpha, &steps).await, publish(&beta, &steps).await);
    let thing = happen(&server, &alpha, "flood").await;
    server.settle().await;
    for _ in 0..6 {
        let ids: Vec<_> = (0..250)
            .map(|_| {
                let id = Uuid::now_v7();
                remember(id, json!({ "id": id, "name": "flood" }));
                id
            })
            .chain([thing])
            .collect();
        alpha.post(&format!("/api/v1/workflows/{flood}/runs"), &json!({ "ids": ids })).await.expect(201);
    }
    begin(&server, &beta, quiet, "calm").await;
    // one turn of the worker, in which the flood has hundreds that are due before
    let took = take(&server.app).await.expect("takes");
    assert!((2..=500).contains(&took), "{took}");
    assert_eq!(only_run(&beta, quiet).await["state"], "done");
    assert!(counted(&server, "flood").await.0 < 600);
    // events are as fair: one turn serves both
    for _ in 0..300 {
        happen(&server, &alpha, "flood").await;
    }
    let heard = publish(&beta, &event(&json!([count("c2")]))).await;
    happen(&server, &beta, "calm").await;
    let duties = std::sync::Arc::new(Duties { listeners: crate::listeners(), ..Duties::default() });
    platform::outbox::dispatch(&server.app, &duties).await.expect("dispatches");
    let heard = runs(&beta, heard).await;
    assert!(!heard.is_empty() && heard.iter().all(|run| run["state"] == "done"), "{heard:?}");
}
