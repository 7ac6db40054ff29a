//! Events, jobs, idempotency and live updates: what is promised of delivery.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use platform::config::Config;
use platform::db::Caller;
use platform::error::Error;
use platform::id::PracticeId;
use platform::jobs::{JobKind, JobRun, UnderWay};
use platform::outbox::{Listener, Subscriber};
use platform::record::Change;
use platform::testing::{Person, TestServer};
use platform::worker::Duties;
use serde_json::{Value, json};
use sqlx::{Executor as _, Row as _};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use uuid::Uuid;

use crate::product;

fn service(name: &str) -> Value {
    json!({ "nameEn": name, "durationMinutes": 30, "price": { "amountMinor": 100, "currency": "SAR" }, "vatCategory": "standard", "colour": "teal" })
}

async fn with(duties: Duties) -> TestServer {
    TestServer::with(Config::default(), duties, server::routes::api).await
}

async fn number(server: &TestServer, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(&mut server.database.conn().await).await.expect(query)
}

#[tokio::test]
async fn every_change_has_one_audit_entry_and_one_event() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let id = owner.post("/api/v1/services", &service("Cleaning")).await.expect(201)["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("/api/v1/services/{id}");
    owner.patch(&path, &json!({ "version": 1, "durationMinutes": 45 })).await.expect(200);
    owner.post(&format!("{path}/archive"), &json!({ "version": 2 })).await.expect(200);
    owner.post(&format!("{path}/archive"), &json!({ "version": 3 })).await.expect(200);
    owner.post(&format!("{path}/restore"), &json!({ "version": 3 })).await.expect(200);
    // refused ones leave no trace of a change
    assert_eq!(owner.patch(&path, &json!({ "version": 1, "durationMinutes": 50 })).await.status, 409);
    assert_eq!(owner.patch(&path, &json!({ "version": 4, "durationMinutes": 1 })).await.status, 422);
    let mut conn = server.database.conn().await;
    let told =
        sqlx::query("select name, seq, version, payload from outbox.event where subject_type = 'service' order by seq")
            .fetch_all(&mut conn)
            .await
            .expect("events");
    let told: Vec<(String, i64, i32, Value)> =
        told.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect();
    let names: Vec<_> = told.iter().map(|(name, seq, version, _)| (name.as_str(), *seq, *version)).collect();
    assert_eq!(
        names,
        [("service.created", 1, 1), ("service.changed", 2, 2), ("service.archived", 3, 3), ("service.restored", 4, 4)]
    );
    assert_eq!(told[1].3, json!({ "fields": ["durationMinutes"], "actor": "user" }));
    let entries: Vec<String> =
        sqlx::query_scalar("select action from audit.entry where resource_id = $1::uuid order by id")
            .bind(&id)
            .fetch_all(&mut conn)
            .await
            .expect("entries");
    assert_eq!(entries, ["create", "update", "update", "update"]);
    let clear: i64 = number(&server, "select count(*) from audit.entry where changes::text like '%Cleaning%'").await;
    assert_eq!(clear, 0, "values are sealed");
}

static TRIES: AtomicUsize = AtomicUsize::new(0);

/// Writes down what it hears; fails on the first two tries of every second version, after it has written.
const FLAKY: Subscriber = Subscriber {
    name: "flaky",
    wants: |name| name == "service.changed",
    handle: |tx, event| {
        Box::pin(async move {
            sqlx::query("insert into public.heard (version) values ($1)")
                .bind(event.version)
                .execute(tx.conn())
                .await?;
            let fails =
                event.version.is_some_and(|version| version % 2 == 0) && TRIES.fetch_add(1, Ordering::SeqCst) % 3 != 2;
            if fails { Err(Error::internal("not this time")) } else { Ok(()) }
        })
    },
};

#[tokio::test]
async fn events_of_one_thing_are_heard_once_and_in_order_through_failures() {
    let server = with(Duties { subscribers: vec![FLAKY], ..Duties::default() }).await;
    let mut conn = server.database.conn().await;
    conn.execute("create table public.heard (place serial, version int); grant all on all tables in schema public to vantage_app;
                  grant usage on schema public to vantage_app; grant all on all sequences in schema public to vantage_app")
        .await
        .expect("a place to write");
    let owner = server.owner_of("alpha").await;
    let id = owner.post("/api/v1/services", &service("Cleaning")).await.expect(201)["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    for version in 1..=6 {
        owner
            .patch(&format!("/api/v1/services/{id}"), &json!({ "version": version, "durationMinutes": 30 + version }))
            .await
            .expect(200);
    }
    for _ in 0..20 {
        server.settle().await;
        hurry(&server).await;
    }
    let heard: Vec<i32> = sqlx::query_scalar("select version from public.heard order by place")
        .fetch_all(&mut conn)
        .await
        .expect("versions");
    assert_eq!(heard, [2, 3, 4, 5, 6, 7]);
    assert_eq!(number(&server, "select count(*) from outbox.event where state <> 'dispatched'").await, 0);
    assert!(TRIES.load(Ordering::SeqCst) > 3, "it did fail in between");
}

/// Makes due what waits for its next try.
async fn hurry(server: &TestServer) {
    for statement in [
        "update outbox.lane set ready_at = now() where pending > 0",
        "update jobs.job set run_at = now() where state = 'queued'",
    ] {
        sqlx::query(statement).execute(&mut server.database.conn().await).await.expect("hurried");
    }
}

/// Writes down every event of a thing.
const SCRIBE: Listener = Listener {
    name: "scribe",
    wants: |name| name == "thing.changed",
    handle: |tx, events| {
        Box::pin(async move {
            for event in events {
                sqlx::query("insert into public.heard (id, version) values ($1, $2)")
                    .bind(event.subject_id)
                    .bind(event.version)
                    .execute(tx.conn())
                    .await?;
            }
            Ok(())
        })
    },
};

#[tokio::test]
async fn more_than_a_transaction_takes_is_heard_once_and_in_order() {
    let server = with(Duties { listeners: vec![SCRIBE], ..Duties::default() }).await;
    let mut conn = server.database.conn().await;
    conn.execute("create table public.heard (place serial, id uuid, version int); grant all on public.heard to vantage_app;
                  grant usage on schema public to vantage_app; grant all on all sequences in schema public to vantage_app")
        .await
        .expect("a place to write");
    let owner = server.owner_of("alpha").await;
    let caller = Caller::system(PracticeId(owner.practice()));
    let things: Vec<Uuid> = (0..700).map(|_| Uuid::now_v7()).collect();
    // one of them changes again and again, more often than a lane is told of at once
    for version in 1..=45 {
        let those: Vec<Uuid> = if version == 1 { things.clone() } else { vec![things[0]] };
        server
            .app
            .door
            .write(&caller, async move |tx| {
                let change = |id: &Uuid| Change::done("change", "thing", *id).event("thing.changed", version);
                tx.record_all(&those.iter().map(change).collect::<Vec<_>>()).await
            })
            .await
            .expect("happens");
    }
    // a worker that nobody wakes for the rest
    let working = platform::worker::spawn(&server.app, Duties { listeners: vec![SCRIBE], ..Duties::default() });
    while number(&server, "select count(*) from outbox.event where state = 'pending'").await > 0 {
        tokio::task::yield_now().await;
    }
    server.app.stop.cancel();
    working.await.expect("stops");
    let heard: Vec<(Uuid, i32)> = sqlx::query_as("select id, version from public.heard order by place")
        .fetch_all(&mut conn)
        .await
        .expect("what was heard");
    assert_eq!(heard.len(), 744);
    let of_first: Vec<i32> = heard.iter().filter(|(id, _)| *id == things[0]).map(|(_, version)| *version).collect();
    assert_eq!(of_first, (1..=45).collect::<Vec<_>>());
    let each: HashSet<Uuid> = heard.iter().map(|(id, _)| *id).collect();
    assert_eq!(each, things.into_iter().collect());
    assert_eq!(number(&server, "select count(*) from outbox.lane where pending <> 0 or lease is not null").await, 0);
}

static BAD: std::sync::OnceLock<Uuid> = std::sync::OnceLock::new();

/// Hears many at once and writes them down; one of them it cannot take.
const CHOIR: Listener = Listener {
    name: "choir",
    wants: |name| name == "service.created",
    handle: |tx, events| {
        Box::pin(async move {
            for event in events {
                sqlx::query("insert into public.heard (id) values ($1)")
                    .bind(event.subject_id)
                    .execute(tx.conn())
                    .await?;
            }
            let is_bad = events.iter().any(|event| Some(&event.subject_id) == BAD.get());
            if is_bad { Err(Error::internal("not this one")) } else { Ok(()) }
        })
    },
};

#[tokio::test]
async fn a_bad_event_among_many_harms_only_its_own_lane() {
    let server = with(Duties { listeners: vec![CHOIR], ..Duties::default() }).await;
    let mut conn = server.database.conn().await;
    conn.execute("create table public.heard (id uuid); grant all on public.heard to vantage_app; grant usage on schema public to vantage_app")
        .await
        .expect("a place to write");
    let owner = server.owner_of("alpha").await;
    let mut ids: Vec<Uuid> = Vec::new();
    for number in 0..13 {
        let made = owner.post("/api/v1/services", &service(&format!("Cleaning {number}"))).await.expect(201);
        ids.push(serde_json::from_value(made["id"].clone()).expect("an id"));
    }
    BAD.set(ids[6]).expect("set once");
    server.settle().await;
    let mut heard: Vec<Uuid> =
        sqlx::query_scalar("select id from public.heard").fetch_all(&mut conn).await.expect("ids");
    heard.sort();
    let mut good = ids.clone();
    good.remove(6);
    good.sort();
    assert_eq!(heard, good, "each of the others once");
    let waits = "select attempts::bigint from outbox.lane where pending > 0";
    assert_eq!(number(&server, waits).await, 1, "and only its lane waits");
}

/// Never takes anything.
const DEAF: Subscriber = Subscriber {
    name: "deaf",
    wants: |name| name == "service.created",
    handle: |_, _| Box::pin(async { Err(Error::internal("deaf")) }),
};

#[tokio::test]
async fn an_event_that_nobody_can_take_is_set_aside_and_the_lane_goes_on() {
    let server = with(Duties { subscribers: vec![DEAF], ..Duties::default() }).await;
    let owner = server.owner_of("alpha").await;
    let id = owner.post("/api/v1/services", &service("Cleaning")).await.expect(201)["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    owner.patch(&format!("/api/v1/services/{id}"), &json!({ "version": 1, "durationMinutes": 45 })).await.expect(200);
    for _ in 0..10 {
        server.settle().await;
        hurry(&server).await;
    }
    let mut conn = server.database.conn().await;
    let states: Vec<(String, String)> =
        sqlx::query_as("select name, state from outbox.event where subject_type = 'service' order by seq")
            .fetch_all(&mut conn)
            .await
            .expect("events");
    assert_eq!(
        states,
        [("service.created".to_owned(), "dead".to_owned()), ("service.changed".to_owned(), "dispatched".to_owned())]
    );
    assert_eq!(number(&server, "select pending::bigint from outbox.lane where lane like 'service:%'").await, 0);
}

#[tokio::test]
async fn one_practices_flood_does_not_keep_the_others_waiting() {
    let server = product().await;
    let (flood, quiet) = (server.owner_of("flood").await, server.owner_of("quiet").await);
    let mut conn = server.database.conn().await;
    sqlx::query("insert into outbox.lane (practice_id, lane, pending, ready_at) select $1, 'x:' || i, 1, now() - interval '1 hour' from generate_series(1, 5000) i")
        .bind(flood.practice()).execute(&mut conn).await.expect("a flood");
    quiet.post("/api/v1/services", &service("Cleaning")).await.expect(201);
    let claimed: Vec<(Uuid,)> = sqlx::query_as("select practice_id from claim.lanes(64, 8, 30)")
        .fetch_all(&mut server.database.conn_as("vantage_worker").await)
        .await
        .expect("lanes");
    let of = |practice: Uuid| claimed.iter().filter(|(id,)| *id == practice).count();
    assert_eq!(of(flood.practice()), 8);
    assert_eq!(of(quiet.practice()), 2, "the founding and the service");
}

/// Counts to five, one step a progress report.
const COUNT: JobKind = JobKind {
    name: "test.count",
    max_attempts: 3,
    run: |run: JobRun| {
        Box::pin(async move {
            for step in 1..=5 {
                run.progress(step, Some(5)).await?;
            }
            if run.payload["fails"] == json!(true) {
                Err(Error::conflict("test.failed", "On purpose."))
            } else {
                Ok(())
            }
        })
    },
};

async fn enqueue(server: &TestServer, owner: &Person, payload: Value) -> String {
    let caller = Caller::system(PracticeId(owner.practice()));
    let id = server.app.door.write(&caller, async move |tx| tx.enqueue(&COUNT, &payload, None).await).await;
    id.expect("enqueued").to_string()
}

#[tokio::test]
async fn jobs_report_progress_retry_and_stop() {
    let server = with(Duties { jobs: vec![COUNT], ..Duties::default() }).await;
    let owner = server.owner_of("alpha").await;
    let (good, bad, stopped) = (
        enqueue(&server, &owner, json!({ "fails": false })).await,
        enqueue(&server, &owner, json!({ "fails": true })).await,
        enqueue(&server, &owner, json!({})).await,
    );
    let job = async |id: &str| owner.get(&format!("/api/v1/jobs/{id}")).await.expect(200);
    assert_eq!(job(&stopped).await["state"], "queued");
    owner.post(&format!("/api/v1/jobs/{stopped}/cancel"), &Value::Null).await.expect(200);
    for _ in 0..5 {
        server.settle().await;
        hurry(&server).await;
    }
    let done = job(&good).await;
    assert_eq!(
        (&done["state"], &done["done"], &done["total"], &done["attempts"]),
        (&json!("done"), &json!(5), &json!(5), &json!(1))
    );
    let failed = job(&bad).await;
    assert_eq!(
        (&failed["state"], &failed["attempts"], &failed["error"]),
        (&json!("failed"), &json!(3), &json!("test.failed"))
    );
    assert_eq!(job(&stopped).await["state"], "cancelled");
}

#[tokio::test]
async fn a_running_job_hears_that_it_shall_stop_and_a_lost_lease_as_well() {
    let server = with(Duties { jobs: vec![COUNT], ..Duties::default() }).await;
    let owner = server.owner_of("alpha").await;
    for change in ["update jobs.job set cancel_requested = true", "update jobs.job set lease = gen_random_uuid()"] {
        let id = enqueue(&server, &owner, json!({})).await;
        // as a worker would, up to the moment before it starts
        sqlx::query("select * from claim.jobs(1, 1, 60)")
            .execute(&mut server.database.conn_as("vantage_worker").await)
            .await
            .expect("claimed");
        sqlx::query(change).execute(&mut server.database.conn().await).await.expect("changed");
        sqlx::query("update jobs.job set run_at = now()")
            .execute(&mut server.database.conn().await)
            .await
            .expect("due");
        server.settle().await;
        let state = owner.get(&format!("/api/v1/jobs/{id}")).await.expect(200)["state"].clone();
        assert!(state == "cancelled" || change.contains("lease") && state == "done", "{change}: {state}");
    }
}

static GATE: tokio::sync::Notify = tokio::sync::Notify::const_new();

/// Waits until it is let through.
const WAIT: JobKind = JobKind {
    name: "test.wait",
    max_attempts: 1,
    run: |_| {
        Box::pin(async {
            GATE.notified().await;
            Ok(())
        })
    },
};

#[tokio::test]
async fn a_long_job_keeps_nobody_waiting_and_one_that_died_in_its_last_try_is_given_up() {
    let server = with(Duties::default()).await;
    let duties = Arc::new(Duties { jobs: vec![COUNT, WAIT], ..Duties::default() });
    let owner = server.owner_of("alpha").await;
    let caller = Caller::system(PracticeId(owner.practice()));
    let long =
        server.app.door.write(&caller, async |tx| tx.enqueue(&WAIT, &json!({}), None).await).await.expect("enqueued");
    let mut under_way = UnderWay::default();
    assert_eq!(under_way.take(&server.app, &duties).await.expect("takes"), 1);
    let short = enqueue(&server, &owner, json!({})).await;
    assert_eq!(under_way.take(&server.app, &duties).await.expect("takes"), 1);
    let state = async |id: &str| owner.get(&format!("/api/v1/jobs/{id}")).await.expect(200)["state"].clone();
    while state(&short).await != "done" {
        tokio::task::yield_now().await;
    }
    assert_eq!(state(&long.to_string()).await, "running");

    // as if its process had died: the lease runs out, and there is no try left
    sqlx::query("update jobs.job set run_at = now() where kind = 'test.wait'")
        .execute(&mut server.database.conn().await)
        .await
        .expect("due");
    assert_eq!(under_way.take(&server.app, &duties).await.expect("takes"), 0);
    assert_eq!(state(&long.to_string()).await, "failed");
    GATE.notify_one();
    under_way.finish().await;
    assert_eq!(state(&long.to_string()).await, "failed", "who lost the lease does not finish it");
}

#[tokio::test]
async fn a_turn_is_taken_by_one_process_only() {
    let server = product().await;
    let claims = (0..8).map(|_| async {
        let mut conn = server.database.conn_as("vantage_worker").await;
        sqlx::query_scalar::<_, Option<bool>>("select claim.turn('test', 3600)")
            .fetch_one(&mut conn)
            .await
            .expect("an answer")
    });
    let taken = futures::future::join_all(claims).await;
    assert_eq!(taken.iter().filter(|turn| **turn == Some(true)).count(), 1);
}

#[tokio::test]
async fn the_same_request_under_the_same_key_happens_once() {
    let server = product().await;
    let owner = server.owner_of("alpha").await;
    let key = Uuid::now_v7();
    let body = service("Cleaning");
    let answers = futures::future::join_all((0..12).map(|_| owner.post_under(key, "/api/v1/services", &body))).await;
    let first = answers[0].clone().expect(201);
    let replayed = answers.iter().filter(|answer| answer.headers.contains_key("idempotency-replayed")).count();
    for answer in answers {
        assert_eq!(answer.expect(201), first);
    }
    assert_eq!(replayed, 11);
    let other = owner.post_under(key, "/api/v1/services", &service("Filling")).await;
    assert_eq!((other.status.as_u16(), other.code()), (422, "idempotency.key_reused"));
    // a refused request does not use the key up
    let key = Uuid::now_v7();
    assert_eq!(owner.post_under(key, "/api/v1/services", &body).await.code(), "service.name_taken");
    owner.post_under(key, "/api/v1/services", &service("Filling")).await.expect(201);
    // another person's same key is another key
    let colleague = server.colleague_of(&owner, "admin").await;
    colleague.post_under(key, "/api/v1/services", &service("Crown")).await.expect(201);
    assert_eq!(number(&server, "select count(*) from practice.service").await, 3);
}

#[tokio::test]
async fn changes_reach_the_other_windows_of_the_practice_and_no_others() {
    let server = product().await;
    server.listen();
    let (alpha, beta) = (server.owner_of("alpha").await, server.owner_of("beta").await);
    server.settle().await;
    let (mut ours, mut theirs) = (open(&server, &alpha).await, open(&server, &beta).await);
    let created = alpha.post("/api/v1/services", &service("Cleaning")).await.expect(201);
    server.settle().await;
    assert_eq!(next(&mut ours).await, json!({ "topic": "service", "id": created["id"], "version": 1 }));
    // what beta hears first is its own change, so alpha's did not come before
    let own = beta.post("/api/v1/services", &service("Crown")).await.expect(201);
    server.settle().await;
    assert_eq!(next(&mut theirs).await["id"], own["id"]);
}

#[tokio::test]
async fn a_window_hears_at_once_that_the_rights_of_its_person_changed() {
    let server = product().await;
    server.listen();
    let owner = server.owner_of("alpha").await;
    let colleague = server.colleague_of(&owner, "receptionist").await;
    server.settle().await;
    let (mut window, mut owners) = (open(&server, &colleague).await, open(&server, &owner).await);
    let staff = owner.get("/api/v1/staff").await.expect(200);
    let member = staff["items"].as_array().expect("a list").iter().find(|member| member["role"] == "receptionist");
    let member = member.expect("the colleague");
    let change = json!({ "version": member["version"], "role": "admin" });
    owner.patch(&format!("/api/v1/staff/{}", member["id"].as_str().expect("an id")), &change).await.expect(200);
    server.settle().await;
    assert_eq!(closed(&mut window).await, 4401);
    // whoever is not concerned stays
    owner.post("/api/v1/services", &service("Cleaning")).await.expect(201);
    server.settle().await;
    assert_eq!(next(&mut owners).await["topic"], "service");
}

/// The code with which the server closes this socket, sooner than it looks after its windows.
async fn closed(socket: &mut Socket) -> u16 {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(20), socket.next()).await.expect("closed in time");
        if let Message::Close(Some(frame)) = message.expect("open").expect("a message") {
            return frame.code.into();
        }
    }
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

/// Opens a window's socket, past the greeting and the notice that listening has begun.
async fn open(server: &TestServer, person: &Person) -> Socket {
    let mut request = server.url("/api/v1/live").replace("http", "ws").into_client_request().expect("a request");
    let token = person.token.clone().expect("a token");
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().expect("a header"));
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.expect("a socket");
    let greeting = socket.next().await.expect("a message").expect("text");
    assert_eq!(greeting.to_text().expect("text"), r#"{"topic":"hello"}"#);
    socket.flush().await.expect("flushed");
    socket
}

async fn next(socket: &mut Socket) -> Value {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(20), socket.next())
            .await
            .expect("a message in time")
            .expect("open")
            .expect("a message");
        let Ok(text) = message.to_text() else { continue };
        let value: Value = serde_json::from_str(text).unwrap_or(Value::Null);
        if value["topic"] == "service" {
            return value;
        }
    }
}
