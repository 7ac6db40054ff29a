//! Twenty times `kill -9`, of the server and of its PostgreSQL, under a steady load of writes.

use std::time::{Duration, Instant};

use crate::client::Client;
use crate::load::{Dice, Load};
use crate::running::{Folder, Running, eventually, signal, turn};
use crate::truth::assert_intact;

const KILLS: usize = 20;

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_kill_9() {
    let _turn = turn().await;
    let folder = Folder::new("kill");
    let mut server = Running::start(&folder.0, &[]).await;
    let client = Client::sign_in(&server).await;
    let load = Load::start(&client, 6);
    let mut dice = Dice::new(KILLS);
    let mut slowest = Duration::ZERO;
    for kill in 0..KILLS {
        let back = more(&load, 10 + dice.roll(30), &format!("writes before kill {kill}")).await;
        slowest = slowest.max(back);
        match kill % 4 {
            0 | 2 => {
                server.kill();
                server.launch();
                server.ready().await;
            }
            1 => signal(backend(&server).await, "KILL"),
            _ => {
                signal(eventually("a postmaster", Duration::from_secs(30), async || server.postmaster()).await, "KILL")
            }
        }
        assert!(!server.ended(), "the server ended with its PostgreSQL (kill {kill})");
    }
    more(&load, 100, "writes after the last kill").await;
    let ledger = load.finish(&client).await;
    eprintln!(
        "kill_9: {KILLS} kills, {} writes acknowledged, {} unsettled and asked again, {} services, at most {slowest:?} for the next writes",
        ledger.acknowledged,
        ledger.unsettled,
        ledger.entries.len()
    );
    assert!(ledger.unsettled > 0, "no kill hit anything");
    assert_intact(&server, &ledger).await;
}

/// Waits until this many more writes were acknowledged. A PostgreSQL that was killed must come back without a restart of
/// the server, or they never will be.
async fn more(load: &Load, writes: usize, what: &str) -> Duration {
    let (started, before) = (Instant::now(), load.acknowledged());
    eventually(what, Duration::from_secs(45), async || (load.acknowledged() >= before + writes).then_some(())).await;
    started.elapsed()
}

/// A process of PostgreSQL that serves the server, one in a transaction if there is one.
async fn backend(server: &Running) -> u32 {
    eventually("a backend", Duration::from_secs(30), async || {
        let pid: i32 = sqlx::query_scalar(
            "select pid from pg_stat_activity where application_name = 'vantage' order by xact_start desc nulls last limit 1",
        )
        .fetch_optional(&mut server.try_sql().await.ok()?)
        .await
        .ok()??;
        u32::try_from(pid).ok()
    })
    .await
}
