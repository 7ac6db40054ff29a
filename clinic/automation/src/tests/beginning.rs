//! What begins runs: events, dates, schedules, webhooks, people.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use platform::testing::Answer;

use super::*;

#[tokio::test]
async fn an_event_begins_one_run_however_often_it_is_told() {
    let (server, owner) = with_owner().await;
    let workflow = publish(&owner, &event(&json!([count("c1")]))).await;
    let thing = happen(&server, &owner, "once").await;
    server.settle().await;
    let run = only_run(&owner, workflow).await;
    assert_eq!((&run["state"], &run["subject"]["id"]), (&json!("done"), &json!(thing)));
    for _ in 0..2 {
        sqlx::query("update outbox.event set state = 'pending' where subject_id = $1")
            .bind(thing)
            .execute(&mut server.database.conn().await)
            .await
            .expect("told again");
        sqlx::query("update outbox.lane set pending = 1, ready_at = now() where lane = $1")
            .bind(format!("thing:{thing}"))
            .execute(&mut server.database.conn().await)
            .await
            .expect("told again");
        server.settle().await;
    }
    assert_eq!(runs(&owner, workflow).await.len(), 1);
    assert_eq!(counted(&server, "once").await, (1, 1));
}

#[tokio::test]
async fn only_what_fits_the_condition_and_is_published_begins() {
    let (server, owner) = with_owner().await;
    let mut definition = event(&json!([count("c1")]));
    definition["trigger"]["condition"] = json!({ "==": [{ "var": "thing.name" }, "fits"] });
    let workflow = publish(&owner, &definition).await;
    happen(&server, &owner, "other").await;
    happen(&server, &owner, "fits").await;
    server.settle().await;
    assert_eq!(runs(&owner, workflow).await.len(), 1);
    let path = format!("/api/v1/workflows/{workflow}");
    let version = owner.get(&path).await.expect(200)["version"].clone();
    owner.post(&format!("{path}/unpublish"), &json!({ "version": version })).await.expect(200);
    happen(&server, &owner, "fits").await;
    server.settle().await;
    assert_eq!(runs(&owner, workflow).await.len(), 1);
    let other = server.owner_of("beta").await;
    happen(&server, &other, "fits").await;
    server.settle().await;
    assert_eq!(runs(&owner, workflow).await.len(), 1);
}

#[tokio::test]
async fn runs_of_one_thing_begin_in_the_order_of_its_events() {
    let (server, owner) = with_owner().await;
    let definition = json!({ "trigger": { "kind": "event", "event": "thing.changed" }, "steps": [count("c1")] });
    let workflow = publish(&owner, &definition).await;
    let things: Vec<_> = (0..3).map(|_| Uuid::now_v7()).collect();
    for n in 0..5 {
        for thing in &things {
            remember(*thing, json!({ "id": thing, "name": "order", "count": n }));
            tell(&server, &owner, "thing.changed", *thing).await;
        }
    }
    server.settle().await;
    let order: Vec<(Uuid, String)> =
        sqlx::query_as("select r.subject_id, r.cause from automation.run r where r.workflow_id = $1 order by r.id")
            .bind(workflow)
            .fetch_all(&mut server.database.conn().await)
            .await
            .expect("runs");
    let events: Vec<(Uuid, String)> = sqlx::query_as(
        "select subject_id, 'event:' || id from outbox.event where name = 'thing.changed' and subject_id = any($1) order by seq",
    )
    .bind(&things)
    .fetch_all(&mut server.database.conn().await)
    .await
    .expect("events");
    for thing in &things {
        let of = |all: &[(Uuid, String)]| all.iter().filter(|(id, _)| id == thing).cloned().collect::<Vec<_>>();
        assert_eq!(of(&order), of(&events));
        assert_eq!(of(&order).len(), 5);
    }
}

#[tokio::test]
async fn a_workflow_that_begins_itself_through_a_job_or_another_area_is_stopped_as_well() {
    let (server, owner) = with_owner().await;
    let later = json!({ "action": "test.make_later", "fields": { "name": "{{ thing.name }}" } });
    let other = json!({ "action": "test.change", "fields": { "id": "{{ thing.id }}" } });
    for (name, action) in [("by a job", later), ("by an area", other)] {
        let mut step = json!({ "kind": "action", "id": "m1" });
        for (key, value) in action.as_object().expect("an object") {
            step[key] = value.clone();
        }
        let mut definition = event(&json!([step]));
        definition["trigger"]["condition"] = json!({ "==": [{ "var": "thing.name" }, name] });
        let workflow = publish(&owner, &definition).await;
        happen(&server, &owner, name).await;
        server.settle().await;
        let all = runs(&owner, workflow).await;
        let states: Vec<_> = all.iter().map(|run| run["state"].as_str().expect("a state")).collect();
        assert_eq!(states, ["stopped", "done", "done", "done"], "{name}");
        assert_eq!(all[0]["error"]["code"], "run.triggers_itself");
        // what the job does is done by the product itself, whoever asked for it
        let by: Vec<String> = sqlx::query_scalar(
            "select distinct e.payload ->> 'actor' from outbox.event e where e.practice_id = $1 and e.name = 'thing.made'",
        )
        .bind(owner.practice())
        .fetch_all(&mut server.database.conn().await)
        .await
        .expect("events");
        assert_eq!(by, ["system"]);
    }
}

#[tokio::test]
async fn a_workflow_that_begins_itself_is_stopped_and_says_so() {
    let (server, owner) = with_owner().await;
    let make = json!({ "kind": "action", "id": "m1", "action": "test.make", "fields": { "name": "circle" } });
    let workflow = publish(&owner, &event(&json!([make]))).await;
    happen(&server, &owner, "circle").await;
    server.settle().await;
    let all = runs(&owner, workflow).await;
    let states: Vec<_> = all.iter().map(|run| run["state"].as_str().expect("a state")).collect();
    assert_eq!(states, ["stopped", "done", "done", "done"]);
    assert_eq!(all[0]["error"]["code"], "run.triggers_itself");
    let actors: Vec<(String, Uuid)> = sqlx::query_as(
        "select actor_kind, actor_id from audit.entry where action = 'make' and resource_type = 'thing'",
    )
    .fetch_all(&mut server.database.conn().await)
    .await
    .expect("entries");
    assert_eq!(actors, vec![("workflow".to_owned(), workflow); 3]);
}

#[tokio::test]
async fn dates_begin_one_run_each_at_their_time() {
    let (server, mut owner) = with_owner().await;
    let definition = json!({ "trigger": { "kind": "date", "subject": "thing", "date": "start", "offsetMinutes": -60,
        "condition": { "==": [{ "var": "thing.name" }, "dated"] } }, "steps": [count("c1")] });
    let workflow = publish(&owner, &definition).await;
    let begin = server.clock.now();
    let at = |minutes: i64| begin + SignedDuration::from_mins(minutes);
    // one is past already, one is an hour and a half ahead, many at one instant
    for minutes in [30, 90, 90 + 24 * 60] {
        let id = Uuid::now_v7();
        remember(id, json!({ "id": id, "name": "dated", "start": at(minutes) }));
    }
    for _ in 0..450 {
        let id = Uuid::now_v7();
        remember(id, json!({ "id": id, "name": "dated", "start": at(100) }));
    }
    for (minutes, expected) in [(0, 0), (2, 0), (29, 1), (10, 451), (10, 451)] {
        later(&server, &mut owner, minutes).await;
        for _ in 0..2 {
            crate::due::look(server.app.clone()).await.expect("looks");
        }
        server.settle().await;
        let count: i64 = sqlx::query_scalar("select count(*) from automation.run where workflow_id = $1")
            .bind(workflow)
            .fetch_one(&mut server.database.conn().await)
            .await
            .expect("a count");
        assert_eq!(count, expected, "after {minutes} more minutes");
    }
    THINGS.lock().expect("not poisoned").retain(|_, thing| thing["name"] != "dated");
}

#[tokio::test]
async fn a_schedule_has_its_turns_and_makes_up_for_one() {
    let (server, mut owner) = with_owner().await;
    let steps = json!([{ "kind": "action", "id": "c1", "action": "test.count", "fields": { "name": "daily" } }]);
    let workflow =
        publish(&owner, &json!({ "trigger": { "kind": "schedule", "every": "day", "at": "09:00" }, "steps": steps }))
            .await;
    let mut expected = 0;
    for hours in [24, 24, 72] {
        later(&server, &mut owner, 60 * hours).await;
        crate::due::look(server.app.clone()).await.expect("looks");
        crate::due::look(server.app.clone()).await.expect("looks");
        server.settle().await;
        expected += 1;
        assert_eq!(runs(&owner, workflow).await.len(), expected);
    }
}

/// The path of a workflow's address.
fn hook(made: &Value) -> String {
    let address = made["address"].as_str().expect("an address");
    address[address.find("/hooks/").expect("a path")..].to_owned()
}

/// What signs messages to it.
fn signs(made: &Value) -> hmac::Key {
    let secret = STANDARD.decode(&made["secret"].as_str().expect("a secret")[6..]).expect("base64");
    hmac::Key::new(hmac::HMAC_SHA256, &secret)
}

async fn deliver(server: &TestServer, address: &str, key: &hmac::Key, (id, at, body): (&str, i64, &str)) -> Answer {
    let tag = hmac::sign(key, format!("{id}.{at}.{body}").as_bytes());
    let request = server.stranger().request(reqwest::Method::POST, address);
    let request = request.header("webhook-id", id).header("webhook-timestamp", at.to_string());
    let request = request.header("webhook-signature", format!("v1,{}", STANDARD.encode(tag.as_ref())));
    Person::send(request.body(body.to_owned())).await
}

#[tokio::test]
async fn a_webhook_begins_a_run_for_each_message_that_is_proved() {
    let (server, owner) = with_owner().await;
    let steps = json!([{ "kind": "action", "id": "c1", "action": "test.count", "fields": { "name": "{{ webhook.body.name }}" } }]);
    let workflow = publish(&owner, &json!({ "trigger": { "kind": "webhook" }, "steps": steps })).await;
    let path = format!("/api/v1/workflows/{workflow}/webhook");
    assert_eq!(owner.get(&path).await.expect(200)["address"], Value::Null);
    let first = owner.post(&path, &json!({})).await.expect(200);
    let made = owner.post(&path, &json!({})).await.expect(200);
    assert_eq!(owner.get(&path).await.expect(200), json!({ "address": made["address"], "secret": null }));
    let sign = signs(&made);
    let send =
        async |address: &str, id: &str, at: i64, body: &str| deliver(&server, address, &sign, (id, at, body)).await;
    let now = server.clock.now().as_second();
    let (address, body) = (hook(&made), r#"{"name":"hooked"}"#);
    assert_eq!(send(&address, "msg_1", now, body).await.expect(202), json!({ "new": true }));
    assert_eq!(send(&address, "msg_1", now, body).await.expect(202), json!({ "new": false }));
    assert_eq!(send(&address, "msg_2", now - 301, body).await.status, 401);
    assert_eq!(send(&hook(&first), "msg_3", now, body).await.status, 404);
    assert_eq!(send("/hooks/workflows/rubbish", "msg_4", now, body).await.status, 404);
    assert_eq!(send(&address, "msg_5", now, "no json").await.status, 422);
    server.settle().await;
    assert_eq!((runs(&owner, workflow).await.len(), counted(&server, "hooked").await), (1, (1, 1)));
}

#[tokio::test]
async fn an_address_takes_so_many_messages_a_second_and_strangers_use_up_none() {
    let server = server_with(Config { rate_per_hook: 1, ..Config::default() }).await;
    let owner = server.owner_of("alpha").await;
    let steps = json!([{ "kind": "stop", "id": "s1", "outcome": "done" }]);
    let definition = json!({ "trigger": { "kind": "webhook" }, "steps": steps });
    let workflow = publish(&owner, &definition).await;
    let made = owner.post(&format!("/api/v1/workflows/{workflow}/webhook"), &json!({})).await.expect(200);
    let (address, now) = (hook(&made), server.clock.now().as_second());
    let forged = hmac::Key::new(hmac::HMAC_SHA256, b"something else");
    for i in 0..5 {
        assert_eq!(deliver(&server, &address, &forged, (&format!("msg_{i}"), now, "{}")).await.status, 401);
    }
    // faster than one a second, on whatever machine
    for i in 0..200 {
        let answer = deliver(&server, &address, &signs(&made), (&format!("msg_{i}"), now, "{}")).await;
        assert!(i > 1 || answer.status == 202, "strangers have used it up");
        if answer.status == 429 {
            assert_eq!(answer.code(), "rate.limited");
            return;
        }
    }
    panic!("an address without a limit");
}

#[tokio::test]
async fn people_begin_runs_on_records_and_try_drafts() {
    let (server, owner) = with_owner().await;
    let definition = json!({ "trigger": { "kind": "hand", "subject": "thing" }, "steps": [count("c1")] });
    let workflow = publish(&owner, &definition).await;
    let ids: Vec<_> = [happen(&server, &owner, "hand").await, happen(&server, &owner, "hand").await].to_vec();
    let (path, key) = (format!("/api/v1/workflows/{workflow}/runs"), Uuid::now_v7());
    let body = json!({ "ids": [ids[0], ids[1], Uuid::now_v7()] });
    let answer = owner.post_under(key, &path, &body).await.expect(201);
    assert_eq!(answer, json!({ "started": 2, "skipped": 1 }));
    assert_eq!(owner.post_under(key, &path, &body).await.expect(201), answer);
    server.settle().await;
    assert_eq!(counted(&server, "hand").await, (2, 2));
    let draft = make(&owner, &event(&json!([count("c1")]))).await;
    let path = format!("/api/v1/workflows/{}/tests", draft["id"].as_str().expect("an id"));
    assert_eq!(owner.post(&path, &json!({ "version": 1 })).await.faults(), ["/subjectId required"]);
    let run = owner.post(&path, &json!({ "version": 1, "subjectId": ids[0] })).await.expect(201);
    assert_eq!(run["test"], true);
    server.settle().await;
    let run = owner.get(&format!("/api/v1/workflow-runs/{}", run["id"].as_str().expect("an id"))).await.expect(200);
    assert_eq!((&run["state"], counted(&server, "hand").await), (&json!("done"), (3, 3)));
    let versions = format!("/api/v1/workflows/{}/versions", draft["id"].as_str().expect("an id"));
    assert_eq!(owner.get(&versions).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn a_test_carries_out_the_draft_that_was_looked_at_and_no_other() {
    let (server, owner) = with_owner().await;
    let thing = happen(&server, &owner, "swapped").await;
    let made = make(&owner, &event(&json!([{ "kind": "stop", "id": "s1" }]))).await;
    let path = format!("/api/v1/workflows/{}", made["id"].as_str().expect("an id"));
    let seen = made["version"].clone();
    let tests = format!("{path}/tests");
    assert_eq!(owner.post(&tests, &json!({ "subjectId": thing })).await.status, 422);
    let other = json!({ "version": seen, "definition": event(&json!([count("c1")])) });
    let changed = owner.patch(&path, &other).await.expect(200);
    let refused = owner.post(&tests, &json!({ "version": seen, "subjectId": thing })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "version.stale"));
    assert_eq!(refused.body["current"]["version"], changed["version"]);
    server.settle().await;
    assert_eq!((runs(&owner, id_of(&made)).await.len(), counted(&server, "swapped").await), (0, (0, 0)));
    owner.post(&tests, &json!({ "version": changed["version"], "subjectId": thing })).await.expect(201);
    server.settle().await;
    assert_eq!(counted(&server, "swapped").await, (1, 1));
}

fn id_of(workflow: &Value) -> Uuid {
    serde_json::from_value(workflow["id"].clone()).expect("an id")
}
