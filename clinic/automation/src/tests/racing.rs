//! The same run begun by two at once: two workers that hear of one event, two servers on one database.

use std::time::Duration;

use futures::future::join_all;
use platform::error::Result;
use platform::outbox::Event;
use tokio::sync::Notify;

use super::*;
use crate::engine::{Start, When, around, info, live, orchestrator, take};
use crate::listen::{listener, variables};

/// Begins a run for each of these causes, as events do.
async fn start(tx: &mut TenantTx, workflow: Uuid, causes: &[&str]) -> Result<Vec<Uuid>> {
    let live = live(tx, workflow).await?.expect("published");
    let start = |cause: &&str| {
        let mut vars = variables(&crate::engine::Loaded::default(), None, "thing.made", tx.now()).expect("variables");
        vars.insert("thing".to_owned(), json!({ "name": cause }));
        Start {
            workflow,
            version: live.version,
            plan: std::sync::Arc::clone(&live.plan),
            cause: (*cause).to_owned(),
            subject: None,
            patient: None,
            vars,
            test: false,
            before: Vec::new(),
            by: None,
            failure: None,
        }
    };
    let starts = causes.iter().map(start).collect();
    let info = info(tx).await?;
    let around = around(tx, &info, false, false).await?;
    orchestrator().start(tx, starts, When::Now(&around)).await
}

/// Somebody begins `mine` and does not commit before somebody else waits who begins `theirs`; what both were answered.
async fn race(
    server: &TestServer,
    owner: &Person,
    workflow: Uuid,
    (mine, theirs): (&[&str], &[&str]),
    commits: bool,
) -> (Result<usize>, Result<usize>) {
    let caller = Caller::system(PracticeId(owner.practice()));
    let (begun, waited_for) = (Notify::new(), Notify::new());
    let (begun, waited_for) = (&begun, &waited_for);
    let first = server.app.door.write(&caller, async move |tx| {
        let new = start(tx, workflow, mine).await?;
        begun.notify_one();
        waited_for.notified().await;
        if commits { Ok(new.len()) } else { Err(Error::conflict("test.undone", "It is undone.")) }
    });
    let second = async {
        begun.notified().await;
        server.app.door.write(&caller, async move |tx| Ok(start(tx, workflow, theirs).await?.len())).await
    };
    let between = async {
        let mut conn = server.database.conn().await;
        let waiting = "select count(*) from pg_stat_activity
                        where datname = current_database() and wait_event_type = 'Lock'";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut conn).await.expect("a count") == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        waited_for.notify_one();
    };
    let (first, second, ()) = tokio::join!(first, second, between);
    (first, second)
}

#[tokio::test]
async fn who_begins_a_run_second_has_done_nothing() {
    let (server, owner) = with_owner().await;
    let workflow = publish(&owner, &event(&json!([count("c1"), count("c2")]))).await;
    let (first, second) = race(&server, &owner, workflow, (&["raced"], &["raced"]), true).await;
    assert_eq!((first.expect("begun"), second.expect("no error")), (1, 0));
    server.settle().await;
    assert_eq!((runs(&owner, workflow).await.len(), counted(&server, "raced").await), (1, (2, 2)));
    assert_eq!(only_run(&owner, workflow).await["steps"].as_array().map(Vec::len), Some(2));
    // and whoever comes behind somebody who gave up does it
    let (first, second) = race(&server, &owner, workflow, (&["undone"], &["undone"]), false).await;
    assert_eq!((first.expect_err("undone").code(), second.expect("begun")), ("test.undone", 1));
    server.settle().await;
    assert_eq!((runs(&owner, workflow).await.len(), counted(&server, "undone").await), (2, (2, 2)));
}

#[tokio::test]
async fn runs_that_are_new_are_not_lost_with_one_that_is_not() {
    let (server, owner) = with_owner().await;
    let workflow = publish(&owner, &event(&json!([count("c1")]))).await;
    let (first, second) = race(&server, &owner, workflow, (&["a both"], &["a theirs", "a both", "a last"]), true).await;
    assert_eq!((first.expect("begun"), second.expect("begun")), (1, 2));
    server.settle().await;
    let all = runs(&owner, workflow).await;
    assert!(all.len() == 3 && all.iter().all(|run| run["state"] == "done"), "{all:?}");
    for name in ["a both", "a theirs", "a last"] {
        assert_eq!(counted(&server, name).await, (1, 1), "{name}");
    }
}

/// Leases keep two workers from one event; should they fail to, it is begun once all the same, and nobody fails for it.
#[tokio::test]
async fn events_that_many_hear_at_once_begin_one_run_each() {
    let (server, owner) = with_owner().await;
    let workflow = publish(&owner, &event(&json!([count("c1")]))).await;
    let mut events = Vec::new();
    for _ in 0..20 {
        let id = Uuid::now_v7();
        remember(id, json!({ "id": id, "name": "crowd" }));
        let (name, subject_type) = ("thing.made".to_owned(), "thing".to_owned());
        let at = server.clock.now();
        events.push(Event {
            id: Uuid::now_v7(),
            at,
            name,
            subject_type,
            subject_id: id,
            version: Some(1),
            payload: json!({}),
        });
    }
    let caller = Caller::system(PracticeId(owner.practice()));
    let hear = |worker: usize| {
        let (mut events, caller) = (events.clone(), &caller);
        events.rotate_left(worker * 7 % 20);
        server.app.door.write(caller, async move |tx| (listener().handle)(tx, &events).await)
    };
    for heard in join_all((0..6).map(hear)).await {
        heard.expect("no error");
    }
    server.settle().await;
    let all = runs(&owner, workflow).await;
    assert!(all.len() == 20 && all.iter().all(|run| run["state"] == "done"), "{all:?}");
    assert_eq!(counted(&server, "crowd").await, (20, 20));
}

/// Somebody's program answers nobody, and many runs want to call it.
#[tokio::test]
async fn a_practice_whose_calls_hang_keeps_its_own_places_and_no_others() {
    let (server, alpha) = with_owner().await;
    let beta = server.owner_of("beta").await;
    let send =
        json!([{ "kind": "action", "id": "s1", "action": "test.send", "fields": { "name": "{{ thing.name }}" } }]);
    let by_hand = json!({ "trigger": { "kind": "hand", "subject": "thing" }, "steps": send });
    let (stuck, calm) = (publish(&alpha, &by_hand).await, publish(&beta, &by_hand).await);
    failing("stuck", Some("hangs"));
    let begin = async |owner: &Person, workflow: Uuid, name: &str, many: usize| {
        let ids: Vec<Uuid> = (0..many).map(|_| Uuid::now_v7()).collect();
        ids.iter().for_each(|id| remember(*id, json!({ "id": id, "name": name })));
        let path = format!("/api/v1/workflows/{workflow}/runs");
        assert_eq!(owner.post(&path, &json!({ "ids": ids })).await.expect(201)["started"], many);
    };
    begin(&alpha, stuck, "stuck", 80).await;
    let done = async |workflow: Uuid| {
        let asked = "select count(*) from automation.run where workflow_id = $1 and state = 'done'";
        let asked = sqlx::query_scalar::<_, i64>(asked).bind(workflow);
        asked.fetch_one(&mut server.database.conn().await).await.expect("a count")
    };
    let mut begun = false;
    for look in 0.. {
        assert!(look < 500, "{} hang, and the other practice waits", sent("stuck").len());
        take(&server.app).await.expect("takes");
        if sent("stuck").len() >= 32 && !std::mem::replace(&mut begun, true) {
            begin(&beta, calm, "unstuck", 1).await;
        }
        if begun && done(calm).await == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(sent("stuck").len(), 32, "the others wait for a place");
    failing("stuck", None);
    GATE.close();
    for _ in 0..20 {
        server.clock.advance(SignedDuration::from_mins(1));
        server.settle().await;
    }
    let keys: HashSet<Uuid> = sent("stuck").into_iter().collect();
    assert_eq!((done(stuck).await, sent("stuck").len(), keys.len()), (80, 80, 80), "each once");
}
