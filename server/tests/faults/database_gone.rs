//! The database goes away under a running server: 503 and nothing else, and back without a restart.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use uuid::Uuid;

use crate::client::{Client, Reply, service};
use crate::load::Load;
use crate::running::{Folder, Running, eventually, signal, turn};
use crate::truth::assert_intact;

/// What one client saw.
#[derive(Debug, Default)]
struct Seen {
    done: AtomicUsize,
    unavailable: AtomicUsize,
    stop: AtomicBool,
    /// Every answer that is neither success nor a proper 503.
    wrong: Mutex<Vec<String>>,
}

impl Seen {
    fn assert_proper(&self) {
        let wrong = self.wrong.lock().expect("a list");
        assert!(wrong.is_empty(), "{} wrong answers: {:#?}", wrong.len(), wrong.iter().take(10).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn without_its_database_the_server_answers_503_and_recovers() {
    let _turn = turn().await;
    let folder = Folder::new("gone");
    let mut server = Running::start(&folder.0, &[]).await;
    let client = Client::sign_in(&server).await;
    let load = Load::start(&client, 2);
    let seen = Arc::new(Seen::default());
    let probes: Vec<_> = ["read", "write", "session", "ready"]
        .map(|what| tokio::spawn(probe(client.clone(), what, Arc::clone(&seen))))
        .into();
    // killed again as often as it appears, until requests had to be turned away; a short absence they wait out
    for (round, how) in ["KILL", "INT", "QUIT"].into_iter().enumerate() {
        let turned_away = seen.unavailable.load(Ordering::Relaxed);
        eventually("requests are turned away", Duration::from_secs(60), async || {
            if let Some(pid) = server.postmaster() {
                signal(pid, how);
            }
            seen.assert_proper();
            (seen.unavailable.load(Ordering::Relaxed) >= turned_away + 4).then_some(())
        })
        .await;
        let (done, written) = (seen.done.load(Ordering::Relaxed), load.acknowledged());
        eventually(
            &format!("the database comes back by itself (SIG{how}, round {round})"),
            Duration::from_secs(45),
            async || {
                (seen.done.load(Ordering::Relaxed) >= done + 20 && load.acknowledged() >= written + 10).then_some(())
            },
        )
        .await;
        assert!(!server.ended(), "the server ended with its PostgreSQL");
    }
    seen.stop.store(true, Ordering::Relaxed);
    for probe in probes {
        probe.await.expect("a probe");
    }
    let ledger = load.finish(&client).await;
    eprintln!(
        "database_gone: 3 rounds, {} requests answered, {} turned away with 503; {} writes acknowledged, {} unsettled",
        seen.done.load(Ordering::Relaxed),
        seen.unavailable.load(Ordering::Relaxed),
        ledger.acknowledged,
        ledger.unsettled
    );
    seen.assert_proper();
    assert_intact(&server, &ledger).await;
}

/// Asks for the same thing until told to stop.
async fn probe(client: Client, what: &'static str, seen: Arc<Seen>) {
    while !seen.stop.load(Ordering::Relaxed) {
        let reply = match what {
            "read" => client.get("/api/v1/services?limit=5").await,
            "write" => client.create(Uuid::new_v4(), &service(&format!("probe {}", Uuid::new_v4()))).await,
            "session" => client.get("/api/v1/auth/session").await,
            _ => client.get("/readyz").await,
        };
        match reply {
            Reply::Done(_) => {
                seen.done.fetch_add(1, Ordering::Relaxed);
            }
            Reply::Unsettled(code) if code == "db.unavailable" => {
                seen.unavailable.fetch_add(1, Ordering::Relaxed);
            }
            other => seen.wrong.lock().expect("a list").push(format!("{what}: {other:?}")),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
