//! Thousands of requests whose clients go away at random moments, among clients who stay.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use sqlx::Connection as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::client::{Client, Reply, service};
use crate::load::{Dice, Load};
use crate::running::{Folder, Running, eventually, turn};
use crate::truth::assert_intact;

/// Connections for requests: few, so that one that does not come back clean is soon another's.
const POOL: &str = "6";
const TASKS: usize = 32;
const REQUESTS: usize = 3200;

#[tokio::test]
async fn clients_that_go_away_harm_nobody() {
    let _turn = turn().await;
    let folder = Folder::new("storm");
    let server = Running::start(&folder.0, &[("VANTAGE_DATABASE_CONNECTIONS", POOL)]).await;
    let client = Client::sign_in(&server).await;
    let load = Load::start(&client, 6);
    let target = target(&client).await;
    let storm =
        join_all((0..TASKS).map(|task| tokio::spawn(cut_off(server.port, client.token.clone(), target, task)))).await;
    let (sent, cut) =
        storm.into_iter().map(|done| done.expect("a task")).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let before = load.acknowledged();
    eventually("writes after the storm", Duration::from_secs(30), async || {
        (load.acknowledged() >= before + 50).then_some(())
    })
    .await;
    let ledger = load.finish(&client).await;
    let mut conn = server.sql().await;
    let storms: i64 = sqlx::query_scalar("select count(*) from practice.service where name_en like 'storm %'")
        .fetch_one(&mut conn)
        .await
        .expect("a count");
    eprintln!(
        "disconnect_storm: {sent} requests, {cut} of them cut off before an answer, {storms} services made by them; \
         {} writes acknowledged to those who stayed, {} unsettled",
        ledger.acknowledged, ledger.unsettled
    );
    assert!(cut > REQUESTS / 10, "only {cut} were cut off");

    nothing_left_open(&server).await;
    let answers = join_all((0..64).map(|_| client.get("/api/v1/services?limit=5"))).await;
    let refused: Vec<&Reply> = answers.iter().filter(|reply| !matches!(reply, Reply::Done(_))).collect();
    assert!(refused.is_empty(), "the pool is exhausted: {} of 64: {:?}", refused.len(), refused.first());
    assert_intact(&server, &ledger).await;
}

/// A pool that gives a connection back inside an open transaction when its request goes away while `begin` is under
/// way loses acknowledged writes (as sqlx 0.9.0's does, its issue 4393). Here every request is stopped exactly there until its client has gone.
#[tokio::test]
async fn clients_that_go_away_during_begin_leave_no_transaction_open() {
    let _turn = turn().await;
    let folder = Folder::new("begin");
    let server = Running::start(&folder.0, &[("VANTAGE_DATABASE_CONNECTIONS", POOL)]).await;
    let client = Client::sign_in(&server).await;
    for round in 0..5 {
        let (mut conn, mut look) = (server.sql().await, server.sql().await);
        let mut door = conn.begin().await.expect("a transaction");
        sqlx::query("lock table auth.session in access exclusive mode").execute(&mut *door).await.expect("a lock");
        let clients = join_all((0..12).map(async |number| {
            let request = text("POST", "/api/v1/services", &client.token, &service(&format!("begin {round}-{number}")));
            let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await.expect("a connection");
            stream.write_all(request.as_bytes()).await.expect("sends");
            stream
        }))
        .await;
        eventually("requests wait in begin", Duration::from_secs(10), async || {
            let waiting: i64 = sqlx::query_scalar(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%sec.enter(%'",
            )
            .fetch_one(&mut look)
            .await
            .ok()?;
            (waiting.to_string() == POOL).then_some(())
        })
        .await;
        drop(clients);
        // a later request on another connection: by the time it is answered, the ones that went away are dealt with
        for _ in 0..20 {
            assert!(matches!(client.get("/healthz").await, Reply::Done(_)));
        }
        door.rollback().await.expect("unlocks");
        nothing_left_open(&server).await;
    }
    let load = Load::start(&client, 6);
    eventually("writes", Duration::from_secs(30), async || (load.acknowledged() >= 60).then_some(())).await;
    let ledger = load.finish(&client).await;
    assert_intact(&server, &ledger).await;
}

/// Well before PostgreSQL itself ends a transaction that is left open (thirty seconds).
async fn nothing_left_open(server: &Running) {
    let mut conn = server.sql().await;
    eventually("no transaction is left open", Duration::from_secs(10), async || {
        let open: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_activity where application_name = 'vantage' and (state like 'idle in transaction%' or wait_event_type = 'Lock')",
        )
        .fetch_one(&mut conn)
        .await
        .ok()?;
        (open == 0).then_some(())
    })
    .await;
}

/// A service that the storm tries to change.
async fn target(client: &Client) -> Uuid {
    match client.create(Uuid::new_v4(), &service("storm target")).await {
        Reply::Done(body) => serde_json::from_value(body["id"].clone()).expect("an id"),
        reply => panic!("no service: {reply:?}"),
    }
}

/// Sends one request after the other and goes away from each at a random moment; how many, and how many in vain.
async fn cut_off(port: u16, token: String, target: Uuid, task: usize) -> (usize, usize) {
    let mut dice = Dice::new(1000 + task);
    let (mut sent, mut cut) = (0, 0);
    for number in 0..REQUESTS / TASKS {
        let request = match dice.roll(4) {
            0 => text("GET", "/api/v1/services?limit=50", &token, &Value::Null),
            // mostly stale, which takes the lock on the row all the same
            1 => text(
                "PATCH",
                &format!("/api/v1/services/{target}"),
                &token,
                &json!({ "version": 1 + dice.roll(8), "durationMinutes": 45 }),
            ),
            _ => text("POST", "/api/v1/services", &token, &service(&format!("storm {task}-{number}"))),
        };
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)).await else { continue };
        // now and then in the middle of the request itself
        let end = if dice.roll(20) == 0 { dice.roll(request.len()) } else { request.len() };
        if stream.write_all(&request.as_bytes()[..end]).await.is_err() {
            continue;
        }
        sent += 1;
        // some while the request waits its turn, some while it is worked on, some when it is almost answered
        let patience = [5, 15, 60, 400][dice.roll(4)];
        tokio::time::sleep(Duration::from_micros(u64::try_from(dice.roll(patience * 1000)).expect("small"))).await;
        cut += usize::from(stream.try_read(&mut [0; 16]).is_err());
    }
    (sent, cut)
}

fn text(method: &str, path: &str, token: &str, body: &Value) -> String {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\nidempotency-key: {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        Uuid::new_v4(),
        body.len()
    )
}
