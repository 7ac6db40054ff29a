//! Stopping and starting: data stays, nothing is left running, and two servers on one folder get along.

use std::fs::File;
use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

use crate::client::{Client, Reply, service};
use crate::running::{Folder, Running, eventually, signal, turn};
use crate::truth::half_done;

#[tokio::test]
async fn a_stop_is_clean_and_a_start_finds_everything() {
    let _turn = turn().await;
    let folder = Folder::new("restart");
    let mut server = Running::start(&folder.0, &[]).await;
    let client = Client::sign_in(&server).await;
    let made = create(&client, "restart 1").await;
    let before = everything(&server).await;
    for _ in 0..2 {
        let status = server.interrupt().await;
        assert_eq!(status.code(), Some(0), "SIGINT ends it well");
        assert!(!server.has_postmaster_file() && server.postmaster().is_none(), "PostgreSQL ended before the server");
        server.launch();
        server.ready().await;
        assert_eq!(everything(&server).await, before, "a start changes nothing");
        assert_eq!(read(&client, &made).await, made, "the session goes on and the data is there");
    }
    assert_eq!(half_done(&server).await, Vec::<String>::new());
    // stopped while PostgreSQL is away, or just being started again
    for _ in 0..3 {
        signal(server.postmaster().expect("a postmaster"), "KILL");
        assert_eq!(server.interrupt().await.code(), Some(0));
        assert!(server.postmaster().is_none(), "nothing is left running");
        server.launch();
        server.ready().await;
        assert_eq!(everything(&server).await, before);
    }
}

#[tokio::test]
async fn a_killed_server_leaves_nothing_in_the_way() {
    let _turn = turn().await;
    let folder = Folder::new("killed");
    let mut server = Running::start(&folder.0, &[]).await;
    let client = Client::sign_in(&server).await;
    for round in 0..3 {
        let made = create(&client, &format!("killed {round}")).await;
        let postmaster = server.postmaster().expect("a postmaster");
        server.kill();
        if round == 0 {
            eventually("PostgreSQL goes away by itself", Duration::from_secs(15), async || {
                server.postmaster().is_none().then_some(())
            })
            .await;
        }
        if round == 1 {
            // what is left of a lock file when its writer is killed, or the power fails, between making and filling it
            eventually("PostgreSQL goes away by itself", Duration::from_secs(15), async || {
                server.postmaster().is_none().then_some(())
            })
            .await;
            for file in ["data/postmaster.pid", "socket/.s.PGSQL.5432.lock"] {
                File::create(server.data.join("postgres").join(file)).expect("an empty file");
            }
        }
        server.launch();
        server.ready().await;
        assert_ne!(server.postmaster(), Some(postmaster), "a PostgreSQL of its own");
        assert_eq!(read(&client, &made).await, made);
    }
    assert_eq!(half_done(&server).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_second_server_joins_the_first() {
    let _turn = turn().await;
    let folder = Folder::new("two");
    let mut first = Running::start(&folder.0, &[]).await;
    let mut second = Running::start(&folder.0, &[]).await;
    let postmaster = first.postmaster();
    let here = Client::sign_in(&first).await;
    let there = here.at(&second);
    let (one, two) = (create(&here, "two 1").await, create(&there, "two 2").await);
    assert_eq!(
        (read(&there, &one).await, read(&here, &two).await),
        (one.clone(), two.clone()),
        "they share one database"
    );

    assert_eq!(second.interrupt().await.code(), Some(0));
    assert_eq!(first.postmaster(), postmaster, "the second server leaves the first one's PostgreSQL alone");
    assert_eq!(read(&here, &two).await, two);

    second.launch();
    second.ready().await;
    first.kill();
    first.launch();
    first.ready().await;
    second.ready().await;
    let three = create(&there, "two 3").await;
    assert_eq!((read(&here, &three).await, read(&there, &one).await), (three, one), "both are back");
    assert_eq!(half_done(&first).await, Vec::<String>::new());
}

async fn create(client: &Client, name: &str) -> Value {
    match client.create(Uuid::new_v4(), &service(name)).await {
        Reply::Done(body) => body,
        reply => panic!("{name}: {reply:?}"),
    }
}

async fn read(client: &Client, made: &Value) -> Value {
    match client.get(&format!("/api/v1/services/{}", made["id"].as_str().unwrap_or_default())).await {
        Reply::Done(body) => body,
        reply => panic!("{made}: {reply:?}"),
    }
}

/// Practices, people and services, in words.
async fn everything(server: &Running) -> Vec<String> {
    sqlx::query_scalar(
        "select p.slug from platform.practice p union all select u.email from auth.user u
          union all select s.id || ' ' || s.version from practice.service s order by 1",
    )
    .fetch_all(&mut server.sql().await)
    .await
    .expect("an answer")
}
